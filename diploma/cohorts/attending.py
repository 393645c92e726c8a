"""Which live sessions count for a person: those of their cohort, and those that a person who moved brought along.

A session counts when its sheet names the person. One that it does not name counts as missed, unless it was held
before the person came over from another cohort.
"""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Select, and_, bindparam, or_, select, union_all

from diploma.cohorts.models import Attendance, Enrolment, LiveSession
from diploma.core.db import session

_PEOPLE: BindParameter[int] = bindparam("people", expanding=True)  # enrolment ids
_COLUMNS = (
    Enrolment.id,
    LiveSession.module,
    LiveSession.hours,
    LiveSession.workshop,
    Attendance.presence,
    Attendance.workshop_mark,
)
_HERE = (
    select(*_COLUMNS)
    .select_from(Enrolment)
    .join(LiveSession, LiveSession.cohort_id == Enrolment.cohort_id)
    .outerjoin(Attendance, (Attendance.session_id == LiveSession.id) & (Attendance.enrolment_id == Enrolment.id))
    .where(
        Enrolment.id.in_(_PEOPLE),
        LiveSession.sheet_saved_at.is_not(None),
        or_(Enrolment.moved_at.is_(None), LiveSession.starts_at >= Enrolment.moved_at, Attendance.id.is_not(None)),
    )
)
_BROUGHT = (
    select(*_COLUMNS)
    .select_from(Enrolment)
    .join(Attendance, Attendance.enrolment_id == Enrolment.id)
    .join(LiveSession, LiveSession.id == Attendance.session_id)
    .where(
        Enrolment.id.in_(_PEOPLE),
        Enrolment.moved_at.is_not(None),
        LiveSession.cohort_id != Enrolment.cohort_id,
        LiveSession.sheet_saved_at.is_not(None),
    )
)
_DELIVERED = union_all(_HERE, _BROUGHT)


def delivered(enrolments: Collection[int]) -> Sequence[Any]:
    """(enrolment id, module, hours, workshop, presence or ``None``, workshop mark) of every session that counts."""
    return session.execute(_DELIVERED, {"people": enrolments}).all()


def of_person(enrolment: Enrolment, *where: ColumnElement[bool]) -> Select[LiveSession, Attendance]:
    """The sessions that concern one person, planned ones too, by time, each with their row on its sheet."""
    named = Attendance.id.is_not(None)
    since = [or_(LiveSession.starts_at >= enrolment.moved_at, named)] if enrolment.moved_at else []
    return (
        select(LiveSession, Attendance)
        .outerjoin(Attendance, (Attendance.session_id == LiveSession.id) & (Attendance.enrolment_id == enrolment.id))
        .where(or_(and_(LiveSession.cohort_id == enrolment.cohort_id, *since), named), *where)
        .order_by(LiveSession.starts_at, LiveSession.id)
    )
