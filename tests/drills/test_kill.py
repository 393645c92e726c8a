"""Kill -9 in the middle of the work: every receipt that was shown exists, no number is lost or doubled."""

import http.client
import io
import random
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from diploma.accounts.models import User
from diploma.certificates import bulk, issuers, registry
from diploma.certificates import service as certificates
from diploma.certificates.models import Certificate
from diploma.cohorts.models import Cohort, Enrolment
from diploma.core import audit, db
from diploma.core.batch import BatchItem, ItemState
from diploma.core.lang import Lang
from diploma.core.orm import Base
from diploma.coursework import rules
from diploma.coursework import service as coursework
from diploma.coursework.models import SubmissionVersion
from diploma.demo import texts
from diploma.learning import catalogue
from diploma.learning import service as learning
from tests import world
from tests.drills.server import Installation, enrol_many, token_and_cookie

M2 = world.M2
ASSIGNMENT = f"/modules/{M2}/assignment"

pytestmark = pytest.mark.drill


@pytest.fixture
def installation(tmp_path: Path, password_hash: str) -> Iterator[Installation]:
    made = Installation(tmp_path)
    with made.app.app_context():
        Base.metadata.create_all(db.db.engine)
        with db.unit_of_work():
            world.build(password_hash)
    yield made
    made.stop()


def test_every_receipt_shown_exists_after_kills_under_fifty_submissions(
    installation: Installation, password_hash: str
) -> None:
    emails = enrol_many(installation, "uz-1", 50, password_hash)
    _prepare_drafts(installation, emails)
    web = installation.start_web()
    shown: dict[str, str] = {}
    cookies = {email: installation.cookie_of(email) for email in emails}
    waiting = list(emails)
    random.Random(7).shuffle(waiting)
    lock = threading.Lock()

    def hand_in() -> None:
        while True:
            with lock:
                if not waiting:
                    return
                email = waiting.pop()
            for _ in range(300):  # a person clicks again when the line was cut
                receipt = _submit(installation, cookies[email])
                if receipt:
                    with lock:
                        shown[email] = receipt
                    break
                time.sleep(0.3)

    workers = [threading.Thread(target=hand_in) for _ in range(6)]
    for one in workers:
        one.start()
    for _ in range(5):
        time.sleep(0.7)
        installation.kill(web)
        web = installation.start_web()
    for one in workers:
        one.join(120)
    with installation.app.app_context():
        stored = db.session.scalars(select(SubmissionVersion.receipt)).all()
        people = db.session.scalars(select(SubmissionVersion.submission_id)).all()
        assert audit.verify() == []
    assert len(shown) == 50
    assert set(shown.values()) <= set(stored), "a receipt was shown and is not there"
    assert len(stored) == len(set(stored)) == len(set(people)) == 50, "something was handed in twice"


def test_what_was_saved_while_it_was_written_is_there_after_a_kill_and_is_handed_in(
    installation: Installation, password_hash: str
) -> None:
    (email,) = enrol_many(installation, "uz-1", 1, password_hash)
    _prepare_drafts(installation, [email])
    web, cookie = installation.start_web(), installation.cookie_of(email)
    token, cookie, hidden = token_and_cookie(installation, ASSIGNMENT, cookie)
    text = texts.WORKS[Lang.EN][0] + " Saved a moment before."
    sent: dict[str, str | list[str]] = {"csrf_token": token, "text": text, "language": "en", **hidden}
    assert installation.post(f"{ASSIGNMENT}/draft", cookie, sent)[0] == 200
    installation.kill(web)
    installation.start_web()
    assert "Saved a moment before." in installation.get(ASSIGNMENT, cookie)[2]
    receipt = _submit(installation, cookie)
    with installation.app.app_context():
        stored = db.session.scalars(select(SubmissionVersion)).all()
        assert [one.receipt for one in stored] == [receipt]


