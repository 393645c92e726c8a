"""The audit chain: append-only, and every kind of rewriting is found."""

from typing import Any

import pytest
import sqlalchemy as sa

from diploma.core import audit, db


@pytest.fixture
def events(unit: Any) -> None:
    with unit():
        for number in range(5):
            audit.record("test.happened", f"thing:{number}", why="because", number=number)


def breaks(app: Any) -> list[Any]:
    with app.app_context():
        return audit.verify()


def rewrite(app: Any, statement: str) -> None:
    with app.app_context(), db.db.engine.begin() as connection:
        connection.execute(sa.text(statement))


def test_an_untouched_chain_holds(events: None, app: Any) -> None:
    assert breaks(app) == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_events SET subject = 'thing:9' WHERE number = 3",
        "UPDATE audit_events SET actor_id = 1 WHERE number = 3",
        "DELETE FROM audit_events WHERE number = 3",
        "DELETE FROM audit_events WHERE number = 5",
        "UPDATE audit_events SET hash = previous_hash WHERE number = 2",
    ],
)
def test_an_operator_who_rewrites_the_table_is_found(events: None, app: Any, statement: str) -> None:
    rewrite(app, statement)
    assert breaks(app)


def test_an_event_cannot_be_changed_through_the_model(events: None, unit: Any) -> None:
    with pytest.raises(RuntimeError, match="never changed"), unit() as session:
        session.scalar(sa.select(audit.AuditEvent).where(audit.AuditEvent.number == 1)).subject = "other"


def test_the_command_says_where_the_chain_breaks(events: None, app: Any) -> None:
    run = app.test_cli_runner()
    assert run.invoke(args=["audit", "verify"]).exit_code == 0
    rewrite(app, "UPDATE audit_events SET kind = 'x' WHERE number = 4")
    answer = run.invoke(args=["audit", "verify", "--json"])
    assert answer.exit_code == 1 and '"number": 4' in answer.output
