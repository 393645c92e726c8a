"""Marking without names: nothing that a marker can open says whose work it is, until the release or a reason."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from diploma.cohorts.tutoring import allocation as tutoring
from diploma.core import audit, clock
from diploma.core.db import session
from diploma.coursework import access, service
from diploma.coursework.access import Wanted
from diploma.coursework.allocation import anonymity
from diploma.coursework.allocation.models import Reveal
from diploma.coursework.attempts import opening, returning
from diploma.coursework.extensions import given
from diploma.coursework.extensions.models import LateWaiver
from diploma.coursework.models import Marking, Submission
from diploma.coursework.rules import SentFile
from tests.conftest import Client
from tests.coursework.allocation.conftest import Decide, cohort_of
from tests.coursework.conftest import DECLARED, TEXT, Handed, Unit, enrolment, levels, user
from tests.coursework.moderation import conftest as second
from tests.world import M2, World

Open = Callable[[str], Client]
Hand = Callable[..., Handed]
SIGNS = ("Aziza", "Karimova", "aziza@uz.test", "Ministry of Examples", "secret-name")
BLUEPRINTS = ("marking", "allocation", "attempts", "bank", "second")


@pytest.fixture
def nameless(decide: Decide, hand_in: Hand, stored: Callable[..., SentFile], world: World) -> Handed:
    """A work of Aziza in a cohort that marks without names; her name stands in the name of the file."""
    decide(anonymous=True)
    return hand_in(world.trainee, file=stored(name="Aziza-secret-name.pdf"))


def told(browser: Client, path: str, method: str = "GET", data: dict[str, Any] | None = None) -> str:
    """Everything an answer says: status line, headers and body, and the same of where it leads."""
    answer = browser.send(path, data, page="/marking/") if method == "POST" else browser.get(path)
    assert answer.status_code < 500, path
    said = f"{answer.headers}\n{answer.get_data().decode(errors='replace')}"
    answer.close()
    return said + (told(browser, answer.headers["Location"]) if answer.status_code in (302, 303) else "")


@pytest.fixture
def entangled(nameless: Handed, second_instructor: str, decide: Decide, world: World, unit: Unit) -> Handed:
    """All that is said elsewhere of a person, with her name in it: the marker is her tutor, her work came again after
    a return, she has a date of her own, and her lateness costs nothing."""
    now, reason = clock.now(), "Aziza Karimova is ill."
    with unit():
        person, cohort, by = enrolment(world.trainee), cohort_of(), user(world.coordinator)
        one = tutoring.Wish(tutoring.Way.HAND, {user(world.instructor).id})
        tutoring.allocate(cohort, {person.id}, one, tutoring.propose(cohort, {person.id}, one).mark, by=by)
        row = session.get_one(Marking, nameless.marking)
        until = now + timedelta(days=3)
        returning.give_back(row, "The annex is missing.", until, base_url="", by=user(world.instructor))
    with clock.at(now + timedelta(minutes=1)), unit():
        work, author = session.get_one(Submission, nameless.submission), user(world.trainee)
        service.save_draft(work, service.Written(TEXT, work.lang), by=author)
        made = service.submit(work, "2" * 20, DECLARED, received_at=clock.now(), base_url="", by=author)
        assert made.marking
        again = Handed(work.id, made.id, made.marking.id, made.receipt)
    with unit():
        by = user(world.coordinator)
        dates = given.Given(M2, reason, due_at=now + timedelta(days=40), cut_off_at=now + timedelta(days=60))
        given.give(enrolment(world.trainee), dates, base_url="", by=by)
        session.add(LateWaiver(submission_id=again.submission, reason=reason, by_id=by.id, at=now))
    return again


def doors(app: Flask, marking: int, **others: int) -> list[tuple[str, str]]:
    """Method and address of every page of the marking that names one work, and of the lists."""
    found = []
    given: dict[str, Any] = {"marking_id": marking, "number": 1, "slug": "uz-1", "module": M2, **others}
    for rule in app.url_map.iter_rules():
        if rule.endpoint.partition(".")[0] not in BLUEPRINTS or rule.arguments - given.keys():
            continue
        path = rule.build({name: given[name] for name in rule.arguments})[1]
        found += [(method, path) for method in sorted(rule.methods & {"GET", "POST"})]
    return found


def test_nothing_that_a_marker_can_open_names_the_author(
    app: Flask, entangled: Handed, nameless: Handed, world: World, browser_of: Open
) -> None:
    browser, visited = browser_of(world.instructor), doors(app, entangled.marking)
    assert len(visited) >= 20
    draft = {f"level-{one}": level for one, level in levels().items()} | {
        "comment": "Good.",
        "marking": str(entangled.marking),
    }
    lists = [
        f"/marking/?sort={sort}&state={state}&first={first}"
        for sort in ("name", "-name")
        for state in ("", "marking", "marked", "returned")
        for first in ("", "mine")
    ]
    receipts = [f"/receipts/?number={one.receipt}" for one in (entangled, nameless)]
    script = f"/marking/{entangled.marking}"
    steps = [
        *((method, path, draft) for method, path in visited if not path.endswith(("/release", "/conflict"))),
        *(("POST", script, {**draft, "do": step}) for step in ("save", "keep", "mark", "next")),
        *(("GET", path, None) for path in (*lists, *receipts, "/dashboard", "/marking/?page=9")),
    ]
    for method, path, data in steps:
        if data and "do" in data:
            found = re.search(r'name="version"[^>]* value="(\d+)"', browser.get(path).text)
            data["version"] = found[1] if found else "0"
        said = told(browser, path, method, data)
        assert [sign for sign in SIGNS if sign in said] == [], (method, path)
    assert entangled.receipt in browser.get("/marking/?state=marked").text


def test_a_tutor_is_not_told_which_works_without_names_are_of_their_people(
    entangled: Handed, hand_in: Hand, world: World, browser_of: Open, decide: Decide
) -> None:
    other = hand_in(world.trainee_2, key="3" * 20, at=clock.now() - timedelta(hours=1))
    browser = browser_of(world.instructor)
    page = browser.get("/marking/?first=mine").text
    assert "One of my people" not in page and page.index(other.receipt) < page.index(entangled.receipt)
    decide(anonymous=False)
    page = browser.get("/marking/?first=mine").text
    assert "One of my people" in page and page.index("Aziza") < page.index("Bobur")


def test_what_staff_said_of_a_person_stands_beside_the_script_with_the_name_alone(
    entangled: Handed, world: World, browser_of: Open, decide: Decide
) -> None:
    browser, page = browser_of(world.instructor), f"/marking/{entangled.marking}"
    assert "is ill" not in browser.get(page).text
    decide(anonymous=False)
    assert browser.get(page).text.count("is ill") == 2


def test_no_way_leads_from_a_work_without_a_name_to_a_released_one_of_the_same_author(
    nameless: Handed, set_mark: Callable[..., None], release: Callable[..., None], unit: Unit, world: World,
    browser_of: Open,
) -> None:  # fmt: skip
    set_mark(nameless)
    release(nameless)
    with unit():
        work, until = session.get_one(Submission, nameless.submission), clock.now() + timedelta(days=7)
        opening.open_attempt(work, due_at=until, reason="Ill.", base_url="", by=user(world.coordinator))
    with unit():
        work = session.get_one(Submission, nameless.submission)
        made = service.submit(work, "2" * 20, DECLARED, received_at=clock.now(), base_url="", by=user(world.trainee))
        assert made.marking
        again = made.marking.id
    browser = browser_of(world.instructor)
    for here, there in ((again, nameless.marking), (nameless.marking, again)):
        page = browser.get(f"/marking/{here}").text
        assert f"/marking/{there}?" not in page and f'/marking/{there}"' not in page
    assert "for an older attempt" not in browser.get("/marking/?state=released").text


def test_the_second_mark_and_the_agreement_name_no_author(
    app: Flask, nameless: Handed, set_mark: Callable[..., None], second_instructor: str, moderator: str, world: World,
    unit: Unit, reading: Unit, browser_of: Open,
) -> None:  # fmt: skip
    set_mark(nameless, "weak")
    with unit():
        second.decide()
        second.begin()
        second.assign(nameless, second_instructor)
    with reading():
        held = second.moderation_of(nameless)
        ids = {"reading_id": held.mark(2).id, "moderation_id": held.id}  # type: ignore[union-attr]
    draft = {f"level-{one}": level for one, level in levels().items()} | {"comment": "Good.", "why": "We spoke."}
    for step in ("before", "after"):
        for email in (second_instructor, world.instructor, moderator):
            browser = browser_of(email)
            for method, path in doors(app, nameless.marking, **ids):
                if path.endswith(("/release", "/conflict", "/author")):
                    continue
                said = told(browser, path, method, draft)
                assert [sign for sign in SIGNS if sign in said] == [], (step, email, method, path)
        if step == "before":
            with unit():
                second.give(nameless, "adequate")
    release = told(browser_of(world.instructor), "/marking/release", "POST", {"marking": str(nameless.marking)})
    assert nameless.receipt in release and not any(sign in release for sign in SIGNS)


def test_the_name_on_a_receipt_is_for_who_neither_marks_nor_may_ask_for_it(
    nameless: Handed, moderator: str, world: World, browser_of: Open, unit: Unit
) -> None:
    page = f"/receipts/?number={nameless.receipt}"
    for email in (world.instructor, moderator, world.coordinator):
        answer = browser_of(email).get(page).text
        assert "This receipt is genuine" in answer and "Karimova" not in answer, email
    with unit():
        anonymity.reveal(session.get_one(Marking, nameless.marking), "Copied?", by=user(moderator))
    assert "Karimova" in browser_of(moderator).get(page).text
    assert "Karimova" in browser_of(world.registrar).get(page).text


def test_a_refused_release_is_told_by_the_receipt(nameless: Handed, world: World, browser_of: Open) -> None:
    said = told(browser_of(world.instructor), "/marking/release", "POST", {"marking": str(nameless.marking)})
    assert nameless.receipt in said and not any(sign in said for sign in SIGNS)


def test_a_file_is_called_by_the_receipt(nameless: Handed, world: World, browser_of: Open) -> None:
    answer = browser_of(world.instructor).get(f"/marking/{nameless.marking}/files/1")
    answer.close()
    assert answer.headers["Content-Disposition"] == f"attachment; filename={nameless.receipt}-1.pdf"


def test_the_release_shows_the_author(
    nameless: Handed, set_mark: Callable[..., None], release: Callable[..., None], world: World, browser_of: Open
) -> None:
    set_mark(nameless)
    release(nameless)
    page = browser_of(world.instructor).get(f"/marking/{nameless.marking}").text
    assert "Aziza Karimova" in page and "secret-name" in page


def test_works_with_and_without_names_stand_in_one_queue(
    nameless: Handed, hand_in: Hand, decide: Decide, world: World, reading: Unit
) -> None:
    def authors() -> list[str]:
        with reading():
            return [one.author for one in access.queue(user(world.instructor), Wanted(sort="name"), 1)]

    assert authors() == [nameless.receipt]
    decide(M2, anonymous=False)
    assert authors() == ["Aziza Karimova"]
    decide(M2, anonymous=True)
    decide(anonymous=False)
    assert authors() == [nameless.receipt]


def test_a_list_by_name_is_by_chance_where_names_are_hidden(
    crowd: Callable[[int], list[Handed]], decide: Decide, world: World, reading: Unit
) -> None:
    decide(anonymous=True)
    handed = crowd(5)
    with reading():
        rows = access.queue(user(world.instructor), Wanted(sort="name"), 1)
    assert [one.author for one in rows] == sorted(one.receipt for one in handed)


# ---- a reveal


def test_who_may_sees_the_author_after_giving_a_reason_that_is_kept(
    nameless: Handed, moderator: str, world: World, browser_of: Open, reading: Unit
) -> None:
    browser, page = browser_of(moderator), f"/marking/{nameless.marking}/author"
    assert browser.send(page, {"reason": "  "}).status_code == 422
    assert "Karimova" not in browser.get(page).text
    browser.send(page, {"reason": "Suspicion of <b>copying</b>"})
    browser.send(page, {"reason": "Again"})
    said = browser.get(page).text
    assert "Aziza Karimova" in said and "Suspicion of &lt;b&gt;copying" in said and "Again" not in said
    assert "Aziza Karimova" in browser.get("/marking/").text
    script = browser_of(world.instructor).get(f"/marking/{nameless.marking}").text
    assert "Moderator uz was shown the author" in re.sub(r"[\u2066-\u2069]|</?bdi>", "", script)
    assert "Karimova" not in script and "Suspicion" not in script
    with reading():
        events = session.scalars(select(audit.AuditEvent).where(audit.AuditEvent.kind == "author.revealed")).all()
        assert [one.detail["why"] for one in events] == ["Suspicion of <b>copying</b>"]


def test_a_marker_without_the_permission_cannot_ask_for_the_author(
    nameless: Handed, world: World, browser_of: Open, reading: Unit
) -> None:
    page = f"/marking/{nameless.marking}/author"
    browser = browser_of(world.instructor)
    assert browser.get(page).status_code == 403
    assert browser.send(page, {"reason": "Let me"}, page="/marking/").status_code == 403
    with reading():
        assert session.scalar(select(Reveal)) is None


def test_the_author_of_another_governments_work_is_out_of_reach(
    nameless: Handed, world: World, browser_of: Open
) -> None:
    page = f"/marking/{nameless.marking}/author"
    browser = browser_of(world.other_coordinator)
    assert browser.get(page).status_code == browser.send(page, {"reason": "Let me"}).status_code == 404


def test_who_declares_a_conflict_learns_no_name_and_sees_the_work_no_more(
    nameless: Handed, hand_in: Hand, world: World, browser_of: Open
) -> None:
    other = hand_in(world.trainee_2, key="2" * 20)
    browser, page = browser_of(world.instructor), f"/marking/{nameless.marking}/conflict"
    assert browser.send(page, {"reason": " "}).status_code == 422
    said = browser.get(page).text + told(browser, page, "POST", {"reason": "We are cousins."})
    assert nameless.receipt in said and not any(sign in said for sign in SIGNS)
    queue = browser.get("/marking/").text
    assert other.receipt in queue and nameless.receipt not in queue
    assert browser.get(f"/marking/{nameless.marking}").status_code == 404


# ---- the marker


def test_the_person_is_not_told_who_marked_where_the_cohort_says_so(
    handed: Handed, set_mark: Callable[..., None], release: Callable[..., None], decide: Decide, world: World,
    browser_of: Open,
) -> None:  # fmt: skip
    set_mark(handed, comment="Count the silent users.")
    release(handed)
    browser, pages = browser_of(world.trainee), (f"/receipts/{handed.receipt}", f"/modules/{M2}/assignment")
    assert all("Instructor uz" in browser.get(page).text for page in pages)
    decide(hide_marker=True)
    for page in pages:
        assert "Count the silent users." in browser.get(page).text
        assert "Instructor uz" not in browser.get(page).text


def test_who_revealed_an_author_alone_sees_the_name(
    nameless: Handed, moderator: str, world: World, unit: Unit, reading: Unit
) -> None:
    with unit():
        anonymity.reveal(session.get_one(Marking, nameless.marking), "Copied?", by=user(moderator))
    with reading():
        row = session.get_one(Marking, nameless.marking)
        assert [anonymity.is_hidden(row, user(one)) for one in (moderator, world.instructor)] == [False, True]
