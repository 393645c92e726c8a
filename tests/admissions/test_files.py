"""Files of applicants: taken, checked, replaced, read by whom they concern, bounded, and gone when they should be."""

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from diploma.admissions import applicant_files, calls, files, plan, selection, service
from diploma.admissions.letters import make_link
from diploma.admissions.models import ApplicationFile, LinkPurpose
from diploma.admissions.plan import Question, QuestionKind
from diploma.core import clock, jobs
from diploma.core.audit import AuditEvent
from diploma.core.errors import Refused
from diploma.core.lang import Lang
from diploma.core.outbox import Job
from tests.admissions.conftest import ADDRESS, application, entity_of, the_call, user
from tests.world import brought

CV = Question("cv", QuestionKind.FILE, {"en": "Your CV"}, accepts=("pdf", "png"))
PDF = b"%PDF-1.7\n1 0 obj <<>> endobj\ntrailer <<>>\n%%EOF\n"
ADMISSION = "/cohorts/uz-next/admission"


@pytest.fixture
def own_page(call: str, unit: Any) -> str:
    """The address of a draft in a call that asks for a CV."""
    with unit() as session:
        calls.add_question(the_call(session), CV, by=user(session, "coordinator@uz.test"))
        made = service.begin(the_call(session), "Nodira", ADDRESS, Lang.EN)
        return f"/apply/mine/{make_link(made, LinkPurpose.OWN)}"


@pytest.fixture
def send(client: Any, own_page: str, reading: Any) -> Callable[..., Any]:
    """``send(data, name, …)``: the whole form with one file."""

    def run(data: bytes = PDF, name: str = "cv.pdf", **changed: str) -> Any:
        with reading() as session:
            said = {"full_name": "Nodira", "language": "en", "entity": str(entity_of(session).id), "years": "5"}
        said |= {"position": "Lead", "level": "senior", "question_why": "To learn."} | changed
        sent = {"question_cv": (io.BytesIO(data), name)} if data else {}
        return client.send(own_page, {**said, **sent}, content_type="multipart/form-data")

    return run


def held(session: Any) -> list[ApplicationFile]:
    return list(session.scalars(select(ApplicationFile)))


def on_disk(app: Any) -> set[str]:
    return brought(app)


def settle(app: Any, days: float = 0) -> None:
    with app.app_context(), clock.at(clock.now() + timedelta(days=days)):
        jobs.drain()


# ---- taking


def test_a_file_is_kept_with_the_draft_and_read_back_as_it_was_sent(
    client: Any, own_page: str, send: Any, reading: Any
) -> None:
    assert send().status_code == 302
    with reading() as session:
        (one,) = held(session)
        assert (one.name, one.kind, one.size) == ("cv.pdf", "pdf", len(PDF))
    answer = client.get(f"{own_page}/files/1")
    assert answer.data == PDF and "cv.pdf" in client.get(own_page).text
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]


def test_a_fault_elsewhere_in_the_form_does_not_lose_the_file(
    send: Any, reading: Any, client: Any, own_page: str
) -> None:
    answer = send(years="-1")
    assert answer.status_code == 422 and "cv.pdf" in answer.text
    assert send(b"").status_code == 302  # as a browser sends the form again, without the file
    with reading() as session:
        assert [one.name for one in held(session)] == ["cv.pdf"]


def test_a_refused_file_is_said_at_its_field_and_the_text_is_kept(send: Any, reading: Any, app: Any) -> None:
    answer = send(b"MZ\x90 program", "cv.pdf", position="Kept all the same")
    assert answer.status_code == 422 and "must be a sound one of the type PDF, PNG" in answer.text
    with reading() as session:
        assert held(session) == [] and application(session, ADDRESS).position == "Kept all the same"
    assert on_disk(app) == set()


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"<script>alert(1)</script>", "cv.pdf"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "cv.png"),
        (PDF + b"<script>alert(1)</script>", "cv.pdf"),
        (b"\xff\xd8\xff\xe0 JPEG \xff\xd9", "cv.jpg"),  # sound, but not asked for
        (PDF + b" " * 200 + b"%%EOF", "cv.pdf"),  # too large
    ],
)
def test_what_is_something_else_or_too_large_never_reaches_the_disk(
    send: Any, app: Any, data: bytes, name: str, monkeypatch: Any
) -> None:
    monkeypatch.setattr(files, "LARGEST_FILE", 200)
    assert send(data, name).status_code == 422 and on_disk(app) == set()


