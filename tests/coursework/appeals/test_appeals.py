"""Appeals: who may ask until when, who answers, what an accepted one changes, and what stands against every detour."""

import io
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from diploma.accounts import service as accounts
from diploma.accounts.permissions import Role
from diploma.cohorts import service as cohorts
from diploma.cohorts.models import CohortState
from diploma.core import audit, clock
from diploma.core.db import session
from diploma.core.errors import Refused, Stale
from diploma.core.outbox import Job
from diploma.coursework import deadlines, results, service
from diploma.coursework.allocation import conflicts
from diploma.coursework.allocation.policy import MARKING
from diploma.coursework.appeals import access, answering, asking, deciders, rules
from diploma.coursework.appeals.answering import Verdict
from diploma.coursework.appeals.changes import REACH
from diploma.coursework.appeals.models import Appeal, AppealAnswer, AppealState, Outcome
from diploma.coursework.appeals.rules import AppealPolicy, Second
from diploma.coursework.models import AssignmentPolicy, SubmissionVersion
from diploma.coursework.moderation.models import Moderation, ProvisionalMark, SecondRound
from tests.conftest import Client
from tests.coursework.appeals.conftest import (
    BASE,
    SECOND,
    WHY,
    accept,
    ask,
    cohort,
    decide,
    escalate,
    uphold,
)
from tests.coursework.conftest import Handed, Unit, enrolment, user
from tests.coursework.samples import PDF
from tests.world import M2, World

Open = Callable[[str], Client]
Fetch = Callable[[], Appeal]
DAY = timedelta(days=1)


def mails() -> list[tuple[str, str]]:
    """To whom which mail goes, and in which language."""
    jobs = session.scalars(select(Job).where(Job.kind == "mail").order_by(Job.id))
    return [(one.payload["to"], one.payload["lang"]) for one in jobs if "appeal" in one.key]


def counts(email: str) -> Decimal:
    return results.best_counted([enrolment(email).id])[enrolment(email).id, M2]


# ---- the life of an appeal


def test_an_accepted_appeal_changes_one_criterion_and_the_mark_at_once(world: World, appeal: Fetch, unit: Unit) -> None:
    with unit():
        assert counts(world.trainee) == 80
        accept(appeal())
        marking, answer = appeal().marking, appeal().answers[0]
        assert marking.levels["evidence"] == "exemplary"
        assert {level for one, level in marking.levels.items() if one != "evidence"} == {"proficient"}
        assert (appeal().state, appeal().outcome) == (AppealState.ANSWERED, Outcome.ACCEPTED)
        assert (answer.counted_before, answer.level_before, answer.level_after) == (80, "proficient", "exemplary")
        assert marking.counted == answer.counted_after == counts(world.trainee) > 80
        noted = session.scalars(select(audit.AuditEvent).where(audit.AuditEvent.kind == "mark.changed")).one()
        assert noted.actor_id == user(SECOND).id and noted.detail["why"] == "It is named indeed."
        assert Decimal(noted.detail["before"]) == 80 and Decimal(noted.detail["after"]) == marking.counted


def test_an_upheld_appeal_goes_on_once_to_somebody_else_and_then_is_final(
    world: World, appeal: Fetch, unit: Unit
) -> None:
    with unit():
        uphold(appeal())
        with pytest.raises(Refused, match="answered or withdrawn"):
            uphold(appeal(), world.director)
        escalate(appeal())
        with pytest.raises(Refused, match="Somebody else"):
            uphold(appeal())
        uphold(appeal(), world.director)
        assert appeal().state is AppealState.FINAL
        with pytest.raises(Refused, match="does not go on"):
            escalate(appeal())
        assert [one.instance for one in appeal().answers] == [1, 2]


def test_the_second_instance_can_change_the_level(world: World, appeal: Fetch, unit: Unit) -> None:
    with unit():
        uphold(appeal())
        escalate(appeal())
        accept(appeal(), by=world.registrar)
        assert (appeal().state, appeal().outcome) == (AppealState.FINAL, Outcome.ACCEPTED)
        assert counts(world.trainee) > 80


