"""The job runner: drains the outbox, one job at a time, or a handful of a kind that says so.

On SQLite one runner drains it; on PostgreSQL several may run beside each other (rows are taken with
SKIP LOCKED). A job's effect and its "done" are one transaction, so a kill at any moment repeats at most
work that left no trace. Of a handful only the slow part outside of transactions is done at the same time;
each job is closed here, as soon as its slow part is over.
"""

import logging
import signal
import threading
from collections.abc import Callable
from typing import Any

from sqlalchemy.exc import OperationalError

from diploma.core import abreast, outbox
from diploma.core.db import session, unit_of_work
from diploma.core.errors import Unavailable

log = logging.getLogger("diploma.jobs")
IDLE_SECONDS = 1.0
Taken = tuple[int, str, outbox.Payload]  # id, kind, payload of a leased job


def run_some(most: int = abreast.AT_ONCE) -> int:
    """Lease and perform the oldest due job, and up to ``most`` in all where its kind allows it; returns how many."""
    with unit_of_work():
        job = outbox.lease()
        leased = [job, *outbox.lease_beside(job, most - 1)] if job else []
        taken: list[Taken] = [(one.id, one.kind, dict(one.payload)) for one in leased]
    for one, result in abreast.each(_prepare, taken):
        _close(one, result)
    session.remove()
    return len(taken)


def drain(limit: int = 100_000) -> int:
    """Perform due jobs until none is left, at most ``limit``; returns their number."""
    count = 0
    while count < limit and (done := run_some(min(abreast.AT_ONCE, limit - count))):
        count += done
    return count


def run_for_ever(idle: Callable[[], None] = lambda: None) -> None:
    """Drain, sleep, again; TERM and INT end the loop after the jobs in hand.

    When the database is away or its disk full, what was leased comes again with the end of its lease.
    """
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    while not stop.is_set():
        try:
            busy = run_some()
        except OperationalError:
            log.exception("the database does not answer")
            session.remove()
            busy = 0
        if not busy:
            idle()
            stop.wait(IDLE_SECONDS)


def _prepare(job: Taken) -> Any:
    _id, kind, payload = job
    return outbox.prepare(kind, payload)


def _close(job: Taken, result: Any) -> None:
    """Keep the effect of a job, or the reason why there is none."""
    job_id, kind, payload = job
    try:
        if isinstance(result, Exception):
            raise result
        with unit_of_work():
            outbox.finish(kind, payload, result)
            outbox.settle(job_id, None)
    except outbox.Hopeless as reason:
        log.warning("job %s (%s) is given up: %s", job_id, kind, reason)
        with unit_of_work():
            outbox.settle(job_id, str(reason), hopeless=True)
    except Unavailable as reason:
        log.warning("job %s (%s) waits: %s", job_id, kind, reason)
        with unit_of_work():
            outbox.postpone(job_id, str(reason))
    except Exception as error:  # a job of any kind may fail in any way; the reason is kept with the row
        log.exception("job %s (%s) failed", job_id, kind)
        with unit_of_work():
            outbox.settle(job_id, f"{type(error).__name__}: {error}")
