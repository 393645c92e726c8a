"""Uzbek from Cyrillic into Latin letters, as a draft to be corrected by hand. Pure, and never the way back.

The rules are those of the official alphabet (spec language); ``EXCEPTIONS`` are words that its table of letters gets
wrong. Addresses, anchors, country lines, code and whatever is Latin already pass through.
"""

import re

from diploma.core.text import TURNED_COMMA, TUTUQ, normal

EXCEPTIONS = {"бюджет": "budjet", "сентябр": "sentabr", "октябр": "oktabr", "ЖШШИР": "JShShIR"}  # beginnings of words

_VOWELS = frozenset("аеёиоуўэюя")
_LETTERS = dict(zip("абвгдежзийклмнопрстуфхҳқэ", "abvgdejziyklmnoprstufxhqe", strict=True))
_LETTERS |= {"ё": "yo", "ю": "yu", "я": "ya", "ч": "ch", "ш": "sh", "ъ": TUTUQ, "ь": ""}
_LETTERS |= {"ў": f"o{TURNED_COMMA}", "ғ": f"g{TURNED_COMMA}"}
_LETTERS |= {"щ": "sh", "ы": "i"}  # of foreign names: Uzbek has neither

_KEPT = re.compile(r"https?://[^\s<>)]+|\]\([^)]*\)|\{#[^}]*\}|`[^`\n]*`|^[ \t]*:::.*$", re.MULTILINE)
# 2026 йил 5 май is 2026-yil 5-may; 3 марта is «three times».
_MONTHS = "январ|феврал|март(?!а)|апрел|май|июн|июл|август|сентябр|октябр|ноябр|декабр"
_DATE = re.compile(rf"(?<![\d.,])(?:((?:1[5-9]|20)\d\d)[ \u00a0](?=йил)|([1-9]|[12]\d|3[01])[ \u00a0](?={_MONTHS}))")
_WORD = re.compile(r"[\u0400-\u04ff]+")


def latin(text: str) -> str:
    """The text in Latin letters; what is no Cyrillic word stays as it is."""
    text = normal("NFC", text)
    kept = [*_KEPT.finditer(text)]
    starts, ends = [0, *(one.end() for one in kept)], [*(one.start() for one in kept), len(text)]
    dated = [_DATE.sub(r"\1\2-", text[start:end]) for start, end in zip(starts, ends, strict=True)]
    parts = [_WORD.sub(_word, one) for one in dated]
    return "".join(part + one for part, one in zip(parts, [*(one[0] for one in kept), ""], strict=True))


def _word(match: re.Match[str]) -> str:
    word, before = match[0], match.string[: match.start()][-1:]
    for stem, instead in EXCEPTIONS.items():
        own = word[: len(stem)]
        if own.lower() == stem.lower() and (stem.islower() or own == stem):
            said = instead if own == stem else instead.upper() if own.isupper() else instead.capitalize()
            return said + _letters(word, len(stem))
    return _letters(word, inside=before.isalpha())


def _letters(word: str, start: int = 0, *, inside: bool = False) -> str:
    """The letters of a word from ``start`` on; ``inside``: a Latin letter stands right before it (PDFни)."""
    small = word.lower()
    return "".join(_cased(word, at, _letter(small, at, inside)) for at in range(start, len(word)))


def _letter(word: str, at: int, inside: bool) -> str:
    """The small Latin letters for one letter between its neighbours."""
    letter, before, after = word[at], word[:at][-1:], word[at + 1 : at + 2]
    match letter:
        case "е" if not (before or inside) or before in _VOWELS | {"ъ", "ь"}:
            return "ye"
        case "ц":
            return "ts" if before in _VOWELS else "s"
        case "ъ" if before == "ў" or after in ("е", "ё", "ю", "я"):
            return ""  # moʻjiza; obyekt, whose y parts the syllables by itself
        case "о" if before == "ь":
            return "yo"  # batalyon
        case "с" if after == "ҳ":
            return "s" + TUTUQ  # Isʼhoq: s and h, not sh
    return _LETTERS.get(letter, letter)


def _cased(word: str, at: int, latin: str) -> str:
    """A capital is Sh in a name and in an abbreviation (МЧЖ), SH in a word of capitals (ШАҲАР)."""
    if not word[at].isupper():
        return latin
    neighbours = word[:at][-1:] + word[at + 1 : at + 2]
    shouted = neighbours.isupper() and any(one.lower() in _VOWELS for one in word if one.isupper())
    return latin.upper() if shouted else latin[:1].upper() + latin[1:]
