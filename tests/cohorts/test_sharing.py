"""Sharing people out over tutors: language first, then as evenly as it goes. Source: spec cohorts, "Cohort"."""

from collections import Counter
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from diploma.cohorts.tutoring.sharing import Learner, common, share
from diploma.core.lang import Lang
from diploma.core.sharing import Helper

RU, EN, AR = Lang.RU, Lang.EN, Lang.AR
langs = st.sampled_from([RU, EN, AR])
helpers = st.lists(st.frozensets(langs), min_size=1, max_size=4)
loads = st.lists(st.integers(0, 3), min_size=4, max_size=4)
people = st.lists(st.lists(langs, min_size=1, max_size=2, unique=True), max_size=6)


def _tutors(known: list[frozenset[Lang]], has: list[int] | None = None) -> list[Helper]:
    return [Helper(n + 1, one, has[n] if has else 0) for n, one in enumerate(known)]


def _learners(spoken: list[list[Lang]]) -> list[Learner]:
    return [Learner(n, 100 + n, one) for n, one in enumerate(spoken)]


def _unevenness(tutors: list[Helper], given_to: list[int]) -> int:
    counts = Counter(given_to)
    return sum((one.load + counts[one.user_id]) ** 2 for one in tutors)


@given(people, helpers)
def test_without_language_all_tutors_differ_by_one_at_most(
    spoken: list[list[Lang]], known: list[frozenset[Lang]]
) -> None:
    tutors = _tutors(known)
    counts = Counter(share(_learners(spoken), tutors, by_language=False).values())
    assert counts.total() == len(spoken)
    assert max(counts[one.user_id] for one in tutors) - min(counts[one.user_id] for one in tutors) <= 1


@given(people, helpers, loads)
def test_language_decides_first_and_nothing_more_even_exists_within_it(
    spoken: list[list[Lang]], known: list[frozenset[Lang]], has: list[int]
) -> None:
    """Held against every possible distribution that keeps the languages."""
    learners, tutors = _learners(spoken), _tutors(known, has)
    shared = share(learners, tutors, by_language=True)
    allowed = []
    for one in learners:
        best = next((lang for lang in one.languages if any(lang in t.languages for t in tutors)), None)
        allowed.append([t.user_id for t in tutors if best is None or best in t.languages])
    assert all(shared[one.id] in able for one, able in zip(learners, allowed, strict=True))
    least = min(_unevenness(tutors, list(chosen)) for chosen in product(*allowed))
    assert _unevenness(tutors, list(shared.values())) == least


@given(people, helpers, st.booleans())
def test_sharing_again_what_was_shared_changes_nothing(
    spoken: list[list[Lang]], known: list[frozenset[Lang]], by_language: bool
) -> None:
    tutors, learners = _tutors(known), _learners(spoken)
    first = share(learners, tutors, by_language=by_language)
    again = [Learner(one.id, one.user_id, one.languages, first[one.id]) for one in learners]
    assert share(again, tutors, by_language=by_language) == first


def test_nobody_is_their_own_tutor() -> None:
    tutors = [Helper(1, frozenset({RU})), Helper(2, frozenset({EN}))]
    assert share([Learner(7, 1, [RU])], tutors, by_language=True) == {7: 2}
    assert share([Learner(7, 1, [RU])], tutors[:1], by_language=True) == {}


def test_the_language_of_writing_counts_before_that_of_reading() -> None:
    tutors = [Helper(1, frozenset({EN})), Helper(2, frozenset({RU}))]
    assert share([Learner(7, 9, [RU, EN])], tutors, by_language=True) == {7: 2}
    assert share([Learner(7, 9, [AR, EN])], tutors, by_language=True) == {7: 1}
    assert (common([AR, EN], tutors[0].languages), common([AR], tutors[0].languages)) == (EN, None)


def test_who_could_go_to_either_makes_room_for_who_could_not() -> None:
    """The first who came would leave the second tutor without anybody."""
    tutors = [Helper(1, frozenset({RU, EN})), Helper(2, frozenset({RU}))]
    assert share([Learner(7, 8, [RU]), Learner(9, 10, [EN])], tutors, by_language=True) == {7: 2, 9: 1}
