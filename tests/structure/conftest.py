"""The stage of the structural tests, built once per worker and put back for each test."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

import pytest
from flask import Flask

from diploma.certificates import subscriptions
from diploma.core import db
from diploma.core.lang import Lang
from diploma.core.orm import Base
from tests.shelf import Shelf
from tests.structure import stage as building
from tests.structure.reading import Reader, read
from tests.structure.stage import Stage
from tests.structure.tour import Page, walk_through

VISITS = ("user_sessions", "rate_buckets")


@dataclass
class Kept:
    """The stage as it was set: its names, and the rows of all tables."""

    stage: Stage | None = None
    rows: dict[str, list[Any]] = field(default_factory=dict)


@pytest.fixture(scope="session")
def _kept() -> Kept:
    return Kept()


@pytest.fixture
def stage(
    app: Flask, password_hash: str, _kept: Kept, _shelf: Shelf, request: pytest.FixtureRequest
) -> Iterator[Stage]:
    """One object of every kind, and people of two governments; see ``tests.structure.stage``."""
    renderer = app.extensions.get(subscriptions.RENDERER)
    app.extensions[subscriptions.RENDERER] = building.Renderer()
    if _kept.stage is None:
        request.getfixturevalue("world")
        _kept.stage = building.build(app, password_hash)
        with app.app_context():
            _kept.rows = _rows()
            db.session.remove()
            _shelf.keep("stage")
    else:
        with app.app_context():
            _shelf.put_back("stage")
    yield _kept.stage
    app.extensions[subscriptions.RENDERER] = renderer


@pytest.fixture
def changed(stage: Stage, _kept: Kept) -> Callable[[], list[str]]:
    """``changed()``: the tables that are no longer as the stage was set; notes of who came do not count."""

    def tables() -> list[str]:
        with stage.app.app_context():
            present = _rows()
        return [name for name, rows in present.items() if name not in VISITS and _acts(rows) != _acts(_kept.rows[name])]

    return tables


def _rows() -> dict[str, list[Any]]:
    """The rows of every table, by key: PostgreSQL gives a row that was written again at another place."""
    with db.db.engine.connect() as connection:
        return {
            table.name: [
                dict(row) for row in connection.execute(table.select().order_by(*table.primary_key)).mappings()
            ]
            for table in Base.metadata.sorted_tables
        }


def _acts(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{name: value for name, value in row.items() if name != "last_seen_at"} for row in rows]


@dataclass(frozen=True)
class Walk:
    """All pages of one language, each also as a person reads it; ``names`` are those of people and places."""

    pages: list[Page]
    read: list[tuple[str, Reader]]
    names: list[str]


@pytest.fixture(scope="session")
def _walks() -> dict[Lang, Walk]:
    return {}


@pytest.fixture
def walk(lang: Lang, _walks: dict[Lang, Walk], _kept: Kept, request: pytest.FixtureRequest) -> Walk:
    """The walk through the pages in ``lang``, made by the first test that asks for it."""
    if lang not in _walks:
        pages = walk_through(request.getfixturevalue("stage"), lang)
        _walks[lang] = Walk(pages, [(one.name, read(one.html)) for one in pages], _names(_kept.rows))
    return _walks[lang]


def _names(rows: dict[str, list[Any]]) -> list[str]:
    """The longest first: a name may begin with another."""
    people = [row[one] for row in rows["users"] for one in ("full_name", "email")]
    people += [row["full_name"] for row in rows["person_names"]] + [row["slug"] for row in rows["cohorts"]]
    initials = ["".join(word[0] for word in row["full_name"].split()[:2]).upper() for row in rows["users"]]
    places = [row["names"].values() for table in ("partners", "cohorts", "entity_names") for row in rows[table]]
    return sorted({*people, *initials, *chain.from_iterable(places)}, key=len, reverse=True)
