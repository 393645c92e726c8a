"""Offers are answered once; the waiting list moves by itself; nobody ever gets a place that does not exist."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from diploma.accounts import service as accounts
from diploma.admissions import calls, letters, offers
from diploma.admissions.models import AdmissionLink, Application, LinkPurpose
from diploma.admissions.models import ApplicationState as S
from diploma.cohorts.models import CohortState, Enrolment
from diploma.cohorts.service import move_cohort
from diploma.core import clock, db
from diploma.core.errors import Refused
from tests.admissions.conftest import BASE, application, offer_token, states, the_call, user

AFTER = timedelta(days=12)  # the day of the decision


@pytest.fixture
def that_day(decided: list[str]) -> Any:
    """``with that_day(n):`` n days after the decision."""
    return lambda days=0: clock.at(clock.now() + AFTER + timedelta(days=days, minutes=5))


@pytest.fixture
def links(decided: list[str], unit: Any, that_day: Any) -> dict[str, str]:
    """A link to the offer of each who has one."""
    with that_day(), unit() as session:
        return {one: offer_token(session, one) for one in decided[:3]}


def answer(unit: Any, link: str, *, accept: bool) -> None:
    with unit():
        offers.answer(link, BASE, accept=accept)


# ---- answering


def test_reading_the_page_decides_nothing_and_a_button_does(
    links: dict[str, str], client: Any, reading: Any, that_day: Any
) -> None:
    page = f"/offers/{links['a@mail.test']}"
    with that_day():
        assert client.get(page).status_code == 200
        with reading() as session:
            assert states(session)["a@mail.test"] == "offered"
        assert client.send(page, {"answer": "accept"}).status_code == 200
        assert client.get(page).status_code == 410 == client.send(page, {"answer": "decline"}).status_code
    with reading() as session:
        assert states(session)["a@mail.test"] == "accepted"


def test_a_button_that_no_page_has_decides_nothing(
    links: dict[str, str], client: Any, reading: Any, that_day: Any
) -> None:
    with that_day():
        client.send(f"/offers/{links['a@mail.test']}", {"answer": "perhaps", "state": "accepted"})
    with reading() as session:
        assert states(session)["a@mail.test"] == "offered"


def test_who_accepts_as_a_newcomer_is_enrolled_and_invited_once(
    links: dict[str, str], unit: Any, mails: Any, reading: Any, that_day: Any
) -> None:
    with that_day():
        mails()
        answer(unit, links["a@mail.test"], accept=True)
        sent = [one for one in mails() if "/activate/" in one.body]
    assert [one.to for one in sent] == ["a@mail.test"]
    with reading() as session:
        held = session.scalars(
            select(Enrolment).join(Enrolment.user).where(Enrolment.cohort_id == the_call(session).cohort_id)
        ).one()
        assert held.user.email == "a@mail.test" and application(session, "a@mail.test").enrolment_id == held.id


def account_of(session: Any, address: str, source: str) -> None:
    """Give an applicant the address of an account that exists."""
    application(session, address).email = source


def test_an_account_of_the_partner_is_enrolled_and_not_invited_again(
    links: dict[str, str], unit: Any, mails: Any, reading: Any, world: Any, that_day: Any
) -> None:
    with unit() as session:
        account_of(session, "a@mail.test", world.trainee)
    with that_day():
        mails()
        answer(unit, links["a@mail.test"], accept=True)
        assert not any("/activate/" in one.body for one in mails())
    with reading() as session:
        assert application(session, world.trainee).enrolment_id


def test_an_account_of_another_partner_is_not_touched_and_nobody_is_told(
    links: dict[str, str], unit: Any, client: Any, browser_of: Any, reading: Any, world: Any, that_day: Any
) -> None:
    with unit() as session:
        account_of(session, "a@mail.test", world.other_trainee)
    with that_day():
        own = client.send(f"/offers/{links['b@mail.test']}", {"answer": "accept"}).text
        foreign = client.send(f"/offers/{links['a@mail.test']}", {"answer": "accept"}).text
    main = [text.partition("<main")[2].partition("</main>")[0] for text in (own, foreign)]
    assert main[0] == main[1]
    with reading() as session:
        key = application(session, world.other_trainee).id
        stranger = user(session, world.other_trainee).id
        assert session.scalar(select(func.count()).select_from(Enrolment).where(Enrolment.user_id == stranger)) == 1
    page = browser_of(world.coordinator).get(f"/cohorts/uz-next/admission/applications/{key}").text
    assert "This address cannot be added here." in page


def test_an_offer_that_has_expired_is_not_accepted(
    links: dict[str, str], unit: Any, client: Any, that_day: Any
) -> None:
    with that_day(days=8):
        assert client.get(f"/offers/{links['a@mail.test']}").status_code == 410
        with pytest.raises(Refused, match="expired"):
            answer(unit, links["a@mail.test"], accept=True)


def test_the_link_of_an_application_answers_no_offer(decided: list[str], unit: Any, client: Any, that_day: Any) -> None:
    with that_day(), unit() as session:
        own = letters.make_link(application(session, "a@mail.test"), LinkPurpose.OWN)
    with that_day():
        assert client.get(f"/offers/{own}").status_code == 410 and client.get(f"/apply/mine/{own}").status_code == 200


# ---- the waiting list


def test_a_declined_place_goes_to_the_next_by_rank(
    links: dict[str, str], unit: Any, mails: Any, reading: Any, that_day: Any
) -> None:
    with that_day():
        mails()
        answer(unit, links["b@mail.test"], accept=False)
        assert [one.to for one in mails() if "/offers/" in one.body] == ["d@mail.test"]
    with reading() as session:
        assert [*states(session).values()] == ["offered", "declined", "offered", "offered", "waiting", "waiting"]


def test_who_withdraws_an_offered_application_makes_room(
    decided: list[str], unit: Any, client: Any, reading: Any, that_day: Any
) -> None:
    with that_day(), unit() as session:
        own = letters.make_link(application(session, "a@mail.test"), LinkPurpose.OWN)
    with that_day():
        assert client.send(f"/apply/mine/{own}/withdraw", {}).status_code == 302
    with reading() as session:
        assert [*states(session).values()][:4] == ["withdrawn", "offered", "offered", "offered"]


def test_an_offer_lapses_by_itself_after_one_reminder(
    decided: list[str], mails: Any, reading: Any, that_day: Any
) -> None:
    with that_day():
        mails()
    with that_day(days=5):
        reminded = [one.to for one in mails() if "/offers/" in one.body]
    assert sorted(reminded) == decided[:3]
    with that_day(days=7):
        offered = [one.to for one in mails() if "/offers/" in one.body]
    assert sorted(offered) == decided[3:]
    with reading() as session:
        assert [*states(session).values()] == ["lapsed"] * 3 + ["offered"] * 3


def test_an_answered_offer_neither_reminds_nor_lapses(
    links: dict[str, str], unit: Any, mails: Any, reading: Any, that_day: Any
) -> None:
    with that_day():
        answer(unit, links["a@mail.test"], accept=True)
        mails()
    with that_day(days=7):
        mails()
    with reading() as session:
        assert states(session)["a@mail.test"] == "accepted"


def test_a_cohort_that_has_begun_offers_nobody_a_place(
    links: dict[str, str], unit: Any, reading: Any, that_day: Any
) -> None:
    with that_day():
        with unit() as session:
            move_cohort(the_call(session).cohort, CohortState.RUNNING)
        answer(unit, links["a@mail.test"], accept=False)
    with reading() as session:
        assert [*states(session).values()].count("waiting") == 3


# ---- never more than there are


def test_two_declines_at_once_offer_two_places(links: dict[str, str], app: Any, reading: Any, that_day: Any) -> None:
    errors: list[BaseException] = []
    ready, moment = threading.Barrier(3), clock.now() + AFTER + timedelta(minutes=5)

    def decline(link: str) -> None:
        try:
            with app.app_context(), clock.at(moment):
                ready.wait(10)
                with db.unit_of_work():
                    offers.answer(link, BASE, accept=False)
                db.session.remove()
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=decline, args=(link,)) for link in links.values()]
    for one in threads:
        one.start()
    for one in threads:
        one.join(60)
    with reading() as session:
        assert errors == [] and [*states(session).values()] == ["declined"] * 3 + ["offered"] * 3
        seats = [one.seat for one in session.scalars(select(Application)) if one.seat]
        assert sorted(seats) == [1, 2, 3]


def test_one_link_clicked_at_once_accepts_once(links: dict[str, str], app: Any, reading: Any) -> None:
    outcomes: list[str] = []
    ready, moment = threading.Barrier(4), clock.now() + AFTER + timedelta(minutes=5)

    def accept() -> None:
        with app.app_context(), clock.at(moment):
            ready.wait(10)
            try:
                with db.unit_of_work():
                    offers.answer(links["a@mail.test"], BASE, accept=True)
                outcomes.append("accepted")
            except Refused:
                outcomes.append("refused")
            db.session.remove()

    threads = [threading.Thread(target=accept) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(60)
    assert sorted(outcomes) == ["accepted", "refused", "refused", "refused"]
    with reading() as session:
        assert (
            session.scalar(
                select(func.count()).select_from(Enrolment).where(Enrolment.cohort_id == the_call(session).cohort_id)
            )
            == 1
        )


@pytest.mark.parametrize("seat", [1, 4, None])
def test_the_database_itself_gives_no_place_twice_nor_one_that_does_not_exist(
    decided: list[str], unit: Any, seat: int | None
) -> None:
    with pytest.raises(IntegrityError), unit() as session:
        waiting = application(session, "d@mail.test")
        waiting.state, waiting.seat, waiting.offer_expires_at = S.OFFERED, seat, clock.now()
        session.flush()


def test_places_that_are_given_cannot_be_taken_away(decided: list[str], unit: Any) -> None:
    with unit() as session, pytest.raises(Refused, match="More places"):
        held = the_call(session)
        fewer = calls.Terms(held.opens_at, held.closes_at, held.entry, 2)
        calls.change_terms(held, fewer, by=user(session, "coordinator@uz.test"))


def test_all_seats_of_the_cohort_taken_accepts_nobody(
    links: dict[str, str], unit: Any, reading: Any, that_day: Any
) -> None:
    with unit() as session:
        the_call(session).cohort.seats = 1
    with that_day():
        answer(unit, links["a@mail.test"], accept=True)
        with pytest.raises(Refused, match="All seats"):
            answer(unit, links["b@mail.test"], accept=True)
    with reading() as session:
        assert states(session)["b@mail.test"] == "offered" and accounts.find("b@mail.test") is None


def test_only_hashes_of_offers_are_stored(links: dict[str, str], reading: Any) -> None:
    with reading() as session:
        stored = {one.token_hash for one in session.scalars(select(AdmissionLink))}
        assert stored.isdisjoint(links.values())


def test_a_full_cohort_says_the_same_to_whose_account_is_elsewhere(
    links: dict[str, str], unit: Any, world: Any, that_day: Any
) -> None:
    with unit() as session:
        the_call(session).cohort.seats = 1
        account_of(session, "a@mail.test", world.other_trainee)
    with that_day():
        answer(unit, links["b@mail.test"], accept=True)
        with pytest.raises(Refused, match="All seats"):
            answer(unit, links["a@mail.test"], accept=True)
