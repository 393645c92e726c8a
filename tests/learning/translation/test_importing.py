"""A workbook of translations comes back: every fault by its row, all good or nothing, and no other byte changes."""

import threading
from collections.abc import Callable
from typing import Any

import pytest

from config import ROOT
from diploma.core.errors import Refused
from diploma.core.lang import Lang
from diploma.learning.freshness import accept, section_hash
from diploma.learning.structure import Act
from diploma.learning.translation import importing, records, workbooks, writing
from diploma.learning.translation.importing import Plan
from tests.learning.sample import FOLDER, LESSON_EN, LESSON_RU, MODULE_ID, RU, UZ_LATN, Course
from tests.learning.translation.conftest import ARABIST, BOTH, READER, TRANSLATOR, person, standings, texts
from tests.learning.translation.workbooks import KEY, MODULE, SOURCE, SOURCE_HASH, STATUS, TEXT, TEXT_HASH, Book

TITLE, SUMMARY, WHY, WHERE = "module/title", "module/summary", "lessons/01-listen/why", "lessons/01-listen/where"
BRIEF = "assignment/brief"


@pytest.fixture
def book(course: Course) -> Book:
    return Book(course, Lang.RU)


def plan(course: Course, book: Book, **changes: Any) -> Plan:
    return importing.check(course.root, workbooks.read(book.bytes(**changes), "list.xlsx"))


def problems(found: Plan) -> list[tuple[int, str]]:
    return [(one.row, one.message) for one in found.errors]


def files(course: Course) -> dict[str, bytes]:
    return {str(one.relative_to(course.root)): one.read_bytes() for one in course.root.rglob("*") if one.is_file()}


@pytest.fixture
def imported(app: Any, desk: Course) -> Callable[..., Plan]:
    """``imported(book, by=…)``: what came of an import."""

    def run(book: Book, by: str = TRANSLATOR, **options: Any) -> Plan:
        with app.app_context():
            sheet = workbooks.read(book.bytes(), "list.xlsx")
            return importing.apply(desk.root, sheet, by=person(by), **options)

    return run


# ---- the way out and back


@pytest.mark.parametrize("lang", [Lang.AR, Lang.RU, Lang.UZ_LATN])
def test_what_comes_back_unchanged_changes_nothing(lang: Lang) -> None:
    root = ROOT / "courses" / "gid"
    loaded = importing.loader.load(root)
    data = workbooks.export(loaded, lang, ["m2-challenge-assessment", "glossary"], {}, str)
    found = importing.check(root, workbooks.read(data, "list.xlsx"), loaded)
    texts = loaded.texts["m2-challenge-assessment"][Lang.EN] | loaded.texts["glossary"][Lang.EN]
    assert (found.texts, found.problems, found.lost, found.rows) == ({}, [], [], len(texts))


def test_a_row_holds_key_source_translation_status_and_hash(course: Course, book: Book) -> None:
    assert book.rows[0] == [
        "Module", "Key", "File", "Source (en)", "Translation (ru)", "Status", "Source hash", "Translation hash",
    ]  # fmt: skip
    row = book.rows[book.row(TITLE) - 1]
    assert row[:6] == [MODULE_ID, TITLE, "ru.toml", "Challenge", "Вызов", "draft"]
    assert row[SOURCE_HASH] == section_hash("Challenge") and row[TEXT_HASH] == section_hash("Вызов")
    assert book.text(WHY, 2) == "lessons/01-listen/ru.md" and book.text(BRIEF, STATUS) == "missing"


def test_latin_is_translated_from_cyrillic(course: Course) -> None:
    latin = Book(course, Lang.UZ_LATN)
    assert latin.rows[0][SOURCE] == "Source (uz-Cyrl)" and latin.text(TITLE, SOURCE) == "Муаммо"


# ---- what a row may do


