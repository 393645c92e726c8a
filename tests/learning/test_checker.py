import pytest

from tests.learning.sample import ASSIGNMENT, MODULE, PARTNER, PLAN_EN, PLAN_RU, PROGRAMME, QUIZ, RU, RUBRIC, Course


@pytest.fixture
def course(tmp_path):
    return Course(tmp_path)


def test_a_good_course_has_no_mistakes(course):
    assert course.check() == []


def test_mistakes_come_by_file_and_line(course):
    course.change(RUBRIC, "weight = 60", "weight = 50")
    course.change(QUIZ, "draw = 6", "draw = 10")
    course.change(QUIZ, 'answer = "b"', 'answer = "z"')
    found = [(mistake.file, mistake.line) for mistake in course.check()]
    assert found == sorted(found) and len(found) == 3


# ---- shapes


def test_an_unknown_key_is_refused(course):
    course.change(QUIZ, 'unit = "%"', 'units = "%"')
    course.refuses(QUIZ, "units", "items.q06.units", "The key 'units' is unknown", "Did you mean 'unit'?")


def test_an_owner_is_an_email_address(course):
    course.change(MODULE, "stages =", 'owner = "owner@example.test"\nstages =')
    assert course.check() == []
    course.change(MODULE, "owner@example.test", "the translators")
    course.refuses(MODULE, "owner =", "owner", "Expected an e-mail address")


def test_a_missing_key_is_named(course):
    course.change(MODULE, 'mode = "online"\n', "")
    course.refuses(MODULE, "[[workshops]]", "workshops.w1", "The key 'mode' is missing")


def test_a_missing_key_of_an_inline_table_is_shown_in_its_line(course):
    course.change(ASSIGNMENT, ", max_files = 4", "")
    course.refuses(ASSIGNMENT, "annex", "parts.annex", "The key 'max_files' is missing")


def test_a_missing_language_is_named(course):
    course.change(PROGRAMME, 'ru = "Название"\n', "")
    course.refuses(PROGRAMME, "[title]", "title", "The key 'ru' is missing")


@pytest.mark.parametrize(
    ("name", "old", "new", "key", "message"),
    [
        (PROGRAMME, "weeks = 10", 'weeks = "ten"', "weeks", 'a whole number from 1 to 1000, found the text "ten"'),
        (PROGRAMME, "cap = 80", "cap = 101", "late.cap", "from 0 to 100, found the number 101"),
        (PROGRAMME, "quiz = 20", "quiz = 20.5", "marks.module.quiz", "a whole number from 0 to 100"),
        (PROGRAMME, "weeks = [3, 10]", "weeks = [3]", "capstone.weeks", "The list has 1 values; 2 expected"),
        (PROGRAMME, "gates_required = [1, 4, 6]", "gates_required = 1", "pass.gates_required", "Expected a list"),
        (PROGRAMME, 'source_language = "en"', 'source_language = "uz"', "source_language", 'found the text "uz"'),
        (MODULE, "format = 1", "format = true", "format", "Expected 1, found true"),
        (MODULE, 'id = "LO1"', 'id = "LO 1"', "outcomes.LO 1.id", "an id of Latin letters"),
        (MODULE, 'title = "Clinic"', 'title = " "', "workshops.w1.title", "The text is empty"),
        (QUIZ, "answer = true", 'answer = "true"', "items.q03.answer", 'true or false, found the text "true"'),
        (QUIZ, "answer = 72.5", 'answer = "72,5"', "items.q06.answer", 'a number, found the text "72,5"'),
        (QUIZ, "answer = 72.5", "answer = nan", "items.q06.answer", "a number, found the number NaN"),
        (QUIZ, "tolerance = 0.5", "tolerance = -1", "items.q06.tolerance", "a number from 0, found the number -1"),
        (QUIZ, 'type = "order"', 'type = "ordre"', "items.q05.type", "Expected one of single, multiple"),
        (QUIZ, 'options = {a = "First", b = "Next", c = "Last"}', 'options = "abc"', "items.q05.options", "a table"),
        (QUIZ, 'answer = ["floor", "the floor"]', "answer = []", "items.q07.answer", "at least 1 expected"),
        (ASSIGNMENT, 'types = ["pdf"]', 'types = [".pdf"]', "parts.annex.types.1", "without the dot"),
        (ASSIGNMENT, 'kind = "file"', 'kind = "film"', "parts.annex.kind", "Expected one of text, file and link"),
        (RUBRIC, "share = 80", "share = 1979-05-27", "levels.proficient.share", "found a date or time"),
        (PROGRAMME, 'id = "sample"', "id = 1", "id", "an id of Latin letters, digits, - and _, found the number 1"),
        (PROGRAMME, "cap = 80", "cap = [80]", "late.cap", "a whole number from 0 to 100, found a list"),
        (PROGRAMME, "cap = 80", "cap = {}", "late.cap", "a whole number from 0 to 100, found a table"),
        (PROGRAMME, "module = {quiz = 20, assignment = 65, workshop = 15}", "module = 20", "marks.module", "a table"),
        (MODULE, 'ru = "draft"', 'rus = "draft"', "languages.rus", "The key 'rus' is unknown"),
        (ASSIGNMENT, '{id = "page", kind = "text", words = [400, 700], required = true}', '"x"', "parts.1", "a table"),
        (ASSIGNMENT, 'annex = "Annex"', "annex = 5", "part_titles.annex", "a text, found the number 5"),
        (RU, 'status = "reviewed"', 'status = "ready"', "status", "Expected one of draft, reviewed and approved"),
        (PARTNER, 'country = "uz"', 'country = "UZ"', "country", "a country code of two small letters"),
    ],
)
def test_a_value_of_the_wrong_kind_is_refused(course, name, old, new, key, message):
    course.change(name, old, new)
    course.refuses(name, new, key, message)


