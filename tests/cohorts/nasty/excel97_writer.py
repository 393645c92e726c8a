"""Writes .xls workbooks record by record: sound ones, and with records put in, changed or cut."""

import datetime
import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.cohorts.nasty.compound_writer import compound
from tests.cohorts.nasty.rows import ALI, HEADER, VALI, Row

LARGEST = 8224  # bytes of a record
GENERAL, DATE, MOMENT, CLOCK, ELAPSED = range(5)  # formats, by their number in the workbook
FORMATS = {DATE: "dd\\.mm\\.yyyy;@", MOMENT: "yyyy\\-mm\\-dd hh:mm", CLOCK: "hh:mm", ELAPSED: "[h]:mm"}
EPOCHS = {False: datetime.datetime(1899, 12, 30), True: datetime.datetime(1904, 1, 1)}
Merged = tuple[int, int, int, int]  # first row, last row, first column, last column, from 0


def record(kind: int, content: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(content)) + content


def beginning(kind: int, version: int = 0x0600) -> bytes:
    return record(0x0809, struct.pack("<HHHHLL", version, kind, 0, 1997, 0, 0x0606))


def text(value: str, *, rich: bool = False, hints: bytes = b"") -> bytes:
    """A string with its length and flags, in one byte for each character where that is enough."""
    wide = any(ord(sign) > 255 for sign in value)
    content = value.encode("utf-16-le" if wide else "latin-1")
    count = len(content) // 2 if wide else len(content)
    flags = wide | (8 if rich else 0) | (4 if hints else 0)
    runs = struct.pack("<H", 1) if rich else b""
    length = struct.pack("<L", len(hints)) if hints else b""
    return struct.pack("<HB", count, flags) + runs + length + content + (b"\0" * 4 if rich else b"") + hints


@dataclass
class Formula:
    """A formula with the value that is kept of it."""

    value: Any


@dataclass
class Raw:
    """A record of one's own in the place of a cell."""

    kind: int
    content: bytes


@dataclass
class Page:
    """A sheet: its rows, and whatever else stands in it."""

    rows: Sequence[Row]
    state: int = 0
    merged: Sequence[Merged] = ()
    more: bytes = b""
    kind: int = 0x0010
    first_row: int = 0


@dataclass
class Book:
    """A workbook; ``strings`` collects the texts of its cells."""

    pages: list[Page]
    since_1904: bool = False
    more: bytes = b""
    piece: int = LARGEST  # bytes of the texts in one record
    announced: int | None = None
    strings: dict[str, int] = field(default_factory=dict)

    def stream(self) -> bytes:
        sheets = [self._sheet(page) for page in self.pages]
        front = beginning(0x0005) + self.more + record(0x0022, struct.pack("<H", self.since_1904))
        front += b"".join(record(0x041E, struct.pack("<H", 163 + n) + text(code)) for n, code in FORMATS.items())
        front += b"".join(record(0x00E0, struct.pack("<HH16x", 0, 163 + n if n else 0)) for n in range(5))
        back = self._texts() + record(0x000A)
        at = len(front) + sum(len(self._bound(page, 0)) for page in self.pages) + len(back)
        for page, sheet in zip(self.pages, sheets, strict=True):
            front += self._bound(page, at)
            at += len(sheet)
        return front + back + b"".join(sheets)

    def file(self) -> bytes:
        return compound({"Workbook": self.stream()})

    def _bound(self, page: Page, at: int) -> bytes:
        sort = {0x0010: 0, 0x0020: 2}.get(page.kind, 0)
        return record(0x0085, struct.pack("<LBBBB", at, page.state, sort, 4, 0) + b"List")

    def _texts(self) -> bytes:
        """The table of texts; one that does not fit goes on in the next record, behind a byte of flags."""
        announced = len(self.strings) if self.announced is None else self.announced
        records, piece = [], struct.pack("<LL", announced, announced)
        for value in self.strings:
            whole = text(value)
            if len(piece) + 4 > self.piece:
                records, piece = [*records, piece], b""
            while len(piece) + len(whole) > self.piece:
                room = self.piece - len(piece)
                room -= (room - (3 if whole[:3] == text(value)[:3] else 1)) % 2
                flags = text(value)[2:3]
                records, piece, whole = [*records, piece + whole[:room]], b"", flags + whole[room:]
            piece += whole
        records.append(piece)
        return record(0x00FC, records[0]) + b"".join(record(0x003C, one) for one in records[1:])

    def _sheet(self, page: Page) -> bytes:
        out = beginning(page.kind) + page.more
        for number, row in enumerate(page.rows, page.first_row):
            out += b"".join(self._cell(number, column, value) for column, value in enumerate(row))
        for at in range(0, len(page.merged), 1000):
            some = page.merged[at : at + 1000]
            out += record(0x00E5, struct.pack("<H", len(some)) + b"".join(struct.pack("<HHHH", *one) for one in some))
        return out + record(0x000A)

    def _cell(self, row: int, column: int, value: Any) -> bytes:
        place = struct.pack("<HH", row, column)
        match value:
            case Raw():
                return record(value.kind, place + value.content)
            case Formula():
                return self._formula(place, value.value)
            case "" | None:
                return record(0x0201, place + struct.pack("<H", GENERAL))
            case str():
                index = self.strings.setdefault(value, len(self.strings))
                return record(0x00FD, place + struct.pack("<HL", GENERAL, index))
            case bool():
                return record(0x0205, place + struct.pack("<HBB", GENERAL, value, 0))
            case int() if abs(value) < 2**29:
                return record(0x027E, place + struct.pack("<HL", GENERAL, (value << 2 & 0xFFFFFFFF) | 2))
            case _:
                number, shown = self._number(value)
                return record(0x0203, place + struct.pack("<Hd", shown, number))

    def _formula(self, place: bytes, value: Any) -> bytes:
        tokens = struct.pack("<HLH", 0, 0, 3) + b"\x1e\x01\x00"
        if isinstance(value, str):
            result = struct.pack("<BxBxxxH", 0, 0, 0xFFFF)
            return record(0x0006, place + struct.pack("<H", GENERAL) + result + tokens) + record(0x0207, text(value))
        return record(0x0006, place + struct.pack("<Hd", GENERAL, value) + tokens)

    def _number(self, value: Any) -> tuple[float, int]:
        day, epoch = 86_400, EPOCHS[self.since_1904]
        match value:
            case datetime.datetime():
                return (value - epoch).total_seconds() / day, MOMENT
            case datetime.date():
                return float((datetime.datetime.combine(value, datetime.time()) - epoch).days), DATE
            case datetime.time():
                return (value.hour * 3600 + value.minute * 60 + value.second) / day, CLOCK
            case datetime.timedelta():
                return value.total_seconds() / day, ELAPSED
            case _:
                return float(value), GENERAL


def xls(*rows: Row, **page: Any) -> bytes:
    """A workbook of one sheet."""
    return Book([Page(rows, **page)]).file()


def plain_xls() -> bytes:
    return xls(HEADER, ALI, VALI)


def stream_of(*rows: Row) -> bytes:
    return Book([Page(rows or (HEADER, ALI, VALI))]).stream()


def records_of(stream: bytes) -> Iterable[tuple[int, int]]:
    """Where each record begins, and its kind."""
    at = 0
    while at < len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        yield at, kind
        at += 4 + length
