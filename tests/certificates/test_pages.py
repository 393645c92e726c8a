"""The pages of certificates: who sees what, who may do what."""

import re

import pytest
from sqlalchemy import func, select

from diploma.accounts import service as accounts
from diploma.accounts.permissions import Role
from diploma.certificates import publishing, status, subscriptions
from diploma.certificates.models import Approval, CertificateState
from diploma.certificates.overview import Group
from diploma.cohorts.life import enrolments
from diploma.cohorts.life.enrolments import Leave
from diploma.cohorts.life.models import Cause
from diploma.core.lang import LANGS, Lang
from diploma.core.outbox import Job
from tests.certificates.conftest import words

S = CertificateState
COHORT = "/certificates/cohorts/uz-1"


@pytest.fixture
def local_registrar(unit, office, world, password_hash):
    """A registrar of each government: e-mail addresses by partner."""
    with unit():
        for trainee, email in ((world.trainee, "registrar@uz.test"), (world.other_trainee, "registrar@ae.test")):
            person = accounts.create_user(email, "Registrar", Lang.EN)
            accounts.set_password(person, password_hash)
            accounts.grant_role(person, Role.REGISTRAR, partner_id=office.enrolment(trainee).cohort.partner_id)
    return {"uz": "registrar@uz.test", "ae": "registrar@ae.test"}


# ---- who sees what


def test_a_holder_sees_their_own_certificates_only(browser_of, office, world):
    mine, other = office.drawn(world.trainee), office.drawn(world.trainee_2)
    page = browser_of(world.trainee).get("/certificates/").text
    assert mine.serial in page
    assert other.serial not in page


def test_a_visitor_is_asked_to_sign_in(client, world):
    for path in ("/certificates/", "/certificates/names", COHORT):
        assert client.get(path).headers["Location"].startswith("/sign-in")


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("trainee", 200),
        ("coordinator", 200),
        ("registrar", 200),
        ("director", 200),
        ("trainee_2", 404),
        ("other_trainee", 404),
        ("instructor", 404),
        ("other_coordinator", 404),
        ("other_instructor", 404),
    ],
)
def test_a_file_exists_for_its_holder_and_staff_in_reach(browser_of, aziza, world, who, status):
    assert browser_of(getattr(world, who)).get(f"/certificates/{aziza.serial}.pdf").status_code == status


def test_a_file_does_not_exist_for_the_same_role_in_another_government(browser_of, aziza, local_registrar):
    assert browser_of(local_registrar["uz"]).get(f"/certificates/{aziza.serial}.pdf").status_code == 200
    hidden = browser_of(local_registrar["ae"])
    theirs, missing = (hidden.get(f"/certificates/{serial}.pdf") for serial in (aziza.serial, "GID-2026-UZ-999999"))
    assert theirs.status_code == missing.status_code == 404
    token = re.compile(r'(name="csrf[^>]*(content|value)=")[^"]*')  # it tells the second
    said = [token.sub("", one.text) for one in (theirs, missing)]
    assert said[0].replace(aziza.serial, "") == said[1].replace("GID-2026-UZ-999999", "")


def test_a_visitor_gets_no_file(client, aziza):
    assert client.get(f"/certificates/{aziza.serial}.pdf").status_code == 404


def test_a_file_is_handed_out_to_be_kept(browser_of, aziza, world):
    answer = browser_of(world.trainee).get(f"/certificates/{aziza.serial}.pdf")
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{aziza.serial}.pdf"'
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.data.startswith(b"%PDF-")


def test_a_file_that_is_not_drawn_yet_is_announced(browser_of, office, world):
    made = office.issue(world.trainee)
    answer = browser_of(world.trainee).get(f"/certificates/{made.serial}.pdf?lang=en")
    assert answer.status_code == 202
    assert "is being prepared" in words(answer)


