"""Which roles a person may give in a partner or a cohort, by hand or in a list."""

from collections.abc import Callable

from diploma.accounts.models import RoleGrant, User
from diploma.accounts.permissions import GRANTABLE, Role
from diploma.cohorts.models import Cohort
from diploma.core import clock


def allowed_roles(cohort: Cohort, by: User | None) -> frozenset[Role]:
    """Roles that a file may give in a cohort.

    A person's own roles decide, those that reach the cohort. A file that the operator reads in is still the
    partner's: it gives what a coordinator may give. What is only delegated is given by hand, one by one, and so is
    the role of a line manager, who has it on an entity.
    """
    if by is None:
        return GRANTABLE[Role.COORDINATOR] - {Role.LINE_MANAGER}
    reaching = _reaching(cohort.partner_id, cohort.id)
    return by.grantable_at(clock.now(), reaching) - {Role.LINE_MANAGER} | {Role.TRAINEE}


def grantable(user: User, partner_id: int, cohort_id: int | None = None) -> frozenset[Role]:
    """Roles that ``user`` may give on a partner, or on one of its cohorts, through roles that reach there."""
    reaching = _reaching(partner_id, cohort_id)
    return user.grantable_at(clock.now(), reaching, cohort=cohort_id is not None)


def offered(user: User, partner_id: int) -> frozenset[Role]:
    """Roles that ``user`` may give somewhere in a partner through roles that reach all of it."""
    return user.grantable_at(clock.now(), _reaching(partner_id, None), cohort=True)


def _reaching(partner_id: int, cohort_id: int | None) -> Callable[[RoleGrant], bool]:
    """Whether a role reaches a partner, or one of its cohorts."""
    return lambda one: bool(
        one.programme_wide or one.partner_id == partner_id or (cohort_id and one.cohort_id == cohort_id)
    )
