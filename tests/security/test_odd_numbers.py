"""Numbers that no row has, and characters that no column takes, are answered like a missing page."""

from collections.abc import Callable

import pytest

from tests.conftest import Client
from tests.world import M2, World

Open = Callable[[str], Client]
HUGE = "9" * 30


@pytest.mark.parametrize(
    "path",
    [
        f"/marking/{HUGE}",
        f"/marking/?page={HUGE}",
        f"/sessions/{HUGE}",
        f"/cohorts/uz-1/people/{HUGE}",
        f"/cohorts/uz-1/people/{HUGE}/results",
        f"/marking/{'9' * 5000}",
    ],
)
def test_a_number_beyond_every_row_is_no_page(world: World, browser_of: Open, path: str) -> None:
    assert browser_of(world.instructor).get(path).status_code == 404


@pytest.mark.parametrize("path", [f"/modules/{M2}/quiz/{HUGE}/1", "/cohorts/%00", "/receipts/%00", "/modules/%00"])
def test_a_trainee_asks_for_nonsense_and_finds_nothing(world: World, browser_of: Open, path: str) -> None:
    assert browser_of(world.trainee).get(path).status_code in (403, 404)


@pytest.mark.parametrize(
    "path", ["/verify/%00", "/verify?code=%00", "/verify/%ed%a0%80", "/activate/%00", "/?lang=%00"]
)
def test_a_visitor_asks_for_nonsense_and_breaks_nothing(world: World, client: Client, path: str) -> None:
    assert client.get(path).status_code < 500


@pytest.mark.parametrize("number", [HUGE, "-" + HUGE, "9" * 5000, "²", "١٢", "1e9", "\x00", ""])
def test_odd_numbers_release_no_mark(world: World, browser_of: Open, number: str) -> None:
    answer = browser_of(world.instructor).send("/marking/release", {"marking": number}, page="/account")
    assert answer.status_code in (302, 400)


@pytest.mark.parametrize("number", [HUGE, "9" * 5000, "²", "-1", "\x00"])
def test_odd_numbers_remove_no_file(world: World, browser_of: Open, number: str) -> None:
    form = {"text": "x", "language": "en", "helpers": "", "key": "k" * 20, "base": "0", "remove": number}
    answer = browser_of(world.trainee).send(f"/modules/{M2}/assignment", form)
    assert answer.status_code in (302, 404)
