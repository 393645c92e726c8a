"""What a file is by its bytes, whatever its name says. Pure.

A file is accepted when it is exactly one thing: a document that is also a web page or an archive, or that
drags something behind its end, is nothing that we know. It is judged by its directory alone: nothing is
unpacked, so an archive bomb costs what its directory costs. The name is the sender's, and is made harmless here.
"""

import io
import re
import struct
import zipfile
from collections.abc import Iterator

from diploma.core.text import clean

MIME = {
    "pdf": "application/pdf",
    "zip": "application/zip",
    "png": "image/png",
    "jpg": "image/jpeg",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}
LONGEST_NAME = 120  # characters kept of a file's name
_OFFICE = {"word/document.xml": "docx", "xl/workbook.xml": "xlsx", "ppt/presentation.xml": "pptx"}
_PNG, _JPG, _PDF = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"%PDF-"
_WEB = re.compile(rb"<(?:!doctype\s|html[\s>]|script[\s>]|svg[\s>]|iframe\s|body[\s>]|\?php\s)", re.IGNORECASE)
_EDGE = 1024  # bytes at either end in which readers look for a header or a trailer

_ARCHIVE_END = b"PK\x05\x06"
_ARCHIVE_END_SIZE = 22
_LARGE_ARCHIVE = b"PK\x06\x07"  # points to a second directory, whose size the end record does not tell
_LONGEST_TRAILER = _ARCHIVE_END_SIZE + 0xFFFF
_MOST_ENTRIES = 3_000
_LARGEST_DIRECTORY = 1_000_000  # bytes
_LARGEST_UNPACKED = 300_000_000  # bytes, as the directory declares them


def kind(data: bytes) -> str:
    """``pdf``, ``docx``, ``xlsx``, ``pptx``, ``png`` or ``jpg``; empty for anything else."""
    if data.startswith(b"PK\x03\x04"):
        return _office(data)
    if _ARCHIVE_END in data[-_LONGEST_TRAILER:]:
        return ""
    if data.startswith(_PDF):
        return "pdf" if _is_pdf(data) else ""
    if data.startswith(_PNG):
        return "png" if _is_png(data) and not _WEB.search(data) else ""
    if data.startswith(_JPG):
        return "jpg" if _is_jpg(data) and not _WEB.search(data) else ""
    return ""


def _is_pdf(data: bytes) -> bool:
    tail = data[-_EDGE:]
    return b"%%EOF" in tail and not _WEB.search(data[:_EDGE]) and not _WEB.search(tail.rpartition(b"%%EOF")[2])


def _is_jpg(data: bytes) -> bool:
    """Cameras append films and previews of their own behind the picture, so its end is not the file's."""
    return b"\xff\xd9" in data and _PDF not in data[:_EDGE]


def _is_png(data: bytes) -> bool:
    at = len(_PNG)
    for name, size in _chunks(data, at):
        if at == len(_PNG) and name != b"IHDR":
            return False
        at += size
        if name == b"IEND":
            return at == len(data)
    return False


def _chunks(data: bytes, at: int) -> Iterator[tuple[bytes, int]]:
    """Name and whole size of each chunk of a PNG."""
    while at + 12 <= len(data):
        size = 12 + int.from_bytes(data[at : at + 4], "big")
        yield data[at + 4 : at + 8], size
        at += size


def _office(data: bytes) -> str:
    """The kind of an Office document: one archive from the first byte to the last, without macros."""
    if not _modest_archive(data):
        return ""
    try:
        entries = zipfile.ZipFile(io.BytesIO(data)).infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, struct.error):
        return ""
    names = {one.filename for one in entries}
    whole = min(one.header_offset for one in entries) == 0 if entries else False
    if not whole or len(names) != len(entries) or "[Content_Types].xml" not in names or any(map(_suspect, names)):
        return ""
    if sum(one.file_size for one in entries) > _LARGEST_UNPACKED:
        return ""
    kinds = {made for name, made in _OFFICE.items() if name in names}
    return kinds.pop() if len(kinds) == 1 else ""


def _modest_archive(data: bytes) -> bool:
    """Whether the file ends with the end record of a small directory; read before anything parses it."""
    before, end = data[-_ARCHIVE_END_SIZE - 20 : -_ARCHIVE_END_SIZE], data[-_ARCHIVE_END_SIZE:]
    if not end.startswith(_ARCHIVE_END) or before.startswith(_LARGE_ARCHIVE):
        return False
    entries, size = struct.unpack_from("<HL", end, 10)
    return bool(0 < entries <= _MOST_ENTRIES and size <= _LARGEST_DIRECTORY)


def _suspect(name: str) -> bool:
    return name.startswith("/") or "\\" in name or ".." in name.split("/") or "vbaproject" in name.lower()


def ending(name: str) -> str:
    """The type that a file's name claims, in small letters; ``jpeg`` is ``jpg``."""
    claimed = name.rpartition(".")[2].lower() if "." in name else ""
    return "jpg" if claimed == "jpeg" else claimed


def safe_name(name: str) -> str:
    """A name without folders, controls and letters that turn the direction round; never empty."""
    last = clean(name.replace("\\", "/").rpartition("/")[2])
    kept = "".join(sign for sign in last if sign not in '<>:"|?*').strip(". ")
    stem, dot, end = kept.rpartition(".")
    return f"{stem[:LONGEST_NAME]}.{end[:10]}" if dot else kept[:LONGEST_NAME] or "file"


def named_as(name: str, kind: str) -> str:
    """A harmless name whose ending is that of what the file is."""
    kept = safe_name(name)
    return kept if ending(kept) == kind else f"{kept.rpartition('.')[0] or kept}.{kind}"
