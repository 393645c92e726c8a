"""Numbers as people type them in five languages (spec content, rule 8). Pure."""

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal

from diploma.core.text import clean

_SIGNS = str.maketrans({"٫": ".", "،": ",", "٬": " ", "−": "-", "–": "-", "٪": "%"})
_SPACED = re.compile(r"(?<=\d) (?=\d{3}(?!\d))")  # 4 000
_COMMAS = re.compile(r"-?[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?")  # 1,234 and 1,234,567.8
_POINTS = re.compile(r"-?[1-9]\d{0,2}(?:(?:\.\d{3})+,\d+|(?:\.\d{3}){2,})")  # 1.234,5 and 1.234.567
_PLAIN = re.compile(r"-?(?:\d+(?:[.,]\d*)?|[.,]\d+)")
_AMBIGUOUS = re.compile(r"-?\d+,\d{3}")


@dataclass(frozen=True)
class Number:
    """What was read; ``ambiguous`` when one comma stands before three digits, which are taken for thousands."""

    value: Decimal
    ambiguous: bool = False


def read_number(text: str) -> Number | None:
    """The number in ``text``, whatever the digits and separators of its language; ``None`` when there is none.

    ``72.5``, ``72,5``, ``٧٢٫٥`` and ``۷۲٫۵`` are the same number; a per cent sign after it may stay. ``1,234`` could be
    a fraction as well: it is read as 1234, and pages show how it was read.
    """
    signs = _plain_signs(text)
    if _COMMAS.fullmatch(signs):
        return Number(Decimal(signs.replace(",", "")), bool(_AMBIGUOUS.fullmatch(signs)))
    if _POINTS.fullmatch(signs):
        return Number(Decimal(signs.replace(".", "").replace(",", ".")))
    return Number(Decimal(signs.replace(",", "."))) if _PLAIN.fullmatch(signs) else None


def _plain_signs(text: str) -> str:
    """Western digits, one kind of point, comma and minus; spaces between thousands and a per cent sign are gone."""
    signs = "".join(str(unicodedata.decimal(sign, sign)) for sign in clean(text)).translate(_SIGNS)
    return _SPACED.sub("", signs.removesuffix("%").strip()).removeprefix("+")
