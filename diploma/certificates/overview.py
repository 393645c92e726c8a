"""Where the certificates of a cohort stand: who waits for what. A constant number of queries."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import and_, func, literal, select
from sqlalchemy.orm import contains_eager, joinedload, load_only, selectinload

from diploma.accounts.models import User
from diploma.certificates import issuers, printed, queries, rules
from diploma.certificates.models import Approval, Certificate, CertificateState, Return
from diploma.certificates.rules import Requirement
from diploma.cohorts.models import Cohort, CohortAward, Enrolment, EnrolmentState
from diploma.core.db import session
from diploma.core.lang import Lang
from diploma.learning import catalogue
from diploma.learning.models import ModuleCompletion

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


# State of a certificate → the step that it waits for; whatever takes a step moves the certificate on at once.
_GROUPS = {
    _S.DRAFTED: Group.NAMES,
    _S.NAME_CONFIRMED: Group.APPROVAL,
    _S.APPROVED: Group.READY,
    _S.ISSUED: Group.ISSUED,
    _S.SUSPENDED: Group.ISSUED,
    _S.SUPERSEDED: Group.ENDED,
    _S.REVOKED: Group.ENDED,
}


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


def waiting_for(user: User, cohorts: list[Cohort]) -> dict[int, int]:
    """Id of a cohort → how many of its certificates wait for an approval that ``user`` may give."""
    able = {one.id: {issuer["id"] for issuer in issuers.of(one) if issuers.may_approve(user, one, issuer["id"])}
            for one in cohorts}  # fmt: skip
    found: Counter[int] = Counter()
    if not any(able.values()):
        return found
    query = select(Certificate).join(Certificate.enrolment).options(contains_eager(Certificate.enrolment))
    query = query.where(Certificate.state == _S.NAME_CONFIRMED, Enrolment.user_id != user.id)
    in_these = Enrolment.cohort_id.in_([key for key, own in able.items() if own])
    for one in session.scalars(query.where(in_these).options(selectinload(Certificate.approvals))):
        cohort_id = one.enrolment.cohort_id
        found[cohort_id] += bool(able[cohort_id] - {given.issuer for given in one.approvals})
    return +found


@dataclass(frozen=True)
class Study:
    """Somebody with ``modules`` completed ones, and their newest transcript."""

    enrolment: Enrolment
    modules: int
    transcript: Certificate | None

    @property
    def free(self) -> bool:
        """Whether a transcript, or the next one, can be drafted."""
        held = self.transcript
        return held is None or (held.serial is not None and held.state is not _S.SUSPENDED)


def studies(people: Sequence[Enrolment]) -> list[Study]:
    """Those of ``people`` for whom a transcript has something to say, in their order. Reads ``Enrolment.cohort``."""
    records = queries.records(people, [rules.TRANSCRIPT])
    query = select(Certificate).where(
        Certificate.enrolment_id.in_([one.id for one in people]), Certificate.award == rules.TRANSCRIPT
    )
    newest = {one.enrolment_id: one for one in session.scalars(query.order_by(Certificate.version))}
    earned = [one for one in people if not rules.missing(records[one.id, rules.TRANSCRIPT])]
    return [Study(one, len(records[one.id, rules.TRANSCRIPT].completed), newest.get(one.id)) for one in earned]


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


def counts(cohorts: list[Cohort]) -> dict[int, Counter[Group]]:
    """How many lines ``groups`` would give each cohort, by its id; of those not earned yet nothing is said."""
    if not cohorts:
        return {}
    held, earned = states(cohorts), _eligible(cohorts)
    found = {one.id: Counter({Group.ELIGIBLE: earned[one.id]}) for one in cohorts}
    for cohort_id, by_state in held.items():
        for state, count in by_state.items():
            found[cohort_id][_GROUPS[state]] += count
    return found


def _eligible(cohorts: list[Cohort]) -> Counter[int]:
    """Awards that are earned and not drafted. Nobody has earned a diploma: the capstone project is not assessed yet."""
    earned: Counter[int] = Counter()
    awards = {one.id: set(queries.awards(one)) for one in cohorts}
    held = and_(
        Certificate.enrolment_id == ModuleCompletion.enrolment_id,
        Certificate.award == literal(rules.module_award("")).concat(ModuleCompletion.module),
    )
    rows = session.execute(
        select(Enrolment.cohort_id, ModuleCompletion.module, func.count())
        .join(Enrolment, Enrolment.id == ModuleCompletion.enrolment_id)
        .outerjoin(Certificate, held)
        .where(Enrolment.cohort_id.in_(awards), Enrolment.state != EnrolmentState.WITHDRAWN, Certificate.id.is_(None))
        .group_by(Enrolment.cohort_id, ModuleCompletion.module)
    )
    for cohort_id, module, count in rows:
        earned[cohort_id] += count if rules.module_award(module) in awards[cohort_id] else 0
    return earned + _attended([one for one in cohorts if one.award.value in rules.ATTENDED])


def _attended(cohorts: list[Cohort]) -> Counter[int]:
    """People of cohorts whose award is earned by being there who have earned it and have no certificate yet."""
    if not cohorts:
        return Counter()
    held = select(Certificate.enrolment_id).where(Certificate.award.in_(rules.ATTENDED))
    people = session.scalars(
        select(Enrolment)
        .options(load_only(Enrolment.cohort_id, Enrolment.state, Enrolment.user_id))
        .where(
            Enrolment.cohort_id.in_([one.id for one in cohorts]),
            Enrolment.state != EnrolmentState.WITHDRAWN,
            Enrolment.id.not_in(held),
        )
    ).all()
    awards = {one.id: one.award.value for one in cohorts}
    records = queries.records(people, awards.values())
    return Counter(one.cohort_id for one in people if not rules.missing(records[one.id, awards[one.cohort_id]]))


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
                selectinload(Certificate.approvals).joinedload(Approval.by),
                selectinload(Certificate.returns).joinedload(Return.by),
                selectinload(Certificate.deliveries),
            )
            .order_by(Certificate.id)
        )
    )
