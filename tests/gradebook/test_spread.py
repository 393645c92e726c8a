"""How the marks of a cohort lie: bands by unrounded marks, the mean, and a trainee's view only of ten or more."""

import re
from decimal import Decimal
from typing import Any

import pytest

from diploma.accounts.models import User
from diploma.cohorts import service as cohorts
from diploma.core import clock
from diploma.core.lang import Lang
from diploma.gradebook import rules
from tests.gradebook.conftest import RESULT, enrolment_of, hand_in

D = Decimal
MARKS = "/cohorts/uz-1/marks"
CHART = 'class="tbl dist"'


@pytest.mark.parametrize(
    ("mark", "band"),
    [("0", 0), ("49.9999", 0), ("50", 1), ("59.995", 1), ("60", 2), ("79.9", 3), ("89.9999", 4), ("90", 5), ("100", 5)],
)
def test_a_mark_lies_in_its_band_without_rounding(mark: str, band: int) -> None:
    assert rules.band_of(D(mark)) == band


def test_a_spread_counts_each_mark_once() -> None:
    found = rules.spread([D("59.995"), D(60), D(90), D(100)])
    assert found and found.counts == (0, 1, 1, 0, 0, 2) and found.total == 4
    assert found.mean == D("309.995") / 4


def test_no_marks_have_no_spread() -> None:
    assert rules.spread([]) is None


def release(unit: Any, count: int, start: int = 0) -> None:
    """``count`` more people of uz-1 with a released mark: three of 82, the others of 70."""
    with unit() as session:
        cohort = enrolment_of(session, "aziza@uz.test").cohort
        for n in range(start, start + count):
            user = User(email=f"m{n}@uz.test", full_name=f"Marked {n}", name_search="", sort_key="", language=Lang.EN,
                        created_at=clock.now())  # fmt: skip
            session.add(user)
            session.flush()
            hand_in(session, cohorts.enrol(cohort, user), D(82 if n < 3 else 70))


def test_staff_see_how_the_released_marks_lie(world: Any, unit: Any, browser_of: Any) -> None:
    with unit() as session:
        hand_in(session, enrolment_of(session, world.trainee), D(82))
        hand_in(session, enrolment_of(session, world.trainee_2), D(40), released=False)
    page = browser_of(world.coordinator).get(MARKS).text
    assert re.findall(r'<td class="num">(\d+)', page) == ["0", "0", "0", "0", "1", "0"]
    assert "1 released mark" in page and "mean 82" in page


def test_without_a_released_mark_the_page_says_when_there_will_be_one(world: Any, browser_of: Any) -> None:
    page = browser_of(world.coordinator).get(MARKS).text
    assert CHART not in page and "No mark is released yet" in page


def test_marks_of_another_government_do_not_exist(world: Any, browser_of: Any) -> None:
    assert browser_of(world.other_coordinator).get(MARKS).status_code == 404
    assert browser_of(world.trainee).get(MARKS).status_code == 403


@pytest.mark.parametrize(("others", "shown"), [(8, False), (9, True)])
def test_a_trainee_sees_the_marks_of_ten_people_and_not_of_nine(
    world: Any, unit: Any, trainee: Any, others: int, shown: bool
) -> None:
    release(unit, others)
    with unit() as session:
        hand_in(session, enrolment_of(session, world.trainee), D(82))
    page = trainee.get(f"{RESULT}?lang=en").text
    assert (CHART in page) is shown
    assert ("80–100</bdi><br>you" in page) is shown
    assert "Marked 1" not in page
