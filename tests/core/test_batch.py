"""Batches: every item once, whatever fails or dies; stopped between items, retried for what is left."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from diploma.core import audit, batch, clock, db, jobs, outbox
from diploma.core.audit import AuditEvent
from diploma.core.batch import Batch, BatchItem, BatchState
from diploma.core.errors import Refused
from diploma.core.outbox import Job

REGISTRAR, DEPUTY = SimpleNamespace(id=1), SimpleNamespace(id=2)


class Killed(BaseException):
    """The runner dies: nothing catches it."""


@dataclass
class Works:
    """Batches of a kind that writes one audit event per item; ``trouble`` says what befalls an item instead."""

    app: Flask
    unit: Any
    trouble: dict[int, BaseException] = field(default_factory=dict)
    before: Callable[[int], None] = lambda _n: None

    def order(self, count: int, key: str = "") -> int:
        with self.unit():
            items = [(f"Person {n}", {"n": n}) for n in range(1, count + 1)]
            return batch.start("note", items, cohort_id=7, back="/back", key=key, by=REGISTRAR).id

    def do(self, payload: dict[str, Any], by_id: int) -> None:
        self.before(payload["n"])
        audit.record("note.done", f"note:{payload['n']}", by=SimpleNamespace(id=by_id))
        if payload["n"] in self.trouble:
            raise self.trouble[payload["n"]]

    def drain(self, limit: int = 1000) -> int:
        """The runner, in no request."""
        with self.app.app_context():
            return jobs.drain(limit)

    def cancel(self, key: int) -> None:
        with self.unit() as session:
            batch.cancel(session.get(Batch, key), by=DEPUTY)

    def retry(self, key: int) -> None:
        with self.unit() as session:
            batch.retry(session.get(Batch, key), by=DEPUTY)

    def state(self, key: int) -> BatchState:
        with self.app.app_context():
            return db.session.get_one(Batch, key).state

    def items(self) -> str:
        """A letter per item: waiting, done, failed, skipped."""
        with self.app.app_context():
            return "".join(one[0] for one in db.session.scalars(select(BatchItem.state).order_by(BatchItem.number)))

    def traces(self) -> list[tuple[str, int | None]]:
        """What was done, and by whose order."""
        query = select(AuditEvent.subject, AuditEvent.actor_id).where(AuditEvent.kind == "note.done")
        with self.app.app_context():
            return [(row[0].removeprefix("note:"), row[1]) for row in db.session.execute(query.order_by(AuditEvent.id))]


@pytest.fixture
def works(app: Flask, unit: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Works]:
    monkeypatch.setattr(batch, "SLICE_SECONDS", 60)  # a busy machine must not end a slice early
    made = Works(app, unit)
    batch.does("note", title="Notes", permission="note:write")(lambda payload, by_id: made.do(payload, by_id))
    yield made
    del batch.KINDS["note"]


def once(*numbers: int, by: int = REGISTRAR.id) -> list[tuple[str, int]]:
    return [(str(n), by) for n in numbers]


# ---- done once


def test_every_item_is_done_once_and_in_order(works: Works) -> None:
    key = works.order(45)
    works.drain()
    assert works.state(key) is BatchState.DONE and works.items() == "d" * 45
    assert works.traces() == once(*range(1, 46))


def test_a_form_sent_twice_orders_one_batch(works: Works) -> None:
    assert works.order(3, key="k1") == works.order(3, key="k1") != works.order(3, key="k2")


def test_a_form_sent_again_after_the_end_orders_nothing_new(works: Works) -> None:
    key = works.order(3, key="k1")
    works.drain()
    assert works.order(0, key="k1") == key
    assert works.drain() == 0 and works.traces() == once(1, 2, 3)


def test_nothing_to_do_is_refused(works: Works) -> None:
    with pytest.raises(Refused, match="nothing left"):
        works.order(0)


def test_other_jobs_go_on_between_two_slices(works: Works, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    monkeypatch.setitem(outbox._handlers, "mail", outbox.Handler(lambda _payload, _result: seen.append(works.items())))

    works.before = lambda n: outbox.enqueue("mail", f"mail:{n}", {})
    works.order(batch.SLICE_ITEMS + 1)
    works.drain()
    assert seen[0] == "d" * batch.SLICE_ITEMS + "w"


def test_a_slice_ends_after_its_time(works: Works, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch, "SLICE_SECONDS", 0)
    works.order(3)
    works.drain(1)
    assert works.items() == "dww"


# ---- failures


def test_a_refused_item_says_why_and_stops_no_other(works: Works, reading: Any) -> None:
    works.trouble = {2: Refused("Not approved yet by: %(issuers)s.", issuers="A; B")}
    key = works.order(3)
    works.drain()
    assert works.state(key) is BatchState.DONE and works.items() == "dfd"
    with reading() as session:
        item = session.scalars(select(BatchItem).where(BatchItem.number == 2)).one()
        assert (item.message, item.params) == ("Not approved yet by: %(issuers)s.", {"issuers": "A; B"})


def test_what_a_failed_item_had_written_is_taken_back(works: Works) -> None:
    works.trouble = {2: Refused("No."), 3: KeyError("n")}
    works.order(4)
    works.drain()
    assert works.traces() == once(1, 4)


def test_an_unexpected_error_is_told_in_general_words(works: Works, reading: Any) -> None:
    works.trouble = {1: ZeroDivisionError("secret detail")}
    works.order(2)
    works.drain()
    with reading() as session:
        assert session.scalars(select(BatchItem.message).order_by(BatchItem.number)).all() == [batch.UNEXPECTED, ""]


def test_the_machines_trouble_fails_no_item_and_passes(works: Works) -> None:
    works.trouble = {2: OperationalError("INSERT", {}, OSError("disk full"))}
    key = works.order(3)
    works.drain()
    assert works.items() == "dww" and works.state(key) is BatchState.RUNNING
    works.trouble = {}
    with clock.at(clock.now() + timedelta(hours=1)):
        works.drain()
    assert works.items() == "ddd" and works.traces() == once(1, 2, 3)


# ---- a runner that dies


def after_the_lease() -> Any:
    return clock.at(clock.now() + outbox.LEASE + timedelta(seconds=1))


@pytest.mark.parametrize("died_at", [1, 2, batch.SLICE_ITEMS, batch.SLICE_ITEMS + 1])
def test_a_killed_runner_repeats_nothing(works: Works, died_at: int) -> None:
    count = batch.SLICE_ITEMS + 5
    key = works.order(count)
    works.trouble = {died_at: Killed()}
    with pytest.raises(Killed):
        works.drain()
    works.trouble = {}
    with after_the_lease():
        works.drain()
    assert works.state(key) is BatchState.DONE and works.traces() == once(*range(1, count + 1))


def test_a_runner_killed_between_two_slices_repeats_nothing(works: Works, monkeypatch: pytest.MonkeyPatch) -> None:
    def die(*_: Any) -> None:
        raise Killed

    key = works.order(3)
    with monkeypatch.context() as dying, pytest.raises(Killed):
        dying.setattr(outbox, "settle", die)
        works.drain()
    assert works.state(key) is BatchState.RUNNING
    with after_the_lease():
        works.drain()
    assert works.state(key) is BatchState.DONE and works.traces() == once(1, 2, 3)


def test_two_runners_with_the_same_slice_do_no_item_twice(works: Works, reading: Any) -> None:
    """A lease that ran out under a slow runner: both hold the order, and both close it."""
    works.order(batch.SLICE_ITEMS * 2 + 5)
    with reading() as session:
        order = dict(session.scalars(select(Job.payload).where(Job.kind == batch.SLICE)).one())
    with works.app.app_context():
        for _ in range(2):
            outbox.prepare(batch.SLICE, order)
        for _ in range(2):
            with db.unit_of_work():
                outbox.finish(batch.SLICE, order, None)
    works.drain()
    assert works.traces() == once(*range(1, batch.SLICE_ITEMS * 2 + 6))
    with reading() as session:
        assert session.scalars(select(Job.key).where(Job.kind == batch.SLICE)).all() == [
            f"{batch.SLICE}:1:1",
            f"{batch.SLICE}:1:2",
        ]


# ---- stopped and retried


def test_a_stop_leaves_the_rest_untouched(works: Works) -> None:
    key = works.order(batch.SLICE_ITEMS + 5)
    works.drain(1)
    works.cancel(key)
    works.drain()
    assert works.state(key) is BatchState.CANCELLED
    assert works.items() == "d" * batch.SLICE_ITEMS + "s" * 5
    assert works.traces() == once(*range(1, batch.SLICE_ITEMS + 1))


def test_a_stop_after_the_end_changes_nothing(works: Works) -> None:
    key = works.order(2)
    works.drain()
    works.cancel(key)
    assert works.state(key) is BatchState.DONE and works.items() == "dd"


def test_a_retry_does_only_what_failed_or_was_skipped(works: Works) -> None:
    works.trouble = {2: Refused("No.")}
    key = works.order(batch.SLICE_ITEMS + 1)
    works.drain(1)
    works.cancel(key)
    works.trouble = {}
    works.retry(key)
    works.drain()
    assert works.state(key) is BatchState.DONE and works.items() == "d" * (batch.SLICE_ITEMS + 1)
    again = once(2, batch.SLICE_ITEMS + 1, by=DEPUTY.id)
    assert works.traces() == [*once(1, *range(3, batch.SLICE_ITEMS + 1)), *again]


def test_a_retry_of_what_goes_on_or_went_well_queues_nothing(works: Works) -> None:
    key = works.order(2)
    works.retry(key)
    works.drain()
    works.retry(key)
    assert works.drain() == 0 and works.traces() == once(1, 2)


def test_a_slice_left_over_from_before_a_retry_does_nothing(works: Works) -> None:
    key = works.order(2)
    works.cancel(key)
    works.retry(key)
    works.drain(1)
    assert works.items() == "ww"  # the order of the first person was stopped
    works.drain()
    assert works.traces() == once(1, 2, by=DEPUTY.id)


def test_the_audit_tells_who_started_stopped_and_retried(works: Works, reading: Any) -> None:
    key = works.order(2)
    works.cancel(key)
    works.retry(key)
    with reading() as session:
        events = session.execute(
            select(AuditEvent.kind, AuditEvent.actor_id, AuditEvent.subject).order_by(AuditEvent.id)
        )
        assert [tuple(one) for one in events] == [
            ("batch.started", REGISTRAR.id, f"batch:{key}"),
            ("batch.cancelled", DEPUTY.id, f"batch:{key}"),
            ("batch.retried", DEPUTY.id, f"batch:{key}"),
        ]
        assert audit.verify() == []


# ---- a handful at once


def test_a_handful_with_a_bad_item_is_done_one_by_one(works: Works) -> None:
    """Of the six, three at a time: one is refused in words, one breaks; nothing of the handful is done twice."""
    calls: list[int] = []

    def many(payloads: list[dict[str, Any]], by_id: int) -> list[Refused | None]:
        calls.append(len(payloads))
        for one in payloads:
            if one["n"] != 6:
                works.do(one, by_id)
        return [Refused("No.") if one["n"] == 6 else None for one in payloads]

    batch.does_many("note", title="Notes", permission="note:write", at_once=3)(many)
    works.trouble[2] = ValueError("broken")
    works.order(6)
    works.drain()
    assert calls == [3, 1, 1, 1, 3] and works.items() == "dfdddf"
    assert [what for what, _by in works.traces()] == ["1", "3", "4", "5"]
