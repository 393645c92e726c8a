"""Returned with comments: before the mark, without a cap, not later than before, and the returned version stays."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from diploma.cohorts.models import CohortState
from diploma.core import clock
from diploma.core.audit import AuditEvent
from diploma.core.db import session
from diploma.core.errors import Refused
from diploma.core.outbox import Job
from diploma.coursework import access, deadlines, marking, results, service
from diploma.coursework.access import Wanted
from diploma.coursework.attempts import returning
from diploma.coursework.attempts.models import WorkReturn
from diploma.coursework.marking import Judged
from diploma.coursework.models import Marking, MarkingState, Submission, SubmissionState, SubmissionVersion
from diploma.coursework.releasing import service as releasing
from tests.coursework.attempts.conftest import work_of
from tests.coursework.conftest import TEXT, Handed, Unit, enrolment, levels, user
from tests.world import M2, World

Give = Callable[..., None]
Send = Callable[..., Handed]
DAY = timedelta(days=1)


@pytest.fixture
def late_work(world: World, hand_in: Callable[..., Handed], reading: Unit) -> Handed:
    """A work of two days of delay, within the days of grace."""
    with reading():
        held = deadlines.of(enrolment(world.trainee), M2)
        assert held
    return hand_in(world.trainee, at=held.due_at + 2 * DAY)


@pytest.fixture
def take_back(unit: Unit, world: World) -> Give:
    def undo(handed: Handed, *, by: str = "") -> None:
        with unit():
            row = session.get_one(Marking, handed.marking)
            returning.take_back(row, base_url="http://x", by=user(by or world.instructor))

    return undo


def test_a_returned_work_is_a_draft_of_what_was_handed_in(
    handed: Handed, give_back: Give, reading: Unit, world: World
) -> None:
    give_back(handed)
    with reading():
        work = work_of(world.trainee)
        assert (work.state, work.text) == (SubmissionState.RETURNED, TEXT)
        assert [one.name for one in work.files] == ["map.pdf"]
        held = deadlines.of(work.enrolment, M2, work)
        assert held and held.again and held.again.comment == "The annex is missing."


def test_the_returned_version_stays_with_its_receipt(
    handed: Handed, give_back: Give, send_again: Send, reading: Unit
) -> None:
    with reading():
        before = session.get_one(SubmissionVersion, handed.version).sha256
    give_back(handed)
    again = send_again(text=TEXT + " With annex.")
    with reading():
        first = session.get_one(SubmissionVersion, handed.version)
        assert (first.sha256, first.text, service.digest(first, M2)) == (before, TEXT, before)
        assert again.receipt != handed.receipt


def test_what_comes_again_in_time_is_not_later_and_has_no_cap(
    late_work: Handed, give_back: Give, send_again: Send, set_mark: Give, reading: Unit
) -> None:
    with reading():
        came = session.get_one(SubmissionVersion, late_work.version).received_at
    with clock.at(came + DAY):
        give_back(late_work, days=5)
    again = send_again(at=came + 5 * DAY)  # seven days after the due date, far beyond the grace
    set_mark(again, "exemplary")
    with reading():
        row = session.get_one(Marking, again.marking)
        assert (row.counted, row.deductions) == (100, [])
        assert (row.work.attempt, row.work.resubmission) == (1, False)


def test_what_comes_after_the_date_counts_by_its_own_day(
    late_work: Handed, give_back: Give, send_again: Send, set_mark: Give, reading: Unit
) -> None:
    with reading():
        came = session.get_one(SubmissionVersion, late_work.version).received_at
    with clock.at(came + DAY):
        give_back(late_work, days=1)
    again = send_again(at=came + 5 * DAY)
    set_mark(again, "exemplary")
    with reading():
        assert session.get_one(Marking, again.marking).counted == 80


def test_a_returned_resubmission_keeps_its_cap(
    released: Handed,
    give_back: Give,
    send_again: Send,
    set_mark: Give,
    release: Give,
    unit: Unit,
    reading: Unit,
    world: World,
) -> None:
    def resubmit() -> None:
        with unit():
            service.open_resubmission(work_of(world.trainee), by=user(world.trainee))

    resubmit()
    second = send_again()
    give_back(second)
    third = send_again()
    set_mark(third, "exemplary")
    with reading():
        assert session.get_one(Marking, third.marking).counted == 75
    release(third)
    with pytest.raises(Refused):
        resubmit()


def test_a_returned_work_waits_for_no_marker(handed: Handed, give_back: Give, reading: Unit, world: World) -> None:
    give_back(handed)
    with reading():
        marker = user(world.instructor)
        assert access.queue(marker, Wanted(), 1) == []
        assert access.piles(marker, since=clock.now()) == []
        assert access.place(marker, handed.marking, Wanted()).of == 0
        assert results.own(enrolment(world.trainee).id)[M2].waits is False
        assert [one.id for one in access.queue(marker, Wanted(state=MarkingState.RETURNED), 1)] == [handed.marking]


def test_a_returned_work_is_neither_marked_nor_released(
    handed: Handed, give_back: Give, unit: Unit, world: World
) -> None:
    give_back(handed)
    with unit():
        row, by = session.get_one(Marking, handed.marking), user(world.instructor)
        for step in (marking.save_marking, marking.autosave, marking.mark):
            with pytest.raises(Refused, match="returned"):
                step(row, Judged(levels()), by=by)
        assert releasing.release([row], base_url="", by=by).done == []
        assert row.state is MarkingState.RETURNED and row.counted is None


def test_the_database_knows_no_mark_of_a_returned_work(handed: Handed, give_back: Give, unit: Unit) -> None:
    give_back(handed)
    with pytest.raises(IntegrityError), unit():
        session.get_one(Marking, handed.marking).counted = 80  # type: ignore[assignment]
        session.flush()


def test_the_author_gets_the_comments_by_mail_and_the_audit_keeps_them(
    handed: Handed, give_back: Give, reading: Unit, world: World
) -> None:
    give_back(handed, comment="Give the source of figure 2.")
    with reading():
        letter = session.scalars(select(Job).where(Job.key.startswith("mail:work_returned:"))).one().payload
        detail = session.scalars(select(AuditEvent).where(AuditEvent.kind == "work.returned")).one().detail
    assert letter["to"] == world.trainee and "Give the source of figure 2." in letter["body"]
    assert (detail["before"], detail["after"], detail["why"]) == ("waiting", "returned", "Give the source of figure 2.")


def test_an_answered_return_is_over(handed: Handed, give_back: Give, send_again: Send, reading: Unit) -> None:
    give_back(handed)
    moment = clock.now() + DAY
    send_again(at=moment)
    with reading():
        assert session.scalars(select(WorkReturn)).one().ended_at == moment
        states = session.scalars(select(Marking.state).order_by(Marking.id)).all()
    assert states == [MarkingState.RETURNED, MarkingState.WAITING]


# ---- taking it back


def test_a_return_that_was_taken_back_waits_for_its_mark_again(
    handed: Handed, give_back: Give, take_back: Give, set_mark: Give, reading: Unit, world: World
) -> None:
    give_back(handed)
    take_back(handed)
    with reading():
        assert work_of(world.trainee).state is SubmissionState.SUBMITTED
        assert session.get_one(Marking, handed.marking).state is MarkingState.WAITING
    set_mark(handed)
    with reading():
        assert session.get_one(Marking, handed.marking).counted == 80


def test_a_return_is_not_taken_back_after_an_answer_or_twice(
    handed: Handed, give_back: Give, take_back: Give, send_again: Send
) -> None:
    give_back(handed)
    send_again()
    with pytest.raises(Refused):
        take_back(handed)


def test_a_work_is_returned_again_after_it_was_taken_back(
    handed: Handed, give_back: Give, take_back: Give, reading: Unit
) -> None:
    give_back(handed)
    take_back(handed)
    with pytest.raises(Refused):
        take_back(handed)
    give_back(handed)
    with reading():
        assert [one.took_back for one in session.scalars(select(WorkReturn).order_by(WorkReturn.id))] == [True, False]


# ---- what may not be done


def test_a_marked_or_released_work_is_not_returned(
    handed: Handed, give_back: Give, set_mark: Give, release: Give
) -> None:
    set_mark(handed)
    with pytest.raises(Refused, match="marked already"):
        give_back(handed)
    release(handed)
    with pytest.raises(Refused):
        give_back(handed)


def test_a_version_is_not_returned_once_a_newer_one_is_written(
    handed: Handed, give_back: Give, open_again: Callable[..., int], send_again: Send
) -> None:
    open_again()
    with pytest.raises(Refused, match="newer version"):
        give_back(handed)
    send_again()
    with pytest.raises(Refused, match="newer version"):
        give_back(handed)


@pytest.mark.parametrize("wrong", [{"comment": ""}, {"days": -1}])
def test_a_return_says_what_is_missing_and_until_when(handed: Handed, give_back: Give, wrong: dict[str, Any]) -> None:
    with pytest.raises(Refused):
        give_back(handed, **wrong)


def test_nobody_returns_their_own_work_or_that_of_a_frozen_cohort(
    handed: Handed, give_back: Give, unit: Unit, world: World
) -> None:
    with pytest.raises(Refused, match="own work"):
        give_back(handed, by=world.trainee)
    with unit():
        enrolment(world.trainee).cohort.state = CohortState.CLOSED
    with pytest.raises(Refused, match="closed"):
        give_back(handed)


def test_an_old_tab_does_not_overwrite_the_draft_of_a_returned_work(
    handed: Handed, give_back: Give, unit: Unit, world: World
) -> None:
    with unit():
        work = session.get_one(Submission, handed.submission)
        work.page, seen = "o" * 20, work.version  # the tab that saved last
    give_back(handed)
    with unit(), pytest.raises(Refused, match="another window"):
        work, by = work_of(world.trainee), user(world.trainee)
        service.save_draft(work, service.Written("Old.", work.lang, page="o" * 20, base=seen), by=by)
