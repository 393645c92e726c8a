"""What happened to a person in a cohort, step by step. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from diploma.cohorts.curriculum import Progress
from diploma.cohorts.life.models import EnrolmentEvent
from diploma.cohorts.models import Waiver
from diploma.cohorts.standings import Member


@dataclass(frozen=True)
class Step:
    """``kind`` is one of enrolled, invited, activated, waived, completed, or an ``EventKind``.

    ``module`` is an id for waived and completed; ``event`` says more of the steps of the enrolment's life.
    """

    kind: str
    at: datetime
    module: str = ""
    note: str = ""
    event: EnrolmentEvent | None = None


def path(
    member: Member,
    waivers: Collection[Waiver],
    progress: Mapping[tuple[int, str], Progress],
    events: Collection[EnrolmentEvent] = (),
) -> list[Step]:
    """The steps of one person, the earliest first."""
    steps = [Step("enrolled", member.enrolment.enrolled_at)]
    steps += [Step("invited", member.invited_at)] if member.invited_at else []
    steps += [Step("activated", member.user.activated_at)] if member.user.activated_at else []
    steps += [Step("waived", one.at, one.module, one.reason) for one in waivers]
    steps += [Step("completed", one.completed_at, key[1]) for key, one in progress.items() if one.completed_at]
    steps += [Step(one.kind.value, one.at, note=one.note, event=one) for one in events]
    return sorted(steps, key=lambda one: one.at)