def test_translations_go_into_their_files_and_nothing_else_changes(desk: Course, imported: Any, reading: Any) -> None:
    before = files(desk)
    section = "## Где {#where}\n\nИной список.\n\n:::only uz\nВаш новый район.\n:::"
    found = imported(Book(desk, Lang.RU).translate({TITLE: "Вызов дня", WHERE: section}))
    assert found.problems == [] and set(found.texts) == {(MODULE_ID, TITLE), (MODULE_ID, WHERE)}
    after = files(desk)
    assert {name for name in after if after[name] != before.get(name)} == {RU, LESSON_RU}
    assert after[RU] == before[RU].replace('"Вызов"'.encode(), '"Вызов дня"'.encode())
    assert after[LESSON_RU].decode() == before[LESSON_RU].decode().replace("Вот список.", "Иной список.").replace(
        "Обращения вашего района.", "Ваш новый район."
    )
    with reading():
        assert standings(desk, Lang.RU)[TITLE] == "draft"


def test_who_translated_is_recorded_with_the_text_that_they_wrote(desk: Course, imported: Any, reading: Any) -> None:
    imported(Book(desk, Lang.RU).translate({TITLE: "Вызов дня"}), operator=True)
    with reading():
        row = records.history(texts(desk, Lang.RU)[TITLE])
        assert [(one.act, one.by.email) for one in row] == [(Act.TRANSLATED, TRANSLATOR)]


def test_nobody_approves_what_they_imported(desk: Course, imported: Any, unit: Any) -> None:
    imported(Book(desk, Lang.RU).translate({TITLE: "Вызов дня"}), by=BOTH)
    with pytest.raises(records.NotApprovable), unit():
        records.approve(desk.load(), [texts(desk, Lang.RU)[TITLE]], by=person(BOTH))


def test_a_new_translation_of_a_stale_text_is_fresh(desk: Course, imported: Any, reading: Any) -> None:
    desk.change(LESSON_EN, "## Where", "## Where to listen")
    imported(
        Book(desk, Lang.RU).translate({WHERE: desk.load().texts[MODULE_ID][Lang.RU][WHERE].replace("Где", "Где же")})
    )
    with reading():
        assert standings(desk, Lang.RU)[WHERE] == "draft"


def test_a_stale_text_that_still_holds_is_confirmed_by_its_status(desk: Course, imported: Any, reading: Any) -> None:
    desk.change(LESSON_EN, "## Where", "## Where to listen")
    before = desk.read(LESSON_RU)
    found = imported(Book(desk, Lang.RU).set(WHERE, STATUS, "Draft"))
    assert (found.texts, found.confirmed) == ({}, {(MODULE_ID, WHERE)})
    with reading():
        assert standings(desk, Lang.RU)[WHERE] == "draft" and desk.read(LESSON_RU) == before


def test_a_status_written_into_the_sheet_approves_nothing(desk: Course, imported: Any, reading: Any) -> None:
    imported(Book(desk, Lang.RU).set(TITLE, STATUS, "approved").translate({SUMMARY: "От жалобы к вызову дня."}))
    with reading():
        assert standings(desk, Lang.RU)[TITLE] == "draft"


def test_a_text_that_was_missing_gets_its_place(desk: Course, imported: Any) -> None:
    found = imported(Book(desk, Lang.RU).translate({BRIEF: "Выберите вызов.\n\nЗапишите его."}))
    assert found.errors == [] and desk.load().texts[MODULE_ID][Lang.RU][BRIEF] == "Выберите вызов.\n\nЗапишите его.\n"


def test_a_page_that_was_missing_is_made(desk: Course, imported: Any, reading: Any) -> None:
    book = Book(desk, Lang.UZ_CYRL)
    russian = desk.load().texts[MODULE_ID][Lang.RU]
    page = {key: russian[key] for key in russian if key.startswith("lessons/")}
    page |= {"lessons/01-listen/title": "Тинглаш", "lessons/01-listen/summary": "Шикоят қилмайдиганларни эшитинг."}
    assert imported(book.translate(page)).errors == []
    made = desk.read(f"{FOLDER}/lessons/01-listen/uz-Cyrl.md")
    assert made.startswith('+++\ntitle = "Тинглаш"\nsummary = "Шикоят') and 'status = "draft"\n+++\n\n## ' in made
    assert desk.check() == []


