"""How far each person of a cohort has come, from the list to the first sign-in: said once, as SQL.

The list, its filter, counts, order and workbook, and the boards of other features ask here, each with a constant number
of queries. What counts of the mails is the last one to the address that the person has today.
"""

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, case, exists, func, or_, select
from sqlalchemy.orm import aliased, contains_eager

from diploma.accounts.models import MailedLink, Purpose, User
from diploma.cohorts import tutors
from diploma.cohorts.access import ENTITY
from diploma.cohorts.models import Cohort, Enrolment, EnrolmentState, EntityName
from diploma.cohorts.queries import PAGE, matching, named
from diploma.cohorts.rules import FROZEN
from diploma.cohorts.tutor_models import Tutorship
from diploma.core import clock, listing
from diploma.core.db import session
from diploma.core.lang import Lang
from diploma.core.listing import Asked, Column, Rows

PEOPLE = ("name", "entity", "standing", "tutor", "invited", "seen")  # what a list of people is sorted by
NOBODY = 0  # in the place of a tutor's id: who has none


class Standing(enum.StrEnum):
    """Who needs the coordinator stands first; the states of the mail hold until the account is open."""

    BOUNCED = "bounced"
    NEW = "new"
    INVITED = "invited"
    OPENED = "opened"
    ACTIVE = "active"
    COMPLETED = "completed"
    DEFERRED = "deferred"
    WITHDRAWN = "withdrawn"


ABSENT = frozenset({Standing.BOUNCED, Standing.NEW, Standing.INVITED, Standing.OPENED})  # may be invited
WAITING = frozenset({Standing.INVITED, Standing.OPENED})  # may be reminded

_last: Any = aliased(MailedLink)
_tutor: Any = aliased(User)
_any: Any = aliased(MailedLink)  # a reminder does not make it unseen that an earlier link was opened
_opened = exists().where(_any.user_id == User.id, _any.address == User.email, _any.purpose == Purpose.ACTIVATE)
_opened = _opened.where(_any.opened_at.is_not(None)).correlate_except(_any)
_came_back = and_(_last.bounced_at.is_not(None), ~_opened.where(_any.opened_at >= _last.bounced_at))
_standing: ColumnElement[str] = case(
    *((Enrolment.state == one, one.value) for one in EnrolmentState if one is not EnrolmentState.ACTIVE),
    (User.activated_at.is_not(None), Standing.ACTIVE.value),
    (_came_back, Standing.BOUNCED.value),
    (_opened, Standing.OPENED.value),
    (_last.id.is_not(None), Standing.INVITED.value),
    else_=Standing.NEW.value,
)


@dataclass(frozen=True)
class Member:
    """A person on the list of a cohort, with the ``last`` mail, the number of all of them and of the reminders, and the
    tutor of today."""

    enrolment: Enrolment
    standing: Standing
    last: MailedLink | None
    invitations: int
    reminders: int
    tutor: User | None = None

    @property
    def user(self) -> User:
        return self.enrolment.user

    @property
    def invited_at(self) -> datetime | None:
        return self.last.created_at if self.last else None

    @property
    def next_reminder(self) -> datetime | None:
        """When the next reminder goes, as things stand; the job asks again at its time."""
        cohort, last = self.enrolment.cohort, self.last
        waits = self.standing in WAITING and cohort.reminders and cohort.state not in FROZEN
        return last.remind_at if last and waits and last.cohort_id == cohort.id else None


def members(
    cohort: Cohort, asked: Asked, lang: Lang, *, standing: Standing | None = None, tutor: int | None = None
) -> Rows[Member]:
    """People of a cohort; the search finds a name in any script, an address or a personnel number.

    ``lang`` is that in which entities are named, and sorted; ``tutor`` a user id, or ``NOBODY``.
    """
    query = _listed(Enrolment.cohort_id == cohort.id).where(*_filter(asked.search, standing), *_with_tutor(tutor))
    total = int(session.scalar(query.with_only_columns(func.count())) or 0)
    page = min(asked.page, listing.last_page(total, PAGE))
    return Rows(_rows(_ordered(query, asked, lang).limit(PAGE).offset((page - 1) * PAGE)), total, page, PAGE)


def everybody(
    cohort: Cohort, asked: Asked, lang: Lang, *, standing: Standing | None = None, tutor: int | None = None
) -> list[Member]:
    """The people of all pages of ``members``, for a workbook."""
    query = _listed(Enrolment.cohort_id == cohort.id).where(*_filter(asked.search, standing), *_with_tutor(tutor))
    return _rows(_ordered(query, asked, lang))


def found(cohort: Cohort, search: str, *, standing: Standing | None = None) -> list[int]:
    """The enrolment ids of all pages of ``members``."""
    query = _people(Enrolment.cohort_id == cohort.id).where(*_filter(search, standing))
    return list(session.scalars(query.with_only_columns(Enrolment.id, maintain_column_froms=True)))


