"""A planned release, and the rules by which marks come to their trainees."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from diploma.accounts import service as accounts
from diploma.core import clock
from diploma.core.audit import AuditEvent
from diploma.core.db import session
from diploma.core.errors import Refused, Stale
from diploma.core.outbox import Job
from diploma.coursework import marking
from diploma.coursework.marking import Judged
from diploma.coursework.models import Marking, MarkingState
from diploma.coursework.releasing import planning
from diploma.coursework.releasing import service as releasing
from diploma.coursework.releasing.changes import REACH
from diploma.coursework.releasing.models import PlannedRelease, PlanState
from diploma.coursework.releasing.policy import How, ReleasePolicy
from tests.conftest import Client
from tests.coursework.conftest import Handed, Unit, user
from tests.coursework.releasing.conftest import cohort_of
from tests.world import M2, World

Open = Callable[[str], Client]
PAGE = f"/cohorts/uz-1/release/{M2}"
ZONE = "Asia/Tashkent"


def state(reading: Unit, handed: Handed) -> MarkingState:
    with reading():
        found: MarkingState = session.get_one(Marking, handed.marking).state
        return found


def in_days(days: int) -> str:
    """A time of the cohort's clocks as a form sends it."""
    return (clock.now().astimezone(ZoneInfo(ZONE)) + timedelta(days=days)).strftime("%Y-%m-%dT09:00")


def tomorrow() -> datetime:
    return clock.now() + timedelta(days=3)


def plan(browser: Client, days: int, do: str = "plan") -> str:
    page = browser.get(PAGE).text
    version = re.search(r'name="version"[^>]*value="(\d+)"', page)
    assert version
    sent = {"do": do, "at": in_days(days), "version": version[1]}
    return browser.send(PAGE, sent, follow_redirects=True).text


def test_at_its_time_what_is_ready_is_released_and_the_planner_hears_who_is_not(
    handed: Handed,
    hand_in: Callable[..., Handed],
    set_mark: Callable[..., None],
    world: World,
    browser_of: Open,
    work_off: Callable[[], int],
    reading: Unit,
) -> None:
    waiting = hand_in(world.trainee_2, key="2" * 20)
    set_mark(handed)
    browser = browser_of(world.instructor)
    assert "The release is planned." in plan(browser, 2)
    work_off()
    assert state(reading, handed) is MarkingState.MARKED, "not before its time"
    with clock.at(tomorrow()):
        work_off()
        page = browser_of(world.instructor).get(PAGE).text
    assert (state(reading, handed), state(reading, waiting)) == (MarkingState.RELEASED, MarkingState.WAITING)
    assert "Released as planned on" in page and "Bobur Toshmatov" in page
    with reading():
        mail = session.scalars(select(Job).where(Job.key.like("mail:release-due:%"))).one().payload
        event = session.scalars(select(AuditEvent).where(AuditEvent.kind == "mark.released")).one()
    assert mail["to"] == world.instructor and "Bobur Toshmatov\u2069: Not marked yet" in mail["body"]
    assert "Aziza" not in mail["body"]
    assert event.detail["why"] == "planned" and event.detail["before"] == "marked"


def test_a_plan_is_moved_and_cancelled_and_only_the_last_word_holds(
    handed: Handed,
    set_mark: Callable[..., None],
    world: World,
    browser_of: Open,
    work_off: Callable[[], int],
    reading: Unit,
) -> None:
    set_mark(handed)
    browser = browser_of(world.instructor)
    plan(browser, 2)
    plan(browser, 9)
    with clock.at(tomorrow()):
        work_off()
    assert state(reading, handed) is MarkingState.MARKED, "moved away"
    assert "Nothing is planned any more." in plan(browser, 9, "cancel")
    with clock.at(tomorrow() + timedelta(days=20)):
        work_off()
    assert state(reading, handed) is MarkingState.MARKED, "cancelled"
    with reading():
        events = session.scalars(select(AuditEvent).where(AuditEvent.kind.like("release.%")).order_by(AuditEvent.id))
        told = [(one.kind, "before" in one.detail, "after" in one.detail) for one in events]
    assert told == [
        ("release.planned", False, True),
        ("release.moved", True, True),
        ("release.cancelled", True, True),
    ]


