"""The marker's desk in a browser: by keyboard alone, on a bad line, against another window, and without its script."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from diploma.core import clock
from diploma.core.db import session
from diploma.core.lang import Lang
from diploma.coursework import bank, marking, service
from diploma.coursework.marking import Judged
from diploma.coursework.models import Marking, MarkingState
from diploma.demo import texts
from tests.coursework.conftest import DECLARED, enrolment, user
from tests.world import M2, World

pytestmark = pytest.mark.browser
SitDown = Callable[..., Page]
REMARK = {Lang.AR: "اذكر مصدر كل رقم.", Lang.UZ_CYRL: "Ҳар бир рақам манбасини кўрсатинг.", Lang.EN: "Name the source."}


@pytest.fixture
def scripts(world: World, unit: Any) -> Callable[[Lang], list[int]]:
    """``scripts(Lang.AR)``: ids of two works that wait, the older first, and a comment in the instructor's bank."""

    def hand_in(lang: Lang) -> list[int]:
        with unit():
            bank.keep(user(world.instructor), REMARK, M2)
            made = []
            for email in (world.trainee, world.trainee_2):
                draft = service.open_draft(enrolment(email), M2, lang, by=user(email))
                service.save_draft(draft, service.Written(texts.WORKS[lang][0], lang), by=user(email))
                made.append(_submit(draft, email))
            return made

    return hand_in


@pytest.fixture(autouse=True)
def no_annex_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "missing", lambda *_: [])


def _submit(draft: Any, email: str) -> int:
    done = service.submit(draft, "k" * 20, DECLARED, received_at=clock.now(), base_url="", by=user(email))
    assert done.marking
    return int(done.marking.id)


@pytest.fixture
def stored(reading: Any) -> Callable[[int], Marking]:
    def get(marking_id: int) -> Marking:
        with reading():
            session.expire_all()
            found: Marking = session.get_one(Marking, marking_id)
            return found

    return get


