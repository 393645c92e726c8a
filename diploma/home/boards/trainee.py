"""The trainee's part: what now, until when, what is missing for the certificate."""

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, select

from diploma.accounts.models import User
from diploma.certificates import access as certificates
from diploma.certificates import printed, queries
from diploma.certificates import rules as awards
from diploma.certificates.models import Certificate, CertificateState
from diploma.cohorts import access as cohorts
from diploma.cohorts.models import (
    Cohort,
    CohortState,
    Enrolment,
    LiveSession,
)
from diploma.cohorts.rules import TAUGHT, Lag, lag
from diploma.core import clock
from diploma.core.db import session
from diploma.coursework import deadlines, results
from diploma.coursework.deadlines import Deadline
from diploma.coursework.late import LatePolicy, Standing
from diploma.coursework.models import SubmissionState
from diploma.coursework.peers import access as peers
from diploma.gradebook import queries as gradebook
from diploma.gradebook.rules import ModuleResult
from diploma.learning import access as learning
from diploma.learning import rules as reading
from diploma.learning.access import Reader
from diploma.learning.catalogue import Section
from diploma.learning.structure import Lesson

_MOST_DATES = 6
_SESSIONS = (
    select(LiveSession.starts_at, LiveSession.module, LiveSession.title)
    .where(LiveSession.cohort_id == bindparam("cohort"), LiveSession.starts_at > bindparam("now"))
    .order_by(LiveSession.starts_at)
    .limit(_MOST_DATES)
)


class Phase(enum.StrEnum):
    """Where a cohort is in its life, as its trainees see it."""

    BEFORE = "before"
    NOW = "now"
    AFTER = "after"


@dataclass(frozen=True)
class Place:
    """Where a trainee goes on: the first section not read in the first open module; ``minutes`` are of its lesson."""

    module: str
    lesson: Lesson
    section: str
    minutes: int


@dataclass(frozen=True)
class Due:
    """The deadline of an assignment: how a work that is handed in now would stand to it, and what its author has sent.

    ``grace_ends_at`` is the last instant without a deduction, ``closes_at`` the last at which work is accepted,
    ``policy`` says what lateness costs in between.
    """

    at: datetime
    standing: Standing
    grace_ends_at: datetime
    closes_at: datetime
    policy: LatePolicy
    own: results.Own | None
    personal: bool = False  # another date than the cohort's

    @property
    def sent(self) -> bool:
        return self.own is not None and self.own.state is not SubmissionState.DRAFT

    @property
    def pressing(self) -> bool:
        """Whether it still asks something of the trainee."""
        return not self.sent and self.standing is not Standing.CLOSED


@dataclass(frozen=True)
class Ahead:
    """A date ahead: the deadline of a module's assignment, or a live session with its ``title``."""

    at: datetime
    module: str
    title: str = ""
    due: Due | None = None


@dataclass(frozen=True)
class Step:
    """One module on the way: ``state`` is ``done``, ``now``, ``shut`` or ``planned``; ``share`` per cent read.

    ``lag`` is how far the trainee is behind its dates, as their coordinator sees it.
    """

    number: int
    module: str
    state: str
    share: int = 0
    result: ModuleResult | None = None
    due: Due | None = None
    lag: Lag | None = None


@dataclass(frozen=True)
class Study:
    """What a trainee sees of the cohort they work on; ``award`` is what it leads to and what that still asks for,
    ``reviews`` are those of fellow trainees' works that they can still give."""

    reader: Reader
    cohort: Cohort
    phase: Phase
    place: Place | None
    ahead: list[Ahead]
    steps: list[Step]
    award: awards.Record
    missing: list[awards.Requirement]
    enrolments: list[Enrolment] = field(default_factory=list)
    reviews: list[peers.Ahead] = field(default_factory=list)

    @property
    def begins_at(self) -> datetime | None:
        """The first morning of the cohort in its zone, while it is ahead."""
        begins = datetime.combine(self.cohort.starts_on, time(), ZoneInfo(self.cohort.time_zone))
        return begins if begins > clock.now() else None

    @property
    def section(self) -> Section | None:
        """The section of ``place``, with its title."""
        if self.place is None:
            return None
        who, at = self.reader, self.place
        found = who.content.sections(at.module, at.lesson, who.lang, who.country)
        return next(one for one in found if one.anchor == at.section)

    @property
    def attended(self) -> bool:
        """Whether the cohort's award is earned by being there, without modules."""
        return self.cohort.award.value in awards.ATTENDED

    @property
    def share(self) -> int:
        """Whole per cent read of the modules that are open or completed."""
        shares = [one.share for one in self.steps if one.state in ("now", "done")]
        return sum(shares) // len(shares) if shares else 0

    def named(self, state: str) -> list[str]:
        """The modules in one state."""
        return [one.module for one in self.steps if one.state == state]


