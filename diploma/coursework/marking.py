"""What markers do: levels and comments of a work, and its mark. Comment bank: ``bank``; release: ``releasing``."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from diploma.accounts.models import User
from diploma.cohorts.rules import FROZEN
from diploma.core import audit, clock
from diploma.core.db import session
from diploma.core.errors import N_, Refused, Stale
from diploma.coursework import bank, results, rules
from diploma.coursework.allocation import leases, markers
from diploma.coursework.models import Marking, MarkingState
from diploma.coursework.moderation import calibration, rounds
from diploma.coursework.releasing import at_once
from diploma.coursework.service import Incomplete, lock
from diploma.coursework.together import members

SETTLED = N_("Two markers have agreed on this mark; one alone cannot change it.")


@dataclass(frozen=True)
class Judged:
    """What a marker says: criterion → level, a comment, and criterion → comment on it. ``page`` is the key of the open
    form, ``version`` that of the marking which it has shown; without a ``version`` nothing is compared."""

    levels: Mapping[str, str]
    comment: str = ""
    version: int | None = None
    page: str = ""
    remarks: Mapping[str, str] = field(default_factory=dict)


def save_marking(marking: Marking, judged: Judged, *, by: User) -> None:
    """Keep a marking as a draft; a mark that was set already is taken back until it is set again."""
    hold(marking, MarkingState.MARKING, by=by, judged=judged)
    before = marking.counted
    _write(marking, judged, MarkingState.MARKING, None, by)
    if before is not None:
        audit.record("mark.taken_back", f"marking:{marking.id}", by=by, before=before, after="draft")


def autosave(marking: Marking, judged: Judged, *, by: User) -> None:
    """Keep a marking while it is written. It never takes back a mark: that is for a person to say."""
    hold(marking, MarkingState.MARKING, by=by, judged=judged)
    if marking.state not in rules.TO_DO:
        raise Refused(N_("The mark is set already. Save a draft to take it back."))
    if not _says_what_is_stored(marking, judged):
        _write(marking, judged, MarkingState.MARKING, None, by)
    elif marking.page != judged.page:
        marking.page = judged.page
        session.flush()


def mark(marking: Marking, judged: Judged, *, by: User) -> rules.Counted:
    """Set the mark of a work; every criterion needs a level. It stays hidden from the trainee until its release."""
    hold(marking, MarkingState.MARKED, by=by, judged=judged)
    missing = rules.missing_levels(results.rubric_of(marking.work), judged.levels)
    if missing:
        raise Incomplete([rules.Problem(one, N_("“%(title)s”: choose a level.")) for one in missing])
    before, counted = marking.counted, results.computed(marking.work, judged.levels)
    if before is None:
        bank.count_use(by, judged.comment)
    seconds = leases.end(marking)
    marking.seconds = marking.seconds if before is not None else seconds or None
    _write(marking, judged, MarkingState.MARKED, counted, by)
    audit.record(
        "mark.set",
        f"marking:{marking.id}",
        by=by,
        levels=marking.levels,
        raw=counted.raw,
        before=before,
        after=counted.mark,
    )
    rounds.join(marking, by=by)
    at_once.tell(marking)
    return counted


def recount(markings: Iterable[Marking], *, why: str, by: User | None) -> None:
    """Compute marks that are set and not released anew, after rules or dates have changed: ``why`` says which."""
    for one in markings:
        lock(one)
        if one.counted is None or one.state in rules.OVER:
            continue
        before, counted = one.counted, results.computed(one.work, one.levels)
        results.keep(one, counted)
        if before != counted.mark:
            audit.record("mark.recounted", f"marking:{one.id}", by=by, before=before, after=counted.mark, why=why)
    session.flush()


def hold(marking: Marking, to: MarkingState, *, by: User, judged: Judged | None = None) -> None:
    """Whether this marker may write now: what they have ``judged`` over what they have seen, or beside it."""
    _markable(marking, by)
    markers.check(marking, by)
    lock(marking)
    if judged and judged.version is not None and not _has_seen(marking, judged):
        raise Stale(N_("Somebody else saved this marking while you were working."))
    if closed := why_closed(marking, to):
        raise Refused(closed)
    if marking.state is MarkingState.READY and rounds.settled(marking):
        raise Refused(SETTLED)
    calibration.demand(marking.work.submission.enrolment.cohort, marking.work.submission.module, by)
    leases.keep(marking, by)


def why_closed(marking: Marking, to: MarkingState) -> str:
    """Why a marking cannot become ``to`` from where it stands; empty when it can."""
    if to in rules.MARKING_MOVES[marking.state]:
        return ""
    return {
        MarkingState.RELEASED: N_("The mark is released; it can no longer be changed here."),
        MarkingState.RETURNED: N_("The work was returned to its author."),
    }.get(marking.state, N_("A second mark is being given; until then the mark stands as it is."))


def _has_seen(marking: Marking, judged: Judged) -> bool:
    """Whether nothing unseen is overwritten. A page may have saved without hearing the answer, also while it was left:
    the next one then finds its own words."""
    same_page = judged.page != "" and judged.page == marking.page
    return judged.version == marking.version or same_page or _says_what_is_stored(marking, judged)


def _says_what_is_stored(marking: Marking, judged: Judged) -> bool:
    rubric = results.rubric_of(marking.work)
    said = (rules.known_levels(rubric, judged.levels), judged.comment, rules.known_remarks(rubric, judged.remarks))
    return said == (marking.levels, marking.comment, marking.remarks)


def _write(marking: Marking, judged: Judged, to: MarkingState, counted: rules.Counted | None, by: User) -> None:
    rubric, now = results.rubric_of(marking.work), clock.now()
    marking.levels, marking.comment = rules.known_levels(rubric, judged.levels), judged.comment
    marking.remarks, marking.page = rules.known_remarks(rubric, judged.remarks), judged.page
    marking.state, marking.marker_id, marking.saved_at = to, by.id, now
    results.keep(marking, counted)
    marking.marked_at = now if counted else None
    session.flush()


def _markable(marking: Marking, by: User) -> None:
    enrolment = marking.work.submission.enrolment
    if members.is_author(marking, by):
        raise Refused(N_("Nobody marks their own work."))
    if marking.work.lead_id is not None:
        raise Refused(N_("This version follows the work of its group; that one is marked."))
    if enrolment.cohort.state in FROZEN:
        raise Refused(N_("The cohort is closed; its marks are frozen."))
