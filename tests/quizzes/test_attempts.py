"""The life of an attempt, at the service: no page, no button."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from diploma.accounts.models import User
from diploma.cohorts.models import CohortModule, CohortState, Enrolment
from diploma.core import clock
from diploma.core.audit import AuditEvent
from diploma.core.errors import Refused
from diploma.core.outbox import Job
from diploma.learning.structure import Quiz
from diploma.quizzes import service
from diploma.quizzes.models import QuizAttempt
from diploma.quizzes.results import best_scores
from tests.quizzes.conftest import MODULE, SHORT_ANSWER

Unit = Callable[[], Any]


@pytest.fixture
def people(quiz: Quiz, world: Any) -> Callable[[Any], tuple[User, Enrolment]]:
    """The trainee and their enrolment, in the session at hand."""

    def find(session: Any) -> tuple[User, Enrolment]:
        user = session.scalar(select(User).where(User.email == world.trainee))
        return user, session.scalar(select(Enrolment).where(Enrolment.user_id == user.id))

    return find


def started(session: Any, people: Any) -> tuple[QuizAttempt, User]:
    user, enrolment = people(session)
    return service.start(enrolment, MODULE, by=user), user


def test_starting_twice_gives_the_same_open_attempt(unit: Unit, people: Any) -> None:
    with unit() as session:
        first, _user = started(session, people)
        second, _user = started(session, people)
        assert first.id == second.id
        assert len(first.items) == 10 and SHORT_ANSWER in first.items


def test_a_fourth_attempt_is_refused(unit: Unit, people: Any) -> None:
    with unit() as session:
        for number in (1, 2, 3):
            attempt, user = started(session, people)
            assert attempt.number == number
            service.submit(attempt, by=user)
        with pytest.raises(Refused, match="All 3 attempts"):
            started(session, people)


def test_the_database_holds_one_open_attempt_at_most(unit: Unit, people: Any) -> None:
    with pytest.raises(IntegrityError), unit() as session:
        attempt, _user = started(session, people)
        session.add(
            QuizAttempt(
                enrolment_id=attempt.enrolment_id,
                module=MODULE,
                number=2,
                seed=1,
                items=[],
                edition_id=attempt.edition_id,
                revision_id=attempt.revision_id,
                started_at=clock.now(),
            )
        )


def test_the_newest_answer_replaces_the_one_before(unit: Unit, people: Any) -> None:
    with unit() as session:
        attempt, user = started(session, people)
        service.save_answer(attempt, "q05", {"text": "54"}, by=user)
        service.save_answer(attempt, "q05", {"text": "55"}, by=user)
        assert [(one.item, one.answer) for one in attempt.answers] == [("q05", {"text": "55"})]


def test_the_server_scores_each_item_once_it_is_submitted(unit: Unit, people: Any) -> None:
    with unit() as session:
        attempt, user = started(session, people)
        service.save_answer(attempt, "q05", {"text": "٥٥٫٥"}, by=user)
        service.save_answer(attempt, "q02", {"chosen": ["a", "c"]}, by=user)
        service.save_answer(attempt, "q11", {"text": "порог"}, by=user)
        assert attempt.score is None and all(one.share is None for one in attempt.answers)
        service.submit(attempt, by=user)
        assert {one.item: one.share for one in attempt.answers} == {"q05": 1, "q02": Decimal("0.6667"), "q11": 1}
        # 1 + 2 × 2/3 + 1 of the 15 points of the ten items
        assert attempt.score == Decimal("22.2222")


def test_a_second_submission_changes_nothing(unit: Unit, people: Any) -> None:
    with unit() as session:
        attempt, user = started(session, people)
        service.submit(attempt, by=user)
        before = attempt.submitted_at
        with clock.at(clock.now() + timedelta(hours=1)):
            service.submit(attempt, by=user)
        assert attempt.submitted_at == before and attempt.score == 0
        assert len(session.scalars(select(AuditEvent).where(AuditEvent.kind == "quiz.submitted")).all()) == 1


def test_a_submitted_attempt_takes_no_answer(unit: Unit, people: Any) -> None:
    with unit() as session:
        attempt, user = started(session, people)
        service.submit(attempt, by=user)
        with pytest.raises(Refused, match="submitted"):
            service.save_answer(attempt, "q05", {"text": "55"}, by=user)


def test_an_item_that_was_not_drawn_takes_no_answer(unit: Unit, people: Any) -> None:
    with unit() as session:
        attempt, user = started(session, people)
        with pytest.raises(Refused, match="does not belong"):
            service.save_answer(attempt, "q01", {"chosen": ["b"]}, by=user)


def test_nobody_else_answers_or_submits(unit: Unit, people: Any, world: Any) -> None:
    with unit() as session:
        attempt, _user = started(session, people)
        other = session.scalar(select(User).where(User.email == world.trainee_2))
        with pytest.raises(Refused, match="Only the trainee"):
            service.save_answer(attempt, "q05", {"text": "55"}, by=other)
        with pytest.raises(Refused, match="Only the trainee"):
            service.submit(attempt, by=other)
        with pytest.raises(Refused, match="Only the trainee"):
            service.start(people(session)[1], MODULE, by=other)


def test_a_closed_cohort_is_frozen(unit: Unit, people: Any) -> None:
    with unit() as session:
        attempt, user = started(session, people)
        people(session)[1].cohort.state = CohortState.CLOSED
        session.flush()
        with pytest.raises(Refused, match="frozen"):
            service.save_answer(attempt, "q05", {"text": "55"}, by=user)
        with pytest.raises(Refused, match="frozen"):
            service.submit(attempt, by=user)


def test_no_attempt_starts_in_a_closed_cohort(unit: Unit, people: Any) -> None:
    with unit() as session:
        people(session)[1].cohort.state = CohortState.CLOSED
        with pytest.raises(Refused, match="frozen"):
            started(session, people)


@pytest.mark.parametrize(("days", "why"), [(-30, "not open yet"), (22, "is over")])
def test_an_attempt_starts_between_opening_and_cut_off(unit: Unit, people: Any, days: int, why: str) -> None:
    with unit() as session, clock.at(clock.now() + timedelta(days=days)), pytest.raises(Refused, match=why):
        started(session, people)


def test_an_attempt_begun_in_time_is_still_finished_after_the_cut_off(unit: Unit, people: Any) -> None:
    with unit() as session:
        attempt, user = started(session, people)
        cut_off = session.scalar(select(CohortModule.cut_off_at))
        with clock.at(cut_off + timedelta(days=1)):
            service.save_answer(attempt, "q05", {"text": "55"}, by=user)
            assert service.submit(attempt, by=user).score


def test_the_layers_above_hear_of_a_submission_once(unit: Unit, people: Any) -> None:
    with unit() as session:
        attempt, user = started(session, people)
        service.submit(attempt, by=user)
        service.submit(attempt, by=user)
        jobs = session.scalars(select(Job).where(Job.kind == "progress")).all()
        assert [one.payload for one in jobs] == [{"enrolment_id": attempt.enrolment_id, "module": MODULE}]


def test_the_best_of_the_submitted_attempts_counts(unit: Unit, people: Any) -> None:
    with unit() as session:
        for answer in ("55", "0"):
            attempt, user = started(session, people)
            service.save_answer(attempt, "q05", {"text": answer}, by=user)
            service.submit(attempt, by=user)
        started(session, people)
        assert best_scores([attempt.enrolment_id]) == {(attempt.enrolment_id, MODULE): Decimal("6.6667")}
