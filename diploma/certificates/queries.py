"""What counts towards awards, read for many people at once: a constant number of queries."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from diploma.accounts.models import User
from diploma.certificates import rules
from diploma.certificates.rules import Record
from diploma.cohorts import attending
from diploma.cohorts.models import Cohort, CohortAward, Enrolment, EnrolmentState, Presence
from diploma.cohorts.rules import SheetLine, attendance_percent
from diploma.core.db import session
from diploma.learning import catalogue
from diploma.learning.catalogue import Content
from diploma.learning.models import ModuleCompletion

Records = dict[tuple[int, str], Record]  # by id of the enrolment and award


def awards(cohort: Cohort) -> list[str]:
    """The awards that people of a cohort can earn, in the order of the programme.

    Module certificates for the written modules that the cohort has dates for, and the diploma once the capstone
    project is open; a Foundation cohort has its one certificate of attendance. A transcript is not among them: it is
    asked for.
    """
    if cohort.award is CohortAward.FOUNDATION:
        return [rules.FOUNDATION]
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


def records(people: Sequence[Enrolment], wanted: Iterable[str]) -> Records:
    """What each of ``people`` has reached towards each of the ``wanted`` awards. Reads ``Enrolment.cohort``."""
    if not people:
        return {}
    wanted = set(wanted)
    completed = _completed(people) if wanted != {rules.FOUNDATION} else {}
    attendance = _attendance(people) if rules.FOUNDATION in wanted else {}
    return {
        (one.id, award): _record(one, award, _content(one), completed.get(one.id, set()), attendance.get(one.id))
        for one in people
        for award in wanted
    }


def record(enrolment: Enrolment, award: str, completed: Collection[str] | None = None) -> Record:
    """What one person has reached towards one award; ``completed`` are their modules, where the caller knows them."""
    if completed is not None and award != rules.FOUNDATION:
        return _record(enrolment, award, _content(enrolment), completed, None)
    return records([enrolment], [award])[enrolment.id, award]


def _record(
    enrolment: Enrolment, award: str, content: Content, completed: Collection[str], attendance: Decimal | None
) -> Record:
    programme, module = content.programme, rules.module_of(award)
    required = {module} if module else {one.id for one in programme.modules} if award == rules.DIPLOMA else set()
    return Record(
        award,
        enrolled=enrolment.state is not EnrolmentState.WITHDRAWN,
        required=frozenset(required),
        completed=frozenset(completed),
        attendance=attendance,
        attendance_at_least=programme.pass_rules.attendance.overall_at_least,
        capstone_planned=programme.capstone.planned,
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


def _content(enrolment: Enrolment) -> Content:
    return catalogue.content(enrolment.cohort.revision_id)


def _attendance(people: Sequence[Enrolment]) -> dict[int, Decimal | None]:
    """Attendance over all delivered sessions that count for each; who is not on a saved sheet was absent."""
    lines: dict[int, list[SheetLine]] = {one.id: [] for one in people}
    for enrolment, _module, hours, _workshop, presence, _mark in attending.delivered([*lines]):
        lines[enrolment].append(SheetLine(hours, presence or Presence.ABSENT))
    most = {one.id: _content(one).programme.pass_rules.attendance.made_up_at_most for one in people}
    return {key: attendance_percent(of_person, most[key]) for key, of_person in lines.items()}
