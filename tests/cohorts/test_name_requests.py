"""A wrong name: who may ask and decide, what changes, and what certificates hear of it."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from diploma.accounts import service as accounts
from diploma.accounts.models import User
from diploma.certificates import subscriptions
from diploma.cohorts.life import enrolments
from diploma.cohorts.life.enrolments import Leave
from diploma.cohorts.life.models import Cause
from diploma.cohorts.names import name_requests
from diploma.cohorts.names.models import NameRequest, RequestState
from diploma.core.audit import AuditEvent
from diploma.core.errors import Refused
from diploma.core.lang import Lang
from diploma.core.outbox import Job
from tests.cohorts.conftest import enrolment_of

ASKED = {"full_name": "Aziza Karim", "name_ru": "Азиза Карим", "why": "As in my <passport>"}


def _user(session: Any, email: str) -> User:
    return session.scalars(select(User).where(User.email == email)).one()  # type: ignore[no-any-return]


def _mails(session: Any, prefix: str) -> list[dict[str, Any]]:
    jobs = session.scalars(select(Job).where(Job.key.startswith(f"mail:{prefix}")).order_by(Job.id))
    return [one.payload for one in jobs]


@pytest.fixture
def asked(world: Any, unit: Any) -> int:
    """The first trainee asks for another name on lists and in Russian; the Russian one was confirmed before."""
    with unit() as session:
        one = enrolment_of(session, world.trainee)
        accounts.set_name(one.user, Lang.RU, "Азиза Каримова", confirmed=True)
        accounts.set_name(one.user, Lang.EN, "Aziza Karimova", confirmed=True)
        made = name_requests.ask(
            one, "Aziza Karim", {Lang.RU: "Азиза Карим"}, "Passport", base_url="http://localhost", by=one.user
        )
        return made.id


def test_the_coordinators_hear_of_it_and_nobody_else(world: Any, asked: int, reading: Any) -> None:
    with reading() as session:
        assert [one["to"] for one in _mails(session, "name-asked")] == [world.coordinator]


def test_a_person_asks_on_the_page_of_their_account(world: Any, browser_of: Any, reading: Any) -> None:
    browser = browser_of(world.trainee)
    assert browser.send("/account/name", ASKED).status_code == 302
    assert "Not decided yet" in browser.get("/account/name?lang=en").text
    page = browser_of(world.coordinator)
    assert "1 person says that their name is wrong" in page.get("/dashboard").text
    with reading() as session:
        made = session.scalars(select(NameRequest)).one()
        assert (made.full_name, made.names, made.state) == ("Aziza Karim", {"ru": "Азиза Карим"}, RequestState.OPEN)
        number = made.id
    shown = page.get(f"/name-requests/{number}").text
    assert "As in my &lt;passport&gt;" in shown and "Азиза Карим" in shown


def test_one_request_is_open_at_a_time(world: Any, asked: int, browser_of: Any, reading: Any) -> None:
    browser = browser_of(world.trainee)
    browser.get("/account?lang=en")
    answer = browser.send("/account/name", ASKED, page="/account")
    assert answer.status_code == 422 and "Your last request is not decided yet" in answer.text
    with reading() as session:
        assert len(session.scalars(select(NameRequest)).all()) == 1


def test_the_names_as_they_stand_are_no_request(world: Any, browser_of: Any, reading: Any) -> None:
    sent = {"full_name": "Aziza Karimova", "why": "x"}
    assert browser_of(world.trainee).send("/account/name", sent).status_code == 422


def test_a_form_asks_for_nobody_else(world: Any, browser_of: Any, reading: Any) -> None:
    with reading() as session:
        other = enrolment_of(session, world.trainee_2)
        more = {"user_id": other.user_id, "enrolment_id": other.id, "state": "accepted"}
    browser_of(world.trainee).send("/account/name", ASKED | more)
    with reading() as session:
        made = session.scalars(select(NameRequest)).one()
        assert (made.user.email, made.state) == (world.trainee, RequestState.OPEN)


def test_accepting_corrects_lists_and_asks_for_the_printed_name_again(
    world: Any, asked: int, browser_of: Any, reading: Any
) -> None:
    path = f"/name-requests/{asked}"
    assert browser_of(world.coordinator).send(path, {"do": "accept", "answer": "Gladly"}).status_code == 302
    with reading() as session:
        user = _user(session, world.trainee)
        names = {one.lang: one for one in user.names}
        assert user.full_name == "Aziza Karim" and names[Lang.RU].full_name == "Азиза Карим"
        assert names[Lang.RU].confirmed_at is None and names[Lang.EN].confirmed_at is not None
        assert "karimova" in user.name_search and "karim " in f"{user.name_search} "
        (mail,) = _mails(session, "name-decided")
        assert mail["to"] == world.trainee and mail["lang"] == "uz-Latn" and "Gladly" in mail["body"]
        kinds = session.scalars(
            select(AuditEvent.kind).where(AuditEvent.kind.like("name.correction%")).order_by(AuditEvent.number)
        )
        assert kinds.all() == ["name.correction_asked", "name.correction_accepted"]


def test_a_refusal_needs_a_reason_and_changes_no_name(world: Any, asked: int, browser_of: Any, reading: Any) -> None:
    browser = browser_of(world.coordinator)
    assert browser.send(f"/name-requests/{asked}", {"do": "refuse", "answer": " "}).status_code == 422
    assert browser.send(f"/name-requests/{asked}", {"do": "refuse", "answer": "No proof"}).status_code == 302
    with reading() as session:
        assert _user(session, world.trainee).full_name == "Aziza Karimova"
    assert "No proof" in browser_of(world.trainee).get("/account/name").text


def test_a_decided_request_is_decided_once(world: Any, asked: int, browser_of: Any, unit: Any) -> None:
    browser = browser_of(world.coordinator)
    path, sent = f"/name-requests/{asked}", {"do": "refuse", "answer": "No proof"}
    assert [browser.send(path, sent, page="/account").status_code for _ in range(2)] == [302, 404]
    with unit() as session, pytest.raises(Refused, match="decided already"):
        name_requests.accept(session.get(NameRequest, asked), base_url="", by=_user(session, world.coordinator))


@pytest.mark.parametrize("who", ["other_coordinator", "trainee", "instructor", "registrar"])
def test_only_who_looks_after_the_cohort_finds_it(world: Any, asked: int, browser_of: Any, who: str) -> None:
    browser = browser_of(getattr(world, who))
    assert browser.get(f"/name-requests/{asked}").status_code == (404 if who == "other_coordinator" else 403)
    if who == "other_coordinator":
        assert "Aziza" not in browser.get("/name-requests/").text


def test_nobody_decides_on_their_own_name(world: Any, asked: int, browser_of: Any, unit: Any) -> None:
    with unit() as session:
        user = _user(session, world.trainee)
        accounts.grant_role(user, accounts.Role.COORDINATOR, cohort_id=enrolment_of(session, world.trainee).cohort_id)
        with pytest.raises(Refused, match="their own name"):
            name_requests.accept(session.get(NameRequest, asked), base_url="", by=user)
    assert browser_of(world.trainee).get(f"/name-requests/{asked}").status_code == 404


def test_who_is_enrolled_nowhere_asks_nobody(world: Any, browser_of: Any, unit: Any, reading: Any) -> None:
    with unit() as session:
        enrolments.withdraw(enrolment_of(session, world.trainee), Leave(Cause.HEALTH))
    assert browser_of(world.trainee).send("/account/name", ASKED).status_code == 404
    with reading() as session:
        assert session.scalars(select(NameRequest)).all() == []


@pytest.fixture
def told(app: Any, unit: Any) -> Callable[[int, list[str]], None]:
    """``told(user_id, langs)``: the certificates hear that a name was corrected."""

    def run(user_id: int, langs: list[str]) -> None:
        with unit():
            subscriptions._correct({"user_id": user_id, "langs": langs, "request_id": 1}, None)

    return run


def test_the_correction_is_told_to_the_certificates(world: Any, asked: int, browser_of: Any, reading: Any) -> None:
    browser_of(world.coordinator).send(f"/name-requests/{asked}", {"do": "accept"})
    with reading() as session:
        (job,) = session.scalars(select(Job).where(Job.kind == name_requests.CORRECTED)).all()
        assert job.payload["langs"] == ["ru"]


def test_without_a_certificate_nobody_else_is_told(
    world: Any, asked: int, told: Callable[[int, list[str]], None], reading: Any
) -> None:
    with reading() as session:
        number = _user(session, world.trainee).id
    told(number, ["ru"])
    with reading() as session:
        assert _mails(session, name_requests.CORRECTED) == []
