"""Lateness that costs nothing after all: decided for one work with a reason, and taken back with another."""

from sqlalchemy import select

from diploma.accounts.models import User
from diploma.cohorts.models import EnrolmentState
from diploma.cohorts.rules import FROZEN
from diploma.core import audit, clock
from diploma.core.db import session
from diploma.core.errors import N_, Refused
from diploma.coursework import service
from diploma.coursework.extensions.given import recount
from diploma.coursework.extensions.models import LateWaiver
from diploma.coursework.models import Marking, MarkingState, Submission, SubmissionVersion
from diploma.coursework.together import members


def live(work: Submission) -> LateWaiver | None:
    """The waiver that holds for a work."""
    found: LateWaiver | None = session.scalar(
        select(LateWaiver).where(LateWaiver.submission_id == work.id, LateWaiver.ended_at.is_(None))
    )
    return found


def waive(work: Submission, reason: str, *, by: User) -> LateWaiver:
    """Let the lateness of a work cost nothing. What is released stays as it was shown."""
    work = work.desk
    reason = _allowed(work, reason, by)
    if live(work):
        raise Refused(N_("The deduction of this work is waived already."))
    made = LateWaiver(submission_id=work.id, reason=reason, by_id=by.id, at=clock.now())
    session.add(made)
    session.flush()
    audit.record(
        "lateness.waived",
        f"submission:{work.id}",
        by=by,
        module=work.module,
        before="deducted",
        after="waived",
        why=reason,
    )
    recount([work.enrolment_id], work.module, why="waiver", by=by)
    return made


def take_back(work: Submission, reason: str, *, by: User) -> None:
    """Let the rules of late work apply again."""
    work = work.desk
    reason = _allowed(work, reason, by)
    held = live(work)
    if held is None:
        raise Refused(N_("Nothing is waived for this work."))
    held.ended_at, held.ended_by_id, held.ended_reason = clock.now(), by.id, reason
    session.flush()
    audit.record(
        "lateness.waiver_ended",
        f"submission:{work.id}",
        by=by,
        module=work.module,
        before=held.reason,
        after="deducted",
        why=reason,
    )
    recount([work.enrolment_id], work.module, why="waiver", by=by)


def _allowed(work: Submission, reason: str, by: User) -> str:
    """The reason; :class:`Refused` where a waiver could change nothing. The work is held until the commit."""
    enrolment, reason = work.enrolment, reason.strip()
    if members.author(work, by):
        raise Refused(N_("Nobody waives the lateness of their own work."))
    if not reason:
        raise Refused(N_("Give the reason."))
    service.lock(work)
    if enrolment.cohort.state in FROZEN:
        raise Refused(N_("The cohort is closed; its marks are frozen."))
    if all(one.state is EnrolmentState.WITHDRAWN for one in members.authors(work)):
        raise Refused(N_("This person is no longer active in the cohort."))
    unreleased = (
        select(Marking.id)
        .join(SubmissionVersion)
        .where(SubmissionVersion.submission_id == work.id, Marking.state != MarkingState.RELEASED)
    )
    if session.scalar(unreleased.limit(1)) is None:
        raise Refused(N_("The mark of this work is released. A released mark is not touched by a waiver."))
    return reason
