"""Partners, the tree of their entities, and the creation of their cohorts."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from diploma.accounts.models import User
from diploma.cohorts.models import Cohort, CohortAward, Entity, EntityName, Partner
from diploma.core import audit, clock
from diploma.core.db import session
from diploma.core.errors import N_, Refused
from diploma.core.text import fold

FIRST_DAY = date(1900, 1, 1)  # from which a name counts whose beginning nobody gave


@dataclass(frozen=True)
class CohortPlan:
    """What staff decide about a cohort when they create it and may change later; ``names`` by language tag."""

    names: dict[str, str]
    starts_on: date
    ends_on: date
    seats: int
    languages: list[str]
    certificate_languages: list[str]


def create_partner(
    slug: str, names: dict[str, str], time_zone: str, languages: list[str], *, by: User | None = None
) -> Partner:
    if session.scalar(select(Partner.id).where(Partner.slug == slug)):
        raise Refused(N_("There is a partner “%(slug)s” already."), slug=slug)
    made = Partner(slug=slug, names=names, time_zone=time_zone, languages=languages, created_at=clock.now())
    session.add(made)
    session.flush()
    audit.record("partner.created", f"partner:{made.id}", by=by, slug=slug)
    return made


def create_entity(
    partner: Partner,
    names: dict[str, str],
    *,
    valid_from: date | None = None,
    parent: Entity | None = None,
    by: User | None = None,
) -> Entity:
    """Create an entity; names of entities are unique within a partner when folded."""
    if parent and parent.partner_id != partner.id:
        raise Refused(N_("The parent entity belongs to another partner."))
    for name in names.values():
        if find_entity(partner.id, name):
            raise Refused(N_("There is an entity “%(name)s” already."), name=name)
    made = Entity(partner_id=partner.id, parent_id=parent.id if parent else None, created_at=clock.now())
    made.dated_names.append(_entity_name(names, valid_from or FIRST_DAY))
    session.add(made)
    session.flush()
    audit.record("entity.created", f"entity:{made.id}", by=by, names=names)
    return made


def rename_entity(entity: Entity, names: dict[str, str], valid_from: date, *, by: User | None = None) -> None:
    """A new name from a day on; the earlier one stays for what is dated before."""
    if any(one.valid_from >= valid_from for one in entity.dated_names):
        raise Refused(N_("The entity has a name from that day or later already."))
    for name in names.values():
        if (find_entity(entity.partner_id, name) or entity) is not entity:
            raise Refused(N_("There is an entity “%(name)s” already."), name=name)
    entity.dated_names.append(_entity_name(names, valid_from))
    audit.record("entity.renamed", f"entity:{entity.id}", by=by, names=names, valid_from=str(valid_from))


def find_entity(partner_id: int, name: str) -> Entity | None:
    """An entity of a partner by any of its names, in any spelling that folds alike."""
    wanted = fold(name)
    rows = session.execute(
        select(Entity, EntityName.name_search)
        .join(EntityName, EntityName.entity_id == Entity.id)
        .where(Entity.partner_id == partner_id, EntityName.name_search.contains(wanted, autoescape=True))
    )
    return next((found for found, search in rows if wanted in search.split("|")), None)


def create_cohort(
    partner: Partner,
    slug: str,
    names: dict[str, str],
    *,
    edition_id: int,
    revision_id: int,
    starts_on: date,
    ends_on: date,
    seats: int,
    languages: list[str],
    certificate_languages: list[str],
    award: CohortAward = CohortAward.DIPLOMA,
    time_zone: str | None = None,
    by: User | None = None,
) -> Cohort:
    if session.scalar(select(Cohort.id).where(Cohort.slug == slug)):
        raise Refused(N_("There is a cohort “%(slug)s” already."), slug=slug)
    if ends_on < starts_on:
        raise Refused(N_("The last day lies before the first."))
    made = Cohort(
        slug=slug,
        partner_id=partner.id,
        names=names,
        award=award,
        time_zone=time_zone or partner.time_zone,
        languages=languages,
        certificate_languages=certificate_languages,
        seats=seats,
        starts_on=starts_on,
        ends_on=ends_on,
        edition_id=edition_id,
        revision_id=revision_id,
        created_at=clock.now(),
    )
    session.add(made)
    session.flush()
    audit.record("cohort.created", f"cohort:{made.id}", by=by, slug=slug)
    return made


def change_cohort(cohort: Cohort, plan: CohortPlan, *, by: User | None = None) -> None:
    """Change what was decided about a cohort; its partner, award, zone and edition stay."""
    if plan.ends_on < plan.starts_on:
        raise Refused(N_("The last day lies before the first."))
    changed = {name: value for name, value in vars(plan).items() if value != getattr(cohort, name)}
    for name, value in changed.items():
        setattr(cohort, name, value)
    if changed:
        audit.record("cohort.changed", f"cohort:{cohort.id}", by=by, after=changed)


def _entity_name(names: dict[str, str], valid_from: date) -> EntityName:
    search = "|".join(dict.fromkeys(fold(one) for one in names.values()))
    return EntityName(names=names, valid_from=valid_from, name_search=search)
