"""How the dates and names of one intake become those of the next. Pure; times are those of the cohort's clocks."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from diploma.cohorts.workdays import Calendar, FreeDays

WEEK = 7
_YEARS = range(1990, 2200)  # a number that is read as a year


@dataclass(frozen=True)
class Shifted:
    """A proposed time: ``before`` in the old intake, ``at`` in the new one, both as clocks there show them.

    ``left`` is the free day from which it was moved on, ``None`` when it stays on its weekday; ``holiday`` is what
    made that day free, ``None`` for a day that is no workday.
    """

    before: datetime
    at: datetime
    left: date | None = None
    holiday: FreeDays | None = None


def days_between(first: date, new_first: date) -> int:
    """By how many days an intake is shifted: whole weeks, so that weekdays stay; none begins before its first day."""
    return -((first - new_first).days // WEEK) * WEEK


def next_first_day(first: date, last: date) -> date:
    """The first day of an intake that follows this one: the same weekday, after the last day."""
    return first + timedelta(days=((last - first).days // WEEK + 1) * WEEK)


def shift(before: datetime, days: int, calendar: Calendar) -> Shifted:
    """A time ``days`` later at the same hour, on the next workday when that day is free."""
    wanted = before.date() + timedelta(days=days)
    day = calendar.next_workday(wanted)
    at = datetime.combine(day, before.time())
    return Shifted(before, at) if day == wanted else Shifted(before, at, wanted, calendar.holiday(wanted))


def shift_in_order(moments: Sequence[datetime], days: int, calendar: Calendar) -> list[Shifted]:
    """As ``shift`` for times that follow each other: two that meet on one workday keep their order."""
    found: list[Shifted] = []
    for one in (shift(moment, days, calendar) for moment in moments):
        behind = found and one.at < found[-1].at
        found.append(Shifted(one.before, found[-1].at, one.left, one.holiday) if behind else one)
    return found


def next_name(name: str, years: int) -> str:
    """The name of the next intake: its last number counts one up, a year goes on by ``years``; other words stay."""
    numbers = list(re.finditer(r"\d+", name))
    counted = next((one for one in reversed(numbers) if int(one[0]) not in _YEARS), None)
    steps = {one.start(): years for one in numbers if int(one[0]) in _YEARS}
    steps |= {counted.start(): 1} if counted else {}
    return re.sub(r"\d+", _raised(steps), name)


def _raised(steps: dict[int, int]) -> Callable[[re.Match[str]], str]:
    return lambda one: _like(one[0], int(one[0]) + steps.get(one.start(), 0))


def _like(figures: str, number: int) -> str:
    """A number in the digits and with the leading zeros of ``figures``."""
    zero = ord(figures[0]) - int(figures[0])
    return "".join(chr(zero + int(one)) for one in str(number).zfill(len(figures)))
