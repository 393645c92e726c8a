"""Worksheets, mark sheets and plans of workshops: each slip with its file, line and key (spec content)."""

import pytest

from diploma.core.lang import Lang
from diploma.learning.freshness import State, accept, state
from diploma.learning.structure import Module
from tests.learning.sample import (
    FOLDER,
    MARK_SHEETS,
    MODULE,
    MODULE_ID,
    PLAN_EN,
    PLAN_RU,
    RU,
    WORKSHEETS,
    Course,
)

FLOOR = 'floor = {criterion = "value", under = 2}'


@pytest.fixture
def course(tmp_path):
    return Course(tmp_path)


def remove(course, *names):
    for name in names:
        (course.root / name).unlink()


# ---- a module may do without


def test_a_module_without_worksheets_and_plans_is_good(course):
    text = course.read(RU)
    course.write(RU, text[: text.index("[workshops.w1")])
    remove(course, MARK_SHEETS, WORKSHEETS, PLAN_EN, PLAN_RU)
    module = course.load().modules[MODULE_ID]
    assert (
        course.check() == []
        and module.worksheets == ()
        and module.workshops[0].anchors == module.workshops[0].lines == ()
    )


def test_what_it_does_without_is_not_written_down(course):
    """Else every installation would get a new edition, and running cohorts no more corrections."""
    course.write(RU, course.read(RU).split("[workshops.w1")[0])
    remove(course, MARK_SHEETS, WORKSHEETS, PLAN_EN, PLAN_RU)
    stored = course.load().modules[MODULE_ID].to_dict()
    assert "worksheets" not in stored and stored["workshops"] == [{"id": "w1", "hours": 3, "mode": "online"}]
    assert Module.from_dict(stored) == course.load().modules[MODULE_ID]


def test_ids_points_and_weights_are_structure(course):
    module = course.load().modules[MODULE_ID]
    table = module.worksheets[0]
    assert (table.id, table.lesson, table.gate) == ("evidence-table", "01-listen", 1)
    assert [(one.id, one.kind.value) for one in table.fields] == [
        ("statement", "text"),
        ("claims", "table"),
        ("scores", "matrix"),
    ]
    assert [line.points for line in module.workshops[0].lines] == [40, 35, 25]
    assert module.workshops[0].anchors == ("goal", "before", "plan", "online", "watch", "after")


# ---- shapes


@pytest.mark.parametrize(
    ("name", "old", "new", "key", "message"),
    [
        (WORKSHEETS, "gate = 1", "gate = 8", "worksheets.evidence-table.gate", "a whole number from 1 to 7"),
        (WORKSHEETS, "lines = 4", "lines = 21", "worksheets.evidence-table.fields.statement.lines", "from 1 to 20"),
        (WORKSHEETS, "rows = 3", "rows = 61", "worksheets.evidence-table.fields.claims.rows", "from 1 to 60"),
        (WORKSHEETS, "options = 3", "options = 6", "worksheets.evidence-table.fields.scores.options", "from 2 to 5"),
        (WORKSHEETS, "most = 4", "most = 0", "worksheets.evidence-table.fields.scores.most", "from 1 to 10"),
        (WORKSHEETS, 'kind = "text"', 'kind = "txt"', "worksheets.evidence-table.fields.statement.kind", "one of text"),
        (WORKSHEETS, "lines = 4", "rows = 4", "worksheets.evidence-table.fields.statement.rows", "'rows' is unknown"),
        (
            WORKSHEETS,
            'hint = "One claim',
            'hints = "One claim',
            "worksheets.evidence-table.fields.claims.hints",
            "hint",
        ),
        (MARK_SHEETS, "points = 40", "points = 0", "workshops.w1.lines.listening.points", "from 1 to 100"),
        (MARK_SHEETS, 'half = "Asks one question."', 'half = ""', "workshops.w1.lines.listening.half", "is empty"),
    ],
)
def test_each_value_has_one_shape(course, name, old, new, key, message):
    course.change(name, old, new)
    found = [one for one in course.check() if message in f"{one.message} {one.hint}"]
    assert [(one.file, one.line, one.key) for one in found] == [(name, course.line(name, new), key)]


