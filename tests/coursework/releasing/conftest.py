"""Rules of release, and the work of the job runner."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from diploma.cohorts.models import Cohort
from diploma.core import jobs
from diploma.core.db import session
from diploma.coursework import policies
from diploma.coursework.releasing.changes import REACH
from diploma.coursework.releasing.policy import RELEASE, How, ReleasePolicy
from tests.coursework.conftest import Unit, user
from tests.world import World


def cohort_of(world: World) -> Cohort:
    found: Cohort = session.scalars(select(Cohort).where(Cohort.slug == world.cohort)).one()
    return found


@pytest.fixture
def rule(unit: Unit, world: World) -> Callable[[How], None]:
    """``rule(How.AT_ONCE)``: what the cohort decides for all its assignments, with its effects."""

    def decide(how: How) -> None:
        with unit():
            cohort, wanted = cohort_of(world), ReleasePolicy(how)
            version = policies.books(RELEASE, [cohort])[cohort.id].at("").version
            shown = policies.seen(REACH.effects(cohort, "", wanted))
            policies.change(
                REACH, cohort, "", wanted, reason="x", version=version, shown=shown, by=user(world.coordinator)
            )

    return decide


@pytest.fixture
def work_off(app: Flask) -> Callable[[], int]:
    """The job runner, until nothing is due."""

    def drain() -> int:
        with app.app_context():
            return jobs.drain()

    return drain
