"""Whose work it is: a draft belongs to the group as it is now, what is handed in to those for whom it was handed in."""

from sqlalchemy import exists, select
from sqlalchemy.orm import contains_eager, joinedload

from diploma.accounts.models import User
from diploma.cohorts import own_dates
from diploma.cohorts.effective import Dates
from diploma.cohorts.groups import service as groups
from diploma.cohorts.groups.models import CohortGroup, GroupMember
from diploma.cohorts.models import Cohort, Enrolment, EnrolmentState
from diploma.core.db import session
from diploma.coursework import policies
from diploma.coursework.models import Marking, Submission, SubmissionState, SubmissionVersion
from diploma.coursework.together.policy import TOGETHER


def is_on(cohort: Cohort, module: str) -> bool:
    """Whether the work of an assignment is handed in by groups."""
    return policies.of(TOGETHER, cohort, module).on


def dates(enrolment: Enrolment) -> dict[str, Dates]:
    """The dates of every module as they hold for a person; where groups hand in, those of their group: what one person
    was given does not move it."""
    found = own_dates.of_person(enrolment)
    together = [one for one in found if is_on(enrolment.cohort, one)]
    group = groups.group_of(enrolment) if together else None
    if group:
        of_group = own_dates.of_group(group)
        found |= {one: of_group[one] for one in together}
    return found


def writers(group: CohortGroup, module: str) -> list[Enrolment]:
    """Who writes a group's draft: its active people, without those who have handed in something already."""
    handed_in = exists().where(
        Submission.enrolment_id == Enrolment.id,
        Submission.module == module,
        Submission.state != SubmissionState.DRAFT,
    )
    query = (
        select(Enrolment)
        .join(GroupMember, GroupMember.enrolment_id == Enrolment.id)
        .join(Enrolment.user)
        .where(GroupMember.group_id == group.id, Enrolment.state == EnrolmentState.ACTIVE, ~handed_in)
        .options(contains_eager(Enrolment.user))
        .order_by(User.sort_key, Enrolment.id)
    )
    return list(session.scalars(query))


def authors(work: Submission) -> list[Enrolment]:
    """Everybody whose work it is."""
    if work.group and work.state is SubmissionState.DRAFT:
        return writers(work.group, work.module)
    return [one.enrolment for one in works(work)]


def author(work: Submission, user: User) -> Enrolment | None:
    """The enrolment with which ``user`` is an author of a work; ``None`` for everybody else."""
    return next((one for one in authors(work) if one.user_id == user.id), None)


def works(work: Submission) -> list[Submission]:
    """What was handed in with a work: that of its lead first, then those of the others; of one's own work it alone."""
    if work.group_id is None or work.state is SubmissionState.DRAFT:
        return [work]
    query = (
        select(Submission)
        .where(Submission.lead_id == work.desk.id)
        .options(joinedload(Submission.enrolment).joinedload(Enrolment.user))
        .order_by(Submission.id)
    )
    return [work.desk, *session.scalars(query)]


def versions(version: SubmissionVersion) -> list[SubmissionVersion]:
    """A version of the lead, then those of the others."""
    lead = version.lead or version
    return [lead, *lead.copies] if lead.submission.group_id else [lead]


def names(version: SubmissionVersion) -> list[str]:
    """The authors of a version of a group, by name; nobody for one's own work."""
    if version.submission.group_id is None:
        return []
    people = [one.submission.enrolment.user for one in versions(version)]
    return [one.display_name for one in sorted(people, key=lambda one: (one.sort_key, one.id))]


def markings(marking: Marking) -> list[Marking]:
    """The marking of the lead, then those that follow it."""
    return [one.marking for one in versions(marking.work) if one.marking]


def is_author(marking: Marking, user: User) -> bool:
    return any(one.submission.enrolment.user_id == user.id for one in versions(marking.work))
