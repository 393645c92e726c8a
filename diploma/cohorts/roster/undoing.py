"""Takes an import back within a day: what it made and changed, except for those who have done something since.

Each person is taken back whole or stays whole. Who activated, was written to, has work or other ties, or was changed
again stays, and is named with the reason. Whatever points at an enrolment or a person in the database counts as a tie,
whichever feature wrote it: no list of tables is kept here.
"""

import enum
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select, update

from diploma.accounts.access import reach
from diploma.accounts.models import MailedLink, PersonName, RoleGrant, User
from diploma.accounts.permissions import Permission
from diploma.cohorts import tutors
from diploma.cohorts.granting import allowed_roles
from diploma.cohorts.groups.models import GroupMember
from diploma.cohorts.life.models import EnrolmentEvent, EventKind
from diploma.cohorts.models import (
    Attendance,
    Cohort,
    Enrolment,
    EnrolmentState,
    Entity,
    EntityName,
    LiveSession,
    RosterImport,
)
from diploma.cohorts.roster import importing
from diploma.cohorts.roster.writing import Before, name_columns
from diploma.cohorts.rules import FROZEN
from diploma.core import audit, clock
from diploma.core.db import session
from diploma.core.errors import N_, Refused
from diploma.core.lang import Lang
from diploma.core.orm import Base

_NO_SYNC = {"synchronize_session": False}


class Stays(enum.StrEnum):
    """Why a person stays as the import left them."""

    SIGNED_IN = "signed_in"
    MAILED = "mailed"
    WORK = "work"
    TIES = "ties"
    CHANGED = "changed"
    CLOSED = "closed"


@dataclass
class Undo:
    """What taking an import back would do: ``people`` are taken back, ``stay`` are those who are not."""

    before: Before
    people: set[int] = field(default_factory=set)
    stay: dict[int, Stays] = field(default_factory=dict)
    enrolments: dict[int, Enrolment] = field(default_factory=dict)
    grants: dict[int, RoleGrant] = field(default_factory=dict)
    users: dict[int, User] = field(default_factory=dict)

    def goes(self, user_id: int) -> bool:
        return user_id in self.people


def possible(made: RosterImport) -> bool:
    """Whether an import can still be taken back."""
    in_time = made.applied_at is not None and clock.now() < made.applied_at + importing.UNDO_TIME
    return made.undone_at is None and bool(made.before) and in_time


def plan(made: RosterImport, cohort: Cohort, *, lock: bool = False) -> Undo:
    """Who would be taken back and who stays, in a constant number of queries."""
    undo = Undo(Before(**(made.before or {})))
    before = undo.before
    ids = {*before.enrolled, *map(int, before.enrolments), *(moved for moved, _ in before.moved)}
    undo.enrolments = _by_id(Enrolment, ids, lock=lock)
    undo.grants = _by_id(RoleGrant, before.granted, lock=lock)
    affected = {*before.created, *map(int, before.accounts)}
    affected |= {one.user_id for one in undo.enrolments.values()} | {one.user_id for one in undo.grants.values()}
    undo.users = _by_id(User, affected, lock=lock)
    _judge(undo, made, cohort)
    undo.people = set(undo.users) - set(undo.stay)
    return undo


def undo(made: RosterImport, cohort: Cohort, expected: int, *, by: User) -> Undo:
    """Take an import back in the present transaction; ``expected`` is the number of people that ``by`` has seen."""
    importing.lock(cohort)
    session.refresh(made, with_for_update=True)
    if made.undone_at is not None:
        raise Refused(N_("This import was taken back already."))
    if not possible(made):
        raise Refused(N_("An import can be taken back for 24 hours only."))
    found = plan(made, cohort, lock=True)
    _must_have_the_right(found, cohort, by)
    if expected != len(found.people):
        raise Refused(N_("Things have changed since you looked. Check once more."))
    _restore(found, cohort)
    gone = _delete(found)
    made.undone_at, made.undone_by_id, made.before = clock.now(), by.id, None
    stay = [[user_id, why.value] for user_id, why in sorted(found.stay.items())]
    made.report = {**made.report, "undone": {"people": len(found.people), "stay": stay, **gone}}
    audit.record(
        "roster.undone", f"cohort:{cohort.id}", by=by, roster_import=made.id, people=sorted(found.people), stay=stay
    )
    return found


# ---- who stays


