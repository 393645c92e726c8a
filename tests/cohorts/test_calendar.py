"""Workdays and holidays: what counts, lists that are pasted, and who may change a calendar."""

from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from diploma.cohorts.calendars import free_days, holiday_list
from diploma.cohorts.calendars.models import Holiday
from diploma.cohorts.models import Partner
from diploma.cohorts.workdays import WEEKDAYS, Calendar, FreeDays
from diploma.core.errors import Refused
from tests.cohorts.conftest import cohort_of

NAVROZ = FreeDays(date(2027, 3, 22), date(2027, 3, 23), {"uz-Latn": "Navroʻz"})  # a Monday and a Tuesday
MON_FRI = Calendar(WEEKDAYS[:5], [NAVROZ])
DAYS = st.dates(date(2020, 1, 1), date(2040, 1, 1))


def test_a_weekend_and_a_holiday_are_no_workdays() -> None:
    assert [MON_FRI.is_workday(date(2027, 3, day)) for day in range(19, 25)] == [True, False, False, False, False, True]


def test_the_next_workday_jumps_over_weekend_and_holiday_together() -> None:
    assert MON_FRI.next_workday(date(2027, 3, 20)) == date(2027, 3, 24)


def test_sunday_is_a_workday_where_the_week_begins_with_it() -> None:
    cairo = Calendar(["sun", "mon", "tue", "wed", "thu"])
    assert cairo.next_workday(date(2027, 3, 19)) == date(2027, 3, 21)


@given(day=DAYS, count=st.integers(1, 40))
def test_adding_workdays_and_counting_them_agree(day: date, count: int) -> None:
    assert MON_FRI.workdays_between(day, MON_FRI.add_workdays(day, count)) == count


@given(day=DAYS, later=st.integers(0, 30))
def test_later_days_never_lead_to_earlier_workdays(day: date, later: int) -> None:
    assert MON_FRI.next_workday(day) <= MON_FRI.next_workday(day + timedelta(days=later))


def test_the_last_day_of_the_calendar_does_not_overflow() -> None:
    assert Calendar(["mon"]).next_workday(date.max) == date.max


@pytest.mark.parametrize(
    ("line", "first", "last", "names"),
    [
        ("2027-03-21 Navroʻz", (3, 21), (3, 21), {"uz-Latn": "Navroʻz"}),
        ("21.03.2027 – 23.03.2027; Навруз", (3, 21), (3, 23), {"uz-Cyrl": "Навруз"}),
        ("21/3/2027..23/3/2027 | en: Navruz | ru: Навруз", (3, 21), (3, 23), {"en": "Navruz", "ru": "Навруз"}),
        ("2027-03-21 - 2027-03-22 Navroʻz: bayram", (3, 21), (3, 22), {"uz-Latn": "Navroʻz: bayram"}),
        ("٢٠٢٧-٠٣-٢١\tNavroʻz", (3, 21), (3, 21), {"uz-Latn": "Navroʻz"}),
        ("2027-03-21 8-mart", (3, 21), (3, 21), {"uz-Latn": "8-mart"}),
    ],
)
def test_a_line_is_read_as_people_write_it(line: str, first: Any, last: Any, names: dict[str, str]) -> None:
    found, bad = holiday_list.read(line, ["uz-Latn", "uz-Cyrl", "ru", "en"])
    assert (found, bad) == ([FreeDays(date(2027, *first), date(2027, *last), names)], [])


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("Navroʻz 2027-03-21", holiday_list.NO_DATE),
        ("2027-02-30 Navroʻz", holiday_list.NO_SUCH_DAY),
        ("2027-03-21", holiday_list.NO_NAME),
        ("2027-03-21 en: |", holiday_list.NO_NAME),
        ("2027-03-23 – 2027-03-21 Navroʻz", holiday_list.TURNED),
        ("2027-03-21 – 2028-03-21 Navroʻz", holiday_list.TOO_LONG),
        ("9999-03-21 Navroʻz", holiday_list.OTHER_YEAR),
        (f"2027-03-21 {'x' * 201}", holiday_list.LONG_NAME),
    ],
)
def test_a_line_that_is_none_is_named_with_its_reason(line: str, reason: str) -> None:
    found, bad = holiday_list.read(f"\n{line}\n2027-09-01 Mustaqillik", ["uz-Latn"])
    assert [(one.number, one.line, one.reason) for one in bad] == [(2, line, reason)]
    assert len(found) == 1


