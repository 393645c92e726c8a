"""Opens compound files (the container of Excel 97, [MS-CFB]) without trusting them.

A compound file is a small file system: sectors linked into chains by a table. Every chain is followed for no more
sectors than the file has, so a loop, an overlap or a false size ends in a refusal and never in memory.
"""

import struct
from collections.abc import Iterator

from diploma.core.grid import Refusal, SheetRefused

SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
MAX_ENTRIES = 5_000  # of the directory, those of embedded objects included

_HEADER, _IN_HEADER = 512, 109  # bytes; sectors of the table that the header itself names
_ENTRY = 128
_NO_STREAM = 0xFFFFFFFF
_LAST = 0xFFFFFFFA  # the first of the numbers that stand for no sector
_STREAM, _ROOT = 2, 5


class Compound:
    """The streams in the top folder of a compound file: ``names``, and ``read`` for one of them.

    Raises ``SheetRefused`` (not_a_table) for whatever does not add up.
    """

    def __init__(self, data: bytes) -> None:
        if len(data) < _HEADER or not data.startswith(SIGNATURE):
            raise SheetRefused(Refusal.NOT_A_TABLE)
        major, _, shift, small_shift = struct.unpack_from("<HHHH", data, 26)
        if (major, shift, small_shift) not in ((3, 9, 6), (4, 12, 6)):
            raise SheetRefused(Refusal.NOT_A_TABLE)
        self._data, self._size, self._small_size = data, 1 << shift, 1 << small_shift
        self._sectors = max(-(-len(data) // self._size) - 1, 0)
        directory, self._cutoff, small_table = struct.unpack_from("<L4xLL", data, 48)
        self._table = _numbers(b"".join(map(self._sector, self._table_sectors())))
        self._directory = self._chain(directory, MAX_ENTRIES * _ENTRY)
        root = self._entry(0)
        if root[1] != _ROOT:
            raise SheetRefused(Refusal.NOT_A_TABLE)
        self._small_start, length = root[5:]
        self._small_length = min(length, len(data))
        self._small_table = _numbers(self._chain(small_table, (self._small_length // self._small_size + 1) * 4))
        self._streams = dict(self._children(root[4]))
        self.names = frozenset(self._streams)

    def read(self, name: str) -> bytes:
        """The bytes of a stream."""
        start, size = self._streams[name]
        if size > len(self._data):
            raise SheetRefused(Refusal.NOT_A_TABLE)
        found = self._chain(start, size) if size >= self._cutoff else self._small_chain(start, size)
        if len(found) < size:
            raise SheetRefused(Refusal.NOT_A_TABLE)
        return found

    def _sector(self, number: int) -> bytes:
        if number >= self._sectors:
            raise SheetRefused(Refusal.NOT_A_TABLE)
        return self._data[(number + 1) * self._size : (number + 2) * self._size]

    def _table_sectors(self) -> Iterator[int]:
        """The sectors of the table itself; no more than the sectors of the file have entries."""
        needed = self._sectors // (self._size // 4) + 1
        listed = list(struct.unpack_from(f"<{_IN_HEADER}L", self._data, 76))
        (further,) = struct.unpack_from("<L", self._data, 68)
        while further < _LAST and len(listed) < needed:
            *more, further = _numbers(self._sector(further).ljust(self._size, b"\xff"))
            listed += more
        return iter([number for number in listed if number < _LAST][:needed])

    def _followed(self, start: int) -> Iterator[int]:
        """The sectors of a chain; one longer than the file runs in a circle."""
        number = start
        for _ in range(self._sectors + 1):
            if number >= _LAST:
                return
            yield number
            if number >= len(self._table):
                break
            number = self._table[number]
        raise SheetRefused(Refusal.NOT_A_TABLE)

    def _chain(self, start: int, limit: int) -> bytes:
        """The first ``limit`` bytes of a chain; what comes behind them is not looked at."""
        pieces, left = [], limit
        for number in self._followed(start):
            pieces.append(self._sector(number)[:left])
            left -= self._size
            if left <= 0:
                break
        return b"".join(pieces)

    def _small_chain(self, start: int, size: int) -> bytes:
        """A stream below the limit of the header: it lies in small sectors within the stream of the root."""
        container = self._chain(self._small_start, self._small_length)
        pieces, number = [], start
        for _ in range(-(-size // self._small_size)):
            if number >= len(self._small_table):
                raise SheetRefused(Refusal.NOT_A_TABLE)
            pieces.append(container[number * self._small_size : (number + 1) * self._small_size])
            number = self._small_table[number]
        return b"".join(pieces)[:size]

    def _entry(self, number: int) -> tuple[str, int, int, int, int, int, int]:
        """Name, kind, left and right neighbour, first child, first sector and size of an entry of the directory."""
        at = number * _ENTRY
        if at + _ENTRY > len(self._directory):
            raise SheetRefused(Refusal.NOT_A_TABLE)
        name, length, kind, left, right, child, start, size = struct.unpack_from(
            "<64sHBxLLL36xLL4x", self._directory, at
        )
        return name[: max(length - 2, 0)].decode("utf-16-le", "replace"), kind, left, right, child, start, size

    def _children(self, first: int) -> Iterator[tuple[str, tuple[int, int]]]:
        """Name, first sector and size of the streams beside the entry ``first``: a tree, or a circle that ends here."""
        waiting, seen = [first], {_NO_STREAM}
        while waiting:
            number = waiting.pop()
            if number in seen:
                continue
            seen.add(number)
            name, kind, left, right, _, start, size = self._entry(number)
            waiting += (left, right)
            if kind == _STREAM:
                yield name, (start, size)


def _numbers(content: bytes) -> tuple[int, ...]:
    """The entries of a table; of a last one that was cut off nothing counts."""
    return struct.unpack_from(f"<{len(content) // 4}L", content)
