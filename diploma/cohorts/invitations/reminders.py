"""Reminders of an invitation: planned with each mail, asked again at their time whether they are still needed.

A mail plans the next one alone, so stopping needs no search for jobs: one that finds a newer mail, an open account or
a cohort without reminders does nothing. None goes at night or on a free day of the cohort's calendar.
"""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, select

from diploma.accounts import service as accounts
from diploma.accounts.models import MailedLink, Purpose, User
from diploma.cohorts.calendars.free_days import calendar
from diploma.cohorts.models import Cohort, Enrolment, EnrolmentState
from diploma.cohorts.rules import FROZEN, working_hours
from diploma.core import audit, clock, outbox
from diploma.core.db import session
from diploma.core.outbox import Payload

KIND = "invitation-reminder"
AFTER = (timedelta(days=3), timedelta(days=7), timedelta(days=14))  # since the mail that was sent by hand


def plan(link: MailedLink, cohort: Cohort, base_url: str) -> None:
    """Plan the reminder that follows a mail, unless it was the last."""
    sent = _reminders(link)
    if sent < len(AFTER):
        gap = AFTER[sent] - (AFTER[link.reminder - 1] if link.reminder else timedelta())
        _queue(link, cohort, link.created_at + gap, base_url)


def switch(cohort: Cohort, *, on: bool, by: User) -> None:
    """Let reminders go in a cohort, or stop them. What came due while they were stopped is not made up for."""
    if cohort.reminders != on:
        cohort.reminders = on
        audit.record("cohort.reminders_switched", f"cohort:{cohort.id}", by=by, after=on)


def _queue(link: MailedLink, cohort: Cohort, wanted: datetime, base_url: str) -> None:
    at = working_hours(wanted, cohort.time_zone, calendar(cohort))
    link.remind_at = at
    outbox.enqueue(KIND, f"{KIND}:{link.id}:{at.isoformat()}", {"link_id": link.id, "base_url": base_url}, due_at=at)


@outbox.handles(KIND)
def _remind(payload: Payload, _result: None) -> None:
    link = session.get_one(MailedLink, payload["link_id"])
    who = session.get_one(User, link.user_id, with_for_update=True, populate_existing=True)
    cohort = session.get_one(Cohort, link.cohort_id)
    if not _is_needed(link, who, cohort):
        link.remind_at = None
    elif working_hours(clock.now(), cohort.time_zone, calendar(cohort)) > clock.now():
        _queue(link, cohort, clock.now(), payload["base_url"])  # the runner comes late, in the night
    else:
        base_url, number = payload["base_url"], _reminders(link) + 1
        sender = cohort.partner.sender(who.language)
        link = accounts.invite(who, base_url, cohort_id=cohort.id, reminder=number, sender=sender)
        plan(link, cohort, base_url)


def _is_needed(link: MailedLink, who: User, cohort: Cohort) -> bool:
    """Whether a person who got this mail still waits for the next: the account is not open, the mail did not come back,
    no other mail or address came after it, the cohort goes on and wants reminders."""
    open_account = who.activated_at or who.disabled_at
    if open_account or link.bounced or link.address != who.email or not cohort.reminders or cohort.state in FROZEN:
        return False
    active = (Enrolment.cohort_id == cohort.id, Enrolment.state == EnrolmentState.ACTIVE)
    newest = select(func.max(MailedLink.id)).where(*_of(who.id))
    return (
        session.scalar(select(Enrolment.id).where(Enrolment.user_id == who.id, *active)) is not None
        and session.scalar(newest) == link.id
        and _reminders(link) < len(AFTER)
    )


def _reminders(link: MailedLink) -> int:
    """How many reminders went to the address of a mail."""
    sent = (MailedLink.reminder > 0, MailedLink.address == link.address)
    return session.scalar(select(func.count()).where(*_of(link.user_id), *sent)) or 0


def _of(user_id: int) -> tuple[ColumnElement[bool], ...]:
    return (MailedLink.user_id == user_id, MailedLink.purpose == Purpose.ACTIVATE)
