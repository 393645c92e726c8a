"""The roster import on the screen, as a browser goes through it: lists, forms, and what a page shows."""

import io
import re
from html import unescape
from typing import Any

from sqlalchemy import select

from diploma.cohorts.models import RosterDraft
from diploma.core import jobs
from tests.cohorts.conftest import row, workbook

START = "/cohorts/uz-1/import"
GOOD = (row("dilnoza@uz.test", "Dilnoza Gʻulomova"), row("teach@uz.test", "Teacher One", role="instructor"))
BAD = (
    *GOOD,
    row("no address", "Broken Person"),
    row("twin@uz.test", "One Twin"),
    row("twin@uz.test", "Two Twin", lang="klingon"),
)
MINISTRY = "Ministry of Examples (uz)"


def upload(browser: Any, *rows: list[str], name: str = "list.xlsx", data: bytes = b"", start: str = START) -> Any:
    """Send a file through the first page and open the next."""
    sent = browser.send(start, {"file": (io.BytesIO(data or workbook(*rows)), name)})
    return browser.get(sent.location, follow_redirects=True) if sent.status_code == 302 else sent


def place(page: Any) -> str:
    """The address of the list that a page is about."""
    found = re.search(rf"{START}/[\w-]{{20,}}", page.request.path)
    assert found
    return found[0]


def hidden(page: Any, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page.text)
    assert found
    return unescape(found[1])


def confirm(browser: Any, page: Any, **more: Any) -> Any:
    """Send the last page, and let the job run."""
    ask = f"{place(page)}/confirm"
    shown = browser.get(ask)
    fields = {"plan": hidden(shown, "plan"), **more} if shown.status_code == 200 else more
    answer = browser.send(ask, fields)
    work(browser)
    return answer


def work(browser: Any) -> None:
    """Let all due jobs run."""
    with browser.application.app_context():
        jobs.drain()


def result(browser: Any, page: Any, **more: Any) -> Any:
    """The page of an import that was confirmed and done."""
    confirm(browser, page, **more)
    return browser.get(f"{place(page)}/progress", follow_redirects=True)


def correct(browser: Any, page: Any, **fields: Any) -> Any:
    """Type into cells (``cell_4_email``) or decide rows (``answer_4``) and see the rows again."""
    typed = {name.replace("_", "-", 2 if name.startswith("cell") else 1): text for name, text in fields.items()}
    sent = browser.send(place(page), typed)
    assert sent.status_code == 302, sent.text
    return browser.get(sent.location)


def rows_of(page: Any) -> dict[int, list[str]]:
    """The cells of each row that a page shows, as text."""
    found = re.findall(r'<tr id="row-(\d+)">(.*?)</tr>', page.text, re.DOTALL)
    return {int(number): [text(one) for one in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", cells, re.DOTALL)]
            for number, cells in found}  # fmt: skip


def text(markup: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", markup)).split())


def draft_in(session: Any) -> RosterDraft:
    found = session.scalar(select(RosterDraft).order_by(RosterDraft.id.desc()))
    assert found
    return found  # type: ignore[no-any-return]


def workbook_of(answer: Any) -> list[list[str]]:
    from diploma.cohorts.roster.sheet import read_grids

    return next(read_grids(answer.data, "x.xlsx")).rows


def order(browser: Any, page: Any, **more: Any) -> None:
    """Confirm without letting the job run."""
    plan = hidden(browser.get(f"{place(page)}/confirm"), "plan")
    assert browser.send(f"{place(page)}/confirm", {"plan": plan, **more}).status_code == 302


def not_done(browser: Any, page: Any) -> str:
    """What the page says of an import that was not done."""
    work(browser)
    shown = browser.get(f"{place(page)}/progress")
    assert shown.status_code == 200 and "Nothing was written." in shown.text and "Refresh" not in shown.headers
    return str(shown.text)
