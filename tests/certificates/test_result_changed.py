"""A certificate that rested on a mark which an appeal has changed: through the jobs, to the registry's chain."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from diploma.accounts.permissions import Role
from diploma.certificates import registry, service, status, subscriptions
from diploma.certificates.models import Certificate, CertificateState
from diploma.core import clock
from diploma.core.db import session
from diploma.core.outbox import Job
from diploma.coursework import policies
from diploma.coursework.appeals import answering, asking
from diploma.coursework.appeals.answering import Verdict
from diploma.coursework.appeals.asking import Asked
from diploma.coursework.appeals.changes import REACH
from diploma.coursework.appeals.rules import AppealPolicy
from diploma.coursework.models import Marking
from tests.certificates.conftest import Office, words
from tests.gradebook.conftest import complete, hand_in
from tests.world import M2, World, person

BASE = "http://localhost"
CRITERIA = ("statement", "evidence", "voices", "causes", "choice")
GOOD = {**dict.fromkeys(CRITERIA, "proficient"), "causes": "adequate", "choice": "adequate"}
_S = CertificateState


@pytest.fixture
def marked(office: Office, unit: Any, world: World, password_hash: str) -> int:
    """The first trainee has all that the module asks for, with 74 for the assignment: a good result, 77.6."""
    with unit() as own:
        enrolment = office.enrolment(world.trainee)
        complete(own, enrolment)
        marking = hand_in(own, enrolment, Decimal(74))
        marking.levels, marking.deductions = GOOD, []
        person("second@uz.test", "Second", password_hash, Role.INSTRUCTOR, cohort_id=enrolment.cohort_id)
        return marking.id


@pytest.fixture
def appealed(office: Office, unit: Any, marked: int, world: World) -> Callable[..., None]:
    """``appealed("exemplary")``: an appeal is accepted with a level, and the jobs are run."""

    def answer(level: str, *, may_fall: bool = False) -> None:
        with unit():
            version = session.get_one(Marking, marked).work
            cohort = version.submission.enrolment.cohort
            if may_fall:
                rule = AppealPolicy(may_fall=True)
                shown = policies.seen(REACH.effects(cohort, M2, rule))
                by = office.user("coordinator@uz.test")
                policies.change(REACH, cohort, M2, rule, reason="So.", version=0, shown=shown, by=by)
            said = Asked("evidence", "Page two names every source.", "k" * 20)
            made = asking.ask(version, said, at=clock.now(), base_url=BASE, by=office.user(world.trainee))
            by = office.user("second@uz.test")
            answering.accept(made, Verdict("They are named.", level), base_url=BASE, by=by)
        office.work()

    return answer


def versions(office: Office, email: str) -> list[Certificate]:
    query = select(Certificate).where(Certificate.enrolment_id == office.enrolment(email).id)
    return list(session.scalars(query.order_by(Certificate.version)))


def told() -> list[str]:
    return [one.payload["to"] for one in session.scalars(select(Job)) if one.key.startswith("mail:result_changed")]


def test_an_accepted_appeal_supersedes_the_certificate_and_the_chain_holds(
    office: Office, appealed: Callable[..., None], unit: Any, world: World, client: Any
) -> None:
    first = office.drawn(world.trainee)
    appealed("exemplary")
    with unit():
        old, new = versions(office, world.trainee)
        assert (old.state, old.reason, new.state) == (_S.SUPERSEDED, "appeal", _S.ISSUED)
        assert new.serial == f"{first.serial}-R2" and new.token != first.token
        assert new.pdf_sha256 is not None  # drawn by the same jobs
        assert registry.check() == []
        job = session.scalars(select(Job).where(Job.kind == "result-changed")).one()
        subscriptions._follow_result(job.payload, None)
        assert len(versions(office, world.trainee)) == 2  # a job that is run again changes nothing
    page = words(client.get(f"/verify/{first.token}"))
    assert "Replaced by a newer version" in page and "was changed after an appeal" in page


def test_a_changed_mark_with_the_same_grade_leaves_the_certificate_as_it_is(
    office: Office, marked: int, appealed: Callable[..., None], unit: Any, world: World
) -> None:
    with unit():
        marking = session.get_one(Marking, marked)
        marking.levels, marking.raw, marking.counted = dict.fromkeys(CRITERIA, "proficient"), Decimal(80), Decimal(80)
    office.issue(world.trainee)
    appealed("exemplary")  # 81.5 becomes 84.75: both are very good
    with unit():
        assert [one.state for one in versions(office, world.trainee)] == [_S.ISSUED]
        assert told() == []


def test_what_is_issued_after_the_change_rests_on_it(
    office: Office, marked: int, unit: Any, world: World, appealed: Callable[..., None]
) -> None:
    office.approve(world.trainee)
    with unit(), clock.at(clock.now() + timedelta(hours=2)):
        service.issue(office.row(world.trainee))
    appealed("exemplary")
    with unit():
        assert [one.state for one in versions(office, world.trainee)] == [_S.ISSUED]


def test_what_cannot_be_reissued_is_told_to_the_registrars(
    office: Office, appealed: Callable[..., None], unit: Any, world: World
) -> None:
    office.issue(world.trainee)
    with unit():
        status.suspend(office.row(world.trainee), "It is examined.")
    appealed("exemplary")
    with unit():
        assert [one.state for one in versions(office, world.trainee)] == [_S.SUSPENDED]
        assert told() == [world.registrar] and registry.check() == []


def test_a_mark_that_falls_below_the_limit_takes_nothing_away_by_itself(
    office: Office, marked: int, appealed: Callable[..., None], unit: Any, world: World
) -> None:
    office.issue(world.trainee)
    with unit():
        marking = session.get_one(Marking, marked)
        marking.levels = dict.fromkeys(CRITERIA, "adequate")
        marking.raw = marking.counted = Decimal(60)
    appealed("absent", may_fall=True)
    with unit():
        assert [one.state for one in versions(office, world.trainee)] == [_S.ISSUED]
        assert told() == [world.registrar]


def test_a_mark_that_rises_over_the_limit_completes_the_module(
    office: Office, marked: int, appealed: Callable[..., None], unit: Any, world: World
) -> None:
    with unit():
        marking = session.get_one(Marking, marked)
        marking.levels = {**dict.fromkeys(CRITERIA, "adequate"), "evidence": "absent"}
        marking.raw = marking.counted = Decimal(45)
    office.work()
    with unit():
        assert versions(office, world.trainee) == []
    appealed("exemplary")
    with unit():
        assert [one.state for one in versions(office, world.trainee)] == [_S.DRAFTED]
