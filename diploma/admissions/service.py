"""What happens to an application before it is read: asked for, written, handed in, judged by the rules, nominated."""

import secrets
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select

from diploma.accounts import service as accounts
from diploma.accounts.models import User
from diploma.accounts.service import token_hash
from diploma.admissions import answers, files, letters, rules
from diploma.admissions import plan as plans
from diploma.admissions.models import (
    AdmissionCall,
    AdmissionLetter,
    AdmissionLink,
    Application,
    ApplicationFile,
    ApplicationState,
    Entry,
    LinkPurpose,
    Nomination,
    Reading,
    Registration,
    RegistrationState,
)
from diploma.admissions.plan import LetterKind, Plan, PositionLevel, Rule
from diploma.cohorts.models import Cohort, CohortState, Enrolment, EnrolmentState, Entity
from diploma.cohorts.roster import importing
from diploma.core import audit, clock, outbox
from diploma.core.db import session
from diploma.core.errors import N_, Refused
from diploma.core.lang import Lang
from diploma.core.text import fold

BEFORE_START = frozenset({CohortState.DRAFT, CohortState.OPEN})
LINK = "application-link"
KEPT = timedelta(days=180)  # after the call closed, of those who did not take part
_UNSUCCESSFUL = frozenset(ApplicationState) - {ApplicationState.ACCEPTED}


@dataclass(frozen=True)
class Written:
    """What an applicant says; ``answers`` by id of the question."""

    full_name: str
    language: Lang
    entity_id: int | None = None
    entity_other: str = ""
    position: str = ""
    level: PositionLevel | None = None
    years: int | None = None
    answers: dict[str, Any] = field(default_factory=dict)


def is_open(call: AdmissionCall) -> bool:
    """Whether applications are taken now."""
    in_time = call.opens_at <= clock.now() < call.closes_at
    return in_time and call.decided_at is None and call.cohort.state in BEFORE_START


def locked(call_id: int) -> AdmissionCall:
    """The call, locked until the transaction ends: whatever changes places or states goes one after the other.

    Then the partner, as a roster import does, so that two ways in do not make one person twice; then the cohort, which
    neither starts nor closes meanwhile. Everybody who locks several of these keeps to this order.
    """
    found: AdmissionCall = session.get_one(AdmissionCall, call_id, with_for_update=True, populate_existing=True)
    importing.lock(found.cohort)
    session.refresh(found.cohort, ["state", "seats", "version"], with_for_update={"read": True})
    return found


def move(application: Application, to: ApplicationState, *, by: User | None = None, **detail: Any) -> None:
    """Take one step of an application's life; every step is audited."""
    if to not in rules.MOVES[application.state]:
        raise Refused(N_("The present state of the application does not allow this step. Load the page again."))
    audit.record(
        "application.moved", f"application:{application.id}", by=by, before=application.state, after=to, **detail
    )
    application.state = to


# ---- applying


def request_link(call: AdmissionCall, full_name: str, email: str, language: Lang, base_url: str) -> None:
    """Ask for the address of one's application. The work is a job, so the answer tells nobody what exists."""
    payload = {"call_id": call.id, "full_name": full_name, "email": accounts.folded_email(email)}
    payload |= {"language": language.value, "base_url": base_url}
    outbox.enqueue(LINK, f"{LINK}:{secrets.token_hex(8)}", payload)


@outbox.handles(LINK)
def _send_link(payload: dict[str, Any], _result: None) -> None:
    call = locked(payload["call_id"])
    found = find(call, payload["email"])
    if found is None and is_open(call) and call.entry is not Entry.NOMINATION:
        found = begin(call, payload["full_name"], payload["email"], Lang(payload["language"]))
    if found is not None:
        letters.send_link(found, payload["base_url"])


def find(call: AdmissionCall, email: str) -> Application | None:
    return session.scalar(select(Application).where(Application.call_id == call.id, Application.email == email))


def begin(call: AdmissionCall, full_name: str, email: str, language: Lang, **nomination: Any) -> Application:
    """An empty application of a person whose folded address has none in this call yet."""
    made = Application(
        call_id=call.id,
        call=call,
        email=email,
        full_name=full_name,
        name_search=fold(full_name),
        language=language,
        created_at=clock.now(),
        **nomination,
    )
    session.add(made)
    session.flush()
    return made


def nominate(call: AdmissionCall, email: str, written: Written, reason: str, base_url: str, *, by: User) -> Application:
    """Name a person for the call. They get a mail and write the application themselves, or leave it."""
    call = locked(call.id)
    check_nominations(call)
    address = accounts.folded_email(email)
    if find(call, address):
        raise Refused(N_("There is an application with this address already."))
    check_entity(call.cohort, written.entity_id)
    return begin_nominated(call, address, written, reason, base_url, by=by)


def check_nominations(call: AdmissionCall) -> None:
    """:class:`Refused` when nobody can be named for a call now."""
    if not is_open(call):
        raise Refused(N_("This call takes no applications now."))
    if call.entry is Entry.SELF:
        raise Refused(N_("This call takes no nominations."))


def begin_nominated(
    call: AdmissionCall, address: str, written: Written, reason: str, base_url: str, *, by: User
) -> Application:
    """The empty application of a nominated person, and the mail that tells them."""
    made = begin(
        call,
        written.full_name,
        address,
        written.language,
        nominated_by_id=by.id,
        nomination=reason,
        entity_id=written.entity_id,
    )
    audit.record("application.nominated", f"application:{made.id}", by=by)
    token = letters.make_link(made, LinkPurpose.OWN)
    link = letters.own_address(base_url, token, made)
    letters.send(made, LetterKind.NOMINATION, f"nomination:{token_hash(token)}", link=link, closes_at=call.closes_at)
    return made


