"""What a module's mark consists of, what is missing, how it adds up."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from diploma.gradebook.rules import Evidence, Missing, MissingKind, ModuleResult, module_result
from diploma.learning.structure import Module, Programme
from tests.gradebook.conftest import D

FULL = Evidence(D(80), D(70), D(90), D(100), frozenset({"01", "02"}), frozenset({"w1", "w2"}))


@pytest.fixture
def result(programme: Programme, module: Module) -> Any:
    """``result(quiz=D(60))``: a complete person's result with some of the evidence changed."""
    return lambda **changes: module_result(module, programme, replace(FULL, **changes))


def kinds(found: ModuleResult) -> list[str]:
    return [one.kind.value for one in found.missing]


def test_the_parts_add_up_by_their_weights(result: Any) -> None:
    found = result()
    assert [(one.part.value, one.mark, one.weight, one.points) for one in found.how] == [
        ("quiz", 80, 20, 16), ("assignment", 70, 65, D("45.5")), ("workshop", 90, 15, D("13.5"))]  # fmt: skip
    assert found.total == sum(one.points for one in found.how) == D("75.0")
    assert found.complete and found.missing == ()


@pytest.mark.parametrize(
    ("changes", "kind", "limit"),
    [({"quiz": None}, "quiz", 60), ({"assignment": None}, "assignment", 60), ({"attendance": None}, "attendance", 75)],
)
def test_what_is_not_there_yet_is_missing(result: Any, changes: dict[str, Any], kind: str, limit: int) -> None:
    assert Missing(MissingKind(kind), None, limit) in result(**changes).missing


@pytest.mark.parametrize(
    ("part", "below", "at"),
    [("quiz", "59.9999", "60"), ("assignment", "59.9999", "60"), ("attendance", "74.9999", "75")],
)
def test_a_limit_compares_the_unrounded_mark(result: Any, part: str, below: str, at: str) -> None:
    assert kinds(result(**{part: D(below)})) == [part]
    assert result(**{part: D(at)}).complete


def test_without_a_part_there_is_no_total_and_no_verdict_on_it(result: Any) -> None:
    found = result(quiz=None)
    assert found.total is None and kinds(found) == ["quiz"]
    assert [one.points for one in found.how] == [None, D("45.5"), D("13.5")]


def test_parts_that_pass_alone_can_fail_together(result: Any) -> None:
    found = result(quiz=D(60), assignment=D(60), workshop=D(0))
    assert found.missing == (Missing(MissingKind.TOTAL, D(51), 60),)


@pytest.mark.parametrize(("workshop", "complete"), [("60", True), ("59.9999", False)])
def test_the_total_compares_unrounded(result: Any, workshop: str, complete: bool) -> None:
    assert result(quiz=D(60), assignment=D(60), workshop=D(workshop)).complete is complete


def test_lessons_not_opened_are_named_in_their_order(result: Any) -> None:
    assert result(opened=frozenset({"02"})).missing == (Missing(MissingKind.LESSONS, ids=("01",)),)
    assert result(opened=frozenset()).missing[0].ids == ("01", "02")


def test_the_workshop_mark_waits_for_the_last_workshop(result: Any) -> None:
    found = result(held=frozenset({"w1"}))
    assert found.how[2].mark is None and found.total is None
    assert found.missing == (Missing(MissingKind.WORKSHOP, ids=("w2",)),)


def test_a_workshop_mark_that_nobody_entered_is_missing(result: Any) -> None:
    assert result(workshop=None).missing == (Missing(MissingKind.WORKSHOP),)


def test_the_stricter_of_two_limits_holds(module: Module, programme: Programme) -> None:
    when = replace(module.complete_when, assignment_at_least=75, attendance_at_least=101)
    found = module_result(replace(module, complete_when=when), programme, FULL)
    assert kinds(found) == ["assignment", "attendance"]


# ---- how it is shown


def shown(found: ModuleResult) -> tuple[list[Decimal], Decimal]:
    return [found.shown(one.points) for one in found.how if one.points is not None], found.shown(found.total or D(0))


def test_two_decimals_are_enough_where_they_add_up(result: Any) -> None:
    assert result().decimals == 2


@pytest.mark.parametrize(
    ("quiz", "assignment", "workshop"),
    [("66.6667", "70", "83.3333"), ("33.3333", "71.1111", "86.6666"), ("83.3333", "77.7777", "66.6667"),
     ("22.2222", "61.0101", "90.909")],
)  # fmt: skip
def test_shown_points_always_add_up_to_the_shown_total(result: Any, quiz: str, assignment: str, workshop: str) -> None:
    points, total = shown(result(quiz=D(quiz), assignment=D(assignment), workshop=D(workshop)))
    assert sum(points) == total


def test_a_mean_without_end_adds_up_too(result: Any) -> None:
    points, total = shown(result(quiz=D("33.3333"), workshop=D(250) / 3))
    assert sum(points) == total


def test_a_total_never_seems_to_cross_the_limit(result: Any) -> None:
    found = result(quiz=D(60), assignment=D(60), workshop=D("59.9667"))  # 59.995005
    assert found.decimals == 3 and shown(found)[1] == D("59.995")
    assert kinds(found) == ["total"]


def test_without_a_total_the_points_have_two_decimals(result: Any) -> None:
    found = result(assignment=None, quiz=D("66.6667"))
    assert shown(found)[0] == [D("13.33"), D("13.50")]


def test_decimals_end_where_none_can_tell_a_mark_from_its_limit(result: Any) -> None:
    assert replace(result(), total=D("59.9999999999999999999999999")).decimals == 20
