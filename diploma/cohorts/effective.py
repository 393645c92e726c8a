"""Which dates of a module hold for a person, and why (spec assessment, "Effective date"). Pure.

Personal extension, personal override, group override, cohort: the first that names a date decides it. An edition runs
in many cohorts and has no dates of its own; a module without dates of its cohort is not scheduled for anybody.
"""

import enum
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol
from zoneinfo import ZoneInfo


class Source(enum.StrEnum):
    """Where the date comes from by which a work is due."""

    EXTENSION = "extension"
    PERSON = "person"
    GROUP = "group"
    COHORT = "cohort"
    RESUBMISSION = "resubmission"  # the days after a release in which a work is handed in again
    ATTEMPT = "attempt"  # the own date of an attempt that was opened
    RETURN = "return"  # the date until which a marker expects a returned work again


PRECEDENCE = (Source.EXTENSION, Source.PERSON, Source.GROUP)


class Term(Protocol):
    """The dates of a module in its cohort."""

    module: str
    opens_at: datetime
    due_at: datetime
    cut_off_at: datetime


@dataclass(frozen=True)
class Layer:
    """Dates that were given to a person or their group, since ``at``; ``None`` leaves a date as it is below."""

    source: Source
    at: datetime
    reason: str
    opens_at: datetime | None = None
    due_at: datetime | None = None
    cut_off_at: datetime | None = None
    group: str = ""


@dataclass(frozen=True)
class Dates:
    """The dates of a module that hold for one person. ``usual_due_at`` is that of the cohort, ``layer`` the reason why
    theirs is another; ``None`` where it is the cohort's."""

    module: str
    opens_at: datetime
    due_at: datetime
    cut_off_at: datetime
    usual_due_at: datetime
    layer: Layer | None = None

    @property
    def source(self) -> Source:
        return self.layer.source if self.layer else Source.COHORT

    def days(self, zone: str) -> int:
        """By how many calendar days the person's date lies after the cohort's, in a zone."""
        return (_day(self.due_at, zone) - _day(self.usual_due_at, zone)).days


def effective(term: Term, layers: Iterable[Layer]) -> Dates:
    """The dates that hold.

    An extension only ever gives time: when the cohort has moved past it, the later date holds. Whatever is due is
    accepted on that day, and open before.
    """
    own = sorted(layers, key=lambda one: PRECEDENCE.index(one.source))
    below = [one for one in own if one.source is not Source.EXTENSION]
    dated = next((one for one in below if one.due_at), None)
    due_at = dated.due_at if dated and dated.due_at else term.due_at
    for one in own:
        if one.source is Source.EXTENSION and one.due_at and one.due_at > due_at:
            dated, due_at = one, one.due_at
    opens_at = next((one.opens_at for one in own if one.opens_at), term.opens_at)
    cut_off_at = next((one.cut_off_at for one in own if one.cut_off_at), term.cut_off_at)
    return Dates(term.module, min(opens_at, due_at), due_at, max(cut_off_at, due_at), term.due_at, dated)


def _day(moment: datetime, zone: str) -> date:
    return moment.astimezone(ZoneInfo(zone)).date()
