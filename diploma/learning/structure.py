"""What a course consists of: ids, hours, weights, keys, points and rules, and no text.

The loader builds these from ``courses/``; an edition keeps them in the database as plain JSON
(``to_dict``, ``from_dict``). The texts live apart, per language, under keys such as ``module/title``,
``lessons/<id>/<anchor>``, ``quiz/q01/options/a`` or ``rubric/statement/exemplary``
(``diploma.learning.authoring.texts`` names them all).

Hours are whole hours; weights, shares and limits are whole per cents.
"""

from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from diploma.core.lang import Lang
from diploma.learning.record import Record, later
from diploma.learning.sheets import MarkLine, Worksheet


class Status(StrEnum):
    """How far a translation has come; each step is a named reader's decision (spec content, rule 5)."""

    DRAFT = "draft"
    REVIEWED = "reviewed"
    APPROVED = "approved"

    @property
    def rank(self) -> int:
        """0 for a draft, 2 for an approved text."""
        return list(Status).index(self)


class Act(StrEnum):
    """What a person did with a translated text, as it is recorded."""

    TRANSLATED = "translated"
    REVIEWED = "reviewed"
    APPROVED = "approved"


class AwardKind(StrEnum):
    ATTENDANCE = "attendance"
    ACHIEVEMENT = "achievement"
    DIPLOMA = "diploma"
    ROLE = "role"


class ItemType(StrEnum):
    SINGLE = "single"
    MULTIPLE = "multiple"
    TRUE_FALSE = "true_false"
    MATCH = "match"
    ORDER = "order"
    NUMBER = "number"
    SHORT = "short"
    ESSAY = "essay"


class Shuffle(StrEnum):
    """What a new attempt puts in a random order."""

    NONE = "none"
    OPTIONS = "options"
    ITEMS = "items"
    ALL = "all"


class Work(StrEnum):
    INDIVIDUAL = "individual"
    TEAM = "team"


class PartKind(StrEnum):
    TEXT = "text"
    FILE = "file"
    LINK = "link"


class Mode(StrEnum):
    """Where a workshop can be attended."""

    IN_PERSON = "in_person"
    ONLINE = "online"
    IN_PERSON_OR_ONLINE = "in_person_or_online"


@dataclass(frozen=True)
class Hours(Record):
    theory: int
    workshop: int
    practical: int

    @property
    def total(self) -> int:
        return self.theory + self.workshop + self.practical


# ---- a module


@dataclass(frozen=True)
class Outcome(Record):
    """A learning outcome. Text: ``module/outcomes/<id>``."""

    id: str


@dataclass(frozen=True)
class Lesson(Record):
    """A page to read. Texts: ``lessons/<id>/title``, ``…/summary`` and one per anchor, in this order."""

    id: str
    minutes: int
    outcomes: tuple[str, ...]
    anchors: tuple[str, ...]


@dataclass(frozen=True)
class Workshop(Record):
    """A live session. Text: ``module/workshops/<id>``.

    ``anchors`` are the sections of its plan (texts: ``plans/<id>/summary`` and one per anchor), ``lines`` its mark
    sheet; both are for those who lead it, and empty when they are not written.
    """

    id: str
    hours: int
    mode: Mode
    anchors: tuple[str, ...] = later()
    lines: tuple[MarkLine, ...] = later()

    @property
    def guided(self) -> bool:
        """Whether there is anything to read for whoever leads it."""
        return bool(self.anchors or self.lines)


@dataclass(frozen=True)
class CompleteWhen(Record):
    """When a module is complete (spec content, rule 11); ``lessons`` is ``all``."""

    lessons: str
    quiz_at_least: int
    assignment_at_least: int
    attendance_at_least: int


@dataclass(frozen=True)
class Item(Record):
    """A quiz item. Texts: ``quiz/<id>/stem``, ``…/options/<option>``, ``…/left/<id>``, ``…/right/<id>``,
    ``…/why/<option>`` or ``…/why/all``, ``…/unit``, and ``…/accepted``, one form per line (short).

    ``key`` holds the right options: one (single; ``true`` or ``false`` for true_false), a set (multiple),
    the right sequence (order). ``pairs`` maps left to right (match); ``value`` ± ``tolerance`` is a number's.
    """

    id: str
    type: ItemType
    outcome: str
    points: int
    options: tuple[str, ...] = ()
    key: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    right: tuple[str, ...] = ()
    pairs: dict[str, str] = field(default_factory=dict)
    value: Decimal | None = None
    tolerance: Decimal = Decimal(0)


@dataclass(frozen=True)
class Quiz(Record):
    """``draw`` items of the bank per attempt; ``minutes`` are shown, not enforced; ``pass_at`` per cent.

    ``mix`` says how many of each type are drawn; without it any items are.
    """

    draw: int
    attempts: int
    minutes: int
    pass_at: int
    shuffle: Shuffle
    items: tuple[Item, ...]
    mix: dict[ItemType, int] = later(dict)


