"""Attacks: the second marker learns nothing of the first mark, no work of others is in reach, trainees see a wait."""

from collections.abc import Callable

import pytest
from sqlalchemy import update

from diploma.accounts import service as accounts
from diploma.accounts.permissions import Role
from diploma.core.db import session
from diploma.coursework.models import Marking
from diploma.coursework.moderation import rounds
from tests.conftest import Client
from tests.coursework.conftest import PAGE, Handed, Unit, levels, user
from tests.coursework.moderation.conftest import (
    MODERATOR,
    SECOND_MARKER,
    assign,
    cohort_of,
    decide,
    give,
    moderation_of,
)
from tests.world import M2, World

Open = Callable[[str], Client]
ROUND = f"/cohorts/uz-1/second-marking/{M2}"
SENT = {f"level-{one}": level for one, level in levels("adequate").items()}
FIRST = ("A topic, no challenge.", "Instructor uz", "below the pass mark", ">35<", "Aziza")


def reading_of(work: Handed, reading: Unit) -> str:
    with reading():
        held = moderation_of(work).mark(2)
        assert held
        return f"/marking/second/{held.id}"


def agreement_of(work: Handed, reading: Unit) -> str:
    with reading():
        return f"/marking/agree/{moderation_of(work).id}"


def told(page: str) -> str:
    """What stands on a page after its navigation."""
    return page.split("<main", 1)[-1]


@pytest.mark.parametrize("path", ["", "?rubric=ru", "?rubric=ar"])
def test_the_second_marker_sees_nothing_of_the_first_mark(
    path: str, assigned: Handed, browser_of: Open, reading: Unit
) -> None:
    page = browser_of(SECOND_MARKER).get(reading_of(assigned, reading) + path)
    assert page.status_code == 200 and "Do not shout." in page.text
    assert " checked>" not in told(page.text)
    assert [one for one in FIRST if one in told(page.text)] == []


def test_the_lists_of_the_second_marker_say_nothing_of_the_first_mark(assigned: Handed, browser_of: Open) -> None:
    browser = browser_of(SECOND_MARKER)
    for path in ("/marking/second/", "/marking/", "/marking/?state=second", "/marking/?state=marked", "/dashboard"):
        page = told(browser.get(path).text)
        assert [one for one in FIRST if one in page] == [], path


def test_the_page_of_the_first_mark_does_not_exist_for_others(
    assigned: Handed, browser_of: Open, world: World, reading: Unit
) -> None:
    for email in (SECOND_MARKER, MODERATOR):
        browser = browser_of(email)
        assert browser.get(f"/marking/{assigned.marking}").status_code == 404
        assert browser.get(f"/marking/{assigned.marking}/files/1").status_code == 404
        assert browser.send(f"/marking/{assigned.marking}/total", SENT, page="/marking/").status_code == 404
        assert browser.get(agreement_of(assigned, reading)).status_code == 404
    assert browser_of(world.instructor).get(f"/marking/{assigned.marking}").status_code == 200


def test_marks_that_may_come_to_a_second_marker_are_hidden_before_they_are_chosen(
    handed: Handed, set_mark: Callable[..., None], second_instructor: str, unit: Unit, browser_of: Open
) -> None:
    set_mark(handed, "weak")
    browser = browser_of(second_instructor)
    assert browser.get(f"/marking/{handed.marking}").status_code == 200
    with unit():
        decide()
    assert browser.get(f"/marking/{handed.marking}").status_code == 404
    assert "Aziza" not in told(browser.get("/marking/?state=marked").text)


def test_the_first_marker_sees_nothing_of_the_second_before_it_is_given(
    assigned: Handed, browser_of: Open, world: World, reading: Unit
) -> None:
    path = reading_of(assigned, reading)
    second = browser_of(SECOND_MARKER)
    saved = {**SENT, "comment": "Very blind.", "version": "1", "page": "p"}
    assert second.send(f"{path}/draft", saved, page=path).status_code == 200
    first = browser_of(world.instructor)
    assert first.get(path).status_code == 404
    assert first.send(f"{path}/draft", SENT, page="/marking/").status_code == 404
    assert first.get(agreement_of(assigned, reading)).status_code == 404
    assert "Very blind." not in first.get(f"/marking/{assigned.marking}").text


@pytest.mark.parametrize(
    ("who", "status"),
    [("instructor@ae.test", 404), ("coordinator@uz.test", 403), ("aziza@uz.test", 403), (MODERATOR, 404)],
)
def test_a_reading_is_its_markers_alone(
    who: str, status: int, assigned: Handed, browser_of: Open, reading: Unit
) -> None:
    path = reading_of(assigned, reading)
    browser = browser_of(who)
    assert browser.get(path).status_code == status
    assert browser.get(f"{path}/files/1").status_code == status
    assert browser.send(path, {**SENT, "do": "mark"}, page="/account").status_code == status


def test_who_no_longer_marks_in_the_cohort_has_no_reading(assigned: Handed, browser_of: Open, unit: Unit) -> None:
    with unit():
        path = f"/marking/second/{moderation_of(assigned).marks[1].id}"
        for grant in list(user(SECOND_MARKER).grants):
            session.delete(grant)
    assert browser_of(SECOND_MARKER).get(path).status_code in (403, 404)


