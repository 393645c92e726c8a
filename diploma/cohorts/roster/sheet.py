"""Reads a roster file, a workbook or CSV, into rows of named fields with the row numbers of the sheet.

A file holds one or more grids of cells (``read_grids``), a ``Layout`` says where a grid keeps what (``header.guess``,
or a person who knows better), and both together are a ``Sheet``.

Nothing is judged here except whether the file is a table of people at all; ``judging.check`` judges its rows.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from diploma.cohorts.roster import delimited
from diploma.cohorts.roster.header import HEADER_ROWS, Layout, guess_in, head, whole
from diploma.cohorts.roster.merged import filled_down
from diploma.core import compound, excel97, opendocument, workbook
from diploma.core.archive import Archive
from diploma.core.grid import MAX_BYTES, Grid, Refusal, SheetRefused, covered
from diploma.core.text import clean

__all__ = ["Layout", "Sheet", "SheetRefused", "read_grids", "read_sheet"]

_NUMBERS = ("phone", "personnel_number")
_SHARED = ("entity", "language", "role", "position")  # what a merged cell may give to several people

_BLANK = b" \t\r\n\0\xef\xbb\xbf\xff\xfe"  # white space and byte order marks
_ZIP = b"PK\x03\x04"
_OTHER_KINDS = (b"%PDF", b"{\\rtf", b"<", b"\xef\xbb\xbf<")
_NEUTRALISED = re.compile(r"'(?=\s*[=+\-@＝＋－＠])")
_NOTHING = re.compile(r"[-–—]*")
_EXPONENT = re.compile(r"(\d)(?:[.,](\d+))?[eE]\+?(\d{1,2})")


@dataclass(frozen=True)
class Sheet:
    """The table found in a file.

    The row of the header and the numbers in ``rows`` are those of the sheet, from 1 (Excel's ``sep=`` line is not
    counted: no spreadsheet shows it). ``layout`` gives the columns of each field, from 0; ``headers`` is the header as
    it stands, cell by cell. Every row has every field of the layout, clean, ``""`` where the cell is empty.
    ``encoding`` is one of ``encodings.NAMES``, or the kind of workbook: xlsx, xls, ods. ``formulas`` are the cells of
    ``rows`` that a formula fills, ``ignored`` the headers that name no field.
    """

    layout: Layout
    headers: tuple[str, ...]
    rows: list[tuple[int, dict[str, str]]]
    encoding: str
    formulas: frozenset[tuple[int, str]] = frozenset()
    ignored: tuple[str, ...] = ()


def read_sheet(source: str | Path | bytes, filename: str, layout: Layout | None = None) -> Sheet:
    """The list of people in a file, given by its path or its bytes; the content decides its kind, not the name.

    .xlsx, .xls, .ods, and CSV in one of ``encodings.NAMES`` separated by comma, semicolon, tab or bar. ``layout`` says
    where the list stands and in which encoding; without one that is guessed, of a workbook in the first visible sheet
    that has a header. Raises ``SheetRefused``.
    """
    try:
        for number, grid in enumerate(read_grids(source, filename, layout.encoding if layout else "")):
            found = guess_in(grid, number) if layout is None else layout if layout.sheet == number else None
            if found:
                return _sheet(grid, whole(found))
        raise SheetRefused(Refusal.NO_HEADER, rows=HEADER_ROWS)
    except SheetRefused as refused:
        refused.params["filename"] = clean(filename)
        raise


def read_grids(source: str | Path | bytes, filename: str, encoding: str = "") -> Iterator[Grid]:
    """The tables of a file, each read when asked for: the one of a CSV file, the visible sheets of a workbook.

    ``encoding`` is one of ``encodings.NAMES`` for a text file that was read wrongly without it; ``""`` finds it out.
    Raises ``SheetRefused``, which names the file.
    """
    try:
        yield from _grids(_load(source), encoding)
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


def _grids(data: bytes, encoding: str) -> Iterator[Grid]:
    """The tables of a file, whose first bytes tell its kind."""
    if data.startswith(_ZIP):
        archive = Archive(data)
        return opendocument.grids(archive) if opendocument.is_one(archive) else workbook.grids(data)
    if data.startswith(compound.SIGNATURE):
        return excel97.grids(data)
    if data.startswith(_OTHER_KINDS):
        raise SheetRefused(Refusal.NOT_A_TABLE)
    return iter([delimited.grid(data, encoding)])


def _sheet(grid: Grid, layout: Layout) -> Sheet:
    header, columns = layout.header_row, layout.columns
    shared = [column for field in _SHARED for column in columns.get(field, ())]
    cells, formulas = filled_down(grid, header, shared)
    rows = [(row, _fields(each, layout)) for row, each in enumerate(cells[header:], header + 1)]
    while rows and not any(rows[-1][1].values()):
        rows.pop()
    if not rows:
        raise SheetRefused(Refusal.NO_ROWS)
    headers = tuple(clean(cell) for cell in (_header(grid, header) if header else ()))
    fields = {column: field for field, several in columns.items() for column in several}
    ignored = tuple(text for column, text in enumerate(headers) if text and column not in fields)
    found = {(row, fields[column]) for row, column in covered(formulas, fields, rows[-1][0])}
    return Sheet(layout, headers, rows, grid.encoding, frozenset(found), ignored)


def _header(grid: Grid, row: int) -> Sequence[str]:
    """The cells of the header; a person may have chosen a row below those in which one is looked for."""
    return next(iter([*head(grid)[row - 1 : row], *grid.rows[row - 1 : row]]), ())


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
