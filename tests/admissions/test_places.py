"""Another number of places after the offers, and an accepted place whose address cannot be added."""

from typing import Any

import pytest
from sqlalchemy import func, select

from diploma.accounts import service as accounts
from diploma.admissions import addresses, calls, letters, offers, places
from diploma.admissions.calls import Terms
from diploma.admissions.models import AdmissionLetter, AdmissionSeat, LinkPurpose
from diploma.admissions.models import ApplicationState as S
from diploma.admissions.plan import LetterKind
from diploma.cohorts.models import Cohort, CohortState, Enrolment
from diploma.cohorts.service import move_cohort
from diploma.core.errors import Refused, Stale
from tests.admissions.conftest import BASE, application, offer_token, states, the_call, user

SETTINGS = "/cohorts/uz-next/admission/settings"


@pytest.fixture
def that_day(decided: list[str], after: Any) -> Any:
    return lambda days=12: after(days=days)


def terms(session: Any, number: int) -> Terms:
    held = the_call(session)
    return Terms(held.opens_at, held.closes_at, held.entry, number)


def change(unit: Any, number: int) -> None:
    with unit() as session:
        call, by = the_call(session), user(session, "coordinator@uz.test")
        shown = places.preview(call, number)
        places.change(call, terms(session, number), shown.digest if shown else "", BASE, by=by)


# ---- places


def test_more_places_are_shown_first_and_then_offered_to_the_next(
    decided: list[str], that_day: Any, browser_of: Any, reading: Any, mails: Any
) -> None:
    with that_day():
        mails()
        browser = browser_of("coordinator@uz.test")
        said = {"opens_at": "2020-01-01T10:00", "closes_at": "2020-02-01T10:00", "entry": "both", "places": "5"}
        said |= {"waiting": "20", "offer_days": "7", "reading_days": "14", "gap": "25"}
        page = browser.send(SETTINGS, said)
        assert page.status_code == 200 and "2 people of the waiting list" in page.text
        with reading() as session:
            assert [*states(session).values()].count("offered") == 3 and the_call(session).places == 3
            shown = places.preview(the_call(session), 5)
            assert shown and [one.email for one in shown.offered] == decided[3:5]
        assert browser.send(SETTINGS, said | {"seen": shown.digest}).status_code == 302
        assert sorted(one.to for one in mails() if "/offers/" in one.body) == decided[3:5]
    with reading() as session:
        assert [*states(session).values()] == ["offered"] * 5 + ["waiting"]


def test_a_waiting_list_that_moved_meanwhile_is_shown_again(decided: list[str], that_day: Any, unit: Any) -> None:
    with that_day():
        with unit() as session:
            shown = places.preview(the_call(session), 4)
            assert shown
            offers.withdraw(application(session, decided[3]), BASE)
        with unit() as session, pytest.raises(Stale):
            by = user(session, "coordinator@uz.test")
            places.change(the_call(session), terms(session, 4), shown.digest, BASE, by=by)


def test_fewer_places_take_no_offer_away_whatever_its_number(
    decided: list[str], that_day: Any, unit: Any, reading: Any
) -> None:
    with that_day():
        for address in decided[3:]:
            with unit() as session:
                offers.withdraw(application(session, address), BASE)
        with unit() as session:
            offers.withdraw(application(session, decided[0]), BASE)  # holds the place with the lowest number
        change(unit, 2)
    with reading() as session:
        assert [application(session, one).state for one in decided[1:3]] == [S.OFFERED, S.OFFERED]
        assert session.scalar(select(func.count()).select_from(AdmissionSeat)) == 2
    with unit() as session, pytest.raises(Refused, match="More places"):
        calls.change_terms(the_call(session), terms(session, 1), by=user(session, "coordinator@uz.test"))


def test_a_cohort_that_has_begun_offers_nobody_the_new_places(
    decided: list[str], that_day: Any, unit: Any, reading: Any
) -> None:
    with that_day():
        with unit() as session:
            move_cohort(the_call(session).cohort, CohortState.RUNNING)
        change(unit, 6)
    with reading() as session:
        assert [*states(session).values()].count("offered") == 3


# ---- an address that cannot be added


@pytest.fixture
def stuck(decided: list[str], world: Any, that_day: Any, unit: Any) -> str:
    """The page of an application whose accepted place belongs to an account of another partner."""
    with that_day(), unit() as session:
        application(session, decided[0]).email = world.other_trainee
        session.flush()
        offers.answer(offer_token(session, world.other_trainee), BASE, accept=True)
        key = application(session, world.other_trainee).id
    return f"/cohorts/uz-next/admission/applications/{key}/address"


def ask(browser_of: Any, stuck: str, mails: Any) -> str:
    """The path of the form that the applicant gets."""
    mails()
    assert browser_of("coordinator@uz.test").send(stuck, {"do": "ask"}).status_code == 302
    (mail,) = mails()
    return str(mail.path)


def give(client: Any, path: str, address: str) -> Any:
    return client.send(path, {"email": address, "again": address})


def test_another_address_is_asked_for_proved_and_takes_the_place(
    stuck: str, that_day: Any, browser_of: Any, mails: Any, client: Any, reading: Any, world: Any
) -> None:
    with that_day():
        path = ask(browser_of, stuck, mails)
        assert client.send(path, {"email": "new@mail.test", "again": "other@mail.test"}).status_code == 422
        assert give(client, path, "New@mail.test").status_code == 200
        (proof,) = mails()
        assert proof.to == "new@mail.test" and client.get(proof.path).status_code == 200
        with reading() as session:  # reading the page decides nothing
            assert accounts.find("new@mail.test") is None
        assert client.send(proof.path, {}).status_code == 200
        assert client.get(proof.path).status_code == client.get(path).status_code == 410
    with reading() as session:
        found = application(session, "new@mail.test")
        assert found.enrolment_id and found.state is S.ACCEPTED and found.seat
        stranger = user(session, world.other_trainee).id
        assert session.scalar(select(func.count()).select_from(Enrolment).where(Enrolment.user_id == stranger)) == 1


