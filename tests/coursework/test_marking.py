"""Marking: the right people, one at a time, by the rubric."""

import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from diploma.accounts import service as accounts
from diploma.accounts.permissions import Role
from diploma.cohorts import service as cohorts
from diploma.cohorts.models import Cohort, CohortState
from diploma.core import clock
from diploma.core.audit import AuditEvent
from diploma.core.errors import Refused, Stale
from diploma.core.lang import Lang
from diploma.coursework import access, deadlines, marking, results
from diploma.coursework.marking import Judged
from diploma.coursework.models import Marking, MarkingState, SubmissionVersion
from diploma.coursework.releasing import service as releasing
from tests.conftest import Client
from tests.coursework.conftest import CRITERIA, Handed, Unit, enrolment, levels, user
from tests.world import M2, World

Open = Callable[[str], Client]
Hand = Callable[..., Handed]


def sent(chosen: dict[str, str], *, version: int = 1, do: str = "mark", comment: str = "") -> dict[str, Any]:
    return {"version": version, "do": do, "comment": comment} | {f"level-{key}": level for key, level in chosen.items()}


def row(reading: Unit, handed: Handed) -> Marking:
    with reading() as session:
        found: Marking = session.get_one(Marking, handed.marking)
        return found


# ---- the queue


def test_the_queue_shows_the_works_of_ones_cohorts_the_oldest_first(
    world: World, hand_in: Hand, browser_of: Open
) -> None:
    now = clock.now()
    for email, days in ((world.trainee, 1), (world.trainee_2, 3), (world.other_trainee, 2)):
        hand_in(email, at=now - timedelta(days=days), key=email.ljust(20, "-"))
    page = browser_of(world.instructor).get("/marking/").text
    assert page.index("Bobur Toshmatov") < page.index("Aziza Karimova")
    assert "سالم المثال" not in page
    assert "سالم المثال" in browser_of(world.other_instructor).get("/marking/").text


def test_the_queue_is_filtered_by_language_module_and_state(
    world: World, hand_in: Hand, set_mark: Callable[..., None], browser_of: Open
) -> None:
    hand_in(world.trainee, lang=Lang.RU)
    set_mark(hand_in(world.trainee_2, key="2" * 20, lang=Lang.UZ_CYRL))
    browser = browser_of(world.instructor)

    def shown(query: str) -> set[str]:
        return set(re.findall("Aziza|Bobur", browser.get(f"/marking/?{query}").text))

    assert shown("") == {"Aziza"}
    assert shown("state=marked") == {"Bobur"}
    assert shown("language=ru") == {"Aziza"} and shown("language=ar") == set()
    assert shown(f"module={M2}") == {"Aziza"} and shown("module=m1") == set()
    assert shown("state=nonsense&language=nonsense&page=0") == {"Aziza"}


