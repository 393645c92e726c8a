"""The next intake as a clone: how dates and names go on, what is copied, and who may clone what."""

import re
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from diploma.accounts import service as accounts
from diploma.accounts.models import RoleGrant
from diploma.accounts.permissions import Role
from diploma.cohorts import service
from diploma.cohorts.calendars import free_days
from diploma.cohorts.intakes import cloning, shifting
from diploma.cohorts.models import Cohort, CohortState, Enrolment
from diploma.cohorts.service import ModuleDates, SheetEntry
from diploma.cohorts.workdays import WEEKDAYS, Calendar, FreeDays
from tests.cohorts.conftest import cohort_of, enrolment_of
from tests.world import M2

PATH = "/cohorts/uz-1/clone"
MON_FRI = Calendar(WEEKDAYS[:5])
DAYS = st.dates(date(2020, 1, 1), date(2040, 1, 1))


@given(first=DAYS, new=DAYS)
def test_weekdays_stay_and_nothing_begins_before_the_first_day(first: date, new: date) -> None:
    begins = first + timedelta(days=shifting.days_between(first, new))
    assert begins.weekday() == first.weekday()
    assert timedelta(0) <= begins - new < timedelta(days=7)


@given(moments=st.lists(st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1)), min_size=3, max_size=3), days=DAYS)
def test_dates_that_follow_each_other_still_do(moments: list[datetime], days: date) -> None:
    shifted = shifting.shift_in_order(sorted(moments), days.toordinal() % 400, MON_FRI)
    assert [one.at for one in shifted] == sorted(one.at for one in shifted)
    assert all(MON_FRI.is_workday(one.at.date()) for one in shifted)


def test_a_date_on_a_holiday_moves_on_and_says_why() -> None:
    break_ = FreeDays(date(2027, 3, 22), date(2027, 3, 23), {"en": "Navruz"})
    found = shifting.shift(datetime(2027, 3, 15, 23, 59), 7, Calendar(WEEKDAYS[:5], [break_]))
    assert (found.at, found.left, found.holiday) == (datetime(2027, 3, 24, 23, 59), date(2027, 3, 22), break_)


@pytest.mark.parametrize(
    ("name", "years", "wanted"),
    [
        ("Tashkent, intake 1", 0, "Tashkent, intake 2"),
        ("uz-2026-09", 1, "uz-2027-10"),
        ("الدفعة ١ لعام ٢٠٢٦", 1, "الدفعة ٢ لعام ٢٠٢٧"),
        ("Cohort of 2026", 1, "Cohort of 2027"),
        ("Module 1, intake 3", 0, "Module 1, intake 4"),
        ("No figures", 1, "No figures"),
    ],
)
def test_a_name_goes_on(name: str, years: int, wanted: str) -> None:
    assert shifting.next_name(name, years) == wanted


def test_the_hour_stays_when_the_clocks_are_changed_between(world: Any, unit: Any) -> None:
    with unit() as session:
        cohort, zone = cohort_of(session), ZoneInfo("Africa/Cairo")  # summer time ends on 29 October 2026
        cohort.time_zone, cohort.starts_on = "Africa/Cairo", date(2026, 9, 7)
        summer = datetime(2026, 9, 14, 9, tzinfo=zone)
        service.set_module_dates(cohort, ModuleDates(M2, summer, summer, summer))
        found = cloning.propose(cohort, date(2026, 11, 30))
    assert found.modules[M2][0].at == datetime(2026, 12, 7, 9)


@pytest.fixture
def source(world: Any, unit: Any) -> str:
    """The cohort with a calendar and a session that was held."""
    with unit() as session:
        cohort = cohort_of(session)
        free_days.set_workdays(cohort, WEEKDAYS[:6])
        free_days.add(cohort, [FreeDays(date(2027, 5, 3), date(2027, 5, 3), {"en": "Our own"})])
        past = datetime.combine(cohort.starts_on + timedelta(days=1), datetime.min.time(), ZoneInfo("Asia/Tashkent"))
        held = service.plan_session(cohort, M2, "<Evidence>", past.replace(hour=10), Decimal(4), workshop="w1")
        one = enrolment_of(session, world.trainee).id
        service.save_sheet(held, [SheetEntry(one, service.Presence.PRESENT, Decimal(80))])
    return "uz-1"


def _controls(page: str) -> dict[str, str]:
    """What a browser would send of the page's form, as it stands."""
    found = {}
    for tag in re.findall(r"<input[^>]+>", page):
        attributes = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        kept = attributes.get("type") not in ("radio", "checkbox") or " checked" in tag
        if attributes.get("name") and kept:
            found[attributes["name"]] = attributes.get("value", "")
    return found


def _proposed(browser: Any) -> dict[str, str]:
    head = {**_controls(browser.get(PATH).text), "do": "propose"}
    return {**_controls(browser.post(PATH, data=head).text), "do": "create"}


