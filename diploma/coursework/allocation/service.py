"""Giving works to markers: looked at first, then saved exactly as it was seen; or by a rule when a work comes in."""

import hashlib
import json
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import and_, func, select, update
from sqlalchemy.orm import contains_eager

from diploma.accounts.models import User
from diploma.cohorts import tutors
from diploma.cohorts.groups.models import CohortGroup, GroupMember
from diploma.cohorts.models import Cohort, Enrolment
from diploma.cohorts.rules import FROZEN
from diploma.core import audit, clock
from diploma.core.db import session
from diploma.core.errors import N_, Refused, Stale
from diploma.core.sharing import Helper
from diploma.coursework import policies, rules
from diploma.coursework.allocation import markers
from diploma.coursework.allocation.models import Lease
from diploma.coursework.allocation.policy import MARKING, Way
from diploma.coursework.allocation.sharing import Work, share
from diploma.coursework.models import Marking, MarkingState, Submission, SubmissionVersion
from diploma.coursework.moderation.policy import SECOND, SecondPolicy
from diploma.coursework.policies import Book
from diploma.coursework.together import sight


@dataclass(frozen=True)
class Wish:
    """What was asked for: ``people`` are the user ids of markers, none by hand means nobody.

    ``group`` is the id of the group whose works go to the marker, by ``Way.GROUP`` alone.
    ``again``: works that were given and not begun are given out as well. By hand every chosen work is meant, and of an
    assignment that is marked twice also a draft of a mark: nobody else can open it, so nobody can take it over.
    """

    way: Way
    people: Collection[int] = ()
    again: bool = False
    group: int | None = None


@dataclass(frozen=True)
class Change:
    """A work that would be somebody else's; ``fits``: the marker works in its language."""

    marking: Marking
    before: User | None
    after: User | None
    fits: bool


@dataclass(frozen=True)
class Load:
    """How many works that are to do in the cohort a marker was given, now and then."""

    marker: User
    before: int
    after: int


@dataclass(frozen=True)
class Plan:
    """What a wish comes to: what would change, how many works stay where they are, what each marker has.

    ``begun`` works are on somebody's desk and are taken over one by one. ``alone`` are those that none of the chosen
    markers may mark.
    """

    changes: list[Change] = field(default_factory=list)
    kept: int = 0
    begun: int = 0
    alone: list[Marking] = field(default_factory=list)
    loads: list[Load] = field(default_factory=list)

    @property
    def mark(self) -> str:
        """The fingerprint of what a person has looked at."""
        seen = [[one.marking.id, *(who.id if who else 0 for who in (one.before, one.after))] for one in self.changes]
        counts = [[one.marker.id, one.before, one.after] for one in self.loads]
        return hashlib.sha256(json.dumps([seen, counts]).encode()).hexdigest()


def to_do(cohort: Cohort, chosen: Collection[int] | None = None, *, drafts: bool = False) -> list[tuple[Marking, bool]]:
    """The works of a cohort without a mark, the oldest first, all or the chosen ones; and whether each is begun.

    Ids of other works name nothing. ``drafts``: what is begun of an assignment that is marked twice counts as free,
    unless it is open at the moment.
    """
    secret = policies.books(SECOND, [cohort])[cohort.id] if drafts else None
    open_now = and_(Lease.marking_id == Marking.id, Lease.until > clock.now())
    loaded = contains_eager(Marking.work).contains_eager(SubmissionVersion.submission)
    enrolment = loaded.contains_eager(Submission.enrolment)
    rows = session.execute(
        select(Marking, Lease.marking_id)
        .join(Marking.work)
        .join(SubmissionVersion.submission)
        .join(Submission.enrolment)
        .join(Enrolment.user)
        .outerjoin(Lease, open_now)
        .where(Enrolment.cohort_id == cohort.id, sight.here())
        .where(Marking.state.in_(rules.TO_DO))
        .options(enrolment.contains_eager(Enrolment.user), enrolment.joinedload(Enrolment.cohort))
        .order_by(SubmissionVersion.received_at, Marking.id)
        .execution_options(populate_existing=True)
    )
    return [
        (one, (one.state is MarkingState.MARKING and not (secret and _twice(secret, one))) or lease is not None)
        for one, lease in rows
        if chosen is None or one.id in chosen
    ]


def loads(cohort: Cohort) -> dict[int, int]:
    """How many works to do each marker of a cohort was given."""
    rows: Any = session.execute(
        select(Marking.allocated_to_id, func.count())
        .join(Marking.work)
        .join(SubmissionVersion.submission)
        .join(Submission.enrolment)
        .where(Enrolment.cohort_id == cohort.id, sight.here())
        .where(Marking.state.in_(rules.TO_DO), Marking.allocated_to_id.is_not(None))
        .group_by(Marking.allocated_to_id)
    )
    return dict(rows.all())


