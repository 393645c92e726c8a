"""What the layers above may count of quizzes."""

from collections.abc import Collection
from decimal import Decimal

from sqlalchemy import bindparam, func, select

from diploma.core.db import session
from diploma.quizzes.models import QuizAttempt

Key = tuple[int, str]  # enrolment id, module

_BEST = (
    select(QuizAttempt.enrolment_id, QuizAttempt.module, func.max(QuizAttempt.score))
    .where(QuizAttempt.enrolment_id.in_(bindparam("people", expanding=True)), QuizAttempt.submitted_at.is_not(None))
    .group_by(QuizAttempt.enrolment_id, QuizAttempt.module)
)


def best_scores(enrolment_ids: Collection[int]) -> dict[Key, Decimal]:
    """The best score per enrolment and module, 0 to 100 (spec content: the best attempt counts); one query."""
    rows = session.execute(_BEST, {"people": list(enrolment_ids)})
    return {(enrolment, module): score for enrolment, module, score in rows if score is not None}
