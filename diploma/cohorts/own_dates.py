"""The dates that hold for people, read from the database: one query for one person as for a whole cohort."""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Select, and_, bindparam, func, select

from diploma.cohorts.effective import Dates, Layer, Source, effective
from diploma.cohorts.groups.models import CohortGroup, GroupMember, OwnDates
from diploma.cohorts.models import Cohort, Enrolment
from diploma.core import db
from diploma.core.db import session

Layers = Mapping[tuple[int, str], list[Layer]]  # by enrolment id (of groups by theirs) and module


def _live() -> Select[Any]:
    """What was given and not ended, once for each person whom it concerns in their present cohort."""
    person = func.coalesce(OwnDates.enrolment_id, GroupMember.enrolment_id)
    query: Any = (
        select(
            Enrolment.id,
            OwnDates.module,
            OwnDates.kind,
            OwnDates.at,
            OwnDates.reason,
            OwnDates.opens_at,
            OwnDates.due_at,
            OwnDates.cut_off_at,
            CohortGroup.name,
        )
        .select_from(OwnDates)
        .outerjoin(GroupMember, GroupMember.group_id == OwnDates.group_id)
        .outerjoin(CohortGroup, CohortGroup.id == OwnDates.group_id)
        .join(Enrolment, and_(Enrolment.id == person, Enrolment.cohort_id == OwnDates.cohort_id))
        .where(OwnDates.ended_at.is_(None))
    )
    live: Select[Any] = query
    return live


# Most pages ask one of them: built once, which costs more than to run it.
_OF_PERSON = _live().where(OwnDates.cohort_id == bindparam("cohort"), Enrolment.id == bindparam("enrolment"))
_OF_PEOPLE = _live().where(Enrolment.id.in_(bindparam("people", expanding=True)))
_IN_COHORTS = _live().where(OwnDates.cohort_id.in_(bindparam("cohorts", expanding=True)))


def of_person(enrolment: Enrolment) -> dict[str, Dates]:
    """The dates of every module of their cohort, as they hold for one person."""
    known: dict[int, Layers] = db.kept("own dates")  # the door of a module asks, and then its assignment
    if enrolment.id not in known:
        known[enrolment.id] = _read(_OF_PERSON, {"cohort": enrolment.cohort_id, "enrolment": enrolment.id})
    found = known[enrolment.id]
    return {one.module: at(found, enrolment.id, one) for one in enrolment.cohort.modules}


def of_user(cohort: Cohort, user_id: int) -> dict[str, Dates]:
    """The same of somebody of whom only the account is known; the cohort's dates for who is not in it."""
    found = _read(_live().where(OwnDates.cohort_id == cohort.id, Enrolment.user_id == user_id))
    person = next((enrolment for enrolment, _module in found), 0)
    return {one.module: at(found, person, one) for one in cohort.modules}


def of_group(group: CohortGroup) -> dict[str, Dates]:
    """The dates of every module of a cohort as they hold for a group, whatever a person in it was given."""
    found = of_groups([group.id])
    return {one.module: at(found, group.id, one) for one in group.cohort.modules}


def of_groups(groups: Collection[int]) -> Layers:
    """What groups have instead of the dates of their cohorts; by the id of the group and the module."""
    query: Any = (
        select(
            OwnDates.group_id,
            OwnDates.module,
            OwnDates.kind,
            OwnDates.at,
            OwnDates.reason,
            OwnDates.opens_at,
            OwnDates.due_at,
            OwnDates.cut_off_at,
            CohortGroup.name,
        )
        .join(CohortGroup, CohortGroup.id == OwnDates.group_id)
        .where(OwnDates.group_id.in_(groups), OwnDates.ended_at.is_(None))
    )
    return _read(query)


def in_cohorts(cohorts: Collection[int]) -> Layers:
    """What the people of some cohorts have instead of the dates of these."""
    return _read(_IN_COHORTS, {"cohorts": list(cohorts)})


def of_people(enrolments: Collection[int]) -> Layers:
    """What some people have instead of the dates of their cohorts."""
    return _read(_OF_PEOPLE, {"people": list(enrolments)})


def at(layers: Layers, enrolment_id: int, term: Any) -> Dates:
    """The dates of one module (``CohortModule``) for one person."""
    return effective(term, layers.get((enrolment_id, term.module), ()))


def _read(query: Select[Any], values: dict[str, Any] | None = None) -> Layers:
    found: dict[tuple[int, str], list[Layer]] = {}
    for whose, module, kind, at_, reason, opens_at, due_at, cut_off_at, group in session.execute(query, values):
        layer = Layer(Source(kind.value), at_, reason, opens_at, due_at, cut_off_at, group or "")
        found.setdefault((whose, module), []).append(layer)
    return found
