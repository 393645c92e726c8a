"""Every drawing on a certificate, as shapes in SVG's path language: one motif, the eight-pointed star.

Two equal squares, one turned by 45 degrees, make the star (khatam) that tile-makers from the Gulf to Samarkand
share. The border of a diploma is a row of such stars standing tip to tip; the marks of the issuers are one such
star; the seal is a star whose inner chords are chosen by the certificate's token.

Only solid strokes and fills: no transparency (PDF/A), no gradient. Lengths are millimetres from the top left corner of
an A4 page in landscape. ``ink`` puts the shapes on paper.
"""

from collections.abc import Iterable
from functools import lru_cache
from itertools import groupby
from math import cos, gcd, pi, sin
from typing import NamedTuple

import segno

PINE, GOLD, PALE_GOLD, TURQUOISE, SLATE, PAPER = "#0f3f3c", "#b4924a", "#d9c48f", "#2b7a78", "#47575a", "#ffffff"
QR_INK = "#0b2b29"
WIDTH, HEIGHT = 297, 210
COLUMNS, ROWS = 44, 30  # stars of the border
BAND = (WIDTH - HEIGHT) / (COLUMNS - ROWS)  # whole stars only, and the same margin on all four sides
LEFT, TOP = (WIDTH - COLUMNS * BAND) / 2, (HEIGHT - ROWS * BAND) / 2
RIGHT, BOTTOM = WIDTH - LEFT, HEIGHT - TOP
HALF_DIAGONAL = cos(pi / 4)
CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

Point = tuple[float, float]


class Shape(NamedTuple):
    """One path; colours are ``#rrggbb`` or ``none``, ``dashes`` lengths as in SVG."""

    d: str
    stroke: str
    width: float
    fill: str
    dashes: str

    def svg(self) -> str:
        return (
            f'<path d="{self.d}" fill="{self.fill}" stroke="{self.stroke}" stroke-width="{self.width:g}" '
            f'stroke-dasharray="{self.dashes}"/>'
        )


Shapes = tuple[Shape, ...]


def svg(*parts: str, width: float = WIDTH, height: float = HEIGHT) -> str:
    """An SVG drawing of ``width`` by ``height``: of the whole page, unless the two say otherwise."""
    size = f'width="{width}mm" height="{height}mm" viewBox="0 0 {width} {height}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{"".join(parts)}</svg>'


def svg_of(shapes: Shapes, width: float, height: float) -> str:
    """The same of shapes."""
    return svg(*(one.svg() for one in shapes), width=width, height=height)


def path(d: str, stroke: str = "none", width: float = 0, fill: str = "none", dashes: str = "none") -> Shapes:
    """A drawing of one shape; ``d`` in SVG's path language, of which it takes lines only: M l H V h z."""
    return (Shape(d, stroke, width, fill, dashes),)


