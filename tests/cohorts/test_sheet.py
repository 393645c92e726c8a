"""Roster files are read, or refused with the reason."""

import csv
import datetime
import io
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from diploma.cohorts.roster.judging import check
from diploma.cohorts.roster.messages import COLUMNS, REFUSALS, refusal_message
from diploma.cohorts.roster.sheet import Sheet, read_sheet
from diploma.cohorts.roster.vocabulary import FIELDS, field_of, language_of, role_of
from diploma.core.grid import MAX_BYTES, Area, Refusal, SheetRefused, covered
from diploma.core.text import neutralise_cell
from tests.cohorts import nasty

HEADER_LINE = "E-mail;ФИО\r\n"


def read(*rows: nasty.Row, **kwargs: Any) -> Sheet:
    return read_sheet(nasty.csv(*rows, **kwargs), "list.csv")


def refusal(data: bytes) -> SheetRefused:
    with pytest.raises(SheetRefused) as refused:
        read_sheet(data, "list.xlsx")
    return refused.value


@pytest.mark.parametrize("file", nasty.FILES, ids=lambda file: file.filename)
def test_a_file_gets_the_report_it_deserves(file: nasty.File) -> None:
    try:
        plan = check(read_sheet(file.make(), file.filename), nasty.KNOWN, nasty.ALLOWED)
    except SheetRefused as refused:
        assert refused.code is file.refusal
        assert "%(" not in refusal_message(refused, str)
    else:
        assert file.refusal is None
        assert (plan.rows, plan.ready, {(p.row, p.column, p.code) for p in plan.problems}) == file.report
        assert plan.ready == len(plan.lines)


@given(
    st.one_of(
        st.binary(max_size=200),
        st.binary(max_size=60).map(lambda data: b"\xff\xfe" + data),
        st.text(alphabet="aы=-'\",;\t|\r\n\ufeff?9", max_size=60).map(HEADER_LINE.__add__).map(str.encode),
    )
)
def test_whatever_comes_is_read_or_refused(data: bytes) -> None:
    with suppress(SheetRefused):
        assert read_sheet(data, "list.csv").rows


def test_every_refusal_has_a_file_that_gets_it() -> None:
    assert {file.refusal for file in nasty.FILES} == {None, *Refusal}


def test_every_refusal_has_a_sentence_and_every_field_a_name() -> None:
    assert set(REFUSALS) == set(Refusal)
    assert set(COLUMNS) == set(FIELDS)


def test_a_missing_column_is_named_in_the_readers_language() -> None:
    russian = {COLUMNS["email"]: "Почта", REFUSALS[Refusal.MISSING_COLUMN]: "Нет столбца «%(column)s»."}
    refused = refusal(nasty.csv(["ФИО", "Язык"], ["Алиев", "ru"]))
    assert refusal_message(refused, russian.__getitem__) == "Нет столбца «Почта»."


