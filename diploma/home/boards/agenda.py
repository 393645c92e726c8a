"""The dates of those who teach or look after cohorts: sheets to fill, sessions and deadlines to come."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, select
from sqlalchemy.orm import contains_eager

from diploma.accounts import access as scopes
from diploma.accounts.models import User
from diploma.accounts.permissions import Permission
from diploma.cohorts import access
from diploma.cohorts.models import Cohort, CohortModule, LiveSession
from diploma.cohorts.rules import FROZEN
from diploma.core import clock
from diploma.core.db import session

_SHOWN, _AHEAD = 5, timedelta(days=60)


@dataclass(frozen=True)
class Date:
    """A session (``live``) or the deadline of a module's assignment in a cohort."""

    at: datetime
    cohort: Cohort
    module: str
    live: LiveSession | None = None


@dataclass(frozen=True)
class Agenda:
    """``unsaved`` sessions have begun and have no sheet yet, the oldest first; ``sheets`` counts them all."""

    unsaved: list[LiveSession]
    sheets: int
    ahead: list[Date]


def agenda(user: User) -> Agenda | None:
    """For who takes attendance; what is frozen asks for nothing any more."""
    if not scopes.reach(user, Permission.TAKE_ATTENDANCE):
        return None
    now, held = clock.now(), access.visible_cohorts(user, Permission.TAKE_ATTENDANCE).where(Cohort.state.not_in(FROZEN))
    lives = _lives(held, now)
    unsaved = [one for one in lives if one.starts_at <= now]
    ahead = [Date(one.starts_at, one.cohort, one.module, one) for one in lives[len(unsaved) :]] + _deadlines(held, now)
    return Agenda(unsaved[:_SHOWN], len(unsaved), sorted(ahead, key=lambda one: one.at)[:_SHOWN])


def _lives(held: Select[Cohort], now: datetime) -> list[LiveSession]:
    """The live sessions without a sheet up to ``_AHEAD`` from now, by time, with their cohorts."""
    return list(
        session.scalars(
            select(LiveSession)
            .join(LiveSession.cohort)
            .where(LiveSession.cohort_id.in_(held.with_only_columns(Cohort.id)))
            .where(LiveSession.sheet_saved_at.is_(None), LiveSession.starts_at < now + _AHEAD)
            .options(contains_eager(LiveSession.cohort))
            .order_by(LiveSession.starts_at, LiveSession.id)
        )
    )


def _deadlines(held: Select[Cohort], now: datetime) -> list[Date]:
    rows = session.execute(
        held.join(CohortModule, CohortModule.cohort_id == Cohort.id)
        .where(CohortModule.due_at > now)
        .add_columns(CohortModule.due_at, CohortModule.module)
        .order_by(CohortModule.due_at, Cohort.slug)
        .limit(_SHOWN)
    )
    return [Date(due_at, cohort, module) for cohort, due_at, module in rows]
