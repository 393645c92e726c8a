"""Handing in: once, in time by the start of the request, complete, and for ever as it was."""

import io
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import EnvironBuilder

from diploma.cohorts import service as cohorts
from diploma.cohorts.models import CohortState, EnrolmentState
from diploma.core import clock
from diploma.core.audit import AuditEvent
from diploma.core.errors import Refused
from diploma.core.outbox import Job
from diploma.coursework import deadlines, rules, service
from diploma.coursework.models import Marking, MarkingState, Submission, SubmissionState, SubmissionVersion
from tests.conftest import Client
from tests.coursework.conftest import DECLARED, PAGE, TEXT, Handed, Unit, enrolment, user
from tests.coursework.samples import PDF, SlowBody
from tests.world import M2, World

Open = Callable[[str], Client]
KEY = "1" * 20


def form(**changed: Any) -> dict[str, Any]:
    return {
        "text": TEXT,
        "language": "uz-Latn",
        "helpers": "",
        "declared": DECLARED,
        "key": KEY,
        "base": 0,
        "do": "submit",
        "annex": [(io.BytesIO(PDF), "map.pdf")],
    } | changed


def versions(reading: Unit) -> list[SubmissionVersion]:
    with reading() as session:
        return list(session.scalars(select(SubmissionVersion).order_by(SubmissionVersion.id)))


def due(reading: Unit) -> datetime:
    with reading():
        deadline = deadlines.of(enrolment("aziza@uz.test"), M2)
        assert deadline
        return deadline.due_at


# ---- what a submission makes


def test_a_submitted_work_gets_a_receipt(world: World, browser_of: Open, reading: Unit) -> None:
    browser = browser_of(world.trainee)
    answer = browser.send(PAGE, form())
    (version,) = versions(reading)
    assert answer.location == f"/receipts/{version.receipt}"
    page = browser.get(answer.location).text
    for shown in (version.receipt, version.sha256, "map.pdf", "Received in time"):
        assert shown in page


def test_a_version_holds_everything_that_was_handed_in(handed: Handed, world: World, reading: Unit) -> None:
    with reading() as session:
        version = session.get_one(SubmissionVersion, handed.version)
        cohort = version.submission.enrolment.cohort
        assert (version.text, version.lang.value, version.declared) == (TEXT, "en", sorted(DECLARED))
        assert [one["name"] for one in version.files["annex"]] == ["map.pdf"]
        assert (version.edition_id, version.revision_id) == (cohort.edition_id, cohort.revision_id)


def test_anybody_can_compute_the_hash_of_a_version_again(handed: Handed, reading: Unit) -> None:
    with reading() as session:
        one = session.get_one(SubmissionVersion, handed.version)
        assert one.sha256 == rules.content_hash(
            {
                "module": M2,
                "number": 1,
                "lang": "en",
                "text": one.text,
                "helpers": one.helpers,
                "files": one.files,
                "declared": one.declared,
                "received_at": one.received_at.isoformat(),
            }
        )


def test_a_submitted_work_waits_for_its_mark(handed: Handed, reading: Unit) -> None:
    with reading() as session:
        marking = session.get_one(Marking, handed.marking)
        assert (marking.state, marking.levels, marking.counted) == (MarkingState.WAITING, {}, None)


def test_the_receipt_is_mailed_in_the_trainees_language(handed: Handed, reading: Unit) -> None:
    with reading() as session:
        mail = session.scalars(select(Job).where(Job.key == f"mail:receipt:{handed.version}")).one().payload
    assert mail["lang"] == "uz-Latn" and mail["to"] == "aziza@uz.test"
    assert handed.receipt in mail["body"] and f"http://localhost/receipts/{handed.receipt}" in mail["body"]


def test_a_submission_is_in_the_audit(handed: Handed, reading: Unit) -> None:
    with reading() as session:
        event = session.scalars(select(AuditEvent).where(AuditEvent.kind == "submission.received")).one()
    assert event.detail["receipt"] == handed.receipt


def test_a_receipt_is_its_authors_alone(handed: Handed, world: World, browser_of: Open) -> None:
    for other in (world.trainee_2, world.instructor, world.director):
        assert browser_of(other).get(f"/receipts/{handed.receipt}").status_code == 404


def test_a_receipt_is_found_however_it_is_typed(handed: Handed, world: World, browser_of: Open) -> None:
    assert browser_of(world.trainee).get(f"/receipts/{handed.receipt.lower().replace('-', '')}").status_code == 200


# ---- complete


