"""Approvals by the issuers' own people, and what they send back."""

import pytest
from sqlalchemy import func, select

from diploma.accounts import service as accounts
from diploma.accounts.permissions import Role
from diploma.certificates import overview, printed, service
from diploma.certificates.models import Approval, Certificate, CertificateState, Return
from diploma.cohorts.models import Cohort
from diploma.core.errors import Refused
from diploma.core.lang import Lang
from tests.certificates.conftest import mails, words

S = CertificateState
COHORT = "/certificates/cohorts/uz-1"
AE = "/certificates/cohorts/ae-1"


def test_an_approver_sees_what_waits_for_them(browser_of, office, world, reading):
    office.confirm(world.other_trainee)
    page = browser_of(world.director).get("/certificates/?lang=en")
    assert "1 certificate waits for your approval" in words(page)
    assert f'href="{AE}?group=approval"' in page.text
    with reading() as session:
        cohorts = list(session.scalars(select(Cohort)))
        waiting = {office.enrolment(world.other_trainee).cohort_id: 1}
        assert overview.waiting_for(office.user(world.director), cohorts) == waiting


def test_what_waits_for_another_issuer_does_not_wait_for_me(office, world, unit):
    office.confirm(world.other_trainee)
    with unit() as session:
        service.approve(office.row(world.other_trainee), "partner", by=office.user(world.director))
        session.flush()
        cohorts = list(session.scalars(select(Cohort)))
        assert overview.waiting_for(office.user(world.director), cohorts) == {}
        assert sum(overview.waiting_for(office.user(world.registrar), cohorts).values()) == 1


def test_only_the_chosen_are_approved(browser_of, office, world, reading):
    office.confirm(world.trainee)
    office.confirm(world.trainee_2)
    with reading():
        chosen = {"certificate": office.row(world.trainee).id, "issuer": "programme"}
    browser_of(world.registrar).send(f"{COHORT}/approve", chosen, page=COHORT)
    with reading():
        assert len(office.row(world.trainee).approvals) == 1
        assert office.row(world.trainee_2).approvals == []


def test_a_foreign_issuer_is_not_approved_for_through_the_page(browser_of, office, world, reading):
    office.confirm(world.other_trainee)
    with reading():
        chosen = {"certificate": office.row(world.other_trainee).id, "issuer": "partner"}
    assert browser_of(world.registrar).send(f"{AE}/approve", chosen, page=AE).status_code == 409
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(Approval)) == 0


def test_the_staff_read_who_approved_and_when_and_the_holder_does_not(browser_of, office, world, unit):
    office.confirm(world.trainee)
    with unit():
        registrar = office.user(world.registrar)
        service.approve(office.row(world.trainee), "programme", by=registrar)
        name = registrar.full_name
    assert name in words(browser_of(world.registrar).get(f"{COHORT}?group=approval&lang=en"))
    assert name not in words(browser_of(world.trainee).get("/certificates/?lang=en"))


# ---- sent back


def test_what_is_sent_back_waits_again_without_any_approval(office, world, unit):
    office.approve(world.trainee)
    with unit() as session:
        service.send_back(office.row(world.trainee), "partner", "Hours?", by=office.user(world.registrar))
        session.flush()
        row = office.row(world.trainee)
        assert (row.state, row.approvals, [one.reason for one in row.returns]) == (S.NAME_CONFIRMED, [], ["Hours?"])


def test_the_registrars_are_told_in_their_language(office, world, unit, reading):
    office.confirm(world.trainee)
    with unit():
        service.send_back(office.row(world.trainee), "programme", "Hours?", by=office.user(world.registrar))
    with reading() as session:
        [told] = mails(session, "certificate_sent_back")
        assert told["to"] == world.registrar and "Hours?" in told["body"]
        assert len(mails(session, "certificate_names")) == 1  # of the draft: the holder has nothing to do


def test_a_name_that_is_sent_back_is_confirmed_again_before_anything_is_printed(office, world, unit, reading):
    office.approve(world.trainee)
    with unit():
        by, row = office.user(world.registrar), office.row(world.trainee)
        service.send_back(row, "programme", "Passport says Каримова", [Lang.RU], by=by)
    with unit():
        row = office.row(world.trainee)
        assert (row.state, printed.unconfirmed(row.enrolment)) == (S.DRAFTED, [Lang.RU])
        with pytest.raises(Refused, match="not confirmed"):
            service.issue(row)
        service.confirm_name(row.enrolment.user, Lang.RU, "Азиза Каримова")
        assert row.state is S.NAME_CONFIRMED
    with reading() as session:
        told = mails(session, "certificate_names")[-1]
        assert told["to"] == world.trainee and "Passport says Каримова" in told["body"]


@pytest.mark.parametrize("who", ["trainee_2", "instructor", "coordinator", "director", "other_coordinator"])
def test_who_may_not_approve_may_not_send_back(office, world, unit, who):
    office.confirm(world.trainee)
    with unit(), pytest.raises(Refused, match="may not approve"):
        service.send_back(office.row(world.trainee), "programme", "x", by=office.user(getattr(world, who)))


def test_nobody_sends_back_their_own(office, world, unit):
    office.confirm(world.trainee)
    with unit():
        accounts.grant_role(office.user(world.trainee), Role.REGISTRAR)
        with pytest.raises(Refused, match="their own"):
            service.send_back(office.row(world.trainee), "programme", "x", by=office.user(world.trainee))


def test_what_is_issued_is_not_sent_back(office, world, unit):
    office.issue(world.trainee)
    with unit(), pytest.raises(Refused, match="present state"):
        service.send_back(office.row(world.trainee), "programme", "x", by=office.user(world.registrar))


def test_a_registrar_sends_back_through_the_page_with_a_reason(browser_of, office, world, reading):
    office.confirm(world.trainee)
    with reading():
        address = f"{COHORT}/{office.row(world.trainee).id}/send-back"
    registrar = browser_of(world.registrar)
    assert address in registrar.get(f"{COHORT}?group=approval").text
    assert registrar.send(address, {"issuer": "programme", "reason": " "}).status_code == 422
    assert registrar.send(address, {"issuer": "elsewhere", "reason": "x"}).status_code == 422
    sent = {"issuer": "programme", "reason": "<b>Which</b> passport?", "names": ["ru"]}
    assert registrar.send(address, sent).status_code == 302
    page = registrar.get(f"{COHORT}?group=names&lang=en")
    assert "<b>Which</b> passport?" in words(page) and "<b>Which" not in page.text
    with reading() as session:
        assert session.scalars(select(Return.names)).all() == [["ru"]]


def test_a_certificate_of_another_cohort_is_not_found_under_this_one(browser_of, office, world, reading):
    office.confirm(world.other_trainee)
    with reading() as session:
        foreign = session.scalars(select(Certificate.id)).one()
    assert browser_of(world.registrar).get(f"{COHORT}/{foreign}/send-back").status_code == 404
