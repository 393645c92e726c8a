"""A module is completed when its last condition is met, whichever that is, and once."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from diploma.cohorts import service as cohorts
from diploma.cohorts.models import Presence
from diploma.core import jobs, outbox
from diploma.core.audit import AuditEvent
from diploma.core.outbox import Job
from diploma.gradebook import service
from diploma.learning.models import ModuleCompletion
from tests.gradebook.conftest import M2, D, complete, enrolment_of, hand_in, hold, open_lessons, take_quiz

Unit = Callable[[], Any]


def completions(session: Any) -> list[tuple[int, str]]:
    return [(one.enrolment_id, one.module) for one in session.scalars(select(ModuleCompletion))]


def test_a_complete_result_completes_the_module_once(unit: Unit, world: Any) -> None:
    with unit() as session:
        enrolment = enrolment_of(session, world.trainee)
        complete(session, enrolment)
        hand_in(session, enrolment, D(70))
        for _ in range(2):
            service.recalculate(enrolment.id, M2)
        assert completions(session) == [(enrolment.id, M2)]
        told = session.scalars(select(Job).where(Job.kind == "module-completed")).all()
        assert [one.payload for one in told] == [{"enrolment_id": enrolment.id, "module": M2}]
        noted = session.scalars(select(AuditEvent).where(AuditEvent.kind == "module.completed")).all()
        assert [Decimal(one.detail["mark"]) for one in noted] == [D(75)]


def test_an_unreleased_mark_completes_nothing(unit: Unit, world: Any) -> None:
    with unit() as session:
        enrolment = enrolment_of(session, world.trainee)
        complete(session, enrolment)
        hand_in(session, enrolment, D(70), released=False)
        service.recalculate(enrolment.id, M2)
        assert completions(session) == []


def test_an_unknown_enrolment_and_a_planned_module_are_left_alone(unit: Unit, world: Any) -> None:
    with unit() as session:
        service.recalculate(999_999, M2)
        service.recalculate(enrolment_of(session, world.trainee).id, "m3-co-creation")
        assert completions(session) == []


def test_the_release_of_a_mark_completes_the_module_through_the_outbox(
    unit: Unit, reading: Unit, world: Any, app: Any
) -> None:
    with unit() as session:
        enrolment = enrolment_of(session, world.trainee)
        complete(session, enrolment)
        hand_in(session, enrolment, D(70))
        outbox.enqueue("mark-released", "mark-released:1", {"enrolment_id": enrolment.id, "module": M2})
    with app.app_context():
        jobs.drain()
    with reading() as session:
        assert completions(session) == [(enrolment_of(session, world.trainee).id, M2)]


def test_the_sheet_of_the_last_workshop_completes_the_module(unit: Unit, reading: Unit, world: Any, app: Any) -> None:
    with unit() as session:
        enrolment = enrolment_of(session, world.trainee)
        open_lessons(session, enrolment)
        take_quiz(session, enrolment, D(80))
        hand_in(session, enrolment, D(70))
        hold(session, enrolment.cohort, "w1", {enrolment.id: (Presence.PRESENT, D(90))})
    with app.app_context():
        jobs.drain()
    with unit() as session:
        assert completions(session) == []
        enrolment = enrolment_of(session, world.trainee)
        hold(session, enrolment.cohort, "w2", {enrolment.id: (Presence.PRESENT, D(90))})
    with app.app_context():
        jobs.drain()
    with reading() as session:
        assert len(completions(session)) == 1


def test_a_saved_sheet_is_news_for_each_person_whose_row_changed(unit: Unit, world: Any) -> None:
    with unit() as session:
        first, second = (enrolment_of(session, one) for one in (world.trainee, world.trainee_2))
        people = {one.id: (Presence.PRESENT, D(90)) for one in (first, second)}
        live = hold(session, first.cohort, "w1", people)

        def told() -> list[int]:
            query = select(Job).where(Job.kind == "progress").order_by(Job.id)
            return [one.payload["enrolment_id"] for one in session.scalars(query)]

        assert told() == [first.id, second.id]
        again = [cohorts.SheetEntry(first.id, Presence.ABSENT, None), cohorts.SheetEntry(second.id, *people[second.id])]
        cohorts.save_sheet(live, again)
        assert told() == [first.id, second.id, first.id]