def test_every_step_is_told_in_the_language_of_who_is_told(world: World, appeal: Fetch, unit: Unit) -> None:
    with unit():
        uphold(appeal())
        escalate(appeal())
        accept(appeal(), by=world.director)
        mine, staff = (world.trainee, "uz-Latn"), [(SECOND, "en"), (world.director, "en"), (world.registrar, "en")]
        assert mails() == [mine, staff[0], mine, mine, *staff[1:], mine]


@pytest.mark.parametrize("step", [uphold, accept, escalate])
def test_a_withdrawn_appeal_is_over(world: World, appeal: Fetch, unit: Unit, step: Callable[[Appeal], None]) -> None:
    with unit():
        asking.withdraw(appeal(), base_url=BASE, by=user(world.trainee))
        with pytest.raises(Refused):
            step(appeal())
        with pytest.raises(Refused, match="asked for a review of this criterion before"):
            ask(Handed(0, appeal().marking.work_id, 0, ""), key="another" * 3)


def test_nobody_else_withdraws_or_carries_on(world: World, appeal: Fetch, unit: Unit) -> None:
    with unit():
        with pytest.raises(Refused, match="Only its author"):
            asking.withdraw(appeal(), base_url=BASE, by=user(world.trainee_2))
        uphold(appeal())
        with pytest.raises(Refused, match="Only its author"):
            asking.escalate(appeal(), WHY, at=clock.now(), base_url=BASE, by=user(world.trainee_2))


def test_an_accepted_appeal_does_not_go_on(appeal: Fetch, unit: Unit) -> None:
    with unit():
        accept(appeal())
        with pytest.raises(Refused, match="was accepted"):
            escalate(appeal())


# ---- until when


def test_the_arrival_decides_and_the_form_sent_again_later_makes_nothing(
    world: World, released: Handed, browser_of: Open, unit: Unit, monkeypatch: pytest.MonkeyPatch
) -> None:
    with unit():
        until = asking.asked_until(session.get_one(SubmissionVersion, released.version))
        assert until and until - clock.now() > 9 * DAY
    page, said = f"/receipts/{released.receipt}/appeals", {"criterion": "evidence", "reason": WHY, "key": "k" * 20}
    assert "Send the appeal" in browser_of(world.trainee).get(page).text
    monkeypatch.setattr(clock, "now", lambda: until + timedelta(seconds=1))
    browser = browser_of(world.trainee)
    assert "Send the appeal" not in browser.get(page).text
    answer = browser.send(page, said, page="/account")
    assert answer.status_code == 409 and "The time to appeal against this mark is over." in answer.text
    with unit():
        assert session.scalar(select(func.count()).select_from(Appeal)) == 0


def test_nobody_asks_before_the_release(
    world: World, handed: Handed, set_mark: Callable[..., None], browser_of: Open, unit: Unit
) -> None:
    set_mark(handed)
    page = f"/receipts/{handed.receipt}/appeals"
    browser = browser_of(world.trainee)
    assert "is not released" in browser.get(page).text and "proficient" not in browser.get(page).text.lower()
    said = {"criterion": "evidence", "reason": WHY, "key": "k" * 20}
    assert browser.send(page, said, page="/account").status_code == 409
    with unit(), pytest.raises(Refused, match="not released"):
        ask(handed)


@pytest.mark.parametrize(
    ("changes", "said"),
    [({"on": False}, "not reviewed on request"), ({"within_days": 1}, "time to appeal")],
)
def test_a_cohort_says_whether_and_until_when(released: Handed, unit: Unit, changes: dict[str, Any], said: str) -> None:
    with unit():
        decide(**changes)
        with pytest.raises(Refused, match=said):
            ask(released, at=clock.now() + 3 * DAY)


