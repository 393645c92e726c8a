"""Whose people are whose: the accounts that are a partner's own.

An account is the partner's own when every tie it has or ever had, each enrolment and each role, lies with this
partner (spec cohorts, "Identity").
"""

from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select

from diploma.accounts.access import Reach
from diploma.accounts.models import RoleGrant, User
from diploma.cohorts.models import Cohort, Enrolment, Entity
from diploma.core.db import session


class Own:
    """The ties within a reach at one partner, as conditions of a query; ``held`` is ``None`` for the operator.

    ``but`` is left out: nobody imports themselves.
    """

    def __init__(self, partner_id: int, held: Reach | None, *, but: User | None = None) -> None:
        wide = held is None or held.everywhere or partner_id in held.partners
        self.but = but.id if but else None
        self.cohorts = select(Cohort.id).where(Cohort.partner_id == partner_id)
        if held is not None and not wide:
            self.cohorts = self.cohorts.where(Cohort.id.in_(held.cohorts))
        entities = select(Entity.id).where(Entity.partner_id == partner_id)
        partner = [RoleGrant.partner_id == partner_id, RoleGrant.entity_id.in_(entities)] if wide else []
        self.grants: ColumnElement[bool] = or_(RoleGrant.cohort_id.in_(self.cohorts), *partner)

    def has(self, user: User) -> bool:
        return session.scalar(self.people(User.id).where(User.id == user.id)) is not None

    def people(self, *columns: Any) -> Select[Any]:
        """The partner's own people: at least one tie inside, none outside."""
        inside = (
            select(Enrolment.user_id)
            .where(Enrolment.cohort_id.in_(self.cohorts))
            .union(select(RoleGrant.user_id).where(self.grants))
        )
        enrolled_outside = select(Enrolment.user_id).where(Enrolment.cohort_id.not_in(self.cohorts))
        # By id, because a scope column that is empty would compare to nothing.
        inside_grants = select(RoleGrant.id).where(self.grants)
        granted_outside = select(RoleGrant.user_id).where(RoleGrant.id.not_in(inside_grants))
        query = select(*columns).where(
            User.id.in_(inside), User.id.not_in(enrolled_outside), User.id.not_in(granted_outside)
        )
        return query.where(User.id != self.but) if self.but else query
