"""Preview, dry run and specimen: nothing is issued, and everybody knows what would be."""

import json
import re

import pytest
from sqlalchemy import func, select

from diploma.accounts import service as accounts
from diploma.accounts.permissions import Role
from diploma.certificates import judging, printed, rules, service, specimens, verification
from diploma.certificates.drawing.worker import RenderError
from diploma.certificates.models import Certificate, CertificateEvent, CertificateState, SerialCounter, Specimen
from diploma.certificates.snapshot import Snapshot
from diploma.core import db, jobs
from diploma.core.audit import AuditEvent
from diploma.core.batch import BatchItem
from diploma.core.errors import Refused
from diploma.core.lang import Lang
from diploma.core.outbox import Job
from diploma.learning.models import ModuleCompletion
from tests.certificates.conftest import words

COHORT = "/certificates/cohorts/uz-1"
S = CertificateState


def written(session):
    """What an issue would leave behind: rows by table, and the numbers taken."""
    tables = (Certificate, CertificateEvent, Job)
    counts = [session.scalar(select(func.count()).select_from(table)) for table in tables]
    acts = select(func.count()).where(AuditEvent.kind.like("certificate.%"))
    return [*counts, session.scalar(acts), [one.last for one in session.scalars(select(SerialCounter))]]


@pytest.fixture
def run(app):
    return lambda *arguments: app.test_cli_runner().invoke(args=["certificates", *arguments])


def preview(browser_of, world, reading):
    with reading() as session:
        ids = "&".join(f"certificate={one}" for one in session.scalars(select(Certificate.id)))
    answer = browser_of(world.registrar).get(f"{COHORT}/issue?{ids}&lang=en")
    assert answer.status_code == 200  # a page that tried to write would not open
    return answer


# ---- preview


def test_the_preview_says_of_each_whether_it_can_be_issued(browser_of, office, world, reading):
    office.approve(world.trainee)
    office.confirm(world.trainee_2)
    page = words(preview(browser_of, world, reading))
    assert "Issue 1 certificate?" in page and "1 number will be taken." in page
    assert "Bobur Toshmatov Challenge assessment" in page and "Not approved yet by" in page


def test_the_preview_writes_nothing(browser_of, office, world, reading):
    office.approve(world.trainee)
    registrar = browser_of(world.registrar)
    registrar.get("/dashboard")
    with reading() as session:
        before = written(session)
    preview(browser_of, world, reading)
    with reading() as session:
        assert written(session) == before


def test_what_cannot_be_issued_is_not_ordered(browser_of, office, world, reading):
    office.draft(world.trainee)
    page = preview(browser_of, world, reading)
    assert "has not confirmed the name in" in words(page)
    assert 'name="certificate"' not in page.text


@pytest.mark.parametrize("fault", ["unconfirmed", "unapproved", "unearned", "own", "unprintable"])
def test_the_judge_refuses_what_the_issue_refuses(office, world, unit, monkeypatch, fault):
    office.approve(world.trainee)
    with unit() as session:
        certificate, by = office.row(world.trainee), office.user(world.registrar)
        if fault == "unconfirmed":
            accounts.unconfirm_names(certificate.enrolment.user, [Lang.RU])
        elif fault == "unapproved":
            certificate.approvals.clear()
        elif fault == "unearned":
            session.execute(ModuleCompletion.__table__.delete())
        elif fault == "own":
            by = certificate.enrolment.user
        else:
            monkeypatch.setattr(printed.fonts, "missing_glyphs", lambda _snapshot: {"Aziza": "z"})
        session.flush()
        [judged] = judging.judge([certificate], by=by)
        with pytest.raises(Refused) as refused:
            service.issue(certificate, by=by)
        assert judged.reason and judged.reason.message == refused.value.message
        assert session.scalar(select(func.count()).select_from(SerialCounter)) == 0


def test_more_than_a_page_can_try_are_tried_in_the_background(browser_of, office, world, reading, monkeypatch):
    monkeypatch.setattr("diploma.certificates.views.JUDGED_AT_ONCE", 1)
    office.approve(world.trainee)
    office.confirm(world.trainee_2)
    page = preview(browser_of, world, reading)
    assert "Try it first" in words(page)
    with reading() as session:
        chosen = {"certificate": [str(one) for one in session.scalars(select(Certificate.id))]}
    answer = browser_of(world.registrar).send(f"{COHORT}/try?lang=en", chosen, page=COHORT)
    office.work()
    said = words(browser_of(world.registrar).get(answer.headers["Location"] + "?lang=en"))
    assert "Bobur Toshmatov Not approved yet by" in said and "Done 1 Failed 1" in said
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(CertificateEvent)) == 0
        assert session.scalar(select(func.count()).select_from(SerialCounter)) == 0
        assert office.row(world.trainee).state is S.APPROVED


def test_the_page_of_the_work_says_how_many_are_drawn(browser_of, office, world, reading, app):
    office.approve(world.trainee)
    with reading():
        chosen = {"certificate": office.row(world.trainee).id}
    registrar = browser_of(world.registrar)
    page = registrar.send(f"{COHORT}/issue", chosen, page=COHORT).headers["Location"]
    with app.app_context():
        while not db.session.scalar(select(func.count(BatchItem.closed_at))):
            jobs.run_some(1)
    half = registrar.get(page + "?lang=en")
    assert "PDF drawn: 0 of 1" in words(half) and "data-going" in half.text
    office.work()
    whole = registrar.get(page + "?lang=en")
    assert "PDF drawn: 1 of 1" in words(whole) and "data-going" not in whole.text


