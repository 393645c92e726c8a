"""The head of each day: what it says, when it is made, and who is told."""

import email
import email.policy
import hashlib
from contextlib import suppress
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from diploma.certificates import registry
from diploma.certificates.models import CertificateEvent
from diploma.certificates.transparency import checking, schedule
from diploma.certificates.transparency.head import HashList, Head
from diploma.certificates.transparency.models import RegisterHead
from diploma.cohorts.models import Partner
from diploma.core import chain, clock, db, jobs, mail, signing
from diploma.core.audit import AuditEvent
from diploma.core.outbox import Job, JobState
from tests.certificates.transparency.conftest import NOON


def letters(session, template_part):
    rows = session.scalars(select(Job).where(Job.kind == mail.KIND, Job.key.like(f"mail:{template_part}%")))
    return [one.payload for one in rows.all()]


def test_a_head_says_what_the_register_holds(office, aziza, days, heads, reading):
    days.run()
    [row] = heads()
    said = Head.read(row.text)
    with reading() as session:
        hashes = list(session.scalars(select(CertificateEvent.hash).order_by(CertificateEvent.number)))
    listed = "".join(f"{one}\n" for one in hashes).encode()
    assert (said.day, said.events, said.last) == (NOON.date(), len(hashes), hashes[-1])
    assert said.digest == hashlib.sha256(listed).hexdigest() and said.previous == chain.START


def test_a_day_without_any_event_has_a_head_too(world, days, heads):
    days.run()
    assert Head.read(heads()[0].text).events == 0


def test_heads_follow_from_each_other(office, aziza, days, heads, world, reasons):
    days.run(0)
    office.issue(world.trainee_2)
    days.run(1)
    days.run(2)
    first, second, third = heads()
    assert Head.read(second.text).previous == hashlib.sha256(first.text.encode()).hexdigest()
    assert [first.events, second.events, third.events] == [3, 5, 6]
    assert reasons() == []


def test_asking_again_and_again_makes_one_head_a_day(world, days, heads, reading):
    for _ in range(3):
        days.run()
    assert len(heads()) == 1
    with reading() as session:
        assert session.scalar(select(func.count()).where(AuditEvent.kind == checking.SIGNED)) == 1


def test_a_job_that_runs_twice_makes_one_head_and_tells_once(world, app, days, heads, unit, reading):
    with unit() as session:
        session.execute(update(Partner).values(witness="archive@gov.test"))
    days.run()
    with days.at(0), app.app_context():
        again = schedule._look({})
        with db.unit_of_work():
            schedule._sign({}, again)
    assert len(heads()) == 1
    with reading() as session:
        assert len(session.scalars(select(AuditEvent).where(AuditEvent.kind == checking.SIGNED)).all()) == 1
        assert len(letters(session, "register_head")) == 2  # one for each partner


def test_a_signed_day_plans_the_next_one(world, app, days, heads):
    days.run()
    with clock.at(NOON + timedelta(days=1)), app.app_context():
        jobs.drain()  # a runner that goes on working, and is never started anew
    assert [one.day for one in heads()] == [NOON.date(), NOON.date() + timedelta(days=1)]


def test_a_day_on_which_no_runner_worked_is_not_signed_later(world, days, heads, reasons):
    days.run(0)
    days.run(3)
    assert [one.day - NOON.date() for one in heads()] == [timedelta(0), timedelta(days=3)]
    assert reasons() == []


def test_a_day_that_could_not_be_signed_does_not_end_the_series(world, app, days, heads, monkeypatch):
    def fail(*_):
        raise OSError("no openssl")

    with monkeypatch.context() as broken:
        broken.setattr(signing, "sign", fail)
        days.run(0)
        for hour in range(1, 10):
            with clock.at(NOON + timedelta(hours=hour)), app.app_context():
                jobs.drain()
    with clock.at(NOON + timedelta(days=1)), app.app_context():
        jobs.drain()
    assert [one.day for one in heads()] == [NOON.date() + timedelta(days=1)]


def test_the_database_takes_one_head_a_day(world, app, days, unit):
    days.run()
    with unit() as session:
        held = session.scalars(select(RegisterHead)).one()
        copy = {name: getattr(held, name) for name in ("day", "signed_at", "events", "text", "signature", "key_id")}
        session.expunge(held)
        with pytest.raises(IntegrityError), session.begin_nested():
            session.add(RegisterHead(**copy, figures=[]))


def test_heads_cannot_be_changed_through_the_application(world, days, unit):
    days.run()
    with pytest.raises(RuntimeError, match="never changed"), unit() as session:
        session.scalars(select(RegisterHead)).one().events = 7
    with pytest.raises(RuntimeError, match="never changed"), unit() as session:
        session.delete(session.scalars(select(RegisterHead)).one())


