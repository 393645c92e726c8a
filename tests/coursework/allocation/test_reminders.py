"""Mails to markers: of their own works that wait too long, one a day at most, and none for who wants none."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from diploma.core import clock, jobs, mail
from diploma.core.db import session
from diploma.core.outbox import Job
from diploma.coursework.allocation import reminders, service
from diploma.coursework.allocation.models import QuietMarker
from diploma.coursework.allocation.policy import Way
from diploma.coursework.allocation.service import Wish
from tests.conftest import Client
from tests.coursework.allocation.conftest import Decide, cohort_of
from tests.coursework.conftest import Handed, Unit, user
from tests.world import World


@pytest.fixture
def run(app: Flask) -> Callable[[int], None]:
    """``run(4)``: what is due in the night after so many days is done."""

    def drain(days: int) -> None:
        with clock.at(clock.now() + timedelta(days=days)), app.app_context():
            jobs.drain()

    return drain


@pytest.fixture
def waiting(handed: Handed, decide: Decide, world: World, unit: Unit) -> Handed:
    """A work that was given to the first instructor, in a cohort that reminds after three days."""
    decide(remind_after_days=3)
    with unit():
        wish = Wish(Way.HAND, {user(world.instructor).id})
        seen = service.propose(cohort_of(), None, wish).mark
        service.allocate(cohort_of(), None, wish, seen, by=user(world.coordinator))
    return handed


def mails() -> list[dict[str, Any]]:
    jobs_ = session.scalars(select(Job).where(Job.kind == mail.KIND).order_by(Job.id))
    return [one.payload for one in jobs_ if "marking-reminders" in one.key]


def test_a_marker_hears_of_works_that_wait_too_long_and_nobody_else_does(
    waiting: Handed, second_instructor: str, run: Callable[[int], None], world: World, reading: Unit
) -> None:
    run(2)
    with reading():
        assert mails() == []
    run(8)
    with reading():
        (sent,) = mails()
        assert sent["to"] == world.instructor and "whose=mine" in str(sent)


def test_one_mail_a_day_however_often_the_job_runs(app: Flask, waiting: Handed, unit: Unit, reading: Unit) -> None:
    with clock.at(clock.now() + timedelta(days=9)), unit():
        for _ in range(3):
            reminders.remind({"cohort_id": cohort_of().id}, None)
    with reading():
        assert len(mails()) == 1


def test_who_wants_none_gets_none_and_can_get_them_again(
    waiting: Handed, run: Callable[[int], None], world: World, browser_of: Callable[[str], Client], reading: Unit
) -> None:
    browser = browser_of(world.instructor)
    browser.send("/marking/reminders", {"on": "0"}, page="/marking/")
    run(8)
    with reading():
        assert mails() == [] and session.scalar(select(QuietMarker)) is not None
    browser.send("/marking/reminders", {"on": "1"}, page="/marking/")
    with reading():
        assert session.scalar(select(QuietMarker)) is None


def test_nothing_is_sent_where_the_cohort_says_so_no_more(
    waiting: Handed, decide: Decide, run: Callable[[int], None], reading: Unit
) -> None:
    decide(remind_after_days=0)
    run(8)
    with reading():
        assert mails() == []
