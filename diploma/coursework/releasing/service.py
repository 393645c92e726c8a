"""The release: marks are shown to their trainees, one or thousands, each with its event, its mail and what follows it.

All of a call is written in a few statements, in the order of the ids, so that two releases at once wait for each other
instead of standing in each other's way. What cannot be released is named and stops nothing.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from sqlalchemy import select, update
from sqlalchemy.orm import contains_eager, defer
from sqlalchemy.sql.elements import False_

from diploma.accounts.models import User
from diploma.cohorts.models import Cohort, Enrolment
from diploma.cohorts.rules import FROZEN
from diploma.core import audit, clock, mail, outbox
from diploma.core.db import session
from diploma.core.errors import N_, Refused
from diploma.core.mail import Letter
from diploma.coursework import policies, results, rules
from diploma.coursework.attempts import opening
from diploma.coursework.attempts.rules import AttemptPolicy
from diploma.coursework.attempts.scoring import ATTEMPTS
from diploma.coursework.models import Marking, MarkingState, Submission, SubmissionVersion
from diploma.coursework.moderation.policy import SECOND, SecondPolicy
from diploma.coursework.peers import counting
from diploma.coursework.policies import Book
from diploma.coursework.releasing.models import PlannedRelease, PlanState
from diploma.coursework.releasing.policy import RELEASE, How, ReleasePolicy
from diploma.coursework.together import following, members

SECOND_FIRST = N_("The work waits for its second mark.")
_REVIEWED = N_("Reviews of fellow trainees count for this mark, and their time is not over.")
_TOGETHER = N_("The marks of this assignment are released together at a planned time.")


@dataclass
class Release:
    """What a release did: the markings it released, and the others with the reason."""

    done: list[Marking] = field(default_factory=list)
    refused: list[tuple[Marking, Refused]] = field(default_factory=list)


def release(markings: Iterable[Marking], *, base_url: str, by: User, why: str | None = None) -> Release:
    """Show marks to their trainees, each with a mail; ``why`` is said where not a person chose each of them."""
    return release_ids([one.id for one in markings], base_url=base_url, by=by, why=why)


def release_ids(ids: Collection[int], *, base_url: str, by: User, why: str | None = None) -> Release:
    """The same by the ids of markings, which are read anew and held until the commit."""
    held, found = _hold(ids), Release()
    book = _Book.of(held)
    for one in held:
        reason = _refusal(one, book, by)
        if reason:
            found.refused.append((one, Refused(reason)))
        else:
            found.done.append(one)
    if found.done:
        _show(found.done, _copies(found.done), base_url, by, why)
        for one in found.done:
            if book.opens_itself(one):
                opening.after_release(one, base_url=base_url, by=by)
    return found


@dataclass(frozen=True)
class _Book:
    """The rules that a release asks for, read once for all of its marks."""

    second: dict[int, Book[SecondPolicy]]
    release: dict[int, Book[ReleasePolicy]]
    attempts: dict[int, Book[AttemptPolicy]]
    reviewed: frozenset[int]  # marks of works for which reviews by fellow trainees may still come
    open: frozenset[tuple[int, str]]  # assignments whose marks are released together, and whose time has come

    @classmethod
    def of(cls, held: Collection[Marking]) -> "_Book":
        cohorts = {one.id: one for one in (marking.work.submission.enrolment.cohort for marking in held)}
        return cls(
            policies.books(SECOND, cohorts.values()),
            policies.books(RELEASE, cohorts.values()),
            policies.books(ATTEMPTS, cohorts.values()),
            frozenset(_reviewed([one.id for one in held], cohorts.values())),
            frozenset(carried_out(cohorts.values())),
        )

    def twice(self, marking: Marking) -> bool:
        return self.second[_cohort(marking).id].at(marking.work.submission.module).values.on

    def too_early(self, marking: Marking) -> bool:
        cohort, module = _cohort(marking), marking.work.submission.module
        together = self.release[cohort.id].at(module).values.how is How.TOGETHER
        return together and (cohort.id, module) not in self.open

    def opens_itself(self, marking: Marking) -> bool:
        return self.attempts[_cohort(marking).id].at(marking.work.submission.module).values.opens_itself


def carried_out(cohorts: Collection[Cohort]) -> set[tuple[int, str]]:
    """The assignments, as cohort and module, for which a planned release was carried out; one query."""
    query = select(PlannedRelease.cohort_id, PlannedRelease.module).where(
        PlannedRelease.cohort_id.in_([one.id for one in cohorts]), PlannedRelease.state == PlanState.DONE
    )
    return {(row[0], row[1]) for row in session.execute(query)}


def _reviewed(markings: Collection[int], cohorts: Collection[Cohort]) -> set[int]:
    """Of these marks those for which reviews that count may still come; a query for each cohort where reviews count."""
    found: set[int] = set()
    for cohort in cohorts:
        waits = counting.unready(cohort)
        if not isinstance(waits, False_):
            query = select(Marking.id).join(Marking.work).join(SubmissionVersion.submission).join(Submission.enrolment)
            found |= set(
                session.scalars(query.where(Marking.id.in_(markings), Enrolment.cohort_id == cohort.id, waits))
            )
    return found


def _hold(ids: Collection[int]) -> list[Marking]:
    """Markings as they are stored now, locked in the order of their ids, without the texts of the works."""
    session.flush()  # what is not written yet would be lost in the reading
    work = contains_eager(Marking.work)
    enrolment = work.contains_eager(SubmissionVersion.submission).contains_eager(Submission.enrolment)
    return list(
        session.scalars(
            select(Marking)
            .join(Marking.work)
            .join(SubmissionVersion.submission)
            .join(Submission.enrolment)
            .where(Marking.id.in_(ids))
            .options(
                work.options(defer(SubmissionVersion.text), defer(SubmissionVersion.files)),
                enrolment.joinedload(Enrolment.user),
                enrolment.joinedload(Enrolment.cohort).joinedload(Cohort.partner),
            )
            .order_by(Marking.id)
            .with_for_update(of=Marking)
            .execution_options(populate_existing=True)
        )
    )


def _refusal(marking: Marking, book: _Book, by: User) -> str:
    """Why a mark cannot be released, as a gettext source; empty when it can."""
    if members.is_author(marking, by):
        return N_("Nobody releases their own mark.")
    if marking.work.lead_id is not None:
        return N_("This mark is released with that of its group.")
    if _cohort(marking).state in FROZEN:
        return N_("The cohort is closed; its marks are frozen.")
    if marking.state is MarkingState.RELEASED:
        return N_("The mark is released already.")
    if MarkingState.RELEASED not in rules.MARKING_MOVES[marking.state]:
        waits = marking.state in (*rules.TO_DO, MarkingState.RETURNED)
        return N_("The work is not marked yet.") if waits else SECOND_FIRST
    if marking.state is MarkingState.MARKED and book.twice(marking):
        return SECOND_FIRST
    if marking.id in book.reviewed:
        return _REVIEWED
    return _TOGETHER if book.too_early(marking) else ""


def _copies(leads: Collection[Marking]) -> list[Marking]:
    """The markings of the other members of the groups whose works these are; asked only where there are groups."""
    works = [one.work_id for one in leads if one.work.submission.group_id is not None]
    if not works:
        return []
    query = select(Marking.id).join(Marking.work).where(SubmissionVersion.lead_id.in_(works))
    return _hold(session.scalars(query).all())


def _show(leads: list[Marking], copies: list[Marking], base_url: str, by: User, why: str | None) -> None:
    markings = [*leads, *copies]
    before = {one.id: one.state for one in markings}
    following.give([one for one in leads if one.work.submission.group_id is not None], copies, clock.now())
    session.execute(
        update(Marking)
        .where(Marking.id.in_([one.id for one in leads]))
        .values(state=MarkingState.RELEASED, released_at=clock.now(), version=Marking.version + 1)
        .execution_options(synchronize_session="evaluate")
    )
    audit.record_many("mark.released", [_event(one, before[one.id], why) for one in markings], by=by)
    outbox.enqueue_many("mark-released", [_job(one) for one in markings])
    mail.send_many("mark_released", [_letter(one.work, base_url) for one in markings])
    session.flush()


def _event(marking: Marking, before: MarkingState, why: str | None) -> tuple[str, dict[str, object]]:
    return f"marking:{marking.id}", {"before": before, "after": marking.state, "mark": marking.counted, "why": why}


def _job(marking: Marking) -> tuple[str, dict[str, object]]:
    submission = marking.work.submission
    return f"mark-released:{marking.id}", {"enrolment_id": submission.enrolment_id, "module": submission.module}


def _letter(version: SubmissionVersion, base_url: str) -> Letter:
    enrolment = version.submission.enrolment
    user, lang = enrolment.user, enrolment.user.language
    context = {
        "name": user.full_name,
        "title": results.content_of(version).say(version.submission.module, "assignment/title", lang),
        "link": f"{base_url}/receipts/{version.receipt}",
    }
    return Letter(user.email, lang, f"mark_released:{version.id}", context, enrolment.cohort.partner.sender(lang))


def _cohort(marking: Marking) -> Cohort:
    return marking.work.submission.enrolment.cohort
