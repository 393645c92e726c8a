"""Pages for paper: a whole module, and an assignment with its whole rubric."""

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from diploma.cohorts.models import Cohort, CohortModule
from diploma.core import clock
from diploma.core.lang import Lang
from diploma.learning import catalogue
from tests.world import M2

PRINT, TASK = f"/modules/{M2}/print", f"/modules/{M2}/assignment/print"


@pytest.fixture
def aziza(world: Any, browser_of: Any) -> Any:
    return browser_of(world.trainee)


def test_a_module_is_printed_with_all_its_lessons_and_outcomes(aziza: Any, reading: Any) -> None:
    page = aziza.get(PRINT, query_string={"lang": "ru"}).text
    with reading():
        content = catalogue.latest()
        assert content
        module = content.modules[M2]
        for one in module.lessons:
            assert str(content.say(M2, f"lessons/{one.id}/title", Lang.RU)) in page
        assert page.count("<h3>") == sum(len(one.anchors) for one in module.lessons)
        assert all(str(content.say(M2, f"module/outcomes/{one.id}", Lang.RU)) in page for one in module.outcomes)


def test_a_module_is_printed_in_two_languages(aziza: Any) -> None:
    page = aziza.get(PRINT, query_string={"lang": "uz-Cyrl", "alt": "ar"}).text
    assert len(re.findall(r'<div class="stack g3" lang="ar" dir="rtl">', page)) == page.count("<h3>") // 2


def test_paper_addresses_the_own_country_alone(world: Any, aziza: Any, browser_of: Any) -> None:
    own, foreign = (
        one.get(PRINT, query_string={"lang": "en"}).text for one in (aziza, browser_of(world.other_trainee))
    )
    assert "People's Reception" in own and "People's Reception" not in foreign


def test_the_assignment_is_printed_with_every_level_of_every_criterion(aziza: Any, reading: Any) -> None:
    page = aziza.get(TASK, query_string={"lang": "ar"}).text
    with reading():
        content = catalogue.latest()
        assert content
        rubric = content.modules[M2].rubric
        for criterion in rubric.criteria:
            for level in rubric.levels:
                assert str(content.say(M2, f"rubric/{criterion.id}/{level.id}", Lang.AR)) in page


def test_dates_on_paper_are_those_of_the_cohorts_zone(world: Any, aziza: Any, unit: Any) -> None:
    with unit() as session:
        cohort = session.scalars(select(Cohort).where(Cohort.slug == world.cohort)).one()
        due = clock.now().replace(hour=18, minute=59, second=0, microsecond=0) + timedelta(days=3)
        session.execute(update(CohortModule).where(CohortModule.cohort_id == cohort.id).values(due_at=due))
    assert "23:59, Tashkent time" in aziza.get(TASK, query_string={"lang": "en"}).text


def test_a_preview_is_printed_without_dates(world: Any, browser_of: Any) -> None:
    page = browser_of(world.instructor).get(TASK, query_string={"lang": "en"})
    assert page.status_code == 200 and "Tashkent time" not in page.text


@pytest.mark.parametrize("path", [PRINT, TASK, f"/modules/{M2}/notes"])
def test_a_shut_module_is_not_printed(world: Any, aziza: Any, unit: Any, path: str) -> None:
    with unit() as session:
        session.execute(update(CohortModule).values(opens_at=clock.now() + timedelta(days=1)))
    assert aziza.get(path).status_code == 403


@pytest.mark.parametrize("path", ["/modules/m9-nothing/print", "/modules/m9-nothing/assignment/print"])
def test_an_unknown_module_is_not_printed(aziza: Any, path: str) -> None:
    assert aziza.get(path).status_code == 404
