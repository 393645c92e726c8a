"""Mistakes that readers report: who is told, who sees them, what becomes of them."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from diploma.accounts.permissions import Role
from diploma.cohorts.models import Partner
from diploma.core import clock, mail
from diploma.core.audit import AuditEvent
from diploma.core.lang import Lang
from diploma.core.outbox import Job
from diploma.learning import catalogue, corrections
from diploma.learning.models import ContentText, MistakeReport, ReportState
from tests.world import M2, person

FIRST = f"/modules/{M2}/lessons/01-from-complaint-to-challenge"
REPORT = f"{FIRST}/report?section=why"
WORDS = {"kind": "language", "language": "ru", "quote": "многие проекты", "text": "Здесь нужна запятая"}


def send(reader: Any, path: str = REPORT, **changes: str) -> Any:
    return reader.send(path, {**WORDS, **changes})


def letters(reading: Any, subject: str = "") -> list[dict[str, Any]]:
    with reading() as session:
        jobs = session.scalars(select(Job).where(Job.kind == mail.KIND).order_by(Job.id)).all()
        return [one.payload for one in jobs if subject in one.payload["subject"]]


def reports(reading: Any) -> list[MistakeReport]:
    with reading() as session:
        return list(session.scalars(select(MistakeReport).order_by(MistakeReport.id)))


@pytest.fixture
def translators(world: Any, unit: Any, password_hash: str) -> None:
    """A translator of each government."""
    with unit() as session:
        for slug, lang in (("uz", Lang.UZ_CYRL), ("ae", Lang.AR)):
            partner = session.scalars(select(Partner).where(Partner.slug == slug)).one()
            email = f"translator@{slug}.test"
            person(email, "Translator", password_hash, Role.TRANSLATOR, lang, partner_id=partner.id)


@pytest.fixture
def aziza(world: Any, browser_of: Any) -> Any:
    return browser_of(world.trainee)


@pytest.fixture
def reported(aziza: Any, reading: Any) -> int:
    send(aziza)
    return int(reports(reading)[0].id)


# ---- reporting


def test_a_report_keeps_where_it_was_read(world: Any, aziza: Any, reading: Any) -> None:
    assert send(aziza).headers["Location"] == f"{FIRST}#why"
    [one] = reports(reading)
    assert (one.module, one.section, one.lang, one.state) == (M2, "why", Lang.RU, ReportState.OPEN)
    assert (one.quote, one.text) == (WORDS["quote"], WORDS["text"])


def test_those_who_may_correct_there_are_told_in_their_language(translators: None, aziza: Any, reading: Any) -> None:
    send(aziza)
    told = {one["to"]: one["lang"] for one in letters(reading)}
    assert told == {"director@test.test": "en", "translator@uz.test": "uz-Cyrl"}
    assert all(WORDS["text"] in one["body"] for one in letters(reading))


def test_the_owner_of_the_module_alone_is_told(
    world: Any, translators: None, aziza: Any, unit: Any, reading: Any
) -> None:
    with unit() as session:
        place = select(ContentText).where(ContentText.place == f"module:{M2}", ContentText.lang == Lang.EN)
        body = session.scalars(place).one()
        body.body = {**body.body, "owner": "owner@elsewhere.test"}
    catalogue.forget()
    send(aziza)
    assert [one["to"] for one in letters(reading)] == ["owner@elsewhere.test"]


def test_the_same_report_sent_twice_is_one(aziza: Any, reading: Any) -> None:
    send(aziza)
    send(aziza)
    assert len(reports(reading)) == 1


def test_nobody_reports_faster_than_people_read(aziza: Any, reading: Any) -> None:
    for number in range(corrections.MOST_PER_HOUR):
        assert send(aziza, text=f"mistake {number}").status_code == 302
    refused = send(aziza, text="one too many")
    assert refused.status_code == 429 and "one too many" in refused.text
    assert len(reports(reading)) == corrections.MOST_PER_HOUR


def test_an_hour_later_there_is_room_again(aziza: Any, unit: Any, reading: Any) -> None:
    for number in range(corrections.MOST_PER_HOUR):
        send(aziza, text=f"mistake {number}")
    with unit() as session:
        session.execute(update(MistakeReport).values(reported_at=clock.now() - timedelta(minutes=61)))
    assert send(aziza, text="one more").status_code == 302


@pytest.mark.parametrize("changes", [{"kind": ""}, {"kind": "nonsense"}, {"text": " "}, {"language": "xx"}])
def test_a_report_without_its_parts_is_shown_again(aziza: Any, reading: Any, changes: dict[str, str]) -> None:
    answer = send(aziza, **changes)
    assert answer.status_code == 422 and WORDS["quote"] in answer.text and reports(reading) == []


def test_a_section_that_is_not_there_is_not_found(aziza: Any) -> None:
    assert aziza.get(f"{FIRST}/report?section=nowhere").status_code == 404


def test_what_was_selected_is_in_the_form_and_cut_to_measure(aziza: Any) -> None:
    page = aziza.get(f"{FIRST}/report", query_string={"section": "why", "quote": "<b>" + "ы" * 900}).text
    assert "&lt;b&gt;" in page and "<b>ы" not in page and "ы" * 497 in page and "ы" * 498 not in page


def test_a_person_who_may_not_read_the_lesson_reports_nothing(world: Any, browser_of: Any, reading: Any) -> None:
    assert send(browser_of(world.registrar)).status_code == 404 and reports(reading) == []


# ---- answering


@pytest.mark.parametrize(("who", "status"), [("director", 200), ("instructor", 403), ("trainee", 403)])
def test_only_those_who_correct_content_see_the_list(world: Any, browser_of: Any, who: str, status: int) -> None:
    assert browser_of(getattr(world, who)).get("/corrections/").status_code == status


def test_a_translator_of_another_government_sees_nothing_of_it(
    translators: None, reported: int, browser_of: Any
) -> None:
    own, foreign = browser_of("translator@uz.test"), browser_of("translator@ae.test")
    assert WORDS["text"] in own.get("/corrections/").text
    assert own.get(f"/corrections/{reported}").status_code == 200
    assert WORDS["text"] not in foreign.get("/corrections/").text
    assert foreign.get(f"/corrections/{reported}").status_code == 404


def test_a_report_on_a_preview_is_the_programmes_alone(
    translators: None, world: Any, browser_of: Any, reading: Any
) -> None:
    send(browser_of(world.instructor))
    assert [one["to"] for one in letters(reading)] == ["director@test.test"]
    assert WORDS["text"] not in browser_of("translator@uz.test").get("/corrections/").text


def test_the_answer_reaches_the_reporter_in_their_language(
    world: Any, reported: int, browser_of: Any, reading: Any
) -> None:
    answer = {"state": "corrected", "answer": "Запятая поставлена"}
    assert browser_of(world.director).send(f"/corrections/{reported}", answer).status_code == 302
    [letter] = [one for one in letters(reading) if one["to"] == world.trainee]
    assert letter["lang"] == "uz-Latn" and answer["answer"] in letter["body"]
    assert reports(reading)[0].state is ReportState.CORRECTED
    with reading() as session:
        event = session.scalars(select(AuditEvent).where(AuditEvent.kind == "mistake.answered")).one()
        assert event.detail == {"state": "corrected"}


def test_an_answer_needs_words(world: Any, reported: int, browser_of: Any, reading: Any) -> None:
    answer = browser_of(world.director).send(f"/corrections/{reported}", {"state": "declined", "answer": ""})
    assert answer.status_code == 422 and reports(reading)[0].state is ReportState.OPEN


def test_a_report_is_answered_once(world: Any, reported: int, browser_of: Any, reading: Any) -> None:
    director = browser_of(world.director)
    director.send(f"/corrections/{reported}", {"state": "declined", "answer": "It is right"}, page="/account")
    again = director.send(f"/corrections/{reported}", {"state": "corrected", "answer": "No"}, page="/account")
    assert again.status_code == 409 and reports(reading)[0].answer == "It is right"


def test_a_report_is_never_opened_again_by_a_form(world: Any, reported: int, browser_of: Any) -> None:
    answer = browser_of(world.director).send(f"/corrections/{reported}", {"state": "open", "answer": "x"})
    assert answer.status_code == 422


def test_markup_in_a_report_is_text(world: Any, aziza: Any, browser_of: Any, reading: Any) -> None:
    send(aziza, text="<img src=x onerror=alert(1)>", quote="<script>alert(1)</script>")
    director = browser_of(world.director)
    for path in ("/corrections/", f"/corrections/{reports(reading)[0].id}"):
        page = director.get(path).text
        assert "<img src=x" not in page and "<script>alert" not in page


def test_line_ends_in_a_report_add_no_header_to_the_mail(aziza: Any, reading: Any) -> None:
    send(aziza, text="a\r\nBcc: victim@uz.test", quote="b\nSubject: other")
    assert {one["subject"].count("\n") for one in letters(reading)} == {0}
    assert {one["to"] for one in letters(reading)} == {"director@test.test"}
