"""How two marks of one work become one. Pure."""

from collections.abc import Mapping
from decimal import Decimal

from diploma.coursework.rules import points, raw_mark
from diploma.learning.structure import Rubric

Levels = Mapping[str, str]


def average(rubric: Rubric, one: Levels, other: Levels) -> dict[str, str]:
    """The levels between both, criterion by criterion, whose sum comes nearest to the mean of both marks; of two that
    are as near the higher one. A mark between two levels does not exist, and what is shown must add up.
    """
    wanted = (raw_mark(rubric, one) + raw_mark(rubric, other)) / 2
    sums: dict[Decimal, dict[str, str]] = {Decimal(0): {}}
    for criterion in rubric.criteria:
        between = _between(rubric, one[criterion.id], other[criterion.id])
        steps = [(level, points(rubric, criterion, level)) for level in between]
        grown: dict[Decimal, dict[str, str]] = {}
        for total, levels in sums.items():
            for level, more in steps:
                grown.setdefault(total + more, {**levels, criterion.id: level})
        sums = grown
    return sums[min(sums, key=lambda total: (abs(total - wanted), -total))]


def higher(rubric: Rubric, one: Levels, other: Levels) -> Levels:
    """The levels of the higher mark; of equals the first."""
    return other if raw_mark(rubric, other) > raw_mark(rubric, one) else one


def _between(rubric: Rubric, one: str, other: str) -> list[str]:
    """From the higher of two levels down to the lower, both with it."""
    order = [level.id for level in rubric.levels]
    first, last = sorted((order.index(one), order.index(other)))
    return order[first : last + 1]


def both(one: str, other: str) -> str:
    """Two comments as one text, each said once."""
    return "\n\n".join(dict.fromkeys(text for text in (one.strip(), other.strip()) if text))


def both_remarks(one: Mapping[str, str], other: Mapping[str, str]) -> dict[str, str]:
    """The same of the comments on each criterion."""
    return {criterion: both(one.get(criterion, ""), other.get(criterion, "")) for criterion in {**one, **other}}
