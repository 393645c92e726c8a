"""Which mark of several counts, and when a new attempt opens: arithmetic alone."""

from dataclasses import replace
from decimal import Decimal

import pytest

from diploma.coursework.attempts.rules import AttemptPolicy, Opens, Scoring, score
from diploma.learning.structure import ResubmissionRules

PROGRAMME = AttemptPolicy.of(ResubmissionRules(times=1, cap=75, within_days=14))


def marks(*given: str) -> dict[int, Decimal]:
    return {number: Decimal(one) for number, one in enumerate(given, 1)}


@pytest.mark.parametrize(
    ("scoring", "given", "counts"),
    [
        (Scoring.BEST, marks("80", "35", "60"), "80"),
        (Scoring.BEST, marks("60", "60"), "60"),
        (Scoring.LATEST, marks("80", "35", "60"), "60"),
        (Scoring.LATEST, marks("80", "80"), "80"),
        (Scoring.LATEST, {3: Decimal(40), 1: Decimal(90)}, "40"),
        (Scoring.AVERAGE, marks("80", "35", "65"), "60"),
        (Scoring.AVERAGE, marks("59.9999", "60.0001"), "60"),
        (Scoring.AVERAGE, {1: Decimal(70), 3: Decimal(80)}, "75"),
    ],
)
def test_the_scoring_chooses_among_the_attempts(scoring: Scoring, given: dict[int, Decimal], counts: str) -> None:
    assert score(scoring, given) == Decimal(counts)


@pytest.mark.parametrize("scoring", list(Scoring))
def test_one_mark_counts_as_it_is_and_none_counts_as_none(scoring: Scoring) -> None:
    assert score(scoring, marks("62.5")) == Decimal("62.5")
    assert score(scoring, {}) is None


def test_an_average_is_not_rounded_up_to_a_limit() -> None:
    counts = score(Scoring.AVERAGE, marks("59.9999", "60", "60"))
    assert counts is not None and counts < 60


def test_the_rules_begin_as_those_of_the_programme() -> None:
    assert (PROGRAMME.times, PROGRAMME.cap, PROGRAMME.within_days) == (1, 75, 14)
    assert (PROGRAMME.opens, PROGRAMME.scoring) == (Opens.BY_HAND, Scoring.BEST)


@pytest.mark.parametrize(
    ("opens", "number", "mark", "follows"),
    [
        (Opens.NEVER, 2, "30", False),
        (Opens.BY_HAND, 2, "30", False),
        (Opens.ONCE, 2, "59.9999", True),
        (Opens.ONCE, 2, "60", False),
        (Opens.ONCE, 3, "30", False),
        (Opens.UNTIL_PASSED, 3, "30", True),
        (Opens.UNTIL_PASSED, 3, "60", False),
        (Opens.UNTIL_PASSED, 4, "30", False),
    ],
)
def test_an_attempt_opens_by_itself_below_the_limit_and_not_without_end(
    opens: Opens, number: int, mark: str, follows: bool
) -> None:
    assert replace(PROGRAMME, opens=opens, most=3).follows(number, Decimal(mark), 60) is follows


def test_without_a_mark_nothing_opens_by_itself() -> None:
    assert not replace(PROGRAMME, opens=Opens.UNTIL_PASSED).follows(2, None, 60)


def test_the_staff_keep_to_the_most_and_to_never() -> None:
    assert PROGRAMME.allows(3) and not PROGRAMME.allows(4)
    assert not replace(PROGRAMME, opens=Opens.NEVER).allows(2)
