"""How enrolments come over to another cohort, one or many: work, marks and attendance hang on them and come along."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, update

from diploma.accounts.models import RoleGrant
from diploma.accounts.permissions import Role
from diploma.cohorts import tutors
from diploma.cohorts.groups.models import GroupMember
from diploma.cohorts.life.models import EnrolmentEvent, EventKind
from diploma.cohorts.models import Cohort, Enrolment
from diploma.cohorts.tutor_models import Ending
from diploma.core import clock
from diploma.core.db import session


@dataclass(frozen=True)
class Mover:
    """An enrolment that moves, the person, and the cohort that they leave."""

    enrolment_id: int
    user_id: int
    cohort_id: int


def bring_over(
    movers: Sequence[Mover], to: Cohort, *, at: datetime, note: str = "", by_id: int | None = None
) -> list[int]:
    """Move enrolments to a cohort, out of their groups, and end the trainee's role where they were.

    The role here is the caller's to give. Tutors stay behind: each is an instructor of their own cohort.
    Returns the ids of the grants that ended. The number of statements does not grow with the people.
    """
    if not movers:
        return []
    ids = [one.enrolment_id for one in movers]
    session.execute(delete(GroupMember).where(GroupMember.enrolment_id.in_(ids)))
    session.execute(
        update(Enrolment).where(Enrolment.id.in_(ids)).values(cohort_id=to.id, moved_at=at),
        execution_options={"synchronize_session": False},
    )
    tutors.close(ids, Ending.MOVED, at=at, by_id=by_id)
    ended = session.scalars(
        update(RoleGrant)
        .where(
            RoleGrant.role == Role.TRAINEE,
            RoleGrant.ends_on.is_(None),
            RoleGrant.user_id.in_([one.user_id for one in movers]),
            RoleGrant.cohort_id.in_({one.cohort_id for one in movers}),
        )
        .values(ends_on=at.date() - timedelta(days=1))
        .returning(RoleGrant.id),
        execution_options={"synchronize_session": False},
    ).all()
    rows = [
        {
            "enrolment_id": one.enrolment_id,
            "cohort_id": one.cohort_id,
            "to_cohort_id": to.id,
            "kind": EventKind.MOVED,
            "note": note,
            "day": clock.day_of(at, to.time_zone),
            "by_id": by_id,
            "at": at,
        }
        for one in movers
    ]
    session.execute(insert(EnrolmentEvent), rows)
    return list(ended)
