"""How far the markers of a person's reach agree: of works marked twice both blind marks, of all works the first mark.

Nothing that stands on fewer than ``agreement.LEAST`` cases is said; how many there are is said everywhere.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from diploma.accounts.models import User
from diploma.cohorts.models import Cohort, Enrolment, Partner
from diploma.core.db import session
from diploma.core.lang import Lang
from diploma.core.orm import Mark
from diploma.coursework.models import Marking, Submission, SubmissionVersion
from diploma.coursework.moderation import agreement
from diploma.coursework.moderation.agreement import LEAST, Pair
from diploma.coursework.moderation.models import Moderation, Outcome, ProvisionalMark
from diploma.coursework.together import sight
from diploma.learning import catalogue

Key = tuple[str, int]  # what a group is called, and what tells it from another of the same name
APART = (0, 3, 6, 11)  # points of difference at which each column of the chart begins
_DAY = 86_400


@dataclass(frozen=True)
class Figure:
    """A figure of ``n`` cases; ``None`` where there are too few of them, or nothing differs."""

    n: int
    value: Decimal | None


@dataclass(frozen=True)
class First:
    """A first mark: whose, of which work, 0 to 100, and how many days after the work it came."""

    marker: str
    marker_id: int
    cohort: Cohort
    partner: Partner
    lang: Lang
    raw: Decimal
    days: Decimal


@dataclass(frozen=True)
class Twice:
    """A work with two blind marks: ranks by criterion, the band of each mark, and both marks. Ranks count from 1."""

    module: str
    revision_id: int
    criteria: dict[str, Pair]
    bands: Pair
    raw: tuple[Decimal, Decimal]
    outcome: Outcome | None


@dataclass(frozen=True)
class Report:
    """All figures. ``criteria`` are weighted kappas by module and criterion, ``levels`` counts pairs of ranks,
    ``apart`` how many works lie in each column of :data:`APART`."""

    works: int
    levels_kappa: Figure
    band_kappa: Figure
    icc: Figure
    exact: Figure
    adjacent: Figure
    drift: Figure
    criteria: dict[tuple[str, int, str], Figure]
    levels: Counter[Pair]
    apart: list[int]
    outcomes: Counter[Outcome]
    by_lang: list[tuple[str, Figure]]
    by_marker: list[tuple[str, Figure]]
    days_by_marker: list[tuple[str, Figure]]
    days_by_cohort: list[tuple[str, Figure]]
    days_by_partner: list[tuple[str, Figure]]


def report(cohorts: Collection[Cohort], module: str | None, name: Callable[[Cohort | Partner], str]) -> Report:
    """The figures of some cohorts, of one assignment or of all; ``name`` calls a cohort or partner. Two queries.

    Means are of the mark as the rubric gives it, turnaround is the median of days from the work to its first mark.
    """
    twice, firsts = _twice(cohorts, module), _firsts(cohorts, module)
    pairs = [pair for one in twice for pair in one.criteria.values()]
    works, raw = len(twice), [one.raw for one in twice]
    return Report(
        works=works,
        levels_kappa=_figure(works, agreement.weighted_kappa(pairs)),
        band_kappa=_figure(works, agreement.weighted_kappa([one.bands for one in twice])),
        icc=_figure(works, agreement.icc(raw)),
        exact=_percent(works, agreement.exact(pairs)),
        adjacent=_percent(works, agreement.adjacent(pairs)),
        drift=_figure(works, agreement.mean([second - first for first, second in raw])),
        criteria=_by_criterion(twice),
        levels=Counter(pairs),
        apart=_columns(abs(second - first) for first, second in raw),
        outcomes=Counter(one.outcome for one in twice if one.outcome),
        by_lang=_means(firsts, _lang),
        by_marker=_means(firsts, _marker),
        days_by_marker=_medians(firsts, _marker),
        days_by_cohort=_medians(firsts, lambda one: (name(one.cohort), one.cohort.id)),
        days_by_partner=_medians(firsts, lambda one: (name(one.partner), one.partner.id)),
    )


# ---- figures


def _figure(n: int, value: Fraction | Decimal | None) -> Figure:
    """Two decimals; nothing of fewer than ``LEAST`` cases."""
    if n < LEAST or value is None:
        return Figure(n, None)
    exact = Decimal(value.numerator) / value.denominator if isinstance(value, Fraction) else value
    return Figure(n, exact.quantize(Decimal("0.01"), ROUND_HALF_UP))


def _percent(n: int, value: Fraction | None) -> Figure:
    return _figure(n, None if value is None else value * 100)


def _by_criterion(twice: Iterable[Twice]) -> dict[tuple[str, int, str], Figure]:
    pairs: dict[tuple[str, int, str], list[Pair]] = {}
    for one in twice:
        for criterion, pair in one.criteria.items():
            pairs.setdefault((one.module, one.revision_id, criterion), []).append(pair)
    return {key: _figure(len(those), agreement.weighted_kappa(those)) for key, those in pairs.items()}


def _columns(differences: Iterable[Decimal]) -> list[int]:
    """How many differences lie in each column, the last one without an end."""
    counts = [0] * len(APART)
    for one in differences:
        counts[max(n for n, least in enumerate(APART) if one >= least)] += 1
    return counts


def _lang(one: First) -> Key:
    return one.lang.native_name, list(Lang).index(one.lang)


def _marker(one: First) -> Key:
    return one.marker, one.marker_id


def _means(firsts: Iterable[First], key: Callable[[First], Key]) -> list[tuple[str, Figure]]:
    return [
        (label, _figure(len(those), agreement.mean([one.raw for one in those])))
        for label, those in _groups(firsts, key)
    ]


def _medians(firsts: Iterable[First], key: Callable[[First], Key]) -> list[tuple[str, Figure]]:
    return [
        (label, _figure(len(those), agreement.median([one.days for one in those])))
        for label, those in _groups(firsts, key)
    ]


def _groups(firsts: Iterable[First], key: Callable[[First], Key]) -> list[tuple[str, list[First]]]:
    """By label; two people of one name stay two."""
    found: dict[Key, list[First]] = {}
    for one in firsts:
        found.setdefault(key(one), []).append(one)
    return [(label, those) for (label, _id), those in sorted(found.items(), key=lambda item: item[0])]


# ---- what is stored


def _twice(cohorts: Collection[Cohort], module: str | None) -> list[Twice]:
    first, second = aliased(ProvisionalMark), aliased(ProvisionalMark)
    columns = (Submission.module, SubmissionVersion.revision_id, first.levels, second.levels, first.raw, second.raw)
    query = (
        select(*columns, Moderation.outcome)
        .join(first, (first.moderation_id == Moderation.id) & (first.turn == 1))
        .join(second, (second.moderation_id == Moderation.id) & (second.turn == 2))
        .join(Marking, Marking.id == Moderation.marking_id)
        .join(SubmissionVersion, SubmissionVersion.id == Marking.work_id)
        .join(Submission, Submission.id == SubmissionVersion.submission_id)
        .join(Enrolment, Enrolment.id == Submission.enrolment_id)
        .where(Enrolment.cohort_id.in_([one.id for one in cohorts]), second.given_at.is_not(None))
    )
    rows: Any = session.execute(query.where(Submission.module == module) if module else query)
    return [_pair(*row) for row in rows]


def _pair(
    module: str,
    revision_id: int,
    one: Mapping[str, str],
    other: Mapping[str, str],
    raw: Decimal,
    again: Decimal,
    outcome: Outcome | None,
) -> Twice:
    content = catalogue.content(revision_id)
    rubric = content.modules[module].rubric
    ranks = {level.id: rank for rank, level in enumerate(reversed(rubric.levels), 1)}
    criteria = {key: (ranks[level], ranks[other[key]]) for key, level in one.items()}
    begins = [band.at_least for band in content.programme.scale]
    bands = tuple(sum(mark >= least for least in begins) for mark in (raw, again))
    return Twice(module, revision_id, criteria, (bands[0], bands[1]), (raw, again), outcome)


def _firsts(cohorts: Collection[Cohort], module: str | None) -> list[First]:
    """The first mark of every work; of one that was marked twice as it stood before."""
    first = aliased(ProvisionalMark)
    mark = func.coalesce(first.raw, Marking.raw, type_=Mark)
    work = SubmissionVersion
    query = (
        select(User.full_name, User.id, Cohort, Partner, work.lang, mark, work.received_at, Marking.marked_at)
        .select_from(Marking)
        .join(User, User.id == Marking.marker_id)
        .join(work, work.id == Marking.work_id)
        .join(Submission, Submission.id == work.submission_id)
        .join(Enrolment, Enrolment.id == Submission.enrolment_id)
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .join(Partner, Partner.id == Cohort.partner_id)
        .outerjoin(Moderation, Moderation.marking_id == Marking.id)
        .outerjoin(first, (first.moderation_id == Moderation.id) & (first.turn == 1))
        .where(Enrolment.cohort_id.in_([one.id for one in cohorts]), sight.whole(), Marking.marked_at.is_not(None))
    )
    rows: Any = session.execute(query.where(Submission.module == module) if module else query)
    return [
        First(name, marker, cohort, partner, lang, raw, _days(received, marked))
        for name, marker, cohort, partner, lang, raw, received, marked in rows
    ]


def _days(received_at: datetime, marked_at: datetime) -> Decimal:
    return Decimal(int((marked_at - received_at).total_seconds())) / _DAY
