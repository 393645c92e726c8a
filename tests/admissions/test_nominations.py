"""Line managers nominate people of their own entities; what they read tells nothing of what exists for an address."""

from typing import Any

import pytest
from sqlalchemy import func, select

from diploma.accounts.permissions import Role
from diploma.admissions import calls, nominations, selection, service
from diploma.admissions.models import Application, Entry, Nomination, Reading
from diploma.admissions.models import ApplicationState as S
from diploma.cohorts.entities import changing
from diploma.cohorts.models import Entity, EntityKind, Partner
from diploma.core import clock
from diploma.core.errors import Refused
from diploma.core.lang import Lang
from tests.admissions.conftest import SLUG, application, entity_of, the_call, user, written
from tests.world import person

LIST, FORM = "/nominations/", f"/nominations/{SLUG}"
MANAGER, OTHER = "manager@uz.test", "other-manager@uz.test"
COLLEAGUE = "colleague@uz.test"  # of the same ministry as MANAGER


@pytest.fixture
def ids(call: str, unit: Any, password_hash: str) -> dict[str, int]:
    """``ministry`` with ``agency`` below; a ``sibling``; one of another government. Managers of all but the agency."""
    with unit() as session:
        ministry = entity_of(session)
        partner = session.get_one(Partner, ministry.partner_id)
        agency = changing.create_entity(partner, {"en": "Agency"}, parent=ministry)
        sibling = changing.create_entity(partner, {"en": "Sibling"}, kind=EntityKind.CENTRE_OF_GOVERNMENT)
        foreign = session.scalar(select(Entity).where(Entity.partner_id != partner.id))
        for address, entity in (
            (MANAGER, ministry),
            (OTHER, sibling),
            (COLLEAGUE, ministry),
            ("manager@ae.test", foreign),
        ):
            person(address, f"Manager of {entity.id}", password_hash, Role.LINE_MANAGER, entity_id=entity.id)
        return {"ministry": ministry.id, "agency": agency.id, "sibling": sibling.id, "foreign": foreign.id}


@pytest.fixture
def fields(ids: dict[str, int]) -> dict[str, str]:
    named = {
        "full_name": "Нодира Алиева",
        "email": "Nodira@Mail.test",
        "language": "ru",
        "reason": "<b>Ведёт приём</b>",
    }
    return named | {"entity": str(ids["agency"])}


@pytest.fixture
def manager(ids: dict[str, int], browser_of: Any) -> Any:
    return browser_of(MANAGER)


def count(session: Any, kind: Any) -> int:
    return session.scalar(select(func.count()).select_from(kind))  # type: ignore[no-any-return]


def listed(page: str) -> str:
    """The rows of the list without names and addresses of people."""
    return page.partition("<tbody>")[2].partition("</tbody>")[0]


def test_the_nominee_gets_the_mail_writes_and_the_manager_follows(
    manager: Any, client: Any, fields: dict[str, str], mails: Any, unit: Any, reading: Any
) -> None:
    assert FORM in manager.get(LIST).text and LIST in manager.get("/dashboard").text
    assert manager.send(FORM, fields).status_code == 302
    (mail,) = mails()
    assert mail.to == "nodira@mail.test" and client.get(mail.path).status_code == 200
    assert "Mail sent" in listed(manager.get(LIST).text)
    with unit() as session:
        found = application(session, "nodira@mail.test")
        assert (found.nomination, found.entity_id) == (fields["reason"], int(fields["entity"]))
        service.submit(found, written(session, entity_id=int(fields["entity"])))
    page = listed(manager.get(LIST).text)
    assert "Application handed in" in page and "Withdraw" not in page


@pytest.mark.parametrize("place", ["sibling", "foreign"])
def test_only_people_of_the_own_entities_can_be_named(
    manager: Any, fields: dict[str, str], ids: dict[str, int], place: str, unit: Any
) -> None:
    assert manager.send(FORM, fields | {"entity": str(ids[place])}).status_code == 422
    with unit() as session, pytest.raises(Refused):
        named = nominations.Named("A", "a@mail.test", Lang.EN, ids[place], "x")
        nominations.nominate(the_call(session), named, {ids["agency"]}, "", by=user(session, MANAGER))


