"""Batches: one act on many things, done item by item in the background and watched on a page. Knows no flask.

A batch runs through the outbox in slices: each is a job of about a second, so mails and other jobs go on between them,
and each item is a transaction of its own, so nobody waits long for a lock. A runner killed at any moment repeats at
most the item in its hand, of which nothing was kept. A kind whose items are small may take a few at once: then all that
is said of an item here holds for a handful of them.
"""

import enum
import hashlib
import logging
import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Mapped, mapped_column

from diploma.core import audit, clock, outbox
from diploma.core.db import insert_unless_there, session, unit_of_work
from diploma.core.errors import N_, Refused
from diploma.core.orm import Base, intpk
from diploma.core.outbox import Payload

log = logging.getLogger("diploma.batch")

SLICE = "batch-slice"
SLICE_ITEMS, SLICE_SECONDS = 20, 1.0
UNEXPECTED = N_("Something went wrong on our side; it was recorded. Retry in a few minutes.")

Do = Callable[[Payload, int], None]
DoMany = Callable[[list[Payload], int], Sequence[Refused | None]]


class BatchState(enum.StrEnum):
    """The life of a batch: waiting → running → done; cancelled on the way; waiting again when it is retried."""

    WAITING = "waiting"
    RUNNING = "running"
    CANCELLED = "cancelled"
    DONE = "done"


class ItemState(enum.StrEnum):
    """The life of an item; what failed or was skipped waits again when the batch is retried."""

    WAITING = "waiting"
    DONE = "done"
    FAILED = "failed"
    SKIPPED = "skipped"


class Batch(Base):
    """One act on many things. ``token`` is its public address, ``back`` the page it came from.

    ``cohort_id`` and ``started_by_id`` are plain numbers, as in the audit: this layer knows neither cohorts nor people.
    ``slices`` counts the jobs queued for it; only the last of them may go on.
    """

    __tablename__ = "batches"
    __table_args__ = (
        CheckConstraint("(state IN ('done', 'cancelled')) = (finished_at IS NOT NULL)", name="finished_if_over"),
    )

    id: Mapped[intpk]
    token: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    cohort_id: Mapped[int] = mapped_column(index=True)
    back: Mapped[str]
    state: Mapped[BatchState] = mapped_column(default=BatchState.WAITING)
    slices: Mapped[int] = mapped_column(default=0)
    started_by_id: Mapped[int] = mapped_column(index=True)
    created_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]

    @property
    def over(self) -> bool:
        return self.finished_at is not None


class BatchItem(Base):
    """One thing to do. ``label`` names it to people; ``message`` (a msgid) and ``params`` say why it failed."""

    __tablename__ = "batch_items"
    __table_args__ = (
        UniqueConstraint("batch_id", "number"),
        Index("ix_batch_items_state", "batch_id", "state", "number"),
        CheckConstraint("(state = 'failed') = (message <> '')", name="message_if_failed"),
        CheckConstraint("(state = 'waiting') = (closed_at IS NULL)", name="closed_unless_waiting"),
    )

    id: Mapped[intpk]
    batch_id: Mapped[int] = mapped_column(ForeignKey("batches.id"))
    number: Mapped[int]
    label: Mapped[str]
    payload: Mapped[dict[str, Any]]
    state: Mapped[ItemState] = mapped_column(default=ItemState.WAITING)
    message: Mapped[str] = mapped_column(default="")
    params: Mapped[dict[str, Any]] = mapped_column(default=dict)
    closed_at: Mapped[datetime | None]


@dataclass(frozen=True)
class Sequel:
    """What follows each item in a job of its own, as a drawing follows an issue.

    ``text`` is a gettext source with ``count`` and ``total``; ``count`` says both of a batch, by its id.
    """

    text: str
    count: Callable[[int], tuple[int, int]]


@dataclass(frozen=True)
class Kind:
    """What batches of a kind do: ``title`` is a gettext source, ``permission`` who may watch and steer them."""

    title: str
    permission: str
    do: DoMany
    at_once: int = 1
    sequel: Sequel | None = None


KINDS: dict[str, Kind] = {}


def does(kind: str, *, title: str, permission: str, sequel: Sequel | None = None) -> Callable[[Do], Do]:
    """Register what is done with one item of a kind.

    The function gets the item's payload and the id of the person who gave the order. :class:`Refused` becomes the
    item's line in the log; whatever it raises, nothing it wrote is kept, and the other items go on.
    """

    def register(do: Do) -> Do:
        def one_by_one(payloads: list[Payload], by_id: int) -> list[Refused | None]:
            return [do(one, by_id) for one in payloads]  # type: ignore[func-returns-value]

        KINDS[kind] = Kind(title, permission, one_by_one, sequel=sequel)
        return do

    return register


def does_many(kind: str, *, title: str, permission: str, at_once: int) -> Callable[[DoMany], DoMany]:
    """Register what is done with ``at_once`` items of a kind in one transaction, where each alone costs little.

    The function answers for each payload, in their order, why it could not be done, or ``None``; of such an item it has
    written nothing. When it raises, the items are done one by one.
    """

    def register(do: DoMany) -> DoMany:
        KINDS[kind] = Kind(title, permission, do, at_once)
        return do

    return register


# ---- what people do


