"""What each marker of a cohort has before them, and how long a work takes them."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from statistics import median
from typing import Any

from sqlalchemy import and_, func, or_, select

from diploma.accounts.models import User
from diploma.cohorts.models import Cohort, Enrolment
from diploma.core.db import session
from diploma.coursework import rules
from diploma.coursework.allocation import markers
from diploma.coursework.models import Marking, MarkingState, Submission, SubmissionVersion
from diploma.coursework.together import sight

_MEASURED = 1_000  # works of a cohort, the last ones, whose times count


@dataclass(frozen=True)
class Row:
    """A marker: works that were given and wait, of them begun, since when the oldest waits, how many they have marked,
    and the minutes that half of their works took at most; ``None`` before the first."""

    marker: User
    waiting: int
    begun: int
    oldest: datetime | None
    marked: int
    minutes: int | None

    @property
    def ahead(self) -> int | None:
        """The minutes that wait for them."""
        return None if self.minutes is None else self.minutes * self.waiting


def of(cohort: Cohort) -> list[Row]:
    """Everybody who marks in a cohort today, by name; four queries."""
    mine = func.coalesce(Marking.allocated_to_id, Marking.marker_id)
    todo = Marking.state.in_(rules.TO_DO)
    begun = Marking.state == MarkingState.MARKING
    rows: Any = session.execute(
        _works(cohort)
        .where(or_(and_(todo, mine.is_not(None)), and_(~todo, Marking.marker_id.is_not(None))))
        .with_only_columns(
            func.coalesce(Marking.allocated_to_id, Marking.marker_id).label("who"),
            func.count().filter(todo),
            func.count().filter(begun),
            func.min(SubmissionVersion.received_at).filter(todo),
        )
        .group_by("who")
    )
    given: dict[int, Any] = {row[0]: row[1:] for row in rows}
    times: dict[int, list[int]] = defaultdict(list)
    counts: dict[int, int] = defaultdict(int)
    done: Any = session.execute(
        _works(cohort)
        .where(~todo, Marking.marker_id.is_not(None))
        .with_only_columns(Marking.marker_id, Marking.seconds)
        .order_by(Marking.marked_at.desc())
        .limit(_MEASURED)
    )
    for marker, seconds in done:
        counts[marker] += 1
        times[marker] += [seconds] if seconds else []
    found = []
    for one in markers.of(cohort):
        waiting, began, oldest = given.get(one.id, (0, 0, None))
        found.append(Row(one, waiting, began, oldest, counts[one.id], _minutes(times[one.id])))
    return found


def unallocated(cohort: Cohort) -> int:
    """How many works to do nobody was given and nobody has begun."""
    query = _works(cohort).where(Marking.state == MarkingState.WAITING, Marking.allocated_to_id.is_(None))
    return session.scalar(query.with_only_columns(func.count())) or 0


def _minutes(seconds: list[int]) -> int | None:
    return max(1, round(median(seconds) / 60)) if seconds else None


def _works(cohort: Cohort) -> Any:
    return (
        select(Marking)
        .join(Marking.work)
        .join(SubmissionVersion.submission)
        .join(Submission.enrolment)
        .where(Enrolment.cohort_id == cohort.id, sight.whole(), sight.here())
    )
