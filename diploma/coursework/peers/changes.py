"""Whom a change in the rules of peer review concerns, and what follows it."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import func, select

from diploma.accounts.models import User
from diploma.cohorts.models import Cohort, Enrolment, EnrolmentState
from diploma.core import clock
from diploma.core.db import session
from diploma.core.errors import N_, Refused
from diploma.coursework import dates, late_changes, marking, policies, results
from diploma.coursework.attempts.scoring import ATTEMPTS
from diploma.coursework.extensions import easing
from diploma.coursework.late import days_after
from diploma.coursework.models import Submission
from diploma.coursework.peers import counting, rules, schedule
from diploma.coursework.peers.models import Entry, Review, Round
from diploma.coursework.peers.policy import PEERS, PeerPolicy
from diploma.coursework.policies import Effect
from diploma.coursework.together import members

_MARK = N_("The mark would count %(after)s instead of %(before)s.")
_BEGINS = N_("Works would be given out on %(date)s to all who have handed in by then; now %(count)s have.")
_AT_ONCE = N_("The deadline is over: works would be given out now to the %(count)s people who have handed in.")
_STOPS = N_("Peer review would end: %(count)s people would see neither the works nor the reviews any more.")
_END = N_("The last day of reviewing would be %(after)s instead of %(before)s.")
_STAYS = N_("The works were given out already, %(count)s to each: their number stays.")


def effects(cohort: Cohort, module: str, policy: PeerPolicy) -> list[Effect]:
    """What begins, ends or moves in each assignment, and whose mark."""
    book = policies.books(PEERS, [cohort])[cohort.id]
    modules, found = policies.reached(PEERS, cohort, module), list[Effect]()
    for one in modules:
        found += _on_round(cohort, one, book.at(one).values, policy)
    return [*found, *sorted(_on_marks(cohort, modules, policy), key=lambda effect: effect.person)]


def apply(cohort: Cohort, module: str, by: User) -> None:
    """Look at the cohort at once, and compute the marks that are set and not released anew."""
    modules = policies.reached(PEERS, cohort, module)
    for one in modules:
        held, rule = counting.find(cohort.id, one), counting.rules_of(cohort, one)
        if held and rule.on and held.closed_at is None:
            _move_end(held, rule)
    marking.recount(late_changes.unreleased(cohort, modules), why="peer_rules", by=by)
    schedule.plan(cohort, clock.now())


def refusal(cohort: Cohort, module: str, policy: PeerPolicy) -> Refused | None:
    """A group is not one reviewer, and its members would review each other's common work."""
    places = policies.reached(PEERS, cohort, module) if policy.on else []
    if any(members.is_on(cohort, one) for one in places):
        return Refused(N_("Groups hand this work in together; fellow trainees do not review it."))
    return None


REACH = policies.Reach(PEERS, effects, apply, refusal)


def _on_round(cohort: Cohort, module: str, before: PeerPolicy, after: PeerPolicy) -> list[Effect]:
    held, begins = counting.find(cohort.id, module), counting.begins_at(cohort, module)
    if held is None:
        if before.on or not after.on or begins is None:
            return []
        told = {"count": _handed_in(cohort, module)}
        if clock.now() > begins:
            return [Effect("", module, _AT_ONCE, told)]
        return [Effect("", module, _BEGINS, {**told, "date": begins})]
    if before.on and not after.on:
        people = select(func.count()).select_from(Entry).where(Entry.round_id == held.id)
        return [Effect("", module, _STOPS, {"count": session.scalar(people) or 0})]
    found = []
    if after.on and after.reviews != held.wanted:
        found.append(Effect("", module, _STAYS, {"count": held.wanted}))
    ends = _end(held, after)
    if after.on and held.closed_at is None and ends != held.ends_at:
        found.append(Effect("", module, _END, {"before": held.ends_at, "after": ends}))
    return found


def _end(held: Round, rule: PeerPolicy) -> datetime:
    """Where an end moves to; one that is over stays, and none moves into the past."""
    now = clock.now()
    if now > held.ends_at:
        return held.ends_at
    return max(days_after(held.begun_at, rule.days, held.cohort.time_zone), days_after(now, 1, held.cohort.time_zone))


def _move_end(held: Round, rule: PeerPolicy) -> None:
    """Reviews that end with the round move with it; those with a time of their own keep it."""
    before, after = held.ends_at, _end(held, rule)
    if before == after:
        return
    held.ends_at = after
    rows = select(Review).join(Entry, Entry.id == Review.entry_id).where(Entry.round_id == held.id)
    for one in session.scalars(rows.where(Review.until_at == before)):
        one.until_at = after
    session.flush()


def _handed_in(cohort: Cohort, module: str) -> int:
    query = (
        select(func.count(Submission.id.distinct()))
        .join(Submission.enrolment)
        .join(Submission.versions)
        .where(Enrolment.cohort_id == cohort.id, Enrolment.state == EnrolmentState.ACTIVE)
    )
    return session.scalar(query.where(Submission.module == module)) or 0


def _on_marks(cohort: Cohort, modules: list[str], policy: PeerPolicy) -> list[Effect]:
    """The people whose set and unreleased mark would count more or less."""
    markings = [one for one in late_changes.unreleased(cohort, modules) if one.raw is not None]
    raws = counting.raws([one.work_id for one in markings])
    eased = easing.of([one.work.submission for one in markings])
    lates = {one: dates.late(cohort, one) for one in modules}
    attempts, found = policies.books(ATTEMPTS, [cohort])[cohort.id], []
    for one in markings:
        submission, raw = one.work.submission, one.raw or Decimal(0)
        part = rules.part(raws.get(one.work_id, []), policy.weight, policy.least) if policy.on else None
        cap, own = attempts.at(submission.module).values.cap, eased[submission.id]
        after = results.counted(one.work, raw, lates[submission.module], cap, own, part).mark
        if one.counted is not None and after != one.counted:
            told = {"before": one.counted, "after": after}
            found.append(Effect(submission.enrolment.user.full_name, submission.module, _MARK, told))
    return found
