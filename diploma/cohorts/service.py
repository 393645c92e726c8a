"""What happens to a cohort, to the people enrolled in it, and to its live sessions."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select

from diploma.accounts import service as accounts
from diploma.accounts.models import User
from diploma.accounts.permissions import Role
from diploma.cohorts.models import (
    Attendance,
    Cohort,
    CohortModule,
    CohortState,
    Enrolment,
    Entity,
    LiveSession,
    Presence,
    Waiver,
)
from diploma.cohorts.rules import COHORT_MOVES, FROZEN, REOPENING
from diploma.core import audit, clock, outbox
from diploma.core.db import session
from diploma.core.errors import N_, Refused, Stale

Obstacle = Callable[[Cohort], Refused | None]
_obstacles: dict[str, Obstacle] = {}


@dataclass(frozen=True)
class ModuleDates:
    """When a module opens, its assignment is due, and nothing is accepted any more."""

    module: str
    opens_at: datetime
    due_at: datetime
    cut_off_at: datetime


@dataclass(frozen=True)
class SheetEntry:
    """What the attendance sheet says of one enrolment; the workshop mark is 0 to 100."""

    enrolment_id: int
    presence: Presence
    workshop_mark: Decimal | None


@dataclass(frozen=True)
class SessionPlan:
    """A live session as it is planned; ``hours`` are delivered hours, ``workshop`` its id in the content."""

    module: str
    title: str
    starts_at: datetime
    hours: Decimal
    workshop: str | None = None
    place: str = ""


def set_module_dates(cohort: Cohort, dates: ModuleDates, *, by: User | None = None) -> CohortModule:
    """Set or move the dates of one module; opens ≤ due ≤ cut-off."""
    if not dates.opens_at <= dates.due_at <= dates.cut_off_at:
        raise Refused(N_("The dates must follow each other: opens, due, cut-off."))
    row = next((one for one in cohort.modules if one.module == dates.module), None)
    before = None
    if row is None:
        row = CohortModule(
            module=dates.module, opens_at=dates.opens_at, due_at=dates.due_at, cut_off_at=dates.cut_off_at
        )
        cohort.modules.append(row)
    else:
        before = {"opens_at": row.opens_at, "due_at": row.due_at, "cut_off_at": row.cut_off_at}
        row.opens_at, row.due_at, row.cut_off_at = dates.opens_at, dates.due_at, dates.cut_off_at
    session.flush()
    audit.record(
        "cohort.dates_set",
        f"cohort:{cohort.id}",
        by=by,
        module=dates.module,
        before=before,
        due_at=dates.due_at,
        opens_at=dates.opens_at,
        cut_off_at=dates.cut_off_at,
    )
    return row


def before_closing(name: str) -> Callable[[Obstacle], Obstacle]:
    """Register what must be done before a cohort is closed: the features above know it, and are asked by name."""

    def register(obstacle: Obstacle) -> Obstacle:
        _obstacles[name] = obstacle
        return obstacle

    return register


def obstacle(cohort: Cohort, to: CohortState) -> Refused | None:
    """What is still to be done before a cohort takes a step."""
    asked = _obstacles.values() if to is CohortState.CLOSED else ()
    return next((found for one in asked if (found := one(cohort))), None)


def move_cohort(cohort: Cohort, to: CohortState, *, by: User | None = None, reason: str = "") -> None:
    """Take one step of a cohort's life; reopening a closed one needs a reason."""
    session.flush()
    session.refresh(cohort, ["state", "version"], with_for_update=True)  # nobody is admitted at this instant
    if to not in COHORT_MOVES[cohort.state]:
        raise Refused(N_("The present state of the cohort does not allow this step. Load the page again."))
    if (cohort.state, to) in REOPENING and not reason.strip():
        raise Refused(N_("Reopening a closed cohort needs a reason."))
    undone = obstacle(cohort, to)
    if undone:
        raise undone
    audit.record("cohort.moved", f"cohort:{cohort.id}", by=by, before=cohort.state, after=to, reason=reason)
    cohort.state = to


def advance_revision(cohort: Cohort, edition_id: int, revision_id: int, *, by: User | None = None) -> None:
    """Give a cohort the corrected texts of its own edition; another edition would change keys and weights."""
    if edition_id != cohort.edition_id:
        raise Refused(N_("A running cohort keeps its edition; only its texts can advance."))
    audit.record("cohort.texts_advanced", f"cohort:{cohort.id}", by=by, before=cohort.revision_id, after=revision_id)
    cohort.revision_id = revision_id


def enrol(
    cohort: Cohort,
    user: User,
    *,
    entity: Entity | None = None,
    position: str = "",
    phone: str = "",
    personnel_number: str = "",
    by: User | None = None,
) -> Enrolment:
    """Enrol a person, with the role of a trainee on the cohort. Enrolling twice changes nothing."""
    held = session.scalar(select(Enrolment).where(Enrolment.cohort_id == cohort.id, Enrolment.user_id == user.id))
    if held:
        return held
    made = Enrolment(
        cohort_id=cohort.id,
        user_id=user.id,
        entity_id=entity.id if entity else None,
        position=position,
        phone=phone,
        personnel_number=personnel_number,
        enrolled_at=clock.now(),
    )
    session.add(made)
    session.flush()
    accounts.grant_role(user, Role.TRAINEE, cohort_id=cohort.id, time_zone=cohort.time_zone)
    audit.record("enrolment.created", f"enrolment:{made.id}", by=by, cohort=cohort.slug)
    return made


