"""A marker who takes works along, fills in their sheet as a spreadsheet saves it, and brings it back."""

import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from werkzeug.test import TestResponse

from diploma.core import workbook
from tests.cohorts.nasty.archive import xlsx
from tests.conftest import Client
from tests.coursework.conftest import CRITERIA, Handed
from tests.world import World

PAGE, SHEETS, FILES = "/marking/offline/", "/marking/offline/sheets", "/marking/offline/files"


@dataclass
class Sheet:
    """A mark sheet as a program holds it: rows of cells, the keys in the first one."""

    rows: list[list[Any]]
    others: dict[str, bytes] = field(default_factory=dict)

    def column(self, key: str) -> int:
        return self.rows[0].index(key)

    def number(self, receipt: str) -> int:
        """The number of the row of a work, as the program shows it."""
        at = self.column("receipt")
        return next(n for n, row in enumerate(self.rows, 1) if row[at] == receipt)

    def put(self, receipt: str, /, **cells: Any) -> None:
        for key, value in cells.items():
            self.rows[self.number(receipt) - 1][self.column(key)] = value

    def fill(self, receipt: str, level: Any = "Proficient", /, **cells: Any) -> None:
        """A level for each criterion."""
        self.put(receipt, **{f"criterion:{one}": level for one in CRITERIA} | cells)

    def at(self, receipt: str, key: str) -> Any:
        return self.rows[self.number(receipt) - 1][self.column(key)]

    def saved(self) -> bytes:
        return xlsx(*self.rows)


def sheet_of(data: bytes) -> Sheet:
    grid = next(workbook.grids(data))
    width = max(map(len, grid.rows))
    return Sheet([[*row, *[""] * (width - len(row))] for row in grid.rows])


def unpacked(answer: TestResponse) -> dict[str, bytes]:
    assert answer.status_code == 200, answer.text[:500]
    data = answer.data
    answer.close()
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture
def marker(world: World, browser_of: Callable[[str], Client]) -> Client:
    return browser_of(world.instructor)


def taken(browser: Client, query: str = "") -> Sheet:
    """The sheet of the works that a marker takes along."""
    found = unpacked(browser.get(f"{PAGE}works.zip?{query}"))
    sheet = sheet_of(found.pop("marks.xlsx"))
    sheet.others = found
    return sheet


def sent(browser: Client, data: bytes, *, keep: str = "mark", name: str = "marks.xlsx") -> TestResponse:
    """The page that shows what a sheet would do, or why it is refused as a whole."""
    form = {"sheet": (io.BytesIO(data), name), "keep": keep}
    return browser.send(SHEETS, form, page=PAGE, content_type="multipart/form-data", follow_redirects=True)


def brought(browser: Client, data: bytes, *, keep: str = "mark") -> TestResponse:
    """The page after the good rows were saved."""
    page = sent(browser, data, keep=keep)
    form = {"file": page.request.args["file"], "keep": keep, "key": "k" * 16}
    return browser.send(f"{SHEETS}/save", form, page=PAGE, follow_redirects=True)


def packed(**files: bytes) -> bytes:
    return packed_as(list(files.items()))


def packed_as(files: list[tuple[Any, bytes]]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files:
            archive.writestr(name, data)
    return out.getvalue()


def sent_files(browser: Client, data: bytes) -> TestResponse:
    form = {"files": (io.BytesIO(data), "feedback.zip")}
    return browser.send(FILES, form, page=PAGE, content_type="multipart/form-data", follow_redirects=True)


def brought_files(browser: Client, data: bytes) -> TestResponse:
    page = sent_files(browser, data)
    form = {"file": page.request.args["file"]}
    return browser.send(f"{FILES}/save", form, page=PAGE, follow_redirects=True)


@pytest.fixture
def two(world: World, hand_in: Callable[..., Handed]) -> tuple[Handed, Handed]:
    """Works of the two trainees of the first cohort."""
    return hand_in(world.trainee), hand_in(world.trainee_2, key="2" * 20)
