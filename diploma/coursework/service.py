"""What trainees do with coursework: drafts, files, versions handed in, resubmission. Markers' verbs: ``marking``."""

import secrets
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from diploma.accounts.models import User
from diploma.cohorts.groups import service as groups
from diploma.cohorts.models import Cohort, Enrolment, EnrolmentState
from diploma.cohorts.rules import FROZEN
from diploma.core import audit, clock, mail, outbox
from diploma.core.db import session
from diploma.core.errors import N_, Refused, Stale
from diploma.core.lang import Lang
from diploma.coursework import deadlines, policies, results, rules
from diploma.coursework.allocation.policy import MARKING, Way
from diploma.coursework.attempts import windows
from diploma.coursework.deadlines import Deadline
from diploma.coursework.models import DraftFile, Marking, Submission, SubmissionState, SubmissionVersion
from diploma.coursework.peers.policy import PEERS
from diploma.coursework.together import drafts, members
from diploma.learning import catalogue
from diploma.learning.catalogue import Content
from diploma.learning.structure import Assignment, Part


@dataclass(frozen=True)
class Written:
    """What an open form says. ``page`` is the form's key, ``base`` the version of the draft that it has seen;
    without a ``page`` nothing is compared."""

    text: str
    lang: Lang
    helpers: str = ""
    page: str = ""
    base: int = 0


class Incomplete(Refused):
    """The work cannot be handed in, or not be marked, as it is; ``problems`` names everything that is missing."""

    def __init__(self, problems: list[rules.Problem]) -> None:
        super().__init__(N_("Something is still missing."))
        self.problems = problems


def find(enrolment: Enrolment, module: str) -> Submission | None:
    """The work of a person on a module's assignment; until it is handed in that of their group, where groups do it."""
    held = drafts.own(enrolment, module)
    if (held and held.state is not SubmissionState.DRAFT) or not members.is_on(enrolment.cohort, module):
        return held
    group = groups.group_of(enrolment)
    return drafts.of_group(group, module) if group else None


def open_draft(enrolment: Enrolment, module: str, lang: Lang, *, page: str = "", by: User) -> Submission:
    """The work of an enrolment on a module's assignment; begun if there is none yet."""
    if enrolment.user_id != by.id:
        raise Refused(_NOT_YOURS)
    # Two first saves at once: the second waits here and then finds the draft of the first.
    session.execute(select(Enrolment.id).where(Enrolment.id == enrolment.id).with_for_update())
    held = find(enrolment, module)
    if held:
        return held if held.state is SubmissionState.SUBMITTED else held.desk
    if members.is_on(enrolment.cohort, module):
        return drafts.begin(enrolment, module, lang, page)
    made = Submission(enrolment=enrolment, module=module, lang=lang, page=page, saved_at=clock.now())
    session.add(made)
    session.flush()
    return made


def save_draft(draft: Submission, written: Written, *, by: User) -> None:
    """Save what a form says; :class:`Stale` when another form saved in between."""
    _editable(draft, by)
    if written.page and written.page != draft.page and written.base != draft.version:
        raise Stale(N_("This draft was changed in another window since you opened it."))
    draft.text, draft.lang, draft.helpers = written.text, written.lang, written.helpers
    draft.page, draft.saved_at, draft.saved_by_id = written.page, clock.now(), by.id


def attach_file(draft: Submission, part: Part, sent: rules.SentFile, *, by: User) -> None:
    """Add a file to a part of the draft. The same file under the same name is added once."""
    _editable(draft, by)
    held = [one for one in draft.files if one.part == part.id]
    if any((one.name, one.sha256) == (sent.name, sent.sha256) for one in held):
        return
    problem, now = rules.file_refusal(part, sent, len(held)), clock.now()
    if problem:
        raise Refused(problem.message, **problem.params)
    draft.saved_at, draft.saved_by_id = now, by.id
    draft.files.append(DraftFile(part=part.id, name=sent.name, sha256=sent.sha256, size=sent.size, added_at=now))
    session.flush()  # pages name a file by its id


def remove_file(draft: Submission, file: DraftFile, *, by: User) -> None:
    _editable(draft, by)
    draft.files.remove(file)
    draft.saved_at, draft.saved_by_id = clock.now(), by.id


def missing(draft: Submission, declared: Collection[str]) -> list[rules.Problem]:
    """Everything that keeps the draft from being handed in."""
    return rules.problems(_assignment(draft), draft.text, Counter(one.part for one in draft.files), declared)


def handed_in(draft: Submission, key: str) -> SubmissionVersion | None:
    """The version that the form with this key has made already."""
    return next((one for one in draft.versions if one.key == _key(draft, key)), None)


