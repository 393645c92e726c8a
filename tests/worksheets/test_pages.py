"""The pages of a worksheet: what a trainee fills in is kept, computed and printed; staff see it empty."""

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from diploma.cohorts.models import CohortModule
from diploma.core import clock
from diploma.core.lang import Lang
from diploma.worksheets.models import FilledWorksheet
from tests.papers import EN, LETTER, MODULE, TABLE, write

LESSON = f"{MODULE}/lessons/01-listen"
PRINT = f"{TABLE}/print"
CLAIM = {"f.statement": "Owners come three times.", "f.claims.0.claim": "Three visits", "f.claims.0.kind": "record"}
SCORES = {f"f.scores.{n}": name for n, name in enumerate(("Renewal", "Hospital", "Parking"))} | {
    f"f.scores.{n}.{criterion}": score
    for n, given in enumerate(("32343", "44212", "11444"))
    for criterion, score in zip(("value", "scale", "evidence", "room", "readiness"), given, strict=True)
}


def test_the_module_names_its_worksheets_and_a_lesson_those_that_it_introduces(aziza: Any) -> None:
    for page in (aziza.get(MODULE, query_string=EN).text, aziza.get(LESSON, query_string=EN).text):
        assert f'href="{TABLE}"' in page and f'href="{LETTER}"' in page and "Evidence table" in page
    assert "For gate 1" in aziza.get(MODULE, query_string=EN).text


def test_a_worksheet_says_what_it_is_for_and_where_it_was_introduced(aziza: Any) -> None:
    page = aziza.get(TABLE, query_string=EN).text
    assert "Shows the gate what the challenge rests on." in page and f'href="{LESSON}"' in page
    assert page.count('name="f.claims.') == 9 and "Kind of evidence" in page and "4</bdi>: " in page


def test_what_is_saved_stands_there_the_next_time(aziza: Any, kept: Any) -> None:
    answer = write(aziza, CLAIM)
    assert answer.status_code == 302 and answer.headers["Location"] == TABLE
    page = aziza.get(TABLE, query_string=EN).text
    assert "Owners come three times.</textarea>" in page and "Three visits</textarea>" in page
    assert re.search(r'<option value="record"[^>]* selected>', page) and "Saved " in page
    assert kept() == [
        {"statement": "Owners come three times.", "claims": [{"claim": "Three visits", "kind": "record"}]}
    ]


def test_another_worksheet_is_another_row(aziza: Any, kept: Any) -> None:
    write(aziza, CLAIM)
    write(aziza, {"f.text": "Dear stranger"}, path=LETTER)
    assert len(kept()) == 2 and "Dear stranger" not in aziza.get(TABLE).text


def test_a_button_adds_rows_and_keeps_what_is_written(aziza: Any) -> None:
    answer = write(aziza, {**CLAIM, "f.claims.2.claim": "", "add": "claims"})
    assert answer.headers["Location"] == f"{TABLE}#f.claims"
    page = aziza.get(TABLE).text
    assert page.count('name="f.claims.') == 3 * 7 and "Three visits" in page and 'name="add"' in page


def test_a_full_table_has_no_button_for_more(aziza: Any) -> None:
    write(aziza, {"f.claims.59.claim": "last", "add": "claims"})
    page = aziza.get(TABLE, query_string=EN).text
    assert page.count('name="f.claims.') == 3 * 60 and 'name="add"' not in page
    assert "A table has at most 60 rows." in page


@pytest.mark.parametrize("add", ["statement", "scores", "nothing"])
def test_only_a_table_gets_rows(aziza: Any, kept: Any, add: str) -> None:
    write(aziza, {**CLAIM, "add": add})
    assert len(kept()[0]["claims"]) == 1


def test_the_script_gets_one_line_and_stays_on_the_page(aziza: Any) -> None:
    answer = write(aziza, CLAIM, headers={"X-CSRFToken": aziza.token(TABLE)}, query_string=EN)
    assert answer.status_code == 200 and answer.mimetype == "text/plain" and answer.text.startswith("Saved ")


