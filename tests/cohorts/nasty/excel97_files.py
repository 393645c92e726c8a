"""Workbooks of Excel 97: of real life, damaged, and built to do harm."""

import datetime
import struct
from collections.abc import Callable, Iterator
from typing import Any

from diploma.core.grid import MAX_COLUMNS, MAX_ROWS, Refusal
from tests.cohorts.nasty.compound_writer import END, FREE, SECTOR, SIGNATURE, compound, entry, header
from tests.cohorts.nasty.excel97_writer import (
    Book,
    Formula,
    Page,
    Raw,
    beginning,
    plain_xls,
    record,
    records_of,
    stream_of,
    text,
    xls,
)  # fmt: skip
from tests.cohorts.nasty.rows import ALI, CONTACTS, HEADER, VALI, File
from tests.cohorts.nasty.workbook_files import THREE_HUNDRED, three_hundred

ROWS = (HEADER, ALI, VALI)
ONE = (1, 1, set[tuple[int, str, str]]())


def book(**changes: Any) -> bytes:
    return Book([Page(ROWS)], **changes).file()


def edited(kind: int, change: Callable[[bytes], bytes]) -> bytes:
    """The plain workbook with its first record of a kind, its head included, changed."""
    stream = stream_of()
    at = next(at for at, its in records_of(stream) if its == kind)
    end = at + 4 + struct.unpack_from("<H", stream, at + 2)[0]
    return compound({"Workbook": stream[:at] + change(stream[at:end]) + stream[end:]})


def patched(offset: int, value: bytes, data: bytes | None = None) -> bytes:
    """A file with bytes overwritten."""
    data = plain_xls() if data is None else data
    return data[:offset] + value + data[offset + len(value) :]


def large() -> bytes:
    """A workbook whose stream lies in whole sectors."""
    people = [[f"p{n}@mail.test", f"Person {n}", "Entity", "ru"] for n in range(400)]
    return xls(HEADER, *people)


def table_at(data: bytes) -> int:
    """Where the table of sectors begins."""
    return int((struct.unpack_from("<L", data, 76)[0] + 1) * SECTOR)


def linked(first: int, then: int) -> bytes:
    """The large workbook with one link of its chains changed."""
    data = large()
    return patched(table_at(data) + 4 * first, struct.pack("<L", then), data)


def size_of_stream(size: int) -> bytes:
    data = large()
    at = data.index("Workbook".encode("utf-16-le")) + 120
    return patched(at, struct.pack("<L", size), data)


def tangled_directory() -> bytes:
    """Entries that name each other and themselves as neighbours."""
    entries = entry("Root Entry", 5, child=1) + entry("a", 2, left=1, right=2) + entry("b", 2, left=2, right=1)
    return header([1], 0) + entries.ljust(SECTOR, b"\0") + struct.pack("<128L", END, 0xFFFFFFFD, *[FREE] * 126)


def many_records(count: int) -> bytes:
    return Book([Page(ROWS, more=record(0x0200) * count)]).file()


def endless_string() -> bytes:
    """A text of 65,535 characters in as many pieces as fit."""
    pieces = record(0x00FC, struct.pack("<LLHB", 1, 1, 65_535, 0)) + record(0x003C, b"\0a") * 65_535
    return compound({"Workbook": beginning(5) + pieces + record(0x000A)})


def repeated_text() -> bytes:
    """One long text in thousands of cells."""
    return xls(HEADER, *[["x" * 8_000] * 4] * 3_000)