def test_a_name_is_made_harmless_and_ends_as_the_file_is(send: Any, reading: Any) -> None:
    send(PDF, "../..\\cv\u202efdp.exe")
    with reading() as session:
        assert [one.name for one in held(session)] == ["cvfdp.pdf"]


def test_an_application_that_needs_a_file_is_not_handed_in_without_it(send: Any, reading: Any) -> None:
    assert send(b"", submit="1").status_code == 422
    assert send(submit="1").status_code == 302
    with reading() as session:
        assert application(session, ADDRESS).submitted_at


def test_a_file_field_that_nobody_asked_for_is_not_taken(client: Any, own_page: str, send: Any, app: Any) -> None:
    said = {"full_name": "Nodira", "language": "en", "question_why": (io.BytesIO(PDF), "cv.pdf"), "cv": "x"}
    said |= {"question_other": (io.BytesIO(PDF), "cv.pdf")}
    client.send(own_page, said, content_type="multipart/form-data")
    assert on_disk(app) == set()


def test_nothing_is_taken_for_an_address_that_opens_no_draft(
    client: Any, own_page: str, send: Any, app: Any, reading: Any
) -> None:
    send(submit="1")
    before = on_disk(app)
    for path in ("/apply/mine/no-such", own_page):
        data = {"question_cv": (io.BytesIO(PDF), "later.pdf")}
        assert client.send(path, data, page="/sign-in", content_type="multipart/form-data").status_code in (409, 410)
    with reading() as session:
        assert on_disk(app) == before and [one.name for one in held(session)] == ["cv.pdf"]


def test_files_of_one_application_are_slowed_down(send: Any, monkeypatch: Any, app: Any) -> None:
    monkeypatch.setattr(applicant_files, "BURST", 2)
    assert [send().status_code for _ in range(3)] == [302, 302, 422]
    settle(app)
    assert len(on_disk(app)) == 1


def test_a_full_disk_takes_no_file_but_keeps_the_text(send: Any, app: Any, monkeypatch: Any, reading: Any) -> None:
    monkeypatch.setattr(app.extensions["files"], "free_floor", 1 << 60)
    assert send(position="Kept").status_code == 422
    with reading() as session:
        assert application(session, ADDRESS).position == "Kept" and held(session) == []


def test_a_call_asks_for_few_files(own_page: str, unit: Any) -> None:
    with unit() as session, pytest.raises(Refused, match="at most 3 files"):
        for n in range(plan.MOST_FILES):
            more = Question(f"f{n}", QuestionKind.FILE, {"en": "File"}, accepts=("pdf",))
            calls.add_question(the_call(session), more, by=user(session, "coordinator@uz.test"))


# ---- going


def test_another_file_takes_the_place_of_the_first_and_its_bytes_go(send: Any, reading: Any, app: Any) -> None:
    send()
    send(PDF, "newer.pdf")
    settle(app)
    with reading() as session:
        (one,) = held(session)
        assert one.name == "newer.pdf" and on_disk(app) == {one.sha256}


def test_a_removed_file_is_gone(send: Any, reading: Any, app: Any) -> None:
    send()
    assert send(b"", remove="cv").status_code == 302
    settle(app)
    with reading() as session:
        assert held(session) == [] and on_disk(app) == set()


def test_a_request_that_fails_after_the_file_came_leaves_nothing(
    send: Any, app: Any, reading: Any, monkeypatch: Any
) -> None:
    monkeypatch.setattr(files, "attach", lambda *_: 1 / 0)
    assert send().status_code == 500 and len(on_disk(app)) == 1
    settle(app, days=1)
    assert on_disk(app) == set()


