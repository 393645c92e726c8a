"""Whom a change in the rules of late work concerns, and the marks that follow it."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import contains_eager

from diploma.accounts.models import User
from diploma.cohorts.models import Cohort, Enrolment, EnrolmentState
from diploma.core.db import session
from diploma.core.errors import N_
from diploma.coursework import dates, marking, policies, results, rules
from diploma.coursework.attempts.scoring import ATTEMPTS
from diploma.coursework.extensions import easing
from diploma.coursework.extensions.easing import Eased
from diploma.coursework.late import Late, LatePolicy
from diploma.coursework.models import Marking, Submission, SubmissionVersion
from diploma.coursework.policies import Effect
from diploma.coursework.together import members, sight

_MARK = N_("The mark would count %(after)s instead of %(before)s.")
_WORK = N_("Handed in on %(day)s: of 100 points %(after)s would count instead of %(before)s.")
_LAST_DAY = N_("Not handed in yet by %(count)s people: the last day would be %(after)s instead of %(before)s.")
_FULL = Decimal(100)


def effects(cohort: Cohort, module: str, policy: LatePolicy) -> list[Effect]:
    """The people whose unreleased work would count more or less, by name, and the last days that would move."""
    modules = policies.reached(dates.LATE, cohort, module)
    there = {one: dates.late(cohort, one) for one in modules}
    planned = {one: dates.bound(cohort, policy) for one in modules}
    attempts = policies.books(ATTEMPTS, [cohort])[cohort.id]
    markings = unreleased(cohort, modules)
    eased = easing.of([one.work.submission for one in markings])
    found = []
    for one in markings:
        submission = one.work.submission
        cap = attempts.at(submission.module).values.cap
        found += _on_work(one, there[submission.module], planned[submission.module], cap, eased[submission.id])
    return [*_on_last_days(cohort, there, planned), *sorted(found, key=lambda effect: effect.person)]


def apply(cohort: Cohort, module: str, by: User) -> None:
    """Compute the marks that are set and not released anew."""
    marking.recount(unreleased(cohort, policies.reached(dates.LATE, cohort, module)), why="late_rules", by=by)


REACH = policies.Reach(dates.LATE, effects, apply)


def unreleased(cohort: Cohort, modules: list[str]) -> list[Marking]:
    """The markings of works that people of the cohort have handed in there, which are not released."""
    loaded = contains_eager(Marking.work).contains_eager(SubmissionVersion.submission)
    return list(
        session.scalars(
            select(Marking)
            .join(Marking.work)
            .join(SubmissionVersion.submission)
            .join(Submission.enrolment)
            .where(Enrolment.cohort_id == cohort.id, Submission.module.in_(modules))
            .where(sight.here(), Marking.state.in_(rules.UNRELEASED))
            .options(
                loaded.selectinload(Submission.versions),
                loaded.contains_eager(Submission.enrolment).joinedload(Enrolment.user),
            )
            .order_by(Marking.id)
        )
    )


def _on_work(one: Marking, there: Late, planned: Late, cap: int, eased: Eased) -> list[Effect]:
    work, submission = one.work, one.work.submission
    raw, part = _FULL if one.raw is None else one.raw, results.peers(one)
    before, after = (results.counted(work, raw, late, cap, eased, part).mark for late in (there, planned))
    if before == after:
        return []
    told: dict[str, Any] = {"before": before, "after": after}
    if one.raw is None:
        told["day"] = submission.versions[0].received_at
    message = _WORK if one.raw is None else _MARK
    return [Effect(who.user.full_name, submission.module, message, told) for who in members.authors(submission)]


def _on_last_days(cohort: Cohort, there: Mapping[str, Late], planned: Mapping[str, Late]) -> list[Effect]:
    """Of each assignment whose last day would move: how many have not handed it in."""
    active = select(func.count()).where(Enrolment.cohort_id == cohort.id, Enrolment.state == EnrolmentState.ACTIVE)
    sent = (
        select(Submission.module, func.count(Submission.id.distinct()))
        .join(Submission.enrolment)
        .join(Submission.versions)
        .where(Enrolment.cohort_id == cohort.id, Enrolment.state == EnrolmentState.ACTIVE)
        .group_by(Submission.module)
    )
    rows: Any = session.execute(sent)
    people, here, found = session.scalar(active) or 0, dict(rows.all()), []
    for one in cohort.modules:
        if one.module not in there:
            continue
        before, after = (rule[one.module].closes_at(one.due_at, one.cut_off_at) for rule in (there, planned))
        left = people - here.get(one.module, 0)
        if before != after and left:
            found.append(Effect("", one.module, _LAST_DAY, {"count": left, "before": before, "after": after}))
    return found
