"""What the pages of a cohort show, each with a constant number of queries whatever the number of people."""

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, cast, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from diploma.accounts.models import MailedLink, Purpose, RoleGrant, User
from diploma.accounts.permissions import Role
from diploma.cohorts.models import (
    Attendance,
    Cohort,
    CohortState,
    Enrolment,
    EnrolmentState,
    Entity,
    EntityName,
    LiveSession,
    Partner,
    Presence,
    RosterImport,
)
from diploma.cohorts.rules import shown_presence
from diploma.core import listing
from diploma.core.db import session
from diploma.core.lang import Lang
from diploma.core.listing import Asked, Column
from diploma.core.orm import BINARY
from diploma.core.text import fold

PAGE = 60
PEOPLE = ("name", "entity", "standing", "invited", "seen")  # what a list of people is sorted by
COHORTS = ("name", "partner", "state", "starts", "people")
SHEET_STATES = (EnrolmentState.ACTIVE, EnrolmentState.COMPLETED)


class Standing(enum.StrEnum):
    """How far a person of a cohort has come, from the list to the first sign-in."""

    NEW = "new"
    INVITED = "invited"
    ACTIVE = "active"
    COMPLETED = "completed"
    DEFERRED = "deferred"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class Member:
    """A person on the list of a cohort; ``invitations`` counts the mails, ``invited_at`` is the last one's time."""

    enrolment: Enrolment
    invitations: int
    invited_at: datetime | None

    @property
    def user(self) -> User:
        return self.enrolment.user

    @property
    def standing(self) -> Standing:
        if self.enrolment.state is not EnrolmentState.ACTIVE:
            return Standing(self.enrolment.state.value)
        if self.user.activated_at:
            return Standing.ACTIVE
        return Standing.INVITED if self.invitations else Standing.NEW


@dataclass(frozen=True)
class Members:
    """One page of a list: ``total`` people match, ``pages`` pages of ``PAGE``."""

    rows: list[Member]
    total: int
    page: int

    @property
    def pages(self) -> int:
        return listing.last_page(self.total, PAGE)


@dataclass(frozen=True)
class Cohorts:
    """One page of the list of cohorts, each with the number of its active people."""

    rows: list[tuple[Cohort, int]]
    total: int
    page: int

    @property
    def pages(self) -> int:
        return listing.last_page(self.total, PAGE)


@dataclass(frozen=True)
class Held:
    """A live session with the number of people who were there, and whom its sheet names."""

    live: LiveSession
    present: int
    named: int


@dataclass(frozen=True)
class SheetRow:
    """A person on an attendance sheet; ``attendance`` is ``None`` until it was saved."""

    enrolment: Enrolment
    attendance: Attendance | None


def members(cohort: Cohort, asked: Asked, lang: Lang, *, standing: Standing | None = None) -> Members:
    """People of a cohort; the search finds a name in any script, an address or a personnel number.

    ``lang`` is that in which entities are named, and sorted.
    """
    links = _links(cohort)
    query = select(Enrolment).join(User, User.id == Enrolment.user_id).outerjoin(links, links.c.user_id == User.id)
    query = query.where(Enrolment.cohort_id == cohort.id, *matching(asked.search))
    if standing:
        query = query.where(_stands(standing, links.c.count))
    total = int(session.scalar(query.with_only_columns(func.count(), maintain_column_froms=True)) or 0)
    page = min(asked.page, listing.last_page(total, PAGE))
    columns: dict[str, Column] = {
        "name": User.sort_key,
        "entity": _entity_name(lang),
        "standing": case(*((_stands(one, links.c.count), n) for n, one in enumerate(Standing))),
        "invited": links.c.last,
        "seen": User.last_seen_at,
    }
    rows = session.execute(
        listing.ordered(query, columns, asked.sort, User.sort_key, Enrolment.id)
        .add_columns(func.coalesce(links.c.count, 0), links.c.last)
        .options(contains_eager(Enrolment.user), joinedload(Enrolment.entity).selectinload(Entity.dated_names))
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    )
    return Members([Member(*row) for row in rows], total, page)


def found(cohort: Cohort, search: str, *, standing: Standing | None = None) -> list[int]:
    """The enrolment ids of all pages of ``members``."""
    links = _links(cohort)
    query = select(Enrolment.id).join(User, User.id == Enrolment.user_id)
    query = query.outerjoin(links, links.c.user_id == User.id)
    query = query.where(Enrolment.cohort_id == cohort.id, *matching(search))
    return list(session.scalars(query.where(_stands(standing, links.c.count)) if standing else query))


