"""Dates that staff give to a person or a group without a request, and the end of any; unreleased marks follow."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from diploma.accounts.models import User
from diploma.cohorts import own_dates
from diploma.cohorts.groups.models import CohortGroup, DateKind, GroupMember, OwnDates
from diploma.cohorts.models import Cohort, CohortModule, Enrolment, EnrolmentState
from diploma.cohorts.rules import FROZEN
from diploma.core import audit, clock, mail
from diploma.core.db import session
from diploma.core.errors import N_, Refused
from diploma.core.lang import Lang
from diploma.coursework import marking
from diploma.coursework.models import Marking, MarkingState, Submission, SubmissionVersion
from diploma.coursework.together import members
from diploma.coursework.together.policy import BY_GROUPS
from diploma.learning import catalogue


@dataclass(frozen=True)
class Given:
    """Dates for one module; ``None`` leaves a date as the cohort has it."""

    module: str
    reason: str
    opens_at: datetime | None = None
    due_at: datetime | None = None
    cut_off_at: datetime | None = None


def give(to: Enrolment | CohortGroup, given: Given, *, base_url: str, by: User) -> OwnDates:
    """Give a person or a group dates of its own; those that it had for the module are ended by it."""
    cohort = to.cohort
    _lock(cohort)
    session.refresh(to, with_for_update={"of": type(to)})
    term = next((one for one in cohort.modules if one.module == given.module), None)
    if term is None:
        raise Refused(N_("This assignment has no dates."))
    _check(given, term)
    if isinstance(to, Enrolment) and to.state is not EnrolmentState.ACTIVE:
        raise Refused(N_("This person is no longer active in the cohort."))
    if isinstance(to, Enrolment) and members.is_on(cohort, given.module):
        raise Refused(BY_GROUPS)
    people = _people(to, by)
    for_group = isinstance(to, CohortGroup)
    end_dates(_live(to, given.module), given.reason.strip(), by=by)
    made = OwnDates(
        cohort=cohort,
        module=given.module,
        kind=DateKind.GROUP if for_group else DateKind.PERSON,
        enrolment_id=None if for_group else to.id,
        group_id=to.id if for_group else None,
        opens_at=given.opens_at,
        due_at=given.due_at,
        cut_off_at=given.cut_off_at,
        reason=given.reason.strip(),
        by=by,
        at=clock.now(),
    )
    session.add(made)
    session.flush()
    after = {"opens_at": made.opens_at, "due_at": made.due_at, "cut_off_at": made.cut_off_at}
    before = {"opens_at": term.opens_at, "due_at": term.due_at, "cut_off_at": term.cut_off_at}
    told = {"module": made.module, "enrolment": made.enrolment_id, "group": made.group_id, "cohort": cohort.slug}
    audit.record("dates.given", f"dates:{made.id}", by=by, before=before, after=after, why=made.reason, **told)
    recount([one.id for one in people], made.module, group=made.group_id, by=by)
    _tell(made, people, made.reason, base_url)
    return made


def end(dates: OwnDates, reason: str, *, base_url: str, by: User) -> None:
    """Let the dates below hold again, for everything that is not handed in; a work keeps the date it came in under."""
    reason = reason.strip()
    if not reason:
        raise Refused(N_("Give the reason."))
    _lock(dates.cohort)
    session.refresh(dates, ["ended_at"], with_for_update=True)
    if dates.ended_at is not None:
        raise Refused(N_("These dates have ended already."))
    people = _people(dates.group or dates.enrolment, by)
    end_dates(dates, reason, by=by)
    recount([one.id for one in people], dates.module, group=dates.group_id, by=by)
    _tell(dates, people, reason, base_url)


def end_dates(dates: OwnDates | None, reason: str, *, by: User) -> None:
    """End what holds; nothing where nothing does. The flush makes room for what follows it."""
    if dates is None:
        return
    dates.ended_at, dates.ended_by_id, dates.ended_reason = clock.now(), by.id, reason
    session.flush()
    audit.record("dates.ended", f"dates:{dates.id}", by=by, module=dates.module, before=dates.due_at, why=reason)


def recount(
    enrolments: Collection[int], module: str | None, *, why: str = "dates", group: int | None = None, by: User | None
) -> None:
    """Compute the marks of people that are set and not released anew; in all modules without a ``module``. With a
    ``group`` also those of works that it has handed in, whoever is in it now."""
    loaded = contains_eager(Marking.work).contains_eager(SubmissionVersion.submission)
    query = (
        select(Marking)
        .join(Marking.work)
        .join(SubmissionVersion.submission)
        .where(Submission.enrolment_id.in_(enrolments) if group is None else _or_of(group, enrolments))
        .where(Marking.state != MarkingState.RELEASED)
        .where(Marking.counted.is_not(None))
        .options(loaded.selectinload(Submission.versions), loaded.joinedload(Submission.enrolment))
        .order_by(Marking.id)
    )
    if module is not None:
        query = query.where(Submission.module == module)
    marking.recount(list(session.scalars(query)), why=why, by=by)


def _or_of(group: int, enrolments: Collection[int]) -> ColumnElement[bool]:
    return or_(Submission.enrolment_id.in_(enrolments), Submission.group_id == group)


def title(cohort: Cohort, module: str, lang: Lang) -> str:
    """What the assignment is called."""
    return str(catalogue.content(cohort.revision_id).say(module, "assignment/title", lang))


def _check(given: Given, term: CohortModule) -> None:
    if not given.reason.strip():
        raise Refused(N_("Give the reason."))
    if not (given.opens_at or given.due_at or given.cut_off_at):
        raise Refused(N_("Give at least one date."))
    opens_at, due_at = given.opens_at or term.opens_at, given.due_at or term.due_at
    if due_at > (given.cut_off_at or term.cut_off_at):
        raise Refused(N_("The date lies after the last day on which work is accepted. Give a later last day as well."))
    if opens_at > due_at:
        raise Refused(N_("The dates must follow each other: opens, due, cut-off."))


def _people(to: Enrolment | CohortGroup | None, by: User) -> list[Enrolment]:
    """Whom the dates concern, with their accounts, of those who are active; :class:`Refused` where it is ``by``."""
    query = select(Enrolment).where(Enrolment.state == EnrolmentState.ACTIVE).options(joinedload(Enrolment.user))
    if isinstance(to, CohortGroup):
        query = query.join(GroupMember, GroupMember.enrolment_id == Enrolment.id).where(GroupMember.group_id == to.id)
    else:
        query = query.where(Enrolment.id == (to.id if to else 0))
    people = list(session.scalars(query.order_by(Enrolment.id)))
    if any(one.user_id == by.id for one in people):
        raise Refused(N_("Nobody gives dates to themselves."))
    return people


def _live(to: Enrolment | CohortGroup, module: str) -> OwnDates | None:
    query = select(OwnDates).where(OwnDates.module == module, OwnDates.ended_at.is_(None))
    query = query.where(OwnDates.cohort_id == to.cohort_id)
    if isinstance(to, CohortGroup):
        query = query.where(OwnDates.group_id == to.id)
    else:
        query = query.where(OwnDates.enrolment_id == to.id, OwnDates.kind == DateKind.PERSON)
    found: OwnDates | None = session.scalar(query)
    return found


def _lock(cohort: Cohort) -> None:
    session.execute(select(Cohort.id).where(Cohort.id == cohort.id).with_for_update())
    if cohort.state in FROZEN:
        raise Refused(N_("The cohort is closed; its marks are frozen."))


def _tell(dates: OwnDates, people: Iterable[Enrolment], reason: str, base_url: str) -> None:
    """Write to everybody concerned, each in their language, by which date the work is due for them now."""
    cohort, people = dates.cohort, list(people)
    term = next(one for one in cohort.modules if one.module == dates.module)
    layers = own_dates.of_people([one.id for one in people])
    for one in people:
        to, now = one.user, own_dates.at(layers, one.id, term)
        mail.send(
            "own_dates",
            to.email,
            to.language,
            f"own-dates:{dates.id}:{one.id}:{'ended' if dates.ended_at else 'given'}",
            sender=cohort.partner.sender(to.language),
            name=to.full_name,
            title=title(cohort, dates.module, to.language),
            due_at=now.due_at,
            opens_at=now.opens_at if now.opens_at > clock.now() else None,
            zone=cohort.time_zone,
            reason=reason,
            link=f"{base_url}/modules/{dates.module}/assignment",
        )
