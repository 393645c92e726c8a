"""What a guesser gets: counted by formula, and here once more by trying every answer against the scoring rules."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import combinations, permutations, product
from typing import Any

import pytest

from diploma.learning.guessing import chance, guesses
from diploma.learning.structure import Item, ItemType, Quiz, Shuffle
from diploma.quizzes import rules
from tests.quizzes.test_scoring import BANK, ESSAY, MATCH, MULTIPLE, NUMBER, ORDER, SHORT, SINGLE, TRUTH

SHARED = replace(MATCH, pairs={"l1": "r2", "l2": "r2", "l3": "r3", "l4": "r1"})  # two left sides have one right side
SPARE = replace(MATCH, right=(*MATCH.right, "r5"))


def quiz(*items: Item, draw: int, pass_at: int = 60, mix: dict[ItemType, int] | None = None) -> Quiz:
    return Quiz(draw, 3, 25, pass_at, Shuffle.OPTIONS, items, mix or {})


def answers(item: Item) -> Iterator[dict[str, Any]]:
    """Every answer that a guesser may give, each as likely as any other."""
    match item.type:
        case ItemType.SINGLE | ItemType.TRUE_FALSE:
            yield from ({"chosen": [one]} for one in item.options)
        case ItemType.MULTIPLE:
            yield from ({"chosen": chosen} for chosen in combinations(item.options, len(item.key)))
        case ItemType.MATCH:
            alone = len(set(item.pairs.values())) == len(item.pairs)
            chosen = permutations(item.right, len(item.left)) if alone else product(item.right, repeat=len(item.left))
            yield from ({"pairs": dict(zip(item.left, rights, strict=True))} for rights in chosen)
        case ItemType.ORDER:
            places = range(1, len(item.options) + 1)
            yield from ({"places": dict(zip(item.options, one, strict=True))} for one in permutations(places))
        case _:
            yield {"text": ""}


def tried(item: Item) -> Counter[Fraction]:
    return Counter(Fraction(rules.share(item, one) or 0).limit_denominator(100) for one in answers(item))


def passed(drawn: tuple[Item, ...]) -> Fraction:
    """How many of all answers to these items reach 60 per cent."""
    scores = [
        rules.score((item.points, rules.share(item, answer)) for item, answer in zip(drawn, given, strict=True))
        for given in product(*map(answers, drawn))
    ]
    return Fraction(sum(score >= 60 for score in scores), len(scores))


@pytest.mark.parametrize("item", [SINGLE, TRUTH, MULTIPLE, MATCH, SHARED, SPARE, ORDER, NUMBER, SHORT, ESSAY])
def test_the_shares_of_guesses_are_those_of_the_scoring_rules(item: Item) -> None:
    assert {share: ways for share, ways in guesses(item).items() if ways} == tried(item)


def test_one_question_of_three_options_is_passed_in_a_third() -> None:
    assert chance(quiz(SINGLE, draw=1)) == Fraction(1, 3)


@pytest.mark.parametrize(("pass_at", "likely"), [(50, Fraction(3, 4)), (51, Fraction(1, 4)), (100, Fraction(1, 4))])
def test_the_pass_mark_itself_passes(pass_at: int, likely: Fraction) -> None:
    assert chance(quiz(TRUTH, replace(TRUTH, id="t2"), draw=2, pass_at=pass_at)) == likely


def test_points_weigh() -> None:
    heavy = replace(TRUTH, id="t3", points=3)
    assert chance(quiz(TRUTH, heavy, draw=2)) == Fraction(1, 2)  # who has the heavy one right has 75 %


def test_what_cannot_be_guessed_is_not_passed() -> None:
    assert chance(quiz(NUMBER, SHORT, ESSAY, draw=3)) == 0


def test_every_draw_is_equally_likely() -> None:
    assert chance(quiz(TRUTH, NUMBER, draw=1)) == Fraction(1, 4)


@pytest.mark.parametrize("mix", [{}, {ItemType.SINGLE: 1, ItemType.TRUE_FALSE: 1, ItemType.MULTIPLE: 1}])
def test_the_chance_is_that_of_all_draws_and_answers(mix: dict[ItemType, int]) -> None:
    bank = (SINGLE, replace(SINGLE, id="s2", points=2, options=("a", "b")), TRUTH, MULTIPLE, NUMBER)
    draws = [one for one in combinations(bank, 3) if not mix or Counter(item.type for item in one) == mix]
    assert chance(quiz(*bank, draw=3, mix=mix)) == sum(map(passed, draws)) / len(draws) > 0


def test_a_mix_is_drawn_type_by_type() -> None:
    """Two of three singles are always there, so that a bank of numbers beside them changes nothing."""
    singles = [replace(SINGLE, id=name) for name in ("s1", "s2", "s3")]
    mixed = quiz(*singles, NUMBER, draw=2, mix={ItemType.SINGLE: 2})
    assert chance(mixed) == chance(quiz(*singles[:2], draw=2)) == Fraction(1, 9)


def test_more_items_are_harder_to_guess() -> None:
    twice = tuple(replace(item, id=f"{item.id}{n}") for item in BANK for n in (1, 2))
    assert chance(quiz(*twice, draw=12)) < chance(quiz(*BANK, draw=6))
