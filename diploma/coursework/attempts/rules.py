"""Rules of attempts: how often a work may be handed in, and which mark of several counts (spec assessment, "Attempts").
Pure.

An attempt is a version with all that belongs to it: its resubmission, which has a cap, and what came in place of a
returned version. The mark of an attempt is its best one, because a resubmission takes nothing away (``decisions``:
late); between attempts the ``Scoring`` decides.
"""

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from diploma.learning.record import Record
from diploma.learning.structure import ResubmissionRules


class Opens(enum.StrEnum):
    """How a new attempt, with a mark of its own and without a cap, comes about.

    ``ONCE`` opens the second one by itself after a mark below the limit, ``UNTIL_PASSED`` each further one.
    """

    NEVER = "never"
    BY_HAND = "by_hand"
    ONCE = "once"
    UNTIL_PASSED = "until_passed"


class Begins(enum.StrEnum):
    """What stands in the draft of a new attempt."""

    EMPTY = "empty"
    COPIED = "copied"


class Scoring(enum.StrEnum):
    """Which mark counts for the assignment when several attempts have one."""

    LATEST = "latest"
    BEST = "best"
    AVERAGE = "average"


@dataclass(frozen=True)
class AttemptPolicy(Record):
    """The rules of attempts. A resubmission is opened by its author, ``times`` in each attempt and ``within_days`` of
    the release, and counts at most ``cap``.

    ``most`` attempts are allowed, however they are opened; one that opens by itself is due after ``days``.
    """

    times: int
    cap: int
    within_days: int
    opens: Opens = Opens.BY_HAND
    most: int = 3
    days: int = 14
    begins: Begins = Begins.COPIED
    scoring: Scoring = Scoring.BEST

    @classmethod
    def of(cls, programme: ResubmissionRules) -> "AttemptPolicy":
        """What the programme says, where the cohort says nothing else."""
        return cls(programme.times, programme.cap, programme.within_days)

    def allows(self, number: int) -> bool:
        """Whether the staff may open an attempt of this number."""
        return self.opens is not Opens.NEVER and number <= self.most

    @property
    def opens_itself(self) -> bool:
        return self.opens in (Opens.ONCE, Opens.UNTIL_PASSED)

    def follows(self, number: int, mark: Decimal | None, limit: int) -> bool:
        """Whether an attempt of this number opens by itself, now that ``mark`` counts."""
        if mark is None or mark >= limit or number > self.most:
            return False
        return self.opens is Opens.UNTIL_PASSED or (self.opens is Opens.ONCE and number == 2)


def score(scoring: Scoring, marks: Mapping[int, Decimal]) -> Decimal | None:
    """The mark that counts, of attempt number → its mark, 0 to 100; unrounded, ``None`` when no attempt has one."""
    if not marks:
        return None
    match scoring:
        case Scoring.LATEST:
            return marks[max(marks)]
        case Scoring.BEST:
            return max(marks.values())
    return sum(marks.values(), Decimal(0)) / len(marks)
