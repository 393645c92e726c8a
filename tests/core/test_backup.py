"""Backup under work, restore into an empty installation."""

import io
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from config import Config
from diploma.cli import create_app
from diploma.core import backup, db
from diploma.core.errors import Refused
from diploma.core.files import FileStore


@pytest.fixture
def filled(world: Any, app: Flask) -> Flask:
    app.extensions["files"].put(io.BytesIO(b"a certificate"))
    return app


def kept(app: Flask) -> set[str]:
    return set(app.extensions["files"].digests())


def test_a_backup_restores_into_an_empty_installation(filled: Flask, tmp_path: Path) -> None:
    with filled.app_context():
        if not db.is_sqlite():
            return _postgres_round_trip(filled, tmp_path)
    answer = filled.test_cli_runner().invoke(args=["backup", str(tmp_path / "backup")])
    assert answer.exit_code == 0, answer.output
    other = create_app(Config(APP_ENV="test", INSTANCE=tmp_path / "other", SECRET_KEY="t" * 40))
    answer = other.test_cli_runner().invoke(args=["restore", str(tmp_path / "backup")])
    assert answer.exit_code == 0, answer.output
    with closing(sqlite3.connect(tmp_path / "other" / "diploma.db")) as restored:
        assert restored.execute("SELECT count(*) FROM users").fetchone()[0] == 9
        assert restored.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    assert kept(other) == kept(filled) and len(kept(other)) > 1
    return None


def _postgres_round_trip(filled: Flask, tmp_path: Path) -> None:
    import sqlalchemy as sa

    url = sa.make_url(filled.config["SQLALCHEMY_DATABASE_URI"])
    name = f"{url.database}_restored"
    admin = sa.create_engine(url.set(database="postgres"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(sa.text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    text = url.render_as_string(hide_password=False)
    backup.backup(text, filled.extensions["files"], tmp_path / "backup")
    there = url.set(database=name)
    backup.restore(tmp_path / "backup", there.render_as_string(hide_password=False), FileStore(tmp_path / "files"))
    engine = sa.create_engine(there)
    with engine.connect() as connection:
        assert connection.execute(sa.text("SELECT count(*) FROM users")).scalar() == 9
    engine.dispose()
    with admin.connect() as connection:
        connection.execute(sa.text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


def test_a_backup_never_overwrites_a_folder_with_something_in_it(filled: Flask, tmp_path: Path) -> None:
    (tmp_path / "something").write_text("mine")
    answer = filled.test_cli_runner().invoke(args=["backup", str(tmp_path)])
    assert answer.exit_code == 1 and "not empty" in answer.output


def test_a_restore_never_overwrites_people(filled: Flask, tmp_path: Path) -> None:
    with filled.app_context():
        url = filled.config["SQLALCHEMY_DATABASE_URI"]
        store = filled.extensions["files"]
        backup.backup(url, store, tmp_path / "backup")
        with pytest.raises(Refused):
            backup.restore(tmp_path / "backup", url, store)


def test_a_damaged_file_in_a_backup_is_found(filled: Flask, tmp_path: Path) -> None:
    with filled.app_context():
        if not db.is_sqlite():
            return
        backup.backup(filled.config["SQLALCHEMY_DATABASE_URI"], filled.extensions["files"], tmp_path / "backup")
        stored = next((tmp_path / "backup" / "files").glob("*/*"))
        stored.write_bytes(b"changed")
        with pytest.raises(Refused, match="damaged"):
            backup.restore(tmp_path / "backup", f"sqlite:///{tmp_path / 'new.db'}", FileStore(tmp_path / "new"))


def test_a_folder_without_a_backup_says_so(filled: Flask, tmp_path: Path) -> None:
    answer = filled.test_cli_runner().invoke(args=["restore", str(tmp_path)])
    assert answer.exit_code == 1 and "There is no backup" in answer.output