def propose(cohort: Cohort, chosen: Collection[int] | None, wish: Wish) -> Plan:
    """What would be saved, in a constant number of queries; ``chosen`` are ids of markings, ``None`` means all.

    :class:`Refused` for somebody who does not mark in this cohort today, in the same words whoever it is.
    """
    if cohort.state in FROZEN:
        raise Refused(N_("The cohort is closed; its marks are frozen."))
    office = markers.of(cohort)
    named = [one for one in office if one.id in wish.people or wish.way is Way.TUTOR]
    if len(named) < len(set(wish.people)) or (not named and wish.way is not Way.HAND):
        raise Refused(N_("Choose among those who mark in this cohort today."))
    drafts = wish.way is Way.HAND and bool(named) and chosen is not None
    works, counts, here = to_do(cohort, chosen, drafts=drafts), Counter(loads(cohort)), {one.id for one in office}
    if wish.way is Way.GROUP:
        inside = _people(cohort, wish.group)
        works = [(one, begun) for one, begun in works if one.work.submission.enrolment_id in inside]
    free = [one for one, begun in works if not begun]
    due = [one for one in free if wish.way is Way.HAND or wish.again or one.allocated_to_id not in here]
    goes = _shared(due, named, counts, wish.way)
    alone = [one for one in due if named and one.id not in goes]
    changed = [one for one in due if one.allocated_to_id != goes.get(one.id) and (one.id in goes or not named)]
    then = counts - Counter(one.allocated_to_id for one in changed if one.allocated_to_id)
    then += Counter(goes[one.id] for one in changed if one.id in goes)
    known = {one.id: one for one in office}
    return Plan(
        [_change(one, known, goes.get(one.id)) for one in changed],
        len(free) - len(changed) - len(alone),
        len(works) - len(free),
        alone,
        [Load(one, counts[one.id], then[one.id]) for one in office],
    )


def allocate(cohort: Cohort, chosen: Collection[int] | None, wish: Wish, seen: str, *, by: User) -> Plan:
    """Save a proposal, if it is still the one that was looked at; :class:`Stale` if it has become another.

    Sent twice, it finds nothing to change the second time.
    """
    _lock(cohort)
    plan = propose(cohort, chosen, wish)
    if plan.changes and plan.mark != seen:
        raise Stale(N_("Works or markers have changed since you looked. Nothing was saved: this is the new proposal."))
    _write(cohort, plan.changes, wish, by)
    return plan


def give_new(marking: Marking) -> None:
    """Give a work that came in to a marker, as its cohort says; a work that nobody may take waits for a hand."""
    cohort, module = marking.work.submission.enrolment.cohort, marking.work.submission.module
    way = policies.of(MARKING, cohort, module).new_works
    if way is Way.HAND or marking.allocated_to_id is not None or cohort.state in FROZEN:
        return
    _lock(cohort)
    office = {one.id for one in markers.of(cohort)}
    if office:
        wish = Wish(way, office)
        _write(cohort, propose(cohort, {marking.id}, wish).changes, wish, None)


def _people(cohort: Cohort, group: int | None) -> set[int]:
    """The enrolments in a group that stands in this cohort."""
    here = select(CohortGroup.id).where(
        CohortGroup.id == group, CohortGroup.cohort_id == cohort.id, CohortGroup.dissolved_at.is_(None)
    )
    if session.scalar(here) is None:
        raise Refused(N_("Choose one of the groups of this cohort."))
    return set(session.scalars(select(GroupMember.enrolment_id).where(GroupMember.group_id == group)))


def _twice(book: Book[SecondPolicy], marking: Marking) -> bool:
    return book.at(marking.work.submission.module).values.on


def _lock(cohort: Cohort) -> None:
    """One allocation at a time in a cohort: each is decided on what the one before has written."""
    session.execute(select(Cohort.id).where(Cohort.id == cohort.id).with_for_update())


def _shared(works: Sequence[Marking], named: Sequence[User], counts: Mapping[int, int], way: Way) -> dict[int, int]:
    if not works or not named:
        return {}
    kept = markers.barred(works, named)
    if way is Way.TUTOR:
        of = tutors.of_people([one.work.submission.enrolment_id for one in works])
        here, goes = {one.id for one in named}, {one.id: of.get(one.work.submission.enrolment_id, 0) for one in works}
        return {work: tutor for work, tutor in goes.items() if tutor in here - kept[work]}
    moving = Counter(one.allocated_to_id for one in works)
    helpers = [Helper(one.id, one.working_languages(), counts[one.id] - moving[one.id]) for one in named]
    pieces = [Work(one.id, one.work.lang, one.allocated_to_id, kept[one.id]) for one in works]
    return share(pieces, helpers, by_language=way is Way.LANGUAGE)


def _change(one: Marking, known: Mapping[int, User], after: int | None) -> Change:
    marker, before = known.get(after or 0), one.allocated_to_id
    fits = marker is not None and one.work.lang in marker.working_languages()
    return Change(one, known.get(before or 0) or (session.get(User, before) if before else None), marker, fits)


def _write(cohort: Cohort, changes: Sequence[Change], wish: Wish, by: User | None) -> None:
    """Two statements at most for each marker, and one event that names every work. The version of a marking stays:
    nobody's open page becomes stale by who is to mark it."""
    if not changes:
        return
    now = clock.now()
    for marker in dict.fromkeys(one.after for one in changes):
        given = {
            "allocated_to_id": marker and marker.id,
            "allocated_at": now if marker else None,
            "allocated_by_id": by.id if by and marker else None,
        }
        _set([one.marking for one in changes if one.after is marker], MarkingState.WAITING, given)
        if marker:  # a draft is theirs who got it: who had it reads it no more
            draft = {**given, "marker_id": marker.id}
            _set([one.marking for one in changes if one.after is marker], MarkingState.MARKING, draft)
    said = [[one.marking.id, *(who and who.id for who in (one.before, one.after))] for one in changes]
    audit.record("markings.allocated", f"cohort:{cohort.id}", by=by, way=wish.way, group=wish.group, changes=said)
    for one in changes:
        session.expire(one.marking)


def _set(those: Sequence[Marking], state: MarkingState, values: Mapping[str, Any]) -> None:
    """Write to the markings that were in a state when they were looked at and still are."""
    ids = [one.id for one in those if one.state is state]
    if ids:
        statement = update(Marking).where(Marking.id.in_(ids), Marking.state == state).values(**values)
        session.execute(statement, execution_options={"synchronize_session": False})
