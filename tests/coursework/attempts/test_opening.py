"""A new attempt: opened by hand or by the rules, with a mark of its own, and closed again while nothing came."""

import threading
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from diploma.cohorts.models import CohortState, EnrolmentState
from diploma.core import clock, db
from diploma.core.audit import AuditEvent
from diploma.core.db import session
from diploma.core.errors import Refused
from diploma.core.outbox import Job
from diploma.coursework import results, service
from diploma.coursework.attempts import opening
from diploma.coursework.attempts.models import SubmissionAttempt, Way
from diploma.coursework.attempts.rules import Begins, Opens
from diploma.coursework.models import Marking, Submission, SubmissionState, SubmissionVersion
from tests.coursework.attempts.conftest import COORDINATOR, work_of
from tests.coursework.conftest import DECLARED, TEXT, Handed, Unit, enrolment, user
from tests.world import M2, World

Give = Callable[..., None]
Open = Callable[..., int]
Send = Callable[..., Handed]


def version(handed: Handed) -> SubmissionVersion:
    return session.get_one(SubmissionVersion, handed.version)


def mark_of(handed: Handed) -> Marking:
    return session.get_one(Marking, handed.marking)


def event(kind: str) -> dict[str, Any]:
    return session.scalars(select(AuditEvent).where(AuditEvent.kind == kind)).one().detail


def mail(template: str) -> dict[str, Any]:
    return session.scalars(select(Job).where(Job.key.startswith(f"mail:{template}:"))).one().payload


# ---- by hand


def test_a_new_attempt_counts_in_full_and_a_resubmission_within_it_is_capped(
    handed: Handed,
    set_mark: Give,
    release: Give,
    open_again: Open,
    send_again: Send,
    unit: Unit,
    reading: Unit,
    world: World,
) -> None:
    set_mark(handed, "weak")
    release(handed)
    open_again()
    second = send_again()
    set_mark(second, "exemplary")
    release(second)
    with unit():
        service.open_resubmission(work_of(world.trainee), by=user(world.trainee))
    third = send_again()
    set_mark(third, "exemplary")
    with reading():
        assert [(mark_of(one).raw, mark_of(one).counted) for one in (second, third)] == [(100, 100), (100, 75)]
        assert [(version(one).attempt, version(one).resubmission) for one in (handed, second, third)] == [
            (1, False),
            (2, False),
            (2, True),
        ]


def test_each_attempt_has_its_own_resubmission(
    released: Handed, unit: Unit, open_again: Open, send_again: Send, set_mark: Give, release: Give, world: World
) -> None:
    def resubmit() -> None:
        with unit():
            service.open_resubmission(work_of(world.trainee), by=user(world.trainee))

    resubmit()
    first_again = send_again()
    set_mark(first_again)
    release(first_again)
    with pytest.raises(Refused):
        resubmit()
    open_again()
    second = send_again()
    set_mark(second)
    release(second)
    resubmit()


def test_lateness_is_counted_from_the_due_date_of_the_attempt(
    released: Handed, open_again: Open, send_again: Send, set_mark: Give, reading: Unit
) -> None:
    open_again(days=20)
    again = send_again(at=clock.now() + timedelta(days=26))
    set_mark(again, "exemplary")
    with reading():
        assert mark_of(again).counted == 80
        assert version(again).due_at > version(released).due_at


def test_an_attempt_closes_by_the_rules_of_late_work(released: Handed, open_again: Open, send_again: Send) -> None:
    open_again(days=5)
    with pytest.raises(Refused, match="time to hand in"):
        send_again(at=clock.now() + timedelta(days=20))


def test_an_attempt_begins_with_the_version_before_it_files_included(
    released: Handed, open_again: Open, reading: Unit, world: World
) -> None:
    open_again()
    with reading():
        work = work_of(world.trainee)
        assert (work.state, work.attempt, work.text) == (SubmissionState.RETURNED, 2, TEXT)
        assert [one.name for one in work.files] == ["map.pdf"]


def test_an_attempt_begins_empty_where_the_rules_say_so(
    released: Handed, rules: Give, open_again: Open, reading: Unit, world: World
) -> None:
    rules(begins=Begins.EMPTY)
    open_again()
    with reading():
        work = work_of(world.trainee)
        assert (work.text, work.files) == ("", [])
        assert session.get_one(SubmissionVersion, released.version).text == TEXT


def test_opening_is_in_the_audit_and_told_to_the_trainee(
    released: Handed, open_again: Open, reading: Unit, world: World
) -> None:
    open_again(reason="The hall was closed.")
    with reading():
        detail, letter = event("attempt.opened"), mail("attempt_opened")
    assert (detail["attempt"], detail["why"], detail["way"]) == (2, "The hall was closed.", "staff")
    assert letter["to"] == world.trainee and "The hall was closed." in letter["body"]
    assert f"/modules/{M2}/assignment" in letter["body"]