READABLE = [
    File("plain.xls", plain_xls),
    File("three hundred.xls", lambda: xls(*three_hundred()), report=THREE_HUNDRED),
    File("large.xls", large, report=(400, 400, set())),
    File("texts cut anywhere.xls", lambda: book(piece=40)),
    File(
        "second sheet.xls",
        lambda: Book([Page([HEADER, ["old"]], state=1), Page([["Инструкция"]]), Page(ROWS, first_row=4)]).file(),
    ),
    File("very hidden.xls", lambda: Book([Page(ROWS, state=2)]).file(), Refusal.NO_HEADER),
    File("chart first.xls", lambda: Book([Page([], kind=0x20), Page(ROWS)]).file()),
    File("chart in the sheet.xls", lambda: xls(*ROWS, more=beginning(0x20) + record(0x00FD) + record(0x000A))),
    File("numbers.xls", lambda: xls([*CONTACTS, "Таб. №"], [*ALI[:2], 998901234567, 20011534455667]), report=ONE),
    File("date as number.xls", lambda: xls(CONTACTS, [*ALI[:2], datetime.date(2026, 2, 1)]), report=ONE),
    File("since 1904.xls", lambda: book(since_1904=True)),
    File(
        "many numbers.xls",
        lambda: xls(
            [*CONTACTS, "Таб. №"], [*ALI[:2], Raw(0x00BD, struct.pack("<HLHLH", 0, 12 << 2 | 2, 0, 13 << 2 | 3, 3))]
        ),
        report=ONE,
    ),
    File(
        "formulas.xls",
        lambda: xls(HEADER, [Formula("a@mail.test"), *ALI[1:]], [*VALI[:3], Formula(7.0)]),
        report=(2, 0, {(2, "email", "formula"), (3, "language", "formula")}),
    ),
    File(
        "formula of an array.xls",
        lambda: xls(HEADER, ALI, [*VALI[:2], Formula("Adliya vazirligi"), VALI[3]]),
        report=(2, 1, {(3, "entity", "formula")}),
    ),
    File(
        "error value.xls",
        lambda: xls(HEADER, [Raw(0x0205, struct.pack("<HBB", 0, 42, 1)), *ALI[1:]], VALI),
        report=(2, 1, {(2, "email", "bad_email")}),
    ),
    File(
        "label of old programs.xls", lambda: xls(HEADER, ALI, [*VALI[:2], Raw(0x0204, b"\0\0" + text("Адлия")), "ru"])
    ),
    File("rich label.xls", lambda: xls(HEADER, ALI, [*VALI[:2], Raw(0x00D6, b"\0\0" + text("Adliya")), "ru"])),
    File("false count of texts.xls", lambda: book(announced=4_294_967_295)),
    File("external links.xls", lambda: book(more=record(0x01AE, b"\1\0\1\4") + record(0x0023, b"\0" * 20))),
    File("macros.xls", lambda: compound({"Workbook": stream_of(), "_VBA_PROJECT_CUR": b"x" * 5_000})),
    File("wrong extension.csv", plain_xls),
    File("cut in its last sector.xls", lambda: large()[:-64], report=(400, 400, set())),
    File(
        "lost letters.xls",
        lambda: xls(HEADER, [ALI[0], "?айрат", *ALI[2:]], VALI),
        report=(2, 1, {(2, "full_name", "lost_letters")}),
    ),
    File(
        "half a pair.xls",
        lambda: xls(HEADER, ALI, [*VALI[:2], Raw(0x0204, struct.pack("<HHBH", 0, 1, 1, 0xD800)), "ru"]),
        report=(2, 1, {(3, "entity", "lost_letters")}),
    ),
]

UNREADABLE = [
    File("password.xls", lambda: book(more=record(0x002F, b"\1\0" + b"\0" * 52)), Refusal.ENCRYPTED),
    File(
        "locked workbook.xlsx", lambda: compound({"EncryptionInfo": b"x", "EncryptedPackage": b"x"}), Refusal.ENCRYPTED
    ),
    File("excel 95.xls", lambda: compound({"Book": beginning(5, 0x0500)}), Refusal.OTHER_FORMAT),
    File(
        "excel 95 within.xls", lambda: compound({"Workbook": beginning(5, 0x0500) + record(10)}), Refusal.OTHER_FORMAT
    ),
    File("letter.doc", lambda: compound({"WordDocument": b"x" * 5_000}), Refusal.NOT_A_TABLE),
    File("no streams.xls", lambda: compound({}), Refusal.NOT_A_TABLE),
    File("without sheets.xls", lambda: Book([]).file(), Refusal.NO_HEADER),
    File("header alone.xls", lambda: xls(HEADER), Refusal.NO_ROWS),
    File("one column.xls", lambda: xls(["E-mail"], ["a@mail.test"]), Refusal.NO_HEADER),
    File("empty sheet.xls", lambda: xls(), Refusal.NO_HEADER),
]

