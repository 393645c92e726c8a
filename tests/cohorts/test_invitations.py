"""In which state an invitation is, who sees it, and what becomes of a wrong address."""

import io
from typing import Any

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import select

from diploma.accounts import invitations as mailed
from diploma.accounts import service as accounts
from diploma.accounts.models import MailedLink
from diploma.accounts.permissions import Role
from diploma.cohorts import service, standings
from diploma.cohorts.invitations import inviting
from diploma.cohorts.life import enrolments
from diploma.cohorts.life.enrolments import Leave
from diploma.cohorts.life.models import Cause
from diploma.cohorts.standings import Standing
from diploma.core import clock, jobs, mail
from diploma.core.audit import AuditEvent
from diploma.core.errors import Refused
from diploma.core.lang import Lang
from diploma.core.listing import Asked
from diploma.core.outbox import Job
from tests.cohorts.conftest import cohort_of, crowd, enrolment_of, row

BASE, PEOPLE = "http://localhost", "/cohorts/uz-1/roster"
SAID = "550 5.1.1 unknown"


@pytest.fixture
def coordinator(world: Any, browser_of: Any) -> Any:
    return browser_of(world.coordinator)


def send(session: Any, *emails: str) -> None:
    chosen = {enrolment_of(session, one).id for one in emails}
    assert inviting.invite(cohort_of(session), BASE, chosen) == len(emails)


def link_of(session: Any, email: str) -> MailedLink:
    who = accounts.find(email)
    assert who
    query = select(MailedLink).where(MailedLink.user_id == who.id).order_by(MailedLink.id.desc())
    return session.scalars(query).first()  # type: ignore[no-any-return]


def bounce(session: Any, email: str) -> None:
    assert mail.tell(f"invitation.{link_of(session, email).mail_ref}", SAID)


@pytest.fixture
def states(world: Any, load: Any, unit: Any, app: Any) -> None:
    """p0 was never invited, p1 has the mail, p2 opened the link, the mail to p3 came back."""
    load(*crowd(4))
    with unit() as session:
        send(session, "p1@uz.test", "p2@uz.test", "p3@uz.test")
    with app.app_context():
        jobs.drain()
        mailed.note_opened(link_of(app_session(), "p2@uz.test"))
    with unit() as session:
        bounce(session, "p3@uz.test")


def app_session() -> Any:
    from diploma.core.db import session

    return session


def test_list_filter_counts_order_and_workbook_agree(states: None, reading: Any, coordinator: Any) -> None:
    with reading() as session:
        cohort = cohort_of(session)
        counts = standings.standings(cohort)
        for one in Standing:
            found = standings.members(cohort, Asked("name"), Lang.EN, standing=one)
            assert found.total == counts[one] and {row.standing for row in found.rows} <= {one}
        in_order = [one.standing for one in standings.members(cohort, Asked("standing"), Lang.EN).rows]
        assert in_order == sorted(in_order, key=[*Standing].index) and in_order[0] is Standing.BOUNCED
        assert sorted(one[2] for one in standings.on_board([cohort])) == sorted(in_order)
    assert {one: counts[one] for one in standings.ABSENT} == dict.fromkeys(standings.ABSENT, 1)
    book = CalamineWorkbook.from_filelike(io.BytesIO(coordinator.get(f"{PEOPLE}.xlsx?standing=bounced").data))
    rows = book.get_sheet_by_index(0).to_python()
    assert [one[1] for one in rows[1:]] == ["p3@uz.test"] and SAID in rows[1]


def test_the_mail_is_sent_when_it_has_left(world: Any, load: Any, unit: Any, app: Any, reading: Any) -> None:
    load(row("new@uz.test"))
    with unit() as session:
        send(session, "new@uz.test")
    with reading() as session:
        assert link_of(session, "new@uz.test").sent_at is None
    with app.app_context():
        jobs.drain()
    with reading() as session:
        assert link_of(session, "new@uz.test").sent_at


