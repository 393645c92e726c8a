"""One draft for a group: who reads and writes it, what happens when two do, who hands it in and for whom."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from diploma.cohorts.groups import service as groups
from diploma.cohorts.groups.models import DateKind, OwnDates
from diploma.cohorts.models import EnrolmentState
from diploma.core import audit, clock
from diploma.core.db import session
from diploma.core.errors import Refused, Stale
from diploma.core.lang import Lang
from diploma.core.outbox import Job
from diploma.coursework import deadlines, service
from diploma.coursework.extensions import given
from diploma.coursework.extensions.given import Given
from diploma.coursework.models import Submission, SubmissionState, SubmissionVersion
from diploma.coursework.service import Written
from tests.conftest import Client
from tests.coursework.conftest import DECLARED, PAGE, TEXT, Handed, Unit, enrolment, user
from tests.coursework.together.conftest import DILNOZA, EDUARD, FARIDA, Decide, cohort_of, group, marking_of
from tests.world import M2, World

Open = Callable[[str], Client]


def send(browser: Client, **data: Any) -> Any:
    """Send the form as it stands on the page, with what is said otherwise."""
    page = browser.get(PAGE).text
    found = {name: re.search(rf'name="{name}"[^>]*value="([^"]*)"', page) for name in ("key", "base")}
    fields = {name: one.group(1) for name, one in found.items() if one}
    return browser.send(PAGE, {"text": TEXT, "language": "en", "do": "save", **fields, **data})


def reads(browser: Client, file: int) -> bool:
    """Whether a file of a draft can be read; else it does not exist."""
    with browser.get(f"{PAGE}/files/{file}") as answer:
        assert answer.status_code in (200, 404)
        return bool(answer.status_code == 200)


def test_members_write_one_draft(together: World, browser_of: Open) -> None:
    send(browser_of(together.trainee), text="Begun by Aziza.")
    page = browser_of(together.trainee_2).get(PAGE).text
    assert "Begun by Aziza." in page
    assert "Aziza Karimova</bdi> saved it last" in page and "Dilnoza Rahimova" in page


def test_two_members_who_write_at_once_see_both_texts(together: World, browser_of: Open, unit: Unit) -> None:
    first, second = browser_of(together.trainee), browser_of(DILNOZA)
    send(first, text="Begun.")
    key = re.search(r'name="base"[^>]*value="([^"]*)"', second.get(PAGE).text)
    assert key
    send(first, text="Written by the first.")
    late = {"text": "By the second.", "language": "en", "do": "save", "key": "s" * 20, "base": key.group(1)}
    answer = second.send(PAGE, late)
    assert answer.status_code == 409
    assert "By the second." in answer.text and "Written by the first." in answer.text
    with unit():
        draft = service.find(enrolment(DILNOZA), M2)
        assert draft and draft.text == "Written by the first."
        with pytest.raises(Stale):
            service.save_draft(draft, Written("x", Lang.EN, page="other", base=1), by=user(DILNOZA))


def test_who_is_in_no_group_is_told_and_cannot_hand_in(together: World, browser_of: Open) -> None:
    browser = browser_of(FARIDA)
    page = browser.get(PAGE).text
    assert "You are in no group yet" in page and "coordinator" in page and 'name="do"' not in page
    answer = browser.send(PAGE, {"text": TEXT, "language": "en", "do": "submit", "key": "f" * 20, "base": "0"})
    assert answer.status_code == 409 and "you are in none yet" in answer.text


@pytest.mark.parametrize("who", ["stranger", "ex-member", "other group", "other cohort"])
def test_who_is_not_in_the_group_neither_reads_nor_writes(
    who: str, together: World, browser_of: Open, unit: Unit, draft_of: Callable[..., Submission]
) -> None:
    with unit():
        draft = draft_of(together.trainee, text="Ours alone. " + TEXT)
        file = draft.files[0].id
        if who == "ex-member":
            groups.take_out(cohort_of(), [enrolment(DILNOZA).id])
    email = {
        "stranger": FARIDA,
        "ex-member": DILNOZA,
        "other group": EDUARD,
        "other cohort": together.other_trainee,
    }[who]
    browser = browser_of(email)
    assert "Ours alone." not in browser.get(PAGE).text
    assert not reads(browser, file)
    with unit():
        draft = session.scalars(select(Submission).where(Submission.group_id == group("Blue").id)).one()
        for verb in (
            lambda: service.save_draft(draft, Written("mine now", Lang.EN), by=user(email)),
            lambda: service.remove_file(draft, draft.files[0], by=user(email)),
            lambda: service.submit(draft, "k" * 20, DECLARED, received_at=clock.now(), base_url="", by=user(email)),
        ):
            with pytest.raises(Refused, match="Only its author"):
                verb()
    send(browser, text="Another text.")
    with unit():
        draft = session.scalars(select(Submission).where(Submission.group_id == group("Blue").id)).one()
        assert draft.text.startswith("Ours alone.") and len(draft.files) == 1


def test_every_member_gets_a_version_a_receipt_and_a_mail(together: World, team: Handed, unit: Unit) -> None:
    with unit():
        lead = session.get_one(SubmissionVersion, team.version)
        assert lead.submission.enrolment.user.email == together.trainee
        assert {one.submission.enrolment.user.email for one in lead.copies} == {together.trainee_2, DILNOZA}
        everybody = [lead, *lead.copies]
        assert len({one.receipt for one in everybody}) == 3
        assert {(one.text, one.sha256, one.due_at) for one in everybody} == {(lead.text, lead.sha256, lead.due_at)}
        mails = [one.payload for one in session.scalars(select(Job).where(Job.kind == "mail"))]
        for one in lead.copies:
            mine = next(mail for mail in mails if mail["to"] == one.submission.enrolment.user.email)
            assert one.receipt in mine["body"] and "Aziza Karimova" in mine["body"]
        assert audit.verify() == []


def test_the_receipt_names_the_members_to_each_of_them_alone(team: Handed, together: World, browser_of: Open) -> None:
    assert "Dilnoza Rahimova" in browser_of(together.trainee).get(f"/receipts/{team.receipt}").text
    assert browser_of(FARIDA).get(f"/receipts/{team.receipt}").status_code == 404
    assert browser_of(DILNOZA).get(f"/receipts/{team.receipt}").status_code == 404  # hers has another number


def test_two_members_who_hand_in_at_once_make_one_version(
    team: Handed, together: World, browser_of: Open, unit: Unit
) -> None:
    late = {"text": TEXT, "language": "en", "do": "submit", "key": "z" * 20, "base": "1", "declared": DECLARED}
    answer = browser_of(DILNOZA).send(PAGE, late)
    assert answer.status_code == 302
    with unit():
        work = session.get_one(Submission, team.submission)
        receipt = marking_of(DILNOZA).work.receipt
        with pytest.raises(Refused) as refused:
            service.submit(work, "y" * 20, DECLARED, received_at=clock.now(), base_url="", by=user(DILNOZA))
        assert refused.value.params["receipt"] == receipt
        assert session.scalar(select(func.count()).select_from(SubmissionVersion)) == 3


def test_who_joins_or_leaves_later_changes_nothing(team: Handed, together: World, browser_of: Open, unit: Unit) -> None:
    with unit():
        groups.take_out(cohort_of(), [enrolment(DILNOZA).id])
        groups.put(group("Blue"), [enrolment(FARIDA).id])
    assert "Your work is handed in" in browser_of(DILNOZA).get(PAGE).text
    page = browser_of(FARIDA).get(PAGE).text
    assert "Do not shout" not in page and "Your work is handed in" not in page
    with unit(), pytest.raises(Refused, match="Only its author"):
        work = session.get_one(Submission, team.submission)
        service.submit(work, "y" * 20, DECLARED, received_at=clock.now(), base_url="", by=user(FARIDA))


def test_a_deferred_member_is_not_handed_in_for(together: World, unit: Unit, hand_in: Callable[..., Handed]) -> None:
    with unit():
        enrolment(DILNOZA).state = EnrolmentState.DEFERRED
    team = hand_in(together.trainee)
    with unit():
        assert len(session.get_one(SubmissionVersion, team.version).copies) == 1


# ---- what was there before


def test_what_somebody_wrote_alone_is_not_lost(
    people: World, decide: Decide, unit: Unit, draft_of: Callable[..., Submission], browser_of: Open,
    hand_in: Callable[..., Handed],
) -> None:  # fmt: skip
    with unit():
        alone = draft_of(people.trainee, text="My own thoughts. " + TEXT)
        file = alone.files[0].id
    decide(on=True)
    browser = browser_of(people.trainee)
    assert "My own thoughts." in browser.get(PAGE).text
    assert reads(browser, file)
    fellow = browser_of(people.trainee_2)
    assert "My own thoughts." not in fellow.get(PAGE).text
    assert not reads(fellow, file)
    hand_in(people.trainee)
    assert "My own thoughts." in browser.get(PAGE).text
    assert reads(browser, file)


def test_switched_off_before_anything_came_everybody_has_their_own_draft_again(
    people: World, decide: Decide, unit: Unit, draft_of: Callable[..., Submission]
) -> None:
    with unit():
        draft_of(people.trainee, text="My own thoughts. " + TEXT)
    decide(on=True)
    with unit():
        draft_of(people.trainee, text="Of the group. " + TEXT)
    decide(on=False)
    with unit():
        found = service.find(enrolment(people.trainee), M2)
        assert found and found.text.startswith("My own thoughts.")


# ---- dates


def test_what_one_member_is_given_does_not_move_the_date(together: World, unit: Unit) -> None:
    """Nobody can be given one; and one that is there all the same, from a cohort before, is not read."""
    later = clock.now() + timedelta(days=12)
    with unit():
        usual = deadlines.of(enrolment(together.trainee), M2)
        with pytest.raises(Refused, match="handed in by groups"):
            given.give(
                enrolment(together.trainee), Given(M2, "Ill", due_at=later), base_url="", by=user(together.coordinator)
            )
        person = {"kind": DateKind.PERSON, "enrolment_id": enrolment(together.trainee).id}
        session.add(OwnDates(cohort=cohort_of(), module=M2, due_at=later, reason="Ill", at=clock.now(), **person))
        session.flush()
    with unit():
        held = deadlines.of(enrolment(together.trainee), M2)
        assert held and usual and held.due_at == usual.due_at


def test_the_date_of_the_group_holds_for_all(together: World, unit: Unit, hand_in: Callable[..., Handed]) -> None:
    later = clock.now().replace(microsecond=0) + timedelta(days=12)
    with unit():
        given.give(group("Blue"), Given(M2, "A late start", due_at=later), base_url="", by=user(together.coordinator))
    team = hand_in(DILNOZA)
    with unit():
        lead = session.get_one(SubmissionVersion, team.version)
        assert {one.due_at for one in (lead, *lead.copies)} == {later}
        other = deadlines.of(enrolment(EDUARD), M2)
        assert other and other.due_at != later


def test_more_time_is_not_asked_for_alone(together: World, browser_of: Open) -> None:
    page = browser_of(together.trainee).get(f"{PAGE}/extension").text
    assert "handed in by groups" in page and 'name="days"' not in page


# ---- again


def test_a_resubmission_is_written_and_handed_in_by_the_same_people(
    team: Handed, together: World, set_mark: Callable[..., None], release: Callable[..., None], unit: Unit,
    browser_of: Open,
) -> None:  # fmt: skip
    set_mark(team, "weak")
    release(team)
    with unit():
        groups.take_out(cohort_of(), [enrolment(together.trainee_2).id])
        own = service.find(enrolment(DILNOZA), M2)
        assert own
        service.open_resubmission(own, by=user(DILNOZA))
    assert "Do not shout." in browser_of(together.trainee_2).get(PAGE).text
    with unit():
        draft = session.get_one(Submission, team.submission)
        made = service.submit(
            draft, "n" * 20, DECLARED, received_at=clock.now(), base_url="", by=user(together.trainee_2)
        )
        assert made.submission.enrolment.user.email == together.trainee_2
        assert made.resubmission and made.origin and made.origin.submission_id == made.submission_id
        assert made.lead and made.lead.submission_id == team.submission and len(made.lead.copies) == 2
        assert {one.state for one in session.scalars(select(Submission))} == {SubmissionState.SUBMITTED}
