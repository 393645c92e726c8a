"""A marking saves itself while it is written, never makes or unmakes a mark, and never overwrites another marker."""

from collections.abc import Callable
from typing import Any

import pytest
from werkzeug.test import TestResponse

from diploma.core import clock
from diploma.coursework.models import Marking, MarkingState
from tests.conftest import Client
from tests.coursework.conftest import Handed, Unit, levels
from tests.world import World

Open = Callable[[str], Client]
KEY, OTHER = "k" * 22, "o" * 22


def row(reading: Unit, handed: Handed) -> Marking:
    with reading() as session:
        found: Marking = session.get_one(Marking, handed.marking)
        return found


@pytest.fixture
def autosave(handed: Handed) -> Callable[..., TestResponse]:
    """``autosave(browser, {"voices": "weak"}, comment="…")``: what an open page sends by itself."""

    def send(browser: Client, chosen: dict[str, str], comment: str = "", page: str = KEY, version: int = 1) -> Any:
        fields = {f"level-{key}": level for key, level in chosen.items()}
        form = {**fields, "comment": comment, "page": page, "version": version}
        return browser.send(f"/marking/{handed.marking}/draft", form, page="/account")

    return send


def test_levels_and_comment_are_kept_and_the_page_hears_when(
    handed: Handed, world: World, browser_of: Open, autosave: Callable[..., TestResponse], reading: Unit
) -> None:
    with clock.at(clock.now().replace(hour=9, minute=2)):
        answer = autosave(browser_of(world.instructor), {"voices": "weak"}, "Count the silent.")
    assert (answer.status_code, answer.text, answer.mimetype) == (200, "Saved 14:02", "text/plain")
    one = row(reading, handed)
    assert (one.state, one.levels, one.comment) == (MarkingState.MARKING, {"voices": "weak"}, "Count the silent.")
    assert one.counted is None


def test_all_levels_are_still_no_mark(
    handed: Handed, world: World, browser_of: Open, autosave: Callable[..., TestResponse], reading: Unit
) -> None:
    autosave(browser_of(world.instructor), levels("exemplary"))
    assert (row(reading, handed).state, row(reading, handed).counted) == (MarkingState.MARKING, None)


def test_a_mark_that_is_set_is_not_taken_back_by_a_page_that_was_left_open(
    handed: Handed,
    world: World,
    browser_of: Open,
    autosave: Callable[..., TestResponse],
    set_mark: Callable[..., None],
    reading: Unit,
) -> None:
    set_mark(handed)
    version = row(reading, handed).version
    assert autosave(browser_of(world.instructor), levels("weak"), version=version).status_code == 409
    one = row(reading, handed)
    assert (one.state, one.counted, one.version) == (MarkingState.MARKED, 80, version)


def test_the_page_of_a_mark_does_not_save_itself(
    handed: Handed, world: World, browser_of: Open, set_mark: Callable[..., None]
) -> None:
    browser = browser_of(world.instructor)
    address = f'data-autosave="/marking/{handed.marking}/draft"'
    assert address in browser.get(f"/marking/{handed.marking}").text
    set_mark(handed)
    assert "data-autosave" not in browser.get(f"/marking/{handed.marking}").text


def test_a_page_saves_again_and_again_though_its_version_is_that_of_its_beginning(
    handed: Handed, world: World, browser_of: Open, autosave: Callable[..., TestResponse], reading: Unit
) -> None:
    browser = browser_of(world.instructor)
    assert [autosave(browser, {"voices": level}).status_code for level in ("weak", "adequate", "weak")] == [200] * 3
    form = {f"level-{key}": level for key, level in levels().items()} | {"page": KEY, "version": 1, "do": "mark"}
    assert browser.send(f"/marking/{handed.marking}", form, page="/account").status_code == 302
    assert row(reading, handed).counted == 80


