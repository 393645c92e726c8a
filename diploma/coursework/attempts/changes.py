"""Whom a change in the rules of attempts concerns, and what follows it.

Released marks stay as they were set. Which of several counts is asked anew each time: a change of the scoring moves the
mark of an assignment for people with several attempts, so the preview names each. A module that was completed stays so.
"""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import contains_eager, selectinload

from diploma.accounts.models import User
from diploma.cohorts.models import Cohort, Enrolment, EnrolmentState
from diploma.core import clock
from diploma.core.db import session
from diploma.core.errors import N_
from diploma.coursework import dates, late_changes, marking, policies, results
from diploma.coursework.attempts import opening, scoring, windows
from diploma.coursework.attempts.rules import AttemptPolicy, score
from diploma.coursework.extensions import easing
from diploma.coursework.models import Marking, MarkingState, Submission, SubmissionState, SubmissionVersion
from diploma.coursework.policies import Effect
from diploma.coursework.together import members

_MARK = N_("The mark would count %(after)s instead of %(before)s.")
_CAPPED = N_("A resubmission that waits for its mark would count at most %(after)s instead of %(before)s.")
_COUNTS = N_(
    "Of the released marks %(after)s would count for the module instead of %(before)s. "
    "A completed module stays completed."
)
_LAST_DAY = N_("The last day of the resubmission would be %(after)s instead of %(before)s.")
_LOST = N_("A resubmission would no longer be possible; until now it is, up to %(before)s.")
_WON = N_("A resubmission would be possible until %(after)s.")


def effects(cohort: Cohort, module: str, policy: AttemptPolicy) -> list[Effect]:
    """Whose mark or whose resubmission the change moves, by name."""
    modules = policies.reached(scoring.ATTEMPTS, cohort, module)
    book = policies.books(scoring.ATTEMPTS, [cohort])[cohort.id]
    there = {one: book.at(one).values for one in modules}
    found = [
        *_on_marks(cohort, there, policy),
        *_on_counts(cohort, there, policy),
        *_on_windows(cohort, there, policy),
    ]
    return sorted(found, key=lambda effect: (effect.person, effect.module))


def apply(cohort: Cohort, module: str, by: User) -> None:
    """Compute the unreleased resubmissions anew, and see who has completed a module with the mark that now counts."""
    modules = policies.reached(scoring.ATTEMPTS, cohort, module)
    marking.recount(
        (one for one in late_changes.unreleased(cohort, modules) if one.work.resubmission), why="attempt_rules", by=by
    )
    why = f"rules:{clock.now().isoformat()}"
    for enrolment, where in _several(cohort, modules):
        opening.recalculate(enrolment, where, f"{why}:{where}")


REACH = policies.Reach(scoring.ATTEMPTS, effects, apply)


def _on_marks(cohort: Cohort, there: dict[str, AttemptPolicy], policy: AttemptPolicy) -> Iterable[Effect]:
    """Resubmissions that are marked and not released, or wait for their mark."""
    lates = {one: dates.late(cohort, one) for one in there}
    markings = late_changes.unreleased(cohort, list(there))
    eased = easing.of([one.work.submission for one in markings])
    for one in markings:
        work, raw = one.work, Decimal(100) if one.raw is None else one.raw
        module = work.submission.module
        part = results.peers(one)
        caps, own = (there[module].cap, policy.cap), eased[work.submission_id]
        before, after = (results.counted(work, raw, lates[module], cap, own, part).mark for cap in caps)
        if before != after:
            told = {"before": before, "after": after}
            message = _CAPPED if one.raw is None else _MARK
            yield from (Effect(who.user.full_name, module, message, told) for who in members.authors(work.submission))


def _on_counts(cohort: Cohort, there: dict[str, AttemptPolicy], policy: AttemptPolicy) -> Iterable[Effect]:
    """People with released marks of several attempts."""
    found = _several(cohort, list(there))
    names: Any = session.execute(
        select(Enrolment.id, User.full_name).join(User).where(Enrolment.id.in_({one for one, _module in found}))
    )
    called = dict(names.all())
    for (enrolment, module), marks in found.items():
        before, after = (score(rule.scoring, marks) for rule in (there[module], policy))
        if before != after:
            yield Effect(called[enrolment], module, _COUNTS, {"before": before, "after": after})


def _several(cohort: Cohort, modules: list[str]) -> dict[scoring.Key, scoring.Marks]:
    people = session.scalars(
        select(Enrolment.id).where(Enrolment.cohort_id == cohort.id, Enrolment.state != EnrolmentState.WITHDRAWN)
    ).all()
    return {key: one for key, one in scoring.marks(people).items() if len(one) > 1 and key[1] in modules}


def _on_windows(cohort: Cohort, there: dict[str, AttemptPolicy], policy: AttemptPolicy) -> Iterable[Effect]:
    """Resubmissions that are being written, and those that may still be opened."""
    now = clock.now()
    for work, newest in _released(cohort, list(there)):
        before, after = (_until(work, newest, rule, now) for rule in (there[work.module], policy))
        if before == after:
            continue
        told = {name: value for name, value in (("before", before), ("after", after)) if value}
        yield Effect(_author(work), work.module, _LAST_DAY if len(told) == 2 else _LOST if before else _WON, told)


def _until(work: Submission, newest: Marking, rule: AttemptPolicy, now: datetime) -> datetime | None:
    """Until when a work may come again under a rule; ``None`` when it may not, or no longer."""
    if work.state is SubmissionState.SUBMITTED and windows.resubmissions(work) >= rule.times:
        return None
    until = windows.resubmit_until(work, newest, rule)
    return until if until >= now else None


def _released(cohort: Cohort, modules: list[str]) -> list[tuple[Submission, Marking]]:
    """The works whose newest version is released, with that marking: a resubmission of them is possible or begun."""
    works = session.scalars(
        select(Submission)
        .join(Submission.enrolment)
        .join(Enrolment.user)
        .where(Enrolment.cohort_id == cohort.id, Enrolment.state == EnrolmentState.ACTIVE)
        .where(Submission.module.in_(modules), Submission.state != SubmissionState.DRAFT)
        .options(
            contains_eager(Submission.enrolment).contains_eager(Enrolment.user),
            selectinload(Submission.versions).selectinload(SubmissionVersion.marking),
        )
        .order_by(Submission.id)
    ).all()
    newest = [(one, one.versions[-1].marking) for one in works if one.attempt == one.versions[-1].attempt]
    return [(one, mark) for one, mark in newest if mark and mark.state is MarkingState.RELEASED]


def _author(work: Submission) -> str:
    return work.enrolment.user.full_name
