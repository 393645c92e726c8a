"""Readers are told once for each act, reminded while something is unread, and the coordinator sees who is behind."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from diploma.admissions import calls, offers, reader_mails, selection
from diploma.admissions.models import Entry, Reading
from diploma.core import clock
from diploma.core.lang import Lang
from diploma.core.outbox import Job
from tests.admissions.conftest import BASE, SLUG, application, the_call, user

ADDRESSES = ("a@mail.test", "b@mail.test", "c@mail.test")


@pytest.fixture
def given(apply: Any, readers: list[str], unit: Any, after: Any, mails: Any) -> Callable[[], list[Any]]:
    """Three applications given out, two readings for each of three readers; ``given()`` reads the mails of the act."""
    for address in ADDRESSES:
        apply(address)
    with unit() as session:
        user(session, readers[0]).language = Lang.EN
    mails()
    with after(), unit() as session:
        selection.give_out(the_call(session), by=user(session, "coordinator@uz.test"))
    return lambda: _at(clock.now() + timedelta(days=12, minutes=1), mails)


def _at(moment: datetime, mails: Any) -> list[Any]:
    with clock.at(moment):
        return list(mails())


def planned(session: Any) -> list[datetime]:
    """When reminders are due."""
    query = select(Job.due_at).where(Job.kind == reader_mails.KIND)
    return sorted(set(session.scalars(query)))


def test_each_reader_gets_one_mail_with_the_count_the_deadline_and_the_link(given: Any, readers: list[str]) -> None:
    sent = given()
    assert sorted(one.to for one in sent) == readers
    assert all(one.path == "/readings/" and "2 applications" in one.subject for one in sent)
    assert all("Hand your readings in before" in one.body for one in sent)


def test_there_are_reminders_before_the_deadline_for_who_has_something_unread(
    given: Any, readers: list[str], unit: Any, reading: Any, mails: Any
) -> None:
    given()
    with unit() as session:
        for one in session.scalars(select(Reading)).all():
            if one.reader.email == readers[0]:
                selection.finish_reading(one, {"idea": 2, "reach": 2}, "", by=one.reader)
    with reading() as session:
        moments = planned(session)
        due = reader_mails.due_at(the_call(session), session.scalars(select(Reading.assigned_at)).first())
    assert moments and all(moment < due for moment in moments)
    sent = _at(moments[0], mails)
    assert sorted(one.to for one in sent) == readers[1:] and all("2 applications" in one.subject for one in sent)


def test_a_withdrawn_application_reminds_nobody_and_asks_for_nothing(
    given: Any, unit: Any, reading: Any, mails: Any, readers: list[str], browser_of: Any
) -> None:
    given()
    with unit() as session:
        for address in ADDRESSES:
            offers.withdraw(application(session, address), BASE)
    with reading() as session:
        last = planned(session)[-1]
    assert _at(last, mails) == []
    assert "Nodira" not in browser_of(readers[0]).get("/readings/").text


def test_a_reader_who_lost_the_right_is_not_reminded(
    given: Any, readers: list[str], unit: Any, reading: Any, mails: Any
) -> None:
    given()
    with unit() as session:
        for grant in user(session, readers[0]).grants:
            grant.ends_on = clock.now().date() - timedelta(days=1)
    with reading() as session:
        moment = planned(session)[0]
    assert sorted(one.to for one in _at(moment, mails)) == readers[1:]


def test_more_time_to_read_moves_the_reminders(given: Any, unit: Any, reading: Any, mails: Any) -> None:
    given()
    with reading() as session:
        old = planned(session)
    with clock.at(clock.now() + timedelta(days=13)), unit() as session:
        held = the_call(session)
        terms = calls.Terms(held.opens_at, held.closes_at, Entry.BOTH, 3, reading_days=40)
        calls.change_terms(held, terms, by=user(session, "coordinator@uz.test"))
    with reading() as session:
        new = [one for one in planned(session) if one not in old]
    assert _at(old[-1], mails) == [] and len(_at(new[0], mails)) == 3


def test_the_third_reader_is_told_when_two_differ(
    given: Any, unit: Any, reading: Any, mails: Any, readers: list[str]
) -> None:
    given()
    with unit() as session:
        first = application(session, ADDRESSES[0])
        taken = {one.reader.email for one in first.readings}
        for one, level in zip(list(first.readings), (0, 4), strict=True):
            selection.finish_reading(one, {"idea": level, "reach": level}, "", by=one.reader)
    (mail,) = mails()
    assert {mail.to} == set(readers) - taken and "1 application to read" in mail.subject
    for word in ("third", "differ"):
        assert word not in mail.body


def test_the_coordinator_sees_who_is_behind(
    given: Any, readers: list[str], unit: Any, browser_of: Any, after: Any
) -> None:
    page = f"/cohorts/{SLUG}/admission/readers"
    browser = browser_of("coordinator@uz.test")
    assert "overdue" not in browser.get(page).text
    with unit() as session:
        for one in session.scalars(select(Reading)).all():
            if one.reader.email == readers[0]:
                selection.finish_reading(one, {"idea": 2, "reach": 2}, "", by=one.reader)
            one.assigned_at = clock.now() - timedelta(days=20)
    text = browser.get(page).text
    assert text.count("2 overdue") == 2 and text.count("All read") == 1
    assert browser_of(readers[1]).get("/readings/").text.count("Overdue") == 2


def test_a_plan_from_before_there_were_deadlines_is_read(call: str, unit: Any) -> None:
    with unit() as session:
        held = the_call(session)
        held.plan = {name: value for name, value in held.plan.items() if name != "reading_days"}
        session.flush()
        assert calls.plan_of(held) == replace(calls.plan_of(held), reading_days=14)
