"""Mail: written as an outbox row in the business transaction, sent by the job runner.

A mail is in the recipient's language, plain text, with codes and names isolated (U+2068 … U+2069) so
that they do not reverse between Arabic words. By default mails become ``.eml`` files in a folder.
"""

import smtplib
from email.message import EmailMessage
from email.utils import formatdate, make_msgid, parseaddr
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from flask import current_app, render_template

from diploma.core import i18n, outbox
from diploma.core.lang import Lang

KIND = "mail"


def isolate(text: str) -> str:
    """Keep the direction of a name or code to itself inside plain text."""
    return f"\u2068{text}\u2069"


def send(template: str, to: str, language: Lang, key: str, **context: Any) -> None:
    """Queue one mail in the present transaction.

    ``template`` names ``templates/mail/<template>.txt``: its first line is the subject. ``key`` makes it
    unique: the same key never sends twice.
    """
    subject, body = written(template, language, **context)
    outbox.enqueue(KIND, f"mail:{key}", {"to": to, "subject": subject, "body": body, "lang": language.value})


def written(template: str, language: Lang, **context: Any) -> tuple[str, str]:
    """Subject and body of a mail in a language; nothing is sent."""
    with i18n.speaking(language):
        text = render_template(f"mail/{template}.txt", isolate=isolate, **context)
    subject, _, body = text.strip().partition("\n")
    return subject, body.strip() + "\n"


def _deliver(payload: dict[str, Any]) -> None:
    message = EmailMessage()
    message["From"], message["To"] = current_app.config["MAIL_FROM"], payload["to"]
    message["Subject"], message["Date"] = " ".join(payload["subject"].split()), formatdate(localtime=False)
    message["Message-ID"] = make_msgid(domain=parseaddr(current_app.config["MAIL_FROM"])[1].rpartition("@")[2])
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(payload["body"])  # drops content headers, so the language is named after it
    message["Content-Language"] = payload["lang"]
    folder: Path | None = current_app.config["MAIL_FOLDER"]
    if folder:
        folder.mkdir(parents=True, exist_ok=True)
        name = message["Message-ID"].strip("<>").partition("@")[0]
        (folder / f"{name}.eml").write_bytes(message.as_bytes())
    else:
        _smtp(current_app.config["MAIL_URL"], message)


def _smtp(url: str, message: EmailMessage) -> None:
    parts = urlsplit(url)
    kind = smtplib.SMTP_SSL if parts.scheme == "smtps" else smtplib.SMTP
    with kind(parts.hostname or "localhost", parts.port or 0, timeout=20) as server:
        if parts.scheme == "smtp" and server.has_extn("starttls"):
            server.starttls()
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
        server.send_message(message)


@outbox.handles(KIND, outside=_deliver)
def _delivered(payload: dict[str, Any], result: Any) -> None:
    """Nothing else changes: the row's own state says that the mail left."""