def test_the_page_tells_nothing_of_the_other_partner(stuck: str, that_day: Any, browser_of: Any) -> None:
    with that_day():
        page = browser_of("coordinator@uz.test").get(stuck).text
        foreign = browser_of("coordinator@ae.test").get(stuck)
    assert "cannot be added" in page and foreign.status_code == 404
    assert not any(word in page for word in ("Salem", "ae-1", "Emirates"))


def test_every_address_that_is_typed_gets_the_same_answer(
    stuck: str, that_day: Any, browser_of: Any, mails: Any, client: Any, world: Any, decided: list[str], queries: Any
) -> None:
    with that_day():
        path, answers, counts = ask(browser_of, stuck, mails), [], []
        for address in ("free@mail.test", world.trainee, world.other_trainee, decided[1]):
            with queries() as seen:
                answers.append(give(client, path, address))
            counts.append(len([one for one in seen if "rate_buckets" not in one]))
    assert {(one.status_code, one.text) for one in answers} == {(200, answers[0].text)} and len(set(counts)) == 1


def test_a_second_address_that_belongs_elsewhere_is_told_to_nobody(
    stuck: str, that_day: Any, unit: Any, client: Any, browser_of: Any, reading: Any, world: Any
) -> None:
    pages = []
    with that_day():
        for address in ("foreign@mail.test", "free@mail.test"):
            with unit() as session:
                if address == "foreign@mail.test":
                    made = accounts.create_user(address, "Foreign", user(session, world.trainee).language)
                    session.flush()
                    assert made.id
                held = session.get_one(type(application(session, "b@mail.test")), int(stuck.split("/")[-2]))
                token = letters.make_link(held, LinkPurpose.CONFIRM, email=address)
            pages.append(client.send(f"/apply/address/confirm/{token}", {}).text)
        main = {text.partition("<main")[2].partition("</main>")[0] for text in pages}
    assert len(main) == 1
    with reading() as session:
        assert application(session, "free@mail.test").enrolment_id


def test_an_address_of_another_applicant_is_not_taken(stuck: str, that_day: Any, unit: Any, decided: list[str]) -> None:
    with that_day(), unit() as session:
        held = session.get_one(type(application(session, decided[1])), int(stuck.split("/")[-2]))
        token = letters.make_link(held, LinkPurpose.CONFIRM, email=decided[1])
        with pytest.raises(Refused, match="already"):
            addresses.confirm(token, BASE)


def test_nobody_mails_strangers_without_end(stuck: str, that_day: Any, unit: Any, world: Any) -> None:
    with that_day(), unit() as session:
        token = letters.make_link(application(session, world.other_trainee), LinkPurpose.ADDRESS)
        for n in range(addresses.MOST):
            addresses.give(token, f"n{n}@mail.test", BASE)
        with pytest.raises(Refused, match="Many"):
            addresses.give(token, "more@mail.test", BASE)


def test_a_released_place_goes_to_the_next_with_a_reason_for_the_first(
    stuck: str, that_day: Any, browser_of: Any, mails: Any, reading: Any, world: Any, decided: list[str]
) -> None:
    with that_day():
        mails()
        browser = browser_of("coordinator@uz.test")
        assert browser.send(stuck, {"reason": ""}).status_code == 422
        assert browser.send(stuck, {"reason": "No address <b>of ours</b>"}).status_code == 302
        assert browser.send(stuck, {"reason": "Twice"}, page="/account").status_code == 302
        sent = mails()
    assert [one.body for one in sent if one.to == world.other_trainee and "No address <b>" in one.body]
    assert [one.to for one in sent if "/offers/" in one.body] == [decided[3]]
    with reading() as session:
        assert application(session, world.other_trainee).state is S.REFUSED
        (copy,) = session.scalars(select(AdmissionLetter).where(AdmissionLetter.kind == LetterKind.RELEASE))
        assert "No address" in copy.body


def test_whoever_is_enrolled_keeps_the_place(decided: list[str], that_day: Any, unit: Any) -> None:
    with that_day():
        with unit() as session:
            offers.answer(offer_token(session, decided[0]), BASE, accept=True)
        with unit() as session, pytest.raises(Refused, match="present state"):
            by = user(session, "coordinator@uz.test")
            addresses.release(application(session, decided[0]), "Out", BASE, by=by)


def test_a_closed_cohort_takes_nobody(decided: list[str], that_day: Any, unit: Any) -> None:
    with that_day(), unit() as session:
        session.scalars(select(Cohort).where(Cohort.slug == "uz-next")).one().state = CohortState.CLOSED
        with pytest.raises(Refused, match="closed"):
            offers.answer(offer_token(session, decided[0]), BASE, accept=True)


def test_a_second_click_reads_what_the_first_one_did(decided: list[str], that_day: Any, unit: Any, client: Any) -> None:
    with that_day():
        with unit() as session:
            token = offer_token(session, decided[0])
        first, second = (client.send(f"/offers/{token}", {"answer": "accept"}, page="/sign-in") for _ in range(2))
        assert first.status_code == second.status_code == 200 and first.text == second.text
        assert client.send(f"/offers/{token}", {"answer": "decline"}, page="/sign-in").status_code == 410
