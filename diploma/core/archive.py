"""Opens zip archives without trusting them: measured before unpacking, and while unpacking."""

import copy
import io
import re
import struct
import zipfile
import zlib

from diploma.core.grid import Refusal, SheetRefused

MAX_MEMBERS = 1_000
MAX_UNPACKED = 200 * 2**20  # of all members, as declared
MAX_READ = 16 * 2**20  # of the members that are read, as they really are
MAX_RATIO = 100  # unpacked to packed; office programs stay below 40
RATIO_MATTERS_FROM = 2**20

_ENTRY = b"PK\x01\x02"
_NESTED = re.compile(r"\.(zip|xls[xmb]?|od[st]|docx?|pptx?|gz|bz2|xz|7z|rar|jar)$", re.IGNORECASE)
_SLIP = re.compile(r"^/|^\w:|\\|\0|(^|/)\.\.(/|$)")
_BROKEN = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, ValueError, RuntimeError)


class Archive:
    """A zip archive whose directory was found harmless.

    Raises ``SheetRefused`` when it is opened or read: bomb (too many members, too much to unpack, or more than is
    declared), unsafe (names that leave the folder, archives inside, a name twice), encrypted, too_large,
    not_a_table (broken, or packed as no office program does).
    """

    def __init__(self, data: bytes) -> None:
        if data.count(_ENTRY) > MAX_MEMBERS:  # counted in the bytes: to list a million members is the attack
            raise SheetRefused(Refusal.BOMB)
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except _BROKEN:
            raise SheetRefused(Refusal.NOT_A_TABLE) from None
        self.names = frozenset(self._zip.namelist())
        self._left = MAX_READ
        members = self._zip.infolist()
        for member in members:
            _inspect(member)
        if len(self.names) < len(members):
            raise SheetRefused(Refusal.UNSAFE)
        if sum(member.file_size for member in members) > MAX_UNPACKED:
            raise SheetRefused(Refusal.BOMB)

    def read(self, name: str) -> bytes:
        """The bytes of one member; refused when missing, or when all that was read passes ``MAX_READ``."""
        if name not in self.names:
            raise SheetRefused(Refusal.NOT_A_TABLE)
        member = copy.copy(self._zip.getinfo(name))
        declared = member.file_size
        self._left -= declared
        if self._left < 0:
            raise SheetRefused(Refusal.TOO_LARGE)
        member.file_size = 2 * MAX_READ  # zipfile would stop silently at the declared size: to read on shows the lie
        try:
            with self._zip.open(member) as content:
                found = content.read(declared + 1)
        except _BROKEN:
            raise SheetRefused(Refusal.NOT_A_TABLE) from None
        if len(found) > declared:
            raise SheetRefused(Refusal.BOMB)
        return found


def _inspect(member: zipfile.ZipInfo) -> None:
    """Refuse a member by what the directory says of it."""
    name = member.orig_filename
    if member.flag_bits & 1:
        raise SheetRefused(Refusal.ENCRYPTED)
    if _SLIP.search(name) or _NESTED.search(name):
        raise SheetRefused(Refusal.UNSAFE)
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise SheetRefused(Refusal.NOT_A_TABLE)
    if member.file_size > max(RATIO_MATTERS_FROM, MAX_RATIO * member.compress_size):
        raise SheetRefused(Refusal.BOMB)
