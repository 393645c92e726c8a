"""Who may answer an appeal: never who gave the mark or a part of it, nor who answered it before, nor who is tied to the
author. One query says it for lists, for pages and, under the lock, for the answer itself."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from diploma.accounts.models import RoleGrant, User
from diploma.accounts.permissions import GRANTS, Permission, Role
from diploma.cohorts import access as cohorts
from diploma.cohorts.entities.tree import Tree
from diploma.cohorts.models import Cohort, Enrolment, Entity
from diploma.core import clock
from diploma.core.db import session
from diploma.coursework.allocation import markers
from diploma.coursework.appeals import policy
from diploma.coursework.appeals.models import Appeal, AppealAnswer, AppealState
from diploma.coursework.models import Marking, Submission, SubmissionVersion
from diploma.coursework.moderation.models import Moderation, ProvisionalMark
from diploma.coursework.together import sight

MAY = (Permission.MARK, Permission.MODERATE_MARKS, Permission.SETTLE_APPEAL)  # who may have something to answer
_lead = Marking.__table__.alias("lead")
_WORK = contains_eager(Appeal.marking).contains_eager(Marking.work)
_ENROLMENT = _WORK.contains_eager(SubmissionVersion.submission).contains_eager(Submission.enrolment)


def joined() -> Select[Appeal]:
    """Appeals down to author and cohort."""
    return (
        select(Appeal)
        .join(Appeal.marking)
        .join(Marking.work)
        .join(SubmissionVersion.submission)
        .join(Submission.enrolment)
        .join(Enrolment.user)
        .join(Enrolment.cohort)
        .options(
            _ENROLMENT.contains_eager(Enrolment.user),
            _ENROLMENT.contains_eager(Enrolment.cohort).joinedload(Cohort.partner),
            selectinload(Appeal.answers).joinedload(AppealAnswer.by),
        )
    )


def waiting_for(user: User) -> Select[Appeal]:
    """The appeals that wait for an answer which ``user`` may give."""
    first = Enrolment.cohort_id.in_(_ids(user, Permission.MARK))
    led = _ids(user, Permission.MODERATE_MARKS)
    second = or_(
        Enrolment.cohort_id.in_(_ids(user, Permission.SETTLE_APPEAL)),
        and_(Enrolment.cohort_id.in_(led), policy.by_moderators(led)),
    )
    turn = or_(and_(Appeal.state == AppealState.OPEN, first), and_(Appeal.state == AppealState.ESCALATED, second))
    return joined().where(turn, *_untied(user))


def fit(appeals: Collection[Appeal], user: User) -> list[Appeal]:
    """Without those whose author the cohort keeps from ``user``: of their entity, or whose tutor they are."""
    barred = markers.barred([one.marking for one in appeals], [user])
    return [one for one in appeals if user.id not in barred[one.marking_id]]


def may_answer(appeal: Appeal, user: User) -> bool:
    """Whether this appeal, as it stands, waits for an answer which ``user`` may give."""
    found = session.scalars(waiting_for(user).where(Appeal.id == appeal.id)).unique().all()
    return bool(fit(found, user))


def of(appeal: Appeal) -> list[User]:
    """Who may answer it as it stands, by name; where nobody may, who moderates the cohort and has to find somebody."""
    cohort = appeal.marking.work.submission.enrolment.cohort
    people = _holders(cohort, MAY)
    able = [one for one in people if may_answer(appeal, one)]
    return able or [one for one in people if cohorts.may(one, cohort, Permission.MODERATE_MARKS)]


def _ids(user: User, permission: Permission) -> Any:
    return cohorts.visible_cohorts(user, permission).with_only_columns(Cohort.id)


def _untied(user: User) -> tuple[ColumnElement[bool], ...]:
    """That ``user`` has no part in the mark, in an earlier answer, or in the life of the author."""
    lead = select(_lead.c.id).where(_lead.c.work_id == func.coalesce(SubmissionVersion.lead_id, SubmissionVersion.id))
    read = (
        select(ProvisionalMark.id)
        .join(ProvisionalMark.moderation)
        .where(Moderation.marking_id == lead.correlate(SubmissionVersion).scalar_subquery())
    )
    answered = exists().where(AppealAnswer.appeal_id == Appeal.id, AppealAnswer.by_id == user.id)
    return (
        sight.untied(user),
        Marking.marker_id.is_distinct_from(user.id),
        ~read.where(ProvisionalMark.marker_id == user.id).exists(),
        ~answered.correlate(Appeal),
        or_(Enrolment.entity_id.is_(None), Enrolment.entity_id.not_in(_managed(user))),
    )


def _managed(user: User) -> frozenset[int]:
    """The entities whose line manager ``user`` is today, with what stands under them."""
    grants = user.current_grants(clock.now())
    own = {one.entity_id for one in grants if one.role is Role.LINE_MANAGER and one.entity_id}
    if not own:
        return frozenset()
    partners = select(Entity.partner_id).where(Entity.id.in_(own))
    entities = session.scalars(
        select(Entity)
        .where(Entity.partner_id.in_(partners))
        .options(joinedload(Entity.partner), selectinload(Entity.dated_names), selectinload(Entity.moves))
    ).all()
    found: set[int] = set(own)
    for partner in {one.partner for one in entities}:
        tree = Tree([one for one in entities if one.partner_id == partner.id], clock.today(partner.time_zone))
        for one in own & set(tree.entities):
            found |= tree.below(tree.successor(one))
    return frozenset(found)


def _holders(cohort: Cohort, permissions: Collection[Permission]) -> list[User]:
    """Who holds one of the permissions on the cohort, its partner or the programme, by name."""
    roles = [role for role, held in GRANTS.items() if held & set(permissions)]
    here = or_(
        RoleGrant.cohort_id == cohort.id, RoleGrant.partner_id == cohort.partner_id, RoleGrant.partner_id.is_(None)
    )
    people = session.scalars(
        select(User)
        .where(User.disabled_at.is_(None), User.grants.any(RoleGrant.role.in_(roles) & here))
        .options(selectinload(User.grants))
        .order_by(User.sort_key, User.id)
    )
    return [one for one in people if any(cohorts.may(one, cohort, permission) for permission in permissions)]
