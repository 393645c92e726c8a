"""What the pages of the roster import look up, each with one query."""

from collections.abc import Collection

from sqlalchemy import select

from diploma.accounts.models import User
from diploma.cohorts.models import Entity, EntityName, RosterDraft, RosterImport
from diploma.core.db import session


def entity_names(partner_id: int) -> list[str]:
    """All names that the entities of a partner have or had, in every language."""
    rows = session.scalars(
        select(EntityName.names)
        .join(Entity, Entity.id == EntityName.entity_id)
        .where(Entity.partner_id == partner_id)
        .order_by(EntityName.id)
    )
    return [name for names in rows for name in names.values()]


def draft_of(made: RosterImport, user: User) -> RosterDraft | None:
    """The draft that became an import, for the person whose draft it was."""
    mine = (RosterDraft.import_id == made.id, RosterDraft.person_id == user.id)
    found: RosterDraft | None = session.scalar(select(RosterDraft).where(*mine))
    return found


def names_of(people: Collection[int]) -> dict[int, str]:
    """Full names by id, in the order of the alphabet."""
    rows = select(User.id, User.full_name).where(User.id.in_(people)).order_by(User.sort_key, User.id)
    return {row.id: row.full_name for row in session.execute(rows)} if people else {}