CONTAINER = [
    File("signature alone.xls", lambda: SIGNATURE, Refusal.NOT_A_TABLE),
    File("zeros behind the signature.xls", lambda: SIGNATURE + bytes(504), Refusal.NOT_A_TABLE),
    File("other version.xls", lambda: patched(26, b"\x09\0"), Refusal.NOT_A_TABLE),
    File("sectors of one byte.xls", lambda: patched(30, b"\0\0"), Refusal.NOT_A_TABLE),
    File("sectors without end.xls", lambda: patched(30, b"\xff\xff"), Refusal.NOT_A_TABLE),
    File("directory far off.xls", lambda: patched(48, b"\xf0\xff\xff\x0f"), Refusal.NOT_A_TABLE),
    File("table far off.xls", lambda: patched(76, b"\xf0\xff\xff\x0f"), Refusal.NOT_A_TABLE),
    File("table left out.xls", lambda: patched(76, b"\xff\xff\xff\xff"), Refusal.NOT_A_TABLE),
    File("small table in a circle.xls", lambda: patched(60, struct.pack("<L", 0)), Refusal.NOT_A_TABLE),
    File("further tables in a circle.xls", lambda: patched(68, struct.pack("<L", 0))),
    File("chain in a circle.xls", lambda: linked(3, 2), Refusal.NOT_A_TABLE),
    File("chain to itself.xls", lambda: linked(5, 5), Refusal.NOT_A_TABLE),
    File("chain far off.xls", lambda: linked(4, 0x0FFFFFF0), Refusal.NOT_A_TABLE),
    File("chain ends early.xls", lambda: linked(4, END), Refusal.NOT_A_TABLE),
    File("chain into free sectors.xls", lambda: linked(4, FREE), Refusal.NOT_A_TABLE),
    File("size of gigabytes.xls", lambda: size_of_stream(0xFFFFFFF0), Refusal.NOT_A_TABLE),
    File("size of nothing.xls", lambda: size_of_stream(0), Refusal.NOT_A_TABLE),
    File("size too small.xls", lambda: size_of_stream(5_000), Refusal.NOT_A_TABLE),
    File("directory in a circle.xls", tangled_directory, Refusal.NOT_A_TABLE),
]

