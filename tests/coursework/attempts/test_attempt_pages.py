"""The pages of attempts: what trainees and markers see, what staff may do, and what nobody may."""

import io
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from diploma.cohorts import service as cohorts
from diploma.core import clock
from diploma.core.db import session
from diploma.coursework import deadlines, service
from diploma.coursework.attempts import opening
from diploma.coursework.attempts.models import SubmissionAttempt, WorkReturn
from diploma.coursework.attempts.rules import Scoring
from diploma.coursework.models import Submission, SubmissionState, SubmissionVersion
from tests.conftest import Client
from tests.coursework.attempts.conftest import COORDINATOR, work_of
from tests.coursework.conftest import DECLARED, PAGE, TEXT, Handed, Unit, enrolment, user
from tests.coursework.samples import PDF
from tests.world import M2, World

Open = Callable[[str], Client]
Give = Callable[..., None]
LIST, OPEN = "/cohorts/uz-1/attempts", "/cohorts/uz-1/attempts/open"


def in_a_week() -> str:
    return (clock.now() + timedelta(days=7)).strftime("%Y-%m-%dT%H:%M")


def form(**changed: Any) -> dict[str, Any]:
    sent = {"text": TEXT, "language": "en", "helpers": "", "declared": DECLARED, "key": "n" * 20, "base": 0}
    return sent | {"do": "submit", "annex": [(io.BytesIO(PDF), "map.pdf")]} | changed


def count(reading: Unit, table: Any) -> int:
    with reading():
        return session.scalar(select(func.count()).select_from(table)) or 0


# ---- the trainee


def test_the_trainee_sees_each_attempt_with_its_mark_and_what_counts(
    twice: Callable[[str, str], Any], rules: Give, browser_of: Open, world: World
) -> None:
    twice("exemplary", "weak")
    rules(scoring=Scoring.AVERAGE)
    page = browser_of(world.trainee).get(PAGE).text
    for shown in ("For the module counts: 67.5", "The average of your attempts counts.", "Your mark: Attempt 1"):
        assert shown in page
    assert "Your mark: Attempt 2" in page and "Attempt 2 opened" in page


def test_the_page_of_an_open_attempt_says_what_it_is_and_shows_the_earlier_mark(
    released: Handed, open_again: Any, browser_of: Open, world: World
) -> None:
    open_again(reason="Ill on the day.")
    page = browser_of(world.trainee).get(PAGE).text
    for shown in ("You are writing attempt 2", "Ill on the day.", "What you handed in before", "If you are late"):
        assert shown in page
    assert released.receipt in page and "<b>80</b>" not in page and "80 <span" in page
    assert "You are writing a resubmission" not in page


def test_nothing_of_an_unreleased_mark_of_an_earlier_attempt_is_shown(
    handed: Handed, set_mark: Give, open_again: Any, send_again: Any, browser_of: Open, world: World
) -> None:
    set_mark(handed, "exemplary", comment="Hidden words.")
    open_again()
    trainee, steward = browser_of(world.trainee), browser_of(COORDINATOR)
    pages = [
        (trainee, PAGE),
        (trainee, f"/receipts/{handed.receipt}"),
        (steward, LIST),
        (steward, f"{LIST}/{handed.submission}"),
    ]
    for browser, path in pages:
        page = browser.get(path).text
        assert "Hidden words." not in page and "100 <span" not in page and ">100<" not in page


def test_the_author_of_a_returned_work_reads_the_comments_and_hands_in_again(
    handed: Handed, give_back: Give, browser_of: Open, world: World, reading: Unit
) -> None:
    give_back(handed, comment="The annex is <b>missing</b>.")
    browser = browser_of(world.trainee)
    page = browser.get(PAGE).text
    assert "Your work was returned with comments" in page and "Hand in again until" in page
    assert "The annex is &lt;b&gt;missing&lt;/b&gt;." in page and "map.pdf" in page
    base = re.search(r'name="base" type="hidden" value="(\d+)"', page)
    assert base
    answer = browser.send(PAGE, form(base=base[1], text=TEXT + " With annex.", annex=[]))
    assert answer.location.startswith("/receipts/") and handed.receipt not in answer.location
    old = browser.get(f"/receipts/{handed.receipt}").text
    assert "Returned with comments" in old and "This version stays stored" in old
    assert "Returned with comments" in browser.get(PAGE).text