def test_a_table_that_should_hold_something_is_not_empty(course):
    course.change(ASSIGNMENT, 'own_work = "It is my own work."', "")
    course.refuses(ASSIGNMENT, "[declarations]", "declarations", "The table has 0 entries; at least 1 expected")


def test_an_item_names_its_type(course):
    course.change(QUIZ, 'type = "single"\n', "")
    course.refuses(QUIZ, "[[items]]", "items.q01", "The key 'type' is missing")


def test_a_written_module_is_described_in_its_folder_only(course):
    course.change(PROGRAMME, 'id = "m2-challenge"', 'id = "m2-challenge"\ncode = "S-9"')
    course.refuses(PROGRAMME, "S-9", "modules.m2-challenge.code", "'code' does not belong here", "its own folder")


# ---- a module


def test_the_id_of_a_module_is_its_folder(course):
    course.change(MODULE, 'id = "m2-challenge"', 'id = "m2-chalenge"')
    course.refuses(MODULE, "chalenge", "id", "the folder is named 'm2-challenge'")


def test_the_source_needs_no_status(course):
    course.change(MODULE, 'ru = "draft"', 'en = "draft"')
    course.refuses(MODULE, 'en = "draft"', "languages.en", "en is the source language")


def test_the_hours_of_a_written_module_make_a_module(course):
    course.change(MODULE, "practical = 5", "practical = 6")
    course.change(ASSIGNMENT, "hours = 5", "hours = 6")
    course.change(PROGRAMME, "practical = 18", "practical = 19")
    course.change(PROGRAMME, "hours = 30", "hours = 31")
    course.refuses(MODULE, "practical = 6", "hours", "The hours make 11; a module has 10")


def test_the_workshops_have_the_hours_of_the_module(course):
    course.change(MODULE, "hours = 3\n", "hours = 4\n")
    for plan in (PLAN_EN, PLAN_RU):
        course.change(plan, "| 60 |", "| 120 |")
    course.refuses(MODULE, "theory = 2", "hours.workshop", "The workshops have 4 hours, the module says 3")


def test_the_lessons_have_the_minutes_of_the_theory(course):
    course.change(MODULE, "minutes = 120", "minutes = 110")
    course.refuses(MODULE, "theory = 2", "hours.theory", "have 110 minutes; 2 hours of theory are 120")


def test_the_assignment_has_the_hours_of_practice(course):
    course.change(ASSIGNMENT, "hours = 5", "hours = 4")
    course.refuses(ASSIGNMENT, "hours = 4", "hours", "has 4 hours; module.toml says 5")


@pytest.mark.parametrize(
    ("name", "old", "key"),
    [
        (MODULE, 'outcomes = ["LO1", "LO2"]', "lessons.01-listen.outcomes.2"),
        (QUIZ, 'outcome = "LO2"', "items.q04.outcome"),
        (RUBRIC, 'outcome = "LO2"', "criteria.evidence.outcome"),
    ],
)
def test_an_outcome_that_does_not_exist_is_refused(course, name, old, key):
    new = old.replace("LO2", "LO9")
    course.change(name, old, new)
    mistakes = [one for one in course.check() if "There is no outcome 'LO9'" in one.message]
    assert [(one.file, one.line, one.key) for one in mistakes] == [(name, course.line(name, new), key)]


def test_an_outcome_is_taught_by_a_lesson(course):
    course.change(MODULE, 'outcomes = ["LO1", "LO2"]', 'outcomes = ["LO1"]')
    line = course.line(MODULE, 'id = "LO2"') - 1
    assert [(one.file, one.line, one.key, one.message) for one in course.check()] == [
        (MODULE, line, "outcomes.LO2", "No lesson covers the outcome LO2.")
    ]


def test_an_outcome_is_assessed_by_an_item_or_a_criterion(course):
    for name in (QUIZ, RUBRIC):
        course.write(name, course.read(name).replace("LO2", "LO1"))
    assert [(one.file, one.key, one.message) for one in course.check()] == [
        (MODULE, "outcomes.LO2", "No quiz item and no criterion covers the outcome LO2.")
    ]


def test_an_outcome_may_be_assessed_by_items_alone(course):
    course.change(RUBRIC, 'outcome = "LO2"', 'outcome = "LO1"')
    assert course.check() == []


