"""The calendars of partners and cohorts: their workdays and holidays, and the dates that fall on free days."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, or_, select

from diploma.accounts.models import User
from diploma.cohorts import curriculum
from diploma.cohorts.calendars import holiday_list
from diploma.cohorts.calendars.holiday_list import BadLine
from diploma.cohorts.calendars.models import Holiday
from diploma.cohorts.models import Cohort, Partner
from diploma.cohorts.workdays import USUAL, WEEKDAYS, Calendar, FreeDays
from diploma.core import audit
from diploma.core.db import session
from diploma.core.errors import N_, Refused

Place = Partner | Cohort
MOST = 500  # holidays of one place


@dataclass(frozen=True)
class OnFreeDay:
    """A date of a cohort that falls on a free day: what it is of (a field and a name), and the holiday if it is one."""

    field: str
    name: str
    day: date
    holiday: FreeDays | None


def workdays(place: Place) -> list[str]:
    """The workdays of a place from Monday on: its own, else the partner's, else those of the country pack."""
    partner = place if isinstance(place, Partner) else place.partner
    pack = () if place.workdays or partner.workdays else curriculum.current().workdays(partner.slug)
    chosen = place.workdays or partner.workdays or pack or USUAL
    return [one for one in WEEKDAYS if one in chosen]


def holidays(place: Place) -> list[Holiday]:
    """The holidays of a partner; of a cohort those that it inherits as well. By day."""
    return list(session.scalars(select(Holiday).where(_within(place)).order_by(Holiday.first_day, Holiday.id)))


def calendar(place: Place) -> Calendar:
    return Calendar(workdays(place), [one.free for one in holidays(place)])


def on_free_days(days: Calendar, zone: str, dates: Iterable[tuple[str, str, datetime]]) -> list[OnFreeDay]:
    """Which of the (field, name, instant) fall on a free day in a zone; a warning, never an obstacle."""
    local = [(field, name, at.astimezone(ZoneInfo(zone)).date()) for field, name, at in dates]
    return [OnFreeDay(field, name, day, days.holiday(day)) for field, name, day in local if not days.is_workday(day)]


def set_workdays(place: Place, days: Collection[str], *, by: User | None = None) -> None:
    """Set the workdays of a place; none means those that it inherits."""
    chosen = [one for one in WEEKDAYS if one in days]
    if chosen == place.workdays:
        return
    audit.record("calendar.workdays_set", _subject(place), by=by, before=place.workdays, after=chosen)
    place.workdays = chosen


def add(place: Place, found: Sequence[FreeDays], *, by: User | None = None) -> int:
    """Add holidays to a place; those that it has or inherits on the same days are left out. How many are new."""
    lock(place)
    for one in found:
        if problem := holiday_list.check(one):
            raise Refused(problem)
    held = holidays(place)
    known = {(one.first_day, one.last_day) for one in held}
    new = {(one.first, one.last): one for one in found if (one.first, one.last) not in known}
    if len(held) + len(new) > MOST:
        raise Refused(N_("More than %(most)s holidays. Remove those that are over."), most=MOST)
    session.add_all(_row(place, one) for one in new.values())
    if new:
        added = [[one.first, one.last, dict(one.names)] for one in new.values()]
        audit.record("calendar.holidays_added", _subject(place), by=by, added=added)
    session.flush()
    return len(new)


def paste(place: Place, text: str, *, by: User | None = None) -> tuple[int, list[BadLine]]:
    """Add a list, a holiday on each line. With a line that cannot be read nothing is added, and all such are named."""
    if text.count("\n") >= holiday_list.MOST_LINES:
        raise Refused(N_("A list has at most %(most)s lines."), most=holiday_list.MOST_LINES)
    partner = place if isinstance(place, Partner) else place.partner
    found, bad = holiday_list.read(text, partner.languages)
    return (0 if bad else add(place, found, by=by)), bad


def remove(holiday: Holiday, *, by: User | None = None) -> None:
    place = f"cohort:{holiday.cohort_id}" if holiday.cohort_id else f"partner:{holiday.partner_id}"
    days = [holiday.first_day, holiday.last_day]
    audit.record("calendar.holiday_removed", place, by=by, days=days, names=holiday.names)
    session.delete(holiday)


def copy(source: Cohort, target: Cohort, *, by: User | None = None) -> None:
    """Give a cohort the workdays and the own holidays of another of the same partner."""
    set_workdays(target, source.workdays, by=by)
    add(target, [one.free for one in holidays(source) if one.cohort_id], by=by)


def lock(place: Place) -> None:
    """Two lists that are added at once follow each other."""
    partner_id = place.id if isinstance(place, Partner) else place.partner_id
    session.execute(select(Partner.id).where(Partner.id == partner_id).with_for_update())


def _within(place: Place) -> ColumnElement[bool]:
    if isinstance(place, Partner):
        return (Holiday.partner_id == place.id) & Holiday.cohort_id.is_(None)
    inherited = (Holiday.partner_id == place.partner_id) & Holiday.cohort_id.is_(None)
    return or_(inherited, Holiday.cohort_id == place.id)


def _row(place: Place, one: FreeDays) -> Holiday:
    cohort = place if isinstance(place, Cohort) else None
    return Holiday(
        partner_id=cohort.partner_id if cohort else place.id,
        cohort_id=cohort.id if cohort else None,
        first_day=one.first,
        last_day=one.last,
        names=dict(one.names),
    )


def _subject(place: Place) -> str:
    return f"{'partner' if isinstance(place, Partner) else 'cohort'}:{place.id}"
