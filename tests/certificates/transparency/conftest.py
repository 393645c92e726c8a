"""Days on which the head of the register is signed, and the register as its export shows it."""

import subprocess
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from diploma.certificates.transparency import checking, exporting, schedule
from diploma.certificates.transparency.models import RegisterHead
from diploma.cohorts.models import Partner
from diploma.core import clock, db, jobs

NOON = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0)


class Days:
    """Lets a runner start on a day, counted from today, and do what is due."""

    def __init__(self, app: Flask) -> None:
        self.app = app

    @contextmanager
    def at(self, number: int) -> Iterator[None]:
        with clock.at(NOON + timedelta(days=number)):
            yield

    def run(self, number: int = 0) -> None:
        with self.at(number), self.app.app_context():
            with db.unit_of_work():
                schedule.begin()
            jobs.drain()


@pytest.fixture
def days(app: Flask) -> Days:
    return Days(app)


@pytest.fixture
def heads(reading: Any) -> Callable[[], list[RegisterHead]]:
    """The signed heads, the oldest first."""

    def read() -> list[RegisterHead]:
        with reading() as session:
            return list(session.scalars(select(RegisterHead).order_by(RegisterHead.day)))

    return read


@pytest.fixture
def reasons(app: Flask) -> Callable[[], list[str]]:
    """What the check of the register finds."""

    def walk() -> list[str]:
        with app.app_context(), db.reading() as own:
            return checking.walk(own).reasons

    return walk


class Export:
    """The unpacked export of a partner, in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def text(self) -> str:
        """All bytes of all files, as Latin letters: to look for what must not be there."""
        return "\n".join(one.read_bytes().decode("latin-1") for one in sorted(self.folder.rglob("*")) if one.is_file())

    def check(self) -> str:
        """What the procedure says: it knows nothing of this program."""
        done = subprocess.run(
            ["bash", "procedure.sh"], cwd=self.folder, capture_output=True, text=True, check=False, timeout=60
        )
        assert (done.returncode == 0) == done.stdout.endswith("\nOK\n"), done.stderr
        return done.stdout


@pytest.fixture
def exported(app: Flask, tmp_path: Path) -> Callable[[str], Export]:
    """``exported("uz")``: the register of a partner as its people unpack it."""

    def write(slug: str) -> Export:
        folder = tmp_path / slug
        with app.app_context(), db.reading() as own, (tmp_path / f"{slug}.zip").open("wb") as file:
            exporting.write(own, own.scalars(select(Partner).where(Partner.slug == slug)).one(), file)
        with zipfile.ZipFile(tmp_path / f"{slug}.zip") as archive:
            archive.extractall(folder)
        return Export(folder)

    return write
