"""Which reviews a person may see: trainees those that they give, and those of their work when their time has come;
staff those of the cohorts that they lead, never of their own work or pen. What is out of reach does not exist: 404."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import abort
from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import aliased, contains_eager, joinedload

from diploma.accounts.models import User
from diploma.accounts.permissions import Permission
from diploma.cohorts import access as cohorts
from diploma.cohorts.models import Cohort, Enrolment, EnrolmentState
from diploma.core import clock
from diploma.core.db import session
from diploma.coursework import results
from diploma.coursework.models import Marking, MarkingState, Submission, SubmissionVersion
from diploma.coursework.peers import counting, rules
from diploma.coursework.peers.models import Entry, Review, ReviewState, Round
from diploma.coursework.peers.policy import PeerPolicy

_WORK = joinedload(Review.entry).options(
    joinedload(Entry.work).joinedload(SubmissionVersion.submission),
    joinedload(Entry.round).joinedload(Round.cohort),
    joinedload(Entry.enrolment),
)


# ---- trainees


@dataclass(frozen=True)
class Desk:
    """What a trainee has to do with the peer review of an assignment; ``entry`` is empty for who has not handed in.

    ``received`` are those that the author may see now; ``waits`` says why none are shown yet: until a time, until the
    own reviews are done, until the release; empty when nothing is held back. ``hidden`` counts those that they would
    see if the staff had not hidden them.
    """

    rule: PeerPolicy
    round: Round
    entry: Entry | None
    give: list[Review]
    received: list[Review]
    waits: str
    hidden: int = 0

    @property
    def done(self) -> int:
        return sum(one.state is ReviewState.DONE for one in self.give)

    @property
    def open(self) -> list[Review]:
        """Those that can still be done."""
        now = clock.now()
        return [one for one in self.give if one.state is not ReviewState.DONE and one.until_at >= now]


def desk(enrolment: Enrolment | None, module: str) -> Desk | None:
    """The peer review of an assignment for one person; ``None`` where there is none, or its time has not come."""
    rule = counting.rules_of(enrolment.cohort, module) if enrolment else None
    if enrolment is None or rule is None or not rule.on:
        return None
    held = counting.find(enrolment.cohort_id, module)
    if held is None:
        return None
    entry = _entry(held, enrolment)
    if entry is None:
        return Desk(rule, held, None, [], [], "")
    give = list(session.scalars(_given(entry)))
    shown, waits = _received(entry, rule, give)
    received = [one for one in shown if one.hidden_at is None]
    return Desk(rule, held, entry, give, received, waits, hidden=len(shown) - len(received))


def own_entry(enrolment: Enrolment | None, module: str) -> Entry:
    """A person's part in the peer review of an assignment that has one, or 404."""
    found = desk(enrolment, module)
    return (found and found.entry) or abort(404)


def given(enrolment: Enrolment | None, module: str, token: str) -> Review:
    """A review that this person gives, or 404: a work that they were not given does not exist."""
    found: Review | None = session.scalar(_given(own_entry(enrolment, module)).where(Review.token == token))
    return found or abort(404)


def received(enrolment: Enrolment | None, module: str, token: str) -> Review:
    """A review of this person's work that they may see now, or 404."""
    found = desk(enrolment, module)
    mine = found.received if found else []
    return next((one for one in mine if one.token == token), None) or abort(404)


@dataclass(frozen=True)
class Ahead:
    """What a trainee's dashboard says: how many reviews of an assignment are to give, and until when."""

    module: str
    done: int
    of: int
    until_at: datetime


def ahead(enrolment: Enrolment) -> list[Ahead]:
    """The assignments in which a person can still give reviews, the nearest end first; one query for who has none."""
    me = aliased(Entry)
    wanted: Any = select(Review.state, Review.until_at, Round.module)
    rows: Any = session.execute(
        _there(wanted)
        .join(me, me.id == Review.reviewer_id)
        .where(me.enrolment_id == enrolment.id, Round.cohort_id == enrolment.cohort_id)
        .order_by(Review.id)
    ).all()
    now, found = clock.now(), list[Ahead]()
    for module in dict.fromkeys(row[2] for row in rows):
        mine = [(state, until) for state, until, one in rows if one == module]
        left = [until for state, until in mine if state is not ReviewState.DONE and until >= now]
        if left and counting.rules_of(enrolment.cohort, module).on:
            done = sum(state is ReviewState.DONE for state, _until in mine)
            found.append(Ahead(module, done, done + len(left), max(left)))
    return sorted(found, key=lambda one: one.until_at)


def _entry(held: Round, enrolment: Enrolment) -> Entry | None:
    query = select(Entry).where(Entry.round_id == held.id, Entry.enrolment_id == enrolment.id)
    found: Entry | None = session.scalar(query.options(joinedload(Entry.round), joinedload(Entry.work)))
    return found


def _there(query: Select[Any]) -> Select[Any]:
    """Joined to the reviewed work; without those whose author has left the cohort."""
    return (
        query.join(Entry, Entry.id == Review.entry_id)
        .join(Round, Round.id == Entry.round_id)
        .join(Enrolment, Enrolment.id == Entry.enrolment_id)
        .where(Enrolment.cohort_id == Round.cohort_id, Enrolment.state != EnrolmentState.WITHDRAWN)
    )


def _given(entry: Entry) -> Select[Any]:
    """In the order of their tokens, which is chance."""
    return _there(select(Review)).where(Review.reviewer_id == entry.id).options(_WORK).order_by(Review.token)


