"""Who may open which page of a cohort: every route, for each kind of visitor."""

import re
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from diploma.accounts.models import RoleGrant
from diploma.cohorts import calendar, name_requests
from diploma.cohorts.life_models import Holiday
from diploma.cohorts.models import Cohort, Entity, Partner, RosterImport
from diploma.cohorts.workdays import FreeDays
from tests.cohorts.conftest import cohort_of, enrolment_of, row

# Every route of the two blueprints that names an object; the address is completed with ids of Uzbekistan.
OBJECTS = {
    "cohorts.cohort": "/cohorts/uz-1",
    "cohorts.roster": "/cohorts/uz-1/roster",
    "cohorts.invite": "/cohorts/uz-1/roster/invite",
    "cohorts.person": "/cohorts/uz-1/people/{enrolment}",
    "cohorts.waive": "/cohorts/uz-1/people/{enrolment}/waive",
    "cohorts.withdraw": "/cohorts/uz-1/people/{enrolment}/withdraw",
    "cohorts.reinstate": "/cohorts/uz-1/people/{enrolment}/reinstate",
    "cohorts.defer": "/cohorts/uz-1/people/{enrolment}/defer",
    "cohorts.move": "/cohorts/uz-1/people/{enrolment}/move",
    "cohorts.gone": "/cohorts/uz-1/away",
    "cohorts.leave_many": "/cohorts/uz-1/roster/withdraw",
    "cohorts.invite_one": "/cohorts/uz-1/people/{enrolment}/invite",
    "cohorts.correct_address": "/cohorts/uz-1/people/{enrolment}/address",
    "cohorts.switch_reminders": "/cohorts/uz-1/roster/reminders",
    "cohorts.roster_workbook": "/cohorts/uz-1/roster.xlsx",
    "cohorts.import_roster": "/cohorts/uz-1/import",
    "cohorts.check_roster": "/cohorts/uz-1/import/check",
    "cohorts.confirm_roster": "/cohorts/uz-1/import/confirm",
    "cohorts.roster_template": "/cohorts/uz-1/import/template.xlsx",
    "cohorts.faulty_rows": "/cohorts/uz-1/import/rows.xlsx",
    "cohorts.imported": "/cohorts/uz-1/imports/{roster}",
    "cohorts.new_session": "/cohorts/uz-1/sessions/new",
    "cohorts.sheet": "/sessions/{live}",
    "cohorts.edit_session": "/sessions/{live}/edit",
    "cohorts.cancel_session": "/sessions/{live}/cancel",
    "cohorts_staff.partner": "/partners/uz",
    "cohorts_staff.new_entity": "/partners/uz/entities/new",
    "cohorts_staff.entity": "/partners/uz/entities/{entity}",
    "cohorts_staff.rename": "/entities/{entity}/rename",
    "cohorts_staff.move_entity": "/entities/{entity}/move",
    "cohorts_staff.close_entity": "/entities/{entity}/close",
    "cohorts_staff.merge_entity": "/entities/{entity}/merge",
    "cohorts_staff.partner_settings": "/partners/uz/settings",
    "cohorts_staff.set_partner_logo": "/partners/uz/settings/logo",
    "cohorts_staff.partner_roles_page": "/partners/uz/roles",
    "cohorts_staff.end_partner_role": "/partners/uz/roles/{grant}/end",
    "cohorts_staff.new_cohort": "/partners/uz/cohorts/new",
    "cohorts_staff.settings": "/cohorts/uz-1/settings",
    "cohorts_staff.set_dates": "/cohorts/uz-1/settings/dates",
    "cohorts_staff.move": "/cohorts/uz-1/settings/state/marking",
    "cohorts.name_asked": "/name-requests/{asked}",
    "cohorts_staff.clone": "/cohorts/uz-1/clone",
    "cohorts_staff.cohort_calendar": "/cohorts/uz-1/calendar",
    "cohorts_staff.remove_cohort_holiday": "/cohorts/uz-1/calendar/{own_holiday}/remove",
    "cohorts_staff.partner_calendar": "/partners/uz/calendar",
    "cohorts_staff.remove_partner_holiday": "/partners/uz/calendar/{holiday}/remove",
    "cohorts_staff.advance_texts": "/cohorts/uz-1/settings/texts",
    "cohorts_staff.roles": "/cohorts/uz-1/roles",
    "cohorts_staff.end_role": "/cohorts/uz-1/roles/{grant}/end",
}
LISTS = {"cohorts.index", "cohorts_staff.partners", "cohorts_staff.new_partner", "cohorts_staff.logo"}
LISTS = {"cohorts.index", "cohorts_staff.partners", "cohorts_staff.new_partner"}
LISTS |= {"cohorts.ask_name", "cohorts.names_asked"}