def test_the_days_to_go_on_are_counted_from_the_answer(appeal: Fetch, unit: Unit) -> None:
    with unit():
        uphold(appeal())
        until = appeal().until
        assert until
        with pytest.raises(Refused, match="is over"):
            escalate(appeal(), at=until + timedelta(seconds=1))
        escalate(appeal(), at=until)


def test_a_change_of_rules_names_those_whose_days_it_ends(world: World, released: Handed, unit: Unit) -> None:
    with unit():
        effects = asking_effects(on=False)
        assert [one.person for one in effects] == [enrolment(world.trainee).user.full_name]
        assert asking_effects(may_fall=True) == []


def asking_effects(**values: Any) -> Any:
    return REACH.effects(cohort(), M2, AppealPolicy(**values))


def test_one_appeal_for_a_criterion_of_a_version_also_beside_the_service(
    world: World, appeal: Fetch, unit: Unit, released: Handed
) -> None:
    with unit():
        assert ask(released).id == appeal().id  # the same form again
        with pytest.raises(Refused, match="before"):
            ask(released, key="z" * 20)
        assert ask(released, "causes", key="y" * 20).id != appeal().id
        with pytest.raises(IntegrityError), session.begin_nested():
            session.execute(update(Appeal).values(criterion="causes"))


def test_a_resubmission_leaves_the_appeal_against_the_older_version(
    world: World, appeal: Fetch, unit: Unit, released: Handed
) -> None:
    with unit():
        service.open_resubmission(appeal().marking.work.submission, by=user(world.trainee))
        accept(appeal())
        assert counts(world.trainee) > 80


# ---- who answers


def first_marker(world: World, appeal: Appeal) -> str:
    return world.instructor


def second_marker(world: World, appeal: Appeal) -> str:
    """Who gave the second mark, from which with another's the mark was made."""
    now = clock.now()
    held = SecondRound(cohort_id=cohort().id, module=M2, seed="s", planned_at=now)
    held_mark = Moderation(round=held, marking=appeal.marking, reasons=[], chosen_at=now)
    session.add_all([held, held_mark])
    session.flush()
    session.add(ProvisionalMark(moderation=held_mark, turn=2, marker=user(SECOND), assigned_at=now))
    session.flush()
    return SECOND


def in_conflict(world: World, appeal: Appeal) -> str:
    conflicts.declare(appeal.marking, "We are cousins.", by=user(SECOND))
    return SECOND


def line_manager(world: World, appeal: Appeal) -> str:
    entity = appeal.marking.work.submission.enrolment.entity_id
    assert entity
    accounts.grant_role(user(SECOND), Role.LINE_MANAGER, entity_id=entity)
    session.expire(user(SECOND), ["grants"])
    return SECOND


def foreigner(world: World, appeal: Appeal) -> str:
    return world.other_instructor


def author(world: World, appeal: Appeal) -> str:
    accounts.grant_role(user(world.trainee), Role.INSTRUCTOR, cohort_id=cohort().id)
    session.expire(user(world.trainee), ["grants"])
    return world.trainee


def director(world: World, appeal: Appeal) -> str:
    """The second instance has no turn yet."""
    return world.director


@pytest.mark.parametrize(
    "tie",
    [first_marker, second_marker, in_conflict, line_manager, foreigner, author, director],
    ids=lambda one: one.__name__,
)
def test_who_had_a_part_or_a_tie_does_not_answer(
    world: World, appeal: Fetch, unit: Unit, browser_of: Open, tie: Callable[[World, Appeal], str]
) -> None:
    """Neither through the service, nor by the address; the page exists only for who moderates and may read it."""
    with unit():
        email = tie(world, appeal())
        number = appeal().id
        assert not deciders.may_answer(appeal(), user(email))
        with pytest.raises(Refused, match="Somebody else"):
            accept(appeal(), by=email)
    browser = browser_of(email)
    said = {"do": "accept", "level": "exemplary", "reason": "As I like.", "version": "1"}
    status = browser.send(f"/appeals/{number}", said, page="/account").status_code
    assert status == (409 if email == world.director else 404)
    with unit():
        assert appeal().state is AppealState.OPEN and counts(world.trainee) == 80