def test_all_that_is_missing_is_named_at_once_and_the_draft_is_saved(
    world: World, browser_of: Open, reading: Unit
) -> None:
    answer = browser_of(world.trainee).send(PAGE, form(text="Too short.", declared=["consent"], annex=[]))
    assert answer.status_code == 422
    for anchor in ("#page", "#annex", "#own_work", "#no_personal_data"):
        assert f'href="{anchor}"' in answer.text
    assert 'href="#consent"' not in answer.text and "2 words" in answer.text
    assert versions(reading) == []
    with reading():
        work = service.find(enrolment(world.trainee), M2)
        assert work and work.text == "Too short." and work.state is SubmissionState.DRAFT


def test_a_bad_file_keeps_the_whole_work_from_being_handed_in(world: World, browser_of: Open, reading: Unit) -> None:
    files = [(io.BytesIO(PDF), "map.pdf"), (io.BytesIO(b"<html>"), "tree.png")]
    answer = browser_of(world.trainee).send(PAGE, form(annex=files, declared=[]))
    assert answer.status_code == 422 and "tree.png" in answer.text and 'href="#consent"' in answer.text
    assert versions(reading) == []


# ---- once


def test_a_double_click_makes_one_version(world: World, browser_of: Open, reading: Unit) -> None:
    browser = browser_of(world.trainee)
    first, second = browser.send(PAGE, form()), browser.send(PAGE, form(), page="/account")
    assert first.location == second.location
    assert len(versions(reading)) == 1


def test_another_form_cannot_hand_in_a_second_time(world: World, browser_of: Open, reading: Unit) -> None:
    browser = browser_of(world.trainee)
    browser.send(PAGE, form())
    assert browser.send(PAGE, form(key="2" * 20), page="/account").location == PAGE
    assert len(versions(reading)) == 1


def test_the_service_names_the_receipt_of_a_work_handed_in_before(handed: Handed, world: World, unit: Unit) -> None:
    with unit() as session, pytest.raises(Refused, match=handed.receipt):
        service.submit(
            session.get_one(Submission, handed.submission),
            "x" * 20,
            DECLARED,
            received_at=clock.now(),
            base_url="",
            by=user(world.trainee),
        )


def test_the_key_of_somebody_elses_form_gives_nothing(world: World, browser_of: Open, reading: Unit) -> None:
    browser_of(world.trainee).send(PAGE, form())
    answer = browser_of(world.trainee_2).send(PAGE, form())
    first, second = versions(reading)
    assert answer.location == f"/receipts/{second.receipt}" and first.receipt != second.receipt


def test_sixteen_clicks_at_once_make_one_version(app: Flask, world: World, browser_of: Open, reading: Unit) -> None:
    first = browser_of(world.trainee)
    token, session_cookie = first.token(PAGE), first.get_cookie("session")
    assert session_cookie
    start, answers = threading.Barrier(16), []

    def click() -> None:
        client = app.test_client()
        client.set_cookie("session", session_cookie.value)
        start.wait()
        answers.append(client.post(PAGE, data={"csrf_token": token, **form()}))

    threads = [threading.Thread(target=click) for _n in range(16)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    (version,) = versions(reading)
    assert [(one.status_code, one.location) for one in answers] == [(302, f"/receipts/{version.receipt}")] * 16
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(Marking)) == 1


# ---- in time


def submit_at(
    unit: Unit, draft_of: Callable[..., Submission], moment: datetime, email: str = "aziza@uz.test"
) -> SubmissionVersion:
    with clock.at(moment), unit():
        return service.submit(draft_of(email), KEY, DECLARED, received_at=moment, base_url="", by=user(email))


def test_work_is_accepted_to_the_last_second_and_not_after(
    world: World, unit: Unit, reading: Unit, draft_of: Callable[..., Submission]
) -> None:
    with reading():
        deadline = deadlines.of(enrolment(world.trainee), M2)
        assert deadline
    with pytest.raises(Refused, match="time to hand in"):
        submit_at(unit, draft_of, deadline.closes_at + timedelta(seconds=1))
    assert submit_at(unit, draft_of, deadline.closes_at).due_at == deadline.due_at


def test_work_is_not_accepted_before_the_module_opens(
    world: World, unit: Unit, reading: Unit, draft_of: Callable[..., Submission]
) -> None:
    with reading():
        deadline = deadlines.of(enrolment(world.trainee), M2)
        assert deadline
    with pytest.raises(Refused, match="not open yet"):
        submit_at(unit, draft_of, deadline.opens_at - timedelta(seconds=1))


def test_the_page_of_a_closed_assignment_keeps_the_draft(
    world: World, browser_of: Open, unit: Unit, reading: Unit
) -> None:
    browser = browser_of(world.trainee)
    browser.send(PAGE, form(do="save"))
    with unit():
        past = clock.now() - timedelta(hours=1)
        cohorts.set_module_dates(
            enrolment(world.trainee).cohort, cohorts.ModuleDates(M2, past - timedelta(days=20), past, past)
        )
    assert 'value="submit"' not in browser.get(PAGE).text
    answer = browser.send(PAGE, form(text=TEXT + " More."))
    assert answer.status_code == 409 and "The time to hand in this work is over" in answer.text
    assert versions(reading) == []
    with reading():
        work = service.find(enrolment(world.trainee), M2)
        assert work and work.text.endswith(" More.")


