"""Every status by what really causes it: said in the reader's language, with a way on, and nothing from inside."""

import logging
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.test import TestResponse

from config import Config
from diploma.app import create_app
from diploma.certificates.verification import LARGEST_FILE
from diploma.core import clock, db, refusals
from diploma.core.lang import LANGS, Lang
from diploma.home import shell
from tests.conftest import Client
from tests.world import World

Open = Callable[[str], Client]
KEY = "t" * 40  # the tests' own (tests/conftest.py): a cookie of one application is read by the other
INSIDE = re.compile(r"Traceback|sqlalchemy|sqlite|psycopg|werkzeug|jinja|diploma\.|\.py\b|/tmp/|/shm/|SELECT |Secret")


def too_large(client: Client) -> TestResponse:
    """The body is built here, because the test client would put a large one on disk."""
    head = b'--X\r\nContent-Disposition: form-data; name="file"; filename="c.pdf"\r\n\r\n'
    body = head + b"x" * (LARGEST_FILE + 200_000) + b"\r\n--X--\r\n"
    return client.post("/verify", data=body, content_type="multipart/form-data; boundary=X")


def too_often(client: Client) -> TestResponse:
    with clock.at(clock.now()):  # buckets refill with time
        return [client.get("/verify?code=0000000000000000") for _ in range(61)][-1]


def fails(client: Client) -> TestResponse:
    client.application.view_functions["home.contact"] = lambda: {}["Secret"]
    return client.get("/contact")


CAUSES: dict[int, tuple[str, Callable[[Client], TestResponse]]] = {
    400: ("aziza", lambda client: client.post("/account", data={"language": "en"})),
    403: ("aziza", lambda client: client.get("/marking/")),
    404: ("", lambda client: client.get("/no-such-page")),
    405: ("", lambda client: client.get("/sign-out")),
    409: ("coordinator", lambda client: client.send("/cohorts/uz-1/people/1/reinstate", {"reason": "x"})),
    410: ("", lambda client: client.get("/activate/gone")),
    413: ("", too_large),
    429: ("", too_often),
    500: ("", fails),
}


@pytest.fixture
def speaker(app: Flask, browser_of: Open) -> Iterator[Callable[[str, Lang], Client]]:
    """``speaker("aziza", Lang.AR)``: their browser, or a visitor's, in which this language was chosen."""
    views = dict(app.view_functions)

    def open_browser(name: str, lang: Lang) -> Client:
        client: Client = browser_of(f"{name}@uz.test") if name else app.test_client()  # type: ignore[assignment]
        client.get(f"/help?lang={lang.value}")
        return client

    yield open_browser
    app.view_functions.update(views)


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("status", CAUSES)
def test_a_refusal_speaks_to_its_reader_and_leads_on(
    world: World, speaker: Callable[[str, Lang], Client], status: int, lang: Lang
) -> None:
    name, cause = CAUSES[status]
    answer = cause(speaker(name, lang))
    assert answer.status_code == status
    assert f'<html lang="{lang.value}" dir="{lang.dir}">' in answer.text
    main = answer.text.split("<main", 1)[1].split("</main>")[0]
    assert main.count("<h1") == 1 and 'href="/help#' in main
    assert ('href="/dashboard"' if name else 'href="/') in main
    assert not INSIDE.search(answer.text)


@pytest.mark.parametrize("lang", LANGS)
def test_a_form_without_a_session_is_asked_to_sign_in(app: Flask, lang: Lang) -> None:
    client: Client = app.test_client()  # type: ignore[assignment]
    answer = client.send(f"/account?lang={lang.value}", {"language": "en"}, page="/sign-in")
    assert answer.status_code == 401 and f'dir="{lang.dir}"' in answer.text and "/help#signing-in" in answer.text


def test_a_wrong_method_names_the_right_one(client: Client) -> None:
    assert "POST" in client.get("/sign-out").headers["Allow"]


def test_a_failure_is_found_in_the_log_by_the_number_on_its_page(
    speaker: Callable[[str, Lang], Client], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR, "diploma.web"):
        answer = fails(speaker("", Lang.EN))
    shown = re.search(r'<bdi class="mono" dir="ltr">([0-9a-f]{8})</bdi>', answer.text)
    assert shown and shown[1] in caplog.text


def test_a_refused_step_says_why_and_that_nothing_was_changed(world: World, browser_of: Open) -> None:
    page = CAUSES[409][1](browser_of(world.coordinator)).text
    assert "Aziza Karimova is in the cohort." in page and "Nothing was changed." in page


def test_a_failed_statement_does_not_turn_its_reader_into_a_visitor(
    world: World, speaker: Callable[[str, Lang], Client]
) -> None:
    client = speaker("aziza", Lang.EN)
    client.application.view_functions["home.contact"] = lambda: db.session.execute(text("SELECT nothing"))
    assert 'href="/account"' in client.get("/contact").text


# ---- the database is away


@pytest.fixture
def away(app: Flask, tmp_path: Path) -> Flask:
    """The same application, whose database is not there."""
    made = create_app(
        Config(APP_ENV="test", INSTANCE=tmp_path, DATABASE_URL=f"sqlite:///{tmp_path}/gone/x.db", SECRET_KEY=KEY)
    )
    made.test_client_class = Client
    return made


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("path", ["/", "/help", "/dashboard", "/readyz"])
def test_without_a_database_a_visitor_is_told_to_come_back(away: Flask, path: str, lang: Lang) -> None:
    answer = away.test_client().get(f"{path}?lang={lang.value}", follow_redirects=True)
    if path == "/dashboard":  # the sign-in page itself needs none
        assert answer.status_code == 200
        return
    assert answer.status_code == 503 and answer.headers["Retry-After"]
    assert f'<html lang="{lang.value}" dir="{lang.dir}">' in answer.text and not INSIDE.search(answer.text)


def test_without_a_database_a_signed_in_person_is_told_so_too(world: World, browser_of: Open, away: Flask) -> None:
    cookie = browser_of(world.trainee).get_cookie("session")
    client = away.test_client()
    assert cookie
    client.set_cookie("session", cookie.value)
    answer = client.get("/dashboard?lang=ar")
    assert answer.status_code == 503 and 'dir="rtl"' in answer.text and not INSIDE.search(answer.text)
    assert "<footer" in answer.text


def test_no_free_connection_is_busy_and_no_fault(app: Flask, speaker: Callable[[str, Lang], Client]) -> None:
    def wait() -> Any:
        raise PoolTimeout("QueuePool limit")

    client = speaker("", Lang.EN)
    app.view_functions["home.contact"] = wait
    assert client.get("/contact").status_code == 503


# ---- nothing can be drawn


@pytest.mark.parametrize("lang", LANGS)
def test_when_no_template_can_be_drawn_a_bare_page_says_it(
    client: Client, monkeypatch: pytest.MonkeyPatch, lang: Lang
) -> None:
    def fail() -> Any:
        raise RuntimeError("Secret")

    monkeypatch.setattr(shell, "navigation", fail)
    answer = client.get(f"/help?lang={lang.value}")
    assert answer.status_code == 500 and f'lang="{lang.value}" dir="{lang.dir}"' in answer.text
    assert "<h1>" in answer.text and 'href="/"' in answer.text and not INSIDE.search(answer.text)


def test_what_a_bare_page_quotes_is_text(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refusals, "render_template", lambda *_, **__: {}["x"])
    with app.test_request_context("/"):
        assert "&lt;b&gt;" in refusals.error_page(409, "<b>").get_data(as_text=True)