def test_moderators_answer_in_the_second_instance_where_the_cohort_says_so(
    world: World, appeal: Fetch, unit: Unit, moderator: str
) -> None:
    with unit():
        uphold(appeal())
        escalate(appeal())
        assert not deciders.may_answer(appeal(), user(moderator))
        decide(second=Second.MODERATORS)
        uphold(appeal(), by=moderator)
        assert appeal().state is AppealState.FINAL


def test_who_answered_first_is_not_asked_again(world: World, appeal: Fetch, unit: Unit, moderator: str) -> None:
    """Also where their role would let them answer in the second instance."""
    with unit():
        decide(second=Second.MODERATORS)
        uphold(appeal(), by=moderator)
        escalate(appeal())
        assert not deciders.may_answer(appeal(), user(moderator))
        with pytest.raises(Refused, match="Somebody else"):
            accept(appeal(), by=moderator)


def test_an_answer_by_one_person_twice_is_refused_by_the_table_too(world: World, appeal: Fetch, unit: Unit) -> None:
    with unit():
        uphold(appeal())
        first = appeal().answers[0]
        names = (
            "appeal_id",
            "level_before",
            "level_after",
            "raw_before",
            "raw_after",
            "counted_before",
            "counted_after",
        )
        with pytest.raises(IntegrityError), session.begin_nested():
            same = {name: getattr(first, name) for name in names}
            session.add(
                AppealAnswer(instance=2, outcome=Outcome.UPHELD, reason="x", by_id=first.by_id, at=clock.now(), **same)
            )
        with pytest.raises(RuntimeError, match="never changed"), session.begin_nested():
            first.reason = "Another one."
            session.flush()
        session.expire_all()


# ---- what an answer may say


def test_the_mark_falls_only_where_the_cohort_says_so(world: World, appeal: Fetch, unit: Unit) -> None:
    with unit():
        with pytest.raises(Refused, match="does not fall"):
            accept(appeal(), "weak")
        assert counts(world.trainee) == 80 and appeal().marking.levels["evidence"] == "proficient"
        decide(may_fall=True)
        accept(appeal(), "weak")
        assert counts(world.trainee) < 80


def test_the_highest_level_cannot_rise_and_is_not_asked_about(
    world: World, handed: Handed, set_mark: Any, release: Any, unit: Unit
) -> None:
    set_mark(handed, "exemplary")
    release(handed)
    with unit(), pytest.raises(Refused, match="highest level"):
        ask(handed)


@pytest.mark.parametrize(("level", "said"), [("superb", "a level of the rubric"), ("proficient", "this level already")])
def test_a_level_is_another_one_of_the_rubric(appeal: Fetch, unit: Unit, level: str, said: str) -> None:
    with unit(), pytest.raises(Refused, match=said):
        accept(appeal(), level)


def test_the_deductions_stay_those_of_the_mark(
    world: World, second: str, hand_in: Any, set_mark: Any, release: Any, unit: Unit
) -> None:
    """A late work that counts at most 80 still does; what the rubric gives is another mark."""
    with unit():
        held = deadlines.of(enrolment(world.trainee), M2)
        assert held
    work = hand_in(world.trainee, at=held.due_at + 8 * DAY)
    set_mark(work, "proficient")
    release(work, at=held.due_at + 9 * DAY)
    with unit(), clock.at(held.due_at + 10 * DAY):
        made = ask(work)
        accept(made)
        assert made.marking.raw == made.answers[0].raw_after > 80
        assert made.marking.counted == 80
        assert session.scalars(select(Job).where(Job.kind == answering.CHANGED)).one().payload["counts"] is False


def test_of_two_who_answer_at_once_the_second_finds_it_answered(appeal: Fetch, unit: Unit, moderator: str) -> None:
    with unit():
        seen = appeal().version
        accept(appeal())
        with pytest.raises(Refused, match="answered or withdrawn"):
            answering.uphold(appeal(), Verdict("No.", version=seen), base_url=BASE, by=user(moderator))
        assert len(appeal().answers) == 1