def test_the_start_of_the_request_decides_about_late(
    world: World, browser_of: Open, unit: Unit, reading: Unit, monkeypatch: pytest.MonkeyPatch
) -> None:
    closes = datetime(2026, 1, 15, 12, 0, tzinfo=ZoneInfo("UTC"))
    present = {"now": clock.now()}
    monkeypatch.setattr(clock, "now", lambda: present["now"])
    with unit():
        cohorts.set_module_dates(
            enrolment(world.trainee).cohort, cohorts.ModuleDates(M2, closes - timedelta(days=20), closes, closes)
        )
        enrolment(world.trainee).user.grants[0].starts_on = closes.date() - timedelta(days=30)
    present["now"] = closes - timedelta(seconds=1)
    browser = browser_of(world.trainee)
    builder = EnvironBuilder(path=PAGE, method="POST", data={"csrf_token": browser.token(PAGE), **form()})
    environ = builder.get_environ()
    body = SlowBody(environ["wsgi.input"].read())
    body.wait = lambda: present.update(now=closes + timedelta(hours=1))
    answer = browser.open(environ | {"wsgi.input": body})
    (version,) = versions(reading)
    assert answer.location == f"/receipts/{version.receipt}"
    assert version.received_at == closes - timedelta(seconds=1)
    assert version.committed_at == closes + timedelta(hours=1)


@pytest.mark.parametrize(("days", "says"), [(0, "Received in time"), (2, "In the days of grace"), (5, "5 days late")])
def test_the_receipt_says_how_the_work_stands_to_its_deadline(
    world: World, browser_of: Open, reading: Unit, days: int, says: str, hand_in: Callable[..., Handed]
) -> None:
    handed = hand_in(world.trainee, at=due(reading) + timedelta(days=days))
    assert says in browser_of(world.trainee).get(f"/receipts/{handed.receipt}").text


def test_the_page_shows_the_deadline_in_the_cohorts_zone_and_in_the_persons_own(
    world: World, unit: Unit, reading: Unit, browser_of: Open
) -> None:
    with unit():
        user(world.trainee).time_zone = "Africa/Cairo"
    moment = due(reading)
    page = browser_of(world.trainee).get(PAGE).text
    for zone, name in (("Asia/Tashkent", "Tashkent time"), ("Africa/Cairo", "Cairo time")):
        assert f"{moment.astimezone(ZoneInfo(zone)):%H:%M}" in page and name in page


# ---- when nothing may be handed in


def test_nothing_is_handed_in_to_a_closed_cohort(world: World, unit: Unit, draft_of: Callable[..., Submission]) -> None:
    with unit():
        draft = draft_of(world.trainee)
        cohorts.move_cohort(draft.enrolment.cohort, CohortState.MARKING)
        cohorts.move_cohort(draft.enrolment.cohort, CohortState.CLOSED)
        with pytest.raises(Refused, match="closed"):
            service.submit(draft, KEY, DECLARED, received_at=clock.now(), base_url="", by=user(world.trainee))


def test_nothing_is_handed_in_by_a_person_who_has_left(
    world: World, unit: Unit, draft_of: Callable[..., Submission]
) -> None:
    with unit():
        draft = draft_of(world.trainee)
        draft.enrolment.state = EnrolmentState.WITHDRAWN
        with pytest.raises(Refused):
            service.submit(draft, KEY, DECLARED, received_at=clock.now(), base_url="", by=user(world.trainee))


def test_nothing_is_handed_in_for_somebody_else(world: World, unit: Unit, draft_of: Callable[..., Submission]) -> None:
    with unit(), pytest.raises(Refused):
        service.submit(
            draft_of(world.trainee), KEY, DECLARED, received_at=clock.now(), base_url="", by=user(world.trainee_2)
        )


def test_the_same_form_gets_the_same_version_from_the_service(handed: Handed, world: World, unit: Unit) -> None:
    with unit() as session:
        again = service.submit(
            session.get_one(Submission, handed.submission),
            "k" * 20,
            DECLARED,
            received_at=clock.now(),
            base_url="",
            by=user(world.trainee),
        )
        assert again.id == handed.version


def test_a_module_without_dates_has_no_deadline(world: World, unit: Unit) -> None:
    with unit():
        mine = enrolment(world.trainee)
        mine.cohort.modules.clear()
        assert deadlines.of(mine, M2) is None
