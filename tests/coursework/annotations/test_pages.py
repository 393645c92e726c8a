"""Pages of a PDF on the desk: what they show, comments on places, and files that want to do harm."""

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from diploma.core import sealed
from diploma.core.db import session
from diploma.core.errors import Refused
from diploma.coursework.allocation.policy import MARKING
from diploma.coursework.annotations import drawing, service
from diploma.coursework.annotations.service import Desk, Place, Said
from diploma.coursework.models import AssignmentPolicy, Marking
from diploma.coursework.rules import SentFile
from tests.conftest import Client
from tests.coursework.allocation.conftest import cohort_of
from tests.coursework.annotations.conftest import (
    Noted,
    locked,
    nested,
    notes,
    paper,
    place,
    trapped,
    vast,
)
from tests.coursework.conftest import Handed, Unit, user
from tests.coursework.samples import PDF
from tests.world import World

Open = Callable[[str], Client]


def test_a_page_is_shown_with_its_comments_and_leads_to_its_neighbours(
    noted: Noted, world: World, browser_of: Open
) -> None:
    browser = browser_of(world.instructor)
    page = browser.get(noted.sheet).text
    assert "1 of 2" in page and f"{noted.path}/files/1/pages/2" in page and "Read )&gt;&gt; endobj" in page
    assert f'<image href="{noted.sheet}.png"' in page and 'aria-label="Page 1"' in page
    picture = browser.get(f"{noted.sheet}.png")
    assert picture.headers["Cache-Control"] == "private, max-age=3600, immutable"
    with Image.open(io.BytesIO(picture.data)) as shown:
        assert shown.format == "PNG" and shown.size == (875, 1400)  # the part that is seen: 500 × 800
    assert [
        browser.get(f"{noted.path}/files/{one}").status_code for one in ("1/pages/3", "1/pages/0", "2/pages/1")
    ] == [
        404,
        404,
        404,
    ]


def test_a_comment_on_a_place_is_written_changed_and_removed_without_a_script(
    submitted: Handed, world: World, browser_of: Open, reading: Unit
) -> None:
    browser, sheet = browser_of(world.instructor), f"/marking/{submitted.marking}/files/1/pages/2"
    at = {"x": "12.5", "y": "40", "w": "30", "h": "5.25"}
    wrong = browser.send(sheet, at | {"x": "80", "text": "Keep me", "pages": "2", "width": "875", "height": "1400"})
    assert wrong.status_code == 409 and "not on the page" in wrong.text and "Keep me</textarea>" in wrong.text
    assert browser.send(sheet, at | {"y": "x", "text": "Keep me"}).status_code == 422
    assert browser.send(sheet, at | {"text": "Source?", "criterion": "evidence"}).status_code == 302
    with reading():
        (made,) = notes()
        assert (made.page, made.x, made.y, made.w, made.h) == (2, 1250, 4000, 3000, 525)
        assert made.criterion == "evidence"
    edit = f"{sheet}?edit={made.id}"
    assert "Source?</textarea>" in browser.get(edit).text
    browser.send(edit, at | {"text": "Which source?", "seen": "1"})
    assert browser.send(edit, at | {"text": "Third", "seen": "1"}).status_code == 409
    with reading():
        assert [one.text for one in notes()] == ["Which source?"]
    browser.send(sheet, {"remove": str(made.id)})
    with reading():
        assert notes() == []


@pytest.mark.parametrize(
    ("data", "said"),
    [(PDF, "damaged"), (b"%PDF-1.7\njunk", "damaged"), (locked(), "password"), (nested(), "too large")],
    ids=["no pages", "junk", "locked", "nested"],
)
def test_a_file_that_cannot_be_shown_says_why_and_can_be_downloaded(
    data: bytes, said: str, world: World, hand_in: Callable[..., Handed], stored: Callable[..., SentFile],
    browser_of: Open, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    monkeypatch.setattr(drawing, "SECONDS", 3.0)
    work = hand_in(world.trainee, file=stored(data))
    browser, sheet = browser_of(world.instructor), f"/marking/{work.marking}/files/1/pages/1"
    page = browser.get(sheet)
    assert page.status_code == 200 and said in page.text and f'/marking/{work.marking}/files/1"' in page.text
    assert browser.get(f"{sheet}.png").status_code == 409
    assert browser.get(f"/marking/{work.marking}/files/1", buffered=True).data == data


@pytest.mark.parametrize(
    ("data", "number", "pages"),
    [(vast(), 1, 1), (trapped(), 1, 1), (paper(500), 500, 500)],
    ids=["vast", "trapped", "long"],
)
def test_a_strange_file_is_drawn_within_bounds(
    data: bytes, number: int, pages: int, stored: Callable[..., SentFile], app: Any
) -> None:
    file = stored(data)
    drawn = drawing.page(app.extensions["files"].path(file.sha256), number)
    assert drawn.pages == pages and max(drawn.width, drawn.height) <= drawing.LONGEST_SIDE and drawn.png[1:4] == b"PNG"


def test_the_process_that_draws_has_no_secret_and_little_of_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "do not tell")
    monkeypatch.setenv("DATABASE_URL", "do not tell")
    assert "do not tell" not in str(sealed.environment({}))
    assert set(sealed.environment({})) == {"LANG", "PATH", "PYTHONDONTWRITEBYTECODE", "HOME"}
    with pytest.raises(sealed.Ended):
        sealed.run("tests.coursework.annotations.greedy", b"", seconds=20)