@pytest.mark.parametrize(("reason", "days"), [("", 7), ("So.", -1)])
def test_an_attempt_needs_a_reason_and_a_date_ahead(released: Handed, open_again: Open, reason: str, days: int) -> None:
    with pytest.raises(Refused):
        open_again(reason=reason, days=days)


def test_there_are_no_more_attempts_than_the_rules_allow(
    released: Handed, rules: Give, open_again: Open, send_again: Send
) -> None:
    rules(most=2)
    open_again()
    send_again()
    with pytest.raises(Refused, match="no further attempt"):
        open_again()


def test_a_work_never_handed_in_has_no_second_attempt(
    world: World, unit: Unit, draft_of: Callable[..., Submission], open_again: Open
) -> None:
    with unit():
        draft_of(world.trainee)
    with pytest.raises(Refused, match="Nothing was handed in"):
        open_again()


# ---- what may not be done


def test_nobody_opens_an_attempt_for_themselves(released: Handed, open_again: Open, world: World) -> None:
    with pytest.raises(Refused, match="their own"):
        open_again(by=world.trainee)


def test_no_attempt_is_opened_while_one_is_open(released: Handed, open_again: Open) -> None:
    open_again()
    with pytest.raises(Refused, match="written again"):
        open_again()


@pytest.mark.parametrize("state", [EnrolmentState.WITHDRAWN, EnrolmentState.DEFERRED])
def test_no_attempt_is_opened_for_who_is_not_there(
    released: Handed, open_again: Open, unit: Unit, world: World, state: EnrolmentState
) -> None:
    with unit():
        enrolment(world.trainee).state = state
    with pytest.raises(Refused):
        open_again()


def test_nothing_is_opened_closed_or_excused_in_a_frozen_cohort(
    released: Handed, open_again: Open, unit: Unit, world: World
) -> None:
    attempt = open_again()
    with unit():
        enrolment(world.trainee).cohort.state = CohortState.CLOSED
    by = COORDINATOR
    with unit():
        work, row = work_of(world.trainee), session.get_one(SubmissionAttempt, attempt)
        due_at = clock.now() + timedelta(days=1)
        for step in (
            lambda: opening.open_attempt(work, due_at=due_at, reason="x", base_url="", by=user(by)),
            lambda: opening.close(row, reason="x", base_url="", by=user(by)),
            lambda: opening.excuse(work, 1, reason="x", by=user(by)),
        ):
            with pytest.raises(Refused, match="closed"):
                step()