def test_a_closed_choice_is_not_empty(course):
    course.change(WORKSHEETS, 'choices = {opinion = "Opinion", record = "Record", test = "Test"}', "choices = {}")
    place = "worksheets.evidence-table.fields.claims.columns.kind.choices"
    course.refuses(WORKSHEETS, "choices", place, "The table has 0 entries; at least 1 expected")


def test_a_table_has_at_most_six_columns(course):
    more = "".join(f'[[worksheets.fields.columns]]\nid = "c{n}"\ntitle = "C"\n' for n in range(4))
    course.change(WORKSHEETS, '[[worksheets.fields]]\nid = "scores"', f'{more}[[worksheets.fields]]\nid = "scores"')
    place = "worksheets.evidence-table.fields.claims.columns"
    course.refuses(WORKSHEETS, "[[worksheets.fields.columns]]", place, "The list has 7 values; at most 6 expected")


def test_a_mark_sheet_has_three_lines_at_least(course):
    text = course.read(MARK_SHEETS)
    course.write(MARK_SHEETS, text[: text.index('[[workshops.lines]]\nid = "respect"')])
    course.refuses(MARK_SHEETS, "[[workshops.lines]]", "workshops.w1.lines", "2 values; at least 3 expected")


# ---- what must add up, or refer to something


def test_the_points_of_a_mark_sheet_make_a_hundred(course):
    course.change(MARK_SHEETS, "points = 40", "points = 45")
    course.refuses(MARK_SHEETS, "[[workshops]]", "workshops.w1", "The points make 105; they must make 100")


def test_the_weights_of_a_matrix_make_a_hundred(course):
    course.change(WORKSHEETS, "weight = 30", "weight = 20")
    place = "worksheets.evidence-table.fields.scores"
    mistakes = course.check()
    line = course.line(WORKSHEETS, 'id = "scores"') - 1
    assert [(one.line, one.key, one.message) for one in mistakes] == [
        (line, place, "The weights make 90; they must make 100.")
    ]


@pytest.mark.parametrize(
    ("name", "old", "new", "key", "message", "hint"),
    [
        (WORKSHEETS, '"01-listen"', '"01-lisen"', "worksheets.evidence-table.lesson", "no lesson '01-lisen'",
         "01-listen"),
        (WORKSHEETS, FLOOR, FLOOR.replace("value", "valu"), "worksheets.evidence-table.fields.scores.floor.criterion",
         "There is no criterion 'valu'", "'value'"),
        (WORKSHEETS, FLOOR, FLOOR.replace("2", "5"), "worksheets.evidence-table.fields.scores.floor.under",
         "Every score is under 5: the highest is 4", "Lower it"),
    ],
)  # fmt: skip
def test_what_is_named_is_there(course, name, old, new, key, message, hint):
    course.change(name, old, new)
    course.refuses(name, new, key, message, hint)


@pytest.mark.parametrize(
    ("name", "old", "new", "message"),
    [
        (WORKSHEETS, 'id = "letter"', 'id = "evidence-table"', "'evidence-table' stands twice in [[worksheets]]"),
        (WORKSHEETS, 'id = "claims"', 'id = "statement"', "'statement' stands twice in [[worksheets.fields]]"),
        (WORKSHEETS, 'id = "source"', 'id = "claim"', "'claim' stands twice in [[worksheets.fields.columns]]"),
        (WORKSHEETS, 'id = "scale"', 'id = "value"', "'value' stands twice in [[worksheets.fields.criteria]]"),
        (MARK_SHEETS, 'id = "evidence"', 'id = "listening"', "'listening' stands twice in [[workshops.lines]]"),
    ],
)
def test_an_id_stands_once(course, name, old, new, message):
    course.change(name, old, new)
    wanted = max(n for n, line in enumerate(course.read(name).splitlines(), 1) if line == new)
    assert [(one.file, one.line) for one in course.check() if message in one.message] == [(name, wanted)]


