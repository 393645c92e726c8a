"""Which works are marked a second time: a round is looked at, started, and joined by marks that are set later.

What the first marker said stands still while the second one reads: nobody else sees it, and it is not released.
"""

import hashlib
import secrets
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from diploma.accounts.models import User
from diploma.accounts.permissions import Permission
from diploma.cohorts.models import Cohort, Enrolment
from diploma.cohorts.rules import FROZEN
from diploma.core import audit, clock
from diploma.core.chain import canonical
from diploma.core.db import session
from diploma.core.errors import N_, Refused, Stale
from diploma.coursework import policies
from diploma.coursework.models import Marking, MarkingState, Submission, SubmissionVersion
from diploma.coursework.moderation import policy
from diploma.coursework.moderation.models import MarkReveal, Moderation, ProvisionalMark, SecondRound
from diploma.coursework.moderation.policy import SECOND, Limits, SecondPolicy, Why
from diploma.coursework.policies import ALL
from diploma.coursework.releasing import at_once
from diploma.coursework.together import sight
from diploma.learning import catalogue

# Marks that nobody but their marker may read while a second one is, or may be, given.
_SECRET = (MarkingState.MARKING, MarkingState.MARKED, MarkingState.SECOND, MarkingState.RECONCILING)
_UNSET = (MarkingState.WAITING, MarkingState.MARKING)
_HELD = (MarkingState.SECOND, MarkingState.RECONCILING)


@dataclass(frozen=True)
class Choice:
    """A mark that is set, and the rules that choose its work; none spares it."""

    marking: Marking
    place: str
    reasons: tuple[Why, ...]


# ---- what holds where


def rules_of(cohort: Cohort, module: str) -> SecondPolicy:
    return policies.of(SECOND, cohort, module)


def limits(cohort: Cohort, module: str) -> Limits:
    content = catalogue.content(cohort.revision_id)
    return Limits(
        content.modules[module].complete_when.assignment_at_least, max(one.at_least for one in content.programme.scale)
    )


def twice(user: User, permission: Permission) -> ColumnElement[bool]:
    """Whether a work is of an assignment with second marking, of those in the cohorts on which ``user`` holds the
    permission; of works that are joined to their enrolment."""
    said = policies.across(SECOND, user, permission)
    on = {
        cohort: {module: SecondPolicy.from_dict(row.values).on for module, row in rows.items()}
        for cohort, rows in said.items()
    }
    return or_(false(), *(_in_cohort(cohort, here) for cohort, here in on.items()))


def twice_in(cohort: Cohort) -> ColumnElement[bool]:
    """Whether a work is of an assignment of this cohort with second marking; of works joined to their enrolment."""
    book = policies.books(SECOND, [cohort])[cohort.id]
    return _in_cohort(cohort.id, {module: book.at(module).values.on for module in book.rows})


def _in_cohort(cohort_id: int, said: dict[str, bool]) -> ColumnElement[bool]:
    own = [module for module in said if module != ALL]
    wanted: ColumnElement[bool] = Submission.module.in_([one for one in own if said[one]])
    if said.get(ALL):
        wanted = or_(wanted, Submission.module.not_in(own))
    return and_(Enrolment.cohort_id == cohort_id, wanted)


def secret(user: User) -> ColumnElement[bool]:
    """Marks that a marker must not read: those of others that wait for a second mark, or may come to do so."""
    open_ = or_(Marking.state.in_(_HELD), and_(Marking.state.in_(_SECRET), twice(user, Permission.MARK)))
    return and_(open_, Marking.marker_id.is_distinct_from(user.id))


def settled(marking: Marking) -> bool:
    """Whether the mark is one that two or three people have agreed on: one alone changes it no more."""
    return bool(settled_of([marking.id]))


def settled_of(ids: Collection[int]) -> set[int]:
    """The same of many markings, by id: those that are settled."""
    query = select(Moderation.marking_id).where(Moderation.marking_id.in_(ids), Moderation.outcome.is_not(None))
    return set(session.scalars(query))


# ---- a round


def find(cohort: Cohort, module: str) -> SecondRound | None:
    query = select(SecondRound).where(SecondRound.cohort_id == cohort.id, SecondRound.module == module)
    return session.scalar(query)


def has_seen(held: SecondRound | None, user: User) -> bool:
    """Whether a person knows whom the round chooses and why."""
    if held is None:
        return False
    query = select(MarkReveal.id).where(MarkReveal.round_id == held.id, MarkReveal.user_id == user.id)
    return session.scalar(query) is not None


