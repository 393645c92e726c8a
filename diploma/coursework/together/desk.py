"""What the page of an assignment says of the group that writes it."""

from dataclasses import dataclass

from diploma.cohorts.groups import service as groups
from diploma.cohorts.groups.models import CohortGroup
from diploma.cohorts.models import Enrolment
from diploma.coursework.models import Submission, SubmissionState
from diploma.coursework.together import drafts, members


@dataclass(frozen=True)
class Desk:
    """``group`` is missing for who is in none. ``people`` write the draft; ``alone`` is what this person had written
    before, if there was anything."""

    group: CohortGroup | None
    people: list[str]
    alone: Submission | None


def of(enrolment: Enrolment | None, module: str, work: Submission | None) -> Desk | None:
    """For one person; ``None`` where everybody hands in alone."""
    if enrolment is None:
        return None
    handed = work.group if work and work.state is not SubmissionState.DRAFT else None
    if handed is None and not members.is_on(enrolment.cohort, module):
        return None
    group = handed or groups.group_of(enrolment)
    people = members.authors(work) if work and work.group else members.writers(group, module) if group else []
    return Desk(group, [one.user.display_name for one in people], drafts.alone(enrolment, module))