def _judge(found: Undo, made: RosterImport, cohort: Cohort) -> None:
    """Note each person who has done something since, with the first reason that holds."""
    before, created = found.before, set(found.before.created)
    for user_id, user in found.users.items():
        if user_id in created and (user.activated_at or user.last_seen_at):
            found.stay[user_id] = Stays.SIGNED_IN
    mailed = select(MailedLink.user_id).where(
        MailedLink.user_id.in_(found.users), MailedLink.created_at >= made.applied_at
    )
    _note(found, session.scalars(mailed), Stays.MAILED)
    aside = ("enrolment_events.enrolment_id", "tutorships.enrolment_id")  # said of them, not done by them
    worked = _ties("enrolments", before.enrolled, aside) | set(_attended(found, cohort))
    _note(found, (found.enrolments[one].user_id for one in worked if one in found.enrolments), Stays.WORK)
    _note(found, _tied(before), Stays.TIES)
    _note(found, _changed(found, made, cohort), Stays.CHANGED)
    _note(found, _cannot_return(found), Stays.CLOSED)


def _note(found: Undo, people: Iterable[int], why: Stays) -> None:
    for user_id in people:
        if user_id in found.users:
            found.stay.setdefault(user_id, why)


def _ties(table: str, ids: Collection[int], aside: Collection[str]) -> set[int]:
    """Those of ``ids`` at which a row of any other table points; ``aside`` are columns that do not count."""
    tied: set[int] = set()
    keys = [key for one in Base.metadata.sorted_tables for key in one.foreign_keys if key.column.primary_key]
    columns = [key.parent for key in keys if key.column.table.name == table and str(key.parent) not in aside]
    for column in columns if ids else ():
        tied |= set(session.scalars(select(column).where(column.in_(ids)).distinct()))
    return tied


def _tied(before: Before) -> set[int]:
    """The new people with ties that the import did not make."""
    own = ("enrolments.user_id", "role_grants.user_id", "person_names.user_id")
    tied = _ties("users", before.created, own)
    made: tuple[tuple[Any, list[int]], ...] = ((Enrolment, before.enrolled), (RoleGrant, before.granted))
    for table, mine in made:
        others = select(table.user_id).where(table.user_id.in_(before.created), table.id.not_in(mine))
        tied |= set(session.scalars(others))
    return tied


def _attended(found: Undo, cohort: Cohort) -> Iterable[int]:
    """Enrolments that moved here and stand on a sheet here."""
    moved = [enrolment_id for enrolment_id, _ in found.before.moved]
    here = select(LiveSession.id).where(LiveSession.cohort_id == cohort.id)
    rows = select(Attendance.enrolment_id).where(Attendance.enrolment_id.in_(moved), Attendance.session_id.in_(here))
    return session.scalars(rows)


def _changed(found: Undo, made: RosterImport, cohort: Cohort) -> Iterable[int]:
    """People whose values, state or cohort are no longer as the import left them."""
    before = found.before
    for user_id, fields in before.accounts.items():
        if (user := found.users.get(int(user_id))) and _differs(user, fields):
            yield user.id
    for number, fields in before.enrolments.items():
        if (one := found.enrolments.get(int(number))) and _differs(one, fields):
            yield one.user_id
    for enrolment_id in (*before.enrolled, *(moved for moved, _ in before.moved)):
        one = found.enrolments.get(enrolment_id)
        if one and (one.cohort_id != cohort.id or one.state is not EnrolmentState.ACTIVE):
            yield one.user_id
    stepped = session.scalars(
        select(EnrolmentEvent.enrolment_id).where(EnrolmentEvent.enrolment_id.in_(before.enrolled))
    )
    yield from (found.enrolments[one].user_id for one in stepped if one in found.enrolments)
    yield from (one.user_id for one in found.grants.values() if one.ends_on is not None)
    later = select(RosterImport).where(
        RosterImport.id > made.id, RosterImport.undone_at.is_(None), RosterImport.applied_at >= made.applied_at
    )
    for other in session.scalars(later):
        touched = Before(**(other.before or {}))
        yield from map(int, touched.accounts)
        again = {*map(int, touched.enrolments), *(moved for moved, _ in touched.moved)}
        yield from (one.user_id for one in found.enrolments.values() if one.id in again)


def _differs(row: Any, fields: Mapping[str, list[Any]]) -> bool:
    return any(getattr(row, name) != now for name, (_was, now) in fields.items())


def _cannot_return(found: Undo) -> Iterable[int]:
    """People whose former cohort has ended, or has them again."""
    moved = dict(found.before.moved)
    former = _by_id(Cohort, set(moved.values()))
    people = [found.enrolments[one].user_id for one in moved if one in found.enrolments]
    there = select(Enrolment.user_id, Enrolment.cohort_id).where(
        Enrolment.user_id.in_(people), Enrolment.cohort_id.in_(former)
    )
    again = {(row.user_id, row.cohort_id) for row in session.execute(there)} if people else set()
    for enrolment_id, cohort_id in moved.items():
        one = found.enrolments.get(enrolment_id)
        if one and (former[cohort_id].state in FROZEN or (one.user_id, cohort_id) in again):
            yield one.user_id


