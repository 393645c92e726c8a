"""What a transcript says of a person today: their completed modules with hours and released marks, and the rules.

Marks come from the gradebook alone, which knows nothing that is not released. Who holds the diploma has its number and
the hours of the project in it too. Marks of the project and of the whole stand in a transcript once a project is
assessed; nothing assesses one yet, and nothing is invented.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from diploma.certificates.models import Certificate, CertificateState
from diploma.certificates.record import Credit, ModuleRecord, ProjectRecord, StudyRecord
from diploma.certificates.rules import DIPLOMA
from diploma.cohorts.models import Cohort, Enrolment
from diploma.core.db import session
from diploma.core.errors import N_, Refused
from diploma.core.lang import Lang
from diploma.coursework import policies
from diploma.coursework.attempts.rules import AttemptPolicy, Scoring
from diploma.coursework.attempts.scoring import ATTEMPTS
from diploma.coursework.dates import LATE
from diploma.coursework.late import Cost, DayKind, LatePolicy
from diploma.gradebook import queries as gradebook
from diploma.gradebook.rules import ModuleResult, PartKind, module_band, printed_mark
from diploma.learning import catalogue
from diploma.learning.catalogue import Content, Said
from diploma.learning.models import ModuleCompletion
from diploma.learning.structure import Module

Live = tuple[Decimal, Decimal]  # hours attended, and held


def study(enrolment: Enrolment) -> StudyRecord:
    """The record of one person; ``ValueError`` when there is nothing to say, :class:`Refused` names a missing text."""
    cohort = enrolment.cohort
    content, days = catalogue.content(cohort.revision_id), completed(enrolment)
    results, live = gradebook.results([enrolment], content)[enrolment.id], gradebook.module_hours(enrolment)
    modules = [content.modules[one.id] for one in content.programme.modules if one.id in days & content.modules.keys()]
    none: Live = (Decimal(0), Decimal(0))
    diploma = _diploma(enrolment)
    return StudyRecord(
        programme=_texts(cohort, content, None, "programme/title"),
        modules=[
            _module(cohort, content, one, results[one.id], live.get(one.id, none), days[one.id]) for one in modules
        ],
        scale={one.id: one.at_least for one in content.programme.scale},
        rules=dict(_rules(cohort, content, modules)),
        credit=_credit(cohort, content),
        project=_project(content) if diploma else None,
        diploma=diploma,
    )


def whole_hours(content: Content) -> int:
    """The hours of a diploma: those of all modules and of the project, which its supplement lists and adds up."""
    return sum(one.hours.total for one in content.programme.modules) + _project(content).hours


def _project(content: Content) -> ProjectRecord:
    hours = content.programme.capstone.hours
    return ProjectRecord(theory=hours.theory, workshop=hours.workshop, practical=hours.practical)


def _diploma(enrolment: Enrolment) -> str | None:
    """The number of the diploma that was issued to a person and still holds; it is issued before its supplement."""
    valid = (Certificate.award == DIPLOMA, Certificate.state == CertificateState.ISSUED)
    return session.scalar(select(Certificate.serial).where(Certificate.enrolment_id == enrolment.id, *valid))


def completed(enrolment: Enrolment) -> dict[str, datetime]:
    """The modules that a person has completed, and when."""
    rows = select(ModuleCompletion.module, ModuleCompletion.completed_at).where(
        ModuleCompletion.enrolment_id == enrolment.id
    )
    return {row.module: row.completed_at for row in session.execute(rows)}


def _module(
    cohort: Cohort, content: Content, module: Module, result: ModuleResult, live: Live, completed_at: datetime
) -> ModuleRecord:
    marks = {line.part: _figure(line.mark, line.limit) for line in result.how}
    attended, held = live
    return ModuleRecord(
        code=module.code,
        titles=_texts(cohort, content, module.id, "module/title"),
        theory=module.hours.theory,
        workshop=module.hours.workshop,
        practical=module.hours.practical,
        held=_hours(held),
        attended=_hours(attended),
        attendance=_figure(result.attendance, result.attendance_limit),
        quiz=marks[PartKind.QUIZ],
        assignment=marks[PartKind.ASSIGNMENT],
        workshop_mark=marks[PartKind.WORKSHOP],
        mark=_figure(result.total, result.limit),
        band=module_band(content.programme, result),
        completed_on=completed_at.astimezone(ZoneInfo(cohort.time_zone)).date(),
    )


def _figure(value: Decimal | None, limit: int | None) -> str | None:
    return None if value is None else str(printed_mark(value, limit))


def _hours(value: Decimal) -> str:
    """Hours with a decimal only where they need one."""
    shown = printed_mark(value)
    return str(int(shown) if shown == int(shown) else shown)


def _texts(cohort: Cohort, content: Content, module: str | None, key: str) -> dict[str, str]:
    return {tag: str(own(content.say(module, key, Lang(tag)), Lang(tag))) for tag in cohort.certificate_languages}


def own(text: Said, lang: Lang) -> Said:
    """A title in the language that was asked for; :class:`Refused` when it has none."""
    if text.fallback:
        raise Refused(N_("The title of the award has no translation into %(language)s."), language=lang.native_name)
    return text


def _credit(cohort: Cohort, content: Content) -> Credit | None:
    """The national credit of the partner, when the partner has confirmed it."""
    table: dict[str, Any] = content.partner(cohort.partner.slug).get("credits", {})
    if not table.get("confirmed"):
        return None
    return Credit(name={tag: table["name"][tag] for tag in cohort.certificate_languages}, hours=table["hours"])


# ---- rules


def _rules(cohort: Cohort, content: Content, modules: list[Module]) -> Iterator[tuple[str, int]]:
    """The figures of the rules that hold for all of ``modules`` alike."""
    programme, when = content.programme, [one.complete_when for one in modules]
    weights, passing = programme.module_weights, programme.pass_rules
    attendance = passing.attendance
    yield from (("quiz", weights.quiz), ("assignment", weights.assignment), ("workshop", weights.workshop))
    yield from (("module_at_least", passing.module_at_least), ("made_up_at_most", attendance.made_up_at_most))
    yield from _alike("quiz_at_least", (one.quiz_at_least for one in when))
    yield from _alike(
        "assignment_at_least", (max(one.assignment_at_least, passing.assignment_at_least) for one in when)
    )
    yield from _alike("attendance_at_least", (max(one.attendance_at_least, attendance.module_at_least) for one in when))
    late = {policies.of(LATE, cohort, one.id) for one in modules}
    if len(late) == 1 and _plain(one := late.pop()):
        yield from (("grace_days", one.grace_days), ("late_cap", one.cap), ("closes_after_days", one.closes_after_days))
    yield from _alike("resubmission_cap", (_cap(policies.of(ATTEMPTS, cohort, one.id)) for one in modules))


def _alike(name: str, values: Iterable[int | None]) -> Iterator[tuple[str, int]]:
    found = set(values)
    if len(found) == 1 and (value := found.pop()) is not None:
        yield name, value


def _plain(policy: LatePolicy) -> bool:
    """Whether the sentence about late work says all of it."""
    return policy.days is DayKind.CALENDAR and policy.cost is Cost.CAP


def _cap(policy: AttemptPolicy) -> int | None:
    """The cap of a resubmission, where the sentence about it says all."""
    return policy.cap if policy.times and policy.scoring is Scoring.BEST else None