def test_a_time_that_is_over_or_a_stale_page_plans_nothing(world: World, unit: Unit, browser_of: Open) -> None:
    assert "Choose a time to come." in plan(browser_of(world.instructor), -1)
    with unit():
        by, cohort = user(world.instructor), cohort_of(world)
        planning.plan(cohort, M2, tomorrow(), version=0, by=by)
        with pytest.raises(Stale):
            planning.plan(cohort, M2, tomorrow(), version=0, by=by)
    with pytest.raises(IntegrityError), unit():  # whatever the code says
        now = clock.now()
        session.add(PlannedRelease(cohort_id=cohort.id, module=M2, at=now, by_id=by.id, planned_at=now))


def test_a_planner_who_has_lost_the_right_releases_nothing_and_the_page_says_so(
    handed: Handed,
    set_mark: Callable[..., None],
    second_instructor: str,
    world: World,
    unit: Unit,
    browser_of: Open,
    work_off: Callable[[], int],
    reading: Unit,
) -> None:
    set_mark(handed)
    plan(browser_of(second_instructor), 2)
    with unit():
        for grant in user(second_instructor).grants:
            accounts.end_role(grant)
            grant.starts_on = grant.ends_on = clock.now().date() - timedelta(days=1)
    with clock.at(tomorrow()):
        work_off()
    with reading():
        assert session.scalars(select(PlannedRelease)).one().state is PlanState.LAPSED
    assert state(reading, handed) is MarkingState.MARKED
    assert "had no longer the right to" in browser_of(world.instructor).get(PAGE).text


def test_at_once_a_mark_is_released_as_soon_as_it_is_ready_unless_it_was_taken_back(
    handed: Handed,
    hand_in: Callable[..., Handed],
    set_mark: Callable[..., None],
    rule: Callable[[How], None],
    world: World,
    unit: Unit,
    work_off: Callable[[], int],
    reading: Unit,
) -> None:
    set_mark(handed)
    with unit():
        effects = REACH.effects(cohort_of(world), "", ReleasePolicy(How.AT_ONCE))
        assert [(one.module, one.params) for one in effects] == [(M2, {"count": 1})]
    rule(How.AT_ONCE)
    work_off()
    assert state(reading, handed) is MarkingState.RELEASED, "what was ready goes with the rule"
    taken = hand_in(world.trainee_2, key="2" * 20)
    set_mark(taken)
    with unit():
        marking.save_marking(session.get_one(Marking, taken.marking), Judged({}), by=user(world.instructor))
    work_off()
    assert state(reading, taken) is MarkingState.MARKING
    set_mark(taken)
    work_off()
    assert state(reading, taken) is MarkingState.RELEASED
    with reading():
        whys = session.scalars(select(AuditEvent).where(AuditEvent.kind == "mark.released")).all()
        assert [one.detail["why"] for one in whys] == ["rule", "rule"]


def test_together_nothing_is_released_before_the_planned_time(
    handed: Handed,
    set_mark: Callable[..., None],
    rule: Callable[[How], None],
    world: World,
    unit: Unit,
    browser_of: Open,
    work_off: Callable[[], int],
    reading: Unit,
) -> None:
    set_mark(handed)
    rule(How.TOGETHER)
    with unit():
        row = session.get_one(Marking, handed.marking)
        outcome = releasing.release([row], base_url="", by=user(world.instructor))
        assert "together at a planned time" in str(outcome.refused[0][1])
    browser = browser_of(world.instructor)
    assert 'value="release"' not in browser.get(PAGE).text
    plan(browser, 2)
    with clock.at(tomorrow()):
        work_off()
    assert state(reading, handed) is MarkingState.RELEASED


def test_a_release_is_planned_only_within_ones_reach(world: World, browser_of: Open, unit: Unit) -> None:
    assert browser_of(world.other_instructor).get(PAGE).status_code == 404
    assert browser_of(world.coordinator).get(PAGE).status_code == 403
    with unit(), pytest.raises(Refused, match="planned"):
        planning.cancel(cohort_of(world), M2, version=0, by=user(world.instructor))
