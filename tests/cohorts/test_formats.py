"""Old workbooks, OpenDocument and old encodings: what they hold arrives, and whatever is broken is refused."""

import datetime
import struct
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diploma.cohorts.roster.header import Layout
from diploma.cohorts.roster.sheet import SheetRefused, read_grids, read_sheet
from diploma.core import encodings
from diploma.core.grid import Refusal
from tests.cohorts import nasty
from tests.cohorts.nasty import letters
from tests.cohorts.nasty.compound_writer import compound
from tests.cohorts.nasty.excel97_writer import Book, Formula, Page, Raw, plain_xls, stream_of, xls
from tests.cohorts.nasty.name_files import ENTITY, SHARED, merging
from tests.cohorts.nasty.ods_writer import cell, ods, plain_ods

HEAD = ["E-mail", "ФИО", "Таб. номер"]
PERSON = ["a@mail.test", "Алиев Вали"]
CONTENT = nasty.part(plain_ods(), "content.xml")
STREAM, PLAIN_XLS, PLAIN_ODS = stream_of(), plain_xls(), plain_ods()


def number_of(data: bytes) -> str:
    return read_sheet(data, "list").rows[0][1]["personnel_number"]


def spoilt(data: bytes) -> st.SearchStrategy[bytes]:
    """The bytes with some of them overwritten, and perhaps cut."""
    place = st.integers(0, len(data) - 1)
    changes = st.lists(st.tuples(place, st.binary(min_size=1, max_size=4)), max_size=6)

    def apply(changes: list[tuple[int, bytes]], end: int) -> bytes:
        out = bytearray(data)
        for at, value in changes:
            out[at : at + len(value)] = value
        return bytes(out[: max(end, 1)])

    return st.builds(apply, changes, st.one_of(st.just(len(data)), place))


@given(
    st.one_of(
        spoilt(PLAIN_XLS),
        spoilt(STREAM).map(lambda stream: compound({"Workbook": stream})),
        spoilt(PLAIN_ODS),
        spoilt(CONTENT).map(lambda content: nasty.repacked(PLAIN_ODS, {"content.xml": content})),
        st.binary(max_size=600).map(lambda data: PLAIN_XLS[:512] + data),
    )
)
def test_a_spoilt_workbook_is_read_or_refused(data: bytes) -> None:
    with suppress(SheetRefused):
        assert read_sheet(data, "list").rows


@given(st.binary(max_size=300), st.sampled_from(["", *encodings.NAMES]))
def test_any_bytes_in_any_encoding_are_read_or_refused(data: bytes, encoding: str) -> None:
    with suppress(SheetRefused):
        assert [*read_grids(b"E-mail;Name\r\n" + data, "list.csv", encoding)]


@pytest.mark.parametrize(("name", "codec"), encodings.EIGHT_BITS.items())
def test_the_encoding_is_told(name: str, codec: str) -> None:
    language = letters.CARRIED[codec][-1]
    rows = [letters.HEADERS["en"], *letters.people(language, 3)]
    sheet = read_sheet(nasty.csv(*rows, encoding=codec), "list.csv")
    assert sheet.encoding == name
    assert sheet.rows[0][1]["full_name"] == rows[1][1]


def test_a_workbook_tells_its_kind() -> None:
    assert [read_sheet(data, "x").encoding for data in (PLAIN_XLS, PLAIN_ODS)] == ["xls", "ods"]


def test_a_person_may_choose_the_encoding() -> None:
    data = nasty.csv(["E-mail", "Name"], ["a@mail.test", "Цой"], encoding="koi8_r")
    layout = Layout(1, {"email": (0,), "full_name": (1,)}, encoding="koi8-r")
    sheet = read_sheet(data, "list.csv", layout)
    assert (sheet.encoding, sheet.layout.encoding, sheet.rows[0][1]["full_name"]) == ("koi8-r", "koi8-r", "Цой")


def test_an_encoding_that_the_file_is_not_in_is_refused_by_its_line() -> None:
    data = nasty.csv(["E-mail", "ФИО"], ["a@mail.test", "Цой"], encoding="cp1251")
    layout = Layout(1, {"email": (0,), "full_name": (1,)}, encoding="utf-8")
    with pytest.raises(SheetRefused) as refused:
        read_sheet(data, "list.csv", layout)
    assert (refused.value.code, refused.value.params["row"]) == (Refusal.BAD_ENCODING, 1)


