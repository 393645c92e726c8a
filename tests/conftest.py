"""Fixtures of all tests: an application on an empty migrated database, people, and a client that tells the truth.

Every test gets a fresh database (``tests.shelf``). The client pushes a
fresh context for each request: an outer context would keep the signed-in person and permission tests
would pass falsely.
"""

import os
import re
import shutil
import socket
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from config import Config
from diploma.core import db
from diploma.core.orm import Base
from diploma.learning import catalogue
from tests.shelf import EMPTY, Shelf

PASSWORD = "a long enough sentence"

# What opens the database but says the same on both: who is let through a door, what a page, file or text looks like.
# Each feature's own tests of its reach, services and pages run on both, and so does the walk through all pages.
ALIKE = (
    "core/test_formats.py",
    "home/test_information.py",
    "home/test_styleguide.py",
    "learning/test_print.py",
    "learning/test_video.py",
    "learning/translation/test_importing.py",
    "structure/test_apart.py",
    "structure/test_isolation.py",
    "structure/test_weight.py",
)
FURNISHED = {"stage", "world"}  # fixtures
_real_connect = socket.socket.connect


def _loopback_only(self: socket.socket, address: Any) -> Any:
    if isinstance(address, tuple) and address[0] not in ("127.0.0.1", "::1", "localhost"):
        raise RuntimeError(f"a test reaches for the network: {address}")
    return _real_connect(self, address)


socket.socket.connect = _loopback_only  # type: ignore[method-assign]


@pytest.hookimpl(tryfirst=True)  # before -m chooses
def pytest_collection_modifyitems(items: list[pytest.Function]) -> None:
    """Mark as ``alike`` what need not run on the second database too; ``bin/test drill`` runs it there all the same.

    A test that opens no database cannot differ. One that is repeated for each language differs in Arabic or not at all.
    """
    in_arabic = {one.function for one in items if _lang(one) == "ar"}
    for item in items:
        shut = {"_database_url", "walk"}.isdisjoint(item.fixturenames)  # a walk opens the stage when it is the first
        again = _lang(item) != "ar" and (item.function in in_arabic or "walk" in item.fixturenames)
        if shut or again or item.path.as_posix().endswith(ALIKE):
            item.add_marker("alike")


def _lang(item: pytest.Function) -> str:
    """The language for which a test is repeated, as its code; empty when it is not."""
    callspec = getattr(item, "callspec", None)
    return str(getattr(found := callspec and callspec.params.get("lang"), "value", found) or "")


class Client(FlaskClient):
    """A browser of its own: keeps cookies, and sends forms with the token of the page they stand on."""

    def send(
        self, path: str, data: dict[str, Any] | None = None, *, page: str | None = None, **kwargs: Any
    ) -> TestResponse:
        """POST a form with the CSRF token of ``page`` (by default the page at ``path``)."""
        token = self.token(page or path)
        return self.post(path, data={"csrf_token": token, **(data or {})}, **kwargs)

    def token(self, page: str) -> str:
        """The CSRF token of this browser, read from a page, or from the sign-in page when that one has none."""
        for path in (page, "/account", "/sign-in"):
            found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', self.get(path, follow_redirects=True).text)
            if found:
                return found[1]
        raise AssertionError(f"no form on {page}")


@pytest.fixture(scope="session")
def _workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("installation")


@pytest.fixture(scope="session")
def _database_url(_workspace: Path, worker_id: str) -> Iterator[str]:
    """SQLite in a temp file; with TEST_DATABASE_URL a PostgreSQL database of this worker's own."""
    server = os.environ.get("TEST_DATABASE_URL", "")
    if not server:
        yield f"sqlite:///{_workspace / 'diploma.db'}"
        return
    name = f"diploma_test_{worker_id}"
    admin = sa.create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(sa.text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    yield sa.make_url(server).set(database=name).render_as_string(hide_password=False)
    with admin.connect() as connection:
        connection.execute(sa.text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


@pytest.fixture(scope="session")
def _shelf(_workspace: Path) -> Shelf:
    return Shelf(_workspace)


@pytest.fixture(scope="session")
def _application(_workspace: Path, _database_url: str, _shelf: Shelf) -> Iterator[Flask]:
    from diploma.cli import create_app

    config = Config(
        APP_ENV="test",
        INSTANCE=_workspace,
        DATABASE_URL=_database_url,
        SECRET_KEY="t" * 40,
        BASE_URL="http://localhost",
        FREE_SPACE_FLOOR_MB=0,
    )
    app = create_app(config)
    app.test_client_class = Client
    with app.app_context():
        Base.metadata.create_all(db.db.engine)
        _shelf.keep(EMPTY)
    yield app
    with app.app_context():
        db.db.engine.dispose()


@pytest.fixture
def app(_application: Flask, _workspace: Path, _shelf: Shelf, request: pytest.FixtureRequest) -> Iterator[Flask]:
    """The application on an empty database; files and mails of earlier tests are gone."""
    shutil.rmtree(_workspace / "mail", ignore_errors=True)
    if FURNISHED.isdisjoint(request.fixturenames):  # those put back a state of their own
        with _application.app_context():
            _shelf.put_back(EMPTY)
    catalogue.forget()
    yield _application
    with _application.app_context():
        db.session.remove()


@pytest.fixture
def client(app: Flask) -> Client:
    return app.test_client()  # type: ignore[return-value]


@pytest.fixture
def browser_of(app: Flask) -> Callable[[str], Client]:
    """``browser_of("aziza@uz.test")``: a fresh client, signed in."""

    def open_browser(email: str) -> Client:
        made: Client = app.test_client()  # type: ignore[assignment]
        sign_in(made, email)
        return made

    return open_browser


@pytest.fixture
def unit(app: Flask) -> Callable[[], AbstractContextManager[Any]]:
    """``with unit() as session:`` an application context with one unit of work."""

    @contextmanager
    def open_unit() -> Iterator[Any]:
        with app.app_context(), db.unit_of_work() as session:
            yield session

    return open_unit


@pytest.fixture
def reading(app: Flask) -> Callable[[], AbstractContextManager[Any]]:
    """``with reading() as session:`` an application context that only reads."""

    @contextmanager
    def open_context() -> Iterator[Any]:
        with app.app_context():
            yield db.session

    return open_context


@pytest.fixture
def queries(app: Flask) -> Callable[[], AbstractContextManager[list[str]]]:
    """``with queries() as seen:`` every statement that the block sends to the database."""

    @contextmanager
    def count() -> Iterator[list[str]]:
        seen: list[str] = []

        def note(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
            seen.append(statement)

        with app.app_context():
            engine = db.db.engine
        sa.event.listen(engine, "before_cursor_execute", note)
        try:
            yield seen
        finally:
            sa.event.remove(engine, "before_cursor_execute", note)

    return count


def sign_in(client: Client, email: str, password: str = PASSWORD) -> TestResponse:
    """Sign in through the page, as a person does."""
    answer = client.send("/sign-in", {"email": email, "password": password})
    assert answer.status_code == 302, f"{email} cannot sign in"
    return answer


pytest_plugins = ["tests.world", "tests.papers", "tests.film", "tests.chromium"]
