"""Whom a change in the rules of second marking concerns, and the works that follow it."""

from collections.abc import Sequence

from sqlalchemy import select

from diploma.accounts.models import User
from diploma.cohorts.models import Cohort
from diploma.core.db import session
from diploma.core.errors import N_
from diploma.coursework import policies
from diploma.coursework.models import MarkingState
from diploma.coursework.moderation import policy, rounds
from diploma.coursework.moderation.models import Moderation
from diploma.coursework.moderation.policy import SECOND, SecondPolicy
from diploma.coursework.policies import ALL, Effect

_CHOSEN = N_("The work would be marked a second time.")
_SPARED = N_("The work would not be marked a second time.")
_HELD_BACK = N_("Marks that are set and not released: %(count)s. They would wait until the second marking has begun.")
_SAMPLE = N_("Of %(of)s works the sample would have %(after)s instead of %(before)s.")


def effects(cohort: Cohort, module: str, rule: SecondPolicy) -> list[Effect]:
    """Whose work would be marked a second time or no longer, by name; how large the sample would be; what would wait.

    Which rule it is, is not said: the page is no place to learn of a mark. Who was chosen stays chosen.
    """
    found: list[Effect] = []
    for one in _modules(cohort, module):
        found += _in_module(cohort, one, rounds.rules_of(cohort, one), rule)
    return found


def apply(cohort: Cohort, module: str, by: User) -> None:
    """Choose those whom the rules choose now, where the second marking has begun."""
    for one in _modules(cohort, module):
        rounds.widen(cohort, one, by=by)


REACH = policies.Reach(SECOND, effects, apply)


def _modules(cohort: Cohort, module: str) -> list[str]:
    """The assignments that a decision for ``module`` reaches: for all of them those without rules of their own."""
    if module != ALL:
        return [module]
    book = policies.books(SECOND, [cohort])[cohort.id]
    return [one.module for one in cohort.modules if not book.at(one.module).own]


def _in_module(cohort: Cohort, module: str, before: SecondPolicy, after: SecondPolicy) -> list[Effect]:
    marked = rounds.marked_works(cohort, module, MarkingState.MARKED, MarkingState.READY)
    chosen = set(
        session.scalars(select(Moderation.marking_id).where(Moderation.marking_id.in_([m.id for m in marked])))
    )
    free, limits = [one for one in marked if one.id not in chosen], rounds.limits(cohort, module)
    found: list[Effect] = []
    for one in free:
        assert one.raw is not None  # a check of the table
        was, is_ = (bool(policy.reasons(rule, limits, one.raw)) for rule in (before, after))
        if was != is_:
            name = one.work.submission.enrolment.user.full_name
            found.append(Effect(name, module, _CHOSEN if is_ else _SPARED))
    waiting = sum(one.state is MarkingState.MARKED for one in free)
    many: Sequence[Effect] = ()
    if after.on and not before.on and waiting:
        many = [Effect("", module, _HELD_BACK, {"count": waiting})]
    was_n, is_n = (_size(rule, len(free)) for rule in (before, after))
    if was_n != is_n:
        many = [*many, Effect("", module, _SAMPLE, {"of": len(free), "before": was_n, "after": is_n})]
    return [*many, *sorted(found, key=lambda effect: effect.person)]


def _size(rule: SecondPolicy, works: int) -> int:
    return -(-works * rule.sample // 100) if rule.on and not rule.every else 0
