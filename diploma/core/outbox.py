"""The outbox: everything that must happen after a commit, written in the same transaction.

Mails, renderings and effects that flow upwards through the layers are rows here. A row with a unique
key is never doubled; every handler is idempotent, because a runner that dies runs its row again.
"""

import enum
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Index, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from diploma.core import clock
from diploma.core.chain import AnySession
from diploma.core.db import session
from diploma.core.orm import Base, intpk

LEASE = timedelta(minutes=5)
MAX_ATTEMPTS = 8
LONGEST_DELAY = 3600  # seconds between two attempts
UNAVAILABLE_DELAY = 300  # seconds until the next one where the machine is at fault

Payload = dict[str, Any]
Outside = Callable[[Payload], Any]
Inside = Callable[[Payload, Any], None]
GaveUp = Callable[[Payload, str], None]


@dataclass(frozen=True)
class Handler:
    """What a kind of job does: see ``handles``."""

    inside: Inside
    outside: Outside | None = None
    gave_up: GaveUp | None = None
    attempts: int = MAX_ATTEMPTS
    abreast: bool = False


_handlers: dict[str, Handler] = {}


class Hopeless(Exception):
    """A job that would fail again whenever it is repeated: it ends at once, with the text as its reason."""


class JobState(enum.StrEnum):
    """The life of a row: waiting → running → done, or failed after the attempts of its kind."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Job(Base):
    """One thing to do once."""

    __tablename__ = "outbox"
    __table_args__ = (Index("ix_outbox_due", "state", "due_at", "id"),)

    id: Mapped[intpk]
    kind: Mapped[str]
    key: Mapped[str] = mapped_column(unique=True)
    payload: Mapped[dict[str, Any]]
    state: Mapped[JobState] = mapped_column(default=JobState.WAITING)
    due_at: Mapped[datetime]
    leased_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str | None]
    created_at: Mapped[datetime]
    done_at: Mapped[datetime | None]


# The database drops the second of two with one key, also when both are added at once.
_ADD = {
    one.__name__.rpartition(".")[2]: one.insert(Job.__table__).on_conflict_do_nothing(index_elements=["key"])
    for one in (sqlite, postgresql)
}


def handles(
    kind: str,
    *,
    outside: Outside | None = None,
    gave_up: GaveUp | None = None,
    attempts: int = MAX_ATTEMPTS,
    abreast: bool = False,
) -> Callable[[Inside], Inside]:
    """Register what a kind of job does; both parts must be idempotent.

    ``outside(payload)`` does slow work (rendering, SMTP) with no transaction open; its result goes to the
    registered function ``inside(payload, result)``, which runs in the unit of work that closes the job.
    ``gave_up(payload, reason)`` runs in the one in which the job has failed for good, after ``attempts``.
    ``abreast`` says that ``outside`` may run for several jobs at once, in threads; it then opens its own session.
    """

    def register(inside: Inside) -> Inside:
        _handlers[kind] = Handler(inside, outside, gave_up, attempts, abreast)
        return inside

    return register


def enqueue(
    kind: str, key: str, payload: Payload, *, due_at: datetime | None = None, into: AnySession | None = None
) -> None:
    """Add a job to the present transaction (or to that of ``into``), unless one with this ``key`` exists already."""
    enqueue_many(kind, [(key, payload)], due_at=due_at, into=into)


def enqueue_many(
    kind: str, jobs: Iterable[tuple[str, Payload]], *, due_at: datetime | None = None, into: AnySession | None = None
) -> None:
    """The same of several jobs of a kind, each as (key, payload), in one statement."""
    connection, now = (into or session).connection(), clock.now()
    rows = [
        {"kind": kind, "key": key, "payload": payload, "due_at": due_at or now, "created_at": now}
        for key, payload in jobs
    ]
    if rows:
        connection.execute(_ADD[connection.dialect.name], rows)


def lease() -> Job | None:
    """Take the oldest due job, also one whose runner died while holding it; ``None`` when nothing waits."""
    return next(iter(_take(1)), None)


def lease_beside(job: Job, most: int) -> list[Job]:
    """Take up to ``most`` more due jobs that may be prepared at the same time as ``job``."""
    handler = _handlers.get(job.kind)
    return _take(most, Job.kind == job.kind) if handler and handler.abreast else []


def _take(most: int, *which: ColumnElement[bool]) -> list[Job]:
    now = clock.now()
    free = or_(Job.state == JobState.WAITING, (Job.state == JobState.RUNNING) & (Job.leased_until < now))
    due = select(Job).where(free, Job.due_at <= now, *which).order_by(Job.due_at, Job.id).limit(most)
    jobs = list(session.scalars(due.with_for_update(skip_locked=True)))
    for job in jobs:
        job.state, job.leased_until, job.attempts = JobState.RUNNING, now + LEASE, job.attempts + 1
    return jobs


def prepare(kind: str, payload: Payload) -> Any:
    """Run the slow part of a job; an unknown kind is an error of the programme."""
    outside = _handlers[kind].outside
    return outside(payload) if outside else None


def finish(kind: str, payload: Payload, result: Any) -> None:
    """Run the part of a job that belongs to the closing transaction."""
    _handlers[kind].inside(payload, result)


def settle(job_id: int, error: str | None, *, hopeless: bool = False) -> None:
    """Close a leased job: done, or waiting again with a growing delay, or failed for good."""
    job = session.get_one(Job, job_id, with_for_update=True)
    handler = _handlers.get(job.kind)
    job.last_error, job.leased_until = error, None
    if error is None:
        job.state, job.done_at = JobState.DONE, clock.now()
    elif hopeless or job.attempts >= (handler.attempts if handler else MAX_ATTEMPTS):
        job.state = JobState.FAILED
        if handler and handler.gave_up:
            handler.gave_up(job.payload, error)
    else:
        _again(job, min(5 * 2**job.attempts, LONGEST_DELAY))


def postpone(job_id: int, error: str) -> None:
    """Put a leased job back that the machine could not do (full disk, missing fonts): this is no attempt, it waits
    until somebody has mended the machine."""
    job = session.get_one(Job, job_id, with_for_update=True)
    job.last_error, job.leased_until, job.attempts = error, None, job.attempts - 1
    _again(job, UNAVAILABLE_DELAY)


def _again(job: Job, seconds: int) -> None:
    job.state, job.due_at = JobState.WAITING, clock.now() + timedelta(seconds=seconds)