@pytest.fixture
def ids(live: int, load: Any, reading: Any, unit: Any, world: Any) -> dict[str, int]:
    """Objects of Uzbekistan."""
    load(row("new@uz.test"))
    with unit() as session:
        cohort, day = cohort_of(session), date(2027, 3, 22)
        calendar.add(cohort.partner, [FreeDays(day, day, {"en": "Navruz"})])
        calendar.add(cohort, [FreeDays(day.replace(day=24), day.replace(day=24), {"en": "Our own"})])
        one = enrolment_of(session, world.trainee)
        asked = name_requests.ask(one, "Aziza Karim", {}, "Passport", base_url="", by=one.user)
        rows = session.scalars(select(Holiday.id).order_by(Holiday.id)).all()
        holidays = dict(zip(("holiday", "own_holiday"), rows, strict=True), asked=asked.id)
    with reading() as session:
        return {
            "live": live,
            "enrolment": enrolment_of(session, world.trainee).id,
            "roster": session.scalar(select(RosterImport)).id,
            "entity": session.scalar(select(Entity).join(Partner).where(Partner.slug == "uz")).id,
            **holidays,
            "grant": session.scalar(select(RoleGrant).where(RoleGrant.cohort_id == cohort_of(session).id)).id,
        }


def routes(app: Flask) -> set[str]:
    return {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if rule.endpoint.split(".")[0] in ("cohorts", "cohorts_staff")
    }


def answers(app: Flask, browser: Any, endpoint: str, path: str) -> set[int]:
    """The statuses of an address, by each of its methods."""
    methods = {method for rule in app.url_map.iter_rules(endpoint) for method in rule.methods or ()} & {"GET", "POST"}
    return {
        browser.get(path).status_code if method == "GET" else browser.send(path, {}, page="/account").status_code
        for method in methods
    }


def test_every_route_is_in_the_table(app: Flask) -> None:
    assert routes(app) == OBJECTS.keys() | LISTS


@pytest.mark.parametrize("person", ["other_coordinator", "other_instructor"])
@pytest.mark.parametrize("endpoint", OBJECTS)
def test_the_same_role_in_another_government_finds_nothing(
    app: Flask, world: Any, browser_of: Any, ids: dict[str, int], endpoint: str, person: str
) -> None:
    found = answers(app, browser_of(getattr(world, person)), endpoint, OBJECTS[endpoint].format(**ids))
    assert found == {404} if person == "other_coordinator" else found <= {403, 404}


@pytest.mark.parametrize("endpoint", OBJECTS)
def test_a_missing_object_looks_the_same_as_a_foreign_one(
    world: Any, browser_of: Any, ids: dict[str, int], endpoint: str
) -> None:
    def answer(path: str) -> tuple[int, str]:
        page = browser.get(path)
        return page.status_code, re.sub(r'(csrf[^>]*(?:value|content)=")[^"]+', r"\1", page.text).replace(path, "PATH")

    browser = browser_of(world.other_coordinator)
    missing = OBJECTS[endpoint].replace("uz", "xx").format(**dict.fromkeys(ids, 99999))
    assert answer(OBJECTS[endpoint].format(**ids)) == answer(missing)


@pytest.mark.parametrize("endpoint", OBJECTS)
def test_a_trainee_works_with_none_of_these_pages(
    app: Flask, world: Any, browser_of: Any, ids: dict[str, int], endpoint: str
) -> None:
    assert answers(app, browser_of(world.trainee), endpoint, OBJECTS[endpoint].format(**ids)) == {403}


@pytest.mark.parametrize("endpoint", OBJECTS)
def test_a_visitor_is_asked_to_sign_in(app: Flask, world: Any, client: Any, ids: dict[str, int], endpoint: str) -> None:
    path = OBJECTS[endpoint].format(**ids)
    methods = {method for rule in app.url_map.iter_rules(endpoint) for method in rule.methods or ()}
    if "GET" in methods:
        assert client.get(path).location.startswith("/sign-in")
    if "POST" in methods:
        assert client.send(path, {}, page="/sign-in").status_code == 401


def test_lists_hold_only_what_is_within_reach(world: Any, browser_of: Any) -> None:
    browser = browser_of(world.other_coordinator)
    assert "uz-1" not in browser.get("/cohorts/").text and "Uzbekistan" not in browser.get("/partners/").text
    assert "uz-1" not in browser.get("/partners/ae").text


def test_the_coordinator_of_one_cohort_reaches_neither_its_partner_nor_its_sister(
    second_cohort: str, browser_of: Any, ids: dict[str, int]
) -> None:
    browser = browser_of("narrow@uz.test")
    assert browser.get(f"/cohorts/{second_cohort}").status_code == 200
    for path in (
        "/cohorts/uz-1",
        "/partners/uz",
        "/partners/uz/cohorts/new",
        f"/sessions/{ids['live']}",
        f"/cohorts/{second_cohort}/people/{ids['enrolment']}",
        f"/entities/{ids['entity']}/rename",
    ):
        assert browser.get(path).status_code == 404, path


def test_nothing_of_another_government_changes(
    app: Flask, world: Any, browser_of: Any, ids: dict[str, int], reading: Any
) -> None:
    browser = browser_of(world.other_coordinator)
    for endpoint, path in OBJECTS.items():
        answers(app, browser, endpoint, path.format(**ids))
    with reading() as session:
        assert cohort_of(session).state.value == "running" and len(session.scalars(select(Cohort)).all()) == 2
        assert enrolment_of(session, world.trainee).state.value == "active"
