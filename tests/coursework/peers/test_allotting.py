"""Works are given out by themselves at the deadline, once, and who comes late or goes is thought of."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from diploma.cohorts.models import CohortModule, EnrolmentState, Entity
from diploma.core import audit, clock, mail
from diploma.core.db import session
from diploma.core.errors import Refused
from diploma.core.outbox import Job
from diploma.coursework.allocation.policy import MARKING
from diploma.coursework.models import AssignmentPolicy
from diploma.coursework.peers import allotting, schedule
from diploma.coursework.peers.changes import effects
from diploma.coursework.peers.models import Entry, Review, ReviewState, Round, Way
from diploma.coursework.peers.policy import PeerPolicy
from tests.coursework.conftest import Handed, Unit, enrolment, user
from tests.coursework.peers.conftest import (
    BEGUN,
    CLOSED,
    OVER,
    Circle,
    Decide,
    On,
    Run,
    cohort_of,
    entry_of,
    give,
    given_to,
    got_by,
    the_round,
)
from tests.world import M2, World, enrol, person


def mails(kind: str) -> Counter[str]:
    """Who got how many mails of a kind."""
    rows = session.scalars(select(Job).where(Job.kind == mail.KIND, Job.key.startswith(f"mail:{kind}:")))
    return Counter(one.payload["to"] for one in rows)


def test_nothing_is_given_out_before_the_days_of_grace_are_over(circle: Circle, run: Run, reading: Unit) -> None:
    run(9)
    with reading():
        assert session.scalar(select(func.count(Review.id))) == 0


def test_at_the_deadline_everybody_gets_works_of_others_once(begun: Circle, run: Run, reading: Unit) -> None:
    run(BEGUN)
    run(BEGUN + 1)
    with reading():
        held, rows = the_round(), list(session.scalars(select(Review)))
        assert {Counter(one.reviewer_id for one in rows)[entry_of(who).id] for who in begun.people} == {2}
        assert {Counter(one.entry_id for one in rows)[entry_of(who).id] for who in begun.people} == {2}
        assert all(one.until_at == held.ends_at and one.state is ReviewState.GIVEN for one in rows)
        assert mails("peer_given") == Counter(begun.people)
        (event,) = session.scalars(select(audit.AuditEvent).where(audit.AuditEvent.kind == "peer_reviews.allotted"))
        assert event.detail["seed"] == held.seed


def test_reminders_come_two_days_before_the_end_to_who_has_not_reviewed_and_at_the_end(
    begun: Circle, run: Run, on: On, reading: Unit
) -> None:
    with on(12):
        for one in given_to(begun.people[0]):
            give(one)
    for day in (13, 16.5, 17.5, OVER, OVER + 1):
        run(day)
    with reading():
        assert mails("peer_soon") == Counter(begun.people[1:])
        assert mails("peer_over") == Counter(begun.people)


def test_a_single_work_waits_for_a_second_one(
    world: World, decide: Decide, hand_in: Callable[..., Handed], run: Run, reading: Unit
) -> None:
    decide()
    hand_in(world.trainee)
    run(BEGUN)
    with reading():
        assert session.scalar(select(Round.id)) is None
    hand_in(world.trainee_2, at=clock.now() + timedelta(days=12))
    run(12.1)
    with reading():
        assert [one.entry_id for one in given_to(world.trainee)] == [entry_of(world.trainee_2).id]


def test_a_deadline_that_was_moved_is_kept(circle: Circle, unit: Unit, run: Run, reading: Unit) -> None:
    with unit():
        session.execute(update(CohortModule).values(due_at=clock.now() + timedelta(days=14)))
    run(BEGUN)
    with reading():
        assert session.scalar(select(Round.id)) is None
    run(18)
    with reading():
        assert the_round()


def test_who_hands_in_later_reviews_the_works_with_fewest_readers_and_gives_nobody_more_to_do(
    begun: Circle, unit: Unit, hand_in: Callable[..., Handed], run: Run, on: On, password_hash: str
) -> None:
    with unit():
        enrol(cohort_of(), person("late@uz.test", "Late Comer", password_hash, None))
    hand_in("late@uz.test", at=clock.now() + timedelta(days=13))
    run(13.1)
    run(13.2)
    with on(13.3):
        assert len(given_to("late@uz.test")) == 2 and got_by("late@uz.test") == []
        assert {len(given_to(one)) for one in begun.people} == {2}
        first = begun.people[0]
        for one in given_to(first):
            give(one)
        made = allotting.more(entry_of(first), by=user(first))
        assert (made.entry_id, made.way) == (entry_of("late@uz.test").id, Way.MORE)


def test_one_more_is_only_for_who_has_done_theirs(begun: Circle, on: On) -> None:
    first = begun.people[0]
    with on(12), pytest.raises(Refused, match="No work waits"):
        allotting.more(entry_of(first), by=user(first))
    with on(12):
        for one in given_to(first):
            give(one)
        had = {one.entry_id for one in given_to(first)}
        assert allotting.more(entry_of(first), by=user(first)).entry_id not in {*had, entry_of(first).id}


def test_after_the_end_works_without_reviews_are_offered_for_some_days(begun: Circle, on: On, run: Run) -> None:
    first, second = begun.people[:2]
    with on(12):
        for one in [*given_to(first), *given_to(second)]:
            give(one)
    run(OVER)
    with on(OVER):
        assert the_round().closed_at is None
        made = allotting.more(entry_of(first), by=user(first))
        assert made.until_at > clock.now() + timedelta(days=2)
        give(made)
    run(CLOSED + 1)
    with on(CLOSED + 1):
        assert the_round().closed_at
        with pytest.raises(Refused):
            allotting.more(entry_of(second), by=user(second))


def test_a_round_in_which_everything_is_done_closes_with_its_time(reviewed: Circle, run: Run, reading: Unit) -> None:
    run(OVER)
    with reading():
        assert the_round().closed_at


def test_who_is_put_off_or_has_left_is_given_nothing_and_their_work_to_nobody(
    circle: Circle, unit: Unit, run: Run, reading: Unit
) -> None:
    with unit():
        enrolment(circle.people[3]).state = EnrolmentState.DEFERRED
        enrolment(circle.people[4]).state = EnrolmentState.WITHDRAWN
    run(BEGUN)
    with reading():
        assert session.scalar(select(func.count(Entry.id))) == 3


def test_who_moves_to_another_cohort_takes_part_once_and_stops_no_round(
    begun: Circle, unit: Unit, on: On, world: World
) -> None:
    mover = begun.people[0]
    with unit():
        there = cohort_of(world.other_cohort)
        values = {"on": True, "reviews": 2}
        session.add(AssignmentPolicy(cohort_id=there.id, module=M2, area="peers", values=values))
        for email in begun.people[:3]:
            enrolment(email).cohort_id = there.id
    with on(13):
        assert allotting.begin(cohort_of(world.other_cohort), M2) is None
        assert not allotting.is_there(entry_of(mover))
        with pytest.raises(Refused):
            give(given_to(mover)[0])


def test_people_of_one_entity_do_not_review_each_other_where_the_cohort_says_so(
    circle: Circle, unit: Unit, run: Run, reading: Unit
) -> None:
    with unit():
        values = {**MARKING.record().to_dict(), "own_entity": False}
        session.add(AssignmentPolicy(cohort_id=cohort_of().id, module="", area="marking", values=values))
        body = session.scalars(select(Entity.id).order_by(Entity.id)).first()
        for email in circle.people:
            enrolment(email).entity_id = body if email in circle.people[:2] else None
    run(BEGUN)
    with reading():
        first, second = (entry_of(one).id for one in circle.people[:2])
        pairs = {(one.reviewer_id, one.entry_id) for one in session.scalars(select(Review))}
        assert len(pairs) == 10 and not {(first, second), (second, first)} & pairs


def test_the_database_knows_neither_own_works_nor_the_same_pair_twice(begun: Circle, unit: Unit) -> None:
    def another(entry: int, reviewer: int) -> None:
        with unit():
            now = clock.now()
            session.add(
                Review(entry_id=entry, reviewer_id=reviewer, token=f"t{entry}{reviewer}", given_at=now, until_at=now)
            )
            session.flush()

    with unit():
        held = given_to(begun.people[0])[0]
        entry, reviewer = held.entry_id, held.reviewer_id
    for pair in ((entry, entry), (entry, reviewer)):
        with pytest.raises(IntegrityError):
            another(*pair)


# ---- by hand


def test_staff_give_a_work_by_hand_and_never_against_the_rules(begun: Circle, on: On, world: World) -> None:
    first = begun.people[0]
    with on(12):
        by, until, me = user(world.instructor), clock.now() + timedelta(days=5), entry_of(first)
        held = {one.entry_id for one in given_to(first)}
        [free, _other] = [one for one in map(entry_of, begun.people[1:]) if one.id not in held]
        made = allotting.add(me, free, until, by=by)
        assert (made.way, made.until_at) == (Way.STAFF, until)
        for wrong in (me, free):
            with pytest.raises(Refused):
                allotting.add(me, wrong, until, by=by)
        with pytest.raises(Refused, match="date ahead"):
            allotting.add(me, _other, clock.now(), by=by)


def test_a_review_that_is_not_begun_is_moved_and_one_that_is_stays(begun: Circle, on: On, world: World) -> None:
    with on(12):
        by, until = user(world.instructor), clock.now() + timedelta(days=5)
        one, done = given_to(begun.people[0])
        give(done)
        work = one.entry
        takers = [entry_of(who) for who in begun.people]
        readers = {two.reviewer_id for two in session.scalars(select(Review).where(Review.entry_id == work.id))}
        to = next(two for two in takers if two.id not in {*readers, work.id})
        assert allotting.move(one, to, until, by=by).reviewer_id == to.id
        with pytest.raises(Refused, match="begun"):
            allotting.move(done, to, until, by=by)


def test_more_time_is_for_what_is_not_done_and_holds_after_the_end(begun: Circle, on: On, world: World) -> None:
    first = begun.people[0]
    with on(12):
        give(given_to(first)[0])
    with on(OVER):
        until = clock.now() + timedelta(days=4)
        assert allotting.extend(entry_of(first), until, "She was ill.", by=user(world.instructor)) == 1
        [left] = [one for one in given_to(first) if one.state is ReviewState.GIVEN]
        give(left)
        assert schedule.closes_at(the_round()) >= until


def test_the_preview_says_what_ends_and_what_moves(begun: Circle, on: On) -> None:
    def told(days: float, rule: PeerPolicy) -> list[tuple[str, Any]]:
        with on(days):
            return [(one.message[:20], one.params) for one in effects(cohort_of(), M2, rule)]

    assert told(12, PeerPolicy(on=False)) == [("Peer review would en", {"count": 5})]
    moved = told(12, PeerPolicy(on=True, reviews=3, days=9))
    assert [one for one, _params in moved] == ["The works were given", "The last day of revi"]
