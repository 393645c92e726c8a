"""Workdays and holidays: which days count, and the next day that does. Pure.

A calendar warns and proposes; it never forbids a date.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from diploma.core.lang import Lang

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
USUAL = WEEKDAYS[:5]  # where nobody has said anything
LONGEST = 92  # days of one holiday: a term's break; more is a slip of the year
YEARS = range(2000, 2101)
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class FreeDays:
    """A holiday from its first through its last day, with its names by language tag."""

    first: date
    last: date
    names: Mapping[str, str]

    def name(self, lang: Lang) -> str:
        return self.names.get(lang.value) or self.names.get("en") or next(iter(self.names.values()))


class Calendar:
    """The workdays of a week (``mon`` … ``sun``, at least one) and the holidays among them."""

    def __init__(self, workdays: Collection[str], holidays: Iterable[FreeDays] = ()) -> None:
        self.workdays = frozenset(workdays) or frozenset(USUAL)
        self._free = {day: one for one in holidays for day in _days(one)}

    def holiday(self, day: date) -> FreeDays | None:
        """The holiday on which a day falls, if any."""
        return self._free.get(day)

    def is_workday(self, day: date) -> bool:
        return WEEKDAYS[day.weekday()] in self.workdays and day not in self._free

    def next_workday(self, day: date) -> date:
        """The day itself when it is a workday, else the first one after it."""
        while not self.is_workday(day) and day < date.max:
            day += _DAY
        return day

    def add_workdays(self, day: date, count: int) -> date:
        """The ``count``-th workday after a day; with 0 the next workday from that day on."""
        day = self.next_workday(day) if count == 0 else day
        for _ in range(count):
            day = self.next_workday(day + _DAY)
        return day

    def workdays_between(self, first: date, last: date) -> int:
        """How many workdays lie after ``first``, through ``last``; 0 when ``last`` is not later."""
        return sum(self.is_workday(first + n * _DAY) for n in range(1, (last - first).days + 1))


def _days(holiday: FreeDays) -> Iterable[date]:
    return (holiday.first + n * _DAY for n in range((holiday.last - holiday.first).days + 1))