def waive_prerequisite(enrolment: Enrolment, module: str, reason: str, *, by: User | None = None) -> Waiver:
    """Open a module to one person although its prerequisites are not met; with the reason, for the record."""
    if not reason.strip():
        raise Refused(N_("A waiver needs a reason."))
    held = session.scalar(select(Waiver).where(Waiver.enrolment_id == enrolment.id, Waiver.module == module))
    if held:
        return held
    made = Waiver(
        enrolment_id=enrolment.id, module=module, reason=reason.strip(), by_id=getattr(by, "id", None), at=clock.now()
    )
    session.add(made)
    audit.record("prerequisite.waived", f"enrolment:{enrolment.id}", by=by, module=module, reason=reason)
    return made


def plan_session(
    cohort: Cohort,
    module: str,
    title: str,
    starts_at: datetime,
    hours: Decimal,
    *,
    workshop: str | None = None,
    place: str = "",
    by: User | None = None,
) -> LiveSession:
    made = LiveSession(
        cohort_id=cohort.id,
        module=module,
        title=title,
        starts_at=starts_at,
        hours=hours,
        workshop=workshop,
        place=place,
    )
    session.add(made)
    session.flush()
    audit.record(
        "session.planned", f"live_session:{made.id}", by=by, cohort=cohort.slug, module=module, starts_at=starts_at
    )
    return made


def change_session(live: LiveSession, plan: SessionPlan, *, by: User | None = None) -> None:
    """Move or correct a session whose sheet nobody has saved yet."""
    _refuse_if_held(live)
    changed = {name: value for name, value in vars(plan).items() if value != getattr(live, name)}
    for name, value in changed.items():
        setattr(live, name, value)
    if changed:
        audit.record("session.changed", f"live_session:{live.id}", by=by, after=changed)


def cancel_session(live: LiveSession, reason: str, *, by: User | None = None) -> None:
    """Take a session off the plan, as long as nobody has saved its sheet."""
    _refuse_if_held(live)
    audit.record(
        "session.cancelled", f"live_session:{live.id}", by=by, reason=reason, title=live.title, starts_at=live.starts_at
    )
    session.delete(live)


def save_sheet(
    live: LiveSession, entries: list[SheetEntry], *, version: int | None = None, by: User | None = None
) -> None:
    """Save the attendance sheet of a session, one entry per person; every change is kept in the audit.

    ``version`` is that of the session when its sheet was opened: :class:`Stale` when somebody else has saved since.
    People whom no entry names keep their row.
    """
    _check_sheet(live, entries)
    if version not in (None, live.version):
        raise Stale(N_("Somebody else saved this sheet while you were working."))
    rows = {
        one.enrolment_id: one for one in session.scalars(select(Attendance).where(Attendance.session_id == live.id))
    }
    changed = []
    for entry in entries:
        row = rows.get(entry.enrolment_id)
        after = (entry.presence, entry.workshop_mark if live.workshop else None)
        before = (row.presence, row.workshop_mark) if row else None
        if before == after:
            continue
        if row is None:
            row = Attendance(session_id=live.id, enrolment_id=entry.enrolment_id)
            session.add(row)
        row.presence, row.workshop_mark = after
        row.by_id, row.at = getattr(by, "id", None), clock.now()
        changed.append([entry.enrolment_id, _words(before), _words(after)])
        _tell_gradebook(live, entry.enrolment_id)
    live.sheet_saved_at = clock.now()
    audit.record("attendance.saved", f"live_session:{live.id}", by=by, changed=changed)


def _check_sheet(live: LiveSession, entries: list[SheetEntry]) -> None:
    if live.starts_at > clock.now():
        raise Refused(N_("The session has not begun; its sheet opens with it."))
    if live.cohort.state in FROZEN:
        raise Refused(N_("The cohort is closed; its marks are frozen."))
    if any(one.workshop_mark is not None and not 0 <= one.workshop_mark <= 100 for one in entries):
        raise Refused(N_("A workshop mark lies between 0 and 100."))
    own = set(session.scalars(select(Enrolment.id).where(Enrolment.cohort_id == live.cohort_id)))
    if not own.issuperset(one.enrolment_id for one in entries):
        raise Refused(N_("The sheet names a person of another cohort."))


def _refuse_if_held(live: LiveSession) -> None:
    if live.sheet_saved_at:
        raise Refused(N_("Attendance was taken at this session; it stays as it was held."))


def _words(entry: tuple[Presence, Decimal | None] | None) -> list[str] | None:
    return [str(one) for one in entry] if entry else None


def _tell_gradebook(live: LiveSession, enrolment_id: int) -> None:
    """Hours or a workshop mark of this person in the module have changed; each save is news of its own."""
    key = f"progress:{enrolment_id}:{live.module}:sheet:{live.id}:{clock.now().isoformat()}"
    outbox.enqueue("progress", key, {"enrolment_id": enrolment_id, "module": live.module})
