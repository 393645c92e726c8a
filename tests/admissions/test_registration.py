"""Self-registration: listed domains only, confirmed by mail, approved from a queue; one answer for everybody."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from diploma.accounts import service as accounts
from diploma.admissions import registration
from diploma.admissions.models import Registration, RegistrationDomain
from diploma.admissions.models import RegistrationState as S
from diploma.cohorts.models import Cohort, CohortState, Enrolment
from diploma.core import clock
from diploma.core.errors import Refused
from diploma.core.lang import Lang
from tests.admissions.conftest import SLUG, user

FORM = {"full_name": "Anvar Saidov", "email": "anvar@adliya.gov.uz", "language": "uz-Latn", "entity": ""}
QUEUE = f"/cohorts/{SLUG}/admission/registrations"


@pytest.fixture
def domain(call: str, unit: Any) -> str:
    """gov.uz and what lies below it leads to the next cohort."""
    with unit() as session:
        cohort = session.scalars(select(Cohort).where(Cohort.slug == SLUG)).one()
        by = user(session, "coordinator@uz.test")
        registration.add_domain(cohort.partner, "gov.uz", subdomains=True, cohort=cohort, by=by)
    return "gov.uz"


@pytest.fixture
def queued(client: Any, domain: str, mails: Any, reading: Any) -> int:
    """A registration that its owner has confirmed; its id."""
    client.send("/register/uz", FORM)
    (mail,) = mails()
    assert client.send(mail.path, {}).status_code == 200
    with reading() as session:
        return int(session.scalars(select(Registration.id)).one())


def test_who_registers_confirms_by_mail_and_waits_for_the_coordinator(
    client: Any, domain: str, mails: Any, reading: Any, browser_of: Any
) -> None:
    assert "Look into your mail" in client.send("/register/uz", FORM).text
    (mail,) = mails()
    assert client.get(mail.path).status_code == 200
    with reading() as session:
        assert session.scalars(select(Registration)).one().state is S.MAILED
    client.send(mail.path, {})
    with reading() as session:
        assert session.scalars(select(Registration)).one().state is S.QUEUED
        assert accounts.find(FORM["email"]) is None
    assert FORM["full_name"] in browser_of("coordinator@uz.test").get(QUEUE).text


def test_a_link_confirms_once(client: Any, domain: str, mails: Any) -> None:
    client.send("/register/uz", FORM)
    (mail,) = mails()
    assert client.send(mail.path, {}).status_code == 200
    assert client.send(mail.path, {}, page="/sign-in").status_code == 410 == client.get(mail.path).status_code


def test_what_is_approved_is_enrolled_and_invited(
    client: Any, queued: int, browser_of: Any, mails: Any, reading: Any
) -> None:
    browser = browser_of("coordinator@uz.test")
    assert browser.send(f"{QUEUE}/{queued}/approve", {}, page=QUEUE).status_code == 302
    (mail,) = mails()
    assert mail.to == FORM["email"] and "/activate/" in mail.body
    with reading() as session:
        person = user(session, FORM["email"])
        assert session.scalars(select(Enrolment).where(Enrolment.user_id == person.id)).one().cohort.slug == SLUG
    assert browser.send(f"{QUEUE}/{queued}/approve", {}, page="/account").status_code == 409 and mails() == []


def test_a_refusal_tells_its_reason(client: Any, queued: int, browser_of: Any, mails: Any, reading: Any) -> None:
    browser = browser_of("coordinator@uz.test")
    assert browser.send(f"{QUEUE}/{queued}/refuse", {"reason": ""}).status_code == 422
    assert browser.send(f"{QUEUE}/{queued}/refuse", {"reason": "Not of our ministry"}).status_code == 302
    (mail,) = mails()
    assert "Not of our ministry" in mail.body
    client.send("/register/uz", FORM)
    assert mails() == []


@pytest.mark.parametrize("email", ["a@gmail.com", "a@evilgov.uz", "a@gov.uz.evil.test"])
def test_no_mail_goes_to_a_domain_that_is_not_listed(client: Any, domain: str, mails: Any, email: str) -> None:
    assert "Look into your mail" in client.send("/register/uz", FORM | {"email": email}).text
    assert mails() == []


def test_every_address_gets_the_same_answer(client: Any, domain: str, unit: Any, queued: int) -> None:
    with unit():
        accounts.create_user("held@gov.uz", "Held", Lang.EN)
    asked = ["held@gov.uz", "new@gov.uz", "a@gmail.com", FORM["email"]]
    answers = [client.send("/register/uz", FORM | {"email": one}) for one in asked]
    assert {(one.status_code, one.text) for one in answers} == {(200, answers[0].text)}


def test_the_request_does_the_same_work_for_every_address(client: Any, domain: str, unit: Any, queries: Any) -> None:
    with unit():
        accounts.create_user("held@gov.uz", "Held", Lang.EN)
    works = []
    for one in ("held@gov.uz", "new@gov.uz", "a@elsewhere.test"):
        token = client.token("/register/uz")
        with queries() as seen:
            client.post("/register/uz", data={"csrf_token": token, **FORM, "email": one})
        works.append([text for text in seen if "rate_buckets" not in text])
    assert works[0] == works[1] == works[2] and not any("FROM users" in text for text in works[0])


def test_an_account_that_exists_is_told_to_its_owner_alone(
    client: Any, domain: str, unit: Any, mails: Any, reading: Any
) -> None:
    with unit():
        accounts.create_user("held@gov.uz", "Held", Lang.EN)
    client.send("/register/uz", FORM | {"email": "HELD@gov.uz"})
    (mail,) = mails()
    assert mail.to == "held@gov.uz" and "has an account already" in mail.body
    with reading() as session:
        assert session.scalars(select(Registration)).all() == []


def test_an_account_elsewhere_that_came_meanwhile_cannot_be_added(queued: int, unit: Any, world: Any) -> None:
    with unit() as session, pytest.raises(Refused, match="cannot be added here"):
        found = session.get_one(Registration, queued)
        found.email = world.other_trainee
        session.flush()
        registration.approve(found, "http://localhost", by=user(session, world.coordinator))


def test_a_full_cohort_takes_nobody(queued: int, unit: Any, world: Any) -> None:
    with unit() as session, pytest.raises(Refused, match="All seats"):
        found = session.get_one(Registration, queued)
        found.cohort.seats = 1
        session.add(
            Enrolment(cohort_id=found.cohort_id, user_id=user(session, world.trainee).id, enrolled_at=clock.now())
        )
        session.flush()
        registration.approve(found, "http://localhost", by=user(session, world.coordinator))


def test_a_frozen_cohort_takes_nobody(queued: int, unit: Any, world: Any) -> None:
    with unit() as session, pytest.raises(Refused, match="closed"):
        found = session.get_one(Registration, queued)
        found.cohort.state = CohortState.CLOSED
        session.flush()
        registration.approve(found, "http://localhost", by=user(session, world.coordinator))


def test_what_nobody_confirms_expires_and_may_begin_anew(
    client: Any, domain: str, mails: Any, unit: Any, reading: Any
) -> None:
    client.send("/register/uz", FORM)
    (mail,) = mails()
    with clock.at(clock.now() + timedelta(days=4)):
        assert client.get(mail.path).status_code == 410
        with unit():
            assert registration.expire_due() == 1
        client.send("/register/uz", FORM)
        (again,) = mails()
        assert client.get(again.path).status_code == 200
    with reading() as session:
        assert session.scalars(select(Registration)).one().state is S.MAILED


def test_registering_is_slowed_down(client: Any, domain: str) -> None:
    assert [client.send("/register/uz", FORM).status_code for _ in range(6)][-1] == 429


def test_a_partner_without_domains_has_no_such_page(client: Any, domain: str) -> None:
    assert client.get("/register/ae").status_code == 404 == client.get("/register/no-such").status_code


# ---- the list of domains


def test_a_domain_is_listed_and_taken_off_on_a_page(domain: str, browser_of: Any, reading: Any) -> None:
    browser = browser_of("coordinator@uz.test")
    with reading() as session:
        cohort = session.scalars(select(Cohort.id).where(Cohort.slug == SLUG)).one()
    page = "/partners/uz/registration"
    assert browser.send(page, {"domain": "Soliq.UZ", "cohort": cohort}).status_code == 302
    for wrong in ({"domain": "soliq.uz", "cohort": cohort}, {"domain": "mail.ru", "cohort": cohort}):
        assert browser.send(page, wrong).status_code == 422
    with reading() as session:
        rows = set(session.scalars(select(RegistrationDomain.domain)))
        assert rows == {"gov.uz", "soliq.uz"}
    assert browser.send(f"{page}/remove", {"domain": "soliq.uz"}, page=page).status_code == 302


def test_a_domain_leads_to_no_cohort_of_another_partner(domain: str, browser_of: Any, reading: Any) -> None:
    with reading() as session:
        foreign = session.scalars(select(Cohort.id).where(Cohort.slug == "ae-1")).one()
    answer = browser_of("coordinator@uz.test").send(
        "/partners/uz/registration", {"domain": "soliq.uz", "cohort": foreign}
    )
    assert answer.status_code == 422


def test_staff_of_another_partner_reach_neither_list_nor_queue(
    domain: str, queued: int, browser_of: Any, reading: Any
) -> None:
    browser = browser_of("coordinator@ae.test")
    assert browser.get("/partners/uz/registration").status_code == 404 == browser.get(QUEUE).status_code
    for where in (f"{QUEUE}/{queued}/approve", f"/cohorts/ae-1/admission/registrations/{queued}/approve"):
        assert browser.send(where, {}, page="/account").status_code == 404
    remove = "/registration/remove"
    assert browser.send(f"/partners/uz{remove}", {"domain": domain}, page="/account").status_code == 404
    browser.send(f"/partners/ae{remove}", {"domain": domain}, page="/account")
    with reading() as session:
        assert session.scalars(select(RegistrationDomain.domain)).all() == [domain]
