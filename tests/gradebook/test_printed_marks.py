"""Marks as documents print them: rounded once, graded as printed, and never as if a limit were reached."""

from decimal import Decimal

import pytest

from diploma.gradebook.rules import Evidence, module_band, module_result, printed_mark
from diploma.learning.structure import Module, Programme


@pytest.mark.parametrize(
    ("mark", "limit", "printed"),
    [
        ("83.45", 60, "83.5"),
        ("83.44", 60, "83.4"),
        ("59.96", 60, "59.96"),
        ("59.996", 60, "59.996"),
        ("60", 60, "60.0"),
        ("59.94", 60, "59.9"),
        ("89.95", 60, "90.0"),
        ("59.96", None, "60.0"),
        ("100", 60, "100.0"),
    ],
)
def test_a_mark_is_rounded_to_one_decimal_unless_a_limit_would_seem_to_be_reached(
    mark: str, limit: int | None, printed: str
) -> None:
    assert str(printed_mark(Decimal(mark), limit)) == printed


def test_a_mark_that_no_decimals_keep_below_its_limit_is_printed_exactly() -> None:
    near = Decimal("60") - Decimal(1).scaleb(-25)
    assert printed_mark(near, 60) == near


@pytest.mark.parametrize(
    ("work", "band"),
    [("89.95", "distinction"), ("89.94", "very_good"), ("70", "good"), ("60", "pass"), ("59.99", "not_passed")],
)
def test_the_band_of_a_module_is_that_of_its_printed_mark(
    module: Module, programme: Programme, work: str, band: str
) -> None:
    mark = Decimal(work)
    evidence = Evidence(mark, mark, mark, Decimal(100), frozenset({"01", "02"}), frozenset({"w1", "w2"}))
    assert module_band(programme, module_result(module, programme, evidence)) == band


def test_a_module_without_all_its_parts_has_no_band(module: Module, programme: Programme) -> None:
    assert module_band(programme, module_result(module, programme, Evidence(quiz=Decimal(90)))) is None
