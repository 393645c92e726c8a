"""What a resubmission needs so that the assignment is passed."""

from dataclasses import dataclass
from decimal import Decimal

from diploma.coursework import results
from diploma.coursework.extensions.easing import Eased
from diploma.coursework.feedback import rules
from diploma.coursework.late import Late
from diploma.coursework.models import Marking
from diploma.coursework.results import Line, Step
from diploma.coursework.rules import Deduction, Reason


@dataclass(frozen=True)
class Advice:
    """``raw`` is what the rubric gave, ``needed`` what it must give so that ``limit`` counts; ``None`` when that cannot
    be reached. ``way``: criteria with the levels of one way to it, and what all would give together, ``then``."""

    limit: int
    raw: Decimal
    needed: Decimal | None
    way: list[tuple[Line, Step]]
    then: Decimal


def of(marking: Marking, lines: list[Line], limit: int, late: Late, cap: int, eased: Eased) -> Advice | None:
    """For a released mark below the limit; lateness and the ``cap`` of resubmissions meet as in the mark itself."""
    if marking.counted is None or marking.raw is None or marking.counted >= limit:
        return None
    work, rubric = marking.work, results.rubric_of(marking.work)
    taken = [results.lateness(work, late, eased), Deduction(Reason.RESUBMISSION, cap)]
    needed = rules.needed(limit, [one for one in taken if one])
    levels = rules.way(rubric, marking.levels, needed) if needed is not None else {}
    way = [(line, line.at(levels[line.id])) for line in lines if line.id in levels]
    more = sum((step.points - line.chosen.points for line, step in way if line.chosen), Decimal(0))
    return Advice(limit, marking.raw, needed, way, marking.raw + more)
