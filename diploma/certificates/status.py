"""What becomes of an issued certificate: suspended, resumed, revoked, replaced by a new version, renewed."""

from datetime import date

from diploma.accounts.models import User
from diploma.certificates import conditions, delivery, printed, publishing, rules, terms
from diploma.certificates.models import Approval, Certificate, CertificateEvent, CertificateState
from diploma.core import clock
from diploma.core.errors import N_, Refused

_S = CertificateState


def revoke(certificate: Certificate, reason: str, *, by: User | None = None) -> None:
    """Withdraw a certificate for good; whoever checks it sees the reason and the day."""
    _tell_holder(certificate, publishing.end(certificate, _S.REVOKED, "revoked", reason, by))


def suspend(certificate: Certificate, reason: str, *, by: User | None = None) -> None:
    """Take the validity away for a time, while something is examined."""
    _tell_holder(certificate, publishing.end(certificate, _S.SUSPENDED, "suspended", reason, by))


def resume(certificate: Certificate, reason: str, *, by: User | None = None) -> None:
    """End a suspension: the certificate is valid again."""
    _tell_holder(certificate, publishing.end(certificate, _S.ISSUED, "resumed", reason, by))
    certificate.reason, certificate.ended_at = "", None


def reissue(certificate: Certificate, reason: str, *, by: User | None = None) -> Certificate:
    """Replace an issued certificate by a new version with the names and texts of today; returns the new one.

    It keeps the number, with ``-R2``, and gets a new code; the old code answers "replaced" for ever. The issuers'
    approvals carry over: the award is the same. The holder has to have confirmed the names to be printed, and is told
    where the new version is when its PDF is drawn. An award that ends keeps its last day: only ``renew`` gives it
    another.
    """
    conditions.lock([certificate])
    if certificate.expired:
        raise Refused(N_("This certificate has ended. Renew it instead."))
    return _replace(certificate, certificate.valid_until, reason, by)


def renew(certificate: Certificate, reason: str, *, by: User | None = None) -> Certificate:
    """Give an award that ends another term: a new version replaces the certificate, as in a reissue.

    The term begins on the day after the old end, or today when that is past. What was asked for at first is asked for
    again. :class:`Refused` for an award that does not end, and earlier than ``rules.RENEWABLE`` days before the end.
    """
    conditions.lock([certificate])
    if certificate.valid_until is None:
        raise Refused(N_("This certificate does not end."))
    if not terms.is_renewable(certificate):
        raise Refused(N_("It is too early: a certificate can be renewed in the last 90 days before its end."))
    conditions.refuse_unearned(certificate.enrolment, certificate.award)
    return _replace(certificate, terms.next_last_day(certificate), reason, by)


def _replace(certificate: Certificate, valid_until: date | None, reason: str, by: User | None) -> Certificate:
    """Supersede a locked certificate by its next version."""
    conditions.refuse_own(certificate, by)
    conditions.refuse_unconfirmed(certificate)
    made = Certificate(
        enrolment=certificate.enrolment,
        award=certificate.award,
        version=certificate.version + 1,
        drafted_at=clock.now(),
        valid_until=valid_until,
    )
    made.approvals = [Approval(issuer=one.issuer, by_id=one.by_id, at=one.at) for one in certificate.approvals]
    conditions.refuse_unapproved(made)
    conditions.refuse_overtaken(certificate)
    printed.check(made)
    publishing.end(certificate, _S.SUPERSEDED, "superseded", reason, by)
    publishing.publish(
        made,
        rules.reissued(certificate.serial or "", made.version),
        by,
        replaces=certificate.serial,
        reason=certificate.reason,
    )
    return made


def _tell_holder(certificate: Certificate, event: CertificateEvent) -> None:
    """Mail what has become of an issued certificate, why, and whom to ask."""
    delivery.write(
        certificate,
        "certificate_changed",
        f"certificate_changed:{event.number}",
        kind=event.kind,
        serial=certificate.serial,
        reason=certificate.reason,
        page=printed.holder_url(certificate.serial or ""),
        ask=printed.page_url("/contact"),
    )
