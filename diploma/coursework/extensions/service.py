"""Requests for more time: asked and withdrawn by the trainee, granted or refused by staff."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import selectinload

from diploma.accounts.models import RoleGrant, User
from diploma.accounts.permissions import Permission, Role
from diploma.cohorts import access as cohorts
from diploma.cohorts.groups.models import DateKind, OwnDates
from diploma.cohorts.models import Cohort, Enrolment, EnrolmentState
from diploma.cohorts.rules import FROZEN
from diploma.core import audit, clock, mail
from diploma.core.db import insert_unless_there, session
from diploma.core.errors import N_, Refused
from diploma.coursework import deadlines, policies, results, service
from diploma.coursework.deadlines import Deadline
from diploma.coursework.extensions import rules
from diploma.coursework.extensions.given import end_dates, recount, title
from diploma.coursework.extensions.models import Cause, ExtensionRequest, RequestState
from diploma.coursework.extensions.rules import ExtensionPolicy
from diploma.coursework.models import Submission, SubmissionState
from diploma.coursework.policies import Area
from diploma.coursework.together import members
from diploma.coursework.together.policy import BY_GROUPS

EXTENSIONS = Area("extensions", ExtensionPolicy, lambda _programme: ExtensionPolicy())


@dataclass(frozen=True)
class Asked:
    """What the form of a request says; ``key`` is the form's."""

    days: int
    cause: Cause
    note: str = ""
    key: str = ""


@dataclass(frozen=True)
class Verdict:
    """A decision: ``until`` is the new date, ``None`` for the one that was asked for. ``past_end`` says that it may lie
    after the last day on which the cohort accepts work."""

    answer: str
    until: datetime | None = None
    past_end: bool = False


@dataclass
class Outcome:
    """What became of a selection: how many were decided, and of the others the person's name and the reason."""

    done: int = 0
    refused: list[tuple[str, Refused]] = field(default_factory=list)


def own(enrolment: Enrolment, module: str) -> list[ExtensionRequest]:
    """A person's requests for one assignment in their present cohort, the newest first."""
    return list(
        session.scalars(
            select(ExtensionRequest)
            .where(
                ExtensionRequest.enrolment_id == enrolment.id,
                ExtensionRequest.cohort_id == enrolment.cohort_id,
                ExtensionRequest.module == module,
            )
            .order_by(ExtensionRequest.id.desc())
        )
    )


def obstacle(enrolment: Enrolment, module: str, held: Deadline | None, at: datetime) -> Refused | None:
    """Why no more time can be asked for at an instant; ``None`` when it can."""
    if enrolment.state is not EnrolmentState.ACTIVE or enrolment.cohort.state in FROZEN:
        return Refused(N_("Only who is active in a running cohort can ask for more time."))
    if held is None:
        return Refused(N_("This assignment has no dates."))
    if members.is_on(enrolment.cohort, module):
        return Refused(BY_GROUPS)
    policy = policies.of(EXTENSIONS, enrolment.cohort, module)
    if not policy.most_days:
        return Refused(N_("In this cohort nobody asks for more time."))
    if at > policy.asked_until(held.due_at, held.zone):
        return Refused(N_("The time to ask for more time is over. Write to your coordinator."))
    return _needless(service.find(enrolment, module), held)


