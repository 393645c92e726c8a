"""Moving a person with their work: what comes along, what is refused, and the way back."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from diploma.accounts import service as accounts
from diploma.accounts.permissions import Role
from diploma.cohorts import attending, service
from diploma.cohorts.life import belongings, enrolments
from diploma.cohorts.life.enrolments import Leave
from diploma.cohorts.life.models import Cause, EnrolmentEvent, EventKind
from diploma.cohorts.models import CohortState, EnrolmentState, Presence
from diploma.cohorts.service import SheetEntry
from diploma.core import clock
from diploma.core.errors import Refused
from diploma.core.lang import Lang
from diploma.coursework import service as coursework
from diploma.coursework.models import Submission
from diploma.quizzes import service as quizzes
from diploma.quizzes.models import QuizAttempt
from tests.cohorts.conftest import cohort_of, enrolment_of, row
from tests.world import M2


def _held(session: Any, slug: str, days: int, *present: int) -> int:
    """A lecture of two hours some days ago, with its sheet saved."""
    with clock.at(clock.now() - timedelta(days=days)):
        live = service.plan_session(cohort_of(session, slug), M2, "Lecture", clock.now(), Decimal(2))
        service.save_sheet(live, [SheetEntry(one, Presence.PRESENT, None) for one in present])
    return int(live.id)


@pytest.fixture
def busy(world: Any, second_cohort: str, unit: Any) -> int:
    """A trainee with a draft, a quiz attempt and an attended session; a session was held in the other cohort too."""
    with unit() as session:
        one = enrolment_of(session, world.trainee)
        quizzes.start(one, M2, by=one.user)
        coursework.open_draft(one, M2, Lang.EN, by=one.user)
        _held(session, "uz-1", 2, one.id)
        _held(session, "uz-2", 2)
        return one.id  # type: ignore[no-any-return]


def test_work_comes_along_and_the_step_is_recorded(world: Any, busy: int, unit: Any) -> None:
    with unit() as session:
        one = enrolment_of(session, world.trainee)
        enrolments.move(one, cohort_of(session, "uz-2"), "New region")
        assert (one.id, one.cohort.slug) == (busy, "uz-2")
        assert session.scalars(select(QuizAttempt.enrolment_id)).all() == [busy]
        assert session.scalars(select(Submission.enrolment_id)).all() == [busy]
        (event,) = enrolments.events(one)
        assert (event.kind, event.cohort.slug, event.to_cohort.slug) == (EventKind.MOVED, "uz-1", "uz-2")
        now = clock.now()
        held = [g.cohort_id for g in one.user.grants if g.role is Role.TRAINEE and g.holds_at(now)]
        assert held == [one.cohort_id]


def test_attended_hours_come_along_and_earlier_sessions_there_do_not_count(world: Any, busy: int, unit: Any) -> None:
    with unit() as session:
        one = enrolment_of(session, world.trainee)
        enrolments.move(one, cohort_of(session, "uz-2"), "New region")
        with clock.at(clock.now() + timedelta(days=1)):
            _held(session, "uz-2", 0)
        rows = attending.delivered([one.id])
        assert sorted((line[2], line[4]) for line in rows if line[4]) == [(Decimal(2), Presence.PRESENT)]
        assert len(rows) == 2  # the attended one of before, and the missed one after the move


def test_moving_back_leaves_everything_as_it_was(world: Any, busy: int, unit: Any) -> None:
    with unit() as session:
        one = enrolment_of(session, world.trainee)
        before = attending.delivered([one.id])
        enrolments.move(one, cohort_of(session, "uz-2"), "New region")
        enrolments.move(one, cohort_of(session), "A mistake")
        assert one.cohort.slug == "uz-1"
        assert attending.delivered([one.id]) == before


def test_an_import_moves_by_the_same_rules(world: Any, busy: int, load: Any, reading: Any) -> None:
    load(row(world.trainee, "Aziza Karimova", "Ministry of Examples (uz)"), cohort="uz-2")
    with reading() as session:
        one = enrolment_of(session, world.trainee, "uz-2")
        assert one.id == busy and one.moved_at
        assert session.scalars(select(EnrolmentEvent.kind)).all() == [EventKind.MOVED]
        assert len(attending.delivered([one.id])) == 1


def test_who_was_put_off_returns_to_the_next_intake_from_a_closed_cohort(
    world: Any, second_cohort: str, unit: Any
) -> None:
    with unit() as session:
        one, other = enrolment_of(session, world.trainee), enrolment_of(session, world.trainee_2)
        enrolments.defer(one, Leave(Cause.HEALTH))
        one.cohort.state = CohortState.CLOSED
        enrolments.move(one, cohort_of(session, "uz-2"), "Returns")
        assert one.state is EnrolmentState.ACTIVE
        with pytest.raises(Refused, match="closed"):
            enrolments.move(other, cohort_of(session, "uz-2"), "Later")


def test_nobody_moves_into_a_closed_cohort_or_twice_onto_one_list(world: Any, second_cohort: str, unit: Any) -> None:
    with unit() as session:
        one, to = enrolment_of(session, world.trainee), cohort_of(session, "uz-2")
        service.enrol(to, one.user)
        with pytest.raises(Refused, match="already"):
            enrolments.move(one, to, "x")
        to.state = CohortState.CLOSED
        with pytest.raises(Refused, match="closed"):
            enrolments.move(enrolment_of(session, world.trainee_2), to, "x")


def test_a_reason_is_needed(world: Any, second_cohort: str, unit: Any) -> None:
    with unit() as session, pytest.raises(Refused, match="reason"):
        enrolments.move(enrolment_of(session, world.trainee), cohort_of(session, "uz-2"), " ")


@pytest.mark.parametrize("to", ["ae-1", "uz-1", "no-such", ""])
def test_a_form_moves_only_to_intakes_in_reach(world: Any, busy: int, browser_of: Any, reading: Any, to: str) -> None:
    browser, path = browser_of(world.coordinator), f"/cohorts/uz-1/people/{busy}/move"
    assert browser.send(path, {"to": to, "reason": "x"}, page="/account").status_code == 422
    assert "Cohort ae" not in browser.get(f"{path}?to={to}").text
    with reading() as session:
        assert enrolment_of(session, world.trainee).cohort.slug == "uz-1"


def test_who_manages_one_of_the_two_cohorts_moves_nobody(
    world: Any, busy: int, browser_of: Any, unit: Any, reading: Any
) -> None:
    with reading() as session:
        karim = enrolment_of(session, "karim@uz.test", "uz-2").id
    browser = browser_of("narrow@uz.test")
    path = f"/cohorts/uz-2/people/{karim}/move"
    assert "Cohort uz 1" not in browser.get(path).text
    assert browser.send(path, {"to": "uz-1", "reason": "x"}, page="/account").status_code == 422
    assert browser.get(f"/cohorts/uz-1/people/{busy}/move").status_code == 404
    assert browser.get(f"/cohorts/uz-2/people/{busy}/move").status_code == 404


def test_the_preview_says_what_comes_along_and_what_differs(world: Any, busy: int, browser_of: Any) -> None:
    page = browser_of(world.coordinator).get(f"/cohorts/uz-1/people/{busy}/move?to=uz-2").text
    assert "Quiz attempts" in page and "Assignments begun" in page and "Hours attended" in page
    assert "The same edition" in page and "No dates yet" in page and "seats free" in page


def test_another_edition_and_its_missing_modules_are_pointed_out(
    world: Any, busy: int, prerequisite: str, browser_of: Any
) -> None:
    page = browser_of(world.coordinator).get(f"/cohorts/uz-1/people/{busy}/move?to=uz-2").text
    assert "Another edition" in page


def test_a_second_click_changes_nothing_more(world: Any, busy: int, browser_of: Any, reading: Any) -> None:
    browser, path = browser_of(world.coordinator), f"/cohorts/uz-1/people/{busy}/move"
    sent = {"to": "uz-2", "reason": "New region"}
    assert [browser.send(path, sent, page="/account").status_code for _ in range(2)] == [302, 404]
    with reading() as session:
        assert len(session.scalars(select(EnrolmentEvent)).all()) == 1
        assert accounts.find(world.trainee)


def test_there_is_a_word_for_every_table_that_hangs_on_an_enrolment(app: Any) -> None:
    assert {one.name for one in belongings.tables()} == belongings.WORDS.keys()
