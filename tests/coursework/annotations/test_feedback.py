"""What the author of a work gets: comments and a PDF after the release, without what a stranger's file could do."""

import io
import re
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

import pikepdf
import pypdfium2
import pytest

from diploma.core.db import session
from diploma.coursework.allocation.policy import MARKING
from diploma.coursework.annotations import feedback
from diploma.coursework.annotations.models import Annotation
from diploma.coursework.annotations.service import Passage
from diploma.coursework.models import AssignmentPolicy
from diploma.coursework.rules import SentFile
from tests.conftest import Client
from tests.coursework.allocation.conftest import cohort_of
from tests.coursework.annotations.conftest import Noted, locked, paper, place, trapped, write
from tests.coursework.conftest import PAGE, TEXT, Handed, Unit
from tests.world import World

Open = Callable[[str], Client]
Step = Callable[..., None]


def words(pdf: bytes) -> str:
    with pypdfium2.PdfDocument(pdf) as document:
        return "\n".join(page.get_textpage().get_text_range() for page in document)


@dataclass(frozen=True)
class Note:
    """An annotation of ours in a PDF."""

    kind: str
    text: str
    author: str | None
    rect: list[Decimal]


def ours(pdf: bytes) -> list[Note]:
    with pikepdf.Pdf.open(io.BytesIO(pdf)) as document:
        return [
            Note(str(one.Subtype), str(one.Contents), str(one.T) if "/T" in one else None, list(map(Decimal, one.Rect)))
            for page in document.pages
            for one in page.obj.get("/Annots", [])
            if "/NM" in one
        ]


def plain(pdf: bytes) -> bytes:
    """All of a PDF uncompressed."""
    out = io.BytesIO()
    with pikepdf.Pdf.open(io.BytesIO(pdf)) as document, warnings.catch_warnings(action="ignore"):
        document.save(
            out,
            stream_decode_level=pikepdf.StreamDecodeLevel.all,
            object_stream_mode=pikepdf.ObjectStreamMode.disable,
            compress_streams=False,
        )
    return out.getvalue()


@pytest.fixture
def told(noted: Noted, set_mark: Step, release: Step) -> Noted:
    set_mark(noted.handed, comment="Сводите числа в таблицу.")
    release(noted.handed)
    return noted


def test_nothing_of_it_is_there_before_the_release(
    noted: Noted, world: World, browser_of: Open, set_mark: Step
) -> None:
    browser, receipt = browser_of(world.trainee), f"/receipts/{noted.handed.receipt}"
    for step in (lambda: None, lambda: set_mark(noted.handed)):
        step()
        assert browser.get(f"{receipt}/feedback.pdf").status_code == 404
        for page in (browser.get(receipt).text, browser.get(PAGE).text):
            assert "counted" not in page and "<mark" not in page and "feedback" not in page.lower().split("<main")[1]


def test_the_author_reads_the_comments_in_their_work_after_the_release(
    told: Noted, world: World, browser_of: Open
) -> None:
    browser = browser_of(world.trainee)
    page = browser.get(f"/receipts/{told.handed.receipt}").text
    assert "<mark>three windows</mark>" in page and "Who counted them?" in page and "من أين؟" in page
    assert "Page 1" in page and "note_edit" not in page and "note_remove" not in page
    assert "2 comments in your text and files" in browser.get(PAGE).text
    other = browser_of(world.trainee_2)
    assert other.get(f"/receipts/{told.handed.receipt}/feedback.pdf").status_code == 404


def test_the_feedback_pdf_holds_the_file_with_its_notes_and_a_leaf_in_any_script(
    told: Noted, world: World, browser_of: Open
) -> None:
    answer = browser_of(world.trainee).get(f"/receipts/{told.handed.receipt}/feedback.pdf?lang=ar", buffered=True)
    assert answer.status_code == 200 and f"{told.handed.receipt}-feedback.pdf" in answer.headers["Content-Disposition"]
    assert answer.headers["Cache-Control"] == "private, no-store"
    text = words(answer.data)
    assert "Who counted them?" in text and "Сводите числа в таблицу." in text and "Do not shout." in text
    (note,) = ours(answer.data)
    assert note == Note("/Highlight", "Read )>> endobj\nمن أين؟", "Instructor uz", [150, 600, 300, 640])
    with pikepdf.Pdf.open(io.BytesIO(answer.data)) as pdf:
        assert len(pdf.pages) > 2 and dict(pdf.docinfo).keys() == {"/Title"}


