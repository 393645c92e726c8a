"""Leaving, being put off, coming back: what is recorded, what is refused, and what the person still sees."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from diploma.accounts.models import User
from diploma.cohorts import planning, service
from diploma.cohorts.life import away, enrolments
from diploma.cohorts.life.enrolments import Leave
from diploma.cohorts.life.models import Cause, EnrolmentEvent, EventKind
from diploma.cohorts.models import CohortAward, CohortState, Enrolment, EnrolmentState
from diploma.core import clock
from diploma.core.errors import Refused
from tests.cohorts.conftest import cohort_of, enrolment_of
from tests.world import M2

HEALTH = Leave(Cause.HEALTH, "Doctor's advice")


def _state(reading: Any, email: str, slug: str = "uz-1") -> EnrolmentState:
    with reading() as session:
        return enrolment_of(session, email, slug).state  # type: ignore[no-any-return]


def _path(reading: Any, email: str) -> str:
    with reading() as session:
        return f"/cohorts/uz-1/people/{enrolment_of(session, email).id}"


def test_a_deferral_names_cause_day_person_and_intake(world: Any, second_cohort: str, unit: Any) -> None:
    day = clock.now().date() - timedelta(days=3)
    with unit() as session:
        by = session.scalars(select(User).where(User.email == world.coordinator)).one()
        one = enrolment_of(session, world.trainee)
        enrolments.defer(one, Leave(Cause.FAMILY, "Child", day), to=cohort_of(session, "uz-2"), by=by)
        (event,) = enrolments.events(one)
        assert (event.kind, event.cause, event.note, event.day) == (EventKind.DEFERRED, Cause.FAMILY, "Child", day)
        assert (event.by_id, event.cohort.slug, event.to_cohort.slug) == (by.id, "uz-1", "uz-2")
        assert one.state is EnrolmentState.DEFERRED


def test_who_was_put_off_can_be_withdrawn_and_taken_back(world: Any, unit: Any) -> None:
    with unit() as session:
        one = enrolment_of(session, world.trainee)
        enrolments.defer(one, HEALTH)
        enrolments.withdraw(one, HEALTH)
        enrolments.take_back(one, "Well again")
        assert one.state is EnrolmentState.ACTIVE
        assert [event.kind.value for event in enrolments.events(one)] == ["deferred", "withdrawn", "returned"]


@pytest.mark.parametrize(
    ("state", "step", "words"),
    [
        ("withdrawn", lambda one: enrolments.withdraw(one, HEALTH), "withdrawn already"),
        ("withdrawn", lambda one: enrolments.defer(one, HEALTH), "not active"),
        ("completed", lambda one: enrolments.defer(one, HEALTH), "not active"),
        ("completed", lambda one: enrolments.withdraw(one, Leave(Cause.MISTAKE)), "Say in words why"),
        ("active", lambda one: enrolments.withdraw(one, Leave(Cause.OTHER, " ")), "Say in words"),
        ("active", lambda one: enrolments.take_back(one, "x"), "is in the cohort"),
        (
            "active",
            lambda one: enrolments.withdraw(one, Leave(Cause.HEALTH, "", clock.now().date() + timedelta(days=2))),
            "lies ahead",
        ),
    ],
)
def test_a_step_that_does_not_fit_is_refused(world: Any, unit: Any, state: str, step: Any, words: str) -> None:
    with unit() as session:
        one = enrolment_of(session, world.trainee)
        one.state = EnrolmentState(state)
        session.flush()
        with pytest.raises(Refused, match=words):
            step(one)


def test_a_closed_cohort_keeps_its_list(world: Any, unit: Any) -> None:
    with unit() as session:
        one, other = enrolment_of(session, world.trainee), enrolment_of(session, world.trainee_2)
        enrolments.withdraw(one, HEALTH)
        one.cohort.state = CohortState.CLOSED
        for step in (lambda: enrolments.take_back(one, "x"), lambda: enrolments.withdraw(other, HEALTH)):
            with pytest.raises(Refused, match="list of people stays"):
                step()


def test_an_intake_of_another_award_or_government_is_no_target(world: Any, second_cohort: str, unit: Any) -> None:
    with unit() as session:
        one = enrolment_of(session, world.trainee)
        foreign, second = cohort_of(session, "ae-1"), cohort_of(session, "uz-2")
        second.award = CohortAward.FOUNDATION
        for to in (foreign, second, one.cohort):
            with pytest.raises(Refused, match="one partner"):
                enrolments.defer(one, HEALTH, to=to)


def test_a_form_needs_a_cause_of_the_list(world: Any, browser_of: Any, reading: Any) -> None:
    browser, path = browser_of(world.coordinator), _path(reading, world.trainee)
    for cause in ("", "bored", "other"):
        assert browser.send(f"{path}/withdraw", {"cause": cause}).status_code == 422
    assert _state(reading, world.trainee) is EnrolmentState.ACTIVE


def test_a_form_sets_no_state(world: Any, browser_of: Any, reading: Any) -> None:
    browser, path = browser_of(world.coordinator), _path(reading, world.trainee)
    browser.send(f"{path}/defer", {"cause": "health", "state": "completed", "cohort_id": "2", "by_id": "1"})
    with reading() as session:
        one = enrolment_of(session, world.trainee)
        assert (one.state, one.cohort.slug) == (EnrolmentState.DEFERRED, "uz-1")
        (event,) = enrolments.events(one)
        assert event.by.email == world.coordinator


@pytest.mark.parametrize("to", ["ae-1", "uz-1", "no-such"])
def test_a_form_offers_only_intakes_in_reach(world: Any, browser_of: Any, reading: Any, to: str) -> None:
    path = _path(reading, world.trainee)
    assert browser_of(world.coordinator).send(f"{path}/defer", {"cause": "health", "to": to}).status_code == 422
    assert _state(reading, world.trainee) is EnrolmentState.ACTIVE


def test_a_selection_is_put_off_together_and_who_cannot_is_named(
    world: Any, second_cohort: str, browser_of: Any, unit: Any, reading: Any
) -> None:
    with unit() as session:
        ids = [enrolment_of(session, email).id for email in (world.trainee, world.trainee_2)]
        enrolments.withdraw(enrolment_of(session, world.trainee_2), HEALTH)
    browser = browser_of(world.coordinator)
    asked = browser.send("/cohorts/uz-1/roster/defer", {"enrolment": ids}, page="/account")
    assert asked.status_code == 200 and "Aziza Karimova" in asked.text
    sent = {"enrolment": ids, "confirmed": "1", "cause": "workload", "to": "uz-2"}
    answer = browser.send("/cohorts/uz-1/roster/defer", sent, page="/account", follow_redirects=True)
    assert "1 person is put off" in answer.text and "Bobur Toshmatov is not active" in answer.text
    assert _state(reading, world.trainee) is EnrolmentState.DEFERRED
    assert _state(reading, world.trainee_2) is EnrolmentState.WITHDRAWN


def test_a_selection_holds_people_of_this_cohort_only(
    world: Any, second_cohort: str, browser_of: Any, reading: Any
) -> None:
    with reading() as session:
        ids = [enrolment_of(session, "karim@uz.test", "uz-2").id, enrolment_of(session, "salem@ae.test", "ae-1").id]
    sent = {"enrolment": ids, "confirmed": "1", "cause": "health"}
    browser_of(world.coordinator).send("/cohorts/uz-1/roster/withdraw", sent, page="/account")
    assert _state(reading, "karim@uz.test", "uz-2") is EnrolmentState.ACTIVE
    assert _state(reading, "salem@ae.test", "ae-1") is EnrolmentState.ACTIVE


def test_an_unknown_step_for_a_selection_does_nothing(world: Any, browser_of: Any, reading: Any) -> None:
    with reading() as session:
        ids = [enrolment_of(session, world.trainee).id]
    sent = {"enrolment": ids, "confirmed": "1", "cause": "health"}
    browser_of(world.coordinator).send("/cohorts/uz-1/roster/completed", sent, page="/account")
    assert _state(reading, world.trainee) is EnrolmentState.ACTIVE


def test_who_is_put_off_reads_on_and_hands_nothing_in(world: Any, browser_of: Any, unit: Any) -> None:
    with unit() as session:
        enrolments.defer(enrolment_of(session, world.trainee), HEALTH)
    browser = browser_of(world.trainee)
    assert browser.get(f"/modules/{M2}").status_code == 200
    assert browser.send(f"/modules/{M2}/quiz", {}, page="/account").status_code == 409
    sent = {"do": "save", "key": "k" * 20, "base": "0", "language": "en", "text": "Words"}
    assert browser.send(f"/modules/{M2}/assignment", sent, page="/account").status_code == 409


def test_an_active_enrolment_goes_before_one_that_is_put_off(
    world: Any, second_cohort: str, browser_of: Any, unit: Any
) -> None:
    with unit() as session:
        first = enrolment_of(session, world.trainee)
        enrolments.defer(first, HEALTH)
        service.enrol(cohort_of(session, "uz-2"), first.user)
    assert "Cohort uz 2" in browser_of(world.trainee).get("/dashboard").text


def test_who_has_left_still_reads_their_own_results_and_no_lessons(
    world: Any, browser_of: Any, unit: Any, reading: Any
) -> None:
    with unit() as session:
        one = enrolment_of(session, world.trainee)
        enrolments.withdraw(one, HEALTH)
        other, own = enrolment_of(session, world.trainee_2).id, one.id
    browser = browser_of(world.trainee)
    assert f"/enrolments/{own}/results" in browser.get("/dashboard").text
    assert browser.get(f"/enrolments/{own}/results").status_code == 200
    assert browser.get(f"/enrolments/{other}/results").status_code == 404
    assert browser.get(f"/modules/{M2}").status_code == 404


def test_the_list_says_who_is_to_return_and_to_which_intake(
    world: Any, second_cohort: str, browser_of: Any, unit: Any
) -> None:
    with unit() as session:
        one = enrolment_of(session, world.trainee)
        enrolments.defer(one, Leave(Cause.OTHER, "<b>secret</b>"), to=cohort_of(session, "uz-2"))
    browser = browser_of(world.coordinator)
    here, there = browser.get("/cohorts/uz-1/away").text, browser.get("/cohorts/uz-2/away").text
    assert "Cohort uz 2" in here and "&lt;b&gt;secret" in here
    assert "Aziza Karimova" in there and "to=uz-2" in there


def test_who_looks_after_one_intake_only_does_not_see_who_left_another(
    world: Any, second_cohort: str, browser_of: Any, unit: Any
) -> None:
    with unit() as session:
        enrolments.defer(enrolment_of(session, world.trainee), HEALTH, to=cohort_of(session, "uz-2"))
    page = browser_of("narrow@uz.test").get("/cohorts/uz-2/away")
    assert page.status_code == 200 and "Aziza" not in page.text


def test_reasons_are_not_shown_to_instructors(world: Any, browser_of: Any, unit: Any, reading: Any) -> None:
    with unit() as session:
        enrolments.defer(enrolment_of(session, world.trainee), HEALTH)
    path = _path(reading, world.trainee)
    page = browser_of(world.instructor).get(path).text
    assert "Put off" in page and "Doctor" not in page and "Health" not in page
    assert "Doctor" in browser_of(world.coordinator).get(path).text
    assert browser_of(world.instructor).get("/cohorts/uz-1/away").status_code == 403


def test_an_overbooked_cohort_says_so_when_somebody_returns(
    world: Any, browser_of: Any, unit: Any, reading: Any
) -> None:
    with unit() as session:
        enrolments.withdraw(enrolment_of(session, world.trainee), HEALTH)
        cohort_of(session).seats = 1
        assert away.seats(cohort_of(session)).free == 0
    path = _path(reading, world.trainee)
    answer = browser_of(world.coordinator).send(f"{path}/reinstate", {"reason": "back"}, follow_redirects=True)
    assert "1 person more than seats" in answer.text


@pytest.mark.parametrize("page", ["roster", "roles", "away"])
def test_seats_are_shown_where_people_are_added(world: Any, browser_of: Any, unit: Any, page: str) -> None:
    with unit() as session:
        cohort_of(session).seats = 3
    assert "1 seat free" in browser_of(world.coordinator).get(f"/cohorts/uz-1/{page}").text


def test_a_form_that_adds_one_says_what_it_makes_of_the_seats(
    world: Any, browser_of: Any, unit: Any, reading: Any
) -> None:
    with unit() as session:
        enrolments.withdraw(enrolment_of(session, world.trainee), HEALTH)
        cohort_of(session).seats = 1
    browser = browser_of(world.coordinator)
    for page in ("/cohorts/uz-1/roles", f"{_path(reading, world.trainee)}/reinstate"):
        shown = browser.get(page).text
        assert "1 of 1 seats taken; 1 more person would make 2" in shown and "1 person more than seats" in shown


def test_the_list_needs_no_more_queries_for_more_people(world: Any, browser_of: Any, unit: Any, queries: Any) -> None:
    browser, counts = browser_of(world.coordinator), []
    browser.get("/cohorts/uz-1/away")
    for first, last in ((0, 3), (3, 60)):
        with unit() as session:
            cohort, now = cohort_of(session), clock.now()
            for n in range(first, last):
                user = User(email=f"p{n}@uz.test", full_name="P", name_search="p", sort_key="p", created_at=now)
                session.add(user)
                session.flush()
                one = Enrolment(cohort_id=cohort.id, user_id=user.id, enrolled_at=now, state=EnrolmentState.WITHDRAWN)
                session.add(one)
                session.flush()
                event = {"kind": EventKind.WITHDRAWN, "cause": Cause.HEALTH, "day": now.date(), "at": now}
                session.add(EnrolmentEvent(enrolment_id=one.id, cohort_id=cohort.id, **event))
        with queries() as seen:
            browser.get("/cohorts/uz-1/away")
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_a_new_cohort_of_the_partner_is_offered_once_it_exists(world: Any, unit: Any) -> None:
    with unit() as session:
        first = cohort_of(session)
        made = planning.create_cohort(
            first.partner,
            "uz-9",
            {"en": "Nine"},
            edition_id=first.edition_id,
            revision_id=first.revision_id,
            starts_on=first.ends_on,
            ends_on=first.ends_on,
            seats=9,
            languages=["en"],
            certificate_languages=["en"],
        )
        everywhere = select(type(first))
        assert [one.slug for one in away.intakes(first, everywhere)] == ["uz-9"]
        made.state = CohortState.ARCHIVED
        session.flush()
        assert away.intakes(first, everywhere) == []
