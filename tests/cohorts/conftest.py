"""Fixtures of the cohorts' tests: lists of people, a second cohort, sessions, a module with a prerequisite."""

import copy
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from diploma.accounts import service as accounts
from diploma.accounts.permissions import Role
from diploma.cohorts import planning, service
from diploma.cohorts.models import Cohort, CohortState, Enrolment, LiveSession
from diploma.cohorts.roster import importing
from diploma.cohorts.roster.importing import Checked, Source
from diploma.cohorts.roster.sheet import read_sheet
from diploma.core import clock
from diploma.core.lang import Lang
from diploma.learning.models import ContentText, Edition, Revision
from tests.cohorts import nasty
from tests.world import M2, person

M3 = "m3-co-creation"
HEADER = ["E-mail", "F.I.Sh.", "Tashkilot", "Til", "Rol", "Lavozim", "Telefon", "Tabel raqami"]
SOURCE = Source("list.xlsx", "0" * 64)


def row(
    email: str,
    full_name: str = "Ali Valiyev",
    entity: str = "Adliya vazirligi",
    lang: str = "uz-Latn",
    role: str = "",
    position: str = "",
    phone: str = "",
    number: str = "",
) -> list[str]:
    return [email, full_name, entity, lang, role, position, phone, number]


def crowd(count: int) -> list[list[str]]:
    """``count`` different people of ten entities."""
    return [row(f"p{n}@uz.test", f"Person Number{n}", f"Entity {n % 10}", number=f"N{n}") for n in range(count)]


def workbook(*rows: list[str]) -> bytes:
    return nasty.xlsx(HEADER, *rows)


def cohort_of(session: Any, slug: str = "uz-1") -> Cohort:
    found = session.scalar(select(Cohort).where(Cohort.slug == slug))
    assert found
    return found  # type: ignore[no-any-return]


def enrolment_of(session: Any, email: str, slug: str = "uz-1") -> Enrolment:
    found = session.scalar(
        select(Enrolment).where(
            Enrolment.user_id == accounts.find(email).id, Enrolment.cohort_id == cohort_of(session, slug).id
        )
    )  # type: ignore[union-attr]
    assert found
    return found  # type: ignore[no-any-return]


@pytest.fixture
def check(reading: Any) -> Callable[..., Checked]:
    """``check(row(…), …, by=email, cohort=slug)``: what an import would do; nothing is written."""

    def run(*rows: list[str], by: str = "", cohort: str = "uz-1") -> Checked:
        with reading() as session:
            sheet = read_sheet(workbook(*rows), "list.xlsx")
            return importing.check(cohort_of(session, cohort), sheet, by=accounts.find(by) if by else None)

    return run


@pytest.fixture
def load(unit: Any) -> Callable[..., Checked]:
    """``load(row(…), …)`` imports the rows and returns the plan that was applied."""

    def run(*rows: list[str], by: str = "", cohort: str = "uz-1", different: Any = None) -> Checked:
        with unit() as session:
            place, sheet = cohort_of(session, cohort), read_sheet(workbook(*rows), "list.xlsx")
            who = accounts.find(by) if by else None
            checked = importing.check(place, sheet, by=who, different=different)
            importing.apply(place, checked, SOURCE, by=who)
            return checked

    return run


@pytest.fixture
def coordinator(world: Any, browser_of: Any) -> Any:
    return browser_of(world.coordinator)


@pytest.fixture
def colleague(world: Any, browser_of: Any, unit: Any) -> Any:
    """Another coordinator of the same cohort."""
    with unit() as session:
        made = accounts.create_user("colleague@uz.test", "Second Coordinator", Lang.EN)
        made.password_hash = accounts.find(world.coordinator).password_hash
        made.activated_at = clock.now()
        accounts.grant_role(made, Role.COORDINATOR, cohort_id=cohort_of(session).id)
    return browser_of("colleague@uz.test")


@pytest.fixture
def second_cohort(world: Any, unit: Any) -> str:
    """A second running cohort of Uzbekistan, with one trainee of its own and a coordinator of this cohort only."""
    today = clock.now().date()
    with unit() as session, clock.at(clock.now() - timedelta(days=3)):
        first = cohort_of(session)
        made = planning.create_cohort(
            first.partner,
            "uz-2",
            {"en": "Cohort uz 2"},
            edition_id=first.edition_id,
            revision_id=first.revision_id,
            starts_on=today,
            ends_on=today + timedelta(days=90),
            seats=20,
            languages=first.languages,
            certificate_languages=["en"],
        )
        service.move_cohort(made, CohortState.OPEN)
        service.enrol(made, accounts.create_user("karim@uz.test", "Karim Second", Lang.UZ_LATN))
        hashed = accounts.find("aziza@uz.test").password_hash  # type: ignore[union-attr]
        person("narrow@uz.test", "Narrow Coordinator", hashed or "", Role.COORDINATOR, cohort_id=made.id)
    return "uz-2"


@pytest.fixture
def live(world: Any, unit: Any) -> int:
    """A workshop of yesterday, its sheet not saved yet."""
    with unit() as session:
        made = service.plan_session(
            cohort_of(session), M2, "Evidence wall", clock.now() - timedelta(days=1), Decimal(4), workshop="w1"
        )
    return int(made.id)


@pytest.fixture
def coming(world: Any, unit: Any) -> int:
    """A lecture of tomorrow."""
    with unit() as session:
        made: LiveSession = service.plan_session(
            cohort_of(session), M2, "Questions", clock.now() + timedelta(days=1), Decimal("1.5")
        )
    return int(made.id)


@pytest.fixture
def prerequisite(world: Any, unit: Any) -> str:
    """The cohort's edition gets a third module, a copy of the second, which must be completed first; its id."""
    with unit() as session:
        cohort = cohort_of(session)
        structure = copy.deepcopy(session.get_one(Edition, cohort.edition_id).structure)
        structure["modules"][M3] = {**structure["modules"][M2], "id": M3, "prerequisites": [M2]}
        for entry in structure["programme"]["modules"]:
            entry["planned"] = entry["id"] not in structure["modules"]
        edition = Edition(number=9, structure_hash="x", structure=structure, published_at=clock.now())
        session.add(edition)
        session.flush()
        revision = Revision(edition_id=edition.id, number=1, text_hash="x", published_at=clock.now())
        session.add(revision)
        session.flush()
        for text in session.scalars(select(ContentText).where(ContentText.revision_id == cohort.revision_id)).all():
            places = {f"module:{M2}": [text.place, f"module:{M3}"], f"module:{M3}": []}.get(text.place, [text.place])
            session.add_all(
                ContentText(revision_id=revision.id, place=place, lang=text.lang, body=text.body) for place in places
            )
        cohort.edition_id, cohort.revision_id = edition.id, revision.id
    return M3