def test_who_did_not_get_the_mail_stands_above_the_list(states: None, coordinator: Any, reading: Any) -> None:
    page = coordinator.get(PEOPLE).text
    assert "1 invitation came back" in page and SAID in page
    with reading() as session:
        person = coordinator.get(f"/cohorts/uz-1/people/{enrolment_of(session, 'p3@uz.test').id}").text
    assert SAID in person and "Correct the address" in person


def test_a_later_mail_clears_the_state(states: None, unit: Any, reading: Any) -> None:
    with clock.at(clock.now() + inviting.PAUSE * 2), unit() as session:
        send(session, "p3@uz.test")
    with reading() as session:
        assert standings.member_of(enrolment_of(session, "p3@uz.test")).standing is Standing.INVITED


def test_who_opens_the_link_after_all_has_got_the_mail(states: None, unit: Any, app: Any, reading: Any) -> None:
    with app.app_context(), clock.at(clock.now() + inviting.PAUSE):
        mailed.note_opened(link_of(app_session(), "p3@uz.test"))
    with reading() as session:
        assert standings.member_of(enrolment_of(session, "p3@uz.test")).standing is Standing.OPENED


def test_words_of_a_mail_server_are_text(states: None, unit: Any, coordinator: Any) -> None:
    with clock.at(clock.now() + inviting.PAUSE * 2), unit() as session:
        send(session, "p1@uz.test")
        mail.tell(f"invitation.{link_of(session, 'p1@uz.test').mail_ref}", "<script>alert(1)</script>" * 50)
        assert len(link_of(session, "p1@uz.test").bounce_reason) <= mail.LONGEST_REASON
    assert "<script>alert(1)" not in coordinator.get(PEOPLE).text


def test_no_cell_of_the_list_becomes_a_formula(world: Any, unit: Any, load: Any, coordinator: Any) -> None:
    load(row("new@uz.test"))
    with unit() as session:
        who = accounts.find("new@uz.test")
        assert who
        who.full_name = "=HYPERLINK(1)"
        assert enrolment_of(session, "new@uz.test")
    data = coordinator.get(f"{PEOPLE}.xlsx").data
    from zipfile import ZipFile

    with ZipFile(io.BytesIO(data)) as book:
        assert all(b"<f>" not in book.read(name) for name in book.namelist())


def test_another_governments_mails_are_not_shown(states: None, unit: Any, reading: Any) -> None:
    with unit() as session:
        arab = cohort_of(session, "ae-1")
        who = accounts.find("p1@uz.test")
        assert who
        service.enrol(arab, who)
    with reading() as session:
        assert standings.mails(enrolment_of(session, "p1@uz.test", "ae-1")) == []
        assert len(standings.mails(enrolment_of(session, "p1@uz.test"))) == 1


# ---- the address


def address_page(reading: Any, email: str) -> str:
    with reading() as session:
        return f"/cohorts/uz-1/people/{enrolment_of(session, email).id}/address"


def test_a_corrected_address_lets_old_links_die_and_is_recorded(
    states: None, coordinator: Any, reading: Any, app: Any
) -> None:
    answer = coordinator.send(address_page(reading, "p3@uz.test"), {"email": " Right@UZ.test "})
    assert answer.status_code == 302
    with reading() as session:
        who = accounts.find("right@uz.test")
        assert who and link_of(session, "right@uz.test").used_at
        assert standings.member_of(enrolment_of(session, "right@uz.test")).standing is Standing.NEW
        told = session.scalars(select(AuditEvent).where(AuditEvent.kind == "user.address_corrected")).one()
        assert told.detail == {"before": "p3@uz.test", "after": "right@uz.test"} and told.actor_id
        assert session.scalars(select(Job).where(Job.kind == mail.KIND)).all()[-1].payload["to"] == "p3@uz.test"


