"""A cohort with a group of three, one of one, and somebody in none; the second module is handed in by groups."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from diploma.cohorts.groups import service as groups
from diploma.cohorts.groups.models import CohortGroup
from diploma.cohorts.models import Cohort
from diploma.core.db import session
from diploma.coursework import policies
from diploma.coursework.models import Marking, SubmissionVersion
from diploma.coursework.rules import Adjustment
from diploma.coursework.together import adjusting
from diploma.coursework.together.changes import REACH
from diploma.coursework.together.policy import TOGETHER, TogetherPolicy
from tests.coursework.conftest import Handed, Unit, enrolment, user
from tests.world import M2, World, enrol, person

DILNOZA, EDUARD, FARIDA = "dilnoza@uz.test", "eduard@uz.test", "farida@uz.test"
Decide = Callable[..., None]


def cohort_of() -> Cohort:
    return session.scalars(select(Cohort).where(Cohort.slug == "uz-1")).one()


def group(name: str) -> CohortGroup:
    return session.scalars(select(CohortGroup).where(CohortGroup.name == name)).one()


def marking_of(email: str) -> Marking:
    """The marking of what a person has handed in last."""
    mine = SubmissionVersion.submission.has(enrolment_id=enrolment(email).id)
    work = session.scalars(select(SubmissionVersion).where(mine).order_by(SubmissionVersion.number.desc())).first()
    assert work and work.marking
    return work.marking


def change(by: str, **rules: Any) -> None:
    """Change the rule, inside a unit of work, as its page does."""
    cohort = cohort_of()
    version = policies.books(TOGETHER, [cohort])[cohort.id].at(M2).version
    values = TogetherPolicy(**rules)
    shown = policies.seen(REACH.effects(cohort, M2, values))
    policies.change(REACH, cohort, M2, values, reason="So decided.", version=version, shown=shown, by=user(by))


@pytest.fixture
def people(world: World, unit: Unit, password_hash: str) -> World:
    """The groups; nothing is decided of the assignment yet."""
    with unit():
        for email, name in ((DILNOZA, "Dilnoza Rahimova"), (EDUARD, "Eduard Kim"), (FARIDA, "Farida Saidova")):
            enrol(cohort_of(), person(email, name, password_hash, None))
        by = user(world.coordinator)
        for name, members in (("Blue", (world.trainee, world.trainee_2, DILNOZA)), ("Red", (EDUARD,))):
            groups.put(groups.make(cohort_of(), name, by=by), [enrolment(one).id for one in members], by=by)
    return world


@pytest.fixture
def decide(people: World, unit: Unit) -> Decide:
    def turn(**rules: Any) -> None:
        with unit():
            change(people.coordinator, **rules)

    return turn


@pytest.fixture
def together(people: World, decide: Decide) -> World:
    """The second module is handed in by groups; marks may differ by ten points."""
    decide(on=True, most=10)
    return people


@pytest.fixture
def team(together: World, hand_in: Callable[..., Handed]) -> Handed:
    """The work of the group of three, handed in by its first member."""
    return hand_in(together.trainee)


@pytest.fixture
def adjust(unit: Unit, world: World) -> Callable[..., None]:
    """``adjust(email, 5)``: points for one member of the group."""

    def give(email: str, points: int, reason: str = "Wrote most of it.", by: str = "") -> None:
        with unit():
            one = marking_of(email)
            shown = adjusting.seen(one.lead)
            adjusting.adjust(
                one.lead, {one.id: Adjustment(points, reason)}, shown=shown, by=user(by or world.instructor)
            )

    return give
