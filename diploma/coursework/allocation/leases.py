"""A script that is open on one desk is not marked on another: leases, and how a work is taken over.

Opening a work takes its lease, each save renews it; it ends with the mark, or by itself. Who comes second may read,
and takes over only by saying so, with a reason.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import joinedload

from diploma.accounts.models import User
from diploma.cohorts.rules import FROZEN
from diploma.core import audit, clock, db
from diploma.core.db import session
from diploma.core.errors import N_, Refused
from diploma.coursework import rules
from diploma.coursework.allocation import markers
from diploma.coursework.allocation.models import Lease
from diploma.coursework.models import Marking, MarkingState
from diploma.coursework.service import lock

LENGTH = timedelta(minutes=20)  # since the last save: a marker reads for a while before the first level
_NO_SYNC = {"synchronize_session": False}


class Taken(Refused):
    """Somebody else marks this work: it must be taken over first."""


@dataclass(frozen=True)
class Held:
    """Whose work it is at the moment: because it is open on their desk ``since`` then, or was given to them."""

    holder: User
    since: datetime | None


def opened(marking: Marking, user: User) -> Held | None:
    """Note that ``user`` looks at a work in order to mark it; or say who else has it.

    A short transaction of its own, when there is something to write. Other works that ``user`` has opened and not
    begun are free again: looking through a queue keeps nothing from anybody.
    """
    lease = _running(marking)
    held = _held(marking, lease, user)
    if held or marking.state not in rules.TO_DO or marking.work.submission.enrolment.cohort.state in FROZEN:
        return held
    now = clock.now()
    if lease and lease.until - now > LENGTH / 2:
        return None
    with db.aside() as own:
        own.execute(select(Marking.id).where(Marking.id == marking.id).with_for_update())
        there = own.get(Lease, marking.id, options=[joinedload(Lease.holder)])
        if there and there.until > now and there.holder_id != user.id:  # both opened it at once
            return Held(there.holder, there.since)
        _take(own, there, marking.id, user.id, now)
        waiting = select(Marking.id).where(Marking.state == MarkingState.WAITING)
        others = delete(Lease).where(Lease.holder_id == user.id, Lease.marking_id != marking.id)
        own.execute(others.where(Lease.marking_id.in_(waiting)), execution_options=_NO_SYNC)
    return None


def held_by_other(marking: Marking, user: User) -> Held | None:
    """Who else has a work: a lease that runs stands before what was allocated."""
    return _held(marking, _running(marking), user)


def _running(marking: Marking) -> Lease | None:
    found: Lease | None = session.scalar(
        select(Lease).where(Lease.marking_id == marking.id, Lease.until > clock.now()).options(joinedload(Lease.holder))
    )
    return found


def _held(marking: Marking, lease: Lease | None, user: User) -> Held | None:
    if lease:
        return Held(lease.holder, lease.since) if lease.holder_id != user.id else None
    if marking.state in rules.TO_DO and marking.allocated_to and marking.allocated_to_id != user.id:
        return Held(marking.allocated_to, None)
    return None


def held_by_others(markings: Collection[Marking], user: User) -> dict[int, Held]:
    """The same of many works, by the id of the marking; those that nobody else has are left out. One query."""
    running = select(Lease).where(Lease.marking_id.in_([one.id for one in markings]), Lease.until > clock.now())
    leased = {one.marking_id: one for one in session.scalars(running.options(joinedload(Lease.holder)))}
    found = {}
    for one in markings:
        lease = leased.get(one.id)
        if lease:
            if lease.holder_id != user.id:
                found[one.id] = Held(lease.holder, lease.since)
        elif one.state in rules.TO_DO and one.allocated_to and one.allocated_to_id != user.id:
            found[one.id] = Held(one.allocated_to, None)
    return found


def keep(marking: Marking, by: User) -> None:
    """Renew the lease of who saves; :class:`Taken` when somebody else has the work. The marking is locked."""
    if held_by_other(marking, by):
        raise Taken(N_("Somebody else marks this work. Nothing was saved: take the work over to go on."))
    now, lease = clock.now(), session.get(Lease, marking.id, populate_existing=True)
    if lease is None or lease.holder_id != by.id or lease.until - now < LENGTH / 2:
        _take(session, lease, marking.id, by.id, now)


def end(marking: Marking) -> int | None:
    """Give a work free whose mark is set; the seconds for which it was open in this sitting."""
    lease = session.get(Lease, marking.id)
    if lease is None:
        return None
    seconds = (clock.now() - lease.since).total_seconds()
    session.delete(lease)
    return int(seconds)


def take_over(marking: Marking, reason: str, *, by: User) -> None:
    """Go on with a work that somebody else has; what they have saved stays until it is saved over."""
    if not reason.strip():
        raise Refused(N_("Say why you take the work over."))
    markers.check(marking, by)
    lock(marking)
    if marking.state not in rules.TO_DO:
        raise Refused(N_("The work is marked already."))
    held = held_by_other(marking, by)
    if held is None:
        return
    now = clock.now()
    if marking.allocated_to_id not in (None, by.id):
        # Not by its object: the version of a marking changes with what is said of the work, not with who says it.
        mine = {"allocated_to_id": by.id, "allocated_at": now, "allocated_by_id": by.id}
        session.execute(update(Marking).where(Marking.id == marking.id).values(mine), execution_options=_NO_SYNC)
        session.refresh(marking)
    lease = session.get(Lease, marking.id, populate_existing=True)
    _take(session, lease, marking.id, by.id, now)
    session.flush()
    audit.record(
        "marking.taken_over", f"marking:{marking.id}", by=by, before=held.holder.id, after=by.id, why=reason.strip()
    )


def _take(into: Any, lease: Lease | None, marking_id: int, holder_id: int, now: datetime) -> None:
    """Write a lease over what is there; it goes on when the same person comes back to it soon."""
    if lease is None:
        into.add(Lease(marking_id=marking_id, holder_id=holder_id, since=now, until=now + LENGTH))
        into.flush()  # the mark may be set in the same breath
        return
    if lease.holder_id != holder_id or lease.until + LENGTH <= now:
        lease.holder_id, lease.since = holder_id, now
    lease.until = now + LENGTH
