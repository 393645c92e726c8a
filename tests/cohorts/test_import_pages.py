"""The roster import on the screen: upload, check, confirm, result; and attacks on it."""

import io
import re
import zipfile
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from sqlalchemy import select

from diploma.accounts import service as accounts
from diploma.cohorts import import_views, roster_files, service
from diploma.cohorts.models import CohortState, RosterImport
from diploma.cohorts.roster_messages import COLUMNS
from diploma.cohorts.sheet import read_sheet
from diploma.cohorts.vocabulary import field_of
from diploma.core import clock, i18n
from diploma.core.lang import LANGS
from tests.cohorts.conftest import cohort_of, crowd, enrolment_of, row, workbook

START, CHECK, CONFIRM = "/cohorts/uz-1/import", "/cohorts/uz-1/import/check", "/cohorts/uz-1/import/confirm"
GOOD = (row("dilnoza@uz.test", "Dilnoza Gʻulomova"), row("teach@uz.test", "Teacher One", role="instructor"))
BAD = (
    *GOOD,
    row("no address", "Broken Person"),
    row("twin@uz.test", "One Twin"),
    row("twin@uz.test", "Two Twin", lang="klingon"),
)


@pytest.fixture
def coordinator(world: Any, browser_of: Any) -> Any:
    return browser_of(world.coordinator)


def upload(browser: Any, *rows: list[str], name: str = "list.xlsx", data: bytes = b"") -> Any:
    """Send a file through the first page and open the second."""
    sent = browser.send(START, {"file": (io.BytesIO(data or workbook(*rows)), name)})
    assert sent.status_code == 302
    return browser.get(sent.location)


def hidden(page: Any, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page.text)
    assert found
    return unescape(found[1])


def confirm(browser: Any, page: Any, **more: Any) -> Any:
    fields = {"file": hidden(page, "file"), "plan": hidden(page, "plan"), **more}
    return browser.send(CONFIRM, fields, page=START)


def table(page: Any, within: str) -> list[list[str]]:
    """The cells of the rows in the part of a page with this id."""
    part = re.search(rf'id="{within}".*?</table>', page.text, re.DOTALL)
    assert part
    rows = re.findall(r"<tr>(.*?)</tr>", part[0], re.DOTALL)[1:]
    return [
        [
            unescape(re.sub(r"<[^>]+>", "", cell)).strip()
            for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", one, re.DOTALL)
        ]
        for one in rows
    ]


# ---- the way through


def test_a_good_list_is_shown_and_imported(coordinator: Any, reading: Any) -> None:
    page = upload(coordinator, *GOOD)
    assert page.status_code == 200 and "2 rows will be imported." in page.text
    assert 'Trainee: <span class="num">1</span>, Instructor: <span class="num">1</span>' in page.text
    with reading():
        assert accounts.find("dilnoza@uz.test") is None, "a check writes nothing"
    done = confirm(coordinator, page)
    result = coordinator.get(done.location)
    assert done.status_code == 302 and "The list is imported" in result.text and "list.xlsx" in result.text
    with reading() as session:
        assert enrolment_of(session, "dilnoza@uz.test")


def test_every_error_of_every_row_is_named(coordinator: Any) -> None:
    rows = table(upload(coordinator, *BAD), "wrong")
    assert [one[:3] for one in rows] == [
        ["4", "E-mail", "no address"],
        ["5", "E-mail", "twin@uz.test"],
        ["6", "E-mail", "twin@uz.test"],
        ["6", "Language", "klingon"],
    ]
    assert all(len(one[3]) > 20 for one in rows)


def test_errors_are_in_the_readers_language(coordinator: Any) -> None:
    where = upload(coordinator, *BAD).request.path
    assert where == CHECK
    for lang in LANGS:
        page = coordinator.get(upload(coordinator, *BAD).request.full_path + f"&lang={lang.value}")
        assert page.status_code == 200 and f'<html lang="{lang.value}"' in page.text


def test_many_errors_stand_on_several_pages(coordinator: Any) -> None:
    first = upload(coordinator, *(row(f"bad {n}", f"Person {n}") for n in range(150)))
    second = coordinator.get(first.request.full_path + "&page=2")
    assert len(table(first, "wrong")) == 100 and len(table(second, "wrong")) == 50


