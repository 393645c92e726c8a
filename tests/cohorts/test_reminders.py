"""Reminders: three at most, in the daytime of a workday, and only as long as they are needed."""

from collections.abc import Callable
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from diploma.accounts import invitations as mailed
from diploma.accounts import service as accounts
from diploma.accounts.models import MailedLink
from diploma.cohorts import service, standings
from diploma.cohorts.calendars import free_days
from diploma.cohorts.invitations import inviting, reminders
from diploma.cohorts.life import enrolments
from diploma.cohorts.life.enrolments import Leave
from diploma.cohorts.life.models import Cause
from diploma.cohorts.models import CohortState
from diploma.cohorts.rules import working_hours
from diploma.cohorts.workdays import USUAL, Calendar, FreeDays
from diploma.core import clock, jobs, mail
from diploma.core.outbox import Job
from tests.cohorts.conftest import cohort_of, enrolment_of, row

ONE = "new@uz.test"
BASE = "http://localhost"
TASHKENT = ZoneInfo("Asia/Tashkent")
TODAY = datetime.now(TASHKENT).replace(hour=10, minute=0, second=0, microsecond=0)
MONDAY = TODAY + timedelta(days=7 - TODAY.weekday())  # the coming one: the roles of the world begin today


@pytest.fixture
def invited(world: Any, load: Any, unit: Any) -> str:
    """Somebody who was invited on a Monday morning."""
    with clock.at(MONDAY):
        load(row(ONE, "Newly Come"))
        with unit() as session:
            invite(session)
    return ONE


def invite(session: Any) -> int:
    return inviting.invite(cohort_of(session), BASE, {enrolment_of(session, ONE).id})


@pytest.fixture
def days(app: Any) -> Callable[..., None]:
    """``days(3)``: the job runner works at noon of each of so many days after the Monday."""

    def live(last: int, first: int = 1) -> None:
        for day in range(first, last + 1):
            with app.app_context(), clock.at(MONDAY + timedelta(days=day, hours=2)):
                jobs.drain()

    return live


def numbers(reading: Any) -> list[int]:
    """The numbers of the reminders of the mails that were sent; 0 is one by hand."""
    with reading() as session:
        return list(session.scalars(select(MailedLink.reminder).order_by(MailedLink.id)))


def test_three_reminders_go_and_no_fourth(invited: str, days: Any, reading: Any) -> None:
    days(2)
    assert numbers(reading) == [0]
    days(60, 3)
    assert numbers(reading) == [0, 1, 2, 3]
    with reading() as session:
        sent = session.scalars(select(MailedLink.created_at).order_by(MailedLink.id)).all()
        assert [(one - MONDAY).days for one in sent] == [0, 3, 7, 14]


def test_a_reminder_has_words_of_its_own_in_the_persons_language_and_a_fresh_link(
    invited: str, days: Any, app: Any, client: Any
) -> None:
    days(3)
    sent = [message_from_bytes(one.read_bytes(), policy=policy.default) for one in app.config["MAIL_FOLDER"].iterdir()]
    links = {one.get_content().partition("http://localhost")[2].split()[0] for one in sent}
    assert len(sent) == len(links) == 2 and {one["Content-Language"] for one in sent} == {"uz-Latn"}
    assert len({one["Subject"] for one in sent}) == 2
    with clock.at(MONDAY + timedelta(days=4)):
        assert sorted(client.get(one).status_code for one in links) == [200, 410]


def test_links_of_reminders_come_from_the_settings_and_never_from_a_request(
    world: Any, load: Any, browser_of: Any, app: Any, reading: Any
) -> None:
    load(row(ONE))
    with reading() as session:
        path = f"/cohorts/uz-1/people/{enrolment_of(session, ONE).id}"
    person = browser_of(world.coordinator)
    token = person.token(path)
    person.post(f"{path}/invite", data={"csrf_token": token}, headers={"X-Forwarded-Host": "evil.test"})
    with app.app_context(), clock.at(clock.now() + timedelta(days=4)):
        jobs.drain()
        jobs.drain()
    with reading() as session:
        assert "evil.test" not in str([one.payload for one in session.scalars(select(Job))])


def activates(session: Any) -> None:
    accounts.find(ONE).activated_at = clock.now()  # type: ignore[union-attr]


def is_withdrawn(session: Any) -> None:
    enrolments.withdraw(enrolment_of(session, ONE), Leave(Cause.OTHER, "Moved"))


def is_disabled(session: Any) -> None:
    accounts.find(ONE).disabled_at = clock.now()  # type: ignore[union-attr]


def comes_back(session: Any) -> None:
    mail.tell(f"invitation.{session.scalars(select(MailedLink.mail_ref)).one()}", "550")


def moves(session: Any) -> None:
    accounts.find(ONE).email = "other@uz.test"  # type: ignore[union-attr]


