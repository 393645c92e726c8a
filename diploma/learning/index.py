"""The texts of the lessons, ready to be searched: built once per revision, language and country, and kept in memory."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from diploma.core.finding import Folded
from diploma.core.lang import Lang
from diploma.core.markup import plain
from diploma.learning.catalogue import Content
from diploma.learning.structure import Lesson, Module


@dataclass(frozen=True)
class Passage:
    """A section of a lesson in one language, or with no ``anchor`` the title and summary of the lesson."""

    module: str
    lesson: str
    anchor: str
    lang: Lang
    title: Folded
    text: Folded

    @property
    def place(self) -> tuple[str, str, str]:
        """The same in every language."""
        return self.module, self.lesson, self.anchor


@lru_cache(maxsize=64)
def passages(content: Content, lang: Lang, country: str) -> list[Passage]:
    """What is written in ``lang`` for readers of ``country``, in the order of the course; no fallbacks."""
    return [
        passage
        for module in content.modules.values()
        for lesson in module.lessons
        for passage in _passages(content, module, lesson, lang, country)
    ]


@lru_cache(maxsize=64)
def modules(content: Content, lang: Lang) -> dict[str, tuple[Folded, Folded]]:
    """Title and summary of each module, written or planned, that are written in ``lang``."""
    texts = {
        entry.id: [content.say(entry.id, f"module/{name}", lang) for name in ("title", "summary")]
        for entry in content.programme.modules
    }
    return {
        module: (Folded(title), Folded(summary)) for module, (title, summary) in texts.items() if title.lang is lang
    }


def _passages(content: Content, module: Module, lesson: Lesson, lang: Lang, country: str) -> Iterator[Passage]:
    title, summary = (content.say(module.id, f"lessons/{lesson.id}/{name}", lang) for name in ("title", "summary"))
    if title.lang is lang:
        yield Passage(module.id, lesson.id, "", lang, Folded(title), Folded(summary))
    for section in content.sections(module.id, lesson, lang, country):
        if not section.fallback:
            text = plain(section.html).replace("\n", " ")
            yield Passage(module.id, lesson.id, section.anchor, lang, Folded(section.title), Folded(text))
