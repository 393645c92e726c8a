"""The outbox and its runner: once, in order, and again after a crash."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from diploma.core import clock, jobs, outbox
from diploma.core.outbox import Job, JobState


@pytest.fixture
def done(app: Any) -> Iterator[list[Any]]:
    """What a handler of kind ``note`` was given."""
    seen: list[Any] = []

    @outbox.handles("note")
    def note(payload: dict[str, Any], _result: None) -> None:
        seen.append(payload["text"])
        if payload["text"] == "broken":
            raise OSError("the printer is on fire")

    yield seen
    del outbox._handlers["note"]


def put(unit: Any, text: str, key: str = "") -> None:
    with unit():
        outbox.enqueue("note", key or text, {"text": text})


def test_jobs_run_in_order_and_once(app: Any, unit: Any, done: list[Any]) -> None:
    for text in ("a", "b", "c"):
        put(unit, text)
    with app.app_context():
        assert jobs.drain() == 3
        assert jobs.drain() == 0
    assert done == ["a", "b", "c"]


def test_the_same_key_is_one_job(app: Any, unit: Any, done: list[Any]) -> None:
    put(unit, "a", "key")
    put(unit, "b", "key")
    with app.app_context():
        jobs.drain()
    assert done == ["a"]


def test_a_rolled_back_act_leaves_no_job(app: Any, unit: Any, done: list[Any]) -> None:
    with pytest.raises(ValueError, match="no"), unit():
        outbox.enqueue("note", "k", {"text": "a"})
        raise ValueError("no")
    with app.app_context():
        assert jobs.drain() == 0


def test_a_failing_job_waits_longer_each_time_and_then_gives_up(
    app: Any, unit: Any, done: list[Any], reading: Any
) -> None:
    put(unit, "broken")
    moment = clock.now()
    for _ in range(outbox.MAX_ATTEMPTS):
        moment += timedelta(hours=1)
        with clock.at(moment), app.app_context():
            jobs.drain()
    with reading() as session:
        job = session.scalar(select(Job))
        assert job.state is JobState.FAILED and job.attempts == outbox.MAX_ATTEMPTS
        assert job.last_error == "OSError: the printer is on fire"


def test_a_job_whose_runner_died_runs_again_after_its_lease(app: Any, unit: Any, done: list[Any]) -> None:
    put(unit, "a")
    with unit():
        assert outbox.lease() is not None  # and the runner dies here
    with app.app_context():
        assert jobs.drain() == 0
    with clock.at(clock.now() + outbox.LEASE + timedelta(seconds=1)), app.app_context():
        assert jobs.drain() == 1
    assert done == ["a"]
