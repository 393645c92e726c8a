"""Pages of peer review ask the database as often for forty people as for five."""

from collections.abc import Callable
from contextlib import AbstractContextManager

from diploma.coursework.peers import allotting
from tests.coursework.conftest import Handed
from tests.coursework.peers.conftest import PEERS_PAGE, Circle, On, Visit, the_round
from tests.world import World


def test_the_number_of_queries_does_not_grow_with_the_cohort(
    begun: Circle,
    crowd: Callable[[int], list[Handed]],
    visit: Callable[..., Visit],
    on: On,
    queries: Callable[[], AbstractContextManager[list[str]]],
    world: World,
) -> None:
    trainee, staff = visit(begun.people[2]), visit(world.instructor)
    visits = [(trainee, PEERS_PAGE), (trainee, "/dashboard"), (staff, "/cohorts/uz-1/peers"), (staff, "/marking/")]

    def counts() -> list[int]:
        found = []
        for browser, path in visits:
            browser.get(path)  # content is read once per process
            with queries() as seen:
                assert browser.get(path).status_code == 200
            found.append(len(seen))
        return found

    few = counts()
    crowd(35)
    with on(11.5):
        allotting.join(the_round())
    assert counts() == few