def start(kind: str, items: Sequence[tuple[str, Payload]], *, cohort_id: int, back: str, key: str, by: Any) -> Batch:
    """Order a batch of (label, payload); :class:`Refused` when there is nothing to do.

    A form that carries a ``key`` and is sent twice gets the same batch twice.
    """
    token = hashlib.sha256(f"{kind} {by.id} {key or secrets.token_urlsafe()}".encode()).hexdigest()[:32]
    known = select(Batch).where(Batch.token == token)
    if found := session.scalar(known):
        return found
    if not items:
        raise Refused(N_("There is nothing left to do."))
    batch = Batch(token=token, kind=kind, cohort_id=cohort_id, back=back, started_by_id=by.id, created_at=clock.now())
    if not insert_unless_there(batch):
        return session.scalars(known).one()
    session.add_all(
        BatchItem(batch_id=batch.id, number=number, label=label, payload=payload)
        for number, (label, payload) in enumerate(items, 1)
    )
    _queue_slice(batch, by.id)
    audit.record("batch.started", f"batch:{batch.id}", by=by, batch=kind, items=len(items))
    return batch


def going(kind: str, cohort_id: int) -> Batch | None:
    """The batch of a kind that is not over yet in a cohort."""
    query = select(Batch).where(Batch.kind == kind, Batch.cohort_id == cohort_id, Batch.finished_at.is_(None))
    return session.scalars(query.order_by(Batch.id)).first()


def cancel(batch: Batch, *, by: Any) -> None:
    """Leave undone what waits, as soon as the item in hand is done. A batch that is over stays as it is."""
    batch = _lock(batch.id)
    if batch.over:
        return
    left = _turn(batch, ItemState.SKIPPED, ItemState.WAITING)
    batch.state, batch.finished_at = BatchState.CANCELLED, clock.now()
    audit.record("batch.cancelled", f"batch:{batch.id}", by=by, skipped=left)


def retry(batch: Batch, *, by: Any) -> None:
    """Queue again what failed or was skipped, now by order of ``by``. A batch that goes on stays as it is."""
    batch = _lock(batch.id)
    again = _turn(batch, ItemState.WAITING, ItemState.FAILED, ItemState.SKIPPED) if batch.over else 0
    if again:
        batch.state, batch.started_at, batch.finished_at = BatchState.WAITING, None, None
        _queue_slice(batch, by.id)
        audit.record("batch.retried", f"batch:{batch.id}", by=by, items=again)


# ---- what the job runner does


def _run_slice(order: Payload) -> None:
    until = time.monotonic() + SLICE_SECONDS
    for _ in range(SLICE_ITEMS):
        if not _do_next(order) or time.monotonic() >= until:
            return


@outbox.handles(SLICE, outside=_run_slice)
def _after_slice(order: Payload, _result: None) -> None:
    batch = _lock(order["batch_id"])
    if not _is_current(batch, order):
        return
    if _next_items(batch, 1):
        _queue_slice(batch, order["by_id"])
    else:
        batch.state, batch.finished_at = BatchState.DONE, clock.now()


def _do_next(order: Payload) -> bool:
    """Do the next item, or the next few where the kind says so, and note what became of them, in one transaction;
    ``False`` when there is none for this slice."""
    with unit_of_work():
        batch = _lock(order["batch_id"])
        kind = KINDS[batch.kind]
        items = _next_items(batch, kind.at_once) if _is_current(batch, order) else []
        if not items:
            return False
        batch.state, batch.started_at = BatchState.RUNNING, batch.started_at or clock.now()
        for item, reason in zip(items, _try(kind.do, items, order["by_id"]), strict=True):
            if reason:
                item.message, item.params = reason.message, {name: _plain(one) for name, one in reason.params.items()}
            item.state, item.closed_at = ItemState.FAILED if reason else ItemState.DONE, clock.now()
    return True


def _try(do: DoMany, items: list[BatchItem], by_id: int) -> list[Refused | None]:
    """Why each item could not be done; what a failed one had written is taken back."""
    try:
        with session.begin_nested():
            return list(do([one.payload for one in items], by_id))
    except OperationalError:  # the machine's fault, not the item's: the whole slice comes again later
        raise
    except Exception as error:
        if len(items) > 1:  # one of them is to blame, and the others are not held up by it
            return [reason for one in items for reason in _try(do, [one], by_id)]
        if isinstance(error, Refused):
            return [error]
        log.exception("item %s of batch %s failed", items[0].number, items[0].batch_id)
        return [Refused(UNEXPECTED)]


def _plain(value: Any) -> Any:
    return value if isinstance(value, dict) else str(value)


# ---- common to all


def _queue_slice(batch: Batch, by_id: int) -> None:
    batch.slices += 1
    order = {"batch_id": batch.id, "by_id": by_id, "slice": batch.slices}
    outbox.enqueue(SLICE, f"{SLICE}:{batch.id}:{batch.slices}", order)


def _is_current(batch: Batch, order: Payload) -> bool:
    """Whether the batch goes on with this slice; a job left over from before a retry does nothing."""
    return not batch.over and batch.slices == order["slice"]


def _lock(batch_id: int) -> Batch:
    """The batch as it stands now. Everybody locks it before its items: no item is taken twice, or taken and skipped."""
    return session.get_one(Batch, batch_id, with_for_update=True, populate_existing=True)


def _next_items(batch: Batch, count: int) -> list[BatchItem]:
    waiting = select(BatchItem).where(BatchItem.batch_id == batch.id, BatchItem.state == ItemState.WAITING)
    return list(session.scalars(waiting.order_by(BatchItem.number).limit(count)))


def _turn(batch: Batch, to: ItemState, *states: ItemState) -> int:
    """Move all items in one of ``states``; returns how many."""
    closed = None if to is ItemState.WAITING else clock.now()
    turned = (
        update(BatchItem)
        .where(BatchItem.batch_id == batch.id, BatchItem.state.in_(states))
        .values(state=to, message="", params={}, closed_at=closed)
        .returning(BatchItem.id)
    )
    return len(session.scalars(turned).all())
