"""A roster import under way: what a person corrects and decides, the confirmation, and the job that writes it.

Nothing of a list is in the database before the job runs. The job checks everything again: what is no longer the plan
that was confirmed is not written, and the draft is open again, with the reason.
"""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from diploma.accounts.models import User
from diploma.accounts.permissions import Permission
from diploma.cohorts import access
from diploma.cohorts.models import Cohort, DraftState, RosterDraft
from diploma.cohorts.roster import corrections, importing, reading, review
from diploma.cohorts.roster.corrections import Answer, Corrections, Kind
from diploma.cohorts.roster.header import Layout
from diploma.cohorts.roster.importing import Checked, Source
from diploma.cohorts.roster.review import Entry, Group
from diploma.cohorts.roster.sheet import Sheet, SheetRefused
from diploma.cohorts.rules import FROZEN
from diploma.core import clock, outbox
from diploma.core.db import session
from diploma.core.errors import N_, Refused

IMPORT, END = "roster-import", "roster-draft-end"
MOST_CORRECTED = 4_000_000  # characters of all corrections of one list

CLOSED = N_("The cohort is closed; nobody can be added to it.")
CHANGED = N_("Something has changed since you confirmed: a list imported meanwhile, or your rights. Look once more.")


@dataclass(frozen=True)
class Review:
    """A draft as it stands now: ``sheet`` as in the file, ``checked`` with all corrections."""

    draft: RosterDraft
    sheet: Sheet
    checked: Checked
    entries: list[Entry]

    @property
    def partial(self) -> bool:
        """Whether rows stay out that nobody has left out."""
        counted = review.counts(self.entries)
        return bool(counted[Group.WRONG] or counted[Group.DECIDE])


def corrections_of(draft: RosterDraft) -> Corrections:
    return corrections.from_rows(draft.fixes, draft.answers)


def look_through(draft: RosterDraft, sheet: Sheet, cohort: Cohort, *, by: User) -> Review:
    """Check the list of a draft as it reads with its corrections, against what is known now."""
    held = corrections_of(draft)
    checked = importing.check(cohort, held.applied(sheet), by=by, different=held.different)
    people = checked.register.known.people
    return Review(draft, sheet, checked, review.entries(sheet, held, checked.plan, people))


# ---- what a person does


def start(cohort: Cohort, source: Source, *, by: User) -> RosterDraft:
    """Begin an import of a file that is in the store."""
    now = clock.now()
    draft = RosterDraft(
        token=secrets.token_urlsafe(16),
        cohort_id=cohort.id,
        person_id=by.id,
        file_name=source.name,
        sha256=source.sha256,
        created_at=now,
        changed_at=now,
    )
    session.add(draft)
    session.flush()
    _queue_end(draft)
    return draft


def lay_out(draft: RosterDraft, layout: Layout) -> None:
    """Read the list by this layout. What was corrected stays for cells that read as before; another sheet has none."""
    _lock(draft)
    before = reading.layout_of(draft)
    if before is not None and before.sheet != layout.sheet:
        draft.fixes, draft.answers = {}, {}
    draft.layout = reading.as_row(layout)


def correct(draft: RosterDraft, sheet: Sheet, values: Mapping[tuple[int, str], str]) -> int:
    """Put typed values in the place of cells; the number of cells that now read otherwise than before."""
    _lock(draft)
    fixes = {row: dict(fields) for row, fields in draft.fixes.items()}
    held, changed = corrections_of(draft), 0
    for row, name, old, new in corrections.fixes_of(sheet, values):
        before = held.fixes.get(row, {}).get(name)
        is_fixed, is_formula = before is not None and before[0] == old, (row, name) in sheet.formulas
        # The field of a formula is shown empty: left so, it says nothing.
        reads = before[1] if before and is_fixed else "" if is_formula else old
        if new == reads:
            continue
        changed += 1
        fields = fixes.setdefault(str(row), {})
        fields.pop(name, None)
        if new != old or is_formula:
            fields[name] = [old, new]
    _keep(draft, {row: fields for row, fields in fixes.items() if fields}, draft.answers)
    return changed


def replace(draft: RosterDraft, sheet: Sheet, name: str, value: str, new: str) -> int:
    """Put one value in the place of another in all rows that read so; the number of rows."""
    held = corrections_of(draft)
    now = dict(held.applied(sheet).rows)
    rows = [row for row, cells in now.items() if cells.get(name, "") == value]
    return correct(draft, sheet, {(row, name): new for row in rows})


def answer(draft: RosterDraft, found: Review, said: Mapping[int, str]) -> int:
    """Note what a person says of rows: ``out``, ``back``, ``different``, or the address of a candidate shown.

    The number of rows that stand otherwise now. What was not offered for a row is not taken.
    """
    _lock(draft)
    answers, held = dict(draft.answers), corrections_of(draft).answers
    entries = {one.row: one for one in found.entries}
    for row, word in said.items():
        if row not in entries:
            continue
        made = _answer(entries[row], word, held.get(row))
        if made:
            answers[str(row)] = corrections.as_row(made)
        elif word == "back":
            answers.pop(str(row), None)
    changed = [row for row in {*answers, *draft.answers} if answers.get(row) != draft.answers.get(row)]
    _keep(draft, draft.fixes, answers)
    return len(changed)


