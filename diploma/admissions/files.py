"""Files of applicants: checked by their bytes, bounded, kept with the draft, gone with the application.

Nobody has an account here, so what arrives is looked at before a byte of it reaches the store, and is stored alone
(``core/files``): it can go without asking who else holds it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from io import BytesIO
from typing import Any

from sqlalchemy import select

from diploma.accounts.models import User
from diploma.admissions import plan as plans
from diploma.admissions.models import Application, ApplicationFile
from diploma.admissions.plan import LARGEST_FILE, Question, QuestionKind
from diploma.core import audit, clock, db, filetypes, outbox
from diploma.core.db import session
from diploma.core.errors import N_, Refused
from diploma.core.files import Readable, alone
from diploma.core.uploads import store

DROP = "application-file"
ORPHANED = timedelta(hours=1)  # after which a blob that no row names is one whose request failed


@dataclass(frozen=True)
class Sent:
    """A file that was accepted; ``data`` are its bytes, ``kind`` what they are."""

    name: str
    kind: str
    data: bytes


@dataclass(frozen=True)
class Stored:
    """An accepted file on disk under ``sha256``, which is not the digest of its own bytes."""

    name: str
    kind: str
    size: int
    sha256: str


def looked_at(question: Question, name: str, stream: Readable) -> Sent:
    """The file that a stream holds, if it answers the question; nothing is stored. :class:`Refused` says why not."""
    data = stream.read(LARGEST_FILE + 1)
    if not data:
        raise Refused(N_("The file is empty. Choose another one."))
    if len(data) > LARGEST_FILE:
        most = LARGEST_FILE // 1_000_000
        raise Refused(N_("The file is larger than %(most)s MB. Choose a smaller one."), most=most)
    kind = filetypes.kind(data)
    if kind not in question.accepts:
        types = ", ".join(one.upper() for one in question.accepts)
        raise Refused(
            N_("The file must be a sound one of the type %(types)s. Save it again and choose it anew."), types=types
        )
    return Sent(filetypes.named_as(name, kind), kind, data)


def put(sent: Sent) -> Stored:
    """Bring a file to disk, before the transaction that names it begins.

    The job that takes it away when nothing names it is stored first, so a request that fails leaves nothing behind.
    """
    blob = alone(sent.data)
    digest = sha256(blob).hexdigest()
    with db.aside() as own:
        due = clock.now() + ORPHANED
        outbox.enqueue(DROP, f"{DROP}:{digest}:unless-named", {"sha256": digest}, due_at=due, into=own)
    store().put(BytesIO(blob))
    return Stored(sent.name, sent.kind, len(sent.data), digest)


def too_many(seconds: int) -> Refused:
    """Why no more files are taken now; ``seconds`` to wait."""
    minutes = -(-seconds // 60)
    return Refused(N_("Many files were sent one after another. Try again in %(minutes)s min."), minutes=minutes)


def content(file: ApplicationFile) -> BytesIO:
    """The bytes of a file, as they were sent."""
    return BytesIO(store().read_alone(file.sha256))


def questions(application: Application) -> list[Question]:
    """The questions of the call that a file answers."""
    asked = plans.read(application.call.plan).questions
    return [one for one in asked if one.kind is QuestionKind.FILE]


def attach(application: Application, question_id: str, file: Stored) -> None:
    """Keep a file as the answer to a question, in the place of an earlier one; the draft is locked by the caller."""
    if question_id not in {one.id for one in questions(application)}:
        raise Refused(N_("This call does not ask for that file any more."))
    remove(application, question_id)
    application.files.append(
        ApplicationFile(
            question=question_id,
            name=file.name,
            kind=file.kind,
            sha256=file.sha256,
            size=file.size,
            added_at=clock.now(),
        )
    )
    session.flush()
    audit.record(
        "application.file_added", f"application:{application.id}", question=question_id, type=file.kind, size=file.size
    )


def remove(application: Application, question_id: str) -> None:
    """Take the file of a question away, with its bytes; without one nothing happens."""
    held = next((one for one in application.files if one.question == question_id), None)
    if held is None:
        return
    forget([held.sha256])
    application.files.remove(held)
    session.flush()  # the next file of the question takes its place
    audit.record("application.file_removed", f"application:{application.id}", question=question_id)


def remove_of_question(call_id: int, question_id: str) -> None:
    """Take all files of a question away that is asked no more."""
    held = select(Application).join(ApplicationFile).where(Application.call_id == call_id)
    for one in session.scalars(held.where(ApplicationFile.question == question_id)).all():
        remove(one, question_id)


def note_reading(file: ApplicationFile, *, by: User) -> None:
    """Record that staff or a reader opened somebody's file."""
    audit.record("application.file_read", f"application:{file.application_id}", by=by, question=file.question)


def forget(digests: Iterable[str]) -> None:
    """Let the bytes go once this transaction has taken their rows away."""
    for digest in digests:
        outbox.enqueue(DROP, f"{DROP}:{digest}:gone", {"sha256": digest})


@outbox.handles(DROP)
def _drop(payload: dict[str, Any], _result: None) -> None:
    """Take a blob off the disk, unless a row names it."""
    if session.scalar(select(ApplicationFile.id).where(ApplicationFile.sha256 == payload["sha256"])) is None:
        store().remove_alone(payload["sha256"])
