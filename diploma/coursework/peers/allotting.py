"""Giving works to those who review them: at the deadline, to who hands in later, one more, and by hand.

Whoever hands in after works were given out gets the works with the fewest readers; their own stands first among those
of which one can ask for one more. So nobody has more to do because somebody else was late.
"""

import secrets
from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import func, select

from diploma.accounts.models import User
from diploma.cohorts.models import Cohort, EnrolmentState
from diploma.cohorts.rules import FROZEN
from diploma.core import audit, clock
from diploma.core.db import session
from diploma.core.errors import N_, Refused
from diploma.coursework.late import days_after
from diploma.coursework.models import SubmissionVersion
from diploma.coursework.peers import counting, rules, taking_part
from diploma.coursework.peers.models import Entry, Review, ReviewState, Round, Way
from diploma.coursework.peers.rules import Person, Pile
from diploma.coursework.service import lock

_LONGEST = timedelta(days=60)  # that staff may give to a reviewer
_GONE = N_("This person is no longer active in the cohort.")


def begin(cohort: Cohort, module: str) -> Round | None:
    """Give the works of an assignment out, once; ``None`` while there are fewer than two."""
    session.execute(select(Cohort.id).where(Cohort.id == cohort.id).with_for_update())
    held, rule = counting.find(cohort.id, module), counting.rules_of(cohort, module)
    if held or not rule.on or cohort.state in FROZEN:
        return held
    works, now = taking_part.works(cohort, module), clock.now()
    if len(works) < rules.FEWEST:
        return None
    ends_at = days_after(now, rule.days, cohort.time_zone)
    held = Round(
        cohort=cohort, module=module, seed=secrets.token_hex(16), wanted=rule.reviews, begun_at=now, ends_at=ends_at
    )
    session.add(held)
    _enter(held, works)
    people = taking_part.people(held, taking_part.entries(held))
    pairs = rules.share(people.values(), held.wanted, held.seed)
    _give(held, pairs, ends_at)
    audit.record(
        "peer_reviews.allotted", f"peer-round:{held.id}", cohort=cohort.slug, module=module, seed=held.seed, pairs=pairs
    )
    return held


def join(held: Round) -> None:
    """Let those take part who have handed in since; nobody else gets anything more to do by it."""
    lock(held)
    if clock.now() > held.ends_at or held.cohort.state in FROZEN:
        return
    works = taking_part.works(held.cohort, held.module)
    if not works:
        return
    fresh = {one.id for one in _enter(held, works)}
    people = taking_part.people(held, taking_part.entries(held))
    piles, pairs = _piles(people), list[rules.Pair]()
    given = Counter({key: pile.given for key, pile in piles.items()})
    for key in sorted(fresh):
        had: set[int] = set()
        for _turn in range(held.wanted):
            there = [Pile(one, piles[one.id].done, given[one.id]) for one in people.values()]
            work = rules.neediest(people[key], there, had, held.seed)
            if work is not None:
                had.add(work)
                given[work] += 1
        pairs += [(key, work) for work in sorted(had)]
    _give(held, pairs, _least(held))
    audit.record("peer_reviews.joined", f"peer-round:{held.id}", module=held.module, pairs=pairs)


def spare_ends_at(held: Round) -> datetime:
    """Until when who has done their reviews may ask for one more."""
    return days_after(held.ends_at, rules.SPARE_DAYS, held.cohort.time_zone)


def spare(entry: Entry) -> int | None:
    """The work that ``entry`` would get when asking for one more now; ``None`` when there is none for them."""
    held = entry.round
    if clock.now() > spare_ends_at(held) or held.closed_at is not None or unfinished(entry):
        return None
    people = taking_part.people(held, taking_part.entries(held))
    if entry.id not in people:
        return None
    had = session.scalars(select(Review.entry_id).where(Review.reviewer_id == entry.id)).all()
    lacking = [pile for pile in _piles(people).values() if pile.done < held.wanted]
    return rules.neediest(people[entry.id], lacking, had, held.seed)


def more(entry: Entry, *, by: User) -> Review:
    """One more review for who has done theirs: of the work that lacks them most."""
    check_reviewer(entry, by)
    lock(entry.round)
    work = spare(entry)
    if work is None:
        raise Refused(N_("No work waits for one more review from you."))
    [made] = _give(entry.round, [(entry.id, work)], _least(entry.round), Way.MORE)
    audit.record("peer_review.asked_for", f"peer-review:{made.id}", by=by)
    return made


def add(reviewer: Entry, entry: Entry, until_at: datetime, *, by: User) -> Review:
    """Give a work to somebody by hand."""
    held = reviewer.round
    lock(held)
    _check_by_hand(held, reviewer, entry, until_at)
    [made] = _give(held, [(reviewer.id, entry.id)], until_at, Way.STAFF, by)
    held.closed_at = None
    audit.record("peer_review.added", f"peer-review:{made.id}", by=by, reviewer=reviewer.id, work=entry.id)
    return made


