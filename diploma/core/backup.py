"""Backup and restore of one installation: the database first, the files after it.

A file never changes under its name, so files copied after the database contain every one that the
database mentions, but for documents that had to be deleted meanwhile. A plain copy of an SQLite file may be
dozens of rows behind: the engine's own backup is used instead; PostgreSQL is dumped by ``pg_dump``.
"""

import json
import shutil
import sqlite3
import subprocess
from contextlib import closing, suppress
from pathlib import Path

import sqlalchemy as sa

from diploma.core import clock
from diploma.core.errors import N_, Refused
from diploma.core.files import FileStore

MANIFEST = "manifest.json"


def backup(url: str, files: FileStore, target: Path) -> dict[str, int]:
    """Write a backup into the empty folder ``target``; returns counts. The server may go on working."""
    if target.exists() and any(target.iterdir()):
        raise Refused(N_("The folder %(folder)s is not empty; choose a new one."), folder=str(target))
    target.mkdir(parents=True, exist_ok=True)
    parts = sa.make_url(url)
    if parts.get_backend_name() == "sqlite":
        with (
            closing(sqlite3.connect(str(parts.database))) as source,
            closing(sqlite3.connect(target / "diploma.db")) as copy,
        ):
            source.backup(copy)
    else:
        _run(["pg_dump", "--format=custom", "--no-owner", f"--file={target / 'diploma.dump'}", _libpq(parts)])
    count = 0
    for digest in files.digests():
        place = target / "files" / digest[:2]
        place.mkdir(parents=True, exist_ok=True)
        with suppress(FileNotFoundError):  # deleted since its name was read
            shutil.copy2(files.path(digest), place / digest[2:])
            count += 1
    (target / MANIFEST).write_text(
        json.dumps({"made_at": clock.now().isoformat(), "files": count, "database": parts.get_backend_name()})
    )
    return {"files": count}


def restore(source: Path, url: str, files: FileStore) -> dict[str, int]:
    """Put a backup in place of an empty installation; nothing existing is overwritten."""
    if not (source / MANIFEST).exists():
        raise Refused(N_("There is no backup in %(folder)s."), folder=str(source))
    manifest = json.loads((source / MANIFEST).read_text())
    parts = sa.make_url(url)
    if manifest["database"] != parts.get_backend_name():
        raise Refused(N_("The backup is of another kind of database (%(kind)s)."), kind=manifest["database"])
    if parts.get_backend_name() == "sqlite":
        _restore_sqlite(source / "diploma.db", Path(str(parts.database)))
    else:
        _run(["pg_restore", "--no-owner", "--exit-on-error", f"--dbname={_libpq(parts)}", str(source / "diploma.dump")])
    restored = FileStore(source / "files")
    count = 0
    for digest in restored.digests():
        with restored.path(digest).open("rb") as stream:
            if files.put(stream).sha256 != digest:
                raise Refused(N_("The file %(name)s of the backup is damaged."), name=digest)
        count += 1
    return {"files": count}


def _restore_sqlite(copy: Path, database: Path) -> None:
    if database.exists() and database.stat().st_size:
        with closing(sqlite3.connect(database)) as there:
            tables = {row[0] for row in there.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            if "users" in tables and there.execute("SELECT count(*) FROM users").fetchone()[0]:
                raise Refused(N_("This installation has data already; restore into an empty one."))
    database.parent.mkdir(parents=True, exist_ok=True)
    for suffix in ("", "-wal", "-shm"):
        database.with_name(database.name + suffix).unlink(missing_ok=True)
    shutil.copy2(copy, database)


def _libpq(url: sa.URL) -> str:
    return url.set(drivername="postgresql").render_as_string(hide_password=False)


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Refused(N_("%(tool)s failed: %(reason)s"), tool=command[0], reason=done.stderr.strip()[-400:])
