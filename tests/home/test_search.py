"""One search over what a person may see, and over nothing else."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from diploma.accounts.models import User
from diploma.cohorts import service as cohorts
from diploma.cohorts.models import Cohort
from diploma.core import clock
from diploma.core.lang import Lang
from diploma.home import search_views
from tests.world import M2, person

LESSON = f"/modules/{M2}/lessons/01-from-complaint-to-challenge"


def look(browser, query, **more):
    return browser.get("/search", query_string={"lang": "en", "q": query, **more}).text


def groups(page):
    return dict(re.findall(r'<h2 id="([a-z]+)">[^<]*</h2><span class="muted sm num">(\d+)', page))


def links(page):
    return re.findall(r'<a class="strong" href="([^"]+)"', page)


@pytest.mark.parametrize("query", ["dokonlarning litsenziyasini", "do'konlar", "doʻkon", "дўкон"])
def test_latin_letters_find_a_cyrillic_lesson(world, browser_of, query):
    page = browser_of(world.trainee_2).get("/search", query_string={"lang": "uz-Cyrl", "q": query}).text
    assert "<mark>дўконларнинг</mark>" in page
    assert f"{LESSON}#example" in links(page)


@pytest.mark.parametrize("query", ["التحدي", "تحدى", "تحدّي"])
def test_arabic_forms_fall_together(world, browser_of, query):
    page = browser_of(world.other_trainee).get("/search", query_string={"lang": "ar", "q": query}).text
    assert "<mark>التحدي</mark>" in page
    assert LESSON in links(page)


def test_what_is_written_in_another_language_opens_beside_the_own_one(world, browser_of):
    page = look(browser_of(world.trainee), "ҳокимлиги дўконларнинг")
    assert links(page) == [f"{LESSON}?alt=uz-Latn#example"]
    assert '<span lang="uz-Latn" dir="ltr">' in page


def test_a_place_found_in_several_languages_is_shown_once_in_the_own_one(world, browser_of):
    found = links(look(browser_of(world.trainee), "CIO"))
    assert f"/modules/{M2}/lessons/04-choosing-and-gate-one#listen" in found
    assert len(found) == len({re.sub(r"\?alt=[\w-]+", "", address) for address in found})


def test_a_title_comes_before_a_text(world, browser_of):
    assert links(look(browser_of(world.trainee), "causes"))[0].endswith("03-causes-and-systems")


def test_only_the_text_of_ones_own_country_is_found(world, browser_of):
    assert "lessons" in groups(look(browser_of(world.trainee), "Reception district"))
    assert "lessons" not in groups(look(browser_of(world.other_trainee), "Reception district"))


def test_a_visitor_finds_modules_and_terms_and_no_lesson(world, client):
    page = look(client, "challenge")
    assert set(groups(page)) == {"glossary", "modules"}
    assert "/lessons/" not in page


def test_a_trainee_finds_no_people(world, browser_of):
    browser = browser_of(world.trainee)
    assert groups(look(browser, "Bobur")) == {}
    assert groups(look(browser, "Aziza")) == {}
    assert groups(look(browser, "Cohort")) == {}


def test_a_locked_module_is_not_found(world, browser_of, unit):
    assert "a city renews" in look(browser_of(world.trainee), "shop licence")
    with unit() as session:
        cohort = session.scalar(select(Cohort).where(Cohort.slug == world.cohort))
        later = clock.now() + timedelta(days=1)
        cohorts.set_module_dates(cohort, cohorts.ModuleDates(M2, later, later, later))
    page = look(browser_of(world.trainee), "shop licence")
    assert "lessons" not in groups(page) and "renews" not in page
    assert "lessons" in groups(look(browser_of(world.other_trainee), "shop licence"))


def test_a_coordinator_finds_the_people_of_their_government_alone(world, browser_of):
    page = look(browser_of(world.coordinator), "test")
    assert groups(page)["people"] == "2"
    assert "aziza@uz.test" in page.replace("<mark>", "").replace("</mark>", "") and "salem" not in page
    assert groups(look(browser_of(world.other_coordinator), "Aziza")) == {}
    assert groups(look(browser_of(world.coordinator), "ae-1")) == {}


def test_an_instructor_finds_the_people_of_their_cohort_alone(world, browser_of, unit, password_hash):
    with unit() as session:
        first = session.scalar(select(Cohort).where(Cohort.slug == world.cohort))
        person("hidden@uz.test", "Hidden Person", password_hash, None)
        other = Cohort(
            slug="uz-2", names={"en": "Second intake"}, partner_id=first.partner_id, time_zone="Asia/Tashkent",
            languages=[], certificate_languages=[], seats=9, starts_on=first.starts_on, ends_on=first.ends_on,
            edition_id=first.edition_id, revision_id=first.revision_id, created_at=clock.now(),
        )  # fmt: skip
        session.add(other)
        session.flush()
        cohorts.enrol(other, session.scalar(select(User).where(User.email == "hidden@uz.test")))
    browser = browser_of(world.instructor)
    assert groups(look(browser, "Hidden")) == {} and "cohorts" not in groups(look(browser, "Second"))
    assert groups(look(browser, "Aziza"))["people"] == "1"
    assert groups(look(browser_of(world.coordinator), "Hidden"))["people"] == "1"


@pytest.mark.parametrize("query", ["Азиза", "aziza", "AZIZA karim", "aziza@uz.test"])
def test_a_person_is_found_in_any_script_or_by_address(world, browser_of, query):
    page = look(browser_of(world.director), query)
    assert groups(page)["people"] == "1" and "<mark>" in page


def test_many_people_lead_to_the_lists_of_their_cohorts(world, browser_of, unit, password_hash):
    with unit() as session:
        cohort = session.scalar(select(Cohort).where(Cohort.slug == world.cohort))
        for number in range(9):
            user = person(f"n{number}@uz.test", f"Namesake {number:02}", password_hash, None)
            cohorts.enrol(cohort, user)
    browser = browser_of(world.coordinator)
    page = look(browser, "namesake")
    assert groups(page)["people"] == "9" and len(links(page)) == 6
    assert f'href="/cohorts/{world.cohort}/roster?q=namesake"' in page
    assert len(links(look(browser, "namesake", **{"in": "people"}))) == 9


def test_a_search_costs_the_same_number_of_queries_whatever_it_finds(world, browser_of, queries, unit, password_hash):
    browser = browser_of(world.coordinator)
    look(browser, "namesake")
    with queries() as none:
        look(browser, "namesake")
    with unit() as session:
        cohort = session.scalar(select(Cohort).where(Cohort.slug == world.cohort))
        for number in range(9):
            cohorts.enrol(cohort, person(f"n{number}@uz.test", f"Namesake {number}", password_hash, None))
    with queries() as many:
        assert groups(look(browser, "namesake"))["people"] == "9"
    assert len(many) == len(none)


@pytest.mark.parametrize("query", ["%", "_", "%%%", "*", " ", "'", "\x00", "\u202e"])
def test_a_query_without_a_word_finds_nobody(world, browser_of, query):
    answer = browser_of(world.director).get("/search", query_string={"q": query})
    assert answer.status_code == 200 and groups(answer.text) == {}


@pytest.mark.parametrize("query", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "' OR 1=1 --"])
def test_a_hostile_query_is_only_text(world, browser_of, query):
    page = look(browser_of(world.director), query)
    assert "<script>alert" not in page and "<img" not in page
    assert "people" not in groups(page)


def test_hostile_names_are_only_text(world, browser_of, unit):
    with unit() as session:
        user = session.scalar(select(User).where(User.email == world.trainee))
        user.full_name, user.name_search = "Karim <img src=x>", "karim"
    assert "<mark>Karim</mark> &lt;img src=x&gt;" in look(browser_of(world.coordinator), "karim")


def test_a_long_query_is_cut_and_says_so(world, browser_of):
    page = look(browser_of(world.trainee), "challenge " + "x" * 500)
    shown = re.search(r'name="q" type="search" maxlength="200" value="([^"]*)"', page)
    assert "Only the first 200 characters" in page and len(shown[1]) == 200


def test_an_empty_query_says_what_is_searched(world, client, browser_of):
    assert "Sign in to search the lessons" in client.get("/search?lang=en").text
    assert "Lessons, the glossary" in browser_of(world.trainee).get("/search?lang=en").text


def test_no_result_says_what_to_try(world, browser_of):
    assert "Try fewer words" in look(browser_of(world.trainee), "qqqq")


def test_a_visitor_who_searches_too_often_waits(world, client, browser_of, monkeypatch):
    monkeypatch.setattr(search_views, "BURST", 2)
    answers = [client.get("/search?q=challenge").status_code for _ in range(4)]
    assert answers == [200, 200, 429, 429]
    assert client.get("/search").status_code == 200
    assert [browser_of(world.trainee).get("/search?q=challenge").status_code for _ in range(3)] == [200] * 3


def test_a_search_before_the_first_publication_finds_nothing(client):
    assert client.get("/search?q=challenge").status_code == 200


def test_the_head_of_every_page_offers_the_search(world, browser_of):
    browser = browser_of(world.trainee)
    assert 'role="search" action="/search"' in browser.get("/dashboard").text
    assert 'action="/search"' not in browser.get("/search").text


def test_staff_without_lessons_find_people_and_no_lesson(world, browser_of):
    page = look(browser_of(world.registrar), "Aziza")
    assert groups(page) == {"people": "1"}
    assert "lessons" not in groups(look(browser_of(world.registrar), "challenge"))


def test_a_lesson_is_found_in_the_language_of_the_lessons(world, browser_of, unit):
    with unit() as session:
        session.scalar(select(User).where(User.email == world.trainee)).content_language = Lang.RU
    assert f"{LESSON}#example" in links(look(browser_of(world.trainee), "магазинов лицензию"))
