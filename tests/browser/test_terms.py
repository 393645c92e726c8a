"""A term of a lesson is explained where it stands: by mouse, by keyboard, by finger and without a script."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.world import M2

pytestmark = pytest.mark.browser
SitDown = Callable[..., Page]
LESSON = f"/modules/{M2}/lessons/01-from-complaint-to-challenge"


def test_a_term_is_explained_in_place_and_gives_the_focus_back(world: Any, sit_down: SitDown) -> None:
    page = sit_down(world.trainee)
    page.goto(f"{LESSON}?lang=en")
    address, term, box = page.url, page.locator("#idea-en-counter"), page.get_by_role("dialog")
    expect(box).to_be_hidden()
    term.focus()
    page.keyboard.press("Enter")
    expect(box).to_contain_text("The place where a customer meets")
    expect(box).to_be_focused()
    page.keyboard.press("Escape")
    expect(box).to_be_hidden()
    expect(term).to_be_focused()
    assert page.url == address


def test_another_term_replaces_the_first_and_a_click_elsewhere_closes_it(world: Any, sit_down: SitDown) -> None:
    page = sit_down(world.trainee)
    page.goto(f"{LESSON}?lang=en")
    box = page.get_by_role("dialog")
    page.locator("#why-en-challenge").click()
    page.locator("#idea-en-entity").click()
    expect(box).to_contain_text("A ministry, an agency")
    expect(box).not_to_contain_text("A situation")
    page.locator("h1").click()
    expect(box).to_be_hidden()


def test_an_arabic_term_beside_a_russian_lesson_is_explained_in_arabic(world: Any, sit_down: SitDown) -> None:
    page = sit_down(world.trainee, width=360)
    page.goto(f"{LESSON}?lang=ru&alt=ar")
    page.locator('a.term[href="#term-ar-counter"]').first.click()
    entry = page.get_by_role("dialog").locator("[lang=ar][dir=rtl]")
    expect(entry).to_contain_text("نافذة الخدمة")
    place = page.get_by_role("dialog").bounding_box()
    assert place and place["x"] >= 0 and place["x"] + place["width"] <= 360


def test_without_a_script_the_term_leads_to_its_entry_and_back(world: Any, sit_down: SitDown) -> None:
    page = sit_down(js=False)
    page.goto("/sign-in?lang=en")
    page.fill("#email", world.trainee)
    page.fill("#password", "a long enough sentence")
    page.click("main form button")
    page.goto(f"{LESSON}?lang=en")
    page.locator("#idea-en-counter").click()
    expect(page).to_have_url(re.compile("#term-en-counter$"))
    entry = page.locator("#term-en-counter")
    expect(entry).to_be_in_viewport()
    entry.get_by_role("link", name="Back to the text: The idea").click()
    expect(page).to_have_url(re.compile("#idea-en-counter$"))


@pytest.mark.parametrize("width", [360, 1280])
def test_the_head_of_a_page_leads_to_the_search(world: Any, sit_down: SitDown, width: int) -> None:
    page = sit_down(world.trainee, width=width)
    page.goto("/dashboard?lang=en")
    if width == 360:
        page.get_by_text("Menu", exact=True).click()
    field = page.get_by_role("searchbox")
    field.fill("shop licence")
    field.press("Enter")
    page.get_by_role("link", name="Worked example").first.click()
    expect(page).to_have_url(re.compile(f"{LESSON}.*#example$"))
