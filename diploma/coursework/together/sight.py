"""Works of groups in the queries of the staff: one work for all of its authors, and none of them its marker.

Of statements that have the tables from the version down to the enrolment.
"""

from functools import lru_cache

from sqlalchemy import ColumnElement, Exists, exists, func, or_, select
from sqlalchemy.orm import aliased

from diploma.accounts.models import User
from diploma.cohorts.models import Enrolment, EnrolmentState
from diploma.coursework.allocation.models import Conflict
from diploma.coursework.models import Submission, SubmissionVersion

_copy, _work, _author = aliased(SubmissionVersion), aliased(Submission), aliased(Enrolment)
_STAFF = 256  # people whose conditions are kept


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


# Stand in the queries of every page of the staff: built once, which costs more than to run them.
_WHOLE = SubmissionVersion.lead_id.is_(None)
_OTHERS = _others()
_HERE = or_(Enrolment.state != EnrolmentState.WITHDRAWN, _OTHERS.where(_author.state != EnrolmentState.WITHDRAWN))
_COUNT = select(func.count()).select_from(_copy).where(_copy.lead_id == SubmissionVersion.id)
_FELLOWS = _COUNT.correlate(SubmissionVersion).scalar_subquery()


def whole() -> ColumnElement[bool]:
    """That a version is marked itself: one for each work. Those of the other members of its group follow it."""
    return _WHOLE


def here() -> ColumnElement[bool]:
    """That an author of the work is in the cohort: who has left does not take the work of the others along."""
    return _HERE


def fellows() -> ColumnElement[int]:
    """How many authors a work has besides the one whose name stands for it."""
    return _FELLOWS


def untied(user: User) -> ColumnElement[bool]:
    """That ``user`` is none of the authors, and has declared a conflict with none of them."""
    return _untied(user.id)


def foreign(user: User) -> ColumnElement[bool]:
    """That ``user`` is none of the authors."""
    return _foreign(user.id)


@lru_cache(maxsize=_STAFF)
def _untied(user_id: int) -> ColumnElement[bool]:
    conflicts = select(Conflict.person_id).where(Conflict.marker_id == user_id)
    tied = or_(_author.user_id == user_id, _author.user_id.in_(conflicts))
    return (Enrolment.user_id != user_id) & Enrolment.user_id.not_in(conflicts) & ~_OTHERS.where(tied)


@lru_cache(maxsize=_STAFF)
def _foreign(user_id: int) -> ColumnElement[bool]:
    return (Enrolment.user_id != user_id) & ~_OTHERS.where(_author.user_id == user_id)
