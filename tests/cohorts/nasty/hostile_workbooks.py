"""Workbooks that attack: bombs, archives with a way out, cells far off."""

import struct
import zipfile

from diploma.core.grid import Refusal
from tests.cohorts.nasty.archive import PACKED, SHEET, STRINGS, UNPACKED, directory, edited, part, plain, repacked
from tests.cohorts.nasty.rows import File

FAR_CELL = b'<c r="XFD1048576"><v>1</v></c></row></sheetData>'


def overweight() -> bytes:
    """Eight members that declare 30 MB each, in no suspicious ratio."""
    data = repacked(plain(), {f"xl/media/{n}.png": b"x" for n in range(8)})
    for n in range(8):
        name = f"xl/media/{n}.png".encode()
        data = directory(data, PACKED, struct.pack("<LL", 2**20, 30 * 2**20), name)
    return data


def understated() -> bytes:
    """A sheet that declares fewer bytes than it unpacks to."""
    return directory(
        repacked(plain(), {SHEET: part(plain(), SHEET) + b" " * 500_000}),
        UNPACKED,
        struct.pack("<L", 900),
        SHEET.encode(),
    )


def amplified() -> bytes:
    """One long shared string, in 3,000 cells."""
    rows = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(20, 3_020))
    book = edited((b"</sheetData>", rows.encode() + b"</sheetData>"))
    return repacked(book, {STRINGS: part(book, STRINGS).replace(b"<t>E-mail", b"<t>" + b"long " * 6_000)})


def many_elements() -> bytes:
    """A sheet of half a million elements that say nothing."""
    sheet = part(plain(), SHEET).replace(b"</sheetData>", b"<x/>" * 500_000 + b"</sheetData>")
    return repacked(plain(), {SHEET: sheet}, method=zipfile.ZIP_STORED)


BOMBS = [
    File("ratio bomb.xlsx", lambda: repacked(plain(), {"xl/media/a.png": b"\0" * 3_000_000}), Refusal.BOMB),
    File("heavy bomb.xlsx", overweight, Refusal.BOMB),
    File("lying bomb.xlsx", understated, Refusal.BOMB),
    File("many members.xlsx", lambda: repacked(plain(), {f"xl/media/{n}": b"" for n in range(1_000)}), Refusal.BOMB),
    File("shared string bomb.xlsx", amplified, Refusal.BOMB),
    File("many elements.xlsx", many_elements, Refusal.TOO_LARGE),
    File(
        "sheet too large.xlsx",
        lambda: directory(plain(), PACKED, struct.pack("<LL", 2**20, 17 * 2**20), SHEET.encode()),
        Refusal.TOO_LARGE,
    ),
]

UNSAFE = [
    File(
        "deep texts.xlsx",
        lambda: edited((b"<si>", b"<si>" + b"<t>x" * 99_000 + b"</t>" * 99_000), name=STRINGS),
        Refusal.UNSAFE,
    ),
    File(
        "entity bomb.xlsx",
        lambda: edited((b"<worksheet", b'<!DOCTYPE w [<!ENTITY a "aaaa">]><worksheet')),
        Refusal.UNSAFE,
    ),
    File("comment in the sheet.xlsx", lambda: edited((b"<sheetData>", b"<!-- --><sheetData>")), Refusal.UNSAFE),
    File("nested archive.xlsx", lambda: repacked(plain(), {"xl/embeddings/list.ZIP": b"PK"}), Refusal.UNSAFE),
    File("slip name.xlsx", lambda: repacked(plain(), {"xl/../../etc/passwd": b"root"}), Refusal.UNSAFE),
    File("windows slip name.xlsx", lambda: repacked(plain(), {"..\\evil.exe": b"MZ"}), Refusal.UNSAFE),
    File(
        "same name twice.xlsx",
        lambda: repacked(plain(), {"xl/style$.xml": b""}).replace(b"style$", b"styles"),
        Refusal.UNSAFE,
    ),
]

FAR = [
    File("far cell.xlsx", lambda: edited((b"</row></sheetData>", FAR_CELL)), Refusal.TOO_MANY_ROWS),
    File(
        "far formula.xlsx",
        lambda: edited((b"</row></sheetData>", b'<c r="ZZ3"><f>1</f></c></row></sheetData>')),
        Refusal.TOO_MANY_COLUMNS,
    ),
]

FILES = [*BOMBS, *UNSAFE, *FAR]
