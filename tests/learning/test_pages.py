"""Programme, module and lesson pages: doors, places, languages."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from diploma.accounts.models import User
from diploma.cohorts import service as cohorts
from diploma.cohorts.models import Cohort, Enrolment
from diploma.core import clock
from diploma.learning.models import LessonProgress, SectionRead

M2 = "m2-challenge-assessment"
FIRST = f"/modules/{M2}/lessons/01-from-complaint-to-challenge"
LANGUAGES = ("ar", "en", "ru", "uz-Latn", "uz-Cyrl")


@pytest.fixture
def shut(world: Any, unit: Any) -> None:
    """The module opens tomorrow."""
    with unit() as session:
        cohort = session.scalar(select(Cohort).where(Cohort.slug == world.cohort))
        now = clock.now()
        cohorts.set_module_dates(
            cohort, cohorts.ModuleDates(M2, now + timedelta(days=1), now + timedelta(days=9), now + timedelta(days=23))
        )


def test_a_visitor_sees_the_seven_modules_and_which_are_in_preparation(world: Any, client: Any) -> None:
    page = client.get("/modules/").text
    assert page.count("In preparation") == 4  # three modules and the capstone
    assert "Challenge assessment" in page


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_lesson_opens_in_every_language(world: Any, browser_of: Any, lang: str) -> None:
    page = browser_of(world.trainee).get(FIRST, query_string={"lang": lang})
    assert page.status_code == 200 and f'<html lang="{lang}"' in page.text
    assert page.text.count('<section id="') == 6
    assert "shown in" not in page.text


def test_the_anchors_are_the_same_in_every_language(world: Any, browser_of: Any) -> None:
    import re

    reader = browser_of(world.trainee)
    anchors = {
        lang: re.findall(r'<section id="([a-z]+)"', reader.get(FIRST, query_string={"lang": lang}).text)
        for lang in LANGUAGES
    }
    assert len({tuple(one) for one in anchors.values()}) == 1
    assert f"{FIRST}?lang=ar#{anchors['en'][2]}" in reader.get(FIRST, query_string={"lang": "en"}).text


def test_two_languages_stand_side_by_side(world: Any, browser_of: Any) -> None:
    page = browser_of(world.trainee).get(FIRST, query_string={"lang": "uz-Cyrl", "alt": "ar"}).text
    assert page.count('lang="uz-Cyrl" dir="ltr"') >= 6 and page.count('lang="ar" dir="rtl"') >= 6


@pytest.mark.parametrize("alt", ["xx", "uz-Latn", "", "<script>"])
def test_a_second_language_that_makes_no_sense_is_ignored(world: Any, browser_of: Any, alt: str) -> None:
    page = browser_of(world.trainee).get(FIRST, query_string={"lang": "uz-Latn", "alt": alt})
    assert page.status_code == 200 and "prose par" not in page.text


def test_only_the_own_country_is_addressed(world: Any, browser_of: Any) -> None:
    uz = browser_of(world.trainee).get(FIRST, query_string={"lang": "en"}).text
    ae = browser_of(world.other_trainee).get(FIRST, query_string={"lang": "en"}).text
    assert "Reception" in uz and "Reception" not in ae
    assert "customer happiness" in ae.casefold() and "customer happiness" not in uz.casefold()


def test_opening_a_lesson_is_noted_once(world: Any, browser_of: Any, reading: Any) -> None:
    reader = browser_of(world.trainee)
    for _ in range(3):
        reader.get(FIRST)
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(LessonProgress)) == 1


def test_the_place_is_kept_by_section(world: Any, browser_of: Any, reading: Any) -> None:
    reader = browser_of(world.trainee)
    answer = reader.send(f"{FIRST}/read", {"section": "idea"}, page=FIRST)
    assert answer.headers["Location"].endswith("#idea")
    with reading() as session:
        assert session.scalars(select(SectionRead.section)).all() == ["idea"]
        assert session.scalar(select(LessonProgress.place)) == "idea"


def test_an_unknown_section_is_not_found(world: Any, browser_of: Any) -> None:
    assert browser_of(world.trainee).send(f"{FIRST}/read", {"section": "nowhere"}, page=FIRST).status_code == 404


def test_completing_the_lessons_leads_through_the_module(world: Any, browser_of: Any) -> None:
    reader, path = browser_of(world.trainee), FIRST
    for _ in range(4):
        path = reader.send(path).headers["Location"]
    assert path == f"/modules/{M2}"
    assert "100%" in reader.get(f"{path}?lang=en").text


@pytest.mark.parametrize("path", [f"/modules/{M2}", FIRST, f"/modules/{M2}/quiz", f"/modules/{M2}/assignment"])
def test_every_address_of_a_shut_module_says_which_rule_is_open(
    shut: None, world: Any, browser_of: Any, path: str
) -> None:
    answer = browser_of(world.trainee).get(path, query_string={"lang": "en"})
    assert answer.status_code == 403 and "It opens on" in answer.text


def test_a_planned_module_says_that_it_is_in_preparation(world: Any, browser_of: Any) -> None:
    answer = browser_of(world.trainee).get("/modules/m7-embedding-and-scaling?lang=en")
    assert answer.status_code == 403 and "in preparation" in answer.text


def test_an_unknown_module_or_lesson_is_not_found(world: Any, browser_of: Any) -> None:
    reader = browser_of(world.trainee)
    assert reader.get("/modules/m9-nothing").status_code == 404
    assert reader.get(f"/modules/{M2}/lessons/99-nothing").status_code == 404


def test_staff_without_enrolment_preview_the_latest_edition(world: Any, browser_of: Any, reading: Any) -> None:
    page = browser_of(world.instructor).get(FIRST)
    assert page.status_code == 200 and "Read up to here" not in page.text
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(LessonProgress)) == 0


def test_a_person_with_no_role_reads_nothing(world: Any, browser_of: Any) -> None:
    assert browser_of(world.registrar).get(FIRST).status_code == 404


def test_a_preview_keeps_no_progress(world: Any, browser_of: Any) -> None:
    assert browser_of(world.instructor).send(FIRST, page="/account").status_code == 403


def test_somebody_elses_enrolment_cannot_be_chosen(world: Any, browser_of: Any, reading: Any) -> None:
    with reading() as session:
        foreign = session.scalar(
            select(Enrolment.id).join(User, User.id == Enrolment.user_id).where(User.email == world.trainee_2)
        )
    assert browser_of(world.trainee).send(f"/enrolments/{foreign}/choose", page="/account").status_code == 404


def test_a_lesson_costs_the_same_number_of_queries_however_large_the_cohort(
    world: Any, browser_of: Any, queries: Any, unit: Any, password_hash: str
) -> None:
    from tests.world import person

    reader = browser_of(world.trainee)
    reader.get(FIRST)
    with queries() as few:
        reader.get(FIRST)
    with unit() as session:
        cohort = session.scalar(select(Cohort).where(Cohort.slug == world.cohort))
        for number in range(60):
            cohorts.enrol(cohort, person(f"p{number}@uz.test", f"Person {number}", password_hash, None))
    with queries() as many:
        reader.get(FIRST)
    assert len(few) == len(many)
