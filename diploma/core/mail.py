"""Mail: written as an outbox row in the business transaction, sent by the job runner.

A mail is in the recipient's language, plain text, with codes and names isolated (U+2068 … U+2069) so
that they do not reverse between Arabic words. By default mails become ``.eml`` files in a folder.

A feature may follow a mail (``about``): it is told when the mail has left, and when it could not be delivered, at once
or by a notification that comes back days later (``bounces``). What comes back is recognised by the reference in the
Message-ID and in the envelope: 128 random bits that stand in this one mail only, so nobody else can name it.
"""

import base64
import re
import secrets
import smtplib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import formatdate, make_msgid, parseaddr
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from flask import current_app, render_template

from diploma.core import i18n, outbox
from diploma.core.lang import Lang

KIND = "mail"
ATTEMPTS = 30  # about a day: the mail server may be down for a night, which is nobody's wrong address
LONGEST_REASON = 200
_REFERENCE = re.compile(r"[.+]([a-z]+\.[0-9a-f]{32})@")

Follow = Callable[[str, str], bool]
_followers: dict[str, Follow] = {}


def follows(kind: str) -> Callable[[Follow], Follow]:
    """Register who is told what became of a kind of followed mails.

    The function gets a reference and the reason why the mail was not delivered, empty when it has left; it answers
    whether it knows the reference. It must be idempotent, and runs in a unit of work.
    """

    def register(follow: Follow) -> Follow:
        _followers[kind] = follow
        return follow

    return register


def reference() -> str:
    """A fresh name for one mail."""
    return secrets.token_hex(16)


def references(header: str) -> list[str]:
    """The mails of ours that a header names, each as ``kind.reference``; anybody may have written it."""
    return _REFERENCE.findall(header[:2000])


def tell(about: str, reason: str = "") -> bool:
    """Tell the follower of a mail that it has left, or why it was not delivered; ``False`` for a mail nobody knows."""
    kind, _, name = about.partition(".")
    return kind in _followers and _followers[kind](name, " ".join(reason.split())[:LONGEST_REASON])


def isolate(text: str) -> str:
    """Keep the direction of a name or code to itself inside plain text."""
    return f"\u2068{text}\u2069"


@dataclass(frozen=True)
class Sender:
    """Whose name stands before the installation's address, and where answers go; empty: the installation's own."""

    name: str = ""
    reply_to: str = ""


def send(
    template: str,
    to: str,
    language: Lang,
    key: str,
    *,
    about: str = "",
    sender: Sender | None = None,
    **context: Any,
) -> None:
    """Queue one mail in the present transaction.

    ``template`` names ``templates/mail/<template>.txt``: its first line is the subject. ``key`` makes it
    unique: the same key never sends twice. ``about`` (``kind.reference``) makes it a followed one.
    """
    send_many(template, [Letter(to, language, key, context, sender or Sender(), about)])


@dataclass(frozen=True)
class Letter:
    """One of several mails of a template; the words are those of ``send``."""

    to: str
    language: Lang
    key: str
    context: Mapping[str, Any]
    sender: Sender = Sender()
    about: str = ""
    files: Mapping[str, bytes] = field(default_factory=dict)  # attached, by name; small: they lie in the outbox


def send_many(template: str, letters: Sequence[Letter]) -> None:
    """Queue mails of one template as ``send`` does each: every language is set once, all rows are one statement."""
    written_in: dict[Lang, list[Letter]] = {}
    for one in letters:
        written_in.setdefault(one.language, []).append(one)
    rows = []
    for language, here in written_in.items():
        with i18n.speaking(language):
            texts = [_rendered(template, one.context) for one in here]
        rows += [_row(one, *text) for one, text in zip(here, texts, strict=True)]
    outbox.enqueue_many(KIND, rows)


