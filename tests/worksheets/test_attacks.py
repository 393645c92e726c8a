"""Attacks on worksheets: other people's, other governments', scripts, floods, forgeries."""

import gc
import re
import time
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from diploma.cohorts.models import Enrolment, EnrolmentState
from diploma.core import clock
from tests.conftest import PASSWORD
from tests.papers import EN, FORM, LETTER, MODULE, TABLE, write

SECRET = "my quiet thought"
SCRIPT = "<script>alert(1)</script></textarea><img src=x onerror=alert(1)>"
PAGES = (TABLE, f"{TABLE}/print", f"{TABLE}/print?empty=1", MODULE, f"{MODULE}/lessons/01-listen", LETTER)


@pytest.fixture
def written(aziza: Any) -> Any:
    write(aziza, {"f.statement": SECRET, "f.claims.0.claim": SECRET, "f.scores.0": SECRET})
    return aziza


@pytest.mark.parametrize("who", ["trainee_2", "other_trainee", "instructor", "coordinator", "director", "registrar"])
def test_what_is_written_is_shown_to_its_owner_alone(written: Any, papers: Any, browser_of: Any, who: str) -> None:
    other = browser_of(getattr(papers, who))
    assert all(SECRET not in other.get(path).text for path in PAGES)


@pytest.mark.parametrize("who", ["trainee_2", "other_trainee"])
def test_another_trainee_saves_their_own(written: Any, papers: Any, browser_of: Any, kept: Any, who: str) -> None:
    other = browser_of(getattr(papers, who))
    assert write(other, {"f.statement": "theirs", "base": "1"}).status_code == 302
    assert [one["statement"] for one in kept()] == [SECRET, "theirs"]
    assert SECRET in written.get(TABLE).text


def test_no_field_of_a_form_names_another_person(written: Any, papers: Any, browser_of: Any, kept: Any) -> None:
    other = browser_of(papers.trainee_2)
    forged = {"enrolment_id": "1", "enrolment": "1", "id": "1", "worksheet": "letter", "module": "x", "version": "1"}
    write(other, {"f.statement": "theirs", **forged})
    assert kept()[0]["statement"] == SECRET and kept()[1] == {"statement": "theirs"}


def test_who_has_left_the_cohort_reaches_it_no_more_and_it_is_not_lost(written: Any, unit: Any, kept: Any) -> None:
    with unit() as session:
        session.execute(update(Enrolment).values(state=EnrolmentState.WITHDRAWN))
    assert [written.get(path).status_code for path in PAGES[:3]] == [404] * 3
    assert written.send(TABLE, {**FORM, "f.statement": "more"}, page="/dashboard").status_code == 404
    assert kept()[0]["statement"] == SECRET


def test_a_visitor_is_led_to_the_sign_in(papers: Any, client: Any) -> None:
    for path in PAGES[:3]:
        assert client.get(path).headers["Location"].startswith("/sign-in?next=")


def test_a_form_needs_the_token_of_its_page(aziza: Any, kept: Any) -> None:
    answers = [aziza.post(path, data={**FORM, "f.statement": "x"}).status_code for path in (TABLE, f"{TABLE}/matrix")]
    assert answers == [400, 400] and kept() == []


def test_markup_in_every_kind_of_field_is_text(aziza: Any) -> None:
    fields = {"f.statement": SCRIPT, "f.claims.0.claim": SCRIPT, "f.scores.0": SCRIPT, "f.scores.1": SCRIPT}
    fields |= {
        f"f.scores.{n}.{one}": "4" for n in (0, 1) for one in ("value", "scale", "evidence", "room", "readiness")
    }
    write(aziza, fields)
    fragment = aziza.send(f"{TABLE}/matrix", {**fields, "field": "scores"}, page=TABLE).text
    stale = write(aziza, {"f.statement": "another", "f.claims.0.claim": "x", "f.scores.0": "x", "key": "z" * 20})
    assert stale.status_code == 409
    for page in (aziza.get(TABLE).text, aziza.get(f"{TABLE}/print").text, fragment, stale.text):
        assert "<script>alert" not in page and "<img" not in page and "&lt;script&gt;alert" in page


