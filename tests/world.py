"""A small ready world for tests: two partners, one running cohort each, people in every role."""

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from config import ROOT
from diploma.accounts import service as accounts
from diploma.accounts.models import User
from diploma.accounts.passwords import hash_password
from diploma.accounts.permissions import Role
from diploma.cohorts import planning
from diploma.cohorts import service as cohorts
from diploma.cohorts.entities import changing
from diploma.cohorts.models import Cohort, CohortState, Entity
from diploma.cohorts.partners import profiles
from diploma.core import clock, vectors
from diploma.core.lang import Lang
from diploma.learning import publisher
from tests.shelf import Shelf

M2 = "m2-challenge-assessment"
# What the store of every published world holds: the logos and seals of the partners, by digest.
DRAWINGS = frozenset(
    hashlib.sha256(vectors.read(path.read_bytes()).svg()).hexdigest()
    for path in (ROOT / "courses" / "gid" / "partners").rglob("*.svg")
)


def brought(app: Flask) -> set[str]:
    """Digests of the files that people brought."""
    return set(app.extensions["files"].digests()) - DRAWINGS


@dataclass(frozen=True)
class World:
    """What tests name: ids and e-mail addresses, never live objects."""

    cohort: str = "uz-1"
    other_cohort: str = "ae-1"
    trainee: str = "aziza@uz.test"
    trainee_2: str = "bobur@uz.test"
    other_trainee: str = "salem@ae.test"
    instructor: str = "instructor@uz.test"
    other_instructor: str = "instructor@ae.test"
    coordinator: str = "coordinator@uz.test"
    other_coordinator: str = "coordinator@ae.test"
    registrar: str = "registrar@test.test"
    director: str = "director@test.test"
    module: str = M2


@pytest.fixture(scope="session")
def password_hash() -> str:
    from tests.conftest import PASSWORD

    return hash_password(PASSWORD)


@pytest.fixture
def world(app: Flask, password_hash: str, _shelf: Shelf) -> World:
    """Built once through the services, then put back: publishing takes seconds."""
    with app.app_context():
        _shelf.give("world", lambda: build(password_hash))
    return World()


def build(password_hash: str) -> None:
    published = publisher.publish(ROOT / "courses" / "gid")
    person("director@test.test", "Programme Director", password_hash, Role.DIRECTOR)
    person("registrar@test.test", "Registrar", password_hash, Role.REGISTRAR)
    for slug, zone, name, languages in (
        ("uz", "Asia/Tashkent", "Uzbekistan", ["uz-Latn", "uz-Cyrl", "ru", "en"]),
        ("ae", "Asia/Dubai", "United Arab Emirates", ["ar", "en"]),
    ):
        _government(slug, zone, name, languages, published, password_hash)


def _government(slug: str, zone: str, name: str, languages: list[str], published: Any, password_hash: str) -> None:
    today = clock.now().date()
    partner = profiles.create_partner(slug, {"en": name}, zone, languages)
    entity = changing.create_entity(partner, {"en": f"Ministry of Examples ({slug})"})
    cohort = planning.create_cohort(
        partner,
        f"{slug}-1",
        {"en": f"Cohort {slug} 1"},
        edition_id=published.edition_id,
        revision_id=published.revision_id,
        starts_on=today - timedelta(days=30),
        ends_on=today + timedelta(days=150),
        seats=30,
        languages=languages,
        certificate_languages=languages[:3],
    )
    cohorts.move_cohort(cohort, CohortState.OPEN)
    cohorts.move_cohort(cohort, CohortState.RUNNING)
    now = clock.now()
    cohorts.set_module_dates(
        cohort, cohorts.ModuleDates(M2, now - timedelta(days=14), now + timedelta(days=7), now + timedelta(days=21))
    )
    people = {
        "uz": [("aziza", "Aziza Karimova", Lang.UZ_LATN), ("bobur", "Bobur Toshmatov", Lang.UZ_CYRL)],
        "ae": [("salem", "سالم المثال", Lang.AR)],
    }[slug]
    for login, full_name, lang in people:
        user = person(f"{login}@{slug}.test", full_name, password_hash, None, lang)
        enrol(cohort, user, entity)
    person(f"instructor@{slug}.test", f"Instructor {slug}", password_hash, Role.INSTRUCTOR, cohort_id=cohort.id)
    person(f"coordinator@{slug}.test", f"Coordinator {slug}", password_hash, Role.COORDINATOR, partner_id=partner.id)


def enrol(cohort: Cohort, user: User, entity: Entity | None = None) -> None:
    """Enrol a person who is past the first module, so that the second is open."""
    enrolment = cohorts.enrol(cohort, user, entity=entity)
    cohorts.waive_prerequisite(enrolment, M2, "Биринчи модуль аввал ўқилган.")


def person(
    email: str, full_name: str, password_hash: str, role: Role | None, lang: Lang = Lang.EN, **scope: int
) -> User:
    """An activated person, with a role on a scope."""
    user = accounts.create_user(email, full_name, lang)
    accounts.set_password(user, password_hash)
    if role:
        accounts.grant_role(user, role, **scope)
    return user
