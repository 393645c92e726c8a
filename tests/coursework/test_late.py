"""How a work stands to its deadline and what lateness costs; numbers are those of the programme's files."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from diploma.cohorts.workdays import Calendar, FreeDays
from diploma.coursework.late import Cost, DayKind, Late, LatePolicy, Standing, days_after
from diploma.coursework.rules import Deduction, Reason
from diploma.learning.structure import LateRules

TASHKENT = "Asia/Tashkent"
DUE = datetime(2026, 11, 29, 18, 59, tzinfo=UTC)  # Sunday, 23:59 in Tashkent
POLICY = LatePolicy.of(LateRules(grace_days=3, cap=80, closes_after_days=14))
WEEK = Calendar(
    ("mon", "tue", "wed", "thu", "fri"), [FreeDays(date(2026, 12, 1), date(2026, 12, 1), {"en": "Day off"})]
)
LATE = Late(POLICY, TASHKENT, WEEK)
WORKING = Late(replace(POLICY, days=DayKind.WORKING, grace_days=2, closes_after_days=5), TASHKENT, WEEK)
RATE = Late(replace(POLICY, cost=Cost.RATE, rate=5, every=2, floor=40), TASHKENT, WEEK)


@pytest.mark.parametrize(
    ("after", "days"),
    [
        (timedelta(days=-3), 0),
        (timedelta(0), 0),
        (timedelta(seconds=30), 0),
        (timedelta(minutes=1), 1),
        (timedelta(days=1), 1),
        (timedelta(days=3), 3),
        (timedelta(days=3, minutes=1), 4),
    ],
)
def test_lateness_counts_calendar_days_of_the_cohort(after: timedelta, days: int) -> None:
    assert LATE.days(DUE + after, DUE) == days


def test_the_zone_decides_which_day_it_is() -> None:
    received = datetime(2026, 11, 29, 19, 30, tzinfo=UTC)  # 00:30 of the next day in Tashkent, 21:30 in Cairo
    assert LATE.days(received, DUE) == 1
    assert replace(LATE, zone="Africa/Cairo").days(received, DUE) == 0


@pytest.mark.parametrize(
    ("days", "standing"),
    [
        (0, Standing.ON_TIME),
        (1, Standing.GRACE),
        (3, Standing.GRACE),
        (4, Standing.LATE),
        (14, Standing.LATE),
        (15, Standing.CLOSED),
    ],
)
def test_a_work_stands_to_its_deadline(days: int, standing: Standing) -> None:
    assert LATE.standing(DUE + timedelta(days=days), DUE) is standing


def test_an_instant_after_the_deadline_is_in_grace_on_the_same_day() -> None:
    assert LATE.standing(DUE + timedelta(seconds=1), DUE) is Standing.GRACE


def test_work_is_accepted_until_the_end_of_the_last_day() -> None:
    closes = LATE.closes_at(DUE, DUE + timedelta(days=60))
    assert closes == datetime(2026, 12, 13, 18, 59, 59, tzinfo=UTC)
    assert LATE.standing(closes, DUE) is Standing.LATE
    assert LATE.standing(closes + timedelta(seconds=1), DUE) is Standing.CLOSED


@pytest.mark.parametrize("late", [LATE, WORKING])
def test_the_days_of_grace_end_with_the_day(late: Late) -> None:
    ends = late.grace_ends_at(DUE)
    assert late.standing(ends, DUE) is Standing.GRACE
    assert late.standing(ends + timedelta(seconds=1), DUE) is Standing.LATE


def test_the_cut_off_of_the_cohort_closes_earlier() -> None:
    assert LATE.closes_at(DUE, DUE + timedelta(days=5)) == DUE + timedelta(days=5)


def test_workdays_leave_out_the_weekend_and_holidays() -> None:
    assert [WORKING.days(DUE + timedelta(days=n), DUE) for n in range(1, 9)] == [1, 1, 2, 3, 4, 4, 4, 5]


def test_free_days_after_the_last_day_of_grace_belong_to_it() -> None:
    friday = DUE - timedelta(days=2)
    one = replace(WORKING, policy=replace(WORKING.policy, grace_days=0))
    assert one.standing(DUE, friday) is Standing.GRACE  # Sunday after a Friday's deadline
    assert one.standing(DUE + timedelta(days=1), friday) is Standing.LATE


@pytest.mark.parametrize("days", [0, 1, 3])
def test_the_days_of_grace_cost_nothing(days: int) -> None:
    assert LATE.deduction(days) is None


@pytest.mark.parametrize("days", [4, 14])
def test_late_work_counts_up_to_the_cap(days: int) -> None:
    assert LATE.deduction(days) == Deduction(Reason.LATE, 80, days)


@pytest.mark.parametrize(("days", "off"), [(4, 5), (5, 5), (6, 10), (13, 25)])
def test_every_interval_that_has_begun_costs_its_points(days: int, off: int) -> None:
    assert RATE.deduction(days) == Deduction(Reason.LATE, days=days, off=off, floor=40)


def test_a_window_has_whole_days_from_its_beginning() -> None:
    released = datetime(2026, 12, 1, 20, 0, tzinfo=UTC)  # 01:00 on 2 December in Tashkent
    assert days_after(released, 14, TASHKENT) == datetime(2026, 12, 16, 18, 59, 59, tzinfo=UTC)
