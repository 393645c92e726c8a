"""The tree of a partner's entities as it stands on a day. Pure: works on entities that are loaded with their moves."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from diploma.cohorts.models import Entity, EntityKind
from diploma.core.lang import Lang
from diploma.core.text import fold, sort_key


@dataclass(frozen=True)
class Branch:
    """An entity that stands on the day, with what stands below it, by name."""

    entity: Entity
    branches: "list[Branch]"

    def __iter__(self) -> "Iterator[Branch]":
        yield self
        for one in self.branches:
            yield from one


class Tree:
    """All entities of one partner seen on one day.

    ``other`` replaces the parents of some entities and ``merging`` what some are merged into: a step that is tried out.
    """

    def __init__(
        self,
        entities: Iterable[Entity],
        day: date,
        *,
        other: Mapping[int, int | None] | None = None,
        merging: Mapping[int, int] | None = None,
    ) -> None:
        self.day, self.entities = day, {one.id: one for one in entities}
        self._other, self._merging = other or {}, merging or {}

    def successor(self, entity_id: int) -> int:
        """What an entity has become by the day: itself, or what it was merged into, however often."""
        seen = {entity_id}
        while (into := self._into(entity_id)) is not None and into not in seen:
            seen.add(into)
            entity_id = into
        return entity_id

    def _into(self, entity_id: int) -> int | None:
        if entity_id in self._merging:
            return self._merging[entity_id]
        one = self.entities.get(entity_id)
        gone = one is not None and one.closed_on is not None and one.closed_on <= self.day
        return one.merged_into_id if one is not None and gone else None

    def parent(self, entity_id: int) -> int | None:
        """The entity above on the day; of one that was merged, its successor."""
        one = self.entities[entity_id]
        above = self._other[entity_id] if entity_id in self._other else one.parent_on(self.day)
        return None if above is None else self.successor(above)

    def above(self, entity_id: int) -> list[int]:
        """The entities above, the nearest first; stops where a circle would begin."""
        found: list[int] = []
        at = self.parent(entity_id)
        while at is not None and at not in found:
            found.append(at)
            at = self.parent(at)
        return found

    def has_circle(self) -> bool:
        return any(one in self.above(one) for one in self.entities)

    def depth(self) -> int:
        """The number of levels; 0 without entities."""
        return max((len(self.above(one)) + 1 for one in self.entities), default=0)

    @cached_property
    def _holders(self) -> dict[int, set[int]]:
        """By entity: itself and all to which it belongs on the day, as a merged part or from below."""
        found = {}
        for one in self.entities:
            now = self.successor(one)
            found[one] = {one, now, *self.above(now)}
        return found

    def below(self, entity_id: int) -> set[int]:
        """The entity with everything under it, and whatever was merged into or closed under these."""
        return {one for one, holders in self._holders.items() if entity_id in holders}

    def parts(self, entity_id: int) -> set[int]:
        """The entity with what was merged into it, without what stands below."""
        return {one for one in self.entities if self.successor(one) == entity_id} | {entity_id}

    def children(self, entity_id: int) -> list[Entity]:
        """What stands right below on the day."""
        return [one for one in self.entities.values() if one.stands_on(self.day) and self.parent(one.id) == entity_id]

    def branches(self, lang: Lang, *, only: Collection[int] | None = None, alone: bool = False) -> list[Branch]:
        """The standing entities as branches from the top, each below its parent, by name.

        With ``only``, those and what leads to them, or those ``alone``.
        """
        standing = {one.id for one in self.entities.values() if one.stands_on(self.day)}
        if only is not None:
            kept = standing & set(only)
            standing &= kept if alone else kept | {above for one in kept for above in self.above(one)}
        below: dict[int | None, list[Entity]] = {}
        for one in self.sorted(standing, lang):
            above = self.parent(one.id)
            below.setdefault(above if above in standing else None, []).append(one)

        def grow(parent: int | None) -> list[Branch]:
            return [Branch(one, grow(one.id)) for one in below.get(parent, ())]

        return grow(None)

    def sorted(self, ids: Collection[int], lang: Lang) -> list[Entity]:
        named = [(sort_key(self.entities[one].name(lang, self.day), lang), one) for one in ids]
        return [self.entities[one] for _, one in sorted(named)]

    def matching(self, search: str) -> set[int]:
        """Entities of which a name that they have or had holds each word, in whatever script it is typed."""
        words = fold(search).split()
        return {
            one.id
            for one in self.entities.values()
            if any(all(word in name.name_search for word in words) for name in one.dated_names)
        }

    def centres(self, ids: Collection[int]) -> bool:
        """Whether one of these is a centre of government."""
        return any(self.entities[one].kind is EntityKind.CENTRE_OF_GOVERNMENT for one in ids if one in self.entities)


def changes(entities: Iterable[Entity], since: date) -> list[date]:
    """``since`` and the later days on which the tree changes as far as is known."""
    days = {since}
    for one in entities:
        days.update(move.valid_from for move in one.moves)
        days.update({one.closed_on} if one.closed_on else ())
        days.update({one.opened_on} if one.opened_on else ())
    return sorted(day for day in days if day >= since)
