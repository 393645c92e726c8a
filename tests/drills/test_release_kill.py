"""Kill -9 of the job runner in the middle of releasing 3,700 marks: no half mark, no second mail, the chain holds."""

import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from diploma.accounts.models import User
from diploma.cohorts.models import Cohort
from diploma.core import audit, db
from diploma.core.audit import AuditEvent
from diploma.core.batch import Batch, BatchItem, ItemState
from diploma.core.orm import Base
from diploma.core.outbox import Job
from diploma.coursework.models import Marking, MarkingState
from diploma.coursework.releasing import bulk
from tests import release_cost, world
from tests.drills.server import Installation

MARKS, KILLS = 3_700, 30

pytestmark = pytest.mark.drill


@pytest.fixture
def installation(tmp_path: Path, password_hash: str) -> Iterator[Installation]:
    """A cohort with thousands of marks that are ready, and the order to release them all."""
    made = Installation(tmp_path)
    with made.app.app_context():
        Base.metadata.create_all(db.db.engine)
        with db.unit_of_work():
            world.build(password_hash)
        with db.unit_of_work():
            cohort = db.session.scalars(select(Cohort).where(Cohort.slug == "uz-1")).one()
            by = db.session.scalars(select(User).where(User.email == "instructor@uz.test")).one()
            release_cost.ready(cohort, world.M2, MARKS, by)
            shown = bulk.seen(cohort, world.M2, by=by)
            bulk.order(cohort, world.M2, shown=shown, base_url="http://localhost", back="/", by=by)
    yield made
    made.stop()


def released(installation: Installation) -> int:
    with installation.app.app_context():
        query = select(func.count()).where(Marking.state == MarkingState.RELEASED)
        return int(db.session.scalar(query) or 0)


def check(installation: Installation) -> None:
    """As many events, jobs for the layers above, mails and done items as marks, each once."""
    with installation.app.app_context():
        ids = set(db.session.scalars(select(Marking.id).where(Marking.state == MarkingState.RELEASED)))
        events = db.session.scalars(select(AuditEvent.subject).where(AuditEvent.kind == "mark.released")).all()
        jobs = db.session.scalars(select(Job.key).where(Job.kind == "mark-released")).all()
        mails = db.session.scalars(select(Job.key).where(Job.key.like("mail:mark_released:%"))).all()
        done = db.session.scalar(select(func.count()).where(BatchItem.state == ItemState.DONE))
        assert sorted(events) == sorted(f"marking:{one}" for one in ids)
        assert sorted(jobs) == sorted(f"mark-released:{one}" for one in ids)
        assert len(mails) == len(set(mails)) == len(ids) == done
        assert audit.verify() == []


def end_leases(installation: Installation) -> None:
    """Let the killed runner's lease end now instead of in five minutes."""
    with installation.app.app_context(), db.unit_of_work() as session:
        for job in session.scalars(select(Job).where(Job.leased_until.is_not(None))):
            job.leased_until = job.created_at


def test_a_runner_killed_at_random_moments_releases_every_mark_once(installation: Installation) -> None:
    chance, before, amid = random.Random(31), 0, 0
    for _ in range(KILLS):
        runner, start = installation.start_runner(), released(installation)
        while start < MARKS and released(installation) == start:
            time.sleep(0.005)
        time.sleep(chance.uniform(0, 0.06))
        installation.kill(runner)
        check(installation)
        before, amid = released(installation), amid + (0 < released(installation) < MARKS)
        end_leases(installation)
        if before == MARKS:
            break
    assert amid > 5, "the runner was never killed in the middle"
    runner = installation.start_runner()
    while released(installation) < MARKS:
        time.sleep(0.1)
    for _ in range(300):
        with installation.app.app_context():
            if db.session.scalars(select(Batch)).one().over:
                break
        time.sleep(0.1)
    installation.kill(runner)
    check(installation)
    assert released(installation) == MARKS