def cohorts(visible: Select[Cohort], asked: Asked, lang: Lang, *, state: CohortState | None = None) -> Cohorts:
    """Cohorts of a query, with the number of their active people; partners are named and sorted in ``lang``."""
    people = (
        select(func.count())
        .where(Enrolment.cohort_id == Cohort.id, Enrolment.state == EnrolmentState.ACTIVE)
        .scalar_subquery()
    )
    query = visible.join(Cohort.partner).where(*([Cohort.state == state] if state else []))
    total = int(session.scalar(query.with_only_columns(func.count(), maintain_column_froms=True)) or 0)
    page = min(asked.page, listing.last_page(total, PAGE))
    columns: dict[str, Column] = {
        "name": _named(Cohort.names, lang, Cohort.slug),
        "partner": _named(Partner.names, lang, Partner.slug),
        "state": case(*((Cohort.state == one, n) for n, one in enumerate(CohortState))),
        "starts": Cohort.starts_on,
        "people": people,
    }
    rows = session.execute(
        listing.ordered(query, columns, asked.sort, Cohort.starts_on.desc(), Cohort.slug)
        .add_columns(people)
        .options(contains_eager(Cohort.partner))
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    )
    return Cohorts([(row[0], row[1]) for row in rows], total, page)


def cohort_states(visible: Select[Cohort]) -> dict[CohortState, int]:
    """How many cohorts of a query are in which state, in the order of their life."""
    rows = session.execute(visible.with_only_columns(Cohort.state, func.count()).group_by(Cohort.state))
    counts: dict[CohortState, int] = dict(rows.all())
    return {one: counts[one] for one in CohortState if one in counts}


def _named(names: Any, lang: Lang, otherwise: Any) -> ColumnElement[Any]:
    """The name that a page in ``lang`` shows, in the order of its letters and not of the database's own language."""
    shown = func.coalesce(names[lang.value].as_string(), names[Lang.EN.value].as_string(), otherwise)
    return cast(func.lower(shown), BINARY)


def _entity_name(lang: Lang) -> ColumnElement[Any]:
    """The latest name of a person's entity."""
    return (
        select(_named(EntityName.names, lang, EntityName.name_search))
        .where(EntityName.entity_id == Enrolment.entity_id)
        .order_by(EntityName.valid_from.desc())
        .limit(1)
        .scalar_subquery()
    )


def member_of(enrolment: Enrolment) -> Member:
    """The invitations of one person beside their enrolment."""
    links = _links(enrolment.cohort)
    row = session.execute(select(links.c.count, links.c.last).where(links.c.user_id == enrolment.user_id)).first()
    return Member(enrolment, *(row or (0, None)))


def standings(cohort: Cohort) -> dict[Standing, int]:
    """How many people of a cohort stand where."""
    links = _links(cohort)
    counts = [func.count().filter(_stands(one, links.c.count)).label(one.value) for one in Standing]
    row = session.execute(
        select(*counts)
        .select_from(Enrolment)
        .join(User, User.id == Enrolment.user_id)
        .outerjoin(links, links.c.user_id == User.id)
        .where(Enrolment.cohort_id == cohort.id)
    ).one()
    return {one: getattr(row, one.value) for one in Standing}


def on_board(cohorts: Sequence[Cohort]) -> list[tuple[int, int, Standing]]:
    """(enrolment id, cohort id, standing) of the people active in some cohorts, by name."""
    links = _links(*cohorts)
    rows = session.execute(
        select(Enrolment.id, Enrolment.cohort_id, User.activated_at.is_not(None), links.c.count)
        .join(User, User.id == Enrolment.user_id)
        .outerjoin(links, links.c.user_id == User.id)
        .where(Enrolment.cohort_id.in_([one.id for one in cohorts]), Enrolment.state == EnrolmentState.ACTIVE)
        .order_by(User.sort_key, Enrolment.id)
    )
    return [
        (row[0], row[1], Standing.ACTIVE if row[2] else Standing.INVITED if row[3] else Standing.NEW) for row in rows
    ]


def _links(*cohorts: Cohort) -> Any:
    """Number and time of the activation links mailed to each person of some cohorts."""
    people = select(Enrolment.user_id).where(Enrolment.cohort_id.in_([one.id for one in cohorts]))
    return (
        select(MailedLink.user_id, func.count().label("count"), func.max(MailedLink.created_at).label("last"))
        .where(MailedLink.purpose == Purpose.ACTIVATE, MailedLink.user_id.in_(people))
        .group_by(MailedLink.user_id)
        .subquery()
    )


def _stands(standing: Standing, invitations: ColumnElement[int]) -> ColumnElement[bool]:
    """``Member.standing`` as a condition."""
    activated, invited = User.activated_at.is_not(None), func.coalesce(invitations, 0) > 0
    within = {
        Standing.ACTIVE: activated,
        Standing.INVITED: and_(~activated, invited),
        Standing.NEW: and_(~activated, ~invited),
    }
    if standing in within:
        return and_(Enrolment.state == EnrolmentState.ACTIVE, within[standing])
    return Enrolment.state == EnrolmentState(standing.value)


def matching(search: str) -> list[ColumnElement[bool]]:
    """Each word must occur, in the folded name or as it stands in the address or the personnel number.

    The statement joins ``User`` and ``Enrolment``.
    """
    return [
        or_(
            User.name_search.contains(fold(word), autoescape=True),
            User.email.contains(word.casefold(), autoescape=True),
            Enrolment.personnel_number == word,
        )
        for word in search.split()
    ]


