"""The bars of the learning design: lessons and the bank of questions."""

import pytest

from diploma.core.lang import Lang
from diploma.learning.authoring.measures import measure
from diploma.learning.authoring.prose import running_text, words
from tests.learning.sample import LESSON_EN, LESSON_RU, QUIZ, RU, RUBRIC, Course


@pytest.fixture
def course(tmp_path):
    return Course(tmp_path)


# ---- lessons


def test_headings_anchors_and_marks_are_no_words(course):
    course.write(LESSON_EN, '+++\ntitle = "A"\nsummary = "B"\n+++\n## A title {#why}\n\n- **One**, [two](../three)\n')
    lesson = course.load().files["m2-challenge"].lessons["01-listen"][Lang.EN]
    assert running_text(lesson).split() == ["One,", "two"]


def test_the_longest_block_of_one_country_is_counted(course):
    blocks = ":::only uz\none two three\n:::\n\n:::only ae\none two\n:::\n"
    course.write(LESSON_EN, f'+++\ntitle = "A"\nsummary = "B"\n+++\n## A {{#why}}\n\nzero\n\n{blocks}')
    lesson = course.load().files["m2-challenge"].lessons["01-listen"][Lang.EN]
    assert words(running_text(lesson)) == 4


@pytest.mark.parametrize(
    ("text", "count"), [("مُدرِّبٌ جديدٌ", 2), ("oʻquv maʼno", 2), ("62.5 half-day – and/or", 4), ("4 000", 2), ("–", 0)]
)
def test_vowel_signs_and_apostrophes_divide_no_word(text, count):
    assert words(text) == count


def test_a_lesson_that_is_hard_to_read_is_a_warning(course):
    course.change(LESSON_EN, "word. " * 100, "organisational responsibility " * 50)
    course.refuses(LESSON_EN, "## Why", "", "reads at grade", "Cut long sentences", warning=True)


def test_a_translation_of_another_length_is_a_warning(course):
    course.change(LESSON_RU, "слово. " * 100, "")
    course.refuses(LESSON_RU, "## Почему", "", "The translation has 227 words, its source 378", "0.65", warning=True)


def test_a_missing_translation_is_no_short_one(course):
    (course.root / LESSON_RU).unlink()
    assert course.check() == []


# ---- the bank


def test_a_bank_is_half_as_large_again_as_what_is_drawn(course):
    course.change(QUIZ, "draw = 6", "draw = 7")
    course.refuses(QUIZ, "draw", "draw", "The bank has 9 items for 7 that are drawn", "at least 11", warning=True)


MIX = "mix = {single = 1, multiple = 1, true_false = 1, match = 1, order = 1, number = 1, short = 1, essay = 1}"


def with_mix(course, mix, draw):
    course.change(QUIZ, "draw = 6", f"draw = {draw}\n{mix}")


def found(course):
    return [(one.key, one.message, one.warning) for one in course.check() if one.file == QUIZ]


def test_the_mix_makes_what_is_drawn(course):
    with_mix(course, MIX, 7)
    assert ("mix", "The mix makes 8 items; 7 are drawn.", False) in found(course)


def test_the_bank_has_what_the_mix_draws(course):
    with_mix(course, MIX.replace("match = 1", "match = 2"), 9)
    assert ("mix.match", "2 items of type match are drawn; the bank has 1.", False) in found(course)


def test_each_type_of_the_mix_is_there_half_as_often_again(course):
    with_mix(course, "mix = {short = 2}", 2)
    warnings = [(key, message) for key, message, warning in found(course) if warning]
    assert ("mix.short", warnings[0][1]) == warnings[0] and "2 short items for 2" in warnings[0][1]


def test_an_item_of_a_type_outside_the_mix_is_never_asked(course):
    with_mix(course, "mix = {short = 1}", 1)
    keys = [key for key, message, _warning in found(course) if "never asked" in message]
    assert keys == [f"items.q0{number}" for number in (1, 2, 3, 4, 5, 6, 8)]


def test_a_type_that_does_not_exist_is_not_mixed(course):
    with_mix(course, "mix = {singel = 6}", 6)
    course.refuses(QUIZ, "mix", "mix.singel", "The key 'singel' is unknown", "'single'")


def test_a_translation_has_no_mix(course):
    course.change(RU, 'stem = "Какие', 'mix = {single = 1}\nstem = "Какие')
    course.refuses(RU, "mix", "quiz.q01.mix", "does not belong here")


def test_a_quiz_that_can_be_guessed_is_a_warning(course):
    course.change(QUIZ, "points = 5", "points = 1")
    course.change(QUIZ, "points = 3", "points = 1")
    course.refuses(QUIZ, "draw", "draw", "Whoever only guesses passes in", "Draw more", warning=True)


def test_an_outcome_that_only_the_rubric_judges_is_a_warning(course):
    course.write(QUIZ, course.read(QUIZ).replace("LO2", "LO1"))
    course.refuses(QUIZ, "[[items]]", "items", "No item asks for the outcome LO2", warning=True)


def test_an_outcome_may_do_without_a_criterion(course):
    course.write(RUBRIC, course.read(RUBRIC).replace("LO2", "LO1"))
    assert course.check() == []


def test_options_are_explained_one_by_one(course):
    course.change(QUIZ, 'why = {a = "Too many.", b = "Right.", c = "Too few."}', 'why = {all = "Some."}')
    course.change(RU, 'why = {a = "Много.", b = "Верно.", c = "Мало."}', 'why = {all = "Некоторые."}')
    course.refuses(QUIZ, '"Some."', "items.q01.why", "One text explains all options", warning=True)


@pytest.mark.parametrize(
    ("name", "old", "new", "key"),
    [
        (QUIZ, 'c = "None"}', 'c = "all"}', "items.q01.options.c"),
        (QUIZ, 'r2 = "Record"', 'r2 = "Opinion "', "items.q04.right.r2"),
        (RU, 'c = "Никакие из них"', 'c = "все"', "quiz.q01.options.c"),
    ],
)
def test_options_differ_in_every_language(course, name, old, new, key):
    course.change(name, old, new)
    found = [(one.file, one.line, one.key) for one in course.check() if "the same text as" in one.message]
    assert found == [(name, course.line(name, new), key)]


@pytest.mark.parametrize(
    ("name", "old", "new", "at", "key"),
    [
        (QUIZ, 'b = "Some"', 'b = "Some of them"', "[[items]]", "items"),
        (RU, 'b = "Некоторые"', 'b = "Некоторые из всех дел"', "[quiz.q01]", "quiz"),
    ],
)
def test_the_right_option_is_seldom_the_longest(course, name, old, new, at, key):
    course.change(name, old, new)
    course.refuses(name, at, key, "In 1 of 1 single-choice items the right option is the longest", warning=True)


def test_of_two_equally_long_options_neither_is_the_longest(course):
    course.change(QUIZ, 'b = "Some"', 'b = "Both"')
    files = course.load().files["m2-challenge"]
    assert measure(files, Lang.EN).longest == {
        Lang.EN: (0, 1),
        Lang.RU: (0, 1),
        Lang.UZ_CYRL: (0, 0),
        Lang.UZ_LATN: (0, 0),
    }