@dataclass(frozen=True)
class Holding:
    """A person's certificates: those that wait for their names, and those that are valid, the newest first."""

    unnamed: list[Certificate]
    valid: list[Certificate]


def study(user: User, mine: list[Enrolment]) -> Study | None:
    """The cohort that a trainee works on, of ``mine`` that they have not left; ``None`` without one."""
    enrolment = cohorts.chosen(mine)
    if enrolment is None:
        return None
    who = learning.trainee(user, enrolment)
    read: dict[str, set[tuple[str, str]]] = {}
    for module, lesson, section in learning.sections_read(enrolment):
        read.setdefault(module, set()).add((lesson, section))
    dues = _dues(who, enrolment, results.own(enrolment.id))
    record = queries.record(enrolment, enrolment.cohort.award.value, who.completed)
    return Study(
        who,
        enrolment.cohort,
        phase(enrolment.cohort, clock.now()),
        _place(who, read),
        _ahead(enrolment, {key: due for key, due in dues.items() if key not in who.completed}),
        _steps(who, enrolment, read, dues),
        record,
        awards.missing(record),
        mine,
        peers.ahead(enrolment),
    )


def holding(user: User, enrolments: list[Enrolment]) -> Holding:
    """What a person holds, who has these ``enrolments``; a certificate always hangs on one."""
    own = certificates.own(user) if enrolments else []
    return Holding(
        [one for one in own if one.serial is None and printed.unconfirmed(one.enrolment)],
        [one for one in own if one.state is CertificateState.ISSUED and not one.expired],
    )


def phase(cohort: Cohort, now: datetime) -> Phase:
    """By its state and, in its own zone, its days."""
    today = now.astimezone(ZoneInfo(cohort.time_zone)).date()
    if cohort.state in (CohortState.DRAFT, CohortState.OPEN) or today < cohort.starts_on:
        return Phase.BEFORE
    return Phase.NOW if cohort.state is CohortState.RUNNING and today <= cohort.ends_on else Phase.AFTER


def _place(who: Reader, read: Mapping[str, set[tuple[str, str]]]) -> Place | None:
    for entry in who.content.programme.modules:
        if entry.id in who.content.modules and who.door(entry.id).open:
            seen = read.get(entry.id, set())
            found = reading.next_place(who.content.modules[entry.id], seen)
            if found:
                return Place(entry.id, found[0], found[1], reading.minutes_left(found[0], seen))
    return None


def _dues(who: Reader, enrolment: Enrolment, own: Mapping[str, results.Own]) -> dict[str, Due]:
    """The deadlines of the written modules that the cohort has dates for."""
    found = deadlines.of_modules(enrolment, who.content.modules)
    return {module: _due(deadline, own.get(module)) for module, deadline in found.items()}


def _due(deadline: Deadline, own: results.Own | None) -> Due:
    now, due_at = clock.now(), deadline.due_at
    standing = deadline.late.standing(now, due_at) if now <= deadline.closes_at else Standing.CLOSED
    return Due(
        due_at,
        standing,
        deadline.grace_ends_at,
        deadline.closes_at,
        deadline.late.policy,
        own,
        deadline.dates.layer is not None,
    )


def _ahead(enrolment: Enrolment, dues: Mapping[str, Due]) -> list[Ahead]:
    """Deadlines that are not over and live sessions to come, the nearest first."""
    now = clock.now()
    works = [Ahead(due.at, key, due=due) for key, due in dues.items() if due.at > now or due.pressing]
    live = session.execute(_SESSIONS, {"cohort": enrolment.cohort_id, "now": now})
    sessions = [Ahead(one.starts_at, one.module, one.title) for one in live]
    return sorted([*works, *sessions], key=lambda one: one.at)[:_MOST_DATES]


def _steps(
    who: Reader, enrolment: Enrolment, read: Mapping[str, set[tuple[str, str]]], dues: Mapping[str, Due]
) -> list[Step]:
    found, written = gradebook.results([enrolment], who.content)[enrolment.id], who.content.modules

    def step(number: int, module: str) -> Step:
        state, due = _state(who, module), dues.get(module)
        share = reading.read_share(written[module], read.get(module, set())) if module in written else 0
        behind = _lag(who, due, share, module) if state == "now" and due and enrolment.cohort.state in TAUGHT else None
        return Step(number, module, state, share, found.get(module), due, behind)

    return [step(number, one.id) for number, one in enumerate(who.content.programme.modules, 1)]


def _lag(who: Reader, due: Due, share: int, module: str) -> Lag | None:
    opened = who.dates[module].opens_at
    return lag(opened, due.at, who.zone, now=clock.now(), read=share, handed_in=due.sent)


def _state(who: Reader, module: str) -> str:
    door = who.door(module)
    if module in who.completed:
        return "done"
    return "planned" if door.planned else "now" if door.open else "shut"