def _row(letter: Letter, subject: str, body: str) -> tuple[str, dict[str, Any]]:
    payload = {"to": letter.to, "subject": subject, "body": body, "lang": letter.language.value}
    more = {"sender": asdict(letter.sender), **({"about": letter.about} if letter.about else {})}
    if letter.files:
        more["files"] = {name: base64.b64encode(data).decode() for name, data in letter.files.items()}
    return f"mail:{letter.key}", payload | more


def written(template: str, language: Lang, **context: Any) -> tuple[str, str]:
    """Subject and body of a mail in a language; nothing is sent."""
    with i18n.speaking(language):
        return _rendered(template, context)


def _rendered(template: str, context: Mapping[str, Any]) -> tuple[str, str]:
    text = render_template(f"mail/{template}.txt", isolate=isolate, **context)
    subject, _, body = text.strip().partition("\n")
    return subject, body.strip() + "\n"


def _deliver(payload: dict[str, Any]) -> None:
    message = EmailMessage()
    sender = Sender(**payload.get("sender", {}))
    message["From"], message["To"] = _from(sender), payload["to"]
    if sender.reply_to:
        message["Reply-To"] = Address(addr_spec=sender.reply_to)
    message["Subject"], message["Date"] = " ".join(payload["subject"].split()), formatdate(localtime=False)
    about = payload.get("about", "")
    domain = parseaddr(current_app.config["MAIL_FROM"])[1].rpartition("@")[2]
    message["Message-ID"] = make_msgid(about or None, domain)
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(payload["body"])  # drops content headers, so the language is named after it
    message["Content-Language"] = payload["lang"]
    for name, data in payload.get("files", {}).items():
        message.add_attachment(base64.b64decode(data), "application", "octet-stream", filename=name)
    folder: Path | None = current_app.config["MAIL_FOLDER"]
    if folder:
        folder.mkdir(parents=True, exist_ok=True)
        name = message["Message-ID"].strip("<>").partition("@")[0]
        (folder / f"{name}.eml").write_bytes(message.as_bytes())
    else:
        _smtp(current_app.config["MAIL_URL"], message, _envelope_sender(about))


def _envelope_sender(about: str) -> str | None:
    """Where notifications about a mail go: an address that names it, if the operator has set one up for them."""
    name, _, domain = current_app.config["MAIL_BOUNCES"].rpartition("@")
    return f"{name}+{about}@{domain}" if name and about else None


def _from(sender: Sender) -> Address | str:
    """The address stays that of the installation: only for it does its domain vouch (SPF, DKIM, DMARC)."""
    own: str = current_app.config["MAIL_FROM"]
    return Address(sender.name, addr_spec=parseaddr(own)[1]) if sender.name else own


def _smtp(url: str, message: EmailMessage, sender: str | None) -> None:
    parts = urlsplit(url)
    kind = smtplib.SMTP_SSL if parts.scheme == "smtps" else smtplib.SMTP
    with kind(parts.hostname or "localhost", parts.port or 0, timeout=20) as server:
        if parts.scheme == "smtp" and server.has_extn("starttls"):
            server.starttls()
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
        try:
            server.send_message(message, sender)
        except smtplib.SMTPRecipientsRefused as refused:
            [(code, said)] = refused.recipients.values()
            _give_up_if_final(code, said)
            raise
        except smtplib.SMTPDataError as refused:
            _give_up_if_final(refused.smtp_code, refused.smtp_error)
            raise


def _give_up_if_final(code: int, said: bytes | str) -> None:
    """A 5xx answer is about this mail and stays; 4xx means later, and whatever else is wrong is ours to mend."""
    if 500 <= code < 600:
        text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
        raise outbox.Hopeless(f"{code} {text}")


def _not_delivered(payload: dict[str, Any], reason: str) -> None:
    if "about" in payload:
        tell(payload["about"], reason)


@outbox.handles(KIND, outside=_deliver, gave_up=_not_delivered, attempts=ATTEMPTS)
def _delivered(payload: dict[str, Any], result: Any) -> None:
    """The row's own state says that the mail left; who follows it is told."""
    if "about" in payload:
        tell(payload["about"])
