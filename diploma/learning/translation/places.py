"""Where a text of a module stands in the files of a language, or would stand."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from diploma.core.lang import Lang
from diploma.learning.authoring.lessonfile import LessonFile
from diploma.learning.authoring.mistakes import Mistake
from diploma.learning.authoring.texts import Passage
from diploma.learning.authoring.tomlfile import KeyPath
from diploma.learning.loader import GLOSSARY, Loaded, ModuleFiles


@dataclass(frozen=True)
class Place:
    """``file`` is relative to the course's folder. ``section``: a part of its Markdown, whose anchor is ``path[0]``,
    else the TOML key at ``path``. ``passage`` is what stands there today."""

    file: str
    path: KeyPath
    section: bool
    passage: Passage | None

    @property
    def name(self) -> str:
        """How an author calls it: an anchor, or a dotted key."""
        return self.mistake("").key

    def mistake(self, message: str, hint: str = "", *, warning: bool = False) -> Mistake:
        """About this place; in the first line of the file when nothing stands there yet."""
        if self.passage:
            return self.passage.mistake(message, hint, warning=warning)
        return Mistake(self.file, 1, ".".join(map(str, self.path)), message, hint, warning)


def files_of(loaded: Loaded, module: str) -> ModuleFiles:
    """The files of a written module, or of the glossary."""
    if module == GLOSSARY and loaded.glossary:
        return loaded.glossary
    return loaded.files[module]


def places(loaded: Loaded, module: str, lang: Lang) -> dict[str, Place]:
    """The place in ``lang`` of each text that the module has in its source language, by key."""
    files = files_of(loaded, module)
    there = {one.key: one for one in files.passages.get(lang, ())}
    return {
        one.key: _place(files, one, lang, there.get(one.key)) for one in files.passages.get(loaded.source_language, ())
    }


def title(key: str, place: Place) -> str:
    """The name of a text in commands and messages: ``01-listen#why`` for a section, else its key."""
    return "#".join(key.split("/")[-2:]) if place.section else key


def named(name: str, known: dict[str, Place]) -> Iterator[str]:
    """The keys that a person means by ``name``: a key itself, or ``LESSON#anchor``."""
    return (key for key, place in known.items() if name in (key, title(key, place)))


def overlay_path(key: str) -> KeyPath:
    """Where a text stands in a ``<lang>.toml``: the steps of its key, but for criteria and the glossary's entries."""
    match key.split("/"):
        case ["glossary", *steps]:
            return ("entries", *steps)
        case ["rubric", criterion, "title"] if criterion != "levels":
            return ("rubric", "criteria", criterion, "title")
        case ["rubric", criterion, level] if criterion != "levels":
            return ("rubric", "criteria", criterion, "text", level)
        case steps:
            return tuple(steps)


def _place(files: ModuleFiles, source: Passage, lang: Lang, passage: Passage | None) -> Place:
    """A text of a Markdown file stands in its neighbour of the same folder, at the same path; all others together."""
    path = PurePosixPath(source.file.name)
    section = isinstance(source.file, LessonFile)
    if passage:
        return Place(passage.file.name, passage.path, section, passage)
    if path.suffix == ".md":
        return Place(str(path.with_name(f"{lang}.md")), source.path, section, None)
    return Place(f"{files.folder}/{lang}.toml", overlay_path(source.key), section, None)
