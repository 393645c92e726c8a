"""Rules of admission: its steps, who may apply, who reads whom, the ranking, offers within places and quota. Pure."""

import random
from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from diploma.admissions.models import ApplicationState
from diploma.admissions.plan import TOP_LEVEL, Criterion, Effect, Rule, RuleKind
from diploma.cohorts.rules import instant

_S = ApplicationState
MOVES: dict[ApplicationState, frozenset[ApplicationState]] = {
    _S.DRAFT: frozenset({_S.ELIGIBLE, _S.INELIGIBLE, _S.WITHDRAWN}),
    _S.ELIGIBLE: frozenset({_S.INELIGIBLE, _S.READING, _S.WITHDRAWN, _S.REFUSED}),
    _S.INELIGIBLE: frozenset({_S.ELIGIBLE, _S.WITHDRAWN, _S.REFUSED}),
    _S.READING: frozenset({_S.OFFERED, _S.WAITING, _S.REFUSED, _S.WITHDRAWN}),
    _S.WAITING: frozenset({_S.OFFERED, _S.WITHDRAWN, _S.REFUSED}),
    _S.OFFERED: frozenset({_S.ACCEPTED, _S.DECLINED, _S.LAPSED, _S.WITHDRAWN}),
    _S.ACCEPTED: frozenset({_S.REFUSED}),  # only of a person who cannot be added
    _S.DECLINED: frozenset(),
    _S.LAPSED: frozenset(),
    _S.REFUSED: frozenset(),
    _S.WITHDRAWN: frozenset(),
}
JUDGED = frozenset({_S.ELIGIBLE, _S.INELIGIBLE})  # by the rules, and not yet given to readers
WITHDRAWABLE = frozenset(state for state, to in MOVES.items() if _S.WITHDRAWN in to)
READINGS = 2  # of each application; one more when they lie far apart


@dataclass(frozen=True)
class Facts:
    """What the rules look at. ``graduate``: has completed a cohort of the partner for the same award."""

    years: int | None
    entity_id: int | None
    level: str | None
    language: str
    graduate: bool = False


def unmet(rules: Iterable[Rule], facts: Facts, languages: Collection[str]) -> list[Rule]:
    """The rules that an application does not meet; ``languages`` are those of the cohort."""
    return [one for one in rules if not _met(one, facts, languages)]


def _met(rule: Rule, facts: Facts, languages: Collection[str]) -> bool:
    wanted = rule.parameter
    if rule.kind is RuleKind.SERVICE:
        return isinstance(wanted, int) and (facts.years or 0) >= wanted
    if rule.kind is RuleKind.LANGUAGE:
        return facts.language in languages
    if rule.kind is RuleKind.NOT_GRADUATE:
        return not facts.graduate
    given = facts.entity_id if rule.kind is RuleKind.ENTITIES else facts.level
    return isinstance(wanted, tuple) and given in wanted


def outcome(unmet_rules: Iterable[Rule]) -> ApplicationState:
    """One excluding rule that is not met is enough; advice excludes nobody."""
    excluded = any(one.effect is Effect.EXCLUDING for one in unmet_rules)
    return _S.INELIGIBLE if excluded else _S.ELIGIBLE


# ---- readers


@dataclass(frozen=True)
class Reader:
    user_id: int
    email: str
    entity_id: int | None = None


@dataclass(frozen=True)
class Script:
    """An application as it is given out to readers; ``taken`` are the readers it has."""

    id: int
    email: str
    entity_id: int | None
    taken: frozenset[int] = frozenset()


def may_read(reader: Reader, script: Script) -> bool:
    """Nobody reads their own application, one of their own entity, or one twice."""
    same_entity = reader.entity_id is not None and reader.entity_id == script.entity_id
    return reader.email != script.email and not same_entity and reader.user_id not in script.taken


def assign(
    scripts: Sequence[Script], readers: Sequence[Reader], load: Mapping[int, int], seed: int, each: int = READINGS
) -> dict[int, list[int]]:
    """Readers by application, ``each`` of them, those with the least to read first; what cannot get all gets none.

    ``load`` counts what each reader has already. Equals are drawn by ``seed``: the same call is given out in the same
    way again.
    """
    draw, work = random.Random(seed), Counter(load)
    order = sorted(scripts, key=lambda one: one.id)
    draw.shuffle(order)
    given: dict[int, list[int]] = {}
    for script in order:
        free = sorted((one for one in readers if may_read(one, script)), key=lambda one: one.user_id)
        draw.shuffle(free)
        chosen = [one.user_id for one in sorted(free, key=lambda one: work[one.user_id])[:each]]
        if len(chosen) == each:
            given[script.id] = chosen
            work.update(chosen)
    return given


def due_at(assigned_at: datetime, days: int, zone: str) -> datetime:
    """The last minute of the day on which a reading is due, some days after it was given out."""
    day = assigned_at.astimezone(ZoneInfo(zone)).date() + timedelta(days=days)
    return instant(datetime.combine(day, time(23, 59)), zone)


def score(levels: Mapping[str, int], criteria: Sequence[Criterion]) -> Decimal:
    """Points of 100: the levels by weight, four places at most."""
    weights = sum(one.weight for one in criteria)
    points = sum(levels[one.id] * one.weight for one in criteria)
    return (Decimal(100 * points) / (TOP_LEVEL * weights)).quantize(Decimal("0.0001"))


def lie_apart(first: Decimal, second: Decimal, gap: int) -> bool:
    """Whether two readings differ by more than ``gap`` points, so that a third reader is asked."""
    return abs(first - second) > gap


# ---- ranking and places


@dataclass(frozen=True)
class Candidate:
    """A read application: ``readings`` are the levels that each reader gave; ``group`` is what the quota counts by."""

    id: int
    group: Hashable
    submitted_at: datetime
    readings: tuple[Mapping[str, int], ...]


@dataclass(frozen=True)
class Ranked:
    candidate: Candidate
    mean: Decimal


def ranked(candidates: Iterable[Candidate], criteria: Sequence[Criterion]) -> list[Ranked]:
    """The best mean first; of equals who is better on the heaviest criterion, then who applied earlier."""
    heaviest = max(criteria, key=lambda one: one.weight).id if criteria else ""

    def key(one: Ranked) -> tuple[Decimal, Decimal, datetime, int]:
        levels = [Decimal(levels[heaviest]) for levels in one.candidate.readings]
        return (-one.mean, -sum(levels, Decimal()) / len(levels), one.candidate.submitted_at, one.candidate.id)

    return sorted((Ranked(one, _mean(one, criteria)) for one in candidates if one.readings), key=key)


def _mean(candidate: Candidate, criteria: Sequence[Criterion]) -> Decimal:
    scores = [score(one, criteria) for one in candidate.readings]
    return (sum(scores, Decimal()) / len(scores)).quantize(Decimal("0.0001"))


def next_up(
    waiting: Sequence[tuple[int, Hashable]], held: Mapping[Hashable, int], places: int, quota: int | None
) -> list[int]:
    """Who gets the ``places`` that are free: by rank, passing over whoever's entity has its quota.

    ``waiting`` are (id, group) by rank; ``held`` counts places that are offered or taken, by group.
    """
    taken, chosen = Counter(held), list[int]()
    for key, group in waiting:
        if len(chosen) >= places:
            break
        if quota is None or taken[group] < quota:
            taken[group] += 1
            chosen.append(key)
    return chosen
