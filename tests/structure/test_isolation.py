"""Every route with an object, asked by everybody: what is another government's does not exist.

Generated from the URL map. ``REGISTER`` names an object of ``uz`` for each address; a new route without a row fails by its
name. The expectation follows from two facts: who holds the view's permission (``accounts.permissions``), and whose
object it is. Source: decisions, "403 or 404"; spec trust, "Attacks" (tenant leak and IDOR on every route).
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from flask import Flask
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from diploma.accounts.permissions import GRANTS, Permission, Role
from tests.structure.stage import Stage
from tests.world import M2, World, _rows

# Places of an address that name no object of a government: the programme's content, a step, a part of an object.
CONTENT = {"module": M2, "lesson": "01"}
CONSTANTS = {**CONTENT, "number": 1, "state": "running", "step": "suspend"}
NO_SUCH = {"int": 987_654, "serial": "GID-2026-UZ-987654", "receipt": "R-0000-0000", "str": "no-such"}


@dataclass(frozen=True)
class Row:
    """The object behind a route: place in the address → name in ``Stage.ids``.

    ``owner`` is set when it is one person's own; ``staff`` may then see it as well, with this permission on its cohort.
    """

    places: dict[str, str]
    owner: str = ""
    staff: Permission | None = None


def row(*, owner: str = "", staff: Permission | None = None, **places: str) -> Row:
    return Row(places, owner, staff)


COHORT, PARTNER, MEMBER = row(slug="cohort"), row(slug="partner"), row(slug="cohort", enrolment_id="enrolment")
SHEET, MARKING = row(session_id="session_due"), row(marking_id="marking")
AZIZA, BOBUR, HOLDER = "aziza@uz.test", "bobur@uz.test", "holder@uz.test"
ATTEMPT = row(attempt="attempt", owner=AZIZA)

REGISTER: dict[str, Row] = {
    "accounts.end_session": row(session_id="session", owner=HOLDER),
    "certificates.approve": COHORT,
    "certificates.change": row(serial="serial"),
    "certificates.cohort": COHORT,
    "certificates.draft": COHORT,
    "certificates.issue": COHORT,
    "certificates.pdf": row(serial="serial", owner=HOLDER, staff=Permission.SEE_CERTIFICATES),
    "cohorts.cancel_session": SHEET,
    "cohorts.check_roster": COHORT,
    "cohorts.cohort": COHORT,
    "cohorts.confirm_roster": COHORT,
    "cohorts.edit_session": SHEET,
    "cohorts.faulty_rows": COHORT,
    "cohorts.import_roster": COHORT,
    "cohorts.imported": row(slug="cohort", import_id="import"),
    "cohorts.invite": COHORT,
    "cohorts.invite_one": MEMBER,
    "cohorts.new_session": COHORT,
    "cohorts.person": MEMBER,
    "cohorts.reinstate": MEMBER,
    "cohorts.roster": COHORT,
    "cohorts.roster_template": COHORT,
    "cohorts.sheet": SHEET,
    "cohorts.waive": MEMBER,
    "cohorts.withdraw": MEMBER,
    "cohorts_staff.advance_texts": COHORT,
    "cohorts_staff.end_role": row(slug="cohort", grant_id="grant"),
    "cohorts_staff.move": COHORT,
    "cohorts_staff.new_cohort": PARTNER,
    "cohorts_staff.new_entity": PARTNER,
    "cohorts_staff.partner": PARTNER,
    "cohorts_staff.rename": row(entity_id="entity"),
    "cohorts_staff.roles": COHORT,
    "cohorts_staff.set_dates": COHORT,
    "cohorts_staff.settings": COHORT,
    "coursework.draft_file": row(file_id="draft_file", owner=BOBUR),
    "coursework.receipt": row(receipt="receipt", owner=AZIZA),
    "coursework.receipt_file": row(receipt="receipt", owner=AZIZA),
    "gradebook.person": row(cohort="cohort", enrolment="enrolment"),
    "learning.choose": row(enrolment_id="enrolment", owner=AZIZA),
    "marking.judge": MARKING,
    "marking.script": MARKING,
    "marking.script_file": MARKING,
    "marking.total": MARKING,
    "quizzes.finish": ATTEMPT,
    "quizzes.item": ATTEMPT,
    "quizzes.review": row(attempt="finished", owner=AZIZA),
    "quizzes.save": ATTEMPT,
    "quizzes.submit": ATTEMPT,
}
# Whoever holds the address may open it: it carries a secret.
SECRET = {"accounts.use_link", "certificates.show"}


@dataclass(frozen=True)
class Asker:
    """A person, their one role, and the government on which they hold it; none for the whole programme."""

    email: str
    role: Role
    government: str = ""


VISITOR = ""
ASKERS = (
    Asker(AZIZA, Role.TRAINEE, "uz"),
    Asker(BOBUR, Role.TRAINEE, "uz"),
    Asker(HOLDER, Role.TRAINEE, "uz"),
    Asker("instructor@uz.test", Role.INSTRUCTOR, "uz"),
    Asker("coordinator@uz.test", Role.COORDINATOR, "uz"),
    Asker("registrar@test.test", Role.REGISTRAR),
    Asker("director@test.test", Role.DIRECTOR),
    Asker("salem@ae.test", Role.TRAINEE, "ae"),
    Asker("instructor@ae.test", Role.INSTRUCTOR, "ae"),
    Asker("coordinator@ae.test", Role.COORDINATOR, "ae"),
    Asker("registrar@ae.test", Role.REGISTRAR, "ae"),
    Asker("director@ae.test", Role.DIRECTOR, "ae"),
)
FOREIGNERS = [one for one in ASKERS if one.government == "ae"]
OK, FORBIDDEN, MISSING = "answers", 403, 404


def holds(role: Role, permission: str) -> bool:
    return permission in ("public", "signed-in") or Permission(permission) in GRANTS[role]


def expected(found: Row, permission: str, who: Asker) -> object:
    """403 without the permission, 404 for what is out of reach or another person's own, else an answer."""
    if not holds(who.role, permission):
        return FORBIDDEN
    if found.owner and who.email != found.owner and not (found.staff and holds(who.role, found.staff)):
        return MISSING
    return OK if who.government in ("", "uz") else MISSING


