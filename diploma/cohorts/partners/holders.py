"""Who holds which role in a partner: on all of it, a cohort or an entity; trainees are on the lists of cohorts."""

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import contains_eager, selectinload

from diploma.accounts.models import RoleGrant, User
from diploma.accounts.permissions import Role
from diploma.cohorts.models import Cohort, Entity, Partner
from diploma.core import listing
from diploma.core.db import session
from diploma.core.listing import Asked, Rows
from diploma.core.text import fold

PAGE = 60
Held = tuple[RoleGrant, Cohort | None, Entity | None]  # where a role is held; without both on the whole partner


def held(partner: Partner, asked: Asked, *, role: Role | None = None) -> Rows[Held]:
    """By role and name; what is over stands last. The search finds a name in any script, or an address."""
    query = _all(partner).where(*_matching(asked.search))
    if role:
        query = query.where(RoleGrant.role == role)
    total = int(session.scalar(query.with_only_columns(func.count(), maintain_column_froms=True)) or 0)
    page = min(asked.page, listing.last_page(total, PAGE))
    rows = session.execute(
        query.outerjoin(Cohort, Cohort.id == RoleGrant.cohort_id)
        .outerjoin(Entity, Entity.id == RoleGrant.entity_id)
        .add_columns(Cohort, Entity)
        .options(contains_eager(RoleGrant.user), selectinload(Entity.dated_names))
        .order_by(RoleGrant.ends_on.is_not(None), RoleGrant.role, User.sort_key, RoleGrant.id)
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    )
    return Rows([(row[0], row[1], row[2]) for row in rows], total, page, PAGE)


def counts(partner: Partner) -> dict[Role, int]:
    """How many roles of each kind there are, in the order of the list of roles."""
    query = _all(partner).with_only_columns(RoleGrant.role, func.count(), maintain_column_froms=True)
    found: dict[Role, int] = dict(session.execute(query.group_by(RoleGrant.role)).all())
    return {one: found[one] for one in Role if one in found}


def one(partner: Partner, grant_id: int) -> RoleGrant | None:
    return session.scalar(_all(partner).where(RoleGrant.id == grant_id).options(contains_eager(RoleGrant.user)))


def _all(partner: Partner) -> Select[RoleGrant]:
    cohorts = select(Cohort.id).where(Cohort.partner_id == partner.id)
    entities = select(Entity.id).where(Entity.partner_id == partner.id)
    scope = or_(RoleGrant.partner_id == partner.id, RoleGrant.cohort_id.in_(cohorts), RoleGrant.entity_id.in_(entities))
    return select(RoleGrant).join(RoleGrant.user).where(scope, RoleGrant.role != Role.TRAINEE)


def _matching(search: str) -> list[ColumnElement[bool]]:
    return [
        or_(
            User.name_search.contains(fold(word), autoescape=True),
            User.email.contains(word.casefold(), autoescape=True),
        )
        for word in search.split()
    ]
