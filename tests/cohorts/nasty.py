"""Roster files as they really come, and as an attacker makes them, each with the report it must get.

``FILES`` is the collection. A file is either refused as a whole, or read: then ``report`` holds the number of rows,
the number that are ready, and row, column and code of every problem.
"""

import io
import struct
import zipfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import xlsxwriter

from diploma.cohorts.grid import MAX_BYTES, MAX_COLUMNS, MAX_ROWS, Refusal
from diploma.cohorts.roster import Known

Report = tuple[int, int, set[tuple[int, str, str]]]
Row = list[Any]

KNOWN = Known(people={}, entities={}, belongs_elsewhere=lambda email: email == "taken@other.test")
ALLOWED = {"trainee", "instructor"}
HEADER = ["E-mail", "F.I.Sh.", "Tashkilot", "Til"]
CONTACTS = ["E-mail", "ФИО", "Телефон"]
ALI = ["ali@mail.test", "Ali Valiyev", "Sogʻliqni saqlash vazirligi", "uz-Latn"]
VALI = ["vali@mail.test", "Vali Aliyev", "Adliya vazirligi", "ru"]
GOOD: Report = (2, 2, set())


@dataclass(frozen=True)
class File:
    """A file of the collection; ``make`` builds its bytes."""

    name: str
    make: Callable[[], bytes]
    refusal: Refusal | None = None
    report: Report = GOOD

    @property
    def filename(self) -> str:
        return self.name.replace(" ", "-")


def csv(*rows: Row, separator: str = ",", encoding: str = "utf-8", end: str = "\r\n", before: str = "") -> bytes:
    """A CSV file; cells are written as they are, quotes included."""
    return (before + end.join(separator.join(row) for row in rows) + end).encode(encoding)