@dataclass(frozen=True)
class Part(Record):
    """A thing to hand in. Texts: ``assignment/part_titles/<id>``, ``assignment/part_hints/<id>``."""

    id: str
    kind: PartKind
    required: bool
    words: tuple[int, ...] = ()  # least and most words of a text; empty: no limit
    types: tuple[str, ...] = ()  # endings of a file, without the dot
    max_mb: int | None = None
    max_files: int | None = None


@dataclass(frozen=True)
class Assignment(Record):
    """Texts: ``assignment/title``, ``assignment/brief`` (Markdown), ``assignment/declarations/<id>``."""

    work: Work
    hours: int
    parts: tuple[Part, ...]
    declarations: tuple[str, ...]


@dataclass(frozen=True)
class Level(Record):
    """``share`` is the part of a criterion's weight, in per cent. Text: ``rubric/levels/<id>``."""

    id: str
    share: int


@dataclass(frozen=True)
class Criterion(Record):
    """Texts: ``rubric/<id>/title`` and ``rubric/<id>/<level>``."""

    id: str
    weight: int
    outcome: str


@dataclass(frozen=True)
class Rubric(Record):
    """Levels from the best down."""

    levels: tuple[Level, ...]
    criteria: tuple[Criterion, ...]


@dataclass(frozen=True)
class Module(Record):
    """A written module. Texts: ``module/title``, ``module/summary``."""

    id: str
    code: str
    stages: tuple[int, ...]
    hours: Hours
    prerequisites: tuple[str, ...]
    outcomes: tuple[Outcome, ...]
    lessons: tuple[Lesson, ...]
    workshops: tuple[Workshop, ...]
    complete_when: CompleteWhen
    required_status: dict[Lang, Status]  # the least a translation needs to be published
    quiz: Quiz
    assignment: Assignment
    rubric: Rubric
    worksheets: tuple[Worksheet, ...] = later()


# ---- the programme


@dataclass(frozen=True)
class ModuleEntry(Record):
    """A module in the programme's list, written or only planned; its texts are in its module's."""

    id: str
    code: str
    hours: Hours
    prerequisites: tuple[str, ...]
    planned: bool


@dataclass(frozen=True)
class Capstone(Record):
    """The project that runs beside the modules, from week ``weeks[0]`` to ``weeks[1]``."""

    hours: Hours
    weeks: tuple[int, ...]
    planned: bool


@dataclass(frozen=True)
class Award(Record):
    """A certificate that can be earned. Text: ``programme/awards/<id>``."""

    id: str
    kind: AwardKind
    hours: int
    valid_years: int | None
    requires: tuple[str, ...]


@dataclass(frozen=True)
class ModuleWeights(Record):
    quiz: int
    assignment: int
    workshop: int


@dataclass(frozen=True)
class DiplomaWeights(Record):
    modules: int
    capstone: int


@dataclass(frozen=True)
class AttendanceRules(Record):
    overall_at_least: int
    module_at_least: int
    made_up_at_most: int


@dataclass(frozen=True)
class PassRules(Record):
    module_at_least: int
    assignment_at_least: int
    capstone_at_least: int
    gates_required: tuple[int, ...]
    attendance: AttendanceRules


@dataclass(frozen=True)
class LateRules(Record):
    """Calendar days from the due instant; ``cap`` is the most that late work can count."""

    grace_days: int
    cap: int
    closes_after_days: int


@dataclass(frozen=True)
class ResubmissionRules(Record):
    times: int
    cap: int
    within_days: int


@dataclass(frozen=True)
class BandConditions(Record):
    """What a band asks besides the mark; None asks nothing."""

    capstone_at_least: int | None
    capstone_resubmitted: bool | None
    integrity_finding: bool | None


@dataclass(frozen=True)
class Band(Record):
    """A band of the scale begins at the final mark ``at_least``. Text: ``programme/scale/<id>``."""

    id: str
    at_least: int
    also: BandConditions | None


@dataclass(frozen=True)
class Programme(Record):
    """Texts: ``programme/title``, ``programme/summary``."""

    id: str
    source_language: Lang
    languages: tuple[Lang, ...]
    weeks: int
    hours: Hours
    capstone: Capstone
    fallback: dict[Lang, tuple[Lang, ...]]
    derived_from: dict[Lang, Lang]
    awards: tuple[Award, ...]
    module_weights: ModuleWeights
    diploma_weights: DiplomaWeights
    pass_rules: PassRules
    late: LateRules
    resubmission: ResubmissionRules
    scale: tuple[Band, ...]
    modules: tuple[ModuleEntry, ...]