def test_a_centre_of_government_names_for_itself_alone(browser_of: Any, fields: dict[str, str]) -> None:
    assert browser_of(OTHER).send(FORM, fields).status_code == 422


def test_a_manager_of_another_government_finds_no_call(browser_of: Any, fields: dict[str, str]) -> None:
    browser = browser_of("manager@ae.test")
    assert SLUG not in browser.get(LIST).text
    assert browser.get(FORM).status_code == browser.send(FORM, fields, page="/account").status_code == 404


def test_whoever_may_not_nominate_is_refused(browser_of: Any, fields: dict[str, str]) -> None:
    assert browser_of("aziza@uz.test").send(FORM, fields, page="/account").status_code == 403


@pytest.mark.parametrize("known", ["fresh@mail.test", "salem@ae.test", "applied@mail.test", "named@mail.test"])
def test_the_answer_and_the_list_are_the_same_for_every_address(
    manager: Any, fields: dict[str, str], known: str, apply: Any, unit: Any, mails: Any, ids: dict[str, int]
) -> None:
    """Nobody, an account of another government, who applied alone, whom another manager named."""
    apply("applied@mail.test")
    with unit() as session:
        named = nominations.Named("N", "named@mail.test", Lang.EN, ids["sibling"], "x")
        nominations.nominate(the_call(session), named, {ids["sibling"]}, "http://localhost", by=user(session, OTHER))
    mails()
    answer = manager.send(FORM, fields | {"email": known}, follow_redirects=True)
    assert [one.to for one in mails()] == [known]
    page = manager.get(LIST).text
    assert "Нодира Алиева is nominated and gets a mail." in answer.text.replace("\u2068", "").replace("\u2069", "")
    assert "Mail sent" in listed(page) and ">Withdraw the nomination<" in listed(page)
    for word in ("handed in", "Salem", "سالم", "Sibling"):
        assert word not in listed(page)


def test_an_application_that_was_there_stays_as_it_is_and_staff_read_the_nomination(
    manager: Any, fields: dict[str, str], apply: Any, mails: Any, reading: Any, browser_of: Any
) -> None:
    made = apply("nodira@mail.test")
    manager.send(FORM, fields)
    mails()
    with reading() as session:
        found = application(session, "nodira@mail.test")
        assert (found.full_name, found.nominated_by_id, found.state) == ("Nodira Aliyeva", None, S.ELIGIBLE)
    page = browser_of("coordinator@uz.test").get(f"/cohorts/{SLUG}/admission/applications/{made}").text
    assert "&lt;b&gt;Ведёт приём&lt;/b&gt;" in page and "<b>Ведёт" not in page


def test_the_same_person_is_named_once_however_the_address_is_written(
    manager: Any, fields: dict[str, str], mails: Any, reading: Any
) -> None:
    manager.send(FORM, fields)
    assert manager.send(FORM, fields | {"email": "NODIRA@mail.TEST"}).status_code == 422
    assert len(mails()) == 1
    with reading() as session:
        assert count(session, Nomination) == 1


def test_a_nomination_withdrawn_before_the_mail_sends_none(
    manager: Any, fields: dict[str, str], mails: Any, reading: Any
) -> None:
    manager.send(FORM, fields)
    with reading() as session:
        made = session.scalar(select(Nomination.id))
    assert manager.send(f"/nominations/{made}/withdraw").status_code == 302
    assert mails() == []


def test_withdrawing_takes_the_untouched_application_along_and_the_person_can_be_named_again(
    manager: Any, client: Any, fields: dict[str, str], mails: Any, reading: Any
) -> None:
    manager.send(FORM, fields)
    (mail,) = mails()
    with reading() as session:
        made = session.scalar(select(Nomination.id))
    manager.send(f"/nominations/{made}/withdraw")
    assert client.get(mail.path).status_code == 410
    with reading() as session:
        assert (count(session, Nomination), count(session, Application)) == (0, 0)
    manager.send(FORM, fields)
    (again,) = mails()
    assert client.get(again.path).status_code == 200


