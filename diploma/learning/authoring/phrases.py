"""Phrases looked for in many texts: few of them are there, and that is told before a pattern is even compiled.

Both kinds are found in the folded letters of a text (``finding.letters``): whatever its case, vowel signs and
apostrophes, Uzbek in both scripts.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import cached_property, lru_cache

from diploma.core.finding import Folded, form
from diploma.core.text import fold

_BETWEEN = r"[\s«»\"“”„]+"  # of a name, one word may stand in quotation marks
_PIECE = re.compile(r"[^*#]+")
_ARABIC = re.compile("[\u0621-\u064a]")
_ARTICLE = re.compile("^(?:ال|لل)(?=..)")


class Phrase:
    """``seed`` is a stretch of letters that stands in every text in which the phrase does."""

    def __init__(self, written: str, pattern: str, seed: str) -> None:
        self.written, self._pattern, self._seed = written, pattern, seed

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        return re.compile(self._pattern)

    def places(self, whole: str, starts: list[int]) -> Iterator[int]:
        """Which of many texts may have the phrase: they stand in ``whole``, one after the other, at ``starts``."""
        at = whole.find(self._seed)
        while at >= 0:
            index = bisect_right(starts, at) - 1
            yield index
            at = whole.find(self._seed, starts[index + 1]) if index + 1 < len(starts) else -1

    def within(self, letters: str) -> bool:
        return self._seed in letters and bool(self.pattern.search(letters))

    def spans(self, letters: str) -> list[tuple[int, int]]:
        return [match.span() for match in self.pattern.finditer(letters)] if self._seed in letters else []

    def without(self, letters: str) -> str | None:
        """The letters with a gap where the phrase stood; ``None`` when it does not occur."""
        if self._seed not in letters:
            return None
        rest, times = self.pattern.subn("\n", letters)
        return rest if times else None

    def first(self, text: str) -> int:
        """The character of ``text`` at which the phrase begins first."""
        return next(Folded(text).spans(self.pattern))[0]


@lru_cache(maxsize=4096)
def exact(written: str) -> Phrase:
    """The phrase as it is written: ``*`` is any letters of a word, alone any word, and ``#`` a number."""
    words = [fold(word) if word not in "*#" else word for word in written.split()]
    pattern = _BETWEEN.join(_word(word) for word in words)
    first, last = words[0][0], words[-1][-1]
    before = r"(?<!\w)" if first in "*#" or first.isalnum() else ""
    after = r"(?!\w)" if last in "*#" or last.isalnum() else ""
    return Phrase(written, f"{before}{pattern}{after}", _longest(words))


@lru_cache(maxsize=4096)
def term(written: str) -> Phrase:
    """One form of a term of the glossary, as ``finding.form`` understands it."""
    words = [fold(word.rstrip("*")) for word in written.split()]
    return Phrase(written, form(written), _longest([_ARTICLE.sub("", word).rstrip("ه") for word in words]))


@lru_cache(maxsize=4096)
def agreed(written: str) -> Phrase:
    """The same for a text in which the term must only be there: an Arabic word may have any ending of its own."""
    words = [_ARTICLE.sub("", fold(word.rstrip("*"))).rstrip("هي") for word in written.split()]
    if not _ARABIC.match(words[0]) or min(map(len, words)) < 3:
        return term(written)
    before = r"(?:[وف]?[بكل]?(?:ا?ل)?)"  # and, so; with, like, for; the
    pattern = " ".join(rf"{before}{re.escape(word)}\w{{0,3}}" for word in words)
    return Phrase(written, rf"(?<!\w){pattern}(?!\w)", _longest(words))


def _word(word: str) -> str:
    if word in ("*", "#"):
        return r"\w+" if word == "*" else r"\d+"
    return r"\w*".join(re.escape(part) for part in word.split("*"))


def _longest(words: list[str]) -> str:
    return max((piece for word in words for piece in _PIECE.findall(word)), key=len, default="")