def test_a_kept_file_outlives_the_job_that_takes_orphans(send: Any, app: Any) -> None:
    send()
    settle(app, days=1)
    assert len(on_disk(app)) == 1


def test_equal_files_of_two_people_are_two(send: Any, reading: Any, app: Any) -> None:
    send()
    send()  # the first is taken away later: it must not take the second with it
    settle(app, days=1)
    with reading() as session:
        assert on_disk(app) == {one.sha256 for one in held(session)}


def test_a_question_that_is_removed_takes_its_files(send: Any, unit: Any, reading: Any, app: Any) -> None:
    send()
    with unit() as session:
        calls.remove_question(the_call(session), "cv", by=user(session, "coordinator@uz.test"))
    settle(app)
    with reading() as session:
        assert held(session) == [] and on_disk(app) == set()


def test_files_go_with_the_application_whose_time_is_over(
    send: Any, unit: Any, reading: Any, app: Any, after: Any
) -> None:
    send(submit="1")
    for days, left in ((189, 1), (191, 0)):
        with after(days=days), unit():
            service.erase_due()
        settle(app, days=days)
        assert len(on_disk(app)) == left
    with reading() as session:
        assert held(session) == []


# ---- who reads them


@pytest.fixture
def given(send: Any, readers: list[str], unit: Any, after: Any, reading: Any) -> dict[str, str]:
    """The address of the file for each reader who got the application, and ``""`` for who did not."""
    send(submit="1")
    with after(), unit() as session:
        selection.give_out(the_call(session), by=user(session, "coordinator@uz.test"))
    with reading() as session:
        found = {one.reader.email: one.id for one in application(session, ADDRESS).readings}
        return {one: f"/readings/{found[one]}/files/1" if one in found else "" for one in readers}


def test_its_readers_open_the_file_and_that_is_recorded(given: dict[str, str], browser_of: Any, reading: Any) -> None:
    reader, path = next((one, path) for one, path in given.items() if path)
    answer = browser_of(reader).get(path)
    assert answer.data == PDF and answer.headers["Content-Disposition"].startswith("attachment")
    with reading() as session:
        (event,) = session.scalars(select(AuditEvent).where(AuditEvent.kind == "application.file_read"))
        assert event.actor_id == user(session, reader).id


def test_nobody_else_opens_it(given: dict[str, str], browser_of: Any, reading: Any, client: Any, unit: Any) -> None:
    (stranger,) = [one for one, path in given.items() if not path]
    path = next(path for path in given.values() if path)
    with reading() as session:
        key = application(session, ADDRESS).id
    staff = f"{ADMISSION}/applications/{key}/files/1"
    assert browser_of("coordinator@uz.test").get(staff).data == PDF
    for who in (stranger, "coordinator@ae.test", "aziza@uz.test"):
        browser = browser_of(who)
        assert {browser.get(one).status_code for one in (path, staff)} <= {403, 404}
    with unit() as session:
        other = service.begin(the_call(session), "Other", "other@mail.test", Lang.EN)
        link, other_key = make_link(other, LinkPurpose.OWN), other.id
    assert client.get(f"/apply/mine/{link}/files/1").status_code == 404
    inside = browser_of("coordinator@uz.test").get(f"{ADMISSION}/applications/{other_key}/files/1")
    assert inside.status_code == 404


def test_the_form_of_a_question_says_which_files_it_takes(call: str, browser_of: Any, reading: Any) -> None:
    browser = browser_of("coordinator@uz.test")
    asked = {"name_en": "Your CV", "kind": "file"}
    assert browser.send(f"{ADMISSION}/questions", asked).status_code == 422
    assert browser.send(f"{ADMISSION}/questions", asked | {"accepts": ["pdf", "exe"]}).status_code == 422
    assert browser.send(f"{ADMISSION}/questions", asked | {"accepts": ["pdf", "docx"]}).status_code == 302
    with reading() as session:
        assert calls.plan_of(the_call(session)).questions[-1].accepts == ("pdf", "docx")
        assert session.scalar(select(func.count()).select_from(Job).where(Job.kind == files.DROP)) == 0
