"""What becomes of a mailed invitation: it leaves, comes back, is opened; another is asked for; the address is wrong."""

from typing import Any

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from diploma.accounts import service
from diploma.accounts.models import MailedLink, Purpose, User
from diploma.core import audit, clock, mail, outbox
from diploma.core.db import aside, session
from diploma.core.errors import N_, Refused

AGAIN = "invitation-again"
PAUSE_SECONDS = 600


@mail.follows("invitation")
def _follow(reference: str, reason: str) -> bool:
    """Note on the link that its mail has left, or why it came back. The first news of each kind stays."""
    link = session.scalar(select(MailedLink).where(MailedLink.mail_ref == reference).with_for_update())
    if link is None:
        return False
    if not reason:
        link.sent_at = link.sent_at or clock.now()
    elif link.bounced_at is None:
        link.bounced_at, link.bounce_reason = clock.now(), reason
        audit.record("invitation.bounced", f"user:{link.user_id}", reason=reason)
    return True


def note_opened(link: MailedLink) -> None:
    """Note that the page of a link was shown; in a transaction of its own, because a page only reads.

    Nothing is used up by it: scanners of mail servers open links as well.
    """
    if link.opened_at is None or link.bounced:
        with aside() as own:
            own.execute(update(MailedLink).where(MailedLink.id == link.id).values(opened_at=clock.now()))


def ask_again(token: str, base_url: str) -> None:
    """Ask for a fresh link in the place of an old one. The work is a job (of the cohorts, which know whether the person
    is still invited), so the answer tells nothing; within ten minutes one link asks once."""
    digest, window = service.token_hash(token), int(clock.now().timestamp()) // PAUSE_SECONDS
    payload: dict[str, Any] = {"token_hash": digest, "base_url": base_url}
    outbox.enqueue(AGAIN, f"{AGAIN}:{digest}:{window}", payload)


def correct_address(user: User, email: str, *, by: User) -> None:
    """Give another address to somebody who has never activated; whatever was mailed to the old one works no more.

    Who may do it to whom is for the caller to know. An address that is taken is refused in words that tell nothing of
    its owner.
    """
    address = service.folded_email(email)
    if user.activated_at or not user.is_active:
        raise Refused(N_("This account is open already. Only its owner may change the address."))
    if address == user.email:
        raise Refused(N_("This is the address that is stored already."))
    before, taken = user.email, service.find(address) is not None
    if not taken:
        try:
            with session.begin_nested():
                user.email = address
        except IntegrityError:  # taken a moment ago
            taken = True
    if taken:
        raise Refused(N_("This address cannot be added here."))
    service.kill_links(user, *Purpose)
    audit.record("user.address_corrected", f"user:{user.id}", by=by, before=before, after=address)
