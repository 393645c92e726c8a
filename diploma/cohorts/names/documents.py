"""The document with which a person shows how their name is written: a page of a passport, more sensitive than the name.

It is kept while the request is open and nobody has decided, 90 days at most. The row forgets it in the transaction that
decides; a job of the same transaction deletes the bytes, so that a decision that fails loses nothing.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from diploma.accounts.models import User
from diploma.cohorts.names.models import NameRequest
from diploma.core import audit, filetypes, outbox
from diploma.core.db import session
from diploma.core.errors import N_, Refused
from diploma.core.uploads import store

MAX_BYTES = 5_000_000
KINDS = ("pdf", "png", "jpg")  # of filetypes
KEPT = timedelta(days=90)
ERASE, EXPIRE = "name-document-erase", "name-document-expire"


@dataclass(frozen=True)
class Document:
    """A stored document: its digest, by which nothing else refers to it, and its kind."""

    sha256: str
    kind: str


def kind_of(data: bytes) -> str:
    """The kind of a sent document by its bytes; :class:`Refused` for what is none or too large."""
    if not data:
        raise Refused(N_("The file is empty. Choose another one."))
    if len(data) > MAX_BYTES:
        raise Refused(N_("The file is larger than 5 MB. Choose a smaller one."))
    kind = filetypes.kind(data)
    if kind not in KINDS:
        raise Refused(N_("This is no PDF, JPEG or PNG file, or it is damaged."))
    return kind


@contextmanager
def stored(data: bytes) -> Iterator[Document | None]:
    """The document on disk, before the first statement of the block; deleted again when the block fails.

    Without ``data`` there is none.
    """
    document = Document(store().put_alone(data), kind_of(data)) if data else None
    try:
        yield document
    except BaseException:
        if document:
            store().remove_alone(document.sha256)
        raise


def keep_for_a_while(asked: NameRequest) -> None:
    """Let the document of a new request go after ``KEPT`` if nobody decides."""
    if asked.document_sha256:
        due = asked.asked_at + KEPT
        outbox.enqueue(EXPIRE, f"{EXPIRE}:{asked.id}", {"request_id": asked.id}, due_at=due)


def forget(asked: NameRequest) -> None:
    """Take the document from a request; its bytes are deleted once this transaction has ended well."""
    if asked.document_sha256:
        digest = asked.document_sha256
        outbox.enqueue(ERASE, f"{ERASE}:{digest}", {"sha256": digest})
        asked.document_sha256 = asked.document_kind = None


def read(asked: NameRequest) -> bytes | None:
    """The bytes of the document; ``None`` when there is none, or it is not here any more (a backup was put back)."""
    try:
        return store().read_alone(asked.document_sha256) if asked.document_sha256 else None
    except FileNotFoundError:
        return None


def open_as(asked: NameRequest, *, by: User) -> bytes | None:
    """The bytes for somebody who decides; that they looked is recorded."""
    data = read(asked)
    if data is not None:
        audit.record("name.document_opened", f"user:{asked.user_id}", by=by, request=asked.id)
    return data


def _erase(payload: outbox.Payload) -> None:
    store().remove_alone(payload["sha256"])


@outbox.handles(ERASE, outside=_erase)
def _erased(_payload: outbox.Payload, _result: None) -> None:
    """The row forgot the file before."""


@outbox.handles(EXPIRE)
def _expire(payload: outbox.Payload, _result: None) -> None:
    """Nobody has decided: the request goes on without its document."""
    asked = session.get(NameRequest, payload["request_id"], with_for_update=True, populate_existing=True)
    if asked and asked.document_sha256:
        forget(asked)
        audit.record("name.document_expired", f"user:{asked.user_id}", request=asked.id)
