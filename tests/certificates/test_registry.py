"""Issue, numbers, a whole cohort, and what may follow."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier

import pytest
from sqlalchemy import func, select

from diploma.accounts import service as accounts
from diploma.certificates import printed, publishing, registry, service, status
from diploma.certificates.drawing.typeset import Misfit
from diploma.certificates.models import Certificate, CertificateEvent, CertificateState, SerialCounter
from diploma.certificates.rules import Requirement, module_award
from diploma.certificates.snapshot import Snapshot
from diploma.cohorts import service as cohorts
from diploma.cohorts.life import enrolments
from diploma.cohorts.life.enrolments import Leave
from diploma.cohorts.life.models import Cause
from diploma.core import clock, db
from diploma.core.audit import AuditEvent
from diploma.core.errors import Refused
from diploma.core.lang import Lang
from diploma.core.outbox import Job
from diploma.learning.catalogue import Said
from tests.world import M2

AWARD = module_award(M2)
S = CertificateState


# ---- issue


def test_an_issue_is_one_transaction_with_all_its_parts(office, world, reading):
    made = office.issue(world.trainee)
    with reading() as session:
        row = office.row(world.trainee)
        assert row.state is S.ISSUED
        assert row.serial == f"GID-{made.snapshot.issued_on.year}-UZ-000001"
        assert row.snapshot_hash == hashlib.sha256(row.snapshot.encode()).hexdigest()
        assert session.scalars(select(CertificateEvent)).one().payload["snapshot"] == row.snapshot_hash
        assert session.scalar(select(func.count()).where(AuditEvent.kind == "certificate.issued")) == 1
        assert session.scalar(select(func.count()).where(Job.kind == publishing.RENDER)) == 1


def test_the_snapshot_holds_what_is_printed(office, world):
    fixed = office.issue(world.trainee).snapshot
    assert fixed.names == {"uz-Latn": "Aziza Karimova", "uz-Cyrl": "Азиза Каримова", "ru": "Азиза Каримова"}
    assert fixed.titles["ru"] == "Оценка вызовов"
    assert (fixed.hours, fixed.band, fixed.edition) == (30, None, 1)
    assert [one["id"] for one in fixed.issuers] == ["programme", "partner"]
    assert not fixed.specimen


def test_a_certificate_is_issued_once(office, world, unit):
    made = office.issue(world.trainee)
    with unit() as session:
        again = service.issue(office.row(world.trainee))
        assert (again.serial, again.token) == (made.serial, made.token)
        assert session.scalars(select(SerialCounter)).one().last == 1


def test_numbers_count_for_each_partner(office, world):
    first, second, other = (office.issue(one).serial for one in (world.trainee, world.trainee_2, world.other_trainee))
    assert [one[-9:] for one in (first, second, other)] == ["UZ-000001", "UZ-000002", "AE-000001"]


def test_the_year_of_the_number_is_that_of_the_partners_clock(office, world, unit):
    office.approve(world.trainee)
    with unit(), clock.at(datetime(2031, 12, 31, 20, 30, tzinfo=UTC)):
        assert service.issue(office.row(world.trainee)).serial == "GID-2032-UZ-000001"


def test_unconfirmed_names_are_refused_by_language(office, world, unit):
    office.draft(world.trainee)
    with unit(), pytest.raises(Refused, match="Русский"):
        service.issue(office.row(world.trainee))


def test_a_name_changed_behind_the_holders_back_is_refused(office, world, unit):
    office.approve(world.trainee)
    with unit():
        accounts.set_name(office.user(world.trainee), Lang.RU, "Иная Особа")
        with pytest.raises(Refused, match="Русский"):
            service.issue(office.row(world.trainee))


def test_a_missing_approval_is_refused_by_issuer(office, world, unit):
    office.confirm(world.trainee)
    with unit():
        service.approve(office.row(world.trainee), "programme")
        with pytest.raises(Refused, match="Example Centre"):
            service.issue(office.row(world.trainee), by=office.user(world.registrar))


def test_who_was_withdrawn_meanwhile_is_refused(office, world, unit):
    office.approve(world.trainee)
    with unit():
        enrolments.withdraw(office.enrolment(world.trainee), Leave(Cause.OTHER, "moved"))
        with pytest.raises(Refused, match="withdrawn"):
            service.issue(office.row(world.trainee))


def test_a_hole_in_a_name_is_refused_before_a_number_is_taken(office, world, unit, reading):
    office.approve(world.trainee)
    with unit():
        accounts.set_name(office.user(world.trainee), Lang.RU, "Азиза 漢字", confirmed=True)
    with unit(), pytest.raises(Refused, match="漢"):
        service.issue(office.row(world.trainee))
    with reading() as session:
        assert session.scalars(select(SerialCounter)).all() == []
        assert session.scalars(select(CertificateEvent)).all() == []


@pytest.mark.parametrize("name", ["Азиза\u202eавомираК", "Азиза\nКаримова", "Азиза\u0007", " Азиза", ""])
def test_a_name_that_would_not_print_as_it_reads_is_refused(office, world, unit, name):
    office.approve(world.trainee)
    with unit() as session:
        accounts.set_name(office.user(world.trainee), Lang.RU, name, confirmed=True)
        with pytest.raises(Refused, match="cannot be printed"):
            service.issue(office.row(world.trainee))
        assert session.scalars(select(SerialCounter)).all() == []


def test_what_does_not_fit_on_the_page_is_refused_before_a_number_is_taken(office, world, unit, monkeypatch):
    def too_long(_snapshot):
        raise Misfit("does not fit")

    monkeypatch.setattr(printed, "compose", too_long)
    office.approve(world.trainee)
    with unit() as session:
        with pytest.raises(Refused, match="does not fit"):
            service.issue(office.row(world.trainee))
        assert session.scalars(select(SerialCounter)).all() == []


def test_an_award_without_a_title_in_a_language_is_refused(office, world, unit, monkeypatch):
    office.approve(world.trainee)
    monkeypatch.setattr(printed, "title", lambda *_: Said.make("Title", Lang.EN, fallback=True, draft=False))
    with unit(), pytest.raises(Refused, match="no translation"):
        service.issue(office.row(world.trainee))


def test_nobody_issues_their_own_certificate(office, world, unit):
    office.approve(world.trainee)
    with unit(), pytest.raises(Refused, match="their own"):
        service.issue(office.row(world.trainee), by=office.user(world.trainee))


def test_a_counter_that_somebody_else_made_is_kept(office, world, unit):
    with unit():
        partner = office.enrolment(world.trainee).cohort.partner_id
        made = [db.insert_unless_there(SerialCounter(year=2026, partner_id=partner, last=0)) for _ in range(2)]
        assert made == [True, False]
        assert registry.next_number(2026, partner) == 1


def test_sixteen_at_once_issue_one_certificate_once(office, world, app, reading):
    office.approve(world.trainee)
    with reading():
        certificate_id = office.row(world.trainee).id
    serials = at_once(app, [certificate_id] * 16)
    with reading() as session:
        assert set(serials) == {office.row(world.trainee).serial}
        assert session.scalars(select(SerialCounter)).one().last == 1
        assert session.scalar(select(func.count()).where(CertificateEvent.kind == "issued")) == 1
        assert registry.check() == []


def test_sixteen_at_once_lose_and_double_no_number(office, app, reading):
    serials = at_once(app, office.crowd(16))
    assert sorted(int(one[-6:]) for one in serials) == list(range(1, 17))
    with reading():
        assert registry.check() == []


def at_once(app, ids):
    """Issue each of ``ids`` in a thread of its own, all at the same moment; their serials."""
    ready = Barrier(len(ids))

    def run(certificate_id):
        with app.app_context():
            ready.wait()
            with db.unit_of_work() as session:
                serial = service.issue(session.get_one(Certificate, certificate_id)).serial
            db.session.remove()
            return serial

    with ThreadPoolExecutor(len(ids)) as pool:
        return list(pool.map(run, ids))


def test_a_failed_issue_gives_its_number_back(office, world, unit, reading, monkeypatch):
    office.approve(world.trainee)

    def fall(*_args, **_kwargs):
        raise OSError("the job could not be written")

    monkeypatch.setattr(publishing.outbox, "enqueue", fall)
    with pytest.raises(OSError), unit():
        service.issue(office.row(world.trainee))
    with reading() as session:
        assert session.scalars(select(SerialCounter)).all() == []
        assert office.row(world.trainee).state is S.APPROVED


# ---- a whole cohort


def test_a_cohort_is_issued_with_a_report_by_name(office, world, unit):
    office.confirm(world.trainee)
    with unit() as session:
        for number, email in enumerate(["late@uz.test", "new@uz.test"]):
            person = accounts.create_user(email, f"Late {number}", Lang.EN)
            cohorts.enrol(office.enrolment(world.trainee).cohort, person)
        office.complete_now(session, "late@uz.test")
        cohort = office.enrolment(world.trainee).cohort
        report = service.issue_all([*service.open_certificates(cohort), *service.draft_eligible(cohort)])
        ineligible = service.ineligible(cohort)
    assert [one.enrolment.user.email for one in report.issued] == [world.trainee]
    assert [(name, "not confirmed" in str(reason)) for name, reason in report.refused] == [("Late 0", True)]
    assert ineligible == [("Bobur Toshmatov", [Requirement.MODULE]), ("Late 1", [Requirement.MODULE])]


# ---- after the issue


@pytest.mark.parametrize(("verb", "state"), [(status.revoke, S.REVOKED), (status.suspend, S.SUSPENDED)])
def test_a_certificate_loses_its_validity_with_a_reason(office, world, unit, verb, state):
    office.issue(world.trainee)
    with unit() as session:
        certificate = office.row(world.trainee)
        verb(certificate, " issued in error ", by=office.user(world.registrar))
        assert (certificate.state, certificate.reason) == (state, "issued in error")
        last = session.scalars(select(CertificateEvent).order_by(CertificateEvent.number.desc())).first()
        assert (last.kind, last.payload["reason"]) == (state.value, "issued in error")
        assert last.payload["actor"] == office.user(world.registrar).id
        assert registry.check() == []


@pytest.mark.parametrize("verb", [status.revoke, status.suspend, status.reissue])
def test_a_step_after_the_issue_needs_a_reason(office, world, unit, verb):
    office.issue(world.trainee)
    with unit(), pytest.raises(Refused, match="reason"):
        verb(office.row(world.trainee), "  ")


def test_a_suspension_ends(office, world, unit):
    office.issue(world.trainee)
    with unit():
        certificate = office.row(world.trainee)
        status.suspend(certificate, "examined")
        status.resume(certificate, "nothing found")
        assert (certificate.state, certificate.reason, certificate.ended_at) == (S.ISSUED, "", None)
        assert registry.check() == []


@pytest.mark.parametrize("verb", [status.suspend, status.resume, status.reissue, status.revoke])
def test_a_revoked_certificate_takes_no_further_step(office, world, unit, verb):
    office.issue(world.trainee)
    with unit():
        status.revoke(office.row(world.trainee), "error")
        with pytest.raises(Refused, match="does not allow this step"):
            verb(office.row(world.trainee), "again")


def test_a_draft_cannot_be_revoked(office, world, unit):
    office.draft(world.trainee)
    with unit(), pytest.raises(Refused, match="does not allow this step"):
        status.revoke(office.row(world.trainee), "error")


def test_a_reissue_replaces_the_certificate(office, world, unit):
    made = office.issue(world.trainee)
    with unit() as session:
        service.confirm_name(office.user(world.trainee), Lang.RU, "Азиза Иванова")
        newer = status.reissue(office.row(world.trainee), "new surname", by=office.user(world.registrar))
        older = session.get_one(Certificate, made.id)
        assert (older.state, older.token) == (S.SUPERSEDED, made.token)
        assert Snapshot.from_json(older.snapshot) == made.snapshot
        assert (newer.state, newer.version, newer.serial) == (S.ISSUED, 2, made.serial + "-R2")
        assert newer.token != made.token
        assert Snapshot.from_json(newer.snapshot).names["ru"] == "Азиза Иванова"
        assert {one.issuer for one in newer.approvals} == {"programme", "partner"}
        assert registry.check() == []


def test_a_reissue_takes_no_new_number(office, world, unit):
    office.issue(world.trainee)
    with unit():
        third = status.reissue(status.reissue(office.row(world.trainee), "one"), "two")
        assert third.serial.endswith("000001-R3")
    assert office.issue(world.trainee_2).serial.endswith("000002")


def test_a_reissue_waits_for_confirmed_names(office, world, unit):
    office.issue(world.trainee)
    with unit():
        accounts.set_name(office.user(world.trainee), Lang.RU, "Кто-то Другой")
        with pytest.raises(Refused, match="not confirmed"):
            status.reissue(office.row(world.trainee), "someone asked")
        assert office.row(world.trainee).state is S.ISSUED


def test_nobody_changes_their_own_certificate(office, world, unit):
    office.issue(world.trainee)
    with unit():
        for verb in (status.revoke, status.suspend, status.reissue):
            with pytest.raises(Refused, match="their own"):
                verb(office.row(world.trainee), "mine", by=office.user(world.trainee))
