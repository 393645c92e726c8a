"""When the work on an assignment opens, is due and closes, for one person or group, and whose dates these are."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from diploma.cohorts import own_dates
from diploma.cohorts.effective import Dates, Source
from diploma.cohorts.models import Cohort, Enrolment
from diploma.coursework import dates
from diploma.coursework.attempts import windows
from diploma.coursework.attempts.windows import Window
from diploma.coursework.late import Late
from diploma.coursework.models import Submission
from diploma.coursework.together import members


@dataclass(frozen=True)
class Deadline:
    """The dates of one assignment for one enrolment, and the rules of late work by which they are read.

    ``closes_at`` is the last instant that is accepted, ``source`` whose date it is. ``dates`` says why it is theirs.
    ``again`` is set when a work is written again.
    """

    opens_at: datetime
    due_at: datetime
    closes_at: datetime
    late: Late
    dates: Dates
    source: Source
    again: Window | None = None

    @property
    def zone(self) -> str:
        return self.late.zone

    @property
    def grace_ends_at(self) -> datetime:
        """The last instant at which the work counts in full."""
        return min(self.late.grace_ends_at(self.due_at), self.closes_at)


def of(enrolment: Enrolment, module: str, work: Submission | None = None) -> Deadline | None:
    """The dates of a module's assignment for one person; ``None`` when the cohort has none.

    A returned ``work`` has the window of what it is written again for. Work of a group has the dates of the group.
    """
    handed = work.group if work else None
    known = own_dates.of_group(handed) if handed else members.dates(enrolment)
    found = _read(handed.cohort if handed else enrolment.cohort, [module], known).get(module)
    again = windows.window(work, found.late, found.closes_at) if found and work is not None else None
    if found and again:
        source = Source(again.kind.value)
        return replace(found, due_at=again.due_at, closes_at=again.closes_at, source=source, again=again)
    return found


def of_modules(enrolment: Enrolment, modules: Collection[str]) -> dict[str, Deadline]:
    """The dates of those of the ``modules`` that the cohort has dates for, without resubmissions."""
    return _read(enrolment.cohort, modules, members.dates(enrolment))


def _read(cohort: Cohort, modules: Collection[str], known: Mapping[str, Dates]) -> dict[str, Deadline]:
    late = dates.lates([(cohort, module) for module in modules])
    return {
        module: Deadline(one.opens_at, one.due_at, rule.closes_at(one.due_at, one.cut_off_at), rule, one, one.source)
        for module, one in known.items()
        if (rule := late.get((cohort.id, module)))
    }
