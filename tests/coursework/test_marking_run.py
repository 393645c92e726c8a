"""Eighty scripts in one evening: where a marker is, what comes next, and the queue as they had it."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest

from diploma.cohorts.tutoring import allocation
from diploma.cohorts.tutoring.allocation import Way, Wish
from diploma.core import clock
from diploma.core.lang import Lang
from diploma.coursework import access
from diploma.coursework.access import Place, Wanted
from diploma.coursework.models import MarkingState
from tests.conftest import Client
from tests.coursework.conftest import Handed, Unit, enrolment, user
from tests.world import World

Open = Callable[[str], Client]
Hand = Callable[..., Handed]


@pytest.fixture
def three(crowd: Callable[[int], list[Handed]], hand_in: Hand, world: World) -> list[Handed]:
    """Three works, the oldest first; the second is written in Russian."""
    now = clock.now()
    oldest = hand_in(world.trainee, at=now - timedelta(days=3))
    second = hand_in(world.trainee_2, at=now - timedelta(days=2), key="2" * 20, lang=Lang.RU)
    return [oldest, second, *crowd(1)]


def place(reading: Unit, world: World, at: Handed, wanted: Wanted | None = None) -> Place:
    with reading():
        return access.place(user(world.instructor), at.marking, wanted or Wanted())


def test_a_marker_knows_where_they_are(three: list[Handed], world: World, reading: Unit) -> None:
    first, second, third = (one.marking for one in three)
    assert place(reading, world, three[0]) == Place(1, 3, 0, None, second, second)
    assert place(reading, world, three[1]) == Place(2, 3, 0, first, third, third)
    assert place(reading, world, three[2]) == Place(3, 3, 0, second, None, first)


def test_a_marked_script_keeps_its_place_until_its_release(
    three: list[Handed],
    world: World,
    reading: Unit,
    set_mark: Callable[..., None],
    release: Callable[..., None],
) -> None:
    first, second, third = (one.marking for one in three)
    set_mark(three[1])
    assert place(reading, world, three[0]) == Place(1, 3, 1, None, second, third)
    assert place(reading, world, three[1]) == Place(2, 3, 1, first, third, third)
    release(three[1])
    assert place(reading, world, three[0]) == Place(1, 2, 0, None, third, third)
    assert place(reading, world, three[1]) == Place(0, 2, 0, None, first, first)


def test_the_way_follows_the_filters_and_the_order(three: list[Handed], world: World, reading: Unit) -> None:
    first, _second, third = (one.marking for one in three)
    assert place(reading, world, three[1], Wanted(lang=Lang.RU)) == Place(1, 1, 0, None, None, None)
    assert place(reading, world, three[1], Wanted(sort="-received")) == Place(2, 3, 0, third, first, first)
    assert place(reading, world, three[1], Wanted(state=MarkingState.MARKED)).of == 0


def test_a_tutor_may_go_through_the_works_of_their_own_people_first(
    three: list[Handed], world: World, reading: Unit, unit: Unit
) -> None:
    first, second, third = (one.marking for one in three)
    with unit():
        author, tutor = enrolment(world.trainee_2), user(world.instructor)
        wish = Wish(Way.HAND, {tutor.id})
        seen = allocation.propose(author.cohort, {author.id}, wish).mark
        allocation.allocate(author.cohort, {author.id}, wish, seen, by=user(world.coordinator))
    with reading():
        rows = access.queue(user(world.instructor), Wanted(mine=True), 1)
        assert [(one.id, one.mine) for one in rows] == [(second, True), (first, False), (third, False)]
        turned = access.queue(user(world.instructor), Wanted(mine=True, sort="-received"), 1)
        assert [one.id for one in turned] == [second, third, first]
    assert place(reading, world, three[1], Wanted(mine=True)) == Place(1, 3, 0, None, first, first)


def test_the_page_says_the_place_and_leads_to_the_neighbours(
    three: list[Handed], world: World, browser_of: Open
) -> None:
    first, second, third = (one.marking for one in three)
    page = browser_of(world.instructor).get(f"/marking/{second}?sort=received&rubric=en").text
    assert "2 of 3" in page
    links = dict(re.findall(r'rel="(\w+)"[^>]* href="([^"]+)"', page))
    assert links["prev"] == f"/marking/{first}?sort=received&amp;rubric=en#script"
    assert links["next"] == f"/marking/{third}?sort=received&amp;rubric=en#script"


def test_the_way_back_leads_to_the_row_that_one_came_from(three: list[Handed], world: World, browser_of: Open) -> None:
    browser, at = browser_of(world.instructor), three[1].marking
    query = "cohort=uz-1&amp;language=ru&amp;sort=-name&amp;page=1"
    queue = browser.get(f"/marking/?{query.replace('&amp;', '&')}").text
    assert f'<tr id="work-{at}">' in queue and f'href="/marking/{at}?{query}#script"' in queue
    page = browser.get(f"/marking/{at}?{query.replace('&amp;', '&')}").text
    assert f'href="/marking/?{query}#work-{at}"' in page


# ---- the queue


def shown(page: str) -> list[str]:
    return re.findall(r"<bdi>(Aziza|Bobur|Trainee)", page)


def test_the_queue_is_sorted_as_one_asks(three: list[Handed], world: World, browser_of: Open) -> None:
    browser = browser_of(world.instructor)

    def sorted_by(sort: str) -> list[str]:
        return shown(browser.get(f"/marking/?sort={sort}").text)

    assert sorted_by("received") == sorted_by("nonsense") == sorted_by("--name") == ["Aziza", "Bobur", "Trainee"]
    assert sorted_by("-received") == sorted_by("-name") == ["Trainee", "Bobur", "Aziza"]
    assert sorted_by("language") == ["Aziza", "Trainee", "Bobur"]


def test_the_queue_says_how_many_wait_in_each_language(
    three: list[Handed], world: World, browser_of: Open, set_mark: Callable[..., None]
) -> None:
    browser = browser_of(world.instructor)

    def chips() -> dict[str, int]:
        nav = re.search(r'(?s)aria-label="Language of the work">(.*?)</nav>', browser.get("/marking/").text)
        assert nav
        words = re.sub(r"<[^>]+>", " ", nav[1].replace("</a>", ";"))
        return {one.rsplit(None, 1)[0].strip(): int(one.rsplit(None, 1)[1]) for one in words.split(";") if one.strip()}

    assert chips() == {"All languages": 3, "English": 2, "Русский": 1}
    set_mark(three[1])
    assert chips() == {"All languages": 2, "English": 2, "Русский": 0}


def test_the_queue_is_filtered_by_cohort(three: list[Handed], world: World, browser_of: Open) -> None:
    browser = browser_of(world.instructor)
    assert len(shown(browser.get("/marking/?cohort=uz-1").text)) == 3
    assert shown(browser.get("/marking/?cohort=ae-1").text) == []


def test_the_age_of_a_work_is_said_in_days(three: list[Handed], world: World, browser_of: Open) -> None:
    page = browser_of(world.instructor).get("/marking/").text
    assert page.index("3 days ago") < page.index("2 days ago") < page.index("today")
