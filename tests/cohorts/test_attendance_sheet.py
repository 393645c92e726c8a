"""Planning live sessions, and the sheet with attendance and workshop marks."""

import re
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from diploma.cohorts import service
from diploma.cohorts.life import enrolments
from diploma.cohorts.life.enrolments import Leave
from diploma.cohorts.life.models import Cause
from diploma.cohorts.models import Attendance, CohortState, LiveSession, Presence
from diploma.cohorts.sessions.sheet_form import parse_mark
from diploma.core.audit import AuditEvent
from tests.cohorts.conftest import cohort_of, enrolment_of
from tests.world import M2

Fields = dict[str, Any]


@pytest.fixture
def instructor(world: Any, browser_of: Any) -> Any:
    return browser_of(world.instructor)


@pytest.fixture
def coordinator(world: Any, browser_of: Any) -> Any:
    return browser_of(world.coordinator)


@pytest.fixture
def two(world: Any, reading: Any) -> tuple[int, int]:
    """The enrolments of both trainees."""
    with reading() as session:
        return enrolment_of(session, world.trainee).id, enrolment_of(session, world.trainee_2).id


def version(page: Any) -> str:
    found = re.search(r'name="version" value="(\d+)"', page.text)
    assert found
    return found[1]


def save(browser: Any, live: int, fields: Fields, at: str = "") -> Any:
    path = f"/sessions/{live}"
    return browser.send(path, {"version": at or version(browser.get(path)), **fields})


def sheet(reading: Any) -> dict[int, tuple[str, Decimal | None]]:
    with reading() as session:
        return {
            one.enrolment_id: (one.presence.value, one.workshop_mark) for one in session.scalars(select(Attendance))
        }


# ---- marks as people write them


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("87", "87"),
        ("87.5", "87.5"),
        ("87,5", "87.5"),
        (" 0 ", "0"),
        ("100", "100"),
        ("٨٧٫٥", "87.5"),
        ("۸۷", "87"),
        ("99.99", "99.99"),
    ],
)
def test_a_mark_is_read_with_comma_point_and_eastern_digits(text: str, mark: str) -> None:
    assert parse_mark(text) == Decimal(mark)


@pytest.mark.parametrize("text", ["101", "100.01", "-1", "1e2", "87.555", "eighty", "8 7", "", ".5", "½", "NaN", "²"])
def test_what_is_no_mark_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        parse_mark(text)


# ---- saving


def test_a_sheet_is_saved_with_presence_and_marks(instructor: Any, live: int, two: Any, reading: Any) -> None:
    first, second = two
    done = save(
        instructor, live, {f"presence-{first}": "present", f"mark-{first}": "87,5", f"presence-{second}": "absent"}
    )
    assert done.status_code == 302
    assert sheet(reading) == {first: ("present", Decimal("87.5")), second: ("absent", None)}
    page = instructor.get(f"/sessions/{live}").text
    assert f'name="presence-{first}" value="present" data-key="1" checked' in page and 'value="87.5"' in page
    with reading() as session:
        event = session.scalar(select(AuditEvent).where(AuditEvent.kind == "attendance.saved"))
        assert event.detail["changed"] == [[first, None, ["present", "87.5"]], [second, None, ["absent", "None"]]]


def test_a_person_who_is_not_marked_yet_stays_open(instructor: Any, live: int, two: Any, reading: Any) -> None:
    save(instructor, live, {f"presence-{two[0]}": "excused"})
    assert sheet(reading) == {two[0]: ("excused", None)}


def test_presence_of_all_can_be_proposed(instructor: Any, live: int, two: Any, reading: Any) -> None:
    save(instructor, live, {f"presence-{two[0]}": "absent"})
    page = instructor.get(f"/sessions/{live}?all=present").text
    assert f'name="presence-{two[0]}" value="absent" data-key="2" checked' in page
    assert f'name="presence-{two[1]}" value="present" data-key="1" checked' in page
    assert two[1] not in sheet(reading), "a proposal saves nothing"


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"presence": "present", "mark": "870"}, "Write a number from 0 to 100"),
        ({"presence": "absent", "mark": "50"}, "Only people who took part get a mark."),
        ({"mark": "50"}, "Choose how this person attended"),
    ],
)
def test_a_wrong_line_saves_nothing_and_loses_nothing(
    instructor: Any, live: int, two: Any, reading: Any, fields: Fields, words: str
) -> None:
    first, second = two
    typed = {f"{name}-{first}": value for name, value in fields.items()}
    page = save(instructor, live, {**typed, f"presence-{second}": "made_up", f"mark-{second}": "61,25"})
    assert page.status_code == 422 and page.text.count(words) == 2
    assert f'value="{fields["mark"]}"' in page.text and 'value="61,25"' in page.text
    assert f'name="presence-{second}" value="made_up" data-key="4" checked' in page.text
    assert sheet(reading) == {}