def test_a_second_mark_by_a_page_is_given_once(assigned: Handed, browser_of: Open, reading: Unit) -> None:
    path, browser = reading_of(assigned, reading), browser_of(SECOND_MARKER)
    wanted = {**SENT, "do": "mark", "version": "1", "page": "p", "raw": "100", "marker_id": "1", "turn": "1"}
    assert browser.send(path, wanted, page=path).status_code == 302
    assert browser.send(path, wanted, page=path).status_code == 409
    with reading():
        assert moderation_of(assigned).marks[1].raw == 60


def test_a_comment_is_never_markup(assigned: Handed, browser_of: Open, unit: Unit, reading: Unit) -> None:
    with unit():
        held = moderation_of(assigned).mark(2)
        assert held
        give(assigned)
    with unit():
        session.execute(update(Marking).values(comment="<script>x</script>"))
    page = browser_of(SECOND_MARKER).get(agreement_of(assigned, reading))
    assert page.status_code == 200 and "<script>x" not in page.text


def test_both_see_both_marks_and_agree(apart: Handed, browser_of: Open, world: World, reading: Unit) -> None:
    path, first, second = agreement_of(apart, reading), browser_of(world.instructor), browser_of(SECOND_MARKER)
    page = second.get(path).text
    assert "A topic, no challenge." in page and "Name your sources." in page
    version = page.split('name="version"')[1].split('value="')[1].split('"')[0]
    proposal = {**SENT, "comment": "Agreed.", "why": "The causes are there.", "version": version, "do": "propose"}
    assert second.send(path, proposal | {"why": ""}, page=path).status_code == 422
    assert second.send(path, proposal, page=path).status_code == 302
    assert second.send(path, {"do": "confirm", "version": str(int(version) + 1)}, page=path).status_code == 409
    assert first.send(path, {"do": "confirm", "version": version}, page=path).status_code == 409
    seen = first.get(path).text.split('name="version"')[1].split('value="')[1].split('"')[0]
    assert first.send(path, {"do": "confirm", "version": seen}, page=path).status_code == 302
    with reading():
        assert session.get_one(Marking, apart.marking).counted == 60


def test_the_trainee_sees_only_that_the_work_waits(apart: Handed, browser_of: Open, world: World) -> None:
    browser = browser_of(world.trainee)
    for path in (PAGE, f"/receipts/{apart.receipt}", "/dashboard"):
        page = told(browser.get(path).text)
        assert not [one for one in ("econd mark", "To agree", "Name your sources.", "A topic") if one in page], path
    assert browser.get("/marking/second/").status_code == 403


# ---- rounds


def test_the_reasons_are_shown_to_who_has_asked_for_them(
    chosen: Handed, browser_of: Open, reading: Unit, unit: Unit
) -> None:
    browser = browser_of(MODERATOR)
    page = told(browser.get(ROUND).text)
    assert chosen.receipt in page and "Instructor uz" not in page.split("<select")[0]
    assert "below the pass mark" not in page.split("Chosen works")[1]
    assert browser.send(ROUND, {"do": "reveal"}).status_code == 302
    assert "below the pass mark" in told(browser.get(ROUND).text).split("Chosen works")[1]
    with unit(), pytest.raises(Exception, match="has seen why"):
        assign(chosen, MODERATOR)


@pytest.mark.parametrize(
    ("who", "status"), [("coordinator@ae.test", 404), ("instructor@uz.test", 403), ("aziza@uz.test", 403)]
)
def test_a_round_is_led_by_who_moderates_the_cohort(who: str, status: int, chosen: Handed, browser_of: Open) -> None:
    browser = browser_of(who)
    assert browser.get(ROUND).status_code == status
    assert browser.send(ROUND, {"do": "reveal"}, page="/account").status_code == status


def test_a_work_of_another_round_is_not_given_out_here(
    chosen: Handed, browser_of: Open, unit: Unit, password_hash: str
) -> None:
    with unit():
        who, one = user(SECOND_MARKER).id, moderation_of(chosen).id
        other = rounds.reveal(cohort_of("ae-1"), M2, by=user("coordinator@ae.test"))
        assert other
    sent = {"do": "assign", "moderation": str(one), "person": str(who)}
    path = f"/cohorts/ae-1/second-marking/{M2}"
    assert browser_of("coordinator@ae.test").send(path, sent).status_code == 404


def test_who_gives_works_out_gives_none_to_themselves(chosen: Handed, browser_of: Open, reading: Unit) -> None:
    with reading():
        sent = {"do": "assign", "moderation": str(moderation_of(chosen).id), "person": str(user(MODERATOR).id)}
    assert "does not give one to themselves" in browser_of(MODERATOR).send(ROUND, sent, follow_redirects=True).text


def test_a_seed_that_is_sent_along_changes_nothing(chosen: Handed, browser_of: Open, reading: Unit) -> None:
    def seed() -> str:
        with reading():
            held = rounds.find(cohort_of(), M2)
            assert held
            return held.seed

    before = seed()
    sent = {"do": "start", "seed": "1", "cut": "f", "shown": ""}
    assert browser_of("coordinator@uz.test").send(ROUND, sent).status_code == 302
    assert seed() == before


def test_a_role_on_another_cohort_gives_no_second_mark(
    assigned: Handed, browser_of: Open, unit: Unit, reading: Unit, password_hash: str
) -> None:
    with unit():
        accounts.grant_role(user("instructor@ae.test"), Role.MODERATOR, cohort_id=cohort_of("ae-1").id)
    assert browser_of("instructor@ae.test").get(ROUND).status_code == 404
    assert browser_of("instructor@ae.test").get(reading_of(assigned, reading)).status_code == 404
