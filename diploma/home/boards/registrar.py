"""The registrar's part: how many certificates of each cohort wait for which step."""

from collections import Counter
from dataclasses import dataclass

from diploma.accounts import access as scopes
from diploma.accounts.models import User
from diploma.accounts.permissions import Permission
from diploma.certificates.overview import Group
from diploma.cohorts import access
from diploma.home.boards.cohorts import Glance, Line

STEPS = (Group.ELIGIBLE, Group.NAMES, Group.APPROVAL, Group.READY, Group.ISSUED)


@dataclass(frozen=True)
class Desk:
    """Cohorts in which something waits or is issued, with the sums of their steps."""

    lines: list[Line]
    sums: Counter[Group]

    @property
    def waits(self) -> bool:
        return any(self.sums[one] for one in STEPS if one is not Group.ISSUED)


def desk(user: User, seen: Glance | None) -> Desk | None:
    """For who issues certificates; of the cohorts in ``seen`` those on which they may."""
    if seen is None or not scopes.reach(user, Permission.ISSUE_CERTIFICATE):
        return None
    mine = [one for one in seen.lines if access.may(user, one.cohort, Permission.ISSUE_CERTIFICATE)]
    sums: Counter[Group] = Counter()
    for one in mine:
        sums.update(one.certificates or {})
    return Desk([one for one in mine if one.certificates and any(one.certificates[step] for step in STEPS)], sums)