# ---- what is refused, by row


def test_everything_wrong_is_told_at_once_and_nothing_is_written(desk: Course, imported: Any) -> None:
    book = Book(desk, Lang.RU)
    book.translate({TITLE: "Вызов дня", WHY: book.text(WHY).replace("62,5", "99"), "quiz/q01/stem": "Какие из 7 дел?"})
    book.set(SUMMARY, SOURCE, "Altered").set("module/workshops/w1", KEY, "module/workshops/w9")
    before = files(desk)
    found = imported(book)
    rows = {one.row: one.message for one in found.errors}
    assert rows[book.row(SUMMARY)] == importing.ALTERED
    assert rows[book.row("module/workshops/w9")] == importing.UNKNOWN
    for key in (WHY, "quiz/q01/stem"):
        assert "The numbers differ from the source" in rows[book.row(key)]
    assert len(rows) == 4 and found.lost == [(MODULE_ID, "module/workshops/w1")]
    assert files(desk) == before


def test_the_good_rows_are_taken_when_told(desk: Course, imported: Any, reading: Any) -> None:
    book = Book(desk, Lang.RU)
    book.translate({TITLE: "Вызов дня", "quiz/q01/stem": "Какие из 7 дел?"}).set(SUMMARY, SOURCE, "Altered")
    found = imported(book, partial=True)
    assert (len(found.errors), [*found.texts]) == (2, [(MODULE_ID, TITLE)])
    now = desk.load().texts[MODULE_ID][Lang.RU]
    assert (now[TITLE], now["quiz/q01/stem"]) == ("Вызов дня", "Какие из 120 дел?")


def test_a_source_that_changed_after_the_export_is_refused(course: Course, book: Book) -> None:
    course.change(LESSON_EN, "three times", "many times")
    found = plan(course, book.translate({WHY: book.text(WHY).replace("Около", "Примерно")}))
    assert problems(found) == [(book.row(WHY), importing.STALE)]


def test_a_hash_forged_to_that_of_today_does_not_help(course: Course, book: Book) -> None:
    course.change(LESSON_EN, "three times", "many times")
    new = course.load().texts[MODULE_ID][Lang.EN][WHY]
    book.set(WHY, SOURCE_HASH, section_hash(new)).translate({WHY: book.text(WHY).replace("Около", "Примерно")})
    assert problems(plan(course, book)) == [(book.row(WHY), importing.ALTERED)]


def test_spaces_that_a_spreadsheet_changed_in_the_source_do_not_matter(course: Course, book: Book) -> None:
    book.set(WHY, SOURCE, book.text(WHY, SOURCE).replace("\n", "\r\n").replace(" ", "  ") + " ")
    assert problems(plan(course, book)) == []


def test_a_translation_that_somebody_else_changed_is_not_overwritten(course: Course, book: Book) -> None:
    course.change(RU, '"Вызов"', '"Задача"')
    assert problems(plan(course, book.translate({TITLE: "Вызов дня"}))) == [(book.row(TITLE), importing.CHANGED)]
    assert problems(plan(course, book.translate({TITLE: "Задача"}))) == []


def test_a_translation_is_not_emptied(course: Course, book: Book) -> None:
    assert problems(plan(course, book.translate({TITLE: " \n"}))) == [(book.row(TITLE), importing.EMPTIED)]


def test_two_rows_of_one_text_are_refused(course: Course, book: Book) -> None:
    book.rows.append(list(book.rows[book.row(TITLE) - 1]))
    found = plan(course, book)
    assert problems(found) == [(len(book.rows), importing.TWICE)]
    assert found.errors[0].params == {"other": book.row(TITLE)}


@pytest.mark.parametrize(
    ("module", "key"),
    [
        ("../../../etc", TITLE),
        (MODULE_ID, "../../../../etc/passwd"),
        ("m9", TITLE),
        ("", ""),
        (f"{MODULE_ID}/../{MODULE_ID}", TITLE),
        (MODULE_ID, "lessons/../../module/title"),
        ("m1-design", "module/title"),
    ],
)
def test_a_key_is_looked_up_and_never_a_path(course: Course, book: Book, module: str, key: str) -> None:
    row = book.row(TITLE)
    book.set(TITLE, TEXT, "Вызов дня").set(TITLE, MODULE, module).rows[row - 1][KEY] = key
    assert problems(plan(course, book)) == [(row, importing.UNKNOWN)]


