"""Lists under way: found again, dropped, gone after a week."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from diploma.cohorts.models import RosterDraft
from diploma.core import clock
from tests.cohorts.import_screen import (
    BAD,
    GOOD,
    START,
    correct,
    draft_in,
    place,
    upload,
    work,
)


def test_a_list_under_way_is_found_again_on_the_first_page(coordinator: Any, world: Any, browser_of: Any) -> None:
    page = correct(coordinator, upload(coordinator, *BAD), cell_4_email="broken@uz.test")
    again = browser_of(world.coordinator)  # another session, after the first has expired
    assert place(page) in again.get(START).text
    assert "3 rows would be imported." in again.get(place(page)).text


def test_a_list_can_be_dropped(coordinator: Any, reading: Any) -> None:
    page = upload(coordinator, *GOOD)
    assert "Drop this list?" in coordinator.get(f"{place(page)}/drop").text
    coordinator.send(f"{place(page)}/drop")
    assert coordinator.get(place(page)).status_code == 404
    with reading() as session:
        assert session.scalar(select(RosterDraft)) is None


def test_a_list_is_gone_a_week_after_the_last_change(coordinator: Any, reading: Any) -> None:
    page = upload(coordinator, *GOOD)
    with clock.at(clock.now() + timedelta(days=6)):
        work(coordinator)
        with reading() as session:
            assert draft_in(session)
    with clock.at(clock.now() + timedelta(days=8)):
        work(coordinator)
        with reading() as session:
            assert session.scalar(select(RosterDraft)) is None
    assert coordinator.get(place(page)).status_code == 404


def test_a_list_that_was_touched_lives_on(coordinator: Any, reading: Any, unit: Any) -> None:
    upload(coordinator, *GOOD)
    with unit() as session:
        draft_in(session).changed_at = clock.now() + timedelta(days=5)
    with clock.at(clock.now() + timedelta(days=8)):
        work(coordinator)
        with reading() as session:
            assert draft_in(session)
    with clock.at(clock.now() + timedelta(days=13)):
        work(coordinator)
        with reading() as session:
            assert session.scalar(select(RosterDraft)) is None
