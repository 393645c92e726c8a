"""How a work stands to its deadline, and what lateness costs (``decisions``: late; spec assessment, "Late"). Pure.

Lateness is counted in days of the cohort's zone from the due instant, all of them or the workdays of its calendar.
"""

import enum
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from diploma.cohorts.workdays import Calendar
from diploma.coursework.rules import Deduction, Reason
from diploma.learning.record import Record
from diploma.learning.structure import LateRules

_DAY = timedelta(days=1)


class Standing(enum.StrEnum):
    """How a work stands to its deadline."""

    ON_TIME = "on_time"
    GRACE = "grace"
    LATE = "late"
    CLOSED = "closed"


class DayKind(enum.StrEnum):
    """Which days count."""

    CALENDAR = "calendar"
    WORKING = "working"


class Cost(enum.StrEnum):
    """What late work loses: it counts at most ``cap``, or ``rate`` points for each interval that has begun."""

    CAP = "cap"
    RATE = "rate"


@dataclass(frozen=True)
class LatePolicy(Record):
    """The rules of late work. Up to ``grace_days`` late costs nothing, more than ``closes_after_days`` is not accepted.

    With ``Cost.RATE``, ``rate`` points go for each ``every`` days after the grace that have begun, down to ``floor``.
    """

    grace_days: int
    closes_after_days: int
    cap: int
    days: DayKind = DayKind.CALENDAR
    cost: Cost = Cost.CAP
    rate: int = 0
    every: int = 1
    floor: int = 0

    @classmethod
    def of(cls, programme: LateRules) -> "LatePolicy":
        """What the programme says, where the cohort says nothing else."""
        return cls(programme.grace_days, programme.closes_after_days, programme.cap)


@dataclass(frozen=True)
class Late:
    """A policy in a time zone, with the calendar by which workdays are counted."""

    policy: LatePolicy
    zone: str
    calendar: Calendar

    def days(self, received_at: datetime, due_at: datetime) -> int:
        """Days that count from the due instant; 0 also later on the same day."""
        first, last = self._day(due_at), self._day(received_at)
        if self.policy.days is DayKind.WORKING:
            return self.calendar.workdays_between(first, last)
        return max(0, (last - first).days)

    def standing(self, received_at: datetime, due_at: datetime) -> Standing:
        """On time, in the days of grace, late at a cost, or after the last day on which work is accepted."""
        days = self.days(received_at, due_at)
        if received_at <= due_at:
            return Standing.ON_TIME
        if days <= self.policy.grace_days:
            return Standing.GRACE
        return Standing.LATE if days <= self.policy.closes_after_days else Standing.CLOSED

    def crossed(self, began_at: datetime, ended_at: datetime, due_at: datetime) -> bool:
        """Whether the standing changed while something arrived; its beginning decides."""
        return self.standing(began_at, due_at) is not self.standing(ended_at, due_at)

    def grace_ends_at(self, due_at: datetime) -> datetime:
        """The last instant at which late work counts in full."""
        return self._last_of(due_at, self.policy.grace_days)

    def closes_at(self, due_at: datetime, cut_off_at: datetime) -> datetime:
        """The last instant at which work is accepted: the cohort's cut-off, never past the policy's last day."""
        return min(cut_off_at, self._last_of(due_at, self.policy.closes_after_days))

    def deduction(self, days: int) -> Deduction | None:
        """What ``days`` of lateness cost; nothing within the grace."""
        policy = self.policy
        over = days - policy.grace_days
        if over <= 0:
            return None
        if policy.cost is Cost.CAP:
            return Deduction(Reason.LATE, policy.cap, days)
        return Deduction(Reason.LATE, days=days, off=policy.rate * -(-over // policy.every), floor=policy.floor)

    def _last_of(self, due_at: datetime, count: int) -> datetime:
        """The end of the last day that is ``count`` days late: free days after it are no later than it."""
        due = self._day(due_at)
        if self.policy.days is DayKind.WORKING:
            return end_of(self.calendar.add_workdays(due, count + 1) - _DAY, self.zone)
        return end_of(due + count * _DAY, self.zone)

    def _day(self, moment: datetime) -> date:
        return moment.astimezone(ZoneInfo(self.zone)).date()


def end_of(day: date, zone: str) -> datetime:
    """The last second of a day in a zone."""
    return datetime.combine(day, time(23, 59, 59), ZoneInfo(zone))


def days_after(moment: datetime, count: int, zone: str) -> datetime:
    """The end of the ``count``-th calendar day after an instant: a window of whole days."""
    return end_of(moment.astimezone(ZoneInfo(zone)).date() + count * _DAY, zone)
