"""The two steps that the public sees: a certificate is there under its number and code, and it holds no more.

Both write the registry and the audit in the transaction of the step that calls them.
"""

from diploma.accounts.models import User
from diploma.certificates import conditions, printed, registry, terms
from diploma.certificates.models import Certificate, CertificateEvent, CertificateState
from diploma.core import audit, clock, outbox
from diploma.core.db import session
from diploma.core.errors import N_, Refused

RENDER = "render-certificate"


def publish(certificate: Certificate, serial: str, by: User | None, **detail: object) -> None:
    """Fix everything printed, under a fresh code; from here on only the state may change."""
    token = registry.new_token()
    fixed = printed.snapshot(certificate, serial, token)
    certificate.snapshot, certificate.snapshot_hash = fixed.to_json(), fixed.sha256()
    certificate.serial, certificate.token = serial, token
    certificate.issued_at, certificate.state = clock.now(), CertificateState.ISSUED
    session.add(certificate)
    session.flush()
    registry.note(
        certificate,
        "issued",
        by=by,
        serial=serial,
        token=token,
        award=certificate.award,
        snapshot=certificate.snapshot_hash,
        **({"valid_until": certificate.valid_until.isoformat()} if certificate.valid_until else {}),
        **detail,
    )
    audit.record("certificate.issued", f"certificate:{certificate.id}", by=by, serial=serial, **detail)
    outbox.enqueue(RENDER, f"{RENDER}:{certificate.id}", {"certificate_id": certificate.id})
    terms.plan(certificate)


def end(certificate: Certificate, to: CertificateState, kind: str, reason: str, by: User | None) -> CertificateEvent:
    """Give an issued certificate another state, for a reason that whoever checks it reads; ``kind`` names the event."""
    conditions.lock([certificate])
    conditions.refuse_own(certificate, by)
    if not reason.strip():
        raise Refused(N_("A reason is needed."))
    conditions.move(certificate, to)
    certificate.reason, certificate.ended_at = reason.strip(), clock.now()
    session.flush()
    said = {"serial": certificate.serial, "reason": certificate.reason}
    event = registry.note(certificate, kind, by=by, **said)
    audit.record(f"certificate.{kind}", f"certificate:{certificate.id}", by=by, **said)
    return event