def test_a_section_keeps_its_anchor_and_stays_one(course: Course, book: Book) -> None:
    for text in (
        "Без заголовка",
        "## Где\n\nсписок",
        "## Где {#why}\n\nx",
        "## Где {#where}\n\nx\n\n## Ещё {#more}\n\ny",
    ):
        found = plan(course, book.translate({WHERE: text}))
        assert [(one.row, one.message, one.params) for one in found.errors] == [
            (book.row(WHERE), importing.SECTION, {"anchor": "where"})
        ]


@pytest.mark.parametrize(
    ("key", "text", "words"),
    [
        (WHERE, "## Где {#where}\n\nВот список.", "The country blocks are none"),
        (WHERE, "## Где {#where}\n\n<b>Вот</b>\n\n:::only uz\nВаш район.\n:::", "HTML is not used"),
        (WHERE, "## Где {#where}\n\nВот\n\n:::only uz\nВаш район.", "The block is not closed"),
        (TITLE, "Bызов", "mixes scripts"),
        ("quiz/q01/stem", "Какие из 121 дел?", "The numbers differ"),
        (TITLE, "[x](javascript:alert(1))", "begins with javascript:"),
    ],
)
def test_a_row_is_held_to_the_checks_of_the_course(course: Course, book: Book, key: str, text: str, words: str) -> None:
    found = plan(course, book.translate({key: text, SUMMARY: "От жалобы к вызову дня."}))
    assert {one.row for one in found.errors} == {book.row(key)} and words in found.errors[0].message
    assert [*found.texts] == [(MODULE_ID, SUMMARY)]


def test_a_page_is_translated_whole_or_not_at_all(course: Course) -> None:
    book = Book(course, Lang.UZ_CYRL)
    russian = course.load().texts[MODULE_ID][Lang.RU]
    found = plan(course, book.translate({"lessons/01-listen/title": "Тинглаш", WHY: russian[WHY], TITLE: "Муаммолар"}))
    assert [*found.texts] == [(MODULE_ID, TITLE)]
    assert [(one.key, one.message) for one in found.errors] == [
        ("lessons/01-listen/title", "The key 'summary' is missing. Add summary = … here.")
    ]


def test_a_warning_is_told_and_stops_nothing(course: Course, book: Book) -> None:
    found = plan(course, book.translate({"quiz/q02/stem": "Вопрос"}))
    assert found.errors == [] and [*found.texts] == [(MODULE_ID, "quiz/q02/stem")]
    assert ["is translated in part" in one.message for one in found.problems] == [True]


def test_a_formula_or_a_merged_cell_is_refused_by_its_row(course: Course, book: Book) -> None:
    for changes, message in (
        ({"formulas": ((book.row(TITLE), TEXT),)}, importing.FORMULA),
        ({"merged": (f"E{book.row(TITLE)}:F{book.row(TITLE)}",)}, importing.MERGED),
    ):
        assert (book.row(TITLE), message) in problems(plan(course, book, **changes))


def test_cells_merged_over_rows_name_each_of_them(course: Course, book: Book) -> None:
    found = plan(course, book, merged=(f"E{book.row(TITLE)}:E{book.row(TITLE) + 2}",))
    wanted = [(book.row(TITLE) + more, importing.MERGED) for more in range(3)]
    assert problems(found) == wanted


def test_rows_may_be_sorted_and_left_out(course: Course, book: Book) -> None:
    book.rows[1:] = [row for row in reversed(book.rows[1:]) if row[KEY] in (TITLE, WHY)]
    found = plan(course, book.translate({TITLE: "Вызов дня"}))
    assert found.errors == [] and [*found.texts] == [(MODULE_ID, TITLE)] and len(found.lost) > 10


