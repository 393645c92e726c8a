"""Which calls, applications, readings and registrations a person reaches; what is out of reach does not exist."""

from typing import Any

from flask import abort
from sqlalchemy import bindparam, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from diploma.accounts.models import User
from diploma.accounts.permissions import Permission
from diploma.accounts.service import token_hash
from diploma.admissions.models import (
    AdmissionCall,
    AdmissionLink,
    AdmissionReader,
    Application,
    ApplicationFile,
    ApplicationState,
    Entry,
    LinkPurpose,
    Nomination,
    Reading,
    Registration,
    RegistrationDomain,
)
from diploma.cohorts import access as cohorts
from diploma.cohorts.entities import access as entity_access
from diploma.cohorts.entities.access import Scope
from diploma.cohorts.models import Cohort, Entity, Partner
from diploma.core import clock
from diploma.core.db import session

MANAGE, READ = Permission.MANAGE_ADMISSION, Permission.READ_ADMISSION


# ---- staff


def find_call(user: Any, slug: str) -> tuple[Cohort, AdmissionCall | None]:
    """A cohort whose admission this person manages, and its call if there is one; or 404."""
    cohort = cohorts.cohort(user, slug, MANAGE)
    return cohort, session.scalar(select(AdmissionCall).where(AdmissionCall.cohort_id == cohort.id))


def call(user: Any, slug: str) -> AdmissionCall:
    _, found = find_call(user, slug)
    return found or abort(404)


def application(user: Any, slug: str, application_id: int) -> Application:
    """One application under the address of its own cohort, with its readings."""
    held = call(user, slug)
    found: Application | None = session.scalar(
        select(Application)
        .where(Application.id == application_id, Application.call_id == held.id)
        .options(
            selectinload(Application.readings).joinedload(Reading.reader),
            joinedload(Application.nominated_by),
            joinedload(Application.entity).selectinload(Entity.dated_names),
        )
    )
    return found or abort(404)


def shown_readings(application: Application, user: User) -> list[Reading]:
    """The readings that ``user`` may see: a reader sees the others' only when all are in."""
    all_in = all(one.done_at for one in application.readings)
    reads = any(one.reader_id == user.id for one in application.readings)
    return [one for one in application.readings if all_in or not reads or one.reader_id == user.id]


def registration(user: Any, slug: str, request_id: int) -> Registration:
    cohort = cohorts.cohort(user, slug, MANAGE)
    found: Registration | None = session.scalar(
        select(Registration).where(Registration.id == request_id, Registration.cohort_id == cohort.id)
    )
    return found or abort(404)


def domain(user: Any, slug: str, domain: str) -> RegistrationDomain | None:
    """A listed domain by its name, at a partner in reach; ``None`` for one that is not, or no longer, listed."""
    partner = cohorts.partner(user, slug, MANAGE)
    found: RegistrationDomain | None = session.scalar(
        select(RegistrationDomain).where(
            RegistrationDomain.domain == domain, RegistrationDomain.partner_id == partner.id
        )
    )
    return found


def file(application: Application | None, number: int) -> ApplicationFile:
    """A file, counted from 1, of an application that the caller has fetched for this person; or 404."""
    held = application.files if application else []
    return held[number - 1] if 0 < number <= len(held) else abort(404)


# ---- applicants with an account


_OWN = (  # every dashboard asks it: built once, which costs more than to run it
    select(Application)
    .where(Application.email == bindparam("email"))
    .options(
        joinedload(Application.call).joinedload(AdmissionCall.cohort).joinedload(Cohort.partner),
        joinedload(Application.entity).selectinload(Entity.dated_names),
    )
    .order_by(Application.id.desc())
)


def own_applications(user: Any) -> list[Application]:
    """The applications of the address of an account, the latest first.

    An activated account proves its address: the password was chosen at a link that was mailed there, and the address
    stays as it is from then on. Both are folded by the same rule.
    """
    if not user.activated_at:
        return []
    return list(session.scalars(_OWN, {"email": user.email}))


def application_of(user: Any, application_id: int) -> Application:
    """One of a person's own applications, or 404."""
    return next((one for one in own_applications(user) if one.id == application_id), None) or abort(404)


# ---- line managers


def nominating(user: Any) -> list[Scope]:
    """By partner, the entities whose people this person may nominate."""
    return entity_access.scopes(user, Permission.NOMINATE)


def nominated_call(user: Any, slug: str) -> tuple[Scope, AdmissionCall]:
    """A call of a partner where this person nominates, once it has opened; or 404."""
    query = (
        select(AdmissionCall)
        .join(AdmissionCall.cohort)
        .where(Cohort.slug == slug, AdmissionCall.opens_at <= clock.now(), AdmissionCall.entry != Entry.SELF)
    )
    found: AdmissionCall | None = session.scalar(query)
    for one in nominating(user) if found else ():
        if found and one.partner.id == found.cohort.partner_id:
            return one, found
    abort(404)


def nomination(user: Any, nomination_id: int) -> Nomination:
    """One of a person's own nominations, of an entity that is still theirs; or 404."""
    entities = frozenset().union(*(one.below for one in nominating(user)))
    found: Nomination | None = session.scalar(
        select(Nomination).where(
            Nomination.id == nomination_id, Nomination.by_id == user.id, Nomination.entity_id.in_(entities)
        )
    )
    return found or abort(404)


# ---- readers


def own_readings(user: Any) -> list[Reading]:
    """What a person was given to read, in cohorts where they still may; what is not done first.

    What was withdrawn meanwhile asks for nothing.
    """
    reach = cohorts.visible_cohorts(user, READ).with_only_columns(Cohort.id)
    query = (
        select(Reading)
        .join(Reading.application)
        .join(Application.call)
        .join(AdmissionReader, AdmissionReader.call_id == AdmissionCall.id)
        .where(Reading.reader_id == user.id, AdmissionReader.user_id == user.id, AdmissionCall.cohort_id.in_(reach))
        .where(Reading.done_at.is_not(None) | (Application.state == ApplicationState.READING))
        .options(contains_eager(Reading.application).contains_eager(Application.call).joinedload(AdmissionCall.cohort))
        .order_by(Reading.done_at.is_not(None), Reading.id)
    )
    return list(session.scalars(query).unique())


def reading(user: Any, reading_id: int) -> Reading:
    """One of a person's own readings, or 404."""
    return next((one for one in own_readings(user) if one.id == reading_id), None) or abort(404)


# ---- whoever holds an address


def public_call(token: str) -> AdmissionCall:
    """A call by its public address, once it has opened."""
    found: AdmissionCall | None = session.scalar(select(AdmissionCall).where(AdmissionCall.token == token))
    return found if found and found.opens_at <= clock.now() else abort(404)


def own_application(token: str) -> Application | None:
    """The application behind the link that was mailed to its owner."""
    now = clock.now()
    link: AdmissionLink | None = session.scalar(
        select(AdmissionLink).where(
            AdmissionLink.token_hash == token_hash(token), AdmissionLink.purpose == LinkPurpose.OWN
        )
    )
    return link.application if link and link.expires_at and link.expires_at > now else None


def registering_partner(slug: str) -> Partner:
    """A partner whose people may register themselves; any other is 404."""
    listed = select(RegistrationDomain.partner_id)
    found: Partner | None = session.scalar(select(Partner).where(Partner.slug == slug, Partner.id.in_(listed)))
    return found or abort(404)
