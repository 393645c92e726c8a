"""Rules of results: what a module's mark consists of, what is missing, how a diploma is decided (spec content,
"Curriculum"; spec assessment, "Gradebook"). Pure.

Marks and per cents are Decimals from 0 to 100. Limits compare the unrounded value; only a final mark, of a module or
of the diploma, is rounded, one decimal half-up, and then banded. Weights and limits come from the programme and the
module.
"""

import enum
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

from diploma.learning.structure import Band, BandConditions, DiplomaWeights, Module, Programme

_MOST_DECIMALS = 20  # far more than means of marks by hours can need


class PartKind(enum.StrEnum):
    """The parts of a module's mark."""

    QUIZ = "quiz"
    ASSIGNMENT = "assignment"
    WORKSHOP = "workshop"


class MissingKind(enum.StrEnum):
    """What can stand between a person and a module or the diploma."""

    LESSONS = "lessons"
    QUIZ = "quiz"
    ASSIGNMENT = "assignment"
    WORKSHOP = "workshop"
    ATTENDANCE = "attendance"
    TOTAL = "total"
    MODULES = "modules"
    CAPSTONE = "capstone"
    GATES = "gates"


@dataclass(frozen=True)
class Missing:
    """One unmet requirement; templates say it in words.

    ``have`` is the value that stands below ``limit``, ``None`` while there is none. ``ids`` names the lessons not
    opened, the workshops not held, the modules or the gates.
    """

    kind: MissingKind
    have: Decimal | None = None
    limit: int | None = None
    ids: tuple[str, ...] = ()

    @property
    def failed(self) -> bool:
        """A mark stands below its limit; everything else can still come (missed hours can be made up)."""
        return self.have is not None and self.kind is not MissingKind.ATTENDANCE


# ---- a module


@dataclass(frozen=True)
class Evidence:
    """What one person has in one module; ``None`` where nothing counts yet.

    ``quiz`` is the best submitted attempt, ``assignment`` the counted mark that is released, ``workshop`` the mean
    workshop mark, ``attendance`` per cent of the live hours. ``opened`` are lessons, ``held`` workshops whose sheet is
    saved.
    """

    quiz: Decimal | None = None
    assignment: Decimal | None = None
    workshop: Decimal | None = None
    attendance: Decimal | None = None
    opened: Collection[str] = frozenset()
    held: Collection[str] = frozenset()


@dataclass(frozen=True)
class Line:
    """One line of "how this was computed": ``mark`` × ``weight`` per cent = ``points``; ``limit`` of the part alone."""

    part: PartKind
    mark: Decimal | None
    weight: int
    limit: int | None = None

    @property
    def points(self) -> Decimal | None:
        return None if self.mark is None else self.mark * self.weight / 100


@dataclass(frozen=True)
class ModuleResult:
    """Where a person stands in a module. ``how`` adds up to ``total``, which is ``None`` while a part is missing."""

    how: tuple[Line, ...]
    total: Decimal | None
    limit: int
    attendance: Decimal | None
    attendance_limit: int
    missing: tuple[Missing, ...] = field(default=())

    @property
    def complete(self) -> bool:
        return not self.missing

    @property
    def decimals(self) -> int:
        """Decimals, two or more, with which the shown points add up to the shown total and the total stays on its side
        of the limit."""
        return next((places for places in range(2, _MOST_DECIMALS) if self._honest(places)), _MOST_DECIMALS)

    def shown(self, value: Decimal) -> Decimal:
        return value.quantize(Decimal(1).scaleb(-self.decimals), ROUND_HALF_UP)

    def _honest(self, places: int) -> bool:
        if self.total is None:
            return True
        step = Decimal(1).scaleb(-places)
        points = [line.points.quantize(step, ROUND_HALF_UP) for line in self.how if line.points is not None]
        total = self.total.quantize(step, ROUND_HALF_UP)
        return sum(points) == total and (total >= self.limit) == (self.total >= self.limit)


