"""How the people of cohorts keep up, and the list of those who are behind."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from diploma.accounts import service as accounts
from diploma.cohorts import service as cohorts
from diploma.cohorts.life import enrolments
from diploma.cohorts.life.enrolments import Leave
from diploma.cohorts.life.models import Cause
from diploma.cohorts.models import Cohort, CohortState
from diploma.cohorts.standings import Standing
from diploma.core import clock
from diploma.core.lang import Lang
from diploma.gradebook.pace import Behind, Pace, mean, paces
from diploma.learning import catalogue
from diploma.learning import service as learning
from tests.gradebook.conftest import D, enrolment_of, hand_in
from tests.world import M2

OVERDUE = timedelta(days=10)  # the world's assignment is due in seven days


def pace_of(session: Any, slug: str = "uz-1") -> Pace:
    cohort = session.scalar(select(Cohort).where(Cohort.slug == slug))
    return paces([cohort])[cohort.id]


def who(session: Any, pace: Pace) -> list[int]:
    return [one.enrolment_id for one in pace.behind]


def read_all(session: Any, email: str) -> None:
    enrolment = enrolment_of(session, email)
    for lesson in catalogue.content(enrolment.cohort.revision_id).modules[M2].lessons:
        learning.complete_lesson(session, enrolment.id, M2, lesson)


def test_who_reads_on_is_not_behind_and_counts_in_the_mean(world: Any, unit: Any) -> None:
    with unit() as session:
        aziza, bobur = enrolment_of(session, world.trainee), enrolment_of(session, world.trainee_2)
        before = pace_of(session)
        assert who(session, before) == [aziza.id, bobur.id] and before.progress == 0
        read_all(session, world.trainee)
        session.flush()
        after = pace_of(session)
        assert who(session, after) == [bobur.id] and after.progress == 50


def test_an_overdue_assignment_comes_before_unread_lessons(world: Any, unit: Any) -> None:
    with unit() as session:
        aziza, bobur = enrolment_of(session, world.trainee), enrolment_of(session, world.trainee_2)
        read_all(session, world.trainee_2)
        hand_in(session, aziza, D(70))
    with clock.at(clock.now() + OVERDUE), unit() as session:
        found = pace_of(session).behind
        assert [(one.enrolment_id, one.lags[M2].overdue) for one in found] == [(bobur.id, 3), (aziza.id, None)]


def test_a_completed_module_leaves_nobody_behind(world: Any, unit: Any) -> None:
    with unit() as session:
        learning.complete_module(session, enrolment_of(session, world.trainee).id, M2)
        session.flush()
        pace = pace_of(session)
        assert who(session, pace) == [enrolment_of(session, world.trainee_2).id] and pace.progress == 50


def test_who_has_never_signed_in_is_counted_apart(world: Any, unit: Any) -> None:
    with unit() as session:
        cohort = session.scalar(select(Cohort).where(Cohort.slug == world.cohort))
        new, invited = (accounts.create_user(f"{name}@uz.test", "Kishi", Lang.RU) for name in ("new", "invited"))
        for one in (new, invited):
            cohorts.enrol(cohort, one)
        accounts.invite(invited, "http://localhost")
        session.flush()
        pace = pace_of(session)
        assert dict(pace.standings) == {Standing.ACTIVE: 2, Standing.NEW: 1, Standing.INVITED: 1}
        assert pace.people == 4 and len(pace.behind) == 2


def test_who_has_left_is_not_counted(world: Any, unit: Any) -> None:
    with unit() as session:
        enrolments.withdraw(enrolment_of(session, world.trainee), Leave(Cause.OTHER, "Moved"))
        session.flush()
        assert who(session, pace_of(session)) == [enrolment_of(session, world.trainee_2).id]


def test_only_the_dates_of_a_taught_cohort_are_in_force(world: Any, unit: Any) -> None:
    with unit() as session:
        cohort = session.scalar(select(Cohort).where(Cohort.slug == world.cohort))
        cohorts.move_cohort(cohort, CohortState.MARKING)
        assert pace_of(session).behind
        cohorts.move_cohort(cohort, CohortState.CLOSED)
        closed = pace_of(session)
        assert closed.behind == [] and closed.progress is None


def test_a_module_that_has_not_opened_asks_for_nothing(world: Any, unit: Any) -> None:
    with clock.at(clock.now() - timedelta(days=20)), unit() as session:
        assert pace_of(session).modules == 0 and pace_of(session).behind == []


def test_the_mean_of_cohorts_is_that_of_their_people() -> None:
    small, large = Pace(1, read=100), Pace(1, read=0)
    small.standings[Standing.ACTIVE], large.standings[Standing.ACTIVE] = 1, 3
    assert mean([small, large]) == 25 and mean([]) is None


def test_the_worst_lag_of_a_person_decides_their_place() -> None:
    from diploma.cohorts.rules import Lag

    assert Behind(1, 1, {"m2": Lag(0, 90), "m3": Lag(80, 90, 2)}).weight == Lag(80, 90, 2).weight


def test_the_list_names_each_person_and_what_is_not_done(world: Any, browser_of: Any) -> None:
    browser = browser_of(world.coordinator)
    page = browser.get(f"/cohorts/{world.cohort}/behind?lang=en").text
    assert "Aziza Karimova" in page and "Bobur Toshmatov" in page and "read 0%, expected 66%" in page
    assert "سالم" not in page


def test_the_list_of_another_government_does_not_exist(world: Any, browser_of: Any) -> None:
    browser = browser_of(world.coordinator)
    foreign, missing = browser.get("/cohorts/ae-1/behind?lang=en"), browser.get("/cohorts/none/behind?lang=en")
    assert (foreign.status_code, missing.status_code) == (404, 404)


def test_a_trainee_may_not_see_who_is_behind(world: Any, browser_of: Any) -> None:
    assert browser_of(world.trainee).get(f"/cohorts/{world.cohort}/behind").status_code == 403
