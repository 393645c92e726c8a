"""A video beside a lesson: which files the checker refuses, where, and for which reason."""

from pathlib import Path

import pytest

from diploma.core.lang import Lang
from diploma.learning.authoring import video_checks
from tests import film
from tests.learning.sample import FOLDER, LESSON_EN, LESSON_RU, MODULE, Course

LESSON = f"{FOLDER}/lessons/01-listen"
CAPTIONS = f"{LESSON}/counter.ru.vtt"
NAMED = 'file = "counter.webm"'


@pytest.fixture
def course(tmp_path: Path) -> Course:
    """The sample with a video; the languages of its module are English, Russian and Uzbek in Cyrillic."""
    made = Course(tmp_path)
    film.put_into(tmp_path / LESSON, 2, [Lang.EN, Lang.RU, Lang.UZ_CYRL])
    return made


def test_a_video_with_captions_in_every_language_of_the_module_is_good(course: Course) -> None:
    assert course.check() == []


def test_captions_in_a_further_language_are_welcome(course: Course) -> None:
    course.write(f"{LESSON}/counter.ar.vtt", film.vtt(Lang.AR, 2))
    assert course.check() == []


def test_an_mp4_is_known_by_its_bytes(course: Course) -> None:
    for path in (course.root / LESSON).glob("counter.*"):
        path.rename(path.with_name(path.name.replace(".webm", ".mp4")))
    course.change(LESSON_EN, "counter.webm", "counter.mp4")
    course.refuses(LESSON_EN, "file = ", "video.file", "not what its ending says: .mp4", "Export")
    (course.root / LESSON / "counter.mp4").write_bytes(b"\0\0\0\x20ftypisom")
    assert course.check() == []


@pytest.mark.parametrize("name", ["counter.ru.vtt", "counter.en.vtt"])
def test_a_language_without_captions_is_named(course: Course, name: str) -> None:
    (course.root / LESSON / name).unlink()
    lang = name.split(".")[1]
    course.refuses(LESSON_EN, NAMED, "video.file", f"There are no captions in {lang}.", f"Write {name}")


def test_a_new_language_of_the_module_asks_for_captions(course: Course) -> None:
    course.change(MODULE, 'ru = "draft"', 'ru = "draft"\nar = "draft"')
    course.refuses(LESSON_EN, NAMED, "video.file", "There are no captions in ar.")


def test_a_slip_in_captions_is_told_in_their_file(course: Course) -> None:
    course.change(CAPTIONS, "00:01.000 --> 00:02.000", "00:01.000 -> 00:02.000")
    course.refuses(CAPTIONS, "00:01.000 ->", "", "does not say from when")


def test_captions_in_another_script_are_told_in_their_line(course: Course) -> None:
    course.change(CAPTIONS, film.SAID[Lang.RU], film.SAID[Lang.EN])
    course.refuses(CAPTIONS, film.SAID[Lang.EN], "", "This text is in Latin letters")


def test_captions_that_are_not_in_utf_8_are_told(course: Course) -> None:
    text = film.vtt(Lang.RU, 2)
    (course.root / CAPTIONS).write_bytes(text.encode("cp1251"))
    assert [(one.file, one.message) for one in course.check()] == [(CAPTIONS, "The file is not written in UTF-8.")]


def test_a_missing_file_is_told_where_it_is_named(course: Course) -> None:
    (course.root / LESSON / "counter.webm").unlink()
    course.refuses(LESSON_EN, NAMED, "video.file", "There is no such file in the lesson's folder.")


def test_a_file_that_is_too_large_is_refused(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(video_checks, "LARGEST", 0)
    course.refuses(LESSON_EN, NAMED, "video.file", "The file is larger than 0 MB.", "on phones")


@pytest.mark.parametrize("name", ["../counter.webm", "Counter.webm", "counter.mov", "counter", ".webm"])
def test_a_name_that_is_no_name_of_a_video_is_refused(course: Course, name: str) -> None:
    course.change(LESSON_EN, "counter.webm", name)
    course.refuses(LESSON_EN, "file = ", "video.file", "ending in .mp4 or .webm")


def test_a_file_that_no_lesson_names_is_refused(course: Course) -> None:
    (course.root / LESSON / "other.webm").write_bytes(film.webm(1))
    found = course.check()
    assert [(one.file, one.line) for one in found] == [(f"{LESSON}/other.webm", 1)]
    assert "belongs to no video" in found[0].message


def test_files_of_a_lesson_without_a_video_are_refused(tmp_path: Path) -> None:
    course = Course(tmp_path)
    (tmp_path / LESSON / "counter.webm").write_bytes(film.webm(1))
    assert [one.hint for one in course.check()] == ["Name it in en.md under [video], or remove it."]


def test_a_video_in_the_folder_of_no_lesson_is_refused(course: Course) -> None:
    stray = course.root / FOLDER / "lessons" / "09-gone" / "counter.webm"
    stray.parent.mkdir()
    stray.write_bytes(film.webm(1))
    assert ["'09-gone' is not in module.toml" in one.message for one in course.check()] == [True]


def test_a_translation_without_the_title_is_refused(course: Course) -> None:
    title = f'[video]\ntitle = "{film.TITLES[Lang.RU]}"\n'
    course.change(LESSON_RU, title, "")
    course.refuses(LESSON_RU, "title = ", "", "The title of the video is missing.", "[video]")


def test_a_translation_names_no_file(course: Course) -> None:
    course.change(LESSON_RU, "[video]\n", f"[video]\n{NAMED}\n")
    course.refuses(LESSON_RU, NAMED, "video.file", "does not belong here", "once, in the source")


def test_a_title_of_no_video_is_refused(tmp_path: Path) -> None:
    course = Course(tmp_path)
    course.change(LESSON_RU, 'status = "draft"', 'status = "draft"\n[video]\ntitle = "Окно"')
    course.refuses(LESSON_RU, "[video]", "video", "The source has no video.")


def test_the_numbers_of_a_title_are_those_of_the_source(course: Course) -> None:
    course.change(LESSON_EN, film.TITLES[Lang.EN], "Three visits, 3 papers")
    course.change(LESSON_RU, film.TITLES[Lang.RU], "Три похода, 4 бумаги")
    assert [(one.file, one.key) for one in course.check() if "numbers differ" in one.message] == [
        (LESSON_RU, "video.title")
    ]
