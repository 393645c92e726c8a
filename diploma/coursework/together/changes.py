"""Whom it concerns that an assignment becomes, or is no longer, handed in by groups; and when that is too late."""

from typing import Any

from flask import current_app
from flask_babel import gettext
from sqlalchemy import Select, func, select
from sqlalchemy.orm import contains_eager

from diploma.accounts.models import User
from diploma.cohorts.groups import service as groups
from diploma.cohorts.groups.models import CohortGroup, OwnDates
from diploma.cohorts.models import Cohort, Enrolment, EnrolmentState
from diploma.core.db import session
from diploma.core.errors import N_, Refused
from diploma.coursework import policies
from diploma.coursework.extensions import given
from diploma.coursework.extensions.models import ExtensionRequest, RequestState
from diploma.coursework.models import DraftFile, Submission, SubmissionState
from diploma.coursework.peers.policy import PEERS
from diploma.coursework.policies import Effect
from diploma.coursework.together import members
from diploma.coursework.together.policy import BY_GROUPS, TOGETHER, TogetherPolicy

_GROUPS = N_("Groups that would hand in together: %(count)s.")
_NO_GROUP = N_("Is in no group, and could not hand in.")
_DRAFT = N_("Has a draft. It would stay readable for them beside the draft of their group.")
_DATE = N_("Has a date of their own, %(date)s. It would end: the date of the group holds.")
_ASKS = N_("Asks for more time. The request could no longer be granted.")
_DRAFTS = N_("Drafts of groups that nobody would see any more: %(count)s. Everybody would write alone again.")


def refusal(cohort: Cohort, module: str, policy: TogetherPolicy) -> Refused | None:
    """What is handed in stays as it came; and fellow trainees do not review works of groups."""
    turned = _turned(cohort, module, policy)
    if turned and session.scalar(_works(cohort, turned).where(Submission.state != SubmissionState.DRAFT).limit(1)):
        return Refused(N_("Works were handed in already, and stay as they came. It is too late to change this."))
    if any(policy.on and policies.of(PEERS, cohort, one).on for one in turned):
        return Refused(N_("Fellow trainees review the works of this assignment. Switch that off first."))
    return None


def effects(cohort: Cohort, module: str, policy: TogetherPolicy) -> list[Effect]:
    """Who could not hand in, what was begun, and which dates of single people would end."""
    found: list[Effect] = []
    for one in _turned(cohort, module, policy):
        found += _begins(cohort, one) if policy.on else _ends(cohort, one)
    return found


def apply(cohort: Cohort, module: str, by: User) -> None:
    """Where groups hand in, the dates of single people end; each of them is told."""
    places = [one for one in policies.reached(TOGETHER, cohort, module) if members.is_on(cohort, one)]
    base_url, why = current_app.config["BASE_URL"], gettext(BY_GROUPS)
    for row in session.scalars(_dates(cohort).where(OwnDates.module.in_(places))).all():
        given.end(row, why, base_url=base_url, by=by)


REACH = policies.Reach(TOGETHER, effects, apply, refusal)


def _turned(cohort: Cohort, module: str, policy: TogetherPolicy) -> list[str]:
    """The assignments for which it would be the other way round."""
    return [one for one in policies.reached(TOGETHER, cohort, module) if members.is_on(cohort, one) != policy.on]


def _begins(cohort: Cohort, module: str) -> list[Effect]:
    people = [one for one in groups.people(cohort) if one.enrolment.state is EnrolmentState.ACTIVE]
    drafts = session.scalars(_works(cohort, [module]).where(_written())).all()
    dates = session.scalars(_dates(cohort).where(OwnDates.module == module)).all()
    asks = session.scalars(_requests(cohort, module)).all()
    found: list[tuple[int | None, str, dict[str, Any]]] = [
        *((one.enrolment.id, _NO_GROUP, {}) for one in people if one.group_id is None),
        *((one.enrolment_id, _DRAFT, {}) for one in drafts),
        *((one.enrolment_id, _DATE, {"date": one.due_at or one.cut_off_at or one.opens_at}) for one in dates),
        *((one.enrolment_id, _ASKS, {}) for one in asks),
    ]
    name = {one.enrolment.id: one.enrolment.user.full_name for one in people}
    named = [Effect(name[who], module, message, told) for who, message, told in found if who in name]
    count = len({one.group_id for one in people if one.group_id})
    return [Effect("", module, _GROUPS, {"count": count}), *sorted(named, key=lambda one: one.person)]


def _ends(cohort: Cohort, module: str) -> list[Effect]:
    count = session.scalar(
        select(func.count())
        .select_from(Submission)
        .join(Submission.group)
        .where(CohortGroup.cohort_id == cohort.id, Submission.module == module, Submission.enrolment_id.is_(None))
        .where(_written())
    )
    return [Effect("", module, _DRAFTS, {"count": count or 0})]


def _written() -> Any:
    """That there is something in a draft."""
    return (Submission.text != "") | select(DraftFile.id).where(DraftFile.submission_id == Submission.id).exists()


def _works(cohort: Cohort, modules: list[str]) -> Select[Submission]:
    return (
        select(Submission)
        .join(Submission.enrolment)
        .where(Enrolment.cohort_id == cohort.id, Submission.module.in_(modules))
        .options(contains_eager(Submission.enrolment))
        .order_by(Submission.id)
    )


def _requests(cohort: Cohort, module: str) -> Select[ExtensionRequest]:
    open_ = ExtensionRequest.state == RequestState.ASKED
    here = (ExtensionRequest.cohort_id == cohort.id) & (ExtensionRequest.module == module)
    return select(ExtensionRequest).where(here, open_).order_by(ExtensionRequest.id)


def _dates(cohort: Cohort) -> Select[OwnDates]:
    """What single people of a cohort were given instead of its dates."""
    return (
        select(OwnDates)
        .where(OwnDates.cohort_id == cohort.id, OwnDates.enrolment_id.is_not(None), OwnDates.ended_at.is_(None))
        .order_by(OwnDates.id)
    )
