"""Which works and receipts the staff see: those of the cohorts that they look after, never their own."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from flask import abort
from sqlalchemy import Select, func, select
from sqlalchemy.orm import contains_eager, selectinload

from diploma.accounts.models import User
from diploma.accounts.permissions import Permission
from diploma.cohorts import access as cohorts
from diploma.cohorts.models import Cohort, Enrolment, EnrolmentState
from diploma.core.db import session
from diploma.coursework import rules
from diploma.coursework.allocation import anonymity
from diploma.coursework.attempts import scoring
from diploma.coursework.attempts.models import SubmissionAttempt
from diploma.coursework.models import Submission, SubmissionState, SubmissionVersion

PAGE = 60  # works on one page


@dataclass(frozen=True)
class Line:
    """A work in the list of attempts; ``mark`` is the released one that counts, ``due_at`` of an open attempt."""

    work: Submission
    mark: Decimal | None
    older: bool
    due_at: datetime | None


def _works(user: User, cohort: Cohort) -> Select[Submission]:
    """Works that were handed in at least once, without those of ``user``."""
    return (
        select(Submission)
        .join(Submission.enrolment)
        .join(Enrolment.user)
        .where(Enrolment.cohort_id == cohort.id, Enrolment.user_id != user.id)
        .where(Submission.state != SubmissionState.DRAFT, Enrolment.state == EnrolmentState.ACTIVE)
    )


def total(user: User, cohort: Cohort, module: str) -> int:
    query = _works(user, cohort).where(Submission.module == module).with_only_columns(func.count())
    return session.scalar(query) or 0


def lines(user: User, cohort: Cohort, module: str, page: int) -> list[Line]:
    """One page of the works of an assignment, by name; the number of queries does not depend on how many."""
    works = session.scalars(
        _works(user, cohort)
        .where(Submission.module == module)
        .options(contains_eager(Submission.enrolment).contains_eager(Enrolment.user), selectinload(Submission.versions))
        .order_by(User.sort_key, Submission.id)
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    ).all()
    people = [one.enrolment_id for one in works]
    marks, older = scoring.counted(people), scoring.older(people)
    opened = session.scalars(
        select(SubmissionAttempt).where(
            SubmissionAttempt.submission_id.in_([one.id for one in works]), SubmissionAttempt.closed_at.is_(None)
        )
    )
    due = {(one.submission_id, one.number): one.due_at for one in opened}
    return [
        Line(one, marks.get(key), key in older, due.get((one.id, one.attempt)))
        for one in works
        if (key := (one.enrolment_id, one.module))
    ]


def works(user: User, cohort: Cohort, ids: list[int]) -> list[Submission]:
    """The works of a cohort among ``ids``; the others do not exist."""
    loaded = contains_eager(Submission.enrolment)
    query = (
        _works(user, cohort)
        .where(Submission.id.in_(ids))
        .options(loaded.contains_eager(Enrolment.user), loaded.joinedload(Enrolment.cohort))
        .order_by(User.sort_key, Submission.id)
    )
    return list(session.scalars(query))


def work(user: User, cohort: Cohort, work_id: int) -> Submission:
    """One work of a cohort, or 404."""
    return next(iter(works(user, cohort, [work_id])), None) or abort(404)


def receipt(user: User, number: str) -> SubmissionVersion | None:
    """The version with a receipt, of the people whom ``user`` sees; ``None`` for any other number."""
    mine = cohorts.visible_cohorts(user, Permission.SEE_COHORT).with_only_columns(Cohort.id)
    loaded = contains_eager(SubmissionVersion.submission).contains_eager(Submission.enrolment)
    found: SubmissionVersion | None = session.scalar(
        select(SubmissionVersion)
        .join(SubmissionVersion.submission)
        .join(Submission.enrolment)
        .where(SubmissionVersion.receipt == rules.read_receipt(number), Enrolment.cohort_id.in_(mine))
        .options(loaded.joinedload(Enrolment.user), loaded.joinedload(Enrolment.cohort))
    )
    return found


def nameless(user: User, version: SubmissionVersion) -> bool:
    """Whether a receipt says nothing of its author: the work is marked without names, and ``user`` marks in its cohort
    or could ask for the author with a reason."""
    cohort, marking = version.submission.enrolment.cohort, version.marking
    meant = any(cohorts.may(user, cohort, one) for one in (Permission.MARK, Permission.REVEAL_AUTHOR))
    return meant and marking is not None and anonymity.is_hidden(marking, user)
