"""Reports, hiding and closing: what the staff do, and that what they hide is nowhere to be read."""

from typing import Any

import pytest
from sqlalchemy import func, select

from diploma.core.audit import AuditEvent
from diploma.core.errors import Refused
from diploma.discussions import service
from diploma.discussions.models import Post, PostReport, Thread
from tests.conftest import Client
from tests.discussions.conftest import FORUM, answered, mails, opened, user
from tests.world import World

SECRET = "40 daqiqa"


def post_address(talk: dict[str, int], post: str = "answer") -> str:
    return f"{FORUM}/{talk['thread']}/posts/{talk[post]}"


def hide(browser: Client, talk: dict[str, int], reason: str = "Shaxsiy maʼlumot", post: str = "answer") -> Any:
    return browser.send(f"{post_address(talk, post)}/hide", {"reason": reason})


# ---- reports


def test_a_report_waits_for_the_staff_with_its_reason(talk: dict[str, int], aziza: Client, instructor: Client) -> None:
    aziza.send(f"{post_address(talk)}/report", {"reason": "Rude <b>words</b>"})
    page = instructor.get(f"{FORUM}/reports").text
    assert "Rude &lt;b&gt;words" in page and "Aziza Karimova" in page and SECRET in page
    assert 'Reports <span class="num">1</span>' in instructor.get(FORUM).text


def test_neither_trainees_nor_other_staff_see_a_report(
    talk: dict[str, int], aziza: Client, bobur: Client, english: Any, world: World
) -> None:
    aziza.send(f"{post_address(talk)}/report", {"reason": "Rude words"})
    assert bobur.get(f"{FORUM}/reports").status_code == 403
    assert english(world.other_instructor).get(f"{FORUM}/reports").status_code == 404
    assert "Rude words" not in bobur.get(f"{FORUM}/{talk['thread']}").text


def test_a_person_reports_a_post_once(talk: dict[str, int], aziza: Client, reading: Any) -> None:
    for _ in range(2):
        aziza.send(f"{post_address(talk)}/report", {"reason": "Rude words"})
    assert "You have reported this post" in aziza.get(f"{FORUM}/{talk['thread']}").text
    with reading() as session:
        assert session.scalar(select(func.count(PostReport.id))) == 1


def test_a_flood_of_reports_ends_after_ten(talk: dict[str, int], unit: Any, world: World, aziza: Client) -> None:
    with unit() as session:
        thread = session.get_one(Thread, talk["thread"])
        posts = [answered(thread, f"Javob {number}", by=world.trainee_2) for number in range(11)]
        for one in posts[:10]:
            service.report(one, "x", by=user(world.trainee))
        last = posts[10].id
    answer = aziza.send(f"{FORUM}/{talk['thread']}/posts/{last}/report", {"reason": "Kept words"})
    assert answer.status_code == 429 and "Kept words" in answer.text


def test_nobody_reports_their_own_post(talk: dict[str, int], bobur: Client) -> None:
    assert bobur.send(f"{post_address(talk)}/report", {"reason": "x"}).status_code == 409


def test_what_was_taken_back_after_a_report_is_still_judged_by_the_staff(
    talk: dict[str, int], aziza: Client, bobur: Client, instructor: Client
) -> None:
    aziza.send(f"{post_address(talk)}/report", {"reason": "Rude words"})
    bobur.send(f"{post_address(talk)}/take-back")
    assert SECRET in instructor.get(f"{FORUM}/reports").text


def test_a_dismissed_report_leaves_the_queue_and_the_post_stays(
    talk: dict[str, int], aziza: Client, instructor: Client, reading: Any
) -> None:
    aziza.send(f"{post_address(talk)}/report", {"reason": "Rude words"})
    instructor.send(f"{FORUM}/reports/1/dismiss", page=f"{FORUM}/reports")
    assert "Rude words" not in instructor.get(f"{FORUM}/reports").text
    assert SECRET in aziza.get(f"{FORUM}/{talk['thread']}").text
    with reading() as session:
        assert "report.dismissed" in session.scalars(select(AuditEvent.kind)).all()


# ---- hiding


