"""What a file is by its bytes: exactly one thing, or nothing that is accepted."""

import struct
import tracemalloc

import pytest

from diploma.core.filetypes import kind
from tests.coursework.samples import DOCX, JPG, PDF, PNG, SOUND, XLSX, archive, chunk, office

HTML = b"<!DOCTYPE html><html><script>alert(1)</script></html>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
ZIP = archive("payload.js")


@pytest.mark.parametrize("name", SOUND)
def test_a_sound_file_is_recognised(name: str) -> None:
    assert kind(SOUND[name]) == name


def test_a_phone_picture_with_a_film_behind_it_is_a_picture() -> None:
    assert kind(JPG + b"\x00\x00\x00\x18ftypmp42" + b"\x07" * 5000) == "jpg"


def test_a_pdf_may_end_with_blank_lines() -> None:
    assert kind(PDF + b"\r\n\r\n") == "pdf"


HOSTILE = {
    "nothing": b"",
    "text": b"hello",
    "a web page": HTML,
    "a web page behind a byte order mark": b"\xef\xbb\xbf  " + HTML,
    "a drawing with a script": SVG,
    "an archive": ZIP,
    "a programme": b"MZ\x90\x00" + b"\0" * 60,
    "an old Office document": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512,
    "a GIF": b"GIF89a" + b"\0" * 20,
    "a PDF that is also a web page": PDF.replace(b"1 0 obj", HTML + b"1 0 obj"),
    "a PDF with a web page behind its end": PDF + HTML,
    "a PDF without an end": PDF.replace(b"%%EOF", b""),
    "a PDF that begins later": b"junk\n" + PDF,
    "a PDF that is also an archive": PDF + ZIP,
    "a picture that is also an archive": PNG + ZIP,
    "a photograph that is also an archive": JPG + ZIP,
    "a photograph with a web page in a comment": JPG[:4] + b"\xff\xfe\x00\x40" + HTML + JPG[4:],
    "a photograph with a web page behind it": JPG + HTML,
    "a photograph with PHP inside": JPG + b"<?php system($_GET['c']); ?>",
    "a photograph that is also a PDF": JPG[:20] + PDF + JPG[20:],
    "a photograph cut off": JPG[:-2],
    "a picture with data behind its end": PNG + b"more",
    "a picture with a web page in a text": PNG[:-12] + chunk(b"tEXt", b"Comment\0" + HTML) + PNG[-12:],
    "a picture without its end": PNG[:-12],
    "a picture that begins with another chunk": PNG[:8] + chunk(b"tEXt", b"a\0b") + PNG[8:],
    "a picture cut in a chunk": PNG[:20],
    "a document with data before it": b"junk" + DOCX,
    "a document that begins like an archive with data before it": b"PK\x03\x04junk" + DOCX,
    "a document with data behind it": DOCX + HTML,
    "a document with a comment": office("word/document.xml", comment=b"<script>"),
    "a document without its content types": archive("word/document.xml"),
    "a document that is also a workbook": office("word/document.xml", "xl/workbook.xml"),
    "a document with macros": office("word/document.xml", "word/vbaProject.bin"),
    "a document that climbs out of its folder": office("word/document.xml", "word/../../../etc/passwd"),
    "a document with an absolute name": office("word/document.xml", "/etc/passwd"),
    "a document with a Windows path": office("word/document.xml", "word\\..\\evil.dll"),
    "an archive with nothing in it": b"PK\x05\x06" + b"\0" * 18,
    "an archive that is cut": DOCX[:-30] + DOCX[-22:],
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_file_that_is_something_else_is_refused(name: str) -> None:
    assert kind(HOSTILE[name]) == ""


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_document_with_a_part_twice_is_refused() -> None:
    assert kind(office("word/document.xml", "word/document.xml")) == ""


def with_end(data: bytes, entries: int, size: int) -> bytes:
    """``data`` with another number of entries and size of the directory in its end record."""
    return data[:-12] + struct.pack("<HL", entries, size) + data[-6:]


@pytest.mark.parametrize(("entries", "size"), [(0xFFFF, 200), (0, 200), (3, 1_000_001), (3, 0xFFFFFFFF)])
def test_a_directory_that_is_not_modest_is_not_even_read(entries: int, size: int) -> None:
    assert kind(with_end(XLSX, entries, size)) == ""


def test_a_large_archive_record_is_refused() -> None:
    locator = b"PK\x06\x07" + b"\0" * 16
    assert kind(XLSX[:-22] + locator + XLSX[-22:]) == ""


def test_an_archive_bomb_is_refused_without_being_unpacked() -> None:
    bomb = bytearray(DOCX)
    for start in range(len(bomb)):  # the directory declares 4 GB for each part
        if bomb[start : start + 4] == b"PK\x01\x02":
            bomb[start + 24 : start + 28] = struct.pack("<L", 0xFFFFFFF0)
    assert kind(bytes(bomb)) == ""


def test_a_directory_of_lies_costs_little() -> None:
    """Ten megabytes of directory entries behind an end record that admits to three of them."""
    entry = b"PK\x01\x02" + b"\0" * 24 + struct.pack("<HHH", 1, 0, 0) + b"\0" * 12 + b"a"
    bomb = DOCX[:-22] + entry * 200_000
    tracemalloc.start()
    try:
        assert kind(bomb + DOCX[-22:]) == ""
        assert tracemalloc.get_traced_memory()[1] < 20_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("name", SOUND)
def test_no_cut_of_a_sound_file_raises(name: str) -> None:
    data = SOUND[name]
    for end in range(len(data)):
        kind(data[:end])


@pytest.mark.parametrize("name", ["docx", "png"])
def test_no_flipped_byte_raises(name: str) -> None:
    data = SOUND[name]
    for at in range(len(data)):
        kind(data[:at] + bytes([data[at] ^ 0xFF]) + data[at + 1 :])
