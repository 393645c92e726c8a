"""Who is signed in sees and answers the applications of their own address, and of no other."""

from datetime import timedelta
from typing import Any

import pytest

from diploma.accounts.service import folded_email
from diploma.admissions import offers
from diploma.admissions.models import Application
from diploma.admissions.models import ApplicationState as S
from diploma.core import clock
from tests.admissions.conftest import BASE, application, offer_token, states, the_call, user
from tests.world import person

LIST = "/account/applications"
OWNER, OTHER = "Aziza@UZ.test", "other@mail.test"


@pytest.fixture
def ids(apply: Any, unit: Any, password_hash: str) -> dict[str, int]:
    """Applications of two people with an account, however the address was written; each is offered a place."""
    made = {address: apply(folded_email(address)) for address in (OWNER, OTHER)}
    with unit() as session:
        person(OTHER, "Other", password_hash, None)
        for one in made.values():
            found = session.get_one(Application, one)
            found.state = S.READING
            offers.offer(the_call(session), found, BASE)
    return made


@pytest.fixture
def owner(ids: dict[str, int], browser_of: Any) -> Any:
    browser = browser_of("aziza@uz.test")
    browser.get("/account?lang=en")
    return browser


def test_the_owner_sees_where_it_stands_and_the_letters(owner: Any, ids: dict[str, int]) -> None:
    page = owner.get(LIST).text
    assert "Next intake" in page and "Accept the place" in page and page.count('aria-labelledby="a-') == 1
    assert "A place is offered to you" in owner.get("/dashboard").text
    page = owner.get(f"{LIST}/{ids[OWNER]}").text
    assert "To shorten the queue." in page and "Letters sent" in page


@pytest.mark.parametrize(("said", "becomes"), [("accept", "accepted"), ("decline", "declined")])
def test_one_button_answers_and_the_mailed_link_answers_no_more(
    owner: Any, client: Any, ids: dict[str, int], unit: Any, reading: Any, said: str, becomes: str
) -> None:
    with unit() as session:
        link = offer_token(session, "aziza@uz.test")
    assert owner.send(f"{LIST}/{ids[OWNER]}/answer", {"answer": said}, page=LIST).status_code == 302
    assert client.get(f"/offers/{link}").status_code == 410
    again = owner.send(f"{LIST}/{ids[OWNER]}/answer", {"answer": "decline"}, page="/account")
    assert again.status_code == 409
    with reading() as session:
        assert states(session) == {"aziza@uz.test": becomes, OTHER: "offered"}


def test_who_accepts_finds_the_cohort_in_the_account(owner: Any, ids: dict[str, int]) -> None:
    """An account of the partner is enrolled at once."""
    owner.send(f"{LIST}/{ids[OWNER]}/answer", {"answer": "accept"}, page=LIST)
    assert "Your cohort" in owner.get(LIST).text
    assert "Next intake" in owner.get("/dashboard").text


def test_a_button_that_no_page_has_answers_nothing(owner: Any, ids: dict[str, int], reading: Any) -> None:
    owner.send(f"{LIST}/{ids[OWNER]}/answer", {"answer": "accepted", "state": "accepted"}, page=LIST)
    with reading() as session:
        assert states(session)["aziza@uz.test"] == "offered"


@pytest.mark.parametrize("step", ["", "/answer", "/write", "/withdraw"])
def test_the_application_of_another_address_does_not_exist(
    owner: Any, ids: dict[str, int], reading: Any, step: str
) -> None:
    address = f"{LIST}/{ids[OTHER]}{step}"
    asked = owner.send(address, {"answer": "accept"}, page="/account") if step else owner.get(address)
    assert asked.status_code == 404
    with reading() as session:
        assert states(session)[OTHER] == "offered"


def test_an_account_that_was_never_activated_proves_no_address(ids: dict[str, int], browser_of: Any, unit: Any) -> None:
    browser = browser_of(OTHER)
    with unit() as session:
        user(session, OTHER).activated_at = None
    assert "Next intake" not in browser.get(LIST).text and browser.get(f"{LIST}/{ids[OTHER]}").status_code == 404


def test_an_offer_whose_time_is_over_is_not_accepted(owner: Any, ids: dict[str, int], unit: Any, reading: Any) -> None:
    with unit() as session:
        session.get_one(Application, ids[OWNER]).offer_expires_at = clock.now() - timedelta(minutes=1)
    assert "Accept the place" not in owner.get(LIST).text
    assert owner.send(f"{LIST}/{ids[OWNER]}/answer", {"answer": "accept"}, page="/account").status_code == 409
    with reading() as session:
        assert states(session)["aziza@uz.test"] == "offered"


def test_withdrawing_asks_first_and_frees_the_place(owner: Any, ids: dict[str, int], reading: Any) -> None:
    assert owner.get(f"{LIST}/{ids[OWNER]}/withdraw").status_code == 200
    owner.send(f"{LIST}/{ids[OWNER]}/withdraw")
    with reading() as session:
        found = application(session, "aziza@uz.test")
        assert (found.state, found.seat) == (S.WITHDRAWN, None)


def test_a_draft_is_gone_on_with_at_a_fresh_address(owner: Any, ids: dict[str, int], unit: Any) -> None:
    with unit() as session:
        found = session.get_one(Application, ids[OWNER])
        found.state, found.seat, found.offer_expires_at = S.DRAFT, None, None
    answer = owner.send(f"{LIST}/{ids[OWNER]}/write", page=LIST)
    assert "/apply/mine/" in answer.location and owner.get(answer.location).status_code == 200


def test_nobody_sees_a_page_of_applications_without_an_account(client: Any, call: str) -> None:
    assert client.get(LIST).status_code == 302