def move(review: Review, to: Entry, until_at: datetime, *, by: User) -> Review:
    """Give a review that nobody has begun to somebody else."""
    lock(review)
    if review.state is not ReviewState.GIVEN:
        raise Refused(N_("This review is begun; add one for another person instead."))
    held, entry, before = review.entry.round, review.entry, review.reviewer_id
    _check_by_hand(held, to, entry, until_at)
    session.delete(review)
    session.flush()
    [made] = _give(held, [(to.id, entry.id)], until_at, Way.STAFF, by)
    held.closed_at = None
    audit.record("peer_review.moved", f"peer-review:{made.id}", by=by, before=before, after=to.id)
    return made


def extend(entry: Entry, until_at: datetime, reason: str, *, by: User) -> int:
    """Give a person more time for the reviews that they have not done; how many those are."""
    if not reason.strip():
        raise Refused(N_("Give the reason."))
    lock(entry.round)
    _check_time(until_at)
    left = unfinished(entry)
    if not left:
        raise Refused(N_("This person has no review left to do."))
    before = max(one.until_at for one in left)
    for one in left:
        one.until_at = until_at
    entry.round.closed_at = None
    session.flush()
    audit.record("peer_review.extended", f"peer-entry:{entry.id}", by=by, before=before, after=until_at, why=reason)
    return len(left)


def unfinished(entry: Entry) -> list[Review]:
    """The reviews that a person has not done; those of people who have left are nobody's any more."""
    query = select(Review).where(Review.reviewer_id == entry.id, Review.state != ReviewState.DONE)
    return [one for one in session.scalars(query.order_by(Review.id)) if is_there(one.entry)]


def is_there(entry: Entry) -> bool:
    """Whether a work is still read: its author has not left the cohort."""
    enrolment = entry.enrolment
    return enrolment.cohort_id == entry.round.cohort_id and enrolment.state is not EnrolmentState.WITHDRAWN


def check_reviewer(entry: Entry, by: User) -> None:
    """Whether a person may review now."""
    enrolment, cohort = entry.enrolment, entry.round.cohort
    if enrolment.user_id != by.id:
        raise Refused(N_("Only who got this review may do this."))
    if enrolment.state is not EnrolmentState.ACTIVE or enrolment.cohort_id != cohort.id or cohort.state in FROZEN:
        raise Refused(N_("You are not active in this cohort; nothing can be reviewed."))


def _check_by_hand(held: Round, reviewer: Entry, entry: Entry, until_at: datetime) -> None:
    _check_time(until_at)
    if reviewer.round_id != held.id or entry.round_id != held.id:
        raise Refused(_GONE)
    people = taking_part.people(held, taking_part.entries(held))
    if reviewer.id not in people or entry.id not in people:
        raise Refused(_GONE)
    if not people[reviewer.id].may_review(people[entry.id]):
        raise Refused(N_("This person must not review this work: it is their own, or there is a conflict of interest."))
    if session.scalar(select(Review.id).where(Review.entry_id == entry.id, Review.reviewer_id == reviewer.id)):
        raise Refused(N_("This person reviews this work already."))


def _check_time(until_at: datetime) -> None:
    now = clock.now()
    if not now < until_at <= now + _LONGEST:
        raise Refused(N_("Choose a date ahead, within two months."))


def _enter(held: Round, works: Iterable[SubmissionVersion]) -> list[Entry]:
    now = clock.now()
    made = [Entry(round=held, enrolment=one.submission.enrolment, work=one, joined_at=now) for one in works]
    session.add_all(made)
    session.flush()
    return made


def _give(
    held: Round, pairs: Iterable[rules.Pair], until_at: datetime, way: Way = Way.ALLOTTED, by: User | None = None
) -> list[Review]:
    """In the order of chance: what is numbered in a row must say nothing of who is with whom."""
    now = clock.now()
    made = [
        Review(
            entry_id=work,
            reviewer_id=reader,
            token=secrets.token_urlsafe(16),
            way=way,
            given_at=now,
            given_by_id=by.id if by else None,
            until_at=until_at,
            levels={},
            remarks={},
        )
        for reader, work in pairs
    ]
    made.sort(key=lambda one: one.token)
    session.add_all(made)
    session.flush()
    return made


def _piles(people: dict[int, Person]) -> dict[int, Pile]:
    """How many reviews each work has, and how many people have it; hidden ones are none."""
    done = func.count().filter(Review.state == ReviewState.DONE)
    rows = session.execute(
        select(Review.entry_id, done, func.count())
        .where(Review.entry_id.in_(people), Review.hidden_at.is_(None))
        .group_by(Review.entry_id)
    )
    found = {entry: (ready, given) for entry, ready, given in rows}
    return {key: Pile(one, *found.get(key, (0, 0))) for key, one in people.items()}


def _least(held: Round) -> datetime:
    """The end of the round, or for who begins near it a few days more."""
    return max(held.ends_at, days_after(clock.now(), rules.SPARE_DAYS, held.cohort.time_zone))
