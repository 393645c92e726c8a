"""The registry's numbers and its chain of events: no number is lost or doubled, no event is rewritten."""

import hashlib
import secrets
from collections.abc import Collection, Iterator
from typing import Any

from sqlalchemy import ColumnElement, bindparam, event, select

from diploma.certificates import rules
from diploma.certificates.models import CHAIN, Certificate, CertificateEvent, CertificateState, SerialCounter
from diploma.core import chain, clock
from diploma.core.db import insert_unless_there, session

_S = CertificateState
DRAWN = "drawn"  # the event that fixes the bytes of the PDF
_FIXED = select(CertificateEvent).where(
    CertificateEvent.certificate_id.in_(bindparam("certificates", expanding=True)),
    CertificateEvent.kind.in_(("issued", DRAWN)),
)
# What the last event of a certificate that has a word here says of its state.
STATES = {
    "issued": _S.ISSUED,
    "resumed": _S.ISSUED,
    "suspended": _S.SUSPENDED,
    "revoked": _S.REVOKED,
    "superseded": _S.SUPERSEDED,
}


@event.listens_for(CertificateEvent, "before_update")
@event.listens_for(CertificateEvent, "before_delete")
def _append_only(*_: Any) -> None:
    raise RuntimeError("events of the registry are never changed or deleted")


def next_number(year: int, partner_id: int) -> int:
    """Take the next number of a partner in a year; its row stays locked until the transaction ends."""
    query = select(SerialCounter).where(SerialCounter.year == year, SerialCounter.partner_id == partner_id)
    counter = session.scalar(query.with_for_update())
    if counter is None:
        insert_unless_there(SerialCounter(year=year, partner_id=partner_id, last=0))
        counter = session.scalars(query.with_for_update()).one()
    counter.last += 1
    session.flush()
    number: int = counter.last
    return number


def new_token() -> str:
    """A verification code: 80 random bits in Crockford's base32."""
    return "".join(secrets.choice(rules.ALPHABET) for _ in range(rules.TOKEN_LENGTH))


def note(certificate: Certificate, kind: str, *, by: Any = None, **detail: Any) -> CertificateEvent:
    """Append an event to the chain in the present transaction; ``detail`` holds JSON values."""
    at = clock.now()
    payload = {"actor": getattr(by, "id", None), **detail}
    (link,) = chain.append(session, CHAIN, _hashed(certificate.id, kind, at.isoformat(), payload))
    made = CertificateEvent(
        number=link.number,
        certificate_id=certificate.id,
        kind=kind,
        at=at,
        payload=payload,
        previous_hash=link.previous,
        hash=link.hash,
    )
    session.add(made)
    return made


def snapshot_hash(snapshot: str) -> str:
    """SHA-256 of the canonical JSON of what is printed: what the chain holds."""
    return hashlib.sha256(snapshot.encode()).hexdigest()


def sound(certificates: Collection[Certificate]) -> set[int]:
    """Ids of those whose row is what was issued, and whose file what was drawn, as the chain says; one query."""
    fixed: dict[int, list[CertificateEvent]] = {}
    for one in session.scalars(_FIXED, {"certificates": [one.id for one in certificates]}):
        fixed.setdefault(one.certificate_id, []).append(one)
    return {one.id for one in certificates if not any(_differences(one, fixed.get(one.id, [])))}


def links(own: chain.AnySession, *where: ColumnElement[bool]) -> Iterator[tuple[chain.Link, dict[str, Any]]]:
    """The events, or some of them, as the chain hashes them, in order; read in handfuls: memory does not grow."""
    kept = CertificateEvent
    columns = (kept.number, kept.previous_hash, kept.hash, kept.certificate_id, kept.kind, kept.at, kept.payload)
    for number, previous, link_hash, certificate_id, kind, at, payload in own.execute(
        select(*columns).where(*where).order_by(kept.number).execution_options(yield_per=1000)
    ):
        yield chain.Link(number, previous, link_hash), _hashed(certificate_id, kind, at.isoformat(), payload)


def check() -> list[chain.Break]:
    """Walk the whole chain and compare every issued certificate with its events; empty means that all holds."""
    found = chain.breaks(links(session), session.get(chain.ChainHead, CHAIN))
    mine: dict[int, list[CertificateEvent]] = {}
    for one in session.scalars(select(CertificateEvent).order_by(CertificateEvent.number)):
        mine.setdefault(one.certificate_id, []).append(one)
    public = select(Certificate).where(Certificate.serial.is_not(None)).order_by(Certificate.id)
    for certificate in session.scalars(public):
        own = mine.get(certificate.id, [])
        differences = [*_differences(certificate, own), *_misstated(certificate, own)]
        found += [chain.Break(own[0].number if own else 0, f"{certificate.serial}: {what}") for what in differences]
    return found


def _hashed(certificate_id: int, kind: str, at: str, payload: dict[str, Any]) -> dict[str, Any]:
    return {"certificate": certificate_id, "kind": kind, "at": at, "payload": payload}


def _differences(certificate: Certificate, events: list[CertificateEvent]) -> Iterator[str]:
    """Where the row of a certificate differs from the event of its issue."""
    issued = next((one.payload for one in events if one.kind == "issued"), None)
    if issued is None:
        yield "was never issued by an event"
        return
    if not snapshot_hash(certificate.snapshot or "") == certificate.snapshot_hash == issued.get("snapshot"):
        yield "what is printed was changed after the issue"
    if (certificate.serial, certificate.token) != (issued.get("serial"), issued.get("token")):
        yield "serial or code was changed after the issue"
    drawn = next((one.payload for one in events if one.kind == DRAWN), None)
    if drawn and certificate.pdf_sha256 != drawn.get("pdf"):
        yield "its file is not the one that was drawn"
    ends_on = certificate.valid_until.isoformat() if certificate.valid_until else None
    if ends_on != issued.get("valid_until"):
        yield "the last day was changed after the issue"


def _misstated(certificate: Certificate, events: list[CertificateEvent]) -> Iterator[str]:
    """Where the state of a certificate is not what its last event says."""
    said = [one.kind for one in events if one.kind in STATES]
    if said and STATES[said[-1]] is not certificate.state:
        yield f"is {certificate.state.value}, but its last event is “{said[-1]}”"
