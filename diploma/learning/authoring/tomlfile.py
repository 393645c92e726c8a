"""A TOML file with the line of every key, which ``tomllib`` does not tell."""

import re
import tomllib
from bisect import bisect_right
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

from diploma.learning.authoring.mistakes import Mistake

KeyPath = tuple[str | int, ...]

_SPACE = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_STRING = re.compile(r'"""(?:\\.|[^\\])*?"{3,5}' r"|'''.*?'{3,5}" r'|"(?:\\.|[^"\\\n])*"' r"|'[^'\n]*'", re.DOTALL)
_SCALAR = re.compile(r"[^,\]}#\n]+")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_PLACE = re.compile(r"^(.*?)(?: \(at (?:line (\d+), column (\d+)|end of document)\))?$", re.DOTALL)


class TomlFile:
    """Parsed data (decimals as ``Decimal``) that can say where each key stands.

    ``name`` is the path shown to the author; ``offset`` counts the lines before ``text`` in that file.
    """

    def __init__(self, name: str, text: str, data: dict[str, Any], offset: int = 0) -> None:
        self.name, self.data = name, data
        self._text, self._offset = text, offset

    @cached_property
    def _lines(self) -> dict[KeyPath, int]:
        return key_lines(self._text)

    def line(self, path: KeyPath) -> int:
        """The line of a key, or of the nearest table round it."""
        while path and path not in self._lines:
            path = path[:-1]
        return self._offset + (self._lines[path] if path else 1)

    def key(self, path: KeyPath) -> str:
        """``items.q03.answer``: an element of a list is named by its id, else by its number from 1."""
        parts: list[str] = []
        here: Any = self.data
        for step in path:
            try:
                here = here[step]
            except (LookupError, TypeError):
                here = None
            parts.append(_name(step, here))
        return ".".join(parts)

    def mistake(self, path: KeyPath, message: str, hint: str = "", *, warning: bool = False) -> Mistake:
        return Mistake(self.name, self.line(path), self.key(path), message, hint, warning)


def parse_toml(name: str, text: str, offset: int = 0) -> TomlFile | Mistake:
    """The file, or the one mistake that stops a TOML parser."""
    try:
        return TomlFile(name, text, tomllib.loads(text, parse_float=Decimal), offset)
    except tomllib.TOMLDecodeError as error:
        place = _PLACE.match(str(error))
        said, line, column = place.groups() if place else (str(error), None, None)
        where = f"Look at column {column} of this line" if column else "Look at the end of the file"
        number = int(line) if line else len(text.splitlines())
        return Mistake(
            name,
            offset + number,
            "",
            f"This is not valid TOML: {said}.",
            f"{where}: a quote, a bracket or an equals sign is often missing, or a key stands twice.",
        )


def read_text(path: Path, name: str) -> str | Mistake:
    """The file's text with ``\\n`` at line ends; a mistake when it is not UTF-8."""
    raw = path.read_bytes()
    try:
        return raw.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        return Mistake(
            name,
            raw.count(b"\n", 0, error.start) + 1,
            "",
            "The file is not written in UTF-8.",
            "Save it again and choose UTF-8 as its encoding.",
        )


def key_lines(text: str) -> dict[KeyPath, int]:
    """The line, from 1, of every key, table and list element of a valid TOML document."""
    scanner = _Scanner(text)
    scanner.document()
    return scanner.lines


@dataclass(frozen=True)
class Layout:
    """Where things stand in a document, in characters: each value, and the end of what stands below each header.

    ``ends[()]`` is the end of the pairs above the first header.
    """

    values: dict[KeyPath, tuple[int, int]]
    ends: dict[KeyPath, int]


def layout(text: str) -> Layout:
    """The layout of a valid TOML document."""
    scanner = _Scanner(text)
    scanner.document()
    return Layout(scanner.values, scanner.ends)


def _name(step: str | int, value: Any) -> str:
    if isinstance(step, str):
        return step
    named = value.get("id") if isinstance(value, dict) else None
    return named if isinstance(named, str) else str(step + 1)


class _Scanner:
    """Walks over a document that ``tomllib`` has accepted, so it meets no errors."""

    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0
        self.lines: dict[KeyPath, int] = {}
        self.values: dict[KeyPath, tuple[int, int]] = {}
        self.ends: dict[KeyPath, int] = {(): 0}
        self._breaks = [match.start() for match in re.finditer("\n", text)]
        self._counts: dict[KeyPath, int] = {}  # elements so far of each [[list of tables]]

    def document(self) -> None:
        table: KeyPath = ()
        while not self._done():
            if self.text.startswith("[[", self.at):
                table = self._header(2)
            elif self.text[self.at] == "[":
                table = self._header(1)
            else:
                self._pair(table)
            self.ends[table] = self.at

    def _done(self) -> bool:
        self._skip()
        return self.at >= len(self.text)

    def _skip(self) -> None:
        self._take(_SPACE)

    def _take(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self.text, self.at)
        assert match, f"not valid TOML at character {self.at}"
        self.at = match.end()
        return match[0]

    def _mark(self, path: KeyPath, at: int) -> None:
        self.lines.setdefault(path, bisect_right(self._breaks, at - 1) + 1)

    def _header(self, brackets: int) -> KeyPath:
        start = self.at
        self.at += brackets
        *outer, last = self._keys()
        self.at += brackets
        path: KeyPath = ()
        for key in outer:
            path = self._inside((*path, key))
            self._mark(path, start)
        path = (*path, last)
        self._mark(path, start)
        if brackets == 2:
            self._counts[path] = self._counts.get(path, 0) + 1
            path = self._inside(path)
            self._mark(path, start)
        return path

    def _inside(self, path: KeyPath) -> KeyPath:
        """The newest element when the path names a list of tables."""
        return (*path, self._counts[path] - 1) if path in self._counts else path

    def _keys(self) -> list[str]:
        keys = [self._key()]
        while self.text.startswith(".", self.at):
            self.at += 1
            keys.append(self._key())
        return keys

    def _key(self) -> str:
        self._skip()
        if self.text[self.at] not in "\"'":
            key = self._take(_BARE_KEY)
        else:
            key = next(iter(tomllib.loads(self._take(_STRING) + "=0")))
        self._skip()
        return key

    def _pair(self, path: KeyPath) -> None:
        start = self.at
        for key in self._keys():
            path = (*path, key)
            self._mark(path, start)
        self.at += 1  # the equals sign
        self._skip()
        begin = self.at
        self._value(path)
        self.values[path] = begin, self.at

    def _value(self, path: KeyPath) -> None:
        first = self.text[self.at]
        if first == "{":
            self._members(path, "}")
        elif first == "[":
            self._members(path, "]")
        else:
            self._take(_STRING if first in "\"'" else _SCALAR)

    def _members(self, path: KeyPath, closing: str) -> None:
        """The pairs of an inline table or the elements of a list."""
        self.at += 1
        index = 0
        while not self._done() and self.text[self.at] != closing:
            if closing == "}":
                self._pair(path)
            else:
                self._mark((*path, index), self.at)
                self._value((*path, index))
                index += 1
            self._skip()
            self.at += self.text.startswith(",", self.at)
        self.at += 1
