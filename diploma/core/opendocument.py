"""Reads .ods tables (OpenDocument) without trusting them.

The archive is measured by ``archive``, the XML by ``officexml``. What is peculiar to the format is repetition: one
element may stand for 2^20 rows or columns. Empty ones cost nothing here, and those with content must fit the limits
before they are written out.
"""

import datetime
import re
from collections.abc import Iterator
from itertools import islice

from diploma.core.archive import Archive
from diploma.core.grid import MAX_SHEETS, MAX_TEXT, Area, Grid, Refusal, SheetRefused, cell_text, within_limits
from diploma.core.officexml import local, parse

TYPE = b"application/vnd.oasis.opendocument.spreadsheet"  # of templates with "-template" behind it

_OFFICE = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"
_CELLS = ("table-cell", "covered-table-cell")
# Where the text of a list stands. All else is passed over with what is in it: comments, drawings, tracked changes.
_READ = frozenset(
    (
        *("document-content", "automatic-styles", "style", "table-properties", "body", "spreadsheet"),
        *("table", "table-row-group", "table-rows", "table-header-rows", "table-row", *_CELLS),
        *("p", "span", "a", "s", "tab", "line-break", "ruby", "ruby-base"),
    )
)
_SIGNS = {"tab": "\t", "line-break": "\n"}
_NUMBER = re.compile(r"[+-]?[0-9]{1,20}(\.[0-9]{0,30})?([eE][+-]?[0-9]{1,3})?")
_DURATION = re.compile(r"PT([0-9]{1,5})H([0-9]{1,2})M([0-9]{1,2})(?:[.,][0-9]*)?S")


def is_one(archive: Archive) -> bool:
    """Whether an archive says that it is an OpenDocument table."""
    return "mimetype" in archive.names and archive.read("mimetype").strip().startswith(TYPE)


def grids(archive: Archive) -> Iterator[Grid]:
    """The visible tables of a document, at most ``MAX_SHEETS``.

    Raises ``SheetRefused``: encrypted, bomb, unsafe, too_large, too_many_rows, too_many_columns, not_a_table.
    """
    _refuse_encrypted(archive)
    reader = _Reader()
    reader.of(archive.read("content.xml"))
    return islice((table.grid() for table in reader.tables if table.style not in reader.hidden), MAX_SHEETS)


def _refuse_encrypted(archive: Archive) -> None:
    """A password locks the members one by one, and the manifest says which."""

    def start(tag: str, _: dict[str, str]) -> None:
        if tag == "encryption-data":
            raise SheetRefused(Refusal.ENCRYPTED)

    if "META-INF/manifest.xml" in archive.names:
        parse(archive.read("META-INF/manifest.xml"), start)


class _Table:
    """The cells of one table, with the gaps between them."""

    def __init__(self, style: str) -> None:
        self.style = style
        self.rows: list[list[str]] = []
        self.row, self.repeated = 0, 1  # of the row that is being read
        self.cells: list[str] = []
        self.column = 0
        self.formulas: list[Area] = []
        self.merged: list[Area] = []

    def begin_row(self, repeated: int) -> None:
        self.row += 1
        self.repeated, self.column, self.cells = repeated, 0, []

    def end_row(self) -> None:
        if self.cells:
            self.rows += [[] for _ in range(self.row - 1 - len(self.rows))]
            self.rows += [list(self.cells) for _ in range(self.repeated)]
        self.row += self.repeated - 1

    def add(self, text: str, repeated: int) -> None:
        """The next cells of the row, all with one text; their place is within the limits."""
        self.cells += [""] * (self.column - len(self.cells))
        self.cells += [text] * repeated

    def area(self, rows: int, columns: int) -> Area:
        return Area(self.row, self.column, self.row + rows - 1, self.column + columns - 1)

    def grid(self) -> Grid:
        return Grid(self.rows, "ods", tuple(self.formulas), tuple(self.merged))


