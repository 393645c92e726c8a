"""Which requests, dates and late works a person may see and decide on: those of the cohorts within their reach, never
their own. What is out of reach does not exist: 404."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import abort
from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import aliased, contains_eager, joinedload, selectinload

from diploma.accounts.models import User
from diploma.accounts.permissions import Permission
from diploma.cohorts import access as cohorts
from diploma.cohorts.groups.models import OwnDates
from diploma.cohorts.models import Cohort, Enrolment, EnrolmentState
from diploma.core.db import session
from diploma.coursework.extensions.models import ExtensionRequest, LateWaiver, RequestState
from diploma.coursework.models import Marking, MarkingState, Submission, SubmissionVersion

SHOWN = 100  # rows of one list; what waits longest stands first
_OWN_OR_NOBODYS = (joinedload(OwnDates.enrolment).joinedload(Enrolment.user), joinedload(OwnDates.group))


@dataclass(frozen=True)
class LateWork:
    """A work that came in after its date, its mark not released; ``waiver`` where its lateness costs nothing."""

    submission_id: int
    module: str
    author: str
    received_at: datetime
    due_at: datetime
    waiver: str | None


def own_request(enrolment: Enrolment | None, module: str, request_id: int) -> ExtensionRequest:
    """A person's own request for the assignment in the address, or 404."""
    mine = enrolment.id if enrolment else 0
    found: ExtensionRequest | None = session.scalar(
        select(ExtensionRequest).where(
            ExtensionRequest.id == request_id,
            ExtensionRequest.enrolment_id == mine,
            ExtensionRequest.module == module,
        )
    )
    return found or abort(404)


def _requests(user: User, cohort: Cohort) -> Select[ExtensionRequest]:
    """Requests of a cohort in reach, of the people who are still in it."""
    enrolment = contains_eager(ExtensionRequest.enrolment)
    return (
        select(ExtensionRequest)
        .join(ExtensionRequest.enrolment)
        .join(Enrolment.user)
        .where(ExtensionRequest.cohort_id == cohort.id, Enrolment.cohort_id == cohort.id, Enrolment.user_id != user.id)
        .options(enrolment.contains_eager(Enrolment.user), joinedload(ExtensionRequest.decided_by))
    )


def request(user: User, slug: str, request_id: int) -> ExtensionRequest:
    cohort = cohorts.cohort(user, slug, Permission.EXTEND)
    found = session.scalar(_requests(user, cohort).where(ExtensionRequest.id == request_id))
    return found or abort(404)


def requests(user: User, cohort: Cohort, ids: Collection[int]) -> list[ExtensionRequest]:
    """The visible ones among ``ids``; the others do not exist."""
    return list(session.scalars(_requests(user, cohort).where(ExtensionRequest.id.in_(ids))))


def waiting(user: User, cohort: Cohort) -> list[ExtensionRequest]:
    """What waits for a decision, the oldest first."""
    query = _requests(user, cohort).where(ExtensionRequest.state == RequestState.ASKED)
    query = query.where(Enrolment.state == EnrolmentState.ACTIVE)
    return list(session.scalars(query.order_by(ExtensionRequest.asked_at, ExtensionRequest.id).limit(SHOWN)))


def open_requests(user: User) -> list[tuple[Cohort, int]]:
    """The cohorts in reach in which requests wait, each with their number; one query."""
    count = func.count(ExtensionRequest.id)
    rows = session.execute(
        cohorts.visible_cohorts(user, Permission.EXTEND)
        .join(ExtensionRequest, ExtensionRequest.cohort_id == Cohort.id)
        .join(Enrolment, (Enrolment.id == ExtensionRequest.enrolment_id) & (Enrolment.cohort_id == Cohort.id))
        .where(ExtensionRequest.state == RequestState.ASKED, Enrolment.state == EnrolmentState.ACTIVE)
        .where(Enrolment.user_id != user.id)
        .group_by(Cohort.id)
        .order_by(Cohort.slug)
        .add_columns(count)
    )
    return [(cohort, int(number)) for cohort, number in rows]


