"""Results of many people at once."""

from collections.abc import Callable
from typing import Any

import pytest

from diploma.accounts import service as accounts
from diploma.cohorts import service as cohorts
from diploma.cohorts.models import Cohort, Enrolment, Presence
from diploma.core.lang import Lang
from diploma.gradebook import queries as gradebook
from diploma.gradebook.rules import MissingKind
from diploma.learning import catalogue
from tests.gradebook.conftest import M2, D, complete, enrolment_of, hand_in, hold, open_lessons, take_quiz

Unit = Callable[[], Any]


def crowd(session: Any, cohort: Cohort, size: int) -> list[Enrolment]:
    """People with some of everything."""
    people = []
    for number in range(size):
        user = accounts.create_user(f"crowd{number}@uz.test", f"Person {number}", Lang.EN)
        enrolment = cohorts.enrol(cohort, user)
        open_lessons(session, enrolment)
        take_quiz(session, enrolment, D(80))
        hand_in(session, enrolment, D(70))
        people.append(enrolment)
    hold(session, cohort, "w1", {one.id: (Presence.PRESENT, D(90)) for one in people})
    return people


def test_the_number_of_queries_does_not_grow_with_the_people(unit: Unit, world: Any, queries: Any) -> None:
    seen = {}
    with unit() as session:
        cohort = enrolment_of(session, world.trainee).cohort
        content = catalogue.content(cohort.revision_id)
        people = crowd(session, cohort, 60)
        for size in (3, 60):
            session.expire_all()
            group = [session.get_one(Enrolment, one.id) for one in people[:size]]
            with queries() as sent:
                found = gradebook.results(group, content)
            assert len(found) == size
            seen[size] = len(sent)
    assert seen[3] == seen[60] <= 5


def test_each_person_has_their_own_evidence(unit: Unit, world: Any) -> None:
    with unit() as session:
        first, second = (enrolment_of(session, one) for one in (world.trainee, world.trainee_2))
        content = catalogue.content(first.cohort.revision_id)
        complete(session, first)
        hand_in(session, first, D(70))
        take_quiz(session, second, D(40))
        found = gradebook.results([first, second], content)
        assert found[first.id][M2].complete and found[first.id][M2].total == 75
        other = found[second.id][M2]
        assert [line.mark for line in other.how] == [40, None, 0]  # both workshops were held without them
        assert other.attendance == 0 and other.missing[0].kind is MissingKind.LESSONS


def test_people_of_two_cohorts_keep_their_own_sessions(unit: Unit, world: Any) -> None:
    with unit() as session:
        first, foreign = enrolment_of(session, world.trainee), enrolment_of(session, world.other_trainee)
        complete(session, first)
        found = gradebook.results([first, foreign], catalogue.content(first.cohort.revision_id))
        assert found[first.id][M2].attendance == 100 and found[foreign.id][M2].attendance is None


def test_nobody_asks_for_nobody(unit: Unit, world: Any) -> None:
    with unit() as session:
        cohort = enrolment_of(session, world.trainee).cohort
        assert gradebook.results([], catalogue.content(cohort.revision_id)) == {}


def test_a_planned_session_counts_only_when_its_sheet_is_saved(unit: Unit, world: Any) -> None:
    with unit() as session:
        enrolment = enrolment_of(session, world.trainee)
        live = hold(session, enrolment.cohort, "w1", {enrolment.id: (Presence.PRESENT, D(90))})
        live.sheet_saved_at = None
        session.flush()
        result = gradebook.results([enrolment], catalogue.content(enrolment.cohort.revision_id))[enrolment.id][M2]
        assert result.attendance is None and result.missing[3].ids == ("w1", "w2")
        assert [one.id for one, _row, _kind in gradebook.sessions(enrolment, M2)] == [live.id]


@pytest.mark.parametrize(("presence", "attendance"), [(Presence.EXCUSED, None), (Presence.ABSENT, 0)])
def test_excused_hours_leave_the_attendance_and_missed_ones_do_not(
    unit: Unit, world: Any, presence: Presence, attendance: int | None
) -> None:
    with unit() as session:
        enrolment = enrolment_of(session, world.trainee)
        hold(session, enrolment.cohort, None, {enrolment.id: (presence, None)})
        result = gradebook.results([enrolment], catalogue.content(enrolment.cohort.revision_id))[enrolment.id][M2]
        assert result.attendance == attendance
