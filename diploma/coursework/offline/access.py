"""Which works a marker may take along, bring back, and give files to: those that they may mark on the page of a script.

What is out of reach does not exist: no receipt of another cohort tells anything.
"""

from collections.abc import Collection
from typing import Any

from flask import abort
from sqlalchemy import Select, select
from sqlalchemy.orm import contains_eager, joinedload

from diploma.accounts.models import User
from diploma.cohorts.models import Cohort, Enrolment
from diploma.core.db import session
from diploma.coursework import access, results
from diploma.coursework.access import Wanted
from diploma.coursework.allocation import anonymity
from diploma.coursework.models import Marking, MarkingState, Submission, SubmissionVersion
from diploma.coursework.offline.models import FeedbackFile

# What a marker can still write to.
OPEN = (MarkingState.WAITING, MarkingState.MARKING, MarkingState.MARKED, MarkingState.READY)


def _loaded(query: Select[Any]) -> Select[Any]:
    """With all that is shown of a work; the statement has the tables from marking to enrolment."""
    work = (
        contains_eager(Marking.work).contains_eager(SubmissionVersion.submission).contains_eager(Submission.enrolment)
    )
    return query.options(
        work.joinedload(Enrolment.user),
        work.joinedload(Enrolment.cohort).selectinload(Cohort.modules),
        contains_eager(Marking.work).joinedload(SubmissionVersion.origin),
        joinedload(Marking.marker),
        joinedload(Marking.allocated_to),
    ).execution_options(populate_existing=True)


def by_receipts(user: User, receipts: Collection[str]) -> list[Marking]:
    """Those of the works with these receipts that ``user`` may see as a marker; a constant number of queries."""
    return list(session.scalars(_loaded(access.visible(user).where(SubmissionVersion.receipt.in_(receipts)))))


def by_ids(user: User, ids: Collection[int]) -> list[Marking]:
    """The same by the ids of the markings, in the order of the ids."""
    found = {one.id: one for one in session.scalars(_loaded(access.visible(user).where(Marking.id.in_(ids))))}
    return [found[one] for one in ids if one in found]


def wanted(user: User, wanted: Wanted, most: int) -> list[Marking]:
    """The works of the queue as it is filtered, in its order, that can be written to; ``most`` and one more."""
    states = [one for one in wanted.states if one in OPEN]
    return list(session.scalars(_loaded(access.ordered(user, wanted, states, anonymity.veil(user))).limit(most + 1)))


def one(user: User, marking_id: int) -> Marking | None:
    """One work for a job, which has no page to answer with 404."""
    return next(iter(by_ids(user, [marking_id])), None)


# ---- feedback files


def files_of(marking: Marking) -> list[FeedbackFile]:
    """The files of a marking, for whoever sees the marking."""
    query = (
        select(FeedbackFile)
        .where(FeedbackFile.marking_id == marking.lead.id)
        .options(joinedload(FeedbackFile.added_by))
    )
    return list(session.scalars(query.order_by(FeedbackFile.number)))


def file(marking: Marking, file_id: int) -> FeedbackFile:
    """A file of this marking, or 404."""
    mine = select(FeedbackFile).where(FeedbackFile.id == file_id, FeedbackFile.marking_id == marking.id)
    found: FeedbackFile | None = session.scalar(mine)
    return found or abort(404)


def released_file(version: SubmissionVersion, number: int) -> tuple[str, FeedbackFile]:
    """A file for the author of a work, once its mark is released, under a name that says nothing of the marker."""
    marking = results.released(version.submission).get(version.id) or abort(404)
    mine = select(FeedbackFile).where(FeedbackFile.marking_id == marking.lead.id, FeedbackFile.number == number)
    found: FeedbackFile = session.scalar(mine) or abort(404)
    return neutral(version, found), found


def neutral(version: SubmissionVersion, file: FeedbackFile) -> str:
    return f"{version.receipt}-feedback-{file.number}.{file.kind}"
