"""Activation and reset by mailed single-use links."""

import re
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from diploma.accounts import service
from diploma.accounts.models import Purpose, User
from diploma.core import clock, jobs
from diploma.core.lang import Lang
from tests.conftest import PASSWORD, Client, sign_in

NEW = "another long sentence"


def mails(app: Flask) -> list[Any]:
    with app.app_context():
        jobs.drain()
    folder: Path = app.config["MAIL_FOLDER"]
    return (
        [message_from_bytes(one.read_bytes(), policy=policy.default) for one in sorted(folder.glob("*.eml"))]
        if folder.exists()
        else []
    )


def link_in(mail: Any) -> str:
    found = re.search(r"http://localhost(/\S+)", mail.get_content())
    assert found
    return found[1]


@pytest.fixture
def newcomer(world: Any, unit: Any) -> str:
    with unit():
        user = service.create_user("dilnoza@uz.test", "Dilnoza Gʻulomova", Lang.UZ_LATN)
        service.invite(user, "http://localhost")
    return "dilnoza@uz.test"


def test_an_invitation_opens_the_account_once(newcomer: str, app: Any, client: Client) -> None:
    link = link_in(mails(app)[0])
    assert client.send(link, {"password": NEW, "again": NEW}).status_code == 302
    assert client.get("/dashboard").status_code == 200
    assert app.test_client().get(link).status_code == 410


def test_an_invitation_is_in_the_persons_language(newcomer: str, app: Any) -> None:
    mail = mails(app)[0]
    assert mail["Content-Language"] == "uz-Latn"
    assert "\u2068Dilnoza Gʻulomova\u2069" in mail.get_content()


def test_an_expired_link_says_so(newcomer: str, app: Any, client: Client) -> None:
    link = link_in(mails(app)[0])
    with clock.at(clock.now() + timedelta(days=15)):
        assert client.get(link).status_code == 410


def test_a_newer_link_replaces_the_older(newcomer: str, app: Any, client: Client, unit: Any) -> None:
    first = link_in(mails(app)[0])
    with unit() as session:
        service.invite(session.scalar(select(User).where(User.email == newcomer)), "http://localhost")
    assert client.get(first).status_code == 410


def test_an_activation_link_is_no_reset_link(newcomer: str, app: Any, client: Client) -> None:
    link = link_in(mails(app)[0])
    assert client.get(link.replace("/activate/", "/reset/")).status_code == 410


def test_a_weak_password_is_refused_and_the_link_still_works(newcomer: str, app: Any, client: Client) -> None:
    link = link_in(mails(app)[0])
    answer = client.send(link, {"password": "short", "again": "short"})
    assert answer.status_code == 200 and "10 characters" in answer.text
    assert client.send(link, {"password": NEW, "again": NEW}).status_code == 302


def test_a_reset_ends_every_open_session(world: Any, app: Any, client: Client, browser_of: Any) -> None:
    open_elsewhere = browser_of(world.trainee)
    client.send("/forgot", {"email": world.trainee})
    link = link_in(mails(app)[-1])
    assert client.send(link, {"password": NEW, "again": NEW}).status_code == 302
    assert open_elsewhere.get("/dashboard").status_code == 302
    sign_in(app.test_client(), world.trainee, NEW)


def test_asking_for_a_reset_never_tells_whether_the_account_exists(world: Any, app: Any, client: Client) -> None:
    known = client.send("/forgot", {"email": world.trainee})
    unknown = client.send("/forgot", {"email": "nobody@uz.test"})
    assert (known.status_code, known.data) == (unknown.status_code, unknown.data)
    assert [mail["To"] for mail in mails(app)] == [world.trainee]


def test_the_link_points_to_our_address_whatever_the_host_header_says(world: Any, app: Any, client: Client) -> None:
    token = client.token("/forgot")
    client.post("/forgot", data={"email": world.trainee, "csrf_token": token}, headers={"Host": "evil.test"})
    assert all("evil.test" not in mail.get_content() for mail in mails(app))


def test_only_a_digest_of_a_link_is_stored(newcomer: str, reading: Any, app: Any) -> None:
    token = link_in(mails(app)[0]).rpartition("/")[2]
    with reading() as session:
        from diploma.accounts.models import MailedLink

        row = session.scalars(select(MailedLink).where(MailedLink.purpose == Purpose.ACTIVATE)).one()
        assert row.token_hash == service.token_hash(token) != token


def test_a_password_is_changed_only_with_the_present_one(world: Any, browser_of: Any) -> None:
    person = browser_of(world.trainee)
    wrong = person.send("/account/password", {"current": "not this one", "password": NEW, "again": NEW})
    right = person.send("/account/password", {"current": PASSWORD, "password": NEW, "again": NEW})
    assert (wrong.status_code, right.status_code) == (200, 302)


@pytest.mark.parametrize("password", ["short", "aaaaaaaaaaaa", "1234567890", "aziza-aziza-aziza", "x" * 201])
def test_passwords_that_are_easy_to_guess_are_refused(password: str) -> None:
    from diploma.accounts.passwords import weakness

    assert weakness(password, "aziza@uz.test")
    assert weakness("a short sentence", "aziza@uz.test") is None
