"""Reads .xls workbooks (Excel 97 to 2003, the records of [MS-XLS]) without trusting them.

A workbook is one stream of records: first those of the whole book (texts, formats, where the sheets begin), then one
run for each sheet. Nothing is reserved by what a record announces; cells are taken as they come, within the limits.
"""

import datetime
import re
import struct
from collections.abc import Iterator

from diploma.core.compound import Compound
from diploma.core.excel97_strings import Pieces, shared_strings
from diploma.core.grid import MAX_SHEETS, MAX_TEXT, Area, Grid, Refusal, SheetRefused, cell_text, within_limits

MAX_AREAS = 100_000  # of merged cells in a sheet
MAX_RECORDS = 300_000  # that are read of a file: 10,000 rows of 16 cells, and their formats

_EXCEL_97, _WORKSHEET = 0x0600, 0x0010
_EXCEL_95_BOOK = "Book"
_ENCRYPTED_BOOKS = frozenset({"EncryptedPackage", "EncryptionInfo"})  # a newer workbook, locked

_ERRORS = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}
_DATE_FORMATS = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})  # that need no record
_NOT_CODES = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?![hms]+\])[^\]]*\]', re.IGNORECASE)
_ELAPSED = re.compile(r"\[[hms]+\]", re.IGNORECASE)
_MOST_DAYS = 2_957_003  # after which one of the two calendars passes the year 9999


class _Record:
    """The kinds of records that are looked at."""

    BOF, EOF, CONTINUE = 0x0809, 0x000A, 0x003C
    FILEPASS, BOUNDSHEET, SST, FORMAT, XF, DATEMODE = 0x002F, 0x0085, 0x00FC, 0x041E, 0x00E0, 0x0022
    LABELSST, LABEL, RSTRING, NUMBER, RK, MULRK = 0x00FD, 0x0204, 0x00D6, 0x0203, 0x027E, 0x00BD
    BOOLERR, FORMULA, STRING, MERGECELLS = 0x0205, 0x0006, 0x0207, 0x00E5


def grids(data: bytes) -> Iterator[Grid]:
    """The visible worksheets of a workbook, at most ``MAX_SHEETS``, each read when asked for.

    Raises ``SheetRefused``: encrypted, other_format (Excel 95 and earlier), bomb, too_large, too_many_rows,
    too_many_columns, not_a_table.
    """
    file = Compound(data)
    if file.names & _ENCRYPTED_BOOKS:
        raise SheetRefused(Refusal.ENCRYPTED)
    name = next((name for name in file.names if name.casefold() == "workbook"), None)
    if name is None:
        raise SheetRefused(Refusal.OTHER_FORMAT if _EXCEL_95_BOOK in file.names else Refusal.NOT_A_TABLE)
    stream = _Stream(file.read(name))
    book = _Book(stream)
    for start in book.sheets[:MAX_SHEETS]:
        sheet = _Sheet(book)
        if sheet.of(stream, start):
            yield sheet.grid()


class _Stream:
    """The records of a workbook; ``left`` counts down what may still be read of them."""

    def __init__(self, data: bytes) -> None:
        self.data, self.left = data, MAX_RECORDS

    def run(self, start: int) -> Iterator[tuple[int, bytes]]:
        """Kind and content of the records from one beginning to its end, without those of charts in between."""
        at, depth = start, 0
        while True:
            if at + 4 > len(self.data):
                raise SheetRefused(Refusal.NOT_A_TABLE)
            self.left -= 1
            if self.left < 0:
                raise SheetRefused(Refusal.TOO_LARGE)
            kind, length = struct.unpack_from("<HH", self.data, at)
            at += 4
            if at + length > len(self.data) or (at == start + 4 and kind != _Record.BOF):
                raise SheetRefused(Refusal.NOT_A_TABLE)
            if kind == _Record.BOF:
                depth += 1
            if kind == _Record.EOF:
                depth -= 1
                if not depth:
                    return
            if depth == 1:
                yield kind, self.data[at : at + length]
            at += length


def _kind(beginning: bytes) -> int:
    """What a run of records describes; refused when an older Excel wrote it."""
    version, kind = _fields("<HH", beginning)
    if version != _EXCEL_97:
        raise SheetRefused(Refusal.OTHER_FORMAT)
    return int(kind)


def _fields(layout: str, content: bytes, at: int = 0) -> tuple[int, ...]:
    if at + struct.calcsize(layout) > len(content):
        raise SheetRefused(Refusal.NOT_A_TABLE)
    return struct.unpack_from(layout, content, at)