def reveal(cohort: Cohort, module: str, *, by: User) -> SecondRound:
    """Let a person see whom the rules choose and why. The first to look draws the seed: nobody draws until it suits.

    Refused to who has a second mark to give here; who looks can no longer give one.
    """
    hold(cohort)
    held = find(cohort, module)
    if held is None:
        held = SecondRound(cohort_id=cohort.id, module=module, seed=secrets.token_hex(16), planned_at=clock.now())
        session.add(held)
        session.flush()
        audit.record(
            "second.planned", f"second-round:{held.id}", by=by, cohort=cohort.id, module=module, seed=held.seed
        )
    if has_seen(held, by):
        return held
    if session.scalar(_open_readings(held, by)) is not None:
        raise Refused(N_("You have a second mark to give here. Give it first: it must not know why a work was chosen."))
    session.add(MarkReveal(round_id=held.id, user_id=by.id, at=clock.now()))
    session.flush()
    audit.record("second.revealed", f"second-round:{held.id}", by=by)
    return held


def plan(cohort: Cohort, module: str, held: SecondRound, *, fast: bool = False) -> list[Choice]:
    """The marks that are set and whom the rules would choose now, in the order of the sample; one query. ``fast`` keeps
    them as they are until the commit."""
    rule = rules_of(cohort, module)
    marked = marked_works(cohort, module, fast=fast)
    cut = policy.cutoff(rule, held.seed, [one.work.receipt for one in marked])
    return sorted((_choice(one, rule, held.seed, cut, cohort) for one in marked), key=lambda one: one.place)


def seen(choices: Iterable[Choice]) -> str:
    """A fingerprint of what a preview has shown."""
    told = [[one.marking.id, f"{one.marking.raw:.4f}", *one.reasons] for one in choices]
    return hashlib.sha256(canonical({"choices": told}).encode()).hexdigest()


def start(cohort: Cohort, module: str, *, shown: str, by: User) -> list[Choice]:
    """Start the second marking with the marks that are set; those that are set later join by the same rules.

    ``shown`` is the fingerprint of the preview: :class:`Stale` when it would now choose others.
    """
    hold(cohort)
    held = find(cohort, module)
    if not rules_of(cohort, module).on:
        raise Refused(N_("The rules of this assignment ask for no second mark."))
    if held is None or not has_seen(held, by):
        raise Stale(N_("Look first whom the rules would choose."))
    if held.started_at:
        raise Refused(N_("The second marking of this assignment has begun already."))
    choices = plan(cohort, module, held, fast=True)
    if not choices:
        raise Refused(N_("No mark is set yet."))
    if shown != seen(choices):
        raise Stale(N_("Meanwhile the rules would choose other works. Look at them again."))
    receipts = [one.marking.work.receipt for one in choices]
    held.cut = policy.cutoff(rules_of(cohort, module), held.seed, receipts)
    held.started_at, held.started_by_id = clock.now(), by.id
    session.flush()
    counts = {why.value: sum(why in one.reasons for one in choices) for why in Why}
    audit.record(
        "second.started",
        f"second-round:{held.id}",
        by=by,
        rules=rules_of(cohort, module).to_dict(),
        seed=held.seed,
        cut=held.cut,
        works=len(choices),
        chosen=counts,
    )
    for one in choices:
        _move(one, held, by)
    return choices


def join(marking: Marking, *, by: User) -> None:
    """Take a mark that was just set into the round of its assignment, if it has begun."""
    submission = marking.work.submission
    cohort = submission.enrolment.cohort
    rule = rules_of(cohort, submission.module)
    if not rule.on:
        return
    hold(cohort)  # a round that is being started now sees this mark, or this mark sees the round
    held = find(cohort, submission.module)
    if held and held.started_at:
        _move(_choice(marking, rule, held.seed, held.cut, cohort), held, by)


def widen(cohort: Cohort, module: str, *, by: User) -> None:
    """After a change of the rules: choose those whom they choose now. Who was chosen before stays chosen."""
    held, rule = find(cohort, module), rules_of(cohort, module)
    if held is None or held.started_at is None or not rule.on:
        return
    marked = marked_works(cohort, module, MarkingState.MARKED, MarkingState.READY, fast=True)
    everybody = marked_works(cohort, module, *(one for one in MarkingState if one not in _UNSET))
    held.cut = max(held.cut, policy.cutoff(rule, held.seed, [one.work.receipt for one in everybody]))
    known = set(session.scalars(select(Moderation.marking_id).where(Moderation.round_id == held.id)))
    for one in marked:
        choice = _choice(one, rule, held.seed, held.cut, cohort)
        if one.id not in known and (choice.reasons or one.state is MarkingState.MARKED):
            _move(choice, held, by)


