"""What the readers of tables have in common: the grid of cells, the limits, the refusal."""

import datetime
import enum
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, NamedTuple

MAX_BYTES = 20 * 2**20
MAX_ROWS = 10_000  # the largest roster named by the specs has 3,700
MAX_COLUMNS = 100
MAX_SHEETS = 10
MAX_TEXT = 32 * 2**20  # characters of a sheet once a text stands in every cell that shares or repeats it


class Refusal(enum.StrEnum):
    """Why a file as a whole cannot be read. Each importer has a sentence for each."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    NOT_A_TABLE = "not_a_table"
    OTHER_FORMAT = "other_format"
    BAD_ENCODING = "bad_encoding"
    BROKEN_QUOTES = "broken_quotes"
    ENCRYPTED = "encrypted"
    BOMB = "bomb"
    UNSAFE = "unsafe"
    TOO_MANY_ROWS = "too_many_rows"
    TOO_MANY_COLUMNS = "too_many_columns"
    NO_HEADER = "no_header"
    MISSING_COLUMN = "missing_column"
    NO_ROWS = "no_rows"


class SheetRefused(Exception):
    """The file cannot be read as the table that it should be; ``params`` fill the placeholders of its sentence."""

    def __init__(self, code: Refusal, **params: Any) -> None:
        super().__init__(code.value)
        self.code, self.params = code, params


class Area(NamedTuple):
    """A rectangle of cells, ends included: rows as numbered by the sheet (from 1), columns from 0."""

    first_row: int
    first_column: int
    last_row: int
    last_column: int


@dataclass(frozen=True)
class Grid:
    """The cells of one sheet as text; ``rows[0]`` is row 1.

    ``formulas`` are the areas that formulas fill; of those in ``merged`` only the first cell has its text.
    """

    rows: list[list[str]]
    encoding: str
    formulas: tuple[Area, ...] = ()
    merged: tuple[Area, ...] = ()


def covered(areas: Collection[Area], columns: Collection[int], last_row: int) -> frozenset[tuple[int, int]]:
    """Row and column of each cell of ``columns`` that an area covers; areas may overlap, no cell is visited twice."""
    cells: set[tuple[int, int]] = set()
    for column in columns:
        done = 0
        spans = [(a.first_row, a.last_row) for a in areas if a.first_column <= column <= a.last_column]
        for first, last in sorted(spans):
            cells.update((row, column) for row in range(max(first, done + 1), min(last, last_row) + 1))
            done = max(done, last)
    return frozenset(cells)


def within_limits(row: int, column: int) -> None:
    """Refuse a cell that lies beyond what is read; ``row`` from 1, ``column`` from 0."""
    if row > MAX_ROWS:
        raise SheetRefused(Refusal.TOO_MANY_ROWS, row=row, max=MAX_ROWS)
    if column >= MAX_COLUMNS:
        raise SheetRefused(Refusal.TOO_MANY_COLUMNS, row=row, max=MAX_COLUMNS)


def cell_text(value: object) -> str:
    """A cell's value as it was typed: whole numbers keep all their digits, dates are ISO."""
    match value:
        case str():
            return value
        case float() if value.is_integer():
            return f"{value:.0f}"
        case bool():
            return str(value).upper()
        case datetime.date() | datetime.time():
            return value.isoformat()
        case _:
            return str(value)
