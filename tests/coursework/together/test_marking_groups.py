"""One mark for a group: it stands once wherever works are counted, reaches all members at once, and one of them may get
more or less with a reason."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from diploma.accounts import service as accounts
from diploma.accounts.permissions import Role
from diploma.cohorts.groups import service as groups
from diploma.cohorts.models import EnrolmentState
from diploma.core import clock
from diploma.core.audit import AuditEvent
from diploma.core.db import session
from diploma.core.errors import Refused, Stale
from diploma.core.outbox import Job
from diploma.coursework import access, marking, results
from diploma.coursework.access import Wanted
from diploma.coursework.allocation import conflicts, markers, workload
from diploma.coursework.allocation import service as allocation
from diploma.coursework.appeals import answering, asking
from diploma.coursework.attempts import opening, returning
from diploma.coursework.extensions import waivers
from diploma.coursework.marking import Judged
from diploma.coursework.models import AssignmentPolicy, Marking, MarkingState, SubmissionState
from diploma.coursework.moderation import report, rounds
from diploma.coursework.peers.changes import REACH as PEERS
from diploma.coursework.peers.policy import PeerPolicy
from diploma.coursework.releasing import readiness
from diploma.coursework.releasing import service as releasing
from diploma.coursework.rules import Adjustment
from diploma.coursework.together import adjusting
from diploma.coursework.together.changes import REACH
from diploma.coursework.together.policy import TogetherPolicy
from tests.conftest import Client
from tests.coursework.conftest import PAGE, Handed, Unit, enrolment, levels, user
from tests.coursework.together.conftest import DILNOZA, Decide, cohort_of, marking_of
from tests.world import M2, World, enrol, person

Open = Callable[[str], Client]
Adjust = Callable[..., None]
Set = Callable[..., None]
MEMBERS = ("aziza@uz.test", "bobur@uz.test", DILNOZA)


def counted(*emails: str) -> list[Decimal | None]:
    return [results.best_counted([enrolment(one).id]).get((enrolment(one).id, M2)) for one in emails]


# ---- once for the staff, for each person in figures of people


def test_a_work_of_three_stands_once_wherever_works_are_counted(team: Handed, together: World, unit: Unit) -> None:
    with unit():
        by = user(together.instructor)
        assert [one.id for one in access.queue(by, Wanted(), 1)] == [team.marking]
        assert access.queue(by, Wanted(), 1)[0].fellows == 2
        assert sum(access.counts(by).values()) == 1
        assert len(allocation.to_do(cohort_of())) == 1 and workload.unallocated(cohort_of()) == 1
        assert rounds.progress(cohort_of())[M2].total() == 1
        assert readiness.counts(by, cohort_of())[M2].total() == 1


def test_after_the_release_too_and_each_person_has_a_mark(
    team: Handed, together: World, unit: Unit, set_mark: Set, release: Callable[..., None]
) -> None:
    set_mark(team)
    release(team)
    with unit():
        by, cohort = user(together.instructor), cohort_of()
        assert [one.id for one in access.queue(by, Wanted(state=MarkingState.RELEASED), 1)] == [team.marking]
        assert rounds.progress(cohort)[M2].total() == 1
        assert readiness.counts(by, cohort)[M2].total() == 1
        assert len(report._firsts([cohort], M2)) == 1
        assert results.spread([cohort])[cohort.id].count == 3
        assert counted(*MEMBERS) == [Decimal(80)] * 3
        mails = [
            one.payload["to"] for one in session.scalars(select(Job).where(Job.kind == "mail")) if "mark_rel" in one.key
        ]
        assert sorted(mails) == sorted(MEMBERS)


def test_before_the_release_no_mark_stands_in_the_rows_of_the_others(team: Handed, unit: Unit, set_mark: Set) -> None:
    set_mark(team, comment="Well done.")
    with unit():
        for email in MEMBERS[1:]:
            one = marking_of(email)
            assert (one.state, one.raw, one.counted, one.levels, one.comment) == (
                MarkingState.FOLLOWING,
                None,
                None,
                {},
                "",
            )


def test_the_version_of_another_member_is_not_marked_or_released_itself(
    team: Handed, together: World, unit: Unit, set_mark: Set, browser_of: Open
) -> None:
    with unit():
        copy = marking_of(DILNOZA).id
    assert browser_of(together.instructor).get(f"/marking/{copy}").status_code == 404
    set_mark(team)
    with unit():
        with pytest.raises(Refused):
            marking.mark(session.get_one(Marking, copy), Judged(levels()), by=user(together.instructor))
        outcome = releasing.release([session.get_one(Marking, copy)], base_url="", by=user(together.instructor))
        assert not outcome.done and outcome.refused


def test_no_member_marks_or_releases_the_work(team: Handed, together: World, unit: Unit) -> None:
    with unit():
        accounts.grant_role(user(DILNOZA), Role.INSTRUCTOR, cohort_id=cohort_of().id)
    with unit():
        row, by = session.get_one(Marking, team.marking), user(DILNOZA)
        assert access.queue(by, Wanted(), 1) == []
        assert by.id in markers.barred([row], [by])[row.id]
        with pytest.raises(Refused, match="their own work"):
            marking.mark(row, Judged(levels()), by=by)
        assert releasing.release([row], base_url="", by=by).refused


def test_a_conflict_at_the_work_of_a_group_is_one_with_its_authors(team: Handed, together: World, unit: Unit) -> None:
    with unit():
        by = user(together.instructor)
        conflicts.declare(session.get_one(Marking, team.marking), "A cousin", by=by)
        assert access.queue(by, Wanted(), 1) == []


def test_who_leaves_does_not_take_the_work_of_the_others_along(team: Handed, together: World, unit: Unit) -> None:
    with unit():
        enrolment(together.trainee).state = EnrolmentState.WITHDRAWN
        session.flush()
        assert [one.id for one in access.queue(user(together.instructor), Wanted(), 1)] == [team.marking]
        assert len(allocation.to_do(cohort_of())) == 1


def test_the_desk_names_all_authors_or_none(team: Handed, together: World, browser_of: Open, unit: Unit) -> None:
    browser = browser_of(together.instructor)
    page = browser.get(f"/marking/{team.marking}").text
    assert "Bobur Toshmatov" in page and "Dilnoza Rahimova" in page
    with unit():
        session.add(AssignmentPolicy(cohort_id=cohort_of().id, module=M2, area="marking", values={"anonymous": True}))
    page = browser.get(f"/marking/{team.marking}").text
    assert "Bobur" not in page and "Dilnoza" not in page and "Work of a group of 3 people" in page


# ---- what becomes of it


def test_returned_with_comments_it_comes_back_to_all(team: Handed, together: World, unit: Unit) -> None:
    with unit():
        row = session.get_one(Marking, team.marking)
        until = clock.now() + timedelta(days=3)
        returning.give_back(row, "The annex is missing.", until, base_url="", by=user(together.instructor))
        assert {marking_of(one).state for one in MEMBERS} == {MarkingState.RETURNED}
        assert {marking_of(one).work.submission.state for one in MEMBERS} == {SubmissionState.RETURNED}
        returning.take_back(row, base_url="", by=user(together.instructor))
        assert [marking_of(one).state for one in MEMBERS] == [MarkingState.WAITING] + [MarkingState.FOLLOWING] * 2


def test_an_attempt_is_opened_once_for_all(
    team: Handed, together: World, unit: Unit, set_mark: Set, release: Callable[..., None]
) -> None:
    set_mark(team)
    release(team)
    with unit():
        session.add(
            AssignmentPolicy(
                cohort_id=cohort_of().id, module=M2, area="attempts", values={"opens": "by_hand", "most": 3}
            )
        )
    with unit():
        works = [marking_of(one).work.submission for one in MEMBERS]
        due = clock.now() + timedelta(days=9)
        outcome = opening.open_many(works, due_at=due, reason="Once more", base_url="", by=user(together.coordinator))
        assert len(outcome.done) == 1 and not outcome.refused
        assert {(one.state, one.attempt) for one in works} == {(SubmissionState.RETURNED, 2)}
        opening.close(outcome.done[0], reason="By mistake", base_url="", by=user(together.coordinator))
        assert {(one.state, one.attempt) for one in works} == {(SubmissionState.SUBMITTED, 1)}


def test_a_waiver_is_one_for_all(
    together: World, unit: Unit, hand_in: Callable[..., Handed], set_mark: Set, release: Callable[..., None]
) -> None:
    late = hand_in(together.trainee, at=clock.now() + timedelta(days=12))
    set_mark(late, "exemplary")
    with unit():
        waivers.waive(marking_of(DILNOZA).work.submission, "The network was down", by=user(together.coordinator))
    release(late)
    with unit():
        assert counted(*MEMBERS) == [Decimal(100)] * 3


def test_an_accepted_appeal_of_one_member_changes_the_mark_of_all(
    team: Handed, together: World, unit: Unit, set_mark: Set, release: Callable[..., None], adjust: Adjust,
    second_instructor: str,
) -> None:  # fmt: skip
    set_mark(team, "weak")
    adjust(together.trainee_2, -5)
    release(team)
    with unit():
        before = counted(*MEMBERS)
        own = marking_of(DILNOZA).work
        asked = asking.Asked("voices", "The interviews stand on page two of our annex. " * 2, "a" * 20)
        appeal = asking.ask(own, asked, at=clock.now(), base_url="", by=user(DILNOZA))
        answering.accept(appeal, answering.Verdict("They do.", "exemplary"), base_url="", by=user(second_instructor))
        after = counted(*MEMBERS)
        assert after[0] == after[2] and after[0] - after[1] == 5 and after[0] > before[0]  # type: ignore[operator]
        told = [one.payload["enrolment_id"] for one in session.scalars(select(Job).where(Job.kind == "mark-changed"))]
        assert sorted(told) == sorted(enrolment(one).id for one in MEMBERS)


# ---- points of one member


def test_points_of_one_member_count_for_them_alone_and_add_up(
    team: Handed,
    together: World,
    unit: Unit,
    set_mark: Set,
    release: Callable[..., None],
    adjust: Adjust,
    browser_of: Open,
) -> None:
    set_mark(team)
    adjust(DILNOZA, 5, "Led the interviews.")
    adjust(together.trainee, -3, "Came late to the group.")
    release(team)
    with unit():
        assert counted(*MEMBERS) == [Decimal(77), Decimal(80), Decimal(85)]
        adjusted = select(AuditEvent).where(AuditEvent.kind == "mark.adjusted").order_by(AuditEvent.number)
        event = session.scalars(adjusted).first()
        assert event and event.detail["why"] == "Led the interviews."
        assert (Decimal(event.detail["before"]), Decimal(event.detail["after"])) == (80, 85)
    page = browser_of(DILNOZA).get(PAGE).text
    assert "Led the interviews." in page and "Mark of the group" in page and "+5" in page
    for fellow in (together.trainee, together.trainee_2):
        assert "Led the interviews." not in browser_of(fellow).get(PAGE).text
    history = browser_of(together.instructor).get(f"/marking/{team.marking}").text
    assert "Led the interviews." in history and "Points for one member of the group" in history


@pytest.mark.parametrize(
    ("level", "points", "reason", "said"),
    [
        ("proficient", 11, "So.", "at most 10 points"),
        ("proficient", -11, "So.", "at most 10 points"),
        ("exemplary", 1, "So.", "between 0 and 100"),
        ("proficient", 5, "", "say why"),
    ],
)
def test_points_outside_the_bounds_are_refused(
    level: str, points: int, reason: str, said: str, team: Handed, set_mark: Set, adjust: Adjust, unit: Unit
) -> None:
    set_mark(team, level)
    with pytest.raises(Refused) as refused:
        adjust(DILNOZA, points, reason)
    assert said in refused.value.message % {"receipt": "", "most": 10}
    with unit():
        assert marking_of(DILNOZA).adjustment is None


def test_points_are_given_between_the_mark_and_its_release_alone(
    team: Handed, together: World, set_mark: Set, release: Callable[..., None], adjust: Adjust, browser_of: Open
) -> None:
    with pytest.raises(Refused, match="Set the mark of the group first"):
        adjust(DILNOZA, 5)
    set_mark(team)
    with pytest.raises(Refused, match=r"their own work|keep this work"):
        adjust(DILNOZA, 5, by=DILNOZA)
    release(team)
    with pytest.raises(Refused, match="released"):
        adjust(DILNOZA, 5)


def test_a_mark_that_moves_stays_within_its_bounds(
    team: Handed, together: World, unit: Unit, set_mark: Set, release: Callable[..., None], adjust: Adjust
) -> None:
    set_mark(team)
    adjust(DILNOZA, 10)
    set_mark(team, "exemplary")
    release(team)
    with unit():
        assert counted(DILNOZA) == [Decimal(100)]


def test_two_windows_do_not_overwrite_each_others_points(
    team: Handed, together: World, unit: Unit, set_mark: Set, adjust: Adjust
) -> None:
    set_mark(team)
    with unit():
        shown = adjusting.seen(session.get_one(Marking, team.marking))
    adjust(DILNOZA, 5)
    with unit(), pytest.raises(Stale):
        row = session.get_one(Marking, team.marking)
        wanted = {marking_of(DILNOZA).id: Adjustment(-5, "Late.")}
        adjusting.adjust(row, wanted, shown=shown, by=user(together.instructor))


def test_the_page_of_points_keeps_what_was_typed_and_saves_all_or_nothing(
    team: Handed, together: World, set_mark: Set, browser_of: Open, unit: Unit
) -> None:
    set_mark(team)
    browser, path = browser_of(together.instructor), f"/marking/{team.marking}/members"
    with unit():
        first, second = marking_of(together.trainee).id, marking_of(DILNOZA).id
        seen = adjusting.seen(session.get_one(Marking, team.marking))
    typed = {
        f"points-{first}": "+4",
        f"reason-{first}": "Much.",
        f"points-{second}": "lots",
        f"reason-{second}": "<b>x</b>",
    }
    answer = browser.send(path, {**typed, "seen": seen})
    assert answer.status_code == 409 and 'value="lots"' in answer.text and "&lt;b&gt;" in answer.text
    assert browser.send(path, {**typed, f"points-{second}": "−2", "seen": seen}).status_code == 302
    with unit():
        assert marking_of(together.trainee).adjustment == {"points": 4, "reason": "Much."}
        assert marking_of(DILNOZA).adjustment == {"points": -2, "reason": "<b>x</b>"}
    assert 'value="-2"' in browser.get(path).text
    assert browser_of(together.other_instructor).get(path).status_code == 404


def test_work_of_one_person_has_no_points_of_members(
    people: World, hand_in: Callable[..., Handed], browser_of: Open
) -> None:
    alone = hand_in(people.trainee)
    assert browser_of(people.instructor).get(f"/marking/{alone.marking}/members").status_code == 404


# ---- the rule


def test_the_rule_names_whom_it_concerns(people: World, unit: Unit, draft_of: Callable[..., Any]) -> None:
    with unit():
        draft_of(people.trainee)
        told = {
            (one.person, one.message.split(".")[0]) for one in REACH.effects(cohort_of(), M2, TogetherPolicy(on=True))
        }
    assert ("Farida Saidova", "Is in no group, and could not hand in") in told
    assert ("Aziza Karimova", "Has a draft") in told and any("Groups" in message for _who, message in told)


@pytest.mark.parametrize("on", [True, False])
def test_it_is_too_late_once_works_came(
    on: bool, people: World, decide: Decide, hand_in: Callable[..., Handed]
) -> None:
    if not on:
        decide(on=True)
    hand_in(people.trainee)
    with pytest.raises(Refused, match="handed in already"):
        decide(on=on)


def test_groups_and_peer_review_exclude_each_other(people: World, unit: Unit, decide: Decide) -> None:
    decide(on=True)
    with unit():
        refused = PEERS.refusal(cohort_of(), M2, PeerPolicy(on=True))
        assert refused and "together" in refused.message
    decide(on=False)
    with unit():
        session.add(AssignmentPolicy(cohort_id=cohort_of().id, module=M2, area="peers", values={"on": True}))
    with pytest.raises(Refused, match="Fellow trainees"):
        decide(on=True)


# ---- pages


def test_queue_and_script_ask_the_database_as_often_for_a_hundred_groups_as_for_one(
    team: Handed, together: World, unit: Unit, browser_of: Open, hand_in: Callable[..., Handed], password_hash: str,
    queries: Callable[[], AbstractContextManager[list[str]]],
) -> None:  # fmt: skip
    browser = browser_of(together.instructor)

    def counts() -> list[int]:
        found = []
        for path in ("/marking/", f"/marking/{team.marking}"):
            browser.get(path)
            with queries() as seen:
                assert browser.get(path).status_code == 200
            found.append(len(seen))
        return found

    few = counts()
    for number in range(12):
        with unit():
            made = [person(f"g{number}-{n}@uz.test", f"Number {n}", password_hash, None) for n in range(3)]
            for one in made:
                enrol(cohort_of(), one)
            groups.put(groups.make(cohort_of(), f"Group {number}"), [enrolment(one.email).id for one in made])
        hand_in(f"g{number}-0@uz.test")
    assert counts() == few
