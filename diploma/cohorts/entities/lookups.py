"""Looks up entities of a partner."""

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from diploma.cohorts.models import Entity, EntityName
from diploma.core.db import session
from diploma.core.text import fold


def of_partner(partner_id: int, *, fresh: bool = False) -> list[Entity]:
    """All entities that a partner has or had, oldest first, with their names and moves; ``fresh`` reads them again."""
    query = select(Entity).where(Entity.partner_id == partner_id).order_by(Entity.id)
    query = query.options(selectinload(Entity.dated_names), selectinload(Entity.moves))
    return list(session.scalars(query, execution_options={"populate_existing": fresh}))


def find_entity(partner_id: int, name: str) -> Entity | None:
    """An entity of a partner by any of its names, in any spelling that folds alike."""
    wanted = fold(name)
    rows = session.execute(
        select(Entity, EntityName.name_search)
        .join(EntityName, EntityName.entity_id == Entity.id)
        .where(Entity.partner_id == partner_id, EntityName.name_search.contains(wanted, autoescape=True))
    )
    return next((found for found, search in rows if wanted in search.split("|")), None)
