"""Mails to markers about works of theirs that wait too long: in the morning, one a day at most; they can be stopped."""

from collections.abc import Collection
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import current_app
from sqlalchemy import select

from diploma.accounts.models import User
from diploma.cohorts.calendars.free_days import calendar
from diploma.cohorts.models import Cohort, Enrolment
from diploma.cohorts.rules import FROZEN, working_hours
from diploma.core import audit, clock, mail, outbox
from diploma.core.db import session
from diploma.core.outbox import Payload
from diploma.coursework import policies, rules
from diploma.coursework.allocation import markers
from diploma.coursework.allocation.models import QuietMarker
from diploma.coursework.allocation.policy import MARKING
from diploma.coursework.models import Marking, Submission, SubmissionVersion
from diploma.coursework.together import sight

KIND = "marking-reminders"
_HOUR = 8


def plan(cohort: Cohort) -> None:
    """Ask again tomorrow morning whether works wait, on a workday of the cohort; once for a cohort and a day."""
    zone = ZoneInfo(cohort.time_zone)
    tomorrow = clock.now().astimezone(zone).date() + timedelta(days=1)
    at = working_hours(datetime.combine(tomorrow, time(_HOUR), zone), cohort.time_zone, calendar(cohort))
    key = f"{KIND}:{cohort.id}:{at.astimezone(zone).date()}"
    outbox.enqueue(KIND, key, {"cohort_id": cohort.id}, due_at=at)


def wanted(cohort: Cohort) -> bool:
    """Whether any of a cohort's assignments has reminders; a closed cohort has none."""
    book = policies.books(MARKING, [cohort])[cohort.id]
    places = (policies.ALL, *(one.module for one in cohort.modules))
    return cohort.state not in FROZEN and any(book.at(one).values.remind_after_days for one in places)


def switch(marker: User, *, on: bool) -> None:
    """Whether a marker wants these mails: their own word."""
    quiet = session.get(QuietMarker, marker.id, with_for_update=True)
    if on == (quiet is None):
        return
    if quiet:
        session.delete(quiet)
    else:
        session.add(QuietMarker(user_id=marker.id, at=clock.now()))
    audit.record("marker.reminders_switched", f"user:{marker.id}", by=marker, before=not on, after=on)


def is_on(marker: User) -> bool:
    return session.get(QuietMarker, marker.id) is None


@outbox.handles(KIND)
def remind(payload: Payload, _result: None) -> None:
    cohort = session.get_one(Cohort, payload["cohort_id"])
    if not wanted(cohort):
        return
    plan(cohort)
    office = {one.id: one for one in markers.of(cohort)}
    quiet = set(session.scalars(select(QuietMarker.user_id).where(QuietMarker.user_id.in_(office))))
    for marker_id, (count, oldest) in sorted(_overdue(cohort, office.keys() - quiet).items()):
        _write(cohort, office[marker_id], count, oldest)


def _overdue(cohort: Cohort, people: Collection[int]) -> dict[int, tuple[int, int]]:
    """Marker → how many of the works given to them in a cohort wait longer than its rules want, and the days of the
    oldest. What somebody must not mark is not theirs."""
    rows: Any = session.execute(
        select(Marking.allocated_to_id, Submission.module, SubmissionVersion.received_at)
        .join(Marking.work)
        .join(SubmissionVersion.submission)
        .join(Submission.enrolment)
        .where(Enrolment.cohort_id == cohort.id, sight.here())
        .where(Marking.state.in_(rules.TO_DO), Marking.allocated_to_id.in_(people))
    )
    book, found = policies.books(MARKING, [cohort])[cohort.id], dict[int, tuple[int, int]]()
    for marker, module, received_at in rows:
        limit, days = book.at(module).values.remind_after_days, (clock.now() - received_at).days
        if limit and days >= limit:
            count, oldest = found.get(marker, (0, 0))
            found[marker] = (count + 1, max(oldest, days))
    return found


def _write(cohort: Cohort, marker: User, count: int, oldest: int) -> None:
    today = clock.now().astimezone(ZoneInfo(cohort.time_zone)).date()
    mail.send(
        "marking_reminder",
        marker.email,
        marker.language,
        f"{KIND}:{marker.id}:{today}",  # two cohorts on one day: one mail
        sender=cohort.partner.sender(marker.language),
        name=marker.full_name,
        cohort=cohort.name(marker.language),
        count=count,
        days=oldest,
        link=f"{current_app.config['BASE_URL']}/marking/?whose=mine&cohort={cohort.slug}",
    )
