"""Every route with an object, asked by everybody: what is another government's does not exist.

Generated from the URL map and the register in ``tests.structure.routes``; a new route without a row there fails by its
name. Source: spec trust, "Attacks" (tenant leak and IDOR on every route, child id outside its parent).
"""

from collections.abc import Callable

import pytest
from flask import Flask

from tests.structure import routes
from tests.structure.reading import said
from tests.structure.routes import (
    ASKERS,
    CONSTANTS,
    CONTENT,
    FOREIGNERS,
    FOUND,
    MISSING,
    REGISTER,
    SECRET,
    VISITOR,
    Doors,
    told,
)
from tests.structure.stage import Stage
from tests.world import M2

Changed = Callable[[], list[str]]
NESTED = [endpoint for endpoint, row in REGISTER.items() if len(row.places) > 1]
AE = "/certificates/cohorts/ae-1"
PRIVATE = ("@uz.test", "uz-1", "Олим Каримов", "Лицензия")  # words of the first government's people and objects


@pytest.fixture
def doors(stage: Stage) -> Doors:
    return Doors(stage)


# ---- the register


def test_every_route_with_an_object_stands_in_the_register(app: Flask) -> None:
    rules = [one for one in app.url_map.iter_rules() if one.endpoint != "static"]
    wanted = {one.endpoint for one in rules if one.arguments - CONTENT.keys() - {"purpose"}}
    assert sorted(wanted - REGISTER.keys() - SECRET) == []


def test_every_row_of_the_register_names_the_objects_of_its_route(app: Flask) -> None:
    named = {one.endpoint: one.arguments - CONSTANTS.keys() for one in app.url_map.iter_rules()}
    assert {endpoint: set(row.places) for endpoint, row in REGISTER.items()} == {
        endpoint: named.get(endpoint) for endpoint in REGISTER
    }


def test_every_permission_of_these_routes_is_held_in_the_other_government_too(stage: Stage) -> None:
    asked = {Doors(stage).permission(endpoint) for endpoint in REGISTER}
    assert {one for one in asked if not any(routes.holds(who.role, one) for who in FOREIGNERS)} == set()


# ---- everybody at every door


@pytest.mark.parametrize("endpoint", REGISTER)
def test_what_is_not_theirs_is_as_if_it_were_missing(endpoint: str, doors: Doors, changed: Changed) -> None:
    permission, wrong = doors.permission(endpoint), {}
    real, missing = doors.address(endpoint), doors.address(endpoint, missing=True)
    for who in routes.people(endpoint):
        status = routes.expected(endpoint, permission, who)
        for method in doors.methods(endpoint) if status != FOUND else ():
            answer = told(doors.ask(who.email, method, real))
            alike = status != MISSING or answer == told(doors.ask(who.email, method, missing))
            if answer[0] != status or not alike:
                wrong[f"{method} by {who.email}"] = answer[0]
    assert wrong == {} and changed() == []


@pytest.mark.parametrize("endpoint", REGISTER)
def test_who_may_see_it_gets_an_answer(endpoint: str, doors: Doors) -> None:
    """Else the test above would pass on addresses that lead nowhere."""
    permission, address = doors.permission(endpoint), doors.address(endpoint)
    people = [one.email for one in routes.people(endpoint) if routes.expected(endpoint, permission, one) == FOUND]
    wrong = {
        f"{method} by {who}": answer.status_code
        for method in doors.methods(endpoint)
        for who in (people[:1] if endpoint in routes.ONCE else people)
        if not routes.found(answer := doors.ask(who, method, address))
    }
    assert people and wrong == {}


@pytest.mark.parametrize("endpoint", REGISTER)
def test_a_visitor_learns_nothing(endpoint: str, doors: Doors, changed: Changed) -> None:
    real, missing = doors.address(endpoint), doors.address(endpoint, missing=True)
    public = doors.permission(endpoint) == "public"
    for method in doors.methods(endpoint):
        answer = doors.ask(VISITOR, method, real)
        assert answer.status_code == (MISSING if public else 302 if method == "GET" else 401)
        assert answer.status_code != 302 or answer.headers["Location"].startswith("/sign-in?next=")
        if answer.status_code != 302:
            assert told(answer) == told(doors.ask(VISITOR, method, missing))
    assert changed() == []


