"""The outbox: everything that must happen after a commit, written in the same transaction.

Mails, renderings and effects that flow upwards through the layers are rows here. A row with a unique
key is never doubled; every handler is idempotent, because a runner that dies runs its row again.
"""

import enum
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Index, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from diploma.core import clock
from diploma.core.chain import AnySession
from diploma.core.db import session
from diploma.core.orm import Base, intpk

LEASE = timedelta(minutes=5)
MAX_ATTEMPTS = 8

Payload = dict[str, Any]
Outside = Callable[[Payload], Any]
Inside = Callable[[Payload, Any], None]
GaveUp = Callable[[Payload, str], None]
_handlers: dict[str, tuple[Outside | None, Inside, GaveUp | None]] = {}


class Hopeless(Exception):
    """A job that would fail again whenever it is repeated: it ends at once, with the text as its reason."""


class JobState(enum.StrEnum):
    """The life of a row: waiting → running → done, or failed after ``MAX_ATTEMPTS``."""

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


def handles(kind: str, *, outside: Outside | None = None, gave_up: GaveUp | None = None) -> Callable[[Inside], Inside]:
    """Register what a kind of job does; both parts must be idempotent.

    ``outside(payload)`` does slow work (rendering, SMTP) with no transaction open; its result goes to the
    registered function ``inside(payload, result)``, which runs in the unit of work that closes the job.
    ``gave_up(payload, reason)`` runs in the one in which the job has failed for good.
    """

    def register(inside: Inside) -> Inside:
        _handlers[kind] = (outside, inside, gave_up)
        return inside

    return register


def enqueue(
    kind: str, key: str, payload: Payload, *, due_at: datetime | None = None, into: AnySession | None = None
) -> None:
    """Add a job to the present transaction (or to that of ``into``), unless one with this ``key`` exists already."""
    connection, now = (into or session).connection(), clock.now()
    row = {"kind": kind, "key": key, "payload": payload, "due_at": due_at or now, "created_at": now}
    connection.execute(_ADD[connection.dialect.name], row)


def lease() -> Job | None:
    """Take the oldest due job, also one whose runner died while holding it; ``None`` when nothing waits."""
    now = clock.now()
    free = or_(Job.state == JobState.WAITING, (Job.state == JobState.RUNNING) & (Job.leased_until < now))
    job: Job | None = session.scalar(
        select(Job)
        .where(free, Job.due_at <= now)
        .order_by(Job.due_at, Job.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    if job:
        job.state, job.leased_until, job.attempts = JobState.RUNNING, now + LEASE, job.attempts + 1
    return job


def prepare(kind: str, payload: Payload) -> Any:
    """Run the slow part of a job; an unknown kind is an error of the programme."""
    outside = _handlers[kind][0]
    return outside(payload) if outside else None


def finish(kind: str, payload: Payload, result: Any) -> None:
    """Run the part of a job that belongs to the closing transaction."""
    _handlers[kind][1](payload, result)


def settle(job_id: int, error: str | None, *, hopeless: bool = False) -> None:
    """Close a leased job: done, or waiting again with a growing delay, or failed for good."""
    job = session.get_one(Job, job_id, with_for_update=True)
    job.last_error, job.leased_until = error, None
    if error is None:
        job.state, job.done_at = JobState.DONE, clock.now()
    elif hopeless or job.attempts >= MAX_ATTEMPTS:
        job.state = JobState.FAILED
        gave_up = _handlers[job.kind][2] if job.kind in _handlers else None
        if gave_up:
            gave_up(job.payload, error)
    else:
        job.state, job.due_at = JobState.WAITING, clock.now() + timedelta(seconds=5 * 2**job.attempts)
