"""Nominations by line managers: people of the own entities for an open call, and how far each has come.

Nothing that a manager reads depends on what exists for an address: a nomination stands on the list whether the person
had applied before or not, and what becomes of it is a job's work.
"""

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import joinedload

from diploma.accounts import service as accounts
from diploma.accounts.models import User
from diploma.admissions import letters, service
from diploma.admissions.models import (
    AdmissionCall,
    AdmissionLetter,
    AdmissionLink,
    Application,
    ApplicationState,
    Entry,
    Nomination,
)
from diploma.cohorts.models import Cohort, Entity
from diploma.core import audit, clock, outbox
from diploma.core.db import session
from diploma.core.errors import N_, Refused
from diploma.core.lang import Lang

NOMINATE = "nominate"
_S = ApplicationState


@dataclass(frozen=True)
class Named:
    """Whom a manager names, in which entity, and why; ``language`` is that of the mail."""

    full_name: str
    email: str
    language: Lang
    entity_id: int
    reason: str


def open_calls(partners: Collection[int]) -> list[AdmissionCall]:
    """The calls of partners that take nominations now, the one that closes first on top."""
    now = clock.now()
    query = (
        select(AdmissionCall)
        .join(AdmissionCall.cohort)
        .where(Cohort.partner_id.in_(partners), Cohort.state.in_(service.BEFORE_START))
        .where(AdmissionCall.opens_at <= now, AdmissionCall.closes_at > now, AdmissionCall.decided_at.is_(None))
        .where(AdmissionCall.entry != Entry.SELF)
        .options(joinedload(AdmissionCall.cohort).joinedload(Cohort.partner))
    )
    return list(session.scalars(query.order_by(AdmissionCall.closes_at, AdmissionCall.id)))


def own(user: User, entities: Collection[int]) -> list[Nomination]:
    """Whom a person has named for these entities, the latest first."""
    query = (
        select(Nomination)
        .where(Nomination.by_id == user.id, Nomination.entity_id.in_(entities))
        .options(
            joinedload(Nomination.application),
            joinedload(Nomination.call).joinedload(AdmissionCall.cohort),
            joinedload(Nomination.entity).selectinload(Entity.dated_names),
        )
    )
    return list(session.scalars(query.order_by(Nomination.id.desc())))


def beside(application: Application) -> list[Nomination]:
    """The nominations of an applicant that came when the application was there already."""
    query = (
        select(Nomination)
        .where(Nomination.call_id == application.call_id, Nomination.email == application.email)
        .where(Nomination.application_id.is_(None))
        .options(joinedload(Nomination.by))
    )
    return list(session.scalars(query.order_by(Nomination.id)))


def followed(nomination: Nomination, entities: Collection[int]) -> Application | None:
    """The application whose stage the manager may see: begun by them, and still of one of their entities."""
    found = nomination.application
    return found if found and found.confirmed_at and found.entity_id in entities else None


def nominate(call: AdmissionCall, named: Named, entities: Collection[int], base_url: str, *, by: User) -> Nomination:
    """Name a person of one of ``entities``. They get a mail and write the application themselves, or leave it."""
    call = service.locked(call.id)
    service.check_nominations(call)
    if named.entity_id not in entities:
        raise Refused(N_("Choose an entity from the list."))
    address = accounts.folded_email(named.email)
    again = (Nomination.call_id == call.id, Nomination.email == address, Nomination.by_id == by.id)
    if session.scalar(select(Nomination.id).where(*again)):
        raise Refused(N_("You have nominated this person already."))
    made = Nomination(
        call_id=call.id,
        by_id=by.id,
        entity_id=named.entity_id,
        email=address,
        full_name=named.full_name,
        language=named.language,
        reason=named.reason,
        created_at=clock.now(),
    )
    session.add(made)
    session.flush()
    audit.record("nomination.made", f"nomination:{made.id}", by=by, call=call.id, entity=made.entity_id)
    payload = {"call_id": call.id, "nomination_id": made.id, "base_url": base_url}
    outbox.enqueue(NOMINATE, f"{NOMINATE}:{secrets.token_hex(8)}", payload)
    return made


@outbox.handles(NOMINATE)
def _tell(payload: dict[str, Any], _result: None) -> None:
    """Begin the application, or mail its address once more to who has one; one that was withdrawn is gone."""
    call = service.locked(payload["call_id"])
    made = session.get(Nomination, payload["nomination_id"], populate_existing=True)
    if made is None or made.application_id is not None:
        return
    found = service.find(call, made.email)
    if found is not None:
        letters.send_link(found, payload["base_url"])
    elif service.is_open(call):
        written = service.Written(made.full_name, made.language, made.entity_id)
        begun = service.begin_nominated(call, made.email, written, made.reason, payload["base_url"], by=made.by)
        made.application_id = begun.id


def may_withdraw(nomination: Nomination) -> bool:
    """Until the person has begun to write: from then on the application is theirs."""
    found = nomination.application
    return found is None or (found.state is _S.DRAFT and found.confirmed_at is None)


def withdraw(nomination: Nomination, *, by: User) -> None:
    """Take a nomination back. An application that nobody has touched goes with it, or to who named the same person."""
    call = service.locked(nomination.call_id)
    session.refresh(nomination)
    if nomination.application:
        session.refresh(nomination.application)
    if not may_withdraw(nomination):
        raise Refused(N_("The person has begun to write the application; only they can withdraw it now."))
    untouched = nomination.application
    audit.record("nomination.withdrawn", f"nomination:{nomination.id}", by=by, call=call.id)
    session.delete(nomination)
    session.flush()
    if untouched:
        _hand_on(untouched)


def _hand_on(application: Application) -> None:
    other = next(iter(beside(application)), None)
    if other:
        other.application_id = application.id
        application.nominated_by_id, application.nomination = other.by_id, other.reason
        application.entity_id = other.entity_id
        return
    for kind in (AdmissionLink, AdmissionLetter):
        session.execute(delete(kind).where(kind.application_id == application.id))
    session.delete(application)
