"""OpenDocument tables: of real life, damaged, and built to do harm."""

import datetime
import struct

from diploma.core.grid import MAX_COLUMNS, MAX_ROWS, Refusal
from tests.cohorts.nasty.archive import FLAGS, PACKED, directory, repacked
from tests.cohorts.nasty.ods_writer import Xml, cell, covered, document, ods, plain_ods, row, table
from tests.cohorts.nasty.rows import ALI, CONTACTS, HEADER, VALI, File
from tests.cohorts.nasty.workbook_files import THREE_HUNDRED, three_hundred

ONE = (1, 1, set[tuple[int, str, str]]())
ROWS = row(HEADER) + row(ALI) + row(VALI)
LOCKED = "<m:encryption-data><m:algorithm/></m:encryption-data>"
CONTENT = "content.xml"


def around(rows: str) -> bytes:
    return document(table(rows))


def odd(xml: str) -> Xml:
    """A cell of one's own."""
    return Xml(f"<table:table-cell {xml}")


def changed(old: bytes, new: bytes) -> bytes:
    """The plain document with its content changed."""
    import io
    import zipfile

    with zipfile.ZipFile(io.BytesIO(plain_ods())) as archive:
        content = archive.read(CONTENT)
    assert old in content
    return repacked(plain_ods(), {CONTENT: content.replace(old, new, 1)})


READABLE = [
    File("plain.ods", plain_ods),
    File("three hundred.ods", lambda: ods(*three_hundred()), report=THREE_HUNDRED),
    File("template.ots", lambda: document(table(ROWS), kind="application/vnd.oasis.opendocument.spreadsheet-template")),
    File(
        "second table.ods",
        lambda: document(table(row(HEADER) + row(["old"]), "hidden") + table(row(["Инструкция"])) + table(ROWS)),
    ),
    File(
        "numbers.ods",
        lambda: ods([*CONTACTS, "Таб. №"], [*ALI[:2], cell(998901234567, shown="9,98901E+11"), 20011534455667.0]),
        report=ONE,
    ),
    File(
        "dates.ods",
        lambda: ods([*CONTACTS, "Таб. №"], [*ALI[:2], datetime.date(2026, 2, 1), datetime.timedelta(hours=30)]),
        report=ONE,
    ),
    File("formatted to the end.ods", lambda: around(ROWS + row([cell("", repeated=1024)], 1_048_573))),
    File("formatted to the side.ods", lambda: around(row(HEADER) + row([*ALI, cell("", repeated=16_380)]) + row(VALI))),
    File(
        "repeated person.ods",
        lambda: around(row(HEADER) + row(ALI, 3)),
        report=(3, 0, {(n, "email", "duplicate_in_file") for n in (2, 3, 4)}),
    ),
    File("repeated words.ods", lambda: around(row(HEADER) + row([*ALI[:2], cell("ru", repeated=2)])), report=ONE),
    File(
        "gap of rows.ods",
        lambda: around(row(HEADER) + row(ALI) + row([""], 3) + row(VALI)),
        report=(2, 2, {(n, "", "blank_row") for n in (3, 4, 5)}),
    ),
    File(
        "formulas.ods",
        lambda: ods(
            HEADER,
            [*ALI[:1], cell("Ali", formula="of:=PROPER([.Z1])"), *ALI[2:]],
            [*VALI[:3], cell("ru", formula="of:=1", repeated=1)],
        ),
        report=(2, 0, {(2, "full_name", "formula"), (3, "language", "formula")}),
    ),
    File(
        "formula of a matrix.ods",
        lambda: around(
            row(HEADER)
            + row(
                [
                    *ALI[:2],
                    odd(
                        'table:formula="of:=1" table:number-matrix-rows-spanned="2" office:value-type="string">'
                        "<text:p>x</text:p></table:table-cell>"
                    ),
                    ALI[3],
                ]
            )
            + row(VALI)
        ),
        report=(2, 0, {(2, "entity", "formula"), (3, "entity", "formula")}),
    ),
    File(
        "comment.ods",
        lambda: around(
            row(HEADER)
            + row(
                [
                    odd(
                        'office:value-type="string"><office:annotation><text:p>who?</text:p></office:annotation><text:p>ali@mail.test</text:p></table:table-cell>'
                    ),
                    *ALI[1:],
                ]
            )
            + row(VALI)
        ),
    ),
    File(
        "tracked changes.ods",
        lambda: around(
            "<table:tracked-changes><table:table-row><table:table-cell><text:p>gone</text:p></table:table-cell></table:table-row></table:tracked-changes>"
            + ROWS
        ),
    ),
    File(
        "table in a cell.ods",
        lambda: around(
            row(HEADER) + row([*ALI, Xml(f"<table:table-cell>{table(ROWS)}</table:table-cell>")]) + row(VALI)
        ),
    ),
    File(
        "drawing.ods",
        lambda: around(
            "<table:shapes><draw:frame><text:p>x</text:p></draw:frame></table:shapes>".replace("draw:", "drawing:")
            + ROWS
        ),
    ),
    File(
        "groups of rows.ods",
        lambda: around(
            f"<table:table-header-rows>{row(HEADER)}</table:table-header-rows>"
            f"<table:table-row-group>{row(ALI) + row(VALI)}</table:table-row-group>"
        ),
    ),
    File(
        "spaces and tabs.ods",
        lambda: around(
            row(HEADER)
            + row(
                [
                    ALI[0],
                    odd(
                        'office:value-type="string"><text:p>Ali<text:s text:c="3"/>Vali<text:tab/>'
                        "<text:span>y</text:span>ev</text:p></table:table-cell>"
                    ),
                    *ALI[2:],
                ]
            )
            + row(VALI)
        ),
    ),
    File(
        "macros and links.ods",
        lambda: ods(HEADER, ALI, VALI, more={"Basic/script-lc.xml": b"<x/>", "Object 1/content.xml": b"<x/>"}),
    ),
    File("wrong extension.xls", plain_ods),
    File(
        "lost letters.ods",
        lambda: ods(HEADER, [ALI[0], "?айрат", *ALI[2:]], VALI),
        report=(2, 1, {(2, "full_name", "lost_letters")}),
    ),
    File("without manifest.ods", lambda: repacked(plain_ods(), {"META-INF/manifest.xml": None})),
]

