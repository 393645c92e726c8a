"""The marks of the members of a group: each gets that of the lead when it is released, and follows it from then on.

Before the release there is nothing that could be out of step, and nothing that could be seen: a mark stands in the
lead's marking alone.
"""

from collections.abc import Collection
from datetime import datetime
from decimal import Decimal

from diploma.core.db import session
from diploma.coursework.models import Marking, MarkingState
from diploma.coursework.rules import Adjustment

_ALIKE = ("marker_id", "levels", "comment", "remarks", "raw", "deductions", "saved_at", "marked_at")


def adjustment(marking: Marking) -> Adjustment | None:
    """What a member gets more or less than the group."""
    return Adjustment.from_dict(marking.adjustment) if marking.adjustment else None


def counts(marking: Marking, group: Decimal) -> Decimal:
    """What the mark of a group counts for one member."""
    own = adjustment(marking)
    return own.applied(group) if own else group


def give(leads: Collection[Marking], copies: Collection[Marking], at: datetime) -> None:
    """Release the marks of the members; that of the lead, which is released as all marks are, gets its own points."""
    group = {one.work_id: (one, one.counted) for one in leads}
    for one in copies:
        lead, mark = group[one.work.lead_id or 0]
        assert mark is not None  # a mark that is released is set
        for name in _ALIKE:
            setattr(one, name, getattr(lead, name))
        one.counted, one.state, one.released_at = counts(one, mark), MarkingState.RELEASED, at
    for lead, mark in group.values():
        assert mark is not None
        lead.counted = counts(lead, mark)
    session.flush()