def test_a_text_sent_after_the_attempt_was_closed_is_shown_and_nothing_is_handed_in(
    released: Handed, open_again: Any, unit: Unit, browser_of: Open, world: World, reading: Unit
) -> None:
    row = open_again()
    browser = browser_of(world.trainee)
    browser.get(PAGE)
    with unit():
        opening.close(
            session.get_one(SubmissionAttempt, row), reason="Opened by mistake.", base_url="", by=user(COORDINATOR)
        )
    answer = browser.send(PAGE, form(text="Four hours of work."))
    assert answer.status_code == 409
    assert "Four hours of work." in answer.text and "Opened by mistake." in answer.text
    assert count(reading, SubmissionVersion) == 1
    assert "Attempt 2 was closed" in browser.get(PAGE).text


def test_the_form_of_an_earlier_attempt_gets_a_new_key_and_loses_nothing(
    released: Handed, open_again: Any, browser_of: Open, world: World, reading: Unit
) -> None:
    open_again()
    with reading():
        base = work_of(world.trainee).version
    browser = browser_of(world.trainee)
    answer = browser.send(PAGE, form(key="k" * 20, base=base, text=TEXT + " Mine."))
    assert answer.status_code == 409 and released.receipt in answer.text and " Mine." in answer.text
    assert "k" * 20 not in answer.text
    assert count(reading, SubmissionVersion) == 1


def test_a_form_cannot_choose_its_attempt(
    released: Handed, open_again: Any, browser_of: Open, world: World, reading: Unit
) -> None:
    open_again()
    with reading():
        base = work_of(world.trainee).version
    extra = {"attempt": "9", "number": "7", "resubmission": "1", "origin_id": "1", "state": "submitted", "annex": []}
    assert browser_of(world.trainee).send(PAGE, form(base=base, **extra)).status_code == 302
    with reading():
        made = session.scalars(select(SubmissionVersion).order_by(SubmissionVersion.id.desc())).first()
        assert made and (made.attempt, made.number, made.resubmission, made.origin_id) == (2, 2, False, None)


# ---- the marker


def test_the_marker_sees_the_versions_before_and_their_released_feedback(
    released: Handed, open_again: Any, send_again: Any, browser_of: Open, world: World
) -> None:
    open_again()
    again = send_again()
    page = browser_of(world.instructor).get(f"/marking/{again.marking}").text
    assert "Versions before this one" in page and "Count the silent users." in page and "attempt 2" in page
    assert f"/marking/{released.marking}" in page


def test_a_mark_for_an_older_attempt_is_named_everywhere_and_released_with_a_warning(
    handed: Handed, set_mark: Give, open_again: Any, send_again: Any, browser_of: Open, world: World, reading: Unit
) -> None:
    set_mark(handed)
    open_again()
    again = send_again()
    marker, steward = browser_of(world.instructor), browser_of(COORDINATOR)
    script = marker.get(f"/marking/{handed.marking}").text
    assert "This mark is for an older attempt" in script and f"/marking/{again.marking}" in script
    assert "for an older attempt" in marker.get("/marking/?state=marked").text
    answer = marker.send("/marking/release", {"marking": handed.marking}, page="/account", follow_redirects=True).text
    assert "this mark is for an older attempt" in answer and "1 mark is released" in answer
    with reading():
        person = enrolment(world.trainee).id
    assert "is for an older attempt" in steward.get(f"/cohorts/uz-1/people/{person}/results").text
    assert "1 mark is for an older attempt" in steward.get("/cohorts/uz-1/marks").text
    assert "for an older attempt" in steward.get(LIST).text


def test_a_marker_returns_a_work_and_sees_how_long_it_waits(
    handed: Handed, browser_of: Open, world: World, reading: Unit
) -> None:
    marker, page = browser_of(world.instructor), f"/marking/{handed.marking}/return"
    assert marker.send(page, {"comment": "", "until": in_a_week()}).status_code == 422
    assert marker.send(page, {"comment": "No annex.", "until": in_a_week()}).status_code == 302
    assert marker.send(page, {"comment": "No annex.", "until": in_a_week()}, page="/account").status_code == 422
    assert count(reading, WorkReturn) == 1
    assert "Nothing waits here" in marker.get("/marking/").text
    waits = marker.get("/marking/?state=returned").text
    assert "Aziza Karimova" in waits and "expected until" in waits and "overdue" not in waits
    assert "No annex." in marker.get(f"/marking/{handed.marking}").text
    assert marker.send(f"/marking/{handed.marking}/take-back", page="/account").status_code == 302
    assert "Aziza Karimova" in marker.get("/marking/").text


# ---- the staff


