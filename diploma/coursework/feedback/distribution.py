"""How the released marks of an assignment lie in a cohort, for those who have one, without names.

Counted is the first released mark of each person, as it was released: no later resubmission, appeal or rule moves one
mark from band to band before everybody's eyes.
"""

from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Any

from sqlalchemy import Subquery, case, func, select

from diploma.cohorts.models import Enrolment
from diploma.core.db import session
from diploma.coursework.appeals.models import Appeal, AppealAnswer, Outcome
from diploma.coursework.feedback import rules
from diploma.coursework.models import Marking, MarkingState, Submission, SubmissionVersion
from diploma.learning import catalogue


@dataclass(frozen=True)
class Distribution:
    """``bands``: the marks from and to, and how many there are; ``own`` is the place of the reader's own band."""

    bands: list[tuple[int, int, int]]
    own: int
    total: int


def of(enrolment: Enrolment, module: str) -> Distribution | None:
    """What a person may see: nothing before a mark of theirs is released, nor while there are too few. Two queries."""
    first = _firsts(enrolment.cohort_id, module)
    own: Decimal | None = session.scalar(select(first.c.counted).where(first.c.enrolment_id == enrolment.id))
    written = catalogue.content(enrolment.cohort.revision_id).modules.get(module)
    if own is None or written is None:
        return None
    starts = rules.starts(written.complete_when.assignment_at_least)
    cells = rules.merged(_counts(first, starts))
    if len(cells) < 2:  # one band for all says nothing
        return None
    ends = [start - 1 for _before, start in pairwise(starts)] + [100]
    place = sum(own >= start for start in starts) - 1
    return Distribution(
        [(starts[one.first], ends[one.last], one.count) for one in cells],
        next(n for n, one in enumerate(cells) if one.first <= place <= one.last),
        sum(one.count for one in cells),
    )


def _firsts(cohort_id: int, module: str) -> Subquery:
    """The first released mark of each work, numbered in the order of release."""
    order = (Marking.released_at, Marking.id)
    before_appeal = (
        select(AppealAnswer.counted_before)
        .join(Appeal, Appeal.id == AppealAnswer.appeal_id)
        .where(Appeal.marking_id == Marking.id, AppealAnswer.outcome == Outcome.ACCEPTED)
        .order_by(AppealAnswer.id)
        .limit(1)
        .scalar_subquery()
    )
    each = (
        select(
            Submission.enrolment_id,
            func.coalesce(before_appeal, Marking.counted).label("counted"),
            Marking.released_at,
            Marking.id,
            func.row_number().over(partition_by=Submission.id, order_by=order).label("nth"),
        )
        .join(Marking.work)
        .join(SubmissionVersion.submission)
        .join(Submission.enrolment)
        .where(Enrolment.cohort_id == cohort_id, Submission.module == module)
        .where(Marking.state == MarkingState.RELEASED)
        .subquery()
    )
    place = func.row_number().over(order_by=(each.c.released_at, each.c.id)).label("place")
    total = func.count().over().label("total")
    return select(each.c.enrolment_id, each.c.counted, place, total).where(each.c.nth == 1).subquery()


def _counts(first: Subquery, starts: tuple[int, ...]) -> list[int]:
    """How many of the counted marks lie in each band, from the database; a mark is not rounded first."""
    band = case(*((first.c.counted >= Decimal(start), place) for place, start in reversed(list(enumerate(starts)))))
    counted = first.c.total - first.c.total % rules.STEP
    seen = select(band.label("band")).where(first.c.place <= counted, counted >= rules.LEAST_MARKS).subquery()
    rows: Any = session.execute(select(seen.c.band, func.count()).group_by(seen.c.band))
    found = dict(rows.all())
    return [found.get(place, 0) for place in range(len(starts))]
