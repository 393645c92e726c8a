"""Private notes beside sections: only the trainee's, never lost, never anybody else's to read."""

from typing import Any

import pytest
from sqlalchemy import func, select, update

from diploma.cohorts.models import Enrolment, EnrolmentState
from diploma.core.lang import Lang
from diploma.learning import notes
from diploma.learning.models import SectionNote
from tests.world import M2

LESSON = "01-from-complaint-to-challenge"
FIRST = f"/modules/{M2}/lessons/{LESSON}"
WHY, NOTES = f"{FIRST}/notes/why", f"/modules/{M2}/notes"
SECRET = "my quiet thought"


def write(reader: Any, text: str, *, key: str = "k" * 20, base: int = 0, path: str = WHY, **more: Any) -> Any:
    return reader.send(path, {"text": text, "key": key, "base": base}, page=FIRST, **more)


def kept(reading: Any) -> list[str]:
    with reading() as session:
        return list(session.scalars(select(SectionNote.text).order_by(SectionNote.id)))


@pytest.fixture
def aziza(world: Any, browser_of: Any) -> Any:
    return browser_of(world.trainee)


def test_a_note_stands_beside_its_section_and_on_the_page_of_notes(aziza: Any) -> None:
    assert write(aziza, SECRET).headers["Location"] == f"{FIRST}#why"
    assert SECRET in aziza.get(FIRST).text
    page = aziza.get(NOTES).text
    assert SECRET in page and f'href="{FIRST}#why"' in page


def test_the_script_gets_one_line_and_stays_on_the_page(aziza: Any) -> None:
    answer = write(aziza, SECRET, headers={"X-CSRFToken": aziza.token(FIRST)}, query_string={"lang": "en"})
    assert answer.status_code == 200 and answer.mimetype == "text/plain" and answer.text.startswith("Saved ")


def test_a_trainee_of_the_same_cohort_does_not_see_it(world: Any, aziza: Any, browser_of: Any) -> None:
    write(aziza, SECRET)
    bobur = browser_of(world.trainee_2)
    assert all(SECRET not in bobur.get(path).text for path in (FIRST, NOTES, WHY))


def test_who_has_left_the_cohort_reaches_no_note_any_more(aziza: Any, unit: Any, reading: Any) -> None:
    write(aziza, SECRET)
    with unit() as session:
        session.execute(update(Enrolment).values(state=EnrolmentState.WITHDRAWN))
    assert [aziza.get(path).status_code for path in (FIRST, NOTES, WHY)] == [404] * 3
    assert aziza.send(WHY, {"text": "more", "key": "k" * 20}, page="/dashboard").status_code == 404
    assert kept(reading) == [SECRET]


@pytest.mark.parametrize("who", ["instructor", "coordinator", "director", "registrar"])
def test_staff_do_not_see_it(world: Any, aziza: Any, browser_of: Any, reading: Any, who: str) -> None:
    write(aziza, SECRET)
    with reading() as session:
        enrolment = session.scalar(select(SectionNote.enrolment_id))
    staff = browser_of(getattr(world, who))
    person = f"/cohorts/{world.cohort}/people/{enrolment}"
    pages = [staff.get(path) for path in (FIRST, NOTES, WHY, person, f"{person}/results", f"/modules/{M2}/print")]
    assert all(SECRET not in page.text for page in pages)
    assert [page.status_code for page in pages[1:3]] == [403, 403]


def test_staff_write_none(world: Any, browser_of: Any, reading: Any) -> None:
    assert write(browser_of(world.instructor), SECRET).status_code == 403
    assert kept(reading) == []


def test_an_emptied_note_is_gone(aziza: Any, reading: Any) -> None:
    write(aziza, SECRET)
    write(aziza, "   ")
    assert kept(reading) == []
    assert "No notes yet" in aziza.get(NOTES, query_string={"lang": "en"}).text


def test_another_window_does_not_overwrite_it(aziza: Any, reading: Any) -> None:
    write(aziza, "from the phone", key="p" * 20)
    answer = write(aziza, "from the desk", key="d" * 20)
    assert answer.status_code == 409 and "from the phone" in answer.text and "from the desk" in answer.text
    assert "data-autosave" not in answer.text, "the script would replace the other text before it is read"
    assert kept(reading) == ["from the phone"]


def test_the_window_that_saved_last_goes_on_saving(aziza: Any, reading: Any) -> None:
    for text in ("one", "one two", "one two three"):
        assert write(aziza, text).status_code == 302
    assert kept(reading) == ["one two three"]


def test_whoever_has_seen_the_other_text_may_replace_it(aziza: Any, reading: Any) -> None:
    write(aziza, "from the phone", key="p" * 20)
    assert write(aziza, "from the desk", key="d" * 20, base=1).status_code == 302
    assert kept(reading) == ["from the desk"]


def test_a_note_that_is_too_long_is_shown_again_and_not_cut(aziza: Any, reading: Any) -> None:
    long = "a" * notes.LONGEST + "end"
    answer = write(aziza, long)
    assert answer.status_code == 422 and long in answer.text and kept(reading) == []


def test_markup_in_a_note_is_text(aziza: Any) -> None:
    write(aziza, "<script>alert(1)</script></textarea>")
    for path in (FIRST, NOTES, WHY):
        assert "<script>alert" not in aziza.get(path).text


@pytest.mark.parametrize("path", [f"{FIRST}/notes/nowhere", f"/modules/{M2}/lessons/99-nothing/notes/why"])
def test_there_is_no_note_beside_nothing(aziza: Any, reading: Any, path: str) -> None:
    assert write(aziza, SECRET, path=path).status_code == 404 and kept(reading) == []


def test_a_note_whose_section_is_gone_is_still_there_to_read_and_change(aziza: Any, unit: Any, reading: Any) -> None:
    write(aziza, SECRET)
    with unit() as session:
        session.execute(update(SectionNote).values(section="renamed"))
    assert SECRET in aziza.get(NOTES).text
    old = f"{FIRST}/notes/renamed"
    assert SECRET in aziza.get(old).text
    write(aziza, "changed", path=old)
    assert kept(reading) == ["changed"]


def test_a_note_belongs_to_the_anchor_in_every_language(aziza: Any) -> None:
    write(aziza, SECRET)
    assert all(SECRET in aziza.get(FIRST, query_string={"lang": lang.value}).text for lang in Lang)


def test_notes_cost_one_query_however_many(aziza: Any, unit: Any, queries: Any) -> None:
    write(aziza, SECRET)
    aziza.get(NOTES)
    with queries() as few:
        aziza.get(NOTES)
    with unit() as session:
        first = session.scalars(select(SectionNote)).one()
        for number in range(40):
            place = {"module": M2, "lesson": LESSON, "section": f"s{number}", "saved_at": first.saved_at}
            session.add(SectionNote(enrolment_id=first.enrolment_id, text="x", **place))
    with queries() as many:
        aziza.get(NOTES)
    assert len(few) == len(many)


def test_a_note_needs_the_token_of_its_page(aziza: Any, reading: Any) -> None:
    answer = aziza.post(WHY, data={"text": SECRET, "key": "k" * 20, "base": 0})
    assert answer.status_code == 400
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(SectionNote)) == 0
