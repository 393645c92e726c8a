"""The database session and the unit of work.

SQLite is set as measured for this product: WAL, ``synchronous=FULL`` (an acknowledged submission is on
disk), a busy timeout of 30 s, and BEGIN IMMEDIATE for every transaction that writes: a deferred one that
turns into a writer fails with "database is locked". PostgreSQL runs the same code with row locks.

Reading happens anywhere. Writing happens inside ``unit_of_work`` (one per request, opened by the web
layer after the body was read) or ``aside`` (a short transaction of its own, for pages that only read).
A flush outside of them is a programming error and raises.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import sqlalchemy as sa
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.orm import Session, scoped_session

from diploma.core import local_day
from diploma.core.orm import Base

BUSY_MS = 30_000
_writing: ContextVar[bool] = ContextVar("writing", default=False)

# Objects stay readable after the commit, so that the answer can be rendered without another transaction.
db = SQLAlchemy(model_class=Base, disable_autonaming=True, session_options={"expire_on_commit": False})
session: scoped_session[Any] = db.session


def init_app(app: Flask) -> None:
    url = app.config["SQLALCHEMY_DATABASE_URI"]
    options: dict[str, Any] = {"pool_pre_ping": True} if url.startswith("postgresql") else {}
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = options | {"pool_size": app.config["THREADS"], "max_overflow": 8}
    db.init_app(app)
    with app.app_context():
        if is_sqlite():
            sa.event.listen(db.engine, "connect", _prepare_sqlite)
            sa.event.listen(db.engine, "begin", _begin_sqlite)
            sa.event.listen(db.engine, "handle_error", _name_overflow)


@sa.event.listens_for(Session, "before_flush")
def _only_inside_a_unit_of_work(current: Session, *_: Any) -> None:
    if not _writing.get() and (current.new or current.dirty or current.deleted):
        raise RuntimeError("write outside of a unit of work")


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the driver must not begin by itself: _begin_sqlite does
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        f"busy_timeout={BUSY_MS}",
        "foreign_keys=ON",
        "cache_size=-16000",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
    local_day.teach(connection)


def _begin_sqlite(connection: sa.Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE" if _writing.get() else "BEGIN")


def _name_overflow(context: sa.engine.ExceptionContext) -> None:
    """A number beyond 64 bits is bad data on PostgreSQL; SQLite's driver calls it an overflow."""
    error = context.original_exception
    if isinstance(error, OverflowError):
        raise sa.exc.DataError(context.statement, None, error) from error


def kept(what: str) -> dict[Any, Any]:
    """A place for what a page that only reads would read again and again; empty when its transaction has ended.

    Inside ``unit_of_work`` nothing is kept: whoever writes decides by what the database says under the lock.
    """
    if _writing.get():
        return {}
    places: dict[str, dict[Any, Any]] = session().info.setdefault("kept", {})
    return places.setdefault(what, {})


@sa.event.listens_for(Session, "after_transaction_end")
def _forget(current: Session, _transaction: Any) -> None:
    current.info.pop("kept", None)


@contextmanager
def unit_of_work() -> Iterator[scoped_session[Any]]:
    """One writing transaction: commits once when the block ends, rolls back on any exception.

    The transaction begins with the first statement inside, so slow work (hashing a password, reading a
    body) done before that statement holds no lock.
    """
    if _writing.get():
        raise RuntimeError("a unit of work is open already")
    session.commit()  # ends a read transaction left by who-is-it look-ups; loaded objects stay loaded
    token = _writing.set(True)
    try:
        yield session
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        _writing.reset(token)


@contextmanager
def aside() -> Iterator[Session]:
    """A short writing transaction on a connection of its own (progress, last seen, rate limits)."""
    if _writing.get() and session().in_transaction():
        raise RuntimeError("the unit of work has begun; a second writer would wait for it for ever")
    token = _writing.set(True)
    try:
        with Session(db.engine, expire_on_commit=False) as own, own.begin():
            yield own
    finally:
        _writing.reset(token)


@contextmanager
def reading() -> Iterator[Session]:
    """A reading transaction of its own, which sees one state of the database; nothing stays open afterwards."""
    token = _writing.set(False)
    try:
        frozen = db.engine if is_sqlite() else db.engine.execution_options(isolation_level="REPEATABLE READ")
        with Session(frozen, expire_on_commit=False) as own:
            yield own
    finally:
        _writing.reset(token)


def insert_unless_there(row: Base) -> bool:
    """Insert a row whose key may be taken by a transaction beside this one; ``False`` when it was."""
    try:
        with session.begin_nested():
            session.add(row)
    except sa.exc.IntegrityError:
        return False
    return True


def is_sqlite() -> bool:
    return db.engine.dialect.name == "sqlite"
