"""Invitations to the people of a cohort: sent only when told, never by an import; reminders follow by themselves."""

from collections.abc import Collection
from datetime import timedelta

from sqlalchemy import select

from diploma.accounts import invitations as mailed
from diploma.accounts import service as accounts
from diploma.accounts.access import reach
from diploma.accounts.models import MailedLink, Purpose, User
from diploma.accounts.permissions import Permission
from diploma.cohorts import access
from diploma.cohorts.granting import grantable
from diploma.cohorts.invitations import reminders
from diploma.cohorts.models import Cohort, Enrolment, EnrolmentState
from diploma.cohorts.rules import FROZEN
from diploma.cohorts.ties import Own
from diploma.core import batch, clock, outbox
from diploma.core.batch import Batch
from diploma.core.db import session
from diploma.core.errors import N_, Refused
from diploma.core.outbox import Payload

INVITE = "invite-people"
A_DAY = 4  # mails to one person, whoever sends them
PAUSE = timedelta(minutes=10)  # a second click sends no second mail


def invite(cohort: Cohort, base_url: str, enrolments: Collection[int], *, by: User | None = None) -> int:
    """Queue the activation mail to the chosen people; returns to how many.

    Left out are those who have signed in, who got a mail minutes ago, or ``A_DAY`` of them since yesterday. Ids of
    other cohorts name nobody.
    """
    waiting = _waiting(cohort, enrolments)
    sent = _links([one.id for one in waiting.values()])
    due = [who for who in waiting.values() if _is_due(sent.get(who.id, []))]
    for who in due:
        send(who, cohort, base_url, by=by)
    return len(due)


def invite_everybody(cohort: Cohort, base_url: str, *, back: str, key: str, by: User) -> Batch:
    """Order the activation mail to all who never got one; while such an order is carried out, it is the answer."""
    waiting = _waiting(cohort)
    sent = _links([one.id for one in waiting.values()])
    fresh = [(key, who) for key, who in waiting.items() if not _to_address(who, sent)]
    items = [(who.full_name, {"enrolment_id": key, "base_url": base_url}) for key, who in fresh]
    return batch.going(INVITE, cohort.id) or batch.start(INVITE, items, cohort_id=cohort.id, back=back, key=key, by=by)


@batch.does(INVITE, title=N_("Send invitations"), permission=Permission.MANAGE_COHORT)
def _invite(payload: Payload, by_id: int) -> None:
    enrolment = session.get_one(Enrolment, payload["enrolment_id"], populate_existing=True)
    by = access.orderer(by_id, enrolment.cohort, Permission.MANAGE_COHORT)
    who = session.get_one(User, enrolment.user_id, with_for_update=True, populate_existing=True)
    if who.activated_at or who.disabled_at or enrolment.state is not EnrolmentState.ACTIVE:
        raise Refused(N_("This person needs no invitation any more."))
    if _to_address(who, _links([who.id])):
        raise Refused(N_("This person was invited in the meantime."))
    send(who, enrolment.cohort, payload["base_url"], by=by)


@outbox.handles(mailed.AGAIN)
def _send_again(payload: Payload, _result: None) -> None:
    """The holder of an old link wants a new one: sent to the same address, if the person is still invited."""
    link = session.scalar(
        select(MailedLink).where(MailedLink.token_hash == payload["token_hash"], MailedLink.purpose == Purpose.ACTIVATE)
    )
    if link is None:
        return
    who = session.get_one(User, link.user_id, with_for_update=True, populate_existing=True)
    waits = not (who.activated_at or who.disabled_at) and link.address == who.email
    if not waits or not _is_due(_links([who.id]).get(who.id, [])):
        return
    if link.cohort_id is None:  # invited by the operator, for a role
        accounts.invite(who, payload["base_url"])
        return
    cohort = session.get_one(Cohort, link.cohort_id)
    if cohort.state not in FROZEN and who in _waiting(cohort).values():
        send(who, cohort, payload["base_url"])


def correct_address(enrolment: Enrolment, email: str, *, by: User) -> None:
    """Correct the address of somebody who never activated, if the account is the partner's own.

    Whoever reads the mail of an account owns it. So it must have no tie elsewhere, and no role that ``by`` could not
    give: else a coordinator would take over the account of somebody above them.
    """
    who = session.get_one(User, enrolment.user_id, with_for_update=True, populate_existing=True)
    partner_id = enrolment.cohort.partner_id
    own = Own(partner_id, reach(by, Permission.MANAGE_COHORT), but=by).has(who)
    if not own or any(one.role not in grantable(by, partner_id, one.cohort_id) for one in who.grants):
        raise Refused(N_("This account has roles or cohorts beyond yours. Ask the programme office to correct it."))
    mailed.correct_address(who, email, by=by)


def send(who: User, cohort: Cohort, base_url: str, *, by: User | None = None) -> None:
    """Mail the activation link in the name of a cohort's partner, and plan the first reminder."""
    sender = cohort.partner.sender(who.language)
    reminders.plan(accounts.invite(who, base_url, cohort_id=cohort.id, sender=sender, by=by), cohort, base_url)


def _waiting(cohort: Cohort, enrolments: Collection[int] | None = None) -> dict[int, User]:
    """People of a cohort who have no password yet, by enrolment; the chosen ones are locked against a second click."""
    query = (
        select(Enrolment.id, User)
        .join(User, User.id == Enrolment.user_id)
        .where(Enrolment.cohort_id == cohort.id, Enrolment.state == EnrolmentState.ACTIVE)
        .where(User.activated_at.is_(None), User.disabled_at.is_(None))
        .order_by(Enrolment.id)
    )
    if enrolments is not None:
        query = query.where(Enrolment.id.in_(enrolments)).with_for_update(of=User)
    return {row[0]: row[1] for row in session.execute(query)}


def _links(people: list[int]) -> dict[int, list[MailedLink]]:
    """The activation links of people, oldest first."""
    found: dict[int, list[MailedLink]] = {}
    for link in session.scalars(
        select(MailedLink)
        .where(MailedLink.user_id.in_(people), MailedLink.purpose == Purpose.ACTIVATE)
        .order_by(MailedLink.id)
    ):
        found.setdefault(link.user_id, []).append(link)
    return found


def _to_address(who: User, sent: dict[int, list[MailedLink]]) -> bool:
    """Whether a mail went to the address that the person has today."""
    return any(one.address == who.email for one in sent.get(who.id, []))


def _is_due(links: list[MailedLink]) -> bool:
    now = clock.now()
    lately = [one for one in links if one.created_at > now - timedelta(days=1)]
    return len(lately) < A_DAY and not any(one.created_at > now - PAUSE for one in lately)
