"""Taking back several people at once: who returns, who cannot and why, and what is recorded of each."""

from typing import Any

import pytest
from sqlalchemy import select

from diploma.accounts import service as accounts
from diploma.cohorts import service
from diploma.cohorts.life import enrolments, returning
from diploma.cohorts.life.enrolments import Leave
from diploma.cohorts.life.models import Cause, EnrolmentEvent, EventKind
from diploma.cohorts.models import Cohort, CohortState, Enrolment, EnrolmentState
from diploma.core.audit import AuditEvent
from diploma.core.lang import Lang
from tests.cohorts.conftest import cohort_of, enrolment_of

AWAY = Leave(Cause.WORKLOAD)
PATH = "/cohorts/uz-1/away/return"


@pytest.fixture
def gone(world: Any, second_cohort: str, unit: Any) -> dict[str, int]:
    """The two trainees have left or are put off, a third is put off in uz-2 to come here; enrolments by e-mail."""
    with unit() as session:
        first, second = (enrolment_of(session, one) for one in (world.trainee, world.trainee_2))
        coming = enrolment_of(session, "karim@uz.test", "uz-2")
        enrolments.withdraw(first, AWAY)
        enrolments.defer(second, AWAY)
        enrolments.defer(coming, AWAY, to=first.cohort)
        return {one.user.email: one.id for one in (first, second, coming)}


def _states(reading: Any, ids: dict[str, int]) -> dict[str, tuple[str, str]]:
    with reading() as session:
        found = [session.get_one(Enrolment, one) for one in ids.values()]
        return {one.user.email: (one.cohort.slug, one.state.value) for one in found}


def _send(browser: Any, *ids: int, page: str = "/cohorts/uz-1/away", path: str = PATH, **more: str) -> Any:
    return browser.send(path, {"enrolment": [str(one) for one in ids], **more}, page=page, follow_redirects=True)


def test_all_are_named_with_the_seats_before_anything_is_done(
    world: Any, gone: dict[str, int], browser_of: Any, unit: Any, reading: Any
) -> None:
    with unit() as session:
        cohort_of(session).seats = 2
    before = _states(reading, gone)
    page = _send(browser_of(world.coordinator), *gone.values())
    assert "Take back 3 people?" in page.text and "From cohort: <bdi>Cohort uz 2</bdi>" in page.text
    assert "1 person more than seats" in page.text and "0 of 2 seats taken; 3 more people would make 3" in page.text
    assert _states(reading, gone) == before


def test_one_step_takes_all_back_each_with_history_and_audit(
    world: Any, gone: dict[str, int], browser_of: Any, reading: Any
) -> None:
    page = _send(browser_of(world.coordinator), *gone.values(), confirmed="1", reason="<i>All well</i>")
    assert "3 people are back." in page.text
    assert set(_states(reading, gone).values()) == {("uz-1", "active")}
    with reading() as session:
        newest = {one.enrolment_id: one for one in session.scalars(select(EnrolmentEvent).order_by(EnrolmentEvent.id))}
        kinds = {email: newest[one].kind for email, one in gone.items()}
        assert kinds == {
            world.trainee: EventKind.RETURNED,
            world.trainee_2: EventKind.RETURNED,
            "karim@uz.test": EventKind.MOVED,
        }
        assert {newest[one].note for one in gone.values()} == {"<i>All well</i>"}
        seen = session.scalars(
            select(AuditEvent.subject).where(AuditEvent.kind.in_(["enrolment.returned", "enrolment.moved"]))
        )
        assert sorted(seen) == sorted(f"enrolment:{one}" for one in gone.values())


def test_without_a_reason_nobody_returns(world: Any, gone: dict[str, int], browser_of: Any, reading: Any) -> None:
    before = _states(reading, gone)
    assert _send(browser_of(world.coordinator), *gone.values(), confirmed="1", reason=" ").status_code == 422
    assert _states(reading, gone) == before


