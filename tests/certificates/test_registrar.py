"""The way from earned to issued through the pages: the holder's names, the registrar's steps."""

import html
import re

import pytest
from sqlalchemy import func, select

from diploma.accounts import service as accounts
from diploma.accounts.permissions import Role
from diploma.certificates import issuers, printed, service
from diploma.certificates.models import Certificate, CertificateEvent, CertificateState
from diploma.core.errors import Refused
from diploma.core.lang import Lang
from tests.certificates.conftest import NAMES, words

S = CertificateState
COHORT = "/certificates/cohorts/uz-1"


# ---- names


def fields(email):
    return {f"name_{Lang(tag).babel}": name for tag, name in NAMES[email].items()}


def test_a_holder_confirms_the_names(browser_of, office, world, reading):
    office.draft(world.trainee)
    person = browser_of(world.trainee)
    assert "1 certificate waits for your names" in words(person.get("/certificates/?lang=en"))
    assert person.send("/certificates/names", fields(world.trainee)).status_code == 302
    with reading():
        assert office.row(world.trainee).state is S.NAME_CONFIRMED
        assert printed.confirmed_names(office.user(world.trainee)) == {
            Lang(tag): name for tag, name in NAMES[world.trainee].items()
        }


def test_known_names_stand_in_the_fields(browser_of, office, world, unit):
    with unit():
        accounts.set_name(office.user(world.trainee), Lang.RU, "Азиза К.")
    page = html.unescape(browser_of(world.trainee).get("/certificates/names").text)
    assert 'value="Азиза К."' in page
    assert 'value="Aziza Karimova"' in page  # the account's name, in the language whose letters it has
    assert 'value="Азиза Каримова"' not in page  # what is known in another language comes before it


def test_a_name_is_proposed_says_whence_and_counts_for_nothing(browser_of, office, world, reading):
    office.draft(world.trainee)
    page = browser_of(world.trainee).get("/certificates/names?lang=en")
    assert re.search(r'name="name_uz_Cyrl"[^>]*value="Азиза Каримова"', page.text)
    assert "Proposed from your name in Oʻzbekcha : please check every letter." in words(page)
    assert '<bdi data-shows="name_ru">Азиза Каримова</bdi>' in page.text
    with reading():
        assert printed.confirmed_names(office.user(world.trainee)) == {}
        assert office.row(world.trainee).state is S.DRAFTED


def test_a_proposed_name_is_never_printed_before_it_is_confirmed(browser_of, office, world, unit):
    office.draft(world.trainee)
    browser_of(world.trainee).get("/certificates/names")
    with unit():
        office.row(world.trainee).state = S.APPROVED  # as if every step before had failed to ask
        with pytest.raises(Refused, match="not confirmed"):
            service.issue(office.row(world.trainee), by=office.user(world.registrar))
        with pytest.raises(Refused):
            printed.snapshot(office.row(world.trainee), "GID-2026-UZ-000001", "0" * 16)


def test_the_holder_is_told_that_the_name_is_printed_exactly_so(browser_of, world, office):
    assert "printed with your name exactly" in words(browser_of(world.trainee).get("/certificates/names?lang=en"))


@pytest.mark.parametrize("name", ["Aziza", "", "Азиза <b>", "Я" * 121])
def test_a_name_that_cannot_be_printed_is_refused_beside_its_field(browser_of, office, world, reading, name):
    office.draft(world.trainee)
    answer = browser_of(world.trainee).send("/certificates/names", fields(world.trainee) | {"name_ru": name})
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text
    with reading():
        assert printed.confirmed_names(office.user(world.trainee)) == {}


def test_a_long_name_of_120_letters_is_accepted(browser_of, world, office):
    answer = browser_of(world.trainee).send("/certificates/names", fields(world.trainee) | {"name_ru": "Я" * 120})
    assert answer.status_code == 302


