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
from diploma.cohorts.models import Cohort, Enrolment, EnrolmentState
from diploma.core import clock
from diploma.core.db import session
from diploma.core.lang import Lang
from diploma.coursework import rules
from diploma.coursework.allocation import anonymity
from diploma.coursework.allocation.models import Lease
from diploma.coursework.models import Marking, MarkingState, Submission, SubmissionVersion

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
        .where(Marking.id == marking_id, Enrolment.cohort_id.in_(mine), Enrolment.user_id != user.id)
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
        .where(Enrolment.cohort_id == cohort.id, Enrolment.state != EnrolmentState.WITHDRAWN)
        .where(Marking.state.in_(rules.TO_DO), Enrolment.user_id != user.id)
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
