"""Works that come in are given to markers by the rule of their cohort; after the commit: handing in stays quick."""

from diploma.core import outbox
from diploma.core.db import session
from diploma.core.outbox import Payload
from diploma.coursework.allocation import service
from diploma.coursework.models import Marking


@outbox.handles("work-received")
def _give(payload: Payload, _result: None) -> None:
    service.give_new(session.get_one(Marking, payload["marking_id"]))
