"""One script is marked by keyboard alone, with comments on a passage and on a page; the mouse selects words too."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from diploma.core.db import session
from diploma.core.lang import Lang
from diploma.coursework.models import Marking, MarkingState
from diploma.coursework.rules import SentFile
from tests.coursework.annotations.conftest import notes, paper
from tests.coursework.conftest import Handed, Unit
from tests.world import World

ARABIC = "الفئة المتأثرة.\nيُجدَّد التَّصريح كل سنة في ثلاثة شبابيك 👩‍👩‍👧 مختلفة.\n" + "كلمة " * 420
SELECT = """() => {
  const line = document.querySelectorAll('[data-at]')[1].firstChild, range = document.createRange()
  range.setStart(line, 1)
  range.setEnd(document.querySelector('mark').firstChild, 5)
  getSelection().removeAllRanges()
  getSelection().addRange(range)
}"""


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until the focus is there."""
    for _ in range(120):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"no way to {selector}")


@pytest.mark.browser
def test_a_script_is_marked_with_comments_by_keyboard_alone(
    world: World, hand_in: Callable[..., Handed], stored: Callable[..., SentFile], sit_down: Callable[..., Page],
    reading: Unit
) -> None:  # fmt: skip
    work = hand_in(world.trainee, text=ARABIC, lang=Lang.AR, file=stored(paper()))
    page = sit_down(world.instructor, lang="ru", width=1280)
    page.goto(f"/marking/{work.marking}")
    tab_to(page, "#jot summary")
    page.keyboard.press("Enter")
    tab_to(page, "#note_line")
    page.keyboard.type("2")
    tab_to(page, "#note_first")
    page.keyboard.press("ArrowDown")
    tab_to(page, "#note_last")
    page.keyboard.press("Home")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    tab_to(page, "#note_text")
    page.keyboard.type("من أين؟")
    tab_to(page, "[name=note][value=save]")
    page.keyboard.press("Enter")
    expect(page.locator("mark")).to_have_text("التَّصريح كل")
    page.evaluate(SELECT)  # what a mouse does
    page.locator("[data-pick] button").click()
    page.keyboard.type("Целиком?")
    tab_to(page, "[name=note][value=save]")
    page.keyboard.press("Enter")
    expect(page.locator(".jots > li")).to_have_count(2)
    page.goto(f"/marking/{work.marking}/files/1/pages/2")
    tab_to(page, "#x")
    page.keyboard.type("25")
    tab_to(page, "#text")
    page.keyboard.type("Здесь")
    tab_to(page, "form.card button")
    page.keyboard.press("Enter")
    expect(page.locator(".spot")).to_have_count(1)
    page.goto(f"/marking/{work.marking}")
    tab_to(page, "fieldset.crit [type=radio]")
    page.keyboard.type("45454")
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")
    with reading():
        first, second, third = notes()
        assert (first.quote, first.text) == ("التَّصريح كل", "من أين؟")
        assert second.quote and ARABIC[second.start : second.stop] == second.quote and second.quote[0] == "ي"
        assert (third.page, third.x, third.w, third.text) == (2, 2500, 0, "Здесь")
        assert session.get_one(Marking, work.marking).state is MarkingState.MARKED
