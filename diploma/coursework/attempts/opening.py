"""Opening a further attempt, by hand or by the rules; closing it while nothing came; marks that do not count."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Select, select

from diploma.accounts.models import User
from diploma.cohorts.models import EnrolmentState
from diploma.cohorts.rules import FROZEN
from diploma.core import audit, clock, outbox
from diploma.core.db import session
from diploma.core.errors import N_, Refused
from diploma.coursework import results, service
from diploma.coursework.attempts import letters, scoring, windows
from diploma.coursework.attempts.models import ExcusedAttempt, SubmissionAttempt, Way
from diploma.coursework.attempts.rules import Begins
from diploma.coursework.late import days_after
from diploma.coursework.models import Marking, Submission, SubmissionState
from diploma.coursework.together import members


@dataclass
class Outcome:
    """What opening did for a selection: the attempts, and of the others the author's name and the reason."""

    done: list[SubmissionAttempt] = field(default_factory=list)
    refused: list[tuple[str, Refused]] = field(default_factory=list)


def open_many(works: Sequence[Submission], *, due_at: datetime, reason: str, base_url: str, by: User) -> Outcome:
    """Open the next attempt of each work, of a group's once; who cannot have one is named and stops nobody."""
    outcome = Outcome()
    for one in sorted({work.desk for work in works}, key=lambda work: work.id):
        try:
            outcome.done.append(open_attempt(one, due_at=due_at, reason=reason, base_url=base_url, by=by))
        except Refused as refusal:
            outcome.refused.append((one.enrolment.user.full_name, refusal))
    return outcome


def open_attempt(work: Submission, *, due_at: datetime, reason: str, base_url: str, by: User) -> SubmissionAttempt:
    """Open the next attempt of a work by hand. It counts in full, with the mark of its own; of a group for all."""
    work = work.desk
    _stewarded(work, by)
    service.lock(work, "versions", "files")
    if not reason:
        raise Refused(N_("Give a reason."))
    if due_at <= clock.now():
        raise Refused(N_("The due date is over already."))
    if not _is_active(work):
        raise Refused(N_("This person is not active in the cohort."))
    if work.state is SubmissionState.DRAFT:
        raise Refused(N_("Nothing was handed in yet."))
    if work.state is SubmissionState.RETURNED:
        raise Refused(N_("This work is being written again already."))
    rule, number = windows.policy(work), work.versions[-1].attempt + 1
    if not rule.allows(number):
        raise Refused(N_("The rules of this assignment allow no further attempt."))
    return _open(work, number, rule.begins, due_at, Way.STAFF, reason, base_url, by)


def after_release(marking: Marking, *, base_url: str, by: User) -> SubmissionAttempt | None:
    """Open the next attempt by itself, where the rules say so and the mark that now counts is below the limit."""
    work = marking.work.submission
    rule = windows.policy(work)
    if not rule.opens_itself:
        return None
    service.lock(work, "versions", "files")
    number = work.versions[-1].attempt + 1
    if work.state is not SubmissionState.SUBMITTED or not _is_active(work):
        return None
    if marking.work_id != work.versions[-1].id:  # a newer version waits: its mark decides
        return None
    limit = results.content_of(marking.work).modules[work.module].complete_when.assignment_at_least
    found = results.best_counted([one.id for one in members.authors(work)])
    counts = min((mark for (_who, module), mark in found.items() if module == work.module), default=None)
    if not rule.follows(number, counts, limit):
        return None
    due_at = days_after(clock.now(), rule.days, work.enrolment.cohort.time_zone)
    return _open(work, number, rule.begins, due_at, Way.RULE, "", base_url, by)


def close(attempt: SubmissionAttempt, *, reason: str, base_url: str, by: User) -> None:
    """Close an attempt again in which nothing was handed in. What its author has written is kept and hidden."""
    work = attempt.submission.desk
    _stewarded(work, by)
    service.lock(work, "versions")
    session.refresh(attempt)
    if not reason:
        raise Refused(N_("Give a reason."))
    if attempt.closed_at is not None:
        raise Refused(N_("This attempt is closed already."))
    if any(one.attempt == attempt.number for one in work.versions):
        raise Refused(N_("Work was handed in for this attempt; it can no longer be closed."))
    for one in members.works(work):
        _close(one, attempt.number, reason, base_url, by)


def _close(work: Submission, number: int, reason: str, base_url: str, by: User) -> None:
    """For one author."""
    attempt = windows.attempt(work)
    assert attempt is not None and attempt.number == number  # opened for all authors together
    attempt.closed_at, attempt.closed_by_id, attempt.closed_why = clock.now(), by.id, reason
    work.state, work.attempt, work.page = SubmissionState.SUBMITTED, work.versions[-1].attempt, ""
    session.flush()
    audit.record(
        "attempt.closed",
        f"submission:{work.id}",
        by=by,
        module=work.module,
        attempt=attempt.number,
        before=attempt.number,
        after=work.attempt,
        why=reason,
    )
    letters.tell("attempt_closed", attempt.id, work, base_url, number=attempt.number, reason=reason)


