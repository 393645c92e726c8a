"""Which partners, cohorts and enrolments a person may see: one query per kind, for lists, single objects,
counts and exports alike. What is out of reach does not exist: 404, as for a missing id."""

from datetime import timedelta
from typing import Any

from flask import abort
from flask import session as cookie
from sqlalchemy import ColumnElement, Select, bindparam, false, or_, select, true
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from diploma.accounts.access import reach
from diploma.accounts.models import User
from diploma.accounts.permissions import Permission
from diploma.cohorts.models import (
    Cohort,
    CohortState,
    DraftState,
    Enrolment,
    EnrolmentState,
    Entity,
    LiveSession,
    Partner,
    RosterDraft,
    RosterImport,
)
from diploma.core import clock
from diploma.core.db import session
from diploma.core.errors import N_, Refused

DRAFTS_KEPT = timedelta(days=7)  # since the last change
ENTITY = (  # the entity of an enrolment, and what it was merged into
    joinedload(Enrolment.entity).selectinload(Entity.dated_names),
    joinedload(Enrolment.entity).joinedload(Entity.merged_into).selectinload(Entity.dated_names),
)
CHOSEN = "enrolment"  # the key in the cookie of the enrolment a trainee works on

# Every page of a trainee asks it: built once, which costs more than to run it.
_OF_PERSON = (
    select(Enrolment)
    .join(Enrolment.cohort)
    .join(Cohort.partner)
    .where(Enrolment.user_id == bindparam("person"))
    .options(contains_eager(Enrolment.cohort).options(contains_eager(Cohort.partner), joinedload(Cohort.modules)))
    .order_by(Cohort.starts_on.desc(), Enrolment.id.desc())
)


def visible_cohorts(user: Any, permission: Permission) -> Select[Cohort]:
    """Cohorts on which ``user`` holds ``permission``."""
    held = reach(user, permission)
    if held.everywhere:
        return select(Cohort)
    parts = [Cohort.partner_id.in_(held.partners)] if held.partners else []
    parts += [Cohort.id.in_(held.cohorts)] if held.cohorts else []
    return select(Cohort).where(or_(*parts) if parts else false())


def cohort(user: Any, slug: str, permission: Permission) -> Cohort:
    """One cohort by its slug, or 404."""
    found: Cohort | None = session.scalar(
        visible_cohorts(user, permission).where(Cohort.slug == slug).options(joinedload(Cohort.partner))
    )
    return found or abort(404)


def visible_partners(user: Any, permission: Permission) -> Select[Partner]:
    held = reach(user, permission)
    return select(Partner).where(true() if held.everywhere else Partner.id.in_(held.partners))


def partner(user: Any, slug: str, permission: Permission) -> Partner:
    found: Partner | None = session.scalar(visible_partners(user, permission).where(Partner.slug == slug))
    return found or abort(404)


def entity(user: Any, entity_id: int, permission: Permission) -> Entity:
    partners = visible_partners(user, permission).with_only_columns(Partner.id)
    found: Entity | None = session.scalar(select(Entity).where(Entity.id == entity_id, Entity.partner_id.in_(partners)))
    return found or abort(404)


def visible_enrolments(user: Any, permission: Permission) -> Select[Enrolment]:
    """Enrolments in cohorts on which ``user`` holds ``permission``."""
    cohorts = visible_cohorts(user, permission).with_only_columns(Cohort.id)
    return select(Enrolment).where(Enrolment.cohort_id.in_(cohorts))


def enrolment(user: Any, enrolment_id: int, permission: Permission) -> Enrolment:
    found: Enrolment | None = session.scalar(
        visible_enrolments(user, permission)
        .where(Enrolment.id == enrolment_id)
        .options(joinedload(Enrolment.user), joinedload(Enrolment.cohort))
    )
    return found or abort(404)


def live_session(user: Any, session_id: int, permission: Permission) -> LiveSession:
    cohorts = visible_cohorts(user, permission).with_only_columns(Cohort.id)
    found: LiveSession | None = session.scalar(
        select(LiveSession)
        .where(LiveSession.id == session_id, LiveSession.cohort_id.in_(cohorts))
        .options(joinedload(LiveSession.cohort))
    )
    return found or abort(404)