def test_quotation_marks_and_dashes_of_windows_do_not_make_a_file_cyrillic() -> None:
    rows = ["E-mail", "Name"], ["a@mail.test", "Gulnora Gʻulomova"]
    data = nasty.csv(*rows).replace("ʻ".encode(), b"\x91")
    assert read_sheet(data, "list.csv").rows[0][1]["full_name"] == "Gulnora G‘ulomova"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (998901234567, "998901234567"),
        (20011534455667, "20011534455667"),
        (7.5, "7.5"),
        (-12, "-12"),
        (True, "TRUE"),
        (datetime.date(2026, 2, 1), "2026-02-01"),
        (datetime.datetime(2026, 2, 1, 14, 30), "2026-02-01T14:30:00"),
        (datetime.timedelta(hours=30), "1 day, 6:00:00"),
    ],
)
def test_numbers_and_dates_keep_what_they_say_in_every_workbook(value: Any, text: str) -> None:
    rows = HEAD, [*PERSON, value]
    books = [xls(*rows), Book([Page(rows)], since_1904=True).file(), ods(*rows)]
    assert [number_of(data) for data in books] == [text] * 3


def test_a_time_of_day_is_one() -> None:
    assert number_of(xls(HEAD, [*PERSON, datetime.time(14, 30)])) == "14:30:00"
    assert number_of(ods(HEAD, [*PERSON, datetime.timedelta(hours=14, minutes=30)])) == "14:30:00"


@pytest.mark.parametrize(
    ("short", "text"),
    [(12 << 2 | 2, "12"), (1234 << 2 | 3, "12.34"), (0x3FF80000, "1.5"), (0xFFFFFFF6, "-3"), (0x40590001, "1")],
)
def test_numbers_in_the_short_form_are_unpacked(short: int, text: str) -> None:
    assert number_of(xls(HEAD, [*PERSON, Raw(0x027E, struct.pack("<HL", 0, short))])) == text


def test_a_number_is_read_as_it_was_typed_not_as_it_is_shown() -> None:
    assert number_of(ods(HEAD, [*PERSON, cell(998901234567, shown="9,99E+11")])) == "998901234567"


@pytest.mark.parametrize("value", ["Ғуломов", "Ali", 7.0])
def test_a_formula_keeps_its_last_value_and_is_marked(value: Any) -> None:
    sheet = read_sheet(xls(HEAD, [*PERSON, Formula(value)]), "list.xls")
    assert sheet.formulas == {(2, "personnel_number")}
    assert sheet.rows[0][1]["personnel_number"] == str(value).removesuffix(".0")


@pytest.mark.parametrize("piece", [30, 31, 40, 64, 8224])
def test_texts_go_on_where_a_record_was_full(piece: int) -> None:
    people = [[f"p{n}@mail.test", f"Ғуломов {n} " + "x" * n, f"Entity {'y' * n}"] for n in range(60)]
    sheet = read_sheet(Book([Page([["E-mail", "ФИО", "Entity"], *people])], piece=piece).file(), "list.xls")
    assert [[*cells.values()] for _, cells in sheet.rows] == [[*map(str.strip, one)] for one in people]


def test_what_is_merged_is_filled_down_into_the_rows_of_people() -> None:
    sheet = read_sheet(nasty.xlsx(*SHARED, fill=merging(*ENTITY)), "list.xlsx")
    assert [cells["entity"] for _, cells in sheet.rows] == [nasty.ALI[2]] * 3


def test_a_formula_that_is_merged_is_one_in_every_row() -> None:
    rows = nasty.HEADER, [*nasty.ALI[:2], Formula("Adliya"), "ru"], [*nasty.VALI[:2], "", "ru"]
    sheet = read_sheet(xls(*rows, merged=[(1, 2, 2, 2)]), "list.xls")
    assert sheet.formulas == {(2, "entity"), (3, "entity")}


def test_the_parts_of_a_name_are_joined_in_the_order_of_the_sheet() -> None:
    rows = ["Имя", "E-mail", "Отчество", "Фамилия"], ["Вали", "a@mail.test", "", "Алиев"]
    sheet = read_sheet(nasty.csv(*rows), "list.csv")
    assert sheet.rows[0][1]["full_name"] == "Вали Алиев"
    assert sheet.layout.columns["full_name"] == (0, 2, 3)
    assert sheet.ignored == ()
