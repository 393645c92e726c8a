"""Invitations to the people of a cohort: sent only when told, one and at most three reminders (spec cohorts)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from diploma.accounts import service as accounts
from diploma.accounts.models import MailedLink, Purpose, User
from diploma.cohorts.models import Cohort, Enrolment, EnrolmentState
from diploma.core import clock
from diploma.core.db import session

AT_MOST = 4
PAUSE = timedelta(minutes=10)  # a second click sends no second mail
AT_ONCE = 500  # mails queued by one request


@dataclass(frozen=True)
class Invited:
    """Mails queued; people left out because they need none now; people of the cohort never invited so far."""

    sent: int
    left_out: int
    waiting: int


def invite(
    cohort: Cohort, base_url: str, *, enrolments: Collection[int] | None = None, by: User | None = None
) -> Invited:
    """Queue the activation mail to the chosen people, or to all who never got one.

    Left out are those who have signed in, who got a mail minutes ago, or who got all reminders. Ids of other
    cohorts name nobody.
    """
    waiting = _waiting(cohort)
    times = _times([one.id for one in waiting.values()])
    chosen = (
        [who for key, who in waiting.items() if key in enrolments]
        if enrolments is not None
        else [who for who in waiting.values() if who.id not in times]
    )
    due = [who for who in chosen if _is_due(times.get(who.id, []))][:AT_ONCE]
    for who in due:
        accounts.invite(who, base_url, by=by)
    fresh = {who.id for who in due} | set(times)
    return Invited(
        len(due),
        len(enrolments if enrolments is not None else chosen) - len(due),
        sum(who.id not in fresh for who in waiting.values()),
    )


def _waiting(cohort: Cohort) -> dict[int, User]:
    """People of a cohort who have no password yet, by enrolment."""
    rows = session.execute(
        select(Enrolment.id, User)
        .join(User, User.id == Enrolment.user_id)
        .where(Enrolment.cohort_id == cohort.id, Enrolment.state == EnrolmentState.ACTIVE)
        .where(User.activated_at.is_(None), User.disabled_at.is_(None))
        .order_by(Enrolment.id)
    )
    return {row[0]: row[1] for row in rows}


def _times(people: list[int]) -> dict[int, list[MailedLink]]:
    """The activation links of people, oldest first."""
    found: dict[int, list[MailedLink]] = {}
    for link in session.scalars(
        select(MailedLink)
        .where(MailedLink.user_id.in_(people), MailedLink.purpose == Purpose.ACTIVATE)
        .order_by(MailedLink.created_at)
    ):
        found.setdefault(link.user_id, []).append(link)
    return found


def _is_due(links: list[MailedLink]) -> bool:
    return not links or (len(links) < AT_MOST and links[-1].created_at + PAUSE <= clock.now())
