"""Issued certificates whose holder's name was corrected: nothing changes by itself, the registrars are told."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import contains_eager, selectinload

from diploma.accounts.models import RoleGrant, User
from diploma.accounts.permissions import Permission, Role
from diploma.certificates import printed
from diploma.certificates.models import Certificate, CertificateState
from diploma.cohorts.access import may
from diploma.cohorts.models import Cohort, Enrolment
from diploma.core import audit, mail
from diploma.core.db import session
from diploma.core.lang import Lang

VALID = (CertificateState.ISSUED, CertificateState.SUSPENDED)


def propose(user: User, langs: Collection[Lang], *, base_url: str, key: str) -> None:
    """Tell the registrars which certificates bear a name in ``langs`` that was corrected; ``key`` sends it once."""
    issued = [one for one in _issued_to(user) if set(langs) & set(printed.languages(one.enrolment.cohort))]
    serials = sorted(one.serial for one in issued if one.serial)
    if not serials:
        return
    audit.record("certificate.reissue_proposed", f"user:{user.id}", serials=serials)
    words: dict[str, Any] = {"person": user.full_name, "serials": serials, "link": f"{base_url}/certificates/"}
    for one in _registrars({certificate.enrolment.cohort for certificate in issued}):
        mail.send("name_corrected", one.email, one.language, f"{key}:{one.id}", name=one.full_name, **words)


def _issued_to(user: User) -> list[Certificate]:
    return list(
        session.scalars(
            select(Certificate)
            .join(Certificate.enrolment)
            .where(Enrolment.user_id == user.id, Certificate.state.in_(VALID))
            .options(contains_eager(Certificate.enrolment).joinedload(Enrolment.cohort))
        )
    )


def _registrars(cohorts: Collection[Cohort]) -> list[User]:
    """Who may issue the certificates of one of the cohorts."""
    people = session.scalars(
        select(User)
        .where(User.disabled_at.is_(None), User.grants.any(RoleGrant.role == Role.REGISTRAR))
        .options(selectinload(User.grants))
        .order_by(User.id)
    )
    return [one for one in people if any(may(one, cohort, Permission.ISSUE_CERTIFICATE) for cohort in cohorts)]
