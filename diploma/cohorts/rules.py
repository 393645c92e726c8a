"""Rules of cohorts: life, clocks, who is behind, attendance and workshop marks (``decisions``: marks). Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from diploma.cohorts.models import Attendance, CohortState, LiveSession, Presence
from diploma.cohorts.workdays import Calendar

_S = CohortState
COHORT_MOVES: dict[CohortState, frozenset[CohortState]] = {
    _S.DRAFT: frozenset({_S.OPEN}),
    _S.OPEN: frozenset({_S.RUNNING, _S.DRAFT}),
    _S.RUNNING: frozenset({_S.MARKING}),
    _S.MARKING: frozenset({_S.CLOSED, _S.RUNNING}),
    _S.CLOSED: frozenset({_S.ARCHIVED, _S.MARKING}),
    _S.ARCHIVED: frozenset(),
}
FROZEN = frozenset({_S.CLOSED, _S.ARCHIVED})  # marks, attendance and the list of people stay as they are
AHEAD = "ahead"  # a session whose sheet is not saved yet
REOPENING = frozenset({(_S.CLOSED, _S.MARKING)})  # needs a reason
TAUGHT = frozenset({_S.RUNNING, _S.MARKING})  # its dates are in force: somebody can be behind
AWAKE = (time(9), time(18))  # when reminders go, by the clocks of the cohort
SLACK = 25  # per cent of a module: so far reading may stay back before the person counts as behind


@dataclass(frozen=True)
class SheetLine:
    """One person at one delivered session: ``hours`` of the session, presence, workshop mark (0 to 100)."""

    hours: Decimal
    presence: Presence
    workshop_mark: Decimal | None = None
    workshop: bool = False


def shown_presence(live: LiveSession, row: Attendance | None) -> str:
    """What a session says of a person: ``AHEAD`` until its sheet is saved; who does not stand on it was absent."""
    if live.sheet_saved_at is None:
        return AHEAD
    return row.presence.value if row else Presence.ABSENT.value


def instant(local: datetime, zone: str) -> datetime:
    """The instant at which clocks of ``zone`` show ``local``; the earlier of two when they are put back."""
    return local.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def clocks_show(local: datetime, zone: str) -> bool:
    """Whether clocks of ``zone`` ever show ``local``: an hour is skipped when they are put forward."""
    try:
        return instant(local, zone).astimezone(ZoneInfo(zone)).replace(tzinfo=None) == local
    except OverflowError:  # at the very first and last day of the calendar there is no such instant
        return False


def working_hours(moment: datetime, zone: str, days: Calendar) -> datetime:
    """The moment itself when it lies within ``AWAKE`` on a workday, else the next morning that does."""
    local = moment.astimezone(ZoneInfo(zone))
    day = local.date()
    if local.time() >= AWAKE[1]:
        day += timedelta(days=1)
    day = days.next_workday(day)
    if day == local.date() and local.time() >= AWAKE[0]:
        return moment
    return instant(datetime.combine(day, AWAKE[0]), zone)


@dataclass(frozen=True)
class Lag:
    """How far a person is behind the dates of one module.

    ``read`` and ``expected`` are whole per cents of its sections. ``overdue`` counts the calendar days since the
    assignment was due (0: today); ``None`` when it is handed in or not due yet.
    """

    read: int
    expected: int
    overdue: int | None = None

    @property
    def reading(self) -> bool:
        """Whether too little is read, as well as or instead of an overdue assignment."""
        return self.expected - self.read > SLACK

    @property
    def weight(self) -> tuple[int, int]:
        """Orders the worst last: a day overdue outweighs any reading."""
        return (-1 if self.overdue is None else self.overdue, self.expected - self.read)


def lag(opens_at: datetime, due_at: datetime, zone: str, *, now: datetime, read: int, handed_in: bool) -> Lag | None:
    """How a person who has ``read`` so many per cent of an open module stands to its dates; ``None`` is keeping up.

    Behind is who has not handed in the assignment after it was due, or who has read less than the dates expect by more
    than ``SLACK``. The dates expect reading evenly: nothing at the opening, all of it at the deadline.
    """
    expected = expected_share(opens_at, due_at, now)
    if now > due_at and not handed_in:
        days = now.astimezone(ZoneInfo(zone)).date() - due_at.astimezone(ZoneInfo(zone)).date()
        return Lag(read, expected, days.days)
    return Lag(read, expected) if expected - read > SLACK else None


def expected_share(opens_at: datetime, due_at: datetime, now: datetime) -> int:
    """Whole per cent of the time between the opening and the deadline that has passed."""
    if now >= due_at:
        return 100
    return max(0, int(100 * (now - opens_at) / (due_at - opens_at)))


def credited_hours(lines: Iterable[SheetLine], made_up_at_most: int) -> tuple[Decimal, Decimal]:
    """Credited hours, and the delivered hours of which they are credited.

    Excused hours leave the delivered ones; made-up hours count up to ``made_up_at_most`` per cent of these.
    """
    required, attended, made_up = Decimal(0), Decimal(0), Decimal(0)
    for line in lines:
        if line.presence is Presence.EXCUSED:
            continue
        required += line.hours
        if line.presence is Presence.PRESENT:
            attended += line.hours
        elif line.presence is Presence.MADE_UP:
            made_up += line.hours
    return attended + min(made_up, required * made_up_at_most / 100), required


def attendance_percent(lines: Iterable[SheetLine], made_up_at_most: int) -> Decimal | None:
    """Credited hours over delivered hours, 0 to 100, unrounded; ``None`` when nothing counts yet."""
    credited, required = credited_hours(lines, made_up_at_most)
    return credited / required * 100 if required else None


def workshop_mark(lines: Iterable[SheetLine]) -> Decimal | None:
    """Mean of the workshop marks of a module weighted by hours; ``None`` while one is missing.

    An excused workshop leaves the mean; one that was missed counts as zero.
    """
    total, weight = Decimal(0), Decimal(0)
    for line in lines:
        if not line.workshop or line.presence is Presence.EXCUSED:
            continue
        given = Decimal(0) if line.presence is Presence.ABSENT else line.workshop_mark
        if given is None:
            return None
        total, weight = total + given * line.hours, weight + line.hours
    return total / weight if weight else None
