"""Release: chosen marks become visible at once, the others stay hidden everywhere."""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from diploma.core.audit import AuditEvent
from diploma.core.outbox import Job
from diploma.coursework import marking, results
from diploma.coursework.marking import Judged
from diploma.coursework.models import Marking, MarkingState
from diploma.coursework.releasing import service as releasing
from tests.conftest import Client
from tests.coursework.conftest import PAGE, Handed, Unit, enrolment, levels, user
from tests.world import M2, World

Open = Callable[[str], Client]
Hand = Callable[..., Handed]
SECRET = "Only the marker knows this sentence."
DISTINCT = levels("weak", voices="proficient", causes="proficient")  # 50.75


@pytest.fixture
def marked(handed: Handed, world: World, unit: Unit) -> Handed:
    """The first trainee's work with a mark of 50.75 that is not released."""
    with unit() as session:
        marking.mark(session.get_one(Marking, handed.marking), Judged(DISTINCT, SECRET), by=user(world.instructor))
    return handed


def state(reading: Unit, handed: Handed) -> MarkingState:
    with reading() as session:
        found: MarkingState = session.get_one(Marking, handed.marking).state
        return found


# ---- releasing


def test_chosen_marks_are_released_together(
    world: World, hand_in: Hand, set_mark: Callable[..., None], browser_of: Open, reading: Unit
) -> None:
    handed = [hand_in(world.trainee), hand_in(world.trainee_2, key="2" * 20)]
    for one in handed:
        set_mark(one)
    browser = browser_of(world.instructor)
    page = browser.get("/marking/?state=marked").text
    assert all(f'name="marking" value="{one.marking}"' in page for one in handed)
    answer = browser.send(
        "/marking/release",
        {"marking": [one.marking for one in handed]},
        page="/marking/?state=marked",
        follow_redirects=True,
    )
    assert "2 marks are released." in answer.text
    assert [state(reading, one) for one in handed] == [MarkingState.RELEASED] * 2


def test_what_cannot_be_released_is_named_and_does_not_stop_the_others(
    world: World, hand_in: Hand, marked: Handed, browser_of: Open, reading: Unit
) -> None:
    waiting = hand_in(world.trainee_2, key="2" * 20)
    answer = browser_of(world.instructor).send(
        "/marking/release", {"marking": [marked.marking, waiting.marking]}, page="/marking/", follow_redirects=True
    )
    assert "1 mark is released." in answer.text
    assert "Bobur Toshmatov: The work is not marked yet." in answer.text
    assert (state(reading, marked), state(reading, waiting)) == (MarkingState.RELEASED, MarkingState.WAITING)


def test_marks_of_another_cohort_are_not_released(
    marked: Handed, world: World, browser_of: Open, reading: Unit
) -> None:
    answer = browser_of(world.other_instructor).send(
        "/marking/release", {"marking": marked.marking}, page="/marking/", follow_redirects=True
    )
    assert "Aziza" not in answer.text
    assert state(reading, marked) is MarkingState.MARKED


def test_a_click_on_nothing_releases_nothing(marked: Handed, world: World, browser_of: Open, reading: Unit) -> None:
    answer = browser_of(world.instructor).send(
        "/marking/release", {"marking": "all"}, page="/marking/", follow_redirects=True
    )
    assert "Choose at least one mark." in answer.text
    assert state(reading, marked) is MarkingState.MARKED


def test_a_mark_is_released_once(released: Handed, world: World, unit: Unit, reading: Unit) -> None:
    with unit() as session:
        outcome = releasing.release(
            [session.get_one(Marking, released.marking)], base_url="", by=user(world.instructor)
        )
        assert not outcome.done and "released already" in str(outcome.refused[0][1])
    with reading() as session:
        assert len(session.scalars(select(AuditEvent).where(AuditEvent.kind == "mark.released")).all()) == 1


def test_the_mail_tells_of_a_mark_and_not_which(marked: Handed, release: Callable[..., None], reading: Unit) -> None:
    release(marked)
    with reading() as session:
        mail = session.scalars(select(Job).where(Job.key == f"mail:mark_released:{marked.version}")).one().payload
    assert mail["lang"] == "uz-Latn" and f"/receipts/{marked.receipt}" in mail["body"]
    assert "50" not in mail["body"].replace(marked.receipt, "") and SECRET not in mail["body"]


