"""Which works a person may see: the author their own, a marker those of the cohorts on which they mark.

What is out of reach does not exist: 404, as for a missing id. A marker's own work is out of reach as well,
so that nobody sees a mark of theirs before its release.
"""

import enum
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from flask import abort
from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import aliased, contains_eager, joinedload

from diploma.accounts.models import User
from diploma.accounts.permissions import Permission
from diploma.cohorts import access as cohorts
from diploma.cohorts import tutors
from diploma.cohorts.models import Cohort, Enrolment
from diploma.core import db
from diploma.core.db import session
from diploma.core.lang import Lang
from diploma.coursework import rules, service
from diploma.coursework.allocation import anonymity
from diploma.coursework.attempts import scoring
from diploma.coursework.models import BankComment, DraftFile, Marking, MarkingState, Submission, SubmissionVersion
from diploma.coursework.moderation import rounds
from diploma.coursework.together import drafts, sight

PAGE = 100  # works on one page of the queue
_MARKER, _GIVEN = aliased(User), aliased(User)  # who marks a work, and to whom it was given


# ---- the author


def submission(enrolment: Enrolment | None, module: str) -> Submission:
    """A person's own work on a module's assignment, or that of their group; 404 before its first save."""
    return (enrolment and service.find(enrolment, module)) or abort(404)


def draft_file(draft: Submission, file_id: int) -> DraftFile:
    return next((one for one in draft.files if one.id == file_id), None) or abort(404)


def written_file(enrolment: Enrolment | None, module: str, file_id: int) -> DraftFile:
    """A file that a person may read while they write: of the draft, or of what they wrote alone before their group."""
    drafts_of = [service.find(enrolment, module), drafts.alone(enrolment, module)] if enrolment else []
    files = [file for one in drafts_of if one for file in one.desk.files]
    return next((one for one in files if one.id == file_id), None) or abort(404)