def test_who_is_in_no_cohort_has_no_names_to_confirm(browser_of, world):
    assert "No certificate waits" in words(browser_of(world.registrar).get("/certificates/names?lang=en"))


# ---- from earned to issued


def test_a_registrar_brings_a_certificate_from_earned_to_issued(browser_of, office, world, reading):
    office.complete(world.trainee)
    registrar = browser_of(world.registrar)
    assert "Aziza Karimova" in words(registrar.get(COHORT + "?group=eligible&lang=en"))
    registrar.send(f"{COHORT}/draft", page=COHORT)
    assert "Русский" in words(registrar.get(COHORT + "?group=names&lang=en"))
    browser_of(world.trainee).send("/certificates/names", fields(world.trainee))
    with reading():
        chosen = {"certificate": office.row(world.trainee).id}
    for issuer in ("programme", "partner"):
        registrar.send(f"{COHORT}/approve", chosen | {"issuer": issuer}, page=COHORT)
    question = registrar.get(f"{COHORT}/issue?certificate={chosen['certificate']}&lang=en")
    assert "Issue 1 certificate?" in words(question) and "Азиза Каримова" in words(question)
    answer = registrar.send(f"{COHORT}/issue", chosen, page=COHORT)
    office.work()
    assert "Everything is done" in words(registrar.get(answer.headers["Location"]))
    with reading():
        serial = office.row(world.trainee).serial
    assert serial in words(registrar.get(COHORT + "?group=issued&lang=en"))


def test_a_bulk_issue_sent_twice_is_one_order(browser_of, office, world, reading):
    office.approve(world.trainee)
    registrar = browser_of(world.registrar)
    with reading():
        chosen = {"certificate": office.row(world.trainee).id}
    question = registrar.get(f"{COHORT}/issue", query_string=chosen).text
    form = chosen | {"key": re.search(r'name="key" value="([^"]+)"', question)[1]}
    before = registrar.send(f"{COHORT}/issue", form, page=COHORT).headers["Location"]
    office.work()
    assert registrar.send(f"{COHORT}/issue", form, page=COHORT).headers["Location"] == before
    office.work()
    with reading() as session:
        assert session.scalar(select(func.count()).where(CertificateEvent.kind == "issued")) == 1


def test_a_bulk_issue_ordered_twice_issues_once(browser_of, office, world, reading):
    office.approve(world.trainee)
    with reading():
        chosen = {"certificate": office.row(world.trainee).id}
    for who in (world.registrar, world.registrar):
        browser_of(who).send(f"{COHORT}/issue", chosen, page=COHORT)
    office.work()
    with reading() as session:
        assert session.scalar(select(func.count()).where(CertificateEvent.kind == "issued")) == 1


def test_a_bulk_issue_refuses_by_name_and_issues_the_rest(browser_of, office, world, reading):
    office.approve(world.trainee)
    office.confirm(world.trainee_2)
    with reading() as session:
        chosen = {"certificate": [str(one) for one in session.scalars(select(Certificate.id))]}
    registrar = browser_of(world.registrar)
    page = registrar.send(f"{COHORT}/issue?lang=en", chosen, page=COHORT).headers["Location"]
    office.work()
    said = words(registrar.get(page))
    assert "Bobur Toshmatov Not approved yet by" in said and "Done 1 Failed 1" in said
    with reading():
        assert office.row(world.trainee).state is S.ISSUED
        assert office.row(world.trainee_2).state is S.NAME_CONFIRMED


def test_who_loses_the_role_meanwhile_issues_nothing_more(browser_of, office, world, unit, reading):
    office.approve(world.trainee)
    with reading():
        chosen = {"certificate": office.row(world.trainee).id}
    page = browser_of(world.registrar).send(f"{COHORT}/issue", chosen, page=COHORT).headers["Location"]
    with unit():
        accounts.end_role(office.user(world.registrar).grants[0])
    office.work()
    with reading():
        assert office.row(world.trainee).state is S.APPROVED
    assert "no longer has the right to" in browser_of(world.registrar).get(page).text


