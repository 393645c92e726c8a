"""Mail: a file by default, SMTP by setting, and never two of one kind."""

from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest

from diploma.core import jobs, mail
from diploma.core.lang import Lang


@pytest.fixture
def queued(app: Any, unit: Any) -> Any:
    with unit():
        for _ in range(2):  # the same key twice
            mail.send(
                "reset", "aziza@uz.test", Lang.AR, "once", name="Aziza\r\nBcc: x@evil.test", link="http://x/r", hours=2
            )
    return app


def test_a_mail_is_a_file_by_default_and_leaves_once(queued: Any) -> None:
    with queued.app_context():
        jobs.drain()
        jobs.drain()
    [path] = queued.config["MAIL_FOLDER"].glob("*.eml")
    message = message_from_bytes(path.read_bytes(), policy=policy.default)
    assert message["To"] == "aziza@uz.test" and message["Bcc"] is None
    assert message["Content-Language"] == "ar" and "http://x/r" in message.get_content()


def test_a_mail_goes_out_by_smtp_when_the_setting_says_so(queued: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[Any] = []

    class Server:
        def __init__(self, host: str, port: int, timeout: float) -> None:
            sent.append((host, port))

        def __enter__(self) -> "Server":
            return self

        def __exit__(self, *_: object) -> None: ...

        def has_extn(self, name: str) -> bool:
            return name == "starttls"

        def starttls(self) -> None:
            sent.append("starttls")

        def login(self, user: str, password: str) -> None:
            sent.append((user, password))

        def send_message(self, message: EmailMessage, sender: str | None) -> None:
            sent.append(message["To"])

    monkeypatch.setattr(mail.smtplib, "SMTP", Server)
    monkeypatch.setitem(queued.config, "MAIL_FOLDER", None)
    monkeypatch.setitem(queued.config, "MAIL_URL", "smtp://me:p%40ss@mail.example.gov:587")
    with queued.app_context():
        jobs.drain()
    assert sent == [("mail.example.gov", 587), "starttls", ("me", "p@ss"), "aziza@uz.test"]


def test_a_mail_server_that_is_away_is_tried_again_later(queued: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from sqlalchemy import select

    from diploma.core import db
    from diploma.core.outbox import Job, JobState

    monkeypatch.setitem(queued.config, "MAIL_FOLDER", None)
    monkeypatch.setitem(queued.config, "MAIL_URL", "smtp://127.0.0.1:1")
    with queued.app_context():
        jobs.drain()
        job = db.session.scalars(select(Job)).one()
        assert job.state is JobState.WAITING and job.attempts == 1 and "ConnectionRefused" in job.last_error
