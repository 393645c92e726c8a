"""Do two texts name the same numbers, each written as its language writes them?"""

import re
from collections import Counter
from decimal import Decimal
from functools import lru_cache

from diploma.core.lang import Lang

SMALL = 12  # up to here, and round tens up to 100, a translation may use a word for the source's digits

_POINT = (Lang.EN, Lang.AR)  # the others write 4 000 and 62,5
_DIGIT = re.compile(r"\d")
_NOT_TEXT = re.compile(r"\{#[^}]*\}|https?://\S+|^[ \t]*\d+\.(?=[ \t])", re.MULTILINE)
_DOTTED_DATE = re.compile(r"\b(\d{1,2})\.(\d{1,2})\.(\d{4})\b")
_WITH_POINT = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?(?!\d)|\d+(?:\.\d+)?")
_WITH_COMMA = re.compile(r"\d{1,3}(?:[ \u00a0\u2009\u202f]\d{3})+(?:,\d+)?(?!\d)|\d+(?:[.,]\d+)?")
_TO_ASCII = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹٫٬", "01234567890123456789.,")

_SIMPLE = (
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
)
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_ORDINALS = (
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
    "eleventh",
    "twelfth",
)
_WORDS = {
    **{word: n for n, word in enumerate(_SIMPLE)},
    **{word: n for n, word in enumerate(_ORDINALS, 1)},
    **{word: 10 * n for n, word in enumerate(_TENS, 2)},
    **{f"{tens}-{_SIMPLE[unit]}": 10 * n + unit for n, tens in enumerate(_TENS, 2) for unit in range(1, 10)},
    "once": 1,
    "twice": 2,
    "both": 2,
    "pair": 2,
    "pairs": 2,
    "dozen": 12,
    "hundred": 100,
    "thousand": 1000,
}
_WORD = re.compile(r"[a-z]+(?:-[a-z]+)?")


def differences(source: str, translation: str, lang: Lang) -> tuple[list[Decimal], list[Decimal]]:
    """Numbers of the English source that the translation lacks, and numbers that it adds.

    A number that the source writes as a word may stand in digits, and a small one the other way round.
    """
    wanted, found = numbers(source, Lang.EN), numbers(translation, lang)
    if wanted == found:
        return [], []
    lacking = [number for number in wanted - found if not _may_be_a_word(number)]
    return lacking, list(found - wanted - _in_words(source))


@lru_cache(maxsize=4096)  # a source is compared with each of its translations
def numbers(text: str, lang: Lang) -> Counter[Decimal]:
    """How often each number stands in digits; list markers, anchors and addresses do not count."""
    if not _DIGIT.search(text):
        return Counter()
    bare = _DOTTED_DATE.sub(r"\1 \2 \3", _NOT_TEXT.sub(" ", text)).translate(_TO_ASCII)
    if lang in _POINT:
        return Counter(Decimal(token.replace(",", "")) for token in _WITH_POINT.findall(bare))
    tokens = ("".join(token.split()).replace(",", ".") for token in _WITH_COMMA.findall(bare))
    return Counter(Decimal(token) for token in tokens)


def _may_be_a_word(number: Decimal) -> bool:
    return number == int(number) and (number <= SMALL or (number <= 100 and number % 10 == 0))


@lru_cache(maxsize=4096)
def _in_words(text: str) -> Counter[Decimal]:
    """Numbers that stand in English words: ``twenty-five``, and the parts of ``six-months``."""
    found: Counter[Decimal] = Counter()
    for word in _WORD.findall(text.lower()):
        for part in [word] if word in _WORDS else word.split("-"):
            if part in _WORDS:
                found[Decimal(_WORDS[part])] += 1
    return found
