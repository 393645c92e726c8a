"""What a mark teaches: which criteria would give most, what the limit needs, how marks of a cohort may be shown. Pure.

Marks of others are counted, never listed: whoever sees the figures of today and those of last week, and knows who got
their mark in between, must not learn that mark. So the figures move in steps of :data:`STEP` people, and none stands
for fewer than :data:`FEWEST`.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from diploma.coursework.rules import Deduction, points, raw_mark
from diploma.learning.structure import Rubric

BANDS = (0, 50, 60, 70, 80, 90)  # where each band of marks begins
LEAST_MARKS = 10  # with fewer marks nothing is shown
STEP = 5  # people by which the figures grow
FEWEST = 3  # people in a band that is shown


# ---- one mark


@dataclass(frozen=True)
class Rise:
    """A criterion at the next level that gives more: ``points`` more."""

    criterion: str
    level: str
    points: Decimal


def rises(rubric: Rubric, levels: Mapping[str, str]) -> list[Rise]:
    """What each criterion would give at its next level: the one that gives most first, of equals in the order of the
    rubric. What stands at the highest level is not among them."""
    found = []
    for criterion in rubric.criteria:
        held = points(rubric, criterion, levels[criterion.id])
        upwards = [(level.id, points(rubric, criterion, level.id)) for level in reversed(rubric.levels)]
        better = next(((level, more) for level, more in upwards if more > held), None)
        if better:
            found.append(Rise(criterion.id, better[0], better[1] - held))
    return sorted(found, key=lambda one: -one.points)


def needed(limit: int, deductions: Sequence[Deduction]) -> Decimal | None:
    """The least mark of the rubric that counts ``limit`` after these deductions; ``None`` when none does."""
    wanted = Decimal(limit)
    for one in deductions:
        if one.waived:
            continue
        if one.at_most < limit:
            return None
        if one.floor < limit:
            wanted = max(wanted, Decimal(limit + one.off))
    return wanted if wanted <= 100 else None


def way(rubric: Rubric, levels: Mapping[str, str], goal: Decimal) -> dict[str, str]:
    """Criterion → level of one way to ``goal`` in small steps: no criterion rises twice before each that can has risen
    once, what gives most rises first, and none rises higher than it must. Empty when there is nothing to do, or no way.
    """
    held, steps, risen = dict(levels), [], Counter[str]()
    while raw_mark(rubric, held) < goal:
        ahead = rises(rubric, held)
        if not ahead:
            return {}
        step = min(ahead, key=lambda one: risen[one.criterion])
        steps.append((step, held[step.criterion]))
        held[step.criterion] = step.level
        risen[step.criterion] += 1
    for step, before in reversed(steps):
        if held[step.criterion] == step.level and raw_mark(rubric, held) - step.points >= goal:
            held[step.criterion] = before
    return {one: level for one, level in held.items() if level != levels[one]}


# ---- the marks of a cohort


@dataclass(frozen=True)
class Cell:
    """The bands from the place ``first`` to ``last``, and how many marks lie in them."""

    first: int
    last: int
    count: int


def starts(limit: int) -> tuple[int, ...]:
    """Where the bands begin when ``limit`` passes: no band lies on both sides of it."""
    return tuple(sorted({*BANDS, limit}))


def merged(counts: Sequence[int]) -> list[Cell]:
    """Neighbouring bands put together until each stands for at least :data:`FEWEST` people."""
    cells: list[Cell] = []
    first = held = 0
    for place, count in enumerate(counts):
        held += count
        if held >= FEWEST:
            cells.append(Cell(first, place, held))
            first, held = place + 1, 0
    if first < len(counts) and cells:
        last = cells.pop()
        cells.append(Cell(last.first, len(counts) - 1, last.count + held))
    return cells
