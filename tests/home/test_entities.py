"""What line managers see: their entity and what stands below it, people, progress, hours; and nothing else."""

import io
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import select

from diploma.accounts import service as accounts
from diploma.accounts.permissions import Role
from diploma.cohorts import service
from diploma.cohorts.entities import changing
from diploma.cohorts.life import enrolments
from diploma.cohorts.life.enrolments import Leave
from diploma.cohorts.life.models import Cause
from diploma.cohorts.models import Cohort, Enrolment, Entity, EntityKind, Partner, Presence
from diploma.core import clock
from diploma.core.lang import Lang
from diploma.learning import service as learning
from tests.world import M2, person

MANAGER = "manager@uz.test"


@pytest.fixture
def ids(world: Any, unit: Any, password_hash: str) -> dict[str, int]:
    """``centre`` above ``ministry`` (with Aziza and Bobur) above ``agency`` (with Karim), a ``sibling`` with Lola.

    The manager looks after the ministry.
    """
    with unit() as session:
        partner = session.scalar(select(Partner).where(Partner.slug == "uz"))
        cohort = session.scalar(select(Cohort).where(Cohort.slug == "uz-1"))
        ministry = session.scalar(select(Entity).where(Entity.partner_id == partner.id))
        centre = changing.create_entity(partner, {"en": "Cabinet Office"}, kind=EntityKind.CENTRE_OF_GOVERNMENT)
        agency = changing.create_entity(partner, {"en": "Agency"}, parent=ministry)
        sibling = changing.create_entity(partner, {"en": "Sibling"}, parent=centre)
        changing.move_entity(ministry, centre, clock.today("Asia/Tashkent"))
        for login, name, entity in (("karim", "=HYPERLINK(1)", agency), ("lola", "Lola Sibling", sibling)):
            user = accounts.create_user(f"{login}@uz.test", name, Lang.UZ_LATN)
            service.enrol(cohort, user, entity=entity, phone="+998901112233", personnel_number="N-77")
        person(MANAGER, "Line Manager", password_hash, Role.LINE_MANAGER, entity_id=ministry.id)
        foreign = session.scalar(select(Entity).where(Entity.partner_id != partner.id))
        found = {"centre": centre, "ministry": ministry, "agency": agency, "sibling": sibling, "foreign": foreign}
        return {name: one.id for name, one in found.items()}


@pytest.fixture
def manager(ids: dict[str, int], browser_of: Any) -> Any:
    return browser_of(MANAGER)


def enrolment_of(session: Any, email: str) -> Enrolment:
    return session.scalar(select(Enrolment).join(Enrolment.user).filter_by(email=email))  # type: ignore[no-any-return]


def page_of(browser: Any, entity: int, more: str = "") -> str:
    answer = browser.get(f"/entities/{entity}{more}")
    assert answer.status_code == 200
    return str(answer.text)


def rows(page: str) -> int:
    return page.count('<th scope="row"')


# ---- how far it reaches


def test_a_line_manager_sees_the_own_entity_and_below(manager: Any, ids: dict[str, int]) -> None:
    page = page_of(manager, ids["ministry"])
    assert all(name in page for name in ("Aziza Karimova", "Bobur Toshmatov", "=HYPERLINK(1)"))
    assert "Lola" not in page and "Sibling" not in page and "Cabinet" not in page
    assert rows(page_of(manager, ids["agency"])) == 1


@pytest.mark.parametrize("place", ["centre", "sibling", "foreign"])
@pytest.mark.parametrize("tail", ["", "/people.xlsx"])
def test_what_stands_beside_or_above_is_as_if_it_were_missing(
    manager: Any, ids: dict[str, int], place: str, tail: str
) -> None:
    answer, missing = manager.get(f"/entities/{ids[place]}{tail}"), manager.get(f"/entities/987654{tail}")
    assert answer.status_code == missing.status_code == 404
    assert "Cabinet" not in answer.text and "Sibling" not in answer.text


def test_a_centre_of_government_sees_its_whole_country_and_no_other(
    ids: dict[str, int], unit: Any, browser_of: Any, password_hash: str
) -> None:
    with unit():
        person("centre@uz.test", "Centre", password_hash, Role.LINE_MANAGER, entity_id=ids["centre"])
        top = changing.create_entity(_partner(), {"en": "Stands beside the centre"})
        beside = top.id
    browser = browser_of("centre@uz.test")
    for place in (*(ids[name] for name in ("centre", "ministry", "agency", "sibling")), beside):
        assert browser.get(f"/entities/{place}").status_code == 200
    assert browser.get(f"/entities/{ids['foreign']}").status_code == 404
    everything = browser.get("/entities/").text
    assert "Sibling" in everything and "Ministry of Examples (ae)" not in everything


def _partner() -> Partner:
    from diploma.core.db import session

    return session.scalar(select(Partner).where(Partner.slug == "uz"))  # type: ignore[no-any-return]


def test_a_role_that_has_ended_reaches_nothing(manager: Any, ids: dict[str, int], unit: Any) -> None:
    with unit():
        [grant] = accounts.find(MANAGER).grants  # type: ignore[union-attr]
        accounts.end_role(grant)
    assert manager.get(f"/entities/{ids['ministry']}").status_code == 403


