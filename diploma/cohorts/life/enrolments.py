"""The life of an enrolment: leaving, being put off, coming back, moving to another intake. Work and marks stay."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from diploma.accounts import service as accounts
from diploma.accounts.models import User
from diploma.accounts.permissions import Role
from diploma.cohorts.life.models import Cause, EnrolmentEvent, EventKind
from diploma.cohorts.life.moving import Mover, bring_over
from diploma.cohorts.models import Cohort, Enrolment, EnrolmentState
from diploma.cohorts.rules import FROZEN
from diploma.core import audit, clock, outbox
from diploma.core.db import session
from diploma.core.errors import N_, Refused

AWAY = (EnrolmentState.WITHDRAWN, EnrolmentState.DEFERRED)


@dataclass(frozen=True)
class Leave:
    """Why somebody leaves or is put off, in words if need be, and the day from which it holds (default: today)."""

    cause: Cause
    note: str = ""
    day: date | None = None


def withdraw(enrolment: Enrolment, leave: Leave, *, by: User | None = None) -> None:
    """End an enrolment. Who has completed the programme is withdrawn only with a reason in words."""
    _lock(enrolment)
    if enrolment.state is EnrolmentState.WITHDRAWN:
        raise Refused(N_("%(name)s has been withdrawn already."), name=enrolment.user.full_name)
    if enrolment.state is EnrolmentState.COMPLETED and not leave.note.strip():
        raise Refused(N_("%(name)s has completed the programme. Say in words why."), name=enrolment.user.full_name)
    _record(enrolment, EventKind.WITHDRAWN, leave, by=by)
    enrolment.state = EnrolmentState.WITHDRAWN


def defer(enrolment: Enrolment, leave: Leave, *, to: Cohort | None = None, by: User | None = None) -> None:
    """Put a person off, to return to the intake ``to`` or to one that is not known yet."""
    _lock(enrolment)
    if enrolment.state is not EnrolmentState.ACTIVE:
        raise Refused(N_("%(name)s is not active in the cohort."), name=enrolment.user.full_name)
    if to is not None:
        check_target(enrolment, to)
    _record(enrolment, EventKind.DEFERRED, leave, to=to, by=by)
    enrolment.state = EnrolmentState.DEFERRED


def take_back(enrolment: Enrolment, note: str, *, by: User | None = None) -> None:
    """Let somebody who left or was put off go on in the same cohort."""
    _lock(enrolment)
    check_back(enrolment)
    _record(enrolment, EventKind.RETURNED, None, note=note, by=by)
    enrolment.state = EnrolmentState.ACTIVE


def move(enrolment: Enrolment, to: Cohort, note: str, *, by: User | None = None) -> None:
    """Move a person with all their work; who left or was put off is active there. Moving back is the same step."""
    _lock(enrolment)
    check_target(enrolment, to)
    if not note.strip():
        raise Refused(N_("Moving a person needs a reason."))
    before, now = enrolment.cohort, clock.now()
    if before.state in FROZEN and enrolment.state not in AWAY:
        raise Refused(N_("The cohort is closed; its list of people stays as it is."))
    mover = Mover(enrolment.id, enrolment.user_id, before.id)
    bring_over([mover], to, at=now, note=note.strip(), by_id=by.id if by else None)
    session.refresh(enrolment)
    enrolment.state = EnrolmentState.ACTIVE
    accounts.grant_role(enrolment.user, Role.TRAINEE, cohort_id=to.id, time_zone=to.time_zone)
    audit.record(
        "enrolment.moved", f"enrolment:{enrolment.id}", by=by, before=before.slug, after=to.slug, reason=note.strip()
    )
    for one in to.modules:
        key = f"progress:{enrolment.id}:{one.module}:moved:{now.isoformat()}"
        outbox.enqueue("progress", key, {"enrolment_id": enrolment.id, "module": one.module})


def check_back(enrolment: Enrolment) -> None:
    """:class:`Refused` unless the person is away and may go on in their own cohort."""
    if enrolment.state not in AWAY:
        raise Refused(N_("%(name)s is in the cohort."), name=enrolment.user.full_name)
    _check_open(enrolment.cohort)


def check_target(enrolment: Enrolment, to: Cohort, listed: Collection[int] | None = None) -> None:
    """:class:`Refused` unless the person may go on in ``to``: another open intake of their partner and award.

    ``listed``: the ids of the people who are on its list, for who asks about many.
    """
    here = enrolment.cohort
    if to.id == here.id or to.partner_id != here.partner_id or to.award is not here.award:
        raise Refused(N_("A person moves between cohorts of one partner that lead to the same award."))
    if to.state in FROZEN:
        raise Refused(N_("The cohort is closed; nobody can be added to it."))
    if enrolment.state is EnrolmentState.COMPLETED:
        raise Refused(N_("%(name)s has completed the programme in this cohort."), name=enrolment.user.full_name)
    if enrolment.user_id in (on_list(to, [enrolment.user_id]) if listed is None else listed):
        raise Refused(N_("%(name)s is on the list of that cohort already."), name=enrolment.user.full_name)


def on_list(cohort: Cohort, people: Collection[int]) -> set[int]:
    """Which of these people stand on the list of a cohort, also those who have left it."""
    query = select(Enrolment.user_id).where(Enrolment.cohort_id == cohort.id, Enrolment.user_id.in_(people))
    return set(session.scalars(query))


def _check_open(cohort: Cohort) -> None:
    if cohort.state in FROZEN:
        raise Refused(N_("The cohort is closed; its list of people stays as it is."))


def _lock(enrolment: Enrolment) -> None:
    """Read the enrolment as it stands now: two who act on it follow each other."""
    session.flush()
    session.refresh(enrolment, ["state", "cohort_id"], with_for_update=True)


def _record(
    enrolment: Enrolment,
    kind: EventKind,
    leave: Leave | None,
    *,
    note: str = "",
    to: Cohort | None = None,
    by: User | None = None,
) -> None:
    cohort, today = enrolment.cohort, clock.today(enrolment.cohort.time_zone)
    _check_open(cohort)
    cause, day = (leave.cause, leave.day or today) if leave else (None, today)
    note = (leave.note if leave else note).strip()
    if day > today:
        raise Refused(N_("The day lies ahead. Take the step on that day."))
    if cause is Cause.OTHER and not note:
        raise Refused(N_("Say in words what the other reason is."))
    session.add(
        EnrolmentEvent(
            enrolment_id=enrolment.id,
            cohort_id=cohort.id,
            kind=kind,
            cause=cause,
            note=note,
            day=day,
            to_cohort_id=to.id if to else None,
            by_id=by.id if by else None,
            at=clock.now(),
        )
    )
    audit.record(
        f"enrolment.{kind.value}",
        f"enrolment:{enrolment.id}",
        by=by,
        cause=cause,
        reason=note or None,
        day=day,
        to=to.slug if to else None,
    )


# ---- what pages show of it


def events(enrolment: Enrolment) -> list[EnrolmentEvent]:
    """What happened to one enrolment, the earliest first, with the cohorts of each step."""
    return list(
        session.scalars(
            select(EnrolmentEvent)
            .where(EnrolmentEvent.enrolment_id == enrolment.id)
            .options(joinedload(EnrolmentEvent.cohort), joinedload(EnrolmentEvent.to_cohort))
            .order_by(EnrolmentEvent.id)
        )
    )
