"""Two readers, blind to each other; the ranking; one act that decides."""

import io
import zipfile
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from diploma.admissions import access, calls, selection
from diploma.admissions.models import AdmissionReader, Reading
from diploma.admissions.models import ApplicationState as S
from diploma.admissions.plan import Question, QuestionKind
from diploma.core.audit import AuditEvent
from diploma.core.errors import Refused, Stale
from tests.admissions.conftest import BASE, application, entity_of, read_all, states, the_call, user

ADMISSION = "/cohorts/uz-next/admission"


@pytest.fixture
def given(apply: Any, readers: list[str], unit: Any, after: Any) -> dict[str, list[int]]:
    """Two applications given out to readers: ids of their readings by address."""
    for address in ("a@mail.test", "b@mail.test"):
        apply(address)
    with after(), unit() as session:
        selection.give_out(the_call(session), by=user(session, "coordinator@uz.test"))
    with unit() as session:
        return {
            address: [one.id for one in application(session, address).readings]
            for address in ("a@mail.test", "b@mail.test")
        }


def reader_of(session: Any, reading_id: int) -> str:
    return str(session.get_one(Reading, reading_id).reader.email)


def finish(session: Any, reading_id: int, level: int) -> None:
    one = session.get_one(Reading, reading_id)
    selection.finish_reading(one, {"idea": level, "reach": level}, "Remark", by=one.reader)


# ---- who reads


def test_every_application_goes_to_two_readers(given: dict[str, list[int]], reading: Any) -> None:
    with reading() as session:
        assert states(session) == {"a@mail.test": "reading", "b@mail.test": "reading"}
        assert {len(one) for one in given.values()} == {2}


def test_nobody_reads_before_the_call_has_closed(apply: Any, readers: list[str], unit: Any) -> None:
    apply("a@mail.test")
    with unit() as session, pytest.raises(Refused, match="still open"):
        selection.give_out(the_call(session), by=user(session, "coordinator@uz.test"))


def test_a_reader_gets_nobody_of_their_own_entity_nor_themselves(
    apply: Any, readers: list[str], unit: Any, after: Any, reading: Any
) -> None:
    apply("reader2@uz.test", entity_id=None, entity_other="Elsewhere")
    apply("a@mail.test")
    with unit() as session:
        first = user(session, readers[0]).id
        row = session.scalars(select(AdmissionReader).where(AdmissionReader.user_id == first)).one()
        row.entity_id = entity_of(session).id
    with after(), unit() as session:
        assert selection.give_out(the_call(session), by=user(session, "coordinator@uz.test")) == 0
    with reading() as session:
        pairs = {
            who: {one.reader.email for one in application(session, who).readings}
            for who in ("reader2@uz.test", "a@mail.test")
        }
    assert pairs == {"reader2@uz.test": set(readers[:2]), "a@mail.test": set(readers[1:])}


def test_only_staff_of_the_cohort_can_be_named(call: str, browser_of: Any, reading: Any, world: Any) -> None:
    with reading() as session:
        strangers = [user(session, one).id for one in (world.trainee, world.other_instructor)]
    browser_of(world.coordinator).send(f"{ADMISSION}/readers", {"reader": strangers})
    with reading() as session:
        assert session.scalars(select(AdmissionReader)).all() == []


# ---- what a reader sees


def test_a_reader_sees_and_judges_only_what_was_given_to_them(
    given: dict[str, list[int]], reading: Any, browser_of: Any, readers: list[str], after: Any
) -> None:
    key = given["a@mail.test"][0]
    with reading() as session:
        own, other = reader_of(session, key), reader_of(session, given["a@mail.test"][1])
    assert browser_of(own).get(f"/readings/{key}").status_code == 200
    for stranger in (other, "instructor@uz.test", "instructor@ae.test"):
        browser = browser_of(stranger)
        assert browser.get(f"/readings/{key}").status_code == 404
        said = {"level_idea": "4", "level_reach": "4"}
        assert browser.send(f"/readings/{key}", said, page="/account").status_code == 404


def test_a_reading_is_handed_in_once_with_a_level_for_each_criterion(
    given: dict[str, list[int]], reading: Any, browser_of: Any
) -> None:
    key = given["a@mail.test"][0]
    with reading() as session:
        browser = browser_of(reader_of(session, key))
    for wrong in ({"level_idea": "4"}, {"level_idea": "4", "level_reach": "5"}, {"level_idea": "-1"}):
        assert browser.send(f"/readings/{key}", wrong).status_code == 422
    good = {"level_idea": "3", "level_reach": "2", "comment": "<i>x</i>"}
    assert browser.send(f"/readings/{key}", good).status_code == 302
    browser.send(f"/readings/{key}", good | {"level_idea": "0"}, page="/account")
    with reading() as session:
        assert session.get_one(Reading, key).levels == {"idea": 3, "reach": 2}


def test_a_coordinator_who_reads_sees_the_other_reading_only_when_both_are_in(
    given: dict[str, list[int]], unit: Any, browser_of: Any, reading: Any
) -> None:
    first, second = given["a@mail.test"]
    with unit() as session:
        session.get_one(Reading, second).reader_id = user(session, "coordinator@uz.test").id
    with unit() as session:
        finish(session, first, 4)
        key = application(session, "a@mail.test").id
    browser = browser_of("coordinator@uz.test")
    assert "Remark" not in browser.get(f"{ADMISSION}/applications/{key}").text
    with unit() as session:
        finish(session, second, 4)
    assert browser.get(f"{ADMISSION}/applications/{key}").text.count("Remark") == 2


