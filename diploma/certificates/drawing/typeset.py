"""Measure, break and place text before the PDF engine sees it.

* ``step_for``  a name never breaks: it takes the largest step of a scale at which it fits;
* ``balance``   a paragraph is broken here, into lines of even length, so no orphan word remains;
* ``Text.at``   blocks stand on *baselines*, so that Arabic and Latin lines, whose ascents differ, agree;
* ``stack``     rows share the room that remains between them.

Lengths are millimetres from the top left corner of the page, type sizes and leadings points.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from itertools import accumulate, pairwise
from math import inf

from fontTools.ttLib import TTFont

from diploma.certificates.drawing.fonts import font_files
from diploma.certificates.drawing.wording import NBSP

MM_PER_PT = 25.4 / 72
DATE = re.compile(r"(?<!\d)(\d{1,2}) (\w+) (\d{4})")
SHORT_WORD = re.compile(r"(?<!\w)(\w{1,2}|\d{3}) ")
PAUSES = ",:،"
UNKNOWN_ADVANCE = 0.6  # em
MARKS = re.compile("[\u064b-\u065f\u0670]+")  # of Arabic, all that one letter has
DISPLAY_FROM = 17  # points
ARABIC_SCALE = 1.22
FIRST_STRONG_ISOLATE, POP_ISOLATE = "\u2068", "\u2069"


class Misfit(ValueError):
    """A text is too long for its place."""


class Crowded(Misfit):
    """The texts together are too much for the page."""


class Face:
    """The few numbers of a font that the layout needs, in units of one em."""

    def __init__(self, name: str) -> None:
        with TTFont(font_files()[name], lazy=True) as font:
            self.em: int = font["head"].unitsPerEm
            self.glyphs: dict[int, str] = font.getBestCmap()
            self.shapes = font["glyf"]
            metrics = font["hmtx"]
            self.advance: dict[int, float] = {code: metrics[glyph][0] / self.em for code, glyph in self.glyphs.items()}
            # From the middle of a line box down to its baseline.
            self.baseline_drop: float = (font["hhea"].ascent + font["hhea"].descent) / 2 / self.em

    def width(self, text: str) -> float:
        """Width of one line. Kerning is ignored: it only ever makes a line shorter."""
        return sum(self.advance.get(ord(shape), UNKNOWN_ADVANCE) for shape in joined(text))

    def ink(self, text: str) -> tuple[float, float]:
        """How far the letters of one line reach above and below their baseline."""
        top, bottom = self._ink(joined(text))
        for marks in MARKS.findall(text):  # a mark is drawn in its font where it stands over or under most letters
            highest, lowest = self._ink(marks[0])
            more = sum(sum(self._ink(one)) for one in marks[1:])  # one on the other
            top, bottom = max(top, highest + more), max(bottom, lowest + more)
        return top, bottom

    def _ink(self, shapes: str) -> tuple[float, float]:
        drawn = [self.shapes[self.glyphs[ord(shape)]] for shape in shapes if ord(shape) in self.glyphs]
        top = max((getattr(shape, "yMax", 0) for shape in drawn), default=0)
        bottom = min((getattr(shape, "yMin", 0) for shape in drawn), default=0)
        return top / self.em, -bottom / self.em


@lru_cache
def face(name: str) -> Face:
    """One of ``fonts.FACES``, measured once."""
    return Face(name)


def _presentation_forms() -> dict[tuple[str, str], str]:
    """Map (letters, position) to their joined shape, read from Unicode's own decompositions."""
    forms = {}
    for code in range(0xFE70, 0xFEFD):
        position, *letters = unicodedata.decomposition(chr(code)).split() or [""]
        if position in ("<isolated>", "<initial>", "<medial>", "<final>"):
            forms["".join(chr(int(letter, 16)) for letter in letters), position] = chr(code)
    return forms


FORMS = _presentation_forms()
POSITIONS = {
    (False, False): "<isolated>",
    (False, True): "<initial>",
    (True, False): "<final>",
    (True, True): "<medial>",
}


