"""Which works are marked a second time: preview, start, marks that are set later, and a sample that can be checked."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from diploma.core import audit
from diploma.core.db import session
from diploma.core.errors import Refused, Stale
from diploma.coursework import marking
from diploma.coursework.marking import Judged
from diploma.coursework.models import Marking, MarkingState
from diploma.coursework.moderation import policy, rounds
from diploma.coursework.moderation.models import Moderation, ProvisionalMark
from diploma.coursework.moderation.policy import SecondPolicy
from diploma.coursework.moderation.second_changes import REACH
from diploma.coursework.releasing import service as releasing
from tests.coursework.conftest import Handed, Unit, levels, user
from tests.coursework.moderation.conftest import ONLY_FAILS, begin, cohort_of, decide, moderation_of
from tests.world import M2, World

Set = Callable[..., None]
Crowd = Callable[[int], list[Handed]]


def state(work: Handed) -> MarkingState:
    return session.get_one(Marking, work.marking).state


@pytest.fixture
def marked(crowd: Crowd, set_mark: Set, world: World) -> list[Handed]:
    """Three works: 35, 80 and 100."""
    works = crowd(3)
    for work, level in zip(works, ("weak", "proficient", "exemplary"), strict=True):
        set_mark(work, level)
    return works


def test_the_chosen_wait_for_a_second_mark_and_the_others_are_ready(marked: list[Handed], unit: Unit) -> None:
    with unit():
        decide(distinctions=True)
        begin()
        assert [state(one) for one in marked] == ["second", "ready", "second"]
        assert [moderation_of(marked[n]).reasons for n in (0, 2)] == [["fail"], ["distinction"]]


def test_the_first_mark_is_kept_as_it_stood(chosen: Handed, reading: Unit, world: World) -> None:
    with reading():
        first = moderation_of(chosen).mark(1)
        assert first and (first.raw, first.levels, first.comment) == (35, levels("weak"), "A topic, no challenge.")
        assert first.marker_id == user(world.instructor).id


def test_a_mark_that_is_set_later_joins_by_the_same_rules(
    chosen: Handed, crowd: Crowd, set_mark: Set, reading: Unit
) -> None:
    low, high = crowd(2)
    set_mark(low, "weak")
    set_mark(high, "proficient")
    with reading():
        assert (state(low), state(high)) == ("second", "ready")


def test_the_sample_is_drawn_again_from_the_stored_seed(crowd: Crowd, set_mark: Set, unit: Unit) -> None:
    works = crowd(5)
    for one in works:
        set_mark(one)
    with unit():
        decide(SecondPolicy(on=True, fails=False, distinctions=False, border=0, sample=40))
        begin()
        held = rounds.find(cohort_of(), M2)
        assert held
        first = sorted(policy.place(held.seed, one.receipt) for one in works)[:2]
        chosen = [one for one in works if state(one) is MarkingState.SECOND]
        assert sorted(policy.place(held.seed, one.receipt) for one in chosen) == first
        assert all(rounds.explain(moderation_of(one))[1] for one in chosen)


def test_the_seed_never_changes(chosen: Handed, unit: Unit) -> None:
    with pytest.raises(RuntimeError, match="seed"), unit():
        held = rounds.find(cohort_of(), M2)
        assert held
        held.seed = "another"
        session.flush()


def test_looking_twice_draws_no_other_seed(marked: list[Handed], unit: Unit) -> None:
    with unit():
        seeds = [rounds.reveal(cohort_of(), M2, by=user(f"{who}@test.test")).seed for who in ("director", "registrar")]
        assert seeds[0] == seeds[1]


def test_a_round_starts_once_and_only_with_what_was_seen(marked: list[Handed], unit: Unit, set_mark: Set) -> None:
    with unit():
        decide()
        by = user("coordinator@uz.test")
        with pytest.raises(Stale):
            rounds.start(cohort_of(), M2, shown="", by=by)
        held = rounds.reveal(cohort_of(), M2, by=by)
        shown = rounds.seen(rounds.plan(cohort_of(), M2, held))
    set_mark(marked[1], "weak")
    with unit():
        with pytest.raises(Stale):
            rounds.start(cohort_of(), M2, shown=shown, by=user("coordinator@uz.test"))
        begin()
        with pytest.raises(Refused, match="begun already"):
            begin()


def test_there_is_no_round_without_rules(marked: list[Handed], unit: Unit) -> None:
    with unit(), pytest.raises(Refused, match="no second mark"):
        begin()


def test_wider_rules_choose_more_and_spare_nobody(marked: list[Handed], unit: Unit) -> None:
    with unit():
        decide()
        begin()
        decide(fails=False, distinctions=True)
        assert [state(one) for one in marked] == ["second", "ready", "second"]


def test_a_change_names_whose_work_would_be_marked_twice_without_saying_why(marked: list[Handed], unit: Unit) -> None:
    with unit():
        found = REACH.effects(cohort_of(), M2, ONLY_FAILS)
        assert [one.person for one in found if one.person] == ["Trainee 0"]
        assert [one.params for one in found if not one.person] == [{"count": 3}]
        assert "35" not in "".join(str(one.params) for one in found)


def test_nothing_is_released_before_it_is_ready(chosen: Handed, unit: Unit, world: World) -> None:
    with unit():
        row = session.get_one(Marking, chosen.marking)
        outcome = releasing.release([row], base_url="", by=user(world.instructor))
        assert [str(refused) for _name, refused in outcome.refused] == ["The work waits for its second mark."]


def test_nothing_is_released_before_the_round_has_begun(
    handed: Handed, set_mark: Set, unit: Unit, world: World
) -> None:
    set_mark(handed)
    with unit():
        decide()
        row = session.get_one(Marking, handed.marking)
        assert releasing.release([row], base_url="", by=user(world.instructor)).refused
        begin()
        assert not releasing.release([row], base_url="", by=user(world.instructor)).refused


def test_the_first_mark_stands_while_the_second_is_given(chosen: Handed, unit: Unit, world: World) -> None:
    for step in (marking.mark, marking.save_marking):
        with unit(), pytest.raises(Refused, match="second mark is being given"):
            step(session.get_one(Marking, chosen.marking), Judged(levels("exemplary")), by=user(world.instructor))


def test_every_step_is_an_event_of_the_audit(chosen: Handed, reading: Unit) -> None:
    with reading():
        kinds = {row.kind: row.detail for row in session.scalars(select(audit.AuditEvent))}
        assert kinds["mark.chosen"]["why"] == ["fail"] and kinds["second.started"]["seed"]
        assert {"second.planned", "second.revealed"} <= kinds.keys()


def test_a_provisional_mark_is_neither_changed_nor_deleted(chosen: Handed, unit: Unit) -> None:
    def first() -> ProvisionalMark:
        found = session.scalars(select(Moderation)).one().mark(1)
        assert found
        return found

    with pytest.raises(RuntimeError, match="never changed"), unit():
        first().comment = "Better."
        session.flush()
    with pytest.raises(RuntimeError, match="never changed"), unit():
        session.delete(first())
        session.flush()
