"""Whether the register holds: its chain, and every head that was signed of it. One walk, whose memory does not grow."""

import base64
import binascii
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from diploma.certificates import registry
from diploma.certificates.models import CHAIN
from diploma.certificates.transparency import head
from diploma.certificates.transparency.head import HashList, Head
from diploma.certificates.transparency.models import RegisterHead
from diploma.core import chain, signing
from diploma.core.audit import AuditEvent
from diploma.core.chain import AnySession, Break

SIGNED = "register.head_signed"  # the audit's word for a new head: the day as its subject, the digest as its detail


@dataclass(frozen=True)
class HeadFault:
    """A day whose head is not what it should be, and why."""

    day: date
    reason: str


@dataclass(frozen=True)
class Found:
    """What a walk found: the register as it is (``length``, ``last``, ``digest`` of the list), and what is wrong."""

    length: int
    last: str
    digest: str
    heads: list[RegisterHead]
    breaks: list[Break]
    faults: list[HeadFault]

    @property
    def reasons(self) -> list[str]:
        """All that is wrong, a line each."""
        events = [f"event {one.number}: {one.reason}" for one in self.breaks]
        return events + [f"head of {one.day}: {one.reason}" for one in self.faults]


def walk(own: AnySession) -> Found:
    """Read the register from its first event to its last and hold every head against it."""
    heads = list(own.scalars(select(RegisterHead).options(joinedload(RegisterHead.key)).order_by(RegisterHead.day)))
    listed = HashList({one.events for one in heads})
    breaks = chain.breaks(listed.through(registry.links(own)), own.get(chain.ChainHead, CHAIN))
    faults = [*_differing(heads, listed), *_missing(own, heads)]
    return Found(listed.length, *listed.state(), heads, breaks, faults)


def _differing(heads: Sequence[RegisterHead], listed: HashList) -> Iterator[HeadFault]:
    """Each head's signature, its place after the one before it, and the events that it names."""
    previous = chain.START
    for row in heads:
        try:
            said = Head.read(row.text)
        except ValueError:
            yield HeadFault(row.day, "it was changed: this is not the text of a head")
        else:
            for reason in (*_altered(row, said), *_contradicted(said, previous, listed)):
                yield HeadFault(row.day, reason)
        previous = head.digest(row.text)


def _altered(row: RegisterHead, said: Head) -> Iterator[str]:
    """Where text, row, key and signature do not belong together."""
    if (said.day, said.signed_at, said.events, said.key_id) != (row.day, row.signed_at, row.events, row.key_id):
        yield "its row says something else than its text"
    try:
        known = signing.key_id(row.key.pem) == row.key_id
        signature = base64.b64decode(row.signature, validate=True)
    except (ValueError, binascii.Error):
        known = False
    if not known:
        yield "its key or signature was changed"
    elif not signing.verifies(row.key.pem, row.text.encode(), signature):
        yield "its signature is not that of its text: it was changed after it was signed, or signed by another key"


def _contradicted(said: Head, previous: str, listed: HashList) -> Iterator[str]:
    """Where a head does not agree with the head before it, or with the register of today."""
    if said.previous != previous:
        yield "it does not follow from the head before it: one was changed or removed"
    at = listed.at(said.events)
    if at is None:
        yield f"it names {said.events} events, the register holds {listed.length}: events were removed"
    elif at != (said.last, said.digest):
        yield f"the first {said.events} events are not those that were signed: the register was rewritten"


def _missing(own: AnySession, heads: Sequence[RegisterHead]) -> Iterator[HeadFault]:
    """Heads of which the audit knows and which are not there, or have another text."""
    held = {one.day.isoformat(): head.digest(one.text) for one in heads}
    signed = select(AuditEvent.subject, AuditEvent.detail).where(AuditEvent.kind == SIGNED).order_by(AuditEvent.number)
    for subject, detail in own.execute(signed):
        day = subject.partition(":")[2]
        if held.get(day) != detail.get("digest"):
            yield HeadFault(date.fromisoformat(day), "the audit knows another text of it, or it was removed")