def test_a_lost_file_is_queued_again_when_somebody_asks(browser_of, aziza, office, world, app, reading):
    with reading():
        app.extensions["files"].path(office.row(world.trainee).pdf_sha256).unlink()
    person = browser_of(world.trainee)
    assert [person.get(f"/certificates/{aziza.serial}.pdf").status_code for _ in range(2)] == [202, 202]
    with reading() as session:
        assert session.scalar(select(func.count()).where(Job.kind == publishing.RENDER)) == 2


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("trainee", 403),
        ("instructor", 403),
        ("other_coordinator", 404),
        ("coordinator", 200),
        ("registrar", 200),
        ("director", 200),
    ],
)
def test_a_cohorts_page_is_for_staff_in_reach(browser_of, office, world, who, status):
    assert browser_of(getattr(world, who)).get(COHORT).status_code == status


def test_a_cohort_without_people_is_a_page(browser_of, office, world, unit):
    with unit():
        for email in (world.trainee, world.trainee_2):
            enrolments.withdraw(office.enrolment(email), Leave(Cause.OTHER, "moved"))
    assert browser_of(world.registrar).get(COHORT).status_code == 200


def test_staff_see_the_cohorts_in_their_reach(browser_of, office, world):
    page = browser_of(world.coordinator).get("/certificates/").text
    assert "/certificates/cohorts/uz-1" in page
    assert "/certificates/cohorts/ae-1" not in page


def test_a_coordinator_looks_but_has_no_buttons(browser_of, office, world):
    office.approve(world.trainee)
    page = browser_of(world.coordinator).get(COHORT + "?group=ready&lang=en").text
    assert "Aziza Karimova" in page
    assert 'name="certificate"' not in page


# ---- who may do what


@pytest.mark.parametrize("who", ["trainee", "instructor", "coordinator", "other_coordinator"])
@pytest.mark.parametrize("step", ["draft", "approve", "issue"])
def test_only_those_with_the_right_draft_approve_and_issue(browser_of, office, world, reading, who, step):
    office.confirm(world.trainee)
    with reading():
        certificate_id = office.row(world.trainee).id
    answer = browser_of(getattr(world, who)).send(
        f"{COHORT}/{step}", {"certificate": certificate_id, "issuer": "programme"}
    )
    assert answer.status_code == 403
    with reading() as session:
        assert office.row(world.trainee).state is S.NAME_CONFIRMED
        assert not session.scalar(select(func.count()).select_from(Approval))


@pytest.mark.parametrize("step", ["draft", "approve", "issue"])
def test_a_registrar_of_another_government_finds_no_cohort(browser_of, office, world, reading, local_registrar, step):
    office.confirm(world.trainee)
    with reading():
        certificate_id = office.row(world.trainee).id
    answer = browser_of(local_registrar["ae"]).send(
        f"{COHORT}/{step}", {"certificate": certificate_id, "issuer": "programme"}
    )
    assert answer.status_code == 404


@pytest.mark.parametrize("step", ["approve", "issue"])
def test_a_foreign_certificate_is_not_smuggled_into_ones_own_cohort(
    browser_of, office, world, reading, local_registrar, step
):
    office.confirm(world.trainee)
    with reading():
        certificate_id = office.row(world.trainee).id
    path = f"/certificates/cohorts/ae-1/{step}"
    assert browser_of(local_registrar["ae"]).send(path, {"certificate": certificate_id}).status_code == 404
    assert browser_of(world.registrar).send(path, {"certificate": certificate_id}).status_code == 404


def test_a_director_does_not_approve_for_an_issuer_of_the_registrar(browser_of, office, world, reading):
    office.confirm(world.trainee)
    with reading():
        certificate_id = office.row(world.trainee).id
    answer = browser_of(world.director).send(
        f"{COHORT}/approve", {"certificate": certificate_id, "issuer": "programme"}
    )
    assert answer.status_code == 409
    with reading() as session:
        assert not session.scalar(select(func.count()).select_from(Approval))


