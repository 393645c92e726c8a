"""What the readers of roster files have in common: the grid of cells, the limits, the refusal."""

import enum
from dataclasses import dataclass
from typing import Any, NamedTuple

MAX_BYTES = 20 * 2**20
MAX_ROWS = 10_000  # the largest roster named by the specs has 3,700
MAX_COLUMNS = 100


class Refusal(enum.StrEnum):
    """Why a file as a whole cannot be read. ``roster_messages`` holds the sentence of each."""

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
    SPLIT_NAME = "split_name"
    NO_ROWS = "no_rows"


class SheetRefused(Exception):
    """The file cannot be read as a list of people; ``params`` fill the placeholders of its sentence."""

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
    """The cells of one sheet as text; ``rows[0]`` is row 1. ``formulas`` are the areas that formulas fill."""

    rows: list[list[str]]
    encoding: str
    formulas: tuple[Area, ...] = ()


def within_limits(row: int, column: int) -> None:
    """Refuse a cell that lies beyond what is read; ``row`` from 1, ``column`` from 0."""
    if row > MAX_ROWS:
        raise SheetRefused(Refusal.TOO_MANY_ROWS, row=row, max=MAX_ROWS)
    if column >= MAX_COLUMNS:
        raise SheetRefused(Refusal.TOO_MANY_COLUMNS, row=row, max=MAX_COLUMNS)
