"""What of the second marking a person may see. A reading is its marker's alone; both marks are seen by those who gave
them, once both are given, and by moderators who have none to give. Everything else does not exist: 404."""

from typing import Any

from flask import abort
from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from diploma.accounts.models import User
from diploma.accounts.permissions import Permission
from diploma.cohorts import access as cohorts
from diploma.cohorts.models import Cohort, Enrolment
from diploma.core.db import session
from diploma.coursework.models import Marking, MarkingState, Submission, SubmissionVersion
from diploma.coursework.moderation.models import CalibrationSample, Moderation, ProvisionalMark, SecondRound
from diploma.coursework.rules import read_receipt
from diploma.coursework.together import sight

MOST = 200  # readings on the page of a marker, the open ones first
_COMPARED = (MarkingState.RECONCILING, MarkingState.READY, MarkingState.RELEASED)
_WORK = contains_eager(Moderation.marking).contains_eager(Marking.work)
_ENROLMENT = _WORK.contains_eager(SubmissionVersion.submission).contains_eager(Submission.enrolment)


def reading(user: User, reading_id: int) -> ProvisionalMark:
    """A second or third mark that is this person's to give, or given by them."""
    found: ProvisionalMark | None = session.scalar(_mine(user).where(ProvisionalMark.id == reading_id))
    return found or abort(404)


def readings(user: User) -> list[ProvisionalMark]:
    """Their second and third marks: first those still to be given, in the order in which they came."""
    order = (ProvisionalMark.given_at.is_not(None), ProvisionalMark.assigned_at, ProvisionalMark.id)
    return list(session.scalars(_mine(user).order_by(*order).limit(MOST)))


def to_agree(user: User) -> list[Moderation]:
    """The works on whose mark this person has to agree with another, the one compared first first."""
    mine = cohorts.visible_cohorts(user, Permission.MARK).with_only_columns(Cohort.id)
    both = Moderation.marks.any((ProvisionalMark.marker_id == user.id) & (ProvisionalMark.turn < 3))
    query = _joined().where(Enrolment.cohort_id.in_(mine), both, *_seen_by_others(user))
    return list(
        session.scalars(query.where(Marking.state == MarkingState.RECONCILING).order_by(Moderation.id)).unique()
    )


def moderation(user: User, moderation_id: int) -> Moderation:
    """A work with both marks, for those who gave them and for moderators who have none to give."""
    mine = cohorts.visible_cohorts(user, Permission.MARK).with_only_columns(Cohort.id)
    led = cohorts.visible_cohorts(user, Permission.MODERATE_MARKS).with_only_columns(Cohort.id)
    may = or_(and_(Enrolment.cohort_id.in_(mine), _gave(user)), and_(Enrolment.cohort_id.in_(led), ~_owes(user)))
    query = _joined().where(Moderation.id == moderation_id, may, *_seen_by_others(user))
    found: Moderation | None = session.scalars(query).unique().one_or_none()
    return found or abort(404)


def in_round(held: SecondRound, moderation_id: int) -> Moderation:
    """A work of a round that this person moderates, or 404."""
    query = _joined().where(Moderation.id == moderation_id, Moderation.round_id == held.id)
    found: Moderation | None = session.scalars(query).unique().one_or_none()
    return found or abort(404)


def sample(user: User, sample_id: int) -> tuple[CalibrationSample, Cohort]:
    """A sample of a cohort on which this person marks or moderates, with the cohort."""
    reached = [cohorts.visible_cohorts(user, one) for one in (Permission.MARK, Permission.MODERATE_MARKS)]
    here = or_(*(Cohort.id.in_(one.with_only_columns(Cohort.id)) for one in reached))
    query = select(CalibrationSample, Cohort).join(Cohort, Cohort.id == CalibrationSample.cohort_id)
    found = session.execute(query.where(CalibrationSample.id == sample_id, here)).one_or_none()
    return (found[0], found[1]) if found else abort(404)


def samples(user: User) -> list[tuple[CalibrationSample, Cohort]]:
    """The samples of all cohorts on which this person marks, the newest first."""
    mine = cohorts.visible_cohorts(user, Permission.MARK).with_only_columns(Cohort.id)
    query = select(CalibrationSample, Cohort).join(Cohort, Cohort.id == CalibrationSample.cohort_id)
    rows = session.execute(query.where(Cohort.id.in_(mine)).order_by(CalibrationSample.id.desc()).limit(MOST))
    return [(row[0], row[1]) for row in rows]


def source(user: User, receipt: str) -> SubmissionVersion | None:
    """A work of a cohort that this person moderates, by its receipt."""
    led = cohorts.visible_cohorts(user, Permission.MODERATE_MARKS).with_only_columns(Cohort.id)
    found: SubmissionVersion | None = session.scalar(
        select(SubmissionVersion)
        .join(SubmissionVersion.submission)
        .join(Submission.enrolment)
        .where(SubmissionVersion.receipt == read_receipt(receipt), Enrolment.cohort_id.in_(led))
        .where(sight.foreign(user))
    )
    return found


def _joined() -> Select[Any]:
    return (
        select(Moderation)
        .join(Moderation.marking)
        .join(Marking.work)
        .join(SubmissionVersion.submission)
        .join(Submission.enrolment)
        .options(
            _ENROLMENT.joinedload(Enrolment.cohort),
            joinedload(Moderation.round),
            joinedload(Moderation.marks).joinedload(ProvisionalMark.marker),
        )
    )


def _seen_by_others(user: User) -> tuple[ColumnElement[bool], ...]:
    """Both marks are given, and the work is not this person's own."""
    second = Moderation.marks.any((ProvisionalMark.turn == 2) & ProvisionalMark.given_at.is_not(None))
    return Marking.state.in_(_COMPARED), second, sight.foreign(user)


def _gave(user: User) -> ColumnElement[bool]:
    return Moderation.marks.any((ProvisionalMark.marker_id == user.id) & ProvisionalMark.given_at.is_not(None))


def _owes(user: User) -> ColumnElement[bool]:
    return Moderation.marks.any((ProvisionalMark.marker_id == user.id) & ProvisionalMark.given_at.is_(None))


def _mine(user: User) -> Select[Any]:
    """Second and third marks of ``user`` in the cohorts on which they mark, never of their own work."""
    here = cohorts.visible_cohorts(user, Permission.MARK).with_only_columns(Cohort.id)
    loaded = contains_eager(ProvisionalMark.moderation).contains_eager(Moderation.marking).contains_eager(Marking.work)
    enrolment = loaded.contains_eager(SubmissionVersion.submission).contains_eager(Submission.enrolment)
    return (
        select(ProvisionalMark)
        .join(ProvisionalMark.moderation)
        .join(Moderation.marking)
        .join(Marking.work)
        .join(SubmissionVersion.submission)
        .join(Submission.enrolment)
        .where(ProvisionalMark.marker_id == user.id, ProvisionalMark.turn > 1)
        .where(Enrolment.cohort_id.in_(here), sight.foreign(user))
        .options(enrolment.joinedload(Enrolment.cohort))
    )
