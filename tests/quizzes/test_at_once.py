"""Sixteen clicks at the same moment, each in a transaction of its own."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from sqlalchemy import func, select

from diploma.accounts.models import User
from diploma.cohorts.models import Enrolment
from diploma.core import db
from diploma.core.audit import AuditEvent
from diploma.quizzes import service
from diploma.quizzes.models import QuizAnswer, QuizAttempt
from tests.quizzes.conftest import MODULE

CLICKS = 16


def at_once(app: Any, email: str, act: Callable[[Any, Enrolment, User], int]) -> list[int]:
    """What ``act`` gave in each of the sixteen transactions."""

    def click(_number: int) -> int:
        with app.app_context(), db.unit_of_work() as session:
            user = session.scalar(select(User).where(User.email == email))
            return act(session, session.scalar(select(Enrolment).where(Enrolment.user_id == user.id)), user)

    with ThreadPoolExecutor(CLICKS) as threads:
        return list(threads.map(click, range(CLICKS)))


def start(_session: Any, enrolment: Enrolment, user: User) -> int:
    return service.start(enrolment, MODULE, by=user).id


def test_sixteen_clicks_start_one_attempt(app: Any, world: Any, quiz: Any, reading: Any) -> None:
    assert len(set(at_once(app, world.trainee, start))) == 1
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(QuizAttempt)) == 1


def test_sixteen_submissions_score_once(app: Any, world: Any, quiz: Any, reading: Any) -> None:
    [attempt_id] = set(at_once(app, world.trainee, start))

    def submit(session: Any, _enrolment: Enrolment, user: User) -> int:
        service.submit(session.get_one(QuizAttempt, attempt_id), by=user)
        return attempt_id

    at_once(app, world.trainee, submit)
    with reading() as session:
        query = select(func.count()).select_from(AuditEvent).where(AuditEvent.kind == "quiz.submitted")
        assert session.scalar(query) == 1


def test_sixteen_saves_of_one_answer_keep_one_row(app: Any, world: Any, quiz: Any, reading: Any) -> None:
    [attempt_id] = set(at_once(app, world.trainee, start))

    def save(session: Any, _enrolment: Enrolment, user: User) -> int:
        return service.save_answer(session.get_one(QuizAttempt, attempt_id), "q05", {"text": "55"}, by=user).id

    assert len(set(at_once(app, world.trainee, save))) == 1
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(QuizAnswer)) == 1
