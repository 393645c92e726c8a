"""A worksheet in a browser: saved while it is written, computed while it is scored, and whole without a script."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.chromium import TURNED
from tests.papers import TABLE

pytestmark = pytest.mark.browser
SitDown = Callable[..., Page]
ENGLISH = f"{TABLE}?lang=en"


def control(page: Page, *place: Any) -> Locator:
    return page.locator(f'[name="f.{".".join(map(str, place))}"]')


def score(page: Page, *options: str) -> None:
    criteria = ("value", "scale", "evidence", "room", "readiness")
    for number, given in enumerate(options):
        for criterion, points in zip(criteria, given, strict=True):
            control(page, "scores", number, criterion).select_option(points)


def test_it_is_saved_while_it_is_written(papers: Any, sit_down: SitDown) -> None:
    page = sit_down(papers.trainee)
    page.goto(ENGLISH)
    control(page, "claims", 0, "claim").fill("Owners come three times")
    expect(page.locator("[data-saved]")).to_contain_text("Saved")
    page.reload()
    expect(control(page, "claims", 0, "claim")).to_have_value("Owners come three times")


def test_the_matrix_is_computed_while_it_is_scored(papers: Any, sit_down: SitDown) -> None:
    page = sit_down(papers.trainee, width=360)
    page.goto(ENGLISH)
    result = page.locator("[data-computed]")
    expect(result).to_contain_text("It needs two options")
    control(page, "scores", 0).fill("Renewal")
    control(page, "scores", 1).fill("Hospital")
    score(page, "32343", "44212")
    expect(result).to_contain_text("first is Hospital")
    expect(result.locator("tbody tr").first).to_contain_text("75")
    control(page, "scores", 0, "value").select_option("1")
    expect(result).to_contain_text("Below the floor")


def test_two_windows_do_not_overwrite_each_other(papers: Any, sit_down: SitDown) -> None:
    desk, phone = sit_down(papers.trainee), sit_down(papers.trainee, width=360)
    for page in (desk, phone):
        page.goto(ENGLISH)
    control(phone, "statement").fill("from the phone")
    expect(phone.locator("[data-saved]")).to_contain_text("Saved")
    control(desk, "statement").fill("from the desk")
    expect(desk.locator("[data-saved]")).to_contain_text("Press Save to see both versions")
    desk.get_by_role("button", name="Save").click()
    expect(desk.locator("main")).to_contain_text("from the phone")
    expect(control(desk, "statement")).to_have_value("from the desk")
    desk.get_by_role("button", name="Save").click()
    expect(desk.locator("[data-saved]")).to_contain_text("Saved")
    phone.reload()
    expect(control(phone, "statement")).to_have_value("from the desk")


def test_without_a_script_it_is_filled_in_row_by_row_and_computed(papers: Any, sit_down: SitDown) -> None:
    page = sit_down(papers.trainee, js=False, width=360)
    page.goto(ENGLISH)
    control(page, "claims", 2, "claim").fill("the last row")
    page.get_by_role("button", name="Add rows").click()
    expect(page).to_have_url(re.compile(r"#f\.claims$"))
    expect(control(page, "claims", 2, "claim")).to_have_value("the last row")
    control(page, "claims", 6, "kind").select_option("test")
    score(page, "32343", "44212")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("[data-saved]")).to_contain_text("Saved")
    expect(control(page, "claims", 6, "kind")).to_have_value("test")
    expect(page.locator("main")).to_contain_text("first is Option 2")


def test_enter_in_the_name_of_an_option_saves_and_adds_no_rows(papers: Any, sit_down: SitDown) -> None:
    page = sit_down(papers.trainee)
    page.goto(ENGLISH)
    control(page, "scores", 0).fill("Renewal")
    control(page, "scores", 0).press("Enter")
    expect(page.locator("[data-saved]")).to_contain_text("Saved")
    assert page.locator('textarea[name$=".claim"]').count() == 3


@pytest.mark.parametrize(("lang", "width"), [("ar", 360), ("ar", 1280), ("uz-Cyrl", 360)])
def test_it_fits_the_screen_and_no_number_is_turned_round(
    papers: Any, sit_down: SitDown, lang: str, width: int
) -> None:
    page = sit_down(papers.trainee, lang=lang, width=width)
    page.goto(f"{TABLE}?lang={lang}")
    control(page, "statement").fill("10/5 2026-2027 " + "word" * 200)
    score(page, "32343", "44212", "11444")
    expect(page.locator("[data-computed]")).to_contain_text("62")
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    assert page.evaluate(TURNED) == []


def test_paper_cuts_no_table(papers: Any, sit_down: SitDown) -> None:
    page = sit_down(papers.trainee)
    page.goto(ENGLISH)
    control(page, "claims", 0, "claim").fill("Owners come three times " * 20)
    score(page, "32343", "44212", "11444")
    expect(page.locator("[data-saved]")).to_contain_text("Saved")
    for address in (f"{TABLE}/print?lang=ar", f"{TABLE}/print?empty=1&lang=ar"):
        page.goto(address)
        page.emulate_media(media="print")
        page.set_viewport_size({"width": 672, "height": 1000})  # the text of a sheet of A4: 178 mm
        assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
        inside = "one => one.scrollWidth <= one.clientWidth"
        assert all(one.evaluate(inside) for one in page.locator(".scroll").all())