# ---- dry run


def test_a_dry_run_says_what_a_run_would_do_and_writes_nothing(run, office, world, reading):
    office.confirm(world.trainee)
    office.complete(world.trainee_2)  # not even drafted, and no name confirmed
    with reading() as session:
        before = written(session)
    answer = run("issue", "--cohort", world.cohort, "--dry-run", "--json")
    said = json.loads(answer.output)
    assert answer.exit_code == 1
    assert (said["dry_run"], said["numbers"]) == (True, 1)
    assert [one["name"] for one in said["ready"]] == ["Aziza Karimova"]
    assert [one["name"] for one in said["refused"]] == ["Bobur Toshmatov"]
    with reading() as session:
        assert written(session) == before


def test_the_run_after_a_dry_run_does_what_it_said(run, office, world, reading):
    office.confirm(world.trainee)
    assert "1 numbers would be taken" in run("issue", "--cohort", world.cohort, "--dry-run").output
    said = json.loads(run("issue", "--cohort", world.cohort, "--json").output)
    assert [one["serial"][-6:] for one in said["issued"]] == ["000001"]


# ---- specimen


@pytest.fixture
def specimen(office, world, unit):
    """Id and snapshot of a trial print, not drawn yet."""
    office.confirm(world.trainee)
    with unit():
        made = specimens.ask(office.row(world.trainee), by=office.user(world.registrar))
        return made.id, Snapshot.from_json(made.snapshot)


def test_a_registrar_gets_a_specimen_as_soon_as_it_is_drawn(browser_of, office, world, reading):
    office.approve(world.trainee)
    with reading():
        certificate = office.row(world.trainee).id
    registrar = browser_of(world.registrar)
    address = registrar.send(f"{COHORT}/{certificate}/specimen", {}, page=COHORT).headers["Location"]
    assert registrar.get(address).status_code == 202
    office.work()
    answer = registrar.get(address)
    assert answer.mimetype == "application/pdf" and b'"specimen":true' in answer.data
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(CertificateEvent)) == 0
        assert session.scalar(select(func.count()).select_from(SerialCounter)) == 0
        assert office.row(world.trainee).pdf_sha256 is None


def test_a_specimen_is_asked_for_once(office, world, unit, specimen):
    with unit() as session:
        assert specimens.ask(office.row(world.trainee), by=office.user(world.registrar)).id == specimen[0]
        assert session.scalar(select(func.count()).select_from(Specimen)) == 1


def test_a_specimen_bears_no_number_and_a_code_that_says_what_it_is(client, specimen):
    fixed = specimen[1]
    assert (fixed.specimen, fixed.serial, fixed.token) == (True, "GID-0000-UZ-000000", rules.SPECIMEN_TOKEN)
    answer = client.get(f"/verify/{fixed.token}?lang=en")
    assert answer.status_code == 404
    assert "This is a specimen" in words(answer) and "Aziza" not in words(answer)


def test_a_specimens_code_never_verifies_even_when_a_certificate_bears_it(office, world, unit, aziza):
    with unit() as session:
        office.row(world.trainee).token = rules.SPECIMEN_TOKEN
        session.flush()
        answer = verification.of_code("spec-imen-spec-imen")
        assert answer.verdict is verification.Verdict.SPECIMEN and answer.certificate is None


def test_the_file_of_a_specimen_is_not_registered(office, world, reading, renderer, specimen):
    with reading():
        answer = verification.of_file(renderer.render(specimen[1], {}))
        assert answer.verdict is verification.Verdict.UNREGISTERED


@pytest.mark.parametrize("who", ["trainee", "trainee_2", "instructor", "coordinator", "other_coordinator", "director"])
def test_a_specimen_is_for_who_issues_and_nobody_else(browser_of, office, world, specimen, who):
    office.work()
    assert browser_of(getattr(world, who)).get(f"/certificates/specimens/{specimen[0]}").status_code in (403, 404)


def test_a_registrar_of_another_government_finds_no_specimen(browser_of, office, world, unit, specimen):
    office.work()
    with unit():
        partner = office.enrolment(world.other_trainee).cohort.partner_id
        accounts.grant_role(office.user(world.director), Role.REGISTRAR, partner_id=partner)
    assert browser_of(world.director).get(f"/certificates/specimens/{specimen[0]}").status_code == 404


def test_a_specimen_with_unconfirmed_names_is_refused(office, world, unit):
    office.draft(world.trainee)
    with unit(), pytest.raises(Refused, match="not confirmed"):
        specimens.ask(office.row(world.trainee), by=office.user(world.registrar))


def test_a_specimen_that_cannot_be_drawn_says_so(browser_of, office, world, specimen, renderer, monkeypatch):
    def fail(_snapshot, _drawings):
        raise RenderError("no room")

    monkeypatch.setattr(renderer, "render", fail)
    office.work()
    office.later()
    page = browser_of(world.registrar).get(f"/certificates/specimens/{specimen[0]}?lang=en")
    assert "could not be drawn" in words(page) and re.search("no room", page.text)
