"""Pages ask the database as often for sixty people as for three."""

from collections.abc import Callable
from contextlib import AbstractContextManager

from tests.conftest import Client
from tests.coursework.conftest import PAGE, Handed
from tests.world import World

Open = Callable[[str], Client]
Count = Callable[[], AbstractContextManager[list[str]]]


def test_the_number_of_queries_does_not_grow_with_the_cohort(
    crowd: Callable[[int], list[Handed]], handed: Handed, world: World, browser_of: Open, queries: Count
) -> None:
    marker, trainee = browser_of(world.instructor), browser_of(world.trainee)
    visits = [
        (marker, "/marking/"),
        (marker, f"/marking/{handed.marking}"),
        (trainee, PAGE),
        (trainee, f"/receipts/{handed.receipt}"),
    ]

    def counts() -> list[int]:
        found = []
        for browser, path in visits:
            browser.get(path)  # content is read once per process
            with queries() as seen:
                assert browser.get(path).status_code == 200
            found.append(len(seen))
        return found

    crowd(2)
    few = counts()
    crowd(57)
    assert counts() == few
    assert max(few) <= 19  # dates, attempts, second marks, leases, conflicts, comments and files once each
