"""Work of people who have left: it leaves the queue, and comes back with them."""

from typing import Any

from diploma.cohorts.life import enrolments
from diploma.cohorts.life.enrolments import Leave
from diploma.cohorts.life.models import Cause
from diploma.core import clock
from diploma.coursework import access
from diploma.coursework.access import Wanted
from tests.coursework.conftest import Handed, enrolment, user
from tests.world import World


def _lists(world: World) -> list[int]:
    """The lengths of the queue, of its counts and of its piles, as the instructor has them."""
    who = user(world.instructor)
    queue = access.queue(who, Wanted(), 1)
    return [len(queue), len(access.counts(who)), len(access.piles(who, since=clock.now()))]


def test_unmarked_work_of_who_has_left_leaves_the_queue_and_comes_back(world: World, handed: Handed, unit: Any) -> None:
    with unit():
        assert _lists(world) == [1, 1, 1]
        enrolments.withdraw(enrolment(world.trainee), Leave(Cause.HEALTH))
        assert _lists(world) == [0, 0, 0]
        enrolments.take_back(enrolment(world.trainee), "Well again")
        assert _lists(world) == [1, 1, 1]


def test_work_of_who_is_put_off_is_still_marked(world: World, handed: Handed, unit: Any) -> None:
    with unit():
        enrolments.defer(enrolment(world.trainee), Leave(Cause.HEALTH))
        assert _lists(world) == [1, 1, 1]
