"""The states in which tests find database and files: built once per worker, put back for each test that asks.

On SQLite a state is a copy of the file. On PostgreSQL it is a schema beside the tables with the rows of each, put back
by the server itself in one message: to truncate seventy tables and send their rows again takes fifteen times as long.
"""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from diploma.core import db
from diploma.core.orm import Base

EMPTY = "empty"
SWEEP = 40  # tests between two sweeps of what deleted rows leave behind on PostgreSQL


class Shelf:
    """Call it inside an application context; no other connection may be in a transaction."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._kept: set[str] = set()
        self._scripts: dict[str, str] = {}
        self._turns = 0

    def give(self, state: str, build: Callable[[], object], *, base: str = EMPTY) -> None:
        """Database and files are in ``state``; the first time ``build`` brings them there from ``base``, in a unit of
        work."""
        if state in self._kept:
            self.put_back(state)
            return
        self.put_back(base)
        with db.unit_of_work():
            build()
        db.session.remove()
        self.keep(state)

    def keep(self, state: str) -> None:
        """As database and files are now, they are ``state``."""
        self._kept.add(state)
        if (self._folder / "files").exists():
            shutil.copytree(self._folder / "files", self._folder / f"{state}-files")
        if db.is_sqlite():
            db.db.engine.dispose()  # the last connection writes the log into the file when it closes
            shutil.copy(self._folder / "diploma.db", self._folder / f"{state}.db")
            return
        with db.db.engine.begin() as connection:
            self._scripts[state] = _copied(connection, state)

    def put_back(self, state: str) -> None:
        """Database and files are as when ``state`` was kept; new rows get the numbers that they got then."""
        shutil.rmtree(self._folder / "files", ignore_errors=True)
        if (self._folder / f"{state}-files").exists():
            shutil.copytree(self._folder / f"{state}-files", self._folder / "files")
        if db.is_sqlite():
            db.db.engine.dispose()
            for suffix in ("-wal", "-shm"):
                (self._folder / f"diploma.db{suffix}").unlink(missing_ok=True)
            shutil.copy(self._folder / f"{state}.db", self._folder / "diploma.db")
            return
        self._turns += 1
        with db.db.engine.begin() as connection:
            if self._turns % SWEEP == 0:
                names = ", ".join(f'"{table.name}"' for table in Base.metadata.sorted_tables)
                connection.exec_driver_sql(f"TRUNCATE {names}")
            raw: Any = connection.connection.driver_connection
            raw.execute(self._scripts[state])  # several statements, which the driver takes only without parameters


def _copied(connection: sa.Connection, state: str) -> str:
    """Copy all rows into a schema of their own; the statements that bring them back."""
    steps = ["SET LOCAL session_replication_role = replica"]  # whole tables go and come: no key needs a look
    steps += [f'DELETE FROM "{table.name}"' for table in Base.metadata.sorted_tables]
    connection.exec_driver_sql(f"CREATE SCHEMA kept_{state}")
    for table in Base.metadata.sorted_tables:
        keys = ", ".join(f'"{one.name}"' for one in table.primary_key)
        connection.exec_driver_sql(f'CREATE TABLE kept_{state}."{table.name}" AS TABLE "{table.name}"')
        if connection.exec_driver_sql(f'SELECT 1 FROM "{table.name}" LIMIT 1').first():
            steps.append(f'INSERT INTO "{table.name}" SELECT * FROM kept_{state}."{table.name}" ORDER BY {keys}')
    numbered = "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = 'public'"
    for name, last in connection.exec_driver_sql(numbered):
        steps.append(f"SELECT setval('\"{name}\"', {last or 1}, {str(last is not None).lower()})")
    return "; ".join(steps)
