"""What follows from a result: a module is completed when its last condition is met."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from diploma.cohorts.models import Enrolment
from diploma.core import audit, outbox
from diploma.core.db import session
from diploma.gradebook import queries
from diploma.learning import catalogue
from diploma.learning import service as learning


def recalculate(enrolment_id: int, module: str) -> None:
    """Record the completion of a module once its result is complete, and tell the layers above. Idempotent.

    A completion is never taken back: what happens to a mark afterwards is a decision of people. A mark released after
    a person has withdrawn still counts, because work and marks stay.
    """
    enrolment = session.scalar(
        select(Enrolment).where(Enrolment.id == enrolment_id).options(joinedload(Enrolment.cohort))
    )
    if enrolment is None:
        return
    result = queries.results([enrolment], catalogue.content(enrolment.cohort.revision_id))[enrolment.id].get(module)
    if result is None or not result.complete:
        return
    if learning.complete_module(session, enrolment_id, module):
        audit.record("module.completed", f"enrolment:{enrolment_id}", module=module, mark=result.total)
        outbox.enqueue(
            "module-completed",
            f"module-completed:{enrolment_id}:{module}",
            {"enrolment_id": enrolment_id, "module": module},
        )


def subscribe() -> None:
    """Follow what counts towards a result; called once, when the application is wired."""
    for kind in ("progress", "mark-released"):
        outbox.handles(kind)(_follow)
    outbox.handles("mark-changed")(_follow_change)


def _follow(payload: dict[str, Any], _result: Any) -> None:
    recalculate(payload["enrolment_id"], payload["module"])


def _follow_change(payload: dict[str, Any], _result: Any) -> None:
    """A released mark became another one: a module may be complete now, and what was certified may be out of date."""
    recalculate(payload["enrolment_id"], payload["module"])
    if payload["counts"]:
        told = {name: payload[name] for name in ("enrolment_id", "module", "at", "why")}
        outbox.enqueue("result-changed", f"result-changed:{payload['key']}", told)
