"""Which groups a person may see: those of the cohorts within their reach, or 404."""

from typing import Any

from flask import abort
from sqlalchemy import select

from diploma.accounts.permissions import Permission
from diploma.cohorts import access as cohorts
from diploma.cohorts.groups.models import CohortGroup
from diploma.core.db import session


def group(user: Any, slug: str, group_id: int, permission: Permission) -> CohortGroup:
    """A group that stands, under the address of its own cohort."""
    where = cohorts.cohort(user, slug, permission)
    found: CohortGroup | None = session.scalar(
        select(CohortGroup).where(
            CohortGroup.id == group_id, CohortGroup.cohort_id == where.id, CohortGroup.dissolved_at.is_(None)
        )
    )
    return found or abort(404)
