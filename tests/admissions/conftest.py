"""Fixtures of the admissions' tests: a cohort to come with an open call, applicants, readers, the mails sent."""

import email
import email.policy
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from diploma.accounts.models import User
from diploma.accounts.permissions import Role
from diploma.admissions import calls, letters, selection, service
from diploma.admissions.calls import Terms
from diploma.admissions.models import AdmissionCall, Application, Entry, LinkPurpose, Reading
from diploma.admissions.plan import Criterion, PositionLevel, Question, QuestionKind
from diploma.admissions.service import Written
from diploma.cohorts import planning
from diploma.cohorts.models import Cohort, CohortState, Entity
from diploma.cohorts.service import move_cohort
from diploma.core import clock, jobs
from diploma.core.lang import Lang
from tests.world import person

BASE = "http://localhost"
SLUG = "uz-next"
ADDRESS = "nodira@mail.test"
WHY = Question("why", QuestionKind.LONG, {"en": "Why do you apply?", "ru": "Почему?"})
WEIGHTS = (Criterion("idea", {"en": "Idea"}, 60), Criterion("reach", {"en": "Reach"}, 40))


def user(session: Any, address: str) -> User:
    return session.scalars(select(User).where(User.email == address)).one()  # type: ignore[no-any-return]


def the_call(session: Any) -> AdmissionCall:
    return session.scalars(select(AdmissionCall).join(AdmissionCall.cohort).where(Cohort.slug == SLUG)).one()  # type: ignore[no-any-return]


def application(session: Any, address: str) -> Application:
    return session.scalars(select(Application).where(Application.email == address)).one()  # type: ignore[no-any-return]


def states(session: Any) -> dict[str, str]:
    return {one.email: one.state.value for one in session.scalars(select(Application).order_by(Application.id))}


def entity_of(session: Any) -> Entity:
    cohort = session.scalars(select(Cohort).where(Cohort.slug == SLUG)).one()
    return session.scalars(select(Entity).where(Entity.partner_id == cohort.partner_id).order_by(Entity.id)).first()  # type: ignore[no-any-return]


def written(session: Any, **changed: Any) -> Written:
    said = Written(
        "Nodira Aliyeva",
        Lang.UZ_LATN,
        entity_of(session).id,
        position="Specialist",
        level=PositionLevel.SENIOR,
        years=5,
        answers={"why": "To shorten the queue."},
    )
    return replace(said, **changed)


@pytest.fixture
def call(world: Any, unit: Any) -> str:
    """An open call of a cohort that begins in a month, with three places; its public token."""
    today = clock.now().date()
    with unit() as session:
        first = session.scalars(select(Cohort).where(Cohort.slug == "uz-1")).one()
        cohort = planning.create_cohort(
            first.partner,
            SLUG,
            {"en": "Next intake"},
            edition_id=first.edition_id,
            revision_id=first.revision_id,
            starts_on=today + timedelta(days=60),
            ends_on=today + timedelta(days=200),
            seats=30,
            languages=["uz-Latn", "ru"],
            certificate_languages=["en"],
        )
        move_cohort(cohort, CohortState.OPEN)
        now = clock.now()
        made = calls.open_call(cohort, Terms(now - timedelta(days=1), now + timedelta(days=10), Entry.BOTH, 3))
        by = user(session, "coordinator@uz.test")
        calls.add_question(made, WHY, by=by)
        for one in WEIGHTS:
            calls.add_criterion(made, one, by=by)
        token = made.token
    return token


@pytest.fixture
def after(call: str) -> Any:
    """``with after():`` the call has closed."""
    return lambda days=12: clock.at(clock.now() + timedelta(days=days))


@pytest.fixture
def apply(call: str, unit: Any) -> Callable[..., int]:
    """``apply(address, …)`` hands an application in; its id."""

    def run(address: str, **changed: Any) -> int:
        with unit() as session:
            made = service.begin(the_call(session), "Nodira Aliyeva", address, Lang.UZ_LATN)
            service.submit(made, written(session, **changed))
            return int(made.id)

    return run


@pytest.fixture
def readers(call: str, unit: Any, password_hash: str) -> list[str]:
    """Three instructors named as readers."""
    addresses = [f"reader{n}@uz.test" for n in range(3)]
    with unit() as session:
        held = the_call(session)
        people = [person(one, one, password_hash, Role.INSTRUCTOR, cohort_id=held.cohort_id) for one in addresses]
        calls.name_readers(held, {one.id: None for one in people}, by=user(session, "coordinator@uz.test"))
    return addresses


def read_all(session: Any, points: dict[str, int]) -> None:
    """Every reading handed in, with one level by the applicant's address."""
    for one in session.scalars(select(Reading).where(Reading.done_at.is_(None))).all():
        level = points[one.application.email]
        selection.finish_reading(one, {"idea": level, "reach": level}, "", by=one.reader)


@pytest.fixture
def decided(apply: Any, readers: list[str], unit: Any, after: Any) -> list[str]:
    """Six applicants, a to f in the order of their ranks: three are offered a place, three wait."""
    addresses = [f"{letter}@mail.test" for letter in "abcdef"]
    for address in addresses:
        apply(address, entity_id=None, entity_other=f"Office of {address}")
    with after():
        with unit() as session:
            by = user(session, "coordinator@uz.test")
            assert selection.give_out(the_call(session), by=by) == 0
        with unit() as session:
            read_all(session, dict(zip(addresses, (4, 4, 3, 2, 2, 1), strict=True)))
        with unit() as session:
            held = the_call(session)
            by = user(session, "coordinator@uz.test")
            selection.decide(held, selection.propose(held).digest, BASE, by=by)
    return addresses


@dataclass(frozen=True)
class Mail:
    to: str
    subject: str
    body: str

    @property
    def path(self) -> str:
        """The address of ours that stands in it, as a client opens it."""
        found = re.search(r"http://localhost(/\S+)", self.body)
        assert found, self.body
        return found[1]


@pytest.fixture
def mails(app: Flask) -> Callable[[], list[Mail]]:
    """``mails()``: does what waits, and gives every mail that went out since the last call."""
    seen: set[str] = set()

    def read() -> list[Mail]:
        with app.app_context():
            jobs.drain()
        folder = app.config["MAIL_FOLDER"]
        found = []
        for path in sorted(folder.glob("*.eml")) if folder.exists() else []:
            if path.name not in seen:
                seen.add(path.name)
                one = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
                found.append(Mail(str(one["To"]), str(one["Subject"]), one.get_content()))  # type: ignore[attr-defined]
        return found

    return read


def offer_token(session: Any, address: str) -> str:
    """A fresh link to an offer, as a reminder holds one."""
    found = application(session, address)
    return letters.make_link(found, LinkPurpose.OFFER, expires_at=found.offer_expires_at)
