"""Second and third marks: who gives them, and giving them. Their marker sees the work, the rubric and nothing else."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from diploma.accounts.access import reach
from diploma.accounts.models import RoleGrant, User
from diploma.accounts.permissions import GRANTS, Permission
from diploma.cohorts.access import may
from diploma.cohorts.models import Cohort, Enrolment
from diploma.cohorts.rules import FROZEN
from diploma.core import audit, clock
from diploma.core.db import session
from diploma.core.errors import N_, Refused, Stale
from diploma.coursework import results, rules
from diploma.coursework.allocation import markers as allocation
from diploma.coursework.annotations.models import Annotation
from diploma.coursework.marking import Judged
from diploma.coursework.models import Marking, MarkingState, Submission, SubmissionVersion
from diploma.coursework.moderation import calibration, reconciling, rounds
from diploma.coursework.moderation.models import MarkReveal, Moderation, ProvisionalMark, SecondRound
from diploma.coursework.service import Incomplete, lock

SECOND, THIRD = 2, 3
_STATE = {SECOND: MarkingState.SECOND, THIRD: MarkingState.RECONCILING}  # in which a turn is given


@dataclass
class Spread:
    """What came of giving works out: how many each person got, by name, and the works for which there was nobody."""

    given: Counter[str] = field(default_factory=Counter)
    left: list[Moderation] = field(default_factory=list)


# ---- who


def markers(cohort: Cohort) -> list[User]:
    """Who may mark in a cohort today, by name."""
    here = or_(RoleGrant.cohort_id == cohort.id, RoleGrant.partner_id == cohort.partner_id)
    wide = RoleGrant.cohort_id.is_(None) & RoleGrant.partner_id.is_(None) & RoleGrant.entity_id.is_(None)
    roles = [role for role, held in GRANTS.items() if Permission.MARK in held]
    people = session.scalars(
        select(User)
        .where(User.grants.any(RoleGrant.role.in_(roles) & or_(here, wide)), User.disabled_at.is_(None))
        .options(selectinload(User.grants))
        .order_by(User.sort_key, User.id)
    )
    return [one for one in people if may(one, cohort, Permission.MARK)]


def seen_by(held: SecondRound) -> set[int]:
    """Who knows why works were chosen, by the id of their person."""
    return set(session.scalars(select(MarkReveal.user_id).where(MarkReveal.round_id == held.id)))


def conflict(moderation: Moderation, person: User, turn: int, seen: Collection[int], barred: Collection[int]) -> str:
    """Why a person cannot mark a work in this turn, as a gettext source; empty when nothing speaks against it.

    ``barred``: whom the rules of allocation or a declared conflict keep from the work at all.
    """
    enrolment = moderation.marking.work.submission.enrolment
    others = {one.marker_id for one in moderation.marks if one.turn != turn}
    if enrolment.user_id == person.id:
        return N_("Nobody marks their own work.")
    if person.id in others:
        return N_("This person has marked the work already.")
    if turn == SECOND and person.id in seen:
        return N_("This person has seen why works were chosen.")
    if turn == SECOND and may(person, enrolment.cohort, Permission.SET_ASSESSMENT):
        return N_("This person decides who is marked twice.")
    if enrolment.entity_id is not None and enrolment.entity_id in reach(person, Permission.SEE_ENTITY).entities:
        return N_("This person belongs to the entity of the author.")
    if person.id in barred:
        return N_("The rules of this cohort, or a conflict of interest, keep this work from this person.")
    return ""


def assign(moderation: Moderation, person: User, *, by: User) -> ProvisionalMark:
    """Give a work to its second marker, or to the third when two could not agree; an unfinished one may be moved on."""
    cohort = moderation.marking.work.submission.enrolment.cohort
    rounds.hold(cohort)
    lock(moderation.marking)
    session.expire(moderation, ["marks"])
    turn = _turn(moderation)
    if person.id not in {one.id for one in markers(cohort)}:
        raise Refused(N_("This person does not mark in this cohort."))
    if turn == SECOND and person.id == by.id:
        raise Refused(N_("Who gives works out does not give one to themselves. Let it be done evenly, or by another."))
    kept = allocation.barred([moderation.marking], [person])[moderation.marking_id]
    if against := conflict(moderation, person, turn, seen_by(moderation.round), kept):
        raise Refused(against)
    return _give_out(moderation, person, turn, by)


def spread(held: SecondRound, cohort: Cohort, *, by: User) -> Spread:
    """Give the works that have no second marker out evenly, in the order in which they were chosen."""
    rounds.hold(cohort)
    people, seen, done = markers(cohort), seen_by(held), Spread()
    load, works = _load(held), unassigned(held)
    barred = allocation.barred([one.marking for one in works], people)
    for one in works:
        free = [person for person in people if not conflict(one, person, SECOND, seen, barred[one.marking_id])]
        if not free:
            done.left.append(one)
            continue
        person = min(free, key=lambda person: load[person.id])
        load[person.id] += 1
        _give_out(one, person, SECOND, by)
        done.given[person.display_name] += 1
    return done


def unassigned(held: SecondRound) -> list[Moderation]:
    """The works of a round that wait for a second marker to be named."""
    return [one for one in of_round(held) if one.marking.state is MarkingState.SECOND and one.mark(SECOND) is None]


def of_round(held: SecondRound) -> list[Moderation]:
    """The works that a round has chosen, with all readings; a constant number of queries."""
    loaded = (
        contains_eager(Moderation.marking).contains_eager(Marking.work).contains_eager(SubmissionVersion.submission)
    )
    query = (
        select(Moderation)
        .join(Moderation.marking)
        .join(Marking.work)
        .join(SubmissionVersion.submission)
        .join(Submission.enrolment)
        .where(Moderation.round_id == held.id)
        .options(
            loaded.contains_eager(Submission.enrolment).joinedload(Enrolment.cohort),
            joinedload(Moderation.marks).joinedload(ProvisionalMark.marker),
        )
        .order_by(Moderation.id)
    )
    return list(session.scalars(query).unique())


# ---- marking


def autosave(reading: ProvisionalMark, judged: Judged, *, by: User) -> None:
    """Keep a reading while it is written."""
    _hold(reading, judged, by)
    if not _says_what_is_stored(reading, judged):
        _write(reading, judged)
    elif reading.page != judged.page:
        reading.page = judged.page
        session.flush()


def give(reading: ProvisionalMark, judged: Judged, *, by: User) -> None:
    """Give the second or third mark; every criterion needs a level. It never changes again, and both are compared."""
    _hold(reading, judged, by)
    rubric = results.rubric_of(reading.moderation.marking.work)
    missing = rules.missing_levels(rubric, judged.levels)
    if missing:
        raise Incomplete([rules.Problem(one, N_("“%(title)s”: choose a level.")) for one in missing])
    _write(reading, judged)
    reading.raw, reading.given_at = rules.raw_mark(rubric, reading.levels), clock.now()
    session.flush()
    audit.record(
        "mark.second_given" if reading.turn == SECOND else "mark.third_given",
        f"marking:{reading.moderation.marking_id}",
        by=by,
        levels=reading.levels,
        after=reading.raw,
    )
    if reading.turn == SECOND:
        reconciling.compare(reading.moderation, by=by)
    else:
        reconciling.decide(reading.moderation, reading, by=by)


def hold(reading: ProvisionalMark, *, by: User) -> None:
    """Whether this person may write about the work now, beside levels and comment. Work and reading are locked."""
    _hold(reading, Judged({}), by)


# ---- inside


def _turn(moderation: Moderation) -> int:
    """The turn that is to be given now."""
    state = moderation.marking.state
    turn = next((turn for turn, needed in _STATE.items() if needed is state), 0)
    if not turn:
        raise Refused(N_("This work waits for no further mark."))
    return turn


def _give_out(moderation: Moderation, person: User, turn: int, by: User) -> ProvisionalMark:
    held = moderation.mark(turn)
    before = held.marker_id if held else None
    if held is None:
        held = ProvisionalMark(turn=turn, marker=person, levels={}, assigned_at=clock.now())
        moderation.marks.append(held)
    elif before != person.id:
        held.marker, held.levels, held.comment, held.remarks, held.page = person, {}, "", {}, ""
        held.assigned_at, held.saved_at = clock.now(), None
        session.execute(delete(Annotation).where(Annotation.reading_id == held.id))
    session.flush()
    if before != person.id:
        subject = f"marking:{moderation.marking_id}"
        audit.record("second.assigned", subject, by=by, turn=turn, before=before, after=person.id)
    return held


def _load(held: SecondRound) -> Counter[int]:
    query = select(ProvisionalMark.marker_id).join(ProvisionalMark.moderation).where(ProvisionalMark.turn == SECOND)
    return Counter(session.scalars(query.where(Moderation.round_id == held.id)))


def _hold(reading: ProvisionalMark, judged: Judged, by: User) -> None:
    """Whether this person may write now, over what they have seen."""
    moderation = reading.moderation
    lock(moderation.marking)
    lock(reading)
    enrolment = moderation.marking.work.submission.enrolment
    if reading.marker_id != by.id or enrolment.user_id == by.id:
        raise Refused(N_("Only its marker may do this."))
    if enrolment.cohort.state in FROZEN:
        raise Refused(N_("The cohort is closed; its marks are frozen."))
    allocation.check(moderation.marking, by)
    if reading.given_at is not None or moderation.marking.state is not _STATE[reading.turn]:
        raise Refused(N_("This mark is given; it can no longer be changed."))
    calibration.demand(enrolment.cohort, moderation.marking.work.submission.module, by)
    same_page = judged.page != "" and judged.page == reading.page
    seen = judged.version in (None, reading.version) or same_page or _says_what_is_stored(reading, judged)
    if not seen:
        raise Stale(N_("This mark was changed in another window since you opened it."))


def _says_what_is_stored(reading: ProvisionalMark, judged: Judged) -> bool:
    rubric = results.rubric_of(reading.moderation.marking.work)
    said = (rules.known_levels(rubric, judged.levels), judged.comment, rules.known_remarks(rubric, judged.remarks))
    return said == (reading.levels, reading.comment, reading.remarks)


def _write(reading: ProvisionalMark, judged: Judged) -> None:
    rubric = results.rubric_of(reading.moderation.marking.work)
    reading.levels, reading.comment = rules.known_levels(rubric, judged.levels), judged.comment
    reading.remarks = rules.known_remarks(rubric, judged.remarks)
    reading.page, reading.saved_at = judged.page, clock.now()
    session.flush()
