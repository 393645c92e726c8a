"""Several people back in a cohort at once: who left it or was put off, and who is to come to it from another.

Each is judged by the rule of their own step; who cannot return is named with the reason, and the others go on.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from diploma.accounts.models import User
from diploma.cohorts.life import enrolments
from diploma.cohorts.life.away import away
from diploma.cohorts.models import Cohort, Enrolment
from diploma.core.db import session
from diploma.core.errors import Refused


@dataclass(frozen=True)
class Return:
    """A person who was chosen; ``moves``: they come from another cohort, ``refused``: why they cannot."""

    enrolment: Enrolment
    moves: bool
    refused: Refused | None


def plan(cohort: Cohort, ids: Collection[int], reach: Select[Cohort]) -> list[Return]:
    """What would become of the chosen enrolments, by name; a constant number of queries.

    Ids of people who are neither on the list of the cohort nor to return to it from one within ``reach`` do not exist.
    """
    expected = [one.enrolment_id for one in away(cohort, reach).returning]
    chosen = session.scalars(
        select(Enrolment)
        .join(Enrolment.user)
        .where(Enrolment.id.in_(ids), or_(Enrolment.cohort_id == cohort.id, Enrolment.id.in_(expected)))
        .options(contains_eager(Enrolment.user), joinedload(Enrolment.cohort))
        .order_by(User.sort_key, Enrolment.id)
    ).all()
    listed = enrolments.on_list(cohort, [one.user_id for one in chosen if one.cohort_id != cohort.id])
    return [Return(one, one.cohort_id != cohort.id, _why_not(one, cohort, listed)) for one in chosen]


def take_back(returns: Sequence[Return], to: Cohort, reason: str, *, by: User | None = None) -> list[Refused]:
    """Take back everybody who can return; what was refused, of the others and of who changed meanwhile."""
    refused = []
    for one in returns:
        try:
            if one.refused:
                raise one.refused
            with session.begin_nested():
                _step(one, to, reason, by)
        except Refused as why:
            refused.append(why)
    return refused


def _step(one: Return, to: Cohort, reason: str, by: User | None) -> None:
    if one.moves:
        enrolments.move(one.enrolment, to, reason, by=by)
    else:
        enrolments.take_back(one.enrolment, reason, by=by)


def _why_not(enrolment: Enrolment, to: Cohort, listed: Collection[int]) -> Refused | None:
    try:
        if enrolment.cohort_id == to.id:
            enrolments.check_back(enrolment)
        else:
            enrolments.check_target(enrolment, to, listed)
    except Refused as refused:
        return refused
    return None
