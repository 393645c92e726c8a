"""After a sign-in a person stays on this site, whatever the address asked for."""

from collections.abc import Callable

import pytest

from tests.conftest import Client
from tests.world import World

Open = Callable[[str], Client]


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.test/",
        "//evil.test/",
        "///evil.test",
        "/\\evil.test",
        "\\\\evil.test",
        "/\t/evil.test",
        "/\r\n/evil.test",
        "/\r\nSet-Cookie: planted=1",
        "/a\\..\\\\evil.test",
        "//[",
        "/\x00//evil.test",
        "http:evil.test",
        "javascript:alert(1)",
        " //evil.test",
    ],
)
def test_a_person_who_is_signed_in_is_not_led_away(world: World, browser_of: Open, target: str) -> None:
    answer = browser_of(world.trainee).get("/sign-in", query_string={"next": target})
    assert answer.status_code == 302 and answer.headers["Location"] == "/dashboard"
    assert "planted" not in str(answer.headers)


def test_an_address_of_this_site_with_a_query_is_followed(world: World, browser_of: Open) -> None:
    answer = browser_of(world.trainee).get("/sign-in", query_string={"next": "/marking/?language=ru&page=2#x"})
    assert answer.headers["Location"] == "/marking/?language=ru&page=2#x"
