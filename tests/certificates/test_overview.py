"""The counts of the registrar's dashboard are those of the groups that they lead to."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from diploma.accounts import service as accounts
from diploma.certificates import overview, service, status
from diploma.certificates.overview import Group
from diploma.cohorts import planning
from diploma.cohorts import service as cohorts
from diploma.cohorts.life import enrolments
from diploma.cohorts.life.enrolments import Leave
from diploma.cohorts.life.models import Cause
from diploma.cohorts.models import Cohort, CohortAward, CohortState, Enrolment, Partner, Presence
from diploma.core import clock
from diploma.core.lang import Lang
from tests.certificates.conftest import Office
from tests.world import World

COUNTED = tuple(one for one in Group if one is not Group.INELIGIBLE)


def counted(session: Any) -> dict[str, dict[Group, int]]:
    """What ``counts`` says of every cohort, checked against its groups."""
    rows = list(session.scalars(select(Cohort).order_by(Cohort.slug)))
    found = overview.counts(rows)
    for one in rows:
        groups = overview.groups(one)
        assert {group: found[one.id][group] for group in COUNTED} == {group: len(groups[group]) for group in COUNTED}
    return {one.slug: {group: count for group, count in found[one.id].items() if count} for one in rows}


@pytest.mark.parametrize(
    ("step", "group"),
    [
        ("complete", Group.ELIGIBLE),
        ("draft", Group.NAMES),
        ("confirm", Group.APPROVAL),
        ("approve", Group.READY),
        ("issue", Group.ISSUED),
    ],
)
def test_each_step_is_counted_where_its_line_stands(
    office: Office, world: World, reading: Any, step: str, group: Group
) -> None:
    with reading() as session:
        assert counted(session) == {"ae-1": {}, "uz-1": {}}
    getattr(office, step)(world.trainee)
    with reading() as session:
        assert counted(session) == {"ae-1": {}, "uz-1": {group: 1}}


def test_what_was_revoked_is_counted_as_ended(office: Office, world: World, unit: Any, reading: Any) -> None:
    office.issue(world.trainee)
    with unit():
        status.revoke(office.row(world.trainee), "Wrong name")
    with reading() as session:
        assert counted(session)["uz-1"] == {Group.ENDED: 1}


def test_who_has_withdrawn_has_earned_nothing_new(office: Office, world: World, unit: Any, reading: Any) -> None:
    office.complete(world.trainee)
    with unit():
        enrolments.withdraw(office.enrolment(world.trainee), Leave(Cause.OTHER, "Moved"))
    with reading() as session:
        assert counted(session)["uz-1"] == {}


def test_a_module_without_dates_here_earns_no_certificate(
    office: Office, world: World, unit: Any, reading: Any
) -> None:
    office.complete(world.trainee)
    with unit() as session:
        cohort = session.scalars(select(Cohort).where(Cohort.slug == "uz-1")).one()
        cohort.modules.clear()
    with reading() as session:
        assert counted(session)["uz-1"] == {}


def _workshop(session: Any, like: Cohort, slug: str) -> Cohort:
    """A Foundation cohort whose one session two people attended and one missed."""
    cohort = planning.create_cohort(
        session.get_one(Partner, like.partner_id), slug, {"en": slug}, edition_id=like.edition_id,
        revision_id=like.revision_id, award=CohortAward.FOUNDATION, starts_on=like.starts_on, ends_on=like.ends_on,
        seats=9, languages=like.languages, certificate_languages=like.certificate_languages)  # fmt: skip
    cohorts.move_cohort(cohort, CohortState.OPEN)
    cohorts.move_cohort(cohort, CohortState.RUNNING)
    roll: list[Enrolment] = []
    for name in "abc":
        roll.append(cohorts.enrol(cohort, accounts.create_user(f"{name}@{slug}.test", "Kishi", Lang.RU)))
    live = cohorts.plan_session(cohort, "foundation", "Day", clock.now() - timedelta(days=1), Decimal(6))
    there = [Presence.PRESENT, Presence.PRESENT, Presence.ABSENT]
    cohorts.save_sheet(live, [cohorts.SheetEntry(one.id, said, None) for one, said in zip(roll, there, strict=True)])
    return cohort


def test_foundation_cohorts_are_counted_by_attendance_each_for_itself(world: World, unit: Any, reading: Any) -> None:
    with unit() as session:
        like = session.scalars(select(Cohort).where(Cohort.slug == "uz-1")).one()
        first, second = _workshop(session, like, "w1"), _workshop(session, like, "w2")
        service.draft_eligible(first)
        assert second.id
    with reading() as session:
        found = counted(session)
        assert found["w1"] == {Group.NAMES: 2} and found["w2"] == {Group.ELIGIBLE: 2}


def test_no_cohorts_have_no_counts(world: World, reading: Any) -> None:
    with reading():
        assert overview.counts([]) == {}
