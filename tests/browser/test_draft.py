"""The draft of a work in a browser: an ended session, a lost line, two tabs, two clicks, a closed attempt."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import func, select

from diploma.accounts import service as accounts
from diploma.core import clock
from diploma.core.db import session
from diploma.coursework import service
from diploma.coursework.attempts import opening
from diploma.coursework.attempts.models import SubmissionAttempt
from diploma.coursework.models import DraftFile, Submission, SubmissionVersion
from tests.conftest import PASSWORD
from tests.coursework.conftest import DECLARED, TEXT, enrolment, user
from tests.world import M2, World

pytestmark = pytest.mark.browser
SitDown = Callable[..., Page]
PAGE = f"/modules/{M2}/assignment?lang=en"


@pytest.fixture
def draft(world: World, unit: Any) -> Iterator[int]:
    """A draft of the first trainee that lacks nothing but its declarations; its id."""
    with unit():
        by = user(world.trainee)
        made = service.open_draft(enrolment(by.email), M2, by.language, by=by)
        service.save_draft(made, service.Written(TEXT, by.language), by=by)
        made.files.append(DraftFile(part="annex", name="map.pdf", sha256="0" * 64, size=9, added_at=clock.now()))
        session.flush()
        number = made.id
    yield number


@pytest.fixture
def stored(reading: Any, draft: int) -> Callable[[], str]:
    def read() -> str:
        with reading():
            session.expire_all()
            return session.get_one(Submission, draft).text

    return read


def at_desk(page: Page) -> Page:
    page.goto(PAGE)
    return page


def test_a_session_that_ended_while_writing_costs_nothing(
    world: World, draft: int, sit_down: SitDown, unit: Any
) -> None:
    page = at_desk(sit_down(world.trainee))
    page.route("**/draft", lambda route: route.abort())  # nothing was saved before
    page.fill("#text", "Four hours of work.")
    with unit():
        accounts.end_sessions(user(world.trainee))
    page.click("[name=do][value=save]")
    page.fill("#email", world.trainee)
    page.fill("#password", PASSWORD)
    page.click("main form button")
    expect(page.locator("h1")).to_have_text("Your text is back")
    page.click("main form button")
    page.wait_for_url("**/assignment*")
    expect(page.locator("#text")).to_have_value("Four hours of work.")


def test_a_lost_line_keeps_a_copy_that_comes_back(
    world: World, draft: int, sit_down: SitDown, stored: Callable[[], str]
) -> None:
    page = at_desk(sit_down(world.trainee))
    page.route("**/draft", lambda route: route.abort())
    page.fill("#text", "Written on the train.")
    expect(page.locator("[data-saved]")).to_contain_text("kept on this device")
    page.unroute("**/draft")
    page.reload()
    expect(page.locator("#text")).to_have_value(TEXT)
    page.locator("[data-draft-use]").click()
    expect(page.locator("#text")).to_have_value("Written on the train.")
    expect(page.locator("[data-saved]")).to_contain_text("4 words")
    assert stored() == "Written on the train."


def test_the_second_tab_shows_both_texts(
    world: World, draft: int, sit_down: SitDown, stored: Callable[[], str]
) -> None:
    first = at_desk(sit_down(world.trainee))
    second = first.context.new_page()
    at_desk(second)
    first.fill("#text", "From the first tab.")
    expect(first.locator("[data-saved]")).to_contain_text("4 words")
    second.route("**/draft", lambda route: route.abort())
    second.fill("#text", "From the second tab.")
    second.click("[name=do][value=save]")
    expect(second.locator("[role=alert]")).to_contain_text("another window")
    expect(second.locator("#text")).to_have_value("From the second tab.")
    expect(second.locator("[role=alert] details")).to_contain_text("From the first tab.")
    assert stored() == "From the first tab."


def test_two_clicks_hand_in_once(world: World, draft: int, sit_down: SitDown, reading: Any) -> None:
    page = at_desk(sit_down(world.trainee))
    for one in DECLARED:
        page.check(f"[name=declared][value={one}]")
    page.locator("[name=do][value=submit]").dblclick()
    page.wait_for_url("**/receipts/*")
    with reading():
        assert session.scalar(select(func.count()).select_from(SubmissionVersion)) == 1


def test_what_was_written_for_an_attempt_that_was_closed_stands_on_the_page(
    world: World, draft: int, sit_down: SitDown, unit: Any
) -> None:
    steward, due_at = world.coordinator, clock.now() + timedelta(days=7)
    with unit():
        work, by = session.get_one(Submission, draft), user(world.trainee)
        service.submit(work, "k" * 20, DECLARED, received_at=clock.now(), base_url="", by=by)
        row = opening.open_attempt(work, due_at=due_at, reason="Ill.", base_url="", by=user(steward)).id
    page = at_desk(sit_down(world.trainee))
    expect(page.locator("main")).to_contain_text("You are writing attempt 2")
    page.route("**/draft", lambda route: route.abort())
    page.fill("#text", "Four hours of work.")
    with unit():
        opening.close(session.get_one(SubmissionAttempt, row), reason="A mistake.", base_url="", by=user(steward))
    page.click("[name=do][value=submit]")
    expect(page.locator("#sent")).to_have_value("Four hours of work.")
    expect(page.locator("main")).to_contain_text("A mistake.")