def test_two_who_open_at_once_open_one_attempt(
    app: Flask, released: Handed, open_again: Open, world: World, reading: Unit
) -> None:
    start, refused = threading.Barrier(6), []

    def click() -> None:
        with app.app_context():
            start.wait()
            try:
                with db.unit_of_work():
                    opening.open_attempt(
                        work_of(world.trainee),
                        due_at=clock.now() + timedelta(days=7),
                        reason="At once.",
                        base_url="",
                        by=user(COORDINATOR),
                    )
            except Refused as refusal:
                refused.append(refusal)
            db.session.remove()

    threads = [threading.Thread(target=click) for _n in range(6)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    with reading():
        assert session.scalar(select(func.count()).select_from(SubmissionAttempt)) == 1
    assert len(refused) == 5


def test_the_database_knows_one_open_attempt_of_a_number(released: Handed, open_again: Open, unit: Unit) -> None:
    open_again()
    with pytest.raises(IntegrityError), unit():
        now = clock.now()
        session.add(
            SubmissionAttempt(
                submission_id=released.submission, number=2, way=Way.RULE, opened_at=now, due_at=now, reason=""
            )
        )
        session.flush()


# ---- a form of an earlier attempt


def test_the_form_of_an_earlier_attempt_hands_in_nothing(
    released: Handed, open_again: Open, send_again: Send, reading: Unit
) -> None:
    open_again()
    with pytest.raises(Refused, match=released.receipt):
        send_again(key="k" * 20)
    with reading():
        assert session.scalar(select(func.count()).select_from(SubmissionVersion)) == 1


# ---- closing


def test_a_closed_attempt_leaves_what_was_handed_in_and_gives_its_number_back(
    released: Handed, open_again: Open, unit: Unit, reading: Unit, world: World
) -> None:
    row = open_again()
    with unit():
        opening.close(
            session.get_one(SubmissionAttempt, row), reason="A mistake.", base_url="http://x", by=user(COORDINATOR)
        )
    with reading():
        work = work_of(world.trainee)
        assert (work.state, work.attempt) == (SubmissionState.SUBMITTED, 1)
        assert event("attempt.closed")["why"] == "A mistake." and "A mistake." in mail("attempt_closed")["body"]
    assert open_again() != row


def test_what_was_written_in_a_closed_attempt_is_there_when_it_is_opened_again(
    released: Handed, open_again: Open, unit: Unit, reading: Unit, world: World
) -> None:
    row = open_again()
    with unit():
        service.save_draft(
            work_of(world.trainee), service.Written("Half.", user(world.trainee).language), by=user(world.trainee)
        )
    with unit():
        opening.close(session.get_one(SubmissionAttempt, row), reason="x", base_url="", by=user(COORDINATOR))
    open_again()
    with reading():
        assert work_of(world.trainee).text == "Half."


def test_an_attempt_with_work_is_not_closed(released: Handed, open_again: Open, send_again: Send, unit: Unit) -> None:
    row = open_again()
    send_again()
    with unit(), pytest.raises(Refused, match="handed in"):
        opening.close(session.get_one(SubmissionAttempt, row), reason="x", base_url="", by=user(COORDINATOR))


def test_nothing_is_handed_in_to_a_closed_attempt(released: Handed, open_again: Open, unit: Unit, world: World) -> None:
    row = open_again()
    with unit():
        opening.close(session.get_one(SubmissionAttempt, row), reason="x", base_url="", by=user(COORDINATOR))
    with unit(), pytest.raises(Refused):
        service.submit(
            work_of(world.trainee), "n" * 20, DECLARED, received_at=clock.now(), base_url="", by=user(world.trainee)
        )


# ---- by the rules


def test_a_released_mark_below_the_limit_opens_the_next_attempt(
    handed: Handed, rules: Give, set_mark: Give, release: Give, reading: Unit, world: World
) -> None:
    rules(opens=Opens.ONCE, days=10)
    set_mark(handed, "weak")
    with reading():
        assert work_of(world.trainee).state is SubmissionState.SUBMITTED
    release(handed)
    with reading():
        row = session.scalars(select(SubmissionAttempt)).one()
        assert (row.number, row.way, row.opened_by_id) == (2, Way.RULE, None)
        assert work_of(world.trainee).state is SubmissionState.RETURNED
        assert (row.due_at - clock.now()).days == 10


@pytest.mark.parametrize("level", ["proficient", "exemplary"])
def test_a_passed_work_opens_nothing(
    handed: Handed, rules: Give, set_mark: Give, release: Give, reading: Unit, level: str
) -> None:
    rules(opens=Opens.UNTIL_PASSED)
    set_mark(handed, level)
    release(handed)
    with reading():
        assert session.scalar(select(func.count()).select_from(SubmissionAttempt)) == 0


def test_attempts_open_until_the_most(
    handed: Handed, rules: Give, set_mark: Give, release: Give, send_again: Send, reading: Unit
) -> None:
    rules(opens=Opens.UNTIL_PASSED, most=3)
    work = handed
    for _attempt in range(2):
        set_mark(work, "weak")
        release(work)
        work = send_again()
    set_mark(work, "weak")
    release(work)
    with reading():
        assert session.scalars(select(SubmissionAttempt.number)).all() == [2, 3]


def test_a_release_for_an_older_version_opens_nothing(
    handed: Handed, rules: Give, set_mark: Give, release: Give, open_again: Open, send_again: Send, reading: Unit
) -> None:
    set_mark(handed, "weak")
    open_again()
    send_again()
    rules(opens=Opens.UNTIL_PASSED)
    release(handed)
    with reading():
        assert session.scalars(select(SubmissionAttempt.number)).all() == [2]


# ---- what does not count


def test_an_excused_attempt_does_not_count_until_it_is_counted_again(
    twice: Callable[[str, str], Any], rules: Give, unit: Unit, reading: Unit, world: World
) -> None:
    twice("exemplary", "weak")

    def counted() -> Decimal | None:
        with reading():
            mine = enrolment(world.trainee).id
            return results.best_counted([mine]).get((mine, M2))

    assert counted() == 100
    with unit():
        opening.excuse(work_of(world.trainee), 1, reason="Somebody helped.", by=user(COORDINATOR))
    assert counted() == 35
    with reading():
        assert (event("attempt.excused")["before"], event("attempt.excused")["after"]) == ("100", "35")
    with unit():
        opening.excuse(work_of(world.trainee), 2, reason="Fire alarm.", by=user(COORDINATOR))
    assert counted() is None
    with unit():
        opening.count_again(work_of(world.trainee), 1, reason="It was proven.", by=user(COORDINATOR))
    assert counted() == 100


def test_nothing_is_excused_twice_or_without_work(released: Handed, unit: Unit, world: World) -> None:
    with unit():
        work, by = work_of(world.trainee), user(COORDINATOR)
        opening.excuse(work, 1, reason="x", by=by)
        for step in (
            lambda: opening.excuse(work, 1, reason="x", by=by),
            lambda: opening.excuse(work, 2, reason="x", by=by),
            lambda: opening.excuse(work, 1, reason="", by=by),
            lambda: opening.count_again(work, 2, reason="x", by=by),
            lambda: opening.excuse(work, 1, reason="x", by=user(world.trainee)),
        ):
            with pytest.raises(Refused):
                step()
