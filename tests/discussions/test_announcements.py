"""Announcements: languages, times, pins, mails, changes, withdrawal, unread ones."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from diploma.cohorts.models import EnrolmentState
from diploma.core import clock
from diploma.core.lang import Lang
from diploma.discussions import announcements as service
from diploma.discussions.announcements import Plan
from diploma.discussions.models import Announcement
from tests.conftest import Client
from tests.discussions.conftest import cohort, key, mails, user
from tests.world import World

PAGE = "/cohorts/uz-1/announcements"
TEXTS = {
    "uz-Cyrl": {"title": "Семинар кўчирилди", "text": "Эртага соат 10:00 да."},
    "en": {"title": "Workshop moved", "text": "Tomorrow at 10:00."},
}
FORM = {"heading_en": "Workshop moved", "text_en": "Tomorrow at 10:00.", "module": ""}


def announced(by: str, slug: str = "uz-1", **more: Any) -> Announcement:
    plan = Plan(more.pop("texts", TEXTS), **more)
    return service.announce(cohort(slug), plan, key=key(), by=user(by))


def test_each_reader_gets_their_language_or_the_nearest_with_its_name(world: World, unit: Any, browser_of: Any) -> None:
    with unit():
        announced(world.instructor)
    cyrillic = browser_of(world.trainee_2).get(PAGE).text
    latin = browser_of(world.trainee).get(PAGE).text
    assert "Семинар кўчирилди" in cyrillic and "Workshop moved" not in cyrillic
    assert "Семинар кўчирилди" in latin and '<span class="tag" lang="uz-Cyrl">Ўзбекча</span>' in latin


def test_an_instructor_writes_one_on_the_page(world: World, instructor: Client, aziza: Client) -> None:
    answer = instructor.send(f"{PAGE}/new", FORM | {"key": key(), "pinned": "1"})
    assert answer.status_code == 302
    page = aziza.get(PAGE).text
    assert "Workshop moved" in page and "Pinned" in page


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"heading_en": "", "text_en": ""}, "at least one language"),
        ({"text_en": ""}, "both a title and a text"),
        ({"heading_ar": "عنوان", "text_ar": "نص", "heading_en": "", "text_en": ""}, "at least one language"),
    ],
)
def test_what_is_not_complete_is_refused_in_words_and_kept(
    world: World, instructor: Client, form: dict[str, str], said: str
) -> None:
    answer = instructor.send(f"{PAGE}/new", FORM | form | {"key": key()})
    assert answer.status_code == 409 and said in answer.text


def test_a_form_sent_twice_is_one_announcement(world: World, instructor: Client, reading: Any) -> None:
    form = FORM | {"key": key()}
    for _ in range(2):
        instructor.send(f"{PAGE}/new", form)
    with reading() as session:
        assert session.scalar(select(func.count(Announcement.id))) == 1


def test_a_trainee_announces_nothing(world: World, aziza: Client, unit: Any) -> None:
    with unit():
        made = announced(world.instructor).id
    for path in ("new", f"{made}/edit", f"{made}/withdraw"):
        assert aziza.send(f"{PAGE}/{path}", FORM | {"key": key()}).status_code == 403


def test_what_is_for_later_is_seen_by_its_writers_only_until_then(
    world: World, unit: Any, aziza: Client, instructor: Client
) -> None:
    with unit():
        announced(world.instructor, publish_at=clock.now() + timedelta(hours=1))
    assert "Workshop moved" not in aziza.get(PAGE).text
    assert "Not published yet" in instructor.get(PAGE).text
    with clock.at(clock.now() + timedelta(hours=2)):
        assert "Workshop moved" in aziza.get(PAGE).text


def test_unread_ones_are_counted_until_they_are_seen(world: World, unit: Any, aziza: Client) -> None:
    with unit():
        announced(world.instructor)
        announced(world.instructor)
    assert "2 new" in aziza.get("/dashboard").text
    assert 'Announcements <span class="num">2</span>' in aziza.get("/cohorts/uz-1/discussions").text
    aziza.get(PAGE)
    assert "2 new" not in aziza.get("/dashboard").text


def test_a_change_is_shown_with_its_time_and_two_editors_do_not_overwrite_each_other(
    world: World, unit: Any, instructor: Client, coordinator: Client, aziza: Client
) -> None:
    with unit():
        made = announced(world.instructor).id
    form = FORM | {"key": key(), "version": "1"}
    assert instructor.send(f"{PAGE}/{made}/edit", form | {"text_en": "At noon."}).status_code == 302
    assert "At noon." in aziza.get(PAGE).text and "changed " in aziza.get(PAGE).text
    late = coordinator.send(f"{PAGE}/{made}/edit", form | {"text_en": "At nine."})
    assert late.status_code == 409 and "At nine." in late.text and "At noon." in aziza.get(PAGE).text


def test_of_a_withdrawn_one_the_reason_stays_and_not_the_text(
    world: World, unit: Any, instructor: Client, aziza: Client
) -> None:
    with unit():
        made = announced(world.instructor).id
    instructor.send(f"{PAGE}/{made}/withdraw", {"reason": "Wrong day"})
    page = aziza.get(PAGE).text
    assert "Wrong day" in page and "Instructor uz" in page and "Workshop moved" not in page


def test_a_withdrawn_one_that_was_never_published_is_not_seen(
    world: World, unit: Any, instructor: Client, aziza: Client
) -> None:
    with unit():
        made = announced(world.instructor, publish_at=clock.now() + timedelta(hours=1)).id
    instructor.send(f"{PAGE}/{made}/withdraw", {"reason": "Wrong day"})
    with clock.at(clock.now() + timedelta(hours=2)):
        assert "Wrong day" not in aziza.get(PAGE).text


def test_mails_go_to_each_once_in_their_language(world: World, unit: Any, work_off: Any) -> None:
    with unit():
        made = announced(world.instructor, by_mail=True)
        service.change(made, Plan(TEXTS, by_mail=True, pinned=True), by=user(world.instructor))
    work_off()
    with unit():
        found = {one["to"]: one for one in mails()}
        assert sorted(one["to"] for one in mails()) == [world.trainee, world.trainee_2]
        assert found[world.trainee_2]["subject"] == "Семинар кўчирилди"
        assert (
            found[world.trainee]["lang"] == "uz-Latn" and found[world.trainee]["sender"]["reply_to"] == world.instructor
        )


def test_no_mail_goes_out_before_the_time_to_who_left_or_of_a_withdrawn_one(
    world: World, unit: Any, work_off: Any, put: Any
) -> None:
    with unit():
        announced(world.instructor, by_mail=True, publish_at=clock.now() + timedelta(hours=1))
        gone = announced(world.instructor, by_mail=True)
        service.withdraw(gone, "x", by=user(world.instructor))
    put(world.trainee, EnrolmentState.WITHDRAWN)
    work_off()
    with unit():
        assert mails() == []
    with clock.at(clock.now() + timedelta(hours=2)):
        work_off()
    with unit():
        assert [one["to"] for one in mails()] == [world.trainee_2]


def test_a_reader_whose_language_is_missing_everywhere_gets_what_there_is() -> None:
    from diploma.discussions.rules import pick

    assert pick({"ar": {"title": "ع"}}, (Lang.RU, Lang.EN))[0] is Lang.AR