def _received(entry: Entry, rule: PeerPolicy, give: list[Review]) -> tuple[list[Review], str]:
    now, ends_at = clock.now(), entry.round.ends_at
    owed = any(one.state is not ReviewState.DONE for one in give)
    released = rule.after_release and entry.work_id in results.released(entry.work.submission)
    query = select(Review).where(Review.entry_id == entry.id, Review.state == ReviewState.DONE)
    found = [
        one
        for one in session.scalars(query.options(_WORK).order_by(Review.token))
        if rules.shows(
            now=now,
            until=(one.until_at, ends_at),
            owed=owed,
            released=released,
            must_review=rule.must_review,
            after_release=rule.after_release,
        )
    ]
    if now <= ends_at:
        return found, "time"
    if rule.must_review and owed:
        return found, "owed"
    return found, "release" if rule.after_release and not released else ""


# ---- staff


@dataclass(frozen=True)
class Figures:
    """A participant as staff see them: reviews given, those of the work, and what these come to."""

    entry: Entry
    given: list[Review]
    received: list[Review]

    @property
    def done(self) -> int:
        return sum(one.state is ReviewState.DONE for one in self.given)

    @property
    def got(self) -> list[Review]:
        """The reviews of the work that stand."""
        return [one for one in self.received if one.state is ReviewState.DONE and one.hidden_at is None]


def figures(user: User, held: Round) -> list[Figures]:
    """Everybody who takes part, by name; two queries. Of the viewer's own work and reviews nothing."""
    loaded = contains_eager(Entry.work)
    entries = session.scalars(
        select(Entry)
        .join(Entry.enrolment)
        .join(Enrolment.user)
        .join(Entry.work)
        .join(SubmissionVersion.submission)
        .where(Entry.round_id == held.id, Enrolment.user_id != user.id)
        .options(
            contains_eager(Entry.enrolment).contains_eager(Enrolment.user),
            loaded.contains_eager(SubmissionVersion.submission).options(
                joinedload(Submission.enrolment).options(joinedload(Enrolment.user), joinedload(Enrolment.cohort))
            ),
            loaded.joinedload(SubmissionVersion.marking),
        )
        .order_by(User.sort_key, Entry.id)
    ).all()
    here = {one.id for one in entries}
    rows = session.scalars(
        select(Review).where(Review.entry_id.in_(here), Review.reviewer_id.in_(here)).order_by(Review.token)
    )
    gave: dict[int, list[Review]] = {one: [] for one in here}
    got: dict[int, list[Review]] = {one: [] for one in here}
    for one in rows:
        gave[one.reviewer_id].append(one)
        got[one.entry_id].append(one)
    return [Figures(one, gave[one.id], got[one.id]) for one in entries]


def entry(user: User, slug: str, entry_id: int) -> Entry:
    """A participant of a cohort in reach, never oneself; or 404."""
    cohort = cohorts.cohort(user, slug, Permission.LEAD_PEERS)
    found: Entry | None = session.scalar(
        select(Entry)
        .join(Entry.round)
        .join(Entry.enrolment)
        .where(Entry.id == entry_id, Round.cohort_id == cohort.id, Enrolment.user_id != user.id)
        .options(contains_eager(Entry.round), contains_eager(Entry.enrolment).joinedload(Enrolment.user))
    )
    return found or abort(404)


def review(user: User, slug: str, token: str) -> Review:
    """A review in a cohort in reach, neither of one's own work nor written by oneself; or 404."""
    cohort = cohorts.cohort(user, slug, Permission.LEAD_PEERS)
    found: Review | None = session.scalar(_led(user).where(Round.cohort_id == cohort.id, Review.token == token))
    return found or abort(404)


def reported(user: User, held: Round) -> list[Review]:
    """The open reports of a round, the oldest first."""
    query = _led(user).where(Round.id == held.id, _open_report())
    return list(session.scalars(query.order_by(Review.reported_at, Review.id)))


def reports(user: User) -> list[tuple[Cohort, str, int]]:
    """Where reported reviews wait: cohort, module, how many; one query."""
    mine = cohorts.visible_cohorts(user, Permission.LEAD_PEERS).with_only_columns(Cohort.id)
    rows: Any = session.execute(
        _led(user)
        .join(Cohort, Cohort.id == Round.cohort_id)
        .where(Cohort.id.in_(mine), _open_report())
        .with_only_columns(Cohort, Round.module, func.count(Review.id))
        .group_by(Cohort.id, Round.module)
        .order_by(Cohort.slug, Round.module)
    )
    return [(row[0], row[1], row[2]) for row in rows]


def _open_report() -> Any:
    return and_(Review.reported_at.is_not(None), Review.settled_at.is_(None))


def _led(user: User) -> Select[Any]:
    giver, who = aliased(Entry), aliased(Enrolment)
    return (
        select(Review)
        .join(Entry, Entry.id == Review.entry_id)
        .join(Round, Round.id == Entry.round_id)
        .join(Enrolment, Enrolment.id == Entry.enrolment_id)
        .join(giver, giver.id == Review.reviewer_id)
        .join(who, who.id == giver.enrolment_id)
        .where(Enrolment.user_id != user.id, who.user_id != user.id)
    )


def released(entry: Entry) -> Marking | None:
    """The marking of a work, once it is released."""
    held = entry.work.marking
    return held if held and held.state is MarkingState.RELEASED else None
