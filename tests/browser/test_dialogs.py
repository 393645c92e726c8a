"""A question over the page: it is the page that asks, opened in place; without a script that page itself."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from diploma.accounts.models import User
from diploma.cohorts.models import Enrolment, EnrolmentState

pytestmark = pytest.mark.browser
SitDown = Callable[..., Page]


@pytest.fixture
def bobur(world: Any, unit: Any) -> str:
    """The address of a trainee's page in the cohort."""
    with unit() as session:
        found = session.scalar(select(Enrolment.id).join(User).where(User.email == world.trainee_2))
    return f"/cohorts/{world.cohort}/people/{found}"


def state(reading: Any, world: Any) -> EnrolmentState:
    with reading() as session:
        return session.scalar(select(Enrolment.state).join(User).where(User.email == world.trainee_2))  # type: ignore[no-any-return]


def test_a_step_is_asked_about_and_taken_without_leaving_the_page(
    world: Any, sit_down: SitDown, bobur: str, reading: Any
) -> None:
    page = sit_down(world.coordinator)
    page.goto(bobur)
    page.locator("a[data-confirm]").first.click()
    question = page.locator("dialog:modal")
    expect(question).to_be_visible()
    expect(question.get_by_label("Reason")).to_be_focused()
    assert page.url.endswith(bobur)
    question.get_by_label("Reason").select_option("new_post")
    question.locator("textarea").fill("Moved to another ministry")
    with page.expect_navigation():
        question.locator("button.danger").click()
    assert state(reading, world) is EnrolmentState.WITHDRAWN


@pytest.mark.parametrize("way", ["Escape", "Back"])
def test_a_question_that_is_left_gives_the_focus_back(world: Any, sit_down: SitDown, bobur: str, way: str) -> None:
    page = sit_down(world.coordinator)
    page.goto(bobur)
    opener = page.locator("a[data-confirm]").first
    opener.focus()
    page.keyboard.press("Enter")
    expect(page.locator("dialog:modal")).to_be_visible()
    if way == "Escape":
        page.keyboard.press("Escape")
    else:
        page.click("dialog a[data-back]")
    expect(page.locator("dialog")).to_have_count(0)
    expect(opener).to_be_focused()
    assert page.url.endswith(bobur)


def test_what_is_refused_keeps_what_was_written(world: Any, sit_down: SitDown, bobur: str, reading: Any) -> None:
    page = sit_down(world.coordinator)
    page.goto(bobur)
    page.click("a[data-confirm]")
    with page.expect_navigation():
        page.locator("dialog:modal button.danger").click()  # without a reason
    assert page.url.endswith("/withdraw")
    expect(page.locator("[aria-invalid]")).to_be_visible()
    assert state(reading, world) is EnrolmentState.ACTIVE


def test_the_fields_of_a_question_are_not_those_of_the_page(world: Any, sit_down: SitDown, bobur: str) -> None:
    page = sit_down(world.coordinator)
    page.goto(bobur)
    page.evaluate("document.body.insertAdjacentHTML('afterbegin', '<p id=reason></p>')")
    page.click("a[data-confirm]")
    expect(page.locator("dialog:modal").get_by_label("Reason")).to_be_focused()


def test_without_a_script_the_question_is_a_page(world: Any, sit_down: SitDown, bobur: str) -> None:
    page = sit_down(world.coordinator, js=False)
    page.goto(bobur)
    page.click("a[data-confirm]")
    assert page.url.endswith("/withdraw")
    expect(page.locator("dialog")).to_be_visible()
    page.click("a[data-back]")
    assert page.url.endswith(bobur)


def test_an_ended_session_leads_to_the_sign_in(world: Any, sit_down: SitDown, bobur: str) -> None:
    page = sit_down(world.coordinator)
    page.goto(bobur)
    page.context.clear_cookies()
    page.click("a[data-confirm]")
    page.wait_for_url(re.compile("/sign-in"))


def test_a_copied_number_is_said_and_goes_away(world: Any, sit_down: SitDown, bobur: str) -> None:
    page = sit_down(world.coordinator)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto("/account?lang=en")
    button = '<button id=copy data-copy="R-1234-5678" data-done="The number is copied." hidden>Copy</button>'
    page.route("**/account*", lambda route: route.fulfill(response=(got := route.fetch()), body=got.text().replace(
        "</main>", f"{button}</main>")))  # fmt: skip
    page.goto("/account?lang=en")
    page.click("#copy")
    expect(page.get_by_role("status").filter(has_text="The number is copied.")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == "R-1234-5678"