# ---- attacks


def test_a_comment_is_not_fixed_to_a_file_of_another_work(
    noted: Noted, world: World, hand_in: Callable[..., Handed], stored: Callable[..., SentFile], unit: Unit
) -> None:
    other = hand_in(world.trainee_2, key="o" * 20, file=stored(paper(1)))
    with unit():
        foreign = place(other)
        row = session.get_one(Marking, noted.handed.marking)
        for where in (foreign, Place("0" * 64, 1, 0, 0), place(noted.handed, page=0), place(noted.handed, w=9001)):
            with pytest.raises(Refused):
                service.add(Desk(row), where, Said("Here"), by=user(world.instructor))


def test_pages_and_comments_of_another_government_do_not_exist(noted: Noted, world: World, browser_of: Open) -> None:
    stranger, trainee = browser_of(world.other_instructor), browser_of(world.trainee)
    for path in (noted.sheet, f"{noted.sheet}.png", f"{noted.path}/feedback.pdf"):
        assert stranger.get(path).status_code == 404
        assert trainee.get(path).status_code == 403
    assert stranger.send(noted.sheet, {"x": "1", "y": "1", "text": "x"}, page="/account").status_code == 404


def test_a_comment_is_not_found_on_a_page_of_another_work(
    noted: Noted, world: World, hand_in: Callable[..., Handed], stored: Callable[..., SentFile], browser_of: Open
) -> None:
    other = hand_in(world.trainee_2, key="o" * 20, file=stored(paper(1)))
    browser, sheet = browser_of(world.instructor), f"/marking/{other.marking}/files/1/pages/1"
    assert browser.get(f"{sheet}?edit={noted.place}").status_code == 404
    for form in ({"remove": str(noted.place)}, {"x": "1", "y": "1", "text": "x"}):
        path = sheet if "remove" in form else f"{sheet}?edit={noted.place}"
        assert browser.send(path, form, page=sheet).status_code == 404


def test_who_does_not_hold_the_work_puts_nothing_on_a_page(
    noted: Noted, world: World, second_instructor: str, browser_of: Open, reading: Unit
) -> None:
    browser_of(world.instructor).get(noted.path)
    second = browser_of(second_instructor)
    assert "<textarea" not in second.get(noted.sheet).text
    assert second.send(noted.sheet, {"x": "1", "y": "1", "text": "x"}).status_code == 409
    with reading():
        assert len(notes()) == 2


def test_a_file_name_without_the_author_stands_on_the_page_where_names_are_veiled(
    world: World, hand_in: Callable[..., Handed], stored: Callable[..., SentFile], browser_of: Open, unit: Unit
) -> None:

    with unit():
        rule = AssignmentPolicy(cohort_id=cohort_of().id, module="", area=MARKING.id, values={"anonymous": True})
        session.add(rule)
    work = hand_in(world.trainee, file=stored(paper(1), "Aziza Karimova.pdf"))
    page = browser_of(world.instructor).get(f"/marking/{work.marking}/files/1/pages/1").text
    assert "Aziza" not in page and f"{work.receipt}-1.pdf" in page


@pytest.mark.parametrize("crashes", [1, 9])
def test_a_sealed_process_that_crashes_is_run_once_more_and_not_again(crashes: int, tmp_path: Path) -> None:
    runs = tmp_path / "runs"
    request = json.dumps({"runs": str(runs), "crashes": crashes}).encode()
    if crashes == 1:
        assert sealed.run("tests.coursework.annotations.crashing", request, seconds=20) == b"answer"
    else:
        with pytest.raises(sealed.Ended):
            sealed.run("tests.coursework.annotations.crashing", request, seconds=20)
    assert runs.read_text() == "xx"
