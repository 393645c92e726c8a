"""Which certificates a person may see: their own, and those of the cohorts in their reach. The rest does not exist."""

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from typing import Any

from flask import abort
from sqlalchemy import Select, bindparam, or_, select
from sqlalchemy.orm import joinedload, selectinload

from diploma.accounts.models import User
from diploma.accounts.permissions import Permission
from diploma.certificates import rules
from diploma.certificates.models import Approval, Certificate, CertificateState, Return, Specimen
from diploma.cohorts import access as cohorts
from diploma.cohorts.models import Cohort, Enrolment
from diploma.core.db import session

_ISSUER = joinedload(Certificate.enrolment).joinedload(Enrolment.cohort).joinedload(Cohort.partner)
_WHOLE = (
    _ISSUER,
    joinedload(Certificate.enrolment).joinedload(Enrolment.user).selectinload(User.names),
    selectinload(Certificate.approvals).joinedload(Approval.by),
    selectinload(Certificate.returns).joinedload(Return.by),
    selectinload(Certificate.deliveries),
)
_OWN = (
    select(Certificate)
    .join(Certificate.enrolment)
    .where(Enrolment.user_id == bindparam("person"))
    .options(*_WHOLE)
    .order_by(Certificate.id.desc())
)

_BY_TOKENS = select(Certificate).where(Certificate.token.in_(bindparam("tokens", expanding=True))).options(_ISSUER)


def in_reach(user: Any, permission: Permission) -> Select[Certificate]:
    """Certificates of cohorts on which ``user`` holds ``permission``."""
    reachable = cohorts.visible_cohorts(user, permission).with_only_columns(Cohort.id)
    return select(Certificate).join(Certificate.enrolment).where(Enrolment.cohort_id.in_(reachable))


def visible(user: Any) -> Select[Certificate]:
    """A person's own certificates and those that staff may look at."""
    if not isinstance(user, User):
        return in_reach(user, Permission.SEE_CERTIFICATES)
    reachable = cohorts.visible_cohorts(user, Permission.SEE_CERTIFICATES).with_only_columns(Cohort.id)
    return (
        select(Certificate)
        .join(Certificate.enrolment)
        .where(or_(Enrolment.user_id == user.id, Enrolment.cohort_id.in_(reachable)))
    )


def document(user: Any, serial: str) -> Certificate:
    """An issued certificate that ``user`` may download, or 404."""
    return _one(visible(user).where(Certificate.serial == serial))


def for_step(user: Any, serial: str, permission: Permission) -> Certificate:
    """An issued certificate on which ``user`` may take a step, or 404."""
    return _one(in_reach(user, permission).where(Certificate.serial == serial))


def chosen(user: Any, cohort: Cohort, ids: Sequence[int], permission: Permission) -> list[Certificate]:
    """The certificates of one cohort with these ids on which ``user`` holds ``permission``, by name: in this order they
    get their numbers. 404 if any is not."""
    wanted = set(ids)
    query = in_reach(user, permission).where(Certificate.id.in_(wanted), Enrolment.cohort_id == cohort.id)
    by_name = query.join(Enrolment.user).order_by(User.sort_key, Certificate.id)
    found = list(session.scalars(by_name.options(*_WHOLE)))
    return found if len(found) == len(wanted) else abort(404)


def open_one(user: Any, cohort: Cohort, certificate_id: int, permission: Permission) -> Certificate:
    """A certificate of the cohort that is not issued yet, or 404."""
    ours = in_reach(user, permission).where(Certificate.id == certificate_id, Enrolment.cohort_id == cohort.id)
    return _one(ours.where(Certificate.serial.is_(None)))


def specimen(user: Any, specimen_id: int) -> Specimen:
    """A trial print, for who may issue the certificate; 404 for everybody else."""
    reachable = in_reach(user, Permission.ISSUE_CERTIFICATE).with_only_columns(Certificate.id)
    query = select(Specimen).where(Specimen.id == specimen_id, Specimen.certificate_id.in_(reachable))
    return session.scalar(query) or abort(404)


def own(user: User) -> list[Certificate]:
    """A person's own certificates, the newest first."""
    return list(session.scalars(_OWN, {"person": user.id}))


def people(cohort: Cohort, ids: Sequence[int]) -> list[Enrolment]:
    """The people of a cohort (which the caller may reach) with these enrolments; 404 if any is not of it."""
    wanted = set(ids)
    query = select(Enrolment).where(Enrolment.id.in_(wanted), Enrolment.cohort_id == cohort.id)
    found = list(session.scalars(query.order_by(Enrolment.id)))
    return found if len(found) == len(wanted) else abort(404)


def ending(user: Any, today: date) -> list[Certificate]:
    """The certificates that ``user`` may renew: they end soon, or ended not long ago. What ends first comes first."""
    near = timedelta(days=rules.RENEWABLE)
    query = in_reach(user, Permission.REVOKE_CERTIFICATE).where(
        Certificate.state == CertificateState.ISSUED, Certificate.valid_until.between(today - near, today + near)
    )
    return list(session.scalars(query.options(*_WHOLE).order_by(Certificate.valid_until, Certificate.id)))


def by_tokens(tokens: Collection[str]) -> dict[str, Certificate]:
    """The certificates with these (normal) verification codes; for anyone who holds the codes."""
    return {one.token or "": one for one in session.scalars(_BY_TOKENS, {"tokens": list(tokens)})}


def by_file(sha256: str) -> Certificate | None:
    """The certificate whose issued PDF has this digest."""
    return session.scalars(select(Certificate).where(Certificate.pdf_sha256 == sha256).options(_ISSUER)).first()


def is_given(serial: str) -> bool:
    """Whether a number has been given; says nothing about its holder."""
    return session.scalar(select(Certificate.id).where(Certificate.serial == serial)) is not None


def successor(certificate: Certificate) -> Certificate | None:
    """The version that replaced a certificate."""
    return session.scalar(
        select(Certificate).where(
            Certificate.enrolment_id == certificate.enrolment_id,
            Certificate.award == certificate.award,
            Certificate.version == certificate.version + 1,
        )
    )


def _one(query: Select[Certificate]) -> Certificate:
    found: Certificate | None = session.scalar(query.options(*_WHOLE))
    return found or abort(404)
