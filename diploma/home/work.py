"""Batches as pages show them: which of them a person may see, how far they are, what became of their items."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from flask import abort
from sqlalchemy import Select, and_, case, func, or_, select

from diploma.accounts.models import User
from diploma.accounts.permissions import Permission
from diploma.cohorts import access as cohorts
from diploma.cohorts.models import Cohort
from diploma.core import listing
from diploma.core.batch import KINDS, Batch, BatchItem, ItemState
from diploma.core.db import session

RECENT = 30  # batches on a person's list
LINES = 25  # lines of the log on a page
_S = ItemState


@dataclass(frozen=True)
class Counts:
    """How many items of a batch are in which state."""

    waiting: int = 0
    done: int = 0
    failed: int = 0
    skipped: int = 0

    @property
    def total(self) -> int:
        return self.waiting + self.closed

    @property
    def tried(self) -> int:
        """What was worked on; what a stop has left out was not."""
        return self.done + self.failed

    @property
    def closed(self) -> int:
        """Lines of the log."""
        return self.tried + self.skipped

    @property
    def pages(self) -> int:
        """Pages of the log."""
        return listing.last_page(self.closed, LINES)


def steerable(user: User) -> Select[Batch]:
    """Batches that ``user`` may stop and retry: those of kinds and cohorts for which they hold the permission."""
    held = [
        and_(
            Batch.kind == kind,
            Batch.cohort_id.in_(cohorts.visible_cohorts(user, Permission(one.permission)).with_only_columns(Cohort.id)),
        )
        for kind, one in KINDS.items()
    ]
    return select(Batch).where(or_(*held))


def visible(user: User) -> Select[Batch]:
    """Also those that they started themselves, whatever they may do today."""
    mine, shared = Batch.started_by_id == user.id, steerable(user).with_only_columns(Batch.id)
    return select(Batch).where(or_(mine, Batch.id.in_(shared)))


def one_of(batches: Select[Batch], token: str) -> Batch:
    """The batch at an address, or 404."""
    return session.scalar(batches.where(Batch.token == token)) or abort(404)


def recent(user: User) -> list[tuple[Batch, Cohort]]:
    """What a person started last, with its cohort."""
    query = select(Batch, Cohort).join(Cohort, Cohort.id == Batch.cohort_id).where(Batch.started_by_id == user.id)
    return [(row[0], row[1]) for row in session.execute(query.order_by(Batch.id.desc()).limit(RECENT))]


def counts(batches: Iterable[Batch]) -> dict[int, Counts]:
    """How far batches are, by id."""
    ids = [one.id for one in batches]
    query = select(BatchItem.batch_id, BatchItem.state, func.count()).where(BatchItem.batch_id.in_(ids))
    found: dict[int, dict[str, int]] = defaultdict(dict)
    for batch_id, state, count in session.execute(query.group_by(BatchItem.batch_id, BatchItem.state)):
        found[batch_id][state.value] = count
    return {one: Counts(**found[one]) for one in ids}


def log(batch: Batch, page: int) -> list[BatchItem]:
    """A page of what became of the items: first what failed, then the latest, last what was skipped."""
    order = case({_S.FAILED: 0, _S.DONE: 1, _S.SKIPPED: 2}, value=BatchItem.state)
    query = select(BatchItem).where(BatchItem.batch_id == batch.id, BatchItem.state != _S.WAITING)
    query = query.order_by(order, BatchItem.closed_at.desc(), BatchItem.number.desc())
    return list(session.scalars(query.limit(LINES).offset((page - 1) * LINES)))