def test_who_does_not_read_it_follows_the_readings(given: dict[str, list[int]], unit: Any, reading: Any) -> None:
    with unit() as session:
        finish(session, given["a@mail.test"][0], 4)
        found = application(session, "a@mail.test")
        assert len(access.shown_readings(found, user(session, "director@test.test"))) == 2


def test_who_is_no_reader_any_more_reaches_no_reading(given: dict[str, list[int]], unit: Any, browser_of: Any) -> None:
    key = given["a@mail.test"][0]
    with unit() as session:
        one = session.get_one(Reading, key)
        session.delete(session.scalars(select(AdmissionReader).where(AdmissionReader.user_id == one.reader_id)).one())
        email = one.reader.email
    assert browser_of(email).get(f"/readings/{key}").status_code == 404


def test_readings_that_lie_apart_ask_a_third_reader(given: dict[str, list[int]], unit: Any, reading: Any) -> None:
    with unit() as session:
        for key, level in zip(given["a@mail.test"], (0, 4), strict=True):
            finish(session, key, level)
        for key in given["b@mail.test"]:
            finish(session, key, 3)
    with reading() as session:
        third = application(session, "a@mail.test").readings
        assert [one.number for one in third] == [1, 2, 3] and len({one.reader_id for one in third}) == 3
        assert len(application(session, "b@mail.test").readings) == 2
        assert selection.propose(the_call(session)).unread == 1


def test_what_readers_judge_stays_as_it_was_asked(given: dict[str, list[int]], unit: Any) -> None:
    with unit() as session, pytest.raises(Refused, match="stay as they are"):
        calls.remove_criterion(the_call(session), "idea", by=user(session, "coordinator@uz.test"))


# ---- deciding


def test_the_list_with_the_cut_line_is_what_is_carried_out(
    decided: list[str], reading: Any, mails: Any, after: Any
) -> None:
    with reading() as session:
        assert [*states(session).values()] == ["offered"] * 3 + ["waiting"] * 3
        assert [application(session, one).rank for one in decided] == [1, 2, 3, 4, 5, 6]
        assert session.scalars(select(AuditEvent).where(AuditEvent.kind == "admission.decided")).one()
    with after(days=13):
        sent = mails()
    letters = {one.to: one for one in sent if "/offers/" in one.body}
    assert set(letters) == set(decided[:3]) and {one.to for one in sent} >= set(decided)


def test_a_quota_leaves_an_entity_no_more_places(
    apply: Any, readers: list[str], unit: Any, after: Any, reading: Any
) -> None:
    for address in "abcd":
        apply(f"{address}@mail.test", **({"entity_id": None, "entity_other": "Small"} if address == "d" else {}))
    with after():
        with unit() as session:
            held, by = the_call(session), user(session, "coordinator@uz.test")
            calls.change_rules(held, replace(calls.plan_of(held), quota=1), 0, by=by)
            selection.give_out(held, by=by)
        with unit() as session:
            read_all(session, {f"{one}@mail.test": level for one, level in zip("abcd", (4, 4, 4, 1), strict=True)})
        with reading() as session:
            lines = selection.propose(the_call(session)).lines
            assert [one.outcome for one in lines] == [S.OFFERED, S.WAITING, S.WAITING, S.OFFERED]


def test_another_list_than_the_one_that_was_shown_is_not_decided(
    given: dict[str, list[int]], unit: Any, browser_of: Any
) -> None:
    with unit() as session:
        read_all(session, {"a@mail.test": 3, "b@mail.test": 2})
    with unit() as session, pytest.raises(Stale):
        selection.decide(the_call(session), "another", BASE, by=user(session, "coordinator@uz.test"))
    answer = browser_of("coordinator@uz.test").send(
        f"{ADMISSION}/decision", {"seen": "x", "rank": "1", "outcome": "offered"}, page="/account"
    )
    assert answer.status_code == 409


def test_nobody_is_offered_a_place_while_somebody_is_unread(given: dict[str, list[int]], unit: Any) -> None:
    with unit() as session, pytest.raises(Refused, match="Not all"):
        held = the_call(session)
        selection.decide(held, selection.propose(held).digest, BASE, by=user(session, "coordinator@uz.test"))


def test_offers_are_made_once(decided: list[str], unit: Any) -> None:
    with unit() as session, pytest.raises(Refused, match="made already"):
        held = the_call(session)
        selection.decide(held, selection.propose(held).digest, BASE, by=user(session, "coordinator@uz.test"))


# ---- the workbook


def test_no_answer_becomes_a_formula_in_the_workbook(apply: Any, browser_of: Any, unit: Any) -> None:
    with unit() as session:
        odd = Question("odd", QuestionKind.SHORT, {"en": "{=1+1}"}, required=False)
        calls.add_question(the_call(session), odd, by=user(session, "coordinator@uz.test"))
    apply("a@mail.test", full_name="=cmd|' /C calc'!A0", answers={"why": '=HYPERLINK("http://evil.test")'})
    answer = browser_of("coordinator@uz.test").get(f"{ADMISSION}/applications.xlsx")
    with zipfile.ZipFile(io.BytesIO(answer.data)) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
        texts = book.read("xl/sharedStrings.xml").decode()
    assert answer.status_code == 200 and "<f>" not in sheet and "hyperlink" not in sheet.lower()
    assert "=cmd|" in texts and "=HYPERLINK" in texts
