"""Words found in running text whatever letters they are typed in: ``hujjat`` finds ҳужжат.

A text is searched in its folded form (``text.fold``), and what was found is told in places of the text as it stands.
"""

import re
from array import array
from collections.abc import Iterable, Iterator
from functools import lru_cache
from unicodedata import is_normalized

from diploma.core.text import fold, normal

LONGEST, MOST_WORDS = 200, 12  # of a query: characters, and words that count
Span = tuple[int, int, re.Match[str]]
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

    def spans(self, pattern: re.Pattern[str]) -> Iterator[Span]:
        """Where ``pattern``, which is written for folded letters, occurs: from and to in ``text``, and the match."""
        for match in pattern.finditer(self.letters):
            if match.end() > match.start():
                yield self._where[match.start()], self._where[match.end()], match


class _Table(dict[int, str]):
    """What each letter becomes, learnt when it is first met."""

    def __missing__(self, letter: int) -> str:
        self[letter] = _folded(chr(letter))
        return self[letter]


_TABLE = _Table()


def letters(text: str) -> str:
    """The letters of ``Folded(text)`` without their places: many times faster, for texts in which little is found."""
    composed = text if is_normalized("NFC", text) else normal("NFC", text)
    return _DROPPED.sub("", composed.translate(_TABLE))


@lru_cache(maxsize=4096)
def _folded(letter: str) -> str:
    return " " if letter.isspace() else fold(letter)


class Sought:
    """What somebody typed into a search field; false when it holds no word.

    A word finds every word of a text that begins as it does, in any script and with any ending; an Arabic word of the
    text may carry its article and prefixes.
    """

    def __init__(self, query: str) -> None:
        self.words = _words(query)
        stems = [_ENDING.sub("", word) if len(word) > 4 else word for word in self.words]
        self._patterns = [re.compile(rf"(?<!\w){_stem(stem)}\w*") for stem in stems]
        self._any = re.compile("|".join(pattern.pattern for pattern in self._patterns) or r"(?!)")
        # Looked for first: most texts do not hold the letters at all, and that is told much faster.
        self._letters = [_ARTICLE.sub("", stem).rstrip("ه") for stem in stems]

    def __bool__(self) -> bool:
        return bool(self.words)

    def within(self, *texts: Folded) -> bool:
        """Whether each word occurs in one of the texts."""
        return all(
            any(letters in text.letters and pattern.search(text.letters) for text in texts)
            for letters, pattern in zip(self._letters, self._patterns, strict=True)
        )

    def marked(self, folded: Folded) -> list[Piece]:
        """The whole text with what was found told apart."""
        return _pieces(folded.text, folded.spans(self._any), 0, len(folded.text))

    def excerpt(self, folded: Folded, room: int = 90) -> list[Piece]:
        """The text round the first word found, some ``room`` characters before and twice as many after it."""
        spans, text = list(folded.spans(self._any)), folded.text
        first, last = spans[0][:2] if spans else (0, 0)
        begin = max(0, first - room)
        begin = text.find(" ", begin, first) + 1 if begin else 0
        end = min(len(text), last + 2 * room)
        end = max(last, text.rfind(" ", last, end)) if end < len(text) else end
        pieces = _pieces(text, spans, begin, end)
        return [*([("… ", False)] if begin else []), *pieces, *([(" …", False)] if end < len(text) else [])]


def _words(query: str) -> list[str]:
    """The different words, folded; single letters count only when there is nothing else."""
    found = list(dict.fromkeys(re.findall(r"\w+", fold(query))))
    return ([word for word in found if len(word) > 1] or found)[:MOST_WORDS]


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


def _pieces(text: str, spans: Iterable[Span], begin: int, end: int) -> list[Piece]:
    pieces: list[Piece] = []
    at = begin
    for start, stop, _match in spans:
        if start >= begin and stop <= end:
            pieces += [(text[at:start], False), (text[start:stop], True)]
            at = stop
    return [piece for piece in (*pieces, (text[at:end], False)) if piece[0]]
