"""The roster import: a file checked against the database, and its plan applied in one transaction.

``judging.check`` judges and plans; this writes, in bulk, what the plan says (spec cohorts, "Roster import"). A
check writes nothing. Importing the same file again changes nothing. Nobody is un-enrolled and nobody is invited.
"""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from diploma.accounts.models import User
from diploma.accounts.permissions import Role
from diploma.cohorts.granting import allowed_roles
from diploma.cohorts.life.away import seats
from diploma.cohorts.models import Cohort, Partner, RosterImport
from diploma.cohorts.roster import judging
from diploma.cohorts.roster.judging import Action, Line, Person, Plan
from diploma.cohorts.roster.register import Register, register
from diploma.cohorts.roster.sheet import Sheet
from diploma.cohorts.roster.writing import Done, Writer
from diploma.cohorts.rules import FROZEN
from diploma.core import audit, clock, outbox
from diploma.core.db import session
from diploma.core.errors import N_, Refused

UNDO_TIME = timedelta(hours=24)
FORGET = "roster-before-erased"


@dataclass(frozen=True)
class Checked:
    """A table, what was known when it was checked, and the plan that came of it."""

    sheet: Sheet
    register: Register
    plan: Plan

    @property
    def changes(self) -> list[Line]:
        """The ready lines that would change something."""
        return [one for one in self.plan.lines if one.action not in (Action.UNCHANGED, Action.CONFLICT)]

    @property
    def undecided(self) -> set[int]:
        """Numbers of the rows that wait for a person's decision."""
        return {one.row for one in self.plan.lines if one.action is Action.CONFLICT}


@dataclass(frozen=True)
class Source:
    """The file behind an import, as kept in the file store."""

    name: str
    sha256: str


def check(
    cohort: Cohort, sheet: Sheet, *, by: User | None = None, different: Mapping[int, Collection[str]] | None = None
) -> Checked:
    """All faults of a table and what importing it would do; ``by`` is ``None`` for the operator.

    ``different``: see ``judging.check``.
    """
    found = register(cohort, sheet, by)
    return Checked(sheet, found, judging.check(sheet, found.known, set(allowed_roles(cohort, by)), different))


def conflicts(checked: Checked) -> list[tuple[Line, list[tuple[str, Person]]]]:
    """The rows that may mean somebody known under another address, each with those it may mean: address and person."""
    people, candidates = checked.register.known.people, checked.plan.candidates
    return [
        (line, [(email, people[email]) for email in candidates[line.row]])
        for line in checked.plan.lines
        if line.row in candidates
    ]


def fingerprint(checked: Checked) -> str:
    """What a person confirms: every row as it will stand, with what would happen to it."""
    plan = checked.plan
    shown = (
        [repr(one) for one in plan.lines],
        [(one.row, one.column, one.code.value) for one in plan.problems],
        plan.new_entities,
    )
    return hashlib.sha256(repr(shown).encode()).hexdigest()


def joining(cohort: Cohort, checked: Checked) -> int:
    """How many people a list would bring who take a seat."""
    return sum(_joins(one, checked, cohort) for one in checked.changes)


def seats_missing(cohort: Cohort, checked: Checked) -> int:
    """By how many people the cohort would outgrow its seats; a warning, never an obstacle."""
    return seats(cohort).after(joining(cohort, checked)).over


def apply(cohort: Cohort, checked: Checked, source: Source, *, by: User | None = None) -> RosterImport | None:
    """Write the ready lines of a plan; faulty rows and conflicts stay out. ``None`` when there was nothing to change.

    ``Refused`` when the cohort has ended. For a day the import can be taken back (``undoing``).
    """
    if cohort.state in FROZEN:
        raise Refused(N_("The cohort is closed; nobody can be added to it."))
    if not checked.changes:
        return None
    writer = Writer(cohort, checked.register, by)
    done = writer.write(checked.changes)
    now = clock.now()
    made = RosterImport(
        cohort_id=cohort.id,
        file_name=source.name,
        sha256=source.sha256,
        by_id=by.id if by else None,
        report=_report(checked.plan, done),
        before=vars(writer.before),
        checked_at=now,
        applied_at=now,
    )
    session.add(made)
    session.flush()
    outbox.enqueue(FORGET, f"{FORGET}:{made.id}", {"import_id": made.id}, due_at=now + UNDO_TIME)
    audit.record(
        "roster.imported", f"cohort:{cohort.id}", by=by, roster_import=made.id, sha256=source.sha256, **vars(done)
    )
    return made


@outbox.handles(FORGET)
def _forget(payload: outbox.Payload, _result: None) -> None:
    """The values before an import are kept as long as it can be taken back, and no longer."""
    made = session.get(RosterImport, payload["import_id"], with_for_update=True)
    if made:
        made.before = None


def lock(cohort: Cohort) -> None:
    """Let imports of one partner follow each other: two at once would create the same people twice."""
    session.execute(select(Partner.id).where(Partner.id == cohort.partner_id).with_for_update())


def _report(plan: Plan, done: Done) -> dict[str, Any]:
    """What is kept of an import: numbers and places, no names and no values of the file."""
    errors = [{"row": one.row, "column": one.column, "code": one.code.value} for one in plan.problems]
    counts = {action.value: plan.counts[action] for action in Action}
    return {
        "rows": plan.rows,
        "ready": plan.ready,
        **counts,
        "new_entities": len(done.entities),
        "errors": errors,
        "done": {name: len(ids) for name, ids in vars(done).items()},
    }


def _joins(line: Line, checked: Checked, cohort: Cohort) -> bool:
    """Whether a line brings a trainee who is not in the cohort yet."""
    account = checked.register.accounts.get(line.email)
    return line.role == Role.TRAINEE and (account is None or account.cohort_id != cohort.id)
