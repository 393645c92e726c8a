"""What became of a mark, for staff: who did what to it, when, from which figure to which, and why. Read from the audit.

The page on which it stands is that of one script, so who reads it may see the mark (``access.visible``). While a second
mark is given, the first marker reads of their own steps alone; why a work was chosen is never said here (ADR 28).
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from sqlalchemy import or_, select

from diploma.accounts.models import User
from diploma.core.audit import AuditEvent
from diploma.core.db import session
from diploma.core.errors import N_
from diploma.coursework.models import Marking, MarkingState
from diploma.coursework.together import members

ADJUSTED = "mark.adjusted"
# Kind of event → its words. The ones that are not here say nothing of the mark, or are told elsewhere on the page.
KINDS = {
    "mark.set": N_("Mark set"),
    "mark.taken_back": N_("Mark taken back to a draft"),
    "mark.recounted": N_("Computed anew"),
    "marking.taken_over": N_("Taken over from another marker"),
    "mark.changed": N_("Changed after an appeal"),
    ADJUSTED: N_("Points for one member of the group"),
    "work.returned": N_("Returned with comments"),
    "work.return_taken_back": N_("Return taken back"),
}
AGREED = {
    "mark.chosen": N_("Chosen for the second marking"),
    "mark.second_given": N_("Second mark given"),
    "mark.third_given": N_("Third mark given"),
    "mark.reconciling": N_("Two marks that are far apart"),
    "mark.proposed": N_("Agreement proposed"),
    "mark.agreed": N_("Mark agreed"),
    "mark.ready": N_("Ready for release"),
    "mark.released": N_("Released"),
}
UNNAMED = {"mark.changed"}  # who answers an appeal is not told to the marker whose mark it was
# What stands for a reason where a rule has acted, not a person.
REASONS = {
    "peer_rules": N_("The rules of peer review were changed."),
    "peer_reviews": N_("Reviews by fellow trainees came, or were hidden."),
    "late_rules": N_("The rules of late work were changed."),
    "attempt_rules": N_("The rules of attempts were changed."),
    "dates": N_("The dates of this person were changed."),
    "waiver": N_("The deduction for lateness was waived, or a waiver was taken back."),
    "planned": N_("As it was planned."),
    "rule": N_("By the rule of this assignment, as soon as it was ready."),
}
_OPEN = (MarkingState.SECOND, MarkingState.RECONCILING)


@dataclass(frozen=True)
class Step:
    """One event. ``title`` and a ``rule`` are gettext sources, ``why`` is somebody's words; ``who`` is empty where no
    person acted. Figures are marks of 0 to 100."""

    title: str
    at: datetime
    who: str
    before: Decimal | None
    after: Decimal | None
    why: str
    rule: str
    of: str = ""  # the receipt of the member whose mark alone it is


def of(marking: Marking) -> list[Step]:
    """The steps of a mark, the first one first; one query."""
    kinds = KINDS if marking.state in _OPEN else KINDS | AGREED
    own = AuditEvent.subject == f"marking:{marking.id}"
    theirs = AuditEvent.subject.in_([f"marking:{one.id}" for one in members.markings(marking)])
    rows = session.execute(
        select(AuditEvent, User.full_name)
        .outerjoin(User, User.id == AuditEvent.actor_id)
        .where(or_(own, theirs & (AuditEvent.kind == ADJUSTED)), AuditEvent.kind.in_(kinds))
        .order_by(AuditEvent.number)
    )
    return [_step(event, kinds[event.kind], "" if event.kind in UNNAMED else name or "") for event, name in rows]


def _step(event: AuditEvent, title: str, who: str) -> Step:
    detail, why = event.detail, str(event.detail.get("why", "")) if event.kind != "mark.chosen" else ""
    after = _figure(detail.get("after"))
    after = _figure(detail.get("mark")) if after is None else after
    rule = REASONS.get(why, "")
    receipt = str(detail.get("receipt", "")) if event.kind == ADJUSTED else ""
    return Step(title, event.at, who, _figure(detail.get("before")), after, "" if rule else why, rule, receipt)


def _figure(value: Any) -> Decimal | None:
    """A mark of an event; states and levels are none."""
    try:
        return Decimal(value) if isinstance(value, str) else None
    except InvalidOperation:
        return None
