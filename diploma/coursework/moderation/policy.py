"""The rules of second marking: who is marked twice, and how two marks become one (spec assessment, "Second marking").

Pure. Nothing is marked twice until a cohort says so. All limits are compared with the mark of the rubric, before
anything is taken from it: what a late work loses says nothing about its marker.
"""

import enum
import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from diploma.coursework.policies import Area
from diploma.learning.record import Record


class Within(enum.StrEnum):
    """What is agreed where both marks are as near as the rules allow."""

    AVERAGE = "average"
    HIGHER = "higher"
    AGREED = "agreed"


class Why(enum.StrEnum):
    """The rule by which a work is marked a second time."""

    ALL = "all"
    FAIL = "fail"
    DISTINCTION = "distinction"
    BORDER = "border"
    SAMPLE = "sample"


@dataclass(frozen=True)
class SecondPolicy(Record):
    """Who is marked twice: all, or those below the pass mark, those of the highest band, those within ``border`` points
    of either limit, and ``sample`` per cent of all. Above ``threshold`` points of difference a third marker decides or
    both agree. ``calibrate`` samples are marked before a marker begins."""

    on: bool = False
    every: bool = False
    fails: bool = True
    distinctions: bool = True
    border: int = 3
    sample: int = 10
    threshold: int = 5
    within: Within = Within.AVERAGE
    calibrate: int = 0


SECOND = Area("second", SecondPolicy, lambda _programme: SecondPolicy())


@dataclass(frozen=True)
class Limits:
    """The least mark that passes, and the least of the highest band."""

    passed: int
    distinction: int


def place(seed: str, receipt: str) -> str:
    """Where a work stands in the order of the sample: nobody knows it before the seed, everybody can check it after."""
    return hashlib.sha256(f"{seed}:{receipt}".encode()).hexdigest()


def cutoff(policy: SecondPolicy, seed: str, receipts: Collection[str]) -> str:
    """The last place that belongs to the sample: of the works marked so far the first ``sample`` per cent, rounded up.
    A mark that is set later joins when its place is not behind it."""
    wanted = -(-len(receipts) * policy.sample // 100)
    return sorted(place(seed, one) for one in receipts)[wanted - 1] if wanted else ""


def reasons(policy: SecondPolicy, limits: Limits, raw: Decimal) -> list[Why]:
    """The rules that choose a work by its mark, which is 0 to 100."""
    if not policy.on:
        return []
    if policy.every:
        return [Why.ALL]
    near = min(abs(raw - one) for one in (limits.passed, limits.distinction))
    found = {
        Why.FAIL: policy.fails and raw < limits.passed,
        Why.DISTINCTION: policy.distinctions and raw >= limits.distinction,
        Why.BORDER: bool(policy.border) and near <= policy.border,
    }
    return [why for why, holds in found.items() if holds]


def chosen(policy: SecondPolicy, limits: Limits, raw: Decimal, *, at: str, cut: str) -> list[Why]:
    """All rules that choose a work; ``at`` is its place in the order of the sample, ``cut`` the last that belongs."""
    found = reasons(policy, limits, raw)
    sampled = policy.on and not policy.every and at <= cut
    return [*found, Why.SAMPLE] if sampled else found
