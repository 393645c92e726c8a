"""The rules of a cohort's assignments: where they come from, how they change, and whom a change concerns."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from diploma.cohorts.models import Cohort, CohortState
from diploma.core import audit
from diploma.core.db import session
from diploma.core.errors import Refused, Stale
from diploma.coursework import dates, deadlines, policies, results
from diploma.coursework.late import Cost, DayKind, LatePolicy
from diploma.coursework.late_changes import REACH
from diploma.coursework.models import AssignmentPolicy, Marking
from diploma.coursework.policies import ALL
from diploma.coursework.rules import Deduction, Reason
from tests.conftest import Client
from tests.coursework.conftest import Handed, Unit, enrolment, user
from tests.world import M2, World

Open = Callable[[str], Client]
Hand = Callable[..., Handed]
RULES = "/cohorts/uz-1/assessment/late"
SENT = {
    "days": "calendar", "grace_days": "0", "closes_after_days": "20", "cost": "rate", "cap": "80", "rate": "5",
    "every": "1", "floor": "40", "reason": "The ministry decided so.",
}  # fmt: skip


def of_uzbekistan() -> Cohort:
    found: Cohort = session.scalars(select(Cohort).where(Cohort.slug == "uz-1")).one()
    return found


@pytest.fixture
def cohort(unit: Unit, world: World) -> Iterator[Cohort]:
    """The cohort in a unit of work that ends with the test."""
    with unit():
        yield of_uzbekistan()


def decide(cohort: Cohort, module: str, values: LatePolicy | None, version: int = 0) -> None:
    book = policies.books(dates.LATE, [cohort])[cohort.id]
    shown = policies.seen(REACH.effects(cohort, module, values or book.above(module)))
    by = user("coordinator@uz.test")
    policies.change(REACH, cohort, module, values, reason="So decided.", version=version, shown=shown, by=by)


def strict(cohort: Cohort) -> LatePolicy:
    return replace(policies.of(dates.LATE, cohort, M2), grace_days=0, cap=60)


# ---- where they come from


def test_a_cohort_has_the_rules_of_its_edition_until_it_decides_otherwise(cohort: Cohort) -> None:
    assert policies.of(dates.LATE, cohort, M2) == LatePolicy(grace_days=3, closes_after_days=14, cap=80)


def test_an_assignment_stands_before_the_cohort_and_the_cohort_before_the_edition(cohort: Cohort) -> None:
    edition = policies.of(dates.LATE, cohort, M2)
    decide(cohort, ALL, replace(edition, cap=70))
    decide(cohort, M2, replace(edition, cap=60))
    assert [policies.of(dates.LATE, cohort, one).cap for one in (M2, "m3-co-creation")] == [60, 70]
    decide(cohort, M2, None, version=1)
    assert policies.of(dates.LATE, cohort, M2).cap == 70


def test_rules_stored_before_a_field_was_thought_of_take_its_default(cohort: Cohort) -> None:
    session.add(AssignmentPolicy(cohort_id=cohort.id, module=ALL, area="late", values={"cap": 55}))
    session.flush()
    assert policies.of(dates.LATE, cohort, M2) == LatePolicy(grace_days=3, closes_after_days=14, cap=55)


def test_the_rules_of_another_cohort_say_nothing_here(cohort: Cohort) -> None:
    decide(cohort, ALL, strict(cohort))
    other = session.scalars(select(Cohort).where(Cohort.slug == "ae-1")).one()
    assert policies.of(dates.LATE, other, M2).cap == 80


# ---- a change


@pytest.fixture
def late_work(world: World, hand_in: Hand, reading: Unit) -> Handed:
    """A work of two days of delay: within the grace of the edition."""
    with reading():
        due = deadlines.of(enrolment(world.trainee), M2)
        assert due
    return hand_in(world.trainee, at=due.due_at + timedelta(days=2))


@pytest.fixture
def late_mark(late_work: Handed, set_mark: Callable[..., None]) -> Handed:
    """The same, marked and not released."""
    set_mark(late_work, "exemplary")
    return late_work


def test_a_change_names_those_whose_mark_it_moves(late_mark: Handed, cohort: Cohort, world: World) -> None:
    found = REACH.effects(cohort, M2, strict(cohort))
    names = [(one.person, one.params) for one in found if one.person]
    assert names == [(user(world.trainee).full_name, {"before": Decimal(100), "after": Decimal(60)})]


def test_a_change_names_those_whose_work_waits(late_work: Handed, cohort: Cohort) -> None:
    found = [one.params for one in REACH.effects(cohort, M2, strict(cohort)) if one.person]
    assert [(one["before"], one["after"]) for one in found] == [(Decimal(100), Decimal(60))]


def test_a_last_day_that_moves_is_said_once_for_all(cohort: Cohort) -> None:
    longer = replace(strict(cohort), closes_after_days=10)
    found = [one for one in REACH.effects(cohort, M2, longer) if not one.person]
    assert len(found) == 1 and found[0].params["after"] < found[0].params["before"]


def test_marks_not_released_follow_a_change_and_the_audit_says_so(late_mark: Handed, cohort: Cohort) -> None:
    decide(cohort, M2, strict(cohort))
    one = session.get_one(Marking, late_mark.marking)
    assert (one.raw, one.counted) == (100, 60)
    assert results.deductions(one) == [Deduction(Reason.LATE, 60, 2)]
    written = {row.kind: row.detail for row in session.scalars(select(audit.AuditEvent))}
    assert (written["mark.recounted"]["before"], written["mark.recounted"]["after"]) == ("100", "60")
    assert written["assignment.rules_changed"]["why"] == "So decided."


def test_a_released_mark_stays_as_it_was_shown(
    late_mark: Handed, release: Callable[[Handed], None], unit: Unit, reading: Unit
) -> None:
    release(late_mark)
    with unit():
        cohort = of_uzbekistan()
        assert [one for one in REACH.effects(cohort, M2, strict(cohort)) if one.person] == []
        decide(cohort, M2, strict(cohort))
    with reading():
        one = session.get_one(Marking, late_mark.marking)
        assert (one.counted, results.deductions(one)) == (100, [])


def test_a_change_by_somebody_else_is_not_overwritten(cohort: Cohort) -> None:
    decide(cohort, M2, strict(cohort))
    with pytest.raises(Stale):
        decide(cohort, M2, strict(cohort), version=0)


def test_a_preview_that_no_longer_holds_is_not_saved(cohort: Cohort) -> None:
    with pytest.raises(Stale):
        policies.change(
            REACH, cohort, M2, strict(cohort), reason="x", version=0, shown="", by=user("coordinator@uz.test")
        )
    assert policies.of(dates.LATE, cohort, M2).cap == 80


def test_the_rules_of_a_closed_cohort_are_frozen(cohort: Cohort) -> None:
    cohort.state = CohortState.CLOSED
    with pytest.raises(Refused):
        decide(cohort, M2, strict(cohort))


# ---- the pages


def test_nothing_is_saved_before_the_page_has_said_whom_it_concerns(
    late_mark: Handed, browser_of: Open, reading: Unit, world: World
) -> None:
    browser = browser_of("coordinator@uz.test")
    first = browser.send(f"{RULES}?module={M2}", SENT | {"version": "0"})
    assert first.status_code == 200 and "The mark would count 90 instead of 100." in first.text
    with reading():
        assert policies.of(dates.LATE, of_uzbekistan(), M2).cost is Cost.CAP
    shown = first.text.split('name="shown"')[1].split('value="')[1].split('"')[0]
    assert browser.send(f"{RULES}?module={M2}", SENT | {"version": "0", "shown": shown}).status_code == 302
    with reading():
        held = policies.of(dates.LATE, of_uzbekistan(), M2)
        assert held == LatePolicy(0, 20, 80, DayKind.CALENDAR, Cost.RATE, 5, 1, 40)


@pytest.mark.parametrize(
    "wrong",
    [{"cap": "101"}, {"grace_days": "-1"}, {"grace_days": "21"}, {"rate": "0"}, {"days": "moons"}, {"every": "0"}],
)
def test_rules_that_make_no_sense_are_refused_and_kept_on_the_page(
    wrong: dict[str, str], world: World, browser_of: Open
) -> None:
    answer = browser_of("coordinator@uz.test").send(RULES, SENT | wrong)
    assert answer.status_code == 422 and "The ministry decided so." in answer.text


def test_the_rules_that_hold_are_said_in_a_sentence(world: World, browser_of: Open) -> None:
    page = browser_of("coordinator@uz.test").get("/cohorts/uz-1/assessment").text
    assert "3 calendar days without deduction, then it counts at most 80, after 14 days nothing is accepted." in page


@pytest.mark.parametrize("who", ["instructor@uz.test", "coordinator@ae.test"])
def test_only_who_looks_after_the_cohort_sets_its_rules(who: str, world: World, browser_of: Open) -> None:
    assert browser_of(who).get(RULES).status_code in (403, 404)
