"""A strict schema for TOML: which keys a table has and what their values are.

A shape looks at a value and yields a ``Fault`` for each thing that does not fit; it never stops at the
first. The shapes of our files are in ``formats``.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from difflib import get_close_matches
from typing import Any, Protocol

from diploma.learning.authoring.tomlfile import KeyPath


@dataclass(frozen=True)
class Fault:
    """Something at ``path`` that does not fit its shape."""

    path: KeyPath
    message: str
    hint: str


class Shape(Protocol):
    def faults(self, value: Any, path: KeyPath) -> Iterator[Fault]: ...


@dataclass(frozen=True)
class Text:
    """Text with at least one visible character; ``pattern`` must match all of it, ``like`` describes it."""

    pattern: str = r"(?s).*\S.*"
    like: str = "a text"

    def faults(self, value: Any, path: KeyPath) -> Iterator[Fault]:
        if not isinstance(value, str):
            yield _expected(self.like, value, path, "Put it in quotation marks.")
        elif not value.strip():
            yield Fault(path, "The text is empty.", "Write it, or remove the key.")
        elif not re.fullmatch(self.pattern, value):
            yield _expected(self.like, value, path)


@dataclass(frozen=True)
class Whole:
    """A whole number from ``low`` to ``high``."""

    low: int
    high: int

    def faults(self, value: Any, path: KeyPath) -> Iterator[Fault]:
        if not isinstance(value, int) or isinstance(value, bool):
            yield _expected(f"a whole number from {self.low} to {self.high}", value, path, "Write digits only.")
        elif not self.low <= value <= self.high:
            yield _expected(f"a whole number from {self.low} to {self.high}", value, path)


@dataclass(frozen=True)
class Number:
    """A whole or decimal number, at least ``low`` if given."""

    low: int | None = None

    def faults(self, value: Any, path: KeyPath) -> Iterator[Fault]:
        like = "a number" if self.low is None else f"a number from {self.low}"
        if isinstance(value, bool) or not isinstance(value, (int, Decimal)) or not Decimal(value).is_finite():
            yield _expected(like, value, path, "Write it without quotation marks and with a decimal point.")
        elif self.low is not None and value < self.low:
            yield _expected(like, value, path)


@dataclass(frozen=True)
class Flag:
    def faults(self, value: Any, path: KeyPath) -> Iterator[Fault]:
        if not isinstance(value, bool):
            yield _expected("true or false", value, path, "Write it without quotation marks.")


@dataclass(frozen=True)
class Choice:
    """One of a closed list of values."""

    values: tuple[Any, ...]

    def faults(self, value: Any, path: KeyPath) -> Iterator[Fault]:
        if not any(value == one and type(value) is type(one) for one in self.values):
            yield _expected(
                f"{'one of ' if self.values[1:] else ''}{said(self.values)}", value, path, guess(value, self.values)
            )


@dataclass(frozen=True)
class ListOf:
    """A list of ``least`` to ``most`` values of one shape."""

    element: Shape
    least: int = 0
    most: int | None = None

    def faults(self, value: Any, path: KeyPath) -> Iterator[Fault]:
        if not isinstance(value, list):
            yield _expected("a list", value, path, "Put it in square brackets.")
            return
        if not self.least <= len(value) <= (len(value) if self.most is None else self.most):
            wanted = f"at most {self.most}" if len(value) > self.least else f"at least {self.least}"
            count = f"{self.least}" if self.least == self.most else wanted
            yield Fault(path, f"The list has {len(value)} values; {count} expected.", "Add or remove values.")
        for index, one in enumerate(value):
            yield from self.element.faults(one, (*path, index))


@dataclass(frozen=True)
class MapOf:
    """A table whose keys are ids (or one of ``keys``, or as ``named`` has it) and whose values have one shape."""

    element: Shape
    least: int = 0
    keys: tuple[str, ...] = ()
    named: Text | None = None

    def faults(self, value: Any, path: KeyPath) -> Iterator[Fault]:
        if not isinstance(value, dict):
            yield _expected("a table", value, path, 'Write {key = "value"}.')
            return
        if len(value) < self.least:
            yield Fault(path, f"The table has {len(value)} entries; at least {self.least} expected.", "Add more.")
        for key, one in value.items():
            if self.keys and key not in self.keys:
                yield _unknown(key, self.keys, path)
            else:
                if self.named:
                    yield from self.named.faults(key, (*path, key))
                yield from self.element.faults(one, (*path, key))


@dataclass(frozen=True)
class Table:
    """A table of named keys, required and optional; any other key is a mistake.

    ``advice`` tells for a key that is often misplaced here where it belongs.
    """

    required: Mapping[str, Shape]
    optional: Mapping[str, Shape] = field(default_factory=dict)
    advice: Mapping[str, str] = field(default_factory=dict)

    def faults(self, value: Any, path: KeyPath) -> Iterator[Fault]:
        if not isinstance(value, dict):
            yield _expected("a table", value, path, f"Its keys are {said(self.required)}.")
            return
        shapes = {**self.required, **self.optional}
        for key, one in value.items():
            if key in shapes:
                yield from shapes[key].faults(one, (*path, key))
            elif key in self.advice:
                yield Fault((*path, key), f"The key {key!r} does not belong here.", self.advice[key])
            else:
                yield _unknown(key, tuple(shapes), path)
        for key in self.required:
            if key not in value:
                yield _missing(key, path)


@dataclass(frozen=True)
class Variant:
    """A table whose other keys depend on the value of ``tag``."""

    tag: str
    tables: Mapping[str, Table]

    def faults(self, value: Any, path: KeyPath) -> Iterator[Fault]:
        if not isinstance(value, dict):
            yield _expected("a table", value, path, f"Its first key is {self.tag}.")
        elif self.tag not in value:
            yield _missing(self.tag, path)
        else:
            wrong = list(Choice(tuple(self.tables)).faults(value[self.tag], (*path, self.tag)))
            yield from wrong or self.tables[value[self.tag]].faults(value, path)


@dataclass(frozen=True)
class WithKey:
    """One of two tables, told apart by whether ``key`` is there."""

    key: str
    present: Table
    absent: Table

    def faults(self, value: Any, path: KeyPath) -> Iterator[Fault]:
        table = self.present if isinstance(value, dict) and self.key in value else self.absent
        yield from table.faults(value, path)


def said(values: Any) -> str:
    """``a, b and c`` as they are written in the file."""
    shown = [str(value).lower() if isinstance(value, bool) else str(value) for value in values]
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"


def guess(value: Any, known: Any) -> str:
    """«Did you mean …?» when something known is spelt alike, else what is known."""
    names = [str(one) for one in known]
    close = get_close_matches(str(value), names, n=1)
    if close:
        return f"Did you mean {close[0]!r}?"
    return f"Known here: {said(names)}." if names else ""


def _unknown(key: str, known: tuple[str, ...], path: KeyPath) -> Fault:
    return Fault((*path, key), f"The key {key!r} is unknown.", guess(key, known))


def _missing(key: str, path: KeyPath) -> Fault:
    return Fault(path, f"The key {key!r} is missing.", f"Add {key} = … here.")


def _expected(like: str, value: Any, path: KeyPath, hint: str = "") -> Fault:
    return Fault(path, f"Expected {like}, found {_found(value)}.", hint)


def _found(value: Any) -> str:
    match value:
        case bool():
            return str(value).lower()
        case str():
            return f'the text "{value if len(value) <= 40 else value[:40] + "…"}"'
        case int() | Decimal():
            return f"the number {value}"
        case list():
            return "a list"
        case dict():
            return "a table"
    return "a date or time"
