"""Two marks become one: by the rule where they are near, else by agreement of both with a reason, or by a third one."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from diploma.accounts.models import User
from diploma.cohorts.rules import FROZEN
from diploma.core import audit, clock
from diploma.core.db import session
from diploma.core.errors import N_, Refused, Stale
from diploma.coursework import results, rules
from diploma.coursework.models import MarkingState
from diploma.coursework.moderation import rounds, settling
from diploma.coursework.moderation.models import Moderation, Outcome, ProvisionalMark
from diploma.coursework.moderation.policy import Within
from diploma.coursework.releasing import at_once
from diploma.coursework.service import Incomplete, lock


@dataclass(frozen=True)
class Proposal:
    """What one of both markers would agree on. ``version`` is that of the moderation which their page has shown."""

    levels: Mapping[str, str]
    comment: str
    why: str
    version: int
    remarks: Mapping[str, str] = field(default_factory=dict)


def compare(moderation: Moderation, *, by: User) -> None:
    """Lay both marks beside each other once the second is given: near ones become one, others wait to be reconciled."""
    work, (first, second) = moderation.marking.work, _both(moderation)
    assert first.raw is not None and second.raw is not None  # a check of the table
    rule = rounds.rules_of(work.submission.enrolment.cohort, work.submission.module)
    rubric, difference = results.rubric_of(work), abs(first.raw - second.raw)
    moderation.difference = difference
    if difference > rule.threshold or rule.within is Within.AGREED:
        moderation.marking.state = MarkingState.RECONCILING
        session.flush()
        subject = f"marking:{moderation.marking_id}"
        audit.record("mark.reconciling", subject, by=by, before=first.raw, after=second.raw, difference=difference)
        return
    said = _Said(settling.both(first.comment, second.comment), settling.both_remarks(first.remarks, second.remarks))
    if rule.within is Within.HIGHER:
        _agree(moderation, settling.higher(rubric, first.levels, second.levels), said, Outcome.HIGHER, by)
    else:
        _agree(moderation, settling.average(rubric, first.levels, second.levels), said, Outcome.AVERAGE, by)


def decide(moderation: Moderation, third: ProvisionalMark, *, by: User) -> None:
    """The third mark stands, whatever the two others are."""
    _agree(moderation, third.levels, _Said(third.comment, third.remarks), Outcome.THIRD, by)


def propose(moderation: Moderation, proposal: Proposal, *, by: User) -> None:
    """Say what the mark should be, and why; it stands as soon as the other marker confirms it."""
    _hold(moderation, proposal.version, by)
    rubric = results.rubric_of(moderation.marking.work)
    missing = rules.missing_levels(rubric, proposal.levels)
    problems = [rules.Problem(one, N_("“%(title)s”: choose a level.")) for one in missing]
    if problems or not proposal.why.strip():
        raise Incomplete([*problems, *([] if proposal.why.strip() else [rules.Problem("", N_("Give the reason."))])])
    before = moderation.levels
    moderation.levels = rules.known_levels(rubric, proposal.levels)
    moderation.comment, moderation.why = proposal.comment, proposal.why.strip()
    moderation.remarks = rules.known_remarks(rubric, proposal.remarks)
    moderation.proposed_by_id = by.id
    session.flush()
    audit.record(
        "mark.proposed",
        f"marking:{moderation.marking_id}",
        by=by,
        before=before or None,
        after=moderation.levels,
        why=moderation.why,
    )


def confirm(moderation: Moderation, version: int, *, by: User) -> None:
    """Agree to what the other marker has proposed, exactly as the page has shown it."""
    _hold(moderation, version, by)
    if moderation.proposed_by_id is None:
        raise Refused(N_("Nothing is proposed yet."))
    if moderation.proposed_by_id == by.id:
        raise Refused(N_("The other marker confirms what you have proposed."))
    moderation.confirmed_by_id = by.id
    _agree(moderation, moderation.levels, _Said(moderation.comment, moderation.remarks), Outcome.AGREED, by)


def _hold(moderation: Moderation, version: int, by: User) -> None:
    lock(moderation.marking)
    lock(moderation, "marks")
    enrolment = moderation.marking.work.submission.enrolment
    if enrolment.cohort.state in FROZEN:
        raise Refused(N_("The cohort is closed; its marks are frozen."))
    if by.id not in {one.marker_id for one in _both(moderation)} or enrolment.user_id == by.id:
        raise Refused(N_("Only the two markers of this work agree on its mark."))
    if moderation.marking.state is not MarkingState.RECONCILING:
        raise Refused(N_("The mark of this work is agreed already."))
    if moderation.mark(3):
        raise Refused(N_("A third marker decides on this work."))
    if version != moderation.version:
        raise Stale(N_("The other marker has proposed something meanwhile. Look at it first."))


def _both(moderation: Moderation) -> tuple[ProvisionalMark, ProvisionalMark]:
    first, second = moderation.mark(1), moderation.mark(2)
    if first is None or second is None or second.given_at is None:
        raise Refused(N_("The second mark of this work is not given yet."))
    return first, second


@dataclass(frozen=True)
class _Said:
    """The words of a mark: a comment, and those on single criteria."""

    comment: str
    remarks: Mapping[str, str]


def _agree(moderation: Moderation, levels: Mapping[str, str], said: _Said, outcome: Outcome, by: User) -> None:
    """The agreed levels and comments become those of the mark, which is computed as always and ready for release."""
    marking, before = moderation.marking, moderation.marking.counted
    counted = results.computed(marking.work, levels)
    marking.levels, marking.comment, marking.remarks = dict(levels), said.comment, dict(said.remarks)
    marking.page = ""
    results.keep(marking, counted)
    marking.state, marking.saved_at = MarkingState.READY, clock.now()
    moderation.outcome, moderation.settled_at = outcome, clock.now()
    session.flush()
    audit.record(
        "mark.agreed",
        f"marking:{marking.id}",
        by=by,
        levels=marking.levels,
        raw=counted.raw,
        before=before,
        after=counted.mark,
        outcome=outcome.value,
        why=moderation.why or None,
    )
    at_once.tell(marking)
