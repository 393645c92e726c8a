"""An upload over a bad line, in a browser: it waits, goes on at the byte the server holds, and arrives as it was."""

import hashlib
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Locator, Page, Route, expect
from sqlalchemy import select

from diploma.coursework.models import DraftFile
from tests.world import M2, World

pytestmark = pytest.mark.browser
SitDown = Callable[..., Page]
PAGE = f"/modules/{M2}/assignment?lang=en"
SIZE = 3_000_000
ROW = "main li.file"


class Line:
    """The line between a page and the server: notes each piece, and is cut once a share of the file went over it."""

    def __init__(self, page: Page, *, cut_at: float = 2) -> None:
        self.page, self.limit = page, cut_at * SIZE
        self.pieces: list[tuple[int, int]] = []  # offset and length
        page.route("**/uploads/*", self._pass)

    def _pass(self, route: Route) -> None:
        request = route.request
        if request.method == "PATCH":
            at, length = int(request.headers["upload-offset"]), len(request.post_data_buffer or b"")
            if at >= self.limit:
                self.page.context.set_offline(True)
                return route.abort("connectionreset")
            self.pieces.append((at, length))
        route.continue_()

    def mend(self) -> None:
        self.limit = 2 * SIZE
        self.page.context.set_offline(False)

    @property
    def sent(self) -> int:
        return sum(length for _offset, length in self.pieces)


@pytest.fixture
def paper(tmp_path: Path) -> Path:
    """A PDF of 3 MB."""
    path = tmp_path / "stakeholders.pdf"
    path.write_bytes(b"%PDF-1.7\n" + random.Random(1).randbytes(SIZE - 16) + b"\n%%EOF\n")
    return path


@pytest.fixture
def kept(app: Flask, reading: Any) -> Callable[[], list[str]]:
    """``kept()``: the digests of the files of all drafts, each with its bytes in the store."""

    def read() -> list[str]:
        with reading() as session:
            digests = list(session.scalars(select(DraftFile.sha256)))
        store = app.extensions["files"]
        assert all(hashlib.sha256(store.read(one)).hexdigest() == one for one in digests)
        return digests

    return read


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def says(place: Locator, text: str) -> None:
    """Wait for a text as long as an upload may take on a busy machine."""
    expect(place).to_contain_text(text, timeout=30_000)


def choose(page: Page, *paths: Path) -> None:
    page.set_input_files("#annex-files", paths)


def held(app: Flask) -> int:
    return sum(one.stat().st_size for one in (app.extensions["files"].folder / "incoming").glob("*.part"))


def test_a_cut_line_costs_a_piece_and_not_the_file(
    world: World, sit_down: SitDown, app: Flask, paper: Path, kept: Callable[[], list[str]]
) -> None:
    page = sit_down(world.trainee)
    page.goto(PAGE)
    line = Line(page, cut_at=0.55)
    choose(page, paper)
    row = page.locator(ROW)
    says(row, "The connection is lost. The upload goes on by itself when it is back.")
    says(row, " of 3 MB")
    here, before = held(app), len(line.pieces)
    assert 0.55 <= here / SIZE < 1 and row.locator("progress").get_attribute("value") == str(here) == str(line.sent)

    line.mend()
    says(row, "Uploaded.")
    assert line.pieces[before][0] == here and line.sent == SIZE, "nothing is sent twice"
    page.click("text=Save draft")
    says(page.locator("main"), "The draft is saved.")
    assert kept() == [digest(paper)]


def test_the_same_file_goes_on_in_a_new_page(
    world: World, sit_down: SitDown, app: Flask, paper: Path, kept: Callable[[], list[str]]
) -> None:
    page = sit_down(world.trainee)
    page.goto(PAGE)
    Line(page, cut_at=0.55)
    choose(page, paper)
    says(page.locator(ROW), "The connection is lost.")
    here, context = held(app), page.context
    page.close()
    context.set_offline(False)

    page = context.new_page()
    page.goto(PAGE)
    line = Line(page)
    choose(page, paper)
    says(page.locator(ROW), "Uploaded.")
    assert line.pieces[0][0] == here > 0 and line.sent == SIZE - here
    page.click("text=Save draft")
    says(page.locator("main"), "The draft is saved.")
    assert kept() == [digest(paper)]


def test_a_form_waits_for_its_files_and_is_then_sent_by_itself(
    world: World, sit_down: SitDown, paper: Path, kept: Callable[[], list[str]]
) -> None:
    page = sit_down(world.trainee)
    page.goto(PAGE)
    page.fill("#text", "Written meanwhile.")
    line = Line(page, cut_at=0.3)
    choose(page, paper)
    says(page.locator(ROW), "The connection is lost.")
    page.click("text=Save draft")
    line.mend()
    says(page.locator("main"), "The draft is saved.")
    expect(page.locator("#text")).to_have_value("Written meanwhile.")
    assert kept() == [digest(paper)]


def test_a_file_that_is_refused_stops_the_form_until_it_is_removed(
    world: World, sit_down: SitDown, tmp_path: Path, kept: Callable[[], list[str]]
) -> None:
    page = sit_down(world.trainee)
    page.goto(PAGE)
    large = tmp_path / "large.pdf"
    large.write_bytes(b"%PDF-1.7\n" + bytes(10_000_001))
    choose(page, large)
    says(page.locator(ROW), "The file is larger than 10 MB. Choose a smaller one.")
    page.click("text=Save draft")
    expect(page.locator(f"{ROW} button")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(ROW)).to_have_count(0)
    expect(page.locator("#annex-files")).to_be_focused()
    page.click("text=Save draft")
    says(page.locator("main"), "The draft is saved.")
    assert kept() == []


def test_a_file_that_is_taken_back_is_forgotten(world: World, sit_down: SitDown, app: Flask, paper: Path) -> None:
    page = sit_down(world.trainee)
    page.goto(PAGE)
    line = Line(page, cut_at=0.3)
    choose(page, paper)
    says(page.locator(ROW), "The connection is lost.")
    line.mend()
    with page.expect_response(lambda answer: answer.request.method == "DELETE"):
        page.click(f"{ROW} button")
    expect(page.locator(ROW)).to_have_count(0)
    assert held(app) == 0


def test_without_a_script_the_file_goes_with_its_form(
    world: World, sit_down: SitDown, paper: Path, kept: Callable[[], list[str]]
) -> None:
    page = sit_down(world.trainee, js=False)
    page.goto(PAGE)
    choose(page, paper)
    page.click("text=Save draft")
    says(page.locator("main"), "The draft is saved.")
    assert kept() == [digest(paper)]
