"""The next intake as a clone of this one: what is proposed, and what is made of it.

Copied are the plan, the dates, the sessions without their sheets, the calendar and the instructors chosen; never
people, their tutors, marks or messages.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select

from diploma.accounts import service as accounts
from diploma.accounts.models import User
from diploma.accounts.permissions import Role
from diploma.cohorts import service, tutors
from diploma.cohorts.calendars import free_days
from diploma.cohorts.intakes.shifting import Shifted, days_between, shift, shift_in_order
from diploma.cohorts.models import Cohort, LiveSession
from diploma.cohorts.planning import create_cohort
from diploma.cohorts.service import ModuleDates, SessionPlan
from diploma.core import audit
from diploma.core.db import session


@dataclass(frozen=True)
class Proposal:
    """The dates of the next intake: by module (opens, due, cut-off) and by session; ``last`` is its last day."""

    last: Shifted
    modules: dict[str, list[Shifted]]
    sessions: list[tuple[LiveSession, Shifted]]


@dataclass(frozen=True)
class ClonePlan:
    """What staff decided about the next intake; everything else is copied."""

    slug: str
    names: dict[str, str]
    starts_on: date
    ends_on: date
    edition_id: int
    revision_id: int
    dates: Sequence[ModuleDates]
    sessions: Sequence[SessionPlan]
    instructors: Collection[User]


def propose(source: Cohort, first: date) -> Proposal:
    """Every date of ``source`` shifted to an intake that begins on ``first``, off the free days of its calendar."""
    days, free = days_between(source.starts_on, first), free_days.calendar(source)
    last = shift(datetime.combine(source.ends_on, datetime.min.time()), days, free)

    def local(moment: datetime) -> datetime:
        return moment.astimezone(ZoneInfo(source.time_zone)).replace(tzinfo=None, second=0, microsecond=0)

    modules = {
        one.module: shift_in_order([local(at) for at in (one.opens_at, one.due_at, one.cut_off_at)], days, free)
        for one in source.modules
    }
    return Proposal(last, modules, [(one, shift(local(one.starts_at), days, free)) for one in sessions(source)])


def sessions(cohort: Cohort) -> list[LiveSession]:
    return list(
        session.scalars(
            select(LiveSession)
            .where(LiveSession.cohort_id == cohort.id)
            .order_by(LiveSession.starts_at, LiveSession.id)
        )
    )


def instructors(cohort: Cohort, *, but: User) -> list[User]:
    """Who teaches a cohort now by a role on it, by name; without the person who asks, who gives themselves nothing."""
    return [one for one in tutors.instructors(cohort) if one.id != but.id]


def clone(source: Cohort, plan: ClonePlan, *, by: User) -> Cohort:
    """Create the next intake as a draft. :class:`Refused` when its short name is taken, as by a second click."""
    session.execute(select(Cohort.id).where(Cohort.id == source.id).with_for_update())
    made = create_cohort(
        source.partner,
        plan.slug,
        plan.names,
        edition_id=plan.edition_id,
        revision_id=plan.revision_id,
        starts_on=plan.starts_on,
        ends_on=plan.ends_on,
        seats=source.seats,
        languages=source.languages,
        certificate_languages=source.certificate_languages,
        award=source.award,
        time_zone=source.time_zone,
        by=by,
    )
    free_days.copy(source, made, by=by)
    for dates in plan.dates:
        service.set_module_dates(made, dates, by=by)
    for one in plan.sessions:
        service.plan_session(
            made, one.module, one.title, one.starts_at, one.hours, workshop=one.workshop, place=one.place, by=by
        )
    for user in plan.instructors:
        accounts.grant_role(user, Role.INSTRUCTOR, cohort_id=made.id, time_zone=made.time_zone, by=by)
    audit.record("cohort.cloned", f"cohort:{made.id}", by=by, source=source.slug)
    return made
