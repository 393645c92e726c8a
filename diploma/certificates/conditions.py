"""What every step of a certificate's life does first: lock its rows, and refuse what a rule forbids."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from diploma.accounts.models import User
from diploma.certificates import issuers, printed, queries, rules
from diploma.certificates.models import Certificate, CertificateState
from diploma.certificates.rules import Record
from diploma.cohorts.models import Cohort, Enrolment
from diploma.core.db import session
from diploma.core.errors import N_, Refused, Texts
from diploma.core.lang import LANGS


def lock(certificates: Sequence[Certificate]) -> list[Certificate]:
    """Lock rows in the order of their ids and read them anew, with all that a step asks of them."""
    session.flush()
    person = selectinload(Certificate.enrolment)
    return list(
        session.scalars(
            select(Certificate)
            .where(Certificate.id.in_([one.id for one in certificates]))
            .order_by(Certificate.id)
            .options(
                selectinload(Certificate.approvals),
                selectinload(Certificate.deliveries),
                person.selectinload(Enrolment.user).selectinload(User.names),
                person.selectinload(Enrolment.cohort).selectinload(Cohort.partner),
            )
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    )


def move(certificate: Certificate, to: CertificateState) -> None:
    """Take one step of the life that ``rules.MOVES`` lists."""
    if to not in rules.MOVES[certificate.state]:
        raise Refused(N_("The present state of the certificate does not allow this step. Load the page again."))
    certificate.state = to


def refuse_own(certificate: Certificate, by: User | None) -> None:
    """Nobody decides about themselves, whatever roles they hold."""
    if by is not None and by.id == certificate.enrolment.user_id:
        raise Refused(N_("Nobody approves, issues or changes their own certificate."))


def refuse_unearned(enrolment: Enrolment, award: str, record: Record | None = None) -> None:
    """Name the first unmet requirement; ``record`` is what the person has reached, where it has been read."""
    unmet = rules.missing(record or queries.record(enrolment, award))
    if unmet:
        raise Refused(rules.TEXTS[unmet[0]])


def refuse_unconfirmed(certificate: Certificate) -> None:
    """Name the languages in which the holder has not confirmed the name."""
    names = printed.unconfirmed(certificate.enrolment)
    if names:
        raise Refused(
            N_("The holder has not confirmed the name in: %(languages)s."),
            languages=", ".join(one.native_name for one in names),
        )


def refuse_unapproved(certificate: Certificate) -> None:
    """Name the issuers that have not approved."""
    cohort, waiting = certificate.enrolment.cohort, issuers.waiting(certificate)
    if waiting:
        names = {lang.value: "; ".join(issuers.name(cohort, one, lang) for one in waiting) for lang in LANGS}
        raise Refused(N_("Not approved yet by: %(issuers)s."), issuers=Texts(names))


def refuse_suspended(held: Certificate | None) -> None:
    """Nothing follows a transcript while it is examined."""
    if held is not None and held.state is CertificateState.SUSPENDED:
        raise Refused(N_("The present transcript is suspended. Another one can follow when that is over."))


def refuse_overtaken(certificate: Certificate) -> None:
    """A newer version that is drafted will replace this one when it is issued."""
    drafted = select(Certificate.id).where(
        Certificate.enrolment_id == certificate.enrolment_id,
        Certificate.award == certificate.award,
        Certificate.serial.is_(None),
    )
    if session.scalar(drafted) is not None:
        raise Refused(N_("A newer version is drafted already: issue that one."))