# ---- the matrix


def test_a_scored_matrix_says_total_rank_floor_and_fragility(aziza: Any) -> None:
    write(aziza, SCORES)
    page = aziza.get(TABLE, query_string=EN).text
    assert re.findall(
        r'<td class="n"><bdi class="num">([\d.]+)</bdi></td><td class="n"><bdi class="num">(.)', page
    ) == [
        ("75", "1"),
        ("70", "2"),
        ("62.5", "–"),
    ]
    assert "Below the floor" in page and "The first place depends on the weights." in page
    move = "From “Room to act” to “Public value”: first is Hospital"
    assert move in re.sub(r"<[^>]*>", "", page)


def test_while_it_is_scored_the_matrix_is_computed_and_nothing_is_saved(aziza: Any, kept: Any) -> None:
    answer = aziza.send(f"{TABLE}/matrix", {**SCORES, "field": "scores"}, page=TABLE, query_string=EN)
    assert answer.status_code == 200 and "<html" not in answer.text
    assert "62.5" in answer.text and "Hospital" in answer.text and kept() == []


def test_a_matrix_that_is_half_scored_says_what_it_waits_for(aziza: Any) -> None:
    answer = aziza.send(f"{TABLE}/matrix", {"f.scores.0": "A", "field": "scores"}, page=TABLE, query_string=EN)
    assert "not yet" in answer.text and "It needs two options" in answer.text and "Option 2" in answer.text


@pytest.mark.parametrize("field", ["claims", "nothing", ""])
def test_only_a_matrix_is_computed(aziza: Any, field: str) -> None:
    assert aziza.send(f"{TABLE}/matrix", {"field": field}, page=TABLE).status_code == 404


# ---- what is refused


def test_a_text_that_is_too_long_is_shown_again_and_not_cut(aziza: Any, kept: Any) -> None:
    long = "a" * 1_000 + "end"
    answer = write(aziza, {**CLAIM, "f.claims.1.claim": long}, query_string=EN)
    assert answer.status_code == 422 and f"{long}</textarea>" in answer.text and "Three visits" in answer.text
    assert 'href="#f.claims.1.claim"' in answer.text and "The text is longer than 1000 characters." in answer.text
    assert 'aria-invalid="true" aria-describedby="f.claims.1.claim-why"' in answer.text and kept() == []


def test_a_worksheet_that_is_too_large_is_refused_and_loses_nothing(aziza: Any, kept: Any) -> None:
    rows = {f"f.claims.{n}.{column}": "x" * 999 for n in range(60) for column in ("claim", "source")}
    answer = write(aziza, rows, query_string=EN)
    assert answer.status_code == 422 and "A worksheet holds at most 100000 characters." in answer.text
    assert answer.text.count("x" * 999) == 120 and kept() == []


def test_more_rows_than_fit_are_refused_in_words(aziza: Any, kept: Any) -> None:
    answer = write(aziza, {f"f.claims.{n}.claim": f"row {n}" for n in range(61)}, query_string=EN)
    assert answer.status_code == 422 and "A table has at most 60 rows." in answer.text
    assert "row 59</textarea>" in answer.text and kept() == []


def test_after_a_refusal_the_same_page_saves(aziza: Any, kept: Any) -> None:
    page = write(aziza, {"f.statement": "x" * 7_000}).text
    fields = dict(re.findall(r'name="(key|base)"[^>]*value="([^"]*)"', page)) | {"f.statement": "short"}
    assert write(aziza, fields).status_code == 302 and kept() == [{"statement": "short"}]


def test_a_module_that_is_shut_shows_no_worksheet(aziza: Any, unit: Any) -> None:
    with unit() as session:
        for one in session.scalars(select(CohortModule)):
            one.opens_at = clock.now() + timedelta(hours=1)
    assert [aziza.get(path).status_code for path in (TABLE, PRINT)] == [403, 403]


