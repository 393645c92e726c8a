"""A transcript: who can have one, what it says, and what becomes of it. Only released marks ever stand in it."""

import json
import tomllib
from collections.abc import Callable
from copy import copy
from dataclasses import asdict, replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select

from config import ROOT
from diploma.certificates import issuers, publishing, queries, registry, reissues, rules, service, status, transcripts
from diploma.certificates.models import Certificate, CertificateState
from diploma.certificates.rules import TRANSCRIPT, module_award
from diploma.certificates.snapshot import Snapshot
from diploma.core import clock
from diploma.core.db import session
from diploma.core.errors import Refused
from diploma.core.lang import Lang
from diploma.coursework import policies
from diploma.coursework.dates import LATE
from diploma.coursework.models import AssignmentPolicy, Marking, MarkingState
from diploma.learning import catalogue
from diploma.learning.authoring import formats
from tests.certificates.conftest import NAMES, Office, words
from tests.gradebook.conftest import complete, hand_in
from tests.world import M2, World

_S = CertificateState
AZIZA = "aziza@uz.test"


class Desk:
    """Brings transcripts through their life."""

    def __init__(self, office: Office, unit: Any) -> None:
        self.office, self.unit = office, unit

    def draft(self, email: str = AZIZA) -> int:
        with self.unit():
            return service.draft(self.office.enrolment(email), TRANSCRIPT).id

    def issue(self, email: str = AZIZA) -> int:
        """Draft, confirm, approve and issue the next one."""
        number = self.draft(email)
        with self.unit():
            for tag, name in NAMES[email].items():
                service.confirm_name(self.office.user(email), Lang(tag), name)
            certificate = session.get_one(Certificate, number)
            for issuer in issuers.waiting(certificate):
                service.approve(certificate, issuer)
            service.issue(certificate)
        return number

    def asking(self) -> str:
        """The address at which the first trainee asks for one."""
        with self.unit():
            return f"/certificates/transcripts/{self.office.enrolment(AZIZA).id}"

    def snapshot(self, number: int) -> Snapshot:
        with self.unit():
            return Snapshot.from_json(session.get_one(Certificate, number).snapshot or "")

    def states(self, email: str = AZIZA) -> list[tuple[str | None, CertificateState]]:
        with self.unit():
            enrolment = self.office.enrolment(email)
            query = select(Certificate).where(Certificate.enrolment_id == enrolment.id, Certificate.award == TRANSCRIPT)
            return [(one.serial, one.state) for one in session.scalars(query.order_by(Certificate.version))]


@pytest.fixture
def desk(office: Office, unit: Any) -> Desk:
    return Desk(office, unit)


@pytest.fixture
def studied(office: Office, unit: Any, world: World) -> int:
    """The first trainee has everything that the module asks for, with 83 for the assignment; id of the marking."""
    with unit() as own:
        enrolment = office.enrolment(world.trainee)
        complete(own, enrolment)
        marking = hand_in(own, enrolment, Decimal(83))
        marking.levels, marking.deductions = {}, []
        office.complete_now(own, world.trainee)
        return marking.id


# ---- who can have one


def test_nobody_without_a_completed_module_gets_one(desk: Desk) -> None:
    with pytest.raises(Refused, match="No module is complete yet"):
        desk.draft()


def test_one_is_open_at_a_time(desk: Desk, studied: int) -> None:
    assert desk.draft() == desk.draft()
    assert [state for _, state in desk.states()] == [_S.DRAFTED]


def test_it_is_not_drafted_with_module_certificates(office: Office, unit: Any, studied: int, desk: Desk) -> None:
    with unit():
        made = service.draft_eligible(office.enrolment(AZIZA).cohort)
        assert [one.award for one in made] == [module_award(M2)]
        assert TRANSCRIPT not in queries.awards(office.enrolment(AZIZA).cohort)
    assert desk.states() == []


def test_it_comes_with_the_diploma_and_only_one(office: Office, unit: Any, studied: int, desk: Desk) -> None:
    with unit():
        enrolment = office.enrolment(AZIZA)
        made = service._draft_all([(enrolment, rules.DIPLOMA)], None)
        assert [one.award for one in made] == [rules.DIPLOMA, TRANSCRIPT]
        assert service._draft_all([(enrolment, rules.DIPLOMA)], None) == []