def test_another_page_that_has_not_seen_the_draft_is_refused(
    handed: Handed, world: World, browser_of: Open, autosave: Callable[..., TestResponse], reading: Unit
) -> None:
    browser = browser_of(world.instructor)
    autosave(browser, {"voices": "weak"}, "Mine.")
    assert autosave(browser, {"voices": "adequate"}, "Other tab.", page=OTHER).status_code == 409
    assert autosave(browser, {"voices": "adequate"}, "No page.", page="").status_code == 409
    assert row(reading, handed).comment == "Mine."


def test_whoever_saves_after_the_refusal_sees_both_versions(
    handed: Handed,
    world: World,
    browser_of: Open,
    autosave: Callable[..., TestResponse],
    second_instructor: str,
    reading: Unit,
) -> None:
    autosave(browser_of(world.instructor), {"voices": "weak"}, "Mine was first.")
    second = browser_of(second_instructor)
    assert autosave(second, {"voices": "exemplary"}, "Mine came later.", page=OTHER).status_code == 409
    form = {"level-voices": "exemplary", "comment": "Mine came later.", "page": OTHER, "version": 1, "do": "save"}
    answer = second.send(f"/marking/{handed.marking}", form, page="/account")
    assert answer.status_code == 409 and "Mine was first." in answer.text and "Mine came later." in answer.text
    assert "data-autosave" not in answer.text, "the script would replace the other text before it is read"
    assert row(reading, handed).comment == "Mine was first."


def test_the_same_words_twice_leave_the_version_as_it_is(
    handed: Handed, world: World, browser_of: Open, autosave: Callable[..., TestResponse], reading: Unit
) -> None:
    browser = browser_of(world.instructor)
    autosave(browser, {"voices": "weak"}, "Once.")
    version = row(reading, handed).version
    assert autosave(browser, {"voices": "weak"}, "Once.").status_code == 200
    assert row(reading, handed).version == version


def test_a_page_that_finds_its_own_words_saved_goes_on_from_there(
    handed: Handed, world: World, browser_of: Open, autosave: Callable[..., TestResponse], reading: Unit
) -> None:
    """The page before it saved while it was being left: after this one was made, before it was seen."""
    browser = browser_of(world.instructor)
    autosave(browser, {"voices": "weak"}, "Last words", page=OTHER)
    assert autosave(browser, {"voices": "weak"}, "Last words").status_code == 200
    assert autosave(browser, {"voices": "weak"}, "Last words, and more").status_code == 200
    assert row(reading, handed).comment == "Last words, and more"


def test_an_untouched_page_saves_nothing(
    handed: Handed, world: World, browser_of: Open, autosave: Callable[..., TestResponse], reading: Unit
) -> None:
    assert autosave(browser_of(world.instructor), {}).text == ""
    assert (row(reading, handed).state, row(reading, handed).marker_id) == (MarkingState.WAITING, None)


def test_a_comment_without_end_is_not_saved(
    handed: Handed, world: World, browser_of: Open, autosave: Callable[..., TestResponse], reading: Unit
) -> None:
    assert autosave(browser_of(world.instructor), {}, "x" * 20_001).status_code == 422
    assert row(reading, handed).comment == ""


def test_a_refused_comment_does_not_hide_what_somebody_else_saved(
    handed: Handed, world: World, browser_of: Open, autosave: Callable[..., TestResponse], second_instructor: str
) -> None:
    autosave(browser_of(second_instructor), {"voices": "weak"}, page=OTHER)
    form = {"comment": "x" * 20_001, "page": KEY, "version": 1, "do": "save"}
    answer = browser_of(world.instructor).send(f"/marking/{handed.marking}", form, page="/account")
    assert answer.status_code == 422
    assert 'name="version" type="hidden" value="1"' in answer.text and f'value="{KEY}"' in answer.text


@pytest.mark.parametrize("who", ["trainee", "coordinator", "other_instructor"])
def test_a_stranger_saves_nothing(
    handed: Handed,
    world: World,
    browser_of: Open,
    autosave: Callable[..., TestResponse],
    reading: Unit,
    who: str,
) -> None:
    answer = autosave(browser_of(getattr(world, who)), {"voices": "weak"})
    assert answer.status_code == (404 if who == "other_instructor" else 403)
    assert row(reading, handed).state is MarkingState.WAITING
