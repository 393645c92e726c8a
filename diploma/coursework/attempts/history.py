"""What became of a work, attempt by attempt: what was handed in, what came back, what is released, and what counts."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from diploma.core.db import session
from diploma.coursework import results
from diploma.coursework.attempts import scoring, windows
from diploma.coursework.attempts.models import ExcusedAttempt, SubmissionAttempt, WorkReturn
from diploma.coursework.attempts.rules import AttemptPolicy, score
from diploma.coursework.models import Marking, Submission, SubmissionVersion


@dataclass(frozen=True)
class Handed:
    """A version, with its marking when that is released, and how it was returned, if it was."""

    version: SubmissionVersion
    released: Marking | None
    returned: WorkReturn | None


@dataclass(frozen=True)
class Attempt:
    """One attempt. ``mark`` is its best released one; ``opened`` is missing for the first, ``excused`` where it counts.
    An attempt that is being written has no versions."""

    number: int
    versions: tuple[Handed, ...]
    opened: SubmissionAttempt | None
    excused: ExcusedAttempt | None
    mark: Decimal | None

    @property
    def empty(self) -> bool:
        return not self.versions


@dataclass(frozen=True)
class History:
    """All attempts, the first one first; ``counts`` is the mark of the assignment under ``rule``."""

    attempts: tuple[Attempt, ...]
    rule: AttemptPolicy
    counts: Decimal | None

    @property
    def several(self) -> bool:
        """Whether marks of several attempts are there, so that the scoring matters."""
        return sum(one.mark is not None and one.excused is None for one in self.attempts) > 1


def of(work: Submission) -> History:
    """The history of one work, as far as its author may know it."""
    released, returned = results.released(work), windows.returned(work.versions)
    opened = session.scalars(select(SubmissionAttempt).where(SubmissionAttempt.submission_id == work.id))
    rows = {one.number: one for one in opened if one.closed_at is None}
    excused = session.scalars(select(ExcusedAttempt).where(ExcusedAttempt.submission_id == work.id))
    without = {one.number: one for one in excused}

    def attempt(number: int) -> Attempt:
        own = [one for one in work.versions if one.attempt == number]
        marks = [mark.counted for one in own if (mark := released.get(one.id)) and mark.counted is not None]
        handed = tuple(Handed(one, released.get(one.id), returned.get(one.id)) for one in own)
        return Attempt(number, handed, rows.get(number), without.get(number), max(marks, default=None))

    attempts, rule = tuple(attempt(number) for number in range(1, work.attempt + 1)), windows.policy(work)
    marks = {one.number: one.mark for one in attempts if one.mark is not None and one.excused is None}
    return History(attempts, rule, score(rule.scoring, marks))


def others(version: SubmissionVersion) -> list[tuple[SubmissionVersion, Marking]]:
    """What a marker sees beside a script: the other versions of the work, the last one first, with their markings."""
    query = (
        select(SubmissionVersion, Marking)
        .join(SubmissionVersion.marking)
        .where(SubmissionVersion.submission_id == version.submission_id, SubmissionVersion.id != version.id)
        .options(joinedload(Marking.marker))
        .order_by(SubmissionVersion.number.desc())
    )
    return [(one, marking) for one, marking in session.execute(query)]


def superseded(works: list[SubmissionVersion]) -> set[int]:
    """Of the versions those after which a newer one came, by id; one query."""
    query = select(SubmissionVersion.id).where(SubmissionVersion.id.in_([one.id for one in works]), scoring.newer())
    return set(session.scalars(query))


def waiting(marking_ids: list[int]) -> dict[int, WorkReturn]:
    """Of markings those whose works wait for their authors, with the return; one query."""
    query = (
        select(Marking.id, WorkReturn)
        .join(WorkReturn, WorkReturn.work_id == Marking.work_id)
        .where(Marking.id.in_(marking_ids), WorkReturn.ended_at.is_(None))
    )
    rows: Any = session.execute(query)
    return dict(rows.all())
