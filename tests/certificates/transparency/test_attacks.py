"""Who holds the database rewrites the register, each in one way; the signed heads tell, or what a witness keeps."""

import base64
import hashlib

import pytest
from sqlalchemy import delete, select, text, update

from diploma.certificates import registry
from diploma.certificates.models import CHAIN, Certificate, CertificateEvent
from diploma.certificates.transparency import head
from diploma.certificates.transparency.head import Head
from diploma.certificates.transparency.models import RegisterHead, RegisterKey
from diploma.core import chain, signing


def rewrite(session, number, **values):
    """What an operator does who knows the program: change an event, and make the whole chain fit it."""
    rows = list(session.execute(select(CertificateEvent.__table__).order_by(CertificateEvent.number)))
    previous = chain.START
    for row in rows:
        one = dict(row._mapping) | (values if row.number == number else {})
        hashed = registry._hashed(one["certificate_id"], one["kind"], one["at"].isoformat(), one["payload"])
        own = chain.link_hash(previous, row.number, hashed)
        session.execute(
            update(CertificateEvent)
            .where(CertificateEvent.number == row.number)
            .values(**values if row.number == number else {}, previous_hash=previous, hash=own)
        )
        previous = own
    session.execute(update(chain.ChainHead).where(chain.ChainHead.name == CHAIN).values(hash=previous))


@pytest.fixture
def signed(office, aziza, world, days, unit):
    """Two days of a register with four events."""
    days.run(0)
    office.drawn(world.trainee_2)
    days.run(1)


def forged(row, key, **changes):
    """A head with other contents, signed by ``key``."""
    made = Head(**{**vars(Head.read(row.text)), "key_id": signing.key_id(signing.public_key(key)), **changes})
    return made, base64.b64encode(signing.sign(key, made.text().encode())).decode()


def test_an_untouched_register_holds(signed, reasons):
    assert reasons() == []


def test_an_event_rewritten_with_the_whole_chain_is_found_by_the_signed_heads(signed, reasons, unit, app):
    with unit() as session:
        old = session.get_one(CertificateEvent, 1).payload
        rewrite(session, 1, payload=old | {"actor": 1})
    with app.app_context():
        assert not [one for one in registry.check() if "chain" in one.reason or "changed after" in one.reason]
    found = reasons()
    assert len(found) == 2 and all("the register was rewritten" in one for one in found)


def test_a_certificate_rewritten_with_its_event_and_chain_is_found(signed, reasons, unit, app):
    """The name on a certificate is another one, and nothing but a head says so."""
    with unit() as session:
        row = session.scalars(select(Certificate).order_by(Certificate.id).limit(1)).one()
        snapshot = row.snapshot.replace("Aziza", "Azizb")
        digest = hashlib.sha256(snapshot.encode()).hexdigest()
        session.execute(
            update(Certificate).where(Certificate.id == row.id).values(snapshot=snapshot, snapshot_hash=digest)
        )
        old = session.get_one(CertificateEvent, 1).payload
        rewrite(session, 1, payload=old | {"snapshot": digest})
    with app.app_context():
        assert registry.check() == []
    assert "the register was rewritten" in reasons()[0]


def test_a_truncated_chain_is_found(signed, reasons, unit, app):
    with unit() as session:
        session.execute(delete(CertificateEvent).where(CertificateEvent.number > 3))
        last = session.get_one(CertificateEvent, 3).hash
        session.execute(update(chain.ChainHead).where(chain.ChainHead.name == CHAIN).values(number=3, hash=last))
    [found] = reasons()
    assert "it names 6 events, the register holds 3" in found


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("UPDATE register_heads SET events = 5 WHERE events = 6", "its row says something else"),
        ("UPDATE register_heads SET text = REPLACE(text, 'events: 6', 'events: 5')", "changed after it was signed"),
        ("UPDATE register_heads SET text = text || ' '", "not the text of a head"),
        ("UPDATE register_heads SET signature = 'AAAA'", "its signature is not that of its text"),
        ("UPDATE register_heads SET signature = '!'", "its key or signature was changed"),
        ("UPDATE register_keys SET pem = REPLACE(pem, 'MCow', 'MCox')", "its key or signature was changed"),
        ("DELETE FROM register_heads WHERE events = 3", "it does not follow from the head before it"),
        ("DELETE FROM register_heads WHERE events = 6", "or it was removed"),
    ],
)
def test_an_edited_or_removed_head_is_found(signed, reasons, unit, statement, reason):
    with unit() as session:
        session.execute(text(statement))
    assert any(reason in one for one in reasons())


def test_a_head_with_one_flipped_bit_is_found(signed, reasons, unit):
    with unit() as session:
        newest = session.scalars(select(RegisterHead).order_by(RegisterHead.day.desc()).limit(1)).one()
        place = newest.text.index("last: ") + 6
        other = "0" if newest.text[place] != "0" else "1"
        flipped = newest.text[:place] + other + newest.text[place + 1 :]
        session.execute(update(RegisterHead).where(RegisterHead.day == newest.day).values(text=flipped))
    assert any("changed after it was signed" in one for one in reasons())


def test_a_head_signed_by_another_key_under_the_name_of_ours_is_found(signed, reasons, unit, tmp_path):
    key = tmp_path / "key.pem"
    key.write_text(signing.new_private_key())
    with unit() as session:
        newest = session.scalars(select(RegisterHead).order_by(RegisterHead.day.desc()).limit(1)).one()
        made, signature = forged(newest, key, key_id=newest.key_id)
        session.execute(
            update(RegisterHead).where(RegisterHead.day == newest.day).values(text=made.text(), signature=signature)
        )
    [found] = reasons()
    assert "signed by another key" in found


def test_another_key_in_the_place_of_ours_is_found(signed, reasons, unit, tmp_path):
    key = tmp_path / "key.pem"
    key.write_text(signing.new_private_key())
    with unit() as session:
        session.execute(update(RegisterKey).values(pem=signing.public_key(key)))
    found = reasons()
    assert len(found) == 2 and all("its key or signature was changed" in one for one in found)


def test_a_history_signed_anew_differs_from_the_audit(signed, reasons, unit, app):
    """Whoever holds the key as well signs another history; the audit names the first one, as every witness does."""
    key = app.config["CREDENTIAL_KEY"]
    with unit() as session:
        previous = chain.START
        for row in session.scalars(select(RegisterHead).order_by(RegisterHead.day)).all():
            made, signature = forged(row, key, previous=previous, signed_at=row.signed_at.replace(minute=1))
            session.execute(
                update(RegisterHead)
                .where(RegisterHead.day == row.day)
                .values(text=made.text(), signature=signature, signed_at=made.signed_at)
            )
            previous = head.digest(made.text())
    found = reasons()
    assert len(found) == 2 and all("the audit knows another text" in one for one in found)


def test_a_file_put_in_the_place_of_the_issued_one_is_found(aziza, app, unit, client):
    """The digest of the PDF stands in the chain, so its row cannot be turned to another file."""
    forgery = b"%PDF-1.7 another name"
    with unit() as session:
        session.execute(update(Certificate).values(pdf_sha256=hashlib.sha256(forgery).hexdigest()))
    with app.app_context():
        assert any("its file is not the one that was drawn" in one.reason for one in registry.check())
    assert "cannot be confirmed" in client.get(f"/verify/{aziza.token}").text
