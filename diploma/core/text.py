"""Text of people and places: cleaning, folding for search, Uzbek letters, sort keys, safe spreadsheet cells."""

import re
import unicodedata
from functools import lru_cache
from typing import Literal

TURNED_COMMA = "\u02bb"  # the letter part of oʻ and gʻ
TUTUQ = "\u02bc"  # the sign of maʼno
_APOSTROPHES = (
    "'`\u00b4\u02b9\u02bb\u02bc\u02bd\u02be\u02bf\u02c8\u02ca\u02cb\u2018\u2019\u201b\u2032\u2035\ua78c\uff07\uff40"
)

_INVISIBLE = re.compile(  # controls, soft hyphen, bidi marks and overrides, byte order marks, tags, surrogates
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u0600-\u0605\u061c\u06dd\u180e\u200b\u200e\u200f\u202a-\u202e"
    "\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
)

_CYRILLIC = dict(zip("абвгдежзийклмнопрстуфхыэ", "abvgdejziyklmnoprstufhie", strict=True))
_CYRILLIC |= {"ў": "o", "қ": "q", "ғ": "g", "ҳ": "h", "і": "i", "ї": "i", "ґ": "g", "є": "e", "ӣ": "i", "ӯ": "u"}
_CYRILLIC |= {"ә": "a", "ө": "o", "ү": "u", "ұ": "u", "ң": "n", "һ": "h", "ҷ": "j"}
_CYRILLIC |= {"ё": "yo", "ю": "yu", "я": "ya", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "", "ь": ""}
_ARABIC = {"ٱ": "ا", "ى": "ي", "ی": "ي", "ة": "ه", "ک": "ك", "ـ": ""}
_LETTERS = str.maketrans(_CYRILLIC | _ARABIC | {"x": "h", "ı": "i"} | dict.fromkeys(_APOSTROPHES, ""))
_NO_APOSTROPHES = str.maketrans(dict.fromkeys(_APOSTROPHES, ""))
_SILENT = frozenset({"Mn", "Me", "Cf"})
_KH, _YE = re.compile("k+h"), re.compile("y+e")

_AFTER_O_OR_G = re.compile(f"(?<=[oOgG])[{_APOSTROPHES}]")
_BETWEEN_LETTERS = re.compile(f"(?<=[A-Za-z{TURNED_COMMA}])(?<![oOgG])[{_APOSTROPHES}](?=[A-Za-z])")

# Private-use characters: they keep the order of the alphabet and no normalisation touches them.
_CYRILLIC_ALPHABET = "абвгдеёжзийклмнопрстуфхцчшщъыьэюяўқғҳ"
_CYRILLIC_ORDER = str.maketrans(_CYRILLIC_ALPHABET, "".join(chr(0xE000 + n) for n in range(len(_CYRILLIC_ALPHABET))))
_UZBEK_LAST = {"o" + TURNED_COMMA: "{", "g" + TURNED_COMMA: "|", "sh": "}", "ch": "~"}  # ASCII's neighbours of z

_FORMULA_STARTS = frozenset("=+-@")

MOST_MARKS = 30  # on one letter: the limit of Unicode's stream-safe format (UAX 15); no script comes near it
Normal = Literal["NFC", "NFD", "NFKC"]

LONGEST_NAME = 120  # letters of a person's name; more is two cells run together, and no certificate could print it


def normal(form: Normal, text: str) -> str:
    """The text in a normal form of Unicode; of marks in a row beyond ``MOST_MARKS`` the rest is dropped.

    Marks are put in order in a time that grows with the square of their run: of half a megabyte of them it takes
    minutes, during which no other request is answered.
    """
    return unicodedata.normalize(form, text if text.isascii() else _stream_safe(text))


def _stream_safe(text: str) -> str:
    marks = {sign for sign in set(text) if _is_mark(sign)}
    if not marks:
        return text
    run, kept = 0, []
    for sign in text:
        run = run + 1 if sign in marks else 0
        if run <= MOST_MARKS:
            kept.append(sign)
    return "".join(kept)


