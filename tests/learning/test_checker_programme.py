import pytest

from tests.learning.sample import ASSIGNMENT, MODULE, PARTNER, PROGRAMME, QUIZ, RUBRIC, Course


@pytest.fixture
def course(tmp_path):
    return Course(tmp_path)


@pytest.mark.parametrize(
    ("name", "old", "new", "key"),
    [
        (PROGRAMME, 'id = "not_passed"', 'id = "pass" # 2', "scale.pass.id"),
        (MODULE, 'id = "LO2"', 'id = "LO1" # 2', "outcomes.LO1.id"),
        (QUIZ, 'id = "q08"', 'id = "q07" # 2', "items.q07.id"),
        (RUBRIC, 'id = "evidence"', 'id = "statement" # 2', "criteria.statement.id"),
    ],
)
def test_an_id_that_stands_twice_is_refused(course, name, old, new, key):
    first = course.line(name, new.removesuffix(" # 2"))
    course.change(name, old, new)
    mistakes = [mistake for mistake in course.check() if "twice" in mistake.message]
    assert [(one.file, one.line, one.key) for one in mistakes] == [(name, course.line(name, "# 2"), key)]
    assert f"Line {first} has it already" in mistakes[0].hint


def test_a_part_that_stands_twice_is_refused(course):
    course.change(ASSIGNMENT, '{id = "annex"', '{id = "page"')
    assert "The id 'page' stands twice in [[parts]]." in [mistake.message for mistake in course.check()]


def test_an_award_requires_an_award(course):
    course.change(PROGRAMME, 'requires = ["module"]', 'requires = ["modul"]')
    course.refuses(PROGRAMME, "requires", "awards.diploma.requires.1", "There is no award 'modul'", "'module'")


def test_the_weights_of_the_marks_make_100(course):
    course.change(PROGRAMME, "workshop = 15", "workshop = 10")
    course.refuses(PROGRAMME, "assignment = 65", "marks.module", "20 + 65 + 10 make 95; they must make 100")


def test_the_scale_falls(course):
    course.change(PROGRAMME, "from = 60", "from = 95")
    course.refuses(PROGRAMME, "from = 95", "scale.pass.from", "begins at 95, the one above it at 90")


def test_the_scale_reaches_down_to_nothing(course):
    course.change(PROGRAMME, "from = 0", "from = 10")
    course.refuses(PROGRAMME, "from = 10", "scale.not_passed.from", "would have no band")


def test_the_capstone_lies_within_the_programme(course):
    course.change(PROGRAMME, "weeks = [3, 10]", "weeks = [3, 11]")
    course.refuses(PROGRAMME, "weeks = [3, 11]", "capstone.weeks", "from week 3 to 11 of 10")


def test_hand_in_closes_after_the_grace(course):
    course.change(PROGRAMME, "closes_after_days = 14", "closes_after_days = 3")
    course.refuses(PROGRAMME, "closes_after", "late.closes_after_days", "closes after 3 days but the grace lasts 3")


def test_the_source_is_one_of_the_languages(course):
    course.change(PROGRAMME, '["ar", "en", "ru"', '["ar", "ru"')
    course.refuses(PROGRAMME, "languages = ", "languages", "The source language en is not among the languages")


def test_every_fallback_leads_to_the_source(course):
    course.change(PROGRAMME, 'uz-Latn = ["uz-Cyrl", "ru", "en"]', 'uz-Latn = ["uz-Cyrl", "ru"]')
    course.refuses(PROGRAMME, 'uz-Latn = ["uz-Cyrl"', "fallback.uz-Latn", "does not lead to the source")


def test_every_language_has_a_fallback(course):
    course.change(PROGRAMME, 'ru = ["en"]\n', "")
    course.refuses(PROGRAMME, "[fallback]", "fallback.ru", "does not lead to the source language", 'ru = […, "en"]')


def test_languages_are_not_derived_in_a_circle(course):
    course.change(PROGRAMME, 'uz-Latn = "uz-Cyrl"', 'uz-Latn = "uz-Cyrl"\nuz-Cyrl = "uz-Latn"')
    assert ["derived in a circle" in mistake.message for mistake in course.check()] == [True]


