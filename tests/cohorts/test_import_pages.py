"""The roster import on the screen: the way through, what each page shows, the result; many rows."""

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from diploma.accounts import service as accounts
from diploma.cohorts.models import RosterImport
from diploma.cohorts.roster import reading as roster_reading
from diploma.cohorts.roster.sheet import read_sheet
from diploma.core import clock
from diploma.core.lang import LANGS
from tests.cohorts.conftest import crowd, enrolment_of, row, workbook
from tests.cohorts.import_screen import BAD, GOOD, START, confirm, correct, place, result, rows_of, text, upload


def test_a_good_list_is_shown_and_imported(coordinator: Any, reading: Any) -> None:
    page = upload(coordinator, *GOOD)
    assert page.status_code == 200 and "2 rows would be imported." in page.text
    assert 'Trainee: <span class="num">1</span>, Instructor: <span class="num">1</span>' in page.text
    with reading():
        assert accounts.find("dilnoza@uz.test") is None, "a check writes nothing"
    done = result(coordinator, page)
    assert "The list is imported" in done.text and "list.xlsx" in done.text
    with reading() as session:
        assert enrolment_of(session, "dilnoza@uz.test")


def test_every_error_of_every_row_stands_beside_its_field(coordinator: Any) -> None:
    page = upload(coordinator, *BAD)
    assert list(rows_of(page)) == [4, 5, 6], "what is to be corrected is shown first"
    for number, name, value in [(4, "email", "no address"), (5, "email", "twin@uz.test"), (6, "language", "klingon")]:
        cell = re.search(rf'name="cell-{number}-{name}" value="([^"]*)"[^>]*aria-describedby="([^"]+)"', page.text)
        assert cell and cell[1] == value
        assert len(text(re.search(rf'id="{cell[2]}">(.*?)</p>', page.text)[1])) > 20  # type: ignore[index]


def test_every_row_can_be_seen_by_group_by_words_and_by_page(coordinator: Any) -> None:
    page = upload(coordinator, *BAD, *crowd(60))
    here = place(page)
    assert len(rows_of(coordinator.get(f"{here}?show=ready"))) == 50
    assert len(rows_of(coordinator.get(f"{here}?show=ready&page=2"))) == 12
    assert len(rows_of(coordinator.get(f"{here}?show=all"))) == 50
    assert list(rows_of(coordinator.get(f"{here}?q=number17"))) == [24]
    assert list(rows_of(coordinator.get(f"{here}?show=all&q=6"))) == [6], "a row number"
    assert "No row here." in coordinator.get(f"{here}?show=out").text


def test_errors_are_in_the_readers_language(coordinator: Any) -> None:
    here = place(upload(coordinator, *BAD))
    for lang in LANGS:
        page = coordinator.get(f"{here}?lang={lang.value}")
        assert page.status_code == 200 and f'<html lang="{lang.value}"' in page.text


def test_rows_with_errors_stop_an_import_unless_they_may_stay_out(coordinator: Any, reading: Any) -> None:
    page = upload(coordinator, *BAD)
    refused = confirm(coordinator, page)
    assert refused.status_code == 422 and "Say that the other rows may stay out" in refused.text
    with reading() as session:
        assert session.scalar(select(RosterImport)) is None
    assert "Rows left out" in result(coordinator, page, partial="1").text
    with reading():
        assert accounts.find("dilnoza@uz.test") and accounts.find("twin@uz.test") is None


def test_the_last_page_counts_what_would_happen(coordinator: Any) -> None:
    page = upload(coordinator, *BAD, row("new@uz.test", "New One", "New Body"), *crowd(30))
    correct(coordinator, page, answer_5="out")
    shown = text(coordinator.get(f"{place(page)}/confirm").text)
    assert "Import 33 rows?" in shown, "the other twin is the only one left"
    assert "Trainee: 32 , Instructor: 1" in shown and "people more than seats" in shown
    assert "To correct 2 stays out" in shown and "Left out 1 stays out" in shown and "New Body" in shown


def test_the_result_counts_the_rows_that_a_person_left_out(coordinator: Any) -> None:
    page = upload(coordinator, *GOOD)
    coordinator.send(place(page), {"out": "2"})
    shown = result(coordinator, page).text
    assert re.search(r"Rows left out.*?>1<", shown, re.DOTALL)


def test_an_import_is_listed_with_who_did_it(coordinator: Any) -> None:
    with clock.at(clock.now() - timedelta(minutes=1)):
        result(coordinator, upload(coordinator, *GOOD))
    page = coordinator.get(START).text
    assert "Lists imported so far" in page and "Coordinator uz" in page


def test_a_page_takes_as_many_statements_for_300_rows_as_for_3(coordinator: Any, queries: Any) -> None:
    def statements(count: int) -> int:
        people = [row(f"p{n}@uz.test", f"Person Number{n}", f"Entity {n % 10}", lang="klingon") for n in range(count)]
        here = place(upload(coordinator, *people))
        with queries() as seen:
            assert coordinator.get(f"{here}?show=all").status_code == 200
        return len(seen)

    assert statements(300) <= statements(3)


def test_a_list_is_read_once_while_it_is_looked_through(coordinator: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    page, read = upload(coordinator, *GOOD), []
    monkeypatch.setattr(roster_reading, "read_sheet", lambda *given: read.append(given))
    assert coordinator.get(place(page)).status_code == 200 and read == []


def test_the_memory_of_lists_is_bounded() -> None:
    cache = roster_reading._Cache(3000)
    sheets = [read_sheet(workbook(*crowd(count)), "x.xlsx") for count in (1, 1, 1, 1, 50)]
    for place_, sheet in enumerate(sheets):
        cache.put((str(place_), ""), sheet)
    assert cache.bytes <= 3000 and cache.get(("4", "")) is None, "one that is too large is not kept"
    assert cache.get(("3", "")) is sheets[3] and cache.get(("0", "")) is None, "the last ones are"
