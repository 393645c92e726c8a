import json
from decimal import Decimal

import pytest

from diploma.core.lang import LANGS, Lang
from diploma.learning.authoring.tomlfile import key_lines
from diploma.learning.loader import load
from diploma.learning.structure import ItemType, Module, PartKind, Programme, Status
from tests.learning.sample import (
    ASSIGNMENT,
    FOLDER,
    LESSON_EN,
    LESSON_RU,
    MODULE,
    MODULE_ID,
    PARTNER,
    PROGRAMME,
    QUIZ,
    RU,
    Course,
)


@pytest.fixture
def course(tmp_path):
    return Course(tmp_path)


@pytest.fixture
def loaded(course):
    return course.load()


@pytest.fixture
def module(loaded):
    return loaded.modules[MODULE_ID]


def test_a_good_course_loads_without_a_mistake(loaded):
    assert loaded.mistakes == []


def test_the_programme_lists_planned_and_written_modules(loaded):
    entries = [(entry.id, entry.code, entry.hours.total, entry.planned) for entry in loaded.programme.modules]
    assert entries == [("m1-design", "S-1", 10, True), (MODULE_ID, "S-2", 10, False)]


def test_the_programme_survives_json(loaded):
    assert Programme.from_dict(json.loads(json.dumps(loaded.programme.to_dict()))) == loaded.programme


def test_a_module_survives_json(module):
    assert Module.from_dict(json.loads(json.dumps(module.to_dict()))) == module


def test_a_field_that_an_older_edition_lacks_takes_its_default(module):
    stored = module.to_dict()
    for item in stored["quiz"]["items"]:
        del item["tolerance"]
    assert Module.from_dict(stored).quiz.items[5].tolerance == 0


def test_the_structure_holds_no_text(module, loaded):
    stored = json.dumps(module.to_dict())
    long_texts = [text for text in loaded.texts[MODULE_ID][Lang.EN].values() if " " in text]
    assert long_texts and not [text for text in long_texts if text in stored]


def test_a_lesson_knows_its_anchors_in_order(module):
    assert module.lessons[0].anchors == ("why", "where")


def test_items_carry_their_keys_by_type(module):
    items = {item.type: item for item in module.quiz.items}
    assert items[ItemType.SINGLE].key == ("b",)
    assert items[ItemType.MULTIPLE].key == ("a", "c")
    assert (items[ItemType.TRUE_FALSE].options, items[ItemType.TRUE_FALSE].key) == (("true", "false"), ("true",))
    assert items[ItemType.MATCH].pairs == {"l1": "r1", "l2": "r2"}
    assert items[ItemType.ORDER].key == ("b", "a", "c")
    assert (items[ItemType.NUMBER].value, items[ItemType.NUMBER].tolerance) == (Decimal("72.5"), Decimal("0.5"))
    assert items[ItemType.SHORT].key == items[ItemType.ESSAY].key == ()


def test_parts_carry_their_limits(module):
    page, annex = module.assignment.parts
    assert (page.kind, page.words, page.required) == (PartKind.TEXT, (400, 700), True)
    assert (annex.kind, annex.types, annex.max_mb, annex.max_files) == (PartKind.FILE, ("pdf",), 10, 4)


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("module/title", "Challenge"),
        ("module/outcomes/LO1", "Write a statement."),
        ("module/workshops/w1", "Clinic"),
        ("lessons/01-listen/title", "Listen"),
        ("quiz/q01/stem", "Which of 120 files?"),
        ("quiz/q01/options/a", "All"),
        ("quiz/q01/why/b", "Right."),
        ("quiz/q04/left/l1", "Belief"),
        ("quiz/q06/unit", "%"),
        ("quiz/q07/accepted", "floor\nthe floor"),
        ("assignment/part_titles/annex", "Annex"),
        ("assignment/declarations/own_work", "It is my own work."),
        ("rubric/levels/absent", "Not shown"),
        ("rubric/statement/title", "Statement"),
        ("rubric/statement/exemplary", "E"),
    ],
)
def test_texts_of_the_source_stand_under_their_keys(loaded, key, text):
    assert loaded.texts[MODULE_ID][Lang.EN][key] == text


