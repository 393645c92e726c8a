"""A lesson in a browser: notes, places, keys, and two languages of opposite directions on one page."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import update

from diploma.accounts.models import User
from diploma.core.lang import Lang
from tests.chromium import TURNED
from tests.world import M2

pytestmark = pytest.mark.browser
SitDown = Callable[..., Page]
MODULE = f"/modules/{M2}"
FIRST = f"{MODULE}/lessons/01-from-complaint-to-challenge"
ENGLISH = f"{FIRST}?lang=en"


def note_of(page: Page, section: str = "why") -> Any:
    return page.locator(f"#note-{section}")


def open_note(page: Page, section: str = "why") -> None:
    page.locator(f"#{section} details.mine > summary").click()


# ---- notes


def test_a_note_is_saved_while_it_is_written(world: Any, sit_down: SitDown) -> None:
    page = sit_down(world.trainee)
    page.goto(ENGLISH)
    open_note(page)
    note_of(page).fill("Ask the counter first")
    expect(page.locator("#why [data-saved]")).to_contain_text("Saved")
    page.reload()
    expect(note_of(page)).to_have_value("Ask the counter first")
    expect(note_of(page)).to_be_visible()


def test_two_windows_do_not_overwrite_each_others_note(world: Any, sit_down: SitDown) -> None:
    desk, phone = sit_down(world.trainee), sit_down(world.trainee, width=360)
    for page in (desk, phone):
        page.goto(ENGLISH)
        open_note(page)
    note_of(phone).fill("from the phone")
    expect(phone.locator("#why [data-saved]")).to_contain_text("Saved")
    note_of(desk).fill("from the desk")
    expect(desk.locator("#why [data-saved]")).to_contain_text("kept on this device")
    desk.locator("#why details.mine button.btn:not([data-draft-use], [data-draft-drop])").click()
    expect(desk.locator("main")).to_contain_text("from the phone")
    expect(note_of(desk)).to_have_value("from the desk")


def test_a_note_and_a_report_work_without_javascript(world: Any, sit_down: SitDown) -> None:
    page = sit_down(world.trainee, js=False, width=360)
    page.goto(ENGLISH)
    open_note(page)
    note_of(page).fill("Ask the counter first")
    page.locator("#why details.mine button.btn:visible").click()
    expect(page).to_have_url(re.compile("#why"))
    expect(note_of(page)).to_have_value("Ask the counter first")
    page.locator("#why a[data-quote]").click()
    page.check("input[name=kind][value=fact]")
    page.fill("#text", "It was in April")
    page.click("main form button.btn")
    expect(page).to_have_url(re.compile("#why"))


def test_the_selected_words_go_into_the_report(world: Any, sit_down: SitDown) -> None:
    page = sit_down(world.trainee)
    page.goto(ENGLISH)
    page.locator("#why p").first.select_text()
    page.locator("#why a[data-quote]").click()
    expect(page.locator("#quote")).to_have_value(re.compile("^Many public projects fail"))


# ---- places


def test_the_outline_stands_open_beside_the_text_and_closed_above_it(world: Any, sit_down: SitDown) -> None:
    for width, open_there in ((1280, True), (360, False)):
        page = sit_down(world.trainee, width=width)
        page.goto(ENGLISH)
        expect(page.locator("[data-lesson-keys]")).to_have_count(1)
        assert page.locator("details.outline").evaluate("one => one.open") is open_there


def test_two_languages_stand_side_by_side_and_on_a_phone_one_below_the_other(world: Any, sit_down: SitDown) -> None:
    for width, beside in ((1280, True), (360, False)):
        page = sit_down(world.trainee, width=width)
        page.goto(f"{FIRST}?alt=ar")
        own, second = (page.locator(f"#idea .pair > :nth-child({n})").bounding_box() for n in (1, 2))
        assert own and second and (abs(own["y"] - second["y"]) < 2) is beside
        assert beside or second["y"] >= own["y"] + own["height"]


def test_keys_lead_from_section_to_section_and_to_the_next_lesson(world: Any, sit_down: SitDown) -> None:
    page = sit_down(world.trainee)
    page.goto(ENGLISH)
    here = page.locator(".sub a[aria-current=location]")
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(here).to_have_attribute("href", "#idea")
    expect(page.locator("#idea")).to_be_focused()
    page.keyboard.press("k")
    expect(here).to_have_attribute("href", "#why")
    page.keyboard.press("n")
    expect(page).to_have_url(re.compile("02-evidence"))
    page.keyboard.press("p")
    expect(page).to_have_url(re.compile("01-from-complaint"))


def test_keys_are_letters_to_whoever_writes(world: Any, sit_down: SitDown) -> None:
    page = sit_down(world.trainee)
    page.goto(ENGLISH)
    open_note(page)
    note_of(page).press_sequentially("njkp")
    expect(note_of(page)).to_have_value("njkp")
    expect(page).to_have_url(re.compile("01-from-complaint"))


def test_keys_can_be_turned_off_for_good(world: Any, sit_down: SitDown) -> None:
    page = sit_down(world.trainee)
    page.goto(ENGLISH)
    page.locator("[data-lesson-keys] > summary").click()
    page.locator("[data-lesson-keys] input").uncheck()
    page.reload()
    page.keyboard.press("j")
    page.keyboard.press("n")
    expect(page.locator("#why")).not_to_be_focused()
    expect(page).to_have_url(re.compile("01-from-complaint"))


def test_a_skip_link_leads_to_the_outline(world: Any, sit_down: SitDown) -> None:
    page = sit_down(world.trainee)
    page.goto(ENGLISH)
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#outline")).to_be_focused()


# ---- two directions


@pytest.mark.parametrize(("interface", "lesson"), [(Lang.RU, Lang.AR), (Lang.AR, Lang.RU)])
def test_a_lesson_keeps_its_direction_inside_an_interface_of_the_other(
    world: Any, unit: Any, sit_down: SitDown, interface: Lang, lesson: Lang
) -> None:
    with unit() as session:
        session.execute(update(User).where(User.email == world.trainee).values(content_language=lesson))
    page = sit_down(world.trainee)
    page.goto(f"{FIRST}?lang={interface.value}")
    expect(page.locator("html")).to_have_attribute("dir", interface.dir)
    for place in ("h1", "#idea h2", "#idea li >> nth=0", ".outline a[aria-current=page] [lang]", ".crumbs [lang]"):
        own = "one => [one.closest('[lang]').lang, getComputedStyle(one).direction]"
        assert page.locator(place).first.evaluate(own) == [lesson.value, lesson.dir], place
    text, first = page.locator("#idea div[lang]").bounding_box(), page.locator("#idea h2")
    edge = first.evaluate(
        "one => { const range = document.createRange(); range.selectNodeContents(one);"
        " const box = range.getBoundingClientRect(); return [box.left, box.right] }"
    )
    assert text
    at_its_edge = abs(text["x"] + text["width"] - edge[1]) if lesson.dir == "rtl" else abs(text["x"] - edge[0])
    assert at_its_edge < 2
    for path in (
        FIRST,
        f"{FIRST}?alt=en",
        MODULE,
        f"{MODULE}/assignment",
        f"{MODULE}/print",
        f"{MODULE}/assignment/print",
    ):
        page.goto(path)
        assert page.evaluate(TURNED) == [], path