def test_who_cannot_return_is_named_with_the_reason_and_the_others_go_on(
    world: Any, gone: dict[str, int], browser_of: Any, unit: Any, reading: Any
) -> None:
    with unit() as session:
        enrolments.take_back(enrolment_of(session, world.trainee), "before")
        service.enrol(cohort_of(session), accounts.find("karim@uz.test"))
    browser = browser_of(world.coordinator)
    page = _send(browser, *gone.values()).text
    assert "Take back 1 person?" in page and "2 people cannot return" in page
    assert "is in the cohort." in page and "is on the list of that cohort already." in page
    after = _send(browser, *gone.values(), confirmed="1", reason="back").text
    assert "1 person is back." in after and "is in the cohort." in after and "on the list of that cohort" in after
    assert _states(reading, gone)["karim@uz.test"] == ("uz-2", "deferred")


def test_a_closed_cohort_takes_nobody_back(
    world: Any, gone: dict[str, int], browser_of: Any, unit: Any, reading: Any
) -> None:
    with unit() as session:
        cohort_of(session).state = CohortState.CLOSED
    before = _states(reading, gone)
    page = _send(browser_of(world.coordinator), *gone.values(), confirmed="1", reason="back").text
    assert "its list of people stays as it is" in page and "nobody can be added" in page
    assert _states(reading, gone) == before


def test_a_second_click_takes_nobody_back_twice(
    world: Any, gone: dict[str, int], browser_of: Any, reading: Any
) -> None:
    browser, one = browser_of(world.coordinator), gone[world.trainee]
    for said in ("1 person is back.", "is in the cohort."):
        assert said in _send(browser, one, confirmed="1", reason="back").text
    with reading() as session:
        query = select(EnrolmentEvent).where(
            EnrolmentEvent.enrolment_id == one, EnrolmentEvent.kind == EventKind.RETURNED
        )
        assert len(session.scalars(query).all()) == 1


def test_people_of_others_do_not_exist_and_are_not_left_out_silently(
    world: Any, gone: dict[str, int], browser_of: Any, unit: Any, reading: Any
) -> None:
    """Of another government, of another cohort without a word about this one; and who looks after one intake only."""
    with unit() as session:
        foreign = enrolment_of(session, world.other_trainee, "ae-1")
        enrolments.withdraw(foreign, AWAY)
        ids = {"foreign": foreign.id}
    page = _send(browser_of(world.coordinator), ids["foreign"], confirmed="1", reason="x").text
    assert "1 person who was chosen is no longer on this list." in page and "Salem" not in page
    elsewhere = _send(
        browser_of("narrow@uz.test"), gone[world.trainee], page="/account", path="/cohorts/uz-2/away/return"
    )
    assert "no longer on this list" in elsewhere.text and "Aziza" not in elsewhere.text
    assert _states(reading, ids) == {world.other_trainee: ("ae-1", "withdrawn")}
    assert browser_of(world.instructor).send(PATH, page="/account").status_code == 403


def test_the_plan_takes_as_many_statements_for_many_as_for_few(
    world: Any, gone: dict[str, int], unit: Any, queries: Any
) -> None:
    counts = []
    for first, last in ((0, 2), (2, 30)):
        with unit() as session:
            here, there = cohort_of(session), cohort_of(session, "uz-2")
            for n in range(first, last):
                for place, to in ((here, None), (there, here)):
                    user = accounts.create_user(f"{place.slug}-{n}@uz.test", "P", Lang.EN)
                    enrolments.defer(service.enrol(place, user), AWAY, to=to)
            ids = session.scalars(select(Enrolment.id).where(Enrolment.state == EnrolmentState.DEFERRED)).all()
        with unit() as session, queries() as seen:
            found = returning.plan(cohort_of(session), ids, select(Cohort))
            names = [one.enrolment.user.full_name for one in found]
        assert len(names) == 2 * last + 2 and not any(one.refused for one in found)
        counts.append(len(seen))
    assert counts[0] == counts[1]