class _Book:
    """What the sheets of a workbook share."""

    def __init__(self, stream: _Stream) -> None:
        self.sheets: list[int] = []  # where the visible ones begin
        self.base = datetime.datetime(1899, 12, 30)
        formats: dict[int, str] = {}
        used: list[int] = []
        texts: list[bytes] = []
        last = 0
        for kind, content in stream.run(0):
            match kind:
                case _Record.BOF:
                    _kind(content)
                case _Record.FILEPASS:
                    raise SheetRefused(Refusal.ENCRYPTED)
                case _Record.BOUNDSHEET:
                    start, state, sort = _fields("<LBB", content)
                    self.sheets += [start] if not state & 3 and sort == 0 else []
                case _Record.FORMAT:
                    formats[_fields("<H", content)[0]] = Pieces([content[2:]]).text()
                case _Record.XF:
                    used.append(_fields("<HH", content)[1])
                case _Record.DATEMODE if any(content):
                    self.base = datetime.datetime(1904, 1, 1)
                case _Record.SST:
                    texts = [content]
                case _Record.CONTINUE if last in (_Record.SST, _Record.CONTINUE) and texts:
                    texts.append(content)
            last = kind
        self.texts = shared_strings(texts) if texts else []
        dates = {number: _sort(code) for number, code in formats.items()}
        self.sorts = [dates.get(number, "date" if number in _DATE_FORMATS else "") for number in used]

    def number(self, value: float, format_: int) -> str:
        """A number as text; a date when its format shows one and the calendar has it."""
        sort = self.sorts[format_] if format_ < len(self.sorts) else ""
        if not sort or not 0 <= value < _MOST_DAYS:
            return cell_text(value)
        moment = datetime.timedelta(seconds=round(value * 86_400))
        if sort == "elapsed":
            return cell_text(moment)
        if value < 1:
            return cell_text((self.base + moment).time())
        if self.base.year == 1899 and value < 60:  # Excel's year 1900 has a 29 February, and its days begin with 1
            moment += datetime.timedelta(days=1)
        date = self.base + moment
        return cell_text(date.date() if float(value).is_integer() else date)


def _sort(code: str) -> str:
    """Whether a number format shows a date or a time, or a time that runs beyond the day."""
    codes = _NOT_CODES.sub("", code[:255])
    if _ELAPSED.search(codes):
        return "elapsed"
    return "date" if re.search("[dmyhs]", codes, re.IGNORECASE) else ""


class _Sheet:
    """Collects the cells of one sheet."""

    def __init__(self, book: _Book) -> None:
        self.book = book
        self.cells: dict[int, dict[int, str]] = {}
        self.length = 0
        self.formulas: list[Area] = []
        self.merged: list[Area] = []
        self.waiting: tuple[int, int] | None = None  # the formula whose text comes in the next records

    def of(self, stream: _Stream, start: int) -> bool:
        """Read the records of the sheet; whether it is one of cells."""
        records = stream.run(start)
        _, beginning = next(records)
        if _kind(beginning) != _WORKSHEET:
            return False
        for kind, content in records:
            self._take(kind, content)
        return True

    def _take(self, kind: int, content: bytes) -> None:
        match kind:
            case _Record.LABELSST:
                row, column, _, index = _fields("<HHHL", content)
                if index >= len(self.book.texts):
                    raise SheetRefused(Refusal.NOT_A_TABLE)
                self._put(row, column, self.book.texts[index])
            case _Record.LABEL | _Record.RSTRING:
                row, column = _fields("<HH", content)
                self._put(row, column, Pieces([content[6:]]).text())
            case _Record.NUMBER:
                row, column, format_, value = _fields("<HHHd", content)
                self._put(row, column, self.book.number(value, format_))
            case _Record.RK:
                row, column, format_, value = _fields("<HHHL", content)
                self._put(row, column, self.book.number(_unpacked(value), format_))
            case _Record.MULRK:
                row, first = _fields("<HH", content)
                for column, at in enumerate(range(4, len(content) - 7, 6), first):
                    format_, value = _fields("<HL", content, at)
                    self._put(row, column, self.book.number(_unpacked(value), format_))
            case _Record.BOOLERR:
                row, column, _, value, is_error = _fields("<HHHBB", content)
                self._put(row, column, _ERRORS.get(value, "#ERROR!") if is_error else cell_text(bool(value)))
            case _Record.FORMULA:
                self._formula(content)
            case _Record.STRING if self.waiting:
                self._put(*self.waiting, Pieces([content]).text())
            case _Record.MERGECELLS:
                for at in range(2, len(content) - 7, 8):
                    first_row, last_row, first, last = _fields("<HHHH", content, at)
                    self.merged.append(Area(first_row + 1, first, last_row + 1, last))
                if len(self.merged) > MAX_AREAS:
                    raise SheetRefused(Refusal.TOO_LARGE)

    def _formula(self, content: bytes) -> None:
        """A formula with the value that it had when the workbook was saved."""
        row, column, format_ = _fields("<HHH", content)
        within_limits(row + 1, column)
        self.formulas.append(Area(row + 1, column, row + 1, column))
        sort, _, value, _, mark = _fields("<BBBBxxH", content, 6)
        if mark != 0xFFFF:
            self._put(row, column, self.book.number(_fields("<d", content, 6)[0], format_))
        elif sort == 0:
            self.waiting = (row, column)
        elif sort in (1, 2):
            self._put(row, column, cell_text(bool(value)) if sort == 1 else _ERRORS.get(value, "#ERROR!"))

    def _put(self, row: int, column: int, text: str) -> None:
        self.waiting = None
        if text:
            within_limits(row + 1, column)
            self.length += len(text)
            if self.length > MAX_TEXT:
                raise SheetRefused(Refusal.BOMB)
            self.cells.setdefault(row, {})[column] = text

    def grid(self) -> Grid:
        rows = []
        for row in range(max(self.cells, default=-1) + 1):
            cells = self.cells.get(row, {})
            rows.append([cells.get(column, "") for column in range(max(cells, default=-1) + 1)])
        return Grid(rows, "xls", tuple(self.formulas), tuple(self.merged))


def _unpacked(value: int) -> float:
    """A number in the short form: 30 bits of a whole number or of a fraction, perhaps in hundredths."""
    if value & 2:
        number = float((value >> 2) - (1 << 30 if value & 0x80000000 else 0))
    else:
        (number,) = struct.unpack("<d", struct.pack("<LL", 0, value & 0xFFFFFFFC))
    return number / 100 if value & 1 else number
