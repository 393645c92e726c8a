"""Batches of a kind that does nothing, started by the registrar, and the runner that does them."""

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
from tests.conftest import Client
from tests.world import World

REASON = "Not approved yet by: %(issuers)s."


@pytest.fixture
def order(world: World, unit: Any) -> Iterator[Callable[..., str]]:
    """``order(3, fails={2})``: the address of a batch that the registrar started for uz-1."""
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
