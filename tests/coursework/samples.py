"""Small sound files of the accepted kinds, made here byte by byte, and a body that comes slowly."""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from typing import Any

PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer << /Root 1 0 R >>\n%%EOF\n"
JPG = (
    b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"
    + b"\xff\xda\x00\x08\x00"
    + b"\x11" * 40
    + b"\xff\xd9"
)


def chunk(name: bytes, data: bytes = b"") -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


PNG = (
    b"\x89PNG\r\n\x1a\n"
    + chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0))
    + chunk(b"IDAT", zlib.compress(b"\0\0\0\0"))
    + chunk(b"IEND")
)


def archive(*names: str, content: bytes = b"<x/>", comment: bytes = b"") -> bytes:
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w", zipfile.ZIP_DEFLATED) as made:
        for name in names:
            made.writestr(name, content)
        made.comment = comment
    return memory.getvalue()


def office(main: str, *more: str, **kwargs: bytes) -> bytes:
    return archive("[Content_Types].xml", "_rels/.rels", main, *more, **kwargs)


DOCX, XLSX, PPTX = office("word/document.xml"), office("xl/workbook.xml"), office("ppt/presentation.xml")
SOUND = {"pdf": PDF, "docx": DOCX, "xlsx": XLSX, "pptx": PPTX, "png": PNG, "jpg": JPG}


class SlowBody(io.BytesIO):
    """A body that arrives an hour after the head of its request."""

    wait: Callable[[], None]

    def read(self, size: int | None = -1, /) -> bytes:
        self.wait()
        return super().read(size)

    def readinto(self, buffer: Any, /) -> int:
        self.wait()
        return super().readinto(buffer)
