"""Kill -9 of the job runner while it issues and draws: no number lost or used twice, every certificate as recorded."""

import hashlib
import os
import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from diploma.accounts.models import User
from diploma.certificates import registry
from diploma.certificates.drawing.worker import RenderPool
from diploma.certificates.models import Certificate
from diploma.certificates.snapshot import Snapshot
from diploma.cohorts.models import Cohort
from diploma.core import audit, db
from diploma.core.batch import Batch
from diploma.core.files import FileStore
from diploma.core.orm import Base
from diploma.core.outbox import Job, JobState
from tests import issue_cost, world
from tests.drills.server import Installation

PEOPLE, KILLS = 900, 200  # each kill comes after a step forward
SAMPLE = 12  # drawn again from their snapshots

pytestmark = pytest.mark.drill


@pytest.fixture
def installation(tmp_path: Path, password_hash: str) -> Iterator[Installation]:
    """A cohort with hundreds of people who have earned a certificate, and the order to issue them all."""
    made = Installation(tmp_path)
    with made.app.app_context():
        Base.metadata.create_all(db.db.engine)
        with db.unit_of_work():
            world.build(password_hash)
        with db.unit_of_work() as session:
            cohort = session.scalars(select(Cohort).where(Cohort.slug == "uz-1")).one()
            registrar = session.scalars(select(User).where(User.email == "registrar@test.test")).one()
            issue_cost.order(cohort, world.M2, PEOPLE, registrar)
    yield made
    made.stop()


def progress(installation: Installation) -> tuple[int, int]:
    """How many certificates are issued and how many drawn; what is issued has the numbers from 1 on, each once."""
    with installation.app.app_context():
        serials = db.session.scalars(select(Certificate.serial).where(Certificate.serial.is_not(None))).all()
        drawn = db.session.scalar(select(func.count()).where(Certificate.pdf_sha256.is_not(None))) or 0
    assert sorted(int(one[-6:]) for one in serials) == list(range(1, len(serials) + 1)), "a number is lost or doubled"
    return len(serials), drawn


def renderers(installation: Installation) -> list[int]:
    """The renderer processes of this installation that run."""
    home, found = f"HOME={installation.folder / 'renderer'}\0".encode(), []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if home in (process / "environ").read_bytes():
                found.append(int(process.name))
        except OSError:  # it has just ended
            continue
    return found


def kill(installation: Installation, runner: object) -> None:
    """End the runner as a power cut would, see its renderers go, and let its leases end now, not in five minutes."""
    installation.kill(runner)  # type: ignore[arg-type]
    deadline = time.monotonic() + 20
    while renderers(installation):
        assert time.monotonic() < deadline, "a renderer outlived its runner"
        time.sleep(0.01)
    with installation.app.app_context(), db.unit_of_work() as session:
        for job in session.scalars(select(Job).where(Job.state == JobState.RUNNING)):
            job.leased_until = job.created_at


def temp_files(store: FileStore) -> list[Path]:
    return list((store.folder / "incoming").glob("*"))


def test_a_runner_killed_at_random_moments_issues_and_draws_every_certificate_once(
    installation: Installation, tmp_path: Path
) -> None:
    chance, amid, left, store = random.Random(43), 0, 0, installation.app.extensions["files"]
    for _ in range(KILLS):
        before, runner = progress(installation), installation.start_runner()
        if before == (PEOPLE, PEOPLE):
            break
        while progress(installation) == before:
            time.sleep(0.005)
        time.sleep(chance.uniform(0, 0.2))
        kill(installation, runner)
        amid += sum(progress(installation)) < 2 * PEOPLE
        left = max(left, len(temp_files(store)))
    print(
        f"{amid} kills in the middle, {progress(installation)} issued and drawn by then, at most {left} temp files left"
    )
    assert amid > KILLS * 0.9, "the runner was hardly ever killed in the middle"
    for one in temp_files(store):  # an hour passes
        os.utime(one, (0, 0))
    runner = installation.start_runner()
    while progress(installation) != (PEOPLE, PEOPLE):
        time.sleep(0.1)
    time.sleep(3)
    kill(installation, runner)
    assert temp_files(store) == []
    with installation.app.app_context(), RenderPool(tmp_path / "again", timeout=120) as pool:
        rows = db.session.scalars(select(Certificate).where(Certificate.serial.is_not(None))).all()
        assert len({one.token for one in rows}) == PEOPLE
        assert all(hashlib.sha256(store.read(one.pdf_sha256)).hexdigest() == one.pdf_sha256 for one in rows)
        assert world.brought(installation.app) == {one.pdf_sha256 for one in rows}, "a file that no certificate names"
        for one in chance.sample(rows, SAMPLE):
            snapshot = Snapshot.from_json(one.snapshot)
            drawings = {digest: store.read(digest) for digest in snapshot.drawings()}
            assert pool.render(snapshot, drawings) == store.read(one.pdf_sha256)
        assert registry.check() == audit.verify() == []
        assert db.session.scalars(select(Batch)).one().over
        assert db.session.scalars(select(Job.id).where(Job.state == JobState.FAILED)).all() == []
