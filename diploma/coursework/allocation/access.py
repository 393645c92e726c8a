"""The works whose allocation or author a person may see to: those of the cohorts on which they hold the permission.

Their own are out of reach, as for markers (``coursework.access``); what is out of reach is 404.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import abort
from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import aliased, contains_eager, joinedload

from diploma.accounts.models import User
from diploma.accounts.permissions import Permission
from diploma.cohorts import access as cohorts
from diploma.cohorts.models import Cohort, Enrolment
from diploma.core import clock
from diploma.core.db import session
from diploma.core.lang import Lang
from diploma.coursework import policies, rules
from diploma.coursework.allocation import anonymity
from diploma.coursework.allocation.models import Conflict, Lease
from diploma.coursework.models import Marking, MarkingState, Submission, SubmissionVersion
from diploma.coursework.moderation.policy import SECOND
from diploma.coursework.together import sight

PAGE = 100  # works on one page
_GIVEN: Any = aliased(User)
_MARKER: Any = aliased(User)


def work(user: User, marking_id: int, permission: Permission) -> Marking:
    """One marking with its work, its author and its cohort, or 404."""
    mine = cohorts.visible_cohorts(user, permission).with_only_columns(Cohort.id)
    loaded = contains_eager(Marking.work).contains_eager(SubmissionVersion.submission)
    enrolment = loaded.contains_eager(Submission.enrolment)
    found: Marking | None = session.scalar(
        select(Marking)
        .join(Marking.work)
        .join(SubmissionVersion.submission)
        .join(Submission.enrolment)
        .where(Marking.id == marking_id, Enrolment.cohort_id.in_(mine), sight.whole(), sight.foreign(user))
        .options(enrolment.joinedload(Enrolment.user), enrolment.joinedload(Enrolment.cohort))
        .options(joinedload(Marking.marker))
    )
    return found or abort(404)


@dataclass(frozen=True)
class Row:
    """A work without a mark on the page of allocation; ``author`` is a receipt where it is marked without names."""

    id: int
    author: str
    module: str
    lang: Lang
    received_at: datetime
    begun: bool
    to: str | None
    on_desk: str | None


def to_do(user: User, cohort: Cohort, page: int) -> tuple[int, list[Row]]:
    """The works to do in a cohort whose allocation ``user`` sees to, without their own: how many, and one page of
    them; what nobody was given first, then the oldest."""
    veil = anonymity.veil(user, Permission.ALLOCATE)
    lease = and_(Lease.marking_id == Marking.id, Lease.until > clock.now())
    query: Any = (
        select(Marking)
        .join(Marking.work)
        .join(SubmissionVersion.submission)
        .join(Submission.enrolment)
        .join(Enrolment.user)
        .where(Enrolment.cohort_id == cohort.id, sight.here())
        .where(Marking.state.in_(rules.TO_DO), sight.foreign(user))
    )
    total = session.scalar(query.with_only_columns(func.count())) or 0
    rows = session.execute(
        query.outerjoin(_GIVEN, _GIVEN.id == Marking.allocated_to_id)
        .outerjoin(Lease, lease)
        .outerjoin(_MARKER, _MARKER.id == func.coalesce(Lease.holder_id, Marking.marker_id))
        .with_only_columns(
            Marking.id,
            veil.author,
            Submission.module,
            SubmissionVersion.lang,
            SubmissionVersion.received_at,
            or_(Marking.state == MarkingState.MARKING, Lease.marking_id.is_not(None)),
            _GIVEN.full_name,
            _MARKER.full_name,
        )
        .order_by(Marking.allocated_to_id.is_not(None), SubmissionVersion.received_at, Marking.id)
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    )
    return total, [Row(*row) for row in rows]


# ---- conflicts of interest


@dataclass(frozen=True)
class Declared:
    """A conflict with what its person is called for the reader: by name, or by the receipt of the work at which it was
    declared. ``marked``: works of the person whose mark the marker has set all the same, before or because."""

    conflict: Conflict
    author: str
    hidden: bool
    marked: int = 0


def conflict(user: User, conflict_id: int) -> Conflict:
    """A conflict that this person has declared, or 404."""
    mine = select(Conflict).where(Conflict.id == conflict_id, Conflict.marker_id == user.id)
    found: Conflict | None = session.scalar(mine)
    return found or abort(404)


def own_conflicts(user: User) -> list[Declared]:
    """What this person has declared, the last one first; a constant number of queries.

    Who declares must not learn a name: where works are marked twice, and without names, it is the receipt until the
    release.
    """
    found = list(session.scalars(_declared().where(Conflict.marker_id == user.id).order_by(Conflict.id.desc())))
    works = [one.marking for one in found if one.marking]
    called, cohorts_of = anonymity.authors(works, user), {one.id: one.work.submission.enrolment.cohort for one in works}
    books = policies.books(SECOND, {one.id: one for one in cohorts_of.values()}.values())
    rows = []
    for one in found:
        work = one.marking
        if work is None:
            rows.append(Declared(one, "–", True))
            continue
        twice = books[cohorts_of[work.id].id].at(work.work.submission.module).values.on
        blind = twice and work.state is not MarkingState.RELEASED
        name = work.work.receipt if blind else called[work.id]
        rows.append(Declared(one, name, name == work.work.receipt))
    return rows


def conflicts_of(user: User, cohort: Cohort, page: int) -> tuple[int, list[Declared]]:
    """The conflicts declared at works of a cohort, without those with ``user``: how many, and one page of them."""
    here = _declared().where(Enrolment.cohort_id == cohort.id, Conflict.person_id != user.id)
    total = session.scalar(here.with_only_columns(func.count())) or 0
    order = here.options(joinedload(Conflict.marker)).order_by(Conflict.at.desc(), Conflict.id)
    found = list(session.scalars(order.limit(PAGE).offset((page - 1) * PAGE)))
    works = [one.marking for one in found if one.marking]
    called, marked = anonymity.authors(works, user), _marked_all_the_same(cohort)
    return total, [
        Declared(
            one, called[work.id], called[work.id] == work.work.receipt, marked.get((one.marker_id, one.person_id), 0)
        )
        for one in found
        if (work := one.marking)
    ]


def _declared() -> Any:
    loaded = contains_eager(Conflict.marking).contains_eager(Marking.work).contains_eager(SubmissionVersion.submission)
    enrolment = loaded.contains_eager(Submission.enrolment)
    return (
        select(Conflict)
        .outerjoin(Conflict.marking)
        .outerjoin(Marking.work)
        .outerjoin(SubmissionVersion.submission)
        .outerjoin(Submission.enrolment)
        .options(enrolment.joinedload(Enrolment.user), enrolment.joinedload(Enrolment.cohort))
    )


def _marked_all_the_same(cohort: Cohort) -> dict[tuple[int, int], int]:
    """(marker, person) → marks in the cohort that a marker has set of a person with whom they declared a conflict."""
    rows: Any = session.execute(
        select(Conflict.marker_id, Conflict.person_id, func.count())
        .join(Enrolment, and_(Enrolment.user_id == Conflict.person_id, Enrolment.cohort_id == cohort.id))
        .join(Submission, Submission.enrolment_id == Enrolment.id)
        .join(SubmissionVersion, SubmissionVersion.submission_id == Submission.id)
        .join(Marking, and_(Marking.work_id == SubmissionVersion.id, Marking.marker_id == Conflict.marker_id))
        .where(Marking.counted.is_not(None))
        .group_by(Conflict.marker_id, Conflict.person_id)
    )
    return {(marker, person): count for marker, person, count in rows}
