"""Works with several attempts, made through the services."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from diploma.cohorts.models import Cohort
from diploma.core import clock
from diploma.core.db import session
from diploma.coursework import policies, service
from diploma.coursework.attempts import opening, returning
from diploma.coursework.attempts.changes import REACH
from diploma.coursework.attempts.rules import AttemptPolicy
from diploma.coursework.attempts.scoring import ATTEMPTS
from diploma.coursework.models import Marking, Submission
from tests.coursework.conftest import DECLARED, TEXT, Handed, Unit, enrolment, user
from tests.world import M2, World

COORDINATOR = "coordinator@uz.test"


def work_of(email: str) -> Submission:
    found = service.find(enrolment(email), M2)
    assert found
    return found


def decide(cohort: Cohort, module: str = M2, **changed: Any) -> AttemptPolicy:
    """Change rules of attempts as the page does: look first, then save what was seen."""
    book = policies.books(ATTEMPTS, [cohort])[cohort.id]
    held = book.at(module)
    values = replace(held.values, **changed)
    shown = policies.seen(REACH.effects(cohort, module, values))
    by = user(COORDINATOR)
    policies.change(REACH, cohort, module, values, reason="So decided.", version=held.version, shown=shown, by=by)
    return values


@pytest.fixture
def rules(unit: Unit, world: World) -> Callable[..., None]:
    """``rules(scoring=…)``: the cohort of the first trainee decides otherwise for the assignment."""

    def change(**changed: Any) -> None:
        with unit():
            decide(enrolment(world.trainee).cohort, **changed)

    return change


@pytest.fixture
def open_again(unit: Unit, world: World) -> Callable[..., int]:
    """``open_again()``: the coordinator opens a new attempt for the first trainee; its id."""

    def give(email: str = "", *, days: int = 7, reason: str = "Ill on the day.", by: str = COORDINATOR) -> int:
        with unit():
            due_at = clock.now() + timedelta(days=days)
            work = work_of(email or world.trainee)
            return opening.open_attempt(work, due_at=due_at, reason=reason, base_url="http://x", by=user(by)).id

    return give


@pytest.fixture
def send_again(unit: Unit, world: World) -> Callable[..., Handed]:
    """``send_again()``: what is open is handed in with another text, now or at another moment."""

    def send(email: str = "", *, at: datetime | None = None, key: str = "", text: str = TEXT + " Better.") -> Handed:
        with clock.at(at or clock.now()), unit():
            by = user(email or world.trainee)
            work = work_of(by.email)
            service.save_draft(work, service.Written(text, work.lang), by=by)
            if not work.files:
                raise AssertionError("the draft has no file")
            made = service.submit(
                work,
                key or f"again-{len(work.versions):014}",
                DECLARED,
                received_at=clock.now(),
                base_url="",
                by=by,
            )
            assert made.marking
            return Handed(work.id, made.id, made.marking.id, made.receipt)

    return send


@pytest.fixture
def give_back(unit: Unit, world: World) -> Callable[..., None]:
    """``give_back(handed)``: the instructor returns a work for three days."""

    def back(handed: Handed, *, days: int = 3, by: str = "", comment: str = "The annex is missing.") -> None:
        with unit():
            row = session.get_one(Marking, handed.marking)
            until = clock.now() + timedelta(days=days)
            returning.give_back(row, comment, until, base_url="http://x", by=user(by or world.instructor))

    return back


@pytest.fixture
def twice(
    handed: Handed,
    set_mark: Callable[..., None],
    release: Callable[..., None],
    open_again: Callable[..., int],
    send_again: Callable[..., Handed],
) -> Iterator[Callable[[str, str], tuple[Handed, Handed]]]:
    """``twice("weak", "exemplary")``: two attempts of the first trainee, both marked and released."""

    def make(first: str, second: str) -> tuple[Handed, Handed]:
        set_mark(handed, first)
        release(handed)
        open_again()
        again = send_again()
        set_mark(again, second)
        release(again)
        return handed, again

    yield make
