"""Works of groups in the queries of the staff: one work for all of its authors, and none of them its marker.

Of statements that have the tables from the version down to the enrolment.
"""

from sqlalchemy import ColumnElement, Exists, exists, func, or_, select
from sqlalchemy.orm import aliased

from diploma.accounts.models import User
from diploma.cohorts.models import Enrolment, EnrolmentState
from diploma.coursework.allocation.models import Conflict
from diploma.coursework.models import Submission, SubmissionVersion

_copy, _work, _author = aliased(SubmissionVersion), aliased(Submission), aliased(Enrolment)


def whole() -> ColumnElement[bool]:
    """That a version is marked itself: one for each work. Those of the other members of its group follow it."""
    return SubmissionVersion.lead_id.is_(None)


def here() -> ColumnElement[bool]:
    """That an author of the work is in the cohort: who has left does not take the work of the others along."""
    return or_(Enrolment.state != EnrolmentState.WITHDRAWN, _others().where(_author.state != EnrolmentState.WITHDRAWN))


def untied(user: User) -> ColumnElement[bool]:
    """That ``user`` is none of the authors, and has declared a conflict with none of them."""
    conflicts = select(Conflict.person_id).where(Conflict.marker_id == user.id)
    tied = or_(_author.user_id == user.id, _author.user_id.in_(conflicts))
    return (Enrolment.user_id != user.id) & Enrolment.user_id.not_in(conflicts) & ~_others().where(tied)


def foreign(user: User) -> ColumnElement[bool]:
    """That ``user`` is none of the authors."""
    return (Enrolment.user_id != user.id) & ~_others().where(_author.user_id == user.id)


def fellows() -> ColumnElement[int]:
    """How many authors a work has besides the one whose name stands for it."""
    count = select(func.count()).select_from(_copy).where(_copy.lead_id == SubmissionVersion.id)
    return count.correlate(SubmissionVersion).scalar_subquery()


def _others() -> Exists:
    """The other authors of a version, whichever of theirs it is."""
    together = or_(
        _copy.lead_id == SubmissionVersion.id,
        _copy.lead_id == SubmissionVersion.lead_id,
        _copy.id == SubmissionVersion.lead_id,
    )
    return (
        exists()
        .where(together, _work.id == _copy.submission_id, _author.id == _work.enrolment_id)
        .correlate(SubmissionVersion)
    )
