"""Entities of a partner: they open, get names, move, merge and close from a day on, and the past stays.

Every verb holds the lock of the partner, because two moves that are right each by itself may close a circle. What is
dated before today needs a reason, which is recorded: it changes what is said of days that have passed.
"""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import func, select

from diploma.accounts.models import User
from diploma.cohorts.entities.lookups import find_entity, of_partner
from diploma.cohorts.entities.tree import Tree, changes
from diploma.cohorts.models import Enrolment, EnrolmentState, Entity, EntityKind, EntityMove, EntityName, Partner
from diploma.core import audit, clock
from diploma.core.db import session
from diploma.core.errors import N_, Refused
from diploma.core.text import fold

FIRST_DAY = date(1900, 1, 1)  # from which a name counts whose beginning nobody gave
LEVELS = 12  # of a tree; real governments have five or six
_TOO_DEEP = N_("The tree would have more than 12 levels.")


def create_entity(
    partner: Partner,
    names: dict[str, str],
    *,
    kind: EntityKind = EntityKind.OTHER,
    valid_from: date | None = None,
    opened_on: date | None = None,
    parent: Entity | None = None,
    by: User | None = None,
) -> Entity:
    """Create an entity; names of entities are unique within a partner when folded."""
    everything = _lock(partner.id)
    if parent and parent.partner_id != partner.id:
        raise Refused(N_("The parent entity belongs to another partner."))
    if parent:
        _check_above(everything, parent, opened_on or clock.today(partner.time_zone))
    _check_names(partner.id, names, None)
    made = Entity(
        partner_id=partner.id,
        parent_id=parent.id if parent else None,
        kind=kind,
        opened_on=opened_on,
        created_at=clock.now(),
    )
    made.dated_names.append(_entity_name(names, valid_from or opened_on or FIRST_DAY))
    session.add(made)
    session.flush()
    audit.record("entity.created", f"entity:{made.id}", by=by, names=names, body=kind)
    return made


def rename_entity(
    entity: Entity, names: dict[str, str], valid_from: date, *, by: User | None = None, reason: str = ""
) -> None:
    """A new name from a day on; the earlier one stays for what is dated before."""
    _lock(entity.partner_id)
    _check_day(entity, valid_from, reason)
    if any(one.valid_from >= valid_from for one in entity.dated_names):
        raise Refused(N_("The entity has a name from that day or later already."))
    _check_names(entity.partner_id, names, entity)
    entity.dated_names.append(_entity_name(names, valid_from))
    audit.record(
        "entity.renamed", f"entity:{entity.id}", by=by, names=names, valid_from=str(valid_from), reason=reason or None
    )


def set_kind(entity: Entity, kind: EntityKind, *, by: User | None = None) -> None:
    """Say what kind of body it is: a correction, not a change by day."""
    if kind is not entity.kind:
        audit.record("entity.kind_set", f"entity:{entity.id}", by=by, before=entity.kind, after=kind)
        entity.kind = kind


def move_entity(
    entity: Entity, parent: Entity | None, valid_from: date, *, by: User | None = None, reason: str = ""
) -> None:
    """Put an entity under another, or at the top, from a day on."""
    everything = _lock(entity.partner_id)
    _check_day(entity, valid_from, reason)
    if parent and parent.partner_id != entity.partner_id:
        raise Refused(N_("The parent entity belongs to another partner."))
    if parent and not parent.stands_on(valid_from):
        raise Refused(N_("The entity above does not exist on that day."))
    if any(one.valid_from >= valid_from for one in entity.moves):
        raise Refused(N_("The entity has a place from that day or later already."))
    target = parent.id if parent else None
    before = Tree(everything, valid_from).parent(entity.id)
    if before == target:
        raise Refused(N_("The entity stands there already."))
    for day in changes(everything, valid_from):
        tried = Tree(everything, day, other={entity.id: target})
        if tried.has_circle():
            raise Refused(N_("An entity cannot stand below itself. Move the other one out first."))
        _check_depth(tried)
    entity.moves.append(EntityMove(parent_id=target, partner_id=entity.partner_id, valid_from=valid_from))
    session.flush()
    said = {"before": before, "after": target, "valid_from": str(valid_from), "reason": reason or None}
    audit.record("entity.moved", f"entity:{entity.id}", by=by, **said)