def test_hours_add_up_by_kind(course):
    course.change(PROGRAMME, "hours = {theory = 4, workshop = 8", "hours = {theory = 3, workshop = 9")
    found = [(mistake.file, mistake.line, mistake.key) for mistake in course.check()]
    assert found == [(PROGRAMME, 6, "hours.theory"), (PROGRAMME, 6, "hours.workshop")]


def test_the_diploma_has_the_hours_of_the_programme(course):
    course.change(PROGRAMME, "hours = 30", "hours = 300")
    course.refuses(PROGRAMME, "hours = 300", "awards.diploma.hours", "says 300 hours; the programme has 30")


def test_a_planned_module_has_the_hours_of_a_module(course):
    course.change(PROGRAMME, "workshop = 3, practical = 5", "workshop = 3, practical = 6")
    course.change(PROGRAMME, "practical = 18", "practical = 19")
    course.change(PROGRAMME, "hours = 30", "hours = 31")
    course.refuses(PROGRAMME, "practical = 6", "modules.m1-design.hours", "The hours make 11; a module has 10")


def test_a_prerequisite_is_a_module(course):
    course.change(MODULE, '["m1-design"]', '["m1-desing"]')
    course.refuses(MODULE, "prerequisites", "prerequisites.1", "There is no module 'm1-desing'", "'m1-design'")


def test_prerequisites_do_not_run_in_a_circle(course):
    course.change(PROGRAMME, "prerequisites = []", 'prerequisites = ["m2-challenge"]')
    mistakes = course.check()
    assert [mistake.file for mistake in mistakes] == [PROGRAMME]
    assert "run in a circle: " in mistakes[0].message and " → " in mistakes[0].message


def test_a_module_is_no_prerequisite_of_itself(course):
    course.change(MODULE, '["m1-design"]', '["m2-challenge"]')
    assert ["m2-challenge → m2-challenge" in mistake.message for mistake in course.check()] == [True]


def test_a_listed_module_is_planned_or_has_a_folder(course):
    course.write(PROGRAMME, course.read(PROGRAMME) + '[[modules]]\nid = "m3-create"\n')
    course.refuses(PROGRAMME, "m3-create", "modules.m3-create.id", "There is no folder modules/m3-create")


def test_a_planned_module_has_no_folder(course):
    course.write("modules/m1-design/module.toml", course.read(MODULE).replace("m2-challenge", "m1-design"))
    assert "The module m1-design is planned but has a folder." in [mistake.message for mistake in course.check()]


def test_a_folder_is_listed_in_the_programme(course):
    course.change(PROGRAMME, '[[modules]]\nid = "m2-challenge"\n', "")
    assert (MODULE, "The module 'm2-challenge' is not listed in programme.toml.") in {
        (mistake.file, mistake.message) for mistake in course.check()
    }


# ---- partners


def test_a_country_pack_is_named_after_its_country(course):
    course.change(PARTNER, 'country = "uz"', 'country = "ae"')
    course.refuses(PARTNER, "country", "country", "The country is 'ae', the file's name says 'uz'")


def test_a_time_zone_exists(course):
    course.change(PARTNER, "Asia/Tashkent", "Asia/Toshkent")
    course.refuses(PARTNER, "time_zone", "time_zone", "There is no time zone 'Asia/Toshkent'")


def test_the_pattern_of_an_id_number_is_a_regular_expression(course):
    course.change(PARTNER, "\\d{14}", "(\\d{14}")
    course.refuses(PARTNER, "pattern", "national_id.pattern", "This is not a regular expression")


def test_a_half_day_is_a_workday(course):
    course.change(PARTNER, 'half_days = ["tue"]', 'half_days = ["wed"]')
    course.refuses(PARTNER, "half_days", "week.half_days.1", "There is no workday 'wed'")


def test_an_issuer_stands_once(course):
    issuer = course.read(PARTNER).split("[[issuers]]")[1].split("[[signatories]]")[0]
    course.change(PARTNER, "[[signatories]]", f"[[issuers]]  # again{issuer}[[signatories]]")
    found = course.check()
    assert [(one.file, one.line, one.key) for one in found] == [
        (PARTNER, course.line(PARTNER, "# again") + 1, "issuers.office.id")
    ]


def test_a_signatory_signs_for_an_issuer(course):
    course.change(PARTNER, 'issuer = "office"', 'issuer = "ofice"')
    course.refuses(PARTNER, 'issuer = "ofice"', "signatories.1.issuer", "There is no issuer 'ofice'", "'office'")
