"""How trainees may ask for more time, and what their requests come to. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from statistics import median
from typing import Protocol
from zoneinfo import ZoneInfo

from diploma.coursework.extensions.models import RequestState
from diploma.learning.record import Record

LONGEST = 90  # days that a cohort may let people ask for


@dataclass(frozen=True)
class ExtensionPolicy(Record):
    """Up to ``most_days`` days can be asked for, 0: nobody asks. The last day to ask lies ``ask_until`` days after the
    date that holds for the person; 0 is that date itself, less than 0 lies before it."""

    most_days: int = 14
    ask_until: int = 0

    def asked_until(self, due_at: datetime, zone: str) -> datetime:
        """The last instant at which a request is taken."""
        return moved(due_at, self.ask_until, zone)


def moved(moment: datetime, days: int, zone: str) -> datetime:
    """So many calendar days later, at the same time by the clocks of a zone."""
    there = moment.astimezone(ZoneInfo(zone))
    return datetime.combine(there.date() + timedelta(days=days), there.timetz())


def days_between(first: datetime, last: datetime, zone: str) -> int:
    """Calendar days from one instant to another in a zone."""
    place = ZoneInfo(zone)
    return (last.astimezone(place).date() - first.astimezone(place).date()).days


def on_day(moment: datetime, like: datetime, zone: str) -> datetime:
    """The day of ``moment`` at the time of ``like``: a date that is given as a day keeps the hour of the deadline."""
    place = ZoneInfo(zone)
    hour: time = like.astimezone(place).timetz()
    return datetime.combine(moment.astimezone(place).date(), hour)


class Request(Protocol):
    """What is counted of a request."""

    module: str
    state: RequestState
    asked_at: datetime
    closed_at: datetime | None
    given_days: int | None


@dataclass
class Figures:
    """The requests of one assignment, or of all: how many, the days granted, how long those decided had waited, since
    when the oldest waits."""

    asked: int = 0
    waiting: int = 0
    granted: int = 0
    refused: int = 0
    days: int = 0
    waits: list[timedelta] = field(default_factory=list)
    oldest: datetime | None = None

    @property
    def wait(self) -> timedelta | None:
        """The median; ``None`` before the first decision."""
        return timedelta(seconds=median(one.total_seconds() for one in self.waits)) if self.waits else None

    def count(self, one: Request) -> None:
        self.asked += 1
        if one.state is RequestState.ASKED:
            self.waiting += 1
            self.oldest = min(self.oldest or one.asked_at, one.asked_at)
        if one.state in (RequestState.GRANTED, RequestState.REFUSED) and one.closed_at:
            self.waits.append(one.closed_at - one.asked_at)
        self.granted += one.state is RequestState.GRANTED
        self.refused += one.state is RequestState.REFUSED
        self.days += one.given_days or 0


def figures(requests: Iterable[Request]) -> tuple[Figures, dict[str, Figures]]:
    """Of all requests, and of those for each assignment."""
    whole, parts = Figures(), dict[str, Figures]()
    for one in requests:
        whole.count(one)
        parts.setdefault(one.module, Figures()).count(one)
    return whole, parts