def test_the_workdays_are_those_of_the_country_until_somebody_changes_them(world: Any, unit: Any) -> None:
    with unit() as session:
        cohort = cohort_of(session)
        assert free_days.workdays(cohort) == list(WEEKDAYS[:5])
        free_days.set_workdays(cohort.partner, ["sat", *WEEKDAYS[:5]])
        assert free_days.workdays(cohort) == list(WEEKDAYS[:6])
        free_days.set_workdays(cohort, ["mon", "never"])
        assert free_days.workdays(cohort) == ["mon"]


def test_a_cohort_inherits_the_holidays_of_its_partner_and_no_others(world: Any, unit: Any) -> None:
    with unit() as session:
        ours, theirs = cohort_of(session), cohort_of(session, "ae-1")
        free_days.add(ours.partner, [NAVROZ])
        free_days.add(ours, [FreeDays(date(2027, 5, 3), date(2027, 5, 3), {"en": "Our own"})])
        assert [one.names for one in free_days.holidays(ours)] == [{"uz-Latn": "Navroʻz"}, {"en": "Our own"}]
        assert [one.names for one in free_days.holidays(ours.partner)] == [{"uz-Latn": "Navroʻz"}]
        assert free_days.holidays(theirs) == []


def test_a_holiday_is_kept_once(world: Any, unit: Any) -> None:
    with unit() as session:
        cohort = cohort_of(session)
        assert [free_days.add(place, [NAVROZ, NAVROZ]) for place in (cohort.partner, cohort.partner, cohort)] == [
            1,
            0,
            0,
        ]


