"""Every text of a module has its place in the files of each language."""

from typing import Any

import pytest

from config import ROOT
from diploma.core.lang import LANGS, Lang
from diploma.learning.authoring.lessonfile import LessonFile
from diploma.learning.loader import load
from diploma.learning.translation.places import files_of, named, overlay_path, places, title
from diploma.learning.translation.standing import modules
from tests.learning.sample import FOLDER, LESSON_RU, MODULE_ID, RU, Course


@pytest.fixture(params=["the real course", "the sample"])
def loaded(request: pytest.FixtureRequest, course: Course) -> Any:
    return load(ROOT / "courses" / "gid") if request.param == "the real course" else course.load()


def test_a_key_leads_to_where_translations_stand(loaded: Any) -> None:
    """A new kind of text whose overlay has other steps than its key needs a line in ``overlay_path``."""
    for module in modules(loaded):
        for lang, file in files_of(loaded, module).overlays.items():
            there = [one for one in files_of(loaded, module).passages[lang] if one.file is file]
            assert {one.key: overlay_path(one.key) for one in there} == {one.key: one.path for one in there}


def test_a_missing_text_gets_the_place_that_it_has_in_another_language(loaded: Any) -> None:
    for module in modules(loaded):
        for lang in set(LANGS) - {Lang.EN}:
            files = files_of(loaded, module)
            before, there = places(loaded, module, lang), files.passages.pop(lang, [])
            empty = places(loaded, module, lang)
            files.passages[lang] = there
            found = {key: (one.file, one.path) for key, one in empty.items()}
            assert found == {key: (one.file, one.path) for key, one in before.items()}


def test_sections_are_told_from_keys(loaded: Any) -> None:
    for module in modules(loaded):
        for one in files_of(loaded, module).passages[Lang.EN]:
            assert places(loaded, module, Lang.RU)[one.key].section is isinstance(one.file, LessonFile)


def test_a_text_is_named_by_its_lesson_and_anchor_or_by_its_key(course: Course) -> None:
    known = places(course.load(), MODULE_ID, Lang.RU)
    assert title("lessons/01-listen/why", known["lessons/01-listen/why"]) == "01-listen#why"
    assert title("lessons/01-listen/title", known["lessons/01-listen/title"]) == "lessons/01-listen/title"
    assert [*named("01-listen#why", known)] == [*named("lessons/01-listen/why", known)] == ["lessons/01-listen/why"]
    assert [*named("01-listen#title", known)] == [] == [*named("why", known)]


def test_the_file_of_a_text_is_its_languages_own(course: Course) -> None:
    known = places(course.load(), MODULE_ID, Lang.RU)
    assert {one.file for one in known.values()} == {RU, LESSON_RU, f"{FOLDER}/workshops/w1/ru.md"}
    arabic = places(course.load(), MODULE_ID, Lang.AR)
    assert {one.file for one in arabic.values()} == {
        f"{FOLDER}/{name}" for name in ("ar.toml", "lessons/01-listen/ar.md", "workshops/w1/ar.md")
    }
