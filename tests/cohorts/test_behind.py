"""Who is behind the dates of a module: an assignment overdue, or much less read than the dates expect. Pure rules."""

from datetime import UTC, datetime, timedelta

import pytest

from diploma.cohorts.rules import SLACK, Lag, expected_share, lag

OPENS, DUE = datetime(2026, 3, 1, 4, tzinfo=UTC), datetime(2026, 3, 11, 18, 59, tzinfo=UTC)
ZONE = "Asia/Tashkent"  # five hours ahead: the deadline is 23:59 there
HALF = OPENS + (DUE - OPENS) / 2


def at(now: datetime, *, read: int = 0, handed_in: bool = False) -> Lag | None:
    return lag(OPENS, DUE, ZONE, now=now, read=read, handed_in=handed_in)


@pytest.mark.parametrize(
    ("now", "share"), [(OPENS, 0), (HALF, 50), (DUE, 100), (DUE + timedelta(days=90), 100), (OPENS - timedelta(1), 0)]
)
def test_the_dates_expect_reading_evenly_between_the_opening_and_the_deadline(now: datetime, share: int) -> None:
    assert expected_share(OPENS, DUE, now) == share


def test_a_module_that_opens_and_is_due_at_once_expects_everything() -> None:
    assert expected_share(DUE, DUE, DUE) == 100


def test_nobody_is_behind_on_the_first_day() -> None:
    assert at(OPENS) is None


def test_reading_may_stay_back_by_the_slack_and_not_further() -> None:
    assert at(HALF, read=50 - SLACK) is None
    assert at(HALF, read=50 - SLACK - 1) == Lag(50 - SLACK - 1, 50)


def test_an_assignment_is_not_overdue_at_its_last_second() -> None:
    assert at(DUE, read=100) is None


@pytest.mark.parametrize(("later", "days"), [(timedelta(seconds=59), 0), (timedelta(minutes=2), 1), (timedelta(9), 9)])
def test_an_overdue_assignment_counts_calendar_days_of_the_cohort(later: timedelta, days: int) -> None:
    assert at(DUE + later, read=100) == Lag(100, 100, days)


def test_who_has_handed_in_is_not_overdue_but_may_have_lessons_to_read() -> None:
    later = DUE + timedelta(days=3)
    assert at(later, read=100, handed_in=True) is None
    assert at(later, read=40, handed_in=True) == Lag(40, 100)


def test_a_day_overdue_weighs_more_than_any_reading() -> None:
    unread, due_today, overdue = Lag(0, 100), Lag(100, 100, 0), Lag(100, 100, 4)
    assert sorted([overdue, unread, due_today], key=lambda one: one.weight) == [unread, due_today, overdue]


def test_only_too_little_reading_is_named_as_such() -> None:
    assert Lag(0, 100, 2).reading and not Lag(90, 100, 2).reading
