"""What the database knows of the people a roster names: the accounts that an import may touch, and no others.

An account that is not the partner's own (``ties.Own``) is told apart from a free address by nothing but the
refusal. A person whose roles reach single cohorts only sees just the people of those cohorts. Nobody imports
themselves.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from sqlalchemy import and_, select

from diploma.accounts.access import reach
from diploma.accounts.models import PersonName, RoleGrant, User
from diploma.accounts.permissions import Permission, Role
from diploma.accounts.service import folded_email
from diploma.cohorts.models import Cohort, Enrolment, EnrolmentState, Entity, EntityName, Partner
from diploma.cohorts.roster.judging import Known, Membership, Person
from diploma.cohorts.roster.sheet import Sheet
from diploma.cohorts.roster.vocabulary import language_of, role_of
from diploma.cohorts.rules import FROZEN
from diploma.cohorts.ties import Own
from diploma.core import clock
from diploma.core.db import session
from diploma.core.errors import Refused
from diploma.core.lang import Lang
from diploma.core.text import fold


@dataclass
class Account:
    """A person of the partner as stored, with the enrolment in this cohort, else the last one that is known.

    ``moves``: the enrolment is under way in another cohort for the same award, so the person comes with it.
    """

    user_id: int
    full_name: str
    language: Lang
    activated: bool
    enrolment_id: int | None = None
    cohort_id: int | None = None
    moves: bool = False
    entity_id: int | None = None
    position: str = ""
    phone: str = ""
    personnel_number: str = ""
    roles: set[Role] = field(default_factory=set)
    other_names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Register:
    """``accounts`` by address; ``entities``: ids by folded name; ``known`` is the same for ``judging.check``."""

    accounts: Mapping[str, Account]
    entities: Mapping[str, int]
    known: Known


def register(cohort: Cohort, sheet: Sheet, by: User | None) -> Register:
    """Everything that a check against ``cohort`` needs, in a constant number of queries."""
    own = Own(cohort.partner_id, reach(by, Permission.IMPORT_ROSTER) if by else None, but=by)
    accounts = dict(_accounts(cohort, own))
    entities, names, merged = _entities(cohort.partner_id)
    rows = {_address(cells.get("email", "")): cells for _, cells in sheet.rows}
    taken = set(session.scalars(select(User.email).where(User.email.in_([*rows])))) - set(accounts)
    people = {
        email: _person(one, rows.get(email, {}), cohort, entities, names, merged) for email, one in accounts.items()
    }
    language = cohort.languages[0] if cohort.languages else Lang.EN
    return Register(accounts, entities, Known(people, entities, taken.__contains__, language))


def _accounts(cohort: Cohort, own: Own) -> Iterator[tuple[str, Account]]:
    """The own people by address, with their enrolment here or the one that would move, and their roles here."""
    enrolments = _enrolments(cohort, own)
    roles: dict[int, set[Role]] = {}
    today = clock.today(cohort.time_zone)
    for user_id, role, ends_on in session.execute(
        select(RoleGrant.user_id, RoleGrant.role, RoleGrant.ends_on).where(RoleGrant.cohort_id == cohort.id)
    ):
        if _lasts(ends_on, today):
            roles.setdefault(user_id, set()).add(role)
    names: dict[int, list[str]] = {}
    own_people = own.people(User.id).subquery()
    in_other_scripts = select(PersonName.user_id, PersonName.full_name).join(
        own_people, own_people.c.id == PersonName.user_id
    )
    for user_id, name in session.execute(in_other_scripts.order_by(PersonName.id)):
        names.setdefault(user_id, []).append(name)
    for row in session.execute(own.people(User.id, User.email, User.full_name, User.language, User.activated_at)):
        one = Account(row.id, row.full_name, row.language, row.activated_at is not None)
        more: dict[str, Any] = {"roles": roles.get(row.id, set()), "other_names": tuple(names.get(row.id, ()))}
        yield row.email, replace(one, **more, **enrolments.get(row.id, {}))


def _lasts(ends_on: date | None, today: date) -> bool:
    return ends_on is None or today <= ends_on


def _enrolments(cohort: Cohort, own: Own) -> dict[int, dict[str, Any]]:
    """By person: the enrolment in this cohort in whatever state, else one that moves here, else the newest.

    An enrolment moves while it is active in a cohort for the same award that has not ended: what was completed or
    withdrawn stays where it is.
    """
    here = Enrolment.cohort_id == cohort.id
    moves = and_(
        ~here, Cohort.award == cohort.award, Cohort.state.not_in(FROZEN), Enrolment.state == EnrolmentState.ACTIVE
    )
    rows = session.execute(
        select(
            Enrolment.user_id,
            Enrolment.id.label("enrolment_id"),
            Enrolment.cohort_id,
            moves.label("moves"),
            Enrolment.entity_id,
            Enrolment.position,
            Enrolment.phone,
            Enrolment.personnel_number,
        )
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .where(Enrolment.cohort_id.in_(own.cohorts))
        .order_by(here, moves, Enrolment.id)
    )  # the last one counts
    found = {row.pop("user_id"): row for row in map(dict, rows.mappings())}
    return found


def _entities(partner_id: int) -> tuple[dict[str, int], dict[int, str], dict[int, int]]:
    """Ids of the partner's entities by each folded name they have or had, one name of each, what merged ones became.

    The name of a merged entity leads to what it is part of today.
    """
    merged = _merged(partner_id)
    ids: dict[str, int] = {}
    names: dict[int, str] = {}
    rows = session.execute(
        select(EntityName.entity_id, EntityName.names, EntityName.name_search)
        .join(Entity, Entity.id == EntityName.entity_id)
        .where(Entity.partner_id == partner_id)
        .order_by(EntityName.valid_from)
    )
    for entity_id, dated, search in rows:
        ids |= dict.fromkeys(search.split("|"), merged.get(entity_id, entity_id))
        names[entity_id] = next(iter(dated.values()))
    return ids, names, merged


def _merged(partner_id: int) -> dict[int, int]:
    """What each merged entity is part of today, however often it was merged."""
    today = clock.today(session.get_one(Partner, partner_id).time_zone)
    rows = session.execute(
        select(Entity.id, Entity.merged_into_id).where(
            Entity.partner_id == partner_id, Entity.merged_into_id.is_not(None), Entity.closed_on <= today
        )
    )
    into = {row[0]: row[1] for row in rows if row[1]}

    def last(one: int) -> int:
        return last(into[one]) if one in into else one

    return {one: last(one) for one in into}


def _address(cell: str) -> str:
    try:
        return folded_email(cell)
    except Refused:
        return ""


def _person(
    one: Account,
    cells: Mapping[str, str],
    cohort: Cohort,
    entities: Mapping[str, int],
    names: Mapping[int, str],
    merged: Mapping[int, int],
) -> Person:
    """The account as ``judging.check`` compares it with its row.

    What an import leaves alone is taken from the row, so that it makes no difference: the language that a person
    has chosen since, another name of the same entity, and for staff all that only an enrolment can hold.
    """
    enrolled = one.cohort_id == cohort.id
    present = _present_role(one, enrolled=enrolled)
    asked = role_of(cells.get("role", "")) or present
    entity, language = cells.get("entity", ""), language_of(cells.get("language", ""))
    if asked is not Role.TRAINEE and not enrolled:
        kept = {name: cells.get(name, "") for name in ("entity", "position", "phone", "personnel_number")}
    else:
        home = merged.get(one.entity_id, one.entity_id) if one.entity_id else None
        same = home is not None and entities.get(fold(entity)) == home
        kept = {
            "entity": entity if same else names.get(one.entity_id or 0, ""),
            "position": one.position,
            "phone": one.phone,
            "personnel_number": one.personnel_number,
        }
    return Person(
        full_name=one.full_name,
        language=language if one.activated and language else one.language,
        role=asked if asked in one.roles else present,
        membership=_membership(one, asked, enrolled=enrolled),
        other_names=one.other_names,
        **kept,
    )


def _present_role(one: Account, *, enrolled: bool) -> Role:
    staff = sorted(one.roles - {Role.TRAINEE})
    return staff[0] if staff and not enrolled else Role.TRAINEE


def _membership(one: Account, asked: Role, *, enrolled: bool) -> Membership:
    """A staff role neither needs an enrolment nor moves one."""
    if enrolled or (asked is not Role.TRAINEE and asked in one.roles):
        return Membership.HERE
    return Membership.ELSEWHERE if asked is Role.TRAINEE and one.moves else Membership.NOWHERE
