"""The rules of a cohort's assignments: those of its edition, unless the cohort says otherwise for all or for one.

An :class:`Area` is a group of rules that are decided together. Its record has a value for every field, so whoever asks
``of`` gets a whole rule and never a gap. What is said for one assignment stands before what is said for the cohort.
"""

import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from sqlalchemy import select

from diploma.accounts.models import User
from diploma.accounts.permissions import Permission
from diploma.cohorts import access
from diploma.cohorts.models import Cohort
from diploma.cohorts.rules import FROZEN
from diploma.core import audit, db
from diploma.core.chain import canonical
from diploma.core.db import session
from diploma.core.errors import N_, Refused, Stale
from diploma.coursework.models import AssignmentPolicy
from diploma.learning import catalogue
from diploma.learning.record import Record
from diploma.learning.structure import Programme

R = TypeVar("R", bound=Record)
ALL = ""  # in the place of a module: all assignments of the cohort
ByModule = dict[str, AssignmentPolicy]
ByArea = dict[str, ByModule]


@dataclass(frozen=True)
class Effect:
    """What a change of rules does to one person in one module: ``message`` is a gettext source with ``params``, which
    are texts, marks, numbers and instants. ``person`` is empty where many share it."""

    person: str
    module: str
    message: str
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Area(Generic[R]):
    """A group of rules; ``default`` says what a programme has in it."""

    id: str
    record: type[R]
    default: Callable[[Programme], R]


@dataclass(frozen=True)
class Reach(Generic[R]):
    """What a change in an area touches: ``effects`` names it before anything is saved, ``apply`` brings what is stored
    and not released into line afterwards, ``refusal`` says why a change cannot be made at all. All take the cohort and
    the module, which may be :data:`ALL`."""

    area: Area[R]
    effects: Callable[[Cohort, str, R], Sequence[Effect]]
    apply: Callable[[Cohort, str, User], None]
    refusal: Callable[[Cohort, str, R], Refused | None] = lambda _cohort, _module, _values: None


@dataclass(frozen=True)
class Held(Generic[R]):
    """The rules of one assignment (or of :data:`ALL`): ``own`` when they were decided for just this place, ``version``
    of what is stored there, 0 when nothing is."""

    values: R
    own: bool
    version: int


@dataclass(frozen=True)
class Book(Generic[R]):
    """What a cohort says in one area: ``rows`` by module, over the rules of its programme."""

    area: Area[R]
    programme: R
    rows: Mapping[str, AssignmentPolicy]

    def at(self, module: str) -> Held[R]:
        """The rules of one assignment, or of :data:`ALL`."""
        own = self.rows.get(module)
        row = own or self.rows.get(ALL)
        values = self.area.record.from_dict({**self.programme.to_dict(), **row.values}) if row else self.programme
        return Held(values, own is not None, own.version if own else 0)

    def above(self, module: str) -> R:
        """What holds where nothing is said for this place itself."""
        return self.programme if module == ALL else self.at(ALL).values


def of(area: Area[R], cohort: Cohort, module: str) -> R:
    """The rules of an area for one assignment of a cohort."""
    return books(area, [cohort])[cohort.id].at(module).values


def books(area: Area[R], cohorts: Collection[Cohort]) -> dict[int, Book[R]]:
    """What each of the cohorts says in an area, by its id; one query for all areas."""
    said = _said({one.id for one in cohorts})
    return {
        one.id: Book(area, area.default(catalogue.content(one.revision_id).programme), said[one.id].get(area.id, {}))
        for one in cohorts
    }


def _said(cohorts: Collection[int]) -> dict[int, ByArea]:
    """What cohorts say, by their ids and by area: a page asks for one area after the other."""
    known: dict[int, ByArea] = db.kept("policies")
    if not known.keys() >= set(cohorts):
        known.update((one, {}) for one in cohorts)
        for row in session.scalars(select(AssignmentPolicy).where(AssignmentPolicy.cohort_id.in_(cohorts))):
            known[row.cohort_id].setdefault(row.area, {})[row.module] = row
    return known


def across(area: Area[R], user: User, permission: Permission) -> dict[int, ByModule]:
    """What is said in an area, by cohort and module, of all cohorts on which a person holds a permission; one query
    for all areas."""
    known: dict[Any, list[AssignmentPolicy]] = db.kept("policies across")
    if (user.id, permission) not in known:
        cohorts = access.visible_cohorts(user, permission).with_only_columns(Cohort.id)
        query = select(AssignmentPolicy).where(AssignmentPolicy.cohort_id.in_(cohorts))
        known[user.id, permission] = list(session.scalars(query))
    found: dict[int, ByModule] = {}
    for row in known[user.id, permission]:
        if row.area == area.id:
            found.setdefault(row.cohort_id, {})[row.module] = row
    return found


def reached(area: Area[R], cohort: Cohort, module: str) -> list[str]:
    """The assignments that a decision for ``module`` reaches: for all of them those without rules of their own."""
    if module != ALL:
        return [module]
    book = books(area, [cohort])[cohort.id]
    return [one.module for one in cohort.modules if not book.at(one.module).own]


def seen(effects: Sequence[Effect]) -> str:
    """A fingerprint of what a preview has shown."""
    told = [
        [one.person, one.module, one.message, {key: str(value) for key, value in one.params.items()}] for one in effects
    ]
    return hashlib.sha256(canonical({"effects": told}).encode()).hexdigest()


def change(
    reach: Reach[R], cohort: Cohort, module: str, values: R | None, *, reason: str, version: int, shown: str, by: User
) -> None:
    """Decide the rules of one place, or with ``None`` go back to what stands above it.

    ``version`` is that of the rules which the form showed and ``shown`` the fingerprint of the effects: :class:`Stale`
    when somebody else decided meanwhile, or the change would now touch other people than those who were named.
    """
    area = reach.area
    session.execute(select(Cohort.id).where(Cohort.id == cohort.id).with_for_update())
    if cohort.state in FROZEN:
        raise Refused(N_("The cohort is closed; its marks are frozen."))
    book = books(area, [cohort])[cohort.id]
    row, before, after = book.rows.get(module), book.at(module).values, values or book.above(module)
    if version != (row.version if row else 0):
        raise Stale(N_("Somebody else changed these rules meanwhile."))
    if refused := reach.refusal(cohort, module, after):
        raise refused
    if shown != seen(reach.effects(cohort, module, after)):
        raise Stale(N_("Meanwhile the change concerns other people. Look at it again."))
    if values is None:
        if row:
            session.delete(row)
    elif row:
        row.values = values.to_dict()
    else:
        session.add(AssignmentPolicy(cohort_id=cohort.id, module=module, area=area.id, values=values.to_dict()))
    session.flush()
    audit.record(
        "assignment.rules_changed",
        f"cohort:{cohort.id}",
        by=by,
        area=area.id,
        module=module or None,
        before=before.to_dict(),
        after=after.to_dict(),
        why=reason,
    )
    reach.apply(cohort, module, by)