def test_a_section_is_a_text_with_its_heading(loaded):
    assert loaded.texts[MODULE_ID][Lang.RU]["lessons/01-listen/why"].startswith("## Почему {#why}\n\nОколо")


def test_an_overlay_has_the_keys_of_the_source(loaded):
    texts = loaded.texts[MODULE_ID]
    assert texts[Lang.RU]["quiz/q07/accepted"] == "порог\nпороговый уровень"
    assert texts[Lang.RU].keys() <= texts[Lang.EN].keys()


def test_a_planned_module_has_its_title_in_every_language(loaded):
    assert [loaded.texts["m1-design"][lang]["module/title"] for lang in LANGS] == [
        "عنوان",
        "Title",
        "Название",
        "Nomi",
        "Номи",
    ]


def test_the_programme_has_its_texts_in_every_language(loaded):
    assert loaded.programme_texts[Lang.RU]["programme/scale/pass"] == "Название"
    assert loaded.programme_texts[Lang.AR]["programme/awards/module"] == "عنوان"


def test_the_status_of_a_language_is_its_lowest(loaded):
    assert loaded.status[MODULE_ID] == {
        Lang.EN: Status.APPROVED,
        Lang.RU: Status.DRAFT,
        Lang.UZ_LATN: Status.DRAFT,
        Lang.UZ_CYRL: Status.DRAFT,
    }


def test_partners_are_read(loaded):
    assert loaded.partners["uz"]["time_zone"] == "Asia/Tashkent"


def test_reading_does_not_stop_at_the_first_mistake(course):
    course.change(PROGRAMME, "weeks = 10", 'weeks = "ten"')
    course.change(QUIZ, "draw = 6", "draw = 0")
    course.change(LESSON_RU, "status", "statu")
    assert {mistake.file for mistake in course.load().mistakes} == {PROGRAMME, QUIZ, LESSON_RU}


def test_a_file_that_does_not_fit_is_left_out_and_the_rest_is_read(course):
    course.change(QUIZ, "draw = 6", "draw = 0")
    loaded = course.load()
    assert MODULE_ID not in loaded.modules
    assert loaded.texts[MODULE_ID][Lang.EN]["module/title"] == "Challenge"
    assert "quiz/q01/stem" not in loaded.texts[MODULE_ID][Lang.EN]


@pytest.mark.parametrize("name", [MODULE, QUIZ, PROGRAMME])
def test_a_missing_file_is_named(course, name):
    (course.root / name).unlink()
    assert (name, "The file is missing.") in {(one.file, one.message) for one in course.load().mistakes}


def test_a_folder_without_a_course_is_a_mistake_and_no_error(tmp_path):
    assert [mistake.file for mistake in load(tmp_path / "nothing").mistakes] == [PROGRAMME]


def test_broken_toml_is_shown_where_the_parser_stopped(course):
    course.change(QUIZ, 'stem = "Match."', 'stem = "Match.')
    course.refuses(QUIZ, 'stem = "Match.', "", "This is not valid TOML", "column")


def test_a_key_written_twice_is_broken_toml(course):
    course.change(QUIZ, "points = 1\nstem", "points = 1\npoints = 1\nstem")
    line = course.line(QUIZ, "points = 1")
    assert course.load().mistakes[0].line == line + 1


def test_broken_toml_at_the_end_of_a_file_is_shown_in_its_last_line(course):
    course.write(RU, 'status = "draft"\n[module]\ntitle = """Вызов\n')
    course.refuses(RU, 'title = """', "", "Unterminated string", "end of the file")


def test_a_file_in_another_encoding_is_shown_at_the_first_odd_byte(course):
    (course.root / RU).write_bytes('status = "draft"\n[module]\ntitle = "Вызов"\n'.encode("cp1251"))
    mistake = course.load().mistakes[0]
    assert (mistake.file, mistake.line, mistake.message) == (RU, 3, "The file is not written in UTF-8.")


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(course):
    path = course.root / LESSON_EN
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert course.check() == []


def test_front_matter_is_asked_for(course):
    course.change(LESSON_RU, "+++\n", "")
    course.refuses(LESSON_RU, "title", "", "The front matter is missing", "+++")


