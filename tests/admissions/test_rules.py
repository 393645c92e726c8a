"""Eligibility, readers, ranking and places: pure rules."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from diploma.admissions import rules
from diploma.admissions.models import ApplicationState as S
from diploma.admissions.plan import Criterion, Effect, Rule, RuleKind
from diploma.admissions.rules import Candidate, Facts, Reader, Script

PERSON = Facts(years=4, entity_id=7, level="senior", language="ru")
CRITERIA = (Criterion("idea", {"en": "Idea"}, 60), Criterion("reach", {"en": "Reach"}, 40))
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def excluding(kind: RuleKind, parameter=None) -> Rule:
    return Rule(kind, Effect.EXCLUDING, parameter)


@pytest.mark.parametrize(
    ("rule", "met"),
    [
        (excluding(RuleKind.SERVICE, 4), True),
        (excluding(RuleKind.SERVICE, 5), False),
        (excluding(RuleKind.ENTITIES, (7, 8)), True),
        (excluding(RuleKind.ENTITIES, (8,)), False),
        (excluding(RuleKind.LEVELS, ("senior",)), True),
        (excluding(RuleKind.LEVELS, ("executive",)), False),
        (excluding(RuleKind.LANGUAGE), True),
        (excluding(RuleKind.NOT_GRADUATE), True),
    ],
)
def test_a_rule_looks_at_its_own_fact(rule: Rule, met: bool) -> None:
    assert (rules.unmet([rule], PERSON, ["ru"]) == []) is met


def test_a_language_that_is_not_taught_and_a_diploma_already_earned_are_not_met() -> None:
    asked = [excluding(RuleKind.LANGUAGE), excluding(RuleKind.NOT_GRADUATE)]
    graduate = Facts(4, 7, "senior", "ar", graduate=True)
    assert rules.unmet(asked, graduate, ["ru"]) == asked


def test_who_says_no_years_has_none() -> None:
    assert rules.unmet([excluding(RuleKind.SERVICE, 1)], Facts(None, None, None, "ru"), ["ru"]) != []


def test_advice_excludes_nobody() -> None:
    assert rules.outcome([Rule(RuleKind.LANGUAGE, Effect.ADVISORY)]) is S.ELIGIBLE
    assert rules.outcome([Rule(RuleKind.LANGUAGE, Effect.ADVISORY), excluding(RuleKind.LANGUAGE)]) is S.INELIGIBLE


# ---- readers


def readers(count: int) -> list[Reader]:
    return [Reader(n, f"r{n}@x.test") for n in range(count)]


def test_every_application_gets_two_readers_and_the_load_is_even() -> None:
    given = rules.assign([Script(n, f"a{n}@x.test", None) for n in range(90)], readers(6), {}, seed=3)
    load = Counter(reader for pair in given.values() for reader in pair)
    assert len(given) == 90 and all(len(set(pair)) == 2 for pair in given.values())
    assert set(load.values()) == {30}


def test_the_same_seed_gives_the_same_readers_and_another_one_others() -> None:
    scripts = [Script(n, "", None) for n in range(20)]
    first, again, other = (rules.assign(scripts, readers(5), {}, seed=seed) for seed in (1, 1, 2))
    assert first == again != other


def test_nobody_reads_themselves_their_own_entity_or_twice() -> None:
    reader = Reader(1, "me@x.test", entity_id=7)
    assert not rules.may_read(reader, Script(1, "me@x.test", None))
    assert not rules.may_read(reader, Script(1, "a@x.test", 7))
    assert not rules.may_read(reader, Script(1, "a@x.test", 8, frozenset({1})))
    assert rules.may_read(Reader(1, "me@x.test"), Script(1, "a@x.test", None))


def test_what_finds_no_two_readers_gets_none() -> None:
    assert rules.assign([Script(1, "r0@x.test", None)], readers(2), {}, seed=1) == {}


def test_who_has_much_to_read_gets_the_next_last() -> None:
    given = rules.assign([Script(1, "", None)], readers(3), {0: 9}, seed=1)
    assert sorted(given[1]) == [1, 2]


# ---- points and ranks


def test_points_follow_the_weights() -> None:
    assert rules.score({"idea": 4, "reach": 0}, CRITERIA) == Decimal("60.0000")
    assert rules.score({"idea": 4, "reach": 4}, CRITERIA) == 100


def test_a_third_reader_is_asked_above_the_gap_and_not_at_it() -> None:
    assert not rules.lie_apart(Decimal(50), Decimal(75), 25)
    assert rules.lie_apart(Decimal(50), Decimal("75.0001"), 25)


def candidate(key: int, *readings: tuple[int, int], minutes: int = 0, group: str = "") -> Candidate:
    levels = tuple({"idea": idea, "reach": reach} for idea, reach in readings)
    return Candidate(key, group or key, NOON + timedelta(minutes=minutes), levels)


def test_the_mean_ranks_then_the_heaviest_criterion_then_who_applied_earlier() -> None:
    late, early = candidate(1, (2, 2), minutes=5), candidate(2, (2, 2), minutes=1)
    strong = candidate(3, (4, 0), (0, 4))  # mean 50 as the two before, and 2 on the heaviest
    best, unread = candidate(4, (4, 4)), candidate(5)
    stronger = candidate(6, (3, 1), (2, 1))
    order = [one.candidate.id for one in rules.ranked([late, early, strong, best, unread, stronger], CRITERIA)]
    assert order == [4, 3, 2, 1, 6] and rules.ranked([unread], ()) == []


def test_equals_on_the_mean_are_told_apart_by_the_heaviest_criterion() -> None:
    three = (Criterion("a", {"en": "A"}, 50), Criterion("b", {"en": "B"}, 50))
    low = Candidate(1, 1, NOON, ({"a": 1, "b": 3},))
    high = Candidate(2, 2, NOON + timedelta(days=1), ({"a": 3, "b": 1},))
    assert [one.candidate.id for one in rules.ranked([low, high], three)] == [2, 1]


@pytest.mark.parametrize(
    ("held", "places", "quota", "chosen"),
    [
        ({}, 2, None, [1, 2]),
        ({}, 0, None, []),
        ({}, 9, None, [1, 2, 3]),
        ({}, 2, 1, [1, 3]),
        ({"a": 1}, 2, 1, [3]),
        ({"a": 1}, 1, 2, [1]),
    ],
)
def test_places_go_by_rank_within_the_quota(held, places, quota, chosen) -> None:
    assert rules.next_up([(1, "a"), (2, "a"), (3, "b")], held, places, quota) == chosen


def test_no_step_leads_out_of_an_end() -> None:
    ends = {S.DECLINED, S.LAPSED, S.REFUSED, S.WITHDRAWN}
    assert {state for state, to in rules.MOVES.items() if not to} == ends and rules.MOVES.keys() == {*S}


def test_an_accepted_place_can_only_be_released() -> None:
    assert rules.MOVES[S.ACCEPTED] == {S.REFUSED}