def test_a_newer_one_keeps_the_number_and_replaces_the_earlier(desk: Desk, studied: int, unit: Any) -> None:
    desk.issue()
    second = desk.issue()
    (first, was), (again, state) = desk.states()
    assert (was, state, again) == (_S.SUPERSEDED, _S.ISSUED, f"{first}-R2")
    assert desk.snapshot(second).serial == again
    with unit():
        assert registry.check() == []


def test_a_newer_one_follows_a_revoked_one_which_stays_revoked(desk: Desk, studied: int, unit: Any) -> None:
    first = desk.issue()
    with unit():
        status.revoke(session.get_one(Certificate, first), "A slip.")
    desk.issue()
    assert [state for _, state in desk.states()] == [_S.REVOKED, _S.ISSUED]


def test_none_follows_a_suspended_one(desk: Desk, studied: int, unit: Any) -> None:
    first = desk.issue()
    with unit():
        status.suspend(session.get_one(Certificate, first), "It is examined.")
    with pytest.raises(Refused, match="suspended"):
        desk.draft()


def test_one_that_was_suspended_meanwhile_is_not_replaced(desk: Desk, studied: int, unit: Any) -> None:
    first = desk.issue()
    second = desk.draft()
    with unit():
        status.suspend(session.get_one(Certificate, first), "It is examined.")
    with unit():
        drafted = session.get_one(Certificate, second)
        for issuer in issuers.waiting(drafted):
            service.approve(drafted, issuer)
        with pytest.raises(Refused):
            service.issue(drafted)


def test_it_is_not_reissued_over_a_newer_draft(desk: Desk, studied: int, unit: Any) -> None:
    first = desk.issue()
    desk.draft()
    with unit(), pytest.raises(Refused, match="newer version is drafted"):
        status.reissue(session.get_one(Certificate, first), "A new name.")


def test_it_is_reissued_like_every_certificate(desk: Desk, studied: int, unit: Any) -> None:
    first = desk.issue()
    with unit():
        status.reissue(session.get_one(Certificate, first), "A new name.")
    assert [state for _, state in desk.states()] == [_S.SUPERSEDED, _S.ISSUED]


# ---- what it says


def test_it_says_hours_marks_and_grade_as_the_gradebook_has_them(desk: Desk, studied: int, unit: Any) -> None:
    found = desk.snapshot(desk.issue())
    assert found.record is not None
    (module,) = found.record.modules
    with unit():
        content = catalogue.content(desk.office.enrolment(AZIZA).cohort.revision_id)
        hours = content.modules[M2].hours
    assert (module.theory, module.workshop, module.practical) == (hours.theory, hours.workshop, hours.practical)
    assert found.hours == hours.total
    assert (module.quiz, module.assignment, module.workshop_mark, module.mark) == ("80.0", "83.0", "90.0", "83.5")
    assert (module.held, module.attended, module.attendance, module.band) == ("8", "8", "100.0", "very_good")
    assert (found.band, found.record.final, found.record.capstone, found.record.credit) == (None, None, None, None)


@pytest.fixture
def whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """The programme has the one module that the first trainee has completed, and the project."""
    find = catalogue.content

    def of_one_module(revision: int) -> catalogue.Content:
        content = find(revision)
        modules = tuple(one for one in content.programme.modules if one.id == M2)
        narrow = copy(content)
        narrow.programme = replace(content.programme, modules=modules)
        return narrow

    monkeypatch.setattr(catalogue, "content", of_one_module)


def hold_diploma(desk: Desk) -> Snapshot:
    """Issue the diploma of the first trainee without asking for what nothing can assess yet."""
    with desk.unit():
        for tag, name in NAMES[AZIZA].items():
            service.confirm_name(desk.office.user(AZIZA), Lang(tag), name)
        diploma, _ = service._draft_all([(desk.office.enrolment(AZIZA), rules.DIPLOMA)], None)
        publishing.publish(diploma, "GID-2026-UZ-000999", None)
        number = diploma.id
    return desk.snapshot(number)


