"""From the draft over the names to the approvals."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from diploma.accounts import service as accounts
from diploma.accounts.permissions import Role
from diploma.certificates import printed, service
from diploma.certificates.models import Approval, Certificate, CertificateState
from diploma.certificates.rules import FOUNDATION, module_award
from diploma.certificates.snapshot import Snapshot
from diploma.cohorts import service as cohorts
from diploma.cohorts.models import Cohort, CohortAward, Presence
from diploma.core import clock, jobs, outbox
from diploma.core.audit import AuditEvent
from diploma.core.errors import Refused
from diploma.core.lang import Lang
from tests.certificates.conftest import mails
from tests.world import M2

AWARD = module_award(M2)
S = CertificateState


# ---- drafts


def test_an_incomplete_module_is_not_drafted(office, world, unit):
    with unit(), pytest.raises(Refused, match="not complete"):
        service.draft(office.enrolment(world.trainee), AWARD)


def test_the_diploma_is_refused_while_the_capstone_is_planned(office, world, unit):
    with unit(), pytest.raises(Refused, match="capstone"):
        service.draft(office.enrolment(world.trainee), "diploma")


def test_drafting_twice_makes_one_certificate(office, world, unit):
    office.draft(world.trainee)
    with unit() as session:
        service.draft(office.enrolment(world.trainee), AWARD)
        assert session.scalar(select(func.count()).select_from(Certificate)) == 1


def test_a_cohort_is_drafted_for_those_who_have_earned_it(office, world, unit):
    office.complete(world.trainee)
    with unit() as session:
        cohort = session.scalars(select(Cohort).where(Cohort.slug == world.cohort)).one()
        assert [one.enrolment.user.email for one in service.draft_eligible(cohort)] == [world.trainee]
        assert service.draft_eligible(cohort) == []


def test_the_holder_is_asked_for_their_names_once_in_their_language(office, world, reading):
    office.draft(world.trainee)
    with reading() as session:
        [mail] = mails(session, "certificate_names")
    assert mail["to"] == world.trainee
    assert mail["lang"] == "uz-Latn"
    assert "/certificates/names" in mail["body"]


def test_who_has_not_confirmed_their_names_is_asked_again_until_they_have(office, world, unit, reading):
    office.draft(world.trainee, world.trainee_2)
    for days in (0, 3, 4, 5, 11, 12):
        with clock.at(clock.now() + timedelta(days=days, minutes=1)):
            office.work()
            office.work()
    office.confirm_names(world.trainee)
    for days in (25, 60):
        with clock.at(clock.now() + timedelta(days=days, minutes=1)):
            office.work()
    with reading() as session:
        told = [one["to"] for one in mails(session, "certificate_names")]
    assert (told.count(world.trainee), told.count(world.trainee_2)) == (3, 4)


def test_of_several_certificates_that_wait_for_one_name_a_day_reminds_once(office, world, unit, reading):
    office.draft(world.trainee)
    with unit():
        service.draft_transcripts([office.enrolment(world.trainee)], by=office.user(world.registrar))
    with clock.at(clock.now() + timedelta(days=4, minutes=1)):
        office.work()
    with reading() as session:
        told = mails(session, "certificate_names")
    assert len(told) == 3 and "still waits" not in told[1]["body"]


def test_a_draft_that_is_there_no_more_reminds_nobody(office, world, unit, reading):
    office.draft(world.trainee)
    with unit() as session:
        session.delete(office.row(world.trainee))
    with clock.at(clock.now() + timedelta(days=30)):
        office.work()
    with reading() as session:
        assert len(mails(session, "certificate_names")) == 1


def test_a_completed_module_is_drafted_by_its_job(office, world, unit, reading, app):
    office.complete(world.trainee)
    with unit():
        outbox.enqueue("module-completed", "m", {"enrolment_id": office.enrolment(world.trainee).id, "module": M2})
    with app.app_context():
        jobs.drain()
    with reading():
        assert office.row(world.trainee).award == AWARD


@pytest.mark.parametrize(("presence", "earned"), [(Presence.PRESENT, True), (Presence.ABSENT, False)])
def test_a_foundation_workshop_is_earned_by_attendance(office, world, unit, presence, earned):
    with unit() as session:
        enrolment = office.enrolment(world.trainee)
        enrolment.cohort.award = CohortAward.FOUNDATION
        live = cohorts.plan_session(enrolment.cohort, M2, "Day one", clock.now() - timedelta(days=3), Decimal(6))
        cohorts.save_sheet(live, [cohorts.SheetEntry(enrolment.id, presence, None)])
        session.flush()
        made = service.draft_eligible(enrolment.cohort)
        assert [one.award for one in made] == ([FOUNDATION] if earned else [])


def test_a_certificate_of_attendance_states_the_days_of_the_workshop(office, world, unit):
    with unit():
        enrolment = office.enrolment(world.trainee)
        enrolment.cohort.award = CohortAward.FOUNDATION
        begun = clock.now() - timedelta(days=3)
        for day in range(2):
            live = cohorts.plan_session(enrolment.cohort, M2, "Day", begun + timedelta(days=day), Decimal(6))
            cohorts.save_sheet(live, [cohorts.SheetEntry(enrolment.id, Presence.PRESENT, None)])
        [made] = service.draft_eligible(enrolment.cohort)
        for lang, name in ((Lang.UZ_LATN, "Aziza"), (Lang.UZ_CYRL, "Азиза"), (Lang.RU, "Азиза")):
            service.confirm_name(enrolment.user, lang, name)
        service.issue_all([made])
        fixed = Snapshot.from_json(made.snapshot)
    assert (fixed.ends_on - fixed.starts_on).days == 1
    assert (fixed.award.value, fixed.hours, fixed.module) == ("attendance", 12, None)


# ---- names


def test_a_certificate_waits_until_every_name_is_confirmed(office, world, unit):
    office.draft(world.trainee)
    with unit():
        user = office.user(world.trainee)
        service.confirm_name(user, Lang.UZ_LATN, "Aziza Karimova")
        service.confirm_name(user, Lang.RU, "Азиза Каримова")
        assert office.row(world.trainee).state is S.DRAFTED
        service.confirm_name(user, Lang.UZ_CYRL, "Азиза Каримова")
        assert office.row(world.trainee).state is S.NAME_CONFIRMED


def test_names_confirmed_before_need_no_second_question(office, world, unit, reading):
    with unit():
        for lang, name in ((Lang.UZ_LATN, "Aziza"), (Lang.UZ_CYRL, "Азиза"), (Lang.RU, "Азиза")):
            service.confirm_name(office.user(world.trainee), lang, name)
    office.draft(world.trainee)
    with reading() as session:
        assert office.row(world.trainee).state is S.NAME_CONFIRMED
        assert not mails(session, "certificate_names")


def test_an_apostrophe_from_any_keyboard_becomes_the_uzbek_letter(office, world, unit):
    with unit():
        user = office.user(world.trainee)
        service.confirm_name(user, Lang.UZ_LATN, "Aziza To'xtayeva")
        assert printed.confirmed_names(user)[Lang.UZ_LATN] == "Aziza Toʻxtayeva"


def test_a_changed_name_takes_the_approvals_back(office, world, unit):
    office.approve(world.trainee)
    with unit() as session:
        service.confirm_name(office.user(world.trainee), Lang.RU, "Азиза Каримова-Иванова")
        assert office.row(world.trainee).state is S.NAME_CONFIRMED
        session.flush()
        assert not session.scalar(select(func.count()).select_from(Approval))


def test_the_same_name_again_changes_nothing(office, world, unit):
    office.approve(world.trainee)
    with unit():
        service.confirm_name(office.user(world.trainee), Lang.RU, " Азиза  Каримова ")
        assert office.row(world.trainee).state is S.APPROVED


def test_a_name_in_a_language_that_is_not_printed_touches_nothing(office, world, unit):
    office.approve(world.trainee)
    with unit():
        service.confirm_name(office.user(world.trainee), Lang.EN, "Aziza Karimova")
        assert office.row(world.trainee).state is S.APPROVED


def test_a_name_in_the_wrong_letters_is_refused(office, world, unit):
    with unit(), pytest.raises(Refused, match="Cyrillic"):
        service.confirm_name(office.user(world.trainee), Lang.RU, "Aziza Karimova")


def test_a_name_that_the_fonts_cannot_draw_is_refused(office, world, unit):
    with unit(), pytest.raises(Refused, match="cannot be printed"):
        service.confirm_name(office.user(world.trainee), Lang.EN, "Aziza \ua7c0")


def test_names_on_an_issued_certificate_never_change(office, world, unit, reading):
    made = office.issue(world.trainee)
    with unit():
        service.confirm_name(office.user(world.trainee), Lang.RU, "Другая Особа")
    with reading():
        row = office.row(world.trainee)
        assert Snapshot.from_json(row.snapshot) == made.snapshot
        assert row.state is S.ISSUED


# ---- approvals


def test_each_issuer_has_to_approve(office, world, unit):
    office.confirm(world.trainee)
    with unit():
        certificate, registrar = office.row(world.trainee), office.user(world.registrar)
        service.approve(certificate, "programme", by=registrar)
        assert certificate.state is S.NAME_CONFIRMED
        service.approve(certificate, "partner", by=registrar)
        assert certificate.state is S.APPROVED


@pytest.mark.parametrize("who", ["trainee_2", "instructor", "coordinator", "director", "other_coordinator"])
def test_only_the_role_that_approves_for_an_issuer_may(office, world, unit, who):
    office.confirm(world.trainee)
    with unit(), pytest.raises(Refused, match="may not approve"):
        service.approve(office.row(world.trainee), "programme", by=office.user(getattr(world, who)))


def test_a_registrar_of_another_government_may_not_approve(office, world, unit):
    office.confirm(world.trainee)
    with unit():
        person = accounts.create_user("registrar@ae.test", "Registrar", Lang.EN)
        accounts.grant_role(person, Role.REGISTRAR, partner_id=office.enrolment(world.other_trainee).cohort.partner_id)
        with pytest.raises(Refused, match="may not approve"):
            service.approve(office.row(world.trainee), "programme", by=person)


def test_a_registrar_of_the_partner_may_approve(office, world, unit):
    office.confirm(world.trainee)
    with unit():
        person = accounts.create_user("registrar@uz.test", "Registrar", Lang.EN)
        accounts.grant_role(person, Role.REGISTRAR, partner_id=office.enrolment(world.trainee).cohort.partner_id)
        service.approve(office.row(world.trainee), "programme", by=person)
        assert [one.issuer for one in office.row(world.trainee).approvals] == ["programme"]


def test_where_the_pack_asks_for_the_director_the_registrar_may_not(office, world, unit):
    office.confirm(world.other_trainee)
    with unit():
        certificate = office.row(world.other_trainee)
        with pytest.raises(Refused, match="may not approve"):
            service.approve(certificate, "partner", by=office.user(world.registrar))
        service.approve(certificate, "partner", by=office.user(world.director))
        assert [one.issuer for one in certificate.approvals] == ["partner"]


def test_approving_twice_changes_nothing(office, world, unit):
    office.approve(world.trainee)
    with unit() as session:
        service.approve(office.row(world.trainee), "programme", by=office.user(world.registrar))
        assert session.scalar(select(func.count()).select_from(Approval)) == 2


def test_nobody_approves_their_own_certificate(office, world, unit):
    office.confirm(world.trainee)
    with unit():
        accounts.grant_role(office.user(world.trainee), Role.REGISTRAR)
        with pytest.raises(Refused, match="their own"):
            service.approve(office.row(world.trainee), "programme", by=office.user(world.trainee))


def test_unconfirmed_names_are_not_approved(office, world, unit):
    office.draft(world.trainee)
    with unit(), pytest.raises(Refused, match="not confirmed"):
        service.approve(office.row(world.trainee), "programme")


def test_the_operators_approval_is_recorded_as_such(office, world, reading):
    office.approve(world.trainee)
    with reading() as session:
        events = session.scalars(select(AuditEvent).where(AuditEvent.kind == "certificate.approved")).all()
        assert all(one.actor_id is None and one.detail["operator"] is True for one in events)
        assert {one.by_id for one in session.scalars(select(Approval))} == {None}


def test_approving_many_leaves_out_those_that_do_not_wait(office, world, unit):
    office.confirm(world.trainee)
    office.draft(world.trainee_2)
    with unit() as session:
        everything = session.scalars(select(Certificate)).all()
        assert service.approve_all(everything, "programme", by=office.user(world.registrar)) == 1
        assert service.approve_all(everything, "programme", by=office.user(world.registrar)) == 0