def xlsx(*rows: Row, fill: Callable[[Any, Any], None] | None = None) -> bytes:
    """A workbook of one sheet; ``fill`` may go on with the workbook and the sheet."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet("Лист1")
        for index, row in enumerate(rows):
            sheet.write_row(index, 0, row)
        if fill:
            fill(book, sheet)
    return out.getvalue()


def repacked(
    data: bytes, change: Mapping[str, bytes | None] | None = None, *, method: int = zipfile.ZIP_DEFLATED
) -> bytes:
    """An archive with members replaced or added, or left out (``None``)."""
    with zipfile.ZipFile(io.BytesIO(data)) as old:
        parts: dict[str, bytes | None] = {name: old.read(name) for name in old.namelist()}
    parts.update(change or {})
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as new:
        for name, content in parts.items():
            if content is not None:
                new.writestr(name, content)
    return out.getvalue()


def part(data: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read(name)


SHEET, STRINGS = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"


def plain() -> bytes:
    return xlsx(HEADER, ALI, VALI)


def edited(*changes: tuple[bytes, bytes], name: str = SHEET) -> bytes:
    """The plain workbook with the XML of one part changed."""
    book = plain()
    xml = part(book, name)
    for old, new in changes:
        assert old in xml
        xml = xml.replace(old, new, 1)
    return repacked(book, {name: xml})


def directory(data: bytes, offset: int, value: bytes, member: bytes = b"xl/styles.xml") -> bytes:
    """The archive with a field of one directory entry overwritten."""
    at = data.rindex(b"PK\x01\x02", 0, data.rindex(member)) + offset
    return data[:at] + value + data[at + len(value) :]


FLAGS, CHECKSUM, PACKED, UNPACKED = 8, 16, 20, 24  # offsets in a directory entry


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


def formulas(book: Any, sheet: Any) -> None:
    sheet.write_formula("B2", '=PROPER("ali")', None, "Ali")
    sheet.write_dynamic_array_formula("C2:C3", "=Z2:Z3", None, "Adliya vazirligi")


def three_hundred() -> Iterable[Row]:
    """300 people in rows 3 to 302 below a title; nine of them faulty."""
    people = [[f"person{n}@mail.test", f"Тингловчи Рақам {n}", f"Ташкилот {n % 40}", "Ўзбекча"] for n in range(3, 303)]
    faults = {
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
    for row, (column, value) in faults.items():
        people[row - 3][column] = value
    return [["Тингловчилар рўйхати"], ["E-mail", "Ф.И.Ш.", "Ташкилот", "Тил"], *people]


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


def second_sheet(book: Any, sheet: Any) -> None:
    sheet.write("A1", "Инструкция")
    hidden = book.add_worksheet("Архив")
    hidden.hide()
    shown = book.add_worksheet("Рўйхат")
    for target, mail in ((hidden, "old@mail.test"), (shown, "new@mail.test")):
        target.merge_range("B3:E3", "Тингловчилар рўйхати (якуний)")
        target.write_row("B5", HEADER)
        target.write_row("B6", [mail, *ALI[1:]])


def _csv_files() -> list[File]:
    both = (HEADER, ALI, VALI)
    return [
        File("comma.csv", lambda: csv(*both)),
        File("semicolon with mark.csv", lambda: csv(*both, separator=";", encoding="utf-8-sig")),
        File("tab.tsv", lambda: csv(*both, separator="\t")),
        File("bar.txt", lambda: csv(*both, separator="|", end="\n")),
        File("old mac.csv", lambda: csv(*both, end="\r")),
        File(
            "sep line.csv",
            lambda: csv(HEADER, ["x", *ALI[1:]], separator=";", before="sep=;\r\n"),
            report=(1, 0, {(2, "email", "bad_email")}),
        ),
        File("unicode text.txt", lambda: csv(*both, separator="\t", encoding="utf-16")),
        File(
            "cell of two lines.csv",
            lambda: csv(HEADER, [ALI[0], '"Ali\nValiyev"', *ALI[2:]], ["", *VALI[1:]]),
            report=(2, 1, {(3, "email", "missing_email")}),
        ),
        File("title rows.csv", lambda: csv(["Рўйхат"], [""], *both)),
        File("header in row 10.csv", lambda: csv(*[["Рўйхат"]] * 9, *both)),
        File("header in row 11.csv", lambda: csv(*[["Рўйхат"]] * 10, *both), Refusal.NO_HEADER),
        File(
            "arabic.csv",
            lambda: csv(
                ["البريد الإلكتروني", "الاسم الكامل", "الجهة", "اللغة"],
                ["a@mail.test", "أحمد علي", "وزارة الصحة", "العربية"],
            ),
            report=(1, 1, set()),
        ),
        File(
            "bilingual header.csv",
            lambda: csv(["E-mail *", "ФИО / Full name", "№"], [*ALI[:2], "1"]),
            report=(1, 1, set()),
        ),
        File("empty.csv", lambda: b"", Refusal.EMPTY),
        File("white space.csv", lambda: b"\xef\xbb\xbf \r\n\r\n", Refusal.EMPTY),
        File("mark alone.txt", lambda: b"\xff\xfe", Refusal.EMPTY),
        File("separator alone.csv", lambda: b"sep=;\r\n", Refusal.NO_HEADER),
        File("header alone.csv", lambda: csv(HEADER), Refusal.NO_ROWS),
        File("one column.csv", lambda: csv(["E-mail"], ["ali@mail.test"]), Refusal.NO_HEADER),
        File("without addresses.csv", lambda: csv(HEADER[1:], ALI[1:]), Refusal.MISSING_COLUMN),
        File(
            "split names.csv",
            lambda: csv(["E-mail", "Фамилия", "Имя"], ["a@mail.test", "Алиев", "Вали"]),
            Refusal.SPLIT_NAME,
        ),
        File(
            "windows 1251.csv",
            lambda: csv(["E-mail", "ФИО"], ["a@mail.test", "Иванов"], encoding="cp1251"),
            Refusal.BAD_ENCODING,
        ),
        File(
            "question marks.csv",
            lambda: csv(CONTACTS, [ALI[0], "?айрат"], [VALI[0], "Ражабов Сало?"]),
            report=(2, 0, {(2, "full_name", "lost_letters"), (3, "full_name", "lost_letters")}),
        ),
        File(
            "replacement signs.csv",
            lambda: csv(HEADER, [ALI[0], "\ufffdайрат", *ALI[2:]], VALI),
            report=(2, 1, {(2, "full_name", "lost_letters")}),
        ),
        File(
            "lost digits.csv",
            lambda: csv(CONTACTS, [*ALI[:2], "9.98901E+11"], [*VALI[:2], "9.98901234567E+11"]),
            report=(2, 1, {(2, "phone", "lost_letters")}),
        ),
        File("unclosed quote.csv", lambda: csv(HEADER, [ALI[0], '"Ali', *ALI[2:]], VALI), Refusal.BROKEN_QUOTES),
        File("unclosed quote far up.csv", lambda: csv(HEADER, ['"Ali'], *[VALI] * 3_000), Refusal.BROKEN_QUOTES),
        File("endless line.csv", lambda: csv(HEADER, ["x" * 200_000, *ALI[1:]]), Refusal.NOT_A_TABLE),
        File(
            "formulas.csv",
            lambda: csv(
                CONTACTS, ["=1+1", "@SUM(A1)", "+cmd|' /C calc'!A0"], ["ali@mail.test", "＝1+1", "+998 (90) 123-45-67"]
            ),
            report=(
                2,
                0,
                {
                    (2, "email", "formula"),
                    (2, "full_name", "formula"),
                    (2, "phone", "formula"),
                    (3, "full_name", "formula"),
                },
            ),
        ),
        File(
            "our own protection.csv",
            lambda: csv(CONTACTS, [*ALI[:2], "'+998901234567"], [*VALI[:2], "'=A1"]),
            report=(2, 1, {(3, "phone", "formula")}),
        ),
        File(
            "duplicates.csv",
            lambda: csv(HEADER, ALI, VALI, ["ALI@mail.test", *VALI[1:]], ALI),
            report=(4, 1, {(row, "email", "duplicate_in_file") for row in (2, 4, 5)}),
        ),
        File(
            "all wrong.csv",
            lambda: csv(
                [*HEADER, "Роль"],
                ["ali@", "", "a" * 251, "Klingon", "king"],
                ["taken@other.test", "A", "", "", "admin"],
            ),
            report=(
                2,
                0,
                {
                    (2, "email", "bad_email"),
                    (2, "full_name", "missing_name"),
                    (2, "entity", "too_long"),
                    (2, "language", "unknown_language"),
                    (2, "role", "unknown_role"),
                    (3, "email", "belongs_elsewhere"),
                    (3, "role", "role_not_allowed"),
                },
            ),
        ),
        File(
            "blank rows.csv",
            lambda: csv(HEADER, ALI, ["", "", "-", " "], [], VALI, [""] * 4, []),
            report=(2, 2, {(3, "", "blank_row"), (4, "", "blank_row")}),
        ),
        File(
            "invisible signs.csv",
            lambda: csv(HEADER, ["ali\u200b@mail.test", "\u202eAli\u2066 Valiyev", *ALI[2:]]),
            report=(1, 1, set()),
        ),
        File(
            "cyrillic in address.csv",
            lambda: csv(HEADER, ["аli@mail.test", *ALI[1:]]),
            report=(1, 0, {(2, "email", "bad_email")}),
        ),
        File("too many rows.csv", lambda: csv(HEADER, *[ALI] * MAX_ROWS), Refusal.TOO_MANY_ROWS),
        File("too many columns.csv", lambda: csv(HEADER + [""] * MAX_COLUMNS, ALI), Refusal.TOO_MANY_COLUMNS),
        File("too large.csv", lambda: b"x" * (MAX_BYTES + 1), Refusal.TOO_LARGE),
        File("picture.csv", lambda: b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", Refusal.NOT_A_TABLE),
        File("paper.pdf", lambda: b"%PDF-1.7\n", Refusal.NOT_A_TABLE),
        File(
            "web page.xls", lambda: b"<html><table><tr><td>E-mail</td><td>Name</td></tr></table>", Refusal.NOT_A_TABLE
        ),
    ]


def _workbooks() -> list[File]:
    row = b'<row r="2" '
    compound = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504
    far = b'<c r="XFD1048576"><v>1</v></c></row></sheetData>'
    formatted = b'<row r="1048576"><c r="A1048576" s="0"/></row></sheetData>'
    return [
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
        File("formatted to the end.xlsx", lambda: edited((b"</sheetData>", formatted))),
        File(
            "macros and links.xlsm",
            lambda: repacked(
                plain(), {"xl/vbaProject.bin": b"\xd0\xcf", "xl/externalLinks/externalLink1.xml": b"<x/>"}
            ),
        ),
        File(
            "false count of strings.xlsx", lambda: edited((b'uniqueCount="', b'uniqueCount="429496729'), name=STRINGS)
        ),
        File("ratio bomb.xlsx", lambda: repacked(plain(), {"xl/media/a.png": b"\0" * 3_000_000}), Refusal.BOMB),
        File("heavy bomb.xlsx", overweight, Refusal.BOMB),
        File("lying bomb.xlsx", understated, Refusal.BOMB),
        File(
            "many members.xlsx", lambda: repacked(plain(), {f"xl/media/{n}": b"" for n in range(1_000)}), Refusal.BOMB
        ),
        File("shared string bomb.xlsx", amplified, Refusal.BOMB),
        File("many elements.xlsx", many_elements, Refusal.TOO_LARGE),
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
        File("far cell.xlsx", lambda: edited((b"</row></sheetData>", far)), Refusal.TOO_MANY_ROWS),
        File(
            "far formula.xlsx",
            lambda: edited((b"</row></sheetData>", b'<c r="ZZ3"><f>1</f></c></row></sheetData>')),
            Refusal.TOO_MANY_COLUMNS,
        ),
        File("reference without end.xlsx", lambda: edited((b'r="A2"', b'r="A99999999999"')), Refusal.NOT_A_TABLE),
        File("row without end.xlsx", lambda: edited((row, row.replace(b"2", b"9" * 5_000))), Refusal.NOT_A_TABLE),
        File("string that is not there.xlsx", lambda: edited((b"<v>4</v>", b"<v>4000</v>")), Refusal.NOT_A_TABLE),
        File("unknown cell type.xlsx", lambda: edited((b't="s"', b't="zz"')), Refusal.NOT_A_TABLE),
        File("broken xml.xlsx", lambda: edited((b"</sheetData>", b"")), Refusal.NOT_A_TABLE),
        File("sheet left out.xlsx", lambda: repacked(plain(), {SHEET: None}), Refusal.NOT_A_TABLE),
        File("damaged.xlsx", lambda: directory(plain(), CHECKSUM, b"\0\0\0\0", SHEET.encode()), Refusal.NOT_A_TABLE),
        File("cut off.xlsx", lambda: plain()[:-40], Refusal.NOT_A_TABLE),
        File("other compression.xlsx", lambda: repacked(plain(), method=zipfile.ZIP_BZIP2), Refusal.NOT_A_TABLE),
        File(
            "sheet too large.xlsx",
            lambda: directory(plain(), PACKED, struct.pack("<LL", 2**20, 17 * 2**20), SHEET.encode()),
            Refusal.TOO_LARGE,
        ),
        File("locked member.xlsx", lambda: directory(plain(), FLAGS, b"\x01"), Refusal.ENCRYPTED),
        File("password.xlsx", lambda: compound + "EncryptedPackage".encode("utf-16-le"), Refusal.ENCRYPTED),
        File("excel 97.xls", lambda: compound, Refusal.OTHER_FORMAT),
        File(
            "open document.ods",
            lambda: repacked(plain(), {"_rels/.rels": None, "content.xml": b"<x/>"}),
            Refusal.OTHER_FORMAT,
        ),
        File("letter.docx", lambda: repacked(plain(), {"_rels/.rels": None}), Refusal.NOT_A_TABLE),
        File("no list.xlsx", lambda: xlsx(["Инструкция"]), Refusal.NO_HEADER),
    ]


FILES = [*_csv_files(), *_workbooks()]
