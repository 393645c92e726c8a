"""The programme with its real weights and limits, one small module, and the ways to give a person evidence."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from config import ROOT
from diploma.accounts.models import User
from diploma.cohorts import service as cohorts
from diploma.cohorts.models import Cohort, Enrolment, LiveSession, Presence
from diploma.core import clock
from diploma.core.lang import Lang
from diploma.coursework.models import Marking, MarkingState, Submission, SubmissionState, SubmissionVersion
from diploma.learning import catalogue, loader
from diploma.learning import service as learning
from diploma.learning.structure import Lesson, Mode, Module, Programme, Workshop
from diploma.quizzes.models import QuizAttempt

D = Decimal
M2 = "m2-challenge-assessment"
RESULT = f"/modules/{M2}/result"


@pytest.fixture(scope="session")
def course() -> loader.Loaded:
    return loader.load(ROOT / "courses" / "gid")


@pytest.fixture
def programme(course: loader.Loaded) -> Programme:
    assert course.programme is not None
    return course.programme


@pytest.fixture
def module(course: loader.Loaded) -> Module:
    """Two lessons and two workshops; rules and weights as in the course."""
    lessons = tuple(Lesson(name, 10, ("LO1",), ("why",)) for name in ("01", "02"))
    workshops = tuple(Workshop(name, 4, Mode.ONLINE) for name in ("w1", "w2"))
    return replace(course.modules[M2], lessons=lessons, workshops=workshops)


def enrolment_of(session: Any, email: str) -> Enrolment:
    found: Enrolment = session.scalar(select(Enrolment).join(User).where(User.email == email))
    return found


def open_lessons(session: Any, enrolment: Enrolment) -> None:
    for lesson in catalogue.content(enrolment.cohort.revision_id).modules[M2].lessons:
        learning.open_lesson(session, enrolment.id, M2, lesson.id)


def take_quiz(session: Any, enrolment: Enrolment, score: Decimal, number: int = 1) -> None:
    cohort, now = enrolment.cohort, clock.now()
    session.add(QuizAttempt(enrolment_id=enrolment.id, module=M2, number=number, edition_id=cohort.edition_id,
                            revision_id=cohort.revision_id, seed=1, items=[], started_at=now, submitted_at=now,
                            score=score))  # fmt: skip


def hand_in(session: Any, enrolment: Enrolment, mark: Decimal, *, released: bool = True) -> Marking:
    """A submission that was marked, and released or not."""
    cohort, now = enrolment.cohort, clock.now()
    work = Submission(enrolment_id=enrolment.id, module=M2, state=SubmissionState.SUBMITTED, lang=Lang.EN, saved_at=now)
    version = SubmissionVersion(
        number=1, key=f"k{enrolment.id}", receipt=f"R{enrolment.id}", edition_id=cohort.edition_id,
        revision_id=cohort.revision_id, lang=Lang.EN, text="My work", helpers="", files={}, declared=[], sha256="0",
        due_at=now, received_at=now, committed_at=now)  # fmt: skip
    state = MarkingState.RELEASED if released else MarkingState.MARKED
    version.marking = Marking(state=state, raw=mark, counted=mark, marked_at=now, released_at=now if released else None)
    work.versions.append(version)
    session.add(work)
    session.flush()
    return version.marking


def hold(session: Any, cohort: Cohort, workshop: str | None, people: dict[int, tuple[Presence, Decimal | None]],
         hours: int = 4) -> LiveSession:  # fmt: skip
    """A live session of yesterday with its sheet: enrolment id → presence and workshop mark."""
    live = LiveSession(cohort_id=cohort.id, module=M2, workshop=workshop, title=f"Session {workshop}",
                       starts_at=clock.now() - timedelta(days=1), hours=D(hours))  # fmt: skip
    session.add(live)
    session.flush()
    cohorts.save_sheet(live, [cohorts.SheetEntry(one, *said) for one, said in people.items()])
    return live


def complete(session: Any, enrolment: Enrolment) -> None:
    """Everything that the module asks for, but the assignment's mark."""
    open_lessons(session, enrolment)
    take_quiz(session, enrolment, D(80))
    for workshop in ("w1", "w2"):
        hold(session, enrolment.cohort, workshop, {enrolment.id: (Presence.PRESENT, D(90))})
    session.flush()


@pytest.fixture
def trainee(world: Any, browser_of: Callable[[str], Any]) -> Any:
    return browser_of(world.trainee)