def test_a_coordinator_opens_attempts_for_a_selection_and_each_refusal_is_named(
    released: Handed, hand_in: Any, open_again: Any, browser_of: Open, world: World, reading: Unit
) -> None:
    other = hand_in(world.trainee_2)
    open_again(world.trainee_2)
    browser = browser_of(COORDINATOR)
    chosen = {"work": [released.submission, other.submission]}
    first = browser.send(OPEN, chosen, page=LIST)
    assert first.status_code == 200 and "Aziza Karimova" in first.text and count(reading, SubmissionAttempt) == 1
    sent = chosen | {"confirmed": "1", "until": in_a_week(), "reason": "The hall was closed."}
    answer = browser.send(OPEN, sent, page=LIST, follow_redirects=True).text
    assert "1 attempt is open." in answer and "Bobur Toshmatov" in answer and "written again already" in answer
    assert count(reading, SubmissionAttempt) == 2


@pytest.mark.parametrize(
    "wrong", [{"reason": ""}, {"until": ""}, {"until": "2020-01-01T00:00"}, {"until": "9999-01-01T00:00"}]
)
def test_an_attempt_without_reason_or_with_an_impossible_date_is_not_opened(
    released: Handed, browser_of: Open, reading: Unit, wrong: dict[str, str]
) -> None:
    sent = {"work": released.submission, "confirmed": "1", "until": in_a_week(), "reason": "So."} | wrong
    assert browser_of(COORDINATOR).send(OPEN, sent, page=LIST).status_code == 422
    assert count(reading, SubmissionAttempt) == 0


def test_a_coordinator_closes_an_attempt_and_takes_marks_out_of_the_count(
    released: Handed, open_again: Any, browser_of: Open, reading: Unit, world: World
) -> None:
    open_again()
    browser, at = browser_of(COORDINATOR), f"{LIST}/{released.submission}"
    assert browser.send(f"{at}/2/close", {"reason": ""}).status_code == 422
    assert browser.send(f"{at}/2/close", {"reason": "A mistake."}).location == at
    assert browser.send(f"{at}/1/excuse", {"reason": "Fire alarm."}).location == at
    page = browser.get(at).text
    assert "No mark of this assignment counts at present" in page and "Fire alarm." in page
    assert "Fire alarm." in browser_of(world.trainee).get(PAGE).text
    assert browser.send(f"{at}/1/count", {"reason": "It was proven."}).location == at
    assert "For the module counts: 80" in browser.get(at).text


# ---- what nobody may


@pytest.mark.parametrize("who", ["aziza@uz.test", "bobur@uz.test", "instructor@uz.test", "coordinator@ae.test"])
def test_only_who_looks_after_the_cohort_opens_attempts(
    released: Handed, browser_of: Open, reading: Unit, who: str
) -> None:
    browser = browser_of(who)
    sent = {"work": released.submission, "confirmed": "1", "until": in_a_week(), "reason": "For me."}
    assert browser.send(OPEN, sent, page="/account").status_code in (403, 404)
    assert browser.send(f"{LIST}/{released.submission}/1/excuse", {"reason": "x"}, page="/account").status_code in (
        403,
        404,
    )
    assert count(reading, SubmissionAttempt) == 0


def test_a_work_of_another_cohort_is_not_reached_through_ones_own(
    released: Handed, browser_of: Open, reading: Unit
) -> None:
    browser = browser_of("coordinator@ae.test")
    sent = {"work": released.submission, "confirmed": "1", "until": in_a_week(), "reason": "Theirs."}
    browser.send("/cohorts/ae-1/attempts/open", sent, page="/account")
    assert browser.get(f"/cohorts/ae-1/attempts/{released.submission}").status_code == 404
    assert (
        browser.send(
            f"/cohorts/ae-1/attempts/{released.submission}/1/excuse", {"reason": "x"}, page="/account"
        ).status_code
        == 404
    )
    assert count(reading, SubmissionAttempt) == 0


def test_a_coordinator_who_learns_in_the_cohort_does_not_decide_about_their_own_work(
    hand_in: Any, browser_of: Open, unit: Unit, reading: Unit, world: World
) -> None:
    with unit():
        cohorts.enrol(enrolment(world.trainee).cohort, user(COORDINATOR))
    own = hand_in(COORDINATOR)
    browser = browser_of(COORDINATOR)
    sent = {"work": own.submission, "confirmed": "1", "until": in_a_week(), "reason": "For me."}
    browser.send(OPEN, sent, page="/account")
    assert browser.get(f"{LIST}/{own.submission}").status_code == 404
    assert count(reading, SubmissionAttempt) == 0


