"""Does a translation use the agreed term wherever its source uses the term of the glossary?"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from diploma.core.lang import Lang
from diploma.learning.authoring.ids import ids, unknown
from diploma.learning.authoring.lessonfile import LessonFile
from diploma.learning.authoring.mistakes import Mistake
from diploma.learning.authoring.phrases import agreed, term
from diploma.learning.authoring.texts import Passage
from diploma.learning.authoring.tomlfile import TomlFile
from diploma.learning.lexicon import usual_forms, written_forms, written_terms
from diploma.learning.loader import GLOSSARY, STYLE, ModuleFiles

Uses = Mapping[str, list[str]]  # place → the entries that its source uses


class Terms:
    """The agreed terms in one language as texts are searched for them: the glossary's, and more in the style file.

    ``terms[entry]`` is how a term is named to the author. An entry that a language does not have is not asked of it.
    """

    def __init__(self, glossary: ModuleFiles | None, style: TomlFile | None, lang: Lang) -> None:
        spoken = lang.value.partition("-")[0]
        more = style.data if style else {}
        self.lang, self.terms = lang, written_terms(glossary, lang)
        forms: dict[str, list[str]] = written_forms(glossary, lang)
        # A word that is not marked because it means other things too is still the agreed one.
        right = {entry: forms[entry] or usual_forms(word, lang) for entry, word in self.terms.items()}
        for entry, also in more.get("also", {}).get(spoken, {}).items():
            right[entry] = [*right.get(entry, []), *also]
        for number, written in enumerate(more.get("terms", [])):
            if own := written.get(spoken):
                forms[f"style {number}"] = right[f"style {number}"] = own
                self.terms[f"style {number}"] = own[0]
        self._forms = [(entry, term(form)) for entry, known in forms.items() for form in known]
        self._forms.sort(key=lambda pair: -len(pair[1].written))  # «challenge statement» before «challenge»
        self._agreed = {entry: [agreed(form) for form in known] for entry, known in right.items()}

    def used(self, letters: str) -> list[str]:
        """The entries that a text uses; a longer term hides the shorter ones in it."""
        found: dict[str, None] = {}
        for entry, form in self._forms:
            rest = form.without(letters)
            if rest is not None:
                found[entry], letters = None, rest
        return list(found)

    def lacks(self, entry: str, letters: str) -> bool:
        return entry in self.terms and not any(form.within(letters) for form in self._agreed[entry])


def also_mistakes(style: TomlFile, glossary: ModuleFiles) -> Iterator[Mistake]:
    """Entries of the style file that the glossary does not have."""
    known = ids(glossary.parts[GLOSSARY], "entries")
    for spoken, entries in style.data.get("also", {}).items():
        for entry in entries:
            yield from unknown(style, ("also", spoken, entry), entry, known, "entry")


def uses(passages: Iterable[Passage], terms: Terms) -> Uses:
    """What the source says at each place where a translation is looked at."""
    return {place: terms.used(_letters(found)) for place, found in _places(passages).items()}


def term_mistakes(passages: Iterable[Passage], source: Uses, original: Terms, terms: Terms) -> Iterator[Mistake]:
    """Warnings: there can be good reasons to say it in other words, so a person looks."""
    for place, found in _places(passages).items():
        letters = _letters(found)
        for entry in source.get(place, ()):
            if terms.lacks(entry, letters):
                yield found[0].mistake(
                    f"The source says «{original.terms[entry]}»; the agreed «{terms.terms[entry]}» is absent here.",
                    f"Use it, or add what is right here to {GLOSSARY}/{terms.lang}.toml or to [also] in {STYLE}.",
                    warning=True,
                )


def _places(passages: Iterable[Passage]) -> dict[str, list[Passage]]:
    """A section of Markdown is a place; so are the texts of one question, criterion or worksheet together."""
    places: dict[str, list[Passage]] = defaultdict(list)
    for passage in passages:
        whole = isinstance(passage.file, LessonFile)
        places[passage.key if whole else "/".join(passage.key.split("/")[:2])].append(passage)
    return places


def _letters(passages: Iterable[Passage]) -> str:
    return "\n".join(passage.letters for passage in passages)