def close_entity(entity: Entity, closed_on: date, *, by: User | None = None, reason: str = "") -> None:
    """An entity that is not there any more from a day on. What stands below it is moved or closed first."""
    everything = _ending(entity, closed_on, reason)
    for day in changes(everything, closed_on):
        if Tree(everything, day).children(entity.id):
            raise Refused(N_("Other entities stand below it from that day on. Move or close them first."))
    if _active_people(entity):
        raise Refused(
            N_("People who are taking part belong to it. Merge it into the entity that takes them over instead.")
        )
    entity.closed_on = closed_on
    session.flush()
    audit.record("entity.closed", f"entity:{entity.id}", by=by, closed_on=str(closed_on), reason=reason or None)


def merge_entity(entity: Entity, into: Entity, on: date, *, by: User | None = None, reason: str = "") -> None:
    """Make an entity part of another from a day on: its people, its line managers and what stands below it follow.

    No row of theirs is changed: a person of today is counted where the entity has gone, a person of last year
    where they were.
    """
    everything = _ending(entity, on, reason)
    if into.partner_id != entity.partner_id:
        raise Refused(N_("An entity can only be merged into one of the same partner."))
    if into.id == entity.id or not into.stands_on(on):
        raise Refused(N_("Choose an entity that exists on that day."))
    for day in changes(everything, on):
        tried = Tree(everything, day, merging={entity.id: into.id})
        if tried.has_circle() or entity.id in Tree(everything, day).above(into.id):
            raise Refused(N_("It cannot be merged into an entity below itself. Move that one out first."))
        _check_depth(tried)
    entity.closed_on, entity.merged_into_id = on, into.id
    session.flush()
    audit.record("entity.merged", f"entity:{entity.id}", by=by, into=into.id, on=str(on), reason=reason or None)


def _ending(entity: Entity, day: date, reason: str) -> list[Entity]:
    """What closing and merging ask first; all entities of the partner."""
    everything = _lock(entity.partner_id)
    if entity.closed_on:
        raise Refused(N_("The entity is closed already."))
    _check_day(entity, day, reason)
    if entity.opened_on and day <= entity.opened_on:
        raise Refused(N_("An entity cannot end before it began."))
    later = [one.valid_from for one in entity.dated_names] + [one.valid_from for one in entity.moves]
    later += [one.closed_on for one in everything if one.merged_into_id == entity.id and one.closed_on]
    if any(one > day for one in later):
        raise Refused(N_("Something is entered for the entity after that day. Choose a later day."))
    return everything


def _lock(partner_id: int) -> list[Entity]:
    """Let one at a time change the tree; what was read before the lock may have been overtaken and is read again."""
    session.execute(select(Partner.id).where(Partner.id == partner_id).with_for_update())
    return of_partner(partner_id, fresh=True)


def _check_day(entity: Entity, day: date, reason: str) -> None:
    if day < clock.today(entity.partner.time_zone) and not reason.strip():
        raise Refused(N_("This day has passed. Say why the past is changed, or choose today or a later day."))
    if entity.closed_on and day >= entity.closed_on:
        raise Refused(N_("The entity is closed on that day."))


def _check_above(everything: list[Entity], parent: Entity, day: date) -> None:
    if not parent.stands_on(day):
        raise Refused(N_("The entity above does not exist on that day."))
    if len(Tree(everything, day).above(parent.id)) + 2 > LEVELS:
        raise Refused(_TOO_DEEP)


def _check_depth(tried: Tree) -> None:
    if tried.depth() > LEVELS:
        raise Refused(_TOO_DEEP)


def _check_names(partner_id: int, names: dict[str, str], own: Entity | None) -> None:
    for name in names.values():
        if (find_entity(partner_id, name) or own) is not own:
            raise Refused(N_("There is an entity “%(name)s” already."), name=name)


def _active_people(entity: Entity) -> int:
    query = select(func.count()).where(Enrolment.entity_id.in_(_with_parts(entity)))
    return session.scalar(query.where(Enrolment.state.in_((EnrolmentState.ACTIVE, EnrolmentState.DEFERRED)))) or 0


def _with_parts(entity: Entity) -> Iterable[int]:
    return Tree(of_partner(entity.partner_id), clock.today(entity.partner.time_zone)).parts(entity.id)


def _entity_name(names: dict[str, str], valid_from: date) -> EntityName:
    search = "|".join(dict.fromkeys(fold(one) for one in names.values()))
    return EntityName(names=names, valid_from=valid_from, name_search=search)
