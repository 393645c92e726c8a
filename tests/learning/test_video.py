"""A lesson's video as its readers meet it: size first, captions in their language, piece by piece, behind the door."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from diploma.cohorts import service as cohorts
from diploma.cohorts.models import Cohort
from diploma.core import clock
from diploma.core.lang import LANGS, Lang
from diploma.learning import catalogue, publisher, video_views
from tests import film
from tests.world import M2

LESSON = f"/modules/{M2}/lessons/{film.LESSON}"
VIDEO, CAPTIONS = f"{LESSON}/video/{film.FILE}", f"{LESSON}/video/counter.ar.vtt"
SHOWN = f"{LESSON}?video=shown"


@pytest.fixture
def video(filmed: bytes) -> bytes:
    """The bytes of a video in the first lesson."""
    return filmed


@pytest.fixture
def aziza(video: bytes, world: Any, browser_of: Any) -> Any:
    return browser_of(world.trainee)


# ---- publication


def test_a_video_is_a_new_revision_and_publishing_it_again_changes_nothing(
    world: Any, video: bytes, unit: Any, filmed_course: Path
) -> None:
    with unit():
        again = publisher.publish(filmed_course)
        assert (again.new_edition, again.new_revision, again.edition, again.revision) == (False, False, 1, 2)


def test_other_bytes_under_the_same_name_are_a_new_revision(video: bytes, unit: Any, filmed_course: Path) -> None:
    lesson = filmed_course / "modules" / M2 / "lessons" / film.LESSON
    (lesson / film.FILE).write_bytes(film.webm(3))
    with unit():
        assert publisher.publish(filmed_course).revision == 3


def test_the_bytes_are_in_the_store_by_their_digest(video: bytes, app: Any, reading: Any) -> None:
    with reading():
        content = catalogue.latest()
        assert content
        found = content.video(M2, content.modules[M2].lessons[0])
        assert found and (found.size, found.minutes) == (len(video), 1)
        assert app.extensions["files"].read(found.files[film.FILE]) == video
        assert list(found.captions) == list(LANGS)
        assert content.video(M2, content.modules[M2].lessons[1]) is None


# ---- the page


def test_a_lesson_tells_what_its_video_costs_and_asks_for_nothing(aziza: Any) -> None:
    page = aziza.get(LESSON, query_string={"lang": "en"}).text
    assert "At the counter" in page and "13 kB, captions in 5 languages. Nothing in the lesson depends on it." in page
    assert "<video" not in page and f"{LESSON}/video/" not in page
    assert f'href="{SHOWN}#lesson-video"' in page


def test_a_lesson_without_a_video_says_nothing_of_one(aziza: Any) -> None:
    page = aziza.get(f"/modules/{M2}/lessons/02-evidence-and-assumptions?video=shown&lang=en").text
    assert "lesson-video" not in page


def test_the_player_has_captions_in_all_languages_and_begins_with_the_readers(aziza: Any) -> None:
    for lang in LANGS:
        page = aziza.get(LESSON, query_string={"lang": lang.value, "video": "shown"}).text
        tracks = re.findall(r'<track kind="captions" src="([^"]+)" srclang="([^"]+)" label="[^"]+"( default)?>', page)
        assert [one for _src, one, _default in tracks] == [one.value for one in LANGS]
        assert [one for _src, one, default in tracks if default] == [lang.value]
        assert film.TITLES[lang] in page and 'preload="none"' in page and "poster" not in page
    for src, one, _default in tracks:
        assert film.SAID[Lang(one)] in aziza.get(src, buffered=True).text


def test_the_second_language_stays_when_the_video_is_shown(aziza: Any) -> None:
    page = aziza.get(LESSON, query_string={"lang": "en", "alt": "ar"}).text
    assert f"{LESSON}?alt=ar&amp;video=shown#lesson-video" in page


def test_on_paper_a_video_is_a_title_and_no_player(aziza: Any) -> None:
    page = aziza.get(f"/modules/{M2}/print", query_string={"lang": "ru"}).text
    assert film.TITLES[Lang.RU] in page and "<video" not in page


# ---- the bytes


def test_the_whole_video_comes_as_what_it_is(aziza: Any, video: bytes) -> None:
    answer = aziza.get(VIDEO, buffered=True)
    assert (answer.status_code, answer.data, answer.mimetype) == (200, video, "video/webm")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Accept-Ranges"] == "bytes"
    assert answer.headers["Cache-Control"] == "private, max-age=86400"


def test_captions_come_as_what_they_are(aziza: Any) -> None:
    answer = aziza.get(CAPTIONS, buffered=True)
    assert answer.content_type == "text/vtt; charset=utf-8" and film.SAID[Lang.AR] in answer.text


def test_a_player_gets_the_part_that_it_asks_for_and_no_more_than_a_piece(
    aziza: Any, video: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(video_views, "PIECE", 1000)
    size = len(video)
    for asked, first, last in (
        ("0-99", 0, 99),
        ("100-", 100, 1099),
        ("-50", size - 50, size - 1),
        ("0-99999", 0, 999),
        (f"{size - 10}-", size - 10, size - 1),
    ):
        answer = aziza.get(VIDEO, buffered=True, headers={"Range": f"bytes={asked}"})
        assert (answer.status_code, answer.data) == (206, video[first : last + 1]), asked
        assert answer.headers["Content-Range"] == f"bytes {first}-{last}/{size}"


def test_a_piece_is_whole_in_memory_so_that_a_slow_line_holds_no_thread(app: Any, tmp_path: Path) -> None:
    path = tmp_path / film.FILE
    path.write_bytes(film.webm(3))
    with app.test_request_context(headers={"Range": "bytes=0-"}):
        assert not video_views.part(path, film.FILE, "0" * 64).is_streamed


def test_a_part_that_is_not_there_is_refused(aziza: Any) -> None:
    assert [
        aziza.get(VIDEO, buffered=True, headers={"Range": f"bytes={one}"}).status_code for one in ("99999-", "0-1,4-5")
    ] == [416, 416]


def test_what_a_player_has_is_not_sent_again(aziza: Any) -> None:
    seen = aziza.get(VIDEO, buffered=True).headers["ETag"]
    assert aziza.get(VIDEO, buffered=True, headers={"If-None-Match": seen}).status_code == 304
    assert aziza.get(VIDEO, buffered=True, headers={"Range": "bytes=0-9", "If-Range": seen}).status_code == 206
    assert aziza.get(VIDEO, buffered=True, headers={"Range": "bytes=0-9", "If-Range": '"other"'}).status_code == 200


# ---- the door


def test_a_visitor_is_asked_to_sign_in(video: bytes, client: Any) -> None:
    assert client.get(VIDEO).status_code in (302, 401)


def test_who_reads_other_texts_finds_no_video(video: bytes, world: Any, browser_of: Any) -> None:
    salem = browser_of(world.other_trainee)
    assert [salem.get(one).status_code for one in (LESSON, VIDEO, CAPTIONS)] == [200, 404, 404]


def test_a_shut_module_shuts_its_videos(aziza: Any, world: Any, unit: Any) -> None:
    with unit() as session:
        cohort = session.scalar(select(Cohort).where(Cohort.slug == world.cohort))
        now = clock.now()
        dates = [now + timedelta(days=days) for days in (1, 9, 23)]
        cohorts.set_module_dates(cohort, cohorts.ModuleDates(M2, *dates))
    assert [aziza.get(one).status_code for one in (LESSON, VIDEO, CAPTIONS)] == [403, 403, 403]


def test_staff_see_it_as_they_see_the_lesson(video: bytes, world: Any, browser_of: Any) -> None:
    assert browser_of(world.instructor).get(VIDEO, buffered=True).status_code == 200


def test_only_the_lessons_own_files_are_there(aziza: Any) -> None:
    other, gone = f"/modules/{M2}/lessons/02-evidence-and-assumptions", f"/modules/{M2}/lessons/gone"
    here = [f"{LESSON}/video/{name}" for name in ("other.webm", "counter.de.vtt", "..%2Fen.md", "counter")]
    for address in (*here, f"{other}/video/{film.FILE}", f"{gone}/video/{film.FILE}"):
        assert aziza.get(address).status_code == 404, address
