"""The line manager's part: the own entities, how many of their people take part and how many are behind."""

from diploma.accounts.models import User
from diploma.accounts.permissions import Permission, Role
from diploma.admissions import nominations
from diploma.cohorts.entities import access as entity_access
from diploma.core import clock
from diploma.home.entities import Overview, overview


def open_calls(user: User) -> int:
    """How many calls take nominations from this person now."""
    partners = [one.partner.id for one in entity_access.scopes(user, Permission.NOMINATE)]
    return len(nominations.open_calls(partners)) if partners else 0


def own(user: User) -> list[Overview] | None:
    """For who holds the role; coordinators see the same on the pages of entities and have another first question."""
    grants = user.current_grants(clock.now())
    if not any(one.role is Role.LINE_MANAGER for one in grants):
        return None
    return [overview(one) for one in entity_access.scopes(user)] or None
