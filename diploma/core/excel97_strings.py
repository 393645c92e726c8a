"""The texts of .xls workbooks: in one byte or two for each character, and cut where a record is full."""

import struct
from collections.abc import Sequence

from diploma.core.grid import Refusal, SheetRefused

MAX_STRINGS = 200_000  # 10,000 rows of 16 cells with a text of its own in each

_WIDE, _PHONETIC, _RICH = 1, 4, 8


class Pieces:
    """The contents of a record and of those that continue it, read from the beginning to the end."""

    def __init__(self, pieces: Sequence[bytes]) -> None:
        self._pieces, self._piece, self._at = pieces, 0, 0

    def more(self) -> bool:
        """Whether anything is left."""
        while self._piece < len(self._pieces) and self._at >= len(self._pieces[self._piece]):
            self._piece, self._at = self._piece + 1, 0
        return self._piece < len(self._pieces)

    def take(self, length: int) -> bytes:
        """The next bytes, across pieces; refused when there are fewer."""
        piece = self._pieces[self._piece] if self._piece < len(self._pieces) else b""
        found = piece[self._at : self._at + length]
        self._at += len(found)
        while len(found) < length:
            if not self.more():
                raise SheetRefused(Refusal.NOT_A_TABLE)
            more = self._pieces[self._piece][self._at : self._at + length - len(found)]
            self._at += len(more)
            found += more
        return found

    def text(self) -> str:
        """The next text; its formatting and phonetic hints are passed over."""
        count, flags = struct.unpack("<HB", self.take(3))
        runs = struct.unpack("<H", self.take(2))[0] if flags & _RICH else 0
        hints = struct.unpack("<L", self.take(4))[0] if flags & _PHONETIC else 0
        characters = self._characters(count, flags & _WIDE)
        if runs or hints:
            self._skip(4 * runs + hints)
        return characters

    def _characters(self, count: int, wide: int) -> str:
        """Characters, of which each further piece says anew how wide they are."""
        found: list[bytes] = []
        while True:
            here = self._pieces[self._piece][self._at : self._at + (2 * count if wide else count)]
            if wide and len(here) % 2:
                raise SheetRefused(Refusal.NOT_A_TABLE)
            self._at += len(here)
            found.append(here if wide else here.decode("latin-1").encode("utf-16-le"))
            count -= len(here) // 2 if wide else len(here)
            if not count:
                return b"".join(found).decode("utf-16-le", "replace")
            if not self.more():
                raise SheetRefused(Refusal.NOT_A_TABLE)
            wide = self.take(1)[0] & _WIDE

    def _skip(self, length: int) -> None:
        while length:
            if not self.more():
                raise SheetRefused(Refusal.NOT_A_TABLE)
            step = min(length, len(self._pieces[self._piece]) - self._at)
            self._at += step
            length -= step


def shared_strings(pieces: Sequence[bytes]) -> list[str]:
    """The texts that cells refer to by number, as many as there are: the count before them only limits."""
    reader = Pieces(pieces)
    (announced,) = struct.unpack("<4xL", reader.take(8))
    texts: list[str] = []
    while len(texts) < announced and reader.more():
        if len(texts) >= MAX_STRINGS:
            raise SheetRefused(Refusal.TOO_LARGE)
        texts.append(reader.text())
    return texts
