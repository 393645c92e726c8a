"""Points that one member of a group gets more or less than the others, between the mark and its release."""

import hashlib
from collections.abc import Mapping

from diploma.accounts.models import User
from diploma.cohorts.rules import FROZEN
from diploma.core import audit
from diploma.core.db import session
from diploma.core.errors import N_, Refused, Stale
from diploma.coursework import policies
from diploma.coursework.allocation import markers
from diploma.coursework.models import Marking, MarkingState
from diploma.coursework.rules import Adjustment
from diploma.coursework.service import lock
from diploma.coursework.together import following, members
from diploma.coursework.together.policy import TOGETHER

OPEN = (MarkingState.MARKED, MarkingState.READY)  # the mark of the group is set, and nobody has been shown it


def most(marking: Marking) -> int:
    """How many points a member may get more or less; 0 where all have the mark of the group."""
    submission = marking.work.submission
    return policies.of(TOGETHER, submission.cohort, submission.module).most if submission.group_id else 0


def seen(marking: Marking) -> str:
    """A fingerprint of the mark of a group and the points of its members."""
    told = [str(marking.counted), *(f"{one.id}:{one.adjustment}" for one in members.markings(marking))]
    return hashlib.sha256("|".join(told).encode()).hexdigest()


def adjust(marking: Marking, wanted: Mapping[int, Adjustment], *, shown: str, by: User) -> int:
    """Give the members of a group their points, by the ids of their markings; 0 takes them back. How many changed.

    ``shown`` is the fingerprint of what the page has shown. What is not named stays; each change has its reason.
    """
    _hold(marking, by)
    if shown != seen(marking):
        raise Stale(N_("Somebody else changed this mark or its points meanwhile. Look at them again."))
    changed = [one for one in members.markings(marking) if one.id in wanted and _differs(one, wanted[one.id])]
    for one in changed:
        _check(one, marking, wanted[one.id])
    for one in changed:
        _set(one, marking, wanted[one.id], by)
    return len(changed)


def _hold(marking: Marking, by: User) -> None:
    """Whether this person may decide now; held until the commit, so that nothing is released beside it."""
    if members.is_author(marking, by):
        raise Refused(N_("Nobody marks their own work."))
    if marking.work.submission.cohort.state in FROZEN:
        raise Refused(N_("The cohort is closed; its marks are frozen."))
    markers.check(marking, by)
    for one in members.markings(marking):
        lock(one)
    if marking.state is MarkingState.RELEASED:
        raise Refused(N_("The mark is released; it can no longer be changed here."))
    if marking.state not in OPEN:
        raise Refused(N_("Set the mark of the group first."))


def _differs(one: Marking, wanted: Adjustment) -> bool:
    held = following.adjustment(one)
    return wanted != held if held else wanted.points != 0


def _check(one: Marking, lead: Marking, wanted: Adjustment) -> None:
    """Nothing is saved unless all of it can be: the first member whose points cannot is named by receipt."""
    limit, receipt = most(lead), one.work.receipt
    assert lead.counted is not None  # of a mark that is set
    if not wanted.reason:
        raise Refused(N_("%(receipt)s: say why this member gets another mark."), receipt=receipt)
    if abs(wanted.points) > limit:
        raise Refused(N_("%(receipt)s: at most %(most)s points more or less."), receipt=receipt, most=limit)
    if not 0 <= lead.counted + wanted.points <= 100:
        raise Refused(N_("%(receipt)s: the mark must stay between 0 and 100."), receipt=receipt)


def _set(one: Marking, lead: Marking, wanted: Adjustment, by: User) -> None:
    assert lead.counted is not None
    held, before = following.adjustment(one), following.counts(one, lead.counted)
    one.adjustment = wanted.to_dict() if wanted.points else None
    session.flush()
    audit.record(
        "mark.adjusted",
        f"marking:{one.id}",
        by=by,
        before=before,
        after=following.counts(one, lead.counted),
        points=[held.points if held else 0, wanted.points],
        receipt=one.work.receipt,
        why=wanted.reason,
    )
