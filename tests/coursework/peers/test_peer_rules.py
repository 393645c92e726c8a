"""Who reviews whose work: fair, never one's own, in a language that is read, the same again from the same seed."""

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diploma.core.lang import Lang
from diploma.coursework import rules as marks
from diploma.coursework.peers import rules
from diploma.coursework.peers.rules import Far, Pair, Person, Pile, TooFew
from diploma.coursework.rules import Deduction, Reason

LANGS = st.sampled_from(list(Lang))


@st.composite
def people(draw: st.DrawFn, most: int = 40, *, conflicts: bool = False) -> list[Person]:
    size = draw(st.integers(2, most))
    langs = draw(st.lists(LANGS, min_size=size, max_size=size))
    reads = draw(st.lists(st.frozensets(LANGS, max_size=3), min_size=size, max_size=size))
    barred: list[set[int]] = [set() for _ in range(size)]
    if conflicts:
        body = draw(st.lists(st.integers(0, 3), min_size=size, max_size=size))
        barred = [{n for n in range(size) if body[n] == body[m] and body[m] and n != m} for m in range(size)]
    return [Person(n, langs[n], reads[n], frozenset(barred[n])) for n in range(size)]


def loads(pairs: Sequence[Pair]) -> tuple[Counter[int], Counter[int]]:
    return Counter(reader for reader, _work in pairs), Counter(work for _reader, work in pairs)


@settings(deadline=None, max_examples=30)
@given(people(), st.integers(1, 6), st.text(max_size=8))
def test_everybody_reviews_and_is_reviewed_equally_often(those: list[Person], count: int, seed: str) -> None:
    pairs = rules.share(those, count, seed)
    wanted = dict.fromkeys(range(len(those)), min(count, len(those) - 1))
    assert loads(pairs) == (wanted, wanted)
    assert len(set(pairs)) == len(pairs)
    assert all(reader != work for reader, work in pairs)
    assert pairs == rules.share(those[::-1], count, seed)


@settings(deadline=None, max_examples=30)
@given(people(), st.integers(1, 4))
def test_no_exchange_of_two_brings_works_nearer_to_their_readers(those: list[Person], count: int) -> None:
    pairs = rules.share(those, count, "seed")
    held, by_id = set(pairs), {one.id: one for one in those}

    def cost(*chosen: Pair) -> tuple[int, int]:
        fars = [by_id[reader].far(by_id[work]) for reader, work in chosen]
        return fars.count(Far.STRANGE), fars.count(Far.READ)

    for one, work in pairs:
        for other, instead in pairs:
            swapped = ((one, instead), (other, work))
            if one != other and not held & set(swapped) and one != instead and other != work:
                assert cost((one, work), (other, instead)) <= cost(*swapped)


@settings(deadline=None, max_examples=30)
@given(people(conflicts=True), st.integers(1, 4))
def test_conflicts_are_kept_and_nothing_that_is_possible_is_left_out(those: list[Person], count: int) -> None:
    pairs = rules.share(those, count, "seed")
    by_id = {one.id: one for one in those}
    given_out, got = loads(pairs)
    assert all(work != reader and work not in by_id[reader].barred for reader, work in pairs)
    assert max([0, *given_out.values(), *got.values()]) <= count
    for reader in those:  # whoever has too few finds no work with too few readers that they may still review
        for work in those:
            free = given_out[reader.id] < count and got[work.id] < count
            assert not (free and reader.may_review(work) and (reader.id, work.id) not in pairs)


def test_groups_that_are_large_enough_stay_among_their_own_language() -> None:
    those = [Person(n, [Lang.RU, Lang.UZ_LATN, Lang.UZ_CYRL][n % 3]) for n in range(300)]
    pairs = rules.share(those, 3, "seed")
    assert loads(pairs) == (dict.fromkeys(range(300), 3), dict.fromkeys(range(300), 3))
    assert all(those[reader].lang is those[work].lang for reader, work in pairs)