def test_a_calendar_has_an_end(world: Any, unit: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(free_days, "MOST", 1)
    with unit() as session:
        cohort = cohort_of(session)
        free_days.add(cohort, [NAVROZ])
        with pytest.raises(Refused, match="More than 1 holidays"):
            free_days.add(cohort, [FreeDays(date(2027, 5, 3), date(2027, 5, 3), {"en": "One more"})])


def _count(reading: Any) -> int:
    with reading() as session:
        return int(session.scalar(select(func.count()).select_from(Holiday)))


def test_a_list_with_a_bad_line_adds_nothing_and_stays_in_the_form(world: Any, browser_of: Any, reading: Any) -> None:
    text = "2027-03-21 Navroʻz\nbayram <b>kuni</b>"
    answer = browser_of(world.coordinator).send("/cohorts/uz-1/calendar", {"do": "paste", "text": text})
    assert answer.status_code == 422
    assert "Line 2" in answer.text and "bayram &lt;b&gt;kuni&lt;/b&gt;" in answer.text
    assert "2027-03-21 Navroʻz" in answer.text
    assert _count(reading) == 0


def test_a_list_is_added_and_shown(world: Any, browser_of: Any, reading: Any) -> None:
    browser = browser_of(world.coordinator)
    text = "2027-03-21 Navroʻz\r\n\r\n16.03.2027 – 18.03.2027 Ramazon hayiti"
    assert browser.send("/partners/uz/calendar", {"do": "paste", "text": text}).status_code == 302
    assert _count(reading) == 2
    assert "Ramazon hayiti" in browser.get("/cohorts/uz-1/calendar").text


def test_one_holiday_is_added_with_its_names(world: Any, browser_of: Any, reading: Any) -> None:
    fields = {"do": "add", "first_day": "2027-03-21", "name_ru": "Навруз", "name_en": "Navruz"}
    assert browser_of(world.coordinator).send("/cohorts/uz-1/calendar", fields).status_code == 302
    with reading() as session:
        assert session.scalars(select(Holiday)).one().names == {"en": "Navruz", "ru": "Навруз"}


def test_a_form_cannot_set_whose_holiday_it_is(world: Any, browser_of: Any, reading: Any) -> None:
    fields = {"do": "add", "first_day": "2027-03-21", "name_en": "Navruz", "partner_id": "2", "cohort_id": "2"}
    browser_of(world.coordinator).send("/cohorts/uz-1/calendar", fields)
    with reading() as session:
        found = session.scalars(select(Holiday)).one()
        assert (found.cohort_id, found.partner_id) == (cohort_of(session).id, cohort_of(session).partner_id)


@pytest.fixture
def holidays(world: Any, unit: Any) -> dict[str, int]:
    """A holiday of each: the partner, its cohort, and the other government."""
    with unit() as session:
        ours, theirs = cohort_of(session), cohort_of(session, "ae-1")
        free_days.add(ours.partner, [NAVROZ])
        free_days.add(ours, [FreeDays(date(2027, 5, 3), date(2027, 5, 3), {"en": "Our own"})])
        free_days.add(theirs.partner, [NAVROZ])
        rows = session.scalars(select(Holiday).order_by(Holiday.id)).all()
        return dict(zip(("partner", "cohort", "foreign"), (one.id for one in rows), strict=True))


@pytest.mark.parametrize(
    "path",
    [
        "/partners/ae/calendar/{foreign}/remove",
        "/partners/uz/calendar/{foreign}/remove",
        "/partners/uz/calendar/{cohort}/remove",
        "/cohorts/uz-1/calendar/{foreign}/remove",
        "/cohorts/uz-1/calendar/{partner}/remove",
    ],
)
def test_a_holiday_is_removed_only_at_its_own_place(
    world: Any, browser_of: Any, reading: Any, holidays: dict[str, int], path: str
) -> None:
    answer = browser_of(world.coordinator).send(path.format(**holidays), {}, page="/account")
    assert answer.status_code == 404
    assert _count(reading) == 3


def test_a_holiday_is_removed(world: Any, browser_of: Any, reading: Any, holidays: dict[str, int]) -> None:
    path = f"/cohorts/uz-1/calendar/{holidays['cohort']}/remove"
    assert browser_of(world.coordinator).send(path, {}).status_code == 302
    assert _count(reading) == 2


def test_who_has_one_cohort_only_does_not_change_the_partners_calendar(
    world: Any, second_cohort: str, browser_of: Any
) -> None:
    browser = browser_of("narrow@uz.test")
    assert browser.get("/cohorts/uz-2/calendar").status_code == 200
    assert browser.get("/partners/uz/calendar").status_code == 404


def test_a_due_date_on_a_holiday_is_pointed_out(world: Any, browser_of: Any, unit: Any) -> None:
    with unit() as session:
        cohort = cohort_of(session)
        due = cohort.modules[0].due_at.astimezone(ZoneInfo(cohort.time_zone)).date()
        free_days.add(cohort, [FreeDays(due, due, {"en": "Day of <Tests>"})])
    page = browser_of(world.coordinator).get("/cohorts/uz-1/settings").text
    assert "On free days" in page and "Day of &lt;Tests&gt;" in page


def test_a_session_on_a_holiday_is_planned_and_pointed_out(world: Any, browser_of: Any, unit: Any) -> None:
    with unit() as session:
        free_days.add(session.scalars(select(Partner).where(Partner.slug == "uz")).one(), [NAVROZ])
    fields = {"kind": world.module, "title": "Lecture", "starts_at": "2027-03-22T10:00", "hours": "2"}
    browser = browser_of(world.coordinator)
    answer = browser.send("/cohorts/uz-1/sessions/new", fields, follow_redirects=True)
    assert "The session is planned" in answer.text and "falls on a holiday" in answer.text


def test_the_pages_need_no_more_queries_for_more_holidays(world: Any, browser_of: Any, unit: Any, queries: Any) -> None:
    browser, counts = browser_of(world.coordinator), []
    browser.get("/cohorts/uz-1/calendar")
    for number in (3, 200):
        with unit() as session:
            days = [date(2027, 1, 1) + timedelta(days=n) for n in range(number)]
            free_days.add(cohort_of(session), [FreeDays(one, one, {"en": "Free"}) for one in days])
        with queries() as seen:
            browser.get("/cohorts/uz-1/calendar")
        counts.append(len(seen))
    assert counts[0] == counts[1]
