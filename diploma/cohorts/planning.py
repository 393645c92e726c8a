"""A cohort is created within a partner, and its plan changes."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from diploma.accounts.models import User
from diploma.cohorts.models import Cohort, CohortAward, Partner
from diploma.core import audit, clock
from diploma.core.db import session
from diploma.core.errors import N_, Refused


@dataclass(frozen=True)
class CohortPlan:
    """What staff decide about a cohort when they create it and may change later; ``names`` by language tag."""

    names: dict[str, str]
    starts_on: date
    ends_on: date
    seats: int
    languages: list[str]
    certificate_languages: list[str]


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
