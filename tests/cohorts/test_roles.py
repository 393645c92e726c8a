"""Giving and ending roles by hand: only what, only where, and only to whom a person may."""

from typing import Any

import pytest
from sqlalchemy import select

from diploma.accounts import service as accounts
from diploma.accounts.models import RoleGrant
from diploma.accounts.permissions import Role
from diploma.cohorts import appointments
from diploma.cohorts.granting import grantable
from diploma.core.audit import AuditEvent
from diploma.core.errors import Refused
from diploma.core.lang import Lang
from tests.cohorts.conftest import cohort_of, enrolment_of

ROLES = "/cohorts/uz-1/roles"
ABOVE = ("director", "admin", "registrar", "auditor", "moderator", "king")


@pytest.fixture
def coordinator(world: Any, browser_of: Any) -> Any:
    return browser_of(world.coordinator)


def held(reading: Any, email: str) -> set[tuple[str, int | None, int | None]]:
    with reading():
        user = accounts.find(email)
        return {(one.role.value, one.partner_id, one.cohort_id) for one in user.grants} if user else set()


def give(browser: Any, email: str, role: str, scope: str = "cohort", name: str = "", path: str = ROLES) -> Any:
    return browser.send(path, {"email": email, "role": role, "scope": scope, "full_name": name})


def test_a_new_instructor_is_appointed(coordinator: Any, reading: Any) -> None:
    assert give(coordinator, "New@uz.test", "instructor", name="New Teacher").status_code == 302
    assert held(reading, "new@uz.test") == {("instructor", None, 1)}
    page = coordinator.get(ROLES).text
    assert "New Teacher" in page and "new@uz.test" in page
    with reading() as session:
        assert session.scalar(
            select(AuditEvent).where(AuditEvent.kind == "role.granted", AuditEvent.actor_id.is_not(None))
        )


def test_a_role_may_be_given_on_the_whole_partner(coordinator: Any, reading: Any) -> None:
    give(coordinator, "new@uz.test", "instructor", "partner", "New Teacher")
    assert held(reading, "new@uz.test") == {("instructor", 1, None)}


def test_a_trainee_is_enrolled(coordinator: Any, reading: Any) -> None:
    give(coordinator, "new@uz.test", "trainee", name="New Trainee")
    with reading() as session:
        assert enrolment_of(session, "new@uz.test").user.full_name == "New Trainee"


def test_a_role_twice_is_one_role(coordinator: Any, reading: Any) -> None:
    for _ in range(2):
        give(coordinator, "new@uz.test", "instructor", name="New Teacher")
    assert held(reading, "new@uz.test") == {("instructor", None, 1)}