@pytest.mark.usefixtures("studied", "whole")
def test_a_diploma_and_its_supplement_say_the_same_hours(desk: Desk, unit: Any) -> None:
    diploma, supplement = hold_diploma(desk), desk.snapshot(desk.issue())
    assert supplement.record is not None and supplement.record.project is not None
    with unit():
        hours = catalogue.content(desk.office.enrolment(AZIZA).cohort.revision_id).programme.capstone.hours
    assert diploma.hours == supplement.hours == supplement.record.hours == 30 + hours.total
    assert supplement.record.project.hours == hours.total > 0


@pytest.mark.usefixtures("studied", "whole")
def test_a_supplement_names_the_diploma_while_it_holds(desk: Desk, unit: Any) -> None:
    hold_diploma(desk)
    first = desk.snapshot(desk.issue()).record
    assert first is not None and first.diploma == "GID-2026-UZ-000999"
    with unit():
        diploma = session.scalars(select(Certificate).where(Certificate.award == rules.DIPLOMA)).one()
        publishing.end(diploma, _S.REVOKED, "revoked", "issued by mistake", None)
    second = desk.snapshot(desk.issue()).record
    assert second is not None and (second.diploma, second.project) == (None, None)


def test_the_hours_of_a_diploma_are_those_of_the_whole_programme(desk: Desk, studied: int, unit: Any) -> None:
    with unit():
        content = catalogue.content(desk.office.enrolment(AZIZA).cohort.revision_id)
        assert transcripts.whole_hours(content) == content.programme.hours.total
        assert transcripts.study(desk.office.enrolment(AZIZA)).project is None


def test_a_mark_that_is_not_released_is_not_in_it(desk: Desk, studied: int, unit: Any) -> None:
    with unit():
        marking = session.get_one(Marking, studied)
        marking.state, marking.released_at = MarkingState.MARKED, None
    record = desk.snapshot(desk.issue()).record
    assert record is not None
    assert [(one.assignment, one.mark, one.band) for one in record.modules] == [(None, None, None)]
    assert "83.0" not in json.dumps(asdict(record), default=str)


def test_the_rules_are_those_of_the_cohort_and_what_differs_is_left_out(desk: Desk, studied: int, unit: Any) -> None:
    with unit():
        enrolment = desk.office.enrolment(AZIZA)
        figures = transcripts.study(enrolment).rules
        assert (figures["grace_days"], figures["late_cap"], figures["resubmission_cap"]) == (3, 80, 75)
        values = policies.of(LATE, enrolment.cohort, M2).to_dict() | {"days": "working"}
        session.add(AssignmentPolicy(cohort_id=enrolment.cohort_id, module=M2, area="late", values=values))
    with unit():
        assert "late_cap" not in transcripts.study(desk.office.enrolment(AZIZA)).rules


@pytest.mark.parametrize(("confirmed", "printed_as"), [(True, 25), (False, None)])
def test_only_a_confirmed_national_credit_is_printed(
    desk: Desk, studied: int, unit: Any, monkeypatch: Any, confirmed: bool, printed_as: int | None
) -> None:
    table = {"hours": 25, "confirmed": confirmed, "name": {one.value: f"kredit {one.value}" for one in Lang}}
    monkeypatch.setattr(catalogue.Content, "partner", lambda *_: {"credits": table})
    with unit():
        credit = transcripts.study(desk.office.enrolment(AZIZA)).credit
    assert (credit.hours if credit else None) == printed_as


# ---- when a mark changes


def test_a_changed_mark_is_followed_by_the_transcript_alone_while_the_grade_stays(
    desk: Desk, studied: int, unit: Any, office: Office
) -> None:
    desk.issue()
    with unit():
        certificate = service.draft(office.enrolment(AZIZA), module_award(M2))
        service.issue_all([certificate])
    with unit():
        marking = session.get_one(Marking, studied)
        marking.raw = marking.counted = Decimal("83.4")
    with unit():
        at = clock.now() + timedelta(seconds=1)
        reissues.follow_result(office.enrolment(AZIZA), M2, changed_at=at, reason="appeal", base_url="http://x")
    assert [state for _, state in desk.states()] == [_S.SUPERSEDED, _S.ISSUED]
    with unit():
        modules = select(func.count()).where(Certificate.award == module_award(M2))
        assert session.scalar(modules) == 1