@lru_cache(maxsize=2048)
def joined(text: str) -> str:
    """The shapes that are drawn, Arabic letters joined, in logical order; without marks: for measuring only."""
    text = "".join(char for char in text if unicodedata.category(char) not in ("Mn", "Cf"))
    if text.isascii():
        return text
    shaped, before, index = [], False, 0
    while index < len(text):
        letter = text[index : index + 2] if (text[index : index + 2], "<isolated>") in FORMS else text[index]
        following = text[index + len(letter) : index + len(letter) + 1]
        after = (letter, "<initial>") in FORMS and (following, "<final>") in FORMS
        shaped.append(FORMS.get((letter, POSITIONS[before, after]), letter))
        before, index = after, index + len(letter)
    return "".join(shaped)


def script(lang: str) -> str:
    """Which of two parallel scales a language is set in."""
    return "arabic" if lang == "ar" else "latin"


def face_for(lang: str, size: float) -> str:
    """Amiri for Arabic; the fine cut of Noto Serif for large type, where its hairlines hold, else the sturdy one."""
    if lang == "ar":
        return "arabic"
    return "display" if size >= DISPLAY_FROM else "text"


def scaled(lang: str, size: float) -> float:
    """The size at which ``lang`` looks as large as Latin letters of ``size``."""
    return round(size * ARABIC_SCALE, 1) if lang == "ar" else size


def width_mm(text: str, lang: str, size: float, tracking: float = 0) -> float:
    """Width of one line; ``tracking`` in em is added to each letter."""
    return (face(face_for(lang, size)).width(text) + tracking * len(text)) * size * MM_PER_PT


def step_for(text: str, lang: str, measure: float, steps: Sequence[float], tracking: float = 0) -> int:
    """Index of the first (largest) size in ``steps`` at which ``text`` fits in ``measure``; ``Misfit`` when none."""
    for index, size in enumerate(steps):
        if width_mm(text, lang, size, tracking) <= measure:
            return index
    raise Misfit(f"does not fit in {measure:.0f} mm even at {steps[-1]} pt: {text}")


@lru_cache(maxsize=2048)  # one cohort shares its statements
def balance(text: str, lang: str, size: float, measure: float, at_least: int = 1) -> tuple[str, ...]:
    """Break ``text`` into the fewest lines that fit in ``measure``, even ones that rather end in a pause.

    No line ends in a word of one or two letters or in a number: they go with what follows; a date with its year
    stays whole and may end a line. ``at_least`` asks for more lines, so that columns side by side are equally deep.
    No-break spaces have then done their work and become plain ones: beside an Arabic figure readers of PDF lose them.
    """
    words = SHORT_WORD.sub(rf"\1{NBSP}", DATE.sub(rf"\1{NBSP}\2{NBSP}\3", text)).split(" ")
    space = width_mm(" ", lang, size)
    # Where each word begins and, with the space after it, ends, were they all on one line.
    edges = [0.0, *accumulate(width_mm(word, lang, size) + space for word in words)]

    @cache
    def best(start: int, count: int) -> tuple[float, tuple[int, ...]]:
        """Least cost (squares of the widths) of ``count`` lines from word ``start`` on, and where they end."""
        ends = [len(words)] if count == 1 else range(start + 1, len(words))
        options = []
        for end in ends:
            width = edges[end] - edges[start] - space
            if width <= measure:
                cost, rest = best(end, count - 1) if count > 1 else (0.0, ())
                broken_sense = 0 if words[end - 1][-1] in PAUSES else (0.2 * measure) ** 2
                options.append((width**2 + broken_sense + cost, (end, *rest)))
        return min(options, default=(inf, ()))

    for count in range(at_least, len(words) + 1):
        cost, ends = best(0, count)
        if cost < inf:
            return tuple(" ".join(words[start:end]).replace(NBSP, " ") for start, end in pairwise((0, *ends)))
    raise Misfit(f"does not fit in {measure:.0f} mm at {size:g} pt: {text}")


