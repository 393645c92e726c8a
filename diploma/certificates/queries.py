"""What counts towards awards, read for many people at once: a constant number of queries."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from diploma.accounts.models import RoleGrant, User
from diploma.accounts.permissions import Permission, Role
from diploma.certificates import rules
from diploma.certificates.models import Certificate, CertificateState
from diploma.certificates.rules import Record
from diploma.cohorts import attending
from diploma.cohorts.access import may
from diploma.cohorts.models import Cohort, Enrolment, EnrolmentState, Presence
from diploma.cohorts.rules import SheetLine, attendance_percent
from diploma.core.db import session
from diploma.learning import catalogue
from diploma.learning.catalogue import Content
from diploma.learning.models import ModuleCompletion

Records = dict[tuple[int, str], Record]  # by id of the enrolment and award


def awards(cohort: Cohort) -> list[str]:
    """The awards that people of a cohort can earn, in the order of the programme.

    Module certificates for the written modules that the cohort has dates for, and the diploma once the capstone
    project is open; a cohort whose award is earned by being there has that one. A transcript is not among them: it is
    asked for.
    """
    if cohort.award.value in rules.ATTENDED:
        return [cohort.award.value]
    content = catalogue.content(cohort.revision_id)
    open_here = {one.module for one in cohort.modules} & set(content.modules)
    modules = [rules.module_award(one.id) for one in content.programme.modules if one.id in open_here]
    return modules if content.programme.capstone.planned else [*modules, rules.DIPLOMA]


def enrolments(cohort: Cohort) -> list[Enrolment]:
    """The people of a cohort who have not left it, in the order of their names."""
    return list(
        session.scalars(
            select(Enrolment)
            .join(User, User.id == Enrolment.user_id)
            .where(Enrolment.cohort_id == cohort.id, Enrolment.state != EnrolmentState.WITHDRAWN)
            .options(joinedload(Enrolment.user).selectinload(User.names), joinedload(Enrolment.cohort))
            .order_by(User.sort_key, Enrolment.id)
        )
    )


def registrars(cohorts: Collection[Cohort]) -> list[User]:
    """Who may issue the certificates of one of the cohorts."""
    people = session.scalars(
        select(User)
        .where(User.disabled_at.is_(None), User.grants.any(RoleGrant.role == Role.REGISTRAR))
        .options(selectinload(User.grants))
        .order_by(User.id)
    )
    return [one for one in people if any(may(one, cohort, Permission.ISSUE_CERTIFICATE) for cohort in cohorts)]


def records(people: Sequence[Enrolment], wanted: Iterable[str]) -> Records:
    """What each of ``people`` has reached towards each of the ``wanted`` awards. Reads ``Enrolment.cohort``."""
    if not people:
        return {}
    wanted = set(wanted)
    completed = _completed(people) if wanted - rules.ATTENDED else {}
    attendance = _attendance(people) if wanted & rules.ATTENDED else {}
    diplomas = _with_diploma(people) if rules.ASSESSOR in wanted else set()
    return {
        (one.id, award): _record(
            one, award, completed.get(one.id, set()), attendance.get(one.id), diploma=one.user_id in diplomas
        )
        for one in people
        for award in wanted
    }


def record(enrolment: Enrolment, award: str, completed: Collection[str] | None = None) -> Record:
    """What one person has reached towards one award; ``completed`` are their modules, where the caller knows them."""
    if completed is not None and award not in rules.ATTENDED:
        return _record(enrolment, award, completed)
    return records([enrolment], [award])[enrolment.id, award]


def _record(
    enrolment: Enrolment,
    award: str,
    completed: Collection[str],
    attendance: Decimal | None = None,
    *,
    diploma: bool = False,
) -> Record:
    programme, module = _content(enrolment).programme, rules.module_of(award)
    required = {module} if module else {one.id for one in programme.modules} if award == rules.DIPLOMA else set()
    return Record(
        award,
        enrolled=enrolment.state is not EnrolmentState.WITHDRAWN,
        required=frozenset(required),
        completed=frozenset(completed),
        attendance=attendance,
        attendance_at_least=programme.pass_rules.attendance.overall_at_least,
        capstone_planned=programme.capstone.planned,
        diploma_needed=any(rules.DIPLOMA in one.requires for one in programme.awards if one.id == award),
        diploma_held=diploma,
    )


def _completed(people: Sequence[Enrolment]) -> dict[int, set[str]]:
    rows = session.execute(
        select(ModuleCompletion.enrolment_id, ModuleCompletion.module).where(
            ModuleCompletion.enrolment_id.in_([one.id for one in people])
        )
    )
    found: dict[int, set[str]] = defaultdict(set)
    for row in rows:
        found[row.enrolment_id].add(row.module)
    return found


def _with_diploma(people: Sequence[Enrolment]) -> set[int]:
    """Ids of the persons who hold a valid diploma, of whichever cohort."""
    held = select(Enrolment.user_id).join(Certificate, Certificate.enrolment_id == Enrolment.id)
    of_them = Enrolment.user_id.in_([one.user_id for one in people])
    valid = (Certificate.award == rules.DIPLOMA, Certificate.state == CertificateState.ISSUED)
    return set(session.scalars(held.where(of_them, *valid)))


def _content(enrolment: Enrolment) -> Content:
    return catalogue.content(enrolment.cohort.revision_id)


def _attendance(people: Sequence[Enrolment]) -> dict[int, Decimal | None]:
    """Attendance over all delivered sessions that count for each; who is not on a saved sheet was absent."""
    lines: dict[int, list[SheetLine]] = {one.id: [] for one in people}
    for enrolment, _module, hours, _workshop, presence, _mark in attending.delivered([*lines]):
        lines[enrolment].append(SheetLine(hours, presence or Presence.ABSENT))
    most = {one.id: _content(one).programme.pass_rules.attendance.made_up_at_most for one in people}
    return {key: attendance_percent(of_person, most[key]) for key, of_person in lines.items()}
