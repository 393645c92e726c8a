"""Names in several columns, headers of two rows, merged cells: the same lists in every format that has them."""

from collections.abc import Callable
from typing import Any

from diploma.core.grid import Refusal
from tests.cohorts.nasty.archive import xlsx
from tests.cohorts.nasty.csv_files import csv
from tests.cohorts.nasty.excel97_writer import xls
from tests.cohorts.nasty.ods_writer import cell, covered, document, ods, row, table
from tests.cohorts.nasty.rows import ALI, HEADER, VALI, File, Report, Row

ONE: Report = (1, 1, set())
PARTS = {
    "en": ["Surname", "First name", "Middle name"],
    "ru": ["Фамилия", "Имя", "Отчество"],
    "uz-Latn": ["Familiyasi", "Ismi", "Otasining ismi"],
    "uz-Cyrl": ["Фамилияси", "Исми", "Отасининг исми"],
    "ar": ["الاسم الأول", "اسم الأب", "اسم الجد", "اسم العائلة"],
}
PERSON = ["Алиев", "Вали", "Содиқович", "Ўғли"]


def named(language: str) -> list[Row]:
    """A header with the parts of a name in a language, and a person."""
    parts = PARTS[language]
    return [["№", *parts, "E-mail"], ["1", *PERSON[: len(parts)], "a@mail.test"]]


MAKERS: dict[str, Callable[..., bytes]] = {"csv": csv, "xlsx": xlsx, "xls": xls, "ods": ods}


def _split(language: str, kind: str) -> File:
    return File(f"{language} parts of names.{kind}", lambda: MAKERS[kind](*named(language)), report=ONE)


SPLIT = [_split(language, kind) for language in PARTS for kind in MAKERS]

ALONE = [
    File("surname alone.csv", lambda: csv(["E-mail", "Фамилия"], ["a@mail.test", "Алиев"]), Refusal.MISSING_COLUMN),
    File("father alone.csv", lambda: csv(["E-mail", "Отчество"], ["a@mail.test", "Вали"]), Refusal.MISSING_COLUMN),
    File(
        "parts with a gap.csv",
        lambda: csv(["E-mail", "Фамилия", "Имя"], ["a@mail.test", "", "Вали"], ["b@mail.test", "", ""]),
        report=(2, 1, {(3, "full_name", "missing_name")}),
    ),
]

TWO_ROWS: list[Row] = [
    ["№", "Тингловчи", "", "", "E-mail"],
    ["", "Фамилия", "Имя", "Отчество", ""],
    ["1", "Алиев", "Вали", "Содиқович", "a@mail.test"],
]
ABOVE = [(0, 1, 0, 0), (0, 1, 4, 4), (0, 0, 1, 3)]  # first row, last row, first column, last column


def merging(*areas: tuple[int, int, int, int]) -> Callable[[Any, Any], None]:
    """Merge areas of a sheet whose cells are written already."""

    def fill(_: Any, sheet: Any) -> None:
        for first_row, last_row, first, last in areas:
            sheet.merge.append([first_row, first, last_row, last])

    return fill


def merged_ods(rows: list[Row], areas: list[tuple[int, int, int, int]]) -> bytes:
    """The rows with areas merged as OpenDocument writes them."""
    cells: list[Row] = [list(values) for values in rows]
    for first_row, last_row, first, last in areas:
        for number in range(first_row, last_row + 1):
            for column in range(first, last + 1):
                cells[number][column] = covered()
        value, down, across = rows[first_row][first], last_row - first_row + 1, last - first + 1
        cells[first_row][first] = cell(value, down=down, across=across)
    return document(table("".join(map(row, cells))))


SHARED: list[Row] = [
    ["Тингловчилар рўйхати", "", "", ""],
    HEADER,
    ALI,
    [VALI[0], VALI[1], "", "ru"],
    ["third@mail.test", "Third Person", "", "en"],
    ["", "", "", ""],
]
ENTITY = [(0, 0, 0, 3), (2, 5, 2, 2)]
TWICE: list[Row] = [HEADER, ALI, ["", "", *VALI[2:]]]
SAME_PERSON = [(1, 2, 0, 0), (1, 2, 1, 1)]
ACROSS: list[Row] = [["E-mail", "ФИО", "", ""], ["a@mail.test", "Алиев", "Вали", "Содиқович"]]


def _in_every_format(name: str, rows: list[Row], areas: list[tuple[int, int, int, int]], report: Report) -> list[File]:
    return [
        File(f"{name}.xlsx", lambda: xlsx(*rows, fill=merging(*areas)), report=report),
        File(f"{name}.xls", lambda: xls(*rows, merged=areas), report=report),
        File(f"{name}.ods", lambda: merged_ods(rows, areas), report=report),
    ]


MERGED = [
    *_in_every_format("header of two rows", TWO_ROWS, ABOVE, ONE),
    *_in_every_format("entity of three people", SHARED, ENTITY, (3, 3, set())),
    *_in_every_format(
        "person merged",
        TWICE,
        SAME_PERSON,
        (2, 1, {(3, "email", "missing_email"), (3, "full_name", "missing_name")}),
    ),
    *_in_every_format("name across columns", ACROSS, [(0, 0, 1, 3)], ONE),
    File(
        "header in two languages.csv",
        lambda: csv(["Эл. почта", "ФИО"], ["E-mail", "Full name"], ["a@mail.test", "Алиев"]),
        report=ONE,
    ),
    File(
        "header once more.csv",
        lambda: csv(["E-mail", "ФИО"], ["a@mail.test", "Алиев"], ["E-mail", "ФИО"]),
        report=(2, 1, {(3, "email", "bad_email")}),
    ),
    File(
        "footer.csv",
        lambda: csv(["E-mail", "ФИО"], ["a@mail.test", "Алиев"], [""], ["Жами: 1"], ["Масъул:", "Каримов"]),
        report=(
            3,
            1,
            {
                (3, "", "blank_row"),
                (4, "email", "bad_email"),
                (4, "full_name", "missing_name"),
                (5, "email", "bad_email"),
            },
        ),
    ),
    File(
        "long names.csv",
        lambda: csv(["E-mail", "ФИО"], ["a@mail.test", "Ғ" * 120], ["b@mail.test", "Ғ" * 150]),
        report=(2, 1, {(3, "full_name", "too_long")}),
    ),
]

FILES = [*SPLIT, *ALONE, *MERGED]
