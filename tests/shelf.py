"""The states in which a test finds its database: kept once per worker, put back for every test.

On SQLite a state is a copy of the file. On PostgreSQL it is a schema beside the tables with the rows of each, put back
by the server itself in one message: to truncate seventy tables and to send their rows again took 150 ms, this takes 10.
"""

import shutil
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from diploma.core import db
from diploma.core.orm import Base

EMPTY = "empty"
SWEEP = 40  # tests between two sweeps of what deleted rows leave on PostgreSQL


class Shelf:
    """Call it inside an application context; no other connection may be in a transaction."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._scripts: dict[str, str] = {}
        self._turns = 0

    def keep(self, state: str) -> None:
        """The database as it is now becomes ``state``."""
        if db.is_sqlite():
            db.db.engine.dispose()  # the last connection that closes empties the write-ahead log into the file
            shutil.copy(self._folder / "diploma.db", self._kept(state))
            return
        with db.db.engine.begin() as connection:
            self._scripts[state] = _copied(connection, state)

    def holds(self, state: str) -> bool:
        return self._kept(state).exists() or state in self._scripts

    def put_back(self, state: str) -> None:
        """The database is as it was when ``state`` was kept, next numbers of new rows included."""
        if db.is_sqlite():
            db.db.engine.dispose()
            for suffix in ("-wal", "-shm"):
                (self._folder / f"diploma.db{suffix}").unlink(missing_ok=True)
            shutil.copy(self._kept(state), self._folder / "diploma.db")
            return
        self._turns += 1
        with db.db.engine.begin() as connection:
            if self._turns % SWEEP == 0:
                names = ", ".join(f'"{table.name}"' for table in Base.metadata.sorted_tables)
                connection.exec_driver_sql(f"TRUNCATE {names}")
            _send(connection, self._scripts[state])

    def _kept(self, state: str) -> Path:
        return self._folder / f"{state}.db"


def _copied(connection: sa.Connection, state: str) -> str:
    """Copy all rows into a schema; the statements that bring them back."""
    connection.exec_driver_sql(f"CREATE SCHEMA kept_{state}")
    steps = ["SET LOCAL session_replication_role = replica"]  # whole tables go and come: no key needs a look
    tables = Base.metadata.sorted_tables
    steps += [f'DELETE FROM "{table.name}"' for table in tables]
    for table in tables:
        keys = ", ".join(f'"{one.name}"' for one in table.primary_key)
        connection.exec_driver_sql(f'CREATE TABLE kept_{state}."{table.name}" AS TABLE "{table.name}"')
        if connection.exec_driver_sql(f'SELECT 1 FROM "{table.name}" LIMIT 1').first():
            steps.append(f'INSERT INTO "{table.name}" SELECT * FROM kept_{state}."{table.name}" ORDER BY {keys}')
    numbered = "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = 'public'"
    for name, last in connection.exec_driver_sql(numbered):
        steps.append(f"SELECT setval('\"{name}\"', {last or 1}, {str(last is not None).lower()})")
    return "; ".join(steps)


def _send(connection: sa.Connection, script: str) -> None:
    """Several statements in one message, which the driver takes only without parameters."""
    raw: Any = connection.connection.driver_connection
    raw.execute(script)
