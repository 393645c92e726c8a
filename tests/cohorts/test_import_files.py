"""Files that come in and go out: what is no table, the empty list, rows to correct, the result."""

import io
import zipfile
from typing import Any

import pytest
from sqlalchemy import select

from diploma.cohorts.models import RosterDraft
from diploma.cohorts.roster import workbooks
from diploma.cohorts.roster.messages import COLUMNS
from diploma.cohorts.roster.sheet import read_sheet
from diploma.cohorts.roster.vocabulary import field_of
from diploma.core import i18n
from diploma.core.lang import LANGS
from tests.cohorts.conftest import row
from tests.cohorts.import_screen import (
    BAD,
    START,
    correct,
    place,
    result,
    upload,
    workbook_of,
)


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("photo.png", b"\x89PNG\r\n\x1a\n0000", "cannot be read as a table"),
        ("empty.csv", b"\n", "is empty"),
        ("table.pdf", b"%PDF-1.7", "cannot be read as a table"),
    ],
)
def test_a_file_that_is_no_table_is_refused_with_the_reason(
    coordinator: Any, name: str, data: bytes, words: str, reading: Any
) -> None:
    page = upload(coordinator, name=name, data=data)
    assert page.status_code == 422 and words in page.text and "Check the list" in page.text
    with reading() as session:
        assert session.scalar(select(RosterDraft)) is None


def test_no_file_is_said_to_be_missing(coordinator: Any) -> None:
    page = coordinator.send(START, {})
    assert page.status_code == 422 and "Choose a file first." in page.text


def test_a_csv_is_read_as_well(coordinator: Any) -> None:
    data = "sep=;\r\nФИО;Почта\r\nАнна Ли;anna@uz.test\r\n".encode()
    assert "1 row would be imported." in upload(coordinator, name="list.csv", data=data).text


def test_the_empty_list_is_recognised_in_every_language(app: Any, coordinator: Any) -> None:
    for lang in LANGS:
        answer = coordinator.get("/cohorts/uz-1/import/template.xlsx", query_string={"lang": lang.value})
        assert answer.headers["Content-Disposition"].startswith("attachment")
        with app.app_context(), i18n.speaking(lang):
            from flask_babel import gettext

            assert [field_of(gettext(one)) for one in COLUMNS.values()] == list(COLUMNS)
            assert field_of(gettext(workbooks.REASON)) is None


def test_the_rows_to_correct_can_be_downloaded_corrected_and_sent_again(coordinator: Any) -> None:
    page = upload(coordinator, *BAD)
    answer = coordinator.get(f"{place(page)}/rows.xlsx")
    sheet = read_sheet(answer.data, "rows.xlsx")
    assert [cells["full_name"] for _, cells in sheet.rows] == ["Broken Person", "One Twin", "Two Twin"]
    assert sheet.ignored == ("What to correct",)


def test_no_cell_of_a_download_becomes_a_formula_or_a_link(coordinator: Any) -> None:
    cells = ["=cmd|' /C calc'!A0", "@SUM(1+1)", "+1+cmd", "https://evil.test/x"]
    page = upload(coordinator, *(row(cell, cell, cell) for cell in cells))
    answer = coordinator.get(f"{place(page)}/rows.xlsx")
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        text = "".join(archive.read(one).decode() for one in archive.namelist())
    assert "<f>" not in text and "hyperlink" not in text and "=cmd" in text


def test_the_result_names_what_becomes_of_each_row(coordinator: Any) -> None:
    page = upload(coordinator, *BAD, row("a@uz.test", "Aziza Karimova", ""))
    page = correct(coordinator, page, out="5")
    before = workbook_of(coordinator.get(f"{place(page)}/result.xlsx"))
    assert before[0][0] == "Row" and before[0][-2:] == ["Status", "What to correct"]
    told = {one[0]: one[-2] for one in before[1:]}
    assert told == {"2": "new", "3": "new", "4": "to correct", "5": "left out", "6": "to correct", "7": "same person?"}
    assert "not an e-mail address" in before[3][-1]
    result(coordinator, page, partial="1")
    assert workbook_of(coordinator.get(f"{place(page)}/result.xlsx")) == before, "as it was when it was imported"
