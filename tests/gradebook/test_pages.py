"""The result page of a trainee, and that of one person for the staff of the cohort."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest

from diploma.cohorts.models import Presence
from diploma.core.lang import LANGS
from tests.gradebook.conftest import RESULT, D, complete, enrolment_of, hand_in, hold, take_quiz

Unit = Callable[[], Any]


@pytest.fixture
def enrolment_id(unit: Unit, world: Any) -> int:
    with unit() as session:
        return enrolment_of(session, world.trainee).id


def person(enrolment_id: int, cohort: str = "uz-1") -> str:
    return f"/cohorts/{cohort}/people/{enrolment_id}/results"


def words(page: str) -> str:
    """The page as it is read: no tags, single spaces."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


# ---- the trainee


def test_at_the_start_everything_is_missing_in_words(trainee: Any) -> None:
    page = words(trainee.get(RESULT + "?lang=en").text)
    for sentence in ("4 lessons are not opened yet: ", "The quiz is not taken yet; 60 or more is needed.",
                     "The assignment has no released mark yet; 60 or more is needed.",
                     "2 workshops have not been held yet: Field morning and evidence wall Scoring clinic and mock",
                     "No live hours are recorded yet; 75% attendance is needed."):  # fmt: skip
        assert sentence in page
    assert "In progress" in page and "no mark yet" in page


def test_the_computation_adds_up(trainee: Any, unit: Unit, world: Any) -> None:
    with unit() as session:
        enrolment = enrolment_of(session, world.trainee)
        complete(session, enrolment)
        hand_in(session, enrolment, D(78))
    page = words(trainee.get(RESULT + "?lang=en").text)
    for line in ("80 × 20% 16.00", "78 × 65% 50.70", "90 × 15% 13.50", "Challenge assessment 80.20"):
        assert line in page
    assert "Nothing: every condition of the module is met." in page and "80.2 / 100" in page


def test_marks_below_a_limit_are_named_with_the_limit(trainee: Any, unit: Unit, world: Any) -> None:
    with unit() as session:
        enrolment = enrolment_of(session, world.trainee)
        take_quiz(session, enrolment, D("59.9999"))
        hand_in(session, enrolment, D(45))
        hold(session, enrolment.cohort, "w1", {enrolment.id: (Presence.PRESENT, None)})
        hold(session, enrolment.cohort, "w2", {enrolment.id: (Presence.ABSENT, None)})
    page = words(trainee.get(RESULT + "?lang=en").text)
    for sentence in ("The best quiz score is 59.9999; 60 or more is needed.",
                     "The mark of the assignment is 45; 60 or more is needed.", "A workshop mark is not entered yet.",
                     "Live attendance is 50%; 75% is needed."):  # fmt: skip
        assert sentence in page
    assert "Below the limit of 60" in page and "Absent" in page


def test_parts_that_fail_together_are_said(trainee: Any, unit: Unit, world: Any) -> None:
    with unit() as session:
        enrolment = enrolment_of(session, world.trainee)
        take_quiz(session, enrolment, D(60))
        hand_in(session, enrolment, D(60))
        for workshop in ("w1", "w2"):
            hold(session, enrolment.cohort, workshop, {enrolment.id: (Presence.PRESENT, D(10))})
    page = words(trainee.get(RESULT + "?lang=en").text)
    assert "The mark of the module is 52.5; 60 or more is needed." in page


def test_an_unreleased_mark_shows_nowhere(trainee: Any, unit: Unit, world: Any) -> None:
    with unit() as session:
        enrolment = enrolment_of(session, world.trainee)
        complete(session, enrolment)
        hand_in(session, enrolment, D("87.31"), released=False)
    page = trainee.get(RESULT + "?lang=en").text
    assert "87.31" not in page and "56.75" not in page  # the mark, and its points
    assert "The assignment has no released mark yet" in page and "Completed" not in page


def test_the_page_is_the_same_before_and_after_marking_until_the_release(trainee: Any, unit: Unit, world: Any) -> None:
    with unit() as session:
        complete(session, enrolment_of(session, world.trainee))
    before = words(trainee.get(RESULT).text)
    with unit() as session:
        hand_in(session, enrolment_of(session, world.trainee), D("87.31"), released=False)
    assert words(trainee.get(RESULT).text) == before


@pytest.mark.parametrize("lang", [one.value for one in LANGS])
def test_the_page_is_there_in_every_language(trainee: Any, unit: Unit, world: Any, lang: str) -> None:
    assert trainee.get(f"{RESULT}?lang={lang}").status_code == 200
    with unit() as session:
        enrolment = enrolment_of(session, world.trainee)
        complete(session, enrolment)
        hand_in(session, enrolment, D(78))
    assert f'lang="{lang}"' in trainee.get(f"{RESULT}?lang={lang}").text


def test_a_visitor_signs_in_and_staff_have_no_result_of_their_own(client: Any, world: Any, browser_of: Any) -> None:
    assert "/sign-in" in client.get(RESULT).location
    assert browser_of(world.instructor).get(RESULT).status_code == 403


def test_a_module_that_is_not_written_has_no_result(trainee: Any) -> None:
    assert trainee.get("/modules/m3-co-creation/result").status_code == 403
    assert trainee.get("/modules/nothing/result").status_code == 404


# ---- the staff


@pytest.mark.parametrize("role", ["instructor", "coordinator", "registrar", "director"])
def test_staff_of_the_cohort_see_a_persons_results(
    world: Any, browser_of: Any, unit: Unit, enrolment_id: int, role: str
) -> None:
    with unit() as session:
        enrolment = enrolment_of(session, world.trainee)
        take_quiz(session, enrolment, D("66.6667"))
    page = words(browser_of(getattr(world, role)).get(person(enrolment_id) + "?lang=en").text)
    assert "Aziza Karimova" in page and "66.67 × 20% 13.33" in page and "What is missing" in page


@pytest.mark.parametrize("role", ["other_instructor", "other_coordinator"])
def test_for_staff_of_another_cohort_the_person_does_not_exist(
    world: Any, browser_of: Any, enrolment_id: int, role: str
) -> None:
    browser = browser_of(getattr(world, role))
    assert browser.get(person(enrolment_id)).status_code == 404
    assert browser.get(person(enrolment_id, "ae-1")).status_code == 404


def test_a_person_does_not_exist_under_another_cohort(world: Any, browser_of: Any, enrolment_id: int) -> None:
    director = browser_of(world.director)
    assert director.get(person(enrolment_id)).status_code == 200
    assert director.get(person(enrolment_id, "ae-1")).status_code == 404
    assert director.get(person(999_999)).status_code == 404


def test_a_trainee_sees_nobodys_page_not_even_their_own(trainee: Any, enrolment_id: int) -> None:
    assert trainee.get(person(enrolment_id)).status_code == 403


def test_an_unreleased_mark_is_not_on_the_staff_page_either(
    world: Any, browser_of: Any, unit: Unit, enrolment_id: int
) -> None:
    with unit() as session:
        hand_in(session, enrolment_of(session, world.trainee), D("87.31"), released=False)
    assert "87.31" not in browser_of(world.director).get(person(enrolment_id)).text
