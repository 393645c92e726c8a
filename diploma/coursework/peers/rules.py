"""Rules of peer review: the life of a review, who reviews whom, and what reviews give together. Pure.

Works are given out level by level: everybody gets one, then everybody a second one, and so on, each time along paths
that leave nobody without whom an exchange could help. So all get the same number wherever that is possible at all, and
what conflicts of interest leave over is spread as evenly as this order allows.
"""

import enum
import hashlib
from collections import deque
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from statistics import median

from diploma.core.errors import N_, Refused
from diploma.core.lang import Lang
from diploma.coursework.peers.models import ReviewState
from diploma.coursework.rules import CENT, PeerPart

MOVES: dict[ReviewState, frozenset[ReviewState]] = {
    ReviewState.GIVEN: frozenset({ReviewState.BEGUN, ReviewState.DONE}),
    ReviewState.BEGUN: frozenset({ReviewState.BEGUN, ReviewState.DONE}),
    ReviewState.DONE: frozenset({ReviewState.DONE}),  # changed until the end, and only by a whole review
}
FEWEST = 2  # works without which there is nobody to review
SPARE_DAYS = 3  # for what nobody has reviewed, after the end; and the least that anybody has for a review
WARNING = timedelta(days=2)

Pair = tuple[int, int]  # reviewer, work


class TooFew(Refused):
    """There is nobody who could review."""

    def __init__(self) -> None:
        super().__init__(N_("Fewer than two works are handed in: there is nobody who could review."))


class Far(enum.IntEnum):
    """How far the language of a work is from a reader: their own, another one that they read, none of theirs."""

    OWN = 0
    READ = 1
    STRANGE = 2


@dataclass(frozen=True)
class Person:
    """Who takes part: the language of their work, those that they read besides, and those whose works are kept from
    them. ``id`` stands for the person and for the work."""

    id: int
    lang: Lang
    reads: frozenset[Lang] = frozenset()
    barred: frozenset[int] = frozenset()

    def far(self, other: "Person") -> Far:
        if other.lang == self.lang:
            return Far.OWN
        return Far.READ if other.lang in self.reads else Far.STRANGE

    def may_review(self, other: "Person") -> bool:
        return other.id != self.id and other.id not in self.barred


def place(seed: str, number: int) -> str:
    """Where somebody stands in the order of chance: nobody knows it before the seed, everybody can check it after."""
    return hashlib.sha256(f"{seed}:{number}".encode()).hexdigest()


def share(people: Collection[Person], count: int, seed: str) -> list[Pair]:
    """Who reviews whose work: ``count`` each, or as many as there are others. The same seed gives the same pairs.

    Nobody reviews themselves, a work twice, or what is kept from them. Works in the reader's own language come first,
    then those in a language that they read: no exchange of two pairs would bring them nearer. :class:`TooFew`.
    """
    if len(people) < FEWEST:
        raise TooFew
    deal = _Deal(sorted(people, key=lambda one: place(seed, one.id)))
    for level in range(1, min(count, len(people) - 1) + 1):
        for far in Far:
            deal.fill(level, far)
    deal.exchange()
    return sorted((reader, work) for reader, works in deal.works.items() for work in works)


