"""The results of many people at once: the number of queries does not depend on how many they are."""

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from sqlalchemy import BindParameter, bindparam, select

from diploma.cohorts import attending
from diploma.cohorts.models import Attendance, Cohort, Enrolment, EnrolmentState, LiveSession, Presence
from diploma.cohorts.rules import SheetLine, attendance_percent, credited_hours, shown_presence, workshop_mark
from diploma.core.db import session
from diploma.coursework.attempts import scoring
from diploma.coursework.results import best_counted
from diploma.gradebook.rules import Evidence, ModuleResult, module_result
from diploma.learning import catalogue
from diploma.learning.catalogue import Content
from diploma.learning.models import LessonProgress
from diploma.quizzes.results import best_scores

Key = tuple[int, str]  # enrolment id, module


_PEOPLE: BindParameter[int] = bindparam("people", expanding=True)  # enrolment ids
_OPENED = select(LessonProgress.enrolment_id, LessonProgress.module, LessonProgress.lesson).where(
    LessonProgress.enrolment_id.in_(_PEOPLE)
)


@dataclass
class Sheet:
    """The delivered live sessions of one person in one module, and which workshops were among them."""

    lines: list[SheetLine] = field(default_factory=list)
    held: set[str] = field(default_factory=set)


def results(enrolments: Sequence[Enrolment], content: Content) -> dict[int, dict[str, ModuleResult]]:
    """Enrolment id → written module → result; ``content`` is that of the enrolments' edition."""
    ids = [one.id for one in enrolments]
    quiz, work, opened, sheets = best_scores(ids), best_counted(ids), _opened(ids), _sheets(enrolments)
    made_up = content.programme.pass_rules.attendance.made_up_at_most

    def evidence(key: Key) -> Evidence:
        sheet = sheets.get(key, Sheet())
        return Evidence(
            quiz.get(key),
            work.get(key),
            workshop_mark(sheet.lines),
            attendance_percent(sheet.lines, made_up),
            opened.get(key, frozenset()),
            sheet.held,
        )

    return {
        one: {
            name: module_result(module, content.programme, evidence((one, name)))
            for name, module in content.modules.items()
        }
        for one in ids
    }


def _opened(ids: Collection[int]) -> dict[Key, set[str]]:
    found: dict[Key, set[str]] = defaultdict(set)
    for enrolment, module, lesson in session.execute(_OPENED, {"people": ids}):
        found[enrolment, module].add(lesson)
    return found


def _sheets(enrolments: Sequence[Enrolment]) -> dict[Key, Sheet]:
    """A session is delivered when its sheet was saved; who does not stand on the sheet was absent."""
    found: dict[Key, Sheet] = defaultdict(Sheet)
    for enrolment, module, hours, workshop, presence, mark in attending.delivered([one.id for one in enrolments]):
        sheet = found[enrolment, module]
        sheet.lines.append(SheetLine(hours, presence or Presence.ABSENT, mark, workshop is not None))
        sheet.held.update({workshop} if workshop else ())
    return found


def hours(enrolments: Sequence[Enrolment]) -> dict[int, tuple[Decimal, Decimal]]:
    """Enrolment id → live hours credited, and delivered of which they are, over all modules; reads ``cohort``."""
    sheets, lines = _sheets(enrolments), defaultdict[int, list[SheetLine]](list)
    for (enrolment, _module), sheet in sheets.items():
        lines[enrolment] += sheet.lines
    most = {one.id: catalogue.content(one.cohort.revision_id).programme.pass_rules.attendance for one in enrolments}
    return {one: credited_hours(lines[one], rule.made_up_at_most) for one, rule in most.items()}


def module_hours(enrolment: Enrolment) -> dict[str, tuple[Decimal, Decimal]]:
    """Module → live hours credited to a person, and delivered of which they are."""
    most = catalogue.content(enrolment.cohort.revision_id).programme.pass_rules.attendance.made_up_at_most
    return {module: credited_hours(sheet.lines, most) for (_one, module), sheet in _sheets([enrolment]).items()}


def marks(cohort: Cohort) -> dict[str, list[Decimal]]:
    """Module → the counted, released marks of its assignment in a cohort; who has left it does not count."""
    found: dict[str, list[Decimal]] = defaultdict(list)
    for (_enrolment, module), mark in best_counted(_people(cohort)).items():
        found[module].append(mark)
    return found


def older(cohort: Cohort) -> Counter[str]:
    """Module → how many of these marks are for an older version, because a newer one waits for its mark."""
    return Counter(module for _enrolment, module in scoring.older(_people(cohort)))


def _people(cohort: Cohort) -> Sequence[int]:
    query = select(Enrolment.id).where(Enrolment.cohort_id == cohort.id, Enrolment.state != EnrolmentState.WITHDRAWN)
    return session.scalars(query).all()


def sessions(enrolment: Enrolment, module: str) -> list[tuple[LiveSession, Attendance | None, str]]:
    """The live sessions of a module in a person's cohort, planned ones too, with what the sheet says of the person."""
    rows = session.execute(attending.of_person(enrolment, LiveSession.module == module))
    return [(live, row, shown_presence(live, row)) for live, row in rows]