@pytest.mark.parametrize("step", ["revoke", "suspend", "resume", "reissue"])
@pytest.mark.parametrize(("who", "status"), [("trainee", 403), ("coordinator", 403), ("director", 403)])
def test_only_a_registrar_takes_steps_after_the_issue(browser_of, aziza, world, who, status, step):
    answer = browser_of(getattr(world, who)).send(f"/certificates/{aziza.serial}/{step}", {"reason": "x"})
    assert answer.status_code == status


def test_a_certificate_of_another_government_takes_no_step(browser_of, aziza, office, world, reading, local_registrar):
    for step in ("revoke", "suspend", "reissue"):
        answer = browser_of(local_registrar["ae"]).send(f"/certificates/{aziza.serial}/{step}", {"reason": "x"})
        assert answer.status_code == 404
    with reading():
        assert office.row(world.trainee).state is S.ISSUED


def test_a_form_without_its_token_is_refused(browser_of, aziza, world):
    person = browser_of(world.registrar)
    for path in (
        f"{COHORT}/draft",
        f"{COHORT}/approve",
        f"{COHORT}/issue",
        f"/certificates/{aziza.serial}/revoke",
        "/verify",
        "/certificates/names",
    ):
        assert person.post(path, data={"reason": "x"}).status_code == 400


# ---- for everybody


@pytest.mark.parametrize("lang", LANGS)
def test_every_page_is_there_in_every_language(browser_of, office, world, unit, reading, lang):
    office.drawn(world.trainee)
    office.approve(world.trainee_2)
    with unit():
        status.suspend(office.row(world.trainee), "examined")
    with reading():
        serial, ready = office.row(world.trainee).serial, office.row(world.trainee_2).id
    registrar, holder, query = browser_of(world.registrar), browser_of(world.trainee), f"lang={lang.value}"
    pages = [registrar.get(f"{COHORT}?group={group.value}&{query}") for group in Group]
    pages += [
        registrar.get(f"/certificates/{serial}/{step}?{query}") for step in ("revoke", "suspend", "resume", "reissue")
    ]
    pages += [
        registrar.get(f"{COHORT}/issue?certificate={ready}&{query}"),
        registrar.get(f"/certificates/?{query}"),
        holder.get(f"/certificates/?{query}"),
        holder.get(f"/certificates/names?{query}"),
        holder.get(f"/verify?{query}"),
    ]
    for page in pages:
        assert page.status_code == 200
        assert f'<html lang="{lang.value}"' in page.text
        assert "style=" not in page.text and "<script>" not in page.text


@pytest.mark.parametrize("group", ["names", "approval", "ready", "issued", "ineligible"])
def test_a_cohorts_page_costs_the_same_for_three_and_for_sixty(browser_of, office, world, unit, queries, group):
    registrar = browser_of(world.registrar)
    path = f"{COHORT}?group={group}"
    counts = []
    for people in (3, 57):
        office.crowd(people, group)
        registrar.get(path)
        with queries() as seen:
            page = registrar.get(path)
        assert page.text.count("<tr>") > people
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_ones_own_page_costs_the_same_whatever_one_holds(browser_of, office, world, unit, queries):
    office.drawn(world.trainee)
    person = browser_of(world.trainee)

    def cost():
        person.get("/certificates/")
        with queries() as seen:
            person.get("/certificates/")
        return len(seen)

    before = cost()
    with unit():
        for reason in ("one", "two", "three"):
            status.reissue(office.row(world.trainee), reason)
    assert cost() == before


def test_the_drawn_file_is_what_the_page_says(browser_of, aziza, office, world, reading):
    with reading():
        data = subscriptions.read(office.row(world.trainee))
    assert browser_of(world.trainee).get(f"/certificates/{aziza.serial}.pdf").data == data


def test_a_name_that_was_not_before_the_holders_eyes_is_not_confirmed(browser_of, office, world, reading):
    office.draft(world.trainee)
    answer = browser_of(world.trainee).send("/certificates/names?lang=en", {}, page="/certificates/names")
    assert answer.status_code == 422 and "Enter the full name." in answer.text
    with reading():
        assert not any(one.confirmed_at for one in office.user(world.trainee).names)
