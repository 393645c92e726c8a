"""The draft: saved while it is written, never lost to another window, with files that are what they say."""

import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select

from diploma.core.errors import Refused
from diploma.core.lang import Lang
from diploma.coursework import service
from diploma.coursework.models import DraftFile, Submission
from tests.conftest import Client
from tests.coursework.conftest import PAGE, TEXT, Handed, Unit, enrolment, user
from tests.coursework.samples import DOCX, JPG, PDF, PNG
from tests.world import M2, World

Open = Callable[[str], Client]
FIRST, SECOND = "1" * 20, "2" * 20


def form(text: str = TEXT, *, key: str = FIRST, base: int = 0, **more: Any) -> dict[str, Any]:
    return {"text": text, "language": "uz-Cyrl", "helpers": "Colleague K.", "key": key, "base": base, **more}


def file(data: bytes = PDF, name: str = "map.pdf") -> tuple[io.BytesIO, str]:
    return io.BytesIO(data), name


def text_of(reading: Unit, email: str) -> str:
    with reading():
        work = service.find(enrolment(email), M2)
        return work.text if work else ""


def test_looking_at_the_page_begins_no_draft(world: World, browser_of: Open, reading: Unit) -> None:
    assert browser_of(world.trainee).get(PAGE).status_code == 200
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(Submission)) == 0


def test_a_saved_draft_comes_back(world: World, browser_of: Open) -> None:
    browser = browser_of(world.trainee)
    assert browser.send(PAGE, form("The licence.\n\nIt is renewed.")).location == PAGE
    page = browser.get(PAGE).text
    assert "The licence.\n\nIt is renewed." in page and "Colleague K." in page
    assert '<option selected value="uz-Cyrl">' in page


def test_autosave_says_when_it_saved_and_how_much(world: World, browser_of: Open, reading: Unit) -> None:
    answer = browser_of(world.trainee).send(f"{PAGE}/draft", form("one two three"), page=PAGE)
    assert answer.mimetype == "text/plain"
    assert answer.text.startswith("Saved ") and answer.text.endswith("3 words")
    assert text_of(reading, world.trainee) == "one two three"


def test_a_draft_is_its_authors_alone(world: World, browser_of: Open) -> None:
    browser_of(world.trainee).send(PAGE, form("Only mine."))
    assert "Only mine." not in browser_of(world.trainee_2).get(PAGE).text


def test_a_text_without_end_is_refused(world: World, browser_of: Open, reading: Unit) -> None:
    assert browser_of(world.trainee).send(PAGE, form("x" * 60_001)).status_code == 422
    assert text_of(reading, world.trainee) == ""


def test_an_unknown_language_is_refused(world: World, browser_of: Open) -> None:
    assert browser_of(world.trainee).send(PAGE, form() | {"language": "xx"}).status_code == 422
    assert browser_of(world.trainee).send(f"{PAGE}/draft", form() | {"language": "xx"}, page=PAGE).status_code == 422


# ---- two windows


def test_another_window_does_not_overwrite_what_it_has_not_seen(world: World, browser_of: Open, reading: Unit) -> None:
    browser = browser_of(world.trainee)
    browser.send(PAGE, form("Written at the office.", key=FIRST))
    answer = browser.send(PAGE, form("Written on the phone.", key=SECOND, base=0))
    assert answer.status_code == 409
    assert "Written at the office." in answer.text and "Written on the phone." in answer.text
    assert "data-autosave" not in answer.text, "the script would replace the other text before it is read"
    assert text_of(reading, world.trainee) == "Written at the office."
    seen = re.search(r'name="base" type="hidden" value="(\d+)"', answer.text)
    assert seen and browser.send(PAGE, form("Both.", key=SECOND, base=int(seen[1]))).status_code == 302


def test_autosave_of_another_window_changes_nothing(world: World, browser_of: Open, reading: Unit) -> None:
    browser = browser_of(world.trainee)
    browser.send(PAGE, form("Written at the office.", key=FIRST))
    assert browser.send(f"{PAGE}/draft", form("Old tab.", key=SECOND), page=PAGE).status_code == 409
    assert text_of(reading, world.trainee) == "Written at the office."


def test_one_window_saves_again_and_again(world: World, browser_of: Open, reading: Unit) -> None:
    browser = browser_of(world.trainee)
    for text in ("one", "one two", "one two three"):
        assert browser.send(f"{PAGE}/draft", form(text), page=PAGE).status_code == 200
    assert text_of(reading, world.trainee) == "one two three"


def test_a_window_that_has_seen_the_other_text_may_replace_it(world: World, browser_of: Open, reading: Unit) -> None:
    browser = browser_of(world.trainee)
    browser.send(PAGE, form("Office.", key=FIRST))
    with reading():
        work = service.find(enrolment(world.trainee), M2)
        assert work
        seen = work.version
    assert browser.send(PAGE, form("Phone.", key=SECOND, base=seen)).status_code == 302
    assert text_of(reading, world.trainee) == "Phone."


# ---- files


def names(reading: Unit) -> list[str]:
    with reading() as session:
        return list(session.scalars(select(DraftFile.name).order_by(DraftFile.id)))