def test_front_matter_counts_its_lines_from_the_top_of_the_file(course):
    course.change(LESSON_RU, 'status = "draft"', 'status = "drafted"')
    course.refuses(LESSON_RU, "status", "status", "Expected one of draft, reviewed and approved", "'draft'")


def test_broken_front_matter_is_shown_in_its_line(course):
    course.change(LESSON_RU, "status = ", "status ")
    course.refuses(LESSON_RU, "status", "", "This is not valid TOML")


def test_a_translation_without_a_status_is_refused(course):
    course.change(LESSON_RU, 'status = "draft"\n', "")
    course.refuses(LESSON_RU, "title", "", "The key 'status' is missing")


def test_the_source_has_no_status(course):
    course.change(LESSON_EN, "title", 'status = "draft"\ntitle')
    course.refuses(LESSON_EN, "status", "status", "does not belong here", "Only translations")


def test_a_lesson_without_its_source_is_a_mistake(course):
    (course.root / LESSON_EN).unlink()
    assert (LESSON_EN, "The lesson's source is missing.") in {(one.file, one.message) for one in course.check()}


@pytest.mark.parametrize(
    ("name", "hint"), [(f"{FOLDER}/uz-latin.toml", "uz-Latn.toml"), (f"{FOLDER}/lessons/01-listen/ur.md", "ru.md")]
)
def test_a_file_whose_name_is_misspelt_is_not_passed_over(course, name, hint):
    course.write(name, "x\n")
    course.refuses(name, "x", "", "A file of this name is not part of", hint)


def test_a_lesson_that_the_module_does_not_list_is_not_passed_over(course):
    name = f"{FOLDER}/lessons/01-lisen/en.md"
    course.write(name, course.read(LESSON_EN))
    course.refuses(name, "+++", "", "The lesson '01-lisen' is not in module.toml", "01-listen")


def test_an_overlay_for_the_source_language_is_not_part_of_a_module(course):
    course.write(f"{FOLDER}/en.toml", 'status = "draft"\n')
    assert [mistake.file for mistake in course.check()] == [f"{FOLDER}/en.toml"]


def test_hidden_files_and_notes_beside_the_modules_are_passed_over(course):
    course.write(f"{FOLDER}/lessons/01-listen/.ru.md.swp", "x")
    course.write("modules/README.md", "x")
    assert course.load().mistakes == []


@pytest.mark.parametrize("name", [PROGRAMME, PARTNER, MODULE, QUIZ, ASSIGNMENT])
def test_an_unknown_key_gets_a_suggestion(course, name):
    course.change(name, "format = 1", "format = 1\nformt = 1")
    course.refuses(name, "formt", "formt", "The key 'formt' is unknown", "Did you mean 'format'?")


def test_mistakes_read_like_those_of_a_compiler(course):
    course.change(QUIZ, "attempts = 3", "attempts = true")
    assert str(course.load().mistakes[0]) == (
        f"{QUIZ}:3: attempts: Expected a whole number from 1 to 100, found true. Write digits only."
    )


TRICKY = '''\
a.b."c d" = """x # [q]
y"""  # c = 1
x = [ # hi
  {k = 'a,}', n = [1, [2,
    3]]},
  "s\\"]", 2026-05-05,
]
[t."u.v"]
z = 1.5
[[l]]
[[l.m]]
p = \'\'\'a\'\'\'\'
[l.m.n]
q = true
[[l]]
[[l.m]]
p = """\\"""" # end
'''


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("a", "b", "c d"), 1),
        (("x",), 3),
        (("x", 0, "k"), 4),
        (("x", 0, "n", 1, 1), 5),
        (("x", 1), 6),
        (("x", 2), 6),
        (("t",), 8),
        (("t", "u.v", "z"), 9),
        (("l",), 10),
        (("l", 0), 10),
        (("l", 0, "m", 0, "p"), 12),
        (("l", 0, "m", 0, "n", "q"), 14),
        (("l", 1), 15),
        (("l", 1, "m", 0, "p"), 17),
    ],
)
def test_every_key_of_a_toml_file_has_its_line(path, line):
    assert key_lines(TRICKY)[path] == line