@pytest.mark.parametrize("email", ["salem@ae.test", "p1@uz.test", "aziza@uz.test"])
def test_an_address_that_is_taken_is_refused_in_one_word(
    states: None, coordinator: Any, reading: Any, email: str
) -> None:
    answer = coordinator.send(address_page(reading, "p3@uz.test"), {"email": email})
    assert answer.status_code == 422 and "This address cannot be added here." in answer.text


@pytest.mark.parametrize("email", ["nonsense", "a@b@c", "x@uz.test\r\nBcc: evil@x.test", ""])
def test_what_is_no_address_is_refused(states: None, coordinator: Any, reading: Any, email: str) -> None:
    assert coordinator.send(address_page(reading, "p3@uz.test"), {"email": email}).status_code == 422
    with reading():
        assert accounts.find("p3@uz.test")


def test_the_address_of_an_open_account_is_its_owners(world: Any, coordinator: Any, reading: Any) -> None:
    answer = coordinator.send(address_page(reading, world.trainee), {"email": "mine@uz.test"})
    assert answer.status_code == 422 and "is open already" in answer.text


def test_another_governments_coordinator_corrects_nothing(
    states: None, world: Any, browser_of: Any, reading: Any
) -> None:
    path = address_page(reading, "p3@uz.test")
    other = browser_of(world.other_coordinator)
    assert other.send(path, {"email": "mine@ae.test"}, page="/account").status_code == 404
    assert other.send(path.replace("uz-1", "ae-1"), {"email": "mine@ae.test"}, page="/account").status_code == 404


def test_nobody_takes_over_an_account_with_a_role_above_their_own(states: None, unit: Any, world: Any) -> None:
    """Whoever reads the mail of an account activates it, with all its roles."""
    with unit() as session:
        by, held = accounts.find(world.coordinator), enrolment_of(session, "p3@uz.test")
        assert by
        accounts.grant_role(held.user, Role.COORDINATOR, partner_id=held.cohort.partner_id)
        with pytest.raises(Refused, match="beyond yours"):
            inviting.correct_address(held, "mine@uz.test", by=by)


def test_nobody_takes_over_an_account_that_another_government_has_too(states: None, unit: Any, world: Any) -> None:
    with unit() as session:
        by, held = accounts.find(world.coordinator), enrolment_of(session, "p3@uz.test")
        assert by
        service.enrol(cohort_of(session, "ae-1"), held.user)
        with pytest.raises(Refused, match="beyond yours"):
            inviting.correct_address(held, "mine@uz.test", by=by)


def test_other_fields_of_the_form_change_nothing(states: None, coordinator: Any, reading: Any) -> None:
    path = address_page(reading, "p3@uz.test")
    coordinator.send(path, {"email": "right@uz.test", "activated_at": "2026-01-01", "full_name": "Other", "id": "1"})
    with reading():
        who = accounts.find("right@uz.test")
        assert who and who.activated_at is None and who.full_name != "Other"


# ---- the holder of an old link


@pytest.mark.parametrize("left", [False, True])
def test_a_fresh_link_goes_only_to_who_is_still_invited(
    states: None, app: Any, client: Any, unit: Any, reading: Any, left: bool
) -> None:
    with reading() as session:
        mails = select(Job.payload).where(Job.key.startswith("mail:invite")).order_by(Job.id)
        body = session.scalars(mails).first()["body"]
    token = body.partition("/activate/")[2].split()[0]
    with unit() as session:
        who = enrolment_of(session, "p1@uz.test")
        if left:
            enrolments.withdraw(who, Leave(Cause.OTHER, "Moved"))
    with clock.at(clock.now() + inviting.PAUSE * 2):
        client.send(f"/activate/{token}/again", {}, page="/sign-in")
        with app.app_context():
            jobs.drain()
    with reading() as session:
        query = select(MailedLink).join(MailedLink.user).where(MailedLink.address == "p1@uz.test")
        made = session.scalars(query).all()
        assert len(made) == (1 if left else 2)
        assert left or made[-1].remind_at  # the reminders follow the newest link