@pytest.mark.parametrize("path", [f"{MODULE}/worksheets/nothing", "/modules/nothing/worksheets/letter"])
def test_there_is_no_worksheet_of_another_name(aziza: Any, path: str) -> None:
    assert [aziza.get(path).status_code, aziza.get(f"{path}/print").status_code] == [404, 404]
    assert aziza.send(path, {"f.text": "x"}, page=TABLE).status_code == 404


# ---- paper


def test_the_filled_print_holds_what_is_written(aziza: Any) -> None:
    write(aziza, {**CLAIM, **SCORES})
    page = aziza.get(PRINT, query_string=EN).text
    heading = ("Title", "S-2", "Challenge", "Evidence table", "Aziza Karimova", "Cohort uz 1")
    assert all(words in page for words in heading)
    assert "Three visits" in page and "Record" in page and "62.5" in page and "<textarea" not in page
    assert page.count('<th scope="row" class="n">') == 1


def test_the_empty_print_has_room_for_a_pen(aziza: Any) -> None:
    write(aziza, {**CLAIM, **SCORES})
    page = aziza.get(f"{PRINT}?empty=1&lang=en").text
    assert "Three visits" not in page and "62.5" not in page and "Hospital" not in page
    assert page.count('<th scope="row" class="n">') == 3 and page.count("<br>") >= 4
    assert "Opinion" in page and "Option 3" in page


def test_before_anything_is_written_the_empty_one_is_printed(aziza: Any) -> None:
    page = aziza.get(PRINT, query_string=EN).text
    assert "by-hand" in page and "Filled in" not in page


# ---- staff, languages


@pytest.mark.parametrize("who", ["instructor", "coordinator", "director"])
def test_staff_see_it_empty_and_save_nothing(papers: Any, aziza: Any, browser_of: Any, kept: Any, who: str) -> None:
    write(aziza, CLAIM)
    staff = browser_of(getattr(papers, who))
    page = staff.get(TABLE, query_string=EN).text
    assert "This is a preview" in page and "Three visits" not in page and "<fieldset" in page and " disabled>" in page
    assert "Three visits" not in staff.get(PRINT).text and f'href="{TABLE}"' in staff.get(MODULE).text
    assert staff.send(TABLE, CLAIM, page="/account").status_code == 403
    assert staff.send(f"{TABLE}/matrix", {"field": "scores"}, page="/account").status_code == 403
    assert len(kept()) == 1


def test_whoever_may_not_preview_finds_nothing(papers: Any, browser_of: Any) -> None:
    assert browser_of(papers.registrar).get(TABLE).status_code == 404


@pytest.mark.parametrize("lang", [one.value for one in Lang])
def test_a_worksheet_opens_in_every_language(aziza: Any, lang: str) -> None:
    write(aziza, {**CLAIM, **SCORES})
    for path in (f"{TABLE}?", f"{PRINT}?", f"{PRINT}?empty=1&"):
        page = aziza.get(f"{path}lang={lang}")
        assert page.status_code == 200 and f'<html lang="{lang}"' in page.text


def test_a_translation_is_shown_where_there_is_one(aziza: Any) -> None:
    page = aziza.get(LETTER, query_string={"lang": "ru"}).text
    assert '<span lang="ru" dir="ltr">Письмо незнакомцу</span>' in page


def test_a_worksheet_costs_as_many_queries_however_much_is_written(aziza: Any, queries: Any) -> None:
    aziza.get(TABLE)
    with queries() as few:
        aziza.get(TABLE)
    write(aziza, {f"f.claims.{n}.claim": f"row {n}" for n in range(60)})
    with queries() as many:
        aziza.get(TABLE)
    assert len(few) == len(many)


def test_lesson_and_module_ask_the_database_nothing_about_worksheets(aziza: Any, queries: Any) -> None:
    write(aziza, CLAIM)
    for path in (LESSON, MODULE):
        aziza.get(path)
        with queries() as asked:
            aziza.get(path)
        assert [one for one in asked if FilledWorksheet.__tablename__ in one] == []
