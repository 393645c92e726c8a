"""Who may be the same person: names compared across Latin, Cyrillic and Arabic spellings. Pure; a person decides.

Two names are alike when each word of the shorter one, two at least, has its own word in the longer one that sounds the
same (``spelling``); the order does not count. Articles, bin and ibn are left aside. A patronymic may be missing; two
that differ tell two people apart. Initials say too little to count.
"""

import re
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations, product
from typing import Generic, TypeVar

from diploma.cohorts.roster.spelling import Word, words
from diploma.core.text import fold

MOST_WORDS = 6
FULLEST = 200  # names under one key that are compared: a list made to be slow is not

_SEPARATE = re.compile(r"[^\w]+")
_JOINED_ARTICLE = re.compile(r"\b(?:al|el|ul|ur|us|as|ash|ad|ar|an|at|az|ud)[-‐–](?=\w)")
_ASIDE = frozenset(["al", "el", "ul", "bin", "ben", "ibn", "ibnu", "bn", "bint", "ال", "بن", "ابن", "بنت"])
_SERVANT = frozenset(["abd", "abdu", "abdul", "abdel", "abdal", "abdur", "abdus", "عبد"])
_SON_OF = frozenset(["ogli", "ugli", "oglu", "uglu", "ogly", "ugly", "qizi", "kizi", "kyzy", "qyzy", "اوغلي", "قيزي"])
_PATRONYMIC = re.compile(r"(.{2,}?)(?:ovich|evich|ovna|evna|ogli|ugli|qizi|kizi|وفيتش|يفيتش|وفنا|يفنا)")

Key = TypeVar("Key", bound=Hashable)
Readings = tuple[Word, ...]


@dataclass(frozen=True)
class Name:
    """The words of a name, each in its readings, and the father's name when a patronymic gives it."""

    folded: str
    words: tuple[Readings, ...]
    father: Readings = ()


@lru_cache(maxsize=50_000)
def read(folded: str) -> Name:
    """The words of a folded name that count."""
    text = _JOINED_ARTICLE.sub("", folded)
    tokens = [one for one in _SEPARATE.split(text.replace("_", " ")) if len(one) > 1]
    names, father = _without_patronymic([one for one in tokens if one not in _ASIDE])
    return Name(folded, tuple(words(one) for one in _joined(names)[:MOST_WORDS]), words(father) if father else ())


def alike(one: str, other: str) -> bool:
    """Whether two names may be the same person's."""
    return _alike(read(fold(one)), read(fold(other)))


class Index(Generic[Key]):
    """Names to look up: a name is compared with those only that share the sounds of two of its words."""

    def __init__(self, names: Iterable[tuple[Key, str]]) -> None:
        self._holders: dict[str, set[Key]] = defaultdict(set)
        for key, name in names:
            if folded := fold(name):
                self._holders[folded].add(key)
        self._by_pair: dict[tuple[str, str], list[Name]] = defaultdict(list)
        for folded in self._holders:
            name_ = read(folded)
            for pair in _pairs(name_):
                self._by_pair[pair].append(name_)

    def find(self, name: str) -> set[Key]:
        """The keys of all names that are like this one."""
        folded = fold(name)
        wanted = read(folded)
        found = set(self._holders.get(folded, ()))
        met = {folded}
        for pair in _pairs(wanted):
            for one in self._by_pair.get(pair, ())[:FULLEST]:
                if one.folded not in met:
                    met.add(one.folded)
                    if _alike(wanted, one):
                        found |= self._holders[one.folded]
        return found


def _alike(one: Name, other: Name) -> bool:
    if one.folded == other.folded:
        return bool(one.folded)
    if one.father and other.father and not _sound_alike(one.father, other.father):
        return False
    shorter, longer = sorted((one.words, other.words), key=len)
    return len(shorter) > 1 and _paired(shorter, longer)


def _paired(shorter: tuple[Readings, ...], longer: tuple[Readings, ...]) -> bool:
    """Whether each word of the shorter name finds a word of its own in the longer one."""
    if not shorter:
        return True
    first, rest = shorter[0], shorter[1:]
    return any(
        _sound_alike(first, one) and _paired(rest, longer[:place] + longer[place + 1 :])
        for place, one in enumerate(longer)
    )


def _sound_alike(one: Readings, other: Readings) -> bool:
    return any(a.alike(b) for a in one for b in other)


def _pairs(name: Name) -> Iterator[tuple[str, str]]:
    keys = [sorted({one.key for one in readings}) for readings in name.words]
    seen = {(a, b) if a <= b else (b, a) for one, other in combinations(keys, 2) for a, b in product(one, other)}
    yield from seen


def _without_patronymic(tokens: list[str]) -> tuple[list[str], str]:
    """The other words, and the father's name, ``""`` when none is given."""
    for place, token in enumerate(tokens):
        if token in _SON_OF and place > 1:
            return tokens[: place - 1] + tokens[place + 1 :], tokens[place - 1]
        if len(tokens) > 2 and (patronymic := _PATRONYMIC.fullmatch(token)):
            return tokens[:place] + tokens[place + 1 :], patronymic[1]
    return tokens, ""


def _joined(tokens: list[str]) -> list[str]:
    """Abd al-Rahman, Abdul Rahman and Abdulrahman are one word."""
    made: list[str] = []
    for token in tokens:
        if made and made[-1] in _SERVANT:
            made[-1] = ("عبد" if made[-1] == "عبد" else "abd") + token.removeprefix("ال")
        else:
            made.append(token)
    return made