def test_a_lecture_has_no_marks(instructor: Any, unit: Any, two: Any, reading: Any) -> None:
    from datetime import timedelta

    from diploma.core import clock

    with unit() as session:
        live = service.plan_session(cohort_of(session), M2, "Lecture", clock.now() - timedelta(hours=2), Decimal(1)).id
    save(instructor, live, {f"presence-{two[0]}": "present", f"mark-{two[0]}": "99"})
    assert sheet(reading) == {two[0]: ("present", None)}


# ---- two people at one sheet


def test_a_sheet_that_was_saved_meanwhile_is_not_overwritten_unseen(
    instructor: Any, coordinator: Any, live: int, two: Any, reading: Any
) -> None:
    first, second = two
    opened = version(instructor.get(f"/sessions/{live}"))
    save(coordinator, live, {f"presence-{first}": "absent", f"presence-{second}": "present", f"mark-{second}": "70"})
    page = save(instructor, live, {f"presence-{first}": "present", f"mark-{first}": "90"}, at=opened)
    assert page.status_code == 409 and "Somebody else saved this sheet" in page.text
    assert f'name="presence-{first}" value="present" data-key="1" checked' in page.text and 'value="90"' in page.text
    assert "Saved meanwhile: Absent" in page.text and "Saved meanwhile: Present" in page.text
    assert sheet(reading)[first] == ("absent", None)
    assert (
        save(instructor, live, {f"presence-{first}": "present", f"mark-{first}": "90"}, at=version(page)).status_code
        == 302
    )
    assert sheet(reading) == {first: ("present", Decimal(90)), second: ("present", Decimal(70))}


def test_a_form_without_its_version_saves_nothing(instructor: Any, live: int, two: Any, reading: Any) -> None:
    assert instructor.send(f"/sessions/{live}", {f"presence-{two[0]}": "present"}).status_code == 409
    assert sheet(reading) == {}


# ---- when


def test_the_sheet_opens_with_the_session(instructor: Any, coming: int, two: Any, reading: Any) -> None:
    page = instructor.get(f"/sessions/{coming}")
    assert "has not begun" in page.text and "Save the sheet" not in page.text
    assert save(instructor, coming, {f"presence-{two[0]}": "present"}).status_code == 409
    assert sheet(reading) == {}


def test_the_sheet_of_a_closed_cohort_is_frozen(instructor: Any, live: int, two: Any, unit: Any, reading: Any) -> None:
    with unit() as session:
        for state in (CohortState.MARKING, CohortState.CLOSED):
            service.move_cohort(cohort_of(session), state)
    page = instructor.get(f"/sessions/{live}")
    assert "frozen" in page.text and "Save the sheet" not in page.text
    assert save(instructor, live, {f"presence-{two[0]}": "present"}).status_code == 409


# ---- attacks


def test_people_of_another_cohort_cannot_be_put_on_a_sheet(
    instructor: Any, live: int, world: Any, reading: Any
) -> None:
    with reading() as session:
        foreign = enrolment_of(session, world.other_trainee, "ae-1").id
    save(instructor, live, {f"presence-{foreign}": "present", "presence-9999": "present"})
    assert sheet(reading) == {}


@pytest.mark.parametrize("value", ["PRESENT", "<script>", "present\x00", ""])
def test_an_unknown_presence_counts_as_none(instructor: Any, live: int, two: Any, reading: Any, value: str) -> None:
    assert save(instructor, live, {f"presence-{two[0]}": value}).status_code == 302
    assert sheet(reading) == {}


def test_what_is_typed_comes_back_as_text(instructor: Any, live: int, two: Any) -> None:
    page = save(instructor, live, {f"presence-{two[0]}": "present", f"mark-{two[0]}": '"><script>x'})
    assert page.status_code == 422 and "<script>x" not in page.text


