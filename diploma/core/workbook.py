"""Reads .xlsx workbooks without trusting them.

A workbook is a zip archive of XML and each layer can lie. The native reader reserves what a file announces: one
cell in XFD1048576, or a false count of strings, ends the whole process. So everything is measured here first, and
the reader is handed a fresh archive that holds only the measured parts of one sheet (spec trust, hostile files).
"""

import io
import posixpath
import re
import zipfile
from collections.abc import Iterator
from xml.sax.saxutils import escape

from python_calamine import CalamineError, CalamineWorkbook

from diploma.core.archive import Archive
from diploma.core.grid import MAX_SHEETS, MAX_TEXT, Area, Grid, Refusal, SheetRefused, cell_text, within_limits
from diploma.core.officexml import local, parse

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")
_REFERENCE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
_ERROR_CELL = re.compile(rb"""(<(?:\w+:)?c\s[^<>]*?\bt=)(["'])e\2""")

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


def claims_to_be_one(data: bytes) -> bool:
    """Whether a file begins as workbooks do: those that are read, and those with a password or of old programs."""
    return data.startswith((_ZIP, _OLE))


def grids(data: bytes) -> Iterator[Grid]:
    """The visible worksheets of a workbook, at most ``MAX_SHEETS``, each read when asked for.

    Raises ``SheetRefused``: encrypted, bomb, unsafe, too_large, too_many_rows, too_many_columns, other_format,
    not_a_table.
    """
    if data.startswith(_OLE):
        raise SheetRefused(Refusal.ENCRYPTED if _ENCRYPTED_STREAM in data else Refusal.OTHER_FORMAT)
    archive = Archive(data)
    book = next((target for _, kind, target in _relations(archive, "") if kind == "officeDocument"), "")
    if not book.endswith(".xml") or book not in archive.names:
        raise SheetRefused(Refusal.OTHER_FORMAT if _is_other_table(archive) else Refusal.NOT_A_TABLE)
    related = _relations(archive, book)
    parts = {kind: target for _, kind, target in related}
    strings = _shared_strings(_optional(archive, parts.get("sharedStrings"), b"<sst/>"))
    styles = _optional(archive, parts.get("styles"), b"<styleSheet/>")
    parse(styles)
    sheets, dates = _visible_sheets(archive.read(book))
    worksheets = {key: target for key, kind, target in related if kind == "worksheet"}
    for key in [key for key in sheets if key in worksheets][:MAX_SHEETS]:
        xml = archive.read(worksheets[key])
        survey = _Survey(strings)
        survey.of(xml)
        rows = _rows(_package(xml, strings, styles, dates))
        yield Grid(rows, "xlsx", tuple(survey.formulas), tuple(survey.merged))


def _is_other_table(archive: Archive) -> bool:
    """Whether the archive is a table of a kind that is not read: OpenDocument, binary Excel, Numbers."""
    return any(name == "content.xml" or name.endswith((".iwa", "workbook.bin")) for name in archive.names)


def _optional(archive: Archive, name: str | None, instead: bytes) -> bytes:
    """A part that a workbook may lack or only promise."""
    return archive.read(name) if name in archive.names else instead


def _relations(archive: Archive, owner: str) -> list[tuple[str, str, str]]:
    """Id, kind and target part of each internal relation of a part (of the package, for ``""``)."""
    folder, name = posixpath.split(owner)
    found: list[tuple[str, str, str]] = []

    def start(tag: str, a: dict[str, str]) -> None:
        if tag == "Relationship" and a.get("TargetMode") != "External":
            target = posixpath.normpath(posixpath.join("/", folder, a.get("Target", ""))).lstrip("/")
            found.append((a.get("Id", ""), a.get("Type", "").rpartition("/")[2], target))

    path = posixpath.join(folder, "_rels", f"{name}.rels")
    if path in archive.names:
        parse(archive.read(path), start)
    return found


def _visible_sheets(xml: bytes) -> tuple[list[str], str]:
    """Relation ids of the sheets that are not hidden, in order, and the flag of the calendar that counts from 1904."""
    sheets: list[str] = []
    flags = ["0"]

    def start(tag: str, a: dict[str, str]) -> None:
        if tag == "workbookPr":
            flags.append("1" if a.get("date1904") in ("1", "true") else "0")
        elif tag == "sheet" and a.get("state", "visible") == "visible":
            sheets.extend(value for key, value in a.items() if local(key) == "id")

    parse(xml, start)
    return sheets, flags[-1]


