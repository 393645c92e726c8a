"""The stage of the structural tests, built once per worker and put back for each test."""

import pickle
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
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
    """The stage as it was set: the rows of all tables, and the names of people and places in them."""

    stage: Stage | None = None
    rows: dict[str, list[Any]] = field(default_factory=dict)
    names: list[str] = field(default_factory=list)


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
            _kept.rows, _kept.names = _rows(), _names()
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
        return [name for name, rows in present.items() if name not in VISITS and rows != _kept.rows[name]]

    return tables


def _rows() -> dict[str, list[Any]]:
    """The rows of every table, by key: PostgreSQL gives a row that was written again at another place."""
    with db.db.engine.connect() as connection:
        return {table.name: _rows_of(connection, table) for table in Base.metadata.sorted_tables}


def _rows_of(connection: sa.Connection, table: sa.Table) -> list[Any]:
    """All but when somebody was seen. Nothing is converted: a comparison needs no dates and no JSON."""
    columns = [f'"{one.name}"' for one in table.columns if one.name != "last_seen_at"]
    keys = [f'"{one.name}"' for one in table.primary_key]
    return connection.exec_driver_sql(
        f'SELECT {", ".join(columns)} FROM "{table.name}" ORDER BY {", ".join(keys)}'
    ).fetchall()


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
def walk(
    lang: Lang, _walks: dict[Lang, Walk], _between_workers: Path, _kept: Kept, request: pytest.FixtureRequest
) -> Walk:
    """The walk through the pages in ``lang``, made by the first test of all workers that asks for it."""
    if lang not in _walks:
        file = _between_workers / f"walk-{lang}.pickle"
        stage = request.getfixturevalue("stage")
        pages = pickle.loads(file.read_bytes()) if file.exists() else walk_through(stage, lang)
        if not file.exists():
            unfinished = _between_workers / f"{uuid4()}.part"
            unfinished.write_bytes(pickle.dumps(pages))
            unfinished.replace(file)
        _walks[lang] = Walk(pages, [(one.name, read(one.html)) for one in pages], _kept.names)
    return _walks[lang]


@pytest.fixture(scope="session")
def _between_workers(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A folder of this run alone that its workers share."""
    own = tmp_path_factory.getbasetemp()
    return own if worker_id == "master" else own.parent


def _names() -> list[str]:
    """The longest first: a name may begin with another."""
    tables = {one.name: one for one in Base.metadata.sorted_tables}
    with db.db.engine.connect() as connection:
        rows = {
            name: [dict(row) for row in connection.execute(tables[name].select()).mappings()]
            for name in ("users", "person_names", "partners", "cohorts", "entity_names")
        }
    people = [row[one] for row in rows["users"] for one in ("full_name", "email")]
    people += [row["full_name"] for row in rows["person_names"]] + [row["slug"] for row in rows["cohorts"]]
    initials = ["".join(word[0] for word in row["full_name"].split()[:2]).upper() for row in rows["users"]]
    places = [row["names"].values() for table in ("partners", "cohorts", "entity_names") for row in rows[table]]
    return sorted({*people, *initials, *chain.from_iterable(places)}, key=len, reverse=True)
