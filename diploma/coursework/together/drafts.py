"""The draft of a group: one for all who are in it. What somebody wrote alone before stays theirs beside it."""

from collections.abc import Callable

from sqlalchemy import and_, bindparam, or_, select

from diploma.cohorts.groups import service as groups
from diploma.cohorts.groups.models import CohortGroup
from diploma.cohorts.models import Cohort, Enrolment, EnrolmentState
from diploma.core import clock
from diploma.core.db import session
from diploma.core.errors import N_, Refused
from diploma.core.lang import Lang
from diploma.coursework.attempts import windows
from diploma.coursework.models import Marking, MarkingState, Submission, SubmissionState, SubmissionVersion
from diploma.coursework.together import members

IN_NO_GROUP = N_("This work is handed in by groups, and you are in none yet. Ask your coordinator to put you into one.")
_OF_MODULE = select(Submission).where(
    Submission.enrolment_id == bindparam("enrolment"), Submission.module == bindparam("wanted")
)


def own(enrolment: Enrolment, module: str) -> Submission | None:
    """The work that is a person's own: written alone, or handed in, alone or with a group."""
    found: Submission | None = session.scalar(_OF_MODULE, {"enrolment": enrolment.id, "wanted": module})
    return found


def of_group(group: CohortGroup, module: str) -> Submission | None:
    """What a group is writing."""
    found: Submission | None = session.scalar(
        select(Submission).where(
            Submission.group_id == group.id, Submission.module == module, Submission.enrolment_id.is_(None)
        )
    )
    return found


def alone(enrolment: Enrolment, module: str) -> Submission | None:
    """What a person wrote alone before the assignment became work of groups, if there is anything in it."""
    kept = or_(
        Submission.kept_for_id == enrolment.id,
        and_(Submission.enrolment_id == enrolment.id, Submission.state == SubmissionState.DRAFT),
    )
    found: Submission | None = session.scalar(select(Submission).where(Submission.module == module, kept).limit(1))
    return found if found and (found.text or found.helpers or found.files) else None


def begin(enrolment: Enrolment, module: str, lang: Lang, page: str) -> Submission:
    """The draft of a person's group; begun if there is none yet."""
    group = groups.group_of(enrolment)
    if group is None:
        raise Refused(IN_NO_GROUP)
    # Two first saves at once: the second waits here and then finds the draft of the first.
    session.execute(select(CohortGroup.id).where(CohortGroup.id == group.id).with_for_update())
    held = of_group(group, module)
    if held:
        return held
    made = Submission(group=group, module=module, lang=lang, page=page, saved_at=clock.now())
    session.add(made)
    session.flush()
    return made


def hold(draft: Submission) -> None:
    """Nobody joins or leaves the group while its work is handed in: groups change under the same lock."""
    if draft.group:
        session.execute(select(Cohort.id).where(Cohort.id == draft.group.cohort_id).with_for_update())


def claim(draft: Submission, author: Enrolment) -> list[Submission]:
    """The works of the other authors with which a draft is handed in. On the first time it becomes the work of
    ``author``, and each of the others gets one: from now on joining or leaving the group changes nothing.
    """
    if draft.group is None:
        return []
    if draft.state is not SubmissionState.DRAFT:
        return [one for one in members.works(draft)[1:] if _is_here(one.enrolment, draft.group)]
    people = members.writers(draft.group, draft.module)
    for one in people:
        _put_aside(one, draft.module)
    draft.enrolment = author
    made = [
        Submission(
            enrolment=one,
            module=draft.module,
            lang=draft.lang,
            group=draft.group,
            lead=draft,
            saved_at=draft.saved_at,
            state=SubmissionState.SUBMITTED,
        )
        for one in people
        if one.id != author.id
    ]
    session.add_all(made)
    session.flush()
    return made


def copy(version: SubmissionVersion, work: Submission, key: str, receipt: Callable[[], str]) -> SubmissionVersion:
    """The version of another author: the same, with a receipt and a marking of its own that follows the lead's."""
    windows.answer_return(work, version.received_at)
    origin = version.origin and next(one for one in work.versions if one.lead_id == version.origin.id)
    made = SubmissionVersion(
        number=version.number,
        origin=origin,
        lead=version,
        key=key,
        receipt=receipt(),
        marking=Marking(levels={}, state=MarkingState.FOLLOWING),
        **{name: getattr(version, name) for name in _ALIKE},
    )
    work.versions.append(made)
    work.state, work.attempt, work.lang = SubmissionState.SUBMITTED, version.attempt, version.lang
    return made


_ALIKE = (
    "attempt", "resubmission", "edition_id", "revision_id", "lang", "text", "helpers", "files", "declared", "sha256",
    "due_at", "due_source", "received_at", "committed_at", "sent_by_id",
)  # fmt: skip


def _is_here(enrolment: Enrolment, group: CohortGroup) -> bool:
    return enrolment.state is not EnrolmentState.WITHDRAWN and enrolment.cohort_id == group.cohort_id


def _put_aside(enrolment: Enrolment, module: str) -> None:
    """What a person wrote alone is kept for them; of an empty draft nothing is."""
    held = own(enrolment, module)
    if held is None:
        return
    if alone(enrolment, module):
        held.enrolment_id, held.kept_for_id = None, enrolment.id  # type: ignore[assignment]  # see the table
        session.flush()
        session.expire(held, ["enrolment"])
    else:
        session.delete(held)
        session.flush()
