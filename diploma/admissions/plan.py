"""What a call for applications asks and how it chooses, as data: questions, eligibility, criteria, letters. Pure.

A plan is one JSON object in the row of the call. ``read`` refuses what is not a plan, so no screen and no hand-written
row can store one that a page stumbles over.
"""

import enum
from dataclasses import asdict, dataclass, field
from typing import Any

from diploma.core.errors import N_, Refused
from diploma.core.lang import LANGS, Lang

MOST_QUESTIONS, MOST_CRITERIA, MOST_CHOICES = 12, 8, 12
TOP_LEVEL = 4  # criteria are judged from 0 to this
MOST_WEIGHT = 100
LONGEST = {"short": 300, "long": 4000}  # letters of an answer
LARGEST = 1_000_000  # of an answer that is a number
FILE_KINDS = ("pdf", "docx", "jpg", "png")  # what a question may accept, by the bytes of the file
MOST_FILES, LARGEST_FILE = 3, 5_000_000  # files of one application, bytes of each
_TAGS = frozenset(lang.value for lang in LANGS)


class QuestionKind(enum.StrEnum):
    """The closed list of kinds of questions."""

    SHORT = "short"
    LONG = "long"
    CHOICE = "choice"
    YES_NO = "yes_no"
    NUMBER = "number"
    FILE = "file"


class PositionLevel(enum.StrEnum):
    """How high a position stands, the lowest first."""

    SPECIALIST = "specialist"
    SENIOR = "senior"
    HEAD_OF_UNIT = "head_of_unit"
    HEAD_OF_DEPARTMENT = "head_of_department"
    EXECUTIVE = "executive"


class RuleKind(enum.StrEnum):
    """The closed list of eligibility rules. None asks for age or anything else of a special category."""

    SERVICE = "service"  # parameter: the least whole years
    ENTITIES = "entities"  # parameter: ids of the entities
    LEVELS = "levels"  # parameter: position levels
    LANGUAGE = "language"  # a language of the cohort
    NOT_GRADUATE = "not_graduate"  # has completed no cohort of the partner for the same award


class Effect(enum.StrEnum):
    """What follows when a rule is not met."""

    ADVISORY = "advisory"
    EXCLUDING = "excluding"


class LetterKind(enum.StrEnum):
    """The letters of an admission."""

    NOMINATION = "nomination"
    CONFIRMATION = "confirmation"
    OFFER = "offer"
    WAITING = "waiting"
    REFUSAL = "refusal"
    RELEASE = "release"


Parameter = int | tuple[int, ...] | tuple[str, ...] | None


@dataclass(frozen=True)
class Question:
    """``texts`` and each of ``choices`` by language tag; the answer to a choice is its number, from 0.

    ``accepts``: the kinds of file that answer it, of ``FILE_KINDS``; the file itself is a row beside the answers.
    """

    id: str
    kind: QuestionKind
    texts: dict[str, str]
    required: bool = True
    choices: tuple[dict[str, str], ...] = ()
    accepts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Rule:
    kind: RuleKind
    effect: Effect
    parameter: Parameter = None


@dataclass(frozen=True)
class Criterion:
    """What readers judge from 0 to ``TOP_LEVEL``."""

    id: str
    texts: dict[str, str]
    weight: int


@dataclass(frozen=True)
class Plan:
    """``quota``: the most places for one entity; ``gap``: points of 100 between two readings that call for a third;
    ``reading_days``: how long readers have."""

    questions: tuple[Question, ...] = ()
    rules: tuple[Rule, ...] = ()
    criteria: tuple[Criterion, ...] = ()
    letters: dict[str, dict[str, str]] = field(default_factory=dict)
    quota: int | None = None
    gap: int = 25
    offer_days: int = 7
    waiting: int = 20
    reading_days: int = 14

    def as_json(self) -> dict[str, Any]:
        plain = asdict(self)
        for rule in plain["rules"]:
            rule["parameter"] = list(rule["parameter"]) if isinstance(rule["parameter"], tuple) else rule["parameter"]
        for question in plain["questions"]:
            question["choices"], question["accepts"] = list(question["choices"]), list(question["accepts"])
        return {name: list(value) if isinstance(value, tuple) else value for name, value in plain.items()}