def number(value: float) -> str:
    """Hundredths of a millimetre are enough."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def polygon(points: Iterable[Point]) -> str:
    """Closed path through ``points``, relative after the first: short to write, quick to draw."""
    (x, y), *rest = [(round(a, 2), round(b, 2)) for a, b in points]
    steps = [f"M{number(x)} {number(y)}"]
    for next_x, next_y in rest:
        steps.append(f"l{number(next_x - x)} {number(next_y - y)}")
        x, y = next_x, next_y
    return "".join(steps) + "z"


def rectangle(left: float, top: float, right: float, bottom: float) -> str:
    return f"M{number(left)} {number(top)}H{number(right)}V{number(bottom)}H{number(left)}z"


def line(left: float, right: float, y: float) -> str:
    return f"M{number(left)} {number(y)}H{number(right)}"


def ring(x: float, y: float, radius: float, count: int, phase: float = 0.0, skip: int = 1) -> list[Point]:
    """Points of the star polygon {count/skip}, starting at the top."""
    angles = [2 * pi * (index * skip + phase) / count for index in range(count)]
    return [(x + radius * sin(angle), y - radius * cos(angle)) for angle in angles]


def two_squares(x: float, y: float, radius: float) -> str:
    return polygon(ring(x, y, radius, 4)) + polygon(ring(x, y, radius, 4, phase=0.5))


def star_outline(x: float, y: float, radius: float) -> str:
    """The silhouette of the two squares: sixteen corners, alternately tip and notch."""
    notch = radius * HALF_DIAGONAL / cos(pi / 8)
    tips, notches = ring(x, y, radius, 8), ring(x, y, notch, 8, phase=0.5)
    return polygon([corner for pair in zip(tips, notches, strict=True) for corner in pair])


@lru_cache
def rich_border() -> Shapes:
    """Frame of a solemn certificate: a dark band of stars between two gold rules."""
    return (
        path(rectangle(LEFT, TOP, RIGHT, BOTTOM), fill=PINE)
        + path(rectangle(LEFT + BAND, TOP + BAND, RIGHT - BAND, BOTTOM - BAND), fill=PAPER)
        + _stars(PINE)
        + _rule(-0.9, GOLD, 0.22)
        + _rule(BAND + 1.1, GOLD, 0.22)
        + _corners(BAND / 2)
    )


@lru_cache
def plain_border() -> Shapes:
    """The light sister of ``rich_border``, on the same lines: the same stars on white, between two dark rules."""
    return (
        _stars(PAPER)
        + _rule(0, PINE, 0.7)
        + _rule(BAND, PINE, 0.25)
        + _rule(BAND + 1.1, GOLD, 0.22)
        + _corners(BAND / 2)
    )


def rest(*, solemn: bool) -> Shapes:
    """The upper band without the four stars about the axis, where the seal hangs: it would cut them into splinters."""
    middle, room = WIDTH / 2, 2 * BAND
    field = rectangle(middle - room, TOP + 0.4, middle + room, TOP + BAND - 0.2)
    return path(field, fill=PINE if solemn else PAPER)


def quiet_border(right: float, bottom: float) -> Shapes:
    """Frame of pages of text, on the same lines: one dark rule, one gold, four stars."""
    dark, gold = BAND / 2, BAND / 2 + 1.3
    return (
        path(rectangle(LEFT + dark, TOP + dark, right - dark, bottom - dark), PINE, 0.7)
        + path(rectangle(LEFT + gold, TOP + gold, right - gold, bottom - gold), GOLD, 0.22)
        + _corners(dark, right, bottom)
    )


def _rule(inset: float, colour: str, width: float) -> Shapes:
    return path(rectangle(LEFT + inset, TOP + inset, RIGHT - inset, BOTTOM - inset), colour, width)


def _stars(ground: str) -> Shapes:
    """A row of stars along each side, in gold on ``ground``."""
    radius = BAND / 2
    tip = radius * 0.94
    side = 2 * tip * HALF_DIAGONAL
    return (
        _upright_squares(side + 0.17, GOLD)
        + _upright_squares(side - 0.17, ground)
        + _turned_squares(radius, tip)
        + _upright_squares(0.8, GOLD)
    )


def _upright_squares(length: float, colour: str) -> Shapes:
    """Squares of ``length``, one per star: each side of the page is one thick dashed line."""
    radius = BAND / 2
    start = BAND + radius - length / 2
    lines = "".join(f"M{LEFT + start:.3f} {y:.3f}H{RIGHT - BAND:.3f}" for y in (TOP + radius, BOTTOM - radius))
    lines += "".join(f"M{x:.3f} {TOP + start:.3f}V{BOTTOM - BAND:.3f}" for x in (LEFT + radius, RIGHT - radius))
    return path(lines, colour, round(length, 3), dashes=f"{length:.3f} {BAND - length:.4f}")


def _turned_squares(radius: float, tip: float) -> Shapes:
    """A row of turned squares is two lines that swing to either side of the axis and back."""
    there_and_back = [(COLUMNS - 2) * f"l{radius:.3f} {swing:.3f}l{radius:.3f} {-swing:.3f}" for swing in (tip, -tip)]
    up_and_down = [(ROWS - 2) * f"l{swing:.3f} {radius:.3f}l{-swing:.3f} {radius:.3f}" for swing in (tip, -tip)]
    across = [f"M{LEFT + BAND:.3f} {y:.3f}{half}" for y in (TOP + radius, BOTTOM - radius) for half in there_and_back]
    along = [f"M{x:.3f} {TOP + BAND:.3f}{half}" for x in (LEFT + radius, RIGHT - radius) for half in up_and_down]
    return path("".join(across + along), GOLD, 0.17)


def _corners(inset: float, right: float = RIGHT, bottom: float = BOTTOM) -> Shapes:
    """A larger star over each corner, so that the eye finds a full stop where two bands meet."""
    centres = [(x, y) for x in (LEFT + inset, right - inset) for y in (TOP + inset, bottom - inset)]
    radius = BAND * 0.78
    return (
        path("".join(star_outline(x, y, radius + 0.3) for x, y in centres), PAPER, 0.6, PINE)
        + path("".join(two_squares(x, y, radius - 0.6) for x, y in centres), GOLD, 0.2)
        + path("".join(polygon(ring(x, y, radius * 0.42, 16, skip=7)) for x, y in centres), GOLD, 0.14)
    )


@lru_cache
def mark(x: float, y: float, radius: float, *, turned: bool) -> Shapes:
    """The star of an issuer without a logo; the second issuer's heart is turned."""
    heart = ring(x, y, radius * 0.34, 8, phase=0.5 if turned else 0, skip=3)
    return (
        path(star_outline(x, y, radius * 0.96), PINE, 0.36)
        + path(two_squares(x, y, radius * 0.84), GOLD, 0.24)
        + path(polygon(ring(x, y, radius * 0.56, 16, skip=7)), TURQUOISE, 0.15)
        + path(polygon(heart), fill=TURQUOISE if turned else PINE)
    )