def test_nothing_is_imported_into_files_that_are_broken(course: Course, book: Book) -> None:
    course.change(LESSON_RU, "+++", "---")
    with pytest.raises(Refused, match="Mend them first"):
        plan(course, book.translate({TITLE: "Вызов дня"}))


def test_a_mistake_that_was_there_before_is_nobodys_here(course: Course, book: Book) -> None:
    course.change(UZ_LATN, "maʼno", "ma'no")
    assert problems(plan(course, book.translate({TITLE: "Вызов дня"}))) == []


# ---- who


@pytest.mark.parametrize("email", [ARABIST, READER])
def test_who_may_not_translate_into_the_language_imports_nothing(desk: Course, imported: Any, email: str) -> None:
    before = files(desk)
    with pytest.raises(Refused, match="no right to translate into ru"):
        imported(Book(desk, Lang.RU).translate({TITLE: "Вызов дня"}), by=email)
    assert files(desk) == before


# ---- two at once, and a machine that fails


def test_the_second_of_two_writers_sees_what_the_first_wrote(desk: Course, imported: Any) -> None:
    first, second = (
        Book(desk, Lang.RU).translate({TITLE: "Вызов дня"}),
        Book(desk, Lang.RU).translate({TITLE: "Задача"}),
    )
    assert imported(first).errors == []
    assert [one.message for one in imported(second, by=BOTH).errors] == [importing.CHANGED]


def test_a_writer_waits_for_the_one_before(course: Course) -> None:
    order: list[str] = []

    def second() -> None:
        with writing.locked(course.root):
            order.append("second")

    with writing.locked(course.root):
        other = threading.Thread(target=second)
        other.start()
        other.join(0.2)
        order.append("first")
    other.join(5)
    assert order == ["first", "second"]


def test_the_translator_is_recorded_before_the_text_is_there(
    desk: Course, imported: Any, reading: Any, monkeypatch: Any
) -> None:
    """A machine that stops between the two leaves a record of a text that never came, never a text of nobody."""

    def full(*_: Any) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(writing, "take_over", full)
    before = files(desk)
    with pytest.raises(OSError, match="disk full"):
        imported(Book(desk, Lang.RU).translate({TITLE: "Вызов дня"}))
    assert files(desk) == before
    with reading() as session:
        row = session.scalars(records.select(records.TranslationRecord)).one()
        assert row.text_hash == records.freshness.text_hash("Вызов дня")


def test_an_import_again_changes_nothing(desk: Course, imported: Any) -> None:
    book = Book(desk, Lang.RU).translate({TITLE: "Вызов дня"})
    imported(book)
    before = files(desk)
    assert imported(book).ready == 0 and files(desk) == before


def test_a_file_is_replaced_with_its_rights(desk: Course, imported: Any) -> None:
    (desk.root / RU).chmod(0o640)
    imported(Book(desk, Lang.RU).translate({TITLE: "Вызов дня"}))
    assert (desk.root / RU).stat().st_mode & 0o777 == 0o640
    assert not list(desk.root.rglob(".*"))


def test_other_line_ends_and_a_byte_order_mark_stay(desk: Course, imported: Any) -> None:
    raw = "\ufeff" + desk.read(LESSON_RU).replace("\n", "\r\n")
    (desk.root / LESSON_RU).write_bytes(raw.encode())
    book = Book(desk, Lang.RU)
    imported(book.translate({WHERE: book.text(WHERE).replace("Вот", "Это")}))
    assert (desk.root / LESSON_RU).read_bytes().decode() == raw.replace("Вот", "Это")


def test_accepting_some_texts_leaves_the_others_as_they_are(course: Course) -> None:
    course.change(LESSON_EN, "three times", "many times")
    course.change(LESSON_EN, "## Where", "## Where to listen")
    accept(course.root, MODULE_ID, Lang.RU, {WHY})
    states = importing.freshness.state(course.load(), MODULE_ID, Lang.RU)
    assert (states[WHY], states[WHERE], states[TITLE]) == ("fresh", "stale", "fresh")
