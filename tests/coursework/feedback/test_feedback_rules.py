"""What a mark teaches, as arithmetic: it adds up, points upwards, and shows nobody."""

from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from diploma.coursework.feedback import rules
from diploma.coursework.rules import Deduction, Reason, counted_mark, points, raw_mark
from diploma.learning.structure import Criterion, Level, Rubric

SHARES = (100, 80, 60, 35, 0)
RUBRIC = Rubric(
    tuple(Level(f"l{share}", share) for share in SHARES),
    tuple(Criterion(f"c{n}", weight, "o") for n, weight in enumerate((25, 20, 20, 15, 20))),
)
LEVELS = st.fixed_dictionaries({one.id: st.sampled_from([f"l{share}" for share in SHARES]) for one in RUBRIC.criteria})
GOALS = st.integers(0, 100).map(Decimal)
DEDUCTIONS = st.lists(
    st.builds(
        Deduction,
        st.just(Reason.LATE),
        at_most=st.integers(0, 100),
        off=st.integers(0, 60),
        floor=st.integers(0, 80),
        waived=st.sampled_from(["", "", "Snow."]),
    ),
    max_size=2,
)
SMALL = settings(max_examples=80, deadline=None)


@SMALL
@given(LEVELS)
def test_each_rise_gives_what_it_says_and_the_first_gives_most(levels: dict[str, str]) -> None:
    found = rules.rises(RUBRIC, levels)
    for one in found:
        higher = {**levels, one.criterion: one.level}
        assert raw_mark(RUBRIC, higher) - raw_mark(RUBRIC, levels) == one.points > 0
    assert [one.points for one in found] == sorted((one.points for one in found), reverse=True)
    highest = {one.id for one in RUBRIC.criteria if levels[one.id] == "l100"}
    assert {one.criterion for one in found} == {one.id for one in RUBRIC.criteria} - highest


@SMALL
@given(LEVELS, GOALS)
def test_a_way_reaches_its_goal_and_asks_no_criterion_for_more_than_that(levels: dict[str, str], goal: Decimal) -> None:
    way = rules.way(RUBRIC, levels, goal)
    held = {**levels, **way}
    assert raw_mark(RUBRIC, held) >= goal
    order = [one.id for one in reversed(RUBRIC.levels)]
    for one, level in way.items():
        assert order.index(level) > order.index(levels[one])
        lower = {**held, one: order[order.index(level) - 1]}
        assert raw_mark(RUBRIC, lower) < goal


def test_there_is_no_way_beyond_the_rubric() -> None:
    assert rules.way(RUBRIC, dict.fromkeys((one.id for one in RUBRIC.criteria), "l100"), Decimal(101)) == {}


@SMALL
@given(st.integers(1, 100), DEDUCTIONS)
def test_what_is_needed_is_the_least_that_counts_so_much(limit: int, deductions: list[Deduction]) -> None:
    """The mark itself is asked, with the deductions that it will meet."""
    wanted, step = rules.needed(limit, deductions), Decimal("0.05")
    if wanted is None:
        assert counted_mark(Decimal(100), *deductions).mark < limit
        return
    assert counted_mark(wanted, *deductions).mark >= limit
    assert wanted == 0 or counted_mark(wanted - step, *deductions).mark < limit


@SMALL
@given(st.lists(st.integers(0, 9), min_size=6, max_size=8))
def test_merged_bands_are_neighbours_count_everybody_and_stand_for_enough_people(counts: list[int]) -> None:
    cells = rules.merged(counts)
    if sum(counts) < rules.FEWEST:
        assert cells == []
        return
    assert sum(one.count for one in cells) == sum(counts)
    assert all(one.count >= rules.FEWEST for one in cells)
    covered = [place for one in cells for place in range(one.first, one.last + 1)]
    assert covered == list(range(len(counts)))


def test_no_band_lies_on_both_sides_of_the_limit() -> None:
    assert rules.starts(60) == rules.BANDS
    assert rules.starts(65) == (0, 50, 60, 65, 70, 80, 90)


def test_points_of_the_sample_rubric_add_up() -> None:
    assert sum(points(RUBRIC, one, "l100") for one in RUBRIC.criteria) == 100
