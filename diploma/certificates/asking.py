"""Holders are asked how their names are written, and asked again while they have not said it.

Nothing is printed before: who forgets the first mail would wait for their certificate for ever, and 300 others with the
registrar. The reminders are jobs written with the first mail; each asks at its time whether it still has a point.
"""

from datetime import timedelta

from diploma.certificates import delivery, printed
from diploma.certificates.models import Certificate, CertificateState, Return
from diploma.core import clock, outbox
from diploma.core.db import session
from diploma.core.outbox import Payload

KIND = "certificate-names"
AFTER = (4, 11, 25)  # days after the first mail


def ask(certificate: Certificate, returned: Return | None = None) -> None:
    """Ask the holder now, for the reason of ``returned`` when an issuer has sent the certificate back; and plan the
    reminders."""
    about = f"{certificate.id}:{returned.id}" if returned else str(certificate.id)
    _write(certificate, f"certificate_names:{about}", returned.reason if returned else "")
    for days in AFTER:
        payload = {"certificate_id": certificate.id}
        outbox.enqueue(KIND, f"{KIND}:{about}:{days}", payload, due_at=clock.now() + timedelta(days=days))


@outbox.handles(KIND)
def _remind(payload: Payload, _result: None) -> None:
    """One mail a day for each person, however many of their certificates wait."""
    certificate = session.get(Certificate, payload["certificate_id"])
    if certificate is None or certificate.state is not CertificateState.DRAFTED:
        return
    if printed.unconfirmed(certificate.enrolment):
        holder, cohort = certificate.enrolment.user, certificate.enrolment.cohort
        day = clock.today(cohort.time_zone)
        _write(certificate, f"certificate_names:again:{holder.id}:{day}", again=True)


def _write(certificate: Certificate, key: str, reason: str = "", *, again: bool = False) -> None:
    link = printed.page_url("/certificates/names")
    delivery.write(certificate, "certificate_names", key, link=link, reason=reason, again=again)
