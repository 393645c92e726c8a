"""Works in every state, made through the services; tests get ids and speak to the pages."""

import io
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from diploma.accounts.models import User
from diploma.accounts.permissions import Role
from diploma.cohorts import service as cohorts
from diploma.cohorts.models import Cohort, Enrolment
from diploma.core import clock
from diploma.core.db import session
from diploma.core.lang import Lang
from diploma.coursework import marking, service
from diploma.coursework.marking import Judged
from diploma.coursework.models import Marking, Submission
from diploma.coursework.releasing import service as releasing
from diploma.coursework.rules import SentFile
from diploma.learning import catalogue
from diploma.learning.structure import Module, Part, PartKind
from tests.conftest import Client
from tests.coursework.samples import PDF
from tests.world import M2, World, person

Unit = Callable[[], AbstractContextManager[Any]]
TEXT = "Do not shout.\n\n" + " ".join(["The licence is renewed at three windows."] * 60)
DECLARED = ["own_work", "no_personal_data", "consent"]
CRITERIA = ("statement", "evidence", "voices", "causes", "choice")
PAGE = f"/modules/{M2}/assignment"


@dataclass(frozen=True)
class Handed:
    """Ids of a work that was handed in."""

    submission: int
    version: int
    marking: int
    receipt: str


@pytest.fixture
def browser_of(browser_of: Callable[[str], Client]) -> Callable[[str], Client]:
    """A signed-in browser that reads English, whatever its person prefers: tests compare words."""

    def open_browser(email: str) -> Client:
        made = browser_of(email)
        made.get("/account?lang=en")
        return made

    return open_browser


def user(email: str) -> User:
    found: User = session.scalars(select(User).where(User.email == email)).one()
    return found


def enrolment(email: str) -> Enrolment:
    found: Enrolment = session.scalars(select(Enrolment).join(User).where(User.email == email)).one()
    return found


def module() -> Module:
    latest = catalogue.latest()
    assert latest
    return latest.modules[M2]


def annex() -> Part:
    return next(part for part in module().assignment.parts if part.kind is PartKind.FILE)


def levels(level: str = "proficient", **others: str) -> dict[str, str]:
    return dict.fromkeys(CRITERIA, level) | others


@pytest.fixture
def stored(app: Flask) -> Callable[..., SentFile]:
    """``stored(b"…", "map.pdf")``: a file in the store, on its way to a draft."""

    def put(data: bytes = PDF, name: str = "map.pdf", kind: str = "pdf") -> SentFile:
        blob = app.extensions["files"].put(io.BytesIO(data))
        return SentFile(name, blob.sha256, blob.size, kind)

    return put


@pytest.fixture
def draft_of(stored: Callable[..., SentFile]) -> Callable[..., Submission]:
    """``draft_of(email)`` inside a unit of work: a complete draft."""

    def write(email: str, text: str = TEXT, lang: Lang = Lang.EN, file: SentFile | None = None) -> Submission:
        by = user(email)
        draft = service.open_draft(enrolment(email), M2, lang, by=by)
        service.save_draft(draft, service.Written(text, lang), by=by)
        service.attach_file(draft, annex(), file or stored(), by=by)
        return draft

    return write


@pytest.fixture
def hand_in(unit: Unit, draft_of: Callable[..., Submission]) -> Callable[..., Handed]:
    """``hand_in(email)``: a work handed in now, or at another moment; ids."""

    def submit(email: str, *, at: datetime | None = None, key: str = "k" * 20, **draft: Any) -> Handed:
        with clock.at(at or clock.now()), unit():
            work = draft_of(email, **draft)
            version = service.submit(
                work, key, DECLARED, received_at=clock.now(), base_url="http://localhost", by=user(email)
            )
            assert version.marking
            return Handed(work.id, version.id, version.marking.id, version.receipt)

    return submit


@pytest.fixture
def handed(world: World, hand_in: Callable[..., Handed]) -> Handed:
    """The work of the first trainee, handed in in time and waiting for its mark."""
    return hand_in(world.trainee)


@pytest.fixture
def set_mark(unit: Unit, world: World) -> Callable[..., None]:
    def mark(handed: Handed, level: str = "proficient", *, by: str = "", comment: str = "") -> None:
        with unit():
            marking.mark(
                session.get_one(Marking, handed.marking),
                Judged(levels(level), comment),
                by=user(by or world.instructor),
            )

    return mark


@pytest.fixture
def release(unit: Unit, world: World) -> Callable[..., None]:
    def give(*handed: Handed, at: datetime | None = None) -> None:
        with clock.at(at or clock.now()), unit():
            rows = [session.get_one(Marking, one.marking) for one in handed]
            outcome = releasing.release(rows, base_url="http://localhost", by=user(world.instructor))
            assert not outcome.refused

    return give


@pytest.fixture
def released(handed: Handed, set_mark: Callable[..., None], release: Callable[..., None]) -> Handed:
    """The first trainee's work, marked with 80 and released."""
    set_mark(handed, comment="Count the silent users.")
    release(handed)
    return handed


@pytest.fixture
def crowd(
    world: World, unit: Unit, hand_in: Callable[..., Handed], password_hash: str
) -> Callable[[int], list[Handed]]:
    """``crowd(60)``: so many more trainees of the first cohort, each with a work handed in."""

    def gather(count: int) -> list[Handed]:
        with unit():
            cohort = session.scalars(select(Cohort).where(Cohort.slug == world.cohort)).one()
            first = session.scalar(select(func.count()).select_from(User)) or 0
            emails = [f"t{n}@uz.test" for n in range(first, first + count)]
            for n, email in enumerate(emails):
                cohorts.enrol(cohort, person(email, f"Trainee {n}", password_hash, None))
        return [hand_in(email) for email in emails]

    return gather


@pytest.fixture
def second_instructor(world: World, unit: Unit, password_hash: str) -> str:
    """Another marker of the first cohort."""
    with unit():
        cohort = session.scalars(select(Cohort).where(Cohort.slug == world.cohort)).one()
        person("second@uz.test", "Second Instructor", password_hash, Role.INSTRUCTOR, cohort_id=cohort.id)
    return "second@uz.test"
