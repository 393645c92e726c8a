"""Reviews count for a mark only where the assignment says so: the median, by its weight, as a line that adds up."""

import re
from collections.abc import Callable
from decimal import Decimal
from html import unescape

import pytest

from diploma.core import clock
from diploma.core.db import session
from diploma.coursework import marking, results
from diploma.coursework.models import AssignmentPolicy, Marking, MarkingState
from diploma.coursework.peers import service
from diploma.coursework.peers.changes import effects
from diploma.coursework.peers.models import Review
from diploma.coursework.peers.policy import PeerPolicy
from diploma.coursework.releasing import service as releasing
from tests.coursework.conftest import PAGE, Handed, Unit, user
from tests.coursework.peers.conftest import CLOSED, OVER, Circle, Decide, On, Run, Visit, cohort_of, got_by
from tests.world import M2, World

See = Callable[..., Visit]


@pytest.fixture
def mine(reviewed: Circle) -> Handed:
    """The first person's work; its reviews give 100 and 80."""
    return reviewed.works[reviewed.people[0]]


def held(work: Handed) -> Marking:
    return session.get_one(Marking, work.marking)


def figures(work: Handed) -> tuple[Decimal | None, Decimal | None, bool]:
    one = held(work)
    return one.raw, one.counted, one.peers is not None


def test_reviews_that_do_not_count_change_nothing(
    mine: Handed, set_mark: Callable[..., None], run: Run, on: On, reading: Unit
) -> None:
    set_mark(mine, "exemplary")
    with reading():
        before = figures(mine)
    run(CLOSED)
    with on(CLOSED):
        marking.recount([held(mine)], why="dates", by=None)
        assert figures(mine) == before and not before[2] and before[0] == before[1]


def test_the_median_is_a_line_of_the_mark_that_adds_up(
    mine: Handed,
    reviewed: Circle,
    decide: Decide,
    set_mark: Callable[..., None],
    run: Run,
    release: Callable[..., None],
    visit: See,
    reading: Unit,
) -> None:
    set_mark(mine)  # before the reviews end, as often happens
    decide(weight=20)
    run(OVER)
    with reading():
        assert figures(mine) == (Decimal(80), Decimal(82), True)
    release(mine, at=clock.now().replace(year=2099))
    page = unescape(visit(reviewed.people[0], OVER).get(PAGE).text)
    for words in ("80 × 80%", "90 × 20%", "Share of 2 reviews by fellow trainees"):
        assert words in page
    shown = [Decimal(one) for one in re.findall(r'<td class="n"><bdi>([\d.]+)</bdi></td></tr>', page)]
    assert shown[-3:] == [Decimal(64), Decimal(18), Decimal(82)]


def test_a_work_with_too_few_reviews_has_the_mark_of_its_marker(
    mine: Handed, reviewed: Circle, decide: Decide, set_mark: Callable[..., None], run: Run, on: On, world: World
) -> None:
    decide(weight=20)
    with on(13):
        service.hide(got_by(reviewed.people[0])[0], "An insult.", by=user(world.instructor))
    set_mark(mine)
    run(OVER)
    with on(OVER):
        assert figures(mine) == (Decimal(80), Decimal(80), False)
        service.show(_hidden(reviewed), "No insult.", by=user(world.instructor))
        assert figures(mine)[1] == Decimal(82)


def _hidden(circle: Circle) -> Review:
    return next(one for one in got_by(circle.people[0]) if one.hidden_at)


def test_a_mark_is_not_released_while_reviews_that_count_may_come(
    mine: Handed, decide: Decide, set_mark: Callable[..., None], run: Run, on: On, world: World
) -> None:
    decide(weight=20)
    set_mark(mine)
    with on(13):
        outcome = releasing.release([held(mine)], base_url="", by=user(world.instructor))
        assert [one.message for _who, one in outcome.refused] == [
            "Reviews of fellow trainees count for this mark, and their time is not over."
        ]
    run(OVER)
    with on(OVER):
        assert not releasing.release([held(mine)], base_url="", by=user(world.instructor)).refused


def test_a_mark_that_waited_for_reviews_is_released_when_they_are_over_where_each_is_released_at_once(
    mine: Handed, decide: Decide, set_mark: Callable[..., None], run: Run, on: On
) -> None:
    decide(weight=20)
    with on(1):
        cohort = held(mine).work.submission.enrolment.cohort
        session.add(AssignmentPolicy(cohort_id=cohort.id, module="", area="release", values={"how": "at_once"}))
    set_mark(mine)
    run(13)
    with on(13):
        assert held(mine).state is MarkingState.MARKED
    run(CLOSED)
    with on(CLOSED):
        assert held(mine).state is MarkingState.RELEASED


def test_the_preview_names_whose_mark_a_weight_moves(
    mine: Handed, reviewed: Circle, set_mark: Callable[..., None], run: Run, on: On
) -> None:
    set_mark(mine)
    run(OVER)
    with on(OVER):
        found = effects(cohort_of(), M2, PeerPolicy(on=True, reviews=2, weight=50))
        assert [(one.person, one.params) for one in found] == [
            (user(reviewed.people[0]).full_name, {"before": Decimal(80), "after": Decimal(85)})
        ]


def test_other_rules_move_a_mark_with_its_peer_part(
    mine: Handed, decide: Decide, set_mark: Callable[..., None], run: Run, on: On
) -> None:
    decide(weight=20)
    set_mark(mine)
    run(OVER)
    with on(OVER):
        one = held(mine)
        assert results.computed(one.work, one.levels).mark == one.counted == Decimal(82)
        marking.recount([one], why="dates", by=None)
        assert one.counted == Decimal(82)
    decide(on=False)
    with on(OVER):
        assert figures(mine) == (Decimal(80), Decimal(80), False)


def test_a_released_mark_stays_whatever_the_rules_become(
    mine: Handed, decide: Decide, set_mark: Callable[..., None], release: Callable[..., None], run: Run, reading: Unit
) -> None:
    set_mark(mine)
    release(mine)
    decide(weight=50)
    run(OVER)
    with reading():
        assert figures(mine) == (Decimal(80), Decimal(80), False)
