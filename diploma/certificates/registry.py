"""The registry's numbers and its chain of events: no number is lost or doubled, no event is rewritten."""

import hashlib
import secrets
from collections.abc import Iterator
from typing import Any

from sqlalchemy import event, select

from diploma.certificates import rules
from diploma.certificates.models import CHAIN, Certificate, CertificateEvent, CertificateState, SerialCounter
from diploma.core import chain, clock
from diploma.core.db import insert_unless_there, session

_S = CertificateState
# What a certificate's last event says of its state.
STATES = {
    "issued": _S.ISSUED,
    "resumed": _S.ISSUED,
    "suspended": _S.SUSPENDED,
    "revoked": _S.REVOKED,
    "superseded": _S.SUPERSEDED,
}
SILENT = frozenset({"delivered"})  # events that say nothing of the state


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


def is_sound(certificate: Certificate) -> bool:
    """Whether the stored snapshot is the one that was issued, as the chain says."""
    events = session.scalars(
        select(CertificateEvent).where(
            CertificateEvent.certificate_id == certificate.id, CertificateEvent.kind == "issued"
        )
    )
    return not list(_differences(certificate, list(events)))


def check() -> list[chain.Break]:
    """Walk the whole chain and compare every issued certificate with its events; empty means that all holds."""
    events = list(session.scalars(select(CertificateEvent).order_by(CertificateEvent.number)))
    links = (
        (
            chain.Link(one.number, one.previous_hash, one.hash),
            _hashed(one.certificate_id, one.kind, one.at.isoformat(), one.payload),
        )
        for one in events
    )
    found = chain.breaks(links, session.get(chain.ChainHead, CHAIN))
    mine: dict[int, list[CertificateEvent]] = {}
    for one in events:
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


def _misstated(certificate: Certificate, events: list[CertificateEvent]) -> Iterator[str]:
    """Where the state of a certificate is not what its last event says."""
    telling = [one.kind for one in events if one.kind not in SILENT]
    if telling and STATES[telling[-1]] is not certificate.state:
        yield f"is {certificate.state.value}, but its last event is “{telling[-1]}”"
