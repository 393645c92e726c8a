"""Several jobs of a kind that allows it are prepared at the same time; each is closed by itself."""

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from diploma.core import abreast, clock, db, jobs, outbox
from diploma.core.errors import Unavailable
from diploma.core.outbox import Job, JobState

Put = Callable[..., None]


@pytest.fixture
def outside() -> list[Callable[[str], str]]:
    """What the slow part of a job does with its text; a test puts its own in."""
    return [lambda text: text]


@pytest.fixture
def done(app: Any, outside: list[Callable[[str], str]]) -> Iterator[list[str]]:
    seen: list[str] = []

    def prepare(payload: dict[str, Any]) -> str:
        return outside[0](payload["text"])

    @outbox.handles("slow", outside=prepare, abreast=True)
    def close(_payload: dict[str, Any], result: str) -> None:
        seen.append(result)

    yield seen
    del outbox._handlers["slow"]


@pytest.fixture
def put(unit: Any) -> Put:
    def enqueue(*texts: str) -> None:
        with unit():
            for text in texts:
                outbox.enqueue("slow", text, {"text": text})

    return enqueue


def states(reading: Any) -> dict[str, JobState]:
    with reading() as session:
        return {one.key: one.state for one in session.scalars(select(Job))}


def test_jobs_are_prepared_at_the_same_time(app: Any, put: Put, done: list[str], outside: Any) -> None:
    barrier = threading.Barrier(3, timeout=20)

    def meet(text: str) -> str:
        barrier.wait()
        return text

    outside[0] = meet
    put("a", "b", "c")
    with app.app_context():
        assert jobs.drain() == 3
    assert sorted(done) == ["a", "b", "c"]


def test_the_slow_part_reads_in_a_session_of_its_own(app: Any, put: Put, done: list[str], outside: Any) -> None:
    def read(text: str) -> str:
        with db.reading() as own:
            return str(own.scalar(select(Job.key).where(Job.key == text)))

    outside[0] = read
    put("a", "b")
    with app.app_context():
        jobs.drain()
    assert sorted(done) == ["a", "b"]


def test_one_that_fails_takes_no_other_along(app: Any, put: Put, done: list[str], outside: Any, reading: Any) -> None:
    outside[0] = lambda text: text if text != "b" else 1 / 0
    put("a", "b", "c")
    with app.app_context():
        jobs.drain()
    assert sorted(done) == ["a", "c"]
    assert states(reading) == {"a": JobState.DONE, "b": JobState.WAITING, "c": JobState.DONE}


def test_no_more_are_taken_than_are_asked_for(app: Any, put: Put, done: list[str]) -> None:
    put("a", "b", "c")
    with app.app_context():
        assert jobs.drain(2) == 2
    assert sorted(done) == ["a", "b"]


def test_other_kinds_are_not_taken_along(app: Any, put: Put, done: list[str], unit: Any) -> None:
    put("a")
    with unit():
        outbox.enqueue("mail", "m", {})
    with unit():
        job = outbox.lease()
        assert job and job.key == "a" and outbox.lease_beside(job, 9) == []


def test_who_stops_leaves_undone_what_has_not_begun() -> None:
    begun: list[int] = []
    running = abreast.each(begun.append, range(1000))
    next(running)
    running.close()
    assert len(begun) < 1000


def test_what_the_machine_cannot_do_is_no_attempt(
    app: Any, put: Put, done: list[str], outside: Any, reading: Any
) -> None:
    def full(_text: str) -> str:
        raise Unavailable("no room")

    outside[0] = full
    put("a")
    moment = clock.now()
    for _ in range(outbox.MAX_ATTEMPTS + 2):
        with clock.at(moment), app.app_context():
            assert jobs.drain() == 1
        moment += timedelta(seconds=outbox.UNAVAILABLE_DELAY)
    with reading() as session:
        job = session.scalars(select(Job)).one()
        assert (job.state, job.attempts, job.last_error) == (JobState.WAITING, 0, "no room")
    outside[0] = str
    with clock.at(moment), app.app_context():
        jobs.drain()
    assert done == ["a"]


def test_a_runner_outlives_a_database_that_is_away(app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    class Over(BaseException):
        """Ends the loop."""

    answers = iter([OperationalError("COMMIT", None, Exception("disk is full")), Over()])

    def run_some() -> int:
        raise next(answers)

    monkeypatch.setattr(jobs, "run_some", run_some)
    monkeypatch.setattr(jobs.signal, "signal", lambda *_: None)
    monkeypatch.setattr(jobs, "IDLE_SECONDS", 0)
    with app.app_context(), pytest.raises(Over):
        jobs.run_for_ever()
