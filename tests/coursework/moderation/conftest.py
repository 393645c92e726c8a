"""An assignment with second marking: rules, marked works, a round, and people for the second mark."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from diploma.accounts.permissions import Role
from diploma.cohorts.models import Cohort
from diploma.core.db import session
from diploma.coursework import policies
from diploma.coursework.marking import Judged
from diploma.coursework.moderation import readings, rounds
from diploma.coursework.moderation.models import Moderation, ProvisionalMark
from diploma.coursework.moderation.policy import SecondPolicy
from diploma.coursework.moderation.second_changes import REACH
from tests.coursework.conftest import Handed, Unit, levels, user
from tests.world import M2, World, person

ONLY_FAILS = SecondPolicy(on=True, distinctions=False, border=0, sample=0)
SECOND_MARKER, MODERATOR = "second@uz.test", "moderator@uz.test"


def cohort_of(slug: str = "uz-1") -> Cohort:
    found: Cohort = session.scalars(select(Cohort).where(Cohort.slug == slug)).one()
    return found


def decide(rule: SecondPolicy | None = None, module: str = M2, **changes: Any) -> None:
    """Let the cohort decide its rules of second marking, as the page does."""
    cohort, values = cohort_of(), replace(rule or ONLY_FAILS, **changes)
    held = policies.books(REACH.area, [cohort])[cohort.id].at(module)
    policies.change(
        REACH,
        cohort,
        module,
        values,
        reason="So decided.",
        version=held.version,
        shown=policies.seen(REACH.effects(cohort, module, values)),
        by=user("coordinator@uz.test"),
    )


def begin(by: str = "coordinator@uz.test") -> list[rounds.Choice]:
    """Look at the preview and start the round."""
    cohort, who = cohort_of(), user(by)
    held = rounds.reveal(cohort, M2, by=who)
    return rounds.start(cohort, M2, shown=rounds.seen(rounds.plan(cohort, M2, held)), by=who)


def moderation_of(work: Handed) -> Moderation:
    found: Moderation = session.scalars(select(Moderation).where(Moderation.marking_id == work.marking)).one()
    return found


def assign(work: Handed, to: str = SECOND_MARKER, by: str = "coordinator@uz.test") -> ProvisionalMark:
    return readings.assign(moderation_of(work), user(to), by=user(by))


def give(work: Handed, level: str = "adequate", turn: int = 2, **others: str) -> None:
    reading = moderation_of(work).mark(turn)
    assert reading
    readings.give(reading, Judged(levels(level, **others), "Name your sources."), by=reading.marker)


@pytest.fixture
def moderator(world: World, unit: Unit, password_hash: str) -> str:
    with unit():
        person(MODERATOR, "Moderator uz", password_hash, Role.MODERATOR, cohort_id=cohort_of().id)
    return MODERATOR


@pytest.fixture
def chosen(
    world: World, handed: Handed, set_mark: Callable[..., None], second_instructor: str, moderator: str, unit: Unit
) -> Handed:
    """The first trainee's work, marked with 35 and chosen for its second mark, which nobody has got yet."""
    set_mark(handed, "weak", comment="A topic, no challenge.")
    with unit():
        decide()
        begin()
    return handed


@pytest.fixture
def assigned(chosen: Handed, unit: Unit) -> Handed:
    """The same, in the hands of the second instructor."""
    with unit():
        assign(chosen)
    return chosen


@pytest.fixture
def apart(assigned: Handed, unit: Unit) -> Handed:
    """The same with a second mark of 60: too far from 35, so that both have to agree."""
    with unit():
        give(assigned, "adequate")
    return assigned
