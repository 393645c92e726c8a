"""The rules of late work of a cohort's assignments, with its zone and its calendar."""

from collections.abc import Collection

from diploma.cohorts.calendars import free_days
from diploma.cohorts.models import Cohort
from diploma.cohorts.workdays import Calendar
from diploma.coursework import policies
from diploma.coursework.late import DayKind, Late, LatePolicy
from diploma.coursework.policies import Area

LATE = Area("late", LatePolicy, lambda programme: LatePolicy.of(programme.late))
_EVERY_DAY = Calendar(())


def late(cohort: Cohort, module: str) -> Late:
    """How lateness is counted and what it costs in one assignment of a cohort."""
    return bound(cohort, policies.of(LATE, cohort, module))


def lates(places: Collection[tuple[Cohort, str]]) -> dict[tuple[int, str], Late]:
    """The same of many assignments, by cohort id and module; one query, and one for each calendar that is asked."""
    books = policies.books(LATE, {cohort.id: cohort for cohort, _module in places}.values())
    return {(cohort.id, module): bound(cohort, books[cohort.id].at(module).values) for cohort, module in places}


def bound(cohort: Cohort, policy: LatePolicy) -> Late:
    """A policy as it would work in a cohort. Its calendar is read only where workdays are counted."""
    days = free_days.calendar(cohort) if policy.days is DayKind.WORKING else _EVERY_DAY
    return Late(policy, cohort.time_zone, days)
