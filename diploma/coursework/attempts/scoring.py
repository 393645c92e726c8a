"""Which mark counts, read from what is released: the best one of each attempt, and between attempts the cohort's rule.

The rule is read when a mark is asked for, never stored with it: a cohort that decides otherwise decides about marks
that were shown, too, and is told whose (``changes``).
"""

from collections import defaultdict
from collections.abc import Collection
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, bindparam, exists, func, select

from diploma.cohorts.models import Cohort, Enrolment
from diploma.core.db import session
from diploma.coursework import policies
from diploma.coursework.attempts.models import ExcusedAttempt
from diploma.coursework.attempts.rules import AttemptPolicy, Scoring, score
from diploma.coursework.models import Marking, MarkingState, Submission, SubmissionVersion
from diploma.coursework.policies import Area

Key = tuple[int, str]  # enrolment id, module
Marks = dict[int, Decimal]  # attempt number → its mark

ATTEMPTS = Area("attempts", AttemptPolicy, lambda programme: AttemptPolicy.of(programme.resubmission))


def counts() -> ColumnElement[bool]:
    """Of a marking joined to its version: that it is released and its attempt not excused."""
    work = SubmissionVersion
    excused = exists().where(ExcusedAttempt.submission_id == work.submission_id, ExcusedAttempt.number == work.attempt)
    return (Marking.state == MarkingState.RELEASED) & ~excused


_MARKS = (
    select(Submission.enrolment_id, Submission.module, SubmissionVersion.attempt, func.max(Marking.counted))
    .join(SubmissionVersion, SubmissionVersion.submission_id == Submission.id)
    .join(Marking, Marking.work_id == SubmissionVersion.id)
    .where(Submission.enrolment_id.in_(bindparam("people", expanding=True)), counts())
    .group_by(Submission.enrolment_id, Submission.module, SubmissionVersion.attempt)
)


def marks(enrolment_ids: Collection[int]) -> dict[Key, Marks]:
    """The released marks that can count, by enrolment and module; one query."""
    found: dict[Key, Marks] = defaultdict(dict)
    rows: Any = session.execute(_MARKS, {"people": list(enrolment_ids)})
    for enrolment, module, attempt, mark in rows:
        found[enrolment, module][attempt] = mark
    return found


def counted(enrolment_ids: Collection[int]) -> dict[Key, Decimal]:
    """The mark that counts per enrolment and module, 0 to 100, unrounded. The rules are read only where somebody has
    marks of several attempts."""
    found = marks(enrolment_ids)
    rules = _rules({key for key, one in found.items() if len(one) > 1})
    scores = {key: score(rules.get(key, Scoring.BEST), one) for key, one in found.items()}
    return {key: mark for key, mark in scores.items() if mark is not None}


def _rules(keys: Collection[Key]) -> dict[Key, Scoring]:
    if not keys:
        return {}
    people = {enrolment for enrolment, _module in keys}
    rows: Any = session.execute(select(Enrolment.id, Cohort).join(Enrolment.cohort).where(Enrolment.id.in_(people)))
    cohorts: dict[int, Cohort] = dict(rows.all())
    books = policies.books(ATTEMPTS, {one.id: one for one in cohorts.values()}.values())
    return {(who, module): books[cohorts[who].id].at(module).values.scoring for who, module in keys}


_other = SubmissionVersion.__table__.alias("newer")


def newer(work: Any = SubmissionVersion) -> ColumnElement[bool]:
    """Of a version: that another one of the same work came after it, so that its mark is for an older one."""
    return exists().where(_other.c.submission_id == work.submission_id, _other.c.number > work.number)


def older(enrolment_ids: Collection[int]) -> set[Key]:
    """The works with a released mark whose newest version is not released: what counts is for an older version."""
    states = (
        select(Submission.enrolment_id, Submission.module, Marking.state)
        .join(SubmissionVersion, SubmissionVersion.submission_id == Submission.id)
        .join(Marking, Marking.work_id == SubmissionVersion.id)
        .where(Submission.enrolment_id.in_(enrolment_ids))
        .order_by(SubmissionVersion.number)
    )
    found: dict[Key, list[MarkingState]] = defaultdict(list)
    for enrolment, module, state in session.execute(states):
        found[enrolment, module].append(state)
    released = MarkingState.RELEASED
    return {key for key, one in found.items() if released in one and one[-1] is not released}
