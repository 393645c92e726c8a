"""What reviews add to a mark: the seam between peer review and ``results``. Without a rule that says so, nothing."""

from collections.abc import Collection
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_, select

from diploma.cohorts.models import Cohort, CohortModule
from diploma.core import clock
from diploma.core.db import session
from diploma.coursework import dates, policies
from diploma.coursework.models import Submission, SubmissionVersion
from diploma.coursework.peers import rules
from diploma.coursework.peers.models import Entry, Review, ReviewState, Round
from diploma.coursework.peers.policy import PEERS, PeerPolicy
from diploma.coursework.rules import PeerPart


def rules_of(cohort: Cohort, module: str) -> PeerPolicy:
    return policies.of(PEERS, cohort, module)


def counts() -> ColumnElement[bool]:
    """Of a review: that it is done, stands, and can no longer be changed."""
    return and_(Review.state == ReviewState.DONE, Review.hidden_at.is_(None), Review.until_at < clock.now())


def part(version: SubmissionVersion) -> PeerPart | None:
    """What the reviews of a version add to its mark."""
    submission = version.submission
    rule = rules_of(submission.enrolment.cohort, submission.module)
    if not (rule.on and rule.weight):
        return None
    return rules.part(raws([version.id]).get(version.id, []), rule.weight, rule.least)


def raws(versions: Collection[int]) -> dict[int, list[Decimal]]:
    """Version → what its reviews give; one query."""
    rows: Any = session.execute(
        select(Entry.work_id, Review.raw)
        .join(Entry, Entry.id == Review.entry_id)
        .where(Entry.work_id.in_(versions), counts())
        .order_by(Review.id)
    )
    found: dict[int, list[Decimal]] = {}
    for work, raw in rows:
        found.setdefault(work, []).append(raw)
    return found


def unready(cohort: Cohort) -> ColumnElement[bool]:
    """Of a version joined to its submission: that reviews which count for it may still come, or change."""
    book = policies.books(PEERS, [cohort])[cohort.id]
    modules = [one.module for one in cohort.modules if (rule := book.at(one.module).values).on and rule.weight]
    if not modules:
        return false()
    held = {one.module: one for one in session.scalars(select(Round).where(Round.cohort_id == cohort.id))}
    begins = {one: begins_at(cohort, one) for one in modules if one not in held}
    early = [module for module, begin in begins.items() if begin and clock.now() <= begin]
    open_ids = [one.id for one in held.values() if one.module in modules and one.closed_at is None]
    within = select(Entry.work_id).where(Entry.round_id.in_(open_ids))
    return or_(Submission.module.in_(early), SubmissionVersion.id.in_(within))


def find(cohort_id: int, module: str) -> Round | None:
    """The round of an assignment, once its works were given out."""
    query = select(Round).where(Round.cohort_id == cohort_id, Round.module == module)
    found: Round | None = session.scalar(query)
    return found


def begins_at(cohort: Cohort, module: str) -> datetime | None:
    """When works are given out: with the last instant at which they count in full by the cohort's own date."""
    query = select(CohortModule).where(CohortModule.cohort_id == cohort.id, CohortModule.module == module)
    term: CohortModule | None = session.scalar(query)
    if term is None:
        return None
    late = dates.late(cohort, module)
    return min(late.grace_ends_at(term.due_at), late.closes_at(term.due_at, term.cut_off_at))