def was_closed(work: Submission) -> SubmissionAttempt | None:
    """The last attempt of a work, if the staff closed it and no other was opened since."""
    query = select(SubmissionAttempt).where(SubmissionAttempt.submission_id == work.id)
    last = session.scalars(query.order_by(SubmissionAttempt.id.desc()).limit(1)).first()
    return last if last and last.closed_at else None


def excuse(work: Submission, number: int, *, reason: str, by: User) -> None:
    """Let the marks of an attempt count no longer. The work and the marks stay where they are."""
    before = _decide(work, number, reason, by)
    if session.scalar(_excused(work, number)):
        raise Refused(N_("This attempt does not count already."))
    row = ExcusedAttempt(submission_id=work.id, number=number, by_id=by.id, at=clock.now(), reason=reason)
    session.add(row)
    session.flush()
    _decided("attempt.excused", work, number, before, reason, by)


def count_again(work: Submission, number: int, *, reason: str, by: User) -> None:
    """Let the marks of an excused attempt count again."""
    before = _decide(work, number, reason, by)
    row = session.scalar(_excused(work, number))
    if row is None:
        raise Refused(N_("This attempt counts already."))
    session.delete(row)
    session.flush()
    _decided("attempt.counted_again", work, number, before, reason, by)


def _open(
    work: Submission,
    number: int,
    begins: Begins,
    due_at: datetime,
    way: Way,
    reason: str,
    base_url: str,
    by: User,
) -> SubmissionAttempt:
    closed = was_closed(work)
    if closed is None or closed.number != number:  # else it goes on with what was written until it was closed
        service.fill(work, work.versions[-1] if begins is Begins.COPIED else None)
    made = [_begin(one, number, due_at, way, reason, base_url, by) for one in members.works(work)]
    return made[0]


def _begin(
    work: Submission, number: int, due_at: datetime, way: Way, reason: str, base_url: str, by: User
) -> SubmissionAttempt:
    """For one author."""
    opener = by.id if way is Way.STAFF else None
    made = SubmissionAttempt(
        submission=work,
        number=number,
        way=way,
        opened_by_id=opener,
        opened_at=clock.now(),
        reason=reason,
        due_at=due_at,
    )
    session.add(made)
    work.state, work.attempt, work.page = SubmissionState.RETURNED, number, ""
    session.flush()
    audit.record(
        "attempt.opened",
        f"submission:{work.id}",
        by=by,
        module=work.module,
        attempt=number,
        before=work.versions[-1].attempt,
        after=number,
        way=way,
        due_at=due_at,
        why=reason or None,
    )
    letters.tell("attempt_opened", made.id, work, base_url, number=number, reason=reason, due_at=due_at)
    return made


def _decide(work: Submission, number: int, reason: str, by: User) -> str:
    """Whether the marks of an attempt may be taken in or out of the count; the mark that counts before."""
    _stewarded(work, by)
    service.lock(work, "versions")
    if not reason:
        raise Refused(N_("Give a reason."))
    if not any(one.attempt == number for one in work.versions):
        raise Refused(N_("Nothing was handed in for this attempt."))
    return _counts(work)


def _decided(kind: str, work: Submission, number: int, before: str, reason: str, by: User) -> None:
    event = audit.record(
        kind,
        f"submission:{work.id}",
        by=by,
        module=work.module,
        attempt=number,
        before=before,
        after=_counts(work),
        why=reason,
    )
    recalculate(work.enrolment_id, work.module, f"attempt:{event.number}")


def recalculate(enrolment_id: int, module: str, why: str) -> None:
    """Tell the layers above that another mark counts; a module that was completed stays so."""
    outbox.enqueue(
        "mark-released", f"mark-released:{why}:{enrolment_id}", {"enrolment_id": enrolment_id, "module": module}
    )


def _counts(work: Submission) -> str:
    mark = scoring.counted([work.enrolment_id]).get((work.enrolment_id, work.module))
    return "" if mark is None else str(mark)


def _excused(work: Submission, number: int) -> Select[ExcusedAttempt]:
    return select(ExcusedAttempt).where(ExcusedAttempt.submission_id == work.id, ExcusedAttempt.number == number)


def _is_active(work: Submission) -> bool:
    """Whether an author is there who could write it."""
    return any(one.state is EnrolmentState.ACTIVE for one in members.authors(work))


def _stewarded(work: Submission, by: User) -> None:
    if members.author(work, by):
        raise Refused(N_("Nobody decides about their own attempts."))
    if work.enrolment.cohort.state in FROZEN:
        raise Refused(N_("The cohort is closed; its marks are frozen."))
