"""The engine's settings and the unit of work (``spec/trust``: engine)."""

import threading
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from diploma.accounts.models import User
from diploma.core import db, ratelimit
from diploma.core.ratelimit import Bucket


@pytest.fixture
def sqlite(app: Flask) -> Flask:
    with app.app_context():
        if not db.is_sqlite():
            app = _own_sqlite(app)
    return app


def _own_sqlite(app: Flask) -> Flask:
    """On the PostgreSQL run the SQLite settings are still checked, on a file of their own."""
    from tempfile import mkdtemp

    from config import Config
    from diploma.app import create_app
    from diploma.core.orm import Base

    own = create_app(Config(APP_ENV="test", INSTANCE=Path(mkdtemp()), SECRET_KEY="t" * 40))
    with own.app_context():
        Base.metadata.create_all(db.db.engine)
    return own


def test_sqlite_runs_with_the_measured_settings(sqlite: Flask) -> None:
    with sqlite.app_context(), db.db.engine.connect() as connection:
        values = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "busy_timeout", "foreign_keys")
        }
    assert values == {"journal_mode": "wal", "synchronous": 2, "busy_timeout": 30000, "foreign_keys": 1}


def test_a_writing_transaction_begins_immediate_and_a_reading_one_does_not(sqlite: Flask) -> None:
    begun: list[str] = []
    with sqlite.app_context():
        connection = db.db.engine.raw_connection()
        connection.driver_connection.set_trace_callback(begun.append)  # type: ignore[union-attr]
        connection.close()
        with db.unit_of_work() as session:
            session.execute(sa.text("SELECT 1"))
        session.execute(sa.text("SELECT 1"))
        db.session.remove()
    assert [one for one in begun if one.startswith("BEGIN")] == ["BEGIN IMMEDIATE", "BEGIN"]


def test_what_was_read_is_kept_until_the_transaction_ends_and_never_while_something_is_written(app: Flask) -> None:
    with app.app_context():
        db.session.execute(sa.text("SELECT 1"))
        db.kept("rules")["cohort"] = 1
        assert db.kept("rules") == {"cohort": 1}
        db.session.commit()
        assert db.kept("rules") == {}
        with db.unit_of_work():
            db.kept("rules")["cohort"] = 1
            assert db.kept("rules") == {}


def test_a_write_outside_of_a_unit_of_work_is_an_error(app: Flask) -> None:
    with app.app_context(), pytest.raises(RuntimeError, match="outside of a unit of work"):
        db.session.add(Bucket(key="x", tokens=1.0, at=ratelimit.clock.now()))
        db.session.flush()


def test_nothing_of_a_failed_unit_stays(app: Flask) -> None:
    with app.app_context():
        with pytest.raises(ValueError, match="no"), db.unit_of_work() as session:
            session.add(Bucket(key="x", tokens=1.0, at=ratelimit.clock.now()))
            session.flush()
            raise ValueError("no")
        assert db.session.get(Bucket, "x") is None


def test_a_second_writer_inside_an_open_unit_is_an_error_and_not_a_deadlock(app: Flask) -> None:
    with app.app_context(), db.unit_of_work() as session:
        session.execute(sa.text("SELECT 1"))
        with pytest.raises(RuntimeError, match="wait for it for ever"), db.aside():
            pass


def test_no_update_is_lost_between_sixteen_writers(app: Flask) -> None:
    """Read, add one, write: 16 threads × 25 rounds end at exactly 400 tokens more."""
    with app.app_context(), db.unit_of_work() as session:
        session.add(Bucket(key="counter", tokens=0.0, at=ratelimit.clock.now()))

    def work() -> None:
        for _ in range(25):
            with app.app_context():
                with db.unit_of_work() as own:
                    row = own.scalar(sa.select(Bucket).where(Bucket.key == "counter").with_for_update())
                    row.tokens += 1
                db.session.remove()

    threads = [threading.Thread(target=work) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    with app.app_context():
        assert db.session.get(Bucket, "counter").tokens == 400


def test_a_request_that_fails_leaves_nothing(
    world: Any, app: Flask, browser_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from diploma.accounts import service

    person = browser_of(world.trainee)
    real = service.set_password

    def break_after(*args: Any, **kwargs: Any) -> None:
        real(*args, **kwargs)
        raise OSError("the machine fails here")

    monkeypatch.setattr(service, "set_password", break_after)
    token = person.token("/account/password")
    answer = person.post(
        "/account/password",
        data={
            "csrf_token": token,
            "current": "a long enough sentence",
            "password": "another long one",
            "again": "another long one",
        },
    )
    assert answer.status_code == 500 and "Traceback" not in answer.text
    with app.app_context():
        from diploma.accounts.passwords import matches

        user = db.session.scalar(sa.select(User).where(User.email == world.trainee))
        assert matches("a long enough sentence", user.password_hash)


def test_an_absent_database_is_a_clean_503(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: Any, **__: Any) -> None:
        raise sa.exc.OperationalError("SELECT 1", {}, Exception("connection refused"))

    monkeypatch.setattr(db.db.session, "execute", away)
    answer = app.test_client().get("/readyz")
    assert answer.status_code == 503 and answer.headers["Retry-After"] == "5" and "Traceback" not in answer.text