def test_a_text_asks_for_no_fewer_words_than_it_allows(course):
    course.change(ASSIGNMENT, "words = [400, 700]", "words = [700, 400]")
    course.refuses(ASSIGNMENT, "words", "parts.page.words", "At least 700 words cannot be at most 400")


def test_each_part_has_a_title(course):
    course.change(ASSIGNMENT, 'annex = "Annex"\n', "")
    course.refuses(ASSIGNMENT, "[part_titles]", "part_titles", "The part 'annex' has no title")


@pytest.mark.parametrize(("old", "group"), [('annex = "Annex"', "part_titles"), ('page = "One page."', "part_hints")])
def test_a_title_or_hint_belongs_to_a_part(course, old, group):
    course.change(ASSIGNMENT, old, f'{old}\npaeg = "x"')
    course.refuses(ASSIGNMENT, "paeg", f"{group}.paeg", "There is no part 'paeg'", "'page'")


def test_the_weights_of_the_criteria_make_100(course):
    course.change(RUBRIC, "weight = 40", "weight = 30")
    course.refuses(RUBRIC, "[[criteria]]", "criteria", "make 90; they must make 100")


def test_the_shares_of_the_levels_are_fixed(course):
    course.change(RUBRIC, "share = 35", "share = 40")
    course.refuses(RUBRIC, "share = 40", "levels.weak.share", "every rubric of the diploma gives it 35")


def test_the_levels_stand_in_their_order(course):
    course.change(RUBRIC, 'id = "weak"\nshare = 35', 'id = "absent"\nshare = 0')
    course.change(RUBRIC, 'id = "absent"\nshare = 0\ntitle = "Not', 'id = "weak"\nshare = 35\ntitle = "Not')
    course.refuses(RUBRIC, "[[levels]]", "levels", "expected exemplary, proficient, adequate, weak and absent")


def test_a_level_of_another_name_gets_a_suggestion(course):
    course.change(RUBRIC, 'id = "weak"', 'id = "week"')
    mistakes = [one for one in course.check() if one.file == RUBRIC]
    assert "Did you mean 'weak'?" in mistakes[0].hint


def test_each_criterion_describes_all_levels(course):
    course.change(RUBRIC, 'weak = "W"\n', "")
    course.refuses(RUBRIC, "[criteria.text]", "criteria.evidence.text", "The key 'weak' is missing")


def test_a_criterion_does_not_take_the_name_of_the_levels(course):
    (course.root / RU).unlink()
    course.change(RUBRIC, 'id = "evidence"', 'id = "levels"')
    course.refuses(RUBRIC, 'id = "levels"', "criteria.levels.id", "cannot be named 'levels'")


# ---- the quiz


def test_no_more_items_are_drawn_than_there_are(course):
    course.change(QUIZ, "draw = 6", "draw = 10")
    course.refuses(QUIZ, "draw", "draw", "10 items are drawn from a bank of 9")


@pytest.mark.parametrize(
    ("old", "new", "key", "message"),
    [
        ('answer = "b"', 'answer = "z"', "q01.answer", "There is no option 'z'"),
        ('answer = ["a", "c"]', 'answer = ["a", "z"]', "q02.answer.2", "There is no option 'z'"),
        ('answer = ["a", "c"]', 'answer = ["a", "a"]', "q02.answer.2", "The option 'a' stands twice"),
        ('answer = ["b", "a", "c"]', 'answer = ["b", "a", "c", "b"]', "q05.answer.4", "The option 'b' stands twice"),
        ('answer = ["b", "a", "c"]', 'answer = ["b", "a"]', "q05.answer", "The order leaves out c"),
        ('l2 = "r2"}', 'l2 = "r3"}', "q04.answer.l2", "There is no right side 'r3'"),
        ('l2 = "r2"}', 'l2 = "r2", l3 = "r1"}', "q04.answer.l3", "There is no left side 'l3'"),
        ('{l1 = "r1", l2 = "r2"}', '{l1 = "r1"}', "q04.answer", "The answer has no pair for l2"),
        ('b = "Not so.", c = "Because."}', 'b = "Not so."}', "q02.why", "Nothing explains c"),
        ('why = {all = "It is."}', 'why = {true = "x", false = "y", z = "z"}', "q03.why.z", "no option 'z' to explain"),
        ('why = {all = "By division."}', 'why = {a = "x"}', "q06.why.a", "There is no option 'a' to explain"),
        ('why = {all = "It is."}', 'why = {true = "It is."}', "q03.why", "Nothing explains false"),
    ],
)
def test_an_item_can_be_answered_and_is_explained(course, old, new, key, message):
    course.change(QUIZ, old, new)
    course.refuses(QUIZ, new, f"items.{key}", message)


def test_true_and_false_may_be_explained_each(course):
    course.change(QUIZ, 'why = {all = "It is."}', 'why = {true = "It is.", false = "It is not."}')
    assert course.check() == []


def test_pairs_may_be_explained_each(course):
    course.change(QUIZ, 'why = {all = "As said."}', 'why = {l1 = "One.", l2 = "Two."}')
    assert course.check() == []