def test_a_role_on_a_merged_entity_follows_it(ids: dict[str, int], unit: Any, browser_of: Any) -> None:
    with unit() as session:
        ministry, sibling = session.get(Entity, ids["ministry"]), session.get(Entity, ids["sibling"])
        changing.merge_entity(ministry, sibling, clock.today("Asia/Tashkent"))
    page = page_of(browser_of(MANAGER), ids["sibling"])
    assert all(name in page for name in ("Aziza Karimova", "Lola Sibling", "=HYPERLINK(1)"))


def test_an_entity_that_moved_away_is_seen_no_more(ids: dict[str, int], unit: Any, browser_of: Any) -> None:
    browser = browser_of(MANAGER)
    with unit() as session:
        agency, sibling = session.get(Entity, ids["agency"]), session.get(Entity, ids["sibling"])
        changing.move_entity(agency, sibling, clock.today("Asia/Tashkent"))
    assert browser.get(f"/entities/{ids['agency']}").status_code == 404
    assert "HYPERLINK" not in page_of(browser, ids["ministry"])


def test_a_trainee_and_an_instructor_have_no_such_pages(ids: dict[str, int], world: Any, browser_of: Any) -> None:
    for email in (world.trainee, world.instructor):
        assert browser_of(email).get("/entities/").status_code == 403


# ---- what is said


def test_the_count_of_each_entity_is_the_number_of_rows_of_its_list(
    ids: dict[str, int], world: Any, browser_of: Any
) -> None:
    browser = browser_of(world.coordinator)
    index = browser.get("/entities/").text
    for name, people in (("centre", 4), ("ministry", 3), ("agency", 1), ("sibling", 1)):
        own = index[index.index(f'href="/entities/{ids[name]}"') :]
        assert own[: own.index("</div>")].count(f">{people} p") == 1
        assert rows(page_of(browser, ids[name])) == people


def test_progress_and_hours_are_those_of_the_person(manager: Any, ids: dict[str, int], unit: Any, world: Any) -> None:
    with unit() as session:
        cohort = session.scalar(select(Cohort).where(Cohort.slug == "uz-1"))
        live = service.plan_session(cohort, M2, "Wall", clock.now() - timedelta(days=1), Decimal(4), workshop="w1")
        aziza, bobur = (enrolment_of(session, one) for one in (world.trainee, world.trainee_2))
        entries = [(aziza, Presence.PRESENT), (bobur, Presence.ABSENT)]
        service.save_sheet(live, [service.SheetEntry(one.id, what, None) for one, what in entries])
        learning.complete_module(session, aziza.id, M2)
    page = page_of(manager, ids["ministry"], "?q=aziza")
    assert rows(page) == 1 and "completed" in page and "4 of 4" in page
    assert "0 of 4" in page_of(manager, ids["ministry"], "?q=bobur")


def test_who_is_behind_is_said_and_can_be_chosen(manager: Any, ids: dict[str, int], unit: Any, world: Any) -> None:
    with unit() as session:
        cohort = session.scalar(select(Cohort).where(Cohort.slug == "uz-1"))
        now = clock.now()
        days = [timedelta(days=one) for one in (-30, -2, 20)]
        service.set_module_dates(cohort, service.ModuleDates(M2, *(now + one for one in days)))
        enrolment = enrolment_of(session, world.trainee)
        learning.complete_module(session, enrolment.id, M2)
    page = page_of(manager, ids["ministry"], "?behind=1")
    assert rows(page) == 1 and "Bobur" in page and "assignment overdue by 2 days" in page


def test_who_was_withdrawn_is_shown_as_such(manager: Any, ids: dict[str, int], unit: Any, world: Any) -> None:
    with unit() as session:
        enrolments.withdraw(enrolment_of(session, world.trainee_2), Leave(Cause.OTHER, "Secret reason"))
    page = page_of(manager, ids["ministry"], "?q=bobur")
    assert rows(page) == 1 and "Withdrawn" in page and "Secret reason" not in page


def test_a_telephone_or_a_number_is_neither_shown_nor_found(manager: Any, ids: dict[str, int]) -> None:
    page = page_of(manager, ids["agency"])
    assert "99890" not in page and "N-77" not in page and "karim@uz.test" not in page
    for word in ("N-77", "karim@uz.test", "99890"):
        assert rows(page_of(manager, ids["agency"], f"?q={word}")) == 0


def test_the_file_has_the_rows_of_the_list_and_no_formula(manager: Any, ids: dict[str, int]) -> None:
    answer = manager.get(f"/entities/{ids['ministry']}/people.xlsx")
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(answer.data)).get_sheet_by_index(0).to_python()
    assert [line[0] for line in sheet] == ["Person", "=HYPERLINK(1)", "Aziza Karimova", "Bobur Toshmatov"]
    import zipfile

    with zipfile.ZipFile(io.BytesIO(answer.data)) as book:
        parts = [book.read(name) for name in book.namelist()]
    assert not any(b"<f>" in part or b"<hyperlink" in part or b"99890" in part for part in parts)


def test_the_dashboard_of_a_line_manager_leads_to_the_entity(manager: Any, ids: dict[str, int]) -> None:
    page = manager.get("/dashboard").text
    assert f'href="/entities/{ids["ministry"]}"' in page and "3 people" in page
    assert 'href="/entities/"' in page


def test_the_dashboard_of_a_coordinator_has_no_such_part(ids: dict[str, int], world: Any, browser_of: Any) -> None:
    assert "People of your entities" not in browser_of(world.coordinator).get("/dashboard").text
