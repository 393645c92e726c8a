"""The plan of a workshop and its mark sheet: for those who lead it, in their cohort's edition; never for trainees."""

import re
from typing import Any

import pytest
from sqlalchemy import select

from diploma.cohorts import service as cohorts
from diploma.cohorts.models import Cohort
from diploma.core import clock
from diploma.core.lang import Lang
from diploma.learning import publisher
from tests.learning.sample import MARK_SHEETS, MODULE_ID, PLAN_EN
from tests.papers import EN, MODULE, WORKSHOP

PRINT = f"{WORKSHOP}/print"
UZ, AE = "?cohort=uz-1", "?cohort=ae-1"


@pytest.fixture
def leader(papers: Any, browser_of: Any) -> Any:
    return browser_of(papers.instructor)


def plan_session(unit: Any, workshop: str | None) -> int:
    with unit() as session:
        cohort = session.scalars(select(Cohort).where(Cohort.slug == "uz-1")).one()
        live = cohorts.plan_session(cohort, MODULE_ID, "Clinic", clock.now(), 3, workshop=workshop)
        session.flush()
        return int(live.id)


@pytest.mark.parametrize("who", ["instructor", "coordinator", "director"])
def test_those_who_lead_it_read_the_plan_and_the_mark_sheet(papers: Any, browser_of: Any, who: str) -> None:
    page = browser_of(getattr(papers, who)).get(WORKSHOP, query_string=EN).text
    assert "Participants tell a claim from a fact." in page and "<td>Walk from table to table</td>" in page
    assert "Asks two questions before saying anything." in page
    points = re.findall(r'<bdi class="num strong">([\d.]+)</bdi>', page)
    assert " ".join(points) == "40 20 0 35 17.5 0 25 12.5 0"


@pytest.mark.parametrize("who", ["trainee", "trainee_2", "other_trainee", "registrar"])
@pytest.mark.parametrize("path", [WORKSHOP, PRINT, f"{WORKSHOP}{UZ}", f"{PRINT}{AE}"])
def test_for_everybody_else_it_does_not_exist(papers: Any, browser_of: Any, who: str, path: str) -> None:
    answer = browser_of(getattr(papers, who)).get(path)
    assert answer.status_code == 404 and "two questions" not in answer.text


def test_a_trainee_finds_no_word_of_it_anywhere(papers: Any, browser_of: Any) -> None:
    trainee = browser_of(papers.trainee)
    paths = [MODULE, f"{MODULE}/print", f"{MODULE}/lessons/01-listen", "/search?q=participants", "/search?q=respect"]
    for path in paths:
        page = trainee.get(path).text
        assert f"{MODULE}/workshops/" not in page and "Participants tell" not in page and "Blames nobody" not in page


def test_the_module_leads_its_staff_there(leader: Any) -> None:
    assert f'href="{WORKSHOP}"' in leader.get(MODULE).text


def test_the_attendance_sheet_leads_to_the_edition_of_its_cohort(leader: Any, unit: Any) -> None:
    page = leader.get(f"/sessions/{plan_session(unit, 'w1')}", query_string=EN).text
    assert f'href="{WORKSHOP}{UZ}#marks"' in page and "Plan and mark sheet of this workshop" in page


def test_a_lecture_has_no_mark_sheet(leader: Any, unit: Any) -> None:
    assert "/workshops/" not in leader.get(f"/sessions/{plan_session(unit, None)}").text


def test_a_workshop_without_plan_and_mark_sheet_is_not_linked(world: Any, browser_of: Any, unit: Any) -> None:
    """The real course may have modules whose workshops are not written out."""
    staff = browser_of(world.director)
    with unit() as session:
        cohort = session.scalars(select(Cohort).where(Cohort.slug == "uz-1")).one()
        live = cohorts.plan_session(cohort, "m1-nothing", "Clinic", clock.now(), 3, workshop="w1")
    assert staff.get("/modules/m1-nothing/workshops/w1").status_code == 404
    assert "/workshops/" not in browser_of(world.instructor).get(f"/sessions/{live.id}").text


def test_a_running_cohort_is_marked_by_the_sheet_of_its_edition(leader: Any, papers_course: Any, unit: Any) -> None:
    papers_course.change(MARK_SHEETS, "points = 40", "points = 50")
    papers_course.change(MARK_SHEETS, "points = 35", "points = 25")
    with unit():
        assert publisher.publish(papers_course.root).new_edition
    assert '<bdi class="num strong">50</bdi>' in leader.get(WORKSHOP).text
    assert '<bdi class="num strong">40</bdi>' in leader.get(f"{WORKSHOP}{UZ}").text


def test_a_corrected_plan_is_a_new_revision_of_the_same_edition(papers: Any, papers_course: Any, unit: Any) -> None:
    papers_course.change(PLAN_EN, "Walk from table to table", "Go from table to table")
    with unit():
        made = publisher.publish(papers_course.root)
    assert (made.new_edition, made.new_revision) == (False, True)


def test_a_cohort_out_of_reach_is_as_if_it_were_missing(papers: Any, leader: Any, browser_of: Any) -> None:
    missing = leader.get(f"{WORKSHOP}?cohort=no-such")
    foreign = leader.get(f"{WORKSHOP}{AE}")
    assert missing.status_code == foreign.status_code == 404
    assert browser_of(papers.other_instructor).get(f"{WORKSHOP}{UZ}").status_code == 404
    assert browser_of(papers.director).get(f"{WORKSHOP}{AE}").status_code == 200


@pytest.mark.parametrize("path", [f"{MODULE}/workshops/w9", "/modules/nothing/workshops/w1", f"{WORKSHOP}x"])
def test_there_is_no_other_workshop(leader: Any, path: str) -> None:
    assert leader.get(path).status_code == 404


def test_only_the_country_of_the_cohort_is_addressed(leader: Any, papers: Any, browser_of: Any) -> None:
    assert "Reception" in leader.get(f"{WORKSHOP}{UZ}").text
    assert "Reception" not in browser_of(papers.director).get(f"{WORKSHOP}{AE}").text


def test_it_is_printed_with_its_names_on_top(leader: Any) -> None:
    page = leader.get(f"{PRINT}{UZ}&lang=en").text
    assert all(words in page for words in ("Title", "S-2", "Challenge", "Clinic", "uz-1", "Mark sheet", "3 h"))
    assert "Participants tell a claim from a fact." in page


@pytest.mark.parametrize("lang", [one.value for one in Lang])
def test_it_opens_in_every_language_and_says_what_is_not_translated(leader: Any, lang: str) -> None:
    for path in (WORKSHOP, PRINT):
        page = leader.get(path, query_string={"lang": lang})
        assert page.status_code == 200 and f'<html lang="{lang}"' in page.text
        assert (page.text.count('<p class="tag warn start">') == 6) is (lang != "en")


def test_a_translated_plan_is_read_in_its_language(leader: Any) -> None:
    page = leader.get(WORKSHOP, query_string={"lang": "ru"}).text
    assert "Участники отличают утверждение от факта." in page and "Умение слушать" in page