@pytest.mark.parametrize("who", ["aziza@uz.test", "coordinator@uz.test", "instructor@ae.test"])
def test_only_a_marker_of_the_cohort_returns_a_work(handed: Handed, browser_of: Open, reading: Unit, who: str) -> None:
    browser = browser_of(who)
    for step, sent in (("return", {"comment": "x", "until": in_a_week()}), ("take-back", {})):
        assert browser.send(f"/marking/{handed.marking}/{step}", sent, page="/account").status_code in (403, 404)
    assert count(reading, WorkReturn) == 0


def test_an_attempt_that_was_not_handed_in_cannot_be_reached_by_its_number(released: Handed, browser_of: Open) -> None:
    browser = browser_of(COORDINATOR)
    for step in ("2/close", "0/excuse", "1/close", "1/destroy"):
        assert browser.send(f"{LIST}/{released.submission}/{step}", {"reason": "x"}, page="/account").status_code == 404


# ---- receipts


def test_staff_check_a_receipt_within_their_reach(handed: Handed, browser_of: Open, world: World) -> None:
    for who in (world.instructor, COORDINATOR):
        page = browser_of(who).get(f"/receipts/?number={handed.receipt.lower().replace('-', '')}")
        assert page.status_code == 200 and "This receipt is genuine" in page.text
        assert "Aziza Karimova" in page.text and handed.receipt in page.text


@pytest.mark.parametrize(
    ("who", "status"), [("instructor@ae.test", 404), ("coordinator@ae.test", 404), ("bobur@uz.test", 403)]
)
def test_a_receipt_out_of_reach_answers_as_one_that_is_not_there(
    handed: Handed, browser_of: Open, who: str, status: int
) -> None:
    browser = browser_of(who)
    answer = browser.get(f"/receipts/?number={handed.receipt}")
    assert answer.status_code == status and "Aziza" not in answer.text
    assert browser.get("/receipts/?number=R-0000-0000").status_code == status


def test_a_work_that_was_changed_in_the_database_is_found_out(
    handed: Handed, browser_of: Open, unit: Unit, world: World
) -> None:
    with unit():
        session.get_one(SubmissionVersion, handed.version).text = "Another text."
    page = browser_of(world.instructor).get(f"/receipts/?number={handed.receipt}").text
    assert "does not give this hash" in page and "genuine" not in page


def test_both_times_stand_on_a_receipt_when_the_deadline_lies_between_them(
    world: World, draft_of: Any, unit: Unit, browser_of: Open, reading: Unit, monkeypatch: pytest.MonkeyPatch
) -> None:
    from diploma.core.outbox import Job

    with reading():
        held = deadlines.of(enrolment(world.trainee), M2)
        assert held
    began = held.due_at - timedelta(seconds=5)
    with clock.at(began + timedelta(minutes=1)), unit():
        work = draft_of(world.trainee)
        by = user(world.trainee)
        made = service.submit(work, "b" * 20, DECLARED, received_at=began, base_url="", by=by)
        receipt = made.receipt
    page = browser_of(world.trainee).get(f"/receipts/{receipt}").text
    assert "Upload complete" in page and "Received in time" in page
    with reading():
        body = session.scalars(select(Job).where(Job.key.startswith("mail:receipt:"))).one().payload["body"]
    assert len(re.findall(r"\d{2}:\d{2}", body)) == 2


def test_a_receipt_in_time_says_one_time(handed: Handed, browser_of: Open, world: World) -> None:
    assert "Upload complete" not in browser_of(world.trainee).get(f"/receipts/{handed.receipt}").text


# ---- a bad line, a full disk


def test_a_full_disk_loses_neither_the_draft_nor_the_work(
    app: Flask, world: World, browser_of: Open, reading: Unit, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = browser_of(world.trainee)
    browser.send(f"{PAGE}/draft", form(annex=[]), page=PAGE)
    monkeypatch.setattr(app.extensions["files"], "free_floor", 1 << 62)
    assert browser.send(PAGE, form()).status_code == 503
    assert count(reading, SubmissionVersion) == 0
    monkeypatch.undo()
    with reading():
        work = service.find(enrolment(world.trainee), M2)
        assert work and work.text == TEXT and work.state is SubmissionState.DRAFT
    assert browser.send(PAGE, form()).location.startswith("/receipts/")


def test_an_upload_that_is_sent_again_after_its_answer_was_lost_is_there_once(
    released: Handed, open_again: Any, browser_of: Open, world: World, reading: Unit
) -> None:
    open_again()
    with reading():
        base = work_of(world.trainee).version
    browser = browser_of(world.trainee)
    first, second = (browser.send(PAGE, form(base=base), page="/account") for _try in range(2))
    assert first.location == second.location and first.location.startswith("/receipts/")
    with reading():
        assert session.scalar(select(func.count()).select_from(Submission)) == 1
    assert count(reading, SubmissionVersion) == 2