def test_a_refusal_names_the_issuers_in_the_readers_language(browser_of, office, world, reading):
    office.confirm(world.trainee)
    with reading():
        chosen = {"certificate": office.row(world.trainee).id}
        missing = [one["name"]["ar"] for one in issuers.of(office.enrolment(world.trainee).cohort)]
    registrar = browser_of(world.registrar)
    page = registrar.send(f"{COHORT}/issue", chosen, page=COHORT).headers["Location"]
    office.work()
    assert missing and all(name in words(registrar.get(page + "?lang=ar")) for name in missing)


def test_a_registrar_who_ordered_their_own_certificate_is_refused_it(browser_of, office, world, unit, reading):
    office.approve(world.trainee)
    with unit():
        accounts.grant_role(office.user(world.trainee), Role.REGISTRAR)
    with reading():
        chosen = {"certificate": office.row(world.trainee).id}
    registrar = browser_of(world.trainee)
    page = registrar.send(f"{COHORT}/issue", chosen, page=COHORT).headers["Location"]
    office.work()
    assert "their own certificate" in words(registrar.get(page + "?lang=en"))


def test_nothing_chosen_issues_nothing(browser_of, office, world):
    answer = browser_of(world.registrar).send(f"{COHORT}/issue", {}, page=COHORT)
    assert answer.status_code == 302


def test_the_diploma_is_announced_as_not_possible_yet(browser_of, office, world):
    assert "The capstone project is not open yet" in words(browser_of(world.registrar).get(COHORT + "?lang=en"))


def test_who_has_not_earned_it_stands_there_with_the_reason(browser_of, office, world):
    page = words(browser_of(world.registrar).get(COHORT + "?group=ineligible&lang=en"))
    assert "Bobur Toshmatov" in page and "The module is not complete." in page


def test_an_unknown_group_is_ignored(browser_of, office, world):
    assert browser_of(world.registrar).get(COHORT + "?group=nonsense").status_code == 200


def test_an_approval_page_names_the_issuers_one_may_approve_for(browser_of, office, world):
    office.confirm(world.other_trainee)
    page = browser_of(world.director).get("/certificates/cohorts/ae-1?group=approval&lang=en").text
    assert 'value="partner"' in page
    assert 'value="programme"' not in page


# ---- after the issue


def test_a_revocation_is_asked_and_needs_a_reason(browser_of, aziza, office, world, reading):
    registrar, path = browser_of(world.registrar), f"/certificates/{aziza.serial}/revoke"
    assert "cannot be undone" in words(registrar.get(path + "?lang=en"))
    assert registrar.send(path, {"reason": " "}).status_code == 422
    assert registrar.send(path, {"reason": "Issued in error"}).status_code == 302
    with reading():
        assert (office.row(world.trainee).state, office.row(world.trainee).reason) == (S.REVOKED, "Issued in error")


def test_a_reissue_shows_the_names_that_will_be_printed(browser_of, aziza, office, world, unit, reading):
    with unit():
        service.confirm_name(office.user(world.trainee), Lang.RU, "Азиза Иванова")
    registrar, path = browser_of(world.registrar), f"/certificates/{aziza.serial}/reissue"
    assert "Азиза Иванова" in words(registrar.get(path))
    registrar.send(path, {"reason": "new surname"})
    page = words(browser_of(world.trainee).get("/certificates/?lang=en"))
    assert f"{aziza.serial}-R2" in page and "Replaced" in page


def test_a_step_that_is_not_possible_says_so(browser_of, aziza, world):
    answer = browser_of(world.registrar).send(f"/certificates/{aziza.serial}/resume", {"reason": "x"})
    assert answer.status_code == 409


def test_an_unknown_step_is_no_page(browser_of, aziza, world):
    assert browser_of(world.registrar).get(f"/certificates/{aziza.serial}/delete").status_code == 404