@pytest.mark.parametrize(
    ("email", "name", "words"),
    [
        ("nobody", "Name", "is not an e-mail address"),
        ("", "Name", "This field is needed."),
        ("new@uz.test", "", "Give the full name as well."),
        ("coordinator@uz.test", "", "to yourself"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_lost(
    coordinator: Any, reading: Any, email: str, name: str, words: str
) -> None:
    page = give(coordinator, email, "instructor", name=name)
    assert page.status_code == 422 and words in page.text and f'value="{email}"' in page.text
    with reading():
        assert accounts.find("new@uz.test") is None


# ---- escalation


@pytest.mark.parametrize(
    ("role", "scope"),
    [(role, scope) for role in ABOVE for scope in ("cohort", "partner")] + [("coordinator", "partner")],
)
def test_a_coordinator_gives_no_role_above_their_own(coordinator: Any, reading: Any, role: str, scope: str) -> None:
    assert give(coordinator, "new@uz.test", role, scope, "Name").status_code == 422
    assert held(reading, "new@uz.test") == set()


@pytest.mark.parametrize("scope", ["programme", "", "2", "ae"])
def test_no_other_scope_can_be_named(coordinator: Any, reading: Any, scope: str) -> None:
    assert give(coordinator, "new@uz.test", "instructor", scope, "Name").status_code == 422
    assert held(reading, "new@uz.test") == set()


def test_the_coordinator_of_one_cohort_gives_nothing_on_its_partner(
    second_cohort: str, browser_of: Any, reading: Any
) -> None:
    browser, path = browser_of("narrow@uz.test"), f"/cohorts/{second_cohort}/roles"
    assert "the whole partner" not in browser.get(path).text
    assert give(browser, "new@uz.test", "instructor", "partner", "Name", path).status_code == 422
    assert give(browser, "new@uz.test", "instructor", "cohort", "Name", path).status_code == 302


def test_another_partners_person_gets_no_role_and_is_not_shown(coordinator: Any, world: Any, reading: Any) -> None:
    before = held(reading, world.other_trainee)
    page = give(coordinator, world.other_trainee, "instructor", name="Mine")
    assert page.status_code == 422 and "This address cannot be added here." in page.text and "سالم" not in page.text
    assert held(reading, world.other_trainee) == before


def test_the_director_appoints_anybody(world: Any, browser_of: Any, reading: Any) -> None:
    director = browser_of(world.director)
    assert give(director, world.other_instructor, "coordinator", "partner").status_code == 302
    assert ("coordinator", 1, None) in held(reading, world.other_instructor)
    assert give(director, "new@uz.test", "admin", name="Name").status_code == 422


def test_rights_at_one_partner_give_nothing_at_another(world: Any, unit: Any, reading: Any) -> None:
    with unit() as session:
        other = cohort_of(session, "ae-1")
        accounts.grant_role(accounts.find(world.coordinator), Role.DIRECTOR, partner_id=other.partner_id)
    with reading() as session:
        user = accounts.find(world.coordinator)
        assert user
        assert Role.REGISTRAR in grantable(user, cohort_of(session, "ae-1").partner_id)
        assert Role.REGISTRAR not in grantable(user, cohort_of(session).partner_id, cohort_of(session).id)
        with pytest.raises(Refused, match="may not grant"):
            appointments.appoint("new@uz.test", Role.REGISTRAR, cohort=cohort_of(session), full_name="N", by=user)


# ---- ending


def grant_of(session: Any, email: str) -> RoleGrant:
    found = session.scalar(select(RoleGrant).where(RoleGrant.user_id == accounts.find(email).id))  # type: ignore[union-attr]
    assert found
    return found  # type: ignore[no-any-return]


def test_a_role_is_ended_after_a_question(coordinator: Any, world: Any, reading: Any) -> None:
    with reading() as session:
        path = f"{ROLES}/{grant_of(session, world.instructor).id}/end"
    assert "End the role “Instructor” of Instructor uz?" in coordinator.get(path).text
    assert coordinator.send(path, {}).location == ROLES
    with reading() as session:
        assert grant_of(session, world.instructor).ends_on is not None


@pytest.mark.parametrize("email", ["instructor@ae.test", "coordinator@ae.test", "director@test.test", "aziza@uz.test"])
def test_roles_that_are_not_listed_here_cannot_be_ended_here(coordinator: Any, reading: Any, email: str) -> None:
    with reading() as session:
        path = f"{ROLES}/{grant_of(session, email).id}/end"
    assert coordinator.get(path).status_code == 404
    assert coordinator.send(path, {}, page=ROLES).status_code == 404
    with reading() as session:
        assert grant_of(session, email).ends_on is None


def test_nobody_ends_a_role_that_they_could_not_give(coordinator: Any, unit: Any, reading: Any) -> None:
    with unit() as session:
        made = accounts.create_user("peer@uz.test", "Peer", accounts.find("coordinator@uz.test").language)  # type: ignore[union-attr]
        accounts.grant_role(made, Role.COORDINATOR, partner_id=cohort_of(session).partner_id)
    with reading() as session:
        path = f"{ROLES}/{grant_of(session, 'peer@uz.test').id}/end"
    assert coordinator.send(path, {}).status_code == 409
    with reading() as session:
        assert grant_of(session, "peer@uz.test").ends_on is None


def test_rights_at_another_partner_end_nothing_here(coordinator: Any, world: Any, unit: Any, reading: Any) -> None:
    with unit() as session:
        accounts.grant_role(
            accounts.find(world.coordinator), Role.DIRECTOR, partner_id=cohort_of(session, "ae-1").partner_id
        )
        made = accounts.create_user("reg@uz.test", "Registrar uz", Lang.EN)
        accounts.grant_role(made, Role.REGISTRAR, partner_id=cohort_of(session).partner_id)
    with reading() as session:
        path = f"{ROLES}/{grant_of(session, 'reg@uz.test').id}/end"
    assert coordinator.send(path, {}).status_code == 409
    with reading() as session:
        assert grant_of(session, "reg@uz.test").ends_on is None


def test_nobody_ends_their_own_role(coordinator: Any, world: Any, reading: Any) -> None:
    with reading() as session:
        path = f"{ROLES}/{grant_of(session, world.coordinator).id}/end"
    assert f"/{path}" not in coordinator.get(ROLES).text
    assert coordinator.send(path, {}).status_code == 409


def test_a_director_appoints_a_translator_with_languages(world: Any, browser_of: Any, reading: Any) -> None:
    director = browser_of(world.director)
    form = {"email": "t@uz.test", "full_name": "T", "role": "translator", "scope": "partner"}
    assert director.send(ROLES, {**form, "translates": ["ru"], "approves": ["uz-Cyrl"]}).status_code == 302
    with reading():
        grant = accounts.find("t@uz.test").grants[0]  # type: ignore[union-attr]
        assert (grant.partner_id, grant.translates, grant.approves) == (1, ["ru"], ["uz-Cyrl"])
    page = director.get(ROLES).text
    assert "Translates into: <bdi" in page and "Approves in: <bdi" in page


def test_languages_for_another_role_create_nobody(world: Any, browser_of: Any, reading: Any) -> None:
    form = {"email": "t@uz.test", "full_name": "T", "role": "auditor", "scope": "partner", "translates": ["ru"]}
    page = browser_of(world.director).send(ROLES, form)
    assert page.status_code == 422 and "Languages belong to the role of a translator." in page.text
    with reading():
        assert accounts.find("t@uz.test") is None


def test_a_director_of_one_government_is_not_offered_languages(
    world: Any, unit: Any, browser_of: Any, reading: Any
) -> None:
    with unit():
        accounts.grant_role(accounts.find(world.coordinator), Role.DIRECTOR, partner_id=1)
    browser = browser_of(world.coordinator)
    assert 'name="translates"' not in browser.get(ROLES).text
    form = {"email": "t@uz.test", "full_name": "T", "role": "translator", "scope": "partner", "translates": ["ru"]}
    browser.send(ROLES, form)
    with reading():
        assert [one.translates for one in accounts.find("t@uz.test").grants] == [[]]  # type: ignore[union-attr]
