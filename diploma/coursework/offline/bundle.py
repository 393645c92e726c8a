"""A ZIP of feedback files, opened without trusting it. Pure.

Nothing is unpacked onto disk, and no name of a member is ever one of ours: a name only says to which work a file
belongs. One bad member is told by its name and stops no other; what could cost more than its size is refused whole.
"""

import copy
import enum
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from diploma.core import encodings, filetypes
from diploma.core.errors import N_, Refused
from diploma.core.text import clean, normal
from diploma.coursework import rules

MOST_FILES = 1_000
MOST_DIRECTORY = 400_000  # bytes of the list of members
MOST_UNPACKED = 200 * 10**6  # of all members, as declared
LARGEST = 20 * 10**6  # of one file, in bytes
MAX_RATIO, RATIO_MATTERS_FROM = 100, 2**20

_END, _END_SIZE, _LARGE = b"PK\x05\x06", 22, b"PK\x06\x07"
_UTF8 = 0x800
_LINK, _TYPE = 0o120000, 0o170000
_SLIP = re.compile(r"^/|^\w:|\\|(^|/)\.\.(/|$)")
# What our own download holds beside the files of the trainees, and what systems leave behind.
_OURS = re.compile(r"(^|/)(text\.html|rubric\.html|marks[^/]*\.(xlsx|ods|xls|csv))$", re.IGNORECASE)
_LEFT = re.compile(r"(^|/)(__MACOSX/|\.(?!\.?/)|Thumbs\.db$|desktop\.ini$|~\$)", re.IGNORECASE)
_BROKEN = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, ValueError, RuntimeError)
_RECEIPT = re.compile(r"(?<![0-9A-Z])(?:R[ ._-]*)?[0-9A-Z]{4}[ ._-]*[0-9A-Z]{4}(?![0-9A-Z])")
_GAPS = re.compile(r"[ ._-]+")

NOT_ONE = N_("“%(name)s” is no ZIP archive that can be read. Pack the files again and upload that.")
TOO_MUCH = N_("“%(name)s” holds more than %(files)s files or unpacks to more than %(size)s MB. Upload it in parts.")


class Fault(enum.StrEnum):
    """Why a member is not taken."""

    LOCKED = N_("It is protected by a password.")
    LINK = N_("It is a link to another file, not a file.")
    SLIP = N_("Its name leads out of the folder.")
    BOMB = N_("It unpacks to more than it says, or to far more than documents do.")
    BROKEN = N_("It cannot be unpacked.")
    LARGE = N_("It is larger than 20 MB.")
    EMPTY = N_("It is empty.")
    KIND = N_("It is not a sound file of the types PDF, DOCX, XLSX, PPTX, PNG, JPG, or its name says another type.")
    TWICE = N_("The same name stands in the archive twice.")


@dataclass(frozen=True)
class Member:
    """A file of the archive. ``path`` is as its sender wrote it, harmless; ``data`` is empty with a ``fault``."""

    path: str
    kind: str = ""
    data: bytes = b""
    fault: Fault | None = None

    @property
    def name(self) -> str:
        """A harmless name without folders."""
        return filetypes.safe_name(self.path)


