"""What counts of several attempts, in gradebook, dashboards and certificates; and who is told of a change."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, func, select

from diploma.cohorts.models import Cohort, EnrolmentState
from diploma.core import audit, jobs
from diploma.core.db import session
from diploma.core.outbox import Job
from diploma.coursework import policies, results, service
from diploma.coursework.attempts import changes, scoring
from diploma.coursework.attempts.rules import AttemptPolicy, Opens, Scoring
from diploma.coursework.models import Marking
from diploma.gradebook import queries as gradebook
from diploma.learning import catalogue
from diploma.learning.models import ModuleCompletion
from tests.coursework.attempts.conftest import decide, work_of
from tests.coursework.conftest import Handed, Unit, enrolment, user
from tests.gradebook.conftest import complete
from tests.world import M2, World

Give = Callable[..., None]
Twice = Callable[[str, str], tuple[Handed, Handed]]


def counted(email: str) -> Decimal | None:
    mine = enrolment(email).id
    return results.best_counted([mine]).get((mine, M2))


@pytest.mark.parametrize(
    ("rule", "first", "second", "counts"),
    [
        (Scoring.BEST, "exemplary", "weak", "100"),
        (Scoring.LATEST, "exemplary", "weak", "35"),
        (Scoring.AVERAGE, "exemplary", "weak", "67.5"),
        (Scoring.LATEST, "proficient", "proficient", "80"),
        (Scoring.AVERAGE, "proficient", "proficient", "80"),
    ],
)
def test_gradebook_and_dashboards_read_the_mark_that_counts(
    twice: Twice, rules: Give, reading: Unit, world: World, rule: Scoring, first: str, second: str, counts: str
) -> None:
    twice(first, second)
    rules(scoring=rule)
    with reading():
        mine = enrolment(world.trainee)
        content = catalogue.content(mine.cohort.revision_id)
        how = gradebook.results([mine], content)[mine.id][M2].how
        assert counted(world.trainee) == Decimal(counts)
        assert [one.mark for one in how if one.part.value == "assignment"] == [Decimal(counts)]
        assert gradebook.marks(mine.cohort)[M2] == [Decimal(counts)]
        spread = results.spread([mine.cohort])[mine.cohort_id]
        assert (spread.count, spread.total, spread.least, spread.most) == (1, *[Decimal(counts)] * 3)


def test_the_better_of_an_attempt_and_its_resubmission_stands_under_each_scoring(
    twice: Twice, rules: Give, unit: Unit, reading: Unit, send_again: Any, set_mark: Give, release: Give, world: World
) -> None:
    twice("weak", "proficient")
    with unit():
        service.open_resubmission(work_of(world.trainee), by=user(world.trainee))
    again = send_again()
    set_mark(again, "weak")
    release(again)
    rules(scoring=Scoring.LATEST)
    with reading():
        assert counted(world.trainee) == 80


def test_an_attempt_without_a_released_mark_does_not_count(
    released: Handed, rules: Give, open_again: Any, send_again: Any, set_mark: Give, reading: Unit, world: World
) -> None:
    rules(scoring=Scoring.AVERAGE)
    open_again()
    again = send_again()
    set_mark(again, "weak")
    with reading():
        assert counted(world.trainee) == 80
        mine = enrolment(world.trainee).id
        assert scoring.older([mine]) == {(mine, M2)}


def test_the_spread_of_a_cohort_joins_one_and_several_attempts(
    twice: Twice, rules: Give, hand_in: Any, set_mark: Give, release: Give, reading: Unit, world: World
) -> None:
    twice("exemplary", "weak")
    other = hand_in(world.trainee_2)
    set_mark(other, "proficient")
    release(other)
    rules(scoring=Scoring.AVERAGE)
    with reading():
        cohort = enrolment(world.trainee).cohort
        spread = results.spread([cohort])[cohort.id]
        assert (spread.count, spread.total, spread.least, spread.most) == (2, Decimal("147.5"), Decimal("67.5"), 80)


def test_the_rule_of_another_cohort_says_nothing_here(twice: Twice, unit: Unit, reading: Unit, world: World) -> None:
    twice("exemplary", "weak")
    with unit():
        other = session.scalars(select(Cohort).where(Cohort.slug == world.other_cohort)).one()
        decide(other, "", scoring=Scoring.LATEST)
    with reading():
        assert counted(world.trainee) == 100


def test_a_completed_module_stays_completed_and_a_change_that_helps_completes_one(
    app: Flask, twice: Twice, rules: Give, unit: Unit, reading: Unit, world: World
) -> None:
    def completed() -> int | None:
        with app.app_context():
            jobs.drain()
        with reading():
            return session.scalar(select(func.count()).select_from(ModuleCompletion))

    with unit():
        complete(session, enrolment(world.trainee))
    rules(scoring=Scoring.LATEST)
    twice("exemplary", "weak")
    with unit():  # the first release completed it; forget that, as if the second had come alone
        session.execute(delete(ModuleCompletion))
    assert completed() == 0
    rules(scoring=Scoring.BEST)
    assert completed() == 1
    rules(scoring=Scoring.LATEST)
    assert completed() == 1


# ---- a change of the rules


def effects(world: World, **changed: Any) -> list[tuple[str, dict[str, Any]]]:
    cohort = enrolment(world.trainee).cohort
    policy = AttemptPolicy.from_dict({**scoring_policy(cohort).to_dict(), **changed})
    return [(one.message, dict(one.params)) for one in changes.effects(cohort, M2, policy)]


def scoring_policy(cohort: Cohort) -> AttemptPolicy:
    return policies.of(scoring.ATTEMPTS, cohort, M2)


def test_a_change_of_the_scoring_names_whose_released_mark_it_moves(twice: Twice, reading: Unit, world: World) -> None:
    twice("exemplary", "weak")
    with reading():
        ((message, told),) = [one for one in effects(world, scoring="latest") if one[0] == changes._COUNTS]
        assert told == {"before": Decimal(100), "after": Decimal(35)} and "stays completed" in message
        assert changes._COUNTS not in dict(effects(world, scoring="best", cap=60))


def test_a_change_of_the_cap_moves_unreleased_resubmissions_only(
    released: Handed, unit: Unit, reading: Unit, send_again: Any, set_mark: Give, world: World, rules: Give
) -> None:
    with unit():
        service.open_resubmission(work_of(world.trainee), by=user(world.trainee))
    again = send_again()
    set_mark(again, "exemplary")
    with reading():
        assert effects(world, cap=60) == [(changes._MARK, {"before": Decimal(75), "after": Decimal(60)})]
    rules(cap=60)
    with reading():
        counts = [session.get_one(Marking, one.marking).counted for one in (released, again)]
        events = {one.kind for one in session.scalars(select(audit.AuditEvent))}
    assert counts == [80, 60] and "mark.recounted" in events


def test_a_change_names_whose_resubmission_it_moves_takes_or_gives(
    released: Handed, reading: Unit, world: World
) -> None:
    with reading():
        assert [message for message, _told in effects(world, within_days=7)] == [changes._LAST_DAY]
        assert [message for message, _told in effects(world, times=0)] == [changes._LOST]
        assert effects(world, opens="never") == []


def test_a_person_who_has_left_is_not_named(twice: Twice, unit: Unit, world: World) -> None:
    twice("exemplary", "weak")
    with unit():
        enrolment(world.trainee).state = EnrolmentState.WITHDRAWN
        assert effects(world, scoring="latest") == []


def test_the_layers_above_are_told_when_another_mark_counts(
    twice: Twice, rules: Give, reading: Unit, world: World
) -> None:
    twice("weak", "exemplary")
    rules(scoring=Scoring.LATEST, opens=Opens.BY_HAND)
    with reading():
        told = session.scalar(select(func.count()).select_from(Job).where(Job.key.startswith("mark-released:rules:")))
    assert told == 1


def test_the_number_of_queries_does_not_grow_with_the_people(
    twice: Twice, crowd: Any, set_mark: Give, release: Give, rules: Give, reading: Unit, queries: Any, world: World
) -> None:
    twice("exemplary", "weak")
    rules(scoring=Scoring.AVERAGE)
    works = crowd(4)
    for one in works:
        set_mark(one)
        release(one)
    with reading():
        cohort = enrolment(world.trainee).cohort
        people = gradebook._people(cohort)
        with queries() as few:
            results.best_counted(people[:1])
        with queries() as many:
            results.best_counted(people)
    assert len(many) <= len(few) <= 3