def test_a_mark_sheet_belongs_to_a_workshop(course):
    course.change(MARK_SHEETS, 'id = "w1"', 'id = "w7"')
    found = {(one.file, one.key, one.message) for one in course.check() if one.file != RU}
    assert found == {
        (MARK_SHEETS, "workshops.w7.id", "There is no workshop 'w7'."),
        (MODULE, "workshops.w1", "The workshop 'w1' has no mark sheet."),
    }


# ---- plans


def test_a_plan_belongs_to_a_workshop(course):
    course.write(f"{FOLDER}/workshops/w2/en.md", course.read(PLAN_EN))
    course.refuses(f"{FOLDER}/workshops/w2/en.md", "+++", "", "The workshop 'w2' is not in module.toml", "w1")


def test_a_file_of_another_name_is_no_plan(course):
    course.write(f"{FOLDER}/workshops/w1/notes.md", "x")
    course.refuses(f"{FOLDER}/workshops/w1/notes.md", "x", "", "not part of the plan of a workshop")


def test_a_plan_has_a_source(course):
    remove(course, PLAN_EN)
    found = [one for one in course.check() if one.file == PLAN_EN]
    assert [(one.line, one.message) for one in found] == [(1, "The source of the plan is missing.")]


def test_all_workshops_have_a_plan_or_none(course):
    second = '[[workshops]]\nid = "w2"\nhours = 1\nmode = "online"\ntitle = "Gate"\n'
    course.change(MODULE, "hours = 3\n", "hours = 2\n")
    course.change(MODULE, "[complete_when]", f"{second}[complete_when]")
    course.change(PLAN_EN, "| 60 |", "| 0 |")
    course.change(PLAN_RU, "| 60 |", "| 0 |")
    remove(course, MARK_SHEETS)
    found = [one for one in course.check() if "has no plan" in one.message]
    assert [(one.file, one.line, one.key) for one in found] == [
        (MODULE, course.line(MODULE, '"w2"') - 1, "workshops.w2")
    ]


@pytest.mark.parametrize(
    ("old", "new", "at", "key", "message"),
    [
        ("| 20 |", "| 25 |", "{#plan}", "plan", "The minutes make 185; 3 hours are 180"),
        ("| 20 |", "| 20 min |", "20 min", "plan", "begins with '20 min', not with its minutes"),
        ("{#after}", "{#afterwards}", "## Goal", "after", "The plan has no section after"),
        ("| ", "", "{#plan}", "plan", "The plan has no table"),
        ("{#watch}", "{#Watch}", "Watch}", "", "has no anchor"),
    ],
)
def test_a_plan_is_led_by_its_table(course, old, new, at, key, message):
    text = course.read(PLAN_EN)
    course.write(PLAN_EN, text.replace(old, new) if old == "| " else text.replace(old, new, 1))
    found = [one for one in course.check() if message in one.message]
    assert [(one.file, one.line, one.key) for one in found] == [(PLAN_EN, course.line(PLAN_EN, at), key)]


def test_the_sections_of_a_plan_stand_in_their_order(course):
    for name in (PLAN_EN, PLAN_RU):
        course.write(name, course.read(name).replace("{#goal}", "{#x}").replace("{#before}", "{#goal}"))
        course.write(name, course.read(name).replace("{#x}", "{#before}"))
    course.refuses(PLAN_EN, "{#before}", "before", "The sections of a plan are goal, before, plan")


def test_another_section_may_stand_between(course):
    for name in (PLAN_EN, PLAN_RU):
        heading = {PLAN_EN: "Respect", PLAN_RU: "Уважение"}[name]
        course.change(name, "{#online}", f"{{#online}}\n\n## {heading} {{#respect}}\n")
    assert course.check() == []


def test_a_translation_has_the_sections_of_its_plan(course):
    course.change(PLAN_RU, "{#watch}", "{#wacth}")
    found = [one for one in course.check() if one.file == PLAN_RU and "no section 'wacth'" in one.message]
    assert [(one.line, one.hint) for one in found] == [(course.line(PLAN_RU, "wacth"), "Did you mean 'watch'?")]