def tab_to(page: Page, selector: str, most: int = 60) -> None:
    """Press Tab until the focus is there; fails when it never is, or when something holds it."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"Tab does not lead to {selector}")


def focus(page: Page) -> str:
    return str(page.evaluate("(document.activeElement.closest('fieldset') ?? document.activeElement).id"))


def at_desk(page: Page, marking_id: int, lang: str = "en") -> Page:
    page.goto(f"/marking/{marking_id}?lang={lang}&rubric={lang}")
    return page


@pytest.mark.parametrize("lang", [Lang.AR, Lang.UZ_CYRL])
def test_a_script_is_marked_by_keyboard_alone(
    scripts: Callable[[Lang], list[int]], world: World, sit_down: SitDown, stored: Any, lang: Lang
) -> None:
    first, second = scripts(lang)
    page = sit_down(world.instructor, lang.value)
    page.goto(f"/marking/?lang={lang.value}")
    tab_to(page, "tbody a")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/marking/{first}*#script")
    expect(page.locator("#script")).to_be_focused()  # the arrows scroll the script
    tab_to(page, "fieldset.crit input")
    page.keyboard.type("45454")
    assert focus(page) == "choice"
    page.keyboard.press("c")
    page.keyboard.type("2 more")  # a figure in a comment is no key
    page.keyboard.press("Escape")
    assert focus(page) == "choice"
    expect(page.locator("[data-total]")).to_contain_text(re.compile(r"8\d"))
    tab_to(page, "[name=comment]")
    tab_to(page, "[name=insert]")
    page.keyboard.press("Enter")
    expect(page.locator("[name=comment]")).to_be_focused()
    expect(page.locator("[name=comment]")).to_have_value(REMARK[lang])
    expect(page.locator("[data-saved]")).to_contain_text(re.compile(r"\d\d:\d\d"))
    assert stored(first).state is MarkingState.MARKING
    tab_to(page, ".dock [value=next]")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/marking/{second}*#script")
    expect(page.locator("#script")).to_be_focused()
    one = stored(first)
    assert (one.state, one.comment) == (MarkingState.MARKED, REMARK[lang])
    assert one.remarks == {"choice": "2 more"}
    assert list(one.levels.values()) == ["proficient", "exemplary", "proficient", "exemplary", "proficient"]


def test_keys_can_be_taken_back_and_trap_nobody(
    scripts: Callable[[Lang], list[int]], world: World, sit_down: SitDown
) -> None:
    first, second = scripts(Lang.EN)
    page = at_desk(sit_down(world.instructor), first)
    keys = page.keyboard
    chosen = "[...document.querySelectorAll('fieldset.crit :checked')].map(one => +one.dataset.key)"
    page.locator("#statement input").first.focus()
    keys.type("23")
    keys.press("Backspace")
    assert (page.evaluate(chosen), focus(page)) == ([2], "evidence")
    keys.press("Backspace")
    assert (page.evaluate(chosen), focus(page)) == ([], "statement")
    keys.press("4")
    keys.press("Shift+Tab")  # the way to a comment on the criterion
    keys.press("Shift+Tab")
    keys.press("ArrowUp")  # the levels stand from the highest down
    assert (page.evaluate(chosen), focus(page)) == ([5], "statement")
    keys.press("Escape")
    assert focus(page) == "script"
    keys.type("1")  # a figure outside of the rubric is no key
    keys.press("Escape")
    assert (page.evaluate(chosen), focus(page)) == ([5], "statement")
    keys.press("?")
    expect(page.locator("[data-keys]")).to_have_attribute("open", "")
    page.locator("[name=comment]").focus()
    keys.type("5? [1]")
    expect(page.locator("[name=comment]")).to_have_value("5? [1]")
    keys.press("Alt+PageDown")
    page.wait_for_url(f"**/marking/{second}*")
    keys.press("Alt+PageUp")
    page.wait_for_url(f"**/marking/{first}*")
    expect(page.locator("[name=comment]")).to_have_value("5? [1]")  # saved on the way out


def test_a_save_leaves_the_marker_where_they_were(
    scripts: Callable[[Lang], list[int]], world: World, sit_down: SitDown
) -> None:
    page = at_desk(sit_down(world.instructor), scripts(Lang.EN)[0])
    page.fill("[name=comment]", "Good work, go on.")
    page.evaluate("document.querySelector('[name=comment]').setSelectionRange(4, 4)")
    page.evaluate("document.querySelector('#script').scrollTop = 120")
    page.evaluate("document.querySelector('[name=comment]').scrollIntoView()")
    depth = page.evaluate("document.querySelector('#rubric').scrollTop")
    page.locator("[name=comment]").press("Tab")
    with page.expect_navigation():
        page.locator("#rubric [value=save]").press("Enter")
    expect(page.locator("#rubric [value=save]")).to_be_focused()
    tops = page.evaluate("[...document.querySelectorAll('.flank')].map(one => one.scrollTop)")
    assert tops == [120, depth] and depth > 300
    assert page.evaluate("document.querySelector('[name=comment]').selectionStart") == 4


def test_what_somebody_else_saved_is_not_overwritten_by_a_page_that_saves_itself(
    scripts: Callable[[Lang], list[int]], world: World, sit_down: SitDown, unit: Any, stored: Any
) -> None:
    first, _second = scripts(Lang.EN)
    page = at_desk(sit_down(world.instructor), first)
    with unit():
        theirs = Judged({"voices": "weak"}, "From the other window.", page="other")
        marking.autosave(session.get_one(Marking, first), theirs, by=user(world.instructor))
    page.fill("[name=comment]", "From this window.")
    expect(page.locator("[data-saved]")).to_contain_text("Changed elsewhere")
    assert stored(first).comment == "From the other window."
    with page.expect_navigation():
        page.locator("#rubric [value=save]").press("Enter")
    expect(page.locator("#rubric [role=alert]")).to_be_focused()
    expect(page.locator("#rubric [role=alert]")).to_contain_text("From the other window.")
    expect(page.locator("[name=comment]")).to_have_value("From this window.")


def test_a_lost_line_keeps_a_copy_that_comes_back(
    scripts: Callable[[Lang], list[int]], world: World, sit_down: SitDown, stored: Any
) -> None:
    first, _second = scripts(Lang.EN)
    page = at_desk(sit_down(world.instructor), first)
    page.route("**/draft", lambda route: route.abort())
    page.locator("#voices input").first.focus()
    page.keyboard.press("4")
    page.fill("[name=comment]", "Written on the train.")
    expect(page.locator("[data-saved]")).to_contain_text("kept on this device")
    page.unroute("**/draft")
    page.reload()
    expect(page.locator("[name=comment]")).to_have_value("")
    page.locator("[data-draft-use]").press("Enter")
    expect(page.locator("[name=comment]")).to_have_value("Written on the train.")
    expect(page.locator("[data-total]")).to_contain_text("16")
    expect(page.locator("[data-saved]")).to_contain_text("Saved")
    assert stored(first).levels == {"voices": "proficient"}


def test_an_answer_that_was_lost_does_not_make_the_page_a_stranger_to_itself(
    scripts: Callable[[Lang], list[int]], world: World, sit_down: SitDown, stored: Any
) -> None:
    def swallow(route: Route) -> None:
        route.fetch()
        route.abort()

    first, _second = scripts(Lang.EN)
    page = at_desk(sit_down(world.instructor), first)
    page.route("**/draft", swallow)
    page.fill("[name=comment]", "Arrived, but nobody said so.")
    expect(page.locator("[data-saved]")).to_contain_text("kept on this device")
    page.unroute("**/draft")
    page.locator("[name=comment]").press("End")
    page.keyboard.type(" And on.")
    expect(page.locator("[data-saved]")).to_contain_text("Saved")
    assert stored(first).comment == "Arrived, but nobody said so. And on."


def test_the_bank_is_searched_and_used_at_the_cursor(
    scripts: Callable[[Lang], list[int]], world: World, sit_down: SitDown, unit: Any, reading: Any
) -> None:
    first, _second = scripts(Lang.EN)
    with unit():
        bank.keep(user(world.instructor), {Lang.EN: "Keep this tone."}, None)
    page = at_desk(sit_down(world.instructor), first)
    page.fill("[name=comment]", "Clear. Go on.")
    page.evaluate("document.querySelector('[name=comment]').setSelectionRange(6, 6)")
    page.locator("#bank-search").focus()
    page.keyboard.type("SOURCE")
    expect(page.locator("[name=insert]:visible")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.locator("[name=comment]")).to_have_value("Clear. Name the source. Go on.")
    page.keyboard.press("Control+z")
    expect(page.locator("[name=comment]")).to_have_value("Clear. Go on.")
    page.evaluate("document.querySelector('[name=comment]').setSelectionRange(7, 13)")
    with page.expect_navigation():
        page.locator("[name=keep]").press("Enter")
    with reading():
        assert "Go on." in [one.texts.get("en") for one in bank.of(user(world.instructor))]
    expect(page.locator("[name=comment]")).to_have_value("Clear. Go on.")


def test_a_mark_that_is_changed_warns_before_it_is_lost(
    scripts: Callable[[Lang], list[int]], world: World, sit_down: SitDown, unit: Any
) -> None:
    first, _second = scripts(Lang.EN)
    with unit():
        row = session.get_one(Marking, first)
        judged = Judged(texts.LEVELS[0], "Done.")
        marking.mark(row, judged, by=user(world.instructor))
    page = at_desk(sit_down(world.instructor), first)
    leave = "dispatchEvent(new Event('beforeunload', {cancelable: true}))"
    assert page.evaluate(leave)
    page.locator("[name=comment]").press("End")
    page.keyboard.type(" More.")
    assert not page.evaluate(leave)
    with page.expect_navigation():  # a save asks nothing
        page.locator("#rubric [value=mark]").press("Enter")


@pytest.fixture
def bare(sit_down: SitDown, world: World) -> Iterator[Page]:
    yield sit_down(world.instructor, js=False, width=360)


def test_everything_works_without_javascript(
    scripts: Callable[[Lang], list[int]], bare: Page, world: World, stored: Any
) -> None:
    first, second = scripts(Lang.EN)
    bare.goto("/marking/?lang=en")
    bare.locator("tbody a").first.click()
    expect(bare.locator("[data-keys]")).to_be_hidden()
    for criterion in ("statement", "evidence", "voices", "causes", "choice"):
        bare.locator(f"#{criterion} input").nth(1).check(force=True)
    bare.fill("[name=comment]", "Clear.")
    bare.locator("[name=insert]").click()
    expect(bare.locator("[name=comment]")).to_have_value("Clear. Name the source.")
    expect(bare.locator("[data-total]")).to_contain_text("80")
    bare.locator("#statement input").first.press("Enter")  # the harmless button
    assert stored(first).state is MarkingState.MARKING
    bare.locator(".dock [value=next]").click()
    expect(bare).to_have_url(re.compile(f"/marking/{second}"))
    assert (stored(first).state, stored(first).counted) == (MarkingState.MARKED, 80)