def test_a_file_may_be_given_by_its_path(tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    path.write_bytes(nasty.plain())
    assert read_sheet(path, path.name) == read_sheet(str(path), path.name) == read_sheet(nasty.plain(), "list.xlsx")


def test_a_large_file_is_refused_before_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "list.csv"
    with path.open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    monkeypatch.delattr(Path, "read_bytes")
    with pytest.raises(SheetRefused, match="too_large"):
        read_sheet(path, path.name)


def test_rows_are_numbered_as_in_the_sheet() -> None:
    sheet = read(["Рўйхат"], [], nasty.HEADER, nasty.ALI, [""], nasty.VALI)
    assert (sheet.layout.header_row, [row for row, _ in sheet.rows]) == (3, [4, 5, 6])


def test_excels_separator_line_is_not_a_row_of_the_sheet() -> None:
    sheet = read(nasty.HEADER, nasty.ALI, separator="|", before="sep=|\r\n")
    assert (sheet.layout.header_row, sheet.rows[0][0]) == (1, 2)


def test_leading_empty_rows_and_columns_of_a_workbook_count() -> None:
    sheet = read_sheet(nasty.xlsx(fill=nasty.second_sheet), "list.xlsx")
    assert (sheet.layout.header_row, sheet.layout.columns["email"], sheet.rows[0][0]) == (5, (1,), 6)
    assert sheet.rows[0][1]["email"] == "new@mail.test"


def test_the_encoding_is_told() -> None:
    assert read(nasty.HEADER, nasty.ALI).encoding == "utf-8"
    assert read(nasty.HEADER, nasty.ALI, encoding="utf-16").encoding == "utf-16"
    assert read_sheet(nasty.plain(), "list.xlsx").encoding == "xlsx"


def test_the_line_whose_letters_cannot_be_read_is_named() -> None:
    good, bad = nasty.csv(nasty.HEADER, ["x", "Ражабов Салоҳиддин"]), nasty.csv(["Цой"], encoding="cp1251")
    assert refusal(good + bad).params["row"] == 3


def test_the_row_of_an_unclosed_quote_is_named() -> None:
    assert refusal(nasty.csv(nasty.HEADER, nasty.ALI, ['"x'])).params["row"] == 3


def test_columns_that_are_not_ours_are_told() -> None:
    sheet = read(["№", "E-mail", "ФИО", "Хобби", ""], ["1", "a@mail.test", "A", "чай", ""])
    assert sheet.ignored == ("№", "Хобби")


def test_of_two_columns_with_one_name_the_first_counts() -> None:
    assert read(["E-mail", "ФИО", "E-mail"], ["a@mail.test", "A", "b@mail.test"]).rows[0][1]["email"] == "a@mail.test"


def test_a_full_name_is_preferred_to_its_parts() -> None:
    sheet = read(["Имя", "Фамилия", "ФИО", "E-mail"], ["Вали", "Алиев", "Алиев Вали", "a@mail.test"])
    assert sheet.rows[0][1] == {"full_name": "Алиев Вали", "email": "a@mail.test"}


def test_a_column_name_alone_holds_full_names() -> None:
    assert read(["الاسم", "E-mail"], ["أحمد علي", "a@mail.test"]).layout.columns == {"full_name": (0,), "email": (1,)}


def test_a_long_cell_is_no_header() -> None:
    assert field_of("E-mail" + " " * 200) is None


def test_a_quoted_separator_line_is_understood() -> None:
    assert read(nasty.HEADER, nasty.ALI, separator=";", before='"sep=;"\r\n').layout.header_row == 1


def test_a_short_row_has_every_field() -> None:
    assert read(nasty.HEADER, nasty.ALI[:1]).rows[0][1] == {
        "email": "ali@mail.test",
        "full_name": "",
        "entity": "",
        "language": "",
    }


def test_a_workbook_without_styles_strings_and_row_numbers_is_read() -> None:
    cells = "".join(f'<c t="inlineStr"><is><t>{text}</t></is></c>' for text in ("E-mail", "ФИО"))
    person = '<c t="str"><f>"a@"</f><v>a@mail.test</v></c><c t="inlineStr"><is><t>Ali</t></is></c>'
    book = nasty.edited()
    xml = nasty.part(book, nasty.SHEET)
    start, end = xml.index(b"<sheetData>"), xml.index(b"</sheetData>")
    xml = xml[:start] + f"<sheetData><row>{cells}</row><row>{person}</row>".encode() + xml[end:]
    relations = "xl/_rels/workbook.xml.rels"
    unrelated = nasty.part(book, relations).replace(b'/styles"', b'/x"').replace(b'/sharedStrings"', b'/y"')
    sheet = read_sheet(nasty.repacked(book, {nasty.SHEET: xml, relations: unrelated}), "list.xlsx")
    assert sheet.rows == [(2, {"email": "a@mail.test", "full_name": "Ali"})]
    assert sheet.formulas == {(2, "email")}


def test_rich_text_is_joined_and_phonetic_hints_are_dropped() -> None:
    rich = b'<si><r><t>Ali</t></r><r><t xml:space="preserve"> Valiyev</t></r><rPh sb="0" eb="1"><t>hint</t></rPh></si>'
    book = nasty.edited((b"<si><t>Ali Valiyev</t></si>", rich), name=nasty.STRINGS)
    assert read_sheet(book, "list.xlsx").rows[0][1]["full_name"] == "Ali Valiyev"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (998901234567, "998901234567"),
        (20011534455667, "20011534455667"),
        (7.5, "7.5"),
        (True, "TRUE"),
        (datetime.date(2026, 2, 1), "2026-02-01"),
        (datetime.datetime(2026, 2, 1, 14, 30), "2026-02-01T14:30:00"),
        (datetime.time(14, 30), "14:30:00"),
        (datetime.timedelta(hours=30), "1 day, 6:00:00"),
    ],
)
def test_what_excel_turned_into_a_number_keeps_its_digits(value: Any, text: str) -> None:
    def fill(book: Any, sheet: Any) -> None:
        formats = {
            datetime.date: "yyyy-mm-dd",
            datetime.datetime: "yyyy-mm-dd hh:mm",
            datetime.time: "hh:mm",
            datetime.timedelta: "[h]:mm",
        }
        sheet.write("D2", value, book.add_format({"num_format": formats.get(type(value), "General")}))

    rows = [*nasty.CONTACTS, "Таб. номер"], nasty.ALI[:2]
    assert read_sheet(nasty.xlsx(*rows, fill=fill), "list.xlsx").rows[0][1]["personnel_number"] == text


