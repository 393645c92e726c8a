"""What trainees do: ask for a review of one criterion, take that back, carry an upheld mark to the second instance."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from diploma.accounts.models import User
from diploma.cohorts.calendars import free_days
from diploma.cohorts.models import Enrolment, EnrolmentState
from diploma.cohorts.rules import FROZEN
from diploma.core import audit, clock
from diploma.core.db import insert_unless_there, session
from diploma.core.errors import N_, Refused
from diploma.core.filetypes import ending
from diploma.coursework import policies, results
from diploma.coursework.appeals import letters
from diploma.coursework.appeals.models import Appeal, AppealState, Outcome
from diploma.coursework.appeals.policy import APPEALS
from diploma.coursework.appeals.rules import KINDS, LEAST, LONGEST, MAX_BYTES, MOVES, AppealPolicy
from diploma.coursework.models import Marking, MarkingState, SubmissionVersion
from diploma.coursework.rules import SentFile
from diploma.coursework.service import lock

_OVER = N_("The time to appeal against this mark is over.")


@dataclass(frozen=True)
class Asked:
    """What the form of an appeal says; ``key`` is the form's."""

    criterion: str
    reason: str
    key: str
    file: SentFile | None = None


def policy_of(version: SubmissionVersion) -> AppealPolicy:
    return policies.of(APPEALS, version.submission.enrolment.cohort, version.submission.module)


def asked_until(version: SubmissionVersion) -> datetime | None:
    """The last instant to appeal against the mark of a version; ``None`` before its release and where nobody may."""
    marking, policy = version.marking, policy_of(version)
    if not policy.on or marking is None or marking.released_at is None:
        return None
    return policy.asked_until(marking.released_at, version.submission.enrolment.cohort.time_zone)


def obstacle(version: SubmissionVersion, at: datetime) -> Refused | None:
    """Why no criterion of a version can be appealed against at an instant; ``None`` when one can."""
    marking, enrolment = version.marking, version.submission.enrolment
    if marking is None or marking.state is not MarkingState.RELEASED:
        return Refused(N_("The mark of this version is not released."))
    if not policy_of(version).on:
        return Refused(N_("In this cohort marks are not reviewed on request. Write to your coordinator."))
    closed = _closed(enrolment)
    if closed:
        return closed
    until = asked_until(version)
    return Refused(_OVER) if until is None or at > until else None


def ask(version: SubmissionVersion, asked: Asked, *, at: datetime, base_url: str, by: User) -> Appeal:
    """Appeal against one criterion of a released mark; ``at`` is the arrival of the request. The same form sent twice
    makes one appeal."""
    enrolment = version.submission.enrolment
    if enrolment.user_id != by.id:
        raise Refused(N_("You can appeal against your own mark only."))
    _hold(enrolment)
    if version.marking:
        lock(version.marking)
    key = f"{version.id}:{asked.key}"
    made: Appeal | None = session.scalar(select(Appeal).where(Appeal.key == key))
    if made:
        return made
    refused = obstacle(version, at)
    if refused or version.marking is None:
        raise refused or Refused(_OVER)
    made = _appeal(version, version.marking, asked, key, at)
    if not insert_unless_there(made):
        raise Refused(N_("You have asked for a review of this criterion before. Each criterion is reviewed once."))
    audit.record("appeal.asked", f"appeal:{made.id}", by=by, marking=made.marking_id, criterion=made.criterion)
    letters.tell(made, "asked", base_url)
    letters.ask_for_answer(made, base_url)
    return made


def withdraw(appeal: Appeal, *, base_url: str, by: User) -> None:
    """Take one's own appeal back while it waits for an answer; the mark stands."""
    _only_author(appeal, by)
    lock(appeal, "answers")
    if AppealState.WITHDRAWN not in MOVES[appeal.state]:
        raise Refused(N_("This appeal is answered or withdrawn already."))
    appeal.state, appeal.closed_at = AppealState.WITHDRAWN, clock.now()
    session.flush()
    audit.record("appeal.withdrawn", f"appeal:{appeal.id}", by=by)
    letters.tell(appeal, "withdrawn", base_url)


