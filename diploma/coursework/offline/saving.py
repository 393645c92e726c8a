"""The good rows of a mark sheet, saved as they were shown: a few at once, many in the background, by cohort.

Each goes through ``marking``, with the version that the marker has seen: what is stale there is stale here.
"""

from collections.abc import Collection
from dataclasses import dataclass

from diploma.accounts.models import User
from diploma.accounts.permissions import Permission
from diploma.cohorts import access as cohorts
from diploma.core import audit, batch
from diploma.core.batch import Batch
from diploma.core.db import session
from diploma.core.errors import N_, Refused
from diploma.core.outbox import Payload
from diploma.coursework import marking
from diploma.coursework.marking import Judged
from diploma.coursework.models import Marking
from diploma.coursework.offline import access
from diploma.coursework.offline.judging import UNKNOWN, Keep, Outcome, Verdict

BRING = "marks-from-sheet"
AT_ONCE = 100  # rows saved while their marker waits


@dataclass(frozen=True)
class Source:
    """The file of a sheet, as kept in the file store."""

    name: str
    sha256: str


def ready(verdicts: Collection[Verdict]) -> list[Verdict]:
    return [one for one in verdicts if one.outcome is Outcome.READY]


def save(verdicts: Collection[Verdict], source: Source, keep: Keep, *, by: User) -> list[tuple[int, Refused]]:
    """Save the rows that are ready, each by itself; those that were refused after all, by number with the reason."""
    refused: list[tuple[int, Refused]] = []
    good = ready(verdicts)
    for one in good:
        assert one.marking and one.judged
        try:
            with session.begin_nested():
                _save(one.marking, one.judged, keep, by)
        except Refused as refusal:
            refused.append((one.row.number, refusal))
    _record(source, keep, len(good) - len(refused), len(verdicts), by)
    return refused


def order(verdicts: Collection[Verdict], source: Source, keep: Keep, *, back: str, key: str, by: User) -> list[Batch]:
    """The same as work in the background; one batch for each cohort, because each has its own people who may watch."""
    by_cohort: dict[int, list[tuple[str, Payload]]] = {}
    for one in ready(verdicts):
        assert one.marking and one.judged
        cohort_id = one.marking.work.submission.enrolment.cohort_id
        label = one.marking.work.receipt  # a job may be watched by people who do not see the name
        payload = {
            "marking_id": one.marking.id,
            "levels": dict(one.judged.levels),
            "comment": one.judged.comment,
            "version": one.judged.version,
            "keep": keep.value,
        }
        by_cohort.setdefault(cohort_id, []).append((label, payload))
    made = [
        batch.start(BRING, items, cohort_id=cohort_id, back=back, key=f"{key} {cohort_id}", by=by)
        for cohort_id, items in by_cohort.items()
    ]
    _record(source, keep, sum(map(len, by_cohort.values())), len(verdicts), by)
    return made


@batch.does(BRING, title=N_("Bring back marks from a sheet"), permission=Permission.MARK)
def _bring(payload: Payload, by_id: int) -> None:
    found = session.get_one(Marking, payload["marking_id"])
    by = cohorts.orderer(by_id, found.work.submission.enrolment.cohort, Permission.MARK)
    row = access.one(by, found.id)
    if row is None:
        raise Refused(UNKNOWN)
    judged = Judged(payload["levels"], payload["comment"], payload["version"], remarks=row.remarks)
    _save(row, judged, Keep(payload["keep"]), by)


def _save(row: Marking, judged: Judged, keep: Keep, by: User) -> None:
    (marking.mark if keep is Keep.MARK else marking.save_marking)(row, judged, by=by)


def _record(source: Source, keep: Keep, saved: int, rows: int, by: User) -> None:
    audit.record("marks.brought", f"user:{by.id}", by=by, sha256=source.sha256, keep=keep, saved=saved, rows=rows)
