"""What markers do: levels and comment of a work, its mark, and the release of marks. Their comment bank: ``bank``."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from diploma.accounts.models import User
from diploma.cohorts.rules import FROZEN
from diploma.core import audit, clock, outbox
from diploma.core.db import session
from diploma.core.errors import N_, Refused, Stale
from diploma.coursework import bank, results, rules
from diploma.coursework.allocation import anonymity, leases, markers
from diploma.coursework.attempts import opening
from diploma.coursework.models import Marking, MarkingState
from diploma.coursework.moderation import calibration, rounds
from diploma.coursework.service import Incomplete, lock, notify

_SECOND_FIRST = N_("The work waits for its second mark.")
SETTLED = N_("Two markers have agreed on this mark; one alone cannot change it.")


@dataclass(frozen=True)
class Judged:
    """What a marker says: criterion → level, and a comment. ``page`` is the key of the open form, ``version`` that of
    the marking which it has shown; without a ``version`` nothing is compared."""

    levels: Mapping[str, str]
    comment: str = ""
    version: int | None = None
    page: str = ""


@dataclass
class Release:
    """What a release did: the markings it released, and of the others what their author is called for who releases
    them, and the reason."""

    done: list[Marking] = field(default_factory=list)
    refused: list[tuple[str, Refused]] = field(default_factory=list)


def save_marking(marking: Marking, judged: Judged, *, by: User) -> None:
    """Keep a marking as a draft; a mark that was set already is taken back until it is set again."""
    hold(marking, MarkingState.MARKING, by=by, judged=judged)
    before = marking.counted
    _write(marking, judged, MarkingState.MARKING, None, by)
    if before is not None:
        audit.record("mark.taken_back", f"marking:{marking.id}", by=by, before=before)


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
    return counted


def recount(markings: Iterable[Marking], *, by: User | None) -> None:
    """Compute marks that are set and not released anew, after rules or dates have changed."""
    for one in markings:
        lock(one)
        if one.state in (*rules.TO_DO, *rules.OVER):
            continue
        before, counted = one.counted, results.computed(one.work, one.levels)
        one.counted, one.deductions = counted.mark, [deduction.to_dict() for deduction in counted.deductions]
        if before != counted.mark:
            audit.record("mark.recounted", f"marking:{one.id}", by=by, before=before, after=counted.mark)
    session.flush()


def release(markings: Iterable[Marking], *, base_url: str, by: User) -> Release:
    """Show marks to their trainees, each with a mail; what cannot be released is named and does not stop the others."""
    done = Release()
    for one in sorted(markings, key=lambda marking: marking.id):
        try:
            _release(one, base_url, by)
        except Refused as refusal:
            done.refused.append((anonymity.author(one, by), refusal))
        else:
            done.done.append(one)
    return done


def _release(marking: Marking, base_url: str, by: User) -> None:
    _markable(marking, by)
    lock(marking)
    if MarkingState.RELEASED not in rules.MARKING_MOVES[marking.state]:
        raise Refused(
            N_("The mark is released already.") if marking.state is MarkingState.RELEASED else _not_yet(marking)
        )
    if rounds.unready(marking):
        raise Refused(_SECOND_FIRST)
    marking.state, marking.released_at = MarkingState.RELEASED, clock.now()
    session.flush()
    submission = marking.work.submission
    audit.record("mark.released", f"marking:{marking.id}", by=by, mark=marking.counted)
    outbox.enqueue(
        "mark-released",
        f"mark-released:{marking.id}",
        {"enrolment_id": submission.enrolment_id, "module": submission.module},
    )
    notify("mark_released", marking.work, f"{base_url}/receipts/{marking.work.receipt}")
    opening.after_release(marking, base_url=base_url, by=by)


def _not_yet(marking: Marking) -> str:
    """Why a mark that is not ready cannot be released."""
    return N_("The work is not marked yet.") if marking.state in rules.TO_DO else _SECOND_FIRST


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
    levels = rules.known_levels(results.rubric_of(marking.work), judged.levels)
    return (levels, judged.comment) == (marking.levels, marking.comment)


def _write(marking: Marking, judged: Judged, to: MarkingState, counted: rules.Counted | None, by: User) -> None:
    levels, now = rules.known_levels(results.rubric_of(marking.work), judged.levels), clock.now()
    marking.levels, marking.comment, marking.page = levels, judged.comment, judged.page
    marking.state, marking.marker_id, marking.saved_at = to, by.id, now
    marking.raw, marking.counted = (counted.raw, counted.mark) if counted else (None, None)
    marking.deductions = [one.to_dict() for one in counted.deductions] if counted else None
    marking.marked_at = now if counted else None
    session.flush()


def _markable(marking: Marking, by: User) -> None:
    enrolment = marking.work.submission.enrolment
    if enrolment.user_id == by.id:
        raise Refused(N_("Nobody marks their own work."))
    if enrolment.cohort.state in FROZEN:
        raise Refused(N_("The cohort is closed; its marks are frozen."))
