"""Figures of agreement, beside worked examples that are published or computed by hand."""

from decimal import Decimal as D
from fractions import Fraction as F

import pytest

from diploma.coursework.moderation import agreement


def pairs(table: list[list[int]]) -> list[agreement.Pair]:
    return [(i, j) for i, row in enumerate(table, 1) for j, n in enumerate(row, 1) for _ in range(n)]


def test_weighted_kappa_of_a_published_table() -> None:
    """Hout, Duncan and Sobel (1987), in A. Agresti, Categorical Data Analysis (1990): 91 couples, four answers. With
    the quadratic weights of Fleiss and Cohen 0.332 (the R package vcd prints it as ``Kappa(SexualFun)``)."""
    found = agreement.weighted_kappa(pairs([[7, 7, 2, 3], [2, 8, 3, 7], [1, 5, 4, 9], [2, 8, 9, 14]]))
    assert found and round(float(found), 3) == 0.332


def test_weighted_kappa_of_two_ranks_is_kappa() -> None:
    """J. Cohen (1960): 20 and 15 of 50 agree, chance gives a half: (0.7 - 0.5) / (1 - 0.5)."""
    assert agreement.weighted_kappa(pairs([[20, 5], [10, 15]])) == F(2, 5)


def test_weighted_kappa_by_hand() -> None:
    """(1, 1), (2, 3), (3, 3): observed 1. Expected, each first beside each second: 0 + 4 + 4, 1 + 1 + 1, 4 + 0 + 0,
    that is 15 over three, 5: 1 - 1/5."""
    assert agreement.weighted_kappa([(1, 1), (2, 3), (3, 3)]) == F(4, 5)


def test_kappa_is_one_in_agreement_minus_one_in_its_opposite_and_nothing_where_all_are_equal() -> None:
    assert agreement.weighted_kappa([(1, 1), (5, 5)]) == 1
    assert agreement.weighted_kappa([(1, 5), (5, 1)]) == -1
    assert agreement.weighted_kappa([(4, 4), (4, 4)]) is None and agreement.weighted_kappa([]) is None


def test_icc_of_a_published_table() -> None:
    """Shrout and Fleiss (1979), table 2: six targets, four judges; table 4 gives ICC(2,1) = .29."""
    judges = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
    found = agreement.icc([[D(one) for one in row] for row in judges])
    assert found and round(float(found), 2) == 0.29


def test_icc_by_hand_sees_a_marker_who_is_always_kinder() -> None:
    """50 and 60, 70 and 80: MSR = 400, MSC = 100, MSE = 0, so 400 / (400 + 0 + 2 · 100 / 2)."""
    assert agreement.icc([[D(50), D(60)], [D(70), D(80)]]) == F(4, 5)


@pytest.mark.parametrize("rows", [[], [[D(50), D(60)]], [[D(50), D(50)], [D(50), D(50)]]])
def test_icc_says_nothing_where_nothing_can_be_said(rows: list[list[D]]) -> None:
    assert agreement.icc(rows) is None


def test_shares_of_equal_and_of_neighbouring_levels() -> None:
    found = [(1, 1), (2, 3), (5, 3), (4, 4)]
    assert (agreement.exact(found), agreement.adjacent(found)) == (F(1, 2), F(3, 4))
    assert agreement.exact([]) is None


def test_mean_and_median() -> None:
    assert agreement.median([D(9), D(1), D(4)]) == 4 and agreement.median([D(1), D(4)]) == D("2.5")
    assert agreement.mean([D(1), D(4)]) == D("2.5")
    assert agreement.mean([]) is None and agreement.median([]) is None
