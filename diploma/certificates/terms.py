"""Certificates that end: the holder is reminded before the last day.

The reminders are jobs written when the certificate is issued, due years later. Nothing searches for them when it is
revoked, replaced or reissued: each asks at its time whether the certificate is still the valid one.
"""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from diploma.certificates import printed, rules
from diploma.certificates.models import Certificate, CertificateState
from diploma.core import clock, mail, outbox
from diploma.core.db import session
from diploma.core.outbox import Payload

KIND = "certificate-ends"
MORNING = time(9)  # where the certificate was issued


def plan(certificate: Certificate) -> None:
    """Plan the reminders of a certificate that is issued now; what lies behind already is left out."""
    if certificate.valid_until is None:
        return
    zone = ZoneInfo(certificate.enrolment.cohort.partner.time_zone)
    for days in rules.REMINDERS:
        at = datetime.combine(certificate.valid_until - timedelta(days=days), MORNING, zone)
        if at > clock.now():
            payload = {"certificate_id": certificate.id, "days": days}
            outbox.enqueue(KIND, f"{KIND}:{certificate.id}:{days}", payload, due_at=at)


def is_renewable(certificate: Certificate) -> bool:
    """Whether it may be given its next term already; what does not end never is."""
    ends_on = certificate.valid_until
    return ends_on is not None and rules.is_renewable(ends_on, printed.today(certificate.enrolment.cohort))


def next_last_day(certificate: Certificate) -> date:
    """The last day that renewing an award which ends would give it today."""
    cohort = certificate.enrolment.cohort
    begins_on = rules.next_term(certificate.valid_until or date.min, printed.today(cohort))
    return printed.last_day(cohort, certificate.award, begins_on) or date.max


@outbox.handles(KIND)
def _remind(payload: Payload, _result: None) -> None:
    """One mail for each reminder; of several that a runner finds late only the last is sent."""
    certificate = session.get_one(Certificate, payload["certificate_id"])
    holder, cohort = certificate.enrolment.user, certificate.enrolment.cohort
    ends_on = certificate.valid_until
    if ends_on is None or certificate.state is not CertificateState.ISSUED:
        return
    if rules.reminder(ends_on, printed.today(cohort)) != payload["days"]:
        return
    mail.send(
        "certificate_ends",
        holder.email,
        holder.language,
        f"certificate_ends:{certificate.id}:{payload['days']}",
        sender=cohort.partner.sender(holder.language),
        name=holder.full_name,
        award=printed.title(cohort, certificate.award, holder.language),
        serial=certificate.serial,
        ends_on=ends_on,
        link=printed.page_url("/certificates/"),
    )
