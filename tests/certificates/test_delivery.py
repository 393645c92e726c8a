"""Mails about an issued certificate: when they leave, what they say, and what becomes of them."""

import pytest
from sqlalchemy import func, select

from diploma.certificates import delivery, publishing, registry, status
from diploma.certificates.models import CertificateEvent, CertificateState, Delivery
from diploma.core import mail
from diploma.core.errors import Refused
from tests.certificates.conftest import mails, words


def kinds(session):
    return session.scalars(select(CertificateEvent.kind).order_by(CertificateEvent.number)).all()


def test_no_mail_is_written_before_the_pdf_exists(office, world, reading):
    office.issue(world.trainee)
    with reading() as session:
        assert mails(session, "certificate") == []


def test_the_holder_is_told_in_their_language_when_it_is_drawn(office, world, reading):
    made = office.drawn(world.trainee)
    with reading() as session:
        [told] = mails(session, "certificate")
    assert (told["to"], told["lang"]) == (world.trainee, "uz-Latn")
    assert f"/certificates/{made.serial}\n" in told["body"] and f"/verify/{made.token}" in told["body"]


def test_a_certificate_that_was_revoked_before_it_was_drawn_is_not_announced(office, world, unit, reading):
    office.issue(world.trainee)
    with unit():
        status.revoke(office.row(world.trainee), "Issued in error")
    office.work()
    with reading() as session:
        assert mails(session, "certificate") == []
        assert len(mails(session, "certificate_changed")) == 1


def test_drawing_it_again_sends_nothing(office, world, aziza, unit, reading):
    with unit():
        office.row(world.trainee).pdf_sha256 = office.row(world.trainee).pdf_sha256
        publishing.outbox.enqueue(publishing.RENDER, "again", {"certificate_id": aziza.id})
    office.work()
    with reading() as session:
        assert len(mails(session, "certificate")) == 1


def test_the_registry_notes_that_it_was_delivered_and_its_state_stays(office, world, aziza, reading):
    with reading() as session:
        assert kinds(session) == ["issued", "drawn", "delivered"]
        assert office.row(world.trainee).state is CertificateState.ISSUED
        assert session.scalars(select(Delivery)).one().sent_at
        assert registry.check() == []


def test_a_revocation_before_the_mail_left_stays_the_last_word(office, world, unit, reading):
    office.issue(world.trainee)
    with unit():
        row = office.row(world.trainee)
        row.deliveries.append(Delivery(mail_ref="a" * 32, queued_at=row.issued_at))
        status.revoke(row, "Issued in error")
    with unit():
        assert mail.tell(f"{delivery.FOLLOWED}.{'a' * 32}")
    with reading() as session:
        assert kinds(session) == ["issued", "revoked", "delivered"]
        assert registry.check() == []


def test_a_mail_that_left_twice_is_noted_once(office, world, aziza, unit, reading):
    with unit() as session:
        reference = session.scalars(select(Delivery.mail_ref)).one()
        assert mail.tell(f"{delivery.FOLLOWED}.{reference}")
    with reading() as session:
        assert kinds(session) == ["issued", "drawn", "delivered"]


def test_a_mail_nobody_knows_is_noted_nowhere(office, world, aziza, unit):
    with unit():
        assert not mail.tell(f"{delivery.FOLLOWED}.{'0' * 32}", "550 no such user")


@pytest.fixture
def bounced(office, world, aziza, unit):
    """Aziza's certificate, whose mail came back."""
    with unit() as session:
        reference = session.scalars(select(Delivery.mail_ref)).one()
        assert mail.tell(f"{delivery.FOLLOWED}.{reference}", "550 <i>no such user</i>")
    return aziza


def test_a_mail_that_came_back_is_shown_to_the_registrar_only(browser_of, bounced, world):
    for path in ("/certificates/cohorts/uz-1?group=issued&lang=en", f"/certificates/{bounced.serial}?lang=en"):
        page = browser_of(world.registrar).get(path)
        assert "The mail came back" in words(page) and "<i>no such" not in page.text
    assert "came back" not in words(browser_of(world.trainee).get(f"/certificates/{bounced.serial}?lang=en"))


def test_it_is_sent_again_once_and_delivered_is_noted_once(browser_of, bounced, office, world, reading):
    registrar, path = browser_of(world.registrar), f"/certificates/{bounced.serial}"
    assert registrar.send(f"{path}/send", {}, page=path).status_code == 302
    assert registrar.send(f"{path}/send", {}, page=path).status_code == 409
    office.work()
    with reading() as session:
        assert len(mails(session, "certificate")) == 2
        assert kinds(session) == ["issued", "drawn", "delivered"]
    assert "The mail came back" not in words(registrar.get(path + "?lang=en"))


def test_what_is_not_drawn_or_not_valid_is_not_sent(office, world, unit):
    office.issue(world.trainee)
    with unit(), pytest.raises(Refused, match="valid certificate"):
        delivery.deliver_again(office.row(world.trainee), by=office.user(world.registrar))


@pytest.mark.parametrize("who", ["trainee", "instructor", "coordinator", "director"])
def test_only_who_issues_sends_again(browser_of, bounced, world, who, reading):
    person = browser_of(getattr(world, who))
    assert person.send(f"/certificates/{bounced.serial}/send", {}, page="/dashboard").status_code in (403, 404)
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(Delivery)) == 1


# ---- after the issue


@pytest.mark.parametrize("step", ["revoke", "suspend"])
def test_the_holder_is_told_why_and_whom_to_ask(office, world, aziza, unit, reading, step):
    with unit():
        getattr(status, step)(office.row(world.trainee), "Found <wrong>")
    with reading() as session:
        [told] = mails(session, "certificate_changed")
    assert (told["to"], told["lang"]) == (world.trainee, "uz-Latn")
    for text in ("Found <wrong>", aziza.serial, f"/certificates/{aziza.serial}\n", "/contact"):
        assert text in told["body"]


def test_each_step_is_told_also_the_same_one_twice(office, world, aziza, unit, reading):
    for step in (status.suspend, status.resume, status.suspend):
        with unit():
            step(office.row(world.trainee), "Looked at")
    with reading() as session:
        assert len(mails(session, "certificate_changed")) == 3


def test_the_mail_of_a_new_version_says_what_it_replaces_and_where_it_is(office, world, aziza, unit, reading):
    with unit():
        status.reissue(office.row(world.trainee), "New surname")
    with reading() as session:
        assert len(mails(session, "certificate")) == 1  # the new one is not drawn yet
    office.work()
    with reading() as session:
        told = mails(session, "certificate")[-1]["body"]
        assert all(text in told for text in (f"/certificates/{aziza.serial}-R2\n", aziza.serial, "New surname"))
        assert kinds(session) == ["issued", "drawn", "delivered", "superseded", "issued", "drawn", "delivered"]
