"""What trainees do in peer review: write a review, hand it in, answer one, report one; and what staff do with those."""

from collections.abc import Mapping
from dataclasses import dataclass

from diploma.accounts.models import User
from diploma.core import audit, clock
from diploma.core.db import session
from diploma.core.errors import N_, Refused, Stale
from diploma.coursework import marking, results
from diploma.coursework import rules as marks
from diploma.coursework.models import MarkingState
from diploma.coursework.peers import allotting, rules
from diploma.coursework.peers.models import Review, ReviewState
from diploma.coursework.rules import Problem
from diploma.coursework.service import Incomplete, lock

LONGEST_REMARK, LONGEST_COMMENT, LONGEST_REASON = 4_000, 10_000, 2_000


@dataclass(frozen=True)
class Said:
    """What an open form says: criterion → level, criterion → remark, a comment. ``page`` is its key, ``version`` that
    of the review which it has shown."""

    levels: Mapping[str, str]
    remarks: Mapping[str, str]
    comment: str
    page: str
    version: int


def save(review: Review, said: Said, *, by: User) -> None:
    """Keep a review as a draft. One that is done is changed by handing it in anew, never by a draft."""
    _hold(review, said, ReviewState.BEGUN, by)
    if review.state is ReviewState.GIVEN or not _is_stored(review, said):
        _write(review, said, ReviewState.BEGUN)
    elif review.page != said.page:
        review.page = said.page
        session.flush()


def hand_in(review: Review, said: Said, *, by: User) -> None:
    """Hand a review in; every criterion needs a level and a remark. The same form twice hands in once."""
    _hold(review, said, ReviewState.DONE, by)
    if review.state is ReviewState.DONE and _is_stored(review, said):
        return
    missing = _missing(review, said)
    if missing:
        raise Incomplete(missing)
    before = review.raw
    _write(review, said, ReviewState.DONE)
    audit.record("peer_review.done", f"peer-review:{review.id}", by=by, before=before, after=review.raw)


def reply(review: Review, text: str, *, by: User) -> None:
    """The author's answer to a review; once."""
    _lock_received(review, by)
    if review.replied_at is not None:
        raise Refused(N_("You have answered this review already."))
    if not text.strip():
        raise Refused(N_("The answer is empty."))
    review.reply, review.replied_at = text[:LONGEST_REASON], clock.now()
    session.flush()
    audit.record("peer_review.answered", f"peer-review:{review.id}", by=by)


def report(review: Review, why: str, *, by: User) -> None:
    """The author says that a review is hurtful or wrong; the staff see it in their queue."""
    _lock_received(review, by)
    if review.reported_at is not None:
        raise Refused(N_("You have reported this review already."))
    if not why.strip():
        raise Refused(N_("Say in a few words what is wrong with it."))
    review.report, review.reported_at = why[:LONGEST_REASON], clock.now()
    session.flush()
    audit.record("peer_review.reported", f"peer-review:{review.id}", by=by, why=review.report)


def hide(review: Review, why: str, *, by: User) -> None:
    """Take a review away from its author; it counts for nothing any more. A report of it is settled by this."""
    _lead(review, by)
    if review.hidden_at is not None:
        raise Refused(N_("This review is hidden already."))
    if review.state is not ReviewState.DONE:
        raise Refused(N_("This review is not handed in."))
    if not why.strip():
        raise Refused(N_("Give the reason."))
    review.hidden_at, review.hidden_by_id, review.hidden_why = clock.now(), by.id, why[:LONGEST_REASON]
    _settle(review, by)
    audit.record("peer_review.hidden", f"peer-review:{review.id}", by=by, before="shown", after="hidden", why=why)
    _recount(review, by)


def show(review: Review, why: str, *, by: User) -> None:
    """Let a hidden review stand again."""
    _lead(review, by)
    if review.hidden_at is None:
        raise Refused(N_("This review is not hidden."))
    review.hidden_at, review.hidden_by_id, review.hidden_why = None, None, ""
    session.flush()
    audit.record("peer_review.shown", f"peer-review:{review.id}", by=by, before="hidden", after="shown", why=why)
    _recount(review, by)


