"""What an attendance strip shows of a session, and the path of a person."""

from datetime import UTC, datetime, timedelta

import pytest

from diploma.accounts.models import MailedLink, User
from diploma.cohorts.curriculum import Progress
from diploma.cohorts.life.history import path
from diploma.cohorts.models import Attendance, Enrolment, LiveSession, Presence, Waiver
from diploma.cohorts.rules import AHEAD, shown_presence
from diploma.cohorts.standings import Member, Standing

DAY = datetime(2026, 3, 1, tzinfo=UTC)
HELD, AHEAD_OF_IT = LiveSession(sheet_saved_at=DAY), LiveSession(sheet_saved_at=None)


@pytest.mark.parametrize("presence", Presence)
def test_a_held_session_shows_what_its_sheet_says(presence: Presence) -> None:
    assert shown_presence(HELD, Attendance(presence=presence)) == presence.value


def test_who_does_not_stand_on_a_saved_sheet_was_absent() -> None:
    assert shown_presence(HELD, None) == Presence.ABSENT.value


def test_a_session_without_a_saved_sheet_lies_ahead() -> None:
    assert shown_presence(AHEAD_OF_IT, None) == AHEAD


def test_the_path_of_a_person_is_in_the_order_of_time() -> None:
    def day(n: int) -> datetime:
        return DAY + timedelta(days=n)

    member = Member(
        Enrolment(enrolled_at=day(0), user=User(activated_at=day(3))),
        Standing.ACTIVE,
        MailedLink(created_at=day(1)),
        2,
        0,
    )
    waivers = [Waiver(module="m3", at=day(2), reason="Taught it")]
    steps = path(member, waivers, {(1, "m2"): Progress(100, day(9)), (1, "m3"): Progress(40, None)})
    assert [(one.kind, one.module) for one in steps] == [
        ("enrolled", ""), ("invited", ""), ("waived", "m3"), ("activated", ""), ("completed", "m2")]  # fmt: skip


def test_a_path_begins_with_the_enrolment_alone() -> None:
    member = Member(Enrolment(enrolled_at=DAY, user=User()), Standing.NEW, None, 0, 0)
    assert [one.kind for one in path(member, [], {})] == ["enrolled"]