def progress(cohort: Cohort) -> dict[str, Counter[MarkingState]]:
    """How many works stand in each state, by module; of people in the cohort. One query."""
    rows: Any = session.execute(
        select(Submission.module, Marking.state, func.count())
        .join(Marking.work)
        .join(SubmissionVersion.submission)
        .join(Submission.enrolment)
        .where(Enrolment.cohort_id == cohort.id, sight.whole(), sight.here())
        .group_by(Submission.module, Marking.state)
    )
    found: dict[str, Counter[MarkingState]] = {}
    for module, state, count in rows:
        found.setdefault(module, Counter())[state] = count
    return found


def explain(moderation: Moderation) -> tuple[str, bool]:
    """Why a work was chosen, to be checked by everybody: its place in the sample, and whether it belongs to it."""
    at = policy.place(moderation.round.seed, moderation.marking.work.receipt)
    return at, at <= moderation.round.cut


# ---- inside


def _choice(marking: Marking, rule: SecondPolicy, seed: str, cut: str, cohort: Cohort) -> Choice:
    at = policy.place(seed, marking.work.receipt)
    raw = marking.raw if marking.raw is not None else Decimal(0)
    limit = limits(cohort, marking.work.submission.module)
    return Choice(marking, at, tuple(policy.chosen(rule, limit, raw, at=at, cut=cut)))


def _move(choice: Choice, held: SecondRound, by: User) -> None:
    """A chosen work waits for its second mark, another one is ready for its release."""
    marking, before = choice.marking, choice.marking.state
    marking.state = MarkingState.SECOND if choice.reasons else MarkingState.READY
    if choice.reasons:
        _keep_first(choice, held)
    session.flush()
    audit.record(
        "mark.chosen" if choice.reasons else "mark.ready",
        f"marking:{marking.id}",
        by=by,
        before=before.value,
        after=marking.state.value,
        why=[one.value for one in choice.reasons] or None,
        round=held.id,
    )
    if not choice.reasons:
        at_once.tell(marking)


def _keep_first(choice: Choice, held: SecondRound) -> None:
    marking, now = choice.marking, clock.now()
    first = ProvisionalMark(
        turn=1,
        marker_id=marking.marker_id,
        levels=dict(marking.levels),
        comment=marking.comment,
        remarks=dict(marking.remarks),
        raw=marking.raw,
        assigned_at=marking.marked_at or now,
        saved_at=marking.saved_at,
        given_at=marking.marked_at or now,
    )
    reasons = [one.value for one in choice.reasons]
    session.add(Moderation(round=held, marking=marking, reasons=reasons, levels={}, chosen_at=now, marks=[first]))


def marked_works(cohort: Cohort, module: str, *states: MarkingState, fast: bool = False) -> list[Marking]:
    """The works of people in the cohort whose mark is set, in one of the ``states``; ``fast``: nobody else changes them
    until the commit."""
    loaded = contains_eager(Marking.work).contains_eager(SubmissionVersion.submission)
    query = (
        select(Marking)
        .join(Marking.work)
        .join(SubmissionVersion.submission)
        .join(Submission.enrolment)
        .where(Enrolment.cohort_id == cohort.id, Submission.module == module)
        .where(sight.whole(), sight.here(), Marking.state.in_(states or (MarkingState.MARKED,)))
        .options(loaded.contains_eager(Submission.enrolment).joinedload(Enrolment.user), joinedload(Marking.marker))
        .order_by(Marking.id)
    )
    if fast:
        query = query.with_for_update(of=Marking).execution_options(populate_existing=True)
    return list(session.scalars(query))


def _open_readings(held: SecondRound, user: User) -> Select[Any]:
    return (
        select(ProvisionalMark.id)
        .join(ProvisionalMark.moderation)
        .where(Moderation.round_id == held.id, ProvisionalMark.marker_id == user.id)
        .where(ProvisionalMark.given_at.is_(None))
        .limit(1)
    )


def hold(cohort: Cohort) -> None:
    """Let one act at a time decide in a cohort; refused where its marks are frozen."""
    session.execute(select(Cohort.id).where(Cohort.id == cohort.id).with_for_update())
    if cohort.state in FROZEN:
        raise Refused(N_("The cohort is closed; its marks are frozen."))