@pytest.mark.parametrize("text", ["{{ 7 * 7 }}", "%(name)s", "${7*7}", "=1+1"])
def test_a_template_in_a_cell_is_text(aziza: Any, text: str) -> None:
    write(aziza, {"f.statement": text, "f.scores.0": text})
    assert aziza.get(TABLE).text.count(text) >= 2 and text in aziza.get(f"{TABLE}/print").text


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # Werkzeug leaves them to the collector
def test_ten_megabytes_are_refused_before_they_are_read(aziza: Any, kept: Any) -> None:
    token, large = aziza.token(TABLE), "x" * 10_000_000
    began = time.process_time()
    for kind in ("application/x-www-form-urlencoded", "multipart/form-data"):
        form = {"csrf_token": token, **FORM, "f.statement": large}
        assert aziza.post(TABLE, data=form, content_type=kind).status_code == 413
    assert kept() == [] and time.process_time() - began < 5
    gc.collect()


def test_a_flood_of_names_holds_nobody_up(aziza: Any, kept: Any) -> None:
    form = {**FORM, "csrf_token": aziza.token(TABLE)} | {f"f.claims.{n}.claim": "" for n in range(61, 60_000)}
    began = time.process_time()
    answer = aziza.post(TABLE, data=form)
    assert answer.status_code in (302, 413) and time.process_time() - began < 5
    assert kept() in ([], [{}])


def test_a_letter_under_thousands_of_marks_holds_nobody_up(aziza: Any) -> None:
    began = time.process_time()
    write(aziza, {"f.statement": "a" + "\u0301" * 20_000 + "\u0316" * 20_000})
    assert time.process_time() - began < 5


def test_a_long_table_sent_by_the_script_is_not_too_many_fields(aziza: Any, kept: Any) -> None:
    fields = {f"f.claims.{n}.{one}": "" for n in range(60) for one in ("claim", "kind", "source")}
    more = {f"f.other.{n}.x": "" for n in range(2_000)}
    answer = write(aziza, {**fields, **more, "f.claims.59.claim": "last"}, content_type="multipart/form-data")
    assert answer.status_code == 302 and kept()[0]["claims"][59] == {"claim": "last"}


@pytest.mark.parametrize("value", ["\x00", "9" * 400, "None", "['a']", "1e9", "\u0663"])
def test_odd_values_are_kept_as_text_or_refused(aziza: Any, value: str) -> None:
    fields = {"f.statement": value, "f.scores.0": value, "f.scores.0.value": value}
    assert write(aziza, fields).status_code == 422 and write(aziza, {"f.statement": value}).status_code == 302


def test_a_worksheet_sent_after_the_session_ended_comes_back_to_its_author(aziza: Any, papers: Any, kept: Any) -> None:
    token = aziza.token(TABLE)
    with clock.at(clock.now() + timedelta(hours=13)):
        answer = aziza.post(TABLE, data={"csrf_token": token, **FORM, "f.claims.2.claim": SECRET * 6_000})
    parked = re.search(r'name="parked"[^>]*value="([^"]*)"', answer.text)
    assert answer.status_code == 401 and parked and parked[1]
    form = {"email": papers.trainee, "password": PASSWORD, "parked": parked[1].replace("&amp;", "&")}
    page = aziza.send("/sign-in", form)
    assert page.status_code == 200 and SECRET in page.text and 'name="f.claims.2.claim"' in page.text and kept() == []
    assert f'action="{TABLE}"' in page.text


def test_a_preview_of_another_government_shows_the_same_empty_form(papers: Any, browser_of: Any, written: Any) -> None:
    page = browser_of(papers.other_instructor).get(TABLE, query_string=EN).text
    assert "This is a preview" in page and SECRET not in page
