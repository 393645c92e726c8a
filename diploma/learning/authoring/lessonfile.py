"""A lesson, or the plan of a workshop, in one language: front matter between ``+++`` lines (TOML), then sections."""

import re
from dataclasses import dataclass

from diploma.core.markup import ONLY, ONLY_END, Source, split
from diploma.learning.authoring.mistakes import Mistake
from diploma.learning.authoring.tomlfile import KeyPath, TomlFile, parse_toml

_FRONT = re.compile(r"\+\+\+[ \t]*\n(.*?)^\+\+\+[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True)
class Fence:
    """A line that begins with ``:::``; ``countries`` of an opening one, none of a closing one, None of neither."""

    line: int
    countries: tuple[str, ...] | None


@dataclass(frozen=True)
class LessonFile:
    """``front`` holds title, summary and status; a section's ``line`` counts from 1 in the file."""

    name: str
    front: TomlFile
    sections: tuple[Source, ...]

    def line(self, path: KeyPath) -> int:
        """The line of the section at this anchor, else of the first section."""
        lines = {section.anchor: section.line for section in reversed(self.sections)}
        return lines.get(str(path[0]), 1) if path else min(lines.values(), default=1)

    def mistake(self, path: KeyPath, message: str, hint: str = "", *, warning: bool = False) -> Mistake:
        return self.at(self.line(path), path, message, hint, warning=warning)

    def at(self, line: int, path: KeyPath, message: str, hint: str = "", *, warning: bool = False) -> Mistake:
        return Mistake(self.name, line, str(path[0]) if path else "", message, hint, warning)


def parse_lesson(name: str, text: str) -> LessonFile | Mistake:
    """The lesson, or the mistake that hides its front matter."""
    front = _FRONT.match(text)
    if not front:
        return Mistake(
            name,
            1,
            "",
            "The front matter is missing.",
            'Begin the file with a line +++, then its keys (summary = "…"), then another line +++.',
        )
    toml = parse_toml(name, front[1], offset=1)
    if isinstance(toml, Mistake):
        return toml
    before = text.count("\n", 0, front.end())
    found = (Source(one.anchor, one.title, one.markdown, one.line + before + 1) for one in split(text[front.end() :]))
    return LessonFile(name, toml, tuple(found))


def fences(section: Source) -> list[Fence]:
    """The lines of a section that begin with ``:::``, with their line in the file."""
    lines = enumerate(section.markdown.split("\n"), section.line)
    return [Fence(number, _countries(line)) for number, line in lines if line.lstrip().startswith(":::")]


def _countries(line: str) -> tuple[str, ...] | None:
    if ONLY_END.fullmatch(line):
        return ()
    opening = ONLY.fullmatch(line)
    return tuple(re.findall("[a-z]+", opening[1])) if opening else None