def own_version(user: User, receipt: str) -> SubmissionVersion:
    """A version by its receipt, for its author only."""
    found: SubmissionVersion | None = session.scalar(
        select(SubmissionVersion)
        .join(SubmissionVersion.submission)
        .join(Submission.enrolment)
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
# By name: see ``anonymity.Veil``.
SORTS: dict[str, tuple[Any, ...]] = {
    "received": (),
    "name": (),
    "cohort": (Cohort.slug,),
    "language": (SubmissionVersion.lang,),
}


class Whose(enum.StrEnum):
    """To whom a work was given."""

    MINE = "mine"
    NOBODY = "nobody"
    OTHERS = "others"


class Attempt(enum.StrEnum):
    """Whether a work is handed in for the first time."""

    FIRST = "first"
    AGAIN = "again"


@dataclass(frozen=True)
class Wanted:
    """What of the queue is wanted, in which order; ``None`` wants all, without a ``state`` all that waits.

    In whichever order, what was given to the marker stands first, and what was given to others last. ``mine``: before
    all, the works of the people whose tutor the marker is, as far as their names are seen.
    """

    cohort: str | None = None
    module: str | None = None
    lang: Lang | None = None
    state: MarkingState | None = None
    sort: str = "received"
    whose: Whose | None = None
    attempt: Attempt | None = None
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
    """A line of the queue; ``author`` is a receipt where the marker does not see the name. ``mine`` is the work of a
    person whose tutor the marker is; nothing says so where the name is hidden."""

    id: int
    state: MarkingState
    counted: Decimal | None
    module: str
    number: int
    lang: Lang
    received_at: datetime
    due_at: datetime
    author: str
    hidden: bool
    cohort: str
    cohort_id: int
    zone: str
    revision_id: int
    marker_id: int | None
    marker: str | None
    whose: Whose
    allocated_to: str | None
    mine: bool
    enrolment_id: int
    attempt: int
    resubmission: bool
    fellows: int  # authors besides the one who is named
    group_id: int | None
    older: bool  # a newer version came after it; not said by name of a newer one without a name


class Heap(NamedTuple):
    """What works in a queue have in common."""

    cohort: str
    module: str
    lang: Lang
    state: MarkingState
    whose: Whose
    attempt: Attempt


@dataclass(frozen=True)
class Begun:
    """A work that was begun to be marked; ``author`` as in :class:`Waiting`."""

    id: int
    author: str
    saved_at: datetime


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
    """Markings of works in the cohorts on which ``user`` marks, joined down to the enrolment; without their own, and
    those of people with whom they have declared a conflict. A group's work is there once, in the name of its lead.

    What another marker has said is not seen while a second mark is, or may come to be, given.
    """
    made: dict[int, Select[Marking]] = db.kept("visible markings")
    if user.id not in made:
        made[user.id] = _visible(user)
    return made[user.id]


def _visible(user: User) -> Select[Marking]:
    mine = cohorts.visible_cohorts(user, Permission.MARK).with_only_columns(Cohort.id)
    return (
        select(Marking)
        .join(Marking.work)
        .join(SubmissionVersion.submission)
        .join(Submission.enrolment)
        .where(Enrolment.cohort_id.in_(mine), sight.whole(), sight.untied(user))
        .where(~rounds.secret(user))
    )


def waiting(user: User) -> Select[Marking]:
    """The visible ones that stand in a queue: what is not released of people who have left the cohort does not."""
    return visible(user).where(or_(sight.here(), Marking.state == MarkingState.RELEASED))


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
    """One page of the queue; two queries."""
    marker, given, work, veil = _MARKER, _GIVEN, SubmissionVersion, anonymity.veil(user)
    rows: Any = session.execute(
        ordered(user, wanted, wanted.states, veil)
        .outerjoin(marker, Marking.marker_id == marker.id)
        .outerjoin(given, Marking.allocated_to_id == given.id)
        .with_only_columns(
            Marking.id,
            Marking.state,
            Marking.counted,
            Submission.module,
            work.number,
            work.lang,
            work.received_at,
            work.due_at,
            veil.author,
            veil.hides,
            Cohort.slug,
            Cohort.id,
            Cohort.time_zone,
            work.revision_id,
            Marking.marker_id,
            marker.full_name,
            _whose(user),
            given.full_name,
            and_(Enrolment.id.in_(tutors.people_of(user)), ~veil.hides),
            Enrolment.id,
            work.attempt,
            work.resubmission,
            sight.fellows(),
            Submission.group_id,
            and_(scoring.newer(), or_(veil.hides, ~veil.places)),
        )
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    )
    return [Waiting(*row) for row in rows]


def counts(user: User) -> dict[Heap, int]:
    """How many visible works there are that have all of this in common."""
    key = (Cohort.slug, Submission.module, SubmissionVersion.lang, Marking.state, _whose(user), _ATTEMPT)
    inner: Any = (
        waiting(user).join(Enrolment.cohort).with_only_columns(*(one.label(f"c{n}") for n, one in enumerate(key)))
    )
    sub = inner.subquery()
    rows: Any = session.execute(select(*sub.c, func.count()).group_by(*sub.c))
    return {Heap(*row[:-1]): row[-1] for row in rows}


def place(user: User, at: int, wanted: Wanted) -> Place:
    """Where the marking with the id ``at`` stands among the works that ``user`` goes through; two queries at most."""
    veil = anonymity.veil(user) if wanted.mine or wanted.sort.endswith("name") else None
    run = ordered(user, wanted, wanted.run, veil)
    rows: Any = session.execute(run.with_only_columns(Marking.id, Marking.state)).all()
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


def begun(user: User) -> list[Begun]:
    """The works that ``user`` has begun to mark, the one saved last first; five at most."""
    rows: Any = session.execute(
        waiting(user)
        .join(Enrolment.user)
        .where(Marking.state == MarkingState.MARKING, Marking.marker_id == user.id)
        .with_only_columns(Marking.id, anonymity.veil(user).author, Marking.saved_at)
        .order_by(Marking.saved_at.desc(), Marking.id)
        .limit(5)
    )
    return [Begun(*row) for row in rows]


def ordered(
    user: User, wanted: Wanted, states: Collection[MarkingState], veil: anonymity.Veil | None = None
) -> Select[Any]:
    """The visible works that are wanted, in the wanted order; of equals the one that came first."""
    query = waiting(user).join(Enrolment.user).join(Enrolment.cohort).where(Marking.state.in_(states))
    if wanted.cohort:
        query = query.where(Cohort.slug == wanted.cohort)
    if wanted.module:
        query = query.where(Submission.module == wanted.module)
    if wanted.lang:
        query = query.where(SubmissionVersion.lang == wanted.lang)
    if wanted.whose:
        query = query.where(_whose(user) == wanted.whose.value)
    if wanted.attempt:
        query = query.where(_ATTEMPT.in_([wanted.attempt.value]))
    key, turned = wanted.sort.lstrip("-"), wanted.sort.startswith("-")
    first = (veil.order,) if veil and key == "name" else SORTS[key]
    columns = (*first, SubmissionVersion.received_at, Marking.id)
    known = and_(Enrolment.id.in_(tutors.people_of(user)), ~veil.hides) if veil and wanted.mine else None
    ahead = [] if known is None else [case((known, 0), else_=1)]
    return query.order_by(*ahead, _ahead(user), *(one.desc() if turned else one for one in columns))


_ATTEMPT = case(
    (or_(SubmissionVersion.attempt > 1, SubmissionVersion.resubmission), Attempt.AGAIN.value),
    else_=Attempt.FIRST.value,
)


def _whose(user: User) -> ColumnElement[str]:
    """What was given to nobody belongs to who has begun it."""
    owner = func.coalesce(Marking.allocated_to_id, Marking.marker_id)
    return case((owner.is_(None), Whose.NOBODY.value), (owner == user.id, Whose.MINE.value), else_=Whose.OTHERS.value)


def _ahead(user: User) -> ColumnElement[int]:
    """By what was given alone: a work that is begun keeps its place."""
    return case((Marking.allocated_to_id.is_(None), 1), (Marking.allocated_to_id == user.id, 0), else_=2)


# ---- the comment bank


def bank_comment(user: User, comment_id: int) -> BankComment:
    """A comment of one's own bank, or 404."""
    mine = select(BankComment).where(BankComment.id == comment_id, BankComment.owner_id == user.id)
    found: BankComment | None = session.scalar(mine)
    return found or abort(404)