def test_files_come_with_the_draft(world: World, browser_of: Open, reading: Unit) -> None:
    answer = browser_of(world.trainee).send(
        PAGE, form(annex=[file(), file(DOCX, "Jadval.docx"), file(JPG, "Foto.JPEG")])
    )
    assert answer.status_code == 302
    assert names(reading) == ["map.pdf", "Jadval.docx", "Foto.JPEG"]


def test_a_file_that_is_not_accepted_is_named_and_the_rest_is_kept(
    world: World, browser_of: Open, reading: Unit
) -> None:
    answer = browser_of(world.trainee).send(
        PAGE, form("My text.", annex=[file(b"<html>", "page.pdf"), file(PNG, "tree.png")])
    )
    assert answer.status_code == 422 and "page.pdf" in answer.text
    assert names(reading) == ["tree.png"]
    assert text_of(reading, world.trainee) == "My text."


def test_a_drawing_with_a_script_is_not_accepted(world: World, browser_of: Open, reading: Unit) -> None:
    svg = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
    for name in ("a.svg", "a.png", "a.pdf"):
        assert browser_of(world.trainee).send(PAGE, form(annex=[file(svg, name)])).status_code == 422
    assert names(reading) == []


def test_more_files_than_allowed_are_not_taken(world: World, browser_of: Open, reading: Unit) -> None:
    files = [file(PDF + b"\n" * n, f"{n}.pdf") for n in range(5)]
    answer = browser_of(world.trainee).send(PAGE, form(annex=files))
    assert answer.status_code == 422 and "4.pdf" in answer.text
    assert len(names(reading)) == 4


def test_the_same_file_sent_again_is_there_once(world: World, browser_of: Open, reading: Unit) -> None:
    browser = browser_of(world.trainee)
    for _again in range(2):
        browser.send(PAGE, form(annex=[file()]))
    assert names(reading) == ["map.pdf"]


def test_a_file_is_removed_and_the_text_beside_it_saved(world: World, browser_of: Open, reading: Unit) -> None:
    browser = browser_of(world.trainee)
    browser.send(PAGE, form(annex=[file()]))
    with reading() as session:
        file_id = session.scalar(select(DraftFile.id))
    assert browser.send(PAGE, form("New text.", remove=str(file_id))).status_code == 302
    assert names(reading) == []
    assert text_of(reading, world.trainee) == "New text."


def test_nobody_removes_or_reads_the_file_of_another_draft(world: World, browser_of: Open, reading: Unit) -> None:
    browser_of(world.trainee).send(PAGE, form(annex=[file()]))
    with reading() as session:
        file_id = session.scalar(select(DraftFile.id))
    other = browser_of(world.trainee_2)
    other.send(PAGE, form("Mine."))
    assert other.get(f"{PAGE}/files/{file_id}").status_code == 404
    assert other.send(PAGE, form("Mine.", remove=str(file_id))).status_code == 404
    assert names(reading) == ["map.pdf"]


# ---- who and when


def test_a_module_that_is_not_open_answers_as_its_own_page(world: World, unit: Unit, browser_of: Open) -> None:
    with unit():
        cohort = enrolment(world.trainee).cohort
        cohort.modules.clear()
    browser = browser_of(world.trainee)
    shut = browser.get(f"/modules/{M2}")
    assert shut.status_code == 403
    assert browser.get(PAGE).status_code == 403
    assert browser.send(PAGE, form(), page="/account").status_code == 403


def test_an_unknown_module_does_not_exist(world: World, browser_of: Open) -> None:
    assert browser_of(world.trainee).get("/modules/m9-nothing/assignment").status_code == 404


def test_staff_see_the_task_and_no_form(world: World, browser_of: Open) -> None:
    browser = browser_of(world.instructor)
    page = browser.get(PAGE)
    assert page.status_code == 200 and 'name="text"' not in page.text
    assert browser.send(PAGE, form(), page="/account").status_code == 403


def test_a_visitor_is_asked_to_sign_in(world: World, client: Client) -> None:
    assert client.get(PAGE).status_code == 302


def test_a_form_sent_after_the_session_had_ended_is_kept(world: World, client: Client) -> None:
    answer = client.send(PAGE, form("Four hours of work."), page="/sign-in")
    assert answer.status_code == 401 and "parked" in answer.text


def test_only_the_author_writes(world: World, unit: Unit, draft_of: Callable[..., Submission]) -> None:
    with unit():
        draft, other = draft_of(world.trainee), user(world.trainee_2)
        with pytest.raises(Refused):
            service.save_draft(draft, service.Written("x", Lang.EN), by=other)
        with pytest.raises(Refused):
            service.remove_file(draft, draft.files[0], by=other)
        with pytest.raises(Refused):
            service.open_draft(enrolment(world.trainee), M2, Lang.EN, by=other)


def test_a_work_that_is_handed_in_can_no_longer_be_changed(
    handed: Handed, world: World, browser_of: Open, reading: Unit
) -> None:
    browser = browser_of(world.trainee)
    with reading() as session:
        seen = session.get_one(Submission, handed.submission).version
    assert browser.send(PAGE, form("Changed.", base=seen), page="/account").location == PAGE
    assert browser.send(f"{PAGE}/draft", form("Changed.", base=seen), page="/account").status_code == 409
    assert text_of(reading, world.trainee) == TEXT
