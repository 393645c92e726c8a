"""What a change in the rules of who marks what touches: works that a marker may no longer mark, and names."""

from sqlalchemy import func, select

from diploma.accounts.models import User
from diploma.cohorts.models import Cohort, Enrolment
from diploma.core.db import session
from diploma.core.errors import N_
from diploma.coursework import policies
from diploma.coursework.allocation import reminders
from diploma.coursework.allocation.policy import MARKING, MarkingPolicy
from diploma.coursework.models import Marking, MarkingState, Submission, SubmissionVersion
from diploma.coursework.policies import ALL, Effect
from diploma.coursework.together import sight

_HIDDEN = N_("Without their authors' names until the release: %(count)s works.")
_SHOWN = N_("The names of the authors would be shown to markers: %(count)s works.")


def effects(cohort: Cohort, module: str, policy: MarkingPolicy) -> list[Effect]:
    """How many works that are not released lose or show their names."""
    book, found = policies.books(MARKING, [cohort])[cohort.id], []
    for one, count in _unreleased(cohort, module).items():
        before = book.at(one).values
        if before.anonymous != policy.anonymous:
            found.append(Effect("", one, _HIDDEN if policy.anonymous else _SHOWN, {"count": count}))
    return found


def apply(cohort: Cohort, module: str, by: User) -> None:
    """Nothing that is stored follows these rules; reminders begin on the next morning."""
    if reminders.wanted(cohort):
        reminders.plan(cohort)


REACH = policies.Reach(MARKING, effects, apply)


def _unreleased(cohort: Cohort, module: str) -> dict[str, int]:
    """Works without a released mark, by the assignments that a decision for ``module`` reaches."""
    book = policies.books(MARKING, [cohort])[cohort.id]
    rows = session.execute(
        select(Submission.module, func.count())
        .join(Submission.enrolment)
        .join(Submission.versions)
        .join(Marking, Marking.work_id == SubmissionVersion.id)
        .where(Enrolment.cohort_id == cohort.id, sight.whole(), Marking.state != MarkingState.RELEASED)
        .group_by(Submission.module)
        .order_by(Submission.module)
    )
    return {one: n for one, n in rows if one == module or (module == ALL and not book.at(one).own)}
