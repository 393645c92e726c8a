"""The stage of the structural tests, built once per worker and put back row by row."""

import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from diploma.certificates import subscriptions
from tests.structure import stage as building
from tests.structure.stage import Stage
from tests.world import _put_back, _rows


@dataclass
class Kept:
    """What is put back for the next test: the rows of all tables, the files of the store, the names of both."""

    files: Path
    stage: Stage | None = None
    rows: dict[str, list[Any]] = field(default_factory=dict)


@pytest.fixture(scope="session")
def _kept(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    return Kept(tmp_path_factory.mktemp("stage") / "files")


@pytest.fixture
def stage(app: Flask, password_hash: str, _kept: Kept, request: pytest.FixtureRequest) -> Iterator[Stage]:
    """One object of every kind, and people of two governments; see ``tests.structure.stage``."""
    folder = app.extensions["files"].folder
    renderer = app.extensions.get(subscriptions.RENDERER)
    if _kept.stage is None:
        request.getfixturevalue("world")
        app.extensions[subscriptions.RENDERER] = building.Renderer()
        with app.app_context():
            _kept.stage, _kept.rows = building.build(app, password_hash), _rows()
        shutil.copytree(folder, _kept.files)
    else:
        with app.app_context():
            _put_back(_kept.rows)
        shutil.copytree(_kept.files, folder)
    yield _kept.stage
    app.extensions[subscriptions.RENDERER] = renderer