def submit(
    draft: Submission, key: str, declared: Collection[str], *, received_at: datetime, base_url: str, by: User
) -> SubmissionVersion:
    """Hand in the draft as it is saved: an immutable version, its receipt, and a row in the marking queue.

    ``key`` is the form's: a double click or a retried upload gets the version that the first one made.
    ``received_at`` is the start of the request and decides about late. :class:`Incomplete` names all that is missing.
    What a group hands in makes a version for each of its members; the answer is that of ``by``.
    """
    drafts.hold(draft)
    lock(draft, "versions", "files", "enrolment")
    author = _author(draft, by)
    made = handed_in(draft, key)
    if made and draft.state is SubmissionState.SUBMITTED:
        return made
    if made:  # a form of before the work was opened again
        raise Refused(
            N_("This page was handed in before, with the receipt %(receipt)s. Look at it again and submit it anew."),
            receipt=made.receipt,
        )
    if SubmissionState.SUBMITTED not in rules.MOVES[draft.state]:
        receipt = _version_of(draft.versions[-1], author).receipt
        raise Refused(N_("This work was handed in already; its receipt is %(receipt)s."), receipt=receipt)
    _editable(draft, by)
    held = _accepted(draft, author, received_at)
    problems = missing(draft, declared)
    if problems:
        raise Incomplete(problems)
    confirmed = sorted(set(declared) & set(_assignment(draft).declarations))
    others = drafts.claim(draft, author)
    windows.answer_return(draft, received_at)
    version = _make_version(draft, key, confirmed, held, received_at, by)
    copies = [drafts.copy(version, one, _key(one, key), _new_receipt) for one in others]
    draft.state = SubmissionState.SUBMITTED
    session.flush()
    _record(draft, version, copies, by)
    _pass_on(draft, version)
    mine = _version_of(version, author)
    for one in (version, *copies):
        notify(
            "receipt" if one is mine else "receipt_of_group",
            one,
            f"{base_url}/receipts/{one.receipt}",
            received_at=received_at,
            kept_at=version.committed_at if _came_across(held, version) else None,
            attempt=version.attempt,
            zone=draft.cohort.time_zone,
            sender_name=by.full_name,
        )
    return mine


def _record(draft: Submission, version: SubmissionVersion, copies: Sequence[SubmissionVersion], by: User) -> None:
    """The audit event of what was handed in, with the receipts of a group's other members."""
    audit.record(
        "submission.received",
        f"submission:{draft.id}",
        by=by,
        module=draft.module,
        number=version.number,
        attempt=version.attempt,
        receipt=version.receipt,
        sha256=version.sha256,
        received_at=version.received_at,
        **({"group": draft.group_id, "receipts": [one.receipt for one in copies]} if draft.group_id else {}),
    )


def _pass_on(draft: Submission, version: SubmissionVersion) -> None:
    """Where works find their markers and reviewers by themselves, let them."""
    cohort = draft.enrolment.cohort
    if policies.of(MARKING, cohort, draft.module).new_works is not Way.HAND and version.marking:
        outbox.enqueue("work-received", f"work-received:{version.id}", {"marking_id": version.marking.id})
    if policies.of(PEERS, cohort, draft.module).on:
        came = {"cohort_id": cohort.id, "module": draft.module}
        outbox.enqueue("peer-work", f"peer-work:{version.id}", came)


def _version_of(version: SubmissionVersion, author: Enrolment) -> SubmissionVersion:
    """What an author has of a version: the same for work of one's own."""
    own = (one for one in members.versions(version) if one.submission.enrolment_id == author.id)
    return next(own, version)


def _came_across(held: Deadline, version: SubmissionVersion) -> bool:
    """Whether a limit of lateness was crossed while the request arrived: then both its times are told."""
    return held.late.crossed(version.received_at, version.committed_at, version.due_at)


def may_resubmit(submission: Submission, newest: Marking | None) -> datetime | None:
    """Until when a resubmission can be opened and handed in; ``None`` when it cannot.

    ``newest`` is the released marking of the last version, if it is released.
    """
    cohort, rule = submission.enrolment.cohort, windows.policy(submission)
    if newest is None or windows.resubmissions(submission) >= rule.times:
        return None
    until = windows.resubmit_until(submission, newest, rule)
    return until if clock.now() <= until and cohort.state not in FROZEN else None


def open_resubmission(submission: Submission, *, by: User) -> None:
    """Make a draft of a released work again (``decisions``: once, within the days after the release)."""
    _author(submission, by)
    lock(submission.desk)
    lock(submission, "versions")
    if SubmissionState.RETURNED not in rules.MOVES[submission.state]:
        raise Refused(N_("This work is not handed in."))
    newest = results.released(submission).get(submission.versions[-1].id)
    if may_resubmit(submission, newest) is None:
        raise Refused(
            N_(
                "This work cannot be resubmitted: its mark is not released yet, the days for it are over, "
                "or it was resubmitted before."
            )
        )
    draft = submission.desk
    if not draft.text and not draft.files:  # that of an attempt which was closed before it was begun
        fill(draft, draft.versions[-1])
    for one in members.works(draft):
        one.state = SubmissionState.RETURNED
    audit.record(
        "submission.reopened",
        f"submission:{submission.id}",
        by=by,
        module=submission.module,
        before=SubmissionState.SUBMITTED,
        after=submission.state,
    )


