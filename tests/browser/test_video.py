"""A lesson's video in a browser: nothing is fetched until it is asked for, and it goes on where it was left."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from diploma.learning import video_views
from tests import film
from tests.conftest import PASSWORD
from tests.world import M2

pytestmark = pytest.mark.browser
SitDown = Callable[..., Page]
LESSON = f"/modules/{M2}/lessons/{film.LESSON}"
VIDEO = "document.querySelector('video')"
AT = f"{VIDEO}.currentTime"
LEFT = re.compile(
    r"Continue at 0:[23]\d"
)  # the last second that was told; some pass on a slow machine until a page is left


@pytest.fixture(autouse=True)
def _video(filmed: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """A video of 40 seconds that comes in several pieces."""
    monkeypatch.setattr(video_views, "PIECE", 4096)


def until(page: Page, true: str) -> None:
    """Wait for an expression of the page to be true; its policy lets no text become a script, so it is asked anew."""
    for _ in range(100):
        if page.evaluate(true):
            return
        page.wait_for_timeout(100)
    raise AssertionError(true)


def watch(page: Page, second: int) -> None:
    """Play from ``second`` until the next one has begun."""
    page.evaluate(f"{VIDEO}.currentTime = {second}; {VIDEO}.play()")
    until(page, f"{AT} > {second + 1}")


def test_nothing_of_a_video_is_fetched_until_it_is_asked_for(world: Any, sit_down: SitDown) -> None:
    page, asked = sit_down(world.trainee), []
    page.on("request", lambda one: asked.append(one.url.split("/video/")[1]) if "/video/" in one.url else None)
    page.goto(f"{LESSON}?lang=en", wait_until="networkidle")
    assert asked == []
    page.get_by_role("link", name="Show the video").click()
    page.wait_for_load_state("networkidle")
    assert [one.split("?")[0] for one in asked] == ["counter.en.vtt"]
    watch(page, 0)
    assert film.FILE in [one.split("?")[0] for one in asked]


def test_a_video_is_played_piece_by_piece_to_its_end(world: Any, sit_down: SitDown) -> None:
    page = sit_down(world.trainee)
    page.goto(f"{LESSON}?lang=ar&video=shown")
    watch(page, 0)
    page.evaluate(f"{VIDEO}.playbackRate = 16")
    until(page, f"{VIDEO}.ended")
    shown = page.evaluate(f"[...{VIDEO}.textTracks].filter(one => one.mode === 'showing').map(one => one.language)")
    assert shown == ["ar"]
    page.reload()
    expect(page.get_by_role("button", name="0:")).to_have_count(0)


def test_after_a_reload_it_goes_on_where_it_was_left(world: Any, sit_down: SitDown) -> None:
    page = sit_down(world.trainee, width=360)
    page.goto(f"{LESSON}?lang=en&video=shown")
    expect(page.get_by_role("button", name="Continue at")).to_have_count(0)
    watch(page, 20)
    page.reload()
    button = page.get_by_role("button", name=LEFT)
    place = int(button.inner_text().rpartition(":")[2])
    button.click()
    until(page, f"{AT} > {place + 0.5}")
    assert page.evaluate(AT) < place + 7
    expect(page.locator("video")).to_be_focused()


def test_after_a_lost_line_it_goes_on_without_a_reload(world: Any, sit_down: SitDown) -> None:
    page = sit_down(world.trainee)
    page.goto(f"{LESSON}?lang=en&video=shown")
    watch(page, 20)
    page.reload()
    page.route("**/video/counter.webm*", cut := lambda route: route.abort())
    page.get_by_role("button", name=LEFT).click()
    until(page, f"{VIDEO}.error !== null")
    page.unroute("**/video/counter.webm*", cut)
    page.get_by_role("button", name=LEFT).click()
    until(page, f"{AT} > 21")


def test_another_person_at_the_same_device_is_offered_nothing(world: Any, sit_down: SitDown) -> None:
    page = sit_down(world.trainee)
    page.goto(f"{LESSON}?lang=en&video=shown")
    watch(page, 20)
    page.context.clear_cookies()
    page.goto("/sign-in?lang=en")
    page.fill("#email", world.trainee_2)
    page.fill("#password", PASSWORD)
    page.click("main form button")
    page.goto(f"{LESSON}?lang=en&video=shown")
    expect(page.locator("video")).to_be_visible()
    expect(page.get_by_role("button", name="Continue at")).to_have_count(0)


def test_without_a_script_the_video_is_there_with_its_captions(world: Any, sit_down: SitDown) -> None:
    page = sit_down(world.trainee, js=False)
    page.goto(f"{LESSON}?lang=ru")
    page.locator("#lesson-video a").click()
    expect(page.locator("video[controls] track[default]")).to_have_attribute("srclang", "ru")
    expect(page.locator("#lesson-video button")).to_be_hidden()
