"""The rule of group work: whether groups hand an assignment in, and by how much one member's mark may differ."""

from dataclasses import dataclass

from diploma.core.errors import N_
from diploma.coursework.policies import Area
from diploma.learning.record import Record

MOST_POINTS = 50  # more than half of a mark is another mark
BY_GROUPS = N_(
    "This work is handed in by groups, and one person's date would move that of the others. "
    "The staff can give the group a date."
)


@dataclass(frozen=True)
class TogetherPolicy(Record):
    """The groups are those of the cohort (``cohorts.groups``). ``most`` points, more or less, may one member get than
    the others; 0 when all have the same mark."""

    on: bool = False
    most: int = 10


TOGETHER = Area("together", TogetherPolicy, lambda _programme: TogetherPolicy())