def in_language(texts: dict[str, str], lang: Lang) -> str:
    """A text in a language, else in English, else in whichever it has."""
    return texts.get(lang.value) or texts.get("en") or next(iter(texts.values()))


def read(stored: Any) -> Plan:
    """The plan behind its JSON; :class:`Refused` when it is none."""
    try:
        plan = Plan(
            questions=tuple(_question(one) for one in stored["questions"]),
            rules=tuple(_rule(one) for one in stored["rules"]),
            criteria=tuple(_criterion(one) for one in stored["criteria"]),
            letters={LetterKind(kind).value: _texts(texts) for kind, texts in stored["letters"].items()},
            quota=None if stored["quota"] is None else _number(stored["quota"], 1, 10_000),
            gap=_number(stored["gap"], 1, 100),
            offer_days=_number(stored["offer_days"], 1, 60),
            waiting=_number(stored["waiting"], 0, 10_000),
            reading_days=_number(stored.get("reading_days", Plan.reading_days), 1, 90),
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        raise Refused(N_("The plan of this call cannot be read.")) from None
    check(plan)
    return plan


def check(plan: Plan) -> None:
    """What holds between the parts of a plan; :class:`Refused` says what does not."""
    if len(plan.questions) > MOST_QUESTIONS:
        raise Refused(N_("A form has at most %(most)s questions of its own."), most=MOST_QUESTIONS)
    if sum(one.kind is QuestionKind.FILE for one in plan.questions) > MOST_FILES:
        raise Refused(N_("A form asks for at most %(most)s files."), most=MOST_FILES)
    if len(plan.criteria) > MOST_CRITERIA:
        raise Refused(N_("Readers judge at most %(most)s criteria."), most=MOST_CRITERIA)
    for what in (plan.questions, plan.criteria):
        if len({one.id for one in what}) < len(what):
            raise Refused(N_("Two parts of this call have the same name inside."))
    if len({one.kind for one in plan.rules}) < len(plan.rules):
        raise Refused(N_("Each rule stands in a call once."))


def _question(stored: Any) -> Question:
    kind = QuestionKind(stored["kind"])
    choices = tuple(_texts(one) for one in stored["choices"])
    if (kind is QuestionKind.CHOICE) != (len(choices) > 1) or len(choices) > MOST_CHOICES or not all(choices):
        raise ValueError("choices")
    accepts = tuple(stored.get("accepts", ()))  # plans of earlier versions have none
    if (kind is QuestionKind.FILE) != bool(accepts) or not set(accepts) <= set(FILE_KINDS):
        raise ValueError("accepts")
    return Question(_id(stored["id"]), kind, _some(stored["texts"]), bool(stored["required"]), choices, accepts)


def _rule(stored: Any) -> Rule:
    kind, given = RuleKind(stored["kind"]), stored["parameter"]
    parameter: Parameter = None
    if kind is RuleKind.SERVICE:
        parameter = _number(given, 1, 50)
    elif kind is RuleKind.ENTITIES:
        parameter = tuple(_number(one, 1, 2**53) for one in given)
    elif kind is RuleKind.LEVELS:
        parameter = tuple(PositionLevel(one).value for one in given)
    if parameter == ():
        raise ValueError("a list that nobody stands on")
    return Rule(kind, Effect(stored["effect"]), parameter)


def _criterion(stored: Any) -> Criterion:
    return Criterion(_id(stored["id"]), _some(stored["texts"]), _number(stored["weight"], 1, MOST_WEIGHT))


def _texts(stored: Any) -> dict[str, str]:
    if not all(tag in _TAGS and isinstance(text, str) and text for tag, text in stored.items()):
        raise ValueError("texts")
    return dict(stored)


def _some(stored: Any) -> dict[str, str]:
    if not stored:
        raise ValueError("a text in no language")
    return _texts(stored)


def _number(value: Any, least: int, most: int) -> int:
    if type(value) is not int or not least <= value <= most:
        raise ValueError("number")
    return value


def _id(value: Any) -> str:
    if not (isinstance(value, str) and value.isalnum() and value.isascii() and len(value) <= 20):
        raise ValueError("id")
    return value