def confirm(draft: RosterDraft, found: Review, cohort: Cohort, fingerprint: str, *, partial: bool) -> None:
    """Order the import of exactly what was seen; sent twice it is ordered once. :class:`Refused` otherwise."""
    _lock(draft, open_only=False)
    if draft.state is not DraftState.OPEN:
        return
    if cohort.state in FROZEN:
        raise Refused(CLOSED)
    if not found.checked.changes:
        raise Refused(N_("There is nothing to import yet."))
    if fingerprint != importing.fingerprint(found.checked):
        raise Refused(N_("Things have changed since you looked. Check once more."))
    if found.partial and not partial:
        raise Refused(N_("Say that the other rows may stay out, or correct and decide them first."))
    draft.state, draft.plan, draft.reason, draft.params = DraftState.WAITING, fingerprint, "", {}
    draft.attempts += 1
    outbox.enqueue(IMPORT, job_key(draft), {"draft_id": draft.id, "attempt": draft.attempts})


def reopen(draft: RosterDraft) -> None:
    """Take back a confirmation whose job has failed for good; one that may still be done stays."""
    _lock(draft, open_only=False)
    found = job(draft)
    if draft.state is DraftState.WAITING and (found is None or found.state is outbox.JobState.FAILED):
        draft.state = DraftState.OPEN


def drop(draft: RosterDraft) -> None:
    """Forget a draft; what it has imported stays. While it is being written it cannot be dropped."""
    _lock(draft, open_only=False)
    if draft.state is DraftState.WAITING:
        raise Refused(N_("The list is being imported. Wait until it is done."))
    session.delete(draft)


def job_key(draft: RosterDraft) -> str:
    return f"{IMPORT}:{draft.id}:{draft.attempts}"


def job(draft: RosterDraft) -> outbox.Job | None:
    """The job of the last confirmation."""
    found: outbox.Job | None = session.scalar(select(outbox.Job).where(outbox.Job.key == job_key(draft)))
    return found


# ---- what the job runner does


def _read(payload: outbox.Payload) -> Sheet | None:
    """The list, read before the transaction begins; ``None`` when that is no longer possible."""
    draft = session.get(RosterDraft, payload["draft_id"])
    try:
        return reading.read(draft) if draft else None
    except (SheetRefused, Refused):
        return None


@outbox.handles(IMPORT, outside=_read)
def _import(payload: outbox.Payload, sheet: Sheet | None) -> None:
    """Write what was confirmed, or say why not; a job that comes again does nothing."""
    draft = session.get(RosterDraft, payload["draft_id"], with_for_update=True, populate_existing=True)
    if draft is None or draft.state is not DraftState.WAITING or draft.attempts != payload["attempt"]:
        return
    try:
        with session.begin_nested():
            _write(draft, sheet)
    except Refused as refused:
        draft.state, draft.reason, draft.params = DraftState.OPEN, refused.message, dict(refused.params)
    draft.changed_at = clock.now()


def _write(draft: RosterDraft, sheet: Sheet | None) -> None:
    cohort = session.get_one(Cohort, draft.cohort_id)
    importing.lock(cohort)
    by = access.orderer(draft.person_id, cohort, Permission.IMPORT_ROSTER)
    if sheet is None:
        raise Refused(N_("The file is no longer kept. Choose it again."))
    found = look_through(draft, sheet, cohort, by=by)
    if importing.fingerprint(found.checked) != draft.plan:
        raise Refused(CHANGED)
    made = importing.apply(cohort, found.checked, Source(draft.file_name, draft.sha256), by=by)
    if made is None:
        raise Refused(N_("There is nothing to import yet."))
    draft.state, draft.import_id, draft.outcome = DraftState.DONE, made.id, outcome(found)


def outcome(found: Review) -> dict[str, str]:
    """What becomes of each row, by its number as text: the action, or the group of one that stays out."""
    return {
        str(one.row): one.line.action.value if one.line and one.group is Group.READY else one.group.value
        for one in found.entries
    }


@outbox.handles(END)
def _end(payload: outbox.Payload, _result: None) -> None:
    """Erase a draft that nobody has touched for days."""
    draft = session.get(RosterDraft, payload["draft_id"], with_for_update=True)
    if draft and draft.changed_at + access.DRAFTS_KEPT > clock.now():
        _queue_end(draft)
    elif draft:
        session.delete(draft)


def _queue_end(draft: RosterDraft) -> None:
    due = draft.changed_at + access.DRAFTS_KEPT
    outbox.enqueue(END, f"{END}:{draft.id}:{draft.token}:{due.isoformat()}", {"draft_id": draft.id}, due_at=due)


# ---- common to all


def _lock(draft: RosterDraft, *, open_only: bool = True) -> None:
    """The draft as it stands now: two windows of one person do not lose each other's corrections."""
    session.refresh(draft, with_for_update=True)
    if open_only and draft.state is not DraftState.OPEN:
        raise Refused(N_("This list is being imported or is imported already."))
    draft.changed_at = clock.now()


def _keep(draft: RosterDraft, fixes: dict[str, Any], answers: dict[str, Any]) -> None:
    if len(json.dumps([fixes, answers], ensure_ascii=False)) > MOST_CORRECTED:
        raise Refused(N_("There are more corrections than are kept. Correct the file itself and upload it again."))
    draft.fixes, draft.answers = fixes, answers


def _answer(entry: Entry, word: str, before: Answer | None) -> Answer | None:
    if word == Kind.OUT:
        return Answer(Kind.OUT)
    shown = [email for email, _ in entry.candidates]
    if word == Kind.DIFFERENT and (shown or entry.twins):
        twins = (cells.get("email", "").casefold() for _, cells in entry.twins)
        return Answer(Kind.DIFFERENT, than=tuple(dict.fromkeys([*(before.than if before else ()), *shown, *twins])))
    known = dict(entry.candidates).get(word)
    return Answer(Kind.SAME, email=word, full_name=known.full_name) if known else None
