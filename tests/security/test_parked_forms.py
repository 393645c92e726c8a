"""A form that arrived after its session had ended comes back to its own author, and to nobody else."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import Flask

from diploma.accounts import guard
from diploma.core import clock
from tests.conftest import PASSWORD, Client
from tests.world import M2, World

Open = Callable[[str], Client]
PAGE = f"/modules/{M2}/assignment"
SECRET = "Four hours of work, read by nobody else. " * 4
FORM = {"text": SECRET, "language": "en", "helpers": "", "key": "k" * 20, "base": "0"}


def parked(page: str) -> str:
    found = re.search(r'name="parked"[^>]*value="([^"]*)"', page)
    return found[1] if found else ""


def send_too_late(browser: Client, path: str = PAGE, form: dict[str, str] = FORM, page: str = PAGE) -> str:
    """What the sign-in page carries after a form was sent with a session that had ended."""
    token = browser.token(page)
    with clock.at(clock.now() + timedelta(hours=13)):
        answer = browser.post(path, data={"csrf_token": token, **form})
    assert answer.status_code == 401
    return parked(answer.text)


def come_back(browser: Client, email: str, kept: str) -> Any:
    return browser.send("/sign-in", {"email": email, "password": PASSWORD, "parked": kept})


def test_the_author_gets_the_form_back_and_sends_it_by_hand(world: World, browser_of: Open) -> None:
    browser = browser_of(world.trainee)
    answer = come_back(browser, world.trainee, send_too_late(browser))
    assert answer.status_code == 200 and SECRET.strip() in answer.text and f'action="{PAGE}"' in answer.text
    assert SECRET.strip() not in browser.get(PAGE).text, "nothing was sent yet"


def test_what_comes_back_can_be_sent(world: World, browser_of: Open) -> None:
    browser = browser_of(world.trainee)
    page = come_back(browser, world.trainee, send_too_late(browser)).text
    token = re.search(r'action="/modules[^>]*>\s*<input type="hidden" name="csrf_token" value="([^"]+)"', page)
    assert token and browser.post(PAGE, data={"csrf_token": token[1], **FORM}).location == PAGE
    assert SECRET.strip() in browser.get(PAGE).text


def test_another_person_at_the_same_machine_does_not_get_it(world: World, browser_of: Open) -> None:
    browser = browser_of(world.trainee)
    answer = come_back(browser, world.trainee_2, send_too_late(browser))
    assert answer.status_code == 302 and SECRET.strip() not in answer.text


def test_a_form_planted_by_somebody_else_is_not_shown(world: World, app: Flask, client: Client) -> None:
    with app.app_context():
        foreign = guard.parked().dumps({"owner": 999_999, "path": "/account", "fields": [["text", SECRET]]})
        unowned = guard.parked().dumps({"owner": None, "path": "/account", "fields": [["text", SECRET]]})
    for kept in (foreign, unowned, foreign[:-2] + "xx", "nonsense"):
        assert come_back(app.test_client(), world.trainee, kept).status_code == 302  # type: ignore[arg-type]


def test_a_visitors_form_is_not_kept(world: World, client: Client) -> None:
    answer = client.send(PAGE, FORM, page="/sign-in")
    assert answer.status_code == 401 and not parked(answer.text)


def test_a_form_with_passwords_is_never_kept(world: World, browser_of: Open) -> None:
    browser = browser_of(world.trainee)
    form = {"current": PASSWORD, "password": "a better sentence", "again": "a better sentence"}
    assert send_too_late(browser, "/account/password", form, "/account/password") == ""


def test_a_kept_form_expires(world: World, browser_of: Open, app: Flask) -> None:
    browser = browser_of(world.trainee)
    kept = send_too_late(browser)
    from diploma.accounts import views

    original, views.PARKED_SECONDS = views.PARKED_SECONDS, -1
    try:
        assert come_back(browser, world.trainee, kept).status_code == 302
    finally:
        views.PARKED_SECONDS = original
