"""What the pages of an admission list and count."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from diploma.accounts.access import reach
from diploma.accounts.models import User
from diploma.accounts.permissions import Permission
from diploma.admissions import reader_mails
from diploma.admissions.models import (
    AdmissionCall,
    AdmissionLetter,
    AdmissionReader,
    Application,
    ApplicationState,
    Reading,
    Registration,
    RegistrationDomain,
    RegistrationState,
)
from diploma.cohorts import queries as cohorts
from diploma.cohorts.models import Cohort, Entity, Partner
from diploma.core import clock, listing
from diploma.core.db import session
from diploma.core.listing import Asked, Column, Rows
from diploma.core.text import fold

PAGE = 50
APPLICATIONS: Mapping[str, Column] = {
    "name": Application.name_search,
    "state": Application.state,
    "submitted": Application.submitted_at,
    "rank": Application.rank,
}


def applications(call: AdmissionCall, asked: Asked, state: ApplicationState | None) -> Rows[Application]:
    """One page of a call's applications, as they are asked for."""
    query = select(Application).where(Application.call_id == call.id)
    if state:
        query = query.where(Application.state == state)
    if asked.search:
        query = query.where(Application.name_search.contains(fold(asked.search), autoescape=True))
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    page = min(asked.page, listing.last_page(total, PAGE))
    ordered = listing.ordered(query, APPLICATIONS, asked.sort, Application.id).limit(PAGE).offset((page - 1) * PAGE)
    rows = session.scalars(ordered.options(joinedload(Application.entity).selectinload(Entity.dated_names)))
    return Rows(list(rows), total, page, PAGE)


def all_applications(call: AdmissionCall) -> list[Application]:
    query = select(Application).where(Application.call_id == call.id).order_by(Application.id)
    entity = joinedload(Application.entity).selectinload(Entity.dated_names)
    return list(
        session.scalars(query.options(entity, selectinload(Application.readings), selectinload(Application.files)))
    )


def counts(call: AdmissionCall) -> dict[ApplicationState, int]:
    query = select(Application.state, func.count()).where(Application.call_id == call.id)
    rows = session.execute(query.group_by(Application.state))
    return {row[0]: row[1] for row in rows}


def letters(application: Application) -> list[AdmissionLetter]:
    query = select(AdmissionLetter).where(AdmissionLetter.application_id == application.id)
    return list(session.scalars(query.order_by(AdmissionLetter.id)))


@dataclass(frozen=True)
class Load:
    """How much a reader of a call has to read and has read; ``late`` of it is overdue, the next is due at ``due``."""

    given: int
    done: int
    late: int = 0
    due: datetime | None = None


def loads(call: AdmissionCall) -> dict[int, Load]:
    """By reader. What was given and is withdrawn unread is not counted."""
    counted = Reading.done_at.is_not(None) | (Application.state == ApplicationState.READING)
    query = select(Reading.reader_id, func.count(), func.count(Reading.done_at)).join(Reading.application)
    rows = session.execute(query.where(Application.call_id == call.id, counted).group_by(Reading.reader_id))
    dues, now = defaultdict[int, list[datetime]](list), clock.now()
    for reader_id, at in reader_mails.unread(call):
        dues[reader_id].append(reader_mails.due_at(call, at))
    return {
        row[0]: Load(row[1], row[2], sum(one < now for one in dues[row[0]]), min(dues[row[0]], default=None))
        for row in rows
    }


def possible_readers(cohort: Cohort) -> list[User]:
    """Staff of a cohort or its partner who may read its applications today."""
    found: dict[int, User] = {}
    for grant in cohorts.staff(cohort, with_partner=True):
        held = reach(grant.user, Permission.READ_ADMISSION)
        if grant.user.is_active and (cohort.id in held.cohorts or cohort.partner_id in held.partners):
            found.setdefault(grant.user_id, grant.user)
    return list(found.values())


def named_readers(call: AdmissionCall) -> list[AdmissionReader]:
    query = select(AdmissionReader).where(AdmissionReader.call_id == call.id).options(joinedload(AdmissionReader.user))
    return list(session.scalars(query.order_by(AdmissionReader.user_id)))


def registrations(cohort: Cohort) -> list[Registration]:
    """Those that wait for a decision, the oldest first."""
    query = select(Registration).where(
        Registration.cohort_id == cohort.id, Registration.state == RegistrationState.QUEUED
    )
    entity = joinedload(Registration.entity).selectinload(Entity.dated_names)
    return list(session.scalars(query.order_by(Registration.confirmed_at, Registration.id).options(entity)))


def domains(partner: Partner) -> list[RegistrationDomain]:
    query = select(RegistrationDomain).where(RegistrationDomain.partner_id == partner.id)
    return list(
        session.scalars(query.order_by(RegistrationDomain.domain).options(joinedload(RegistrationDomain.cohort)))
    )