def escalate(appeal: Appeal, objection: str, *, at: datetime, base_url: str, by: User) -> None:
    """Carry an appeal that was answered with the same mark to the second instance, once and with a reason."""
    _only_author(appeal, by)
    version = appeal.marking.work
    _hold(version.submission.enrolment)
    lock(appeal, "answers")
    refused = no_escalation(appeal, at)
    if refused:
        raise refused
    said, due_at = _reason(objection), _due(version, at)
    appeal.state, appeal.objection, appeal.escalated_at = AppealState.ESCALATED, said, at
    appeal.due_at, appeal.closed_at = due_at, None
    session.flush()
    audit.record("appeal.escalated", f"appeal:{appeal.id}", by=by, why=appeal.objection)
    letters.tell(appeal, "escalated", base_url)
    letters.ask_for_answer(appeal, base_url)


def no_escalation(appeal: Appeal, at: datetime) -> Refused | None:
    """Why an appeal does not go on to the second instance; ``None`` when it may."""
    if AppealState.ESCALATED not in MOVES[appeal.state]:
        return Refused(N_("This appeal does not go on to the second instance."))
    if appeal.outcome is not Outcome.UPHELD:
        return Refused(N_("Your appeal was accepted; it does not go on."))
    if appeal.until is None or at > appeal.until:
        return Refused(N_("The time to go on to the second instance is over; the answer stands."))
    return _closed(appeal.marking.work.submission.enrolment)


def _appeal(version: SubmissionVersion, marking: Marking, asked: Asked, key: str, at: datetime) -> Appeal:
    if asked.criterion not in marking.levels:
        raise Refused(N_("Choose a criterion of the rubric."))
    if marking.levels[asked.criterion] == results.rubric_of(version).levels[0].id:
        raise Refused(N_("This criterion has the highest level already."))
    file = _checked(asked.file)
    return Appeal(
        key=key,
        marking=marking,
        criterion=asked.criterion,
        level=marking.levels[asked.criterion],
        reason=_reason(asked.reason),
        file_name=file.name if file else None,
        file_sha256=file.sha256 if file else None,
        file_size=file.size if file else None,
        asked_at=at,
        due_at=_due(version, at),
    )


def _due(version: SubmissionVersion, at: datetime) -> datetime:
    cohort = version.submission.enrolment.cohort
    return policy_of(version).due_at(at, cohort.time_zone, free_days.calendar(cohort))


def _reason(text: str) -> str:
    said = text.strip()
    if not LEAST <= len(said) <= LONGEST:
        raise Refused(N_("Give your reason in %(least)s to %(most)s characters."), least=LEAST, most=LONGEST)
    return said


def _checked(file: SentFile | None) -> SentFile | None:
    if file and file.size > MAX_BYTES:
        raise Refused(N_("The file is larger than %(most)s MB. Choose a smaller one."), most=MAX_BYTES // 1_000_000)
    if file and (file.kind not in KINDS or ending(file.name) != file.kind):
        types = ", ".join(one.upper() for one in KINDS)
        raise Refused(N_("The file must be a sound file of the type %(types)s."), types=types)
    return file


def _only_author(appeal: Appeal, by: User) -> None:
    if appeal.marking.work.submission.enrolment.user_id != by.id:
        raise Refused(N_("Only its author may do this."))


def _hold(enrolment: Enrolment) -> None:
    """Read the enrolment and its cohort as they stand: nobody moves or closes them beside us."""
    session.flush()
    session.refresh(enrolment, ["state", "cohort_id"], with_for_update=True)
    session.refresh(enrolment.cohort, ["state", "version"], with_for_update=True)


def _closed(enrolment: Enrolment) -> Refused | None:
    if enrolment.cohort.state in FROZEN:
        return Refused(N_("The cohort is closed; its marks are frozen."))
    if enrolment.state is EnrolmentState.WITHDRAWN:
        return Refused(N_("You have left this cohort; its marks stand as they are."))
    return None
