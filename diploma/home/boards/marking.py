"""The marker's part: what waits, how old it is, in which language; what was begun, and what waits for its release."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from diploma.accounts import access as scopes
from diploma.accounts.models import User
from diploma.accounts.permissions import Permission
from diploma.cohorts.models import Cohort
from diploma.core import clock
from diploma.core.db import session
from diploma.core.lang import Lang
from diploma.coursework import access, rules
from diploma.coursework.access import Begun, Pile
from diploma.coursework.extensions import access as extensions
from diploma.coursework.models import MarkingState
from diploma.coursework.peers import access as peers

LONG = timedelta(days=7)  # a work that waits longer is named apart; the programme itself promises no time


@dataclass(frozen=True)
class Queue:
    """What waits for a marker: counts by language and by module, and by cohort when there are several.

    ``older`` works wait longer than ``LONG``. ``modules`` maps a module to the revision that names it. ``begun`` are
    the marker's own unfinished ones, ``marked`` counts what is marked and not released, ``asked`` requests for
    more time by cohort, ``reported`` reviews of fellow trainees by cohort and module.
    """

    waiting: int
    oldest: datetime | None
    older: int
    languages: Counter[Lang]
    by_module: Counter[str]
    modules: dict[str, int]
    by_cohort: list[tuple[Cohort, int]]
    begun: list[Begun]
    marked: int
    asked: list[tuple[Cohort, int]]
    reported: list[tuple[Cohort, str, int]]


def queue(user: User) -> Queue | None:
    """For whom marks; their own works are never counted."""
    if not scopes.reach(user, Permission.MARK):
        return None
    found = access.piles(user, since=clock.now() - LONG)
    piles = [one for one in found if one.state in rules.TO_DO]
    return Queue(
        waiting=sum(one.count for one in piles),
        oldest=min((one.oldest for one in piles), default=None),
        older=sum(one.older for one in piles),
        languages=_sums((one.lang, one.count) for one in piles),
        by_module=_sums((one.module, one.count) for one in piles),
        modules={one.module: one.revision_id for one in piles},
        by_cohort=_by_cohort(piles),
        begun=access.begun(user),
        marked=sum(one.count for one in found if one.state is MarkingState.MARKED),
        asked=extensions.open_requests(user),
        reported=peers.reports(user),
    )


def _sums(pairs: Iterable[tuple[Any, int]]) -> Counter[Any]:
    counts: Counter[Any] = Counter()
    for key, count in pairs:
        counts[key] += count
    return counts


def _by_cohort(piles: list[Pile]) -> list[tuple[Cohort, int]]:
    counts = _sums((one.cohort_id, one.count) for one in piles)
    rows = session.scalars(select(Cohort).where(Cohort.id.in_(counts)).order_by(Cohort.slug))
    return [(one, counts[one.id]) for one in rows]
