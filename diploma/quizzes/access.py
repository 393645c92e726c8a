"""Which attempts a person may see: their own, in the enrolment on which they work; any other is 404."""

from dataclasses import dataclass

from flask import abort
from sqlalchemy import select

from diploma.accounts.models import User
from diploma.core.db import session
from diploma.learning import access as learning
from diploma.learning.access import Reader
from diploma.learning.structure import Module
from diploma.quizzes.models import QuizAttempt


@dataclass(frozen=True)
class Sitting:
    """A person's attempt, with the reader and the module to which it belongs."""

    reader: Reader
    module: Module
    attempt: QuizAttempt


def sitting(user: User, module: str, attempt_id: int) -> Sitting:
    """One own attempt at the quiz of an open module, or 404."""
    reader, found = learning.open_module(user, module)
    attempt: QuizAttempt | None = session.scalar(
        select(QuizAttempt).where(
            QuizAttempt.id == attempt_id,
            QuizAttempt.module == module,
            QuizAttempt.enrolment_id == (reader.enrolment.id if reader.enrolment else None),
        )
    )
    return Sitting(reader, found, attempt or abort(404))