def own_enrolments(user: User) -> list[Enrolment]:
    """A person's own enrolments, the running cohort that began last first; without those that they left.

    Who is put off reads on; such an enrolment stands last.
    """
    mine = [one for one in all_enrolments(user) if one.state is not EnrolmentState.WITHDRAWN]
    return sorted(mine, key=lambda one: one.state is EnrolmentState.DEFERRED)


def all_enrolments(user: User) -> list[Enrolment]:
    """As ``own_enrolments``, with those that were withdrawn or put off."""
    rows = session.scalars(_OF_PERSON, {"person": user.id}).unique().all()
    return sorted(rows, key=lambda one: one.cohort.state is not CohortState.RUNNING)


def own_enrolment(user: Any, enrolment_id: int) -> Enrolment:
    """One of a person's own enrolments, also one that they left, or 404."""
    mine = all_enrolments(user) if isinstance(user, User) else []
    return next((one for one in mine if one.id == enrolment_id), None) or abort(404)


def current_enrolment(user: Any) -> Enrolment | None:
    """The enrolment that a trainee works on: the one chosen, by default the latest running (``decisions``)."""
    if not isinstance(user, User):
        return None
    return chosen(own_enrolments(user))


def chosen(mine: list[Enrolment]) -> Enrolment | None:
    """Of a person's own enrolments the one chosen in this session, else the first."""
    return next((one for one in mine if one.id == cookie.get(CHOSEN)), mine[0] if mine else None)


def may(user: Any, where: Cohort, permission: Permission) -> bool:
    """Whether ``user`` holds ``permission`` on one cohort: which buttons its pages show."""
    held = reach(user, permission)
    return held.everywhere or where.partner_id in held.partners or where.id in held.cohorts


def orderer(user_id: int, where: Cohort, permission: Permission) -> User:
    """Who ordered long work on a cohort; :class:`Refused` when they have lost the right to it since then."""
    found: User = session.get_one(User, user_id, populate_existing=True, options=[selectinload(User.grants)])
    if not (found.is_active and may(found, where, permission)):
        raise Refused(N_("The person who ordered this no longer has the right to. Retry it yourself."))
    return found


def member(user: Any, slug: str, enrolment_id: int, permission: Permission) -> Enrolment:
    """One enrolment under the address of its own cohort, with all that a person's page shows; or 404."""
    found: Enrolment | None = session.scalar(
        visible_enrolments(user, permission)
        .join(Enrolment.cohort)
        .where(Enrolment.id == enrolment_id, Cohort.slug == slug)
        .options(
            joinedload(Enrolment.user),
            contains_eager(Enrolment.cohort).joinedload(Cohort.partner),
            *ENTITY,
        )
    )
    return found or abort(404)


def draft(user: Any, slug: str, token: str) -> tuple[Cohort, RosterDraft]:
    """A person's own roster import under way, with its cohort; 404 for everybody else and when its days are over."""
    where = cohort(user, slug, Permission.IMPORT_ROSTER)
    mine = (RosterDraft.token == token, RosterDraft.cohort_id == where.id, RosterDraft.person_id == user.id)
    found: RosterDraft | None = session.scalar(select(RosterDraft).where(*mine, _still_kept()))
    return where, found or abort(404)


def open_drafts(user: User, where: Cohort) -> list[RosterDraft]:
    """A person's imports into a cohort that are not done, the last touched first."""
    mine = (RosterDraft.cohort_id == where.id, RosterDraft.person_id == user.id, RosterDraft.state != DraftState.DONE)
    query = select(RosterDraft).where(*mine, _still_kept()).order_by(RosterDraft.changed_at.desc(), RosterDraft.id)
    return list(session.scalars(query.limit(10)))


def roster_import(user: Any, slug: str, import_id: int) -> tuple[Cohort, RosterImport]:
    """An import under the address of its own cohort, or 404."""
    where = cohort(user, slug, Permission.IMPORT_ROSTER)
    found = session.scalar(select(RosterImport).where(RosterImport.id == import_id, RosterImport.cohort_id == where.id))
    return where, found or abort(404)


def _still_kept() -> ColumnElement[bool]:
    return RosterDraft.changed_at > clock.now() - DRAFTS_KEPT
