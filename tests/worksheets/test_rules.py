"""The arithmetic of a weighted matrix: totals, floor, ranks and the fragility of the first place. Exact."""

import random
from decimal import Decimal
from itertools import permutations

import pytest

from diploma.learning.sheets import Field, FieldKind, Floor, Weighted
from diploma.worksheets.rules import Move, Option, outcome

WEIGHTS = {"value": 30, "scale": 20, "evidence": 20, "room": 20, "readiness": 10}
RENEWAL, HOSPITAL, PARKING = ((3, 2, 3, 4, 3), (4, 4, 2, 1, 2), (1, 1, 4, 4, 4))  # of the lesson


def matrix(weights: dict[str, int] = WEIGHTS, *, most: int = 4, floor: Floor | None = None) -> Field:
    criteria = tuple(Weighted(name, weight) for name, weight in weights.items())
    return Field("scores", FieldKind.MATRIX, options=3, most=most, floor=floor, criteria=criteria)


def scored(*options: tuple[int, ...], weights: dict[str, int] = WEIGHTS) -> list[dict[str, int]]:
    return [dict(zip(weights, one, strict=False)) for one in options]


FLOOR = Floor("value", 2)


def test_the_worked_example_of_the_lesson_comes_out_as_it_stands_there() -> None:
    found = outcome(matrix(floor=FLOOR), scored(RENEWAL, HOSPITAL, PARKING))
    assert found.options == (
        Option(Decimal(75), False, 1),
        Option(Decimal(70), False, 2),
        Option(Decimal("62.5"), True, None),
    )
    assert found.first == (0,) and found.tested
    assert Move("room", "value", (1,)) in found.moves


def test_moved_weights_give_the_totals_of_the_lesson() -> None:
    moved = {**WEIGHTS, "room": 10, "value": 40}
    found = outcome(matrix(moved), scored(RENEWAL, HOSPITAL))
    assert [one.total for one in found.options] == [Decimal("72.5"), Decimal("77.5")]


def test_without_a_floor_nobody_is_out() -> None:
    found = outcome(matrix(), scored(RENEWAL, HOSPITAL, PARKING))
    assert [one.rank for one in found.options] == [1, 2, 3]


def test_the_highest_total_below_the_floor_is_not_first() -> None:
    found = outcome(matrix(floor=FLOOR), scored((1, 4, 4, 4, 4), RENEWAL))
    assert found.options[0] == Option(Decimal("77.5"), True, None) and found.first == (1,)
    assert not found.tested


def test_a_score_at_the_floor_stays() -> None:
    assert not outcome(matrix(floor=FLOOR), scored((2, 0, 0, 0, 0))).options[0].below_floor


def test_an_option_that_is_not_scored_through_has_no_total_and_no_rank() -> None:
    found = outcome(matrix(floor=FLOOR), scored(RENEWAL, (4, 4, 4, 4), ()))
    assert found.options[1:] == (Option(None, False, None), Option(None, False, None))
    assert found.first == (0,) and not found.tested and found.moves == ()


def test_below_the_floor_is_told_before_the_last_score() -> None:
    assert outcome(matrix(floor=FLOOR), scored((1,))).options == (Option(None, True, None),)


def test_nothing_scored_is_nothing_first() -> None:
    found = outcome(matrix(), scored((), ()))
    assert found.first == () and not found.tested


def test_equal_options_share_a_rank_and_the_next_one_is_left_out() -> None:
    found = outcome(matrix(), scored(HOSPITAL, RENEWAL, RENEWAL))
    assert [one.rank for one in found.options] == [3, 1, 1] and found.first == (1, 2)


def test_a_clear_lead_stands_every_move() -> None:
    found = outcome(matrix(), scored((4, 4, 4, 4, 4), (1, 1, 1, 1, 1)))
    assert found.tested and found.moves == ()


def test_a_move_that_makes_a_tie_counts() -> None:
    weights = {"a": 60, "b": 40}
    found = outcome(matrix(weights), scored((4, 0), (0, 4), weights=weights))
    assert found.first == (0,) and found.moves == (Move("a", "b", (0, 1)),)


def test_a_move_that_ends_a_tie_counts() -> None:
    weights = {"a": 50, "b": 50}
    found = outcome(matrix(weights), scored((4, 0), (0, 4), weights=weights))
    assert found.first == (0, 1) and found.moves == (Move("a", "b", (1,)), Move("b", "a", (0,)))


def test_a_criterion_lighter_than_ten_gives_nothing_away() -> None:
    weights = {"a": 9, "b": 46, "c": 45}
    found = outcome(matrix(weights), scored((4, 4, 0), (0, 0, 4), weights=weights))
    assert found.moves == (Move("b", "c", (1,)),)


def test_a_criterion_of_exactly_ten_gives_all_of_it() -> None:
    weights = {"a": 10, "b": 45, "c": 45}
    found = outcome(matrix(weights), scored((4, 4, 0), (0, 0, 4), weights=weights))
    assert found.moves == (Move("a", "c", (1,)), Move("b", "c", (1,)))


@pytest.mark.parametrize("most", [1, 3, 4, 7, 10])
def test_the_highest_scores_make_a_hundred_and_the_lowest_nothing(most: int) -> None:
    found = outcome(matrix(most=most), scored((most,) * 5, (0,) * 5))
    assert [one.total for one in found.options] == [Decimal(100), Decimal(0)]


def test_thirds_are_compared_before_they_are_divided() -> None:
    """33.333… three times is not 100: the sums are whole, the division is only for the eye."""
    weights = {"a": 34, "b": 33, "c": 33}
    found = outcome(matrix(weights, most=3), scored((1, 1, 1), (1, 1, 1), weights=weights))
    assert found.options[0].total == found.options[1].total == Decimal(100) / 3
    assert found.first == (0, 1)


DICE = random.Random(2)
ANY = [[tuple(DICE.choices(range(5), k=len(WEIGHTS))) for _ in range(2 + n % 4)] for n in range(200)]


def test_a_rank_is_one_more_than_the_number_of_better_totals() -> None:
    for options in ANY:
        ranked = [one for one in outcome(matrix(floor=FLOOR), scored(*options)).options if one.rank]
        totals = [one.total for one in ranked if one.total is not None]
        assert [one.rank for one in ranked] == [1 + sum(other > total for other in totals) for total in totals]


def test_every_move_that_is_listed_changes_who_is_first_and_no_other_does() -> None:
    for options in ANY:
        found = outcome(matrix(), scored(*options))
        listed = {(one.giver, one.taker): one.first for one in found.moves}
        for giver, taker in permutations(WEIGHTS, 2):
            moved = {**WEIGHTS, giver: WEIGHTS[giver] - 10, taker: WEIGHTS[taker] + 10}
            assert listed.get((giver, taker), found.first) == outcome(matrix(moved), scored(*options)).first
