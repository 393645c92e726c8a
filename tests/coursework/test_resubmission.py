"""Once more after the release: within its days, capped, and the better mark stands."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from diploma.core import clock
from diploma.core.errors import Refused
from diploma.coursework import deadlines, results, service
from diploma.coursework.models import Marking, Submission, SubmissionState
from tests.conftest import Client
from tests.coursework.conftest import DECLARED, PAGE, TEXT, Handed, Unit, enrolment, user
from tests.world import M2, World

Open = Callable[[str], Client]
Give = Callable[..., None]


@pytest.fixture
def resubmit(unit: Unit, world: World) -> Callable[..., Handed]:
    """``resubmit(handed)``: opened and handed in again, now or after some days."""

    def again(handed: Handed, *, opened: timedelta = timedelta(), sent: timedelta = timedelta()) -> Handed:
        by = world.trainee
        with clock.at(clock.now() + opened), unit() as session:
            service.open_resubmission(session.get_one(Submission, handed.submission), by=user(by))
        with clock.at(clock.now() + sent), unit() as session:
            work = session.get_one(Submission, handed.submission)
            service.save_draft(work, service.Written(TEXT + " Better.", work.lang), by=user(by))
            version = service.submit(work, "r" * 20, DECLARED, received_at=clock.now(), base_url="", by=user(by))
            assert version.marking
            return Handed(work.id, version.id, version.marking.id, version.receipt)

    return again


def marks(reading: Unit, handed: Handed) -> tuple[Any, Any]:
    with reading() as session:
        one = session.get_one(Marking, handed.marking)
        return one.raw, one.counted


def test_a_resubmission_counts_up_to_its_cap_and_the_better_mark_stands(
    handed: Handed, set_mark: Give, release: Give, resubmit: Callable[..., Handed], reading: Unit, world: World
) -> None:
    set_mark(handed, "weak")
    release(handed)
    second = resubmit(handed)
    set_mark(second, "exemplary")
    assert marks(reading, second) == (100, 75)
    with reading():
        mine = enrolment(world.trainee).id
        assert results.best_counted([mine]) == {(mine, M2): Decimal(35)}
    release(second)
    with reading():
        assert results.best_counted([mine]) == {(mine, M2): Decimal(75)}


def test_a_worse_resubmission_takes_nothing_away(
    released: Handed, set_mark: Give, release: Give, reading: Unit, world: World, resubmit: Callable[..., Handed]
) -> None:
    second = resubmit(released)
    set_mark(second, "weak")
    release(second)
    with reading():
        mine = enrolment(world.trainee).id
        assert results.best_counted([mine]) == {(mine, M2): Decimal(80)}


def test_a_resubmission_does_not_make_up_for_a_late_first_version(
    world: World,
    hand_in: Callable[..., Handed],
    set_mark: Give,
    release: Give,
    resubmit: Callable[..., Handed],
    reading: Unit,
) -> None:
    with reading() as session:
        deadline = deadlines.of(enrolment(world.trainee), M2)
        assert deadline
    late = hand_in(world.trainee, at=deadline.due_at + timedelta(days=5))
    set_mark(late, "weak")
    release(late)
    second = resubmit(late)
    with reading() as session:
        counted = results.computed(
            session.get_one(Marking, second.marking).work,
            dict.fromkeys(("statement", "evidence", "voices", "causes", "choice"), "exemplary"),
        )
    assert [(cap.reason.value, cap.at_most) for cap in counted.deductions] == [("late", 80), ("resubmission", 75)]


def test_the_first_version_stays_as_it_was(released: Handed, resubmit: Callable[..., Handed], reading: Unit) -> None:
    from diploma.coursework.models import SubmissionVersion

    with reading() as session:
        before = session.get_one(SubmissionVersion, released.version).sha256
    second = resubmit(released)
    with reading() as session:
        one, two = (
            session.get_one(SubmissionVersion, released.version),
            session.get_one(SubmissionVersion, second.version),
        )
        assert (one.sha256, one.text, one.number) == (before, TEXT, 1)
        assert (two.text, two.number) == (TEXT + " Better.", 2) and two.sha256 != before


def test_there_is_one_resubmission(
    released: Handed, set_mark: Give, release: Give, resubmit: Callable[..., Handed]
) -> None:
    second = resubmit(released)
    set_mark(second)
    release(second)
    with pytest.raises(Refused):
        resubmit(second)


@pytest.mark.parametrize("when", ["opened", "sent"])
def test_a_resubmission_is_over_after_its_days(released: Handed, resubmit: Callable[..., Handed], when: str) -> None:
    with pytest.raises(Refused):
        resubmit(released, **{when: timedelta(days=15)})


def test_a_resubmission_has_its_days_even_after_the_cut_off(
    released: Handed, resubmit: Callable[..., Handed], unit: Unit, world: World
) -> None:
    from diploma.cohorts import service as cohorts

    with unit():
        past = clock.now() - timedelta(days=1)
        cohorts.set_module_dates(
            enrolment(world.trainee).cohort, cohorts.ModuleDates(M2, past - timedelta(days=20), past, past)
        )
    assert resubmit(released, sent=timedelta(days=13)).receipt


def test_nothing_is_opened_before_the_release(handed: Handed, set_mark: Give, resubmit: Callable[..., Handed]) -> None:
    with pytest.raises(Refused):
        resubmit(handed)
    set_mark(handed)
    with pytest.raises(Refused):
        resubmit(handed)


def test_a_draft_is_not_opened_again(world: World, unit: Unit, draft_of: Callable[..., Submission]) -> None:
    with unit(), pytest.raises(Refused):
        service.open_resubmission(draft_of(world.trainee), by=user(world.trainee))


def test_nobody_opens_the_work_of_another(released: Handed, world: World, unit: Unit) -> None:
    with unit() as session, pytest.raises(Refused):
        service.open_resubmission(session.get_one(Submission, released.submission), by=user(world.trainee_2))


def test_the_page_offers_a_resubmission_and_opens_it(
    released: Handed, world: World, browser_of: Open, reading: Unit
) -> None:
    browser = browser_of(world.trainee)
    assert "Write a resubmission" in browser.get(PAGE).text
    answer = browser.send(f"{PAGE}/resubmit", page=PAGE, follow_redirects=True)
    assert "You are writing a resubmission" in answer.text and "Resubmission until" in answer.text
    assert TEXT.split("\n")[0] in answer.text
    with reading() as session:
        assert session.get_one(Submission, released.submission).state is SubmissionState.RETURNED


def test_the_page_of_a_work_that_waits_offers_none(handed: Handed, world: World, browser_of: Open) -> None:
    browser = browser_of(world.trainee)
    assert "Write a resubmission" not in browser.get(PAGE).text
    assert browser.send(f"{PAGE}/resubmit", page="/account").status_code == 409


def test_the_page_shows_both_results_and_which_stands(
    released: Handed, set_mark: Give, release: Give, world: World, resubmit: Callable[..., Handed], browser_of: Open
) -> None:
    second = resubmit(released)
    browser = browser_of(world.trainee)
    assert "It waits for its mark" in browser.get(PAGE).text
    set_mark(second, "exemplary")
    release(second)
    page = browser.get(PAGE).text
    assert "The better mark stands: 80" in page and "Resubmission: counts at most 75" in page
    assert "Write a resubmission" not in page