# ---- taking back


def _must_have_the_right(found: Undo, cohort: Cohort, by: User) -> None:
    """Who takes back must be able to give what is taken, and to import where people return to."""
    if {one.role for one in found.grants.values()} - allowed_roles(cohort, by):
        raise Refused(N_("This import gave roles that you cannot give. Ask the person who imported the list."))
    held = reach(by, Permission.IMPORT_ROSTER)
    wide = held.everywhere or cohort.partner_id in held.partners
    if not wide and {cohort_id for _, cohort_id in found.before.moved} - set(held.cohorts):
        raise Refused(
            N_("This import moved people out of cohorts that you do not see. Ask the person who imported it.")
        )


def _restore(found: Undo, cohort: Cohort) -> None:
    """Values, cohorts and roles as they were."""
    before = found.before
    others: dict[int, list[str]] = defaultdict(list)
    changed = [one for one in map(int, before.accounts) if found.goes(one)]
    names = select(PersonName.user_id, PersonName.full_name).where(PersonName.user_id.in_(changed))
    for user_id, name in session.execute(names.order_by(PersonName.id)):
        others[user_id].append(name)
    for user_id in changed:
        was = {name: old for name, (old, _now) in before.accounts[str(user_id)].items()}
        language = Lang(was["language"])
        columns = name_columns(was["full_name"], language, *others[user_id])
        _set(found.users[user_id], {"language": language, **columns})
    for number, fields in before.enrolments.items():
        one = found.enrolments.get(int(number))
        if one and found.goes(one.user_id):
            _set(one, {name: old for name, (old, _now) in fields.items()})
    back = {one: cohort_id for one, cohort_id in before.moved
            if one in found.enrolments and found.goes(found.enrolments[one].user_id)}  # fmt: skip
    _remove(GroupMember.enrolment_id, list(back))
    tutors.take_back_move(list(back), cohort)
    for enrolment_id, cohort_id in back.items():
        one, earlier = found.enrolments[enrolment_id], before.moved_at.get(str(enrolment_id))
        one.cohort_id, one.moved_at = cohort_id, datetime.fromisoformat(earlier) if earlier else None
    _forget_moves(list(back), cohort)
    session.flush()
    ended = update(RoleGrant).where(RoleGrant.id.in_(before.ended), RoleGrant.user_id.in_(found.people))
    session.execute(ended.values(ends_on=None), execution_options=_NO_SYNC)


def _forget_moves(enrolments: list[int], cohort: Cohort) -> None:
    """Take the steps that the import wrote out of people's histories: the last one into this cohort of each."""
    steps = (
        select(func.max(EnrolmentEvent.id))
        .where(EnrolmentEvent.enrolment_id.in_(enrolments), EnrolmentEvent.kind == EventKind.MOVED)
        .where(EnrolmentEvent.to_cohort_id == cohort.id)
        .group_by(EnrolmentEvent.enrolment_id)
    )
    _remove(EnrolmentEvent.id, list(session.scalars(steps)))


def _delete(found: Undo) -> dict[str, int]:
    """Remove what the import made; what counts of each kind."""
    before = found.before
    grants = [one.id for one in found.grants.values() if found.goes(one.user_id)]
    enrolments = [one for one in before.enrolled if one in found.enrolments
                  and found.goes(found.enrolments[one].user_id)]  # fmt: skip
    people = [one for one in before.created if found.goes(one)]
    for row in (*found.enrolments.values(), *found.grants.values(), *found.users.values()):
        session.expunge(row)
    _remove(RoleGrant.id, grants)
    tutors.forget(enrolments)
    _remove(Enrolment.id, enrolments)
    _remove(PersonName.user_id, people)
    _remove(User.id, people)
    tied = _ties("entities", before.entities, aside=("entity_names.entity_id",))
    entities = sorted(set(before.entities) - tied)
    _remove(EntityName.entity_id, entities)
    _remove(Entity.id, entities)
    return {"created": len(people), "enrolled": len(enrolments), "entities": len(entities)}


def _remove(column: Any, ids: Collection[int]) -> None:
    if ids:
        session.execute(delete(column.class_).where(column.in_(ids)), execution_options=_NO_SYNC)


def _set(row: Any, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        setattr(row, name, value)


def _by_id(table: Any, ids: Collection[int], *, lock: bool = False) -> dict[int, Any]:
    if not ids:
        return {}
    query = select(table).where(table.id.in_(ids)).order_by(table.id)
    query = query.with_for_update() if lock else query
    return {one.id: one for one in session.scalars(query.execution_options(populate_existing=lock))}
