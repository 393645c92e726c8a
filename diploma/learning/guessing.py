"""How likely somebody who knows nothing passes a quiz. Pure and exact: whole numbers and fractions, no simulation.

The guesser fills in everything and knows what the page tells: how many options of a multiple are right (stems say
it), that each right side of a match belongs to one left side, that each place of an order is taken once. All such
answers are equally likely. Numbers, short texts and essays are never guessed. What an answer earns is the rule of
``quizzes.rules.share``, what is drawn that of ``quizzes.rules.drawn`` (``decisions``: quiz scoring).
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from fractions import Fraction
from math import comb, lcm, perm

from diploma.learning.structure import Item, ItemType, Quiz

Shares = Mapping[Fraction, int]  # the part of the points → how many of the equally likely answers earn it
Surplus = dict[int, int]  # points above or below the pass mark, in units → ways
_CERTAIN: Surplus = {0: 1}


def chance(quiz: Quiz) -> Fraction:
    """The probability, 0 to 1, that one attempt of pure guessing reaches ``pass_at`` per cent of its points.

    An item counts by its surplus: what it earned less the pass mark's part of its points. An attempt passes when the
    surpluses of its items add up to 0 or more, so one whole number an item is all that is convolved.
    """
    shares = {item.id: guesses(item) for item in quiz.items}
    needed = Fraction(quiz.pass_at, 100)
    unit = lcm(100, *(share.denominator for found in shares.values() for share in found))
    surpluses = {
        item.id: {int(item.points * (share - needed) * unit): ways for share, ways in shares[item.id].items()}
        for item in quiz.items
    }
    outcomes = _CERTAIN
    for bank, drawn in draws(quiz):
        outcomes = _convolved(outcomes, _sample([surpluses[item.id] for item in bank], drawn))
    return Fraction(sum(ways for surplus, ways in outcomes.items() if surplus >= 0), sum(outcomes.values()))


def draws(quiz: Quiz) -> list[tuple[list[Item], int]]:
    """The parts of the bank from which an attempt is drawn apart, each with how many items it gives."""
    if not quiz.mix:
        return [(list(quiz.items), min(quiz.draw, len(quiz.items)))]
    banks = {kind: [item for item in quiz.items if item.type is kind] for kind in quiz.mix}
    return [(banks[kind], min(number, len(banks[kind]))) for kind, number in quiz.mix.items()]


def guesses(item: Item) -> Shares:
    """What all guesses at an item earn."""
    match item.type:
        case ItemType.SINGLE | ItemType.TRUE_FALSE:
            return {Fraction(1): 1, Fraction(0): len(item.options) - 1}
        case ItemType.MULTIPLE:
            return _multiple(len(item.options), len(item.key))
        case ItemType.MATCH if len(set(item.pairs.values())) == len(item.pairs):
            return _matched(len(item.pairs), len(item.right))
        case ItemType.MATCH:
            return _chosen_apart(len(item.pairs), len(item.right))
        case ItemType.ORDER:
            return _ordered(len(item.options))
    return {Fraction(0): 1}


def _multiple(options: int, right: int) -> Shares:
    """``right`` of the options are ticked: max(0, right ones − wrong ones) of them count."""
    found: Counter[Fraction] = Counter()
    for good in range(right + 1):
        found[Fraction(max(0, 2 * good - right), right)] += comb(right, good) * comb(options - right, right - good)
    return found


def _matched(left: int, right: int) -> Shares:
    """Each left side gets a right side of its own; by inclusion and exclusion over those that are hit besides."""
    return {
        Fraction(hits, left): comb(left, hits)
        * sum((-1) ** more * comb(left - hits, more) * perm(right - hits - more, left - hits - more)
              for more in range(left - hits + 1))
        for hits in range(left + 1)
    }  # fmt: skip


def _chosen_apart(left: int, right: int) -> Shares:
    """A right side may belong to several left ones, so each is chosen by itself."""
    return {Fraction(hits, left): comb(left, hits) * (right - 1) ** (left - hits) for hits in range(left + 1)}


def _ordered(options: int) -> Shares:
    """Neighbours in the key's order are ascents; Eulerian numbers count the orders by their ascents."""
    return {
        Fraction(ascents, options - 1): sum(
            (-1) ** step * comb(options + 1, step) * (ascents + 1 - step) ** options for step in range(ascents + 1)
        )
        for ascents in range(options)
    }


def _sample(bank: Iterable[Surplus], drawn: int) -> Surplus:
    """The sum over ``drawn`` items of the bank, every choice of items equally likely.

    ``sums[n]`` are the ways to have drawn n of the items so far. An item that is not drawn counts by all its answers,
    so that every choice keeps the same weight.
    """
    sums: list[Surplus] = [_CERTAIN, *({} for _ in range(drawn))]
    for item in bank:
        answers = sum(item.values())
        for number in range(drawn, 0, -1):
            with_it = _convolved(sums[number - 1], item)
            sums[number] = _added(sums[number], answers, with_it)
        sums[0] = {0: sums[0][0] * answers}
    return sums[drawn]


def _convolved(one: Surplus, other: Surplus) -> Surplus:
    found: Surplus = {}
    for first, ways in one.items():
        for second, more in other.items():
            found[first + second] = found.get(first + second, 0) + ways * more
    return found


def _added(one: Surplus, times: int, other: Surplus) -> Surplus:
    found = {surplus: ways * times for surplus, ways in one.items()}
    for surplus, ways in other.items():
        found[surplus] = found.get(surplus, 0) + ways
    return found
