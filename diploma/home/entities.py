"""The people of entities as a line manager sees them: who takes part, how far, which hours, who is behind.

Never marks, answers, results of quizzes, feedback, certificates or telephone numbers: none of them is read here.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import Select, func, select
from sqlalchemy.orm import contains_eager, selectinload

from diploma.accounts.models import User
from diploma.cohorts import curriculum
from diploma.cohorts.curriculum import Progress
from diploma.cohorts.entities.access import Scope
from diploma.cohorts.models import Cohort, CohortState, Enrolment, EnrolmentState, Entity, LiveSession
from diploma.cohorts.standings import Standing, on_board
from diploma.core import clock, listing
from diploma.core.db import session
from diploma.core.lang import Lang
from diploma.core.listing import Asked, Rows
from diploma.core.text import fold
from diploma.coursework.models import Submission, SubmissionState
from diploma.gradebook import pace
from diploma.gradebook import queries as gradebook
from diploma.gradebook.pace import Behind

PAGE = 60
Hours = tuple[Decimal, Decimal]


@dataclass(frozen=True)
class Step:
    """A module of a person's cohort that has dates: whole per cent of its sections read, and what is done."""

    code: str
    title: str
    progress: Progress
    handed_in: bool


@dataclass(frozen=True)
class Next:
    """The next date of a cohort: a live session, or the deadline of an assignment."""

    at: datetime
    live: bool


@dataclass(frozen=True)
class Person:
    """An enrolment as a line manager sees it; ``hours`` are live hours credited, and delivered of which they are."""

    enrolment: Enrolment
    entity: Entity
    standing: Standing
    steps: list[Step]
    hours: Hours
    next: Next | None
    behind: Behind | None


@dataclass(frozen=True)
class Count:
    """How many enrolments an entity and what stands below it have, and how many of these are behind."""

    people: int
    behind: int


@dataclass(frozen=True)
class Overview:
    """A scope with the count of each entity that is seen, and who is behind by enrolment."""

    scope: Scope
    counts: Mapping[int, Count]
    behind: Mapping[int, Behind]


def overview(scope: Scope) -> Overview:
    """The counts of all entities of a scope: of each as many as its list has rows."""
    rows = session.execute(_enrolled(scope.seen).with_only_columns(Enrolment.id, Enrolment.entity_id)).all()
    late = _behind(scope.seen)
    everybody = Counter(row.entity_id for row in rows)
    slow = Counter(row.entity_id for row in rows if row.id in late)
    within = {one: scope.tree.below(one) for one in scope.seen}
    counts = {one: Count(sum(everybody[e] for e in all_), sum(slow[e] for e in all_)) for one, all_ in within.items()}
    return Overview(scope, counts, late)


def people(
    seen: Overview, entity_id: int, asked: Asked, lang: Lang, *, only_behind: bool = False, whole: bool = False
) -> Rows[Person]:
    """The people of an entity and below, by name: a page, or the ``whole``. The search finds a name in any script."""
    query = _enrolled(seen.scope.tree.below(entity_id)).join(Enrolment.user)
    for word in asked.search.split():
        query = query.where(User.name_search.contains(fold(word), autoescape=True))
    if only_behind:
        query = query.where(Enrolment.id.in_(seen.behind))
    total = int(session.scalar(query.with_only_columns(func.count(), maintain_column_froms=True)) or 0)
    page = min(asked.page, listing.last_page(total, PAGE))
    query = query.order_by(User.sort_key, Enrolment.id)
    if not whole:
        query = query.limit(PAGE).offset((page - 1) * PAGE)
    loaded = (contains_eager(Enrolment.user), contains_eager(Enrolment.cohort).selectinload(Cohort.modules))
    found = session.scalars(query.options(*loaded)).all()
    return Rows(_persons(seen, found, lang), total, page, PAGE)


def _enrolled(entities: Collection[int]) -> Select[Enrolment]:
    """Who is or was in a cohort that is under way or closed; people who were withdrawn are shown as such."""
    return (
        select(Enrolment)
        .join(Enrolment.cohort)
        .where(Enrolment.entity_id.in_(entities), Cohort.state.not_in((CohortState.DRAFT, CohortState.ARCHIVED)))
    )


def _behind(entities: Collection[int]) -> dict[int, Behind]:
    query = select(Cohort).where(Cohort.id.in_(_enrolled(entities).with_only_columns(Enrolment.cohort_id)))
    cohorts = session.scalars(query.options(selectinload(Cohort.modules))).all()
    return {one.enrolment_id: one for found in pace.paces(cohorts).values() for one in found.behind}


def _persons(seen: Overview, found: Sequence[Enrolment], lang: Lang) -> list[Person]:
    cohorts = {one.cohort_id: one.cohort for one in found}
    board = {key: standing for key, _cohort, standing in on_board(list(cohorts.values()))} if cohorts else {}
    steps, hours, ahead = _steps(found, lang), gradebook.hours(found), _ahead(list(cohorts.values()))
    tree = seen.scope.tree
    return [
        Person(
            one,
            tree.entities[tree.successor(one.entity_id or 0)],
            board.get(one.id) or Standing(one.state.value),
            steps[one.id],
            hours[one.id],
            ahead.get(one.cohort_id) if one.state is EnrolmentState.ACTIVE else None,
            seen.behind.get(one.id),
        )
        for one in found
    ]


def _steps(found: Sequence[Enrolment], lang: Lang) -> dict[int, list[Step]]:
    """By enrolment, in the order of the programme; the queries grow with the editions, not with the people."""
    query = select(Submission.enrolment_id, Submission.module).where(Submission.state != SubmissionState.DRAFT)
    rows = session.execute(query.where(Submission.enrolment_id.in_([one.id for one in found])))
    sent = {(row[0], row[1]) for row in rows}
    content, steps = curriculum.current(), {}
    for revision in {one.cohort.revision_id for one in found}:
        people = [one for one in found if one.cohort.revision_id == revision]
        progress = content.progress(revision, [one.id for one in people])
        modules = content.modules(revision, lang)
        for one in people:
            dated = {module.module for module in one.cohort.modules}
            steps[one.id] = [
                Step(
                    module.code,
                    module.title.words,
                    progress.get((one.id, module.id), Progress()),
                    (one.id, module.id) in sent,
                )
                for module in modules
                if module.id in dated
            ]
    return steps


def _ahead(cohorts: Sequence[Cohort]) -> dict[int, Next]:
    """The next date of each cohort, by its id."""
    now = clock.now()
    rows = session.execute(
        select(LiveSession.cohort_id, func.min(LiveSession.starts_at))
        .where(LiveSession.cohort_id.in_([one.id for one in cohorts]), LiveSession.starts_at > now)
        .group_by(LiveSession.cohort_id)
    )
    dates = {row[0]: [Next(row[1], True)] for row in rows}
    for one in cohorts:
        dates.setdefault(one.id, []).extend(Next(date.due_at, False) for date in one.modules if date.due_at > now)
    return {key: min(found, key=lambda one: one.at) for key, found in dates.items() if found}