def test_readers_see_who_hid_a_post_and_why_and_the_staff_also_what(
    talk: dict[str, int], aziza: Client, bobur: Client, instructor: Client, coordinator: Client
) -> None:
    hide(instructor, talk)
    for browser in (aziza, bobur):  # its own writer too
        page = browser.get(f"{FORUM}/{talk['thread']}").text
        assert "Instructor uz" in page and "Shaxsiy maʼlumot" in page and SECRET not in page
    assert SECRET in coordinator.get(f"{FORUM}/{talk['thread']}").text


def test_hiding_closes_the_reports_and_showing_again_brings_the_text_back(
    talk: dict[str, int], aziza: Client, instructor: Client
) -> None:
    aziza.send(f"{post_address(talk)}/report", {"reason": "Rude words"})
    hide(instructor, talk)
    assert "Rude words" not in instructor.get(f"{FORUM}/reports").text
    instructor.send(f"{post_address(talk)}/show", page=f"{FORUM}/{talk['thread']}")
    assert SECRET in aziza.get(f"{FORUM}/{talk['thread']}").text


def test_a_hidden_post_is_found_by_no_search_and_told_in_no_mail(
    talk: dict[str, int], aziza: Client, instructor: Client, unit: Any, work_off: Any, world: World
) -> None:
    hide(instructor, talk)
    assert "Очередь у окна" not in aziza.get(f"{FORUM}?q=daqiqa").text
    assert "Очередь у окна" not in instructor.get(f"{FORUM}?q=daqiqa").text
    work_off()
    with unit():
        assert [one for one in mails() if SECRET in one["body"]] == []


def test_the_title_of_a_hidden_opening_is_hidden_everywhere(
    talk: dict[str, int], bobur: Client, instructor: Client, unit: Any, work_off: Any, world: World
) -> None:
    hide(instructor, talk, post="first")
    with unit() as session:
        answered(session.get_one(Thread, talk["thread"]), "Yana", by=world.instructor)
    for path in (FORUM, f"{FORUM}/{talk['thread']}", f"{FORUM}?q=ochered", f"{FORUM}/{talk['thread']}?answer=1"):
        assert "Очередь" not in bobur.get(path).text, path
    work_off()
    with unit():
        assert [one for one in mails() if "Очередь" in one["body"] + one["subject"]] == []


def test_a_hidden_post_is_neither_changed_nor_taken_back_by_its_writer(
    talk: dict[str, int], bobur: Client, instructor: Client
) -> None:
    hide(instructor, talk)
    assert SECRET not in bobur.get(f"{post_address(talk)}/edit").text
    assert bobur.send(f"{post_address(talk)}/edit", {"text": "x", "language": "en"}).status_code == 409
    assert bobur.send(f"{post_address(talk)}/take-back").status_code == 409


def test_hiding_needs_a_reason_in_the_form_and_in_the_rule(
    talk: dict[str, int], instructor: Client, unit: Any, world: World
) -> None:
    assert hide(instructor, talk, reason=" ").status_code == 422
    with unit() as session, pytest.raises(Refused):
        service.hide(session.get_one(Post, talk["answer"]), " ", by=user(world.instructor))


def test_a_trainee_neither_hides_nor_closes(talk: dict[str, int], aziza: Client) -> None:
    address = f"{FORUM}/{talk['thread']}"
    assert hide(aziza, talk).status_code == 403
    assert aziza.send(f"{address}/lock", {"lock": "1"}, page=address).status_code == 403


def test_a_child_outside_its_parent_is_not_found(
    talk: dict[str, int], instructor: Client, unit: Any, world: World
) -> None:
    with unit():
        other = opened("Boshqa", "Matn", by=world.trainee)
        abroad = opened("خارج", "نص", by=world.other_trainee, slug="ae-1")
        ids = (other.id, abroad.id)
    for thread in ids:
        wrong = f"{FORUM}/{thread}/posts/{talk['answer']}"
        assert instructor.send(f"{wrong}/hide", {"reason": "x"}).status_code == 404
        assert instructor.send(f"{wrong}/report", {"reason": "x"}).status_code == 404
    assert instructor.get(f"{FORUM}/{ids[1]}").status_code == 404