def test_a_page_that_is_out_of_date_answers_nothing(appeal: Fetch, unit: Unit) -> None:
    with unit(), pytest.raises(Stale):
        answering.uphold(appeal(), Verdict("No.", version=appeal().version + 1), base_url=BASE, by=user(SECOND))


# ---- a closed cohort


def test_a_cohort_is_not_closed_over_open_appeals_and_a_closed_one_takes_none(
    world: World, appeal: Fetch, unit: Unit, released: Handed, browser_of: Open
) -> None:
    with unit():
        cohorts.move_cohort(cohort(), CohortState.MARKING)
        with pytest.raises(Refused, match="open appeals first"):
            cohorts.move_cohort(cohort(), CohortState.CLOSED)
    answer = browser_of(world.coordinator).get("/cohorts/uz-1/settings/state/closed", follow_redirects=True)
    assert "Answer the open appeals first (1)" in answer.text
    with unit():
        uphold(appeal())
        cohorts.move_cohort(cohort(), CohortState.CLOSED)
        for step in (lambda: ask(released, "causes", key="c" * 20), lambda: escalate(appeal())):
            with pytest.raises(Refused, match="cohort is closed"):
                step()


# ---- lists


def test_a_queue_asks_as_much_of_the_database_for_many(
    world: World, crowd: Any, set_mark: Any, release: Any, second: str, moderator: str, unit: Unit, browser_of: Open,
    queries: Callable[[], AbstractContextManager[list[str]]],
) -> None:  # fmt: skip
    works = crowd(7)
    for one in works:
        set_mark(one)
    release(*works)
    browser, asked = browser_of(moderator), []
    for some in (works[:2], works[2:]):
        with unit():
            for one in some:
                ask(one)
        browser.get("/appeals/")
        with queries() as seen:
            page = browser.get("/appeals/?sort=-asked")
        asked.append(len(seen))
    assert page.text.count("/appeals/") > 7 and asked[0] == asked[1]


def test_figures_count_by_module(appeal: Fetch, unit: Unit, world: World, moderator: str, released: Handed) -> None:
    with unit(), clock.at(clock.now() + 2 * DAY):
        accept(appeal())
        ask(released, "causes", key="c" * 20)
        rows = access.counted(user(moderator))
        found = rules.figures(rows, clock.now() + 40 * DAY)[M2]
        assert (found.asked, found.waiting, found.late, found.accepted, found.upheld) == (2, 1, 1, 1, 0)
        assert found.wait and abs(found.wait - 2 * DAY) < timedelta(minutes=1)
        assert access.counted(user(SECOND)) == []


# ---- what the pages show


def test_where_the_marker_is_not_named_neither_is_who_answered(
    world: World, appeal: Fetch, unit: Unit, browser_of: Open, released: Handed
) -> None:
    with unit():
        accept(appeal())
    page, name = f"/receipts/{released.receipt}/appeals", "Second Instructor"
    assert name in browser_of(world.trainee).get(page).text
    with unit():
        session.add(AssignmentPolicy(cohort_id=cohort().id, module=M2, area=MARKING.id, values={"hide_marker": True}))
    shown = browser_of(world.trainee).get(page).text
    assert "The level is changed" in shown and name not in shown
    with unit():
        to_author = [one for one in session.scalars(select(Job)) if one.payload.get("to") == world.trainee]
        assert to_author and not [one for one in to_author if name in str(one.payload)]


def test_the_marker_reads_what_was_changed_and_not_by_whom(
    world: World, appeal: Fetch, unit: Unit, browser_of: Open, released: Handed
) -> None:
    page, browser = f"/marking/{released.marking}", browser_of(world.instructor)
    assert "after an appeal" not in browser.get(page).text
    with unit():
        accept(appeal())
    shown = browser.get(page).text
    assert "Changed after an appeal" in shown and "It is named indeed." in shown
    assert "Second Instructor" not in shown and WHY not in shown


