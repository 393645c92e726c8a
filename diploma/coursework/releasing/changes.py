"""What a change in the rule of release touches: marks that are ready and would be shown, and marks that would wait."""

from flask import current_app
from sqlalchemy import select

from diploma.accounts.models import User
from diploma.cohorts.models import Cohort, Enrolment, EnrolmentState
from diploma.core import outbox
from diploma.core.db import session
from diploma.core.errors import N_
from diploma.core.outbox import Payload
from diploma.coursework import policies
from diploma.coursework.models import Marking, MarkingState, Submission, SubmissionVersion
from diploma.coursework.moderation import rounds
from diploma.coursework.policies import Effect
from diploma.coursework.releasing import at_once, service
from diploma.coursework.releasing.policy import RELEASE, How, ReleasePolicy
from diploma.coursework.together import members, sight

RULE = "rule"
_SHOWN = N_("Ready marks that would be released at once: %(count)s.")
_WAIT = N_("Marks that could no longer be released before the planned time: %(count)s.")


def effects(cohort: Cohort, module: str, policy: ReleasePolicy) -> list[Effect]:
    """How many marks that are ready would be shown, or would wait for the planned time."""
    found, done = [], service.carried_out([cohort])
    for one, ids in _ready(cohort, module).items():
        before = policies.of(RELEASE, cohort, one).how
        waits = policy.how is How.TOGETHER and (cohort.id, one) not in done
        if ids and policy.how != before and (waits or policy.how is How.AT_ONCE):
            found.append(Effect("", one, _WAIT if waits else _SHOWN, {"count": len(ids)}))
    return found


def apply(cohort: Cohort, module: str, _by: User) -> None:
    """Where marks are released at once, those that are ready go now."""
    for one, ids in _ready(cohort, module).items():
        if policies.of(RELEASE, cohort, one).how is How.AT_ONCE:
            at_once.order(ids)


REACH = policies.Reach(RELEASE, effects, apply)


@outbox.handles(at_once.KIND)
def _release(payload: Payload, _result: None) -> None:
    """Release a mark that is still ready, in the name of its marker, if the rule still wants it."""
    marking = session.get_one(Marking, payload["marking_id"])
    submission = marking.work.submission
    wanted = policies.of(RELEASE, submission.enrolment.cohort, submission.module).how is How.AT_ONCE
    left = all(one.state is EnrolmentState.WITHDRAWN for one in members.authors(submission))
    if wanted and marking.marker and not left:
        service.release([marking], base_url=current_app.config["BASE_URL"], by=marking.marker, why=RULE)


def _ready(cohort: Cohort, module: str) -> dict[str, list[int]]:
    """The marks of a cohort that can be released, by the assignments that a decision for ``module`` reaches."""
    settled = (Marking.state == MarkingState.READY) | (
        (Marking.state == MarkingState.MARKED) & ~rounds.twice_in(cohort)
    )
    rows = session.execute(
        select(Submission.module, Marking.id)
        .join(Submission.enrolment)
        .join(Submission.versions)
        .join(Marking, Marking.work_id == SubmissionVersion.id)
        .where(Enrolment.cohort_id == cohort.id, sight.whole(), sight.here(), settled)
        .where(Submission.module.in_(policies.reached(RELEASE, cohort, module)))
        .order_by(Submission.module, Marking.id)
    )
    found: dict[str, list[int]] = {}
    for where, one in rows:
        found.setdefault(where, []).append(one)
    return found
