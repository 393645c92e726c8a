"""Writes compound files, in which Excel 97 keeps its workbooks; each field of the container can be made to lie."""

import struct

SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
SECTOR, SMALL, ENTRY, CUTOFF = 512, 64, 128, 4096
END, FREE, TABLE = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
STREAM, STORAGE, ROOT = 2, 1, 5


def compound(streams: dict[str, bytes]) -> bytes:
    """A compound file of these streams, the short ones in small sectors."""
    small = {name: content for name, content in streams.items() if len(content) < CUTOFF}
    container, small_table, starts = _small(small)
    sectors: list[bytes] = []
    table: list[int] = []

    def add(content: bytes) -> int:
        first, pieces = len(sectors), _cut(content, SECTOR)
        if not pieces:
            return END
        sectors.extend(pieces)
        table.extend([*range(first + 1, first + len(pieces)), END])
        return first

    for name, content in streams.items():
        if name not in small:
            starts[name] = add(content)
    container_start, small_table_start = add(container), add(_numbers(small_table))
    entries = [entry("Root Entry", ROOT, child=1 if streams else FREE, start=container_start, size=len(container))]
    for number, (name, content) in enumerate(streams.items(), 1):
        right = number + 1 if number < len(streams) else FREE
        entries.append(entry(name, STREAM, right=right, start=starts[name], size=len(content)))
    directory = add(b"".join(entries))
    count = 1
    while count * (SECTOR // 4) < len(table) + count:
        count += 1
    first = len(sectors)
    table += [TABLE] * count
    sectors += _cut(_numbers(table).ljust(count * SECTOR, b"\xff"), SECTOR)
    return header([*range(first, first + count)], directory, small_table_start) + b"".join(sectors)


def header(tables: list[int], directory: int, small_table: int = END, further: int = END) -> bytes:
    start = SIGNATURE + bytes(16) + struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    start += struct.pack("<LLL4xLLL", 0, len(tables), directory, CUTOFF, small_table, 1)
    return (start + struct.pack("<LL", further, 0) + _numbers(tables[:109])).ljust(SECTOR, b"\xff")


def entry(
    name: str, kind: int, *, left: int = FREE, right: int = FREE, child: int = FREE, start: int = END, size: int = 0
) -> bytes:
    """An entry of the directory."""
    text = name.encode("utf-16-le")
    begin = struct.pack("<64sHBBLLL", text, len(text) + 2, kind, 1, left, right, child)
    return begin + bytes(36) + struct.pack("<LLL", start, size, 0)


def _small(streams: dict[str, bytes]) -> tuple[bytes, list[int], dict[str, int]]:
    """The container of the small sectors, their table, and where each stream starts."""
    container, table, starts = b"", list[int](), {}
    for name, content in streams.items():
        pieces = _cut(content, SMALL)
        starts[name] = len(table) if pieces else END
        table += [*range(len(table) + 1, len(table) + len(pieces)), END] if pieces else []
        container += b"".join(pieces)
    return container, table, starts


def _cut(content: bytes, size: int) -> list[bytes]:
    return [content[at : at + size].ljust(size, b"\0") for at in range(0, len(content), size)]


def _numbers(values: list[int]) -> bytes:
    return struct.pack(f"<{len(values)}L", *values)
