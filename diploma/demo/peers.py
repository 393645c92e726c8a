"""Peer review in the demonstration: works were given out, most people have reviewed, some are still at it.

The deadline was over then; the coordinator has moved it since, so that works still come in and join.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import select

from diploma.accounts.models import User
from diploma.cohorts import service as cohorts
from diploma.cohorts.models import Cohort
from diploma.core import clock
from diploma.core.db import session
from diploma.coursework import policies, results
from diploma.coursework.peers import schedule, service
from diploma.coursework.peers.changes import REACH
from diploma.coursework.peers.models import Entry, Review, Round
from diploma.coursework.peers.policy import PEERS
from diploma.demo import texts
from diploma.demo.work import MODULE

_BUSY = "nearly.uz@demo.test"  # has one review before them


def write(cohort: Cohort) -> None:
    """The rule of two weeks ago, the works given out yesterday, and the reviews of last night."""
    now = clock.now()
    with clock.at(now - timedelta(days=14)):
        _decide(cohort)
    term = next(one for one in cohort.modules if one.module == MODULE)
    opens_at, due_at, cut_off_at = term.opens_at, term.due_at, term.cut_off_at
    with clock.at(now - timedelta(days=6)):
        _set(cohort, opens_at, now - timedelta(days=6, hours=-12), cut_off_at)
    with clock.at(now - timedelta(days=1)):
        schedule.attend(cohort, MODULE)
        _set(cohort, opens_at, due_at, cut_off_at)
    with clock.at(now - timedelta(hours=12)):
        _review(session.scalars(select(Round).where(Round.cohort_id == cohort.id)).one())


def _set(cohort: Cohort, opens_at: datetime, due_at: datetime, cut_off_at: datetime) -> None:
    cohorts.set_module_dates(cohort, cohorts.ModuleDates(MODULE, opens_at, due_at, cut_off_at))


def _decide(cohort: Cohort) -> None:
    by = session.scalars(select(User).where(User.email == "coordinator.uz@demo.test")).one()
    rule = replace(policies.of(PEERS, cohort, MODULE), on=True, reviews=2)
    shown = policies.seen(REACH.effects(cohort, MODULE, rule))
    policies.change(REACH, cohort, MODULE, rule, reason="Pilot.", version=0, shown=shown, by=by)


def _review(held: Round) -> None:
    """Two of three people have done both; one has done the first and begun the second."""
    rows = session.scalars(
        select(Review).join(Entry, Entry.id == Review.entry_id).where(Entry.round_id == held.id).order_by(Review.id)
    ).all()
    seen: set[int] = set()
    for one in rows:
        user, first = one.reviewer.enrolment.user, one.reviewer_id not in seen
        seen.add(one.reviewer_id)
        if (one.reviewer_id % 3 and user.email != _BUSY) or (user.email == _BUSY and first):
            service.hand_in(one, _said(one), by=user)
        elif first:
            service.save(one, _said(one), by=user)


def _said(review: Review) -> service.Said:
    work, number = review.entry.work, review.id
    remarks = [one[work.lang] for one in texts.BANK]
    criteria = [one.id for one in results.rubric_of(work).criteria]
    return service.Said(
        texts.LEVELS[number % len(texts.LEVELS)],
        {one: remarks[(number + n) % len(remarks)] for n, one in enumerate(criteria)},
        texts.COMMENTS[work.lang],
        f"demo-{number}",
        review.version,
    )
