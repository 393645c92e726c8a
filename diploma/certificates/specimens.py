"""Trial prints: a certificate as it would look, drawn like a real one, registered nowhere."""

from sqlalchemy import select

from diploma.accounts.models import User
from diploma.certificates import conditions, printed
from diploma.certificates.models import Certificate, Specimen
from diploma.core import audit, clock, outbox
from diploma.core.db import insert_unless_there, session
from diploma.core.errors import N_, Refused

DRAW = "draw-specimen"


def ask(certificate: Certificate, *, by: User) -> Specimen:
    """Order a trial print; asked twice of the same certificate it is the same print. Names count only as confirmed."""
    if certificate.serial:
        raise Refused(N_("The certificate is issued: look at its PDF."))
    conditions.refuse_unconfirmed(certificate)
    fixed = printed.specimen(certificate)
    made = Specimen(
        certificate_id=certificate.id, snapshot=fixed.to_json(), snapshot_hash=fixed.sha256(), asked_at=clock.now()
    )
    if not insert_unless_there(made):
        same = (Specimen.certificate_id == certificate.id, Specimen.snapshot_hash == fixed.sha256())
        made = session.scalars(select(Specimen).where(*same)).one()
    made.fault = ""
    audit.record("certificate.specimen", f"certificate:{certificate.id}", by=by)
    outbox.enqueue(DRAW, f"{DRAW}:{made.id}:{clock.now():%Y%m%d%H%M}", {"specimen_id": made.id})
    return made


def drawn(specimen_id: int, sha256: str) -> None:
    session.get_one(Specimen, specimen_id).pdf_sha256 = sha256


def failed(specimen_id: int, fault: str) -> None:
    """Note why it could not be drawn: whoever waits for it is told."""
    session.get_one(Specimen, specimen_id).fault = fault[:200]
