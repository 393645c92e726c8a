"""A cohort that has decided who marks what."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from diploma.accounts.permissions import Role
from diploma.cohorts.models import Cohort
from diploma.core.db import session
from diploma.coursework import policies
from diploma.coursework.allocation.changes import REACH
from diploma.coursework.allocation.policy import MARKING, MarkingPolicy
from diploma.coursework.policies import ALL
from tests.coursework.conftest import Unit, user
from tests.world import World, person

Decide = Callable[..., None]


def cohort_of(slug: str = "uz-1") -> Cohort:
    found: Cohort = session.scalars(select(Cohort).where(Cohort.slug == slug)).one()
    return found


@pytest.fixture
def decide(world: World, unit: Unit) -> Decide:
    """``decide(anonymous=True)``: the rules of all assignments of the first cohort, or of one."""

    def change(module: str = ALL, **rules: Any) -> None:
        with unit():
            cohort, values = cohort_of(), MarkingPolicy(**rules)
            held = policies.books(MARKING, [cohort])[cohort.id].at(module)
            shown = policies.seen(REACH.effects(cohort, module, values))
            policies.change(
                REACH,
                cohort,
                module,
                values,
                reason="So decided.",
                version=held.version,
                shown=shown,
                by=user(world.coordinator),
            )

    return change


@pytest.fixture
def moderator(world: World, unit: Unit, password_hash: str) -> str:
    """Who may mark, give works and see authors in the first cohort."""
    with unit():
        person("moderator@uz.test", "Moderator uz", password_hash, Role.MODERATOR, cohort_id=cohort_of().id)
    return "moderator@uz.test"
