"""Mails that come back: refused at once, or by a notification later. A stranger's notification changes nothing."""

import mailbox
import smtplib
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from diploma.accounts import service as accounts
from diploma.accounts.models import MailedLink
from diploma.core import bounces, clock, jobs, mail
from diploma.core.lang import Lang
from diploma.core.mail import ATTEMPTS
from diploma.core.outbox import Job, JobState

REFERENCE = "0123456789abcdef" * 2
NOTIFICATION = """From: Mail Delivery System <MAILER-DAEMON@mx.example.gov>
To: {to}
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not be delivered.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.gov

Final-Recipient: rfc822; new@uz.test
Action: {action}
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 User unknown

--b
Content-Type: {returned}

Message-ID: <{message_id}>
Subject: Your account

--b--
"""


def notification(
    message_id: str = "",
    to: str = "diploma@localhost",
    action: str = "failed",
    returned: str = "text/rfc822-headers",
) -> bytes:
    return NOTIFICATION.format(message_id=message_id, to=to, action=action, returned=returned).encode()


@pytest.fixture
def link(world: Any, unit: Any) -> str:
    """An invitation is queued; the reference of its mail."""
    with unit():
        user = accounts.create_user("new@uz.test", "Newly\r\nBcc: x@evil.test Come", Lang.RU)
        return str(accounts.invite(user, "http://localhost").mail_ref)


def state(reading: Any) -> tuple[bool, str]:
    with reading() as session:
        one = session.scalars(select(MailedLink)).one()
        return one.bounced_at is not None, one.bounce_reason


def take(app: Any, source: str, data: bytes | None = None) -> Any:
    return app.test_cli_runner().invoke(args=["mail", "bounces", source], input=data)


@pytest.mark.parametrize("returned", ["text/rfc822-headers", "message/rfc822"])
def test_a_notification_that_returns_our_mail_marks_it(app: Any, link: str, reading: Any, returned: str) -> None:
    with app.app_context():
        jobs.drain()
    [path] = app.config["MAIL_FOLDER"].glob("*.eml")
    message_id = message_from_bytes(path.read_bytes(), policy=policy.default)["Message-ID"].strip("<>")
    assert link in message_id
    said = take(app, "-", notification(message_id, returned=returned))
    assert said.output == "1 messages, 1 mails noted as not delivered\n"
    assert state(reading) == (True, "5.1.1 550 5.1.1 User unknown")


def test_a_notification_to_the_address_of_one_mail_marks_it(app: Any, link: str, reading: Any) -> None:
    take(app, "-", notification("gone@x", to=f"bounces+invitation.{link}@diploma.example.gov"))
    assert state(reading)[0]


@pytest.mark.parametrize(
    "data",
    [
        notification(f"1.invitation.{REFERENCE}@localhost"),
        notification(f"1.reset.{REFERENCE}@localhost"),
        notification("invitation.1@localhost", to="bounces+invitation.%@localhost"),
        notification("x@y"),
        b"",
        b"Hello",
        b"\xff\x00" * 500,
        b"Content-Type: multipart/report; boundary=b\n\n" + b"--b\n" * 5000,
        b"".join(b'Content-Type: multipart/mixed; boundary="%d"\n\n--%d\n' % (n, n) for n in range(3000)),
    ],
)
def test_a_forged_or_foreign_notification_changes_nothing(app: Any, link: str, reading: Any, data: bytes) -> None:
    said = take(app, "-", data)
    assert said.exit_code == 0 and "0 mails noted" in said.output
    assert state(reading) == (False, "")


@pytest.mark.parametrize("action", ["delayed", "delivered", "relayed", ""])
def test_what_is_no_failure_changes_nothing(app: Any, link: str, reading: Any, action: str) -> None:
    take(app, "-", notification(f"1.invitation.{link}@localhost", action=action))
    assert state(reading) == (False, "")


def test_a_mailbox_and_a_maildir_are_read_and_twice_does_no_harm(
    app: Any, link: str, reading: Any, tmp_path: Path
) -> None:
    ours = notification(f"1.invitation.{link}@localhost")
    mbox = tmp_path / "box"
    mbox.write_bytes(b"".join(b"From x@y Mon Nov 30 10:00:00 2026\n%s\n" % one for one in (notification("x@y"), ours)))
    assert take(app, str(mbox)).output == "2 messages, 1 mails noted as not delivered\n"
    folder = mailbox.Maildir(tmp_path / "dir")
    folder.add(ours)
    first = state(reading)
    with clock.at(clock.now()):
        assert take(app, str(tmp_path / "dir")).output == "1 messages, 1 mails noted as not delivered\n"
    assert state(reading) == first


