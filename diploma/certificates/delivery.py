"""The mail that brings a certificate to its holder: it leaves when the PDF is there, and may come back."""

from sqlalchemy import select

from diploma.accounts.models import User
from diploma.certificates import conditions, printed, registry
from diploma.certificates.models import Certificate, CertificateState, Delivery
from diploma.core import audit, clock, mail
from diploma.core.db import session
from diploma.core.errors import N_, Refused

FOLLOWED = "certificate"  # the kind under which core/mail knows these mails


def deliver(certificate: Certificate) -> None:
    """Mail the holder that a certificate, whose PDF has just been drawn, is issued; or that it replaces an older one.

    What was revoked or suspended meanwhile is not announced as valid.
    """
    if certificate.state is CertificateState.ISSUED:
        _send(certificate, f"certificate:{certificate.id}")


def deliver_again(certificate: Certificate, *, by: User) -> None:
    """Mail it once more, as after a mail that came back; :class:`Refused` while one is on its way."""
    conditions.lock([certificate])
    if certificate.state is not CertificateState.ISSUED or certificate.pdf_sha256 is None:
        raise Refused(N_("Only a valid certificate whose PDF is drawn can be sent."))
    if any(not one.sent_at and not one.bounced_at for one in certificate.deliveries):
        raise Refused(N_("The mail is on its way already."))
    _send(certificate, f"certificate:{certificate.id}:{len(certificate.deliveries) + 1}")
    audit.record("certificate.sent_again", f"certificate:{certificate.id}", by=by, serial=certificate.serial)


def write(certificate: Certificate, template: str, key: str, *, about: str = "", **context: object) -> None:
    """Mail to the holder, in their language; ``key`` sends it once."""
    holder, cohort = certificate.enrolment.user, certificate.enrolment.cohort
    mail.send(
        template,
        holder.email,
        holder.language,
        key,
        about=about,
        sender=cohort.partner.sender(holder.language),
        name=holder.full_name,
        award=printed.title(cohort, certificate.award, holder.language),
        **context,
    )


def _send(certificate: Certificate, key: str) -> None:
    made = Delivery(mail_ref=mail.reference(), queued_at=clock.now(), bounce_reason="")
    certificate.deliveries.append(made)
    replaced = _replaced(certificate)
    write(
        certificate,
        "certificate",
        key,
        about=f"{FOLLOWED}.{made.mail_ref}",
        serial=certificate.serial,
        replaces=replaced.serial if replaced else "",
        reason=replaced.reason if replaced else "",
        page=printed.holder_url(certificate.serial or ""),
        link=printed.verify_url(certificate.token or ""),
    )


def _replaced(certificate: Certificate) -> Certificate | None:
    earlier = select(Certificate).where(
        Certificate.enrolment_id == certificate.enrolment_id,
        Certificate.award == certificate.award,
        Certificate.version == certificate.version - 1,
    )
    return session.scalar(earlier)


@mail.follows(FOLLOWED)
def _follow(reference: str, reason: str) -> bool:
    """Note that a mail was handed over, with the first one also in the registry; or why it came back. The first news
    of each kind stays."""
    row = session.scalar(select(Delivery).where(Delivery.mail_ref == reference).with_for_update())
    if row is None:
        return False
    (certificate,) = conditions.lock([row.certificate])
    if not reason and row.sent_at is None:
        first = not any(one.sent_at for one in certificate.deliveries)
        row.sent_at = clock.now()
        if first:
            registry.note(certificate, "delivered", serial=certificate.serial)
    elif reason and row.bounced_at is None:
        row.bounced_at, row.bounce_reason = clock.now(), reason
        audit.record("certificate.bounced", f"certificate:{certificate.id}", serial=certificate.serial, reason=reason)
    return True
