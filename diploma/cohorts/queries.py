"""What the pages of a cohort show, each with a constant number of queries whatever the number of people."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, cast, func, or_, select
from sqlalchemy.orm import contains_eager

from diploma.accounts.models import RoleGrant, User
from diploma.accounts.permissions import Role
from diploma.cohorts import attending
from diploma.cohorts.access import ENTITY
from diploma.cohorts.models import (
    Attendance,
    Cohort,
    CohortState,
    Enrolment,
    EnrolmentState,
    LiveSession,
    Partner,
    Presence,
    RosterImport,
)
from diploma.cohorts.rules import shown_presence
from diploma.core import listing
from diploma.core.db import session
from diploma.core.lang import Lang
from diploma.core.listing import Asked, Column, Rows
from diploma.core.orm import BINARY
from diploma.core.text import fold

PAGE = 60
COHORTS = ("name", "partner", "state", "starts", "people")
SHEET_STATES = (EnrolmentState.ACTIVE, EnrolmentState.COMPLETED)


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


def cohorts(
    visible: Select[Cohort], asked: Asked, lang: Lang, *, state: CohortState | None = None
) -> Rows[tuple[Cohort, int]]:
    """Cohorts of a query, each with the number of their active people; partners are named and sorted in ``lang``."""
    people = (
        select(func.count())
        .where(Enrolment.cohort_id == Cohort.id, Enrolment.state == EnrolmentState.ACTIVE)
        .scalar_subquery()
    )
    query = visible.join(Cohort.partner).where(*([Cohort.state == state] if state else []))
    total = int(session.scalar(query.with_only_columns(func.count(), maintain_column_froms=True)) or 0)
    page = min(asked.page, listing.last_page(total, PAGE))
    columns: dict[str, Column] = {
        "name": named(Cohort.names, lang, Cohort.slug),
        "partner": named(Partner.names, lang, Partner.slug),
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
    return Rows([(row[0], row[1]) for row in rows], total, page, PAGE)


def cohort_states(visible: Select[Cohort]) -> dict[CohortState, int]:
    """How many cohorts of a query are in which state, in the order of their life."""
    rows = session.execute(visible.with_only_columns(Cohort.state, func.count()).group_by(Cohort.state))
    counts: dict[CohortState, int] = dict(rows.all())
    return {one: counts[one] for one in CohortState if one in counts}


def named(names: Any, lang: Lang, otherwise: Any) -> ColumnElement[Any]:
    """The name that a page in ``lang`` shows, in the order of its letters and not of the database's own language."""
    shown = func.coalesce(names[lang.value].as_string(), names[Lang.EN.value].as_string(), otherwise)
    return cast(func.lower(shown), BINARY)


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
        .options(contains_eager(Enrolment.user), *ENTITY)
        .order_by(User.sort_key, Enrolment.id)
    )
    return [SheetRow(*row) for row in rows]


def attendance_of(enrolment: Enrolment) -> list[tuple[LiveSession, Attendance | None, str]]:
    """The sessions that concern a person by time, with what their sheets say of the person."""
    rows = session.execute(attending.of_person(enrolment))
    return [(row[0], row[1], shown_presence(row[0], row[1])) for row in rows]


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
    """The newest import of each cohort that was not taken back, if faulty rows stayed out, with their number."""
    newest = (
        select(func.max(RosterImport.id))
        .where(RosterImport.cohort_id.in_([one.id for one in cohorts]), RosterImport.undone_at.is_(None))
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