def ask(enrolment: Enrolment, module: str, asked: Asked, *, at: datetime, base_url: str, by: User) -> ExtensionRequest:
    """Ask for more time; ``at`` is the arrival of the request. The same form sent twice makes one request."""
    if enrolment.user_id != by.id:
        raise Refused(N_("You can ask for yourself only."))
    _hold(enrolment)
    key = f"{enrolment.id}:{module}:{asked.key}"
    made: ExtensionRequest | None = session.scalar(select(ExtensionRequest).where(ExtensionRequest.key == key))
    if made:
        return made
    held = deadlines.of(enrolment, module)
    refused = obstacle(enrolment, module, held, at)
    if refused or held is None:
        raise refused or Refused(N_("This assignment has no dates."))
    most = policies.of(EXTENSIONS, enrolment.cohort, module).most_days
    if not 0 < asked.days <= most:
        raise Refused(N_("You can ask for 1 to %(most)s days."), most=most)
    if asked.cause is Cause.OTHER and not asked.note.strip():
        raise Refused(N_("Say in words what the other reason is."))
    made = ExtensionRequest(
        key=key,
        enrolment=enrolment,
        cohort=enrolment.cohort,
        module=module,
        days=asked.days,
        cause=asked.cause,
        note=asked.note.strip(),
        due_at=held.due_at,
        wanted_at=rules.moved(held.due_at, asked.days, held.zone),
        asked_at=at,
    )
    if not insert_unless_there(made):
        raise Refused(N_("Your last request is not decided yet."))
    audit.record("extension.asked", f"extension:{made.id}", by=by, module=module, days=made.days, cause=made.cause)
    _tell_staff(made, base_url)
    return made


def withdraw(request: ExtensionRequest, *, by: User) -> None:
    """Take one's own request back while it is not decided."""
    if request.enrolment.user_id != by.id:
        raise Refused(N_("You can withdraw your own request only."))
    _open(request)
    request.state, request.closed_at = RequestState.WITHDRAWN, clock.now()
    audit.record("extension.withdrawn", f"extension:{request.id}", by=by)


def grant(request: ExtensionRequest, verdict: Verdict, *, base_url: str, by: User) -> OwnDates:
    """Move the date of one person. A mark that is set and not released follows at once."""
    held, answer = _decidable(request, verdict.answer, by)
    if members.is_on(request.cohort, request.module):
        raise Refused(BY_GROUPS)
    until = verdict.until or request.wanted_at
    if until <= held.due_at:
        raise Refused(N_("The new date must lie after the present one."))
    if until > held.dates.cut_off_at and not verdict.past_end:
        raise Refused(N_("The cohort accepts nothing after its last day. Say explicitly that this person may."))
    end_dates(_extension_of(request), answer, by=by)
    dates = OwnDates(
        cohort=request.cohort,
        module=request.module,
        kind=DateKind.EXTENSION,
        enrolment=request.enrolment,
        due_at=until,
        reason=answer,
        by=by,
        at=clock.now(),
    )
    session.add(dates)
    session.flush()
    request.given_days = rules.days_between(request.due_at, until, held.zone)
    request.dates_id = dates.id
    _close(request, RequestState.GRANTED, answer, by, before=held.due_at, after=until, past_end=verdict.past_end)
    recount([request.enrolment_id], request.module, by=by)
    _tell(request, base_url)
    return dates


def refuse(request: ExtensionRequest, verdict: Verdict, *, base_url: str, by: User) -> None:
    """Leave the date as it is; the reason is mailed."""
    _held, answer = _decidable(request, verdict.answer, by)
    _close(request, RequestState.REFUSED, answer, by)
    _tell(request, base_url)


def decide_many(
    requests: Iterable[ExtensionRequest], step: Callable[..., Any], verdict: Verdict, *, base_url: str, by: User
) -> Outcome:
    """Decide a selection alike; what cannot be decided is named and does not stop the others."""
    outcome = Outcome()
    for one in sorted(requests, key=lambda request: request.id):
        try:
            step(one, verdict, base_url=base_url, by=by)
        except Refused as refused:
            outcome.refused.append((one.enrolment.user.full_name, refused))
        else:
            outcome.done += 1
    return outcome


def _needless(work: Submission | None, held: Deadline) -> Refused | None:
    """Why more time would change nothing for a work."""
    if work is None or work.state is SubmissionState.DRAFT:
        return None
    if work.state is SubmissionState.RETURNED or results.released(work):
        return Refused(N_("The mark of this work is released; its date no longer moves."))
    if work.versions[0].received_at <= held.due_at:
        return Refused(N_("This work was handed in in time."))
    return None


