"""The comment bank: one marker's own sentences, in the language of the script, added and used in one step."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from diploma.core.db import session as db_session
from diploma.core.errors import Refused
from diploma.core.lang import Lang
from diploma.coursework import bank
from diploma.coursework.models import BankComment, Marking, MarkingState
from tests.conftest import Client
from tests.coursework.conftest import Handed, Unit, levels, user
from tests.world import M2, World

Open = Callable[[str], Client]
RU, UZ = "Укажите источник.", "Manbani koʻrsating."


@pytest.fixture
def kept(world: World, unit: Unit) -> int:
    """The id of a comment of the instructor's, in Russian and in Uzbek Latin, for one module."""
    with unit():
        return bank.keep(user(world.instructor), {Lang.RU: RU, Lang.UZ_LATN: UZ}, M2).id


def held(reading: Unit, email: str) -> list[dict[str, str]]:
    with reading():
        return [one.texts for one in bank.of(user(email))]


def offered(page: str) -> list[str]:
    return re.findall(r'name="insert" value="\d+">.*?<span class="grow"[^>]*>(.*?)</span>', page)


# ---- beside a script


@pytest.mark.parametrize(
    ("lang", "text", "tagged"),
    [(Lang.RU, RU, False), (Lang.UZ_LATN, UZ, False), (Lang.UZ_CYRL, UZ, True), (Lang.AR, RU, True)],
)
def test_a_script_gets_the_text_in_its_own_language(
    kept: int, world: World, hand_in: Callable[..., Handed], browser_of: Open, lang: Lang, text: str, tagged: bool
) -> None:
    page = browser_of(world.instructor).get(f"/marking/{hand_in(world.trainee, lang=lang).marking}").text
    assert offered(page) == [text]
    assert ('</span><span class="tag">' in page.partition('name="insert"')[2].partition("</li>")[0]) is tagged


def test_without_a_script_a_comment_is_inserted_and_nothing_is_lost(
    kept: int, handed: Handed, world: World, browser_of: Open, reading: Unit
) -> None:
    form = {"insert": kept, "comment": "Good work.", "level-voices": "weak", "version": 1}
    page = browser_of(world.instructor).send(f"/marking/{handed.marking}", form).text
    assert re.search(rf"<textarea[^>]*>\s*Good work\. {RU}</textarea>", page)
    assert 'value="weak" data-key="2" checked' in page
    with reading() as session:
        assert session.get_one(Marking, handed.marking).state is MarkingState.WAITING


def test_inserting_does_not_hide_that_somebody_else_saved(
    kept: int, handed: Handed, world: World, browser_of: Open, second_instructor: str
) -> None:
    browser_of(second_instructor).send(f"/marking/{handed.marking}", {"do": "save", "comment": "Mine.", "version": 1})
    page = browser_of(world.instructor).send(f"/marking/{handed.marking}", {"insert": kept, "version": 1}).text
    assert 'name="version" type="hidden" value="1"' in page


@pytest.mark.parametrize(("selected", "kept_text"), [("", "Say who owns it."), ("who owns it", "who owns it")])
def test_a_comment_or_a_part_of_it_is_kept_in_one_step(
    handed: Handed, world: World, browser_of: Open, reading: Unit, selected: str, kept_text: str
) -> None:
    form = {"keep": selected, "comment": "Say who owns it.", "level-voices": "weak", "version": 1}
    for _twice in range(2):
        page = browser_of(world.instructor).send(f"/marking/{handed.marking}", form).text
    assert held(reading, world.instructor) == [{"en": kept_text}]
    assert offered(page) == [kept_text] and "Say who owns it." in page and 'data-key="2" checked' in page


@pytest.mark.parametrize(
    ("form", "says"),
    [
        ({"keep": "", "comment": " "}, "There is no comment yet."),
        ({"keep": "", "comment": "x" * 2_001}, "2000 characters at most"),
    ],
)
def test_what_cannot_be_kept_is_said_beside_the_bank(
    handed: Handed, world: World, browser_of: Open, reading: Unit, form: dict[str, Any], says: str
) -> None:
    answer = browser_of(world.instructor).send(f"/marking/{handed.marking}", form | {"version": 1})
    assert answer.status_code == 200 and says in answer.text
    assert held(reading, world.instructor) == []


def test_a_comment_about_another_module_does_not_stand_here(
    handed: Handed, world: World, browser_of: Open, unit: Unit
) -> None:
    with unit():
        for text, module in (("Here", M2), ("There", "m3-co-creation"), ("Everywhere", None)):
            bank.keep(user(world.instructor), {Lang.EN: text}, module)
    assert offered(browser_of(world.instructor).get(f"/marking/{handed.marking}").text) == ["Everywhere", "Here"]