def test_reasons_of_both_sides_are_text(
    world: World, released: Handed, second: str, unit: Unit, browser_of: Open
) -> None:
    trainee, marker = browser_of(world.trainee), browser_of(second)
    page = f"/receipts/{released.receipt}/appeals"
    said = {"criterion": "evidence", "reason": f"<script>alert(1)</script> {WHY}", "key": "k" * 20}
    assert trainee.send(page, said, page=page).status_code == 302
    with unit():
        number = session.scalars(select(Appeal.id)).one()
    answer = {"do": "accept", "level": "exemplary", "reason": "<img src=x onerror=alert(1)>", "version": "1"}
    assert marker.send(f"/appeals/{number}", answer, page=f"/appeals/{number}").status_code == 302
    for shown in (trainee.get(page).text, marker.get(f"/appeals/{number}").text):
        assert "<script>alert" not in shown and "<img src=x" not in shown
        assert "&lt;script&gt;alert" in shown and "&lt;img src=x" in shown


def test_a_refused_form_keeps_words_and_file(world: World, released: Handed, browser_of: Open, unit: Unit) -> None:
    browser, page = browser_of(world.trainee), f"/receipts/{released.receipt}/appeals"
    said = {"criterion": "evidence", "reason": "Short.", "key": "k" * 20}
    refused = browser.send(page, {**said, "annex": (io.BytesIO(PDF), "sources.pdf")}, page=page)
    assert refused.status_code == 422 and "sources.pdf" in refused.text and "Short." in refused.text
    kept = re.search('name="kept" value="([^"]+)"', refused.text)
    assert kept
    assert browser.send(page, {**said, "reason": WHY, "kept": kept[1]}, page=page).status_code == 302
    with unit():
        made = session.scalars(select(Appeal)).one()
        assert made.file_name == "sources.pdf"
    answer = browser.get(f"{page}/{made.id}/file", buffered=True)
    assert answer.data == PDF and answer.headers["Content-Disposition"].startswith("attachment")
    forged = {**said, "criterion": "causes", "key": "f" * 20, "reason": WHY, "kept": kept[1][:-3] + "abc"}
    assert browser.send(page, forged, page=page).status_code == 302
    with unit():
        assert session.scalars(select(Appeal.file_name).where(Appeal.criterion == "causes")).one() is None


def test_a_page_is_no_file_of_an_appeal(world: World, released: Handed, browser_of: Open) -> None:
    browser, page = browser_of(world.trainee), f"/receipts/{released.receipt}/appeals"
    said = {"criterion": "evidence", "reason": WHY, "key": "k" * 20}
    sent = {**said, "annex": (io.BytesIO(b"<html><script>alert(1)</script>"), "sources.pdf")}
    assert browser.send(page, sent, page=page).status_code == 409


def test_the_results_say_until_when_and_what_was_asked(
    world: World, released: Handed, browser_of: Open, unit: Unit
) -> None:
    pages = (f"/receipts/{released.receipt}", f"/modules/{M2}/assignment")
    browser = browser_of(world.trainee)
    for page in pages:
        assert "Ask for a review of a criterion" in browser.get(page).text
    with unit():
        ask(released)
    for page in pages:
        assert "Waits for an answer" in browser.get(page).text


def test_a_trainee_does_not_reach_the_appeals_of_another(
    world: World, appeal: Fetch, unit: Unit, browser_of: Open, released: Handed
) -> None:
    with unit():
        number = appeal().id
    other, page = browser_of(world.trainee_2), f"/receipts/{released.receipt}/appeals"
    said = {"criterion": "causes", "reason": WHY, "key": "k" * 20, "objection": WHY}
    assert other.get(page).status_code == 404
    for address in (page, f"{page}/{number}/withdraw", f"{page}/{number}/second"):
        assert other.send(address, said, page="/account").status_code == 404
    with unit():
        assert appeal().state is AppealState.OPEN
        assert session.scalar(select(func.count()).select_from(Appeal)) == 1
