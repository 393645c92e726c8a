"""Who of a cohort has left or was put off, and who is to return to it; the figures of its seats."""

from dataclasses import dataclass

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from diploma.accounts.models import User
from diploma.cohorts.life.models import EnrolmentEvent
from diploma.cohorts.models import Cohort, Enrolment, EnrolmentState
from diploma.cohorts.rules import FROZEN
from diploma.core.db import session


@dataclass(frozen=True)
class Seats:
    """The seats of a cohort and the active people in it."""

    taken: int
    seats: int

    @property
    def free(self) -> int:
        return max(0, self.seats - self.taken)

    @property
    def over(self) -> int:
        """By how many people it is overbooked."""
        return max(0, self.taken - self.seats)

    def after(self, joining: int) -> "Seats":
        """The figures once so many more have come."""
        return Seats(self.taken + joining, self.seats)


@dataclass(frozen=True)
class Away:
    """``returning``: put off elsewhere, to return here; ``deferred`` and ``withdrawn``: those of this cohort."""

    returning: list[EnrolmentEvent]
    deferred: list[EnrolmentEvent]
    withdrawn: list[EnrolmentEvent]


def seats(cohort: Cohort) -> Seats:
    """The figures that every form goes by which adds people."""
    query = select(func.count()).where(Enrolment.cohort_id == cohort.id, Enrolment.state == EnrolmentState.ACTIVE)
    return Seats(int(session.scalar(query) or 0), cohort.seats)


def away(cohort: Cohort, reach: Select[Cohort]) -> Away:
    """The newest event of everybody who is away, by name; from other cohorts only those within ``reach``."""
    newest = select(func.max(EnrolmentEvent.id)).group_by(EnrolmentEvent.enrolment_id)
    rows = session.scalars(
        select(EnrolmentEvent)
        .join(EnrolmentEvent.enrolment)
        .join(Enrolment.user)
        .where(
            EnrolmentEvent.id.in_(newest),
            Enrolment.state.in_((EnrolmentState.WITHDRAWN, EnrolmentState.DEFERRED)),
            or_(Enrolment.cohort_id == cohort.id, EnrolmentEvent.to_cohort_id == cohort.id),
            Enrolment.cohort_id.in_(reach.with_only_columns(Cohort.id)),
        )
        .options(
            contains_eager(EnrolmentEvent.enrolment).contains_eager(Enrolment.user),
            joinedload(EnrolmentEvent.cohort),
            joinedload(EnrolmentEvent.to_cohort),
        )
        .order_by(User.sort_key, EnrolmentEvent.id)
    ).all()
    here = [one for one in rows if one.enrolment.cohort_id == cohort.id]
    return Away(
        [one for one in rows if one.enrolment.cohort_id != cohort.id],
        [one for one in here if one.enrolment.state is EnrolmentState.DEFERRED],
        [one for one in here if one.enrolment.state is EnrolmentState.WITHDRAWN],
    )


def intakes(cohort: Cohort, reach: Select[Cohort]) -> list[Cohort]:
    """The cohorts within ``reach`` to which people of this one can move or return, the earliest first."""
    return list(
        session.scalars(
            reach.where(
                Cohort.partner_id == cohort.partner_id,
                Cohort.award == cohort.award,
                Cohort.id != cohort.id,
                Cohort.state.not_in(FROZEN),
            ).order_by(Cohort.starts_on, Cohort.slug)
        )
    )