def dismiss(review: Review, why: str, *, by: User) -> None:
    """Let a reported review stand."""
    _lead(review, by)
    if review.reported_at is None or review.settled_at is not None:
        raise Refused(N_("No report of this review is open."))
    _settle(review, by)
    audit.record("peer_review.kept", f"peer-review:{review.id}", by=by, why=why)


def _hold(review: Review, said: Said, to: ReviewState, by: User) -> None:
    """Whether this reviewer may write now, over what they have seen."""
    allotting.check_reviewer(review.reviewer, by)
    lock(review)
    if clock.now() > review.until_at or not allotting.is_there(review.entry):
        raise Refused(N_("The time for this review is over; it can no longer be changed."))
    if review.hidden_at is not None:
        raise Refused(N_("The staff have hidden this review; it can no longer be changed."))
    same_page = said.page != "" and said.page == review.page
    if not (said.version == review.version or same_page or _is_stored(review, said)):
        raise Stale(N_("This review was changed in another window since you opened it."))
    if to not in rules.MOVES[review.state]:
        raise Refused(N_("This review is handed in. Hand it in anew to change it."))


def _is_stored(review: Review, said: Said) -> bool:
    return (_levels(review, said), _remarks(review, said), said.comment) == (
        review.levels,
        review.remarks,
        review.comment,
    )


def _missing(review: Review, said: Said) -> list[Problem]:
    rubric, remarks = results.rubric_of(review.entry.work), _remarks(review, said)
    bare = set(marks.missing_levels(rubric, said.levels))
    found = []
    for one in rubric.criteria:
        if one.id in bare and one.id not in remarks:
            found.append(Problem(one.id, N_("“%(title)s”: choose a level, and say in a sentence why.")))
        elif one.id in bare:
            found.append(Problem(one.id, N_("“%(title)s”: choose a level.")))
        elif one.id not in remarks:
            found.append(Problem(one.id, N_("“%(title)s”: say in a sentence why.")))
    return found


def _write(review: Review, said: Said, to: ReviewState) -> None:
    now, levels = clock.now(), _levels(review, said)
    review.levels, review.remarks, review.comment = levels, _remarks(review, said), said.comment
    review.page, review.saved_at, review.state = said.page, now, to
    done = to is ReviewState.DONE
    review.raw = marks.raw_mark(results.rubric_of(review.entry.work), levels) if done else None
    review.done_at = now if done else None
    session.flush()


def _levels(review: Review, said: Said) -> dict[str, str]:
    return marks.known_levels(results.rubric_of(review.entry.work), said.levels)


def _remarks(review: Review, said: Said) -> dict[str, str]:
    """The remarks on criteria that the rubric knows; empty ones are none."""
    known = [one.id for one in results.rubric_of(review.entry.work).criteria]
    texts = {one: said.remarks.get(one, "").strip()[:LONGEST_REMARK] for one in known}
    return {one: text for one, text in texts.items() if text}


def _lock_received(review: Review, by: User) -> None:
    if review.entry.enrolment.user_id != by.id:
        raise Refused(N_("Only the author of the work may do this."))
    lock(review)


def _lead(review: Review, by: User) -> None:
    """Nobody decides on a review of their own work, or on one that they wrote."""
    if by.id in (review.entry.enrolment.user_id, review.reviewer.enrolment.user_id):
        raise Refused(N_("Nobody decides on their own work or review."))
    lock(review)


def _settle(review: Review, by: User) -> None:
    if review.reported_at is not None and review.settled_at is None:
        review.settled_at, review.settled_by_id = clock.now(), by.id
    session.flush()


def _recount(review: Review, by: User) -> None:
    held = review.entry.work.marking
    if held and held.state is not MarkingState.RELEASED:
        marking.recount([held], why="peer_reviews", by=by)