class _Deal:
    """Works being given out. ``works`` of each reader, ``readers`` of each work, in the order of chance."""

    def __init__(self, order: Sequence[Person]) -> None:
        self.people = {one.id: one for one in order}
        self.works: dict[int, list[int]] = {one.id: [] for one in order}
        self.readers: dict[int, list[int]] = {one.id: [] for one in order}
        self._near: dict[Far, dict[int, list[int]]] = {far: {} for far in Far}
        for at, one in enumerate(order):  # each looks round the circle from their own place: neighbours meet few others
            others = [other for other in (*order[at + 1 :], *order[:at]) if one.may_review(other)]
            others.sort(key=one.far)
            for far in Far:
                self._near[far][one.id] = [other.id for other in others if one.far(other) <= far]

    def fill(self, level: int, far: Far) -> None:
        """Give everybody works until they have ``level`` of them, as long as any path of exchanges leads to a work with
        fewer readers than that. What a search has found closed stays closed: no later path leads out of it."""
        closed: set[int] = set()
        for reader, works in self.works.items():
            while len(works) < level:
                path = self._path(reader, level, self._near[far], closed)
                if not path:
                    break
                for one, work, instead in path:
                    self._take(one, work)
                    if instead is not None:
                        self._drop(one, instead)

    def _path(
        self, start: int, level: int, near: Mapping[int, list[int]], closed: set[int]
    ) -> list[tuple[int, int, int | None]]:
        """Steps (reader, new work, work given up for it) from a reader to a work that lacks readers; or nothing."""
        came: dict[int, tuple[int, int | None]] = {}  # work → its new reader, and what that one gives up
        ahead: deque[tuple[int, int | None]] = deque([(start, None)])
        while ahead:
            reader, given_up = ahead.popleft()
            for work in near[reader]:
                if work in came or work in closed or work in self.works[reader]:
                    continue
                came[work] = (reader, given_up)
                if len(self.readers[work]) < level:
                    return self._back(came, work)
                ahead.extend((other, work) for other in self.readers[work])
        closed.update(came)
        return []

    @staticmethod
    def _back(came: Mapping[int, tuple[int, int | None]], end: int) -> list[tuple[int, int, int | None]]:
        steps: list[tuple[int, int, int | None]] = []
        work: int | None = end
        while work is not None:
            reader, given_up = came[work]
            steps.append((reader, work, given_up))
            work = given_up
        return steps

    def _take(self, reader: int, work: int) -> None:
        self.works[reader].append(work)
        self.readers[work].append(reader)

    def _drop(self, reader: int, work: int) -> None:
        self.works[reader].remove(work)
        self.readers[work].remove(reader)

    def exchange(self) -> None:
        """Let two readers exchange works while that brings works nearer to languages that are read."""
        found = True
        while found:
            found = False
            for reader in self.works:
                for work in list(self.works[reader]):
                    if self._far(reader, work) is not Far.OWN and self._exchange_one(reader, work):
                        found = True

    def _exchange_one(self, reader: int, work: int) -> bool:
        for other, theirs in self.works.items():
            for instead in theirs:
                if self._better(reader, work, other, instead):
                    self._drop(reader, work)
                    self._drop(other, instead)
                    self._take(reader, instead)
                    self._take(other, work)
                    return True
        return False

    def _better(self, reader: int, work: int, other: int, instead: int) -> bool:
        if other == reader or work in self.works[other] or instead in self.works[reader]:
            return False
        if not (self._may(reader, instead) and self._may(other, work)):
            return False
        before = _cost(self._far(reader, work), self._far(other, instead))
        return _cost(self._far(reader, instead), self._far(other, work)) < before

    def _may(self, reader: int, work: int) -> bool:
        return self.people[reader].may_review(self.people[work])

    def _far(self, reader: int, work: int) -> Far:
        return self.people[reader].far(self.people[work])


def _cost(*fars: Far) -> tuple[int, int]:
    """Strange languages weigh more than any number of others."""
    return fars.count(Far.STRANGE), fars.count(Far.READ)


@dataclass(frozen=True)
class Pile:
    """A work from the view of who could review it: how many reviews are done, and by how many people it is read."""

    author: Person
    done: int
    given: int


def neediest(reader: Person, piles: Collection[Pile], had: Collection[int], seed: str) -> int | None:
    """Of the works that ``reader`` may review and has not had: one that they can read, with the fewest reviews."""
    free = [one for one in piles if reader.may_review(one.author) and one.author.id not in had]

    def order(one: Pile) -> tuple[bool, int, int, int, str]:
        far = reader.far(one.author)
        return far is Far.STRANGE, one.done, one.given, far, place(seed, one.author.id)

    return min(free, key=order).author.id if free else None


def part(raws: Sequence[Decimal], weight: int, least: int) -> PeerPart | None:
    """What reviews add to a mark; ``None`` when there are too few, or they do not count."""
    if not weight or len(raws) < max(least, 1):
        return None
    return PeerPart(Decimal(median(raws)).quantize(CENT, ROUND_HALF_UP), weight, len(raws))


def differences(pairs: Collection[tuple[Decimal, Decimal]]) -> tuple[Decimal, Decimal] | None:
    """How far the medians of the reviews are from the mark of the rubric: on average, and at most."""
    apart = [abs(one - other) for one, other in pairs]
    return (sum(apart, Decimal(0)) / len(apart), max(apart)) if apart else None


def shows(
    *, now: datetime, until: Collection[datetime], owed: bool, released: bool, must_review: bool, after_release: bool
) -> bool:
    """Whether an author sees a review: its time and that of the round are over, and the rules ask for nothing more.
    ``owed``: whether the author has not done their own reviews."""
    return now > max(until) and not (must_review and owed) and (released or not after_release)
