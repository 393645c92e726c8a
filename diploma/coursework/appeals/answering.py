"""What staff do: an appeal is answered by somebody who had no part in the mark. An accepted one changes it at once."""

from dataclasses import dataclass

from diploma.accounts.models import User
from diploma.cohorts.rules import FROZEN
from diploma.core import audit, clock, outbox
from diploma.core.db import session
from diploma.core.errors import N_, Refused, Stale
from diploma.coursework import results, rules
from diploma.coursework.appeals import asking, deciders, letters
from diploma.coursework.appeals.models import Appeal, AppealAnswer, AppealState, Outcome
from diploma.coursework.appeals.rules import MOVES, WAITING, Change
from diploma.coursework.models import Marking
from diploma.coursework.service import lock
from diploma.coursework.together import following, members

CHANGED = "mark-changed"  # a released mark has become another one


@dataclass(frozen=True)
class Verdict:
    """What the form of an answer says. ``level`` is the criterion's new one, read only when it is changed; ``version``
    that of the appeal which the page has shown."""

    reason: str
    level: str = ""
    version: int | None = None


def uphold(appeal: Appeal, verdict: Verdict, *, base_url: str, by: User) -> None:
    """The mark stands, for a reason. Of the first instance the trainee may carry it on."""
    _hold(appeal, verdict, by)
    marking = appeal.marking
    assert marking.raw is not None and marking.counted is not None  # a check of the table
    level = marking.levels[appeal.criterion]
    stands = Change((marking.raw, marking.raw), (marking.counted, marking.counted))
    _answer(appeal, Outcome.UPHELD, (level, level), stands, verdict, base_url, by)


def accept(appeal: Appeal, verdict: Verdict, *, base_url: str, by: User) -> None:
    """The criterion gets another level, and the mark follows with the deductions that it had; nothing else changes."""
    _hold(appeal, verdict, by)
    marking, before = appeal.marking, appeal.marking.levels[appeal.criterion]
    change = _change(marking, appeal.criterion, verdict.level)
    if change.falls and not asking.policy_of(marking.work).may_fall:
        raise Refused(N_("By the rules of this cohort a mark does not fall by an appeal. Choose a higher level."))
    answer = _answer(appeal, Outcome.ACCEPTED, (before, verdict.level), change, verdict, base_url, by)
    for one in members.markings(marking):
        _follow(one, appeal, answer, verdict, by)


def _follow(marking: Marking, appeal: Appeal, answer: AppealAnswer, verdict: Verdict, by: User) -> None:
    """Change the mark of one author: what was accepted for a member of a group holds for all of it."""
    own = "" if marking.id == appeal.marking_id else f":{marking.id}"
    before, change = marking.levels[appeal.criterion], _change(marking, appeal.criterion, verdict.level)
    counts = _counts(marking)
    marking.levels = {**marking.levels, appeal.criterion: verdict.level}
    marking.deductions = [one.to_dict() for one in results.deductions(marking)]
    marking.raw, marking.counted = change.raw[1], change.counted[1]
    session.flush()
    audit.record(
        "mark.changed",
        f"marking:{marking.id}",
        by=by,
        before=change.counted[0],
        after=change.counted[1],
        criterion=appeal.criterion,
        levels=[before, verdict.level],
        raw=list(change.raw),
        appeal=appeal.id,
        why=verdict.reason.strip(),
    )
    submission = marking.work.submission
    outbox.enqueue(
        CHANGED,
        f"{CHANGED}:{answer.id}{own}",
        {
            "enrolment_id": submission.enrolment_id,
            "module": submission.module,
            "at": answer.at.isoformat(),
            "counts": counts != _counts(marking),
            "why": "appeal",
            "key": f"appeal:{answer.id}{own}",
        },
    )


def _hold(appeal: Appeal, verdict: Verdict, by: User) -> None:
    """Whether ``by`` may answer now, on what they have seen; held until the commit: nobody answers beside us."""
    lock(appeal, "answers")
    for one in members.markings(appeal.marking):
        lock(one)
    if appeal.state not in WAITING:
        raise Refused(N_("This appeal is answered or withdrawn already."))
    if appeal.marking.work.submission.enrolment.cohort.state in FROZEN:
        raise Refused(N_("The cohort is closed; its marks are frozen."))
    if not deciders.may_answer(appeal, by):
        raise Refused(N_("Somebody else has to answer: who had no part in the mark and does not know the person."))
    if verdict.version is not None and verdict.version != appeal.version:
        raise Stale(N_("The appeal has changed since you opened it. Look at it again."))
    if not verdict.reason.strip():
        raise Refused(N_("Say why, so that the person knows."))


def _change(marking: Marking, criterion: str, level: str) -> Change:
    """The mark with another level of one criterion: the same rules apply as when it was set."""
    rubric = results.rubric_of(marking.work)
    if level not in {one.id for one in rubric.levels}:
        raise Refused(N_("Choose a level of the rubric."))
    if level == marking.levels[criterion]:
        raise Refused(N_("The criterion has this level already. Choose another one, or let the mark stand."))
    raw = rules.raw_mark(rubric, {**marking.levels, criterion: level})
    counted = rules.counted_mark(raw, *results.deductions(marking), peers=results.peers(marking))
    assert marking.raw is not None and marking.counted is not None  # a check of the table
    return Change((marking.raw, counted.raw), (marking.counted, following.counts(marking, counted.mark)))


def _counts(marking: Marking) -> object:
    """The mark of the assignment that counts for the author."""
    submission = marking.work.submission
    return results.best_counted([submission.enrolment_id]).get((submission.enrolment_id, submission.module))


def _answer(
    appeal: Appeal,
    outcome: Outcome,
    level: tuple[str, str],
    change: Change,
    verdict: Verdict,
    base_url: str,
    by: User,
) -> AppealAnswer:
    """Keep the answer for ever, and tell the trainee."""
    second, now = appeal.state is AppealState.ESCALATED, clock.now()
    to = AppealState.FINAL if second else AppealState.ANSWERED
    assert to in MOVES[appeal.state]
    answer = AppealAnswer(
        instance=2 if second else 1,
        outcome=outcome,
        level_before=level[0],
        level_after=level[1],
        raw_before=change.raw[0],
        raw_after=change.raw[1],
        counted_before=change.counted[0],
        counted_after=change.counted[1],
        reason=verdict.reason.strip(),
        by_id=by.id,
        at=now,
    )
    appeal.answers.append(answer)
    appeal.state, appeal.outcome, appeal.closed_at = to, outcome, now
    if outcome is Outcome.UPHELD and not second:
        zone = appeal.marking.work.submission.enrolment.cohort.time_zone
        appeal.until = asking.policy_of(appeal.marking.work).escalated_until(now, zone)
    session.flush()
    audit.record(
        f"appeal.{outcome.value}",
        f"appeal:{appeal.id}",
        by=by,
        instance=answer.instance,
        before=change.counted[0],
        after=change.counted[1],
        why=answer.reason,
    )
    letters.tell(
        appeal,
        to.value,
        base_url,
        accepted=outcome is Outcome.ACCEPTED,
        mark=change.counted,
        answer=answer.reason,
    )
    return answer
