"""Mails to readers: one for what an act gave them, and reminders while something of it is unread.

Reminders are planned with the mail and asked again at their time whether they are still needed, as those of an
invitation are. What is due on one day has one reminder, however many acts gave it.
"""

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import select

from diploma.accounts.models import User
from diploma.accounts.permissions import Permission
from diploma.admissions import plan as plans
from diploma.admissions import rules
from diploma.admissions.models import AdmissionCall, Application, ApplicationState, Reading
from diploma.cohorts.access import may
from diploma.cohorts.calendars.free_days import calendar
from diploma.cohorts.rules import working_hours
from diploma.core import clock, mail, outbox
from diploma.core.db import session
from diploma.core.outbox import Payload

KIND = "reading-reminder"
BEFORE = (timedelta(days=3), timedelta(days=1))  # the deadline


def due_at(call: AdmissionCall, assigned_at: datetime) -> datetime:
    """Until when a reading is to be handed in: the end of a day of the cohort's zone."""
    return rules.due_at(assigned_at, plans.read(call.plan).reading_days, call.cohort.time_zone)


def tell(call: AdmissionCall, given: Mapping[int, int]) -> None:
    """Mail each reader how many applications an act gave them (by user), and plan the reminders."""
    due = due_at(call, clock.now())
    for reader in session.scalars(select(User).where(User.id.in_(given)).order_by(User.id)):
        if reader.is_active:
            send("reading_given", call, reader, given[reader.id], due)
            _plan(call, reader.id, due)


def plan_again(call: AdmissionCall) -> None:
    """Plan the reminders of all that is unread, when readers got more time or less."""
    for reader_id, due in {(reader_id, due_at(call, at)) for reader_id, at in unread(call)}:
        _plan(call, reader_id, due)


def unread(call: AdmissionCall) -> list[tuple[int, datetime]]:
    """(reader, assigned at) of each reading that is still to be handed in; a withdrawn application asks for none."""
    query = (
        select(Reading.reader_id, Reading.assigned_at)
        .join(Reading.application)
        .where(Application.call_id == call.id, Application.state == ApplicationState.READING)
        .where(Reading.done_at.is_(None))
    )
    return [(row[0], row[1]) for row in session.execute(query.order_by(Reading.id))]


def _plan(call: AdmissionCall, reader_id: int, due: datetime) -> None:
    for before in BEFORE:
        if due - before > clock.now():
            _queue(call, reader_id, due, before, due - before)


def _queue(call: AdmissionCall, reader_id: int, due: datetime, before: timedelta, wanted: datetime) -> None:
    at = working_hours(wanted, call.cohort.time_zone, calendar(call.cohort))
    if at < due:
        payload = {"call_id": call.id, "reader_id": reader_id, "due_at": due.isoformat(), "before": before.days}
        key = f"{KIND}:{call.id}:{reader_id}:{due.isoformat()}:{at.isoformat()}"
        outbox.enqueue(KIND, key, payload, due_at=at)


@outbox.handles(KIND)
def _remind(payload: Payload, _result: None) -> None:
    call = session.get(AdmissionCall, payload["call_id"])
    reader = session.get(User, payload["reader_id"])
    due, now = datetime.fromisoformat(payload["due_at"]), clock.now()
    if call is None or reader is None or now >= due:
        return
    if not (reader.is_active and may(reader, call.cohort, Permission.READ_ADMISSION)):
        return
    waiting = [at for reader_id, at in unread(call) if reader_id == reader.id and due_at(call, at) == due]
    if not waiting:  # all read, or the readers have another deadline by now
        return
    if working_hours(now, call.cohort.time_zone, calendar(call.cohort)) > now:  # the runner comes late, in the night
        _queue(call, reader.id, due, timedelta(days=payload["before"]), now)
    else:
        send("reading_reminder", call, reader, len(waiting), due)


def send(template: str, call: AdmissionCall, reader: User, count: int, due: datetime) -> None:
    """One of the two mails, in the reader's language."""
    cohort = call.cohort
    mail.send(
        template,
        reader.email,
        reader.language,
        f"{template}:{secrets.token_hex(8)}",
        sender=cohort.partner.sender(reader.language),
        name=reader.full_name,
        cohort=cohort.name(reader.language),
        zone=cohort.time_zone,
        count=count,
        due=due,
        link=f"{current_app.config['BASE_URL']}/readings/",
    )
