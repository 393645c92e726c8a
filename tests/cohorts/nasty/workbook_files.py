"""Workbooks of real life: filled in by hand, saved by many programs, damaged, locked."""

import zipfile
from collections.abc import Iterable
from typing import Any

from diploma.core.grid import Refusal
from tests.cohorts.nasty.archive import CHECKSUM, FLAGS, SHEET, STRINGS, directory, edited, plain, repacked, xlsx
from tests.cohorts.nasty.rows import ALI, CONTACTS, HEADER, VALI, File, Row

COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504  # how a file of Excel 97 begins, and a locked workbook
FORMATTED = b'<row r="1048576"><c r="A1048576" s="0"/></row></sheetData>'
ROW = b'<row r="2" '

FAULTS = {  # row of the sheet: column, and what stands there
    12: (0, "person12"),
    40: (0, ""),
    77: (1, ""),
    101: (1, "?айрат Ҳамидов"),
    102: (1, "Шав?ат Қодиров"),
    150: (3, "Klingon"),
    203: (0, "person202@mail.test"),
    260: (2, "Х" * 251),
    299: (0, "taken@other.test"),
}
THREE_HUNDRED = (
    300,
    290,
    {
        (12, "email", "bad_email"),
        (40, "email", "missing_email"),
        (77, "full_name", "missing_name"),
        (101, "full_name", "lost_letters"),
        (102, "full_name", "lost_letters"),
        (150, "language", "unknown_language"),
        (202, "email", "duplicate_in_file"),
        (203, "email", "duplicate_in_file"),
        (260, "entity", "too_long"),
        (299, "email", "belongs_elsewhere"),
    },
)


def three_hundred() -> Iterable[Row]:
    """300 people in rows 3 to 302 below a title; nine of them faulty."""
    people = [[f"person{n}@mail.test", f"Тингловчи Рақам {n}", f"Ташкилот {n % 40}", "Ўзбекча"] for n in range(3, 303)]
    for row, (column, value) in FAULTS.items():
        people[row - 3][column] = value
    return [["Тингловчилар рўйхати"], ["E-mail", "Ф.И.Ш.", "Ташкилот", "Тил"], *people]


def formulas(book: Any, sheet: Any) -> None:
    sheet.write_formula("B2", '=PROPER("ali")', None, "Ali")
    sheet.write_dynamic_array_formula("C2:C3", "=Z2:Z3", None, "Adliya vazirligi")


def second_sheet(book: Any, sheet: Any) -> None:
    sheet.write("A1", "Инструкция")
    hidden = book.add_worksheet("Архив")
    hidden.hide()
    shown = book.add_worksheet("Рўйхат")
    for target, mail in ((hidden, "old@mail.test"), (shown, "new@mail.test")):
        target.merge_range("B3:E3", "Тингловчилар рўйхати (якуний)")
        target.write_row("B5", HEADER)
        target.write_row("B6", [mail, *ALI[1:]])


READABLE = [
    File("plain.xlsx", plain),
    File("three hundred.xlsx", lambda: xlsx(*three_hundred()), report=THREE_HUNDRED),
    File("second sheet.xlsx", lambda: xlsx(fill=second_sheet), report=(1, 1, set())),
    File(
        "numbers.xlsx",
        lambda: xlsx([*CONTACTS, "Таб. №"], [*ALI[:2], 998901234567, 20011534455667]),
        report=(1, 1, set()),
    ),
    File(
        "formulas.xlsx",
        lambda: xlsx(HEADER, ALI, VALI, fill=formulas),
        report=(2, 0, {(2, "full_name", "formula"), (2, "entity", "formula"), (3, "entity", "formula")}),
    ),
    File(
        "new error value.xlsx",
        lambda: edited((b'<c r="A2" t="s"><v>4</v>', b'<c r="A2" t="e"><v>#SPILL!</v>')),
        report=(2, 1, {(2, "email", "bad_email")}),
    ),
    File("formatted to the end.xlsx", lambda: edited((b"</sheetData>", FORMATTED))),
    File(
        "macros and links.xlsm",
        lambda: repacked(plain(), {"xl/vbaProject.bin": b"\xd0\xcf", "xl/externalLinks/externalLink1.xml": b"<x/>"}),
    ),
    File("false count of strings.xlsx", lambda: edited((b'uniqueCount="', b'uniqueCount="429496729'), name=STRINGS)),
]

BROKEN = [
    File("reference without end.xlsx", lambda: edited((b'r="A2"', b'r="A99999999999"')), Refusal.NOT_A_TABLE),
    File("row without end.xlsx", lambda: edited((ROW, ROW.replace(b"2", b"9" * 5_000))), Refusal.NOT_A_TABLE),
    File("string that is not there.xlsx", lambda: edited((b"<v>4</v>", b"<v>4000</v>")), Refusal.NOT_A_TABLE),
    File("unknown cell type.xlsx", lambda: edited((b't="s"', b't="zz"')), Refusal.NOT_A_TABLE),
    File("broken xml.xlsx", lambda: edited((b"</sheetData>", b"")), Refusal.NOT_A_TABLE),
    File("sheet left out.xlsx", lambda: repacked(plain(), {SHEET: None}), Refusal.NOT_A_TABLE),
    File("damaged.xlsx", lambda: directory(plain(), CHECKSUM, b"\0\0\0\0", SHEET.encode()), Refusal.NOT_A_TABLE),
    File("cut off.xlsx", lambda: plain()[:-40], Refusal.NOT_A_TABLE),
    File("other compression.xlsx", lambda: repacked(plain(), method=zipfile.ZIP_BZIP2), Refusal.NOT_A_TABLE),
]

UNREADABLE = [
    File("locked member.xlsx", lambda: directory(plain(), FLAGS, b"\x01"), Refusal.ENCRYPTED),
    File(
        "open document.xlsx",
        lambda: repacked(plain(), {"_rels/.rels": None, "content.xml": b"<x/>"}),
        Refusal.OTHER_FORMAT,
    ),
    File("letter.docx", lambda: repacked(plain(), {"_rels/.rels": None}), Refusal.NOT_A_TABLE),
    File("no list.xlsx", lambda: xlsx(["Инструкция"]), Refusal.NO_HEADER),
]

FILES = [*READABLE, *BROKEN, *UNREADABLE]
