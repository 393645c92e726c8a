"""The rules of appeals of a cohort's assignments, and where moderators answer in the second instance."""

from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_, select

from diploma.cohorts.models import Enrolment
from diploma.core.db import session
from diploma.coursework.appeals.rules import AppealPolicy, Second
from diploma.coursework.models import AssignmentPolicy, Submission
from diploma.coursework.policies import ALL, Area

APPEALS = Area("appeals", AppealPolicy, lambda _programme: AppealPolicy())


def by_moderators(cohorts: Any) -> ColumnElement[bool]:
    """Whether moderators answer in the second instance, of works that are joined to their enrolment.

    ``cohorts`` are ids or a query of ids. One query; no programme says so by itself.
    """
    rows = session.scalars(
        select(AssignmentPolicy).where(AssignmentPolicy.area == APPEALS.id, AssignmentPolicy.cohort_id.in_(cohorts))
    )
    said: dict[int, dict[str, bool]] = {}
    for row in rows:
        second = AppealPolicy.from_dict(row.values).second
        said.setdefault(row.cohort_id, {})[row.module] = second is Second.MODERATORS
    return or_(false(), *(_in_cohort(cohort, by_module) for cohort, by_module in said.items()))


def _in_cohort(cohort_id: int, said: dict[str, bool]) -> ColumnElement[bool]:
    own = [module for module in said if module != ALL]
    wanted: ColumnElement[bool] = Submission.module.in_([one for one in own if said[one]])
    if said.get(ALL):
        wanted = or_(wanted, Submission.module.not_in(own))
    return and_(Enrolment.cohort_id == cohort_id, wanted)
