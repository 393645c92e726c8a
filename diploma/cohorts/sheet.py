"""Reads a roster file, .xlsx or CSV, into rows of named fields with the row numbers of the sheet.

A file holds one or more grids of cells (``read_grids``), a ``Layout`` says where a grid keeps what (``header.guess``,
or a person who knows better), and both together are a ``Sheet``.

Nothing is judged here except whether the file is a table of people at all; ``roster.check`` judges its rows.
"""

import csv
import io
import itertools
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from diploma.cohorts.header import HEADER_ROWS, Layout, guess, whole
from diploma.core import workbook
from diploma.core.grid import MAX_BYTES, Grid, Refusal, SheetRefused, covered, within_limits
from diploma.core.text import clean

__all__ = ["Layout", "Sheet", "SheetRefused", "read_grids", "read_sheet"]

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

    The row of the header and the numbers in ``rows`` are those of the sheet, from 1 (Excel's ``sep=`` line is not
    counted: no spreadsheet shows it). ``layout`` gives the columns of each field, from 0; ``headers`` is the header as
    it stands, cell by cell. Every row has every field of the layout, clean, ``""`` where the cell is empty.
    ``formulas`` are the cells of ``rows`` that a formula fills, ``ignored`` the headers that name no field.
    """

    layout: Layout
    headers: tuple[str, ...]
    rows: list[tuple[int, dict[str, str]]]
    encoding: str
    formulas: frozenset[tuple[int, str]] = frozenset()
    ignored: tuple[str, ...] = ()


def read_sheet(source: str | Path | bytes, filename: str, layout: Layout | None = None) -> Sheet:
    """The list of people in a file, given by its path or its bytes; the content decides its kind, not the name.

    .xlsx, and CSV in UTF-8 (or UTF-16 with its mark) separated by comma, semicolon, tab or bar. ``layout`` says where
    the list stands; without one it is guessed, of a workbook in the first visible sheet that has a header. Raises
    ``SheetRefused``.
    """
    try:
        for number, grid in enumerate(read_grids(source, filename)):
            found = guess(grid.rows, number) if layout is None else layout if layout.sheet == number else None
            if found:
                return _sheet(grid, whole(found))
        raise SheetRefused(Refusal.NO_HEADER, rows=HEADER_ROWS)
    except SheetRefused as refused:
        refused.params["filename"] = clean(filename)
        raise


def read_grids(source: str | Path | bytes, filename: str) -> Iterator[Grid]:
    """The tables of a file, each read when asked for: the one of a CSV file, the visible sheets of a workbook.

    Raises ``SheetRefused``, which names the file.
    """
    try:
        yield from _grids(_load(source))
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
    layout = guess(head)
    return len(layout.columns) if layout else 0


def _sheet(grid: Grid, layout: Layout) -> Sheet:
    header, columns = layout.header_row, layout.columns
    rows = [(row, _fields(cells, layout)) for row, cells in enumerate(grid.rows[header:], header + 1)]
    while rows and not any(rows[-1][1].values()):
        rows.pop()
    if not rows:
        raise SheetRefused(Refusal.NO_ROWS)
    headers = tuple(clean(cell) for cell in (grid.rows[header - 1] if header else ()))
    fields = {column: field for field, several in columns.items() for column in several}
    ignored = tuple(text for column, text in enumerate(headers) if text and column not in fields)
    formulas = {(row, fields[column]) for row, column in covered(grid.formulas, fields, rows[-1][0])}
    return Sheet(layout, headers, rows, grid.encoding, frozenset(formulas), ignored)


def _fields(cells: Sequence[str], layout: Layout) -> dict[str, str]:
    """The clean values of a row; the parts of a name that stands in several columns are joined."""
    return {
        field: " ".join(filter(None, (_value(field, cells[column]) for column in several if column < len(cells))))
        for field, several in layout.columns.items()
    }


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
