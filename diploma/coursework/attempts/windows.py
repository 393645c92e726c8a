"""What a work that is written again is written for, until when, and how the version that comes of it counts."""

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import select

from diploma.core.db import session
from diploma.coursework import policies
from diploma.coursework.attempts.models import SubmissionAttempt, WorkReturn
from diploma.coursework.attempts.rules import AttemptPolicy
from diploma.coursework.attempts.scoring import ATTEMPTS
from diploma.coursework.late import Late, days_after
from diploma.coursework.models import Marking, MarkingState, Submission, SubmissionState, SubmissionVersion

NEVER_CUT_OFF = datetime.max.replace(tzinfo=UTC)  # an attempt has no cut-off but its own last day


class Again(enum.StrEnum):
    """Why a work is written again."""

    RESUBMISSION = "resubmission"
    ATTEMPT = "attempt"
    RETURN = "return"


@dataclass(frozen=True)
class Window:
    """``due_at`` and ``closes_at`` as the dates of an assignment; ``origin`` is the version whose times decide about
    late for what is handed in until ``due_at``, ``first_due_at`` the instant that counts for what comes later.

    ``comment`` is what a marker wrote who returned the work, ``reason`` why the staff opened an attempt.
    """

    kind: Again
    attempt: int
    due_at: datetime
    closes_at: datetime
    resubmission: bool = False
    origin: SubmissionVersion | None = None
    first_due_at: datetime | None = None
    comment: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Place:
    """How a version counts: the instant by which it was due, its attempt, and whose times decide about late."""

    due_at: datetime
    attempt: int
    resubmission: bool
    origin: SubmissionVersion | None


def policy(work: Submission) -> AttemptPolicy:
    """The rules of attempts of a work's assignment."""
    return policies.of(ATTEMPTS, work.enrolment.cohort, work.module)


def window(work: Submission, late: Late, closes_at: datetime) -> Window | None:
    """What a work is written again for; ``None`` when it is written for the first time, or lies with the markers.

    ``closes_at`` is when the first attempt closes for its author.
    """
    if work.state is not SubmissionState.RETURNED:
        return None
    last = work.versions[-1]
    if work.attempt > last.attempt:
        row = attempt(work)
        assert row is not None  # opened in the same transaction
        closes = late.closes_at(row.due_at, NEVER_CUT_OFF)
        return Window(Again.ATTEMPT, row.number, row.due_at, closes, reason=row.reason)
    back = open_return(last)
    if back is None:
        until = resubmit_until(work, _released(last), policy(work))
        return Window(Again.RESUBMISSION, last.attempt, until, until, True, last.origin or last)
    first, capped = last.origin or last, last.resubmission
    closes = back.until if capped else max(back.until, _usual(work, last, late, closes_at))
    return Window(
        *(Again.RETURN, last.attempt, back.until, closes, capped, first, None if capped else first.due_at),
        comment=back.comment,
    )


def place(work: Submission, found: Window | None, due_at: datetime, received_at: datetime) -> Place:
    """How a version that was received then would count; without a window it is the first one."""
    if found is None:
        return Place(due_at, work.attempt, False, None)
    if received_at > found.due_at and found.first_due_at:
        return Place(found.first_due_at, found.attempt, found.resubmission, None)
    return Place(found.due_at, found.attempt, found.resubmission, found.origin)


def resubmit_until(work: Submission, released: Marking, rule: AttemptPolicy) -> datetime:
    """The last instant of a resubmission after a released mark."""
    assert released.released_at is not None  # a check of the table
    return days_after(released.released_at, rule.within_days, work.enrolment.cohort.time_zone)


def resubmissions(work: Submission) -> int:
    """How many there were in the present attempt; one that was returned and came again is one."""
    own = [one for one in work.versions if one.resubmission and one.attempt == work.attempt]
    return len(own) - len(returned(own)) if own else 0


def attempt(work: Submission) -> SubmissionAttempt | None:
    """The row of the attempt that is written or was handed in last; ``None`` for the first one."""
    query = select(SubmissionAttempt).where(
        SubmissionAttempt.submission_id == work.id,
        SubmissionAttempt.number == work.attempt,
        SubmissionAttempt.closed_at.is_(None),
    )
    found: SubmissionAttempt | None = session.scalar(query)
    return found


def open_return(version: SubmissionVersion) -> WorkReturn | None:
    """The return of a version to which no answer came yet."""
    found: WorkReturn | None = session.scalar(
        select(WorkReturn).where(WorkReturn.work_id == version.id, WorkReturn.ended_at.is_(None))
    )
    return found


def answer_return(work: Submission, at: datetime) -> None:
    """The return of the last version is over, because another version came."""
    back = open_return(work.versions[-1]) if work.versions else None
    if back and work.attempt == work.versions[-1].attempt:
        back.ended_at = at


def returned(versions: list[SubmissionVersion]) -> Mapping[int, WorkReturn]:
    """Of the versions those that were given back for good, by id; what was taken back again is not among them."""
    query = select(WorkReturn).where(
        WorkReturn.work_id.in_([one.id for one in versions]), WorkReturn.took_back.is_(False)
    )
    return {one.work_id: one for one in session.scalars(query.order_by(WorkReturn.id))}


def _released(version: SubmissionVersion) -> Marking:
    query = select(Marking).where(Marking.work_id == version.id, Marking.state == MarkingState.RELEASED)
    return session.scalars(query).one()


def _usual(work: Submission, last: SubmissionVersion, late: Late, closes_at: datetime) -> datetime:
    """When the attempt of the last version would have closed had nothing been handed in."""
    row = attempt(work) if last.attempt > 1 else None
    return late.closes_at(row.due_at, NEVER_CUT_OFF) if row else closes_at
