"""The release of a whole assignment: looked at first, done in the background, killed at any point without a trace."""

import re
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from diploma.core import audit, batch, db
from diploma.core.audit import AuditEvent
from diploma.core.batch import BatchItem, ItemState
from diploma.core.db import session
from diploma.core.outbox import Job
from diploma.coursework import deadlines
from diploma.coursework.allocation.models import Conflict
from diploma.coursework.attempts import returning
from diploma.coursework.models import AssignmentPolicy, Marking, MarkingState
from diploma.coursework.releasing import bulk, readiness
from diploma.coursework.releasing import service as releasing
from tests.conftest import Client
from tests.coursework.conftest import Handed, Unit, enrolment, user
from tests.coursework.releasing.conftest import cohort_of
from tests.world import M2, World

Open = Callable[[str], Client]
PAGE = f"/cohorts/uz-1/release/{M2}"
PERSON = "/cohorts/uz-1/people/{}/release"


class Killed(BaseException):
    """The runner dies: nothing catches it."""


def seen(page: str) -> str:
    found = re.search(r'name="seen" value="(\w+)"', page)
    assert found
    return found[1]


def author(reading: Unit, handed: Handed) -> str:
    with reading():
        found: str = session.get_one(Marking, handed.marking).work.submission.enrolment.user.full_name
        return found


def states(reading: Unit) -> list[MarkingState]:
    with reading():
        return list(session.scalars(sa.select(Marking.state).order_by(Marking.id)))


def traces(reading: Unit) -> dict[str, list[Any]]:
    """What each released mark has left: its event, the job for the layers above, its mail."""
    with reading():
        released = session.scalars(sa.select(Marking).where(Marking.state == MarkingState.RELEASED)).all()
        mails = session.scalars(sa.select(Job.key).where(Job.key.like("mail:mark_released:%"))).all()
        told = session.scalars(sa.select(Job.key).where(Job.kind == "mark-released")).all()
        events = session.scalars(sa.select(AuditEvent.subject).where(AuditEvent.kind == "mark.released")).all()
        return {
            "marks": sorted(f"marking:{one.id}" for one in released),
            "events": sorted(events),
            "told": sorted(one.replace("mark-released:", "marking:") for one in told),
            "mails": sorted(mails),
            "wanted": sorted(f"mail:mark_released:{one.work_id}" for one in released),
            "breaks": audit.verify(),
        }


def whole(found: dict[str, list[Any]], count: int) -> bool:
    """Whether nothing is half done: as many events, jobs and mails as marks, and the chain holds."""
    return (
        len(found["marks"]) == count
        and found["marks"] == found["events"] == found["told"]
        and found["mails"] == found["wanted"]
        and found["breaks"] == []
    )


@pytest.fixture
def marked(crowd: Callable[[int], list[Handed]], set_mark: Callable[..., None]) -> list[Handed]:
    """Six works with their marks, none released."""
    found = crowd(6)
    for one in found:
        set_mark(one)
    return found


def test_the_page_counts_what_is_ready_and_names_what_is_not_with_the_reason(
    marked: list[Handed],
    handed: Handed,
    hand_in: Callable[..., Handed],
    world: World,
    unit: Unit,
    browser_of: Open,
    reading: Unit,
) -> None:
    waiting = hand_in(world.trainee_2, key="2" * 20)
    with unit():
        by, row = user(world.instructor), session.get_one(Marking, waiting.marking)
        until = deadlines.of_modules(enrolment(world.trainee_2), [M2])[M2].closes_at
        returning.give_back(row, "The annex is missing.", until, base_url="", by=by)
        session.add(Conflict(marker_id=by.id, person_id=session.get_one(Marking, marked[0].marking)
                             .work.submission.enrolment.user_id, reason="x", at=row.work.received_at))  # fmt: skip
    page = browser_of(world.instructor).get(PAGE).text
    assert "Release 5 marks" in page and "1 mark is not for you to release" in page
    assert re.search(r"Aziza Karimova.*?Not marked yet", page, re.DOTALL)
    assert re.search(r"Bobur Toshmatov.*?Returned to its author", page, re.DOTALL)
    assert not any(author(reading, one) in page for one in marked)  # also not whom the marker must not mark


def test_all_ready_marks_of_an_assignment_are_released_by_one_click(
    marked: list[Handed], handed: Handed, world: World, browser_of: Open, work_off: Callable[[], int], reading: Unit
) -> None:
    browser = browser_of(world.instructor)
    form = {"do": "release", "seen": seen(browser.get(PAGE).text)}
    first, again = (browser.send(PAGE, form) for _ in range(2))
    assert first.status_code == 302 and first.headers["Location"] == again.headers["Location"], "one batch"
    work_off()
    assert states(reading).count(MarkingState.RELEASED) == 6
    progress = browser.get(first.headers["Location"]).text
    assert "6 of 6 finished" in progress and "Trainee" in progress
    assert whole(traces(reading), 6)


def test_what_was_not_shown_is_not_released(
    marked: list[Handed], handed: Handed, set_mark: Callable[..., None], world: World, browser_of: Open, reading: Unit
) -> None:
    browser = browser_of(world.instructor)
    form = {"do": "release", "seen": seen(browser.get(PAGE).text)}
    set_mark(handed)
    answer = browser.send(PAGE, form)
    assert answer.status_code == 409 and "Meanwhile other marks are ready" in answer.text
    assert MarkingState.RELEASED not in states(reading)


