"""Marks that are released as soon as they are ready, where the cohort's rule says so: through the outbox, as a mark is
ready in several ways and none of them waits for mails."""

from collections.abc import Collection

from sqlalchemy import select

from diploma.cohorts.models import Cohort
from diploma.core import outbox
from diploma.core.db import session
from diploma.coursework import policies
from diploma.coursework.models import Marking
from diploma.coursework.releasing.policy import RELEASE, How

KIND = "mark-ready"


def tell(marking: Marking) -> None:
    """A mark was set or agreed on: its release is ordered, if the rule wants it. Its job looks again."""
    submission = marking.work.submission
    if wanted(submission.enrolment.cohort, submission.module):
        order([marking.id])


def wanted(cohort: Cohort, module: str) -> bool:
    return policies.of(RELEASE, cohort, module).how is How.AT_ONCE


def order(ids: Collection[int], *, after: str = "") -> None:
    """A mark that was taken back and set again is ready anew: the version is part of the key, and so is the event
    ``after`` which something can be released that could not before."""
    versions = session.execute(select(Marking.id, Marking.version).where(Marking.id.in_(ids)).order_by(Marking.id))
    outbox.enqueue_many(KIND, [(f"{KIND}:{row[0]}:{row[1]}{after}", {"marking_id": row[0]}) for row in versions])
