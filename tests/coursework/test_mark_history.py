"""Every event of a mark says before, after, who and why; the history of a mark shows it; a rewritten one is found."""

import ast
import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy import select

from config import ROOT
from diploma.core import audit, db
from diploma.core.audit import AuditEvent
from diploma.core.db import session
from diploma.coursework import mark_history, marking
from diploma.coursework.marking import Judged
from diploma.coursework.models import Marking, MarkingState
from tests.conftest import Client
from tests.coursework.conftest import Handed, Unit, user
from tests.world import World

OF_MARKS = ("mark.", "marking.", "attempt.", "lateness.", "work.")
FIRST = {"mark.second_given", "mark.third_given"}  # there is nothing before them
NO_REASON = {"mark.set", "mark.taken_back", "mark.released", "mark.reconciling", "mark.ready", "work.return_taken_back"}
NO_REASON |= FIRST  # a marker's own judgement, or a step that follows from it; released gives one where a rule acts


def history(page: str) -> str:
    """The part of the page of a script that tells it, as it is read."""
    return re.sub(r"<[^>]+>|\s+", " ", page.partition("History of this mark</summary>")[2].partition("</details>")[0])


# ---- every event says it


def recorded() -> Iterator[tuple[str, str, set[str]]]:
    """(place, kinds, named arguments) of every call that writes an event of a mark."""
    for path in sorted(Path(ROOT / "diploma" / "coursework").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not (isinstance(node, ast.Call) and ast.unparse(node.func) in ("audit.record", "audit.record_many")):
                continue
            said = [one.value for one in ast.walk(node.args[0]) if isinstance(one, ast.Constant)]
            names = {one.arg or "" for one in node.keywords}
            for kind in said:
                if isinstance(kind, str) and kind.startswith(OF_MARKS):
                    yield path.name, kind, names


def test_every_event_of_a_mark_says_before_after_who_and_why() -> None:
    found = [one for one in recorded() if one[1] != "mark.released"]  # whose details are made for many: tested below
    assert len(found) > 12
    wrong = {
        (place, kind): missing
        for place, kind, names in found
        if (missing := {"by", *([] if kind in FIRST else ["before"]), "after"} - names)
        or (missing := {"why"} - names if kind not in NO_REASON else set())
    }
    assert wrong == {}


def test_a_released_mark_says_what_it_was_and_is(released: Handed, world: World, reading: Unit) -> None:
    with reading():
        event = session.scalars(select(AuditEvent).where(AuditEvent.kind == "mark.released")).one()
        assert (event.detail["before"], event.detail["after"]) == ("marked", "released")
        assert Decimal(event.detail["mark"]) == 80 and "why" not in event.detail
        assert event.actor_id == user(world.instructor).id


# ---- the history on the page


def test_the_page_of_a_script_tells_what_became_of_its_mark(
    handed: Handed,
    set_mark: Callable[..., None],
    release: Callable[..., None],
    world: World,
    unit: Unit,
    browser_of: Callable[[str], Client],
) -> None:
    set_mark(handed)
    set_mark(handed, "weak")
    with unit():
        marking.save_marking(session.get_one(Marking, handed.marking), Judged({}), by=user(world.instructor))
    set_mark(handed)
    release(handed)
    told = history(browser_of(world.instructor).get(f"/marking/{handed.marking}").text)
    steps = (
        "Mark set: 80",
        "Mark set: 80, now 35",
        "Mark taken back to a draft: was 35",
        "Released: 80",
        "Instructor uz",
    )
    assert [one for one in steps if one not in " ".join(told.split())] == [] and world.instructor not in told
    assert "Instructor uz" in told


def test_the_history_is_silent_about_a_second_mark_until_both_are_one(
    handed: Handed, set_mark: Callable[..., None], world: World, unit: Unit, reading: Unit
) -> None:
    set_mark(handed)
    with unit():
        row, by = session.get_one(Marking, handed.marking), user(world.instructor)
        row.state = MarkingState.SECOND
        audit.record("mark.chosen", f"marking:{row.id}", by=by, before="marked", after="second", why=["fail"])
        audit.record("mark.second_given", f"marking:{row.id}", by=by, after="63.19")
    with reading():
        assert [one.title for one in mark_history.of(session.get_one(Marking, handed.marking))] == ["Mark set"]
    with unit():
        session.get_one(Marking, handed.marking).state = MarkingState.READY
    with reading():
        steps = mark_history.of(session.get_one(Marking, handed.marking))
        assert [one.after for one in steps] == [80, None, Decimal("63.19")]
        assert "fail" not in str(steps), "why it was chosen is said elsewhere, to who asks"


# ---- the chain

SWAP = """UPDATE audit_events SET detail = (
  SELECT other.detail FROM audit_events other
  WHERE other.kind = CASE audit_events.kind WHEN 'mark.set' THEN 'mark.released' ELSE 'mark.set' END
) WHERE kind IN ('mark.set', 'mark.released')"""


@pytest.mark.parametrize(
    "statements",
    [
        ["UPDATE audit_events SET detail = '{\"after\": \"90\"}' WHERE kind = 'mark.set'"],
        ["DELETE FROM audit_events WHERE kind = 'mark.set'"],
        [
            "INSERT INTO audit_events (number, at, kind, actor_id, subject, detail, previous_hash, hash)"
            " SELECT number + 1, at, kind, actor_id, subject, detail, hash, hash FROM audit_events"
            " WHERE number = (SELECT max(number) FROM audit_events)"
        ],
        [SWAP],
    ],
    ids=["edited", "deleted", "inserted", "swapped"],
)
def test_a_rewritten_mark_event_is_found(statements: list[str], released: Handed, app: Flask) -> None:
    run = app.test_cli_runner()
    assert run.invoke(args=["audit", "verify"]).exit_code == 0
    with app.app_context(), db.db.engine.begin() as connection:
        for one in statements:
            assert connection.execute(sa.text(one)).rowcount > 0
    assert run.invoke(args=["audit", "verify"]).exit_code == 1