def _decidable(request: ExtensionRequest, answer: str, by: User) -> tuple[Deadline, str]:
    """The dates of the person as they stand, and the reason; held until the commit: nobody decides beside us."""
    enrolment = request.enrolment
    if enrolment.user_id == by.id:
        raise Refused(N_("Nobody decides on their own request."))
    if not answer.strip():
        raise Refused(N_("Say why, so that the person knows."))
    _hold(enrolment)
    _open(request)
    if enrolment.cohort_id != request.cohort_id or enrolment.state is not EnrolmentState.ACTIVE:
        raise Refused(N_("This person is no longer active in the cohort."))
    if enrolment.cohort.state in FROZEN:
        raise Refused(N_("The cohort is closed; its marks are frozen."))
    held = deadlines.of(enrolment, request.module)
    if held is None:
        raise Refused(N_("This assignment has no dates."))
    return held, answer.strip()


def _hold(enrolment: Enrolment) -> None:
    """Read the enrolment as it stands: whoever moves, withdraws or decides beside us waits."""
    session.flush()
    session.refresh(enrolment, ["state", "cohort_id"], with_for_update=True)


def _open(request: ExtensionRequest) -> None:
    session.refresh(request, ["state"], with_for_update=True)
    if request.state is not RequestState.ASKED:
        raise Refused(N_("This request is decided or withdrawn already."))


def _extension_of(request: ExtensionRequest) -> OwnDates | None:
    found: OwnDates | None = session.scalar(
        select(OwnDates).where(
            OwnDates.enrolment_id == request.enrolment_id,
            OwnDates.cohort_id == request.cohort_id,
            OwnDates.module == request.module,
            OwnDates.kind == DateKind.EXTENSION,
            OwnDates.ended_at.is_(None),
        )
    )
    return found


def _close(request: ExtensionRequest, state: RequestState, answer: str, by: User, **detail: Any) -> None:
    request.state, request.closed_at, request.decided_by_id = state, clock.now(), by.id
    request.answer = answer
    session.flush()
    detail |= {"enrolment": request.enrolment_id, "module": request.module}
    audit.record(f"extension.{state.value}", f"extension:{request.id}", by=by, why=answer, **detail)


def _tell(request: ExtensionRequest, base_url: str) -> None:
    """Write to the trainee what was decided."""
    to = request.enrolment.user
    mail.send(
        "extension_decided",
        to.email,
        to.language,
        f"extension-decided:{request.id}",
        sender=request.cohort.partner.sender(to.language),
        name=to.full_name,
        title=title(request.cohort, request.module, to.language),
        granted=request.state is RequestState.GRANTED,
        due_at=request.dates.due_at if request.dates else None,
        zone=request.cohort.time_zone,
        answer=request.answer,
        link=f"{base_url}/modules/{request.module}/assignment",
    )


def _tell_staff(request: ExtensionRequest, base_url: str) -> None:
    """Write to those who decide: instructors and coordinators of the cohort, never the person themselves."""
    person = request.enrolment.user
    for one in _deciders(request.cohort, but=person):
        mail.send(
            "extension_asked",
            one.email,
            one.language,
            f"extension-asked:{request.id}:{one.id}",
            sender=request.cohort.partner.sender(one.language),
            name=one.full_name,
            person=person.full_name,
            title=title(request.cohort, request.module, one.language),
            days=request.days,
            link=f"{base_url}/cohorts/{request.cohort.slug}/extensions/{request.id}",
        )


def _deciders(cohort: Cohort, *, but: User) -> list[User]:
    scope = or_(RoleGrant.cohort_id == cohort.id, RoleGrant.partner_id == cohort.partner_id)
    roles = RoleGrant.role.in_((Role.INSTRUCTOR, Role.COORDINATOR))
    people = session.scalars(
        select(User)
        .where(User.disabled_at.is_(None), User.id != but.id, User.grants.any(roles & scope))
        .options(selectinload(User.grants))
        .order_by(User.id)
    )
    return [one for one in people if cohorts.may(one, cohort, Permission.EXTEND)]
