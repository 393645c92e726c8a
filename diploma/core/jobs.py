"""The job runner: drains the outbox, one job at a time.

On SQLite one runner drains it; on PostgreSQL several may run beside each other (rows are taken with
SKIP LOCKED). A job's effect and its "done" are one transaction, so a kill at any moment repeats at most
work that left no trace.
"""

import logging
import signal
import threading
from collections.abc import Callable

from diploma.core import outbox
from diploma.core.db import session, unit_of_work

log = logging.getLogger("diploma.jobs")
IDLE_SECONDS = 1.0


def run_one() -> bool:
    """Lease and perform one job; ``False`` when none was due."""
    with unit_of_work():
        job = outbox.lease()
        taken = (job.id, job.kind, dict(job.payload)) if job else None
    if taken is None:
        session.remove()
        return False
    job_id, kind, payload = taken
    try:
        result = outbox.prepare(kind, payload)
        with unit_of_work():
            outbox.finish(kind, payload, result)
            outbox.settle(job_id, None)
    except outbox.Hopeless as reason:
        log.warning("job %s (%s) is given up: %s", job_id, kind, reason)
        with unit_of_work():
            outbox.settle(job_id, str(reason), hopeless=True)
    except Exception as error:  # a job of any kind may fail in any way; the reason is kept with the row
        log.exception("job %s (%s) failed", job_id, kind)
        with unit_of_work():
            outbox.settle(job_id, f"{type(error).__name__}: {error}")
    session.remove()
    return True


def drain(limit: int = 100_000) -> int:
    """Perform due jobs until none is left; returns their number."""
    count = 0
    while count < limit and run_one():
        count += 1
    return count


def run_for_ever(idle: Callable[[], None] = lambda: None) -> None:
    """Drain, sleep, again; TERM and INT end the loop after the job in hand."""
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    while not stop.is_set():
        if not run_one():
            idle()
            stop.wait(IDLE_SECONDS)
