"""What a person has corrected and decided in a list, and the list as it reads with that. Pure.

A fix is of a value: it holds while the cell has the value that it replaces, and no longer when another column is read.
"""

import enum
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from diploma.cohorts.roster.judging import LIMITS
from diploma.cohorts.roster.sheet import Sheet
from diploma.cohorts.roster.vocabulary import FIELDS
from diploma.core.text import clean

LONGEST = 1000  # letters kept of a fix: more than any field takes, so that it is still refused as too long
_NOTHING = frozenset("-–—")


class Kind(enum.StrEnum):
    """What a person says of a row: leave it out; the person known already; somebody else than those shown."""

    OUT = "out"
    SAME = "same"
    DIFFERENT = "different"


@dataclass(frozen=True)
class Answer:
    """``email`` and ``full_name`` are those of the same person as known, ``than`` the addresses of those shown."""

    kind: Kind
    email: str = ""
    full_name: str = ""
    than: tuple[str, ...] = ()


@dataclass(frozen=True)
class Corrections:
    """``fixes``: row → field → (value in the file, value in its place)."""

    fixes: Mapping[int, Mapping[str, tuple[str, str]]] = field(default_factory=dict)
    answers: Mapping[int, Answer] = field(default_factory=dict)

    @property
    def different(self) -> dict[int, tuple[str, ...]]:
        """For each row the addresses that were seen and are other people's."""
        return {row: one.than for row, one in self.answers.items() if one.kind is Kind.DIFFERENT}

    def is_out(self, row: int) -> bool:
        answer = self.answers.get(row)
        return answer is not None and answer.kind is Kind.OUT

    def fixed(self, row: int, cells: Mapping[str, str]) -> dict[str, str]:
        """The fields of a row that read otherwise than in the file: fixes first, the known person above them."""
        held = {name: new for name, (old, new) in self.fixes.get(row, {}).items() if cells.get(name, "") == old}
        answer = self.answers.get(row)
        if answer and answer.kind is Kind.SAME:
            held |= {"email": answer.email, "full_name": answer.full_name}
        return held

    def applied(self, sheet: Sheet) -> Sheet:
        """The list as it reads now, without the rows left out."""
        rows, formulas = [], set(sheet.formulas)
        for row, cells in sheet.rows:
            if self.is_out(row):
                continue
            fixed = self.fixed(row, cells)
            formulas -= {(row, name) for name in fixed}
            rows.append((row, {**cells, **fixed} if fixed else cells))
        return replace(sheet, rows=rows, formulas=frozenset(formulas))


def typed(text: str) -> str:
    """What was typed into a cell, as a cell of a file would be read."""
    value = clean(text[: 4 * LONGEST])[:LONGEST]
    return "" if set(value) <= _NOTHING else value


def fixes_of(sheet: Sheet, values: Mapping[tuple[int, str], str]) -> Iterator[tuple[int, str, str, str]]:
    """Row, field, old and new value of each typed value for a row and a field that the list has."""
    rows = dict(sheet.rows)
    for (row, name), text in values.items():
        if row in rows and name in FIELDS:
            yield row, name, rows[row].get(name, ""), typed(text)


def from_rows(fixes: Mapping[str, Any], answers: Mapping[str, Any]) -> Corrections:
    """As stored, with the numbers of the rows as text."""
    return Corrections(
        {int(row): {name: (old, new) for name, (old, new) in fields.items()} for row, fields in fixes.items()},
        {int(row): Answer(**{**one, "kind": Kind(one["kind"]), "than": tuple(one["than"])})
         for row, one in answers.items()},
    )  # fmt: skip


def as_row(answer: Answer) -> dict[str, Any]:
    return asdict(answer)


def longest(name: str) -> int:
    """Characters that a field takes."""
    return LIMITS.get(name, LONGEST)