def test_the_clone_has_the_plan_and_nobody_in_it(world: Any, source: str, browser_of: Any, reading: Any) -> None:
    browser = browser_of(world.coordinator)
    sent = _proposed(browser)
    assert browser.post(PATH, data=sent).status_code == 302
    with reading() as session:
        old, new = cohort_of(session), cohort_of(session, "uz-2")
        assert (new.state, new.seats, new.languages, new.edition_id) == (
            CohortState.DRAFT,
            old.seats,
            old.languages,
            old.edition_id,
        )
        assert new.names == {"en": "Cohort uz 2"}
        assert [one.module for one in new.modules] == [one.module for one in old.modules]
        assert new.modules[0].due_at > old.modules[0].due_at
        (live,) = cloning.sessions(new)
        assert (live.title, live.hours, live.workshop, live.sheet_saved_at) == ("<Evidence>", Decimal(4), "w1", None)
        assert free_days.workdays(new) == list(WEEKDAYS[:6])
        assert [one.names for one in free_days.holidays(new)] == [{"en": "Our own"}]
        assert session.scalar(select(func.count()).where(Enrolment.cohort_id == new.id)) == 0
        grants = session.scalars(select(RoleGrant).where(RoleGrant.cohort_id == new.id)).all()
        assert [(one.user.email, one.role) for one in grants] == [(world.instructor, Role.INSTRUCTOR)]


def test_every_date_can_be_changed_before_it_is_saved(world: Any, source: str, browser_of: Any, reading: Any) -> None:
    browser = browser_of(world.coordinator)
    sent = _proposed(browser)
    session_key = next(key for key in sent if key.startswith("session-"))
    sent |= {f"{M2}-cut_off_at": "2030-01-07T18:30", session_key: ""}
    sent.pop("instructors", None)
    assert browser.post(PATH, data=sent).status_code == 302
    with reading() as session:
        new = cohort_of(session, "uz-2")
        assert new.modules[0].cut_off_at == datetime(2030, 1, 7, 18, 30, tzinfo=ZoneInfo("Asia/Tashkent"))
        assert cloning.sessions(new) == []
        assert session.scalar(select(func.count()).where(RoleGrant.cohort_id == new.id)) == 0


def test_the_proposal_saves_nothing(world: Any, source: str, browser_of: Any, reading: Any) -> None:
    _proposed(browser_of(world.coordinator))
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(Cohort)) == 2


def test_titles_of_sessions_are_escaped(world: Any, source: str, browser_of: Any) -> None:
    browser = browser_of(world.coordinator)
    page = browser.post(PATH, data={**_controls(browser.get(PATH).text), "do": "propose"}).text
    assert "&lt;Evidence&gt;" in page and "<Evidence>" not in page


def test_a_second_click_makes_no_second_cohort(world: Any, source: str, browser_of: Any, reading: Any) -> None:
    browser = browser_of(world.coordinator)
    sent = _proposed(browser)
    assert [browser.post(PATH, data=sent).status_code for _ in range(2)] == [302, 422]
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(Cohort)) == 3


def test_dates_out_of_order_are_refused(world: Any, source: str, browser_of: Any, reading: Any) -> None:
    browser = browser_of(world.coordinator)
    answer = browser.post(PATH, data=_proposed(browser) | {f"{M2}-cut_off_at": "2001-01-01T00:00"})
    assert answer.status_code == 422 and "must follow each other" in answer.text


def test_a_form_sets_neither_state_nor_partner_nor_seats(
    world: Any, source: str, browser_of: Any, reading: Any
) -> None:
    browser = browser_of(world.coordinator)
    browser.post(PATH, data=_proposed(browser) | {"state": "running", "partner_id": "2", "seats": "9000"})
    with reading() as session:
        new = cohort_of(session, "uz-2")
        assert (new.state, new.partner.slug, new.seats) == (CohortState.DRAFT, "uz", 30)


def test_nobody_else_becomes_an_instructor(world: Any, source: str, browser_of: Any, reading: Any) -> None:
    with reading():
        stranger = accounts.find(world.other_instructor)
        assert stranger
        number = str(stranger.id)
    browser = browser_of(world.coordinator)
    assert browser.post(PATH, data=_proposed(browser) | {"instructors": number}).status_code == 422


def test_sessions_of_other_cohorts_are_not_planned(world: Any, source: str, browser_of: Any, reading: Any) -> None:
    browser = browser_of(world.coordinator)
    sent = _proposed(browser) | {"session-987654-starts_at": "2030-01-07T18:30"}
    assert browser.post(PATH, data=sent).status_code == 302
    with reading() as session:
        assert len(cloning.sessions(cohort_of(session, "uz-2"))) == 1


def test_who_manages_one_cohort_only_does_not_clone_it(world: Any, second_cohort: str, browser_of: Any) -> None:
    browser = browser_of("narrow@uz.test")
    assert browser.get("/cohorts/uz-2/clone").status_code == 404
    assert "clone" not in browser.get("/cohorts/uz-2/settings").text


def test_another_government_does_not_clone_it(world: Any, browser_of: Any) -> None:
    assert browser_of(world.other_coordinator).get(PATH).status_code == 404
