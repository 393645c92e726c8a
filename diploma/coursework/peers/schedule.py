"""What happens in peer review by itself: works are given out, people are told and reminded, a round ends.

One job looks at all assignments of a cohort, does what is due, and plans the next look: at the next instant of any of
them, and in any case tomorrow, so that a date which was moved is found. Each step is done once, however often it looks.
"""

from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import current_app
from sqlalchemy import func, select

from diploma.cohorts.models import Cohort, EnrolmentState
from diploma.cohorts.rules import FROZEN
from diploma.core import clock, mail, outbox
from diploma.core.db import session
from diploma.core.outbox import Payload
from diploma.coursework import marking, policies, results
from diploma.coursework.models import Marking, MarkingState
from diploma.coursework.peers import allotting, counting, rules
from diploma.coursework.peers.models import Entry, Review, ReviewState, Round
from diploma.coursework.peers.policy import PEERS
from diploma.coursework.releasing import at_once

KIND, CAME, MAIL = "peer-reviews", "peer-work", "peer-mail"
_A_MOMENT, _HOUR = timedelta(seconds=1), 5


def plan(cohort: Cohort, at: datetime) -> None:
    """Look at a cohort then; once for a cohort and an instant."""
    outbox.enqueue(KIND, f"{KIND}:{cohort.id}:{at.isoformat()}", {"cohort_id": cohort.id}, due_at=at)


@outbox.handles(KIND)
def _look(payload: Payload, _result: None) -> None:
    cohort = session.get_one(Cohort, payload["cohort_id"])
    modules = _modules(cohort)
    if not modules:
        return
    ahead = [_tomorrow(cohort)]
    for module in modules:
        ahead += attend(cohort, module)
    plan(cohort, min(ahead))


@outbox.handles(CAME)
def _came(payload: Payload, _result: None) -> None:
    """A work was handed in: after the deadline its author takes part at once."""
    attend(session.get_one(Cohort, payload["cohort_id"]), payload["module"])


def _tomorrow(cohort: Cohort) -> datetime:
    """The same instant for all looks of a day, so that they plan one."""
    zone = ZoneInfo(cohort.time_zone)
    return datetime.combine(clock.today(cohort.time_zone) + timedelta(days=1), time(_HOUR), zone)


def attend(cohort: Cohort, module: str) -> list[datetime]:
    """Do what is due in one assignment; the instants ahead at which there is more."""
    begins, now = counting.begins_at(cohort, module), clock.now()
    held = counting.find(cohort.id, module)
    if held is None:
        if begins is None or cohort.state in FROZEN:
            return []
        if now <= begins:
            return [begins + _A_MOMENT]
        held = allotting.begin(cohort, module)
    elif held.closed_at is None:
        allotting.join(held)
    return _go_on(held, clock.now()) if held and held.closed_at is None else []


def closes_at(held: Round) -> datetime:
    """When nothing of a round can change any more: with the last time of a review that anybody has, and while works
    lack reviews not before the days in which one can ask for one more."""
    given = select(Review).join(Entry, Entry.id == Review.entry_id).where(Entry.round_id == held.id)
    latest = session.scalar(given.with_only_columns(func.max(Review.until_at)))
    lacking = (
        select(Entry.id)
        .outerjoin(Review, (Review.entry_id == Entry.id) & (Review.state == ReviewState.DONE))
        .where(Entry.round_id == held.id)
        .group_by(Entry.id)
        .having(func.count(Review.id) < held.wanted)
        .limit(1)
    )
    ends = allotting.spare_ends_at(held) if session.scalar(lacking) is not None else held.ends_at
    return max(ends, latest or ends)


def _go_on(held: Round, now: datetime) -> list[datetime]:
    warn, closes = held.ends_at - rules.WARNING, closes_at(held)
    for name, at in (("peer_given", held.begun_at), ("peer_soon", warn), ("peer_over", held.ends_at)):
        if now >= at:
            _tell(held, name, now)
    if now > held.ends_at:
        recount(held)
    if now > closes:
        held.closed_at = now
        session.flush()
        recount(held)
        _release(held)
    return [at + _A_MOMENT for at in (warn, held.ends_at, closes) if at >= now]


def recount(held: Round) -> None:
    """Compute the unreleased marks of a round anew."""
    query = (
        select(Marking)
        .join(Entry, Entry.work_id == Marking.work_id)
        .where(Entry.round_id == held.id, Marking.state != MarkingState.RELEASED)
    )
    if counting.rules_of(held.cohort, held.module).weight:
        marking.recount(session.scalars(query.order_by(Marking.id)), why="peer_reviews", by=None)


def _release(held: Round) -> None:
    """Marks that only waited for reviews which count can be released now, where the cohort releases each at once."""
    if counting.rules_of(held.cohort, held.module).weight and at_once.wanted(held.cohort, held.module):
        ready = (MarkingState.MARKED, MarkingState.READY)
        query = select(Marking.id).join(Entry, Entry.work_id == Marking.work_id)
        ids = session.scalars(query.where(Entry.round_id == held.id, Marking.state.in_(ready))).all()
        at_once.order(ids, after=f":round:{held.id}")


def _modules(cohort: Cohort) -> list[str]:
    """The assignments of a cohort that have peer review."""
    book = policies.books(PEERS, [cohort])[cohort.id]
    places = [one.module for one in cohort.modules if book.at(one.module).values.on]
    return [] if cohort.state in FROZEN else places


# ---- mails: each is a job of its own, so that giving out works stays short


def _tell(held: Round, name: str, now: datetime) -> None:
    """One mail of a kind for each person; who has nothing to do, or has just begun, is not reminded."""
    wanted = select(Entry).where(Entry.round_id == held.id)
    if name == "peer_soon":
        left = select(Review.reviewer_id).where(Review.state != ReviewState.DONE, Review.until_at > now)
        wanted = wanted.where(Entry.id.in_(left), Entry.joined_at <= held.ends_at - rules.WARNING)
        if now > held.ends_at:
            return
    for entry_id in session.scalars(wanted.with_only_columns(Entry.id).order_by(Entry.id)):
        outbox.enqueue(MAIL, f"{name}:{entry_id}", {"entry_id": entry_id, "name": name})


@outbox.handles(MAIL)
def _write(payload: Payload, _result: None) -> None:
    entry, name = session.get_one(Entry, payload["entry_id"]), payload["name"]
    held, user = entry.round, entry.enrolment.user
    left = allotting.unfinished(entry)
    rule = counting.rules_of(held.cohort, held.module)
    active = entry.enrolment.state is EnrolmentState.ACTIVE and allotting.is_there(entry)
    if not (rule.on and active) or (name != "peer_over" and not left):
        return
    language = user.language
    told: dict[str, Any] = {
        "name": user.full_name,
        "title": results.content_of(entry.work).say(held.module, "assignment/title", language),
        "count": len(left),
        "until": max((one.until_at for one in left), default=held.ends_at),
        "zone": held.cohort.time_zone,
        "link": f"{current_app.config['BASE_URL']}/modules/{held.module}/peers",
        "rule": rule,
    }
    sender = held.cohort.partner.sender(language)
    mail.send(name, user.email, language, f"{name}:{entry.id}", sender=sender, **told)
