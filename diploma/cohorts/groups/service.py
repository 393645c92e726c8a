"""Groups of a cohort: made by hand or by entity or language; a person is in one at most."""

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, func, select
from sqlalchemy.orm import joinedload

from diploma.accounts.models import User
from diploma.cohorts.access import ENTITY
from diploma.cohorts.groups.models import CohortGroup, GroupMember, OwnDates
from diploma.cohorts.models import Cohort, Enrolment, EnrolmentState
from diploma.cohorts.rules import FROZEN
from diploma.core import audit, clock, outbox
from diploma.core.db import session
from diploma.core.errors import N_, Refused
from diploma.core.lang import Lang

CHANGED = "group-changed"  # the event: ``cohort_id`` and ``enrolments`` whose group, and so whose dates, may be others
HERE = (EnrolmentState.ACTIVE, EnrolmentState.DEFERRED, EnrolmentState.COMPLETED)


@dataclass(frozen=True)
class Person:
    """Somebody of the cohort with the id of their group, ``None`` without one."""

    enrolment: Enrolment
    group_id: int | None


def of(cohort: Cohort) -> list[tuple[CohortGroup, int]]:
    """The groups of a cohort by name, with the number of people who are in the cohort."""
    count = func.count(Enrolment.id)
    rows = session.execute(
        select(CohortGroup, count)
        .outerjoin(GroupMember, GroupMember.group_id == CohortGroup.id)
        .outerjoin(Enrolment, (Enrolment.id == GroupMember.enrolment_id) & Enrolment.state.in_(HERE))
        .where(CohortGroup.cohort_id == cohort.id, CohortGroup.dissolved_at.is_(None))
        .group_by(CohortGroup.id)
        .order_by(CohortGroup.name, CohortGroup.id)
    )
    return [(group, int(people)) for group, people in rows]


def people(cohort: Cohort) -> list[Person]:
    """Everybody who is in the cohort, by name; a constant number of queries."""
    rows = session.execute(
        select(Enrolment, GroupMember.group_id)
        .join(Enrolment.user)
        .outerjoin(GroupMember, GroupMember.enrolment_id == Enrolment.id)
        .where(Enrolment.cohort_id == cohort.id, Enrolment.state.in_(HERE))
        .options(joinedload(Enrolment.user), *ENTITY)
        .order_by(User.sort_key, Enrolment.id)
    )
    return [Person(enrolment, group) for enrolment, group in rows]


def group_of(enrolment: Enrolment) -> CohortGroup | None:
    """The group in which a person is now."""
    mine = select(CohortGroup).join(GroupMember, GroupMember.group_id == CohortGroup.id)
    found: CohortGroup | None = session.scalar(mine.where(GroupMember.enrolment_id == enrolment.id))
    return found


def make(cohort: Cohort, name: str, *, by: User | None = None) -> CohortGroup:
    """A new group without people; :class:`Refused` when the name is taken."""
    _lock(cohort)
    name = name.strip()
    if not name:
        raise Refused(N_("Give the group a name."))
    if _named(cohort, name):
        raise Refused(N_("This cohort has a group “%(name)s” already."), name=name)
    made = CohortGroup(cohort=cohort, name=name, made_at=clock.now())
    session.add(made)
    session.flush()
    audit.record("group.made", f"group:{made.id}", by=by, cohort=cohort.slug, name=name)
    return made


def rename(group: CohortGroup, name: str, *, by: User | None = None) -> None:
    _lock(group.cohort)
    _standing(group)
    name, before = name.strip(), group.name
    if not name:
        raise Refused(N_("Give the group a name."))
    held = _named(group.cohort, name)
    if held and held.id != group.id:
        raise Refused(N_("This cohort has a group “%(name)s” already."), name=name)
    group.name = name
    session.flush()
    audit.record("group.renamed", f"group:{group.id}", by=by, before=before, after=name)


def put(group: CohortGroup, enrolments: Collection[int], *, by: User | None = None) -> int:
    """Put people of the group's cohort into it, out of the group in which they were; how many came.

    Ids of people who are not in the cohort are passed over: they do not exist here.
    """
    _lock(group.cohort)
    _standing(group)
    here = set(_ids(group.cohort, enrolments)) - set(_members(group))
    return _place(group, sorted(here), by)


