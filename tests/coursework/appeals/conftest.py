"""A released mark, people who may answer appeals against it, and the verbs of both sides."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from diploma.accounts.permissions import Role
from diploma.cohorts.models import Cohort
from diploma.core import clock
from diploma.core.db import session
from diploma.coursework import policies
from diploma.coursework.appeals import answering, asking
from diploma.coursework.appeals.answering import Verdict
from diploma.coursework.appeals.asking import Asked
from diploma.coursework.appeals.changes import REACH
from diploma.coursework.appeals.models import Appeal
from diploma.coursework.models import SubmissionVersion
from tests.coursework.conftest import Handed, Unit, user
from tests.world import M2, World, person

BASE = "http://localhost"
WHY = "Page two names the source of each figure."
SECOND, MODERATOR = "second@uz.test", "moderator@uz.test"


def cohort() -> Cohort:
    return session.scalars(select(Cohort).where(Cohort.slug == "uz-1")).one()


def decide(module: str = M2, **changes: Any) -> None:
    """Let the cohort decide its rules of appeals, as the page does."""
    held = policies.books(REACH.area, [cohort()])[cohort().id].at(module)
    values = replace(held.values, **changes)
    shown = policies.seen(REACH.effects(cohort(), module, values))
    by = user("coordinator@uz.test")
    policies.change(REACH, cohort(), module, values, reason="So.", version=held.version, shown=shown, by=by)


def ask(work: Handed, criterion: str = "evidence", *, by: str = "", at: Any = None, key: str = "k" * 20) -> Appeal:
    version = session.get_one(SubmissionVersion, work.version)
    who = user(by) if by else version.submission.enrolment.user
    return asking.ask(version, Asked(criterion, WHY, key), at=at or clock.now(), base_url=BASE, by=who)


def uphold(appeal: Appeal, by: str = SECOND) -> None:
    answering.uphold(appeal, Verdict("The source is not named."), base_url=BASE, by=user(by))


def accept(appeal: Appeal, level: str = "exemplary", by: str = SECOND) -> None:
    answering.accept(appeal, Verdict("It is named indeed.", level), base_url=BASE, by=user(by))


def escalate(appeal: Appeal, at: Any = None) -> None:
    who = appeal.marking.work.submission.enrolment.user
    asking.escalate(appeal, "Page two was not read.", at=at or clock.now(), base_url=BASE, by=who)


@pytest.fixture
def second(second_instructor: str) -> str:
    return second_instructor


@pytest.fixture
def moderator(world: World, unit: Unit, password_hash: str) -> str:
    """Who marks and moderates in the first cohort."""
    with unit():
        person(MODERATOR, "Moderator", password_hash, Role.MODERATOR, partner_id=cohort().partner_id)
    return MODERATOR


@pytest.fixture
def appeal(released: Handed, second: str, unit: Unit) -> Callable[[], Appeal]:
    """The first trainee's open appeal against the criterion “evidence”, fetched anew each time."""
    with unit():
        number = ask(released).id
    return lambda: session.get_one(Appeal, number)
