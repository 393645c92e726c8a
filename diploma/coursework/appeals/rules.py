"""The rules of appeals (spec assessment, "Appeals"): until when, how soon answered, by whom, may a mark fall. Pure."""

import enum
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from statistics import median
from zoneinfo import ZoneInfo

from diploma.cohorts.workdays import Calendar
from diploma.coursework.appeals.models import AppealState, Outcome
from diploma.coursework.late import days_after, end_of
from diploma.learning.record import Record

LEAST, LONGEST = 20, 3_000  # characters of a reason; a word alone says nothing that could be examined
MAX_BYTES = 5_000_000
KINDS = ("pdf", "docx", "png", "jpg")  # of filetypes

_S = AppealState
# An answer of the first instance may be carried on once; what the second says is final. An appeal is taken back while
# it waits for an answer.
MOVES: dict[AppealState, frozenset[AppealState]] = {
    _S.OPEN: frozenset({_S.ANSWERED, _S.WITHDRAWN}),
    _S.ANSWERED: frozenset({_S.ESCALATED}),
    _S.ESCALATED: frozenset({_S.FINAL, _S.WITHDRAWN}),
    _S.FINAL: frozenset(),
    _S.WITHDRAWN: frozenset(),
}
WAITING = (_S.OPEN, _S.ESCALATED)


class Second(enum.StrEnum):
    """Who answers in the second instance."""

    DIRECTORS = "directors"  # directors and registrars of the programme
    MODERATORS = "moderators"  # besides, who moderates the marks of the cohort


@dataclass(frozen=True)
class AppealPolicy(Record):
    """A mark can be appealed against within ``within_days`` after its release, an answer that upholds it within
    ``escalate_days``. An answer is due within ``answer_days`` workdays of the cohort."""

    on: bool = True
    within_days: int = 10
    answer_days: int = 10
    escalate_days: int = 5
    may_fall: bool = False
    second: Second = Second.DIRECTORS

    def asked_until(self, released_at: datetime, zone: str) -> datetime:
        """The last instant at which an appeal is taken."""
        return days_after(released_at, self.within_days, zone)

    def escalated_until(self, answered_at: datetime, zone: str) -> datetime:
        """The last instant at which an upheld appeal goes on."""
        return days_after(answered_at, self.escalate_days, zone)

    def due_at(self, asked_at: datetime, zone: str, days: Calendar) -> datetime:
        """When the answer is due: the end of a workday."""
        day = asked_at.astimezone(ZoneInfo(zone)).date()
        return end_of(days.add_workdays(day, self.answer_days), zone)


@dataclass(frozen=True)
class Change:
    """A mark before and after an answer: of the rubric, and what counts."""

    raw: tuple[Decimal, Decimal]
    counted: tuple[Decimal, Decimal]

    @property
    def falls(self) -> bool:
        return self.raw[1] < self.raw[0] or self.counted[1] < self.counted[0]


@dataclass(frozen=True)
class Counted:
    """What is counted of an appeal; ``answered_at`` is when the first instance answered."""

    module: str
    state: AppealState
    outcome: Outcome | None
    asked_at: datetime
    due_at: datetime
    answered_at: datetime | None


@dataclass
class Figures:
    """The appeals against the marks of one assignment: how many, what became of them, how long the first answers took.

    ``late`` wait longer than the rules promise.
    """

    asked: int = 0
    waiting: int = 0
    late: int = 0
    upheld: int = 0
    accepted: int = 0
    withdrawn: int = 0
    waits: list[timedelta] = field(default_factory=list)

    @property
    def wait(self) -> timedelta | None:
        """The median; ``None`` before the first answer."""
        return timedelta(seconds=median(one.total_seconds() for one in self.waits)) if self.waits else None

    def count(self, one: Counted, now: datetime) -> None:
        self.asked += 1
        self.waiting += one.state in WAITING
        self.late += one.state in WAITING and one.due_at < now
        self.withdrawn += one.state is AppealState.WITHDRAWN
        self.upheld += one.state in (_S.ANSWERED, _S.FINAL) and one.outcome is Outcome.UPHELD
        self.accepted += one.state in (_S.ANSWERED, _S.FINAL) and one.outcome is Outcome.ACCEPTED
        if one.answered_at:
            self.waits.append(one.answered_at - one.asked_at)


def figures(rows: Iterable[Counted], now: datetime) -> dict[str, Figures]:
    """By module."""
    found: dict[str, Figures] = {}
    for one in rows:
        found.setdefault(one.module, Figures()).count(one, now)
    return found