def members(path: Path, name: str) -> Iterator[Member]:
    """The files of an archive one by one, each read when asked for; :class:`Refused` for what is no such archive."""
    _measure(path, name)
    try:
        archive = zipfile.ZipFile(path)
    except _BROKEN:
        raise Refused(NOT_ONE, name=name) from None
    with archive:
        files = [(_decoded(one), one) for one in archive.infolist() if not one.is_dir()]
        if len(files) > MOST_FILES or sum(one.file_size for _path, one in files) > MOST_UNPACKED:
            raise Refused(TOO_MUCH, name=name, files=MOST_FILES, size=MOST_UNPACKED // 10**6)
        seen: set[str] = set()
        for shown, one in files:
            if _LEFT.search(shown) or _OURS.search(shown):
                continue
            yield Member(clean(shown), fault=Fault.TWICE) if shown in seen else _member(archive, shown, one)
            seen.add(shown)


def receipts(path: str) -> Iterator[list[str]]:
    """The receipt numbers that a name may hold, those of the file first, then those of each folder from within.

    However they were written: small letters, no hyphens or other ones, O for 0, I and L for 1. Some words look like
    one; only those that are numbers of works count.
    """
    for part in reversed(normal("NFKC", path).upper().replace("\\", "/").split("/")):
        plain = re.sub(r"[^0-9A-Z]+", "-", part)
        yield list(dict.fromkeys(rules.read_receipt(_GAPS.sub("", one)) for one in _found(plain)))


def _found(text: str) -> Iterator[str]:
    """All places of a text that could be a number, overlapping ones as well."""
    at = 0
    while match := _RECEIPT.search(text, at):
        yield match[0]
        at = match.start() + 1


def _measure(path: Path, name: str) -> None:
    """Read the end of the file before anything lists the members: to list a million of them is the attack."""
    with path.open("rb") as file:
        begins = file.read(4)
        size = file.seek(0, 2)
        file.seek(max(0, size - 0xFFFF - _END_SIZE - 20))
        tail = file.read()
    at = tail.rfind(_END)
    if (
        not begins.startswith(b"PK\x03\x04")
        or at < 0
        or len(tail) < at + _END_SIZE
        or _LARGE in tail[max(0, at - 20) : at]
    ):
        raise Refused(NOT_ONE, name=name)
    count, directory = struct.unpack_from("<HL", tail, at + 10)
    if directory > MOST_DIRECTORY or count > 2 * MOST_FILES:
        raise Refused(TOO_MUCH, name=name, files=MOST_FILES, size=MOST_UNPACKED // 10**6)


def _member(archive: zipfile.ZipFile, shown: str, one: zipfile.ZipInfo) -> Member:
    path = clean(shown)
    if fault := _told(shown, one):
        return Member(path, fault=fault)
    declared = one.file_size
    asked = copy.copy(one)
    asked.file_size = 2 * LARGEST  # zipfile would stop silently at the declared size: to read on shows the lie
    try:
        with archive.open(asked) as content:
            data = content.read(declared + 1)
    except _BROKEN:
        return Member(path, fault=Fault.BROKEN)
    if len(data) != declared:
        return Member(path, fault=Fault.BOMB if len(data) > declared else Fault.BROKEN)
    kind = filetypes.kind(data)
    if not kind or filetypes.ending(path) != kind:
        return Member(path, fault=Fault.KIND)
    return Member(path, kind, data)


def _told(shown: str, one: zipfile.ZipInfo) -> Fault | None:
    """What the directory says against a member."""
    if one.flag_bits & 1:
        return Fault.LOCKED
    if one.external_attr >> 16 & _TYPE == _LINK:
        return Fault.LINK
    if _SLIP.search(shown) or _SLIP.search(one.orig_filename):
        return Fault.SLIP
    if one.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return Fault.BROKEN
    if not one.file_size:
        return Fault.EMPTY
    if one.file_size > max(RATIO_MATTERS_FROM, MAX_RATIO * one.compress_size):
        return Fault.BOMB
    return Fault.LARGE if one.file_size > LARGEST else None


def _decoded(one: zipfile.ZipInfo) -> str:
    """A name as it was meant: Windows writes the old letters of its country without saying so, others write UTF-8."""
    name = one.orig_filename.split("\0")[0]
    if one.flag_bits & _UTF8 or name.isascii():
        return name
    raw = name.encode("cp437", "replace")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        scores = encodings.scores(raw)
        best = max(scores, key=lambda found: scores[found]) if any(scores.values()) else "cp866"
        return raw.decode(encodings.EIGHT_BITS.get(best, "cp866"), "replace")
