"""Reads lists in text files: the encoding and the separator under which the header makes most sense, then the cells."""

import csv
import io
import itertools
import re
from collections.abc import Iterator

from diploma.cohorts.roster.header import HEADER_ROWS, guess
from diploma.core import encodings
from diploma.core.grid import Grid, Refusal, SheetRefused, within_limits

SEPARATORS = ",;\t|"
MAX_LINE = 100_000  # characters

_BINARY = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_BINARY_TEXT = re.compile(_BINARY.pattern.decode())
_SEPARATOR_LINE = re.compile(rf'"?sep=([{SEPARATORS}])"?\s*', re.IGNORECASE)
_UTF16 = ("utf-16", "utf-16-le", "utf-16-be")


def grid(data: bytes, encoding: str = "") -> Grid:
    """The records of a CSV file, separated as its ``sep=`` line says, else as gives the best header.

    ``encoding`` is one of ``encodings.NAMES``, ``""`` to find it out. Raises ``SheetRefused``: not_a_table,
    bad_encoding, broken_quotes, too_many_rows, too_many_columns.
    """
    codec = _codec(data, encoding)
    rows: list[list[str]] = []
    try:
        for record in _records(data, codec, _separator(data, codec), strict=True):
            rows.append(record)
            within_limits(len(rows), len(record) - 1)
    except csv.Error:
        raise SheetRefused(Refusal.BROKEN_QUOTES, row=len(rows) + 1) from None
    return Grid(rows, _name(codec))


def _name(codec: str) -> str:
    if codec in _UTF16:
        return "utf-16"
    return next((name for name, its in encodings.EIGHT_BITS.items() if its == codec), "utf-8")


def _codec(data: bytes, encoding: str) -> str:
    """Python's codec of the file, which the whole of it must keep to, lest letters are guessed."""
    match encoding:
        case "":
            codec = encodings.unicode_codec(data) or ""
        case "utf-8":
            codec = "utf-8-sig"
        case "utf-16":
            codec = encodings.utf16_codec(data)
        case _:
            codec = encodings.EIGHT_BITS[encoding]
    if codec not in _UTF16 and _BINARY.search(data):
        raise SheetRefused(Refusal.NOT_A_TABLE)
    codec = codec or _eight_bit_codec(data)
    broken = encodings.first_error(data, codec)
    if broken is not None:
        raise SheetRefused(Refusal.BAD_ENCODING, row=_line(data, codec, broken))
    if codec in _UTF16 and any(_BINARY_TEXT.search(line) for line in _lines(data, codec)):
        raise SheetRefused(Refusal.NOT_A_TABLE)
    return codec


def _eight_bit_codec(data: bytes) -> str:
    """The encoding whose header names most fields, of equals the one whose letters make words."""
    scores = encodings.scores(data)
    fields = {name: _fields(data, codec) for name, codec in encodings.EIGHT_BITS.items() if name in scores}
    name = max(scores, key=lambda one: (fields[one], scores[one]), default="")
    if not name or scores[name] < 0:
        broken = re.search(rb"[\x80-\xff]", data)
        raise SheetRefused(Refusal.BAD_ENCODING, row=_line(data, "", broken.start() if broken else 0))
    return encodings.EIGHT_BITS[name]


def _line(data: bytes, codec: str, at: int) -> int:
    """The number of the line, from 1, in which a byte stands."""
    if codec in _UTF16:
        return data[:at].decode(codec, "replace").count("\n") + 1
    return data.count(b"\n", 0, at) + 1


def _lines(data: bytes, codec: str) -> Iterator[str]:
    """The lines of the file with their ends; one too long to be a person's is refused before it is cut into cells."""
    text = io.TextIOWrapper(io.BytesIO(data), codec, newline="")
    while line := text.readline(MAX_LINE + 1):
        if len(line) > MAX_LINE:
            raise SheetRefused(Refusal.NOT_A_TABLE)
        yield line


def _announced(data: bytes, codec: str) -> str:
    """The separator that Excel's first line names, ``""`` without one."""
    found = _SEPARATOR_LINE.fullmatch(next(_lines(data, codec), ""))
    return found[1] if found else ""


def _separator(data: bytes, codec: str) -> str:
    """The separator that the file names, else the one under which the header names most fields, else has most cells.

    Without a header that is understood a person says what the columns hold, so they must have been told apart.
    """
    return _announced(data, codec) or max(SEPARATORS, key=lambda one: _score(data, codec, one))


def _records(data: bytes, codec: str, separator: str, *, strict: bool) -> Iterator[list[str]]:
    lines = _lines(data, codec)
    if _announced(data, codec):
        next(lines)
    return csv.reader(lines, delimiter=separator, strict=strict)


def _fields(data: bytes, codec: str) -> int:
    """How many fields the header names when the file is read in this encoding."""
    return _score(data, codec, _separator(data, codec))[0]


def _score(data: bytes, codec: str, separator: str) -> tuple[int, int]:
    """Fields of the best header, and cells of the first rows, when the file is cut at this separator."""
    try:
        head = list(itertools.islice(_records(data, codec, separator, strict=False), HEADER_ROWS))
    except csv.Error:
        return 0, 0
    layout = guess(head)
    return len(layout.columns) if layout else 0, sum(map(len, head))