def test_after_a_change_of_key_both_keys_are_kept_and_all_heads_hold(world, app, days, heads, reasons, tmp_path):
    days.run(0)
    other = tmp_path / "other.pem"
    other.write_text(signing.new_private_key())
    kept = app.config["CREDENTIAL_KEY"]
    app.config["CREDENTIAL_KEY"] = other
    try:
        days.run(1)
    finally:
        app.config["CREDENTIAL_KEY"] = kept
    first, second = heads()
    assert first.key_id != second.key_id == signing.key_id(signing.public_key(other))
    assert reasons() == []


def test_figures_count_by_partner_year_and_state(office, world, aziza, days, heads):
    office.issue(world.trainee_2)
    office.issue(world.other_trainee)
    days.run()
    year = aziza.serial[4:8]
    assert heads()[0].figures == [
        {"partner": "ae", "year": year, "issued": 1},
        {"partner": "uz", "year": year, "issued": 2},
    ]


# ---- who is told


def test_witnesses_get_head_and_signature_in_the_language_of_their_partner(world, days, heads, unit, reading, app):
    with unit() as session:
        session.execute(update(Partner).where(Partner.slug == "ae").values(witness="archive@ae.test"))
    days.run()
    with reading() as session:
        [letter] = letters(session, "register_head")
        row = session.scalars(select(RegisterHead)).one()
        key = row.key.pem
    assert (letter["to"], letter["lang"]) == ("archive@ae.test", "ar")
    [sent] = [one for one in app.config["MAIL_FOLDER"].glob("*.eml") if b"archive@ae.test" in one.read_bytes()]
    message = email.message_from_bytes(sent.read_bytes(), policy=email.policy.default)
    files = {one.get_filename(): one.get_content() for one in message.iter_attachments()}
    assert files[f"{row.day}.txt"] == row.text.encode()
    assert signing.verifies(key, files[f"{row.day}.txt"], files[f"{row.day}.sig"])


def test_without_an_address_nobody_is_written_to(world, days, reading):
    days.run()
    with reading() as session:
        assert letters(session, "register_") == []


def test_a_register_that_does_not_hold_is_not_signed_and_those_who_keep_it_are_told(
    office, aziza, world, days, heads, unit, reading
):
    with unit() as session:
        session.execute(update(CertificateEvent).values(kind="resumed"))
    days.run()
    assert heads() == []
    with reading() as session:
        assert {one["to"] for one in letters(session, "register_broken")} == {world.director, world.registrar}
        refused = session.scalars(select(AuditEvent).where(AuditEvent.kind == "register.head_refused")).one()
        assert refused.detail["count"] == 3 and "was changed" in refused.detail["reasons"][0]
        tomorrow = select(Job).where(Job.key == f"register-head:{NOON.date() + timedelta(days=1)}")
        assert session.scalars(tomorrow).one().state is JobState.WAITING


# ---- cost


def test_a_hundred_thousand_events_are_read_in_handfuls(world, app, unit, monkeypatch):
    """The walk asks for a thousand rows at a time, and the list keeps two digests whatever its length."""
    listed = HashList({7})
    links = ((chain.Link(n, "", f"{n:064x}"), {}) for n in range(1, 100_001))
    for _ in listed.through(links):
        pass
    assert listed.length == 100_000 and len(listed._kept) == 2 and listed.at(8) is None
    with app.app_context(), db.reading() as own:
        asked = []
        execute = own.execute
        monkeypatch.setattr(own, "execute", lambda query: (asked.append(query), execute(query))[1])
        assert list(registry.links(own)) == []
        assert asked[0].get_execution_options()["yield_per"] == 1000


# ---- the text


TEXT = Head(date(2027, 3, 1), NOON.replace(year=2027, month=3, day=1), 7, "a" * 64, "b" * 64, "c" * 64, "d" * 64).text()


def test_a_head_is_read_as_it_was_written():
    assert Head.read(TEXT).text() == TEXT


def test_no_changed_byte_makes_the_same_head():
    for place, letter in enumerate(TEXT):
        with suppress(ValueError):
            assert Head.read(TEXT[:place] + chr(ord(letter) ^ 1) + TEXT[place + 1 :]) != Head.read(TEXT)


@pytest.mark.parametrize("text", ["", TEXT + "\n", TEXT[:-1], TEXT.replace("\n", "\r\n"), TEXT.replace(": 7", ": 07")])
def test_what_is_not_written_as_a_head_is_none(text):
    with pytest.raises(ValueError, match="head"):
        Head.read(text)