def people_by_cohort(cohorts: Select[Cohort]) -> dict[int, int]:
    """Numbers of active people in the cohorts of a query."""
    ids = cohorts.with_only_columns(Cohort.id)
    return dict(
        session.execute(
            select(Enrolment.cohort_id, func.count())
            .where(Enrolment.cohort_id.in_(ids), Enrolment.state == EnrolmentState.ACTIVE)
            .group_by(Enrolment.cohort_id)
        ).all()
    )


def sessions(cohort: Cohort) -> list[Held]:
    """The live sessions of a cohort by time, with how many people were there."""
    there = func.count().filter(Attendance.presence.in_((Presence.PRESENT, Presence.MADE_UP)))
    named = (
        select(Attendance.session_id, func.count().label("named"), there.label("there"))
        .join(LiveSession, LiveSession.id == Attendance.session_id)
        .where(LiveSession.cohort_id == cohort.id)
        .group_by(Attendance.session_id)
        .subquery()
    )
    rows = session.execute(
        select(LiveSession, func.coalesce(named.c.there, 0), func.coalesce(named.c.named, 0))
        .outerjoin(named, named.c.session_id == LiveSession.id)
        .where(LiveSession.cohort_id == cohort.id)
        .order_by(LiveSession.starts_at, LiveSession.id)
    )
    return [Held(*row) for row in rows]


def sheet(live: LiveSession) -> list[SheetRow]:
    """Everybody on the sheet of a session: the people in the cohort now, and those whom it names already."""
    rows = session.execute(
        select(Enrolment, Attendance)
        .join(User, User.id == Enrolment.user_id)
        .outerjoin(Attendance, and_(Attendance.enrolment_id == Enrolment.id, Attendance.session_id == live.id))
        .where(Enrolment.cohort_id == live.cohort_id)
        .where(or_(Enrolment.state.in_(SHEET_STATES), Attendance.id.is_not(None)))
        .options(contains_eager(Enrolment.user), joinedload(Enrolment.entity).selectinload(Entity.dated_names))
        .order_by(User.sort_key, Enrolment.id)
    )
    return [SheetRow(*row) for row in rows]


def attendance_of(enrolment: Enrolment) -> list[tuple[LiveSession, Attendance | None, str]]:
    """The sessions of a person's cohort by time, with what their sheets say of the person."""
    rows = session.execute(
        select(LiveSession, Attendance)
        .outerjoin(Attendance, and_(Attendance.session_id == LiveSession.id, Attendance.enrolment_id == enrolment.id))
        .where(LiveSession.cohort_id == enrolment.cohort_id)
        .order_by(LiveSession.starts_at, LiveSession.id)
    )
    return [(row[0], row[1], shown_presence(row[0], row[1])) for row in rows]


def entities(partner: Partner) -> list[Entity]:
    """All entities of a partner, oldest first."""
    return list(
        session.scalars(
            select(Entity)
            .where(Entity.partner_id == partner.id)
            .order_by(Entity.id)
            .options(selectinload(Entity.dated_names))
        )
    )


def imports(cohort: Cohort) -> list[tuple[RosterImport, User | None]]:
    """The last rosters that were imported into a cohort, with who did it."""
    rows = session.execute(
        select(RosterImport, User)
        .outerjoin(User, User.id == RosterImport.by_id)
        .where(RosterImport.cohort_id == cohort.id)
        .order_by(RosterImport.id.desc())
        .limit(20)
    )
    return [(row[0], row[1]) for row in rows]


def left_out(cohorts: Sequence[Cohort]) -> list[tuple[RosterImport, int]]:
    """The newest import of each cohort whose file had faulty rows, with the number of rows that stayed out."""
    newest = (
        select(func.max(RosterImport.id))
        .where(RosterImport.cohort_id.in_([one.id for one in cohorts]))
        .group_by(RosterImport.cohort_id)
    )
    rows = session.scalars(select(RosterImport).where(RosterImport.id.in_(newest)).order_by(RosterImport.id))
    counted = [(one, len({e["row"] for e in one.report["errors"] if e["code"] != "blank_row"})) for one in rows]
    return [(made, count) for made, count in counted if count]


def staff(cohort: Cohort, *, with_partner: bool) -> list[RoleGrant]:
    """The roles held on a cohort except that of its trainees, and if asked for those on its partner."""
    scope = RoleGrant.cohort_id == cohort.id
    if with_partner:
        scope = or_(scope, RoleGrant.partner_id == cohort.partner_id)
    return list(
        session.scalars(
            select(RoleGrant)
            .join(RoleGrant.user)
            .where(scope, RoleGrant.role != Role.TRAINEE)
            .options(contains_eager(RoleGrant.user))
            .order_by(RoleGrant.role, User.sort_key, RoleGrant.id)
        )
    )
