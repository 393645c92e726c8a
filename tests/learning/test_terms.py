"""The agreed terms in translations."""

import pytest

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
