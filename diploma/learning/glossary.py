"""The glossary as pages show it: by letter, found by any of its languages, and under the text that uses its terms."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from diploma.core.finding import Folded, beginning, words
from diploma.core.lang import LANGS, Lang
from diploma.core.text import TURNED_COMMA, sort_key
from diploma.learning.catalogue import Content, Section, Term

_MARK = re.compile(r'<a class="term" id="([^"]+)" href="#term-[A-Za-z-]*?-([^"]+)"')
_ARTICLE = re.compile("^ال(?=..)")
_LETTER = re.compile(f"[og]{TURNED_COMMA}|sh|ch|.", re.IGNORECASE)


@dataclass(frozen=True)
class Use:
    """An entry under the text of a lesson, and where the text uses it: the title of a section and the mark's id."""

    term: Term
    places: tuple[tuple[str, str], ...]


def uses(content: Content, sections: Iterable[Section]) -> list[Use]:
    """The terms that the sections mark, in the order of the text, each in the language of its section."""
    found: dict[tuple[Lang, str], list[tuple[str, str]]] = {}
    for section in sections:
        for mark, entry in _MARK.findall(section.html):
            found.setdefault((section.lang, entry), []).append((section.title, mark))
    terms = ((content.glossary(lang).get(entry), places) for (lang, entry), places in found.items())
    return [Use(term, tuple(places)) for term, places in terms if term]


def by_letter(terms: Iterable[Term]) -> Iterator[tuple[str, list[Term]]]:
    """Terms in the order of their alphabet, under their first letters."""
    for key, group in groupby(sorted(terms, key=_order), key=_letter):
        yield key, list(group)


def search(content: Content, query: str, lang: Lang) -> list[Term]:
    """Entries in ``lang`` whose term in any language, or whose meaning in this one, has every word of the query."""
    patterns = [beginning(word) for word in words(query)]
    texts = {
        entry: Folded(" ".join([term.meaning, *(content.glossary(one)[entry].term for one in LANGS)])).letters
        for entry, term in content.glossary(lang).items()
    }
    return [
        term
        for entry, term in content.glossary(lang).items()
        if all(pattern.search(texts[entry]) for pattern in patterns)
    ]


def _order(term: Term) -> str:
    return sort_key(_bare(term), term.lang)


def _letter(term: Term) -> str:
    found = _LETTER.match(_bare(term))
    return found[0].capitalize() if found else ""


def _bare(term: Term) -> str:
    """The term as a dictionary orders it: without the Arabic article."""
    return _ARTICLE.sub("", term.term)
