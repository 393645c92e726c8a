"""Giving a work back to its author before it is marked, with comments; and taking that back."""

from datetime import datetime

from diploma.accounts.models import User
from diploma.cohorts.models import EnrolmentState
from diploma.cohorts.rules import FROZEN
from diploma.core import audit, clock
from diploma.core.db import session
from diploma.core.errors import N_, Refused
from diploma.coursework import rules, service
from diploma.coursework.allocation import leases, markers
from diploma.coursework.attempts import letters, windows
from diploma.coursework.attempts.models import WorkReturn
from diploma.coursework.models import Marking, MarkingState, Submission, SubmissionState
from diploma.coursework.together import members


def give_back(marking: Marking, comment: str, until: datetime, *, base_url: str, by: User) -> WorkReturn:
    """Return a work that is not marked. Its version stays as it was handed in; its author goes on from it."""
    work = _held(marking, by)
    markers.check(marking, by)
    if MarkingState.RETURNED not in rules.MARKING_MOVES[marking.state]:
        raise Refused(
            N_("The work was returned to its author.")
            if marking.state is MarkingState.RETURNED
            else N_("The work is marked already. Take the mark back to a draft first.")
        )
    if work.versions[-1].id != marking.work_id or work.state is not SubmissionState.SUBMITTED:
        raise Refused(N_("The author is writing or has handed in a newer version."))
    if all(one.state is not EnrolmentState.ACTIVE for one in members.authors(work)):
        raise Refused(N_("This person is not active in the cohort."))
    if not comment:
        raise Refused(N_("Say what is missing."))
    if until <= clock.now():
        raise Refused(N_("This date is over already."))
    leases.keep(marking, by)
    leases.end(marking)
    service.fill(work, marking.work)
    made = [_give_back(one, comment, until, base_url, by) for one in members.markings(marking)]
    return made[0]


def _give_back(marking: Marking, comment: str, until: datetime, base_url: str, by: User) -> WorkReturn:
    """To one author."""
    work = marking.work.submission
    before, marking.state, marking.marker_id = marking.state, MarkingState.RETURNED, by.id
    made = WorkReturn(work=marking.work, by=by, at=clock.now(), comment=comment, until=until)
    session.add(made)
    work.state = SubmissionState.RETURNED
    session.flush()
    _note("work.returned", marking, before, by, why=comment, until=until)
    letters.tell("work_returned", made.id, work, base_url, receipt=marking.work.receipt, comment=comment, until=until)
    return made


def take_back(marking: Marking, *, base_url: str, by: User) -> None:
    """Mark the work as it was handed in after all; only while nothing else came."""
    work = _held(marking, by)
    found = windows.open_return(marking.work)
    if found is None or marking.state is not MarkingState.RETURNED or work.versions[-1].id != marking.work_id:
        raise Refused(N_("This work does not wait for its author."))
    for one in members.markings(marking):
        _take_back(one, base_url, by)


def _take_back(marking: Marking, base_url: str, by: User) -> None:
    """From one author."""
    work, found = marking.work.submission, windows.open_return(marking.work)
    assert found is not None  # each author has the return that the first one has
    found.ended_at, found.took_back = clock.now(), True
    marking.state = MarkingState.FOLLOWING if marking.work.lead_id else MarkingState.WAITING
    work.state, work.page = SubmissionState.SUBMITTED, ""
    session.flush()
    _note("work.return_taken_back", marking, MarkingState.RETURNED, by)
    letters.tell("return_taken_back", found.id, work, base_url, receipt=marking.work.receipt)


def _held(marking: Marking, by: User) -> Submission:
    """The work of a marking, both locked in the order in which a release takes them."""
    work = marking.work.submission
    if members.is_author(marking, by):
        raise Refused(N_("Nobody marks their own work."))
    if work.enrolment.cohort.state in FROZEN:
        raise Refused(N_("The cohort is closed; its marks are frozen."))
    service.lock(marking)
    service.lock(work, "versions", "files")
    return work


def _note(kind: str, marking: Marking, before: MarkingState, by: User, **detail: object) -> None:
    audit.record(
        kind,
        f"marking:{marking.id}",
        by=by,
        receipt=marking.work.receipt,
        before=before.value,
        after=marking.state.value,
        **detail,
    )