def test_each_refusal_is_named_in_its_row_and_stops_no_other(
    marked: list[Handed],
    world: World,
    app: Flask,
    unit: Unit,
    browser_of: Open,
    work_off: Callable[[], int],
    reading: Unit,
) -> None:
    browser = browser_of(world.instructor)
    where = browser.send(PAGE, {"do": "release", "seen": seen(browser.get(PAGE).text)}).headers["Location"]
    with unit():  # between the click and the runner a mark was taken back to a draft
        row = session.get_one(Marking, marked[2].marking)
        row.state, row.counted, row.raw, row.deductions, row.marked_at = MarkingState.MARKING, None, None, None, None
    work_off()
    page = browser.get(where).text
    assert author(reading, marked[2]) in page and "The work is not marked yet." in page
    with app.app_context():
        assert sorted(db.session.scalars(sa.select(BatchItem.state))) == [ItemState.DONE] * 5 + [ItemState.FAILED]


@pytest.mark.parametrize("handful", [1, 4, 50])
def test_killed_at_any_statement_it_resumes_with_no_half_mark_and_no_second_mail(
    marked: list[Handed],
    handful: int,
    world: World,
    app: Flask,
    unit: Unit,
    reading: Unit,
    work_off: Callable[[], int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The runner dies at every writing statement once, and somebody looks after each death."""
    kind = batch.KINDS[bulk.KIND]
    monkeypatch.setitem(batch.KINDS, bulk.KIND, batch.Kind(kind.title, kind.permission, kind.do, handful))
    with unit():
        by, cohort = user(world.instructor), cohort_of(world)
        shown = bulk.seen(cohort, M2, by=by)
        order = {"batch_id": bulk.order(cohort, M2, shown=shown, base_url="", back="/", by=by).id, "by_id": by.id}
    deaths, fatal, count = 0, 0, {"n": 0}

    def die(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith(("INSERT", "UPDATE")):
            count["n"] += 1
            if count["n"] == fatal:
                raise Killed

    with app.app_context():
        engine = db.db.engine
    sa.event.listen(engine, "before_cursor_execute", die)
    try:
        while True:
            fatal, count["n"] = fatal + 1, 0
            try:
                with app.app_context():
                    while batch._do_next({**order, "slice": 1}):
                        pass
                break
            except Killed:
                deaths += 1
                with app.app_context():
                    db.session.remove()
            done = traces(reading)
            assert whole(done, len(done["marks"])), f"after the death at statement {fatal}"
    finally:
        sa.event.remove(engine, "before_cursor_execute", die)
    work_off()
    assert deaths > 5 and whole(traces(reading), 6)


def test_all_ready_marks_of_one_person_are_released_from_their_page(
    marked: list[Handed], handed: Handed, set_mark: Callable[..., None], world: World, browser_of: Open, reading: Unit
) -> None:
    set_mark(handed)
    with reading():
        where = PERSON.format(enrolment(world.trainee).id)
    browser = browser_of(world.instructor)
    assert "Release 1 mark" in browser.get(where).text
    assert "1 mark is released." in browser.send(where, follow_redirects=True).text
    assert states(reading).count(MarkingState.RELEASED) == 1
    assert browser_of(world.other_instructor).get(where).status_code == 404


def test_a_work_without_a_name_is_not_released_under_one(
    handed: Handed, set_mark: Callable[..., None], world: World, browser_of: Open, unit: Unit, reading: Unit
) -> None:
    set_mark(handed)
    with unit():
        policy = {"anonymous": True}
        session.add(AssignmentPolicy(cohort_id=cohort_of(world).id, module="", area="marking", values=policy))
    with reading():
        where = PERSON.format(enrolment(world.trainee).id)
    browser = browser_of(world.instructor)
    page = browser.get(where).text
    assert "Marked without names" in page and "Ready for release" not in page
    browser.send(where, follow_redirects=True)
    assert states(reading) == [MarkingState.MARKED]
    with unit():
        by, cohort = user(world.instructor), cohort_of(world)
        bulk.order(cohort, M2, shown=bulk.seen(cohort, M2, by=by), base_url="", back="/", by=by)
        assert session.scalars(sa.select(BatchItem.label)).all() == [handed.receipt]


def test_the_mark_of_somebody_who_marks_too_is_released_by_another(
    handed: Handed, set_mark: Callable[..., None], world: World, unit: Unit, reading: Unit
) -> None:
    set_mark(handed)
    with unit():
        by = session.get_one(Marking, handed.marking).work.submission.enrolment.user
        assert readiness.ready(by, cohort_of(world), M2) == []
        outcome = releasing.release_ids([handed.marking], base_url="", by=by)
        assert outcome.done == [] and "own mark" in str(outcome.refused[0][1])


def test_the_pages_cost_the_same_whatever_the_number_of_works(
    crowd: Callable[[int], list[Handed]], world: World, browser_of: Open, queries: Any
) -> None:
    browser, counts = browser_of(world.instructor), []
    for more in (2, 8):
        crowd(more)
        browser.get(PAGE)
        with queries() as asked:
            browser.get(PAGE)
            browser.get("/cohorts/uz-1/release")
        counts.append(len(asked))
    assert counts[0] == counts[1]
