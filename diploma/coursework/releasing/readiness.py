"""Which marks can be released and which not, and why: one expression for counts, lists and mails."""

import enum
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select

from diploma.accounts.models import User
from diploma.accounts.permissions import Permission
from diploma.cohorts.models import Cohort, Enrolment
from diploma.core.db import session
from diploma.coursework import rules
from diploma.coursework.allocation import anonymity
from diploma.coursework.attempts import scoring
from diploma.coursework.models import Marking, MarkingState, Submission, SubmissionVersion
from diploma.coursework.moderation import rounds
from diploma.coursework.peers import counting
from diploma.coursework.together import sight


class Standing(enum.StrEnum):
    """Where a mark stands on its way to the trainee. ``OTHERS``: somebody else has to release it, because it is one's
    own or that of a person with whom one has declared a conflict; of these no more is told."""

    READY = "ready"
    UNMARKED = "unmarked"
    SECOND = "second"
    REVIEWED = "reviewed"
    RETURNED = "returned"
    OTHERS = "others"
    RELEASED = "released"


NOT_READY = (Standing.UNMARKED, Standing.SECOND, Standing.REVIEWED, Standing.RETURNED)


@dataclass(frozen=True)
class Unready:
    """A mark that is not ready; ``author`` is a receipt where works are marked without names."""

    author: str
    standing: Standing


@dataclass(frozen=True)
class Own:
    """A mark of one person; ``hidden`` where their name is not seen with it."""

    marking_id: int
    module: str
    number: int
    standing: Standing
    hidden: bool


def counts(user: User, cohort: Cohort) -> Mapping[str, Counter[Standing]]:
    """How many marks of a cohort stand where, by module."""
    at = _standing(user, cohort).label("at")
    each = _of(cohort).with_only_columns(Submission.module, at).subquery()  # PostgreSQL groups by names, not by cases
    rows: Any = session.execute(select(each.c.module, each.c.at, func.count()).group_by(each.c.module, each.c.at))
    found: dict[str, Counter[Standing]] = {}
    for module, standing, count in rows:
        found.setdefault(module, Counter())[Standing(standing)] = count
    return found


def ready(user: User, cohort: Cohort, module: str) -> list[tuple[int, str, str]]:
    """The marks of an assignment that ``user`` can release: the id, the author's name and the receipt of each."""
    query = _of(cohort).join(Enrolment.user).where(Submission.module == module)
    rows: Any = session.execute(
        query.where(_standing(user, cohort) == Standing.READY.value)
        .with_only_columns(Marking.id, User.full_name, SubmissionVersion.receipt)
        .order_by(Marking.id)
    )
    return [(row[0], row[1], row[2]) for row in rows]


def unready(user: User, cohort: Cohort, module: str, limit: int, offset: int = 0) -> list[Unready]:
    """The marks of an assignment that are not ready, as ``user`` may call their authors."""
    veil, at = anonymity.veil(user, Permission.RELEASE), _standing(user, cohort)
    rows: Any = session.execute(
        _of(cohort)
        .join(Enrolment.user)
        .where(Submission.module == module, at.in_([one.value for one in NOT_READY]))
        .with_only_columns(veil.author, at)
        .order_by(at, veil.order, Marking.id)
        .limit(limit)
        .offset(offset)
    )
    return [Unready(author, Standing(standing)) for author, standing in rows]


def of_person(user: User, enrolment: Enrolment) -> list[Own]:
    """The unreleased marks of one person. Works that are marked without names are there, but nothing more is told."""
    veil = anonymity.veil(user, Permission.RELEASE)
    rows: Any = session.execute(
        _of(enrolment.cohort)
        .where(Enrolment.id == enrolment.id, Marking.state != MarkingState.RELEASED)
        .with_only_columns(
            Marking.id, Submission.module, SubmissionVersion.number, _standing(user, enrolment.cohort), veil.hides
        )
        .order_by(Submission.module, SubmissionVersion.number)
    )
    return [Own(row[0], row[1], row[2], Standing(row[3]), row[4]) for row in rows]


def _of(cohort: Cohort) -> Select[Any]:
    """The markings of a cohort with their works and authors. Who has left does not count, nor a returned version after
    which another came."""
    left = and_(Marking.state != MarkingState.RELEASED, ~sight.here())
    gone = and_(Marking.state == MarkingState.RETURNED, scoring.newer())
    return (
        select(Marking)
        .join(Marking.work)
        .join(SubmissionVersion.submission)
        .join(Submission.enrolment)
        .where(Enrolment.cohort_id == cohort.id, sight.whole(), ~left, ~gone)
    )


def _standing(user: User, cohort: Cohort) -> ColumnElement[str]:
    """All of the second marking is one answer: who is chosen for it says something of the mark."""
    held = Marking.state.in_((MarkingState.SECOND, MarkingState.RECONCILING))
    second = or_(held, and_(Marking.state == MarkingState.MARKED, rounds.twice_in(cohort)))
    return case(
        (~sight.untied(user), Standing.OTHERS.value),
        (Marking.state.in_(rules.TO_DO), Standing.UNMARKED.value),
        (Marking.state == MarkingState.RETURNED, Standing.RETURNED.value),
        (second, Standing.SECOND.value),
        (Marking.state == MarkingState.RELEASED, Standing.RELEASED.value),
        (counting.unready(cohort), Standing.REVIEWED.value),
        else_=Standing.READY.value,
    )