def closes(session: Any) -> None:
    for state in (CohortState.MARKING, CohortState.CLOSED):
        service.move_cohort(cohort_of(session), state)


def stops(session: Any) -> None:
    reminders.switch(cohort_of(session), on=False, by=accounts.find("coordinator@uz.test"))  # type: ignore[arg-type]


@pytest.mark.parametrize("what", [activates, is_withdrawn, is_disabled, comes_back, moves, closes, stops])
def test_a_reminder_that_is_needed_no_more_does_not_go(
    invited: str, days: Any, unit: Any, reading: Any, what: Callable[[Any], None]
) -> None:
    with unit() as session:
        what(session)
    days(20)
    assert numbers(reading) == [0]
    with reading() as session:
        assert session.scalars(select(MailedLink.remind_at)).one() is None


def test_a_mail_by_hand_begins_the_plan_anew_but_not_the_count(
    invited: str, days: Any, unit: Any, reading: Any
) -> None:
    days(5)
    with clock.at(MONDAY + timedelta(days=5)), unit() as session:
        assert invite(session) == 1
    days(60, 6)
    assert numbers(reading) == [0, 1, 0, 2, 3]


def test_to_a_corrected_address_all_three_may_go(invited: str, days: Any, unit: Any, reading: Any, world: Any) -> None:
    days(5)
    with clock.at(MONDAY + timedelta(days=5)), unit() as session:
        by = accounts.find(world.coordinator)
        assert by
        inviting.correct_address(enrolment_of(session, ONE), "right@uz.test", by=by)
        who = accounts.find("right@uz.test")
        assert who and inviting.invite(cohort_of(session), BASE, {session.scalar(select_enrolment(who.id))}) == 1
    days(60, 6)
    assert numbers(reading) == [0, 1, 0, 1, 2, 3]


def select_enrolment(user_id: int) -> Any:
    from diploma.cohorts.models import Enrolment

    return select(Enrolment.id).where(Enrolment.user_id == user_id)


def test_a_runner_that_comes_late_does_not_wake_anybody(invited: str, app: Any, reading: Any) -> None:
    night = MONDAY + timedelta(days=3, hours=14)
    with app.app_context(), clock.at(night):
        jobs.drain()
    assert numbers(reading) == [0]
    with app.app_context(), clock.at(night + timedelta(hours=10)):
        jobs.drain()
    assert numbers(reading) == [0, 1]


def test_the_list_says_when_the_next_one_goes_and_the_coordinator_stops_them(
    invited: str, browser_of: Any, world: Any, reading: Any
) -> None:
    with clock.at(MONDAY):
        person = browser_of(world.coordinator)
        assert "next: " in person.get("/cohorts/uz-1/roster").text
        page = person.send("/cohorts/uz-1/roster/reminders", {}, page="/cohorts/uz-1/roster", follow_redirects=True)
        assert "Reminders are stopped for this cohort" in page.text and "next: " not in page.text
    with reading() as session:
        assert standings.member_of(enrolment_of(session, ONE)).next_reminder is None


def test_an_import_sends_nothing_and_plans_nothing(world: Any, load: Any, reading: Any) -> None:
    load(row(ONE))
    with reading() as session:
        assert session.scalars(select(Job).where(Job.kind.in_([mail.KIND, reminders.KIND, mailed.AGAIN]))).all() == []


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (datetime(2026, 12, 1, 10, 5), datetime(2026, 12, 1, 10, 5)),
        (datetime(2026, 12, 1, 3), datetime(2026, 12, 1, 9)),
        (datetime(2026, 12, 1, 18), datetime(2026, 12, 2, 9)),
        (datetime(2026, 12, 4, 18), datetime(2026, 12, 7, 9)),
        (datetime(2026, 12, 5, 12), datetime(2026, 12, 7, 9)),
    ],
)
def test_reminders_keep_to_the_daytime_of_workdays(moment: datetime, expected: datetime) -> None:
    found = working_hours(moment.replace(tzinfo=TASHKENT), "Asia/Tashkent", Calendar(USUAL))
    assert found.astimezone(TASHKENT).replace(tzinfo=None) == expected


def test_reminders_keep_off_the_holidays_of_the_cohort(world: Any, load: Any, unit: Any, reading: Any) -> None:
    with clock.at(MONDAY):
        load(row(ONE, "Newly Come"))
        with unit() as session:
            day = (MONDAY + reminders.AFTER[0]).date()
            free_days.add(cohort_of(session), [FreeDays(day, day, {"en": "Day of Tests"})])
            invite(session)
    with reading() as session:
        planned = session.scalars(select(MailedLink.remind_at)).one()
        assert planned.astimezone(TASHKENT) == (MONDAY + timedelta(days=4)).replace(hour=9)
