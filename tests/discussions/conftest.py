"""People who talk: a thread with an answer, and doors to the pages of discussions."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from diploma.accounts.models import User
from diploma.cohorts.models import Cohort, Enrolment, EnrolmentState
from diploma.core import db, jobs, outbox
from diploma.core.lang import Lang
from diploma.core.outbox import Job
from diploma.discussions import service
from diploma.discussions.models import Post, Thread
from diploma.discussions.service import Written
from tests.conftest import Client
from tests.world import World

FORUM = "/cohorts/uz-1/discussions"
KEYS = iter(range(10**9))


def user(email: str) -> User:
    return db.session.scalars(select(User).where(User.email == email)).one()


def cohort(slug: str = "uz-1") -> Cohort:
    return db.session.scalars(select(Cohort).where(Cohort.slug == slug)).one()


def enrolment(email: str) -> Enrolment:
    return db.session.scalars(select(Enrolment).join(Enrolment.user).where(User.email == email)).one()


def key() -> str:
    return f"the key of form {next(KEYS):06}"


def opened(title: str, text: str, *, by: str, slug: str = "uz-1", lang: Lang = Lang.RU) -> Thread:
    return service.open_thread(cohort(slug), title, None, Written(text, lang), key=key(), by=user(by))


def answered(thread: Thread, text: str, *, by: str, quoted: int | None = None) -> Post:
    return service.answer(thread, Written(text, Lang.UZ_LATN, quoted), key=key(), by=user(by))


def mails() -> list[dict[str, Any]]:
    """The mails that wait, in the order in which they were written."""
    rows = db.session.scalars(select(Job).where(Job.kind == "mail").order_by(Job.id))
    return [one.payload for one in rows]


@pytest.fixture
def talk(world: World, unit: Any) -> dict[str, int]:
    """A thread of Aziza's with an answer of Bobur's: ids of the thread and of both posts."""
    with unit() as session:
        made = opened("Очередь у окна", "Кто измерял ожидание?", by=world.trainee)
        answer = answered(made, "Biz oʻlchadik: 40 daqiqa.", by=world.trainee_2)
        first = session.scalars(select(Post.id).where(Post.thread_id == made.id, Post.number == 1)).one()
        return {"thread": made.id, "first": first, "answer": answer.id}


@pytest.fixture
def work_off(app: Any) -> Callable[[], None]:
    """Do the jobs that are due, save the mails: they stay to be looked at."""

    def run() -> None:
        with app.app_context():
            while True:
                with db.unit_of_work():
                    job = outbox.lease()
                    if job is not None and job.kind == "mail":
                        job.due_at, job.state = job.due_at.replace(year=2099), outbox.JobState.WAITING
                    taken = (job.id, job.kind, dict(job.payload)) if job else None
                if taken is None:
                    return
                if taken[1] != "mail":
                    result = outbox.prepare(taken[1], taken[2])
                    with db.unit_of_work():
                        outbox.finish(taken[1], taken[2], result)
                        outbox.settle(taken[0], None)

    return run


@pytest.fixture
def deliver(app: Any) -> Callable[[], int]:
    """Do everything that is due, mails included."""

    def run() -> int:
        with app.app_context():
            return jobs.drain()

    return run


@pytest.fixture
def put(unit: Any) -> Callable[[str, EnrolmentState], None]:
    """``put(email, state)``: change where a person stands in their cohort."""

    def change(email: str, state: EnrolmentState) -> None:
        with unit():
            enrolment(email).state = state

    return change


@pytest.fixture
def english(browser_of: Callable[[str], Client]) -> Callable[[str], Client]:
    """A person's browser, with pages in English: their sentences are what the tests name."""

    def open_browser(email: str) -> Client:
        browser = browser_of(email)
        browser.get("/account?lang=en")
        return browser

    return open_browser


@pytest.fixture
def aziza(world: World, english: Callable[[str], Client]) -> Client:
    return english(world.trainee)


@pytest.fixture
def bobur(world: World, english: Callable[[str], Client]) -> Client:
    return english(world.trainee_2)


@pytest.fixture
def instructor(world: World, english: Callable[[str], Client]) -> Client:
    return english(world.instructor)


@pytest.fixture
def coordinator(world: World, english: Callable[[str], Client]) -> Client:
    return english(world.coordinator)
