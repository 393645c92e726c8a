"""A cohort of five whose assignment has peer review, at every step of it."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from diploma.cohorts.models import Cohort
from diploma.core import clock, jobs
from diploma.core.db import session
from diploma.coursework import policies
from diploma.coursework.peers import service
from diploma.coursework.peers.changes import REACH
from diploma.coursework.peers.models import Entry, Review, Round
from diploma.coursework.peers.policy import PEERS, PeerPolicy
from diploma.coursework.peers.service import Said
from tests.conftest import Client
from tests.coursework.conftest import CRITERIA, Handed, Unit, levels, user
from tests.world import M2, World, enrol, person

PEERS_PAGE = f"/modules/{M2}/peers"
BEGUN, OVER, CLOSED = 11, 19, 24  # days from now: the works are given out, the time is over, nothing changes any more
SENT = {f"level-{one}": "proficient" for one in CRITERIA} | {f"remark-{one}": "Say who says so." for one in CRITERIA}
SENT |= {"do": "done", "page": "a" * 20, "version": "1"}  # a whole review, from a page that was just opened
Decide = Callable[..., None]
Run = Callable[[float], None]
On = Callable[[float], AbstractContextManager[Any]]


def cohort_of(slug: str = "uz-1") -> Cohort:
    found: Cohort = session.scalars(select(Cohort).where(Cohort.slug == slug)).one()
    return found


@dataclass(frozen=True)
class Circle:
    """The e-mail addresses of those who take part, and what each has handed in."""

    people: tuple[str, ...]
    works: dict[str, Handed]


@pytest.fixture
def decide(world: World, unit: Unit) -> Decide:
    """``decide(weight=20)``: peer review of the second module, on, two reviews each unless said otherwise."""

    def change(**rules: Any) -> None:
        with unit():
            cohort = cohort_of()
            held = policies.books(PEERS, [cohort])[cohort.id].at(M2)
            before = held.values if held.version else PeerPolicy(on=True, reviews=2)
            values = replace(before, **rules)
            shown = policies.seen(REACH.effects(cohort, M2, values))
            policies.change(
                REACH,
                cohort,
                M2,
                values,
                reason="So decided.",
                version=held.version,
                shown=shown,
                by=user(world.coordinator),
            )

    return change


@pytest.fixture
def circle(world: World, unit: Unit, decide: Decide, hand_in: Callable[..., Handed], password_hash: str) -> Circle:
    """Five works in an assignment with peer review, handed in in time."""
    decide()
    more = tuple(f"peer{n}@uz.test" for n in range(3))
    with unit():
        for n, email in enumerate(more):
            enrol(cohort_of(), person(email, f"Peer Number{n}", password_hash, None))
    people = (world.trainee, world.trainee_2, *more)
    return Circle(people, {one: hand_in(one, text=f"Work of {n}. " + "Why so? " * 300) for n, one in enumerate(people)})


@pytest.fixture
def run(app: Flask) -> Run:
    """``run(11)``: what is due after so many days is done, day by day as the runner does."""

    def drain(days: float) -> None:
        with clock.at(clock.now() + timedelta(days=days)), app.app_context():
            jobs.drain()

    return drain


@pytest.fixture
def on(unit: Unit) -> On:
    """``with on(12):`` a unit of work after so many days."""

    @contextmanager
    def later(days: float) -> Iterator[Any]:
        with clock.at(clock.now() + timedelta(days=days)), unit() as found:
            yield found

    return later


@pytest.fixture
def begun(circle: Circle, run: Run) -> Circle:
    """The circle after its works were given out."""
    run(BEGUN)
    return circle


@pytest.fixture
def reviewed(begun: Circle, on: On) -> Circle:
    """Everybody has handed in both reviews; each work has one of the highest level and one below."""
    with on(12):
        seen: dict[int, int] = {}
        for one in session.scalars(select(Review).order_by(Review.id)):
            seen[one.entry_id] = seen.get(one.entry_id, 0) + 1
            give(one, "exemplary" if seen[one.entry_id] == 1 else "proficient")
    return begun


def give(review: Review, level: str = "proficient", comment: str = "A good begin.") -> None:
    """Hand a review in, inside a unit of work."""
    by = review.reviewer.enrolment.user
    remarks = dict.fromkeys(CRITERIA, "Name the source.")
    service.hand_in(review, Said(levels(level), remarks, comment, "p" * 20, review.version), by=by)


def the_round() -> Round:
    return session.scalars(select(Round)).one()


def entry_of(email: str) -> Entry:
    return session.scalars(select(Entry).where(Entry.enrolment.has(user_id=user(email).id))).one()


def given_to(email: str) -> list[Review]:
    """The reviews that a person gives, as their page orders them."""
    query = select(Review).where(Review.reviewer_id == entry_of(email).id)
    return list(session.scalars(query.order_by(Review.token)))


def got_by(email: str) -> list[Review]:
    query = select(Review).where(Review.entry_id == entry_of(email).id)
    return list(session.scalars(query.order_by(Review.token)))


@dataclass(frozen=True)
class Visit:
    """A browser that stands some days ahead."""

    browser: Client
    at: datetime

    def get(self, path: str) -> Any:
        with clock.at(self.at):
            return self.browser.get(path)

    def send(self, path: str, data: dict[str, str]) -> Any:
        with clock.at(self.at):
            return self.browser.send(path, data)


@pytest.fixture
def visit(browser_of: Callable[[str], Client]) -> Callable[..., Visit]:
    """``visit(email, 12)``: somebody signs in after so many days."""

    def open_at(email: str, days: float = 12) -> Visit:
        at = clock.now() + timedelta(days=days)
        with clock.at(at):
            return Visit(browser_of(email), at)

    return open_at
