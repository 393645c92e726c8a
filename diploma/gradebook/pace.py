"""How the people of cohorts keep up with their dates, and who is behind; three queries for any number of them.

Counted are the people whom the pages of a cohort count: those who are active in it. Behind can be only who has signed
in: whoever has not is a question of invitations, not of work.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, func, literal, select, union_all
from sqlalchemy.orm import joinedload

from diploma.cohorts import own_dates
from diploma.cohorts.models import Cohort, CohortModule, Enrolment, Waiver
from diploma.cohorts.own_dates import Layers
from diploma.cohorts.rules import TAUGHT, Lag, lag
from diploma.cohorts.standings import Standing, on_board
from diploma.core import clock
from diploma.core.db import session
from diploma.coursework.models import Submission, SubmissionState
from diploma.learning import catalogue, rules
from diploma.learning.models import ModuleCompletion, SectionRead
from diploma.learning.structure import Programme

Key = tuple[int, str]  # enrolment id, module


@dataclass(frozen=True)
class Behind:
    """A person who is behind, with the lag in each module, in the order of the programme."""

    enrolment_id: int
    cohort_id: int
    lags: Mapping[str, Lag]

    @property
    def weight(self) -> tuple[int, int]:
        return max(one.weight for one in self.lags.values())


@dataclass
class Pace:
    """A cohort: where the people active in it stand, the per cents ``read`` summed over them and its open ``modules``,
    and who is behind."""

    modules: int = 0
    standings: Counter[Standing] = field(default_factory=Counter)
    read: int = 0
    behind: list[Behind] = field(default_factory=list)

    @property
    def people(self) -> int:
        return self.standings.total()

    @property
    def progress(self) -> int | None:
        """Mean share of the open modules read, a completed one in full; ``None`` where there is nothing to read."""
        return mean([self])


def mean(paces: Collection[Pace]) -> int | None:
    """Mean share read over all people and open modules of some cohorts."""
    places = sum(one.people * one.modules for one in paces)
    return sum(one.read for one in paces) // places if places else None


@dataclass(frozen=True)
class _Done:
    """What people have done, by enrolment and module; ``sections`` counts those read."""

    sections: dict[Key, int]
    completed: dict[int, set[str]]
    handed_in: set[Key]
    waived: set[Key]
    own: Layers


@dataclass(frozen=True)
class Person:
    """Somebody who is behind, with their account and cohort."""

    enrolment: Enrolment
    behind: Behind


def people(behind: Sequence[Behind]) -> list[Person]:
    """Who they are, in the order given."""
    rows = session.scalars(
        select(Enrolment)
        .where(Enrolment.id.in_([one.enrolment_id for one in behind]))
        .options(joinedload(Enrolment.user), joinedload(Enrolment.cohort))
    )
    by_id = {one.id: one for one in rows}
    return [Person(by_id[one.enrolment_id], one) for one in behind]


def paces(cohorts: Sequence[Cohort]) -> dict[int, Pace]:
    """The pace of each cohort by its id, the worst of those behind first. Reads ``Cohort.modules``."""
    now, done = clock.now(), _done(cohorts)
    terms = {one.id: _term(one, now) for one in cohorts}
    found = {one.id: Pace(modules=len(terms[one.id].opened)) for one in cohorts}
    for enrolment_id, cohort_id, standing in on_board(cohorts):
        pace, term = found[cohort_id], terms[cohort_id]
        shares = _shares(enrolment_id, term, done)
        pace.standings[standing] += 1
        pace.read += sum(shares.values())
        lags = dict(_lags(enrolment_id, term, shares, done, now)) if standing is Standing.ACTIVE else {}
        if lags:
            pace.behind.append(Behind(enrolment_id, cohort_id, lags))
    for pace in found.values():
        pace.behind.sort(key=lambda one: one.weight, reverse=True)
    return found


@dataclass(frozen=True)
class _Term:
    """A cohort at this moment: the dates of its ``opened`` written modules, the number of sections of each."""

    programme: Programme
    zone: str
    opened: list[CohortModule]
    sections: Mapping[str, int]


def _term(cohort: Cohort, now: datetime) -> _Term:
    content, dates = catalogue.content(cohort.revision_id), {one.module: one for one in cohort.modules}
    written = [one.id for one in content.programme.modules if one.id in dates and one.id in content.modules]
    opened = [dates[one] for one in written if dates[one].opens_at <= now and cohort.state in TAUGHT]
    sizes = {one: sum(len(lesson.anchors) for lesson in content.modules[one].lessons) for one in written}
    return _Term(content.programme, cohort.time_zone, opened, sizes)


def _shares(enrolment_id: int, term: _Term, done: _Done) -> dict[str, int]:
    """Whole per cent read of each open module, as the pages of the cohort show it; 100 when it is completed."""
    completed, read = done.completed.get(enrolment_id, ()), done.sections
    return {
        name: 100 if name in completed else min(100, 100 * read.get((enrolment_id, name), 0) // term.sections[name])
        for name in (one.module for one in term.opened)
    }


def _lags(
    enrolment_id: int, term: _Term, shares: Mapping[str, int], done: _Done, now: datetime
) -> Iterator[tuple[str, Lag]]:
    """The lag in each module that is open to the person and not completed."""
    completed = done.completed.get(enrolment_id, set())
    for one in term.opened:
        name, key = one.module, (enrolment_id, one.module)
        sent, waived, own = key in done.handed_in, key in done.waived, own_dates.at(done.own, enrolment_id, one)
        if name in completed or own.opens_at > now:
            continue
        found = lag(own.opens_at, own.due_at, term.zone, now=now, read=shares[name], handed_in=sent)
        if found is None:
            continue
        if rules.door(term.programme, name, opens_at=own.opens_at, completed=completed, waived=waived, now=now).open:
            yield name, found


def _part(what: str, kind: Any, number: ColumnElement[int]) -> Select[Any]:
    """What a table that hangs on enrolments says of some cohorts, as (what, enrolment id, module, number)."""
    people = select(Enrolment.id).where(Enrolment.cohort_id.in_(bindparam("cohorts", expanding=True)))
    return select(literal(what), kind.enrolment_id, kind.module, number).where(kind.enrolment_id.in_(people))


# One statement of four parts, put together once: four statements would cost four times as much.
_EVERYTHING = union_all(
    _part("read", SectionRead, func.count()).group_by(SectionRead.enrolment_id, SectionRead.module),
    _part("completed", ModuleCompletion, literal(1)),
    _part("sent", Submission, literal(1)).where(Submission.state != SubmissionState.DRAFT),
    _part("waived", Waiver, literal(1)),
)


def _done(cohorts: Sequence[Cohort]) -> _Done:
    ids = [one.id for one in cohorts]
    done = _Done({}, defaultdict(set), set(), set(), own_dates.in_cohorts(ids))
    for what, enrolment_id, module, number in session.execute(_EVERYTHING, {"cohorts": ids}):
        match what:
            case "read":
                done.sections[enrolment_id, module] = number
            case "completed":
                done.completed[enrolment_id].add(module)
            case "sent":
                done.handed_in.add((enrolment_id, module))
            case _:
                done.waived.add((enrolment_id, module))
    return done
