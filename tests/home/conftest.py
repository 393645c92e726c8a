"""Batches of a kind that does nothing with their runner; dashboards in words, and ways to bring work about."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from diploma.accounts.models import User
from diploma.accounts.permissions import Permission
from diploma.cohorts.models import Cohort
from diploma.core import batch, jobs
from diploma.core.errors import Refused
from tests.certificates.conftest import Office, office, renderer, words
from tests.conftest import Client
from tests.coursework.conftest import draft_of, hand_in, release, set_mark, stored
from tests.world import World

__all__ = ["Office", "draft_of", "hand_in", "office", "release", "renderer", "set_mark", "stored"]

REASON = "Not approved yet by: %(issuers)s."


@pytest.fixture
def order(world: World, unit: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., str]]:
    """``order(3, fails={2})``: the address of a batch that the registrar started for uz-1."""
    monkeypatch.setattr(batch, "SLICE_SECONDS", 60)  # a busy machine must not end a slice early
    failing: set[int] = set()

    def do(payload: dict[str, Any], _by: int) -> None:
        if payload["n"] in failing:
            raise Refused(REASON, issuers="<b>Ministry</b>")

    def start(count: int, fails: set[int] = frozenset(), label: str = "Person") -> str:  # type: ignore[assignment]
        failing.clear()
        failing.update(fails)
        with unit() as session:
            by = session.scalars(select(User).where(User.email == world.registrar)).one()
            cohort = session.scalars(select(Cohort).where(Cohort.slug == "uz-1")).one()
            items = [(f"{label} {n}", {"n": n}) for n in range(1, count + 1)]
            made = batch.start("note", items, cohort_id=cohort.id, back="/certificates/", key="", by=by)
            return f"/jobs/{made.token}"

    batch.does("note", title="Notes", permission=Permission.ISSUE_CERTIFICATE)(do)
    yield start
    del batch.KINDS["note"]


@pytest.fixture
def run(app: Flask) -> Callable[..., int]:
    """``run()``: the job runner, in no request and without any browser."""

    def drain(limit: int = 1000) -> int:
        with app.app_context():
            return jobs.drain(limit)

    return drain


@pytest.fixture
def registrar(world: World, browser_of: Any) -> Client:
    found: Client = browser_of(world.registrar)
    return found


@pytest.fixture
def dashboard(app: Flask, browser_of: Callable[[str], Client]) -> Callable[[str], str]:
    """``dashboard(email)``: what the person reads there, in English."""
    return lambda email: words(browser_of(email).get("/dashboard?lang=en"))


@pytest.fixture
def addresses(app: Flask, browser_of: Callable[[str], Client]) -> Callable[[str], str]:
    """``addresses(email)``: the page as it is sent, to look for links."""
    return lambda email: browser_of(email).get("/dashboard?lang=en").text.replace("&amp;", "&")


def cohort(session: Any, slug: str = "uz-1") -> Cohort:
    found: Cohort = session.scalars(select(Cohort).where(Cohort.slug == slug)).one()
    return found
