"""One script, one desk: who opened it first marks it, who comes second reads, or takes it over and says why."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from diploma.core import audit, clock, db
from diploma.core.db import session
from diploma.coursework import access, marking
from diploma.coursework.allocation import leases
from diploma.coursework.allocation.leases import Taken
from diploma.coursework.allocation.models import Lease
from diploma.coursework.attempts import returning
from diploma.coursework.marking import Judged
from diploma.coursework.models import Marking
from tests.conftest import Client
from tests.coursework.conftest import Handed, Unit, levels, user
from tests.world import World

Open = Callable[[str], Client]


def holder() -> str:
    found = session.scalars(select(Lease)).one_or_none()
    return found.holder.email if found else ""


def path(handed: Handed) -> str:
    return f"/marking/{handed.marking}"


def chosen(browser: Client, page: str, level: str = "proficient") -> dict[str, str]:
    """What the form of a page would send."""
    version = re.search(r'name="version"[^>]* value="(\d+)"', browser.get(page).text)
    assert version
    return {f"level-{one}": value for one, value in levels(level).items()} | {"version": version[1]}


def test_who_comes_second_reads_and_saves_nothing(
    handed: Handed, world: World, second_instructor: str, browser_of: Open, reading: Unit
) -> None:
    first, second = browser_of(world.instructor), browser_of(second_instructor)
    first.get(path(handed))
    page = second.get(path(handed)).text
    assert "Instructor uz has this work open" in page and "Do not shout." in page
    assert 'value="mark"' not in page and "data-autosave" not in page
    sent = chosen(second, path(handed)) | {"comment": "Mine"}
    answer = second.send(path(handed), {**sent, "do": "mark"})
    assert answer.status_code == 409 and "Mine" in answer.text
    assert second.send(f"{path(handed)}/draft", sent, page=path(handed)).status_code == 409
    with reading():
        assert session.get_one(Marking, handed.marking).levels == {} and holder() == world.instructor


def test_who_comes_second_does_not_return_the_work_either(
    handed: Handed, world: World, second_instructor: str, browser_of: Open, unit: Unit, reading: Unit
) -> None:
    browser_of(world.instructor).get(path(handed))
    assert "/return" not in browser_of(second_instructor).get(path(handed)).text
    until = clock.now() + timedelta(days=3)
    with pytest.raises(Taken), unit():
        row = session.get_one(Marking, handed.marking)
        returning.give_back(row, "The annex is missing.", until, base_url="", by=user(second_instructor))
    with unit():
        row = session.get_one(Marking, handed.marking)
        returning.give_back(row, "The annex is missing.", until, base_url="", by=user(world.instructor))
    with reading():
        assert holder() == ""


def test_a_work_is_taken_over_with_a_reason_and_what_was_written_stays(
    handed: Handed, world: World, second_instructor: str, browser_of: Open, reading: Unit
) -> None:
    first, second = browser_of(world.instructor), browser_of(second_instructor)
    first.get(path(handed))
    sent = chosen(second, path(handed)) | {"comment": "Mine", "do": "take"}
    assert second.send(path(handed), {**sent, "why": " "}).status_code == 422
    taken = second.send(path(handed), {**sent, "why": "She is on leave"})
    assert taken.status_code == 200 and "Mine" in taken.text and 'value="mark"' in taken.text
    assert second.send(path(handed), {**sent, "do": "mark"}).status_code == 302
    assert first.send(path(handed), {**sent, "comment": "Other", "do": "mark"}).status_code == 409
    with reading():
        event = session.scalars(select(audit.AuditEvent).where(audit.AuditEvent.kind == "marking.taken_over")).one()
        ids = [user(one).id for one in (world.instructor, second_instructor)]
        assert [event.detail["before"], event.detail["after"]] == ids and event.detail["why"] == "She is on leave"


def test_what_was_given_to_another_marker_is_taken_over_too(
    handed: Handed, world: World, second_instructor: str, unit: Unit
) -> None:
    with unit():
        row = session.get_one(Marking, handed.marking)
        row.allocated_to_id, row.allocated_at = user(world.instructor).id, clock.now()
    with pytest.raises(Taken), unit():
        marking.mark(session.get_one(Marking, handed.marking), Judged(levels()), by=user(second_instructor))
    with unit():
        row = session.get_one(Marking, handed.marking)
        leases.take_over(row, "On leave", by=user(second_instructor))
        marking.mark(row, Judged(levels()), by=user(second_instructor))
        assert row.allocated_to_id == user(second_instructor).id


def test_a_lease_lapses_and_a_save_renews_it(handed: Handed, world: World, second_instructor: str, unit: Unit) -> None:
    def save(by: str, minutes: int) -> None:
        with clock.at(start + timedelta(minutes=minutes)), unit():
            marking.save_marking(session.get_one(Marking, handed.marking), Judged({}, f"at {minutes}"), by=user(by))

    start = clock.now()
    save(world.instructor, 0)
    save(world.instructor, 15)
    with pytest.raises(Taken):
        save(second_instructor, 30)
    save(second_instructor, 36)
    with pytest.raises(Taken):
        save(world.instructor, 37)


def test_looking_through_scripts_keeps_none_of_them(
    crowd: Callable[[int], list[Handed]], world: World, browser_of: Open, reading: Unit
) -> None:
    browser = browser_of(world.instructor)
    for one in crowd(3):
        browser.get(path(one))
    with reading():
        assert [one.marking_id for one in session.scalars(select(Lease))] == [one.marking]


def test_a_mark_ends_the_lease_and_a_marked_script_takes_none(
    handed: Handed, world: World, browser_of: Open, reading: Unit
) -> None:
    browser = browser_of(world.instructor)
    browser.send(path(handed), chosen(browser, path(handed)) | {"do": "mark"})
    browser.get(path(handed))
    with reading():
        assert holder() == ""


def test_opening_a_script_again_writes_nothing(handed: Handed, world: World, browser_of: Open, reading: Unit) -> None:
    browser = browser_of(world.instructor)
    browser.get(path(handed))
    with reading():
        before = session.scalars(select(Lease.until)).one()
    browser.get(path(handed))
    with reading():
        assert session.scalars(select(Lease.until)).one() == before


def test_of_two_who_open_a_script_at_once_one_has_it_and_one_alone_saves(
    app: Flask, handed: Handed, world: World, second_instructor: str, reading: Unit
) -> None:
    """Eight threads, two people: whoever is first keeps the others out, whatever the order."""

    def attempt(email: str) -> tuple[str, bool, bool]:
        with app.app_context():
            row, by = access.marking(user(email), handed.marking), user(email)
            free = leases.opened(row, by) is None
            session.remove()
            try:
                with db.unit_of_work():
                    row = session.get_one(Marking, handed.marking)
                    marking.save_marking(row, Judged(levels(), email), by=user(email))
            except Taken:
                return email, free, False
            finally:
                session.remove()
            return email, free, True

    people = [world.instructor, second_instructor] * 4
    with ThreadPoolExecutor(8) as pool:
        outcomes = set(pool.map(attempt, people))
    with reading():
        winner, row = holder(), session.get_one(Marking, handed.marking)
        assert row.comment == winner
        assert outcomes == {(one, one == winner, one == winner) for one in set(people)}