def test_the_minutes_are_the_same_in_every_language(course):
    course.change(PLAN_RU, "| 20 |", "| 30 |")
    course.refuses(PLAN_RU, "{#plan}", "plan", "The numbers differ from the source")


def test_a_short_plan_is_a_warning(course):
    course.change(PLAN_EN, "word " * 100, "")
    course.refuses(PLAN_EN, "## Goal", "", "words; a plan has 350 to 650", warning=True)


def test_a_title_stands_in_the_module_alone(course):
    course.change(PLAN_EN, "summary =", 'title = "Clinic"\nsummary =')
    found = [one for one in course.check() if one.file == PLAN_EN]
    assert [(one.line, one.key) for one in found] == [(2, "title")] and "module.toml" in found[0].hint


# ---- translations


def test_a_translation_is_texts_only(course):
    course.change(RU, '[workshops.w1.listening]\ntitle = "У', '[workshops.w1.listening]\npoints = 40\ntitle = "У')
    course.refuses(RU, "points", "workshops.w1.listening.points", "The key 'points' does not belong here", "Remove")


@pytest.mark.parametrize("line", ["gate = 1", 'lesson = "01-listen"'])
def test_a_translated_worksheet_is_texts_only(course, line):
    course.change(RU, 'purpose = "Для себя."', f'purpose = "Для себя."\n{line}')
    name = line.split()[0]
    course.refuses(RU, line, f"worksheets.letter.{name}", f"The key {name!r} does not belong here", "texts only")


@pytest.mark.parametrize(
    ("old", "new", "key", "message"),
    [
        ("[worksheets.letter.fields.text]", "[worksheets.letter.fields.txt]", "worksheets.letter.fields.txt",
         "The source has no worksheets/letter/fields/txt"),
        ("[workshops.w1.respect]", "[workshops.w1.respct]", "workshops.w1.respct",
         "The source has no workshops/w1/respct"),
    ],
)  # fmt: skip
def test_a_translation_is_of_something(course, old, new, key, message):
    course.change(RU, old, new)
    found = [one for one in course.check() if not one.warning]
    assert [(one.file, one.line, one.key) for one in found] == [(RU, course.line(RU, new), key)]
    assert message in found[0].message and "Did you mean" in found[0].hint


@pytest.mark.parametrize(("gone", "key"), [(MARK_SHEETS, "workshops"), (WORKSHEETS, "worksheets")])
def test_a_translation_of_what_the_module_does_without_is_refused(course, gone, key):
    remove(course, gone)
    found = [one for one in course.check() if one.file == RU]
    assert [(one.key, one.message) for one in found] == [(key, f"The source has no {key}.")]


def test_a_worksheet_is_translated_whole(course):
    course.change(RU, 'purpose = "Для себя."\n', "")
    course.refuses(RU, "Письмо", "worksheets.letter.title", "translated in part; missing: purpose", warning=True)


def test_a_number_in_a_worksheet_is_the_same_in_every_language(course):
    course.change(WORKSHEETS, '"For yourself."', '"For 25 minutes of your own."')
    course.change(RU, '"Для себя."', '"На 35 минут."')
    course.refuses(RU, "На 35", "worksheets.letter.purpose", "35 stands only here")


def test_texts_of_worksheets_and_plans_grow_stale_one_by_one(course):
    accept(course.root, MODULE_ID, Lang.RU)
    course.change(WORKSHEETS, '"For yourself."', '"For yourself alone."')
    course.change(PLAN_EN, "Take a picture", "Take pictures")
    course.change(MARK_SHEETS, "Blames nobody.", "Blames no one.")
    found = state(course.load(), MODULE_ID, Lang.RU)
    assert sorted(key for key, one in found.items() if one is State.STALE) == [
        "plans/w1/after",
        "worksheets/letter/purpose",
        "workshops/w1/respect/full",
    ]
    assert found["worksheets/evidence-table/fields/claims/columns/kind/choices/test"] is State.MISSING