def lock_draft(application: Application) -> None:
    """Hold a draft until the commit: two windows that send at once follow each other."""
    session.refresh(application, with_for_update={"of": Application})
    session.expire(application, ["files"])
    _check_writable(application)


def save(application: Application, written: Written) -> None:
    """Keep what was written so far."""
    _check_writable(application)
    plan = plans.read(application.call.plan)
    check_entity(application.call.cohort, written.entity_id)
    application.confirmed_at = application.confirmed_at or clock.now()
    application.full_name, application.name_search = written.full_name, fold(written.full_name)
    application.language, application.entity_id = written.language, written.entity_id
    application.entity_other = "" if written.entity_id else written.entity_other
    application.position, application.level, application.years = written.position, written.level, written.years
    application.answers = answers.kept(plan.questions, written.answers)


def submit(application: Application, written: Written) -> None:
    """Hand the application in; the rules judge it at once, with their reasons."""
    save(application, written)
    plan = plans.read(application.call.plan)
    said = (application.full_name, application.position, application.level)
    entity = application.entity_id or application.entity_other
    given = {*application.answers, *(one.question for one in application.files)}
    if not all(said) or not entity or application.years is None or answers.missing(plan.questions, given):
        raise Refused(N_("Something that is needed is still empty. Fill it in and send the application again."))
    application.submitted_at = clock.now()
    judge(application, plan)
    letters.send(application, LetterKind.CONFIRMATION, f"confirmation:{application.id}")


def _check_writable(application: Application) -> None:
    if application.state is not ApplicationState.DRAFT:
        raise Refused(N_("The application is handed in and stays as it is."))
    if not is_open(application.call):
        raise Refused(N_("This call takes no applications any more."))


def check_entity(cohort: Cohort, entity_id: int | None) -> None:
    """:class:`Refused` for an entity of another partner."""
    known = select(Entity.id).where(Entity.id == entity_id, Entity.partner_id == cohort.partner_id)
    if entity_id is not None and session.scalar(known) is None:
        raise Refused(N_("Choose an entity from the list."))


# ---- eligibility


def judge(
    application: Application, plan: Plan, *, graduates: Collection[str] | None = None, by: User | None = None
) -> None:
    """Put the application where the rules put it; what they say is kept with it."""
    known = graduates_of(application.call.cohort) if graduates is None else graduates
    failed = reasons(application, plan, known)
    to = rules.outcome(failed)
    application.reasons = [rule_json(one) for one in failed]
    if to is not application.state:
        move(application, to, by=by, rules=[one.kind.value for one in failed])


def reasons(application: Application, plan: Plan, graduates: Collection[str]) -> list[Rule]:
    """The rules of a plan that an application does not meet; ``graduates`` are addresses."""
    facts = rules.Facts(
        application.years,
        application.entity_id,
        application.level.value if application.level else None,
        application.language.value,
        application.email in graduates,
    )
    return rules.unmet(plan.rules, facts, application.call.cohort.languages)


def rule_json(rule: Rule) -> dict[str, Any]:
    stored: dict[str, Any] = Plan(rules=(rule,)).as_json()["rules"][0]
    return stored


def overrule(application: Application, reason: str, *, by: User) -> None:
    """Let somebody take part whom a rule excluded; with the reason, for the record."""
    if not reason.strip():
        raise Refused(N_("Overruling a rule needs a reason."))
    if application.state is not ApplicationState.INELIGIBLE:
        raise Refused(N_("No rule excludes this application."))
    locked(application.call_id)
    application.overruled = reason.strip()
    move(application, ApplicationState.ELIGIBLE, by=by, reason=reason.strip())


def graduates_of(cohort: Cohort) -> set[str]:
    """Addresses of who has completed a cohort of this partner for the same award; other partners are not asked."""
    query = (
        select(User.email)
        .join(Enrolment, Enrolment.user_id == User.id)
        .join(Enrolment.cohort)
        .where(Cohort.partner_id == cohort.partner_id, Cohort.award == cohort.award)
        .where(Enrolment.state == EnrolmentState.COMPLETED)
    )
    return set(session.scalars(query))


# ---- the end


def erase_due() -> int:
    """Erase the applications whose time is over; returns how many. Those who took part keep theirs with the course."""
    over = (
        select(Application.id)
        .join(AdmissionCall, AdmissionCall.id == Application.call_id)
        .where(AdmissionCall.closes_at < clock.now() - KEPT, Application.state.in_(_UNSUCCESSFUL))
    )
    ids = list(session.scalars(over))
    done = select(AdmissionCall.id).where(AdmissionCall.closes_at < clock.now() - KEPT)
    session.execute(delete(Nomination).where(Nomination.call_id.in_(done)))
    files.forget(session.scalars(select(ApplicationFile.sha256).where(ApplicationFile.application_id.in_(ids))).all())
    for kind in (AdmissionLink, AdmissionLetter, ApplicationFile, Reading):
        session.execute(delete(kind).where(kind.application_id.in_(ids)))
    session.execute(delete(Application).where(Application.id.in_(ids)))
    closed = Registration.state.in_({RegistrationState.EXPIRED, RegistrationState.REFUSED})
    old = session.scalars(select(Registration).where(closed, Registration.expires_at < clock.now() - KEPT)).all()
    for one in old:
        session.delete(one)
    if ids or old:
        audit.record("admissions.erased", "admissions", applications=len(ids), registrations=len(old))
    return len(ids) + len(old)
