"""Where a passage begins and ends, how comments are numbered, and how a marked text is cut into pieces. Pure.

Offsets count characters (code points) of the text as it was handed in. A passage never begins or ends inside a letter:
of what a reader sees as one sign all of it belongs to the passage.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

from diploma.core.errors import N_, Refused
from diploma.core.text import clean

LONGEST = 2_000  # characters of a comment
LONGEST_QUOTE = 6_000  # characters of a passage
MOST = 300  # comments of one marker on one work
WHOLE = 10_000
LONGEST_LABEL = 60  # characters by which a paragraph is recognised in a list

_LINE, _WORD = re.compile(r"[^\r\n]*\S[^\r\n]*"), re.compile(r"\S+")
_JOINERS = "\u200c\u200d"
_SKIN = range(0x1F3FB, 0x1F400)
_FLAGS = range(0x1F1E6, 0x1F200)
_TAGS = range(0xE0020, 0xE0080)
_JAMO = (range(0x1160, 0x1200), range(0xD7B0, 0xD7FC))  # vowels and final consonants
_RTL = frozenset({"R", "AL"})


@dataclass(frozen=True)
class Stretch:
    """A part of the text: a paragraph, or a word in it; ``number`` counts from 1."""

    number: int
    start: int
    stop: int
    text: str

    @property
    def label(self) -> str:
        return self.text if len(self.text) <= LONGEST_LABEL else self.text[: LONGEST_LABEL - 1].rstrip() + "…"


class Placed(Protocol):
    """What the order and the pieces need to know of a comment."""

    id: int
    start: int | None
    stop: int | None
    sha256: str | None
    page: int | None
    x: int | None
    y: int | None


@dataclass(frozen=True)
class Piece:
    """A part of a paragraph under the same comments. ``ends``: those whose passage ends here."""

    text: str
    under: tuple[int, ...]
    ends: tuple[int, ...]


@dataclass(frozen=True)
class Paragraph:
    """A paragraph in its pieces; ``noted`` are the comments whose passage ends in it."""

    number: int
    start: int
    pieces: tuple[Piece, ...]
    noted: tuple[int, ...]
    after_gap: bool


def paragraphs(text: str) -> list[Stretch]:
    """The lines in which something stands, without white space at their ends."""
    found = []
    for number, one in enumerate(_LINE.finditer(text), 1):
        line = one.group()
        start = one.start() + len(line) - len(line.lstrip())
        found.append(Stretch(number, start, start + len(line.strip()), line.strip()))
    return found


def words(paragraph: Stretch) -> list[Stretch]:
    return [
        Stretch(number, paragraph.start + one.start(), paragraph.start + one.end(), one.group())
        for number, one in enumerate(_WORD.finditer(paragraph.text), 1)
    ]


def passage(text: str, start: int, stop: int, quote: str = "") -> tuple[int, int]:
    """The passage from ``start`` to ``stop`` without white space at its ends and with whole letters.

    ``quote`` is what the page has shown there, if it says so; another text is refused.
    """
    if not 0 <= start < stop <= len(text):
        raise Refused(N_("This passage is not in the text. Choose it again."))
    if quote and clean(text[start:stop]) != clean(quote):
        raise Refused(N_("The text of this passage is another one. Choose it again."))
    while start < stop and text[start].isspace():
        start += 1
    while start < stop and text[stop - 1].isspace():
        stop -= 1
    if start == stop:
        raise Refused(N_("There is nothing in this passage. Choose some words."))
    while not _between_letters(text, start):
        start -= 1
    while not _between_letters(text, stop):
        stop += 1
    if stop - start > LONGEST_QUOTE:
        raise Refused(N_("This passage is longer than %(most)s characters. Choose a shorter one."), most=LONGEST_QUOTE)
    return start, stop


def _between_letters(text: str, at: int) -> bool:
    """Whether the text may be cut here (after UAX 29, as far as it does not need its tables)."""
    if at <= 0 or at >= len(text):
        return True
    before, here = text[at - 1], text[at]
    if before == "\r" and here == "\n":
        return False
    joined = here in _JOINERS or before == "\u200d" or unicodedata.category(here) in ("Mn", "Me", "Mc")
    if joined or ord(here) in _SKIN or ord(here) in _TAGS or any(ord(here) in one for one in _JAMO):
        return False
    if ord(here) in _FLAGS and ord(before) in _FLAGS:
        first = at
        while first > 0 and ord(text[first - 1]) in _FLAGS:
            first -= 1
        return (at - first) % 2 == 0
    return True


def place(x: int, y: int, w: int, h: int) -> tuple[int, int, int, int]:
    """A place on a page in ten-thousandths; one that leaves the page is refused."""
    if min(x, y, w, h) < 0 or x + w > WHOLE or y + h > WHOLE:
        raise Refused(N_("This place is not on the page."))
    return x, y, w, h


def said(text: str) -> str:
    """A comment as it is kept."""
    if not text.strip():
        raise Refused(N_("Write the comment first."))
    if len(text) > LONGEST:
        raise Refused(N_("A comment has %(most)s characters at most."), most=LONGEST)
    return text.strip()


def numbers(notes: Iterable[Placed], files: Sequence[str]) -> dict[int, int]:
    """Comment id → its number: first those on the text as they begin, then by file, page, and from the top down."""

    def key(note: Placed) -> tuple[int, ...]:
        if note.page is None:
            return (0, note.start or 0, note.stop or 0, note.id)
        at = files.index(note.sha256) if note.sha256 in files else len(files)
        return (1, at, note.page, note.y or 0, note.x or 0, note.id)

    return {one.id: number for number, one in enumerate(sorted(notes, key=key), 1)}


def marked(text: str, notes: Iterable[Placed]) -> list[Paragraph]:
    """The text in paragraphs and pieces; passages may overlap and reach over paragraphs."""
    spans = {one.id: (one.start, one.stop) for one in notes if one.start is not None and one.stop is not None}
    found, last = [], 0
    for line in paragraphs(text):
        here = {id: span for id, span in spans.items() if span[0] < line.stop and span[1] > line.start}
        gap = text.count("\n", last, line.start) > 1
        pieces, noted = _pieces(text, line, here)
        found.append(Paragraph(line.number, line.start, pieces, noted, gap))
        last = line.stop
    return found


def _pieces(
    text: str, line: Stretch, spans: Mapping[int, tuple[int, int]]
) -> tuple[tuple[Piece, ...], tuple[int, ...]]:
    inside = {at for span in spans.values() for at in span if line.start < at < line.stop}
    cuts = sorted({line.start, line.stop, *inside})
    # A passage that goes on below ends there; one that stops in the white space after the line ends in it.
    goes_on = {id for id, span in spans.items() if text[line.stop : span[1]].strip()}
    pieces = []
    for start, stop in pairwise(cuts):
        under = tuple(id for id, span in spans.items() if span[0] < stop and span[1] > start)
        ends = tuple(id for id in under if min(spans[id][1], line.stop) == stop and id not in goes_on)
        pieces.append(Piece(text[start:stop], under, ends))
    return tuple(pieces), tuple(id for piece in pieces for id in piece.ends)


def direction(text: str) -> str:
    """Whether a text runs from right to left, by its first letter: paper knows no ``dir="auto"``."""
    for sign in text:
        kind = unicodedata.bidirectional(sign)
        if kind in _RTL:
            return "rtl"
        if kind == "L":
            return "ltr"
    return "ltr"