REFUSED = [
    File("password.ods", lambda: ods(HEADER, ALI, manifest=LOCKED), Refusal.ENCRYPTED),
    File("locked member.ods", lambda: directory(plain_ods(), FLAGS, b"\x01", CONTENT.encode()), Refusal.ENCRYPTED),
    File("letter.odt", lambda: document("", kind="application/vnd.oasis.opendocument.text"), Refusal.OTHER_FORMAT),
    File("no tables.ods", lambda: document(""), Refusal.NO_HEADER),
    File("all hidden.ods", lambda: document(table(ROWS, "hidden")), Refusal.NO_HEADER),
    File("header alone.ods", lambda: ods(HEADER), Refusal.NO_ROWS),
    File("one column.ods", lambda: ods(["E-mail"], ["a@mail.test"]), Refusal.NO_HEADER),
    File("empty table.ods", lambda: ods(), Refusal.NO_HEADER),
    File("content left out.ods", lambda: repacked(plain_ods(), {CONTENT: None}), Refusal.NOT_A_TABLE),
    File("content is no xml.ods", lambda: repacked(plain_ods(), {CONTENT: b"E-mail;Name"}), Refusal.NOT_A_TABLE),
    File("broken xml.ods", lambda: changed(b"</table:table>", b""), Refusal.NOT_A_TABLE),
    File("cut off.ods", lambda: plain_ods()[:-30], Refusal.NOT_A_TABLE),
    File("cut in the middle.ods", lambda: plain_ods()[: len(plain_ods()) // 2], Refusal.NOT_A_TABLE),
    File("nested archive.ods", lambda: ods(HEADER, ALI, more={"Object 1/list.zip": b"PK"}), Refusal.UNSAFE),
    File("entity bomb.ods", lambda: document(table(ROWS), front='<!DOCTYPE x [<!ENTITY a "aaaa">]>'), Refusal.UNSAFE),
    File(
        "external entity.ods",
        lambda: document(table(ROWS), front='<!DOCTYPE x SYSTEM "file:///etc/passwd">'),
        Refusal.UNSAFE,
    ),
    File("comment in the table.ods", lambda: changed(b"<table:table-column/>", b"<!-- -->"), Refusal.UNSAFE),
    File(
        "doctype in the manifest.ods",
        lambda: repacked(plain_ods(), {"META-INF/manifest.xml": b"<!DOCTYPE m><m/>"}),
        Refusal.UNSAFE,
    ),
    File("ratio bomb.ods", lambda: repacked(plain_ods(), {"Pictures/a.png": b"\0" * 3_000_000}), Refusal.BOMB),
    File(
        "content too large.ods",
        lambda: directory(plain_ods(), PACKED, struct.pack("<LL", 2**20, 17 * 2**20), CONTENT.encode()),
        Refusal.TOO_LARGE,
    ),
    File("rows bomb.ods", lambda: around(row(HEADER) + row(ALI, 1_048_576)), Refusal.TOO_MANY_ROWS),
    File(
        "columns bomb.ods",
        lambda: around(row(HEADER) + row([*ALI, cell("x", repeated=1_048_576)])),
        Refusal.TOO_MANY_COLUMNS,
    ),
    File(
        "text bomb.ods", lambda: around(row(HEADER) + row([cell("x" * 50, repeated=MAX_COLUMNS)], 9_000)), Refusal.BOMB
    ),
    File(
        "spaces bomb.ods",
        lambda: around(
            row(HEADER) + row([odd('><text:p><text:s text:c="9999999"/></text:p></table:table-cell>')] * 20)
        ),
        Refusal.BOMB,
    ),
    File(
        "spaces without end.ods",
        lambda: around(row([odd('><text:p><text:s text:c="99999999999"/></text:p></table:table-cell>')])),
        Refusal.NOT_A_TABLE,
    ),
    File(
        "rows without end.ods",
        lambda: around(ROWS.replace('rows-repeated="1"', 'rows-repeated="99999999999"')),
        Refusal.NOT_A_TABLE,
    ),
    File(
        "rows of nonsense.ods",
        lambda: around(ROWS.replace('rows-repeated="1"', 'rows-repeated="-1"')),
        Refusal.NOT_A_TABLE,
    ),
    File(
        "number of nonsense.ods",
        lambda: around(row(HEADER) + row([odd('office:value-type="float" office:value="0x1_000"/>')])),
        Refusal.NOT_A_TABLE,
    ),
    File("many elements.ods", lambda: around(ROWS + "<text:x/>" * 500_000), Refusal.BOMB),
    File("deep.ods", lambda: around(ROWS + "<text:span>" * 9_000 + "</text:span>" * 9_000), Refusal.UNSAFE),
    File("far row.ods", lambda: around(ROWS + row([""], MAX_ROWS) + row(["x"])), Refusal.TOO_MANY_ROWS),
    File(
        "far column.ods",
        lambda: around(row(HEADER) + row([*ALI, cell("", repeated=MAX_COLUMNS), "x"])),
        Refusal.TOO_MANY_COLUMNS,
    ),
    File(
        "areas without end.ods",
        lambda: around(
            row(HEADER) + row([*ALI[:2], cell("x", down=9_999_999), "ru"]) + row([*VALI[:2], covered(), "ru"])
        ),
    ),
]

FILES = [*READABLE, *REFUSED]
