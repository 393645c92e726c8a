"""The page of long work in a browser: it follows by itself, and leaves the reader in peace."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.world import World

pytestmark = pytest.mark.browser
SOON = 15_000  # milliseconds


def test_the_page_follows_until_the_end(order: Any, run: Any, sit_down: Any, world: World) -> None:
    path, page = order(30), sit_down(world.registrar)
    page.goto(path)
    page.get_by_role("button", name="Stop").focus()
    run(1)
    expect(page.get_by_role("heading", name="20 of 30 finished")).to_be_visible(timeout=SOON)
    expect(page.get_by_role("button", name="Stop")).to_be_focused()  # it was not put in place anew
    expect(page.locator("main [role=status]")).to_have_text("50% finished")
    run()
    expect(page.locator("main [role=status]")).to_have_text("The work is finished. Everything is done.", timeout=SOON)
    expect(page.get_by_role("button", name="Stop")).to_have_count(0)
    asked: list[str] = []
    page.on("request", lambda one: asked.append(one.url))
    page.wait_for_timeout(3000)
    assert asked == []


def test_a_lost_line_is_said_and_passes(order: Any, run: Any, sit_down: Any, world: World) -> None:
    path, page = order(3), sit_down(world.registrar)
    page.goto(path)
    page.route("**/progress*", lambda one: one.abort())
    lost = page.get_by_text("The connection is lost.")
    expect(lost).to_be_visible(timeout=SOON)
    run()
    page.unroute("**/progress*")
    expect(page.get_by_role("heading", name="3 of 3 finished")).to_be_visible(timeout=SOON)
    expect(lost).to_be_hidden()


def test_a_stop_is_one_click_and_a_retry_another(order: Any, run: Any, sit_down: Any, world: World) -> None:
    path, page = order(30), sit_down(world.registrar, js=False)
    page.goto(path)
    run(1)
    page.get_by_role("link", name="Refresh").click()
    page.get_by_role("button", name="Stop").click()
    page.get_by_role("button", name="Retry 10 items").click()
    run()
    page.get_by_role("link", name="Refresh").click()
    expect(page.get_by_role("heading", name="30 of 30 finished")).to_be_visible()
