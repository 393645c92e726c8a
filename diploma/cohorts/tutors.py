"""Who is whose tutor today, and who was: said once, as SQL.

A tutor is an instructor who holds that role on this very cohort today. Nothing is written when the role ends or the
person leaves: the row counts no more, and counts again when they return. A move to another cohort ends it.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, bindparam, delete, exists, func, or_, select, update
from sqlalchemy.orm import aliased, contains_eager, joinedload

from diploma.accounts.models import RoleGrant, User
from diploma.accounts.permissions import Role
from diploma.cohorts.models import Cohort, Enrolment, EnrolmentState
from diploma.cohorts.tutor_models import Ending, Tutorship
from diploma.core.db import session
from diploma.core.local_day import local_day

HERE = (EnrolmentState.ACTIVE, EnrolmentState.COMPLETED)  # who left or was put off has no tutor until they return
_NO_SYNC = {"synchronize_session": False}
_role, _holder = aliased(RoleGrant), aliased(User)


def _instructs(role: type[RoleGrant]) -> tuple[ColumnElement[bool], ...]:
    today = local_day(role.time_zone)
    return (
        role.role == Role.INSTRUCTOR,
        role.starts_on <= today,
        or_(role.ends_on.is_(None), role.ends_on >= today),
    )


# Stands in many lists: built once, which costs more than to run it.
_IN_OFFICE = (
    exists()
    .where(_role.user_id == Tutorship.tutor_id, _role.cohort_id == Tutorship.cohort_id, *_instructs(_role))
    .where(_holder.id == _role.user_id, _holder.disabled_at.is_(None))
    .correlate_except(_role, _holder)
)
_HOLDS = (
    Tutorship.until.is_(None) & (Tutorship.cohort_id == Enrolment.cohort_id) & Enrolment.state.in_(HERE) & _IN_OFFICE
)
_OF_PERSON = (
    select(User)
    .join(Tutorship, Tutorship.tutor_id == User.id)
    .join(Tutorship.enrolment)
    .where(Enrolment.id == bindparam("enrolment"), _HOLDS)
)
_INSTRUCTORS = (
    select(RoleGrant)
    .join(RoleGrant.user)
    .where(RoleGrant.cohort_id == bindparam("cohort"), User.disabled_at.is_(None), *_instructs(RoleGrant))
    .options(contains_eager(RoleGrant.user))
    .order_by(User.sort_key, User.id)
)
_LOADS = (
    select(Tutorship.tutor_id, func.count())
    .join(Tutorship.enrolment)
    .where(Enrolment.cohort_id == bindparam("cohort"), _HOLDS)
    .group_by(Tutorship.tutor_id)
)


@dataclass(frozen=True)
class Tenure:
    """One line of a person's history; ``ending`` is also said of a row that only counts no more."""

    row: Tutorship
    ending: Ending | None


def in_office() -> ColumnElement[bool]:
    """Whether the tutor of a row is an instructor of its cohort today."""
    return _IN_OFFICE


def holds() -> ColumnElement[bool]:
    """Whether a row makes somebody a tutor today. The statement has ``Enrolment`` and ``Tutorship``."""
    return _HOLDS


def instructors(cohort: Cohort) -> list[User]:
    """Who has the role of an instructor on the cohort itself today, by name."""
    grants = session.scalars(_INSTRUCTORS, {"cohort": cohort.id})
    return list(dict.fromkeys(one.user for one in grants))


def of(enrolment: Enrolment) -> User | None:
    """The tutor whom a person has today."""
    found: User | None = session.scalar(_OF_PERSON, {"enrolment": enrolment.id})
    return found


def of_people(enrolments: Collection[int]) -> dict[int, int]:
    """Enrolment → the user id of the tutor whom the person has today; who has none is left out."""
    query = select(Tutorship.enrolment_id, Tutorship.tutor_id).join(Tutorship.enrolment)
    rows = session.execute(query.where(Tutorship.enrolment_id.in_(enrolments), holds()))
    return dict(rows.all())


def loads(cohort: Cohort) -> dict[int, int]:
    """How many people each tutor of a cohort has today."""
    return dict(session.execute(_LOADS, {"cohort": cohort.id}).all())


def people_of(user: User) -> Select[int]:
    """The enrolment ids of the people whose tutor ``user`` is today, in all cohorts."""
    return select(Tutorship.enrolment_id).join(Tutorship.enrolment).where(Tutorship.tutor_id == user.id, holds())


def is_one(user: User) -> bool:
    """Whether ``user`` is anybody's tutor today."""
    return session.scalar(people_of(user).limit(1)) is not None


def history(enrolment: Enrolment) -> list[Tenure]:
    """All tutors whom a person has had, the last one first."""
    rows = session.execute(
        select(Tutorship, in_office())
        .where(Tutorship.enrolment_id == enrolment.id)
        .options(joinedload(Tutorship.tutor), joinedload(Tutorship.by))
        .order_by(Tutorship.id.desc())
    )
    return [Tenure(row, row.ending or (None if holding else Ending.ROLE_ENDED)) for row, holding in rows]


def close(enrolments: Collection[int], ending: Ending, *, at: datetime, by_id: int | None = None) -> None:
    """End what is open of some enrolments, in one statement."""
    if enrolments:
        session.execute(
            update(Tutorship)
            .where(Tutorship.enrolment_id.in_(enrolments), Tutorship.until.is_(None))
            .values(until=at, ended_by_id=by_id, ending=ending),
            execution_options=_NO_SYNC,
        )


def take_back_move(enrolments: Collection[int], cohort: Cohort) -> None:
    """As if these people had never moved into ``cohort``, where they still are: what was said of them there goes, and
    the tutors whom the move took from them return."""
    if not enrolments:
        return
    moved_at = select(Enrolment.moved_at).where(Enrolment.id == Tutorship.enrolment_id).scalar_subquery()
    mine = Tutorship.enrolment_id.in_(enrolments)
    here = delete(Tutorship).where(mine, Tutorship.cohort_id == cohort.id, Tutorship.since >= moved_at)
    session.execute(here, execution_options=_NO_SYNC)
    session.execute(
        update(Tutorship)
        .where(mine, Tutorship.ending == Ending.MOVED, Tutorship.until == moved_at)
        .values(until=None, ended_by_id=None, ending=None),
        execution_options=_NO_SYNC,
    )


def forget(enrolments: Collection[int]) -> None:
    """Remove all rows of enrolments that are about to be removed themselves."""
    if enrolments:
        session.execute(delete(Tutorship).where(Tutorship.enrolment_id.in_(enrolments)), execution_options=_NO_SYNC)
