"""Roles within one partner: what a coordinator delegates, where, and that nobody gives more than they have."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from diploma.accounts import service as accounts
from diploma.accounts.models import RoleGrant
from diploma.accounts.permissions import Role
from diploma.cohorts.entities import changing
from diploma.cohorts.models import Entity, Partner
from diploma.core import clock
from diploma.core.errors import Refused
from tests.cohorts.conftest import cohort_of, row
from tests.cohorts.test_roles import grant_of, held

ROLES = "/partners/uz/roles"


@pytest.fixture
def coordinator(world: Any, browser_of: Any) -> Any:
    return browser_of(world.coordinator)


@pytest.fixture
def places(world: Any, reading: Any) -> dict[str, str]:
    """The values of the choice "Where"."""
    with reading() as session:
        own, foreign = (
            session.scalar(select(Entity.id).join(Partner).where(Partner.slug == slug)) for slug in ("uz", "ae")
        )
        cohorts = {name: f"cohort-{cohort_of(session, slug).id}" for name, slug in (("own", "uz-1"), ("far", "ae-1"))}
        return {
            "partner": "partner",
            "cohort": cohorts["own"],
            "foreign cohort": cohorts["far"],
            "entity": f"entity-{own}",
            "foreign entity": f"entity-{foreign}",
        }


def give(browser: Any, role: str, scope: str, email: str = "new@uz.test", **more: str) -> Any:
    form = {"email": email, "full_name": "New Person", "role": role, "scope": scope, **more}
    return browser.send(ROLES, form)


# ---- what is given


def test_a_coordinator_of_one_cohort_is_appointed(coordinator: Any, places: dict[str, str], reading: Any) -> None:
    assert give(coordinator, "coordinator", places["cohort"]).status_code == 302
    assert held(reading, "new@uz.test") == {("coordinator", None, 1)}
    page = coordinator.get(ROLES).text
    assert "New Person" in page and "Cohort uz 1" in page


def test_a_line_manager_is_appointed_on_an_entity_for_some_days(
    coordinator: Any, places: dict[str, str], reading: Any
) -> None:
    last = clock.today("Asia/Tashkent") + timedelta(days=30)
    assert give(coordinator, "line_manager", places["entity"], ends_on=str(last)).status_code == 302
    with reading() as session:
        grant = grant_of(session, "new@uz.test")
        assert f"entity-{grant.entity_id}" == places["entity"] and grant.ends_on == last


@pytest.mark.parametrize(
    ("role", "place"),
    [
        ("coordinator", "partner"),
        ("coordinator", "entity"),
        ("instructor", "entity"),
        ("line_manager", "cohort"),
        ("trainee", "cohort"),
        ("moderator", "cohort"),
        ("director", "partner"),
        ("director", "cohort"),
        ("admin", "partner"),
        ("coordinator", "foreign cohort"),
        ("line_manager", "foreign entity"),
    ],
)
def test_nothing_wider_or_elsewhere_can_be_given(
    coordinator: Any, places: dict[str, str], reading: Any, role: str, place: str
) -> None:
    assert give(coordinator, role, places[place]).status_code == 422
    assert held(reading, "new@uz.test") == set()


def test_the_service_refuses_a_wider_coordinator_too(world: Any, unit: Any) -> None:
    with unit() as session:
        by, user = accounts.find(world.coordinator), accounts.find(world.trainee)
        for scope in ({"partner_id": cohort_of(session).partner_id}, {}, {"entity_id": 1}):
            with pytest.raises(Refused, match="may not grant"):
                accounts.grant_role(user, Role.COORDINATOR, by=by, **scope)  # type: ignore[arg-type]


def test_the_coordinator_of_a_cohort_does_not_pass_the_role_on(
    second_cohort: str, world: Any, browser_of: Any, reading: Any
) -> None:
    narrow = browser_of("narrow@uz.test")
    assert narrow.get(ROLES).status_code == 404
    form = {"email": "new@uz.test", "full_name": "New", "role": "coordinator", "scope": "cohort"}
    assert narrow.send(f"/cohorts/{second_cohort}/roles", form).status_code == 422
    assert held(reading, "new@uz.test") == set()


def test_a_roster_gives_neither_coordinators_nor_line_managers(world: Any, check: Any) -> None:
    for role in ("coordinator", "line manager"):
        plan = check(row("new@uz.test", role=role), by=world.coordinator).plan
        assert [one.column for one in plan.errors] == ["role"]


def test_another_partners_person_gets_no_role(
    coordinator: Any, world: Any, places: dict[str, str], reading: Any
) -> None:
    before = held(reading, world.other_trainee)
    page = give(coordinator, "line_manager", places["entity"], email=world.other_trainee)
    assert page.status_code == 422 and "This address cannot be added here." in page.text and "سالم" not in page.text
    assert held(reading, world.other_trainee) == before


def test_days_out_of_order_are_refused(coordinator: Any, places: dict[str, str], reading: Any) -> None:
    page = give(coordinator, "instructor", places["partner"], starts_on="2030-02-01", ends_on="2030-01-01")
    assert page.status_code == 422 and "The last day lies before the first." in page.text
    assert held(reading, "new@uz.test") == set()


# ---- the list


def test_the_list_has_every_role_of_the_partner_and_no_other(
    coordinator: Any, world: Any, places: dict[str, str], reading: Any
) -> None:
    give(coordinator, "line_manager", places["entity"])
    page = coordinator.get(ROLES).text
    for email in (world.coordinator, world.instructor, "new@uz.test"):
        assert email in page
    for email in (world.other_coordinator, world.other_instructor, world.trainee, world.director):
        assert email not in page


def listed(page: str, email: str) -> bool:
    """Whether the list names a person; the menu of the page names who reads it."""
    return f'class="muted xs" dir="ltr">{email}</bdi></span></th>' in page


def test_the_list_is_searched_and_filtered(coordinator: Any, world: Any) -> None:
    found = coordinator.get(f"{ROLES}?q=instructor").text
    assert listed(found, world.instructor) and not listed(found, world.coordinator)
    found = coordinator.get(f"{ROLES}?role=coordinator").text
    assert listed(found, world.coordinator) and not listed(found, world.instructor)
    assert coordinator.get(f"{ROLES}?role=king&page=999").status_code == 200


# ---- ends


def test_a_role_ends_on_its_last_day(coordinator: Any, world: Any, reading: Any) -> None:
    with reading() as session:
        number = grant_of(session, world.instructor).id
    last = clock.now().date() + timedelta(days=7)
    assert coordinator.send(f"{ROLES}/{number}/end", {"last_day": str(last)}).status_code == 302
    with reading() as session:
        assert session.get(RoleGrant, number).ends_on == last
    assert coordinator.send(f"{ROLES}/{number}/end", {"last_day": "2020-01-01"}).status_code == 422
    coordinator.send(f"{ROLES}/{number}/end", {})
    with reading() as session:
        assert session.get(RoleGrant, number).ends_on == clock.now().date() - timedelta(days=1)


def test_a_role_that_has_ended_is_not_brought_back_by_a_last_day(coordinator: Any, world: Any, reading: Any) -> None:
    with reading() as session:
        number = grant_of(session, world.instructor).id
    coordinator.send(f"{ROLES}/{number}/end", {})
    page = coordinator.send(f"{ROLES}/{number}/end", {"last_day": str(clock.now().date() + timedelta(days=7))})
    assert page.status_code == 422 and "has ended already" in page.text
    with reading() as session:
        assert not session.get(RoleGrant, number).holds_at(clock.now())


@pytest.mark.parametrize("who", ["other_instructor", "director", "trainee"])
def test_a_role_of_elsewhere_is_not_found(coordinator: Any, world: Any, reading: Any, who: str) -> None:
    with reading() as session:
        grant = grant_of(session, getattr(world, who))
    assert coordinator.send(f"{ROLES}/{grant.id}/end", {}, page=ROLES).status_code == 404
    with reading() as session:
        assert session.get(RoleGrant, grant.id).ends_on is None


def test_a_coordinator_ends_neither_their_own_role_nor_one_above(
    coordinator: Any, world: Any, unit: Any, reading: Any
) -> None:
    with unit() as session:
        partner = cohort_of(session).partner_id
        accounts.grant_role(accounts.find(world.instructor), Role.DIRECTOR, partner_id=partner)
        above = session.scalar(
            select(RoleGrant.id).where(RoleGrant.role == Role.DIRECTOR, RoleGrant.partner_id == partner)
        )
        own = grant_of(session, world.coordinator).id
    for number in (above, own):
        assert f"{ROLES}/{number}/end" not in coordinator.get(ROLES).text
        assert coordinator.send(f"{ROLES}/{number}/end", {}).status_code == 422
        with reading() as session:
            assert session.get(RoleGrant, number).ends_on is None


def test_an_entity_that_is_gone_is_offered_no_more(coordinator: Any, world: Any, unit: Any) -> None:
    with unit() as session:
        partner = cohort_of(session).partner
        gone = changing.create_entity(partner, {"en": "Gone agency"})
        changing.close_entity(gone, clock.today("Asia/Tashkent"))
    assert "Gone agency" not in coordinator.get(ROLES).text
