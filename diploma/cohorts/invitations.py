"""Invitations to the people of a cohort: sent only when told, one and at most three reminders (spec cohorts)."""

from collections.abc import Collection
from datetime import timedelta

from sqlalchemy import select

from diploma.accounts import service as accounts
from diploma.accounts.models import MailedLink, Purpose, User
from diploma.accounts.permissions import Permission
from diploma.cohorts import access
from diploma.cohorts.models import Cohort, Enrolment, EnrolmentState
from diploma.core import batch, clock
from diploma.core.batch import Batch
from diploma.core.db import session
from diploma.core.errors import N_, Refused
from diploma.core.outbox import Payload

INVITE = "invite-people"
AT_MOST = 4
PAUSE = timedelta(minutes=10)  # a second click sends no second mail


def invite(cohort: Cohort, base_url: str, enrolments: Collection[int], *, by: User | None = None) -> int:
    """Queue the activation mail to the chosen people; returns to how many.

    Left out are those who have signed in, who got a mail minutes ago, or who got all reminders. Ids of other
    cohorts name nobody.
    """
    waiting = _waiting(cohort)
    times = _times([one.id for one in waiting.values()])
    due = [who for key, who in waiting.items() if key in enrolments and _is_due(times.get(who.id, []))]
    for who in due:
        accounts.invite(who, base_url, sender=cohort.partner.sender(who.language), by=by)
    return len(due)


def invite_everybody(cohort: Cohort, base_url: str, *, back: str, key: str, by: User) -> Batch:
    """Order the activation mail to all who never got one; while such an order is carried out, it is the answer."""
    waiting = _waiting(cohort)
    times = _times([one.id for one in waiting.values()])
    fresh = [(key, who) for key, who in waiting.items() if who.id not in times]
    items = [(who.full_name, {"enrolment_id": key, "base_url": base_url}) for key, who in fresh]
    return batch.going(INVITE, cohort.id) or batch.start(INVITE, items, cohort_id=cohort.id, back=back, key=key, by=by)


@batch.does(INVITE, title=N_("Send invitations"), permission=Permission.MANAGE_COHORT)
def _invite(payload: Payload, by_id: int) -> None:
    enrolment = session.get_one(Enrolment, payload["enrolment_id"], populate_existing=True)
    by = access.orderer(by_id, enrolment.cohort, Permission.MANAGE_COHORT)
    who = session.get_one(User, enrolment.user_id, with_for_update=True, populate_existing=True)
    if who.activated_at or who.disabled_at or enrolment.state is not EnrolmentState.ACTIVE:
        raise Refused(N_("This person needs no invitation any more."))
    if _times([who.id]):
        raise Refused(N_("This person was invited in the meantime."))
    accounts.invite(who, payload["base_url"], sender=enrolment.cohort.partner.sender(who.language), by=by)


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