def test_a_single_writer_of_a_language_goes_to_who_reads_it() -> None:
    those = [Person(0, Lang.AR), *(Person(n, Lang.RU, frozenset({Lang.AR} if n < 4 else ())) for n in range(1, 20))]
    pairs = rules.share(those, 3, "seed")
    assert {reader for reader, work in pairs if work == 0} == {1, 2, 3}


def test_another_seed_gives_other_pairs() -> None:
    those = [Person(n, Lang.RU) for n in range(30)]
    assert rules.share(those, 3, "one") != rules.share(those, 3, "two")


@pytest.mark.parametrize("count", [0, 1])
def test_fewer_than_two_works_are_said_to_be_too_few(count: int) -> None:
    with pytest.raises(TooFew):
        rules.share([Person(n, Lang.RU) for n in range(count)], 3, "seed")


def test_two_people_review_each_other_once() -> None:
    assert rules.share([Person(4, Lang.RU), Person(9, Lang.AR)], 3, "seed") == [(4, 9), (9, 4)]


# ---- one more


def test_one_more_is_the_readable_work_that_lacks_reviews_most() -> None:
    me = Person(0, Lang.RU, frozenset({Lang.EN}), frozenset({6}))
    piles = [
        Pile(me, 0, 0),
        Pile(Person(1, Lang.AR), 0, 0),  # in no language of mine
        Pile(Person(2, Lang.EN), 1, 3),
        Pile(Person(3, Lang.RU), 2, 2),
        Pile(Person(6, Lang.RU), 0, 0),  # kept from me
        Pile(Person(7, Lang.RU), 0, 1),  # had
    ]
    assert rules.neediest(me, piles, {7}, "seed") == 2
    assert rules.neediest(me, piles, {2, 3, 7}, "seed") == 1
    assert rules.neediest(me, piles, {1, 2, 3, 7}, "seed") is None


# ---- what reviews give to a mark


def test_the_median_counts_by_its_weight_and_too_few_reviews_do_not() -> None:
    raws = [Decimal(60), Decimal("72.25"), Decimal("72.5")]
    part = rules.part(raws, 20, 2)
    assert part and (part.median, part.reviews) == (Decimal("72.25"), 3)
    assert rules.part(raws[:1], 20, 2) is None
    assert rules.part(raws, 0, 2) is None
    between = rules.part(raws[1:], 20, 2)
    assert between and between.median == Decimal("72.38")


@settings(deadline=None, max_examples=50)
@given(st.integers(0, 10000), st.lists(st.integers(0, 10000), min_size=1, max_size=9), st.integers(1, 50))
def test_the_shown_shares_add_up_and_fit_into_the_table(raw: int, others: list[int], weight: int) -> None:
    mark, part = Decimal(raw) / 100, rules.part([Decimal(one) / 100 for one in others], weight, 1)
    assert part
    whole = part.joined(mark)
    assert round(part.of_marker(mark), 2) + round(part.of_peers, 2) == whole
    assert 0 <= whole <= 100 and whole * 10000 == int(whole * 10000)


def test_raw_peers_and_deductions_stay_apart() -> None:
    part = rules.part([Decimal(100), Decimal(100)], 20, 2)
    counted = marks.counted_mark(Decimal(80), Deduction(Reason.LATE, 70, 5), peers=part)
    assert (counted.raw, counted.mark, counted.peers) == (Decimal(80), Decimal(70), part)
    assert marks.counted_mark(Decimal(80), peers=part).mark == Decimal(84)
    assert marks.counted_mark(Decimal(80)).mark == Decimal(80)


def test_reviews_and_marks_are_compared() -> None:
    assert rules.differences([]) is None
    apart = rules.differences([(Decimal(80), Decimal(70)), (Decimal(60), Decimal(62))])
    assert apart == (Decimal(6), Decimal(10))