class _Reader:
    """Follows the elements of a document into its tables."""

    def __init__(self) -> None:
        self.tables: list[_Table] = []
        self.hidden: set[str] = set()
        self.inside: list[str] = []
        self.passed_over = 0  # depth within an element that is not read
        self.style = ""
        self.cell: dict[str, str] = {}
        self.lines: list[list[str]] = []  # of a cell, each in pieces
        self.length = 0

    def of(self, xml: bytes) -> None:
        parse(xml, self._start, CharacterDataHandler=self._text, EndElementHandler=self._end)

    def _start(self, tag: str, a: dict[str, str]) -> None:
        if self.passed_over or tag not in _READ or (tag == "table" and "table" in self.inside):
            self.passed_over += 1
            return
        self.inside.append(tag)
        match tag:
            case "style":
                self.style = _named(a, "name")
            case "table-properties" if _named(a, "display") == "false":
                self.hidden.add(self.style)
            case "table":
                self.tables.append(_Table(_named(a, "style-name")))
            case "table-row" if self.tables:
                self.tables[-1].begin_row(_count(a, "number-rows-repeated"))
            case "table-cell" | "covered-table-cell":
                self.cell, self.lines = a, []
            case "p":
                self.lines.append([])
            case "s" | "tab" | "line-break":
                self._text(_SIGNS.get(tag) or " " * min(_count(a, "c"), MAX_TEXT + 1 - self.length))

    def _text(self, piece: str) -> None:
        if self.lines and "p" in self.inside and not self.passed_over:
            self.lines[-1].append(piece)
            self._weigh(len(piece))

    def _end(self, name: str) -> None:
        if self.passed_over:
            self.passed_over -= 1
            return
        self.inside.pop()
        if not self.tables or "table" not in self.inside:
            return
        match local(name):
            case "table-cell" | "covered-table-cell":
                self._finish(self.tables[-1])
            case "table-row":
                self.tables[-1].end_row()

    def _finish(self, table: _Table) -> None:
        """Place the cell that was read; refused when it lies or reaches too far out, or repeats too much text."""
        text, repeated = self._value(), _count(self.cell, "number-columns-repeated")
        formula = _named(self.cell, "formula")
        rows, columns = _count(self.cell, "number-rows-spanned"), _count(self.cell, "number-columns-spanned")
        if rows > 1 or columns > 1:
            table.merged.append(table.area(rows, columns))
        if text or formula:
            within_limits(table.row, table.column + repeated - 1)
            within_limits(table.row + table.repeated - 1, 0)
            self._weigh(len(text) * (repeated * table.repeated - 1))
            table.add(text, repeated)
        if formula:
            matrix = (_count(self.cell, f"number-matrix-{what}-spanned") for what in ("rows", "columns"))
            table.formulas.append(table.area(*map(max, matrix, (table.repeated, repeated))))
        table.column += repeated
        self.cell, self.lines = {}, []

    def _value(self) -> str:
        """A cell's value as it was typed; what it shows may be rounded."""
        kind, shown = self.cell.get(f"{_OFFICE} value-type", ""), "\n".join(map("".join, self.lines))
        match kind:
            case "float" | "percentage" | "currency":
                value = self.cell.get(f"{_OFFICE} value", "")
                if not _NUMBER.fullmatch(value):
                    raise SheetRefused(Refusal.NOT_A_TABLE)
                return cell_text(float(value))
            case "date" | "time" | "boolean":
                return _moment(self.cell.get(f"{_OFFICE} {kind}-value", ""))
            case _:
                return shown or self.cell.get(f"{_OFFICE} string-value", "")

    def _weigh(self, length: int) -> None:
        self.length += length
        if self.length > MAX_TEXT:
            raise SheetRefused(Refusal.BOMB)


def _named(attributes: dict[str, str], name: str) -> str:
    return next((value for key, value in attributes.items() if local(key) == name), "")


def _count(attributes: dict[str, str], name: str) -> int:
    """How often something stands; 1 unless the document says otherwise."""
    text = _named(attributes, name) or "1"
    if not re.fullmatch(r"[0-9]{1,7}", text):
        raise SheetRefused(Refusal.NOT_A_TABLE)
    return max(int(text), 1)


def _moment(value: str) -> str:
    """A date, a time of day or a truth as other spreadsheets write it."""
    value = value[:40]
    duration = _DURATION.fullmatch(value)
    if duration:
        hours, minutes, seconds = map(int, duration.groups())
        time = datetime.timedelta(hours=hours, minutes=minutes, seconds=seconds)
        return cell_text(time) if time.days else cell_text((datetime.datetime.min + time).time())
    return value.upper() if value in ("true", "false") else value
