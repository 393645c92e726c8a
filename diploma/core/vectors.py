"""Reads a drawing that was made elsewhere (a logo, a seal) into the few shapes that may stand on a certificate.

An SVG can load files, run scripts, hide text and draw outside of its frame. Here nothing is taken out of one: what is
not on the lists below is refused, with its line, and what is on them is written anew, number by number. The result is
canonical: reading it again gives the same bytes.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from xml.parsers import expat

NAMESPACE = "http://www.w3.org/2000/svg"
MOST_BYTES, MOST_REDUCED = 64_000, 10_000  # of the file, and of what is left of it
MOST_ELEMENTS, MOST_DEPTH = 200, 8
LARGEST = 100_000.0  # of any number

_NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
_GAP = r"[\s,]*"
_PATH_STEP = {"M": "nn", "L": "nn", "H": "n", "V": "n", "C": "nnnnnn", "S": "nnnn", "Q": "nnnn", "T": "nn", "Z": ""}
_PATH_STEP["A"] = "nnnffnn"  # f: a flag, 0 or 1, which needs no gap behind it
_TURNS = {"matrix": (6,), "translate": (1, 2), "scale": (1, 2), "rotate": (1, 3), "skewX": (1,), "skewY": (1,)}


class Refused(ValueError):
    """Not a drawing for a certificate. ``line`` of the file, from 1; the message says what is not allowed."""

    def __init__(self, message: str, line: int = 1) -> None:
        super().__init__(message)
        self.line = line


@dataclass(frozen=True)
class Drawing:
    """``box`` is the frame, "left top width height"; ``shapes`` are SVG elements within it."""

    box: str
    shapes: str

    def svg(self) -> bytes:
        """The drawing as a file: what is stored and hashed."""
        return f"<svg xmlns='{NAMESPACE}' viewBox='{self.box}'>{self.shapes}</svg>".encode()

    def at(self, left: float, top: float, width: float, height: float) -> str:
        """The drawing within another, as large as fits into a place there, in its middle and cut at its frame."""
        place = f"x='{_plain(left)}' y='{_plain(top)}' width='{_plain(width)}' height='{_plain(height)}'"
        return f"<svg {place} viewBox='{self.box}'>{self.shapes}</svg>"


def _plain(value: float) -> str:
    """Thousandths are enough."""
    return f"{round(value, 3) + 0:.3f}".rstrip("0").rstrip(".")  # + 0: there is no minus nothing


def _number(text: str) -> str:
    if not re.fullmatch(_NUMBER, text.strip()) or not abs(float(text)) <= LARGEST:
        raise Refused(f"{text[:40]!r} is not a number up to {LARGEST:g}")
    return _plain(float(text))


def _length(text: str) -> str:
    if _number(text).startswith("-"):
        raise Refused(f"{text[:40]!r} is less than nothing")
    return _number(text)


def _lengths(text: str) -> str:
    return " ".join(map(_length, re.split(r"[\s,]+", text.strip())))


def _numbers(text: str) -> str:
    return " ".join(map(_number, re.split(r"[\s,]+", text.strip())))


def _box(text: str) -> str:
    box = _numbers(text).split(" ")
    if len(box) != 4 or float(box[2]) <= 0 or float(box[3]) <= 0:
        raise Refused("the viewBox has four numbers, the last two larger than nothing")
    return " ".join(box)


def _points(text: str) -> str:
    points = _numbers(text)
    if points.count(" ") % 2 == 0:
        raise Refused("points are pairs of numbers")
    return points


def _colour(text: str) -> str:
    if not re.fullmatch(r"none|#(?:[0-9a-fA-F]{3}){1,2}", text.strip()):
        raise Refused(f"{text[:40]!r} is not a colour such as #0f3f3c, and not none")
    return text.strip().lower()


def _turn(text: str) -> str:
    found, rest = [], text.strip()
    while rest:
        one = re.match(rf"(\w+)\s*\(([^()]*)\){_GAP}", rest)
        numbers = _numbers(one[2]).split(" ") if one else []
        if not one or len(numbers) not in _TURNS.get(one[1], ()):
            raise Refused(f"{text[:40]!r} is not a transformation")
        found.append(f"{one[1]}({' '.join(numbers)})")
        rest = rest[one.end() :]
    return " ".join(found)


def _path(text: str) -> str:
    """The steps of a path, each with its letter."""
    steps, rest = list[str](), text.strip()
    while rest:
        letter = rest[0]
        kinds = _PATH_STEP.get(letter.upper())
        if kinds is None or (not steps and letter not in "Mm"):
            raise Refused(f"{rest[:20]!r} is not a step of a path")
        rest = rest[1:].lstrip()
        while True:
            values = []
            for kind in kinds:
                one = re.match(rf"{_GAP}({'[01]' if kind == 'f' else _NUMBER})", rest)
                if not one:
                    raise Refused(f"{rest[:20]!r} is not what follows {letter} in a path")
                values.append(_number(one[1]))
                rest = rest[one.end() :]
            steps.append(letter + " ".join(values))
            rest = rest.lstrip(" \t\r\n,")
            letter = {"M": "L", "m": "l"}.get(letter, letter)  # more pairs after a move are lines
            if not kinds or not rest or rest[0].isalpha():
                break
    return "".join(steps)


def _one_of(*words: str) -> Callable[[str], str]:
    def chosen(text: str) -> str:
        if text not in words:
            raise Refused(f"{text[:40]!r} is none of {', '.join(words)}")
        return text

    return chosen


Rules = Mapping[str, Callable[[str], str]]
_PAINT: Rules = {
    "fill": _colour,
    "fill-rule": _one_of("nonzero", "evenodd"),
    "stroke": _colour,
    "stroke-width": _length,
    "stroke-linecap": _one_of("butt", "round", "square"),
    "stroke-linejoin": _one_of("miter", "round", "bevel"),
    "stroke-miterlimit": _length,
    "stroke-dasharray": _lengths,
    "transform": _turn,
}
ELEMENTS: Mapping[str, Rules] = {
    "g": _PAINT,
    "path": {"d": _path, **_PAINT},
    "rect": {**dict.fromkeys(("x", "y"), _number), **dict.fromkeys(("width", "height", "rx", "ry"), _length), **_PAINT},
    "circle": {"cx": _number, "cy": _number, "r": _length, **_PAINT},
    "ellipse": {"cx": _number, "cy": _number, "rx": _length, "ry": _length, **_PAINT},
    "polygon": {"points": _points, **_PAINT},
    "polyline": {"points": _points, **_PAINT},
}
_ROOT: Rules = {"viewBox": _box}
_FORGOTTEN = {"id", "version"}  # mean nothing without references; of the root the size on a screen, too


class _Reader:
    """Collects the shapes while expat reads."""

    def __init__(self) -> None:
        self.box, self.parts = "", list[str]()
        self.elements = self.depth = 0

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        self.elements, self.depth = self.elements + 1, self.depth + 1
        if self.elements > MOST_ELEMENTS or self.depth > MOST_DEPTH:
            raise Refused(f"more than {MOST_ELEMENTS} elements, or {MOST_DEPTH} within each other")
        namespace, _, name = tag.rpartition(" ")
        if namespace != NAMESPACE or (name == "svg") != (self.elements == 1):
            raise Refused(f"the element <{name}> cannot stand here")
        rules = _ROOT if name == "svg" else ELEMENTS.get(name)
        if rules is None:
            raise Refused(f"the element <{name}> is not one of {', '.join(ELEMENTS)}")
        kept = _checked(name, rules, attributes, _FORGOTTEN | ({"width", "height"} if name == "svg" else set()))
        if name == "svg":
            self.box = kept.get("viewBox", "")
        else:
            self.parts.append(f"<{name}" + "".join(f" {key}='{value}'" for key, value in kept.items()))
            self.parts.append(">")

    def end(self, tag: str) -> None:
        self.depth -= 1
        name = tag.rpartition(" ")[2]
        if name != "svg":
            if self.parts[-1] == ">":
                self.parts[-1] = "/>"
            else:
                self.parts.append(f"</{name}>")

    def text(self, text: str) -> None:
        if text.strip():
            raise Refused(f"the text {text.strip()[:40]!r}: letters have to be drawn as paths")


def _checked(name: str, rules: Rules, attributes: Mapping[str, str], forgotten: set[str]) -> dict[str, str]:
    """The attributes written anew, in alphabetical order."""
    kept = {}
    for key, value in sorted(attributes.items()):
        if key in forgotten:
            continue
        if key not in rules:
            raise Refused(f"the attribute {key.rpartition(' ')[2]} of <{name}> is not allowed")
        try:
            kept[key] = rules[key](value)
        except Refused as refused:
            raise Refused(f"{key} of <{name}>: {refused}") from None
    return kept


def _unsafe(*_: object) -> None:
    raise Refused("document types, entities, instructions and CDATA are not allowed")


@lru_cache(maxsize=32)  # of one partner's certificates all have the same few
def read(svg: bytes) -> Drawing:
    """The drawing in a file; :class:`Refused` says what in it is not allowed."""
    if len(svg) > MOST_BYTES:
        raise Refused(f"larger than {MOST_BYTES // 1000} kB")
    reader, parser = _Reader(), expat.ParserCreate("utf-8", " ")
    parser.StartElementHandler, parser.EndElementHandler = reader.start, reader.end
    parser.CharacterDataHandler = reader.text
    parser.StartDoctypeDeclHandler = parser.ProcessingInstructionHandler = parser.StartCdataSectionHandler = _unsafe
    try:
        parser.Parse(svg, True)
    except expat.ExpatError as error:
        raise Refused(f"not XML: {error}", error.lineno) from None
    except Refused as refused:
        raise Refused(str(refused), parser.CurrentLineNumber) from None
    drawing = Drawing(reader.box, "".join(reader.parts))
    if not drawing.box or not drawing.shapes:
        raise Refused("a drawing has a viewBox and shapes")
    if len(drawing.svg()) > MOST_REDUCED:
        raise Refused(f"larger than {MOST_REDUCED // 1000} kB even when only its shapes are kept: draw it more simply")
    return drawing
