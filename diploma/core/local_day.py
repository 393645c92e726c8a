"""The day that the clocks of a row's own time zone show now, as SQL, for the rows of all zones at once."""

import sqlite3
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Date, DateTime, bindparam, cast, func
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from diploma.core import clock
from diploma.core.orm import UTCDateTime

_NAME = "local_day"  # in SQLite, which knows no zones


class _LocalDay(FunctionElement[Any]):
    """Of (zone, moment)."""

    type = Date()
    inherit_cache = True


def local_day(zone: Any) -> ColumnElement[Any]:
    """Today in ``zone``, a column with names of zones. The clock is asked when a statement runs."""
    return _LocalDay(zone, bindparam(None, type_=UTCDateTime(), callable_=clock.now))


@compiles(_LocalDay, "postgresql")
def _on_postgresql(element: _LocalDay, compiler: SQLCompiler, **options: Any) -> str:
    zone, moment = element.clauses
    return compiler.process(cast(func.timezone(zone, cast(moment, DateTime(timezone=True))), Date), **options)


@compiles(_LocalDay, "sqlite")
def _on_sqlite(element: _LocalDay, compiler: SQLCompiler, **options: Any) -> str:
    return f"{_NAME}({compiler.process(element.clause_expr.element, **options)})"


def teach(connection: sqlite3.Connection) -> None:
    """Let a connection of SQLite compute it."""
    connection.create_function(_NAME, 2, _day, deterministic=True)


@lru_cache(maxsize=64)
def _day(zone: str, moment: str) -> str:
    return clock.day_of(datetime.fromisoformat(moment).replace(tzinfo=UTC), zone).isoformat()
