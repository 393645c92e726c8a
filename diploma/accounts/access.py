"""How far a person's permission reaches: the base of every ``visible`` query."""

from dataclasses import dataclass
from typing import Any

from diploma.accounts.models import User
from diploma.accounts.permissions import GRANTS, Permission
from diploma.core import clock
from diploma.core.lang import LANGS, Lang


@dataclass(frozen=True)
class Reach:
    """The scopes on which a person holds a permission; ids of partners, entities and cohorts."""

    everywhere: bool
    partners: frozenset[int]
    entities: frozenset[int]
    cohorts: frozenset[int]

    def __bool__(self) -> bool:
        return self.everywhere or bool(self.partners or self.entities or self.cohorts)


def reach(user: Any, permission: Permission) -> Reach:
    """Scopes on which ``user`` holds ``permission`` today; an anonymous visitor reaches nothing."""
    if not isinstance(user, User):
        return Reach(False, frozenset(), frozenset(), frozenset())
    grants = [one for one in user.current_grants(clock.now()) if permission in GRANTS[one.role]]
    return Reach(
        any(one.programme_wide for one in grants),
        frozenset(one.partner_id for one in grants if one.partner_id),
        frozenset(one.entity_id for one in grants if one.entity_id),
        frozenset(one.cohort_id for one in grants if one.cohort_id),
    )


def translates(user: Any) -> frozenset[Lang]:
    """The languages into which ``user`` may translate today, by any of their grants."""
    return _languages(user, "translates")


def approves(user: Any) -> frozenset[Lang]:
    """The languages in which ``user`` is a named reader today: whose reviews and approvals count."""
    return _languages(user, "approves")


def _languages(user: Any, right: str) -> frozenset[Lang]:
    grants = user.current_grants(clock.now()) if isinstance(user, User) else ()
    return frozenset(lang for lang in LANGS if any(lang in getattr(one, right) for one in grants))
