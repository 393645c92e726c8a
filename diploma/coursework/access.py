"""Which works a person may see: the author their own, a marker those of the cohorts on which they mark.

What is out of reach does not exist: 404, as for a missing id. A marker's own work is out of reach as well,
so that nobody sees a mark of theirs before its release.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from flask import abort
from sqlalchemy import Select, case, func, or_, select
from sqlalchemy.orm import aliased, contains_eager, joinedload

from diploma.accounts.models import User
from diploma.accounts.permissions import Permission
from diploma.cohorts import access as cohorts
from diploma.cohorts import tutors
from diploma.cohorts.models import Cohort, Enrolment, EnrolmentState
from diploma.core.db import session
from diploma.core.lang import Lang
from diploma.coursework import rules, service
from diploma.coursework.attempts import scoring
from diploma.coursework.models import BankComment, DraftFile, Marking, MarkingState, Submission, SubmissionVersion
from diploma.coursework.moderation import rounds

PAGE = 100  # works on one page of the queue


# ---- the author


def submission(enrolment: Enrolment | None, module: str) -> Submission:
    """A person's own work on a module's assignment, or 404 before its first save."""
    return (enrolment and service.find(enrolment, module)) or abort(404)


def draft_file(draft: Submission, file_id: int) -> DraftFile:
    return next((one for one in draft.files if one.id == file_id), None) or abort(404)


def own_version(user: User, receipt: str) -> SubmissionVersion:
    """A version by its receipt, for its author only."""
    found: SubmissionVersion | None = session.scalar(
        select(SubmissionVersion)
        .join(Submission)
        .join(Enrolment)
        .where(SubmissionVersion.receipt == rules.read_receipt(receipt), Enrolment.user_id == user.id)
        .options(joinedload(SubmissionVersion.submission).joinedload(Submission.enrolment).joinedload(Enrolment.cohort))
    )
    return found or abort(404)


def version_file(version: SubmissionVersion, number: int) -> dict[str, Any]:
    """The n-th file of a version, counted from 1 over its parts: ``name``, ``sha256``, ``size``."""
    files: list[dict[str, Any]] = [one for part in version.files.values() for one in part]
    return files[number - 1] if 0 < number <= len(files) else abort(404)


# ---- the marker


# What the queue can be sorted by before the day on which a work came in; a minus in front turns the order round.
SORTS: dict[str, tuple[Any, ...]] = {
    "received": (),
    "name": (User.sort_key,),
    "cohort": (Cohort.slug,),
    "language": (SubmissionVersion.lang,),
}


@dataclass(frozen=True)
class Wanted:
    """What of the queue is wanted, in which order; ``None`` wants all, without a ``state`` all that waits.

    ``mine``: the works of the people whose tutor the marker is stand first, in whichever order.
    """

    cohort: str | None = None
    module: str | None = None
    lang: Lang | None = None
    state: MarkingState | None = None
    sort: str = "received"
    mine: bool = False

    @property
    def states(self) -> tuple[MarkingState, ...]:
        return (self.state,) if self.state else rules.TO_DO

    @property
    def run(self) -> tuple[MarkingState, ...]:
        """What a marker goes through one by one: marked works stay in their places until they are released."""
        return (self.state,) if self.state else rules.UNRELEASED


@dataclass(frozen=True)
class Place:
    """Where a marker is among ``of`` works, ``marked`` of them marked; ``number`` counts from 1, 0 outside of the run.

    ``before`` and ``after`` are the ids of its neighbours, ``waiting`` that of the next one without a mark.
    """

    number: int
    of: int
    marked: int
    before: int | None
    after: int | None
    waiting: int | None


@dataclass(frozen=True)
class Waiting:
    """A line of the queue; ``mine`` is the work of a person whose tutor the marker is."""

    id: int
    state: MarkingState
    counted: Decimal | None
    module: str
    number: int
    lang: Lang
    received_at: datetime
    due_at: datetime
    author: str
    cohort: str
    cohort_id: int
    zone: str
    revision_id: int
    marker_id: int | None
    marker: str | None
    mine: bool
    enrolment_id: int
    attempt: int
    resubmission: bool
    older: bool  # a newer version came after it


@dataclass(frozen=True)
class Pile:
    """Works of one cohort, module, language and state: how many, since when the oldest waits, how many are older than
    the moment asked about."""

    cohort_id: int
    module: str
    revision_id: int
    lang: Lang
    state: MarkingState
    count: int
    oldest: datetime
    older: int


def visible(user: User) -> Select[Marking]:
    """Markings of works in the cohorts on which ``user`` marks, without their own; joined down to the enrolment.

    What another marker has said is not seen while a second mark is, or may come to be, given.
    """
    mine = cohorts.visible_cohorts(user, Permission.MARK).with_only_columns(Cohort.id)
    return (
        select(Marking)
        .join(Marking.work)
        .join(SubmissionVersion.submission)
        .join(Submission.enrolment)
        .where(Enrolment.cohort_id.in_(mine), Enrolment.user_id != user.id)
        .where(~rounds.secret(user, mine))
    )


def waiting(user: User) -> Select[Marking]:
    """The visible ones that stand in a queue: what is not released of people who have left the cohort does not."""
    here = or_(Enrolment.state != EnrolmentState.WITHDRAWN, Marking.state == MarkingState.RELEASED)
    return visible(user).where(here)


def marking(user: User, marking_id: int) -> Marking:
    """One visible marking with its work, or 404."""
    loaded = contains_eager(Marking.work).contains_eager(SubmissionVersion.submission)
    enrolment = loaded.contains_eager(Submission.enrolment)
    found: Marking | None = session.scalar(
        visible(user)
        .where(Marking.id == marking_id)
        .options(
            enrolment.joinedload(Enrolment.user),
            enrolment.joinedload(Enrolment.cohort),
            loaded.selectinload(Submission.versions),
            joinedload(Marking.marker),
        )
    )
    return found or abort(404)


def markings(user: User, ids: Collection[int]) -> list[Marking]:
    """The visible ones among ``ids``; the others do not exist."""
    loaded = contains_eager(Marking.work).contains_eager(SubmissionVersion.submission)
    enrolment = loaded.contains_eager(Submission.enrolment)
    return list(
        session.scalars(
            visible(user)
            .where(Marking.id.in_(ids))
            .options(enrolment.joinedload(Enrolment.user), enrolment.joinedload(Enrolment.cohort))
        )
    )


def queue(user: User, wanted: Wanted, page: int) -> list[Waiting]:
    """One page of the queue; one query."""
    marker, work = aliased(User), SubmissionVersion
    rows: Any = session.execute(
        _ordered(user, wanted, wanted.states)
        .outerjoin(marker, Marking.marker_id == marker.id)
        .with_only_columns(
            Marking.id,
            Marking.state,
            Marking.counted,
            Submission.module,
            work.number,
            work.lang,
            work.received_at,
            work.due_at,
            User.full_name,
            Cohort.slug,
            Cohort.id,
            Cohort.time_zone,
            work.revision_id,
            Marking.marker_id,
            marker.full_name,
            Enrolment.id.in_(tutors.people_of(user)),
            Enrolment.id,
            work.attempt,
            work.resubmission,
            scoring.newer(),
        )
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    )
    return [Waiting(*row) for row in rows]


def counts(user: User) -> dict[tuple[str, str, Lang, MarkingState], int]:
    """How many visible works there are per cohort, module, language and state."""
    key = (Cohort.slug, Submission.module, SubmissionVersion.lang, Marking.state)
    query = waiting(user).join(Enrolment.cohort)
    rows: Any = session.execute(query.with_only_columns(*key, func.count()).group_by(*key))
    return {tuple(row[:-1]): row[-1] for row in rows}


def place(user: User, at: int, wanted: Wanted) -> Place:
    """Where the marking with the id ``at`` stands among the works that ``user`` goes through; one query."""
    rows: Any = session.execute(_ordered(user, wanted, wanted.run).with_only_columns(Marking.id, Marking.state)).all()
    ids = [one for one, _state in rows]
    here = ids.index(at) if at in ids else -1
    waits = [one for one, state in [*rows[here + 1 :], *rows] if state in wanted.states and one != at]
    return Place(
        here + 1,
        len(ids),
        sum(state is MarkingState.MARKED for _one, state in rows),
        ids[here - 1] if here > 0 else None,
        next(iter(ids[here + 1 :]), None),
        next(iter(waits), None),
    )


def piles(user: User, *, since: datetime) -> list[Pile]:
    """What is not released yet, as piles of works that have everything but their author in common; one query."""
    work = SubmissionVersion
    key = (Enrolment.cohort_id, Submission.module, work.revision_id, work.lang, Marking.state)
    older = func.count().filter(work.received_at < since)
    rows: Any = session.execute(
        waiting(user)
        .where(Marking.state.in_(rules.UNRELEASED))
        .with_only_columns(*key, func.count(), func.min(work.received_at), older)
        .group_by(*key)
    )
    return [Pile(*row) for row in rows]


def begun(user: User) -> list[Marking]:
    """The works that ``user`` has begun to mark, the one saved last first; five at most."""
    loaded = contains_eager(Marking.work).contains_eager(SubmissionVersion.submission)
    return list(
        session.scalars(
            waiting(user)
            .where(Marking.state == MarkingState.MARKING, Marking.marker_id == user.id)
            .options(loaded.contains_eager(Submission.enrolment).joinedload(Enrolment.user))
            .order_by(Marking.saved_at.desc(), Marking.id)
            .limit(5)
        )
    )


def _ordered(user: User, wanted: Wanted, states: Collection[MarkingState]) -> Select[Any]:
    """The visible works that are wanted, in the wanted order; of equals the one that came first."""
    query = waiting(user).join(Enrolment.user).join(Enrolment.cohort).where(Marking.state.in_(states))
    if wanted.cohort:
        query = query.where(Cohort.slug == wanted.cohort)
    if wanted.module:
        query = query.where(Submission.module == wanted.module)
    if wanted.lang:
        query = query.where(SubmissionVersion.lang == wanted.lang)
    first, turned = SORTS[wanted.sort.lstrip("-")], wanted.sort.startswith("-")
    columns = (*first, SubmissionVersion.received_at, Marking.id)
    ahead = [case((Enrolment.id.in_(tutors.people_of(user)), 0), else_=1)] if wanted.mine else []
    return query.order_by(*ahead, *(one.desc() if turned else one for one in columns))


# ---- the comment bank


def bank_comment(user: User, comment_id: int) -> BankComment:
    """A comment of one's own bank, or 404."""
    mine = select(BankComment).where(BankComment.id == comment_id, BankComment.owner_id == user.id)
    found: BankComment | None = session.scalar(mine)
    return found or abort(404)
