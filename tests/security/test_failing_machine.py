"""A full disk, and a database that cannot be written: said in words, nothing half done, reading goes on."""

import errno
import io
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from diploma.core import db
from diploma.core.errors import Unavailable
from diploma.core.files import FileStore
from tests.conftest import Client
from tests.world import M2, World

Open = Callable[[str], Client]
PAGE = f"/modules/{M2}/assignment"
FORM = {"text": "Saved although the disk is full.", "language": "en", "helpers": "", "key": "k" * 20, "base": "0"}


@pytest.fixture
def full_disk(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app.extensions["files"], "free_floor", 1 << 62)


def test_below_the_floor_files_wait_in_the_persons_language(world: World, browser_of: Open, full_disk: None) -> None:
    form = {**FORM, "annex": (io.BytesIO(b"%PDF-"), "a.pdf")}
    answer = browser_of(world.trainee).send(f"{PAGE}?lang=ru", form, content_type="multipart/form-data")
    assert answer.status_code == 503 and answer.headers["Retry-After"]
    assert "no room" not in answer.text and "серв" in answer.text.casefold()


def test_below_the_floor_texts_still_save(world: World, browser_of: Open, full_disk: None) -> None:
    browser = browser_of(world.trainee)
    assert browser.send(PAGE, FORM).status_code == 302
    assert FORM["text"] in browser.get(PAGE).text


def test_a_disk_that_fills_meanwhile_leaves_nothing_behind(tmp_path: Any) -> None:
    class Filling:
        def read(self, _size: int = -1, /) -> bytes:
            raise OSError(errno.ENOSPC, "No space left on device")

    store = FileStore(tmp_path)
    with pytest.raises(Unavailable):
        store.put(Filling())
    assert list((tmp_path / "incoming").iterdir()) == []


@pytest.fixture
def read_only(app: Flask) -> Callable[[], AbstractContextManager[None]]:
    """``with read_only():`` every statement that writes fails, as on a file system mounted read-only."""
    from contextlib import contextmanager

    from sqlalchemy import event

    def forbid(connection: Any, *_: Any) -> None:
        if db.is_sqlite():
            connection.exec_driver_sql("PRAGMA query_only=ON")
        else:
            connection.exec_driver_sql("SET TRANSACTION READ ONLY")

    @contextmanager
    def hold() -> Any:
        with app.app_context():
            engine = db.db.engine
        event.listen(engine, "begin", forbid)
        try:
            yield
        finally:
            event.remove(engine, "begin", forbid)
            with app.app_context():
                engine.dispose()

    return hold


def test_a_database_that_cannot_be_written_is_busy_and_still_read(
    world: World, browser_of: Open, read_only: Callable[[], AbstractContextManager[None]], reading: Any
) -> None:
    browser = browser_of(world.trainee)
    token = browser.token("/account")
    with read_only():
        answer = browser.post(PAGE, data={"csrf_token": token, **FORM})
        assert browser.get("/dashboard").status_code == 200
    assert answer.status_code in (500, 503) if not db_is_sqlite(browser) else answer.status_code == 503
    with reading() as session:
        assert session.execute(text("SELECT count(*) FROM submissions")).scalar() == 0


def db_is_sqlite(browser: Client) -> bool:
    with browser.application.app_context():
        return db.is_sqlite()