def fill(draft: Submission, version: SubmissionVersion | None) -> None:
    """Begin a draft again from a version, files included, or with nothing. An open page must look at it anew."""
    draft.text, draft.helpers = (version.text, version.helpers) if version else ("", "")
    draft.lang, draft.page, draft.saved_at = version.lang if version else draft.lang, "", clock.now()
    held = version.files if version else {}
    draft.files[:] = [
        DraftFile(part=part, name=one["name"], sha256=one["sha256"], size=one["size"], added_at=draft.saved_at)
        for part, files in held.items()
        for one in files
    ]
    session.flush()


def _content(cohort: Cohort) -> Content:
    return catalogue.content(cohort.revision_id)


def _assignment(draft: Submission) -> Assignment:
    return _content(draft.cohort).modules[draft.module].assignment


def lock(row: Any, *related: str) -> None:
    """Read a row anew and hold it until the commit: what is decided next is decided on what is stored now."""
    session.flush()  # what is not written yet would be lost in the reading
    session.refresh(row, with_for_update={"of": type(row)})  # what was loaded beside it is not locked
    if related:
        session.expire(row, related)


_NOT_YOURS = N_("Only its author may do this.")


def _author(draft: Submission, by: User) -> Enrolment:
    """With which enrolment this person is an author; of a group's work each of its members is."""
    found = members.author(draft, by)
    if found is None:
        raise Refused(_NOT_YOURS)
    return found


def _editable(draft: Submission, by: User) -> None:
    enrolment = _author(draft, by)
    if SubmissionState.SUBMITTED not in rules.MOVES[draft.state]:
        raise Refused(N_("This work is handed in; it can no longer be changed."))
    if enrolment.state is EnrolmentState.DEFERRED:
        raise Refused(N_("Your place is put off; you can hand in again when you return."))
    if enrolment.state is not EnrolmentState.ACTIVE or enrolment.cohort.state in FROZEN:
        raise Refused(N_("Your cohort is closed; nothing can be handed in any more."))


def _accepted(draft: Submission, author: Enrolment, received_at: datetime) -> Deadline:
    """The dates of this version; refused outside the time in which work is accepted."""
    held = deadlines.of(author, draft.module, draft)
    if held is None or received_at < held.opens_at:
        raise Refused(N_("This assignment is not open yet."))
    if received_at > held.closes_at:
        raise Refused(N_("The time to hand in this work is over. Your draft is kept."))
    return held


def _make_version(
    draft: Submission, key: str, declared: list[str], held: Deadline, received_at: datetime, by: User
) -> SubmissionVersion:
    cohort = draft.cohort
    place = windows.place(draft, held.again, held.due_at, received_at)
    files: dict[str, list[dict[str, Any]]] = {}
    for one in draft.files:
        files.setdefault(one.part, []).append({"name": one.name, "sha256": one.sha256, "size": one.size})
    version = SubmissionVersion(
        number=len(draft.versions) + 1,
        attempt=place.attempt,
        resubmission=place.resubmission,
        origin=place.origin,
        key=_key(draft, key),
        receipt=_new_receipt(),
        edition_id=cohort.edition_id,
        revision_id=cohort.revision_id,
        lang=draft.lang,
        text=draft.text,
        helpers=draft.helpers,
        files=files,
        declared=declared,
        due_at=place.due_at,
        due_source=held.source,
        received_at=received_at,
        committed_at=clock.now(),
        sent_by_id=by.id,
        marking=Marking(levels={}),
    )
    version.sha256 = digest(version, draft.module)
    draft.versions.append(version)
    return version


def digest(version: SubmissionVersion, module: str) -> str:
    """The hash over everything that was handed in, as the receipt shows it."""
    return rules.content_hash(
        {
            "module": module,
            "number": version.number,
            "lang": version.lang.value,
            "text": version.text,
            "helpers": version.helpers,
            "files": version.files,
            "declared": version.declared,
            "received_at": version.received_at.isoformat(),
        }
    )


def _key(draft: Submission, key: str) -> str:
    """A form's key within its draft: nobody can answer with the key of somebody else's form."""
    return f"{draft.id}:{key}"


def _new_receipt() -> str:
    while True:
        number = rules.receipt_number(secrets.randbits(40))
        if session.scalar(select(SubmissionVersion.id).where(SubmissionVersion.receipt == number)) is None:
            return number


def notify(template: str, version: SubmissionVersion, link: str, **context: Any) -> None:
    """Write to the author in their language."""
    user = version.submission.enrolment.user
    title = results.content_of(version).say(version.submission.module, "assignment/title", user.language)
    mail.send(
        template,
        user.email,
        user.language,
        f"{template}:{version.id}",
        sender=version.submission.enrolment.cohort.partner.sender(user.language),
        name=user.full_name,
        title=title,
        receipt=version.receipt,
        link=link,
        **context,
    )
