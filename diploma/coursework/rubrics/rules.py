"""What differs between two rubrics of one assignment. Pure.

A work is marked for ever by the rubric under which it was handed in; whoever marks it learns here what is asked of
works that come in now.
"""

import enum
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from diploma.learning.structure import Level, Rubric

Say = Callable[[str], str]  # the text of a rubric under a key such as ``statement/title``


class What(enum.StrEnum):
    """In what two rubrics differ."""

    GONE = "gone"
    ADDED = "added"
    WEIGHT = "weight"
    TITLE = "title"
    LEVEL_GONE = "level_gone"
    LEVEL_ADDED = "level_added"
    SHARE = "share"
    LEVEL_TITLE = "level_title"
    DESCRIPTORS = "descriptors"
    ASSIGNMENT_GONE = "assignment_gone"


@dataclass(frozen=True)
class Difference:
    """``criterion`` and ``levels`` are ids; ``before`` and ``after`` weights or shares, where these are others."""

    what: What
    criterion: str = ""
    levels: tuple[str, ...] = ()
    before: int = 0
    after: int = 0


def between(old: Rubric, new: Rubric, before: Say, after: Say) -> list[Difference]:
    """The levels first, then criterion by criterion; ``before`` and ``after`` say the texts of both."""
    kept = {one.id: one for one in old.criteria}
    now = {one.id: one for one in new.criteria}
    found = _levels(old.levels, new.levels, before, after)
    found += [Difference(What.GONE, one) for one in kept if one not in now]
    shared = [one.id for one in old.levels if one.id in {level.id for level in new.levels}]
    for criterion, one in now.items():
        if criterion not in kept:
            found.append(Difference(What.ADDED, criterion))
            continue
        if one.weight != kept[criterion].weight:
            found.append(Difference(What.WEIGHT, criterion, before=kept[criterion].weight, after=one.weight))
        if before(f"{criterion}/title") != after(f"{criterion}/title"):
            found.append(Difference(What.TITLE, criterion))
        keys = {level: f"{criterion}/{level}" for level in shared}
        if other := tuple(level for level, key in keys.items() if before(key) != after(key)):
            found.append(Difference(What.DESCRIPTORS, criterion, other))
    return found


def _levels(old: Sequence[Level], new: Sequence[Level], before: Say, after: Say) -> list[Difference]:
    kept, now = {one.id: one.share for one in old}, {one.id: one.share for one in new}
    found = [Difference(What.LEVEL_GONE, levels=(one,)) for one in kept if one not in now]
    for level, share in now.items():
        if level not in kept:
            found.append(Difference(What.LEVEL_ADDED, levels=(level,)))
            continue
        if share != kept[level]:
            found.append(Difference(What.SHARE, levels=(level,), before=kept[level], after=share))
        if before(f"levels/{level}") != after(f"levels/{level}"):
            found.append(Difference(What.LEVEL_TITLE, levels=(level,)))
    return found
