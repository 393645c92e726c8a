"""What the dashboard says: each role's first question, with a constant number of queries."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, func, select

from diploma.accounts import access as scopes
from diploma.accounts.models import User
from diploma.accounts.permissions import Permission
from diploma.cohorts import access as cohorts
from diploma.cohorts.models import Cohort, CohortState, Enrolment, EnrolmentState, LiveSession
from diploma.core import clock
from diploma.core.db import session
from diploma.coursework import access as coursework
from diploma.coursework.models import MarkingState, Submission, SubmissionState
from diploma.gradebook import queries as gradebook
from diploma.gradebook.rules import ModuleResult
from diploma.learning import access as learning
from diploma.learning import rules
from diploma.learning.access import Reader
from diploma.learning.structure import Lesson


@dataclass(frozen=True)
class Place:
    """Where a trainee goes on: the first section not read in the first open module."""

    module: str
    lesson: Lesson
    section: str
    minutes: int


@dataclass(frozen=True)
class Deadline:
    """A date ahead: an assignment due or a live session."""

    kind: str
    at: datetime
    module: str
    title: str = ""
    submitted: bool = False


@dataclass(frozen=True)
class Study:
    """The trainee's side of the dashboard."""

    reader: Reader
    place: Place | None
    deadlines: list[Deadline]
    shares: dict[str, int]
    results: dict[str, ModuleResult]


@dataclass(frozen=True)
class CohortLine:
    """A cohort as staff see it: people, how many never signed in, works waiting for a mark."""

    cohort: Cohort
    people: int
    never: int
    waiting: int


@dataclass(frozen=True)
class Board:
    """What one person sees; empty parts are not shown."""

    study: Study | None = None
    to_mark: int = 0
    oldest: datetime | None = None
    lines: list[CohortLine] = field(default_factory=list)
    may_issue: bool = False


def board(user: User) -> Board:
    marks = scopes.reach(user, Permission.MARK)
    waiting, oldest = coursework.waiting(user) if marks else (0, None)
    return Board(_study(user), waiting, oldest, _lines(user), bool(scopes.reach(user, Permission.ISSUE_CERTIFICATE)))


def _study(user: User) -> Study | None:
    enrolment = cohorts.current_enrolment(user)
    if enrolment is None:
        return None
    who = learning.trainee(user, enrolment)
    read = learning.sections_read(enrolment)
    by_module = {
        module: {(one, section) for place, one, section in read if place == module} for module in who.content.modules
    }
    shares = {key: rules.read_share(module, by_module[key]) for key, module in who.content.modules.items()}
    results = gradebook.results([enrolment], who.content)[enrolment.id]
    return Study(who, _place(who, by_module), _deadlines(who), shares, results)


def _place(who: Reader, read: dict[str, set[tuple[str, str]]]) -> Place | None:
    for entry in who.content.programme.modules:
        if entry.id in who.content.modules and who.door(entry.id).open:
            found = rules.next_place(who.content.modules[entry.id], read[entry.id])
            if found:
                return Place(entry.id, found[0], found[1], rules.minutes_left(found[0], read[entry.id]))
    return None


def _deadlines(who: Reader) -> list[Deadline]:
    """Assignments not closed yet and live sessions ahead, the nearest first; at most six."""
    if who.enrolment is None:
        return []
    now = clock.now()
    sent = set(
        session.scalars(
            select(Submission.module).where(
                Submission.enrolment_id == who.enrolment.id, Submission.state == SubmissionState.SUBMITTED
            )
        )
    )
    due = [
        Deadline("assignment", one.due_at, one.module, submitted=one.module in sent)
        for one in who.dates.values()
        if one.cut_off_at > now and one.module in who.content.modules
    ]
    live = [
        Deadline("session", one.starts_at, one.module, one.title)
        for one in session.scalars(
            select(LiveSession).where(LiveSession.cohort_id == who.enrolment.cohort_id, LiveSession.starts_at > now)
        )
    ]
    return sorted([*due, *live], key=lambda one: one.at)[:6]


def _lines(user: User) -> list[CohortLine]:
    if not scopes.reach(user, Permission.SEE_COHORT):
        return []
    rows = session.scalars(
        cohorts.visible_cohorts(user, Permission.SEE_COHORT)
        .where(Cohort.state != CohortState.ARCHIVED)
        .order_by(Cohort.starts_on.desc())
    ).all()
    ids = [one.id for one in rows]
    people, never = _counts(ids), _counts(ids, User.last_seen_at.is_(None))
    waiting = coursework.count_by_cohort(ids, MarkingState.WAITING, MarkingState.MARKING)
    return [CohortLine(one, people.get(one.id, 0), never.get(one.id, 0), waiting.get(one.id, 0)) for one in rows]


def _counts(cohort_ids: list[int], *conditions: ColumnElement[bool]) -> dict[int, int]:
    """Active people per cohort, of those whose account meets ``conditions``."""
    query = (
        select(Enrolment.cohort_id, func.count())
        .join(User, User.id == Enrolment.user_id)
        .where(Enrolment.cohort_id.in_(cohort_ids), Enrolment.state == EnrolmentState.ACTIVE, *conditions)
        .group_by(Enrolment.cohort_id)
    )
    return {row[0]: row[1] for row in session.execute(query)}
