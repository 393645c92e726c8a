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


# ---- opened, and asked for again


def state_of(reading: Any, email: str) -> Any:
    from diploma.accounts.models import MailedLink

    with reading() as session:
        query = select(MailedLink).join(MailedLink.user).where(User.email == email).order_by(MailedLink.id.desc())
        return session.scalars(query).first()


def test_a_scanner_that_fetches_the_link_does_not_use_it_up(
    newcomer: str, app: Any, client: Client, reading: Any
) -> None:
    link = link_in(mails(app)[0])
    client.head(link)
    assert state_of(reading, newcomer).opened_at is None
    for _ in range(3):
        assert app.test_client().get(link).status_code == 200
    assert state_of(reading, newcomer).opened_at and state_of(reading, newcomer).used_at is None
    assert client.send(link, {"password": NEW, "again": NEW}).status_code == 302


def test_an_expired_link_offers_a_new_one_to_the_same_address(newcomer: str, app: Any, client: Client) -> None:
    link = link_in(mails(app)[0])
    with clock.at(clock.now() + timedelta(days=15)):
        assert "Send a new link" in client.get(link).text
        client.send(f"{link}/again", {}, page=link)
        client.send(f"{link}/again", {}, page=link)  # a double click
        found = {link_in(one) for one in mails(app)}
        assert len(found) == 2 and {one["To"] for one in mails(app)} == {newcomer}
        [fresh] = found - {link}
        assert client.get(fresh).status_code == 200


def test_asking_again_never_tells_whether_there_is_an_account(newcomer: str, app: Any, client: Client) -> None:
    link = link_in(mails(app)[0])
    with clock.at(clock.now() + timedelta(days=15)):
        known = client.send(f"{link}/again", {}, page=link)
        unknown = client.send("/activate/nothing/again", {}, page=link)
        token = link.rpartition("/")[2]  # stands in the links to the other languages
        assert (known.status_code, known.text.replace(token, "nothing")) == (unknown.status_code, unknown.text)
        assert client.get("/activate/nothing").text == client.get(link).text.replace(token, "nothing")


@pytest.mark.parametrize("what", ["activated", "disabled", "moved"])
def test_the_holder_of_an_old_link_gets_nothing_more(
    newcomer: str, app: Any, client: Client, unit: Any, what: str
) -> None:
    """Activated or disabled since, or the address was wrong: whoever got the mail there is not the person."""
    link = link_in(mails(app)[0])
    with unit() as session:
        user = session.scalars(select(User).where(User.email == newcomer)).one()
        if what == "activated":
            user.activated_at = clock.now()
        elif what == "disabled":
            user.disabled_at = clock.now()
        else:
            user.email = "right@uz.test"
    with clock.at(clock.now() + timedelta(days=15)):
        client.send(f"{link}/again", {}, page=link)
        assert len(mails(app)) == 1


def test_asking_again_is_slowed_down(app: Any, client: Client) -> None:
    answers = {client.send(f"/activate/t{n}/again", {}, page="/sign-in").status_code for n in range(8)}
    assert answers == {200, 429}
