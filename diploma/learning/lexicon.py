"""The terms of the glossary in the text of a lesson.

The first time that a section uses a term, the word becomes a link to the entry, which stands at the end of the page in
the language of the section. This is done once, when the texts are published.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from diploma.core.finding import Folded, form
from diploma.core.lang import Lang
from diploma.learning.loader import GLOSSARY, ModuleFiles

_TAG = re.compile(r"(<[^>]*>)")
_CLOSED = re.compile(r"<(/?)(?:a|code|pre|h[1-6])\b")  # nothing is marked inside of these
_RUSSIAN_ENDS = "аеёийоуыьэюя"


class Lexicon:
    """The terms of one language as they occur in its texts."""

    def __init__(self, forms: Mapping[str, Iterable[str]], lang: Lang) -> None:
        """``forms`` holds for each entry the forms to be found (``authoring/formats.FORM``)."""
        pairs = [(one, entry) for entry, ways in forms.items() for one in ways]
        pairs.sort(key=lambda pair: -len(pair[0]))  # «challenge statement» before «challenge»
        self._entries, self._lang = [entry for _form, entry in pairs], lang
        self._pattern = re.compile("|".join(f"({form(one)})" for one, _entry in pairs) or r"(?!)")

    def mark(self, html: str, anchor: str) -> str:
        """The safe HTML of the section ``anchor``; the first occurrence of each term is a link to its entry."""
        used: set[str] = set()
        shut = 0
        pieces = _TAG.split(html)
        for at, piece in enumerate(pieces):
            if at % 2:
                closed = _CLOSED.match(piece)
                shut += (-1 if closed[1] else 1) if closed else 0
            elif not shut:
                pieces[at] = self._linked(piece, anchor, used)
        return "".join(pieces)

    def found(self, text: str) -> list[str]:
        """The ids of the entries whose terms occur in ``text``."""
        return [self._entry(match) for _start, _end, match in Folded(text).spans(self._pattern)]

    def _linked(self, text: str, anchor: str, used: set[str]) -> str:
        pieces, done = [], 0
        for start, end, match in Folded(text).spans(self._pattern) if text.strip() else ():
            entry = self._entry(match)
            if entry not in used:
                used.add(entry)
                own = f"{self._lang}-{entry}"
                link = f'<a class="term" id="{anchor}-{own}" href="#term-{own}">{text[start:end]}</a>'
                pieces += [text[done:start], link]
                done = end
        return "".join([*pieces, text[done:]])

    def _entry(self, match: re.Match[str]) -> str:
        return self._entries[(match.lastindex or 1) - 1]


def written_forms(files: ModuleFiles | None, lang: Lang) -> dict[str, list[str]]:
    """For each entry of the glossary's file in ``lang`` its forms: those that stand there, else the usual ones."""
    return {entry: one.get("forms", usual_forms(one["term"], lang)) for entry, one in _written(files, lang).items()}


def written_terms(files: ModuleFiles | None, lang: Lang) -> dict[str, str]:
    """The term of each entry as the glossary's file in ``lang`` has it."""
    return {entry: one["term"] for entry, one in _written(files, lang).items()}


def usual_forms(term: str, lang: Lang) -> list[str]:
    """How a term is found when its author says nothing of it.

    English has a plural in s, Uzbek adds endings to the last word, Russian changes the end of each word; Arabic
    prefixes are understood anyway (``finding.form``).
    """
    match lang:
        case Lang.EN:
            return [term, f"{term}s"]
        case Lang.RU:
            return [" ".join(f"{word.rstrip(_RUSSIAN_ENDS)}*" for word in term.split())]
        case Lang.UZ_LATN | Lang.UZ_CYRL:
            return [f"{term}*"]
        case _:
            return [term]


def _written(files: ModuleFiles | None, lang: Lang) -> dict[str, dict[str, Any]]:
    """The tables of the glossary's file in ``lang``, by entry."""
    if files and lang in files.overlays:
        entries: dict[str, dict[str, Any]] = files.overlays[lang].data["entries"]
        return entries
    source = files.parts[GLOSSARY].data["entries"] if files and lang in files.passages else []
    return {entry["id"]: entry for entry in source}