def test_notes_lie_where_they_were_put_on_turned_pages(
    world: World, hand_in: Callable[..., Handed], stored: Callable[..., SentFile], unit: Unit, browser_of: Open
) -> None:
    work = hand_in(world.trainee, file=stored(paper(turned=(90, 180, 270))))
    with unit():
        for page in (1, 2, 3):
            write(work, place(work, page), f"Page {page}", by=world.instructor)
        write(work, place(work, 2, x=10_000, y=10_000, w=0, h=0), "In the corner", by=world.instructor)
    data = browser_of(world.instructor).get(f"/marking/{work.marking}/feedback.pdf", buffered=True).data
    assert {one.text: one.rect for one in ours(data)} == {
        "Page 1": [200, 80, 225, 320],
        "Page 2": [400, 160, 550, 200],
        "Page 3": [475, 480, 500, 720],
        "In the corner": [100, 784, 116, 800],
    }


def test_a_hidden_marker_is_named_nowhere(
    noted: Noted, world: World, unit: Unit, browser_of: Open, set_mark: Step, release: Step
) -> None:
    with unit():
        rule = AssignmentPolicy(cohort_id=cohort_of().id, module="", area=MARKING.id, values={"hide_marker": True})
        session.add(rule)
    set_mark(noted.handed)
    release(noted.handed)
    browser = browser_of(world.trainee)
    assert "Instructor" not in browser.get(f"/receipts/{noted.handed.receipt}").text
    data = browser.get(f"/receipts/{noted.handed.receipt}/feedback.pdf", buffered=True).data
    assert "Instructor" not in words(data) and [one.author for one in ours(data)] == [None]
    assert not re.search(rb"Instructor|I\0?n\0?s\0?t\0?r\0?u\0?c", plain(data))


# ---- attacks


def test_nothing_that_a_file_wants_to_do_comes_into_the_feedback(
    world: World, hand_in: Callable[..., Handed], stored: Callable[..., SentFile], unit: Unit, browser_of: Open
) -> None:
    work = hand_in(world.trainee, file=stored(trapped()))
    with unit():
        write(work, place(work), "The note", by=world.instructor)
    data = browser_of(world.instructor).get(f"/marking/{work.marking}/feedback.pdf", buffered=True).data
    assert [one.text for one in ours(data)] == ["The note"]
    found = plain(data)
    for sign in (b"TRAPPED", b"/JavaScript", b"/JS", b"/OpenAction", b"/AA", b"/Launch", b"/EmbeddedFile", b"/FileAtt"):
        assert sign not in found
    assert b"https://example.test/" in found  # a link that somebody presses stays


def test_comments_on_a_file_that_cannot_be_bound_stand_on_the_leaf(
    world: World, hand_in: Callable[..., Handed], stored: Callable[..., SentFile], unit: Unit, browser_of: Open
) -> None:
    work = hand_in(world.trainee, file=stored(locked()))
    with unit():
        write(work, place(work), "Unlock it", by=world.instructor)
    text = words(browser_of(world.instructor).get(f"/marking/{work.marking}/feedback.pdf", buffered=True).data)
    assert "Unlock it" in text and "cannot be bound" in text


def test_words_of_a_comment_are_text_on_the_leaf(submitted: Handed, world: World, unit: Unit, browser_of: Open) -> None:
    evil = "</p><img src='file:///etc/passwd'><style>*{display:none}</style>{{ 7*7 }}"
    with unit():
        write(submitted, Passage(0, len(TEXT) // 4), evil, by=world.instructor)
    browser = browser_of(world.instructor)
    text = words(browser.get(f"/marking/{submitted.marking}/feedback.pdf", buffered=True).data)
    assert "file:///etc/passwd" in text.replace("\r\n", "") and "{{ 7*7 }}" in text.replace("\r\n", "")


def test_a_comment_of_a_returned_or_foreign_work_makes_no_file(
    submitted: Handed, world: World, browser_of: Open, reading: Unit
) -> None:
    assert browser_of(world.instructor).get(f"/marking/{submitted.marking}/feedback.pdf").status_code == 404
    with reading():
        assert session.query(Annotation).count() == 0


def test_nobody_keeps_the_server_busy_with_feedback(
    noted: Noted, world: World, browser_of: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feedback, "make", lambda *_args, **_options: b"%PDF-1.7")
    browser = browser_of(world.instructor)
    told = [browser.get(f"{noted.path}/feedback.pdf", buffered=True).status_code for _ in range(9)]
    assert told == [200] * 8 + [429]
