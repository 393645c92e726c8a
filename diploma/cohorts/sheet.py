"""Reads a roster file, .xlsx or CSV, into rows of named fields with the row numbers of the sheet.

Nothing is judged here except whether the file is a table of people at all; ``roster.check`` judges its rows.
"""

import csv
import io
import itertools
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from diploma.cohorts.vocabulary import GIVEN_NAME, SURNAME, field_of
from diploma.core import workbook
from diploma.core.grid import MAX_BYTES, MAX_COLUMNS, Grid, Refusal, SheetRefused, covered, within_limits
from diploma.core.text import clean

__all__ = ["Sheet", "SheetRefused", "read_sheet"]

HEADER_ROWS = 10
SEPARATORS = ",;\t|"
MAX_LINE = 100_000  # characters
_NUMBERS = ("phone", "personnel_number")

_BLANK = b" \t\r\n\0\xef\xbb\xbf\xff\xfe"  # white space and byte order marks
_OTHER_KINDS = (b"%PDF", b"{\\rtf", b"<")
_BINARY = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_SEPARATOR_LINE = re.compile(rf'"?sep=([{SEPARATORS}])"?\s*', re.IGNORECASE)
_NEUTRALISED = re.compile(r"'(?=\s*[=+\-@＝＋－＠])")
_NOTHING = re.compile(r"[-–—]*")
_EXPONENT = re.compile(r"(\d)(?:[.,](\d+))?[eE]\+?(\d{1,2})")


@dataclass(frozen=True)
class Sheet:
    """The table found in a file.

    ``header_row`` and the numbers in ``rows`` are those of the sheet, from 1 (Excel's ``sep=`` line is not counted:
    no spreadsheet shows it). ``columns`` gives the column of each field, from 0. Every row has every field of
    ``columns``, clean, ``""`` where the cell is empty. ``formulas`` are the cells of ``rows`` that a formula fills,
    ``ignored`` the headers that name no field.
    """

    header_row: int
    columns: dict[str, int]
    rows: list[tuple[int, dict[str, str]]]
    encoding: str
    formulas: frozenset[tuple[int, str]] = frozenset()
    ignored: tuple[str, ...] = ()


def read_sheet(source: str | Path | bytes, filename: str) -> Sheet:
    """The list of people in a file, given by its path or its bytes; the content decides its kind, not the name.

    .xlsx, and CSV in UTF-8 (or UTF-16 with its mark) separated by comma, semicolon, tab or bar. The header is the
    row among the first ``HEADER_ROWS`` that names most fields, at least two; of a workbook the first visible sheet
    that has one. Raises ``SheetRefused``.
    """
    try:
        data = _load(source)
        for grid in _grids(data):
            header = _find_header(grid.rows)
            if header:
                return _sheet(grid, header)
        raise SheetRefused(Refusal.NO_HEADER, rows=HEADER_ROWS)
    except SheetRefused as refused:
        refused.params["filename"] = clean(filename)
        raise


def _load(source: str | Path | bytes) -> bytes:
    size = len(source) if isinstance(source, bytes) else Path(source).stat().st_size
    if size > MAX_BYTES:
        raise SheetRefused(Refusal.TOO_LARGE)
    data = source if isinstance(source, bytes) else Path(source).read_bytes()
    if not data.strip(_BLANK):
        raise SheetRefused(Refusal.EMPTY)
    return data


def _grids(data: bytes) -> Iterator[Grid]:
    if workbook.claims_to_be_one(data):
        return workbook.grids(data)
    if data.startswith(_OTHER_KINDS):
        raise SheetRefused(Refusal.NOT_A_TABLE)
    return iter([_csv_grid(data)])


def _csv_grid(data: bytes) -> Grid:
    """The records of a CSV file, separated as its ``sep=`` line says, else as gives the best header."""
    encoding = _encoding(data)
    announced = _SEPARATOR_LINE.fullmatch(next(_lines(data, encoding), ""))
    separators = announced[1] if announced else SEPARATORS
    separator = max(separators, key=lambda one: _header_score(data, encoding, one, bool(announced)))
    rows: list[list[str]] = []
    try:
        for record in _records(data, encoding, separator, bool(announced), strict=True):
            rows.append(record)
            within_limits(len(rows), len(record) - 1)
    except csv.Error:
        raise SheetRefused(Refusal.BROKEN_QUOTES, row=len(rows) + 1) from None
    return Grid(rows, "utf-16" if encoding == "utf-16" else "utf-8")


