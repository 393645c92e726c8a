"""Which appeals a person may see: the author their own, who may answer what waits for them, who answered what they
said, and who moderates a cohort all of it. What is out of reach does not exist: 404.
"""

from typing import Any

from flask import abort
from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from diploma.accounts.models import User
from diploma.accounts.permissions import Permission
from diploma.cohorts import access as cohorts
from diploma.cohorts.models import Cohort, Enrolment
from diploma.core import clock, listing
from diploma.core.db import session
from diploma.coursework.appeals import deciders
from diploma.coursework.appeals.models import Appeal, AppealAnswer, Outcome
from diploma.coursework.appeals.rules import WAITING, Counted
from diploma.coursework.models import Marking, Submission, SubmissionVersion
from diploma.coursework.together import sight

SHOWN = 200  # appeals of one list; those due first stand first
SORTS = {
    "due": Appeal.due_at,
    "asked": Appeal.asked_at,
    "cohort": Cohort.slug,
    "module": Submission.module,
    "language": SubmissionVersion.lang,
}


# ---- the author


def own(version: SubmissionVersion) -> list[Appeal]:
    """The appeals against the mark of one's own version, in the order in which they were made."""
    return of_versions([version]).get(version.id, [])


def of_versions(versions: list[SubmissionVersion]) -> dict[int, list[Appeal]]:
    """The same of several versions, by the id of the version."""
    query = (
        select(Appeal)
        .join(Appeal.marking)
        .where(Marking.work_id.in_([one.id for one in versions]))
        .options(joinedload(Appeal.marking), selectinload(Appeal.answers).joinedload(AppealAnswer.by))
        .order_by(Appeal.id)
    )
    found: dict[int, list[Appeal]] = {}
    for one in session.scalars(query):
        found.setdefault(one.marking.work_id, []).append(one)
    return found


def own_appeal(version: SubmissionVersion, appeal_id: int) -> Appeal:
    """One of them, or 404."""
    return next((one for one in own(version) if one.id == appeal_id), None) or abort(404)


# ---- the staff


def changed(version: SubmissionVersion) -> list[tuple[Appeal, AppealAnswer]]:
    """How appeals have changed the mark of a version, for who gave it: what was said, not by whom."""
    made = of_versions([version]).get(version.id, [])
    return [(one, answer) for one in made for answer in one.answers if answer.outcome is Outcome.ACCEPTED]


def appeal(user: User, appeal_id: int) -> Appeal:
    """An appeal that waits for this person, that they have answered, or that they moderate."""
    found = deciders.fit(_all(deciders.waiting_for(user).where(Appeal.id == appeal_id)), user)
    return next(iter(found or _all(_read_by(user).where(Appeal.id == appeal_id))), None) or abort(404)


def waiting(user: User, sort: str) -> list[Appeal]:
    """What waits for an answer of this person, as an address asks for it; the one due first stands first."""
    query = listing.ordered(deciders.waiting_for(user), SORTS, sort, Appeal.due_at, Appeal.id)
    return deciders.fit(_all(query.limit(SHOWN)), user)


def others(user: User, but: list[Appeal]) -> list[Appeal]:
    """What this person may read besides: what waits for others first, then the newest."""
    query = _read_by(user).where(Appeal.id.not_in([one.id for one in but]))
    order = (Appeal.state.not_in(WAITING), Appeal.asked_at.desc(), Appeal.id.desc())
    return _all(query.order_by(*order).limit(SHOWN))


def count_waiting(user: User) -> int:
    """How many wait for this person."""
    if not any(user.can(one, clock.now()) for one in deciders.MAY):
        return 0
    return len(deciders.fit(_all(deciders.waiting_for(user)), user))


def counted(user: User) -> list[Counted]:
    """All appeals of the cohorts that this person moderates, as they are counted; one query."""
    led = cohorts.visible_cohorts(user, Permission.MODERATE_MARKS).with_only_columns(Cohort.id)
    first = AppealAnswer
    columns = (Submission.module, Appeal.state, Appeal.outcome, Appeal.asked_at, Appeal.due_at, first.at)
    rows: Any = session.execute(
        select(*columns)
        .join(Marking, Marking.id == Appeal.marking_id)
        .join(Marking.work)
        .join(SubmissionVersion.submission)
        .join(Submission.enrolment)
        .outerjoin(first, (first.appeal_id == Appeal.id) & (first.instance == 1))
        .where(Enrolment.cohort_id.in_(led))
        .order_by(Submission.module, Appeal.id)
    )
    return [Counted(*row) for row in rows]


def open_in(cohort: Cohort) -> int:
    """How many appeals of a cohort wait for an answer."""
    query = (
        select(func.count())
        .select_from(Appeal)
        .join(Appeal.marking)
        .join(Marking.work)
        .join(SubmissionVersion.submission)
        .join(Submission.enrolment)
        .where(Enrolment.cohort_id == cohort.id, Appeal.state.in_(WAITING))
    )
    return session.scalar(query) or 0


def _read_by(user: User) -> Select[Appeal]:
    """What this person answered, or moderates; never their own, nor that of a person with whom they have a conflict."""
    led = cohorts.visible_cohorts(user, Permission.MODERATE_MARKS).with_only_columns(Cohort.id)
    said = Appeal.answers.any(AppealAnswer.by_id == user.id)
    return deciders.joined().where(or_(Enrolment.cohort_id.in_(led), said), sight.untied(user))


def _all(query: Select[Appeal]) -> list[Appeal]:
    return list(session.scalars(query).unique())
