"""The organisations that issue a cohort's certificates, and who approves for them: from the partner's country pack."""

from typing import Any

from diploma.accounts.models import User
from diploma.accounts.permissions import Role
from diploma.certificates.models import Certificate
from diploma.cohorts.models import Cohort
from diploma.core import clock
from diploma.core.lang import Lang
from diploma.learning import catalogue


def of(cohort: Cohort) -> list[dict[str, Any]]:
    """The issuers in the pack of the cohort's edition: ``id``, ``name`` by language, ``approved_by`` (a role)."""
    pack = catalogue.content(cohort.revision_id).partner(cohort.partner.slug)
    found: list[dict[str, Any]] = pack.get("issuers", [])
    return found


def name(cohort: Cohort, issuer: str, lang: Lang) -> str:
    return next(str(one["name"][lang.value]) for one in of(cohort) if one["id"] == issuer)


def waiting(certificate: Certificate) -> list[str]:
    """Ids of the issuers that have not approved the certificate yet."""
    given = {one.issuer for one in certificate.approvals}
    return [one["id"] for one in of(certificate.enrolment.cohort) if one["id"] not in given]


def may_approve(user: User, cohort: Cohort, issuer: str) -> bool:
    """Whether ``user`` holds the role that approves for ``issuer``, on a scope that covers the cohort."""
    role = next((Role(one["approved_by"]) for one in of(cohort) if one["id"] == issuer), None)
    return any(
        grant.role is role
        and (grant.programme_wide or grant.partner_id == cohort.partner_id or grant.cohort_id == cohort.id)
        for grant in user.current_grants(clock.now())
    )