def take_out(cohort: Cohort, enrolments: Collection[int], *, by: User | None = None) -> int:
    """Let people be in no group; how many left one."""
    _lock(cohort)
    ids = _ids(cohort, enrolments)
    left = _leave(ids)
    if left:
        audit.record("group.left", f"cohort:{cohort.id}", by=by, enrolments=left)
        _tell(cohort, left)
    return len(left)


def dissolve(group: CohortGroup, reason: str, *, by: User | None = None) -> None:
    """End a group. While it has dates of its own it stays: ending them is a decision with a reason of its own."""
    _lock(group.cohort)
    _standing(group)
    if not reason.strip():
        raise Refused(N_("Give the reason."))
    live = select(OwnDates.id).where(OwnDates.group_id == group.id, OwnDates.ended_at.is_(None))
    if session.scalar(live.limit(1)) is not None:
        raise Refused(N_("This group has dates of its own. End them first."))
    left = _leave(_members(group))
    group.dissolved_at = clock.now()
    audit.record("group.dissolved", f"group:{group.id}", by=by, why=reason.strip(), enrolments=left)


def by_entity(lang: Lang) -> Callable[[Enrolment], str]:
    """Names groups after the entities of today, in a language."""
    return lambda one: one.entity.current.name(lang) if one.entity else ""


def by_language(one: Enrolment) -> str:
    return one.user.language.native_name


def split(cohort: Cohort, named: Callable[[Enrolment], str], *, by: User | None = None) -> int:
    """Put everybody who is in no group into one by what ``named`` says of them; how many were put."""
    _lock(cohort)
    wanted: dict[str, list[int]] = defaultdict(list)
    for one in people(cohort):
        name = named(one.enrolment)
        if one.group_id is None and name:
            wanted[name].append(one.enrolment.id)
    return sum(_place(_named(cohort, name) or make(cohort, name, by=by), ids, by) for name, ids in wanted.items())


def _place(group: CohortGroup, ids: Sequence[int], by: User | None) -> int:
    if not ids:
        return 0
    _leave(ids)
    session.add_all(GroupMember(group_id=group.id, enrolment_id=one, cohort_id=group.cohort_id) for one in ids)
    session.flush()
    audit.record("group.joined", f"group:{group.id}", by=by, enrolments=list(ids))
    _tell(group.cohort, ids)
    return len(ids)


def _leave(ids: Collection[int]) -> list[int]:
    gone = delete(GroupMember).where(GroupMember.enrolment_id.in_(ids)).returning(GroupMember.enrolment_id)
    return sorted(session.scalars(gone, execution_options={"synchronize_session": False})) if ids else []


def _tell(cohort: Cohort, enrolments: Collection[int]) -> None:
    """Marks stand layers above: where a group has dates, they follow."""
    dated = select(OwnDates.id).where(OwnDates.cohort_id == cohort.id, OwnDates.group_id.is_not(None))
    if session.scalar(dated.where(OwnDates.ended_at.is_(None)).limit(1)) is not None:
        key = f"{CHANGED}:{cohort.id}:{min(enrolments)}:{clock.now().isoformat()}"
        outbox.enqueue(CHANGED, key, {"cohort_id": cohort.id, "enrolments": sorted(enrolments)})


def _members(group: CohortGroup) -> list[int]:
    return list(session.scalars(select(GroupMember.enrolment_id).where(GroupMember.group_id == group.id)))


def _ids(cohort: Cohort, enrolments: Collection[int]) -> list[int]:
    here = select(Enrolment.id).where(Enrolment.cohort_id == cohort.id, Enrolment.state.in_(HERE))
    return list(session.scalars(here.where(Enrolment.id.in_(enrolments)).order_by(Enrolment.id)))


def _named(cohort: Cohort, name: str) -> CohortGroup | None:
    found: CohortGroup | None = session.scalar(
        select(CohortGroup).where(
            CohortGroup.cohort_id == cohort.id, CohortGroup.name == name, CohortGroup.dissolved_at.is_(None)
        )
    )
    return found


def _standing(group: CohortGroup) -> None:
    session.refresh(group, ["dissolved_at"])
    if group.dissolved_at is not None:
        raise Refused(N_("This group was dissolved."))


def _lock(cohort: Cohort) -> None:
    """One change of the groups of a cohort after the other."""
    session.execute(select(Cohort.id).where(Cohort.id == cohort.id).with_for_update())
    if cohort.state in FROZEN:
        raise Refused(N_("The cohort is closed; its list of people stays as it is."))
