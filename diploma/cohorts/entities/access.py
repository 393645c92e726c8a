"""Which entities a person may look at: those above their roles do not exist for them, nor do another country's.

A role on an entity reaches it and everything below it as of today; of an entity that was merged, what it was merged
into. On a centre of government it reaches all entities of the same partner.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask import abort
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from diploma.accounts.access import Reach, reach
from diploma.accounts.permissions import Permission
from diploma.cohorts.entities.tree import Tree
from diploma.cohorts.models import Entity, Partner
from diploma.core import clock
from diploma.core.db import session


@dataclass(frozen=True)
class Scope:
    """The part of one partner's entities that a person may look at: ``seen`` are ids, closed and merged ones too.

    ``own`` are the entities from which it reaches down: where a role is held, or all at the top.
    """

    partner: Partner
    tree: Tree
    own: frozenset[int]
    seen: frozenset[int]

    @property
    def below(self) -> frozenset[int]:
        """The own entities with what stands under them; a centre of government looks at more than these."""
        return frozenset().union(*(self.tree.below(one) for one in self.own))


def scopes(user: Any, permission: Permission = Permission.SEE_ENTITY) -> list[Scope]:
    """By partner, with a constant number of queries."""
    held = reach(user, permission)
    found = [_scope(partner, entities, held) for partner, entities in _by_partner(held)]
    return sorted((one for one in found if one.seen), key=lambda one: one.partner.slug)


def entity(user: Any, entity_id: int) -> tuple[Scope, Entity]:
    """One entity with the scope in which it lies, or 404."""
    for one in scopes(user):
        if entity_id in one.seen:
            return one, one.tree.entities[entity_id]
    abort(404)


def _by_partner(held: Reach) -> Iterable[tuple[Partner, list[Entity]]]:
    if not held:
        return ()
    query = select(Entity).options(
        joinedload(Entity.partner), selectinload(Entity.dated_names), selectinload(Entity.moves)
    )
    if not held.everywhere:
        tied = select(Entity.partner_id).where(Entity.id.in_(held.entities))
        query = query.where(Entity.partner_id.in_(held.partners) | Entity.partner_id.in_(tied))
    found: dict[Partner, list[Entity]] = defaultdict(list)
    for one in session.scalars(query.order_by(Entity.id)):
        found[one.partner].append(one)
    return found.items()


def _scope(partner: Partner, entities: list[Entity], held: Reach) -> Scope:
    tree = Tree(entities, clock.today(partner.time_zone))
    everything = frozenset(tree.entities)
    tops = frozenset(one.id for one in entities if one.stands_on(tree.day) and tree.parent(one.id) is None)
    if held.everywhere or partner.id in held.partners:
        return Scope(partner, tree, tops, everything)
    own = frozenset(tree.successor(one) for one in held.entities if one in tree.entities)
    if tree.centres(own):
        return Scope(partner, tree, own, everything)
    return Scope(partner, tree, own, frozenset().union(*(tree.below(one) for one in own)))
