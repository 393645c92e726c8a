"""``glossary.toml`` and its translations: read, checked, accepted."""

import pytest

from diploma.core.lang import Lang
from diploma.learning import freshness
from diploma.learning.lexicon import written_forms
from tests.learning.sample import Course

SOURCE, RU = "glossary.toml", "glossary/ru.toml"
ENGLISH = """format = 1

[[entries]]
id = "challenge"
term = "challenge"
meaning = "What a team works on."

[[entries]]
id = "weight"
term = "weight"
meaning = "How much a criterion counts."
forms = []
"""
RUSSIAN = """status = "draft"

[entries.challenge]
term = "вызов"
meaning = "То, над чем работает команда."
forms = ["вызов", "вызова", "вызову"]

[entries.weight]
term = "вес"
meaning = "Доля критерия в общем результате."
"""


@pytest.fixture
def course(tmp_path):
    made = Course(tmp_path)
    made.write(SOURCE, ENGLISH)
    made.write(RU, RUSSIAN)
    return made


def test_a_good_glossary_is_read_with_its_translations(course):
    loaded = course.load()
    assert course.check() == []
    assert loaded.texts["glossary"][Lang.EN]["glossary/challenge/term"] == "challenge"
    assert loaded.texts["glossary"][Lang.RU]["glossary/weight/meaning"] == "Доля критерия в общем результате."
    assert loaded.status["glossary"][Lang.RU] == "draft"


def test_a_course_may_do_without_a_glossary(tmp_path):
    assert Course(tmp_path).load().glossary is None


def test_the_forms_of_a_term_are_those_that_stand_there_else_the_usual_ones(course):
    files = course.load().glossary
    assert written_forms(files, Lang.EN) == {"challenge": ["challenge", "challenges"], "weight": []}
    assert written_forms(files, Lang.RU) == {"challenge": ["вызов", "вызова", "вызову"], "weight": ["вес*"]}
    assert written_forms(files, Lang.AR) == {}


@pytest.mark.parametrize(
    ("name", "old", "new", "at", "key", "message"),
    [
        (SOURCE, 'term = "weight"', 'therm = "weight"', "therm", "entries.weight.therm", "unknown"),
        (SOURCE, "forms = []", 'forms = ["a  b"]', "forms", "entries.weight.forms.1", "Expected words"),
        (SOURCE, "forms = []", 'forms = ["mass"]', "forms", "entries.weight.forms", "None of these forms finds"),
        (SOURCE, 'term = "weight"', 'term = "Challenge"', 'term = "Challenge"', "entries.weight.term", "too"),
        (SOURCE, 'id = "weight"', 'id = "challenge" # 2', "# 2", "entries.challenge.id", "stands twice"),
        (SOURCE, 'meaning = "What', 'meaning = "<b>What', "<b>", "entries.challenge.meaning", "HTML is not used"),
        (RU, '"вызову"]', '"вызoву"]', "forms", "entries.challenge.forms.3", "mixes scripts"),
        (RU, "Доля критерия", "2 доли критерия", "2 доли", "entries.weight.meaning", "numbers differ"),
        (RU, "[entries.weight]", "[entries.wait]", "entries.wait", "entries.wait", "no glossary/wait"),
        (RU, 'status = "draft"', 'status = "new"', "status", "status", "Expected one of"),
    ],
)
def test_a_slip_is_named_with_file_line_and_key(course, name, old, new, at, key, message):
    course.change(name, old, new)
    found = [one for one in course.check() if one.file == name and message in one.message]
    assert [(one.line, one.key) for one in found][:1] == [(course.line(name, at), key)], course.check()


def test_a_file_of_another_name_is_refused(course):
    course.write("glossary/fr.toml", RUSSIAN)
    course.refuses("glossary/fr.toml", "status", "", "not part of the glossary", "ru.toml")


def test_a_translation_is_fresh_from_its_acceptance_until_the_source_changes(course):
    state = freshness.State
    assert set(freshness.state(course.load(), "glossary", Lang.RU).values()) == {state.STALE}
    freshness.accept(course.root, "glossary", Lang.RU)
    assert set(freshness.state(course.load(), "glossary", Lang.RU).values()) == {state.FRESH}
    course.change(SOURCE, "What a team works on", "What one team works on")
    states = freshness.state(course.load(), "glossary", Lang.RU)
    assert [key for key, one in states.items() if one is state.STALE] == ["glossary/challenge/meaning"]