def test_the_calendar_that_counts_from_1904_is_respected() -> None:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "date_1904": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row("A1", ["E-mail", "ФИО", "Таб. номер"])
        sheet.write_row("A2", nasty.ALI[:2])
        sheet.write_datetime("C2", datetime.datetime(2026, 2, 1), book.add_format({"num_format": "dd.mm.yyyy"}))
    assert read_sheet(out.getvalue(), "list.xlsx").rows[0][1]["personnel_number"] == "2026-02-01"


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("9.98901234567E+11", "998901234567"),
        ('"9,98901234567E+11"', "998901234567"),
        ("998901234567.0", "998901234567"),
        ("9.98901E+11", "9.98901E+11"),
        ("٩٩٨٩٠", "99890"),
        ("+998 90 123", "+998 90 123"),
        ("—", ""),
    ],
)
def test_a_phone_number_keeps_its_digits_in_csv(cell: str, text: str) -> None:
    assert read(nasty.CONTACTS, [*nasty.ALI[:2], cell]).rows[0][1]["phone"] == text


def test_a_cell_that_we_neutralised_comes_back_as_it_was() -> None:
    out = io.StringIO()
    csv.writer(out).writerows([nasty.CONTACTS, [*nasty.ALI[:2], neutralise_cell("+998901234567")]])
    assert read_sheet(out.getvalue().encode(), "failed.csv").rows[0][1]["phone"] == "+998901234567"


def test_overlapping_formula_areas_are_visited_once() -> None:
    areas = tuple(Area(1, 0, 10_000, 99) for _ in range(1_000))
    assert covered(areas, [3], 5) == {(row, 3) for row in range(1, 6)}


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("E-mail", "email"),
        ("Электронная почта", "email"),
        ("البريد الإلكتروني", "email"),
        ("Elektron pochta", "email"),
        ("ФИО", "full_name"),
        ("Ф.И.Ш.", "full_name"),
        ("F.I.Sh.", "full_name"),
        ("الاسم الكامل", "full_name"),
        ("Toʻliq ismi", "full_name"),
        ("Tashkilot", "entity"),
        ("Ташкилот", "entity"),
        ("Организация", "entity"),
        ("الجهة", "entity"),
        ("Til", "language"),
        ("Тил", "language"),
        ("Язык", "language"),
        ("اللغة", "language"),
        ("Роль", "role"),
        ("الدور", "role"),
        ("Lavozimi", "position"),
        ("Должность", "position"),
        ("المسمى الوظيفي", "position"),
        ("Телефон рақами", "phone"),
        ("رقم الجوال", "phone"),
        ("Таб. №", "personnel_number"),
        ("الرقم الوظيفي", "personnel_number"),
        ("full_name", "full_name"),
        ("ФИО (полностью)", "full_name"),
        ("Эл. почта\nE-mail", "email"),
        ("Хобби", None),
        ("", None),
        ("№", None),
    ],
)
def test_headers_are_understood_in_five_languages(header: str, field: str | None) -> None:
    assert field_of(header) == field


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("en", "en"),
        ("English", "en"),
        ("Инглиз", "en"),
        ("inglizcha", "en"),
        ("الإنجليزية", "en"),
        ("AR", "ar"),
        ("арабский", "ar"),
        ("العربية", "ar"),
        ("русский язык", "ru"),
        ("rus tili", "ru"),
        ("uz-Latn", "uz-Latn"),
        ("uz_Cyrl", "uz-Cyrl"),
        ("uz", "uz-Latn"),
        ("Oʻzbekcha", "uz-Latn"),
        ("o'zbek (lotin)", "uz-Latn"),
        ("Ўзбекча", "uz-Cyrl"),
        ("Ўзбекча (лотин)", "uz-Latn"),
        ("узбекский", "uz-Latn"),
        ("узбекский (кириллица)", "uz-Cyrl"),
        ("Uzbek Cyrillic", "uz-Cyrl"),
        ("الأوزبكية", "uz-Latn"),
        ("الأوزبكية (السيريلية)", "uz-Cyrl"),
        ("Klingon", None),
        ("en" * 100, None),
    ],
)
def test_languages_are_understood_in_many_spellings(text: str, language: str | None) -> None:
    assert language_of(text) == language


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("Trainee", "trainee"),
        ("тингловчи", "trainee"),
        ("Tinglovchi", "trainee"),
        ("منتسب", "trainee"),
        ("преподаватель", "instructor"),
        ("o'qituvchi", "instructor"),
        ("line_manager", "line_manager"),
        ("king", None),
        ("a" * 200, None),
    ],
)
def test_roles_are_understood_in_five_languages(text: str, role: str | None) -> None:
    assert role_of(text) == role