@lru_cache(maxsize=4096)
def _is_mark(sign: str) -> bool:
    """Whether a sign joins the letter before it; some do so only when they are taken apart."""
    return unicodedata.combining(unicodedata.normalize("NFKD", sign)[0]) > 0


def visible(text: str) -> str:
    """The text in NFC, without control and bidi-override characters; its lines and spaces stay as they are."""
    return normal("NFC", _INVISIBLE.sub("", text))


def clean(text: str) -> str:
    """The text in NFC, without control and bidi-override characters, white space collapsed to single spaces.

    Zero-width joiners stay: they belong to the spelling of some Arabic-script words.
    """
    return " ".join(visible(text).split())


def clean_lines(text: str) -> str:
    """A text of several lines with each of them clean, without empty ones at its ends."""
    return "\n".join(clean(line) for line in text.splitlines()).strip()


def fold(name: str) -> str:
    """The form under which a name is searched and compared (spec interface, "Names").

    NFKC and casefold; Arabic letter forms made one (أإآٱ to ا, ى to ي, ة to ه); marks, tatweel and apostrophes
    off; digits Latin; Cyrillic to Latin, Uzbek letters included; h, x and kh together. The Cyrillic е has two
    Latin spellings, e and ye, so these fall together as well. For comparison only, never shown.
    """
    # The spacing acute is an apostrophe to a typist, but NFKC would make a combining mark of it: off before and after.
    text = normal("NFKC", name.translate(_NO_APOSTROPHES)).casefold()
    # й, ё and ў are letters of their own and go before marks are dropped; what a mark hid goes after.
    decomposed = normal("NFD", text.translate(_LETTERS))
    plain = "".join(str(unicodedata.decimal(c, c)) for c in decomposed if unicodedata.category(c) not in _SILENT)
    latin = _YE.sub("e", _KH.sub("h", plain.translate(_LETTERS)))
    return " ".join(normal("NFC", latin).split())


def uzbek_apostrophes(text: str) -> str:
    """Uzbek Latin text with its apostrophes normalised: U+02BB after o and g, U+02BC between other letters.

    Any sign that keyboards put for them is accepted; quotation marks at the edges of words stay as they are.
    """
    return _BETWEEN_LETTERS.sub(TUTUQ, _AFTER_O_OR_G.sub(TURNED_COMMA, text))


def sort_key(name: str, lang: str) -> str:
    """A key whose code-point order is the alphabetical order of ``name`` in ``lang`` (a BCP 47 tag).

    Uzbek Latin puts oʻ gʻ sh ch after z, Uzbek Cyrillic ў қ ғ ҳ after я, whichever script the reader has chosen;
    Russian follows its alphabet; every other language sorts by ``fold``. Compare it in binary (collation "C").
    """
    if lang != "ru" and not lang.startswith("uz"):
        return fold(name)
    text = uzbek_apostrophes(clean(normal("NFKC", name))).casefold()
    if lang != "ru":
        for letter, last in _UZBEK_LAST.items():
            text = text.replace(letter, last)
    text = text.translate(_CYRILLIC_ORDER).translate(_NO_APOSTROPHES)
    return "".join(c for c in normal("NFD", text) if unicodedata.category(c) not in _SILENT)


def neutralise_cell(text: str) -> str:
    """The text as a CSV cell that no spreadsheet takes for a formula: an apostrophe goes before a dangerous start.

    Dangerous are = + - @, their full-width and other compatibility forms, with or without white space before them,
    and a leading tab, carriage return or line feed (spec trust, CSV formula injection).
    """
    first = normal("NFKC", text.lstrip()[:1])
    return "'" + text if first in _FORMULA_STARTS or text[:1] in {"\t", "\r", "\n"} else text
