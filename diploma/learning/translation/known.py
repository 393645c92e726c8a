"""What was recorded of all texts, for ``content check``: it starts without the libraries of pages and database."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from diploma.core.lang import Lang
from diploma.learning.structure import Act
from diploma.learning.translation.standing import Held

_SQLITE, _POSTGRESQL = "sqlite:///", "postgresql+psycopg://"
_QUERY = "SELECT module, lang, key, act, source_hash, text_hash FROM translation_records"
_PATIENCE = 5  # seconds


def known(url: str) -> Held | None:
    """The records in the database at ``url``; ``None`` when it cannot be asked, or is older than they are."""
    found: dict[tuple[str, Lang], set[tuple[str, Act, str, str]]] = {}
    rows = _rows(url)
    for module, lang, key, act, source_hash, text_hash in rows or ():
        found.setdefault((module, Lang(lang)), set()).add((key, Act(act), source_hash, text_hash))
    return found if rows is not None else None


def _rows(url: str) -> list[Any] | None:
    if url.startswith(_SQLITE):
        return _of_sqlite(Path(url.removeprefix(_SQLITE)))
    return _of_postgresql(url.replace(_POSTGRESQL, "postgresql://", 1))


def _of_sqlite(path: Path) -> list[Any] | None:
    """Read only: to ask an installation that is not set up would make an empty file of it."""
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=_PATIENCE)) as connection:
            return connection.execute(_QUERY).fetchall()
    except sqlite3.Error:
        return None


def _of_postgresql(url: str) -> list[Any] | None:
    import psycopg  # slow to load, and not needed with SQLite

    try:
        with psycopg.connect(url, connect_timeout=_PATIENCE) as connection:
            return connection.execute(_QUERY).fetchall()
    except psycopg.Error:
        return None