# ---- the pages


def test_a_holder_asks_for_one(desk: Desk, studied: int, browser_of: Callable[[str], Any]) -> None:
    client = browser_of(AZIZA)
    assert "Ask for a transcript" in words(client.get("/certificates/?lang=en"))
    answer = client.send(desk.asking(), {}, page="/certificates/", follow_redirects=True)
    assert "is being prepared" in words(answer) and "Ask for a transcript" not in words(answer)
    assert [state for _, state in desk.states()] == [_S.DRAFTED]


def test_nobody_asks_for_the_transcript_of_another(desk: Desk, studied: int, browser_of: Any, world: World) -> None:
    for stranger in (world.trainee_2, world.other_trainee, world.registrar):
        answer = browser_of(stranger).send(desk.asking(), {}, page="/certificates/")
        assert answer.status_code == 404
    assert desk.states() == []


def test_a_registrar_drafts_for_chosen_people(
    desk: Desk, studied: int, browser_of: Any, world: World, unit: Any
) -> None:
    client = browser_of(world.registrar)
    page = client.get(page_of := "/certificates/cohorts/uz-1/transcripts")
    assert "Aziza Karimova" in words(page) and "Bobur" not in words(page)
    with unit():
        number = desk.office.enrolment(AZIZA).id
    answer = client.send(page_of, {"person": number}, follow_redirects=True)
    assert "1 transcript is drafted." in words(answer)
    assert [state for _, state in desk.states()] == [_S.DRAFTED]


def test_nobody_drafts_for_people_of_another_cohort(
    desk: Desk, studied: int, browser_of: Any, world: World, unit: Any
) -> None:
    with unit():
        number = desk.office.enrolment(AZIZA).id
    answer = browser_of(world.registrar).send("/certificates/cohorts/ae-1/transcripts", {"person": number})
    assert answer.status_code == 404
    assert desk.states() == []


def test_nobody_downloads_the_transcript_of_another(desk: Desk, studied: int, browser_of: Any, world: World) -> None:
    desk.issue()
    desk.office.work()
    ((serial, _),) = desk.states()
    assert browser_of(AZIZA).get(f"/certificates/{serial}.pdf").status_code == 200
    for stranger in (world.trainee_2, world.other_trainee, world.other_coordinator):
        assert browser_of(stranger).get(f"/certificates/{serial}.pdf").status_code == 404


def test_the_public_page_names_the_modules_and_no_mark(desk: Desk, studied: int, client: Any) -> None:
    found = desk.snapshot(desk.issue())
    assert found.record is not None
    page = words(client.get(f"/verify/{found.token}"))
    (module,) = found.record.modules
    assert module.titles["ru"] in page or module.titles["uz-Latn"] in page
    assert "Marks stand only in the file" in page
    for mark in (module.quiz, module.assignment, module.workshop_mark, module.mark, module.attendance):
        assert mark is not None and mark not in page


# ---- credits of a country


@pytest.mark.parametrize(
    ("table", "faults"),
    [
        ({"hours": 30, "name": dict.fromkeys(Lang, "kredit"), "confirmed": False}, 0),
        ({"hours": 0, "name": dict.fromkeys(Lang, "kredit"), "confirmed": True}, 1),
        ({"hours": 30, "name": {"en": "credit"}, "confirmed": True}, 4),
        ({"hours": 30, "name": dict.fromkeys(Lang, "kredit"), "confirmed": "yes"}, 1),
    ],
)
def test_a_country_file_may_say_what_a_credit_is(table: dict[str, Any], faults: int) -> None:
    pack = tomllib.loads((ROOT / "courses/gid/partners/uz.toml").read_text())
    assert len(list(formats.PARTNER.faults({**pack, "credits": table}, ()))) == faults
