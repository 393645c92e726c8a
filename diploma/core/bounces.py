"""Notifications that a mail was not delivered (RFC 3464), as mail servers send them back. Knows no flask.

Anybody can send one. It counts only when it names a mail of ours by its reference (``mail``), in the Message-ID of
the mail that it returns or in the address to which it was sent; all else in it is text for people.
"""

import mailbox
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import Message
from pathlib import Path
from typing import BinaryIO

from diploma.core import mail
from diploma.core.text import clean

LARGEST = 1_000_000  # bytes of a notification that are read; what is returned may be longer
MOST = 64 * LARGEST  # bytes of a whole mailbox
_NEXT = re.compile(rb"(?:\A|\r?\n\r?\n)From [^\n]*\n")  # between the messages of an mbox
_ADDRESSED = ("To", "Delivered-To", "X-Original-To")


@dataclass(frozen=True)
class Bounce:
    """A mail that was not delivered: what it may be about (``kind.reference``), and the server's words."""

    about: tuple[str, ...]
    reason: str


def messages_of(stream: BinaryIO) -> Iterator[bytes]:
    """One message, or those of a mailbox in the format mbox; whatever lies beyond ``MOST`` is left unread."""
    data = stream.read(MOST)
    parts = _NEXT.split(data) if data.startswith(b"From ") else [data]
    yield from (one[:LARGEST] for one in parts if one.strip())


def messages_in(folder: Path) -> Iterator[bytes]:
    """The messages of a maildir; raises ``OSError`` when it is none."""
    if not (folder / "new").is_dir():
        raise NotADirectoryError(20, "it is no maildir", str(folder))
    box = mailbox.Maildir(folder, create=False)
    for key in sorted(box.keys()):
        with box.get_file(key) as file:
            yield file.read(LARGEST)


def read(data: bytes) -> Bounce | None:
    """What a message says; ``None`` when it is no notification of a failure, or names no mail."""
    try:
        message = message_from_bytes(data, policy=policy.compat32)
        reason = _failure(message)
        about = tuple(dict.fromkeys(_named(message)))
    except Exception:  # a stranger wrote it: the parser of the library fails in many ways
        return None
    return Bounce(about, reason) if reason and about else None


def _failure(message: Message) -> str:
    """Status and words of the first recipient for whom delivery failed; empty when it is delayed or done."""
    for part in message.walk():
        if part.get_content_type() != "message/delivery-status":
            continue
        for block in part.get_payload():
            if isinstance(block, Message) and clean(str(block.get("Action", ""))).casefold() == "failed":
                said = str(block.get("Diagnostic-Code", "")).partition(";")
                return clean(f"{block.get('Status', '')} {said[2] or said[0]}") or "failed"
    return ""


def _named(message: Message) -> Iterator[str]:
    for name in _ADDRESSED:
        for header in message.get_all(name, []):
            yield from mail.references(str(header))
    for part in message.walk():
        if part is not message and part.get_content_type() in ("message/rfc822", "text/rfc822-headers"):
            yield from mail.references(_message_id(part))


def _message_id(part: Message) -> str:
    """The Message-ID of the mail that a notification returns, whole or its headers alone."""
    payload = part.get_payload()
    if isinstance(payload, list):
        return str(payload[0].get("Message-ID", "")) if payload and isinstance(payload[0], Message) else ""
    raw = part.get_payload(decode=True)
    return str(message_from_bytes(raw).get("Message-ID", "")) if isinstance(raw, bytes) else ""
