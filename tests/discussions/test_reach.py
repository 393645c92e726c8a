"""Nothing of a cohort is visible outside of it; who left reads nothing, whose place is put off reads only."""

from typing import Any

import pytest

from diploma.accounts.permissions import GRANTS, Permission, Role
from diploma.cohorts.models import EnrolmentState
from diploma.core.lang import Lang
from diploma.discussions import access
from diploma.discussions.service import Written
from tests.conftest import PASSWORD, Client
from tests.discussions.conftest import FORUM, cohort, key, user
from tests.security.test_parked_forms import send_too_late
from tests.world import World

PAGES = (FORUM, "/cohorts/uz-1/announcements", f"{FORUM}/mails", f"{FORUM}/new")


@pytest.mark.parametrize("path", PAGES)
def test_people_of_another_cohort_find_nothing(world: World, english: Any, path: str) -> None:
    for email in (world.other_trainee, world.other_instructor, world.other_coordinator):
        assert english(email).get(path).status_code == 404


def test_a_discussion_of_another_cohort_is_as_if_it_were_missing(
    talk: dict[str, int], english: Any, world: World
) -> None:
    stranger: Client = english(world.other_trainee)
    real, own = f"{FORUM}/{talk['thread']}", f"/cohorts/ae-1/discussions/{talk['thread']}"
    assert stranger.get(own).status_code == 404 and stranger.get(real).status_code == 404
    assert stranger.send(own, {"text": "x", "language": "en", "key": key()}, page="/account").status_code == 404


def test_a_visitor_is_asked_to_sign_in(talk: dict[str, int], client: Client) -> None:
    assert client.get(f"{FORUM}/{talk['thread']}").headers["Location"].startswith("/sign-in")


@pytest.mark.parametrize("role", [Role.LINE_MANAGER, Role.AUDITOR, Role.TRANSLATOR, Role.REGISTRAR, Role.MODERATOR])
def test_roles_that_need_no_discussions_have_no_right_to_them(role: Role) -> None:
    ours = {Permission.DISCUSS, Permission.MODERATE, Permission.ANNOUNCE, Permission.WRITE_TO_PEOPLE}
    assert not ours & GRANTS[role]


def test_who_was_withdrawn_reads_nothing(talk: dict[str, int], aziza: Client, put: Any, world: World) -> None:
    put(world.trainee, EnrolmentState.WITHDRAWN)
    for path in (*PAGES, f"{FORUM}/{talk['thread']}"):
        assert aziza.get(path).status_code == 404


def test_whose_place_is_put_off_reads_and_does_not_write(
    talk: dict[str, int], aziza: Client, put: Any, world: World
) -> None:
    put(world.trainee, EnrolmentState.DEFERRED)
    address = f"{FORUM}/{talk['thread']}"
    page = aziza.get(address).text
    assert "40 daqiqa" in page and 'id="write"' not in page
    answer = aziza.send(address, {"text": "x", "language": "en", "key": key()})
    assert answer.status_code == 409 and "not active in this cohort" in answer.text
    assert aziza.send(f"{address}/posts/{talk['first']}/edit", {"text": "x", "language": "en"}).status_code == 409


def test_one_query_per_kind_knows_who_sees_what(talk: dict[str, int], reading: Any, world: World) -> None:
    with reading() as session:
        for email, count in ((world.trainee, 2), (world.instructor, 2), (world.other_trainee, 0), (world.director, 0)):
            assert len(session.scalars(access.visible_posts(user(email))).all()) == count, email


def test_the_search_of_the_product_does_not_find_posts(talk: dict[str, int], aziza: Client, english: Any) -> None:
    for browser in (aziza, english("coordinator@ae.test")):
        assert "40 daqiqa" not in browser.get("/search?q=daqiqa").text


def test_a_long_post_is_not_lost_with_an_expired_session(world: World, browser_of: Any) -> None:
    browser, text = browser_of(world.trainee), "Uzun fikr. " * 300
    form = {"title": "Savol", "text": text, "language": "uz-Latn", "module": "", "key": key()}
    kept = send_too_late(browser, f"{FORUM}/new", form, f"{FORUM}/new")
    back = browser.send("/sign-in", {"email": world.trainee, "password": PASSWORD, "parked": kept})
    assert back.status_code == 200 and text.strip() in back.text and f'action="{FORUM}/new"' in back.text


def test_the_service_refuses_a_stranger_too(talk: dict[str, int], unit: Any, world: World) -> None:
    from diploma.core.errors import Refused
    from diploma.discussions import service

    with unit(), pytest.raises(Refused):
        service.open_thread(cohort(), "x", None, Written("x", Lang.EN), key=key(), by=user(world.other_trainee))