def _encoding(data: bytes) -> str:
    """UTF-8 or, with its mark, UTF-16; the whole file must keep to it, lest letters are guessed."""
    encoding = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    if encoding == "utf-8-sig" and _BINARY.search(data):
        raise SheetRefused(Refusal.NOT_A_TABLE)
    try:
        data.decode(encoding)
    except UnicodeDecodeError as error:
        raise SheetRefused(Refusal.BAD_ENCODING, row=data.count(b"\n", 0, error.start) + 1) from None
    return encoding


def _lines(data: bytes, encoding: str) -> Iterator[str]:
    """The lines of the file with their ends; one too long to be a person's is refused before it is cut into cells."""
    text = io.TextIOWrapper(io.BytesIO(data), encoding, newline="")
    while line := text.readline(MAX_LINE + 1):
        if len(line) > MAX_LINE:
            raise SheetRefused(Refusal.NOT_A_TABLE)
        yield line


def _records(data: bytes, encoding: str, separator: str, announced: bool, *, strict: bool) -> Iterator[list[str]]:
    lines = _lines(data, encoding)
    if announced:
        next(lines)
    return csv.reader(lines, delimiter=separator, strict=strict)


def _header_score(data: bytes, encoding: str, separator: str, announced: bool) -> int:
    """How many fields the best header has when the file is cut at this separator."""
    try:
        head = list(itertools.islice(_records(data, encoding, separator, announced, strict=False), HEADER_ROWS))
    except csv.Error:
        return 0
    header = _find_header(head)
    return len(header[1]) if header else 0


def _find_header(rows: list[list[str]]) -> tuple[int, dict[str, int]] | None:
    """Number and columns of the row that names most fields, the first of equals; ``None`` without two fields."""
    found = [(number, _columns(row)) for number, row in enumerate(rows[:HEADER_ROWS], 1)]
    best = max(found, key=lambda one: len(one[1]), default=(0, {}))
    return best if len(best[1]) > 1 else None


def _columns(row: list[str]) -> dict[str, int]:
    """The column of each field that a row names; of two with one name the first."""
    columns: dict[str, int] = {}
    for index, cell in enumerate(row[:MAX_COLUMNS]):
        field = field_of(cell)
        if field:
            columns.setdefault(field, index)
    return columns


def _sheet(grid: Grid, header: tuple[int, dict[str, int]]) -> Sheet:
    number, named = header
    columns = _whole_names(named)
    rows = [(row, _fields(cells, columns)) for row, cells in enumerate(grid.rows[number:], number + 1)]
    while rows and not any(rows[-1][1].values()):
        rows.pop()
    if not rows:
        raise SheetRefused(Refusal.NO_ROWS)
    texts = [clean(cell) for cell in grid.rows[number - 1]]
    ignored = tuple(text for index, text in enumerate(texts) if text and index not in columns.values())
    return Sheet(number, columns, rows, grid.encoding, covered(grid.formulas, columns, rows[-1][0]), ignored)


def _whole_names(named: dict[str, int]) -> dict[str, int]:
    """The columns of our fields. A column "Name" holds full names, unless the surnames stand in one of their own."""
    columns = {field: column for field, column in named.items() if field not in (GIVEN_NAME, SURNAME)}
    if "full_name" not in columns and SURNAME in named:
        raise SheetRefused(Refusal.SPLIT_NAME)
    if "full_name" not in columns and GIVEN_NAME in named:
        columns["full_name"] = named[GIVEN_NAME]
    for needed in ("full_name", "email"):
        if needed not in columns:
            raise SheetRefused(Refusal.MISSING_COLUMN, column=needed)
    return columns


def _fields(cells: list[str], columns: dict[str, int]) -> dict[str, str]:
    return {field: _value(field, cells[column]) if column < len(cells) else "" for field, column in columns.items()}


def _value(field: str, cell: str) -> str:
    """The clean text of a cell; our own protection against formulas comes off, dashes alone mean nothing."""
    text = clean(_NEUTRALISED.sub("", cell) if cell.startswith("'") else cell)
    if _NOTHING.fullmatch(text):
        return ""
    return _whole_number(text) if field in _NUMBERS else text


def _whole_number(text: str) -> str:
    """A number in Latin digits; what a spreadsheet wrote as 9.98901234567E+11 or 1234.0, if it kept them all, whole."""
    text = "".join(str(unicodedata.decimal(c, c)) for c in text)
    exponent = _EXPONENT.fullmatch(text)
    if exponent and len(exponent[2] or "") == int(exponent[3]):
        return f"{Decimal(text.replace(',', '.')):f}"
    return text.removesuffix(".0") if re.fullmatch(r"\d+\.0", text) else text
