"""Whom a change in the rules of appeals concerns: those who could still appeal and no longer can. And what closing a
cohort has to wait for."""

from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from diploma.accounts.models import User
from diploma.cohorts import service as cohorts
from diploma.cohorts.models import Cohort, Enrolment, EnrolmentState
from diploma.core import clock
from diploma.core.db import session
from diploma.core.errors import N_, Refused
from diploma.coursework import policies
from diploma.coursework.appeals import access
from diploma.coursework.appeals.policy import APPEALS
from diploma.coursework.appeals.rules import AppealPolicy
from diploma.coursework.models import Marking, MarkingState, Submission, SubmissionVersion
from diploma.coursework.policies import Effect

_OVER = N_("Could appeal until %(before)s; from now on no longer. Appeals that were made stay to be answered.")


def effects(cohort: Cohort, module: str, policy: AppealPolicy) -> list[Effect]:
    """By name, those whose mark is released and whose days for an appeal would be over."""
    book, now = policies.books(APPEALS, [cohort])[cohort.id], clock.now()
    modules, found = policies.reached(APPEALS, cohort, module), []
    for one in _released(cohort, modules):
        submission, there = one.work.submission, book.at(one.work.submission.module).values
        assert one.released_at is not None  # a check of the table
        before = there.asked_until(one.released_at, cohort.time_zone)
        after = policy.asked_until(one.released_at, cohort.time_zone)
        if there.on and now <= before and not (policy.on and now <= after):
            found.append(Effect(submission.enrolment.user.full_name, submission.module, _OVER, {"before": before}))
    return found


def apply(_cohort: Cohort, _module: str, _by: User) -> None:
    """Nothing that is stored follows from these rules: what was promised to an appeal stands in its row."""


REACH = policies.Reach(APPEALS, effects, apply)


def subscribe() -> None:
    """Ask for answers before a cohort is closed; called once, when the application is wired."""
    cohorts.before_closing("appeals")(_unanswered)


def _unanswered(cohort: Cohort) -> Refused | None:
    """A closed cohort's marks are frozen, so an open appeal could never be answered."""
    count = access.open_in(cohort)
    if not count:
        return None
    return Refused(N_("Answer the open appeals first (%(count)s): a closed cohort’s marks are frozen."), count=count)


def _released(cohort: Cohort, modules: list[str]) -> list[Marking]:
    loaded = contains_eager(Marking.work).contains_eager(SubmissionVersion.submission)
    return list(
        session.scalars(
            select(Marking)
            .join(Marking.work)
            .join(SubmissionVersion.submission)
            .join(Submission.enrolment)
            .join(Enrolment.user)
            .where(Enrolment.cohort_id == cohort.id, Submission.module.in_(modules))
            .where(Enrolment.state != EnrolmentState.WITHDRAWN, Marking.state == MarkingState.RELEASED)
            .options(loaded.contains_eager(Submission.enrolment).contains_eager(Enrolment.user))
            .order_by(User.sort_key, Marking.id)
        )
    )
