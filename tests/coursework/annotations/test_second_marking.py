"""Two markers write on one work, neither sees the comments of the other, and the author reads those of what stands."""

from collections.abc import Callable

import pytest

from diploma.core.db import session
from diploma.core.errors import Refused
from diploma.coursework.annotations import service
from diploma.coursework.annotations.service import Desk, Passage, Said
from diploma.coursework.models import Marking
from diploma.coursework.moderation import readings
from diploma.coursework.moderation.models import ProvisionalMark
from diploma.coursework.releasing import service as releasing
from tests.conftest import Client
from tests.coursework.annotations.conftest import notes, write
from tests.coursework.conftest import Handed, Unit, user
from tests.coursework.moderation.conftest import (
    MODERATOR,
    SECOND_MARKER,
    assign,
    begin,
    decide,
    give,
    moderation_of,
    moderator,
)
from tests.world import World

Open = Callable[[str], Client]
__all__ = ["moderator"]


@pytest.fixture
def twice(
    world: World, handed: Handed, set_mark: Callable[..., None], second_instructor: str, moderator: str, unit: Unit
) -> Handed:
    """A work with a comment of its first marker, in the hands of a second one who has written one as well."""
    with unit():
        write(handed, text="First says so", by=world.instructor)
    set_mark(handed, "weak")
    with unit():
        decide()
        begin()
        assign(handed)
    with unit():
        held = reading_of(handed)
        service.add(Desk(held.moderation.marking, held), Passage(0, 6), Said("Second says so"), by=held.marker)
    return handed


def reading_of(work: Handed, turn: int = 2) -> ProvisionalMark:
    held = moderation_of(work).mark(turn)
    assert held
    return held


def test_neither_marker_sees_the_comments_of_the_other(
    twice: Handed, world: World, browser_of: Open, reading: Unit
) -> None:
    with reading():
        second = f"/marking/second/{reading_of(twice).id}"
        first_note, second_note = (one.id for one in notes())
    marker, other = browser_of(world.instructor), browser_of(SECOND_MARKER)
    page = marker.get(f"/marking/{twice.marking}").text
    assert "First says so" in page and "Second says so" not in page
    page = other.get(second).text
    assert "Second says so" in page and "First says so" not in page
    assert other.get(f"/marking/{twice.marking}").status_code == 404
    assert other.get(f"/marking/{twice.marking}/feedback.pdf").status_code == 404
    assert other.send(second, {"version": "1", "note_edit": str(first_note)}).status_code == 404
    assert other.send(second, {"version": "1", "note_remove": str(first_note)}).status_code == 404
    assert marker.send(f"/marking/{twice.marking}", {"note_edit": str(second_note)}).status_code == 404
    assert marker.get(second).status_code == 404


def test_the_first_comments_stand_still_while_a_second_mark_is_given(twice: Handed, world: World, unit: Unit) -> None:
    with unit(), pytest.raises(Refused, match="second mark is being given"):
        write(twice, Passage(7, 12), by=world.instructor)


def test_a_reading_that_goes_to_somebody_else_takes_no_comments_along(twice: Handed, world: World, unit: Unit) -> None:
    with unit():
        assign(twice, to=MODERATOR)
    with unit():
        assert [one.text for one in notes()] == ["First says so"]


def test_both_markers_read_the_comments_when_they_compare_their_marks(
    twice: Handed, world: World, unit: Unit, browser_of: Open
) -> None:
    with unit():
        give(twice, "adequate")
        path = f"/marking/agree/{moderation_of(twice).id}"
    for email in (world.instructor, SECOND_MARKER):
        page = browser_of(email).get(path).text
        assert "First says so" in page and "Second says so" in page


@pytest.mark.parametrize("third", [False, True])
def test_the_author_reads_the_comments_of_the_marks_that_stand(
    third: bool, twice: Handed, world: World, unit: Unit, browser_of: Open
) -> None:
    with unit():
        give(twice, "adequate" if third else "weak")  # near the first mark, or far from it
    with unit():
        if third:
            readings.assign(moderation_of(twice), user(MODERATOR), by=user(world.coordinator))
            held = reading_of(twice, 3)
            service.add(Desk(held.moderation.marking, held), Passage(7, 12), Said("Third decides"), by=held.marker)
            give(twice, "proficient", turn=3)
    with unit():
        row = session.get_one(Marking, twice.marking)
        assert not releasing.release([row], base_url="http://localhost", by=user(world.instructor)).refused
    page = browser_of(world.trainee).get(f"/receipts/{twice.receipt}").text
    assert ("First says so" in page, "Second says so" in page, "Third decides" in page) == (not third, not third, third)
