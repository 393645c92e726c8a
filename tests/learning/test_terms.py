"""The agreed terms in translations."""

import pytest

from diploma.core.finding import letters
from diploma.learning.authoring.phrases import agreed
from tests.learning.sample import LESSON_LATN, LESSON_RU, QUIZ, RU, Course

ENGLISH = """format = 1
[[entries]]
id = "list"
term = "list"
meaning = "What stands one under the other."

[[entries]]
id = "short_list"
term = "short list"
meaning = "The best of it."

[[entries]]
id = "owner"
term = "owner"
meaning = "Whose it is."
forms = []
"""
RUSSIAN = """status = "draft"
[entries.list]
term = "список"
meaning = "То, что стоит одно под другим."

[entries.short_list]
term = "краткий перечень"
meaning = "Лучшее из него."

[entries.owner]
term = "хозяин"
meaning = "Чьё это."
"""


@pytest.fixture
def course(tmp_path):
    made = Course(tmp_path)
    made.write("glossary.toml", ENGLISH)
    made.write("glossary/ru.toml", RUSSIAN)
    return made


def test_a_translation_with_the_agreed_terms_is_good(course):
    assert course.check() == []


def test_a_term_that_is_translated_otherwise_is_a_warning(course):
    course.change(LESSON_RU, "Вот список.", "Вот перечень.")
    message = "The source says «list»; the agreed «список» is absent here"
    course.refuses(LESSON_RU, "## Где", "where", message, "glossary/ru.toml", warning=True)


def test_a_term_in_another_section_does_not_help(course):
    course.change(LESSON_RU, "Вот список.", "Вот перечень.")
    course.change(LESSON_RU, "Около", "Список. Около")
    assert [(one.file, one.key) for one in course.check()] == [(LESSON_RU, "where")]


def test_a_longer_term_is_not_also_the_shorter_one(course):
    course.change("modules/m2-challenge/lessons/01-listen/en.md", "Here is the list.", "Here is the short list.")
    course.change(LESSON_RU, "Вот список.", "Вот краткий перечень.")
    assert course.check() == []


def test_a_word_that_is_not_marked_is_not_asked_for(course):
    assert "owners" in course.read("modules/m2-challenge/lessons/01-listen/en.md")
    assert course.check() == []


def test_a_language_without_a_glossary_is_not_asked(course):
    assert "roʻyxat" in course.read(LESSON_LATN).lower()
    course.change(LESSON_LATN, "Roʻyxat shu yerda.", "U shu yerda.")
    assert course.check() == []


def test_the_texts_of_a_question_count_together(course):
    course.change(QUIZ, "Which of 120 files?", "Which list of 120 files?")
    course.change(RU, 'c = "Никакие из них"', 'c = "Это не список дел"')
    assert course.check() == []
    course.change(RU, "не список дел", "не перечень дел")
    course.refuses(RU, "Какие из 120", "quiz.q01.stem", "the agreed «список» is absent", warning=True)


def test_a_term_that_is_not_marked_in_the_translation_is_still_the_agreed_one(course):
    course.change("glossary/ru.toml", 'term = "список"', 'term = "список"\nforms = []')
    assert course.check() == []
    course.change(LESSON_RU, "Вот список.", "Вот перечень.")
    assert [(one.file, one.key) for one in course.check()] == [(LESSON_RU, "where")]


# ---- what the style file adds

STYLE = """format = 1

[also.ru]
list = ["перечень"]

[[terms]]
en = ["here is"]
ru = ["вот"]

[[terms]]
en = ["three times"]
"""


@pytest.fixture
def styled(course):
    course.write("style.toml", STYLE)
    return course


def test_another_word_may_be_right_though_it_is_not_marked(styled):
    styled.change(LESSON_RU, "Вот список.", "Вот перечень.")
    assert styled.check() == []


def test_a_term_may_be_agreed_without_an_entry(styled):
    styled.change(LESSON_RU, "Вот список.", "Это список.")
    styled.refuses(LESSON_RU, "## Где", "where", "The source says «here is»; the agreed «вот» is absent", warning=True)


def test_a_phrase_that_is_no_term_hides_the_term_in_it(styled):
    styled.change("modules/m2-challenge/lessons/01-listen/en.md", "Here is the list.", "Here is the price list.")
    styled.change(LESSON_RU, "Вот список.", "Вот цены.")
    assert [one.key for one in styled.check()] == ["where"]
    styled.change("style.toml", '"three times"', '"three times", "price list"')
    assert styled.check() == []


def test_the_style_file_adds_to_entries_that_exist(styled):
    styled.change("style.toml", "list = [", "lisst = [")
    styled.refuses("style.toml", "lisst", "also.ru.lisst", "There is no entry 'lisst'", "'list'")


@pytest.mark.parametrize(
    ("form", "text", "there"),
    [
        ("التحدي", "نشرت الجهة تحديها", True),
        ("صياغة التحدي", "أقرب إلى صياغة تحدٍّ", True),
        ("التطبيق التجريبي", "التطبيقات التجريبية", True),
        ("الإدارة", "مديرا إدارتين", True),
        ("نافذة الخدمة", "نافذة الرخص", False),
        ("حد", "يتحدث", False),
        ("вызов", "вызовы", False),
    ],
)
def test_an_arabic_term_is_there_with_any_ending(form, text, there):
    assert agreed(form).within(letters(text)) is there