def _shared_strings(xml: bytes) -> list[str]:
    """The texts that cells refer to by number, without their formatting and phonetic hints."""
    strings: list[str] = []
    pieces: list[str] = []
    inside: list[str] = []

    def start(tag: str, _: dict[str, str]) -> None:
        inside.append(tag)

    def text(piece: str) -> None:
        if inside[-1] == "t" and "rPh" not in inside:
            pieces.append(piece)

    def end(_: str) -> None:
        if inside.pop() == "si":
            strings.append("".join(pieces))
            pieces.clear()

    parse(xml, start, CharacterDataHandler=text, EndElementHandler=end)
    return strings


class _Survey:
    """Measures one sheet: where its cells lie, how long its text becomes, which cells are formulas' or merged."""

    def __init__(self, strings: list[str]) -> None:
        self.strings = strings
        self.row, self.column = 0, -1
        self.shared = ""  # number of a shared string while it is being read
        self.reads_shared = False
        self.length = 0
        self.formulas: list[Area] = []
        self.merged: list[Area] = []

    def of(self, xml: bytes) -> None:
        """Look at a sheet; refused when a cell lies too far out or the text grows too long."""
        parse(xml, self._start, CharacterDataHandler=self._text, EndElementHandler=self._end)

    def _start(self, tag: str, a: dict[str, str]) -> None:
        match tag:
            case "row":
                self.row, self.column = _number(a["r"]) if "r" in a else self.row + 1, -1
            case "c":
                self.row, self.column = _position(a["r"]) if "r" in a else (self.row, self.column + 1)
                self.reads_shared = a.get("t") == "s"
            case "v" | "is":  # a cell without content is formatting and may lie anywhere
                within_limits(self.row, self.column)
            case "f":
                within_limits(self.row, self.column)
                self.formulas.append(self._area(a.get("ref") if a.get("t") in ("array", "dataTable") else None))
            case "mergeCell":
                self.merged.append(self._area(a.get("ref")))

    def _area(self, reference: str | None) -> Area:
        """The cells of a reference, such as those of an array formula; without one the cell that is being read."""
        first, _, last = (reference or "").partition(":")
        start = _position(first) if first else (self.row, self.column)
        return Area(*start, *(_position(last) if last else start))

    def _text(self, piece: str) -> None:
        if self.reads_shared:
            self.shared += piece

    def _end(self, tag: str) -> None:
        if local(tag) == "v" and self.reads_shared:
            index = _number(self.shared)
            if index >= len(self.strings):
                raise SheetRefused(Refusal.NOT_A_TABLE)
            self.length += len(self.strings[index])
            if self.length > MAX_TEXT:
                raise SheetRefused(Refusal.BOMB)
        self.shared = ""


def _number(text: str) -> int:
    """A row number or an index; more digits than any real one has are refused before they cost anything."""
    if not re.fullmatch(r"\s*[0-9]{1,9}\s*", text):
        raise SheetRefused(Refusal.NOT_A_TABLE)
    return int(text)


def _position(reference: str) -> tuple[int, int]:
    """Row (from 1) and column (from 0) of a reference such as ``B7``."""
    found = _REFERENCE.fullmatch(reference)
    if not found:
        raise SheetRefused(Refusal.NOT_A_TABLE)
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - 64
    return int(found[2]), column - 1


def _package(xml: bytes, strings: list[str], styles: bytes, dates: str) -> bytes:
    """A workbook of one sheet, written anew: only the sheet and its styles come from outside, and both were read.

    Error cells become texts (#N/A), because the native reader gives up on the errors that it does not know.
    """
    related = {"worksheet": "sheet.xml", "sharedStrings": "sharedStrings.xml", "styles": "styles.xml"}
    relation = '<Relationship Id="{0}" Type="' + _OFFICE + '/{0}" Target="{1}"/>'
    root = f'<Relationships xmlns="{_PACKAGE}">{{}}</Relationships>'
    parts: dict[str, str | bytes] = {
        "_rels/.rels": root.format(relation.format("officeDocument", "xl/workbook.xml")),
        "xl/_rels/workbook.xml.rels": root.format("".join(relation.format(*pair) for pair in related.items())),
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><workbookPr date1904="{dates}"/><sheets>'
        '<sheet name="sheet" sheetId="1" r:id="worksheet"/></sheets></workbook>',
        "xl/sheet.xml": _ERROR_CELL.sub(rb"\1\2str\2", xml),
        "xl/sharedStrings.xml": f'<sst xmlns="{_MAIN}">'
        + "".join(f'<si><t xml:space="preserve">{escape(text)}</t></si>' for text in strings)
        + "</sst>",
        "xl/styles.xml": styles,
    }
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return package.getvalue()


def _rows(package: bytes) -> list[list[str]]:
    """The cells of the package's only sheet, as text, from row 1 and column A."""
    try:
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(package)).get_sheet_by_index(0)
        return [[cell_text(value) for value in row] for row in sheet.to_python(skip_empty_area=False)]
    except CalamineError:
        raise SheetRefused(Refusal.NOT_A_TABLE) from None
