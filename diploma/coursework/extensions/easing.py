"""What staff decided after a work was handed in: a later date for its author, or that its lateness costs nothing."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select

from diploma.cohorts import own_dates
from diploma.cohorts.effective import Dates, Layer
from diploma.core.db import session
from diploma.coursework.extensions.models import LateWaiver
from diploma.coursework.models import Submission, SubmissionVersion
from diploma.coursework.rules import Deduction


@dataclass(frozen=True)
class Eased:
    """``dates`` are those that its author was given, ``None`` where they are the cohort's; ``waived`` says why its
    lateness costs nothing."""

    dates: Dates | None = None
    waived: str = ""

    @property
    def layer(self) -> Layer | None:
        return self.dates.layer if self.dates else None

    def days(self, zone: str) -> int:
        """By how many days the author's date lies after the cohort's."""
        return self.dates.days(zone) if self.dates else 0

    def due_at(self, first: SubmissionVersion) -> datetime:
        """By which date the first version of a work is judged: never an earlier one than held when it came in.

        Later attempts have dates of their own.
        """
        return max(first.due_at, self.dates.due_at) if self.dates and first.attempt == 1 else first.due_at

    def waive(self, deduction: Deduction | None) -> Deduction | None:
        return replace(deduction, waived=self.waived) if deduction and self.waived else deduction


def of(works: Collection[Submission]) -> dict[int, Eased]:
    """By the id of the work. Dates that a cohort moves later on ease nothing: they were given to nobody.

    Of a group the dates are those of the group, whoever is in it now, and a waiver is that of the work for all.
    """
    of_people = own_dates.of_people({one.enrolment_id for one in works if one.group_id is None})
    groups = {one.group_id for one in works if one.group_id is not None}
    of_groups = own_dates.of_groups(groups) if groups else {}
    waived = _waived([one.lead_id or one.id for one in works])
    found = {}
    for one in works:
        layers, whose = (of_people, one.enrolment_id) if one.group_id is None else (of_groups, one.group_id)
        given = (whose, one.module) in layers  # to few: the dates of the cohort are not even read
        terms = one.enrolment.cohort.modules if given else ()
        term = next((term for term in terms if term.module == one.module), None)
        dates = own_dates.at(layers, whose, term) if term else None
        found[one.id] = Eased(dates if dates and dates.layer else None, waived.get(one.lead_id or one.id, ""))
    return found


def _waived(works: Collection[int]) -> dict[int, str]:
    rows: Any = session.execute(
        select(LateWaiver.submission_id, LateWaiver.reason).where(
            LateWaiver.submission_id.in_(works), LateWaiver.ended_at.is_(None)
        )
    )
    return dict(rows.all())
