"""Lists of people and of cohorts: sorted by the database, filtered, searched, page by page."""

import re
from datetime import timedelta
from typing import Any

import pytest

from diploma.accounts import service as accounts
from diploma.cohorts import planning
from diploma.core import clock
from tests.cohorts.conftest import cohort_of, crowd, row

PEOPLE, WORKSPACE, COHORTS = "/cohorts/uz-1/roster", "/cohorts/uz-1", "/cohorts/"
NAME = re.compile(r'/people/\d+"><bdi>([^<]+)</bdi>')


@pytest.fixture
def coordinator(world: Any, browser_of: Any) -> Any:
    return browser_of(world.coordinator)


@pytest.fixture
def group(world: Any, unit: Any, load: Any) -> None:
    """Beside aziza and bobur of the Ministry of Examples: Chori of Adliya, seen last month, and Davron of Zarafshon."""
    load(row("chori@uz.test", "Chori Shodiyev", "Adliya"), row("davron@uz.test", "Davron Aliyev", "Zarafshon"))
    with unit():
        for email, days in (("aziza@uz.test", 1), ("chori@uz.test", 30)):
            user = accounts.find(email)
            assert user
            user.last_seen_at = clock.now() - timedelta(days=days)
        bobur = accounts.find("bobur@uz.test")
        assert bobur
        bobur.last_seen_at = None


def names(browser: Any, address: str) -> list[str]:
    """First names of the people on a page, in its order."""
    return [name.split()[0] for name in NAME.findall(browser.get(address).text)]


@pytest.mark.parametrize("page", [PEOPLE, WORKSPACE])
@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("name", ["Aziza", "Bobur", "Davron", "Chori"]),  # ch stands after z in the alphabet of Uzbek
        ("-name", ["Chori", "Davron", "Bobur", "Aziza"]),
        ("entity", ["Chori", "Aziza", "Bobur", "Davron"]),
        ("-entity", ["Davron", "Aziza", "Bobur", "Chori"]),
        ("seen", ["Bobur", "Davron", "Chori", "Aziza"]),  # who was never seen comes first
        ("-seen", ["Aziza", "Chori", "Bobur", "Davron"]),
        ("standing", ["Davron", "Chori", "Aziza", "Bobur"]),  # from the list to the first sign-in
    ],
)
def test_people_are_sorted(group: None, coordinator: Any, page: str, sort: str, order: list[str]) -> None:
    assert names(coordinator, f"{page}?sort={sort}") == order


@pytest.mark.parametrize("question", ["sort=password_hash", "sort=--name", "sort=-", "sort=", "page=0", "page=-1",
                                      "page=x", "page=99999999999999999999", "page=٢", "standing=nobody",
                                      "sort=name&sort=seen", "q=%25"])  # fmt: skip
def test_what_a_list_does_not_know_is_ignored(group: None, coordinator: Any, question: str) -> None:
    found = names(coordinator, f"{PEOPLE}?{question}")
    assert found == (["Aziza", "Bobur", "Davron", "Chori"] if not question.startswith("q") else [])


def test_nobody_is_lost_or_doubled_between_pages(coordinator: Any, load: Any, unit: Any) -> None:
    load(*crowd(70))  # all of them equal in what they are sorted by
    first, second = (names_with_numbers(coordinator, f"{PEOPLE}?sort=-invited&page={n}") for n in (1, 2))
    assert len(first) == 60
    assert len(set(first) | set(second)) == len(first) + len(second) == 72


def names_with_numbers(browser: Any, address: str) -> list[str]:
    return NAME.findall(browser.get(address).text)


def test_a_column_says_how_it_is_sorted_and_keeps_the_search(group: None, coordinator: Any) -> None:
    page = coordinator.get(f"{PEOPLE}?q=a&standing=active&sort=-seen").text
    assert 'aria-sort="descending"' in page
    assert "?q=a&amp;standing=active&amp;sort=seen&amp;page=1" in page  # the same column, turned round


def test_a_search_finds_a_name_written_in_another_script(group: None, coordinator: Any) -> None:
    assert names(coordinator, f"{PEOPLE}?q=Чори") == ["Chori"]


def test_cohorts_are_sorted_and_filtered_by_state(world: Any, browser_of: Any, unit: Any) -> None:
    with unit() as session:
        old = cohort_of(session)
        for slug, name, days in (("uz-0", "Autumn", 400), ("uz-3", "Zenith", 5)):
            planning.create_cohort(
                old.partner,
                slug,
                {"en": name},
                edition_id=old.edition_id,
                revision_id=old.revision_id,
                starts_on=old.starts_on - timedelta(days=days),
                ends_on=old.ends_on,
                seats=5,
                languages=["en"],
                certificate_languages=["en"],
            )
    director = browser_of(world.director)

    def slugs(question: str) -> list[str]:
        return re.findall(r'/cohorts/([\w-]+)"><bdi>', director.get(COHORTS + question).text)

    assert slugs("?sort=name&lang=en") == ["uz-0", "ae-1", "uz-1", "uz-3"]
    assert slugs("?sort=-people&lang=en")[0] == "uz-1"
    assert slugs("?sort=starts") == ["uz-0", "uz-3", "ae-1", "uz-1"]
    assert set(slugs("?state=draft")) == {"uz-0", "uz-3"}
    assert set(slugs("?state=nonsense")) == {"uz-0", "uz-3", "ae-1", "uz-1"}


def test_a_filter_that_leaves_no_cohort_leads_back_to_all(coordinator: Any) -> None:
    assert f'href="{COHORTS}"' in coordinator.get(f"{COHORTS}?state=archived").text.split("<main")[1]


def test_the_sorting_of_cohorts_shows_only_those_in_reach(coordinator: Any) -> None:
    page = coordinator.get(f"{COHORTS}?sort=partner&state=running").text
    assert "/cohorts/uz-1" in page and "/cohorts/ae-1" not in page
