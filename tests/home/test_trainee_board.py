"""A trainee reads what now, until when, and what is missing; before, during, after, and when they have left."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from diploma.accounts.models import User
from diploma.cohorts import planning
from diploma.cohorts import service as cohorts
from diploma.cohorts.models import CohortAward, CohortState, EnrolmentState, Partner, Presence
from diploma.core import clock
from diploma.coursework import service as coursework
from diploma.learning import service as learning
from tests.coursework.conftest import enrolment, user
from tests.home.conftest import Office, cohort
from tests.world import M2, World

Read = Callable[[str], str]


def test_it_says_where_to_go_on_and_how_long_that_takes(world: World, unit: Any, dashboard: Read) -> None:
    assert "Continue where you were: lesson 1" in dashboard(world.trainee)
    with unit() as session:
        learning.complete_lesson(
            session, enrolment(world.trainee).id, M2,
            coursework._content(cohort(session)).modules[M2].lessons[0])  # fmt: skip
    page = dashboard(world.trainee)
    assert "Continue where you were: lesson 2" in page and "Challenge assessment · " in page


def test_it_says_how_far_the_dates_are_ahead(world: World, unit: Any, dashboard: Read) -> None:
    assert "Behind By today the dates expect 66% to be read." in dashboard(world.trainee)
    with unit() as session:
        for lesson in coursework._content(cohort(session)).modules[M2].lessons:
            learning.complete_lesson(session, enrolment(world.trainee).id, M2, lesson)
    page = dashboard(world.trainee)
    assert "Behind" not in page and "You have read every lesson that is open." in page


@pytest.mark.parametrize(
    ("days", "tag", "sentence"),
    [
        (0, "in 7 days", "Due on "),
        (8, "Late", "it counts in full"),
        (12, "Late", "It counts at most 80 now and closes on"),
        (30, "", "Ask your coordinator if there was a good reason."),
    ],
)
def test_a_deadline_is_said_in_words(world: World, dashboard: Read, days: int, tag: str, sentence: str) -> None:
    with clock.at(clock.now() + timedelta(days=days)):
        page = dashboard(world.trainee)
    assert sentence in page and tag in page


def test_a_work_that_was_handed_in_waits_for_its_mark(
    world: World, hand_in: Any, set_mark: Any, release: Any, dashboard: Read
) -> None:
    assert "It waits for its mark." not in dashboard(world.trainee)
    handed = hand_in(world.trainee)
    assert "It waits for its mark." in dashboard(world.trainee)
    set_mark(handed, "exemplary")
    page = dashboard(world.trainee)
    assert "It waits for its mark." in page and "The mark is released." not in page
    release(handed)
    page = dashboard(world.trainee)
    assert "The mark is released." in page and "It waits for its mark." not in page


def test_a_draft_is_remembered(world: World, unit: Any, draft_of: Any, dashboard: Read) -> None:
    assert "Your draft was saved" not in dashboard(world.trainee)
    with unit():
        draft_of(world.trainee)
    assert "Your draft was saved" in dashboard(world.trainee)


def test_what_is_missing_is_said_for_the_module_and_for_the_diploma(
    world: World, unit: Any, dashboard: Read, office: Office
) -> None:
    page = dashboard(world.trainee)
    assert "The quiz is not taken yet; 60 or more is needed." in page and "Modules completed: 0 of 7." in page
    assert "What is missing for the diploma" in page and "Not all modules are complete." in page
    office.complete(world.trainee)
    page = dashboard(world.trainee)
    assert "The quiz is not taken yet" not in page and "Modules completed: 1 of 7." in page


def test_the_star_says_its_states_in_words(world: World, addresses: Read, office: Office) -> None:
    assert 'aria-label="Modules completed: 0 of 7. Open: GID-102."' in addresses(world.trainee)
    office.complete(world.trainee)
    page = addresses(world.trainee)
    assert 'aria-label="Modules completed: 1 of 7."' in page and page.count('<g class="done"') == 1


def test_names_to_confirm_are_asked_for(world: World, office: Office, dashboard: Read) -> None:
    assert "waits for your names" not in dashboard(world.trainee)
    office.draft(world.trainee)
    assert "1 certificate waits for your names" in dashboard(world.trainee)
    office.confirm(world.trainee)
    assert "waits for your names" not in dashboard(world.trainee)


def test_a_certificate_can_be_taken_home_once_it_is_drawn(world: World, office: Office, addresses: Read) -> None:
    made = office.issue(world.trainee)
    page = addresses(world.trainee)
    assert made.serial in page and f"{made.serial}.pdf" not in page
    office.drawn(world.trainee)
    assert f'href="/certificates/{made.serial}.pdf"' in addresses(world.trainee)


def test_before_the_start_it_says_when(world: World, unit: Any, dashboard: Read) -> None:
    with unit() as session:
        cohort(session).starts_on = clock.now().date() + timedelta(days=12)
    assert "Your programme begins on" in dashboard(world.trainee) and "days." in dashboard(world.trainee)


def test_after_the_end_it_says_so(world: World, unit: Any, dashboard: Read) -> None:
    assert "Teaching in this cohort is over." not in dashboard(world.trainee)
    with unit() as session:
        cohorts.move_cohort(cohort(session), CohortState.MARKING)
    page = dashboard(world.trainee)
    assert "Teaching in this cohort is over." in page and "Continue" in page


def test_somebody_in_two_cohorts_can_change_between_them(world: World, unit: Any, addresses: Read) -> None:
    assert "Work on this one" not in addresses(world.trainee)
    with unit() as session:
        first = enrolment(world.trainee).id
        cohorts.enrol(cohort(session, "ae-1"), user(world.trainee))
    assert f"/enrolments/{first}/choose" in addresses(world.trainee)  # the newest is chosen until they say otherwise


@pytest.mark.parametrize(
    ("state", "title", "more"),
    [
        (EnrolmentState.WITHDRAWN, "You have left this cohort", "kept"),
        (EnrolmentState.DEFERRED, "Your place is put off", "you can read your lessons"),
    ],
)
def test_who_has_left_reads_what_became_of_it(
    world: World, unit: Any, dashboard: Read, state: EnrolmentState, title: str, more: str
) -> None:
    with unit():
        enrolment(world.trainee).state = state
    page = dashboard(world.trainee)
    assert title in page and "Cohort uz 1" in page and more in page and "Continue" not in page


def test_who_has_left_one_cohort_and_works_in_another_sees_that_one(world: World, unit: Any, dashboard: Read) -> None:
    with unit() as session:
        enrolment(world.trainee).state = EnrolmentState.WITHDRAWN
        cohorts.enrol(cohort(session, "ae-1"), user(world.trainee))
    page = dashboard(world.trainee)
    assert "Cohort ae 1" in page and "You have left this cohort" not in page


def test_a_foundation_workshop_counts_attendance_instead_of_lessons(world: World, unit: Any, dashboard: Read) -> None:
    with unit() as session:
        like, person = cohort(session), session.get_one(User, user(world.other_trainee).id)
        made = planning.create_cohort(
            session.get_one(Partner, like.partner_id), "w1", {"en": "Workshop"}, edition_id=like.edition_id,
            revision_id=like.revision_id, award=CohortAward.FOUNDATION, starts_on=like.starts_on + timedelta(days=1),
            ends_on=like.ends_on, seats=9, languages=["en"], certificate_languages=["en"])  # fmt: skip
        cohorts.move_cohort(made, CohortState.OPEN)
        cohorts.move_cohort(made, CohortState.RUNNING)
        mine, then = cohorts.enrol(made, person), clock.now() - timedelta(days=1)
        first = cohorts.plan_session(made, "foundation", "One", then, Decimal(6))
        second = cohorts.plan_session(made, "foundation", "Two", then, Decimal(6))
        cohorts.save_sheet(first, [cohorts.SheetEntry(mine.id, Presence.PRESENT, None)])
    page = dashboard(world.other_trainee)
    assert "100% of the live hours attended" in page and "You have reached everything" in page
    with unit() as session:
        cohorts.save_sheet(session.merge(second), [cohorts.SheetEntry(mine.id, Presence.ABSENT, None)])
    page = dashboard(world.other_trainee)
    assert "50% of the live hours attended" in page and "The required attendance is not reached." in page
