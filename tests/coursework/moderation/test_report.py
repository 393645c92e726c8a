"""The agreement report: figures of one's reach, none of too few cases, and a workbook without formulas."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from diploma.core import workbook
from diploma.coursework.moderation import agreement, readings, report, rounds
from diploma.coursework.moderation.report import Report
from tests.conftest import Client
from tests.coursework.conftest import Handed, Unit, user
from tests.coursework.moderation.conftest import assign, begin, cohort_of, decide, give
from tests.world import M2, World

Open = Callable[[str], Client]
PATH = "/second-marking/agreement"


@pytest.fixture
def five(
    crowd: Callable[[int], list[Handed]],
    set_mark: Callable[..., None],
    second_instructor: str,
    world: World,
    unit: Unit,
) -> list[Handed]:
    """Five works: first marks 35, 35, 60, 80, 80, second marks 35, 60, 60, 80, 100."""
    works, levels = crowd(5), ("weak", "weak", "adequate", "proficient", "proficient")
    for work, level in zip(works, levels, strict=True):
        set_mark(work, level)
    with unit():
        decide(every=True, threshold=0)
        begin()
        for work, level in zip(works, ("weak", "adequate", "adequate", "proficient", "exemplary"), strict=True):
            assign(work)
            give(work, level)
    return works


def found() -> Report:
    return report.report([cohort_of()], M2, lambda one: one.slug)


def test_the_report_compares_the_marks_as_they_were_given(five: list[Handed], reading: Unit) -> None:
    """Ranks 2 2 3 4 4 beside 2 3 3 4 5, each five times: observed 2, expected by hand."""
    with reading():
        one, ranks = found(), [(2, 2), (2, 3), (3, 3), (4, 4), (4, 5)]
        kappa = agreement.weighted_kappa(ranks)
        assert kappa and one.levels_kappa.value and abs(float(kappa) - float(one.levels_kappa.value)) < 0.01
        assert (one.works, one.exact.value, one.adjacent.value, one.drift.value) == (5, 60, 100, 9)
        assert one.apart == [3, 0, 0, 2] and one.levels[2, 3] == 5
        assert [(label, figure.n, figure.value) for label, figure in one.by_marker] == [("Instructor uz", 5, 58)]
        assert [(label, figure.n) for label, figure in one.days_by_partner] == [("uz", 5)]


def test_figures_of_four_works_are_not_said(
    crowd: Callable[[int], list[Handed]], set_mark: Callable[..., None], reading: Unit
) -> None:
    for work in crowd(4):
        set_mark(work)
    with reading():
        assert [(one.n, one.value) for _label, one in found().by_marker] == [(4, None)]


def test_the_page_and_the_workbook_hold_the_figures(five: list[Handed], browser_of: Open, unit: Unit) -> None:
    with unit():
        user("instructor@uz.test").full_name = "=cmd|' /C calc'!A0"
    browser = browser_of("coordinator@uz.test")
    page = browser.get(PATH).text
    assert "Weighted kappa of the levels" in page and "58" in page
    rows = next(iter(workbook.grids(browser.get(f"{PATH}.xlsx").data))).rows
    named = [row for row in rows if row[0] == "Mean mark by marker"]
    assert named == [["Mean mark by marker", "'=cmd|' /C calc'!A0", "5", "58"]]


def test_the_report_ends_at_ones_reach(five: list[Handed], browser_of: Open) -> None:
    page = browser_of("coordinator@ae.test").get(f"{PATH}?cohort=uz-1").text.split("<main", 1)[1]
    assert "Instructor uz" not in page and "uz-1" not in page
    assert browser_of("instructor@uz.test").get(PATH).status_code == 403


def test_the_report_asks_as_often_for_one_work_as_for_many(
    five: list[Handed], reading: Unit, queries: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    with reading():
        cohorts = [cohort_of()]
        with queries() as seen:
            report.report(cohorts, None, lambda one: "x")
        assert len(seen) == 2


def test_a_round_is_read_with_the_same_number_of_queries(
    five: list[Handed], reading: Unit, queries: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    with reading():
        held = rounds.find(cohort_of(), M2)
        assert held
        with queries() as seen:
            works = readings.of_round(held)
            assert all(one.mark(2) and one.marking.work.submission.enrolment.cohort for one in works)
        assert len(seen) == 1
