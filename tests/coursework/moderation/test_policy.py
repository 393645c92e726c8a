"""Who is marked twice, and how two marks become one: pure arithmetic."""

from decimal import Decimal as D

import pytest

from diploma.coursework.moderation import settling
from diploma.coursework.moderation.policy import Limits, SecondPolicy, Why, chosen, cutoff, place, reasons
from diploma.coursework.rules import raw_mark
from diploma.learning.structure import Criterion, Level, Rubric

LIMITS = Limits(60, 90)
ON = SecondPolicy(on=True)
RUBRIC = Rubric(
    tuple(Level(name, share) for name, share in (("a", 100), ("b", 80), ("c", 60), ("d", 35), ("e", 0))),
    (Criterion("one", 60, "LO1"), Criterion("two", 40, "LO1")),
)


@pytest.mark.parametrize(
    ("mark", "why"),
    [
        ("56.9", [Why.FAIL]),
        ("57", [Why.FAIL, Why.BORDER]),
        ("59.9999", [Why.FAIL, Why.BORDER]),
        ("60", [Why.BORDER]),
        ("63", [Why.BORDER]),
        ("63.1", []),
        ("86.9", []),
        ("87", [Why.BORDER]),
        ("90", [Why.DISTINCTION, Why.BORDER]),
        ("93.1", [Why.DISTINCTION]),
    ],
)
def test_a_mark_is_chosen_by_the_side_and_the_nearness_of_a_limit(mark: str, why: list[Why]) -> None:
    assert reasons(ON, LIMITS, D(mark)) == why


def test_all_is_one_reason_and_off_is_none() -> None:
    assert reasons(SecondPolicy(on=True, every=True), LIMITS, D(20)) == [Why.ALL]
    assert chosen(SecondPolicy(), LIMITS, D(20), at="0", cut="f") == []


def test_a_sample_is_a_tenth_rounded_up_and_the_same_for_the_same_seed() -> None:
    receipts = [f"R-{n:04}" for n in range(21)]
    cut = cutoff(ON, "seed", receipts)
    drawn = {one for one in receipts if place("seed", one) <= cut}
    assert len(drawn) == 3
    assert drawn == {one for one in receipts if place("seed", one) <= cutoff(ON, "seed", receipts[::-1])}
    assert drawn != {one for one in receipts if place("other", one) <= cutoff(ON, "other", receipts)}
    assert cutoff(SecondPolicy(on=True, sample=0), "seed", receipts) == ""


def test_the_average_lies_between_both_and_nearest_to_their_mean() -> None:
    """80 and 48: 60·b + 40·b = 80, 60·c + 40·d = 36 + 14 = 50, mean 65. Of the sums between, 48 + 14 = 62 and
    36 + 32 = 68 are 3 away; the higher one holds."""
    one, other = {"one": "b", "two": "b"}, {"one": "c", "two": "d"}
    found = settling.average(RUBRIC, one, other)
    assert (found, raw_mark(RUBRIC, found)) == ({"one": "c", "two": "b"}, 68)


def test_the_average_of_equal_marks_by_other_ways_stays_between_them() -> None:
    assert settling.average(RUBRIC, {"one": "a", "two": "c"}, {"one": "c", "two": "c"}) == {"one": "b", "two": "c"}


def test_the_higher_mark_is_taken_as_a_whole() -> None:
    low, high = {"one": "c", "two": "a"}, {"one": "b", "two": "b"}
    assert settling.higher(RUBRIC, low, high) == high and settling.higher(RUBRIC, high, low) == high


def test_two_comments_stand_one_after_another_and_equal_ones_once() -> None:
    assert settling.both(" Good. ", "Name your sources.") == "Good.\n\nName your sources."
    assert settling.both("Good.", "Good.") == "Good." and settling.both("", "Good.") == "Good."