def test_rows_with_errors_stop_an_import_unless_they_may_stay_out(coordinator: Any, reading: Any) -> None:
    page = upload(coordinator, *BAD)
    again = coordinator.get(confirm(coordinator, page).location)
    assert "Say that the rows with errors may stay out" in again.text
    with reading() as session:
        assert session.scalar(select(RosterImport)) is None
    result = coordinator.get(confirm(coordinator, page, partial="1").location)
    assert "Rows left out" in result.text
    with reading():
        assert accounts.find("dilnoza@uz.test") and accounts.find("twin@uz.test") is None


def test_confirming_twice_leads_to_the_one_result(coordinator: Any, reading: Any) -> None:
    page = upload(coordinator, *GOOD)
    first, second = confirm(coordinator, page), confirm(coordinator, page)
    assert first.location == second.location
    with reading() as session:
        assert len(session.scalars(select(RosterImport)).all()) == 1


def test_a_list_that_changes_nothing_says_so(coordinator: Any) -> None:
    confirm(coordinator, upload(coordinator, *GOOD))
    page = upload(coordinator, GOOD[0])
    assert "Here already" in page.text and "Import 1 row" not in page.text
    assert "Nothing was changed" in coordinator.get(confirm(coordinator, page).location).text


def test_what_has_changed_since_is_shown_again_before_it_is_imported(coordinator: Any, load: Any, reading: Any) -> None:
    page = upload(coordinator, *GOOD, row("third@uz.test", "Third Person"))
    load(row("third@uz.test", "Another Name"))
    assert "Things have changed" in coordinator.get(confirm(coordinator, page).location).text
    with reading():
        assert accounts.find("dilnoza@uz.test") is None


def test_a_namesake_joins_when_they_are_said_to_be_different_people(coordinator: Any, reading: Any) -> None:
    page = upload(coordinator, row("other@uz.test", "Aziza Karimova", ""))
    assert "Same person?" in page.text and "aziza@uz.test" in page.text
    assert "There is nothing to import yet" in coordinator.get(confirm(coordinator, page).location).text
    assert confirm(coordinator, page, different="2").status_code == 302
    with reading() as session:
        assert enrolment_of(session, "other@uz.test")


def test_new_entities_are_listed_before_they_are_created(coordinator: Any) -> None:
    page = upload(coordinator, row("a@uz.test", "A One", "New Body"), row("b@uz.test", "B Two", "NEW body"))
    assert "1 new entity" in page.text and "<bdi>New Body</bdi>" in page.text


def test_missing_seats_are_a_warning(coordinator: Any) -> None:
    assert "2 seats are missing" in upload(coordinator, *crowd(30)).text


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("photo.png", b"\x89PNG\r\n\x1a\n0000", "cannot be read as a table"),
        ("empty.csv", b"\n", "is empty"),
        ("list.csv", b"Colour,Size\nred,1\n", "No header was found"),
    ],
)
def test_a_file_that_is_no_list_is_refused_with_the_reason(
    coordinator: Any, name: str, data: bytes, words: str
) -> None:
    page = upload(coordinator, name=name, data=data)
    assert page.status_code == 422 and words in page.text and "Check the list" in page.text


def test_no_file_is_said_to_be_missing(coordinator: Any) -> None:
    page = coordinator.send(START, {})
    assert page.status_code == 422 and "Choose a file first." in page.text


def test_a_csv_is_read_as_well(coordinator: Any) -> None:
    data = "sep=;\r\nФИО;Почта\r\nАнна Ли;anna@uz.test\r\n".encode()
    assert "1 row will be imported." in upload(coordinator, name="list.csv", data=data).text


def test_a_closed_cohort_takes_no_list(coordinator: Any, unit: Any) -> None:
    page = upload(coordinator, *GOOD)
    with unit() as session:
        for state in (CohortState.MARKING, CohortState.CLOSED):
            service.move_cohort(cohort_of(session), state)
    assert "nobody can be added" in coordinator.get(START).text
    assert confirm(coordinator, page).status_code == 409


# ---- downloads


def test_the_empty_list_is_recognised_in_every_language(app: Any, coordinator: Any) -> None:
    for lang in LANGS:
        answer = coordinator.get("/cohorts/uz-1/import/template.xlsx", query_string={"lang": lang.value})
        assert answer.headers["Content-Disposition"].startswith("attachment")
        with app.app_context(), i18n.speaking(lang):
            from flask_babel import gettext

            assert [field_of(gettext(one)) for one in COLUMNS.values()] == list(COLUMNS)
            assert field_of(gettext(roster_files.REASON)) is None


