"""Workbooks, and their archives taken apart and put together with changes."""

import io
import zipfile
from collections.abc import Callable, Mapping
from typing import Any

import xlsxwriter

from tests.cohorts.nasty.rows import ALI, HEADER, VALI, Row

SHEET, STRINGS = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
FLAGS, CHECKSUM, PACKED, UNPACKED = 8, 16, 20, 24  # offsets in an entry of an archive's directory


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