@lru_cache(maxsize=2)  # a page is tried at several scales
def seal(token: str, x: float, y: float, radius: float) -> Shapes:
    """The certificate's own star: three rings of chords and a heart read from its ``token``.

    Each ring is a star polygon {32/skip} or {16/skip}, so every seal is in tune with the border. There are 32,768
    seals: an ornament and a first glance, not a security feature.
    """
    bits = sum(CROCKFORD.index(char) << 5 * place for place, char in enumerate(token))
    shapes = path(star_outline(x, y, radius - 0.5), PAPER, 0.8, PINE)
    shapes += path(two_squares(x, y, radius - 1.7), GOLD, 0.3)
    reach = (radius - 1.7) * HALF_DIAGONAL / cos(pi / 8)
    for scale, count, colour in ((0.97, 32, GOLD), (0.78, 32, PALE_GOLD), (0.52, 16, GOLD)):
        skips = [skip for skip in range(count // 4, count // 2) if gcd(skip, count) == 1]
        bits, choice = divmod(bits, len(skips))
        bits, turn = divmod(bits, 2)
        bits, shrink = divmod(bits, 4)
        chords = ring(x, y, reach * scale * (1 - 0.06 * shrink), count, turn / 2, skips[choice])
        shapes += path(polygon(chords), colour, 0.13)
    return shapes + path(polygon(ring(x, y, reach * 0.17, 8, (bits % 2) / 2, 3)), fill=GOLD)


def divider(x: float, y: float, half: float) -> Shapes:
    """A gold rule of ``half`` to each side, broken by a diamond."""
    rule = line(x - half, x - 2.4, y) + line(x + 2.4, x + half, y)
    return path(rule, GOLD, 0.25) + path(polygon(ring(x, y, 1.15, 4)), fill=GOLD)


def points(centres: Iterable[Point]) -> Shapes:
    """Small gold diamonds between the parts of a line."""
    return path("".join(polygon(ring(x, y, 0.5, 4)) for x, y in centres), fill=GOLD)


def rules(lines: Iterable[tuple[float, float, float]]) -> Shapes:
    """Lines to sign on, each (left, right, y)."""
    return path("".join(line(*one) for one in lines), SLATE, 0.2)


def qr_code(url: str) -> str:
    """SVG of the QR code of ``url``, level M or better, without its quiet zone: the page around must stay white."""
    rows = segno.make(url, error="m", micro=False).matrix
    runs = []
    for y, row in enumerate(rows):
        x = 0
        for dark, modules in groupby(row):
            length = len(list(modules))
            if dark:
                runs.append(f"M{x} {y + 0.5}h{length}")
            x += length
    size = len(rows)
    drawing = f'<path d="{"".join(runs)}" fill="none" stroke="{QR_INK}" stroke-width="1"/>'
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}">{drawing}</svg>'
