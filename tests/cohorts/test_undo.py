"""Taking an import back within a day: what returns to what it was, who stays, and who may do it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from diploma.accounts import service as accounts
from diploma.accounts.models import RoleGrant, User
from diploma.accounts.permissions import Role
from diploma.cohorts import service
from diploma.cohorts.invitations import inviting
from diploma.cohorts.life import enrolments
from diploma.cohorts.life.enrolments import Leave
from diploma.cohorts.life.models import Cause, EnrolmentEvent
from diploma.cohorts.models import CohortState, Enrolment, Entity, EntityName, Presence, RosterImport
from diploma.cohorts.roster import undoing
from diploma.cohorts.roster.undoing import Stays
from diploma.core import audit, clock, jobs
from diploma.core.errors import Refused
from diploma.core.lang import Lang
from diploma.core.orm import Base
from tests.cohorts.conftest import cohort_of, crowd, enrolment_of, row

MINISTRY = "Ministry of Examples (uz)"
PEOPLE = (
    row("new@uz.test", "New Person", "New Body", position="Head"),
    row("aziza@uz.test", "Aziza Karimova-New", "New Body", position="Chief", phone="+998 90 1"),
    row("teach@uz.test", "Teacher One", role="instructor"),
)


def tables(session: Any) -> dict[str, list[Any]]:
    """All that an import may touch, row by row."""
    return {
        table.__tablename__: sorted(tuple(map(str, one)) for one in session.execute(select(table.__table__)))
        for table in (User, Enrolment, EnrolmentEvent, RoleGrant, Entity, EntityName)
    }


@pytest.fixture
def undo(unit: Any, world: Any) -> Callable[..., undoing.Undo]:
    """``undo(by=email, expected=n)`` takes the last import back."""

    def run(by: str = "", expected: int | None = None) -> undoing.Undo:
        with unit() as session:
            made = last(session)
            cohort = session.get_one(type(cohort_of(session)), made.cohort_id)
            count = len(undoing.plan(made, cohort).people) if expected is None else expected
            who = accounts.find(by or world.coordinator)
            assert who
            return undoing.undo(made, cohort, count, by=who)

    return run


def last(session: Any) -> RosterImport:
    found = session.scalar(select(RosterImport).order_by(RosterImport.id.desc()))
    assert found
    return found  # type: ignore[no-any-return]


def stays(done: undoing.Undo) -> list[Stays]:
    return list(done.stay.values())


def test_everything_is_as_before(world: Any, load: Any, reading: Any, undo: Any) -> None:
    with reading() as session:
        before = tables(session)
    load(*PEOPLE, by=world.coordinator)
    done = undo()
    with reading() as session:
        assert tables(session) == before
        made = last(session)
        assert made.undone_at and made.before is None and made.report["undone"]["people"] == 3
        event = session.scalar(select(audit.AuditEvent).where(audit.AuditEvent.kind == "roster.undone"))
        assert event.detail["people"] == sorted(done.people) and not done.stay


def test_who_moved_here_moves_back_with_their_role(
    world: Any, load: Any, reading: Any, undo: Any, second_cohort: str
) -> None:
    with reading() as session:
        before = tables(session)
    load(row("karim@uz.test", "Karim Second", "Elsewhere"))
    with reading() as session:
        assert enrolment_of(session, "karim@uz.test", "uz-1")
    undo()
    with reading() as session:
        assert tables(session) == before and enrolment_of(session, "karim@uz.test", second_cohort)


def test_a_list_of_300_people_is_taken_back_in_as_many_statements_as_one_of_3(
    world: Any, unit: Any, load: Any, queries: Any, reading: Any
) -> None:
    def statements(count: int) -> int:
        load(*(row(f"s{count}-{n}@uz.test", f"Person Number{n}", f"Body {n % 10}") for n in range(count)))
        with queries() as seen, unit() as session:
            done = undoing.undo(last(session), cohort_of(session), count, by=accounts.find(world.coordinator))
        assert len(done.people) == count
        return len(seen)

    assert statements(300) <= statements(3) + 1


@pytest.mark.parametrize(
    ("happen", "why"),
    [
        (lambda one: setattr(one.user, "activated_at", clock.now()), Stays.SIGNED_IN),
        (lambda one: setattr(one.user, "last_seen_at", clock.now()), Stays.SIGNED_IN),
        (lambda one: inviting.invite(one.cohort, "https://x.test", {one.id}), Stays.MAILED),
        (lambda one: accounts.grant_role(one.user, Role.INSTRUCTOR, cohort_id=one.cohort_id), Stays.TIES),
        (lambda one: service.waive_prerequisite(one, "m2-challenge-assessment", "Known"), Stays.WORK),
        (lambda one: enrolments.withdraw(one, Leave(Cause.OTHER, "Left")), Stays.CHANGED),
    ],
)
def test_who_has_done_something_since_stays_whole_and_the_others_go(
    happen: Callable[[Enrolment], Any], why: Stays, load: Any, unit: Any, undo: Any, reading: Any, world: Any
) -> None:
    load(*PEOPLE)
    with unit() as session:
        happen(enrolment_of(session, "new@uz.test"))
    done = undo()
    assert stays(done) == [why] and len(done.people) == 2
    with reading() as session:
        kept = enrolment_of(session, "new@uz.test")
        assert kept.user.full_name == "New Person" and kept.position == "Head"
        assert kept.entity.name(Lang.EN) == "New Body", "an entity that somebody belongs to stays"
        assert accounts.find("teach@uz.test") is None
        assert enrolment_of(session, world.trainee).position == ""
        assert last(session).report["undone"]["stay"] == [[kept.user_id, why.value]]


def test_values_that_were_changed_again_stay(load: Any, unit: Any, undo: Any, reading: Any, world: Any) -> None:
    load(*PEOPLE)
    with unit() as session:
        enrolment_of(session, world.trainee).position = "Minister"
    assert stays(undo()) == [Stays.CHANGED]
    with reading() as session:
        assert enrolment_of(session, world.trainee).position == "Minister"


def test_what_a_later_import_changed_stays(load: Any, unit: Any, reading: Any, world: Any) -> None:
    load(*PEOPLE)
    load(row("new@uz.test", "New Person", "New Body", position="Deputy"))
    with unit() as session:
        first = session.scalar(select(RosterImport).order_by(RosterImport.id))
        done = undoing.undo(first, cohort_of(session), 2, by=accounts.find(world.coordinator))
    assert stays(done) == [Stays.CHANGED]
    with reading() as session:
        assert enrolment_of(session, "new@uz.test").position == "Deputy"


def test_who_stood_on_a_sheet_after_the_move_stays(
    load: Any, unit: Any, undo: Any, live: int, second_cohort: str
) -> None:
    load(row("karim@uz.test", "Karim Second", "Elsewhere"))
    with unit() as session:
        entry = service.SheetEntry(enrolment_of(session, "karim@uz.test").id, Presence.PRESENT, None)
        service.save_sheet(session.get_one(service.LiveSession, live), [entry])
    assert stays(undo()) == [Stays.WORK]


def test_nobody_returns_to_a_closed_cohort(load: Any, unit: Any, undo: Any, second_cohort: str) -> None:
    load(row("karim@uz.test", "Karim Second", "Elsewhere"))
    with unit() as session:
        for state in (CohortState.RUNNING, CohortState.MARKING, CohortState.CLOSED):
            service.move_cohort(cohort_of(session, second_cohort), state)
    assert stays(undo()) == [Stays.CLOSED]


def test_every_table_that_names_a_person_counts_as_a_tie() -> None:
    """A feature added later is covered without a line here: the keys of the database say what points at whom."""
    pointing = {
        key.parent.table.name
        for table in Base.metadata.sorted_tables
        for key in table.foreign_keys
        if key.column.table.name == "enrolments"
    }
    assert {"waivers", "attendance", "certificates", "submissions"} & pointing >= {"waivers", "attendance"}


def test_a_second_undo_says_so(load: Any, undo: Any) -> None:
    load(*PEOPLE)
    undo()
    with pytest.raises(Refused, match="taken back already"):
        undo(expected=0)


def test_after_a_day_the_values_are_erased_and_nothing_is_taken_back(
    app: Any, load: Any, undo: Any, reading: Any, unit: Any
) -> None:
    load(*PEOPLE)
    with clock.at(clock.now() + timedelta(hours=23)), app.app_context():
        jobs.drain()
        with reading() as session:
            assert last(session).before
    with clock.at(clock.now() + timedelta(hours=24, seconds=1)):
        with pytest.raises(Refused, match="24 hours"):
            undo(expected=3)
        with app.app_context():
            jobs.drain()
        with reading() as session:
            assert last(session).before is None


def test_another_number_of_people_than_was_seen_is_refused(load: Any, undo: Any, reading: Any) -> None:
    load(*PEOPLE)
    with reading() as session:
        before = tables(session)
    with pytest.raises(Refused, match="Things have changed"):
        undo(expected=2)
    with reading() as session:
        assert tables(session) == before


def test_what_dies_half_way_leaves_everything_in_place(
    load: Any, undo: Any, reading: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    load(*PEOPLE)
    with reading() as session:
        before = tables(session)

    def die(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(undoing.audit, "record", die)
    with pytest.raises(KeyboardInterrupt):
        undo()
    with reading() as session:
        assert tables(session) == before and last(session).undone_at is None


# ---- who may


def test_roles_that_one_cannot_give_one_cannot_take_back(
    load: Any, undo: Any, unit: Any, world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    load(*PEOPLE)
    monkeypatch.setattr(undoing, "allowed_roles", lambda *_: frozenset({Role.TRAINEE}))
    with pytest.raises(Refused, match="roles that you cannot give"):
        undo()


def test_a_coordinator_of_one_cohort_sends_nobody_into_another(
    load: Any, undo: Any, unit: Any, second_cohort: str
) -> None:
    load(row("karim@uz.test", "Karim Second", "Elsewhere"))
    with unit() as session:
        narrow = accounts.find("narrow@uz.test")
        for grant in narrow.grants:  # type: ignore[union-attr]
            grant.cohort_id = cohort_of(session).id
    with pytest.raises(Refused, match="cohorts that you do not see"):
        undo(by="narrow@uz.test")


# ---- the pages


def test_the_result_page_offers_it_and_the_number_is_typed(
    world: Any, browser_of: Any, load: Any, reading: Any
) -> None:
    load(*crowd(3), by=world.coordinator)
    browser = browser_of(world.coordinator)
    with reading() as session:
        here = f"/cohorts/uz-1/imports/{last(session).id}"
    assert "Undo this import" in browser.get(here).text
    ask = browser.get(f"{here}/undo")
    assert "3 people are taken back" in ask.text
    for wrong in ("", "2", "three", "3 people"):
        refused = browser.send(f"{here}/undo", {"typed": wrong})
        assert refused.status_code == 422 and (not wrong or wrong in refused.text)
    sent = browser.send(f"{here}/undo", {"typed": "٣"})
    done = browser.get(sent.location)
    assert "The import was taken back" in done.text and "Undo this import" not in done.text
    again = browser.send(f"{here}/undo", {"typed": "3"}, page=here)
    assert (again.status_code, again.location) == (302, here)
    with reading() as session:
        assert accounts.find("p1@uz.test") is None
        assert (
            session.scalar(
                select(func.count()).select_from(audit.AuditEvent).where(audit.AuditEvent.kind == "roster.undone")
            )
            == 1
        )


def test_those_who_stay_are_named_with_the_reason(
    world: Any, browser_of: Any, load: Any, reading: Any, unit: Any
) -> None:
    load(*PEOPLE, by=world.coordinator)
    with unit() as session:
        accounts.find("new@uz.test").last_seen_at = clock.now()  # type: ignore[union-attr]
        here = f"/cohorts/uz-1/imports/{last(session).id}"
    browser = browser_of(world.coordinator)
    for page in (browser.get(f"{here}/undo"), browser.get(browser.send(f"{here}/undo", {"typed": "2"}).location)):
        assert "1 person stays:" in page.text and "<bdi>New Person</bdi>: has signed in" in page.text


def test_another_government_takes_nothing_back(world: Any, browser_of: Any, load: Any, reading: Any) -> None:
    load(*PEOPLE)
    with reading() as session:
        made = last(session).id
    for who, slug in (
        (world.other_coordinator, "uz-1"),
        (world.other_coordinator, "ae-1"),
        (world.coordinator, "ae-1"),
    ):
        browser = browser_of(who)
        for method in (browser.get, browser.send):
            kwargs = {"page": "/cohorts/"} if method == browser.send else {}
            assert method(f"/cohorts/{slug}/imports/{made}/undo", **kwargs).status_code == 404
    with reading() as session:
        assert accounts.find("new@uz.test")