def test_the_layers_above_are_told(released: Handed, world: World, reading: Unit) -> None:
    with reading() as session:
        job = session.scalars(select(Job).where(Job.kind == "mark-released")).one()
        assert job.payload == {"enrolment_id": enrolment(world.trainee).id, "module": M2}


# ---- after the release


@pytest.mark.parametrize("path", [PAGE, "/receipts/{receipt}"])
def test_the_trainee_reads_mark_levels_comment_and_computation(
    marked: Handed, release: Callable[..., None], world: World, browser_of: Open, path: str
) -> None:
    release(marked)
    page = browser_of(world.trainee).get(path.format(receipt=marked.receipt)).text
    for shown in (
        "50.75",
        SECRET,
        "How this was computed",
        "20 × 80%",
        "Below the limit of 60",
        "Instructor uz",
        "Three users, one of them silent, were heard with consent",
    ):
        assert shown in page


def test_descriptors_are_in_the_language_of_the_reader(
    released: Handed, world: World, unit: Unit, browser_of: Open
) -> None:
    page = browser_of(world.trainee).get(f"{PAGE}?lang=ru").text
    assert re.search(r'<span lang="ru" dir="ltr">[А-Я]', page)


def test_best_counted_knows_released_marks_only(
    marked: Handed, release: Callable[..., None], world: World, reading: Unit
) -> None:
    with reading():
        mine = enrolment(world.trainee).id
        assert results.best_counted([mine]) == {}
    release(marked)
    with reading():
        assert results.best_counted([mine]) == {(mine, M2): Decimal("50.75")}
        assert results.best_counted([]) == {}


# ---- before the release


def normal(text: str) -> str:
    """A page without what differs at each reading."""
    return re.sub(r'(name="(?:csrf_token|key)"[^>]*value|csrf-token" content)="[^"]*"', r"\1", text)


def addresses(app: Flask, handed: Handed) -> list[str]:
    """Every page that a trainee can ask for, of all features."""
    values: dict[str, Any] = {
        "module": M2,
        "receipt": handed.receipt,
        "number": 1,
        "marking_id": handed.marking,
        "lesson": "01-from-complaint-to-challenge",
        "slug": "uz-1",
        "cohort": "uz-1",
    }
    with app.test_request_context():
        return [
            app.url_for(rule.endpoint, **{name: values[name] for name in rule.arguments})
            for rule in app.url_map.iter_rules()
            if "GET" in (rule.methods or ()) and rule.arguments <= set(values) and rule.endpoint != "static"
        ]


def test_no_page_of_the_trainee_changes_when_a_mark_is_set(
    app: Flask, handed: Handed, world: World, browser_of: Open, unit: Unit
) -> None:
    browser, paths = browser_of(world.trainee), addresses(app, handed)
    assert PAGE in paths and f"/receipts/{handed.receipt}" in paths

    def walk() -> dict[str, tuple[int, str]]:
        answers = {path: browser.get(path, buffered=True) for path in paths}
        return {
            path: (one.status_code, normal(one.text) if one.mimetype == "text/html" else "")
            for path, one in answers.items()
        }

    walk()  # the first visit leaves its own traces: lessons opened
    before = walk()
    with unit() as session:
        marking.mark(session.get_one(Marking, handed.marking), Judged(DISTINCT, SECRET), by=user(world.instructor))
    after = walk()
    assert [path for path in paths if after[path] != before[path]] == []
    assert not any(leak in text for _status, text in after.values() for leak in ("50.75", "50,75", SECRET))


def test_no_mail_leaves_when_a_mark_is_set(marked: Handed, reading: Unit) -> None:
    with reading() as session:
        assert [one.key for one in session.scalars(select(Job))] == [f"mail:receipt:{marked.version}"]


def test_a_work_under_marking_looks_as_one_that_waits(
    handed: Handed, world: World, browser_of: Open, unit: Unit
) -> None:
    browser = browser_of(world.trainee)
    waits = normal(browser.get(PAGE).text)
    with unit() as session:
        marking.save_marking(
            session.get_one(Marking, handed.marking), Judged(DISTINCT, SECRET), by=user(world.instructor)
        )
    assert normal(browser.get(PAGE).text) == waits
