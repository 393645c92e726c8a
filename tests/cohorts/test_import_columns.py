"""How a list is read: its columns, sheets, header row and letters are told, or chosen by a person."""

import io
import re
from typing import Any

import pytest

from tests.cohorts import nasty
from tests.cohorts.conftest import HEADER, enrolment_of
from tests.cohorts.import_screen import (
    GOOD,
    START,
    place,
    result,
    rows_of,
    upload,
)


def test_a_list_without_a_header_is_mapped_by_a_person(coordinator: Any, reading: Any) -> None:
    page = upload(coordinator, data=nasty.xlsx(["Dilnoza Karimova", "Adliya vazirligi", "dilnoza@uz.test"]))
    assert page.status_code == 200 and page.request.path.endswith("/columns") and "No header was found" in page.text
    assert re.search(r'name="column-2".*?<option value="email" selected', page.text, re.DOTALL), "known by its sign"
    fields = {"sheet": "0", "header_row": "0", "column-0": "full_name", "column-1": "entity", "column-2": "email"}
    sent = coordinator.send(f"{place(page)}/columns", fields)
    assert list(rows_of(coordinator.get(sent.location))) == [1]
    assert "The list is imported" in result(coordinator, page).text
    with reading() as session:
        assert enrolment_of(session, "dilnoza@uz.test").user.full_name == "Dilnoza Karimova"


def test_parts_of_names_are_joined_in_their_order(coordinator: Any) -> None:
    data = nasty.xlsx(["Familiya", "Ism", "Sharif", "E-mail"], ["Karimova", "Dilnoza", "Anvarovna", "d@uz.test"])
    sent = coordinator.send(START, {"file": (io.BytesIO(data), "list.xlsx")})
    page = coordinator.get(f"{sent.location}/columns")
    assert page.text.count('<option value="full_name" selected') == 3, "the parts of a name are known"
    fields = {"sheet": "0", "header_row": "1", "column-3": "email"}
    fields |= {f"column-{n}": "full_name" for n in range(3)}
    shown = coordinator.get(coordinator.send(f"{sent.location}/columns", fields).location)
    assert "Karimova Dilnoza Anvarovna" in rows_of(shown)[2][1]


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"column-0": "", "column-1": "full_name"}, "which the e-mail address"),
        ({"column-0": "email", "column-1": ""}, "which column holds the full name"),
        ({"column-0": "email", "column-1": "full_name", "column-2": "email"}, "Two columns are named"),
        ({"column-0": "password_hash", "column-1": "full_name"}, "which the e-mail address"),
    ],
)
def test_a_mapping_that_cannot_be_read_is_refused_and_keeps_what_was_chosen(
    coordinator: Any, fields: dict[str, str], why: str
) -> None:
    page = upload(coordinator, *GOOD)
    sent = coordinator.send(f"{place(page)}/columns", {"sheet": "0", "header_row": "1", **fields})
    assert sent.status_code == 422 and why in sent.text
    chosen = re.search(r'name="column-1".*?</select>', sent.text, re.DOTALL)
    assert chosen and ('value="full_name" selected' in chosen[0]) == bool(fields["column-1"])


def test_another_sheet_and_another_header_row_can_be_read(coordinator: Any) -> None:
    page = upload(coordinator, data=nasty.xlsx(HEADER, HEADER, GOOD[0]))
    assert "Row of the header" in coordinator.get(f"{place(page)}/columns?header_row=2").text
    fields = {"sheet": "9", "header_row": "2", "column-0": "email", "column-1": "full_name"}
    shown = coordinator.get(coordinator.send(f"{place(page)}/columns", fields).location)
    assert list(rows_of(shown)) == [3]


@pytest.mark.parametrize(
    "asked", ["sheet=x", "sheet=-1", "header_row=99999999999", "header_row=", "sheet=²", "sheet=4"]
)
def test_odd_numbers_in_the_address_choose_nothing_odd(coordinator: Any, asked: str) -> None:
    assert coordinator.get(f"{place(upload(coordinator, *GOOD))}/columns?{asked}").status_code == 200


OLD = "ФИО;E-mail\r\nИванов Иван;i@uz.test\r\nПетрова Анна;p@uz.test\r\n".encode("cp1251")


def test_who_sees_wrong_letters_has_them_read_in_another_way(coordinator: Any) -> None:
    page = upload(coordinator, name="list.csv", data=OLD)
    assert "They were read as" in page.text and "windows-1251" in page.text and "Иванов Иван" in page.text
    columns = f"{place(page)}/columns"
    other = coordinator.get(f"{columns}?encoding=koi8-r&header_row=1")
    assert "Иванов" not in other.text and '<option value="koi8-r" selected' in other.text
    fields = {"sheet": "0", "header_row": "1", "encoding": "koi8-r", "column-0": "full_name", "column-1": "email"}
    assert "Иванов" not in coordinator.get(coordinator.send(columns, fields).location).text
    back = coordinator.send(columns, {**fields, "encoding": ""})
    assert "Иванов Иван" in coordinator.get(back.location).text


@pytest.mark.parametrize(("encoding", "said"), [("utf-8", "cannot be read, first in line 1"), ("rot13", "")])
def test_letters_that_cannot_be_read_so_are_read_as_before(coordinator: Any, encoding: str, said: str) -> None:
    page = upload(coordinator, name="list.csv", data=OLD)
    shown = coordinator.get(f"{place(page)}/columns?encoding={encoding}")
    assert said in shown.text and "Иванов Иван" in shown.text


def test_a_text_without_a_header_has_its_columns_told_apart(coordinator: Any) -> None:
    page = upload(coordinator, name="list.csv", data=b"Karimov, Aziz;a@uz.test;Adliya\nAliyeva, Oy;o@uz.test;Moliya\n")
    assert page.request.path.endswith("/columns") and page.text.count('name="column-') == 3
    fields = {"sheet": "0", "header_row": "0", "column-0": "full_name", "column-1": "email", "column-2": "entity"}
    shown = coordinator.get(coordinator.send(f"{place(page)}/columns", fields).location)
    assert "Karimov, Aziz" in shown.text and len(rows_of(shown)) == 2
