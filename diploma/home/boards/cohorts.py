"""The parts of those who look after cohorts: all of them at a glance, who is behind in them, which lists have gaps."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from itertools import groupby

from sqlalchemy.orm import contains_eager, selectinload

from diploma.accounts import access as scopes
from diploma.accounts.models import User
from diploma.accounts.permissions import Permission
from diploma.certificates import overview
from diploma.certificates.overview import Group
from diploma.cohorts import access, queries
from diploma.cohorts.models import Cohort, CohortState, Partner, RosterImport
from diploma.cohorts.names import name_requests
from diploma.cohorts.standings import Standing
from diploma.core import clock
from diploma.core.db import session
from diploma.coursework import results
from diploma.coursework.extensions import access as extensions
from diploma.coursework.peers import access as peers
from diploma.coursework.results import Spread
from diploma.gradebook import pace
from diploma.gradebook.pace import Pace, Person

_WORST = 6


@dataclass(frozen=True)
class Line:
    """A cohort at a glance: the pace of its people, released marks, certificates, the next deadline.

    ``certificates`` is ``None`` for who may not see them.
    """

    cohort: Cohort
    pace: Pace
    marks: Spread | None
    certificates: Counter[Group] | None
    next_due: datetime | None

    @property
    def people(self) -> int:
        return self.pace.people

    @property
    def active(self) -> int:
        return self.pace.standings[Standing.ACTIVE]

    @property
    def never(self) -> int:
        """People who have not signed in yet, invited or not."""
        return self.people - self.active


@dataclass(frozen=True)
class Glance:
    """The cohorts of a person, by partner; the sums are those of the lines."""

    lines: list[Line]

    @property
    def partners(self) -> list[tuple[Partner, list[Line]]]:
        return [(partner, list(lines)) for partner, lines in groupby(self.lines, key=lambda one: one.cohort.partner)]

    @property
    def progress(self) -> int | None:
        """The mean over all people and open modules, not over cohorts."""
        return pace.mean([one.pace for one in self.lines])

    @property
    def mean(self) -> Decimal | None:
        """The mean of all released marks."""
        spreads = [one.marks for one in self.lines if one.marks]
        count = sum(one.count for one in spreads)
        return sum((one.total for one in spreads), Decimal(0)) / count if count else None

    def sum(self, name: str) -> int:
        """The sum of ``people`` or ``active``."""
        return sum(getattr(one, name) for one in self.lines)

    @property
    def behind(self) -> int:
        return sum(len(one.pace.behind) for one in self.lines)

    def certificates(self, group: Group) -> int:
        return sum(one.certificates[group] for one in self.lines if one.certificates)


@dataclass(frozen=True)
class Care:
    """What a coordinator looks after: the worst of ``behind`` people by name, cohorts with people who are behind, those
    with people who never signed in, imports whose faulty rows stayed out with their number, how many people ask for
    a correction of their name, requests for more time by cohort, and reported reviews by cohort and module."""

    worst: list[Person]
    behind: int
    slow: list[Line]
    never: list[Line]
    left_out: list[tuple[RosterImport, int, Cohort]]
    names: int = 0
    asked: list[tuple[Cohort, int]] = field(default_factory=list)
    reported: list[tuple[Cohort, str, int]] = field(default_factory=list)


def glance(user: User) -> Glance | None:
    """The cohorts that a person may see, save the archived ones; ``None`` when there are none."""
    if not scopes.reach(user, Permission.SEE_COHORT):
        return None
    rows = list(
        session.scalars(
            access.visible_cohorts(user, Permission.SEE_COHORT)
            .join(Cohort.partner)
            .where(Cohort.state != CohortState.ARCHIVED)
            .order_by(Partner.slug, Cohort.starts_on.desc(), Cohort.slug)
            .options(contains_eager(Cohort.partner), selectinload(Cohort.modules))
        )
    )
    held = {one.id for one in rows if access.may(user, one, Permission.SEE_CERTIFICATES)}
    paces, marks, now = pace.paces(rows), results.spread(rows), clock.now()
    certificates = overview.counts([one for one in rows if one.id in held])
    lines = [Line(one, paces[one.id], marks.get(one.id), certificates.get(one.id), _next_due(one, now)) for one in rows]
    return Glance(lines) if lines else None


def care(user: User, seen: Glance | None) -> Care | None:
    """For whom may enrol people; of the cohorts in ``seen`` those that they look after."""
    if seen is None or not scopes.reach(user, Permission.IMPORT_ROSTER):
        return None
    lines = [one for one in seen.lines if access.may(user, one.cohort, Permission.IMPORT_ROSTER)]
    behind = sorted((b for one in lines for b in one.pace.behind), key=lambda one: one.weight, reverse=True)
    by_id = {one.cohort.id: one.cohort for one in lines}
    left_out = [(made, count, by_id[made.cohort_id]) for made, count in queries.left_out(list(by_id.values()))]
    slow, never = [one for one in lines if one.pace.behind], [one for one in lines if one.never]
    names, asked = name_requests.count(user), extensions.open_requests(user)
    return Care(pace.people(behind[:_WORST]), len(behind), slow, never, left_out, names, asked, peers.reports(user))


def _next_due(cohort: Cohort, now: datetime) -> datetime | None:
    return min((one.due_at for one in cohort.modules if one.due_at > now), default=None)