class Doors:
    """Asks for addresses of the application as each of the people."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.rules = {rule.endpoint: rule for rule in stage.app.url_map.iter_rules() if rule.endpoint in REGISTER}

    def permission(self, endpoint: str) -> str:
        return str(self.stage.app.view_functions[endpoint].permission)  # type: ignore[attr-defined]

    def methods(self, endpoint: str) -> list[str]:
        return sorted((self.rules[endpoint].methods or set()) & {"GET", "POST"})

    def address(self, endpoint: str, *, missing: bool = False, **other: str) -> str:
        """The route's address with the object of ``uz``, or with one that nobody has; ``other`` replaces places."""
        places = REGISTER[endpoint].places
        rule = self.rules[endpoint]
        values = {name: CONSTANTS[name] for name in rule.arguments if name in CONSTANTS}
        values |= {name: self.stage.ids[what] for name, what in places.items()} | other
        if missing:  # the innermost object: the cohort of a missing person is there
            name = [one for one in places if one not in other][-1]
            values[name] = nothing_like(name, rule)
        built = rule.build(values, append_unknown=False)
        assert built is not None
        return built[1]

    def ask(self, who: str, method: str, address: str, form: dict[str, Any] | None = None) -> TestResponse:
        data = {"csrf_token": self.stage.token(who), **(form or {})} if method == "POST" else None
        return self.stage.browser(who).open(address, method=method, data=data)


def nothing_like(name: str, rule: Rule) -> object:
    kind = "int" if type(rule._converters[name]).__name__ == "IntegerConverter" else name
    return NO_SUCH.get(kind, NO_SUCH["str"])


def said(answer: TestResponse) -> tuple[int, str, dict[str, str]]:
    """What an answer tells: status, body and headers, without tokens and without the address that was asked for."""
    body = re.sub(r'(csrf[-_]token"[^>]*(?:value|content)=")[^"]*', r"\1", answer.text)
    body = re.sub(r'(name="parked"[^>]*value=")[^"]*', r"\1", body).replace(answer.request.path, "/asked")
    varying = {"Content-Length", "Set-Cookie", "Location"}
    return answer.status_code, body, {name: value for name, value in answer.headers if name not in varying}


def answers(answer: TestResponse) -> bool:
    """Whether the object was found, whatever then became of an empty form."""
    at_the_door = answer.headers.get("Location", "").startswith("/sign-in")
    return answer.status_code < 500 and answer.status_code not in (400, 401, 403, 404, 405) and not at_the_door


@pytest.fixture
def doors(stage: Stage) -> Doors:
    return Doors(stage)


@contextmanager
def nothing_changes(app: Flask, *tables: str) -> Iterator[None]:
    """The block leaves the tables (by default all but those that note a visit) as they were."""

    def present() -> dict[str, list[Any]]:
        with app.app_context():
            visits = {"user_sessions", "rate_buckets"}
            return {name: rows for name, rows in _rows().items() if (name in tables if tables else name not in visits)}

    before = present()
    yield
    assert present() == before


# ---- the register


def test_every_route_with_an_object_stands_in_the_register(app: Flask) -> None:
    wanted = {
        rule.endpoint: rule.arguments - CONSTANTS.keys()
        for rule in app.url_map.iter_rules()
        if rule.arguments - CONTENT.keys() - {"purpose"} and rule.endpoint != "static"
    }
    assert sorted(wanted.keys() - REGISTER.keys() - SECRET) == []
    assert {name: set(one.places) for name, one in REGISTER.items()} == {
        name: places for name, places in wanted.items() if name not in SECRET
    }


def test_every_permission_of_these_routes_is_held_in_the_other_government_too(app: Flask) -> None:
    asked = {str(app.view_functions[endpoint].permission) for endpoint in REGISTER}  # type: ignore[attr-defined]
    assert {one for one in asked if not any(holds(who.role, one) for who in FOREIGNERS)} == set()


# ---- the matrix


@pytest.mark.parametrize("endpoint", REGISTER)
def test_what_is_not_theirs_does_not_exist(endpoint: str, doors: Doors) -> None:
    permission, wrong = doors.permission(endpoint), {}
    real, none = doors.address(endpoint), doors.address(endpoint, missing=True)
    with nothing_changes(doors.stage.app):
        for who in ASKERS:
            status = expected(REGISTER[endpoint], permission, who)
            for method in doors.methods(endpoint) if status is not OK else ():
                answer = said(doors.ask(who.email, method, real))
                if answer[0] != status or answer != said(doors.ask(who.email, method, none)):
                    wrong[f"{method} by {who.email}"] = answer[0]
    assert wrong == {}


@pytest.mark.parametrize("endpoint", REGISTER)
def test_who_may_see_it_gets_an_answer(endpoint: str, doors: Doors) -> None:
    permission = doors.permission(endpoint)
    people = [who for who in ASKERS if expected(REGISTER[endpoint], permission, who) is OK]
    wrong = {
        f"{method} by {who.email}": answer.status_code
        for method in doors.methods(endpoint)
        for who in people
        if not answers(answer := doors.ask(who.email, method, doors.address(endpoint)))
    }
    assert people and wrong == {}
