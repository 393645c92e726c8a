"""The chain of the register's events, and the file that is drawn from the register."""

import hashlib
import json
from datetime import timedelta

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import IntegrityError

from diploma.certificates import publishing, registry, subscriptions
from diploma.certificates.models import Approval, Certificate, CertificateEvent, CertificateState
from diploma.certificates.rules import module_award
from diploma.core import clock, jobs
from diploma.core.outbox import Job, JobState
from tests.world import M2

AWARD = module_award(M2)
S = CertificateState


# ---- the chain


def test_the_chain_of_untouched_events_holds(office, world, reading):
    office.issue(world.trainee)
    office.issue(world.trainee_2)
    with reading():
        assert registry.check() == []


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("UPDATE certificate_events SET payload = '{\"actor\": 7}' WHERE number = 1", "was changed"),
        ("UPDATE certificate_events SET kind = 'resumed' WHERE number = 1", "was changed"),
        ("DELETE FROM certificate_events WHERE number = 2", "removed"),
        ("DELETE FROM certificate_events WHERE number = 1", "missing"),
        ("UPDATE certificates SET snapshot = REPLACE(snapshot, 'Aziza', 'Azizb')", "what is printed was changed"),
        ("UPDATE certificates SET state = 'suspended' WHERE serial LIKE '%000001'", "its last event is"),
        ("UPDATE certificates SET token = '0000000000000000' WHERE serial LIKE '%000001'", "serial or code"),
    ],
)
def test_a_rewritten_register_is_found_out(office, world, unit, reading, statement, reason):
    office.issue(world.trainee)
    office.issue(world.trainee_2)
    with unit() as session:
        session.execute(text(statement))
    with reading():
        assert any(reason in one.reason for one in registry.check())


def test_a_snapshot_rewritten_with_its_hash_is_found_out(office, world, unit, reading):
    office.issue(world.trainee)
    with unit() as session:
        row = office.row(world.trainee)
        forged = json.dumps(json.loads(row.snapshot) | {"hours": 300})
        session.execute(
            update(Certificate).values(snapshot=forged, snapshot_hash=hashlib.sha256(forged.encode()).hexdigest())
        )
    with reading():
        assert any("what is printed" in one.reason for one in registry.check())


def test_a_certificate_with_events_cannot_be_removed(office, world, unit):
    office.issue(world.trainee)
    with unit() as session:
        session.execute(delete(Approval))
        with pytest.raises(IntegrityError), session.begin_nested():
            session.execute(delete(Certificate))


def test_a_certificate_slipped_into_the_register_is_found_out(office, world, unit, reading):
    made = office.issue(world.trainee)
    with unit() as session:
        row = office.row(world.trainee)
        session.add(
            Certificate(
                enrolment_id=row.enrolment_id,
                award="diploma",
                drafted_at=clock.now(),
                state=S.ISSUED,
                serial="GID-2026-UZ-000099",
                token="9" * 16,
                snapshot=made.snapshot.to_json(),
                snapshot_hash=made.snapshot.sha256(),
                issued_at=clock.now(),
            )
        )
    with reading():
        assert any("never issued" in one.reason for one in registry.check())


def test_events_cannot_be_changed_through_the_application(office, world, unit):
    office.issue(world.trainee)
    with pytest.raises(RuntimeError, match="never changed"), unit() as session:
        session.scalars(select(CertificateEvent)).one().kind = "revoked"


# ---- the file


def test_the_file_is_drawn_once_from_the_snapshot(office, world, app, unit, renderer, reading):
    made = office.drawn(world.trainee)
    with app.app_context():
        assert list(subscriptions.draw_now([made.id])) == [(made.id, None)]
    assert renderer.drawn == [made.serial]
    with reading():
        assert subscriptions.read(office.row(world.trainee)) == renderer.render(made.snapshot, {})


def test_a_lost_file_is_drawn_again_and_is_the_same(office, world, app, renderer, reading):
    made = office.drawn(world.trainee)
    with reading():
        row = office.row(world.trainee)
        app.extensions["files"].path(row.pdf_sha256).unlink()
        assert not subscriptions.is_drawn(row)
    with app.app_context():
        assert list(subscriptions.draw_now([made.id])) == [(made.id, None)]
    with reading():
        assert office.row(world.trainee).pdf_sha256 == row.pdf_sha256
        assert subscriptions.is_drawn(row)


def test_a_file_that_comes_out_differently_replaces_nothing(office, world, app, renderer, reading, monkeypatch):
    made = office.drawn(world.trainee)
    with reading():
        first = office.row(world.trainee).pdf_sha256
        app.extensions["files"].path(first).unlink()
    monkeypatch.setattr(renderer, "render", lambda *_: b"%PDF-1.7 another template")
    with app.app_context(), pytest.raises(subscriptions.DrawnDifferently):
        list(subscriptions.draw_now([made.id]))
    with reading():
        assert office.row(world.trainee).pdf_sha256 == first


def test_a_failed_drawing_is_tried_again(office, world, app, renderer, reading, monkeypatch):
    made = office.issue(world.trainee)

    def fail(*_):
        raise OSError("no memory")

    with monkeypatch.context() as broken, app.app_context():
        broken.setattr(renderer, "render", fail)
        jobs.drain()
    with reading() as session:
        assert session.scalars(select(Job).where(Job.kind == publishing.RENDER)).one().state is JobState.WAITING
    with app.app_context(), clock.at(clock.now() + timedelta(hours=1)):
        jobs.drain()
    assert renderer.drawn == [made.serial]
