"""Conflicts of interest: what a marker declares and takes back, and what becomes of the works of that person."""

from typing import Any

from sqlalchemy import Select, delete, func, select, update

from diploma.accounts.models import User
from diploma.cohorts.models import Enrolment
from diploma.core import audit, clock
from diploma.core.db import session
from diploma.core.errors import N_, Refused
from diploma.coursework.allocation.models import Conflict, Lease
from diploma.coursework.models import Marking, MarkingState, Submission, SubmissionVersion
from diploma.coursework.moderation.models import Moderation, ProvisionalMark
from diploma.coursework.together import members

_NO_SYNC = {"synchronize_session": False}


def declare(marking: Marking, reason: str, *, by: User) -> None:
    """Say that one should not mark the works of this author; at the work of a group, of its authors, as nobody says
    which one without a name. What one was given of them and has not finished goes back
    to nobody; a draft of who should not judge is dropped. Said twice it is said once."""
    if not reason.strip():
        raise Refused(N_("Say in a few words what the conflict is."))
    _one_at_a_time(by)
    authors = {one.submission.enrolment.user_id for one in members.versions(marking.work)}
    mine = select(Conflict.person_id).where(Conflict.marker_id == by.id, Conflict.person_id.in_(authors))
    new = sorted(authors - set(session.scalars(mine)))
    if not new:
        return
    for author in new:
        session.add(
            Conflict(marker_id=by.id, person_id=author, marking_id=marking.id, reason=reason.strip(), at=clock.now())
        )
        session.flush()
        _give_back(by, author)
    session.expire_all()
    audit.record("conflict.declared", f"marking:{marking.id}", by=by, before=None, after=by.id, why=reason)


def take_back(conflict: Conflict, reason: str, *, by: User) -> None:
    """Say that a conflict of one's own is none any more; works of this person may come to one again."""
    if conflict.marker_id != by.id:
        raise Refused(N_("Only who declared a conflict takes it back."))
    if not reason.strip():
        raise Refused(N_("Say why there is no conflict any more."))
    _one_at_a_time(by)
    audit.record(
        "conflict.taken_back",
        f"marking:{conflict.marking_id}" if conflict.marking_id else f"conflict:{conflict.id}",
        by=by,
        before=by.id,
        after=None,
        said=conflict.reason,
        why=reason,
    )
    session.delete(conflict)
    session.flush()


def _one_at_a_time(marker: User) -> None:
    session.execute(select(User.id).where(User.id == marker.id).with_for_update())


def _give_back(marker: User, author_id: int) -> None:
    """Free the works of a person from a marker: those that were given, drafts, open desks, second marks to be given."""
    theirs = _markings_of(author_id)
    free = {"allocated_to_id": None, "allocated_at": None, "allocated_by_id": None}
    empty: dict[str, Any] = {"levels": {}, "remarks": {}, "comment": "", "page": ""}
    begun = empty | {"marker_id": None, "saved_at": None}
    mine = update(Marking).where(Marking.id.in_(theirs))
    drafts = mine.where(Marking.state == MarkingState.MARKING, Marking.marker_id == marker.id)
    given = mine.where(Marking.state.in_((MarkingState.WAITING, MarkingState.MARKING)))
    again = {"state": MarkingState.WAITING, "version": Marking.version + 1}
    session.execute(drafts.values(begun | again), execution_options=_NO_SYNC)
    session.execute(given.where(Marking.allocated_to_id == marker.id).values(free), execution_options=_NO_SYNC)
    leases = delete(Lease).where(Lease.holder_id == marker.id, Lease.marking_id.in_(theirs))
    session.execute(leases, execution_options=_NO_SYNC)
    readings = select(Moderation.id).where(Moderation.marking_id.in_(theirs))
    unread = delete(ProvisionalMark).where(
        ProvisionalMark.marker_id == marker.id,
        ProvisionalMark.given_at.is_(None),
        ProvisionalMark.moderation_id.in_(readings),
    )
    session.execute(unread, execution_options=_NO_SYNC)


def _markings_of(author_id: int) -> Select[int]:
    own = (
        select(func.coalesce(SubmissionVersion.lead_id, SubmissionVersion.id))
        .join(SubmissionVersion.submission)
        .join(Submission.enrolment)
        .where(Enrolment.user_id == author_id)
    )
    return select(Marking.id).where(Marking.work_id.in_(own))
