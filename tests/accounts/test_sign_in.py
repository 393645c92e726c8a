"""Sign-in, sign-out and sessions, with the attacks of the trust spec."""

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from diploma.accounts import passwords
from diploma.accounts.models import User, UserSession
from diploma.core import clock
from tests.conftest import PASSWORD, Client, sign_in


def test_a_person_signs_in_and_lands_on_the_dashboard(world: Any, client: Client) -> None:
    answer = sign_in(client, world.trainee)
    assert answer.headers["Location"].endswith("/dashboard")


def test_the_address_is_accepted_in_any_case_and_with_spaces(world: Any, client: Client) -> None:
    assert client.send("/sign-in", {"email": f"  {world.trainee.upper()} ", "password": PASSWORD}).status_code == 302


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(world: Any, client: Client) -> None:
    wrong = client.send("/sign-in", {"email": world.trainee, "password": "wrong wrong wrong"})
    unknown = client.send("/sign-in", {"email": "nobody@uz.test", "password": "wrong wrong wrong"})
    strip = re.compile(rb'value="[^"]*"')
    assert wrong.status_code == unknown.status_code == 422
    assert strip.sub(b"", wrong.data) == strip.sub(b"", unknown.data)


def test_an_unknown_address_costs_a_hash_like_a_known_one(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []

    class Hasher:
        def verify(self, hashed: str, password: str) -> bool:
            seen.append(hashed)
            return True

    nobody = passwords._nobody()
    monkeypatch.setattr(passwords, "_hasher", Hasher())
    assert passwords.matches("anything", None) is False
    assert seen == [nobody]


def test_argon2_has_the_measured_cost() -> None:
    assert passwords.hash_password("a long enough sentence").startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_a_cookie_copied_before_sign_out_opens_nothing_afterwards(world: Any, app: Any, client: Client) -> None:
    sign_in(client, world.trainee)
    copied = client.get_cookie("session")
    assert copied is not None
    client.send("/sign-out", page="/account")
    thief = app.test_client()
    thief.set_cookie("session", copied.value)
    assert thief.get("/dashboard").status_code == 302


def test_the_cookie_is_new_after_sign_in(world: Any, client: Client) -> None:
    client.get("/sign-in")
    with client.session_transaction() as before:
        before["planted"] = "by an attacker"
    sign_in(client, world.trainee)
    with client.session_transaction() as after:
        assert "planted" not in after


def test_a_session_ends_after_hours_without_a_request(world: Any, client: Client) -> None:
    sign_in(client, world.trainee)
    with clock.at(clock.now() + timedelta(hours=13)):
        assert client.get("/dashboard").status_code == 302


def test_a_person_ends_a_session_elsewhere_and_only_their_own(world: Any, browser_of: Any, reading: Any) -> None:
    here, elsewhere, stranger = browser_of(world.trainee), browser_of(world.trainee), browser_of(world.trainee_2)
    with reading() as session:
        rows = session.scalars(
            select(UserSession).join(User).where(User.email == world.trainee).order_by(UserSession.id)
        ).all()
        ids = [row.id for row in rows]
    assert stranger.send(f"/account/sessions/{ids[1]}/end", page="/account").status_code == 404
    assert here.send(f"/account/sessions/{ids[1]}/end", page="/account").status_code == 302
    assert elsewhere.get("/dashboard").status_code == 302
    assert here.get("/account").status_code == 200


def test_too_many_attempts_on_one_address_wait(world: Any, client: Client) -> None:
    answers = [client.send("/sign-in", {"email": world.trainee, "password": "x" * 12}).status_code for _ in range(12)]
    assert answers[0] == 422 and answers[-1] == 429


def test_the_limit_holds_for_an_address_that_comes_from_many_places(world: Any, app: Any) -> None:
    answers = []
    for n in range(12):
        guesser = app.test_client()
        page = guesser.get("/sign-in", environ_base={"REMOTE_ADDR": f"203.0.113.{n}"})
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.text)
        assert token
        answers.append(
            guesser.post(
                "/sign-in",
                data={"email": world.trainee, "password": "x" * 12, "csrf_token": token[1]},
                environ_base={"REMOTE_ADDR": f"203.0.113.{n}"},
            ).status_code
        )
    assert answers[-1] == 429


@pytest.mark.parametrize("target", ["https://evil.test/", "//evil.test/", "/\\evil.test", "javascript:alert(1)"])
def test_a_sign_in_never_leads_to_another_site(world: Any, client: Client, target: str) -> None:
    answer = client.send("/sign-in", {"email": world.trainee, "password": PASSWORD, "next": target})
    assert answer.headers["Location"] == "/dashboard"


def test_a_sign_in_goes_on_to_the_page_that_was_asked_for(world: Any, client: Client) -> None:
    asked = client.get("/account")
    assert asked.headers["Location"] == "/sign-in?next=/account"
    answer = client.send("/sign-in", {"email": world.trainee, "password": PASSWORD, "next": "/account"})
    assert answer.headers["Location"] == "/account"


def test_a_disabled_person_is_out_at_once(world: Any, client: Client, unit: Any) -> None:
    sign_in(client, world.trainee)
    with unit() as session:
        session.scalar(select(User).where(User.email == world.trainee)).disabled_at = clock.now()
    assert client.get("/dashboard").status_code == 302
    assert client.send("/sign-in", {"email": world.trainee, "password": PASSWORD}).status_code == 422


def test_the_language_chosen_once_is_remembered(world: Any, client: Client, app: Any) -> None:
    sign_in(client, world.trainee)
    client.get("/account?lang=ru")
    assert '<html lang="ru"' in client.get("/account").text
    other_device = app.test_client()
    sign_in(other_device, world.trainee)
    assert '<html lang="ru"' in other_device.get("/account").text


def test_the_account_offers_the_language_that_was_just_chosen(world: Any, client: Client) -> None:
    sign_in(client, world.trainee)
    assert '<option selected value="ru">' in client.get("/account?lang=ru").text


def test_a_visitors_language_is_kept_in_a_cookie(app: Any, client: Client) -> None:
    client.get("/sign-in?lang=uz-Cyrl")
    assert '<html lang="uz-Cyrl"' in client.get("/sign-in").text


@pytest.mark.parametrize("unknown", ["xx", "EN; DROP TABLE", "%00", "ar-EG-x-evil", ""])
def test_an_unknown_language_is_ignored(app: Any, client: Client, unknown: str) -> None:
    answer = client.get("/sign-in", query_string={"lang": unknown})
    assert answer.status_code == 200 and '<html lang="en"' in answer.text