def decided(user: User, cohort: Cohort) -> list[ExtensionRequest]:
    """What was decided or withdrawn, the newest first."""
    query = _requests(user, cohort).where(ExtensionRequest.state != RequestState.ASKED)
    return list(session.scalars(query.order_by(ExtensionRequest.closed_at.desc(), ExtensionRequest.id).limit(SHOWN)))


def all_requests(cohort: Cohort) -> list[Any]:
    """Of every request of a cohort what is counted."""
    one = ExtensionRequest
    columns = (one.module, one.state, one.asked_at, one.closed_at, one.given_days)
    return list(session.execute(select(*columns).where(one.cohort_id == cohort.id)))


def own_dates(user: User, slug: str, dates_id: int) -> OwnDates:
    """Dates that hold for a person or group of a cohort in reach, never one's own."""
    cohort = cohorts.cohort(user, slug, Permission.EXTEND)
    query = _dates(user, cohort).where(OwnDates.id == dates_id, OwnDates.ended_at.is_(None))
    found: OwnDates | None = session.scalar(query)
    return found or abort(404)


def all_dates(user: User, cohort: Cohort) -> list[OwnDates]:
    """Those that hold, the newest first, and after them those that have ended."""
    order = (OwnDates.ended_at.is_not(None), OwnDates.at.desc(), OwnDates.id.desc())
    return list(session.scalars(_dates(user, cohort).order_by(*order).limit(SHOWN)))


def _dates(user: User, cohort: Cohort) -> Select[OwnDates]:
    query = select(OwnDates).outerjoin(OwnDates.enrolment).options(*_OWN_OR_NOBODYS, joinedload(OwnDates.by))
    here = (Enrolment.user_id != user.id) & (Enrolment.cohort_id == cohort.id)
    return query.where(OwnDates.cohort_id == cohort.id, or_(OwnDates.enrolment_id.is_(None), here))


def receivers(user: User, cohort: Cohort) -> list[Enrolment]:
    """The people to whom dates can be given, by name."""
    query = select(Enrolment).join(Enrolment.user).options(contains_eager(Enrolment.user))
    query = query.where(Enrolment.cohort_id == cohort.id, Enrolment.state == EnrolmentState.ACTIVE)
    return list(session.scalars(query.where(Enrolment.user_id != user.id).order_by(User.sort_key, Enrolment.id)))


def work(user: User, slug: str, submission_id: int) -> Submission:
    """A work that was handed in, under the address of its own cohort; never one's own."""
    cohort = cohorts.cohort(user, slug, Permission.EXTEND)
    found: Submission | None = session.scalar(
        select(Submission)
        .join(Submission.enrolment)
        .where(Submission.id == submission_id, Enrolment.cohort_id == cohort.id, Enrolment.user_id != user.id)
        .where(Submission.versions.any())
        .options(
            contains_eager(Submission.enrolment).options(joinedload(Enrolment.user), joinedload(Enrolment.cohort)),
            selectinload(Submission.versions),
        )
    )
    return found or abort(404)


def late_works(user: User, cohort: Cohort) -> list[LateWork]:
    """The works that came in late and are not released, the latest first. Nothing of their marks is known here."""
    first, waiver = aliased(SubmissionVersion), aliased(LateWaiver)
    unreleased = (
        select(Marking.id)
        .join(SubmissionVersion)
        .where(SubmissionVersion.submission_id == Submission.id, Marking.state != MarkingState.RELEASED)
    )
    rows: Any = session.execute(
        select(Submission.id, Submission.module, User.full_name, first.received_at, first.due_at, waiver.reason)
        .join(Submission.enrolment)
        .join(Enrolment.user)
        .join(first, (first.submission_id == Submission.id) & (first.number == 1))
        .outerjoin(waiver, (waiver.submission_id == Submission.id) & waiver.ended_at.is_(None))
        .where(Enrolment.cohort_id == cohort.id, Enrolment.user_id != user.id)
        .where(Enrolment.state != EnrolmentState.WITHDRAWN, first.received_at > first.due_at, unreleased.exists())
        .where(Submission.lead_id.is_(None))
        .order_by(first.received_at.desc(), Submission.id)
        .limit(SHOWN)
    )
    return [LateWork(*row) for row in rows]