def module_result(module: Module, programme: Programme, evidence: Evidence) -> ModuleResult:
    """The result of one person in one module from what they have (spec content: marks, pass rules, rule 11)."""
    rules = programme.pass_rules
    how = _lines(module, programme, evidence)
    points = [line.points for line in how if line.points is not None]
    total = sum(points, Decimal(0)) if len(points) == len(how) else None
    attendance_limit = max(module.complete_when.attendance_at_least, rules.attendance.module_at_least)
    checks = (
        _unopened(module, evidence),
        *(_part_missing(module, line, evidence) for line in how),
        _below(MissingKind.ATTENDANCE, evidence.attendance, attendance_limit),
        _below(MissingKind.TOTAL, total, rules.module_at_least) if total is not None else None,
    )
    return ModuleResult(
        how, total, rules.module_at_least, evidence.attendance, attendance_limit, tuple(one for one in checks if one)
    )


def _lines(module: Module, programme: Programme, evidence: Evidence) -> tuple[Line, ...]:
    """The three parts; the workshop mark stands only when every workshop of the module has been held."""
    weights, when = programme.module_weights, module.complete_when
    assignment_limit = max(when.assignment_at_least, programme.pass_rules.assignment_at_least)
    return (
        Line(PartKind.QUIZ, evidence.quiz, weights.quiz, when.quiz_at_least),
        Line(PartKind.ASSIGNMENT, evidence.assignment, weights.assignment, assignment_limit),
        Line(PartKind.WORKSHOP, None if _not_held(module, evidence) else evidence.workshop, weights.workshop),
    )


def _unopened(module: Module, evidence: Evidence) -> Missing | None:
    lessons = tuple(one.id for one in module.lessons if one.id not in evidence.opened)
    return Missing(MissingKind.LESSONS, ids=lessons) if lessons else None


def _not_held(module: Module, evidence: Evidence) -> tuple[str, ...]:
    return tuple(one.id for one in module.workshops if one.id not in evidence.held)


def _part_missing(module: Module, line: Line, evidence: Evidence) -> Missing | None:
    kind = MissingKind(line.part.value)
    if line.mark is None:
        return Missing(kind, None, line.limit, _not_held(module, evidence) if kind is MissingKind.WORKSHOP else ())
    return _below(kind, line.mark, line.limit)


def _below(kind: MissingKind, have: Decimal | None, limit: int | None) -> Missing | None:
    """The requirement while nothing is there, or what is there stands below the limit, unrounded."""
    return Missing(kind, have, limit) if limit is not None and (have is None or have < limit) else None


def printed_mark(mark: Decimal, limit: int | None = None) -> Decimal:
    """A mark as documents print it: one decimal, half-up; more where it would else seem to have reached ``limit``."""
    for places in range(1, _MOST_DECIMALS):
        shown = mark.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
        if limit is None or (shown >= limit) == (mark >= limit):
            return shown
    return mark


def module_band(programme: Programme, result: ModuleResult) -> str | None:
    """The band of a module's mark as it is printed; ``None`` while a part is missing.

    What a band asks besides the mark is said of the diploma and its capstone project, not of a module.
    """
    return None if result.total is None else band(programme, printed_mark(result.total, result.limit))


# ---- the marks of a cohort

BANDS = (0, 50, 60, 70, 80, 90)  # where each band of a distribution begins


@dataclass(frozen=True)
class Spread:
    """How marks lie: how many in each of ``BANDS``, and their mean, unrounded."""

    counts: tuple[int, ...]
    mean: Decimal

    @property
    def total(self) -> int:
        return sum(self.counts)


def spread(marks: Sequence[Decimal]) -> Spread | None:
    """The distribution of marks from 0 to 100; ``None`` while there is none."""
    if not marks:
        return None
    counts = [0] * len(BANDS)
    for mark in marks:
        counts[band_of(mark)] += 1
    return Spread(tuple(counts), sum(marks, Decimal(0)) / len(marks))


def band_of(mark: Decimal) -> int:
    """The place in ``BANDS`` of a mark, which is not rounded first: 59.99 lies below 60."""
    return sum(mark >= start for start in BANDS) - 1


# ---- the diploma