def test_no_number_is_lost_or_doubled_when_the_runner_is_killed_during_fifty_issues(
    installation: Installation, password_hash: str
) -> None:
    _earn_certificates(installation, enrol_many(installation, "uz-1", 50, password_hash))
    _order_their_issue(installation)
    for _ in range(6):
        runner = installation.start_runner()
        time.sleep(2.5)
        installation.kill(runner)
        _release_leases(installation)
    runner = installation.start_runner()
    for _ in range(600):
        with installation.app.app_context():
            left = db.session.scalars(select(Certificate.id).where(Certificate.pdf_sha256.is_(None))).all()
        if not left:
            break
        time.sleep(0.2)
    installation.kill(runner)
    with installation.app.app_context():
        rows = db.session.scalars(select(Certificate).order_by(Certificate.serial)).all()
        numbers = [int(row.serial.rpartition("-")[2]) for row in rows]
        assert numbers == list(range(1, 51)), "a number is lost or doubled"
        assert len({row.token for row in rows}) == 50
        assert all(row.pdf_sha256 for row in rows), "a certificate was not drawn"
        assert set(db.session.scalars(select(BatchItem.state))) == {ItemState.DONE}
        assert registry.check() == []


def _prepare_drafts(installation: Installation, emails: list[str]) -> None:
    with installation.app.app_context(), db.unit_of_work() as session:
        store = installation.app.extensions["files"]
        for enrolment in session.scalars(select(Enrolment).join(User).where(User.email.in_(emails))):
            part = catalogue.content(enrolment.cohort.revision_id).modules[M2].assignment.parts[1]
            draft = coursework.open_draft(enrolment, M2, Lang.EN, by=enrolment.user)
            blob = store.put(io.BytesIO(b"%PDF-1.7\n" + enrolment.user.email.encode()))
            sent = rules.SentFile("annex.pdf", blob.sha256, blob.size, "pdf")
            coursework.attach_file(draft, part, sent, by=enrolment.user)


def _submit(installation: Installation, cookie: str) -> str:
    """Hand in through the page; returns the receipt that the browser is led to, or nothing when the line was cut."""
    try:
        token, cookie, hidden = token_and_cookie(installation, ASSIGNMENT, cookie)
    except (OSError, http.client.HTTPException):
        return ""
    if not hidden.get("key"):
        return _receipt_of(installation, cookie)
    fields: dict[str, str | list[str]] = {
        "csrf_token": token,
        "key": hidden["key"],
        "base": hidden.get("base", "0"),
        "text": texts.WORKS[Lang.EN][0],
        "language": "en",
        "declared": ["own_work", "no_personal_data", "consent"],
        "do": "submit",
    }
    status, location, _ = installation.post(ASSIGNMENT, cookie, fields)
    return location.rpartition("/")[2] if status == 302 and "/receipts/" in location else ""


def _receipt_of(installation: Installation, cookie: str) -> str:
    """What the page of a work that is in already shows."""
    status, _, text = installation.get(ASSIGNMENT, cookie)
    found = text.partition("/receipts/")[2][:11].partition('"')[0] if status == 200 else ""
    return found


def _earn_certificates(installation: Installation, emails: list[str]) -> None:
    with installation.app.app_context(), db.unit_of_work() as session:
        for enrolment in session.scalars(select(Enrolment).join(User).where(User.email.in_(emails))):
            learning.complete_module(session, enrolment.id, M2)
            for tag in enrolment.cohort.certificate_languages:
                name = {"ru": "Имя Фамилия", "uz-Cyrl": "Исм Фамилия"}.get(tag, enrolment.user.full_name)
                certificates.confirm_name(enrolment.user, Lang(tag), name, by=enrolment.user)


def _order_their_issue(installation: Installation) -> None:
    with installation.app.app_context(), db.unit_of_work() as session:
        cohort = session.scalars(select(Cohort).where(Cohort.slug == "uz-1")).one()
        made = certificates.draft_eligible(cohort)
        for issuer in issuers.of(cohort):
            certificates.approve_all(made, issuer["id"])
        registrar = session.scalars(select(User).where(User.email == "registrar@test.test")).one()
        bulk.issue(cohort, made, back="/certificates/", key="", by=registrar)


def _release_leases(installation: Installation) -> None:
    """Let the killed runner's lease end now instead of in five minutes."""
    from diploma.core.outbox import Job

    with installation.app.app_context(), db.unit_of_work() as session:
        for job in session.scalars(select(Job).where(Job.leased_until.is_not(None))):
            job.leased_until = job.created_at