def test_what_was_used_most_comes_first(handed: Handed, world: World, browser_of: Open, unit: Unit) -> None:
    with unit():
        for text in ("Say who owns it.", "Name the source."):
            bank.keep(user(world.instructor), {Lang.EN: text}, None)
    browser, address = browser_of(world.instructor), f"/marking/{handed.marking}"
    assert offered(browser.get(address).text) == ["Name the source.", "Say who owns it."]
    form = {f"level-{key}": level for key, level in levels().items()} | {"do": "mark", "version": 1}
    browser.send(address, form | {"comment": "Good. Say who owns it. Go on."})
    assert offered(browser.get(address).text) == ["Say who owns it.", "Name the source."]


def test_the_bank_has_an_end(world: World, unit: Unit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bank, "MOST", 1)
    with unit():
        bank.keep(user(world.instructor), {Lang.EN: "One"}, None)
        with pytest.raises(Refused, match="1 comments at most"):
            bank.keep(user(world.instructor), {Lang.EN: "Two"}, None)


def test_a_comment_is_text_and_never_markup(handed: Handed, world: World, browser_of: Open, unit: Unit) -> None:
    with unit():
        bank.keep(user(world.instructor), {Lang.EN: "<img src=x onerror=alert(1)>"}, None)
    for path in (f"/marking/{handed.marking}", "/marking/comments/"):
        assert "<img" not in browser_of(world.instructor).get(path).text


# ---- its own pages


def test_a_comment_is_written_in_several_languages_changed_and_deleted(
    world: World, browser_of: Open, reading: Unit
) -> None:
    browser = browser_of(world.instructor)
    browser.send("/marking/comments/new", {"module": M2, "ru": RU, "uz_Latn": UZ})
    assert held(reading, world.instructor) == [{"ru": RU, "uz-Latn": UZ}]
    with reading():
        comment_id = db_session.scalars(select(BankComment.id)).one()
    page = browser.get(f"/marking/comments/{comment_id}").text
    assert RU in page and UZ in page and f'selected value="{M2}"' in page
    browser.send(f"/marking/comments/{comment_id}", {"module": "", "ar": "اذكر المصدر.", "ru": "", "uz_Latn": ""})
    assert held(reading, world.instructor) == [{"ar": "اذكر المصدر."}]
    assert browser.get(f"/marking/comments/{comment_id}/delete").status_code == 200
    assert held(reading, world.instructor) != []
    browser.send(f"/marking/comments/{comment_id}/delete")
    assert held(reading, world.instructor) == []


def test_an_empty_comment_is_refused_and_stays_in_the_form(world: World, browser_of: Open, reading: Unit) -> None:
    browser = browser_of(world.instructor)
    assert browser.send("/marking/comments/new", {"module": M2, "en": "  "}).status_code == 422
    answer = browser.send("/marking/comments/new", {"module": M2, "ru": RU, "en": "x" * 2_001})
    assert answer.status_code == 422 and RU in answer.text
    assert held(reading, world.instructor) == []


@pytest.mark.parametrize("q", ["manbani", "МАНБАНИ", "источник"])
def test_a_comment_is_found_in_any_script(kept: int, world: World, browser_of: Open, q: str) -> None:
    browser = browser_of(world.instructor)
    assert RU in browser.get(f"/marking/comments/?q={q}").text
    assert RU not in browser.get(f"/marking/comments/?q={q}zzz").text


def test_nobody_else_sees_changes_or_uses_it(
    kept: int, handed: Handed, world: World, browser_of: Open, second_instructor: str, reading: Unit
) -> None:
    other = browser_of(second_instructor)
    assert RU not in other.get("/marking/comments/").text
    assert offered(other.get(f"/marking/{handed.marking}").text) == []
    for path in (f"/marking/comments/{kept}", f"/marking/comments/{kept}/delete"):
        assert other.get(path).status_code == 404
        assert other.send(path, {"module": "", "en": "Mine now"}, page="/account").status_code == 404
    insert = other.send(f"/marking/{handed.marking}", {"insert": kept, "version": 1}, page="/account")
    assert insert.status_code == 404
    assert held(reading, world.instructor) == [{"ru": RU, "uz-Latn": UZ}]


@pytest.mark.parametrize("who", ["trainee", "coordinator"])
def test_those_who_do_not_mark_have_no_bank(kept: int, world: World, browser_of: Open, who: str) -> None:
    browser = browser_of(getattr(world, who))
    for path in ("/marking/comments/", "/marking/comments/new", f"/marking/comments/{kept}"):
        assert browser.get(path).status_code == 403
