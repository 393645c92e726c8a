"""The works whose allocation or author a person may see to: those of the cohorts on which they hold the permission.

Their own are out of reach, as for markers (``coursework.access``); what is out of reach is 404.
"""

from flask import abort
from sqlalchemy import select
from sqlalchemy.orm import contains_eager, joinedload

from diploma.accounts.models import User
from diploma.accounts.permissions import Permission
from diploma.cohorts import access as cohorts
from diploma.cohorts.models import Cohort, Enrolment
from diploma.core.db import session
from diploma.coursework.models import Marking, Submission, SubmissionVersion


def work(user: User, marking_id: int, permission: Permission) -> Marking:
    """One marking with its work, its author and its cohort, or 404."""
    mine = cohorts.visible_cohorts(user, permission).with_only_columns(Cohort.id)
    loaded = contains_eager(Marking.work).contains_eager(SubmissionVersion.submission)
    enrolment = loaded.contains_eager(Submission.enrolment)
    found: Marking | None = session.scalar(
        select(Marking)
        .join(Marking.work)
        .join(SubmissionVersion.submission)
        .join(Submission.enrolment)
        .where(Marking.id == marking_id, Enrolment.cohort_id.in_(mine), Enrolment.user_id != user.id)
        .options(enrolment.joinedload(Enrolment.user), enrolment.joinedload(Enrolment.cohort))
        .options(joinedload(Marking.marker))
    )
    return found or abort(404)
