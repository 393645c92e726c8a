"""Conflicts of interest: declared at either desk, listed without a hidden name, taken back by their own marker."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from diploma.cohorts.groups import service as groups
from diploma.core.audit import AuditEvent
from diploma.core.db import session
from diploma.core.errors import Refused
from diploma.coursework import marking
from diploma.coursework.allocation import access, conflicts, service
from diploma.coursework.allocation.models import Conflict, Lease
from diploma.coursework.allocation.policy import Way
from diploma.coursework.allocation.service import Wish
from diploma.coursework.marking import Judged
from diploma.coursework.models import Marking, MarkingState
from diploma.coursework.moderation.models import ProvisionalMark
from tests.conftest import Client
from tests.coursework.allocation.conftest import Decide, cohort_of
from tests.coursework.conftest import Handed, Unit, enrolment, user
from tests.coursework.moderation.conftest import assign, begin, decide
from tests.world import World

Open = Callable[[str], Client]
WHY = "We are cousins."


def row(handed: Handed) -> Marking:
    found: Marking = session.get_one(Marking, handed.marking)
    return found


@pytest.fixture
def declared(handed: Handed, world: World, unit: Unit) -> int:
    """The first instructor has begun the first work and then declared a conflict; its id."""
    with unit():
        marking.save_marking(row(handed), Judged({"voices": "weak"}, "Hm."), by=user(world.instructor))
        conflicts.declare(row(handed), WHY, by=user(world.instructor))
        return session.scalars(select(Conflict.id)).one()


def test_what_was_begun_goes_back_to_nobody_without_its_draft(
    declared: int, handed: Handed, world: World, second_instructor: str, browser_of: Open, reading: Unit
) -> None:
    with reading():
        one = row(handed)
        assert (one.state, one.levels, one.comment) == (MarkingState.WAITING, {}, "")
        assert one.marker_id is None and one.allocated_to_id is None
        assert session.get(Lease, one.id) is None
    assert browser_of(world.instructor).get(f"/marking/{handed.marking}").status_code == 404
    page = browser_of(second_instructor).get(f"/marking/{handed.marking}").text
    assert "Mark and next" in page, "nobody has it"


def test_a_conflict_is_taken_back_with_a_reason_and_the_audit_knows(
    declared: int, handed: Handed, world: World, browser_of: Open, reading: Unit
) -> None:
    browser, address = browser_of(world.instructor), f"/marking/conflicts/{declared}/take-back"
    page = browser.get("/marking/conflicts").text
    assert WHY in page and address in page
    assert browser.send(address, {"reason": " "}, page=address).status_code == 422
    assert browser.send(address, {"reason": "A namesake."}, page=address).status_code == 302
    assert browser.get(f"/marking/{handed.marking}").status_code == 200
    with reading():
        event = session.scalars(select(AuditEvent).where(AuditEvent.kind == "conflict.taken_back")).one()
        assert event.detail["why"] == "A namesake." and event.detail["said"] == WHY


def test_nobody_takes_back_the_conflict_of_another(
    declared: int, world: World, second_instructor: str, moderator: str, browser_of: Open, unit: Unit, reading: Unit
) -> None:
    address = f"/marking/conflicts/{declared}/take-back"
    for who in (second_instructor, moderator, world.other_instructor):
        browser = browser_of(who)
        assert browser.get(address).status_code == 404
        assert browser.send(address, {"reason": "For them."}, page="/account").status_code == 404
        assert WHY not in browser.get("/marking/conflicts").text
    with unit(), pytest.raises(Refused, match="Only who declared"):
        conflicts.take_back(session.get_one(Conflict, declared), "For them.", by=user(second_instructor))
    with reading():
        assert session.get(Conflict, declared)


def test_moderators_see_the_conflicts_of_their_cohort_and_others_none(
    declared: int, world: World, moderator: str, browser_of: Open
) -> None:
    page = browser_of(moderator).get("/cohorts/uz-1/conflicts").text
    assert WHY in page and "Aziza" in page
    assert browser_of(world.instructor).get("/cohorts/uz-1/conflicts").status_code == 403
    assert browser_of(world.other_coordinator).get("/cohorts/uz-1/conflicts").status_code == 404


def test_a_mark_that_was_set_all_the_same_is_named(
    handed: Handed, set_mark: Callable[..., None], world: World, unit: Unit, moderator: str, browser_of: Open
) -> None:
    set_mark(handed)
    with unit():
        conflicts.declare(row(handed), WHY, by=user(world.instructor))
    assert "has set 1 mark of this person" in browser_of(moderator).get("/cohorts/uz-1/conflicts").text


def test_without_names_neither_list_says_a_name_or_a_reason_that_could(
    declared: int, handed: Handed, world: World, decide: Decide, moderator: str, browser_of: Open
) -> None:
    decide(anonymous=True)
    own, theirs = (
        browser_of(world.instructor).get("/marking/conflicts"),
        browser_of(moderator).get("/cohorts/uz-1/conflicts"),
    )
    for page in (own.text, theirs.text):
        assert handed.receipt in page and "Aziza" not in page
    assert WHY in own.text and WHY not in theirs.text


def test_who_reads_a_second_time_declares_without_learning_the_name_and_the_reading_goes_back(
    handed: Handed, world: World, set_mark: Callable[..., None], second_instructor: str, unit: Unit, reading: Unit,
    browser_of: Open,
) -> None:  # fmt: skip
    with unit():
        decide()
    set_mark(handed, "weak")
    with unit():
        begin()
        given = assign(handed).id
    browser, address = browser_of(second_instructor), f"/marking/second/{given}/conflict"
    assert "Aziza" not in browser.get(address).text
    assert browser.send(address, {"reason": WHY}, page=address).location == "/marking/second/"
    assert browser.get(f"/marking/second/{given}").status_code == 404
    own = browser.get("/marking/conflicts").text
    assert handed.receipt in own and "Aziza" not in own, "to declare is no way to a name"
    with unit():
        assert session.get(ProvisionalMark, given) is None
        with pytest.raises(Refused):
            assign(handed)


def test_the_list_of_a_cohort_asks_as_often_for_many_as_for_one(
    declared: int, world: World, crowd: Callable[[int], list[Handed]], moderator: str, unit: Unit, queries: Any,
    reading: Unit,
) -> None:  # fmt: skip
    def count() -> int:
        with reading():
            who, cohort = user(moderator), cohort_of()
            with queries() as asked:
                access.conflicts_of(who, cohort, 1)
                access.own_conflicts(user(world.instructor))
        return len(asked)

    few, works = count(), crowd(6)
    with unit():
        for one in works:
            conflicts.declare(row(one), WHY, by=user(world.instructor))
    assert count() == few


# ---- a group to one marker


@pytest.fixture
def group(world: World, handed: Handed, unit: Unit) -> int:
    with unit():
        made = groups.make(cohort_of(), "Tax office", by=user(world.coordinator))
        groups.put(made, [enrolment(world.trainee).id], by=user(world.coordinator))
        return made.id


def test_the_works_of_a_group_go_to_one_marker_after_a_preview(
    group: int, handed: Handed, crowd: Callable[[int], list[Handed]], second_instructor: str, world: World,
    browser_of: Open, reading: Unit,
) -> None:  # fmt: skip
    others = crowd(2)
    with reading():
        marker = user(second_instructor).id
    browser, address = browser_of(world.coordinator), "/cohorts/uz-1/allocation"
    form = {"everything": "1", "way": "group", "group": group, "person": marker}
    assert browser.send(address, {**form, "do": "show", "group": ""}, page=address).status_code == 422
    assert browser.send(address, {**form, "do": "show", "person": "none"}, page=address).status_code == 422
    page = browser.send(address, {**form, "do": "show"}, page=address).text
    assert "Save for 1 work" in page
    seen = page.split('name="seen" value="')[1].split('"')[0]
    assert browser.send(address, {**form, "do": "save", "seen": seen}, page=address).status_code == 302
    with reading():
        assert row(handed).allocated_to_id == marker
        assert all(row(one).allocated_to_id is None for one in others)
        event = session.scalars(select(AuditEvent).where(AuditEvent.kind == "markings.allocated")).one()
        assert (event.detail["way"], event.detail["group"]) == ("group", group)


def test_a_group_of_another_cohort_or_a_dissolved_one_gives_nothing(
    group: int, handed: Handed, world: World, unit: Unit
) -> None:
    with unit():
        marker = {user(world.instructor).id}
        abroad = groups.make(cohort_of("ae-1"), "Abroad", by=user(world.coordinator)).id
        groups.dissolve(session.get_one(groups.CohortGroup, group), reason="Over.", by=user(world.coordinator))
        for one in (abroad, group, None):
            with pytest.raises(Refused, match="groups of this cohort"):
                service.propose(cohort_of(), None, Wish(Way.GROUP, marker, group=one))


def test_a_conflict_keeps_a_work_of_the_group_from_its_marker(
    group: int, declared: int, handed: Handed, world: World, unit: Unit
) -> None:
    with unit():
        plan = service.propose(cohort_of(), None, Wish(Way.GROUP, {user(world.instructor).id}, group=group))
        assert [one.id for one in plan.alone] == [handed.marking] and not plan.changes


def test_new_works_are_not_given_by_group(world: World, browser_of: Open) -> None:
    assert 'value="group"' not in browser_of(world.coordinator).get("/cohorts/uz-1/assessment/marking").text