RECORDS = [
    File("many records.xls", lambda: many_records(400_000), Refusal.TOO_LARGE),
    File("endless text.xls", endless_string, Refusal.NO_HEADER),
    File("text bomb.xls", repeated_text, Refusal.BOMB),
    File("too many texts.xls", lambda: edited(0x00FC, lambda _: many_texts()), Refusal.TOO_LARGE),
    File("too many areas.xls", lambda: xls(*ROWS, merged=[(0, 9_999, 0, 3)] * 120_000), Refusal.TOO_LARGE),
    File("overlapping areas.xls", lambda: xls(HEADER, ALI, VALI, merged=[(1, 9_999, 2, 2)] * 50_000)),
    File("far row.xls", lambda: xls(*ROWS, [""], ["x"], first_row=MAX_ROWS - 4), Refusal.TOO_MANY_ROWS),
    File("far column.xls", lambda: xls(HEADER, ALI, [*VALI, *[""] * MAX_COLUMNS, "x"]), Refusal.TOO_MANY_COLUMNS),
    File("formatted far off.xls", lambda: xls(HEADER, ALI, [*VALI, *[""] * MAX_COLUMNS])),
    File("far formula.xls", lambda: xls(HEADER, [*ALI, *[""] * MAX_COLUMNS, Formula("")]), Refusal.TOO_MANY_COLUMNS),
    File("too many rows.xls", lambda: xls(HEADER, *[ALI] * MAX_ROWS), Refusal.TOO_MANY_ROWS),
    File("text that is not there.xls", lambda: xls(HEADER, [Raw(0x00FD, b"\0\0\xff\xff\0\0")]), Refusal.NOT_A_TABLE),
    File("short cell.xls", lambda: xls(HEADER, [Raw(0x00FD, b"\0")]), Refusal.NOT_A_TABLE),
    File("short number.xls", lambda: xls(HEADER, [Raw(0x0203, b"\0\0\0")]), Refusal.NOT_A_TABLE),
    File("short formula.xls", lambda: xls(HEADER, [Raw(0x0006, b"\0\0\0")]), Refusal.NOT_A_TABLE),
    File("label without its text.xls", lambda: xls(HEADER, [Raw(0x0204, b"\0\0\x09\0\0ab")]), Refusal.NOT_A_TABLE),
    File("hints without end.xls", lambda: edited(0x00FC, lambda one: one[:14] + b"\4" + one[15:]), Refusal.NOT_A_TABLE),
    File("texts left out.xls", lambda: edited(0x00FC, lambda _: b""), Refusal.NOT_A_TABLE),
    File(
        "sheet far off.xls",
        lambda: edited(0x0085, lambda one: one[:4] + b"\xff\xff\xff\x7f" + one[8:]),
        Refusal.NOT_A_TABLE,
    ),
    File(
        "sheet within a cell.xls",
        lambda: edited(0x0085, lambda one: one[:4] + b"\x07\0\0\0" + one[8:]),
        Refusal.NOT_A_TABLE,
    ),
    File(
        "sheet is the workbook.xls", lambda: edited(0x0085, lambda one: one[:4] + bytes(4) + one[8:]), Refusal.NO_HEADER
    ),
    File("one sheet in a thousand names.xls", lambda: edited(0x0085, lambda one: one * 1_000), Refusal.NOT_A_TABLE),
    File("short beginning.xls", lambda: compound({"Workbook": record(0x0809, b"\0")}), Refusal.NOT_A_TABLE),
    File("no beginning.xls", lambda: compound({"Workbook": record(0x000A)}), Refusal.NOT_A_TABLE),
    File("nothing at all.xls", lambda: compound({"Workbook": b""}), Refusal.NOT_A_TABLE),
    File("beginnings without end.xls", lambda: compound({"Workbook": beginning(5) * 5_000}), Refusal.NOT_A_TABLE),
    File("number that is none.xls", lambda: xls(CONTACTS, [*ALI[:2], Raw(0x0203, b"\1\0" + b"\xff" * 8)]), report=ONE),
    File(
        "date beyond the calendar.xls",
        lambda: xls(CONTACTS, [*ALI[:2], Raw(0x0203, struct.pack("<Hd", 1, 1e300))]),
        report=(1, 0, {(2, "phone", "too_long")}),
    ),
    File(
        "format without a number.xls",
        lambda: xls(CONTACTS, [*ALI[:2], Raw(0x0203, struct.pack("<Hd", 9_999, 5.0))]),
        report=ONE,
    ),
]


def many_texts() -> bytes:
    """A million texts without a letter."""
    pieces = [record(0x003C, b"\0\0\0" * 2_700) for _ in range(400)]
    return record(0x00FC, struct.pack("<LL", 1_000_000, 1_000_000)) + b"".join(pieces)


def truncated() -> Iterator[File]:
    """The workbook cut after every kind of record, within it, and at every sector of its container."""
    stream = stream_of()
    kinds = {kind: at for at, kind in records_of(stream) if at + 4 < len(stream)}
    for kind, at in kinds.items():
        for what, end in (("before", at), ("within", at + 5)):
            name = f"cut {what} record {kind:04x}.xls"
            yield File(name, lambda end=end: compound({"Workbook": stream[:end]}), Refusal.NOT_A_TABLE)
    for sector in range(len(plain_xls()) // SECTOR - 1):
        name = f"cut at sector {sector}.xls"
        yield File(name, lambda end=sector * SECTOR + 100: plain_xls()[:end], Refusal.NOT_A_TABLE)


FILES = [*READABLE, *UNREADABLE, *CONTAINER, *RECORDS, *truncated()]
