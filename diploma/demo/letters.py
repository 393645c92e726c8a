"""What became of some invitations of the demonstration: one came back, one was opened, one waits for its reminder."""

from datetime import timedelta

from flask import current_app
from sqlalchemy import select

from diploma.accounts import invitations as mailed
from diploma.accounts.models import MailedLink, User
from diploma.cohorts.invitations import inviting
from diploma.cohorts.models import Cohort, Enrolment
from diploma.core import clock, mail
from diploma.core.db import session

INVITED = ("uz.21", "uz.22")  # both late; the first has opened the link and chosen no password
UNKNOWN = "uz.24"
SAID = "550 5.1.1 <uz.24@demo.test>: Recipient address rejected: User unknown"
SENT, OPENED = timedelta(days=5), timedelta(days=4)


def send(cohort: Cohort) -> None:
    """Invitations of last week, and the answer of a mail server to an earlier one."""
    with clock.at(clock.now() - SENT):
        late = select(Enrolment.id).join(Enrolment.user).where(User.email.in_([_address(one) for one in INVITED]))
        coordinator = session.scalars(select(User).where(User.email == "coordinator.uz@demo.test")).one()
        inviting.invite(cohort, current_app.config["BASE_URL"], set(session.scalars(late)), by=coordinator)
        mail.tell(f"invitation.{_link(UNKNOWN).mail_ref}", SAID)


def open_link() -> None:
    with clock.at(clock.now() - OPENED):
        mailed.note_opened(_link(INVITED[0]))


def _link(login: str) -> MailedLink:
    mine = select(MailedLink).join(MailedLink.user).where(User.email == _address(login))
    return session.scalars(mine.order_by(MailedLink.id).limit(1)).one()


def _address(login: str) -> str:
    return f"{login}@demo.test"