def test_a_long_queue_has_pages(
    crowd: Callable[[int], list[Handed]], world: World, browser_of: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("diploma.coursework.access.PAGE", 3)
    crowd(5)
    browser = browser_of(world.instructor)
    assert [len(set(re.findall(r"Trainee \d", browser.get(f"/marking/?page={page}").text))) for page in (1, 2, 3)] == [
        3,
        2,
        0,
    ]


@pytest.mark.parametrize("who", ["trainee", "coordinator", "registrar", "director"])
def test_those_who_do_not_mark_have_no_queue(handed: Handed, world: World, browser_of: Open, who: str) -> None:
    browser = browser_of(getattr(world, who))
    for path in ("/marking/", f"/marking/{handed.marking}"):
        assert browser.get(path).status_code == 403
    assert browser.send(f"/marking/{handed.marking}", sent(levels()), page="/account").status_code == 403
    assert browser.send("/marking/release", {"marking": handed.marking}, page="/account").status_code == 403


def test_a_work_of_another_cohort_does_not_exist(handed: Handed, world: World, browser_of: Open, reading: Unit) -> None:
    browser = browser_of(world.other_instructor)
    missing = browser.get("/marking/999999")
    foreign = browser.get(f"/marking/{handed.marking}")
    assert missing.status_code == foreign.status_code == 404
    for path in (f"/marking/{handed.marking}", f"/marking/{handed.marking}/total"):
        assert browser.send(path, sent(levels()), page="/account").status_code == 404
    assert row(reading, handed).state is MarkingState.WAITING


# ---- one script


def test_the_script_stands_beside_the_rubric_in_its_language(world: World, hand_in: Hand, browser_of: Open) -> None:
    handed = hand_in(world.trainee, lang=Lang.RU)
    browser = browser_of(world.instructor)
    page = browser.get(f"/marking/{handed.marking}").text
    assert "Do not shout." in page and "map.pdf" in page
    russian = re.findall(r'<legend><span lang="(\w+)"', page)
    assert russian == ["ru"] * 5
    assert (
        re.findall(r'<legend><span lang="(\w+)"', browser.get(f"/marking/{handed.marking}?rubric=en").text)
        == ["en"] * 5
    )


def test_keys_go_from_one_the_lowest_to_five(handed: Handed, world: World, browser_of: Open) -> None:
    page = browser_of(world.instructor).get(f"/marking/{handed.marking}").text
    found = re.findall(r'name="level-causes" value="(\w+)" data-key="(\d)"', page)
    assert {key: level for level, key in found} == {
        "1": "absent",
        "2": "weak",
        "3": "adequate",
        "4": "proficient",
        "5": "exemplary",
    }


def test_a_draft_of_a_marking_is_kept(handed: Handed, world: World, browser_of: Open, reading: Unit) -> None:
    browser = browser_of(world.instructor)
    answer = browser.send(f"/marking/{handed.marking}", sent({"voices": "weak"}, do="save", comment="To do."))
    assert answer.status_code == 302
    one = row(reading, handed)
    assert (one.state, one.levels, one.comment, one.counted) == (
        MarkingState.MARKING,
        {"voices": "weak"},
        "To do.",
        None,
    )
    assert 'value="weak" data-key="2" checked' in browser.get(f"/marking/{handed.marking}").text


def test_a_mark_is_what_the_rubric_gives(handed: Handed, world: World, browser_of: Open, reading: Unit) -> None:
    chosen = levels("weak", statement="proficient", evidence="exemplary")
    browser_of(world.instructor).send(f"/marking/{handed.marking}", sent(chosen))
    one = row(reading, handed)
    assert (one.state, one.raw, one.counted) == (MarkingState.MARKED, Decimal("62.5"), Decimal("62.5"))


def test_a_mark_needs_a_level_for_every_criterion(
    handed: Handed, world: World, browser_of: Open, reading: Unit
) -> None:
    chosen = levels()
    del chosen["voices"], chosen["choice"]
    answer = browser_of(world.instructor).send(f"/marking/{handed.marking}", sent(chosen, comment="Nearly."))
    assert answer.status_code == 422
    assert 'href="#voices"' in answer.text and 'href="#choice"' in answer.text and "Nearly." in answer.text
    assert row(reading, handed).state is MarkingState.WAITING


def test_a_level_that_the_rubric_does_not_know_is_no_level(handed: Handed, world: World, browser_of: Open) -> None:
    answer = browser_of(world.instructor).send(f"/marking/{handed.marking}", sent(levels(voices="splendid")))
    assert answer.status_code == 422


def test_late_work_is_capped_and_the_raw_mark_kept(
    world: World, hand_in: Hand, set_mark: Callable[..., None], reading: Unit
) -> None:
    with reading():
        deadline = deadlines.of(enrolment(world.trainee), M2)
        assert deadline
    handed = hand_in(world.trainee, at=deadline.due_at + timedelta(days=4))
    set_mark(handed, "exemplary")
    one = row(reading, handed)
    assert (one.raw, one.counted) == (Decimal(100), Decimal(80))


@pytest.mark.parametrize(
    ("chosen", "says"),
    [
        ({}, "0, 5 criteria open"),
        ({"statement": "proficient"}, "20, 4 criteria open"),
        (levels(choice="splendid"), "68, 1 criterion open"),
        (levels(), "80"),
    ],
)
def test_the_sum_follows_the_choices(
    handed: Handed, world: World, browser_of: Open, reading: Unit, chosen: dict[str, str], says: str
) -> None:
    browser = browser_of(world.instructor)
    answer = browser.send(f"/marking/{handed.marking}/total", sent(chosen), page=f"/marking/{handed.marking}")
    assert (answer.text, answer.mimetype) == (says, "text/plain")
    assert row(reading, handed).levels == {}


def test_the_sum_says_what_late_work_counts(world: World, hand_in: Hand, browser_of: Open, reading: Unit) -> None:
    with reading():
        deadline = deadlines.of(enrolment(world.trainee), M2)
        assert deadline
    handed = hand_in(world.trainee, at=deadline.due_at + timedelta(days=4))
    answer = browser_of(world.instructor).send(
        f"/marking/{handed.marking}/total", sent(levels("exemplary")), page="/account"
    )
    assert answer.text == "100, counts 80"


def test_mark_and_next_goes_to_the_next_that_waits(world: World, hand_in: Hand, browser_of: Open) -> None:
    now = clock.now()
    first = hand_in(world.trainee, at=now - timedelta(days=2))
    second = hand_in(world.trainee_2, at=now - timedelta(days=1), key="2" * 20)
    browser = browser_of(world.instructor)
    after = browser.send(f"/marking/{second.marking}?language=en", sent(levels(), do="next"))
    assert after.location == f"/marking/{first.marking}?language=en#script"
    last = browser.send(f"/marking/{first.marking}", sent(levels(), do="next"))
    assert last.location == "/marking/"


# ---- two markers


def test_a_stale_save_shows_both_versions_and_overwrites_nothing(
    handed: Handed, world: World, browser_of: Open, reading: Unit, second_instructor: str
) -> None:
    browser_of(world.instructor).send(f"/marking/{handed.marking}", sent(levels("weak"), comment="Mine was first."))
    answer = browser_of(second_instructor).send(
        f"/marking/{handed.marking}", sent(levels("exemplary"), version=1, comment="Mine came later.")
    )
    assert answer.status_code == 409
    assert "Mine was first." in answer.text and "Mine came later." in answer.text and "Instructor uz" in answer.text
    one = row(reading, handed)
    assert (one.comment, one.counted) == ("Mine was first.", Decimal(35))
    assert f'name="version" type="hidden" value="{one.version}"' in answer.text


def test_who_has_seen_the_other_version_may_replace_it(
    handed: Handed, world: World, browser_of: Open, reading: Unit, second_instructor: str
) -> None:
    browser_of(world.instructor).send(f"/marking/{handed.marking}", sent(levels("weak")))
    seen = row(reading, handed).version
    browser_of(second_instructor).send(f"/marking/{handed.marking}", sent(levels("adequate"), version=seen))
    assert row(reading, handed).counted == Decimal(60)


def test_a_work_that_somebody_else_has_begun_says_so_when_their_lease_is_over(
    handed: Handed, world: World, browser_of: Open, second_instructor: str, unit: Unit
) -> None:
    with clock.at(clock.now() - timedelta(hours=1)), unit() as session:
        marking.save_marking(session.get_one(Marking, handed.marking), Judged({}), by=user(world.instructor))
    assert "Instructor uz is marking this work" in browser_of(second_instructor).get(f"/marking/{handed.marking}").text


def test_the_service_refuses_a_stale_version(handed: Handed, world: World, unit: Unit) -> None:
    with unit() as session, pytest.raises(Stale):
        marking.mark(session.get_one(Marking, handed.marking), Judged(levels(), version=7), by=user(world.instructor))


# ---- what is not allowed


@pytest.fixture
def own(world: World, unit: Unit, hand_in: Hand) -> Handed:
    """A work of the instructor's own, in the cohort on which they mark."""
    with unit() as session:
        cohort = session.scalars(select(Cohort).where(Cohort.slug == world.cohort)).one()
        cohorts.enrol(cohort, user(world.instructor))
    return hand_in(world.instructor)


def test_ones_own_work_is_not_in_the_queue(own: Handed, world: World, browser_of: Open) -> None:
    browser = browser_of(world.instructor)
    assert f"/marking/{own.marking}" not in browser.get("/marking/").text
    assert browser.get(f"/marking/{own.marking}").status_code == 404
    assert browser.send(f"/marking/{own.marking}", sent(levels()), page="/account").status_code == 404


def test_nobody_marks_or_releases_their_own_work(own: Handed, world: World, unit: Unit) -> None:
    with unit() as session:
        one, by = session.get_one(Marking, own.marking), user(world.instructor)
        for act in (marking.mark, marking.save_marking):
            with pytest.raises(Refused, match="own work"):
                act(one, Judged(levels()), by=by)
        outcome = releasing.release([one], base_url="", by=by)
        assert not outcome.done and "own mark" in str(outcome.refused[0][1])


def test_marks_of_a_closed_cohort_are_frozen(handed: Handed, world: World, unit: Unit) -> None:
    with unit() as session:
        one, by = session.get_one(Marking, handed.marking), user(world.instructor)
        marking.mark(one, Judged(levels()), by=by)
        for step in (CohortState.MARKING, CohortState.CLOSED):
            cohorts.move_cohort(one.work.submission.enrolment.cohort, step)
        with pytest.raises(Refused, match="frozen"):
            marking.mark(one, Judged(levels("weak")), by=by)
        assert releasing.release([one], base_url="", by=by).refused


def test_a_released_mark_is_not_changed(released: Handed, world: World, browser_of: Open, reading: Unit) -> None:
    browser = browser_of(world.instructor)
    version = row(reading, released).version
    for do in ("mark", "save"):
        form = sent(levels("exemplary"), version=version, do=do, comment="A long second thought.")
        answer = browser.send(f"/marking/{released.marking}", form)
        assert answer.status_code == 409 and "The mark is released; it can no longer be changed here." in answer.text
        assert "Nothing was saved." in answer.text and "A long second thought." in answer.text
    assert row(reading, released).counted == Decimal(80)


def test_a_mark_is_taken_back_to_a_draft_before_its_release(
    handed: Handed, world: World, unit: Unit, reading: Unit
) -> None:
    with unit() as session:
        one, by = session.get_one(Marking, handed.marking), user(world.instructor)
        marking.mark(one, Judged(levels()), by=by)
        marking.save_marking(one, Judged(levels(voices="weak")), by=by)
    one = row(reading, handed)
    assert (one.state, one.counted, one.marked_at) == (MarkingState.MARKING, None, None)


def test_every_change_of_a_mark_is_in_the_audit(handed: Handed, world: World, unit: Unit, reading: Unit) -> None:
    with unit() as session:
        one, by = session.get_one(Marking, handed.marking), user(world.instructor)
        marking.mark(one, Judged(levels()), by=by)
        marking.mark(one, Judged(levels("weak")), by=by)
        marking.save_marking(one, Judged({}), by=by)
    with reading() as session:
        events = session.scalars(
            select(AuditEvent).where(AuditEvent.subject == f"marking:{handed.marking}").order_by(AuditEvent.id)
        ).all()

    def figures(name: str) -> list[Any]:
        return [said if said in (None, "draft") else Decimal(said) for said in (one.detail.get(name) for one in events)]

    assert [one.kind for one in events] == ["mark.set", "mark.set", "mark.taken_back"]
    assert figures("before") == [None, 80, 35] and figures("after") == [80, 35, "draft"]


def test_a_role_that_has_ended_marks_nothing(handed: Handed, world: World, unit: Unit, browser_of: Open) -> None:
    browser = browser_of(world.instructor)
    with unit():
        for grant in user(world.instructor).grants:
            accounts.end_role(grant)
            grant.starts_on = grant.ends_on = clock.now().date() - timedelta(days=1)
    assert browser.get(f"/marking/{handed.marking}").status_code == 403


def test_a_marker_of_the_whole_programme_sees_every_cohort(
    world: World, hand_in: Hand, unit: Unit, browser_of: Open
) -> None:
    handed = [hand_in(world.trainee), hand_in(world.other_trainee, key="2" * 20)]
    with unit():
        accounts.grant_role(user(world.director), Role.MODERATOR)
    browser = browser_of(world.director)
    assert all(browser.get(f"/marking/{one.marking}").status_code == 200 for one in handed)


def test_the_rubric_is_that_under_which_the_work_was_handed_in(handed: Handed, reading: Unit) -> None:

    with reading() as session:
        version = session.get_one(SubmissionVersion, handed.version)
        assert [one.id for one in results.rubric_of(version).criteria] == list(CRITERIA)


def test_a_comment_without_end_is_refused(handed: Handed, world: World, browser_of: Open, reading: Unit) -> None:
    answer = browser_of(world.instructor).send(f"/marking/{handed.marking}", sent(levels(), comment="x" * 20_001))
    assert answer.status_code == 422
    assert row(reading, handed).state is MarkingState.WAITING


def test_the_dashboard_learns_how_much_waits_and_since_when(
    world: World, hand_in: Hand, set_mark: Callable[..., None], reading: Unit
) -> None:
    first = clock.now() - timedelta(days=3)
    hand_in(world.trainee, at=first)
    set_mark(hand_in(world.trainee_2, key="2" * 20))
    with reading():
        piles = access.piles(user(world.instructor), since=first + timedelta(hours=1))
        assert {one.state: (one.count, one.older) for one in piles} == {
            MarkingState.WAITING: (1, 1),
            MarkingState.MARKED: (1, 0),
        }
        assert min(one.oldest for one in piles) == first
        assert access.piles(user(world.other_instructor), since=first) == []