@dataclass(frozen=True)
class DiplomaEvidence:
    """What one person has of the whole programme; ``attendance`` is that of all live hours.

    ``modules`` and ``assignments`` map module ids to marks, ``gates`` the decided gates to their decision (``go``,
    ``park``, ``stop``: each is a decision).
    """

    modules: Mapping[str, Decimal | None]
    assignments: Mapping[str, Decimal | None]
    capstone: Decimal | None
    gates: Mapping[int, str]
    attendance: Decimal | None
    capstone_resubmitted: bool = False
    integrity_finding: bool = False


class Outcome(enum.StrEnum):
    """``open`` while what is missing can still come; ``failed`` when a mark stands below its limit."""

    OPEN = "open"
    FAILED = "failed"
    PASSED = "passed"


@dataclass(frozen=True)
class DiplomaResult:
    """``final`` is rounded to one decimal, ``None`` while a mark is missing; ``band`` is an id of the scale."""

    outcome: Outcome
    final: Decimal | None
    band: str | None
    missing: tuple[Missing, ...] = ()


def diploma_result(programme: Programme, evidence: DiplomaEvidence) -> DiplomaResult:
    """The decision about a diploma; a band only for who has passed."""
    missing = _diploma_missing(programme, evidence)
    marks = [evidence.modules.get(entry.id) for entry in programme.modules]
    known = [one for one in marks if one is not None]
    if evidence.capstone is None or len(known) < len(marks):
        return DiplomaResult(_outcome(missing), None, None, missing)
    final = final_mark(known, evidence.capstone, programme.diploma_weights)
    reached = band(programme, final, evidence) if not missing else None
    return DiplomaResult(_outcome(missing), final, reached, missing)


def final_mark(modules: Sequence[Decimal], capstone: Decimal, weights: DiplomaWeights) -> Decimal:
    """The mean of the modules and the capstone by their weights, with one decimal, half-up."""
    exact = sum(modules, Decimal(0)) * weights.modules / (100 * len(modules)) + capstone * weights.capstone / 100
    return exact.quantize(Decimal("0.1"), ROUND_HALF_UP)


def band(programme: Programme, final: Decimal, evidence: DiplomaEvidence | None = None) -> str:
    """The highest band that the rounded final mark reaches and whose own conditions hold, if there is ``evidence``."""
    scale = sorted(programme.scale, key=lambda one: one.at_least, reverse=True)
    return next(one.id for one in scale if final >= one.at_least and (not evidence or _holds(one, evidence)))


def _holds(one: Band, evidence: DiplomaEvidence) -> bool:
    also = one.also or BandConditions(None, None, None)
    return all(
        (
            also.capstone_at_least is None or (evidence.capstone or 0) >= also.capstone_at_least,
            also.capstone_resubmitted in (None, evidence.capstone_resubmitted),
            also.integrity_finding in (None, evidence.integrity_finding),
        )
    )


def _outcome(missing: Sequence[Missing]) -> Outcome:
    if any(one.failed for one in missing):
        return Outcome.FAILED
    return Outcome.OPEN if missing else Outcome.PASSED


def _diploma_missing(programme: Programme, evidence: DiplomaEvidence) -> tuple[Missing, ...]:
    rules = programme.pass_rules
    undecided = tuple(str(gate) for gate in rules.gates_required if gate not in evidence.gates)
    checks = [
        *_each(MissingKind.MODULES, programme, evidence.modules, rules.module_at_least),
        *_each(MissingKind.ASSIGNMENT, programme, evidence.assignments, rules.assignment_at_least),
        _below(MissingKind.CAPSTONE, evidence.capstone, rules.capstone_at_least),
        Missing(MissingKind.GATES, ids=undecided) if undecided else None,
        _below(MissingKind.ATTENDANCE, evidence.attendance, rules.attendance.overall_at_least),
    ]
    return tuple(one for one in checks if one)


def _each(kind: MissingKind, programme: Programme, marks: Mapping[str, Decimal | None], limit: int) -> list[Missing]:
    """One requirement per module that has no mark or one below the limit."""
    return [
        Missing(kind, marks.get(entry.id), limit, (entry.id,))
        for entry in programme.modules
        if _below(kind, marks.get(entry.id), limit)
    ]
