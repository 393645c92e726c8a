"""What an answer earns (decisions: quiz scoring), what it may say, what an attempt asks."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from diploma.learning.structure import Item, ItemType, Quiz, Shuffle
from diploma.quizzes import rules

SINGLE = Item("s", ItemType.SINGLE, "LO1", 1, options=("a", "b", "c"), key=("b",))
TRUTH = Item("t", ItemType.TRUE_FALSE, "LO1", 1, options=("true", "false"), key=("true",))
MULTIPLE = Item("m", ItemType.MULTIPLE, "LO1", 2, options=("a", "b", "c", "d", "e"), key=("a", "c", "d"))
MATCH = Item(
    "p",
    ItemType.MATCH,
    "LO1",
    2,
    left=("l1", "l2", "l3", "l4"),
    right=("r1", "r2", "r3", "r4"),
    pairs={"l1": "r2", "l2": "r4", "l3": "r3", "l4": "r1"},
)
ORDER = Item("o", ItemType.ORDER, "LO1", 2, options=("a", "b", "c", "d", "e"), key=("c", "a", "e", "b", "d"))
NUMBER = Item("n", ItemType.NUMBER, "LO1", 1, value=Decimal("72.5"), tolerance=Decimal("0.1"))
SHORT = Item("w", ItemType.SHORT, "LO1", 1)
ESSAY = Item("e", ItemType.ESSAY, "LO1", 3)
BANK = (SINGLE, TRUTH, MULTIPLE, MATCH, ORDER, NUMBER, SHORT)
QUIZ = Quiz(draw=5, attempts=3, minutes=25, pass_at=60, shuffle=Shuffle.OPTIONS, items=BANK)


def placed(order: str) -> dict[str, Any]:
    return {"places": {option: place for place, option in enumerate(order, 1)}}


# ---- what it earns


@pytest.mark.parametrize(
    ("item", "answer", "share"),
    [
        (SINGLE, {"chosen": ["b"]}, 1),
        (SINGLE, {"chosen": ["a"]}, 0),
        (SINGLE, {}, 0),
        (TRUTH, {"chosen": ["true"]}, 1),
        (TRUTH, {"chosen": ["false"]}, 0),
    ],
)
def test_single_and_true_false_are_all_or_nothing(item: Item, answer: dict[str, Any], share: int) -> None:
    assert rules.share(item, answer) == share


@pytest.mark.parametrize(
    ("chosen", "share"),
    [
        ("acd", Decimal(1)),
        ("ac", Decimal(2) / 3),
        ("acb", Decimal(1) / 3),
        ("ab", Decimal(0)),
        ("abe", Decimal(0)),
        ("abcde", Decimal(1) / 3),
        ("", Decimal(0)),
    ],
)
def test_a_wrong_choice_takes_a_right_one_away_and_never_more(chosen: str, share: Decimal) -> None:
    assert rules.share(MULTIPLE, {"chosen": list(chosen)}) == share


def test_each_right_pair_counts() -> None:
    assert rules.share(MATCH, {"pairs": MATCH.pairs}) == 1
    assert rules.share(MATCH, {"pairs": {"l1": "r2", "l2": "r1"}}) == Decimal("0.25")
    assert rules.share(MATCH, {"pairs": dict.fromkeys(MATCH.left, "r2")}) == Decimal("0.25")
    assert rules.share(MATCH, {}) == 0


@pytest.mark.parametrize(
    ("order", "share"),
    [
        ("caebd", "1"),
        ("dbeac", "0"),
        ("caedb", "0.75"),
        ("aebdc", "0.75"),
        ("acebd", "0.75"),
        ("ca", "0.25"),
        ("", "0"),
    ],
)
def test_neighbours_in_the_order_of_the_key_count(order: str, share: str) -> None:
    assert rules.share(ORDER, placed(order)) == Decimal(share)


def test_two_lines_on_one_place_earn_nothing_together() -> None:
    assert rules.share(ORDER, {"places": {"c": 1, "a": 1}}) == 0
    assert rules.share(ORDER, {"places": dict.fromkeys("caebd", 1)}) == 0


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("72.5", True),
        ("72,4", True),
        ("٧٢٫٦", True),
        ("72.61", False),
        ("72.39", False),
        ("seventy", False),
        ("", False),
    ],
)
def test_the_tolerance_of_a_number_is_inclusive(text: str, right: bool) -> None:
    assert rules.share(NUMBER, {"text": text}) == int(right)


@pytest.mark.parametrize(
    "text",
    ["the floor", "  The FLOOR. ", "“floor”", "қуйи чегара", "Quyi chegara", "Порог", "الحدّ الأدنى", "الحد الادنى"],
)
def test_a_short_text_counts_in_every_language_and_script(text: str) -> None:
    accepted = {"the floor", "floor", "quyi chegara", "порог", "الحد الأدنى"}
    assert rules.share(SHORT, {"text": text}, accepted) == 1


@pytest.mark.parametrize("text", ["", "...", "ceiling", "floor floor"])
def test_another_short_text_does_not_count(text: str) -> None:
    assert rules.share(SHORT, {"text": text}, {"floor", ""}) == 0


def test_an_essay_has_no_share_until_a_person_has_marked_it() -> None:
    assert rules.share(ESSAY, {"text": "a long answer"}) is None


def test_the_score_weighs_shares_by_points_and_leaves_unmarked_essays_out() -> None:
    assert rules.score([(1, Decimal(1)), (2, Decimal("0.5")), (3, None)]) == Decimal("66.6667")
    assert rules.score([(1, Decimal(1)), (1, Decimal(1))]) == 100


def test_an_attempt_of_essays_alone_scores_nothing_yet() -> None:
    assert rules.score([(3, None)]) == 0


def test_thirds_do_not_lose_points() -> None:
    third = Decimal(1) / 3
    assert rules.score([(2, third), (2, third), (2, third)]) == Decimal("33.3333")
    assert rules.score([(2, 2 * third), (1, third)]) == Decimal("55.5556")


def test_the_best_attempt_counts() -> None:
    assert rules.best([Decimal(40), Decimal(85), None, Decimal(60)]) == 85
    assert rules.best([None]) is None


# ---- what it may say


@pytest.mark.parametrize(
    ("item", "answer"),
    [
        (SINGLE, {"chosen": ["z"]}),
        (SINGLE, {"chosen": ["a", "b"]}),
        (TRUTH, {"chosen": ["maybe"]}),
        (MULTIPLE, {"chosen": ["a", "l1"]}),
        (MATCH, {"pairs": {"l9": "r1"}}),
        (MATCH, {"pairs": {"l1": "a"}}),
        (ORDER, {"places": {"z": 1}}),
        (ORDER, {"places": {"a": 6}}),
        (ORDER, {"places": {"a": 0}}),
    ],
)
def test_what_the_item_does_not_offer_is_refused(item: Item, answer: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        rules.tidy(item, answer)


def test_only_what_the_item_asks_for_is_kept() -> None:
    assert rules.tidy(SINGLE, {"chosen": ["b"], "share": 1, "text": "x"}) == {"chosen": ["b"]}
    assert rules.tidy(MULTIPLE, {"chosen": ["c", "a", "a"]}) == {"chosen": ["a", "c"]}
    assert rules.tidy(MATCH, {"pairs": {"l1": "r2"}}) == {"pairs": {"l1": "r2"}}
    assert rules.tidy(ORDER, {"places": {"a": 2}}) == {"places": {"a": 2}}


def test_a_text_is_cleaned_and_cut() -> None:
    assert rules.tidy(SHORT, {"text": " a\x00\u202eb \n\n"}) == {"text": "ab"}
    assert len(rules.tidy(NUMBER, {"text": "1" * 900})["text"]) == rules.LONGEST[ItemType.NUMBER]


@pytest.mark.parametrize(
    ("item", "answer"),
    [
        (SINGLE, {"chosen": ["a"]}),
        (MATCH, {"pairs": MATCH.pairs}),
        (ORDER, placed("abcde")),
        (NUMBER, {"text": "5"}),
        (SHORT, {"text": "x"}),
        (ESSAY, {"text": "x"}),
    ],
)
def test_a_complete_answer_is_answered(item: Item, answer: dict[str, Any]) -> None:
    assert rules.answered(item, answer)


@pytest.mark.parametrize(
    ("item", "answer"),
    [
        (SINGLE, {"chosen": []}),
        (MATCH, {"pairs": {"l1": "r1"}}),
        (ORDER, placed("abcd")),
        (ORDER, {"places": dict.fromkeys("abcde", 1)}),
        (NUMBER, {"text": "abc"}),
        (SHORT, {"text": ""}),
        (SHORT, {}),
    ],
)
def test_an_incomplete_answer_is_not_answered(item: Item, answer: dict[str, Any]) -> None:
    assert not rules.answered(item, answer)


# ---- what an attempt asks


def test_an_attempt_draws_its_items_in_the_order_of_the_bank() -> None:
    asked = rules.drawn(QUIZ, seed=7)
    assert len(asked) == len(set(asked)) == 5
    assert asked == [one.id for one in BANK if one.id in asked]


def test_seeds_draw_different_items() -> None:
    assert len({tuple(rules.drawn(QUIZ, seed)) for seed in range(30)}) > 10


def test_items_are_mixed_where_the_quiz_says_so() -> None:
    mixed = replace(QUIZ, draw=7, shuffle=Shuffle.ITEMS)
    assert {tuple(rules.drawn(mixed, seed)) for seed in range(5)} > {tuple(rules.drawn(mixed, 1))}


def test_a_mix_draws_so_many_of_each_type() -> None:
    bank = [replace(item, id=f"{item.id}{number}") for item in (SINGLE, NUMBER, MATCH) for number in range(4)]
    mixed = replace(QUIZ, items=tuple(bank), draw=4, mix={ItemType.SINGLE: 3, ItemType.NUMBER: 1})
    draws = [rules.drawn(mixed, seed) for seed in range(30)]
    assert {"".join(sorted(one[0] for one in drawn)) for drawn in draws} == {"nsss"}
    assert len({tuple(drawn) for drawn in draws}) > 10
    assert draws[0] == [item.id for item in bank if item.id in draws[0]]


def test_a_quiz_without_a_mix_is_kept_as_before_there_were_mixes() -> None:
    """Else the same files would make another edition, which running cohorts do not have."""
    assert "mix" not in QUIZ.to_dict() and Quiz.from_dict(QUIZ.to_dict()) == QUIZ
    mixed = replace(QUIZ, mix={ItemType.SINGLE: 1})
    assert Quiz.from_dict(mixed.to_dict()) == mixed


def test_options_keep_their_order_within_an_attempt() -> None:
    assert rules.offered(QUIZ, MULTIPLE, 7) == rules.offered(QUIZ, MULTIPLE, 7) == ["b", "c", "a", "d", "e"]
    assert sorted(rules.offered(QUIZ, MATCH, 7)) == list(MATCH.right)


def test_options_differ_between_attempts() -> None:
    assert len({tuple(rules.offered(QUIZ, MULTIPLE, seed)) for seed in range(30)}) > 10


def test_true_stands_before_false_and_an_unmixed_quiz_keeps_the_authors_order() -> None:
    assert {tuple(rules.offered(QUIZ, TRUTH, seed)) for seed in range(9)} == {("true", "false")}
    assert rules.offered(replace(QUIZ, shuffle=Shuffle.NONE), MULTIPLE, 7) == list(MULTIPLE.options)