def test_the_rows_to_correct_can_be_downloaded_corrected_and_sent_again(coordinator: Any) -> None:
    page = upload(coordinator, *BAD)
    answer = coordinator.get("/cohorts/uz-1/import/rows.xlsx", query_string={"file": hidden(page, "file")})
    sheet = read_sheet(answer.data, "rows.xlsx")
    assert [cells["full_name"] for _, cells in sheet.rows] == ["Broken Person", "One Twin", "Two Twin"]
    assert sheet.ignored == ("What to correct",)


def test_no_cell_of_a_download_becomes_a_formula_or_a_link(coordinator: Any) -> None:
    cells = ["=cmd|' /C calc'!A0", "@SUM(1+1)", "+1+cmd", "https://evil.test/x"]
    page = upload(coordinator, *(row(cell, cell, cell) for cell in cells))
    answer = coordinator.get("/cohorts/uz-1/import/rows.xlsx", query_string={"file": hidden(page, "file")})
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        text = "".join(archive.read(one).decode() for one in archive.namelist())
    assert "<f>" not in text and "hyperlink" not in text and "=cmd" in text


# ---- attacks


def test_a_name_is_text_and_nothing_else(coordinator: Any) -> None:
    evil = "<img src=x onerror=alert(1)>"
    page = upload(coordinator, row("evil@uz.test", evil, evil, position=evil), row(evil, evil), name=f"{evil}.xlsx")
    confirm(coordinator, page, partial="1")
    pages = [page, *(coordinator.get(one) for one in ("/cohorts/uz-1", "/cohorts/uz-1/roster", START, "/partners/uz"))]
    assert all(one.status_code == 200 and "<img" not in one.text for one in pages)
    assert "&lt;img src=x" in pages[2].text


def test_the_reference_of_a_file_is_bound_to_its_person_and_cohort(
    coordinator: Any, second_cohort: str, world: Any, unit: Any, browser_of: Any
) -> None:
    from diploma.accounts.permissions import Role

    file = hidden(upload(coordinator, *GOOD), "file")
    with unit() as session:
        accounts.grant_role(accounts.find("narrow@uz.test"), Role.COORDINATOR, cohort_id=cohort_of(session).id)
    other = browser_of("narrow@uz.test").get(CHECK, query_string={"file": file})
    assert (other.status_code, other.location) == (302, START)
    moved = coordinator.get(f"/cohorts/{second_cohort}/import/check", query_string={"file": file})
    assert (moved.status_code, moved.location) == (302, f"/cohorts/{second_cohort}/import")


@pytest.mark.parametrize("file", ["", "x", "WzEsInV6LTEiLCJhYSIsIm4iXQ.aaaa.bbbb"])
def test_a_made_up_reference_leads_back_to_the_first_page(coordinator: Any, file: str) -> None:
    assert coordinator.get(CHECK, query_string={"file": file}).location == START
    assert coordinator.send(CONFIRM, {"file": file}, page=START).location == START


def test_a_reference_ends_after_a_day(coordinator: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    file = hidden(upload(coordinator, *GOOD), "file")
    monkeypatch.setattr(import_views, "DAY", -1)  # a day has gone by
    assert coordinator.get(CHECK, query_string={"file": file}).location == START


def test_a_list_of_another_cohort_is_not_among_the_results(coordinator: Any, load: Any, reading: Any) -> None:
    load(row("arab@ae.test", "Arab Person", lang="ar"), cohort="ae-1")
    with reading() as session:
        made = session.scalar(select(RosterImport)).id
    assert coordinator.get(f"/cohorts/uz-1/imports/{made}").status_code == 404


def test_another_partners_person_is_neither_taken_over_nor_shown(coordinator: Any, world: Any, reading: Any) -> None:
    page = upload(coordinator, row(world.other_trainee, "Mine Now"), *GOOD)
    assert "This address cannot be added here." in page.text and "سالم" not in page.text
    confirm(coordinator, page, partial="1")
    with reading():
        assert accounts.find(world.other_trainee).full_name == "سالم المثال"  # type: ignore[union-attr]


def test_fields_that_were_not_asked_for_change_nothing(coordinator: Any, reading: Any) -> None:
    page = upload(coordinator, *GOOD)
    confirm(coordinator, page, role="director", partner_id="2", cohort="ae-1", different=["2", "3", "999"])
    with reading():
        assert [one.role.value for one in accounts.find("teach@uz.test").grants] == ["instructor"]  # type: ignore[union-attr]


def test_an_import_is_listed_with_who_did_it(coordinator: Any) -> None:
    with clock.at(clock.now() - timedelta(minutes=1)):
        confirm(coordinator, upload(coordinator, *GOOD))
    page = coordinator.get(START).text
    assert "Lists imported so far" in page and "Coordinator uz" in page
