"""The arithmetic of a weighted matrix, as the lesson "Choosing a challenge and passing Gate 1" teaches it. Pure.

Each score, from 0 to the highest, is multiplied by the weight of its criterion; the sum divided by the highest score is
out of 100. Two rules guard the total: an option below the floor is out, and the fragility test asks whether ten points
of weight more here and less there would put another option first. Places are compared by the sums before the division,
which are whole, so that no rounding decides.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import permutations

from diploma.learning.sheets import Field

MOVED = 10  # points of weight

Scores = Sequence[Mapping[str, int]]  # of each option, by criterion


@dataclass(frozen=True)
class Option:
    """What became of an option.

    ``total`` is out of 100, ``None`` while a criterion has no score. ``rank`` counts from 1, equals share one; ``None``
    for an option that is out or has no total.
    """

    total: Decimal | None
    below_floor: bool
    rank: int | None


@dataclass(frozen=True)
class Move:
    """The criterion ``giver`` has ten points less, ``taker`` ten more: ``first`` are then in the first place."""

    giver: str
    taker: str
    first: tuple[int, ...]


@dataclass(frozen=True)
class Outcome:
    """``options`` in their order; ``first`` are the places in it, from 0, of those that share the first rank.

    ``moves`` are those that change who is first, a tie that appears or ends included. ``tested`` is false while fewer
    than two options have a rank.
    """

    options: tuple[Option, ...]
    first: tuple[int, ...]
    moves: tuple[Move, ...]
    tested: bool


def outcome(matrix: Field, scores: Scores) -> Outcome:
    """Totals, ranks and the fragility of the first place. A criterion lighter than ten points gives none away."""
    weights = {one.id: one.weight for one in matrix.criteria}
    below = {place for place, given in enumerate(scores) if _below_floor(matrix, given)}
    sums = {place: _sum(weights, given) for place, given in enumerate(scores) if given.keys() >= weights.keys()}
    ranked = sums.keys() - below
    options = tuple(
        Option(
            Decimal(sums[place]) / matrix.most if place in sums else None,
            place in below,
            1 + sum(sums[other] > sums[place] for other in ranked) if place in ranked else None,
        )
        for place in range(len(scores))
    )
    first, tested = _first(weights, scores, ranked), len(ranked) > 1
    moves = _moves(weights, scores, ranked) if tested else ()
    return Outcome(options, first, tuple(one for one in moves if one.first != first), tested)


def _below_floor(matrix: Field, given: Mapping[str, int]) -> bool:
    floor = matrix.floor
    return floor is not None and given.get(floor.criterion, floor.under) < floor.under


def _moves(weights: Mapping[str, int], scores: Scores, ranked: Collection[int]) -> tuple[Move, ...]:
    """Every way of moving ten points of weight, and who is first then."""
    return tuple(
        Move(
            giver,
            taker,
            _first({**weights, giver: weights[giver] - MOVED, taker: weights[taker] + MOVED}, scores, ranked),
        )
        for giver, taker in permutations(weights, 2)
        if weights[giver] >= MOVED
    )


def _first(weights: Mapping[str, int], scores: Scores, ranked: Collection[int]) -> tuple[int, ...]:
    sums = {place: _sum(weights, scores[place]) for place in sorted(ranked)}
    highest = max(sums.values(), default=0)
    return tuple(place for place, total in sums.items() if total == highest)


def _sum(weights: Mapping[str, int], given: Mapping[str, int]) -> int:
    return sum(weight * given[criterion] for criterion, weight in weights.items())