def test_what_the_person_has_begun_is_theirs(manager: Any, fields: dict[str, str], mails: Any, unit: Any) -> None:
    manager.send(FORM, fields)
    mails()
    with unit() as session:
        made = session.scalar(select(Nomination.id))
        service.save(application(session, "nodira@mail.test"), written(session))
    assert manager.send(f"/nominations/{made}/withdraw", page="/account").status_code == 409
    with unit() as session:
        assert count(session, Nomination) == count(session, Application) == 1


def test_withdrawing_leaves_the_application_to_who_named_the_same_person(
    manager: Any, fields: dict[str, str], mails: Any, unit: Any, ids: dict[str, int]
) -> None:
    manager.send(FORM, fields)
    mails()
    with unit() as session:
        named = nominations.Named("N", fields["email"], Lang.EN, ids["sibling"], "Also mine")
        nominations.nominate(the_call(session), named, {ids["sibling"]}, "http://localhost", by=user(session, OTHER))
    with unit() as session:
        by = user(session, MANAGER)
        nominations.withdraw(session.scalars(select(Nomination).where(Nomination.by_id == by.id)).one(), by=by)
    with unit() as session:
        found = application(session, "nodira@mail.test")
        assert (found.nomination, found.entity_id) == ("Also mine", ids["sibling"])


def test_somebody_elses_nomination_does_not_exist(
    fields: dict[str, str], manager: Any, browser_of: Any, reading: Any
) -> None:
    manager.send(FORM, fields)
    with reading() as session:
        made = session.scalar(select(Nomination.id))
    other = browser_of(COLLEAGUE)
    assert other.send(f"/nominations/{made}/withdraw", page="/account").status_code == 404
    assert "Нодира" not in other.get(LIST).text


def test_a_call_that_takes_none_or_is_closed_is_not_offered(
    manager: Any, fields: dict[str, str], unit: Any, after: Any, reading: Any
) -> None:
    with after():
        assert FORM not in manager.get(LIST).text
    with unit() as session:
        the_call(session).entry = Entry.SELF
    assert FORM not in manager.get(LIST).text and manager.get(FORM).status_code == 404
    with unit() as session:
        the_call(session).entry = Entry.NOMINATION
    token = manager.token(FORM)
    with unit() as session:
        the_call(session).closes_at = clock.now()
    assert manager.post(FORM, data=fields | {"csrf_token": token}).status_code == 422
    with reading() as session:
        assert count(session, Nomination) == 0


def test_a_manager_reads_no_judgement_and_no_rule(
    manager: Any, fields: dict[str, str], readers: Any, unit: Any, mails: Any, after: Any
) -> None:
    manager.send(FORM, fields)
    mails()
    with unit() as session:
        service.submit(application(session, "nodira@mail.test"), written(session, entity_id=int(fields["entity"])))
    with after(), unit() as session:
        selection.give_out(the_call(session), by=user(session, "coordinator@uz.test"))
    with after(), unit() as session:
        for one in session.scalars(select(Reading)).all():
            selection.finish_reading(one, {"idea": 0, "reach": 0}, "Planted remark", by=one.reader)
    page = manager.get(LIST).text
    assert "Application handed in" in listed(page) and "Planted remark" not in page


def test_an_applicant_who_turns_out_to_work_elsewhere_is_not_followed(
    manager: Any, fields: dict[str, str], mails: Any, unit: Any, ids: dict[str, int]
) -> None:
    manager.send(FORM, fields)
    mails()
    with unit() as session:
        service.submit(application(session, "nodira@mail.test"), written(session, entity_id=ids["sibling"]))
    assert "Mail sent" in listed(manager.get(LIST).text)


def test_nominations_are_erased_with_the_call(
    manager: Any, fields: dict[str, str], mails: Any, unit: Any, after: Any
) -> None:
    manager.send(FORM, fields)
    mails()
    with after(days=200), unit() as session:
        service.erase_due()
    with unit() as session:
        assert (count(session, Nomination), count(session, Application)) == (0, 0)
        assert calls.plan_of(the_call(session))
