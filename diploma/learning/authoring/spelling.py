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
_WORD = re.compile(r"[^\W\d_]+")
_LATIN = re.compile(r"[A-Za-zÀ-ɏ]")
_CYRILLIC = re.compile(r"[\u0400-\u052f]")
_ARABIC = re.compile(r"[\u0600-\u06ff\u0750-\u077f]")
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
    shown = _ADDRESS.sub(lambda match: " " * len(match[0]), text)
    if lang is Lang.UZ_LATN:
        yield from _apostrophes(shown)
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


def _mixed_words(text: str) -> Iterator[Slip]:
    for match in _WORD.finditer(text):
        word = match[0]
        latin, cyrillic = _LATIN.findall(word), _CYRILLIC.findall(word)
        if latin and cyrillic and not _ACRONYM.fullmatch(word):
            script, odd = ("Latin", latin) if len(latin) <= len(cyrillic) else ("Cyrillic", cyrillic)
            yield Slip(
                match.start(),
                f"The word {word!r} mixes scripts: {', '.join(odd)} is {script}.",
                "Type the word again with one keyboard layout; the letters look the same but are not found.",
            )


def _other_script(text: str, lang: Lang) -> Iterator[Slip]:
    counts = {script: len(pattern.findall(text)) for script, pattern in _LETTERS.items()}
    most = max(counts, key=lambda script: counts[script])
    if sum(counts.values()) >= _ENOUGH and most != lang.script:
        yield Slip(
            0,
            f"This text is in {_SCRIPT_NAMES[most]} letters; {lang} is written in {_SCRIPT_NAMES[lang.script]} ones.",
            "Look whether the text stands in the wrong file.",
        )