def test_a_folder_that_is_no_maildir_is_said(app: Any, tmp_path: Path) -> None:
    said = take(app, str(tmp_path))
    assert said.exit_code == 1 and "no maildir" in said.output


def test_no_mail_can_be_named_by_guessing() -> None:
    made = {mail.reference() for _ in range(100)}
    assert len(made) == 100 and all(len(one) == 32 for one in made)
    assert bounces.read(notification(f"1.invitation.{REFERENCE[:-1]}@localhost")) is None


# ---- refused at once


@pytest.fixture
def server(app: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """``server(error)``: the mail server answers so; what it was sent, with the envelope's sender."""
    sent: list[tuple[EmailMessage, str | None]] = []

    def answering(error: Exception | None) -> list[tuple[EmailMessage, str | None]]:
        class Server:
            def __init__(self, *_: Any, **__: Any) -> None: ...

            def __enter__(self) -> "Server":
                return self

            def __exit__(self, *_: object) -> None: ...

            def has_extn(self, _name: str) -> bool:
                return False

            def send_message(self, message: EmailMessage, sender: str | None) -> None:
                if error:
                    raise error
                sent.append((message, sender))

        monkeypatch.setattr(mail.smtplib, "SMTP", Server)
        monkeypatch.setitem(app.config, "MAIL_FOLDER", None)
        monkeypatch.setitem(app.config, "MAIL_URL", "smtp://mail.example.gov:587")
        return sent

    return answering


def run(app: Any, reading: Any) -> Job:
    with app.app_context():
        jobs.drain()
    with reading() as session:
        return session.scalars(select(Job).where(Job.kind == mail.KIND)).one()  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    "error",
    [
        smtplib.SMTPRecipientsRefused({"new@uz.test": (550, b"5.1.1 unknown")}),
        smtplib.SMTPDataError(554, b"5.1.1 unknown"),
    ],
)
def test_a_final_refusal_is_a_bounce_at_once_and_is_not_tried_again(
    app: Any, link: str, server: Any, reading: Any, error: Exception
) -> None:
    server(error)
    job = run(app, reading)
    assert (job.state, job.attempts) == (JobState.FAILED, 1)
    bounced, reason = state(reading)
    assert bounced and reason.endswith("5.1.1 unknown")


@pytest.mark.parametrize(
    "error",
    [
        smtplib.SMTPRecipientsRefused({"new@uz.test": (451, b"4.7.1 greylisted")}),
        smtplib.SMTPDataError(452, b"full"),
        smtplib.SMTPAuthenticationError(535, b"our own fault"),
        smtplib.SMTPSenderRefused(550, b"our own fault", "diploma@localhost"),
        smtplib.SMTPServerDisconnected("gone"),
    ],
)
def test_what_may_go_later_or_is_our_fault_is_tried_again(
    app: Any, link: str, server: Any, reading: Any, error: Exception
) -> None:
    server(error)
    job = run(app, reading)
    assert (job.state, job.attempts) == (JobState.WAITING, 1)
    assert state(reading) == (False, "")


def test_a_mail_that_never_left_is_seen_by_people_in_the_end(app: Any, link: str, server: Any, reading: Any) -> None:
    server(smtplib.SMTPServerDisconnected("gone"))
    for day in range(ATTEMPTS):
        with clock.at(clock.now() + timedelta(hours=day)):
            job = run(app, reading)
    assert (job.state, job.attempts) == (JobState.FAILED, ATTEMPTS)
    assert state(reading) == (True, "SMTPServerDisconnected: gone")


def test_what_comes_back_is_sent_to_an_address_that_names_the_mail(
    app: Any, link: str, server: Any, reading: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "MAIL_BOUNCES", "bounces@diploma.example.gov")
    sent = server(None)
    run(app, reading)
    [(message, sender)] = sent
    assert sender == f"bounces+invitation.{link}@diploma.example.gov"
    assert message["Bcc"] is None and message["To"] == "new@uz.test"
    assert len(sender.partition("@")[0]) <= 64
