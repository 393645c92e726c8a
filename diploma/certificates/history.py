"""The life of certificates as it is shown, step by step: one query for any number of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from diploma.certificates import printed, registry
from diploma.certificates.models import Certificate, CertificateEvent
from diploma.core.db import session


@dataclass(frozen=True)
class Step:
    """``kind``: drafted, named, approved, returned, or a kind of the chain's events.

    ``note`` is an issuer's id or a reason; ``by`` who approved or sent back, which the staff may read.
    """

    kind: str
    at: datetime
    note: str = ""
    by: str = ""


def histories(certificates: Sequence[Certificate]) -> dict[int, list[Step]]:
    """Certificate id → its steps, the earliest first."""
    found = {one.id: [Step("drafted", one.drafted_at), *_named(one), *_decided(one)] for one in certificates}
    theirs, told = CertificateEvent.certificate_id.in_(found), CertificateEvent.kind != registry.DRAWN
    for event in session.scalars(select(CertificateEvent).where(theirs, told)):
        found[event.certificate_id].append(Step(event.kind, event.at, event.payload.get("reason", "")))
    return {key: sorted(steps, key=lambda one: one.at) for key, steps in found.items()}


def _decided(certificate: Certificate) -> list[Step]:
    """What the issuers have said."""
    approved = [
        Step("approved", one.at, one.issuer, one.by.full_name if one.by else "") for one in certificate.approvals
    ]
    return approved + [Step("returned", one.at, one.reason, one.by.full_name) for one in certificate.returns]


def _named(certificate: Certificate) -> list[Step]:
    """When the last of the names was confirmed, unless that was after the issue and so about another document."""
    wanted = set(printed.languages(certificate.enrolment.cohort))
    times = [one.confirmed_at for one in certificate.enrolment.user.names if one.lang in wanted and one.confirmed_at]
    if len(times) < len(wanted) or (certificate.issued_at and max(times) > certificate.issued_at):
        return []
    return [Step("named", max(times))]
