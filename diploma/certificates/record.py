"""What a transcript says of a person's study: a part of its snapshot, fixed at the moment of issue.

Marks and hours are kept as they are printed, in plain digits (``87.5``); texts stand by language.
"""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Self

FIGURE = re.compile(r"\d{1,4}(\.\d{1,20})?")
SCALE = ("distinction", "very_good", "good", "pass", "not_passed")
MOST_MODULES = 20
LATER = frozenset({"project", "diploma"})  # fields of a record that the first ones do not have
# The figures that the rules in words speak of. A figure is left out where it differs between the modules, or where
# there is no such rule; the sentence about it is then left out too.
RULES = frozenset(
    {
        *("quiz", "assignment", "workshop"),  # weights of the parts of a module's mark, in per cent
        *("module_at_least", "assignment_at_least", "quiz_at_least", "attendance_at_least", "made_up_at_most"),
        *("grace_days", "late_cap", "closes_after_days", "resubmission_cap"),
        *("modules_weight", "capstone_weight"),
    }
)


@dataclass(frozen=True, kw_only=True)
class ModuleRecord:
    """One completed module. Planned ``theory``, ``workshop`` and ``practical`` are whole hours of the curriculum;
    ``held`` and ``attended`` those of live sessions. Marks, and ``attendance`` in per cent, are 0 to 100.

    A part without a mark is ``None``; so are the mark and its ``band`` then.
    """

    code: str
    titles: dict[str, str]
    theory: int
    workshop: int
    practical: int
    held: str
    attended: str
    attendance: str | None
    quiz: str | None
    assignment: str | None
    workshop_mark: str | None
    mark: str | None
    band: str | None
    completed_on: date

    def __post_init__(self) -> None:
        parts = (self.attendance, self.quiz, self.assignment, self.workshop_mark, self.mark)
        if not all(one is None or _is_figure(one, 100) for one in parts):
            raise ValueError(f"record: {self.code}: a mark lies from 0 to 100")
        if not all(_is_figure(one, 1000) for one in (self.held, self.attended)):
            raise ValueError(f"record: {self.code}: live hours lie from 0 to 1000")
        if not all(0 <= one < 1000 for one in (self.theory, self.workshop, self.practical)):
            raise ValueError(f"record: {self.code}: hours lie from 0 to 999")
        if (self.band is None) != (self.mark is None) or self.band not in (None, *SCALE):
            raise ValueError(f"record: {self.code}: {self.band!r} is no grade of this mark")
        if not (self.code.isascii() and self.code.isprintable() and 0 < len(self.code) <= 20):
            raise ValueError(f"record: {self.code!r} is no code of a module")

    @property
    def hours(self) -> int:
        return self.theory + self.workshop + self.practical

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        return cls(**{**data, "completed_on": date.fromisoformat(data["completed_on"])})


@dataclass(frozen=True, kw_only=True)
class ProjectRecord:
    """The capstone project: its planned hours, whole ones of the curriculum."""

    theory: int
    workshop: int
    practical: int

    def __post_init__(self) -> None:
        if not all(0 <= one < 1000 for one in (self.theory, self.workshop, self.practical)):
            raise ValueError("record: hours of the project lie from 0 to 999")

    @property
    def hours(self) -> int:
        return self.theory + self.workshop + self.practical


@dataclass(frozen=True, kw_only=True)
class Credit:
    """A confirmed national credit: its ``name``, and how many training ``hours`` make one."""

    name: dict[str, str]
    hours: int

    def __post_init__(self) -> None:
        if not 0 < self.hours < 1000:
            raise ValueError(f"record: {self.hours} hours do not make a credit")

    def of(self, hours: int) -> Decimal:
        """The credits of so many hours, with one decimal."""
        return (Decimal(hours) / self.hours).quantize(Decimal("0.1"), ROUND_HALF_UP)


@dataclass(frozen=True, kw_only=True)
class StudyRecord:
    """The study of one person in one programme at a day.

    ``scale`` is the least mark of each grade, ``rules`` are figures of ``RULES``. ``capstone`` is the mark of the
    project, ``final`` that of the whole, with an earned diploma only; its grade is the snapshot's ``band``.
    ``project`` and ``diploma``, the number of the diploma that this is the supplement of, came later than the first
    transcripts: they are not written while they are ``None``.
    """

    programme: dict[str, str]
    modules: list[ModuleRecord]
    scale: dict[str, int]
    rules: dict[str, int]
    credit: Credit | None = None
    capstone: str | None = None
    final: str | None = None
    project: ProjectRecord | None = None
    diploma: str | None = None

    def __post_init__(self) -> None:
        if not 1 <= len(self.modules) <= MOST_MODULES:
            raise ValueError(f"record: {len(self.modules)} modules")
        if set(self.scale) != set(SCALE) or not all(0 <= one <= 100 for one in self.scale.values()):
            raise ValueError("record: the scale has other grades or limits")
        if not set(self.rules) <= RULES or not all(0 <= one < 1000 for one in self.rules.values()):
            raise ValueError("record: the rules have other names or figures")
        if not all(one is None or _is_figure(one, 100) for one in (self.capstone, self.final)):
            raise ValueError("record: a mark lies from 0 to 100")
        if self.diploma is not None and not (self.diploma.isascii() and self.diploma.isprintable() and self.diploma):
            raise ValueError(f"record: {self.diploma!r} is no number of a diploma")

    @property
    def hours(self) -> int:
        """Planned hours of all modules and of the project: of a whole programme those of its diploma."""
        return sum(one.hours for one in self.planned)

    @property
    def planned(self) -> list[ModuleRecord | ProjectRecord]:
        """Everything that has hours."""
        return [*self.modules, *([self.project] if self.project else [])]

    @property
    def supplement(self) -> bool:
        """Whether it comes with an earned diploma."""
        return self.diploma is not None or self.final is not None

    def texts(self) -> list[dict[str, str]]:
        """Every text by language."""
        names = [self.credit.name] if self.credit else []
        return [self.programme, *(one.titles for one in self.modules), *names]

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        modules = [ModuleRecord.from_dict(one) for one in data["modules"]]
        credit = Credit(**data["credit"]) if data.get("credit") else None
        project = ProjectRecord(**data["project"]) if "project" in data else None
        return cls(**{**data, "modules": modules, "credit": credit, "project": project})

    def to_dict(self) -> dict[str, Any]:
        """What ``from_dict`` reads."""
        values = asdict(self)
        return {key: value for key, value in values.items() if key not in LATER or value is not None}


def _is_figure(text: str, most: int) -> bool:
    return FIGURE.fullmatch(text) is not None and Decimal(text) <= most