def test_a_withdrawn_person_stays_on_the_sheets_that_name_them(
    instructor: Any, live: int, two: Any, unit: Any, world: Any
) -> None:
    save(instructor, live, {f"presence-{two[0]}": "present"})
    with unit() as session:
        for email in (world.trainee, world.trainee_2):
            enrolments.withdraw(enrolment_of(session, email), Leave(Cause.OTHER, "left"))
    page = instructor.get(f"/sessions/{live}").text
    assert "Aziza Karimova" in page and "Bobur Toshmatov" not in page


# ---- planning

PLAN = {
    "kind": f"{M2}/w1",
    "title": "Field morning",
    "starts_at": "2026-12-01T09:30",
    "hours": "4",
    "place": "Tashkent",
}


def test_a_session_is_planned_in_the_cohorts_zone(coordinator: Any, reading: Any) -> None:
    assert coordinator.send("/cohorts/uz-1/sessions/new", PLAN).status_code == 302
    with reading() as session:
        made = session.scalar(select(LiveSession))
        assert (made.module, made.workshop, made.hours, made.place) == (M2, "w1", Decimal(4), "Tashkent")
        assert made.starts_at.isoformat() == "2026-12-01T04:30:00+00:00"
    assert "Field morning" in coordinator.get("/cohorts/uz-1").text


@pytest.mark.parametrize(
    "wrong",
    [
        {"title": ""},
        {"starts_at": "soon"},
        {"hours": "0"},
        {"hours": "1.3"},
        {"kind": "m9/w1"},
        {"hours": "NaN"},
        {"hours": "1e9"},
    ],
)
def test_a_wrong_plan_is_shown_again_with_what_was_typed(coordinator: Any, reading: Any, wrong: Fields) -> None:
    page = coordinator.send("/cohorts/uz-1/sessions/new", {**PLAN, **wrong})
    assert page.status_code == 422 and "Nothing was saved yet" in page.text and "Tashkent" in page.text
    with reading() as session:
        assert session.scalar(select(LiveSession)) is None


def test_a_time_that_the_clocks_skip_is_refused(world: Any, browser_of: Any, unit: Any) -> None:
    with unit() as session:
        cohort_of(session).time_zone = "Africa/Cairo"
    page = browser_of(world.coordinator).send("/cohorts/uz-1/sessions/new", {**PLAN, "starts_at": "2026-04-24T00:30"})
    assert page.status_code == 422 and "The clocks are changed at that time" in page.text


def test_a_session_is_changed_until_its_sheet_is_saved(
    coordinator: Any, instructor: Any, live: int, two: Any, reading: Any
) -> None:
    path = f"/sessions/{live}/edit"
    assert 'value="Evidence wall"' in coordinator.get(path).text
    assert coordinator.send(path, {**PLAN, "kind": M2}).status_code == 302
    with reading() as session:
        assert session.get(LiveSession, live).workshop is None
        event = session.scalar(select(AuditEvent).where(AuditEvent.kind == "session.changed"))
        assert event.detail["after"]["title"] == "Field morning"


def test_a_held_session_stays_as_it_was(coordinator: Any, instructor: Any, live: int, two: Any) -> None:
    save(instructor, live, {f"presence-{two[0]}": "present"})
    page = coordinator.send(f"/sessions/{live}/edit", PLAN)
    assert page.status_code == 422 and "it stays as it was held" in page.text
    assert coordinator.send(f"/sessions/{live}/cancel", {"reason": "rain"}).status_code == 409


def test_a_session_is_cancelled_with_a_reason(coordinator: Any, coming: int, reading: Any) -> None:
    path = f"/sessions/{coming}/cancel"
    assert coordinator.send(path, {"reason": ""}).status_code == 422
    assert coordinator.send(path, {"reason": "The lecturer is ill"}).status_code == 302
    with reading() as session:
        assert session.get(LiveSession, coming) is None
        assert (
            session.scalar(select(AuditEvent).where(AuditEvent.kind == "session.cancelled")).detail["title"]
            == "Questions"
        )


def test_every_presence_can_be_chosen(instructor: Any, live: int) -> None:
    page = instructor.get(f"/sessions/{live}").text
    assert all(f'value="{one.value}"' in page for one in Presence)
