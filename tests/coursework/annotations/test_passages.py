"""A marker writes on passages: by lists alone, with everything else on the page kept, until the mark is released."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from diploma.core.db import session
from diploma.core.errors import Refused
from diploma.core.lang import Lang
from diploma.coursework import bank
from diploma.coursework.annotations import service
from diploma.coursework.annotations.models import Annotation
from diploma.coursework.annotations.service import Desk, Passage, Said
from diploma.coursework.models import Marking, MarkingState
from tests.conftest import Client
from tests.coursework.annotations.conftest import AT, Noted, notes, write
from tests.coursework.conftest import TEXT, Handed, Unit, levels, user
from tests.world import M2, World

Open = Callable[[str], Client]


def sent(browser: Client, path: str, **more: str) -> dict[str, str]:
    version = re.search(r'name="version"[^>]* value="(\d+)"', browser.get(path).text)
    assert version
    return {"version": version[1], "page": "p" * 20, **more}


def test_a_comment_is_written_by_lists_alone_and_nothing_on_the_page_is_lost(
    handed: Handed, world: World, browser_of: Open, reading: Unit
) -> None:
    browser, path = browser_of(world.instructor), f"/marking/{handed.marking}"
    chosen = {f"level-{one}": level for one, level in levels("adequate").items()} | {"comment": "So far."}
    page = browser.send(path, sent(browser, path, **chosen, note="words", note_line="2", note_text="Who?"))
    assert page.status_code == 200 and ">Who?</textarea>" in page.text and "So far." in page.text
    words = re.findall(r'<option value="(\d+)" dir="auto"[^>]*>(\d+) · (\w+)', page.text.split('id="note_first"')[1])
    assert words[:3] == [("15", "1", "The"), ("19", "2", "licence"), ("27", "3", "is")]
    ends = page.text.split('id="note_last"')[1]
    assert re.findall(r'value="(\d+)"', ends)[0] == "18"
    form = sent(browser, path, **chosen, note="save", note_line="2", note_first="15", note_last="26", note_text="Who?")
    page = browser.send(path, form | {"note_criterion": "evidence"})
    assert "The comment is added." in page.text and "<mark>The licence</mark>" in page.text
    assert page.text.count(" checked>") == 5 and "So far." in page.text
    with reading():
        (made,) = notes()
        assert (made.quote, made.text, made.criterion) == ("The licence", "Who?", "evidence")
        row = session.get_one(Marking, handed.marking)
        assert (row.state, row.comment) == (MarkingState.MARKING, "So far.")  # the draft went along


def test_a_form_that_is_sent_twice_writes_one_comment(
    handed: Handed, world: World, browser_of: Open, reading: Unit
) -> None:
    browser, path = browser_of(world.instructor), f"/marking/{handed.marking}"
    for _ in range(2):
        browser.send(path, sent(browser, path, note="save", note_line="1", note_text="Twice"))
    with reading():
        assert [one.text for one in notes()] == ["Twice"]


@pytest.mark.parametrize(
    "where",
    [
        {"note_start": "5", "note_stop": "99999"},
        {"note_start": "-1", "note_stop": "4"},
        {"note_start": "0", "note_stop": "6", "note_quote": "Shout!"},
        {},
        {"note_line": "99"},
    ],
)
def test_a_place_that_is_not_in_the_text_is_refused_and_the_words_are_kept(
    where: dict[str, str], handed: Handed, world: World, browser_of: Open, reading: Unit
) -> None:
    browser, path = browser_of(world.instructor), f"/marking/{handed.marking}"
    page = browser.send(path, sent(browser, path, note="save", note_text="Keep me", **where))
    assert page.status_code == 422 and ">Keep me</textarea>" in page.text and 'role="alert"' in page.text
    with reading():
        assert notes() == []


def test_a_comment_of_the_bank_is_written_in_the_language_of_the_work(
    handed: Handed, world: World, browser_of: Open, unit: Unit, reading: Unit
) -> None:
    with unit():
        kept = bank.keep(user(world.instructor), {Lang.EN: "Name the source.", Lang.RU: "Назовите источник."}, M2).id
    browser, path = browser_of(world.instructor), f"/marking/{handed.marking}"
    browser.send(path, sent(browser, path, note="save", note_line="1", note_bank=str(kept)))
    with reading():
        assert [one.text for one in notes()] == ["Name the source."]


def test_a_comment_is_changed_and_removed_and_its_words_can_be_put_back(
    noted: Noted, world: World, browser_of: Open, reading: Unit
) -> None:
    browser, path = browser_of(world.instructor), noted.path
    page = browser.send(path, sent(browser, path, note_edit=str(noted.passage))).text
    assert ">Who counted them?</textarea>" in page and f'name="note_known" value="{noted.passage}"' in page
    changed = {"note_known": str(noted.passage), "note_seen": "1", "note_text": "Who, and when?"}
    assert "The comment is changed." in browser.send(path, sent(browser, path, note="save", **changed)).text
    page = browser.send(path, sent(browser, path, note="save", **changed | {"note_text": "Third"}))
    assert page.status_code == 422 and "changed in another window" in page.text and ">Third</textarea>" in page.text
    page = browser.send(path, sent(browser, path, note_remove=str(noted.passage))).text
    assert ">Who, and when?</textarea>" in page and f'name="note_start" value="{AT}"' in page
    with reading():
        assert [one.id for one in notes()] == [noted.place]


def test_a_work_with_a_comment_is_begun_and_its_levels_are_not_stale(
    handed: Handed, world: World, unit: Unit, reading: Unit
) -> None:
    with reading():
        before = session.get_one(Marking, handed.marking).version
    with unit():
        write(handed, by=world.instructor)
    with reading():
        row = session.get_one(Marking, handed.marking)
        assert (row.state, row.version) == (MarkingState.MARKING, before)
        assert row.marker and row.marker.email == world.instructor


def test_only_who_wrote_a_comment_words_it_anew(
    noted: Noted, world: World, second_instructor: str, unit: Unit, set_mark: Callable[..., None]
) -> None:
    set_mark(noted.handed)  # ends the lease
    with unit():
        desk, other = Desk(session.get_one(Marking, noted.handed.marking)), user(second_instructor)
        note = session.get_one(Annotation, noted.passage)
        with pytest.raises(Refused, match="Another marker wrote"):
            service.change(note, desk, Said("Not mine"), 1, by=other)
        service.remove(note, desk, by=other)
    with unit():
        assert [one.id for one in notes()] == [noted.place]


# ---- attacks


def test_who_does_not_hold_the_work_writes_nothing(
    handed: Handed, world: World, second_instructor: str, browser_of: Open, reading: Unit
) -> None:
    first, second, path = browser_of(world.instructor), browser_of(second_instructor), f"/marking/{handed.marking}"
    first.get(path)
    page = second.get(path).text
    assert "data-jot" not in page and "note_text" not in page
    answer = second.send(path, sent(second, path, note="save", note_line="1", note_text="Mine"), page="/account")
    assert answer.status_code == 409
    with reading():
        assert notes() == []


def test_a_page_that_has_not_seen_the_last_save_writes_nothing(
    handed: Handed, world: World, browser_of: Open, reading: Unit
) -> None:
    browser, path = browser_of(world.instructor), f"/marking/{handed.marking}"
    old = sent(browser, path, comment="Old")
    browser.send(path, sent(browser, path, comment="New") | {"page": "q" * 20})
    assert browser.send(path, old | {"note": "save", "note_line": "1", "note_text": "Mine"}).status_code == 409
    with reading():
        assert notes() == []


def test_nothing_is_written_changed_or_removed_after_the_release(
    noted: Noted, world: World, unit: Unit, set_mark: Callable[..., None], release: Callable[..., None]
) -> None:
    set_mark(noted.handed)
    release(noted.handed)
    with unit():
        desk, by = Desk(session.get_one(Marking, noted.handed.marking)), user(world.instructor)
        note = session.get_one(Annotation, noted.passage)
        for step in (
            lambda: service.add(desk, Passage(0, 5), Said("Late"), by=by),
            lambda: service.change(note, desk, Said("Late"), 1, by=by),
            lambda: service.remove(note, desk, by=by),
        ):
            with pytest.raises(Refused):
                step()
    with pytest.raises(RuntimeError, match="never changed"), unit():
        session.get_one(Annotation, noted.passage).text = "Past the rule"
        session.flush()


def test_no_author_writes_on_their_own_work(handed: Handed, world: World, unit: Unit) -> None:
    with unit(), pytest.raises(Refused, match="their own"):
        write(handed, by=world.trainee)


def test_a_comment_is_not_found_on_another_desk(
    noted: Noted, world: World, hand_in: Callable[..., Handed], browser_of: Open, reading: Unit
) -> None:
    other = hand_in(world.trainee_2, key="o" * 20)
    browser, path = browser_of(world.instructor), f"/marking/{other.marking}"
    for form in (
        {"note_remove": str(noted.passage)},
        {"note_edit": str(noted.passage)},
        {"note": "save", "note_known": str(noted.passage), "note_seen": "1", "note_text": "Mine now"},
    ):
        assert browser.send(path, sent(browser, path, **form)).status_code == 404
    with reading():
        assert next(one.text for one in notes()) == "Who counted them?"


def test_words_of_a_comment_and_of_its_passage_do_nothing(
    world: World, hand_in: Callable[..., Handed], unit: Unit, browser_of: Open,
    set_mark: Callable[..., None], release: Callable[..., None]
) -> None:  # fmt: skip
    evil = "</mark></textarea><script>alert(1)</script>{{ 7*7 }}"
    work = hand_in(world.trainee, text=f"{evil} said.\n\n{TEXT}")
    with unit():
        write(work, Passage(0, len(evil)), evil, by=world.instructor)
    marker, path = browser_of(world.instructor), f"/marking/{work.marking}"
    (note,) = re.findall(r'name="note_edit" value="(\d+)"', marker.get(path).text)
    pages = [marker.get(path).text, marker.send(path, sent(marker, path, note_edit=note)).text]
    set_mark(work)
    release(work)
    pages.append(browser_of(world.trainee).get(f"/receipts/{work.receipt}").text)
    for page in pages:
        assert "<script>alert" not in page and page.count("&lt;script&gt;alert(1)") >= 2 and "{{ 7*7 }}" in page


def test_the_script_asks_as_often_for_one_comment_as_for_many(
    noted: Noted, world: World, unit: Unit, browser_of: Open, queries: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    browser = browser_of(world.instructor)

    def count() -> int:
        browser.get(noted.path)
        with queries() as seen:
            assert browser.get(noted.path).status_code == 200
        assert sum("FROM annotations" in one for one in seen) == 1
        return len(seen)

    few = count()
    with unit():
        for n in range(30):
            write(noted.handed, Passage(n, n + 40), f"Number {n}", by=world.instructor)
    assert count() == few
