"""Where the certificates of a cohort stand: who waits for what. A constant number of queries."""

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from diploma.accounts.models import User
from diploma.certificates import issuers, printed, queries, rules
from diploma.certificates.models import Certificate, CertificateState
from diploma.certificates.rules import Requirement
from diploma.cohorts.models import Cohort, CohortAward, Enrolment
from diploma.core.db import session
from diploma.core.lang import Lang
from diploma.learning import catalogue

_S = CertificateState


class Group(StrEnum):
    """The next step of a certificate, in the order of its life."""

    INELIGIBLE = "ineligible"
    ELIGIBLE = "eligible"
    NAMES = "names"
    APPROVAL = "approval"
    READY = "ready"
    ISSUED = "issued"
    ENDED = "ended"


@dataclass(frozen=True)
class Line:
    """One award of one person: what is ``missing``, which ``names`` to confirm, which issuers are ``waiting``.

    ``attendance`` is 0 to 100, for an award that asks for it.
    """

    enrolment: Enrolment
    award: str
    certificate: Certificate | None = None
    missing: list[Requirement] = field(default_factory=list)
    names: list[Lang] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    attendance: Decimal | None = None

    @property
    def module(self) -> str | None:
        return rules.module_of(self.award)

    @property
    def group(self) -> Group:
        if self.certificate is None:
            return Group.INELIGIBLE if self.missing else Group.ELIGIBLE
        if self.certificate.serial:
            return Group.ISSUED if self.certificate.state in (_S.ISSUED, _S.SUSPENDED) else Group.ENDED
        return Group.NAMES if self.names else Group.APPROVAL if self.waiting else Group.READY


def groups(cohort: Cohort) -> dict[Group, list[Line]]:
    """The lines of a cohort by their next step; every group is there, also an empty one."""
    people, found = queries.enrolments(cohort), _certificates(cohort)
    lines = [_line(one) for one in found]
    held = {(one.enrolment_id, one.award) for one in found}
    by_id = {one.id: one for one in people}
    for (key, award), record in queries.records(people, queries.awards(cohort)).items():
        if (key, award) not in held:
            lines.append(Line(by_id[key], award, missing=rules.missing(record), attendance=record.attendance))
    sorted_lines: dict[Group, list[Line]] = {group: [] for group in Group}
    for line in sorted(lines, key=lambda one: (one.enrolment.user.sort_key, one.award)):
        sorted_lines[line.group].append(line)
    return sorted_lines


def diploma_waits(cohort: Cohort) -> bool:
    """Whether the cohort works towards a diploma that nobody can have yet: the capstone project is only planned."""
    return cohort.award is CohortAward.DIPLOMA and catalogue.content(cohort.revision_id).programme.capstone.planned


def states(cohorts: list[Cohort]) -> dict[int, dict[CertificateState, int]]:
    """How many certificates of each cohort are in which state."""
    query = select(Enrolment.cohort_id, Certificate.state, func.count()).join(Certificate.enrolment)
    rows = session.execute(
        query.where(Enrolment.cohort_id.in_([one.id for one in cohorts])).group_by(
            Enrolment.cohort_id, Certificate.state
        )
    )
    counts: dict[int, dict[CertificateState, int]] = defaultdict(dict)
    for cohort_id, state, count in rows:
        counts[cohort_id][state] = count
    return counts


def _line(certificate: Certificate) -> Line:
    if certificate.serial:
        return Line(certificate.enrolment, certificate.award, certificate)
    return Line(
        certificate.enrolment,
        certificate.award,
        certificate,
        names=printed.unconfirmed(certificate.enrolment),
        waiting=issuers.waiting(certificate),
    )


def _certificates(cohort: Cohort) -> list[Certificate]:
    person = joinedload(Certificate.enrolment)
    return list(
        session.scalars(
            select(Certificate)
            .join(Certificate.enrolment)
            .where(Enrolment.cohort_id == cohort.id)
            .options(
                person.joinedload(Enrolment.user).selectinload(User.names),
                person.joinedload(Enrolment.cohort).joinedload(Cohort.partner),
                selectinload(Certificate.approvals),
            )
            .order_by(Certificate.id)
        )
    )
