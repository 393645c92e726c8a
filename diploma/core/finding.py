"""Words found in running text whatever letters they are typed in: ``hujjat`` finds ҳужжат.

A text is searched in its folded form (``text.fold``), and what was found is told in places of the text as it stands.
"""

import re
from array import array
from collections.abc import Iterable, Iterator
from functools import lru_cache

from diploma.core.text import fold

MOST_WORDS = 12
Piece = tuple[str, bool]  # a stretch of text, and whether it is what was looked for

_LETTER = re.compile("[^\u0300-\u036f\u064b-\u065f\u0670][\u0300-\u036f\u064b-\u065f\u0670]*|.", re.DOTALL)
_DROPPED = re.compile("k+(?=h)|y+(?=e)| +(?= )")  # what ``fold`` makes one of several letters
_ARABIC = re.compile("[\u0621-\u064a]")
_ARTICLE = re.compile("^(?:ال|لل)(?=..)")
_BEFORE = "[وف]?(?:[بك]?ال|لل|[بكل])?"  # and, so, with, like, for, the: written on the Arabic word itself
_ENDING = re.compile("(?<=...)[aeiouy]+$")


class Folded:
    """``text`` beside its folded form ``letters``, whose every letter knows where it comes from."""

    def __init__(self, text: str) -> None:
        self.text = text
        parts, where = [], array("I")
        for match in _LETTER.finditer(text):
            part = _folded(match[0])
            parts.append(part)
            where.extend([match.start()] * len(part))
        joined = "".join(parts)
        dropped: set[int] = set()
        for match in _DROPPED.finditer(joined):
            dropped.update(range(*match.span()))
            where[match.end()] = where[match.start()]
        self.letters = "".join(letter for at, letter in enumerate(joined) if at not in dropped)
        self._where = array("I", (place for at, place in enumerate(where) if at not in dropped))
        self._where.append(len(text))

    def spans(self, pattern: re.Pattern[str]) -> Iterator[tuple[int, int, re.Match[str]]]:
        """Where ``pattern``, which is written for folded letters, occurs: from and to in ``text``, and the match."""
        for match in pattern.finditer(self.letters):
            if match.end() > match.start():
                yield self._where[match.start()], self._where[match.end()], match


@lru_cache(maxsize=4096)
def _folded(letter: str) -> str:
    return " " if letter.isspace() else fold(letter)


def words(query: str) -> list[str]:
    """The different words that somebody typed, folded; single letters count only when there is nothing else."""
    found = list(dict.fromkeys(re.findall(r"\w+", fold(query))))
    return ([word for word in found if len(word) > 1] or found)[:MOST_WORDS]


def beginning(word: str) -> re.Pattern[str]:
    """Whole words of a folded text that begin as ``word`` does, whatever its ending.

    The ending that cases change is left out of longer words; an Arabic word may carry its article and prefixes.
    """
    stem = _ENDING.sub("", word) if len(word) > 4 else word
    return re.compile(rf"(?<!\w){_stem(stem)}\w*")


def form(written: str) -> str:
    """A regular expression for one form of a term: ``таблиц* доказательств``; ``*`` stands for any ending."""
    return r"(?<!\w)" + " ".join(_form(word) for word in written.split()) + r"(?!\w)"


def _form(word: str) -> str:
    return _stem(fold(word.rstrip("*"))) + (r"\w*" if word.endswith("*") else "")


def _stem(folded: str) -> str:
    if not _ARABIC.match(folded):
        return re.escape(folded)
    bare = _ARTICLE.sub("", folded)
    return _BEFORE + (f"{bare[:-1]}[هت]" if bare.endswith("ه") else bare)  # ة is ت before a suffix


def any_of(patterns: Iterable[re.Pattern[str]]) -> re.Pattern[str]:
    return re.compile("|".join(pattern.pattern for pattern in patterns))


def marked(folded: Folded, pattern: re.Pattern[str]) -> list[Piece]:
    """The whole text with what was found told apart."""
    return _pieces(folded.text, [(start, end) for start, end, _ in folded.spans(pattern)], 0, len(folded.text))


def excerpt(folded: Folded, pattern: re.Pattern[str], room: int = 90) -> list[Piece]:
    """The text round the first place that was found, about ``room`` characters to each side, cut between words."""
    spans = [(start, end) for start, end, _ in folded.spans(pattern)]
    text, (first, last) = folded.text, spans[0] if spans else (0, 0)
    begin = max(0, first - room)
    begin = text.find(" ", begin, first) + 1 if begin else 0
    end = min(len(text), last + 2 * room)
    end = max(last, text.rfind(" ", last, end)) if end < len(text) else end
    pieces = _pieces(text, spans, begin, end)
    return [*([("… ", False)] if begin else []), *pieces, *([(" …", False)] if end < len(text) else [])]


def _pieces(text: str, spans: list[tuple[int, int]], begin: int, end: int) -> list[Piece]:
    pieces: list[Piece] = []
    at = begin
    for start, stop in spans:
        if start >= begin and stop <= end:
            pieces += [(text[at:start], False), (text[start:stop], True)]
            at = stop
    return [piece for piece in (*pieces, (text[at:end], False)) if piece[0]]
