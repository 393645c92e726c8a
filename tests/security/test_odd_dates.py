"""Hours and dates that nobody means are refused in words, never with an error."""

from collections.abc import Callable

import pytest

from tests.conftest import Client
from tests.world import M2, World

Open = Callable[[str], Client]
NEW = "/cohorts/uz-1/sessions/new"
FORM = {"kind": M2, "title": "Lecture", "starts_at": "2027-01-05T10:00", "hours": "1.5", "place": ""}


@pytest.mark.parametrize("hours", ["9" * 30, "-" + "9" * 30, "1e400", "Infinity", "NaN", "-0", "\x00", "1.3"])
def test_hours_that_no_session_has_are_refused(world: World, browser_of: Open, hours: str) -> None:
    assert browser_of(world.coordinator).send(NEW, {**FORM, "hours": hours}).status_code == 422


@pytest.mark.parametrize("moment", ["0001-01-01T00:00", "9999-99-99T00:00", "", "x"])
def test_a_day_beyond_the_calendar_is_refused(world: World, browser_of: Open, moment: str) -> None:
    assert browser_of(world.coordinator).send(NEW, {**FORM, "starts_at": moment}).status_code == 422


def test_module_dates_beyond_the_calendar_are_refused(world: World, browser_of: Open) -> None:
    dates = {f"{M2}-{name}": "0001-01-01T00:00" for name in ("opens_at", "due_at", "cut_off_at")}
    answer = browser_of(world.coordinator).send("/cohorts/uz-1/settings/dates", dates, page="/cohorts/uz-1/settings")
    assert answer.status_code == 422
