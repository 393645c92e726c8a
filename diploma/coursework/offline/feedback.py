"""Feedback files of a mark: added one by one on the page of a script, or many from one ZIP, until the release."""

import enum
import hashlib
import io
from collections.abc import Callable, Collection
from dataclasses import dataclass

from sqlalchemy import select

from diploma.accounts.models import User
from diploma.core import audit, clock, filetypes
from diploma.core.db import session
from diploma.core.errors import N_, Refused
from diploma.core.files import FileStore
from diploma.coursework import marking as marks
from diploma.coursework import policies
from diploma.coursework.allocation.policy import MARKING
from diploma.coursework.models import Marking, MarkingState
from diploma.coursework.offline.bundle import LARGEST, Fault
from diploma.coursework.offline.models import FeedbackFile
from diploma.coursework.offline.scrubbing import without_names

MOST = 5  # files of one mark

FULL = N_("%(most)s feedback files are the most for one work. Remove one first.")
ONLY_PDF = N_(
    "Here the trainee is not told who marked. Only a PDF can be freed of your name: save the file as PDF and add that."
)


class Done(enum.StrEnum):
    """What adding a file did."""

    ADDED = "added"
    REPLACED = "replaced"
    SAME = "same"


@dataclass(frozen=True)
class Sent:
    """A stored file on its way to a mark. ``nameless``: its writer's name was taken out of it; ``original`` is the
    digest of the file as it came."""

    name: str
    kind: str
    sha256: str
    size: int
    nameless: bool
    original: str


def prepare(name: str, data: bytes, store: Callable[[bytes], str]) -> Sent:
    """A file made ready: judged by its bytes, a PDF without the name of its writer. No transaction is open."""
    kind = filetypes.kind(data)
    if len(data) > LARGEST:
        raise Refused(Fault.LARGE.value)
    if not kind or filetypes.ending(name) != kind:
        raise Refused(Fault.KIND.value)
    plain = without_names(data) if kind == "pdf" else None
    kept, original = plain or data, hashlib.sha256(data).hexdigest()
    return Sent(filetypes.safe_name(name), kind, store(kept), len(kept), plain is not None, original)


def into(store: FileStore) -> Callable[[bytes], str]:
    """Keeps the bytes of a file; its digest."""
    return lambda data: store.put(io.BytesIO(data)).sha256


def hides_marker(marking: Marking) -> bool:
    """Whether the trainee is not told who marked this work."""
    submission = marking.work.submission
    return policies.of(MARKING, submission.enrolment.cohort, submission.module).hide_marker


def add(marking: Marking, sent: Sent, *, by: User) -> Done:
    """Give a mark a file; one of the same name takes the place of the one that is there."""
    marks.hold(marking, MarkingState.MARKING, by=by)
    if hides_marker(marking) and not sent.nameless:
        raise Refused(ONLY_PDF)
    there = list(session.scalars(select(FeedbackFile).where(FeedbackFile.marking_id == marking.id)))
    same = next((one for one in there if one.name == sent.name), None)
    if same and same.sha256 == sent.sha256:
        return Done.SAME
    if same is None and len(there) >= MOST:
        raise Refused(FULL, most=MOST)
    before = same.sha256 if same else None
    row = same or FeedbackFile(marking_id=marking.id, number=max((one.number for one in there), default=0) + 1)
    row.name, row.kind, row.sha256, row.size = sent.name, sent.kind, sent.sha256, sent.size
    row.added_by_id, row.added_at = by.id, clock.now()
    session.add(row)
    session.flush()
    audit.record("feedback.added", f"marking:{marking.id}", by=by, file=row.number, before=before, after=sent.sha256)
    return Done.REPLACED if same else Done.ADDED


def remove(file: FeedbackFile, marking: Marking, *, by: User) -> None:
    """Take a file from a mark that is not released."""
    marks.hold(marking, MarkingState.MARKING, by=by)
    session.delete(file)
    session.flush()
    audit.record("feedback.removed", f"marking:{marking.id}", by=by, file=file.number, before=file.sha256)


def of(markings: Collection[Marking]) -> dict[int, list[FeedbackFile]]:
    """The files of many marks, by the id of the marking; one query."""
    found: dict[int, list[FeedbackFile]] = {}
    query = select(FeedbackFile).where(FeedbackFile.marking_id.in_([one.id for one in markings]))
    for one in session.scalars(query.order_by(FeedbackFile.marking_id, FeedbackFile.number)):
        found.setdefault(one.marking_id, []).append(one)
    return found