def member_of(enrolment: Enrolment) -> Member:
    """The standing of one person beside their enrolment."""
    return _rows(_listed(Enrolment.id == enrolment.id))[0]


def standings(cohort: Cohort) -> dict[Standing, int]:
    """How many people of a cohort stand where."""
    counts: dict[str, int] = dict(session.execute(_COUNTS, {"cohort": cohort.id}).all())
    return {one: counts.get(one.value, 0) for one in Standing}


def on_board(cohorts: Sequence[Cohort]) -> list[tuple[int, int, Standing]]:
    """(enrolment id, cohort id, standing) of the people active in some cohorts, by name."""
    query = _people(Enrolment.cohort_id.in_([one.id for one in cohorts]))
    rows = session.execute(
        query.with_only_columns(Enrolment.id, Enrolment.cohort_id, _standing, maintain_column_froms=True)
        .where(Enrolment.state == EnrolmentState.ACTIVE)
        .order_by(User.sort_key, Enrolment.id)
    )
    return [(row[0], row[1], Standing(row[2])) for row in rows]


def mails(enrolment: Enrolment) -> list[MailedLink]:
    """The invitations and reminders of a person, the newest first; not what another cohort sent."""
    own = or_(MailedLink.cohort_id == enrolment.cohort_id, MailedLink.cohort_id.is_(None))
    of_person = (MailedLink.user_id == enrolment.user_id, MailedLink.purpose == Purpose.ACTIVATE)
    return list(session.scalars(select(MailedLink).where(*of_person, own).order_by(MailedLink.id.desc())))


def _filter(search: str, standing: Standing | None) -> list[ColumnElement[bool]]:
    return [*matching(search), *([_standing == standing.value] if standing else [])]


def _with_tutor(tutor: int | None) -> list[ColumnElement[bool]]:
    if tutor is None:
        return []
    return [_tutor.id.is_(None) if tutor == NOBODY else _tutor.id == tutor]


def _listed(scope: ColumnElement[bool]) -> Select[Any]:
    """As ``_people``, with the tutor of today."""
    return (
        _people(scope)
        .outerjoin(Tutorship, and_(Tutorship.enrolment_id == Enrolment.id, tutors.holds()))
        .outerjoin(_tutor, _tutor.id == Tutorship.tutor_id)
        .add_columns(_tutor)
    )


def _people(scope: ColumnElement[bool]) -> Select[Any]:
    """(enrolment, standing, last mail, number of mails, of reminders) of the enrolments in ``scope``."""
    mails = (
        select(
            MailedLink.user_id,
            func.max(MailedLink.id).label("last"),
            func.count().label("count"),
            func.count().filter(MailedLink.reminder > 0).label("reminders"),
        )
        .join(User, and_(User.id == MailedLink.user_id, User.email == MailedLink.address))
        .where(MailedLink.purpose == Purpose.ACTIVATE, User.id.in_(select(Enrolment.user_id).where(scope)))
        .group_by(MailedLink.user_id)
        .subquery()
    )
    return (
        select(Enrolment, _standing, _last, func.coalesce(mails.c.count, 0), func.coalesce(mails.c.reminders, 0))
        .select_from(Enrolment)
        .join(User, User.id == Enrolment.user_id)
        .outerjoin(mails, mails.c.user_id == User.id)
        .outerjoin(_last, _last.id == mails.c.last)
        .where(scope)
    )


# Built once, which costs more than to run it.
_here = (
    _people(Enrolment.cohort_id == bindparam("cohort"))
    .with_only_columns(_standing.label("standing"), maintain_column_froms=True)
    .subquery()
)
_COUNTS = select(_here.c.standing, func.count()).group_by(_here.c.standing)


def _ordered(query: Select[Any], asked: Asked, lang: Lang) -> Select[Any]:
    columns: dict[str, Column] = {
        "name": User.sort_key,
        "entity": _entity_name(lang),
        "standing": case({one.value: number for number, one in enumerate(Standing)}, value=_standing),
        "tutor": _tutor.sort_key,
        "invited": _last.created_at,
        "seen": User.last_seen_at,
    }
    return listing.ordered(query, columns, asked.sort, User.sort_key, Enrolment.id)


def _rows(query: Select[Any]) -> list[Member]:
    rows = session.execute(query.options(contains_eager(Enrolment.user), *ENTITY))
    return [Member(row[0], Standing(row[1]), *row[2:]) for row in rows]


def _entity_name(lang: Lang) -> ColumnElement[Any]:
    """The name of a person's entity today."""
    return (
        select(named(EntityName.names, lang, EntityName.name_search))
        .where(EntityName.entity_id == Enrolment.entity_id, EntityName.valid_from <= clock.now().date())
        .order_by(EntityName.valid_from.desc())
        .limit(1)
        .scalar_subquery()
    )