@dataclass(frozen=True)
class Block:
    """Lines of one language at one place; ``role`` is the class that the style sheet knows."""

    role: str
    lang: str
    lines: tuple[str, ...]
    style: str
    tag: str


@dataclass(frozen=True)
class Text:
    """Lines of one language that have their size but no place yet."""

    role: str
    lang: str
    lines: tuple[str, ...]
    size: float
    tag: str = "p"

    def isolated(self) -> "Text":
        """A name keeps its own direction and leaves that of its surroundings alone."""
        lines = tuple(f"{FIRST_STRONG_ISOLATE}{line}{POP_ISOLATE}" for line in self.lines)
        return replace(self, lines=lines)

    @property
    def face(self) -> str:
        return face_for(self.lang, self.size)

    @property
    def ascent(self) -> float:
        """Ink above the first baseline."""
        return face(self.face).ink(self.lines[0])[0] * self.size * MM_PER_PT

    @property
    def descent(self) -> float:
        """Ink below the last baseline."""
        return face(self.face).ink(self.lines[-1])[1] * self.size * MM_PER_PT

    def at(self, baseline: float, left: float, width: float, leading: float, side: str = "") -> Block:
        """The block whose first line stands on ``baseline``; ``side`` is one more class."""
        drop = leading / 2 + face(self.face).baseline_drop * self.size
        style = (
            f"top:{baseline - drop * MM_PER_PT:.2f}mm;left:{left:.2f}mm;width:{width:.2f}mm;"
            f"font-size:{self.size:g}pt;line-height:{leading:g}pt"
        )
        return Block(f"{self.role} {self.face} {side}".strip(), self.lang, self.lines, style, self.tag)


@dataclass(frozen=True)
class Row:
    """A row of a stack: its distance from the row above, its share of the room that remains, its ink.

    ``least`` is the distance that it keeps on the fullest page.
    """

    gap: float
    share: float
    ascent: float
    descent: float
    place: Callable[[float], None]
    least: float = 0


def stack(rows: Sequence[Row], top: float, bottom: float, air: float, most: float) -> None:
    """Place ``rows`` between ``top`` and ``bottom``; ``Crowded`` when they are higher than that.

    The rows keep ``air`` times their gaps, and no less than their least. One share of the room that remains is at most
    ``most`` mm; what is left over goes half above, half below.
    """
    gaps = [max(row.gap * air, row.least) for row in rows]
    spare = bottom - top - sum(gaps) - sum(row.ascent + row.descent for row in rows)
    if spare < 0:
        raise Crowded(f"{-spare:.1f} mm too much text for the page")
    shares = sum(row.share for row in rows)
    unit = min(spare / shares, most)
    y = top + (spare - unit * shares) / 2
    for row, gap in zip(rows, gaps, strict=True):
        y += gap + unit * row.share + row.ascent
        row.place(y)
        y += row.descent


def paragraphs(role: str, texts: Mapping[str, str], size: float, measure: float, tag: str = "p") -> list[Text]:
    """Balanced paragraphs for columns side by side, equally deep."""
    depth = max(len(balance(text, lang, scaled(lang, size), measure)) for lang, text in texts.items())
    return [
        Text(role, lang, balance(text, lang, scaled(lang, size), measure, depth), scaled(lang, size), tag=tag)
        for lang, text in texts.items()
    ]


def in_few_lines(role: str, lang: str, text: str, sizes: Sequence[float], measure: float, most: int) -> Text:
    """The fewest lines first, then the largest of ``sizes``; ``Misfit`` when ``most`` lines are not enough."""
    for count in range(1, most + 1):
        for size in sizes:
            lines = balance(text, lang, scaled(lang, size), measure)
            if len(lines) == count:
                return Text(role, lang, lines, scaled(lang, size))
    raise Misfit(f"does not fit in {most} lines of {measure:.0f} mm: {text}")
