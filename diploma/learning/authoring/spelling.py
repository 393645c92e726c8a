"""Slips of letters that look right on the screen: apostrophes of Uzbek, look-alikes of another script."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from diploma.core.lang import Lang

TURNED_COMMA, TUTUQ = "\u02bb", "\u02bc"

_WRONG_APOSTROPHE = re.compile("['’‘`´ʹ′]")
_WRONG_TURNED_COMMA = re.compile(rf"(?<![oOgG]){TURNED_COMMA}")
_WRONG_TUTUQ = re.compile(rf"[oOgG]{TUTUQ}")
_ADDRESS = re.compile(r"https?://\S+|\]\([^)]*\)|\{#[^}]*\}|^:::.*$", re.MULTILINE)
_MARKED = re.compile(r"https?:|\]\(|\{#|:::")
_WORD = re.compile(r"[^\W\d_]+")
_LATIN = re.compile(r"[A-Za-zÀ-ɏ]+")
_CYRILLIC = re.compile(r"[\u0400-\u052f]+")
_ARABIC = re.compile(r"[\u0600-\u06ff\u0750-\u077f]+")
_LATIN_SIGN = re.compile(r"(?<!\d),|,(?!\d)|[;?]|(?<=\s)[،؛؟]")  # 4,000 has its comma
_STRAIGHT_QUOTE = re.compile('"')
_ARABIC_SIGNS = {",": "،", ";": "؛", "?": "؟"}
_ACRONYM = re.compile(r"[A-Z]{2,}[а-яёўқғҳ]+")  # PDFни: a Latin abbreviation with an ending
_LETTERS = {"Latn": _LATIN, "Cyrl": _CYRILLIC, "Arab": _ARABIC}
_SCRIPT_NAMES = {"Latn": "Latin", "Cyrl": "Cyrillic", "Arab": "Arabic"}
_ENOUGH = 20  # letters from which the script of a text can be told


class Slip(NamedTuple):
    """What is wrong at character ``at`` of the text, and how to mend it."""

    at: int
    message: str
    hint: str


def slips(text: str, lang: Lang) -> Iterator[Slip]:
    """All slips of a text that should be written in ``lang``; addresses and anchors are passed over."""
    shown = _ADDRESS.sub(lambda match: " " * len(match[0]), text) if _MARKED.search(text) else text
    if lang is Lang.UZ_LATN:
        yield from _apostrophes(shown)
    elif lang is Lang.AR:
        yield from _punctuation(shown)
    yield from _mixed_words(shown)
    yield from _other_script(shown, lang)


def _apostrophes(text: str) -> Iterator[Slip]:
    for match in _WRONG_APOSTROPHE.finditer(text):
        yield Slip(
            match.start(),
            f"The character {match[0]} (U+{ord(match[0]):04X}) is no Uzbek letter.",
            "Write oʻ and gʻ with U+02BB and the sign ʼ with U+02BC; quotation marks are « ».",
        )
    for match in _WRONG_TURNED_COMMA.finditer(text):
        yield Slip(match.start(), "ʻ (U+02BB) stands only after o and g.", "Write ʼ (U+02BC) here, as in maʼno.")
    for match in _WRONG_TUTUQ.finditer(text):
        yield Slip(
            match.start(),
            f"{match[0]} has the sign U+02BC.",
            f"Write {match[0][0]}{TURNED_COMMA} with U+02BB: it is one letter.",
        )


def _punctuation(text: str) -> Iterator[Slip]:
    """Arabic has its own comma, semicolon and question mark, and « » (style sheet, 11)."""
    for match in _LATIN_SIGN.finditer(text):
        sign = match[0]
        if sign in _ARABIC_SIGNS:
            yield Slip(match.start(), f"The sign {sign} is not Arabic.", f"Write {_ARABIC_SIGNS[sign]} here.")
        else:
            yield Slip(match.start(), f"A space stands before {sign}.", "Join the sign to the word before it.")
    for match in _STRAIGHT_QUOTE.finditer(text):
        yield Slip(match.start(), 'The quotation mark " is not Arabic.', "Write « and ».")


def _mixed_words(text: str) -> Iterator[Slip]:
    if not _LATIN.search(text) or not _CYRILLIC.search(text):
        return
    for match in _WORD.finditer(text):
        word = match[0]
        latin, cyrillic = list("".join(_LATIN.findall(word))), list("".join(_CYRILLIC.findall(word)))
        if latin and cyrillic and not _ACRONYM.fullmatch(word):
            script, odd = ("Latin", latin) if len(latin) <= len(cyrillic) else ("Cyrillic", cyrillic)
            yield Slip(
                match.start(),
                f"The word {word!r} mixes scripts: {', '.join(odd)} is {script}.",
                "Type the word again with one keyboard layout; the letters look the same but are not found.",
            )


def _other_script(text: str, lang: Lang) -> Iterator[Slip]:
    if 2 * _count(lang.script, text) >= len(text):
        return
    counts = {script: _count(script, text) for script in _LETTERS}
    most = max(counts, key=lambda script: counts[script])
    if sum(counts.values()) >= _ENOUGH and most != lang.script:
        yield Slip(
            0,
            f"This text is in {_SCRIPT_NAMES[most]} letters; {lang} is written in {_SCRIPT_NAMES[lang.script]} ones.",
            "Look whether the text stands in the wrong file.",
        )


def _count(script: str, text: str) -> int:
    return sum(map(len, _LETTERS[script].findall(text)))