@pytest.mark.parametrize("endpoint", NESTED)
def test_a_child_is_not_found_under_another_parent(endpoint: str, doors: Doors, changed: Changed) -> None:
    """Not even by those who may see both: the address of one cohort never shows what belongs to another."""
    outer, permission, wrong = next(iter(REGISTER[endpoint].places)), doors.permission(endpoint), {}
    other = {outer: doors.stage.ids["marked"] if outer == "marking_id" else "ae-1"}
    mixed, missing = (doors.address(endpoint, missing=one, **other) for one in (False, True))
    people = [who.email for who in ASKERS if who.government != "uz" and routes.holds(who.role, permission)]
    for who in people:
        for method in doors.methods(endpoint):
            answer = told(doors.ask(who, method, mixed))
            if answer[0] != MISSING or answer != told(doors.ask(who, method, missing)):
                wrong[f"{method} by {who}"] = answer[0]
    assert people and wrong == {} and changed() == []


# ---- beside the address


@pytest.mark.parametrize(
    ("who", "address", "field", "what", "more", "status"),
    [
        ("instructor@ae.test", "/marking/release", "marking", "marked", {}, 302),
        ("coordinator@ae.test", "/cohorts/ae-1/roster/invite", "enrolment", "listed", {}, 302),
        ("coordinator@ae.test", "/partners/ae/entities/new", "parent", "entity", {"name_en": "Office"}, 422),
        ("director@ae.test", f"{AE}/approve", "certificate", "waiting", {"issuer": "programme"}, 404),
        ("registrar@ae.test", f"{AE}/issue", "certificate", "ready", {}, 404),
        ("registrar@test.test", f"{AE}/issue", "certificate", "ready", {}, 404),
        ("registrar@test.test", f"{AE}/transcripts", "person", "enrolment", {}, 404),
    ],
)
def test_an_id_in_a_form_reaches_nothing_of_another_government(
    who: str, address: str, field: str, what: str, more: dict[str, str], status: int, doors: Doors, changed: Changed
) -> None:
    answer = doors.ask(who, "POST", address, {field: doors.stage.ids[what], **more})
    assert answer.status_code == status and changed() == []


def test_a_draft_gives_no_file_of_another_draft_away(doors: Doors, changed: Changed) -> None:
    form = {"key": "k" * 20, "base": doors.stage.ids["foreign_base"], "language": "ar"}
    form["remove"] = doors.stage.ids["draft_file"]
    answer = doors.ask("salem@ae.test", "POST", f"/modules/{M2}/assignment", form)
    assert answer.status_code == MISSING and changed() == []


def test_a_sheet_takes_no_entry_of_another_government(doors: Doors, changed: Changed) -> None:
    stranger, live = doors.stage.ids["enrolment"], doors.stage.ids["foreign_session"]
    entry = {f"presence-{stranger}": "present", f"mark-{stranger}": "100", "version": "1"}
    assert doors.ask("instructor@ae.test", "POST", f"/sessions/{live}", entry).status_code == 302
    assert "attendance" not in changed()


@pytest.mark.parametrize("who", FOREIGNERS, ids=lambda who: who.email)
def test_lists_name_nothing_of_another_government(who: routes.Asker, doors: Doors) -> None:
    lists = [one for one in doors.rules.values() if not one.arguments - CONTENT.keys() and "GET" in (one.methods or ())]
    named = {}
    for rule in lists:
        answer = doors.ask(who.email, "GET", rule.build(CONTENT)[1])  # type: ignore[index]
        words = (*PRIVATE, *(str(doors.stage.ids[one]) for one in ("serial", "token", "receipt")))
        named[rule.rule] = [word for word in words if word in said(answer)]
    assert len(named) > 15 and {rule: words for rule, words in named.items() if words} == {}
