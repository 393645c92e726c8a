"""The second mark: who may give it, what it may know, and how both become one."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from diploma.accounts import service as accounts
from diploma.accounts.permissions import Role
from diploma.core import audit, clock
from diploma.core.db import session
from diploma.core.errors import Refused, Stale
from diploma.coursework import deadlines, marking
from diploma.coursework.marking import Judged
from diploma.coursework.models import Marking, MarkingState
from diploma.coursework.moderation import readings, reconciling, rounds
from diploma.coursework.moderation.models import Outcome
from diploma.coursework.moderation.policy import Within
from diploma.coursework.moderation.reconciling import Proposal
from diploma.coursework.releasing import service as releasing
from diploma.coursework.service import Incomplete
from tests.coursework.conftest import Handed, Unit, enrolment, levels, user
from tests.coursework.moderation.conftest import (
    MODERATOR,
    SECOND_MARKER,
    assign,
    begin,
    cohort_of,
    decide,
    give,
    moderation_of,
)
from tests.world import M2, World

Set = Callable[..., None]
Crowd = Callable[[int], list[Handed]]


def row(work: Handed) -> Marking:
    return session.get_one(Marking, work.marking)


def proposal(work: Handed, level: str = "adequate", why: str = "Both evidence tables count.") -> Proposal:
    return Proposal(levels(level), "Well found.", why, moderation_of(work).version)


# ---- who


@pytest.mark.parametrize(
    ("who", "why"),
    [
        ("instructor@uz.test", "has marked the work already"),
        ("instructor@ae.test", "does not mark in this cohort"),
        ("coordinator@uz.test", "does not mark in this cohort"),
        ("aziza@uz.test", "does not mark in this cohort"),
    ],
)
def test_a_second_marker_is_another_marker_of_the_cohort(who: str, why: str, chosen: Handed, unit: Unit) -> None:
    with unit(), pytest.raises(Refused, match=why):
        assign(chosen, who)


def test_nobody_marks_their_own_work_a_second_time(chosen: Handed, unit: Unit, world: World) -> None:
    with unit():
        accounts.grant_role(user(world.trainee), Role.INSTRUCTOR, cohort_id=cohort_of().id)
    with unit(), pytest.raises(Refused, match="their own work"):
        assign(chosen, world.trainee)


def test_who_has_seen_the_reasons_cannot_be_blind(chosen: Handed, unit: Unit) -> None:
    with unit():
        rounds.reveal(cohort_of(), M2, by=user(MODERATOR))
    with unit(), pytest.raises(Refused, match="has seen why"):
        assign(chosen, MODERATOR)


def test_who_has_a_second_mark_to_give_does_not_see_the_reasons(chosen: Handed, unit: Unit) -> None:
    with unit():
        assign(chosen, MODERATOR)
    with unit(), pytest.raises(Refused, match="Give it first"):
        rounds.reveal(cohort_of(), M2, by=user(MODERATOR))


def test_works_are_given_out_evenly_and_never_to_their_first_marker(
    chosen: Handed, crowd: Crowd, set_mark: Set, unit: Unit
) -> None:
    more = crowd(3)
    for work in more:
        set_mark(work, "weak")
    with unit():
        held = rounds.find(cohort_of(), M2)
        assert held
        done = readings.spread(held, cohort_of(), by=user("coordinator@uz.test"))
        assert dict(done.given) == {"Second Instructor": 2, "Moderator uz": 2} and not done.left


def test_works_for_which_there_is_nobody_are_named(chosen: Handed, unit: Unit) -> None:
    with unit():
        for email in (MODERATOR, SECOND_MARKER):
            user(email).disabled_at = clock.now()
        held = rounds.find(cohort_of(), M2)
        assert held
        assert len(readings.spread(held, cohort_of(), by=user("coordinator@uz.test")).left) == 1


def test_a_work_that_is_given_to_another_brings_no_words_of_the_former(assigned: Handed, unit: Unit) -> None:
    with unit():
        held = moderation_of(assigned).mark(2)
        assert held
        readings.autosave(held, Judged(levels("weak"), "Mine."), by=user(SECOND_MARKER))
        held = assign(assigned, MODERATOR)
        assert (held.marker_id, held.levels, held.comment) == (user(MODERATOR).id, {}, "")


# ---- giving it


def test_only_its_marker_gives_a_second_mark(assigned: Handed, unit: Unit, world: World) -> None:
    with unit(), pytest.raises(Refused, match="Only its marker"):
        held = moderation_of(assigned).mark(2)
        assert held
        readings.give(held, Judged(levels()), by=user(world.instructor))


def test_a_second_mark_needs_all_criteria_and_is_given_once(assigned: Handed, unit: Unit) -> None:
    with unit():
        held = moderation_of(assigned).mark(2)
        assert held
        with pytest.raises(Incomplete):
            readings.give(held, Judged({"statement": "weak"}), by=held.marker)
        give(assigned)
        with pytest.raises(Refused, match="is given"):
            give(assigned, "exemplary")


def test_a_stale_page_overwrites_no_second_mark(assigned: Handed, unit: Unit) -> None:
    with unit():
        held = moderation_of(assigned).mark(2)
        assert held
        seen = held.version
        readings.autosave(held, Judged(levels("weak"), "One window.", seen, "a"), by=held.marker)
        with pytest.raises(Stale):
            readings.autosave(held, Judged(levels("exemplary"), "Another one.", seen, "b"), by=held.marker)
        readings.autosave(held, Judged(levels("weak"), "One window, later.", seen, "a"), by=held.marker)


# ---- both become one


@pytest.mark.parametrize(
    ("within", "outcome"),
    [(Within.AVERAGE, Outcome.AVERAGE), (Within.HIGHER, Outcome.HIGHER)],
)
def test_near_marks_become_one_by_the_rule(within: Within, outcome: Outcome, assigned: Handed, unit: Unit) -> None:
    """The second gives one criterion of weight 25 as adequate: 35 + 25 · 0.25 = 41.25; nothing lies between."""
    with unit():
        decide(within=within, threshold=10)
        give(assigned, "weak", statement="adequate")
        held = moderation_of(assigned)
        assert (held.outcome, held.difference) == (outcome, Decimal("6.25"))
        assert row(assigned).state is MarkingState.READY
        assert row(assigned).raw == Decimal("41.25")
        assert row(assigned).comment == "A topic, no challenge.\n\nName your sources."


def test_comments_on_criteria_come_along_into_the_mark_of_both(
    handed: Handed, second_instructor: str, moderator: str, unit: Unit, world: World
) -> None:
    with unit():
        marking.mark(row(handed), Judged(levels("weak"), remarks={"voices": "Ask more."}), by=user(world.instructor))
        decide(within=Within.HIGHER, threshold=10)
        begin()
        given = assign(handed)
        assert [one.remarks for one in moderation_of(handed).marks] == [{"voices": "Ask more."}, {}]
        said = {"voices": "Three are few.", "causes": "One chain."}
        readings.give(given, Judged(levels("weak"), remarks=said), by=user(SECOND_MARKER))
        assert row(handed).remarks == {"voices": "Ask more.\n\nThree are few.", "causes": "One chain."}


def test_an_agreement_has_comments_on_criteria_of_its_own(apart: Handed, unit: Unit, world: World) -> None:
    with unit():
        said = replace(proposal(apart), remarks={"voices": "Agreed.", "unknown": "x", "causes": " "})
        reconciling.propose(moderation_of(apart), said, by=user(SECOND_MARKER))
        reconciling.confirm(moderation_of(apart), moderation_of(apart).version, by=user(world.instructor))
        assert row(apart).remarks == {"voices": "Agreed."}


def test_far_marks_wait_until_both_agree(apart: Handed, unit: Unit, world: World) -> None:
    with unit():
        assert row(apart).state is MarkingState.RECONCILING
        reconciling.propose(moderation_of(apart), proposal(apart), by=user(SECOND_MARKER))
        assert row(apart).state is MarkingState.RECONCILING and row(apart).raw == 35
        reconciling.confirm(moderation_of(apart), moderation_of(apart).version, by=user(world.instructor))
        one = row(apart)
        assert (one.state, one.raw, one.counted, one.comment) == (MarkingState.READY, 60, 60, "Well found.")
        written = {event.kind: event.detail for event in session.scalars(select(audit.AuditEvent))}
        assert (written["mark.agreed"]["before"], written["mark.agreed"]["after"]) == ("35", "60")
        assert written["mark.agreed"]["why"] == "Both evidence tables count."


def test_nobody_agrees_alone(apart: Handed, unit: Unit) -> None:
    with unit(), pytest.raises(Refused, match="The other marker"):
        reconciling.propose(moderation_of(apart), proposal(apart), by=user(SECOND_MARKER))
        reconciling.confirm(moderation_of(apart), moderation_of(apart).version, by=user(SECOND_MARKER))


def test_the_database_knows_no_agreement_of_one(apart: Handed, unit: Unit) -> None:
    with pytest.raises(IntegrityError), unit():
        held = moderation_of(apart)
        held.proposed_by_id = held.confirmed_by_id = user(SECOND_MARKER).id
        session.flush()


def test_a_third_person_takes_no_part_in_an_agreement(apart: Handed, unit: Unit) -> None:
    with unit(), pytest.raises(Refused, match="Only the two markers"):
        reconciling.propose(moderation_of(apart), proposal(apart), by=user(MODERATOR))


def test_nobody_confirms_what_they_have_not_seen(apart: Handed, unit: Unit, world: World) -> None:
    with unit():
        seen = moderation_of(apart).version
        reconciling.propose(moderation_of(apart), proposal(apart), by=user(SECOND_MARKER))
        with pytest.raises(Stale):
            reconciling.confirm(moderation_of(apart), seen, by=user(world.instructor))


def test_an_agreement_gives_its_reason(apart: Handed, unit: Unit) -> None:
    with unit(), pytest.raises(Incomplete):
        reconciling.propose(moderation_of(apart), proposal(apart, why="  "), by=user(SECOND_MARKER))


def test_a_third_mark_decides(apart: Handed, unit: Unit, world: World) -> None:
    with unit():
        with pytest.raises(Refused, match="has marked the work already"):
            assign(apart, SECOND_MARKER)
        assign(apart, MODERATOR)
        with pytest.raises(Refused, match="third marker decides"):
            reconciling.propose(moderation_of(apart), proposal(apart), by=user(world.instructor))
        give(apart, "proficient", turn=3)
        one = row(apart)
        assert (one.state, one.raw, moderation_of(apart).outcome) == (MarkingState.READY, 80, Outcome.THIRD)


def test_a_mark_of_two_is_not_changed_by_one(apart: Handed, unit: Unit, world: World) -> None:
    with unit():
        assign(apart, MODERATOR)
        give(apart, "proficient", turn=3)
    for step in (marking.mark, marking.save_marking):
        with unit(), pytest.raises(Refused, match="one alone"):
            step(row(apart), Judged(levels("exemplary")), by=user(world.instructor))


def test_an_agreed_mark_is_released_as_any_other(apart: Handed, unit: Unit, world: World) -> None:
    with unit():
        assign(apart, MODERATOR)
        give(apart, "proficient", turn=3)
        assert not releasing.release([row(apart)], base_url="", by=user(world.instructor)).refused


def test_what_is_taken_from_a_mark_is_computed_as_always(
    hand_in: Callable[..., Handed], set_mark: Set, unit: Unit, world: World, second_instructor: str
) -> None:
    with unit():
        due = deadlines.of(enrolment(world.trainee), M2)
        assert due
    late = hand_in(world.trainee, at=due.due_at + timedelta(days=6))
    set_mark(late, "exemplary")
    with unit():
        decide(every=True)
        begin()
        assign(late)
        give(late, "exemplary")
        assert (row(late).raw, row(late).counted) == (100, 80)
