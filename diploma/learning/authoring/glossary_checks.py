"""Can each term of the glossary be found where it is used, and is each explained once?"""

from collections.abc import Iterator

from diploma.core.finding import letters
from diploma.core.lang import LANGS, Lang
from diploma.core.text import fold
from diploma.learning.authoring.ids import repeated
from diploma.learning.authoring.mistakes import Mistake
from diploma.learning.authoring.phrases import term
from diploma.learning.authoring.spelling import slips
from diploma.learning.authoring.tomlfile import KeyPath, TomlFile
from diploma.learning.loader import GLOSSARY, ModuleFiles


def glossary_mistakes(files: ModuleFiles, source: Lang) -> Iterator[Mistake]:
    file = files.parts[GLOSSARY]
    yield from repeated(file, "entries")
    yield from _terms(file, source, {entry["id"]: ("entries", at) for at, entry in enumerate(file.data["entries"])})
    for lang in LANGS:
        if overlay := files.overlays.get(lang):
            yield from _terms(overlay, lang, {entry: ("entries", entry) for entry in overlay.data["entries"]})


def _terms(file: TomlFile, lang: Lang, paths: dict[str, KeyPath]) -> Iterator[Mistake]:
    """``paths`` leads to each entry."""
    first: dict[str, str] = {}
    for entry, path in paths.items():
        written = file.data["entries"][path[-1]]
        if (folded := fold(written["term"])) in first:
            yield file.mistake(
                (*path, "term"),
                f"{written['term']!r} is the term of {first[folded]} too.",
                "Readers cannot tell them apart: name one of them more exactly, or remove it.",
            )
        first.setdefault(folded, entry)
        yield from _forms(file, (*path, "forms"), written, lang)


def _forms(file: TomlFile, path: KeyPath, written: dict[str, object], lang: Lang) -> Iterator[Mistake]:
    forms = written.get("forms")
    if not isinstance(forms, list) or not forms:
        return
    for at, form in enumerate(forms):
        for slip in slips(form, lang):
            yield file.mistake((*path, at), slip.message, slip.hint)
    if not any(term(form).within(letters(str(written["term"]))) for form in forms):
        yield file.mistake(
            path,
            f"None of these forms finds the term itself, {written['term']!r}.",
            "Add it as it stands; * at the end of a word stands for any ending.",
        )
