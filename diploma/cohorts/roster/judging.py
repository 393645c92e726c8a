"""Judges a roster: every row and every field of a sheet against what is known, and what applying it would do.

Pure: the service fills ``Known`` from the database, shows the ``Plan`` and applies its lines on confirmation
(spec cohorts, "Roster import"; codes and counts: decisions, "Roster").
"""

import enum
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from email_validator import EmailNotValidError, validate_email

from diploma.accounts.permissions import Role
from diploma.cohorts.roster.likeness import Index
from diploma.cohorts.roster.sheet import Sheet
from diploma.cohorts.roster.vocabulary import FIELDS, language_of, role_of
from diploma.core.lang import Lang
from diploma.core.text import LONGEST_NAME, fold, uzbek_apostrophes

LIMITS = {"email": 254, "full_name": LONGEST_NAME, "entity": 250, "position": 250, "phone": 40, "personnel_number": 40}
_MOST_TWINS = 20  # rows
_SHOWN = 120  # characters of a faulty value that are repeated in the report

_FORMULA = re.compile(r"[=@＝＠]|[+\-＋－](?![\d\s()+.,;/\-]*$)")  # a telephone number may begin with +
_LOST = re.compile(r"[^\W\d_]\?|\?[^\W\d_]|\?\?|\ufffd")
_LOST_DIGITS = re.compile(r"\d(?:[.,]\d+)?[eE]\+?\d+")


class Code(enum.StrEnum):
    """What can be wrong with a row; the closed list of decisions."""

    MISSING_EMAIL = "missing_email"
    BAD_EMAIL = "bad_email"
    DUPLICATE_IN_FILE = "duplicate_in_file"
    MISSING_NAME = "missing_name"
    LOST_LETTERS = "lost_letters"
    UNKNOWN_LANGUAGE = "unknown_language"
    UNKNOWN_ROLE = "unknown_role"
    ROLE_NOT_ALLOWED = "role_not_allowed"
    TOO_LONG = "too_long"
    FORMULA = "formula"
    BLANK_ROW = "blank_row"
    BELONGS_ELSEWHERE = "belongs_elsewhere"


class Action(enum.StrEnum):
    """What applying a line does. A conflict waits for a person's decision: it may be somebody known already."""

    CREATE = "create"
    UPDATE = "update"
    MOVE = "move"
    UNCHANGED = "unchanged"
    CONFLICT = "conflict"


class Membership(enum.StrEnum):
    """Where a known person is enrolled, seen from the cohort of the import."""

    HERE = "here"
    ELSEWHERE = "elsewhere"
    NOWHERE = "nowhere"


@dataclass(frozen=True)
class Problem:
    """A fault of one cell, or of a whole row (``column`` and ``value`` empty). ``row`` as the sheet numbers it."""

    row: int
    column: str
    value: str
    code: Code

    @property
    def is_note(self) -> bool:
        """A note informs and stops nothing."""
        return self.code is Code.BLANK_ROW


@dataclass(frozen=True)
class Person:
    """Current values of a person of this partner; ``""`` for what is not known. ``other_names``: in other scripts."""

    full_name: str = ""
    entity: str = ""
    language: str = ""
    role: str = Role.TRAINEE
    position: str = ""
    phone: str = ""
    personnel_number: str = ""
    membership: Membership = Membership.NOWHERE
    other_names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Known:
    """What the database knows.

    ``people``: the partner's people by folded e-mail address. ``entities``: ids of the partner's entities by folded
    name. ``belongs_elsewhere``: whether an address is of an account that this import may not touch, such as another
    partner's. ``default_language``: of new people whose row names none.
    """

    people: Mapping[str, Person]
    entities: Mapping[str, int]
    belongs_elsewhere: Callable[[str], bool]
    default_language: str = Lang.EN


@dataclass(frozen=True)
class Line:
    """A faultless row as the person will stand after it: a blank cell keeps the current or the default value."""

    row: int
    email: str
    full_name: str
    entity: str
    language: str
    role: str
    position: str
    phone: str
    personnel_number: str
    action: Action


@dataclass(frozen=True)
class Plan:
    """``rows`` counts the rows that are not blank; ``new_entities`` are the names that ready lines would add.

    ``candidates`` are the addresses of the known people whom the row of a conflict may mean. ``twins`` are the other
    rows of the file that may be the same person under another address: told, but no obstacle.
    """

    rows: int
    lines: list[Line]
    problems: list[Problem]
    new_entities: list[str]
    candidates: Mapping[int, list[str]] = field(default_factory=dict)
    twins: Mapping[int, list[int]] = field(default_factory=dict)

    @cached_property
    def counts(self) -> Mapping[Action, int]:
        """How many lines take each action; 0 for one that none takes."""
        return Counter(line.action for line in self.lines)

    @property
    def errors(self) -> list[Problem]:
        """The problems that keep a row out."""
        return [problem for problem in self.problems if not problem.is_note]

    @property
    def ready(self) -> int:
        """Rows that can be applied as they are: faultless and without a conflict."""
        return len(self.lines) - self.counts[Action.CONFLICT]


def check(
    sheet: Sheet, known: Known, allowed_roles: set[str], different: Mapping[int, Collection[str]] | None = None
) -> Plan:
    """All faults of every row and field, and the plan for the faultless rows. Changes nothing.

    ``allowed_roles`` are those that the importing person may grant. ``different``: for a row the addresses of people
    who were looked at and are somebody else.
    """
    judge = _Judge(sheet, known, allowed_roles, different or {})
    problems: list[Problem] = []
    lines: list[Line] = []
    for row, cells in sheet.rows:
        faults = list(judge.faults(row, cells))
        problems += faults
        if not faults:
            lines.append(judge.line(row, cells))
    blank = sum(problem.is_note for problem in problems)
    twins = {one.row: found for one in lines if (found := judge.twins(one))}
    return Plan(len(sheet.rows) - blank, lines, problems, _new_entities(lines, known), judge.candidates, twins)


def as_json(plan: Plan, message: Callable[[Problem], str]) -> dict[str, Any]:
    """The report with the fields fixed in decisions; ``message`` words a problem in the reader's language."""
    counts = {action.value: plan.counts[action] for action in Action}
    errors = [
        {"row": p.row, "column": p.column, "value": p.value, "code": p.code.value, "message": message(p)}
        for p in plan.problems
    ]
    return {"rows": plan.rows, "ready": plan.ready, **counts, "new_entities": len(plan.new_entities), "errors": errors}


class _Judge:
    """Judges the rows of one sheet, knowing the others."""

    def __init__(
        self, sheet: Sheet, known: Known, allowed_roles: set[str], different: Mapping[int, Collection[str]]
    ) -> None:
        self.sheet, self.known, self.allowed_roles, self.different = sheet, known, allowed_roles, different
        self.emails = {value: _folded_email(value) for value in {cells.get("email", "") for _, cells in sheet.rows}}
        self.seen = Counter(item for _, cells in sheet.rows for item in self.identities(cells))
        self.candidates: dict[int, list[str]] = {}
        self.holders: dict[str, set[str]] = defaultdict(set)
        for email, one in known.people.items():
            self.holders[fold(one.personnel_number)].add(email)

    @cached_property
    def namesakes(self) -> Index[str]:
        """The known people who have no row of their own in this file, by all their names."""
        absent = ((email, one) for email, one in self.known.people.items() if not self.seen["email", email])
        return Index((email, name) for email, one in absent for name in (one.full_name, *one.other_names))

    @cached_property
    def listed(self) -> Index[int]:
        """The rows of the file by their place in it."""
        return Index((place, cells.get("full_name", "")) for place, (_, cells) in enumerate(self.sheet.rows))

    def identities(self, cells: dict[str, str]) -> Iterator[tuple[str, str]]:
        """What two rows of one file may not share."""
        if email := self.emails[cells.get("email", "")]:
            yield "email", email
        if number := fold(cells.get("personnel_number", "")):
            yield "personnel_number", number

    def faults(self, row: int, cells: dict[str, str]) -> Iterator[Problem]:
        """Every fault of a row, in the order of ``FIELDS``; one note for a blank row."""
        if not any(cells.values()):
            yield Problem(row, "", "", Code.BLANK_ROW)
            return
        for name in FIELDS:
            value = cells.get(name, "")
            shown = value if len(value) <= _SHOWN else value[:_SHOWN] + "…"
            damage = _damage(name, value, (row, name) in self.sheet.formulas)
            for code in [damage] if damage else self.meaning(name, value):
                yield Problem(row, name, shown, code)

    def meaning(self, name: str, value: str) -> list[Code]:
        """The faults of a legible value."""
        match name:
            case "email":
                return self.address(value)
            case "full_name" if not value:
                return [Code.MISSING_NAME]
            case "language" if value and not language_of(value):
                return [Code.UNKNOWN_LANGUAGE]
            case "role" if value:
                return self.role(value)
            case "personnel_number" if self.seen[name, fold(value)] > 1:
                return [Code.DUPLICATE_IN_FILE]
        return []

    def role(self, value: str) -> list[Code]:
        role = role_of(value)
        if not role:
            return [Code.UNKNOWN_ROLE]
        return [] if role in self.allowed_roles else [Code.ROLE_NOT_ALLOWED]

    def address(self, value: str) -> list[Code]:
        """An address elsewhere is told in one word: not whose it is, nor that it exists (spec cohorts, "Identity")."""
        email = self.emails[value]
        if not email:
            return [Code.BAD_EMAIL if value else Code.MISSING_EMAIL]
        twice = [Code.DUPLICATE_IN_FILE] if self.seen["email", email] > 1 else []
        return [*twice, Code.BELONGS_ELSEWHERE] if self.known.belongs_elsewhere(email) else twice

    def line(self, row: int, cells: dict[str, str]) -> Line:
        """The person as a faultless row leaves them."""
        email = self.emails[cells["email"]]
        person = self.known.people.get(email)
        current = person or Person(language=self.known.default_language)
        values = {name: cells.get(name) or getattr(current, name) for name in FIELDS if name != "email"}
        values["language"] = language_of(values["language"]) or current.language
        values["role"] = role_of(values["role"]) or current.role
        if values["language"].startswith("uz"):
            values |= {name: uzbek_apostrophes(values[name]) for name in ("full_name", "entity", "position")}
        return Line(row, email, **values, action=self.action(row, email, values, person))

    def action(self, row: int, email: str, values: dict[str, str], person: Person | None) -> Action:
        if others := self.may_mean(email, values, person) - set(self.different.get(row, ())):
            self.candidates[row] = sorted(others)
            return Action.CONFLICT
        if not person:
            return Action.CREATE
        if person.membership is Membership.ELSEWHERE:
            return Action.MOVE
        same = all(_comparable(name, values[name]) == _comparable(name, getattr(person, name)) for name in values)
        return Action.UNCHANGED if same and person.membership is Membership.HERE else Action.UPDATE

    def may_mean(self, email: str, values: dict[str, str], person: Person | None) -> set[str]:
        """The addresses of the people, known under another one, whom the row may mean.

        The personnel number is theirs; or a new person has a name like that, and the entity (if given), of somebody
        known who has no row of their own in this file.
        """
        number = fold(values["personnel_number"])
        holders = self.holders.get(number, set()) if number else set()
        others = set() if email in holders else set(holders)
        if person:
            return others
        place = self.entity(values["entity"])
        alike = self.namesakes.find(values["full_name"])
        return others | {one for one in alike if not place or place == self.entity(self.known.people[one].entity)}

    def twins(self, line: Line) -> list[int]:
        """The other rows with a name like this, of the same entity if both name one; two known people are no twins."""
        place, found = self.entity(line.entity), []
        for index in sorted(self.listed.find(line.full_name)):
            row, cells = self.sheet.rows[index]
            email, other = self.emails[cells.get("email", "")], self.entity(cells.get("entity", ""))
            known = line.email in self.known.people and email in self.known.people
            apart = email in self.different.get(line.row, ()) or line.email in self.different.get(row, ())
            if email in ("", line.email) or known or apart:
                continue
            if not place or not other or place == other:
                found.append(row)
        return found[:_MOST_TWINS]

    def entity(self, name: str) -> int | str:
        """What two names of one entity have in common."""
        return self.known.entities.get(fold(name)) or fold(name)


def _damage(name: str, value: str, is_formula: bool) -> Code | None:
    """What makes a cell unusable whatever it should hold."""
    if is_formula or _FORMULA.match(value):
        return Code.FORMULA
    if len(value) > LIMITS.get(name, len(value)):
        return Code.TOO_LONG
    if _LOST.search(value) or (name in ("phone", "personnel_number") and _LOST_DIGITS.fullmatch(value)):
        return Code.LOST_LETTERS
    return None


def _folded_email(value: str) -> str:
    """The stored form of an address, ``""`` for what is none.

    ASCII only: a Cyrillic а in an address is a mistake or an attack, and reaches nobody.
    """
    try:
        checked = validate_email(value, check_deliverability=False, test_environment=True, allow_smtputf8=False)
    except EmailNotValidError:
        return ""
    return checked.normalized.casefold() if checked.normalized.isascii() else ""


def _comparable(name: str, value: str) -> str:
    """What makes two values of a field the same: the spelling of entities and the spaces of numbers do not count."""
    if name in ("entity", "personnel_number"):
        return fold(value)
    return re.sub(r"\D", "", value) or value if name == "phone" else value


def _new_entities(lines: list[Line], known: Known) -> list[str]:
    """Names of entities that are not known yet, each once in its first spelling, of the lines that are ready."""
    names: dict[str, str] = {}
    for line in lines:
        if line.entity and line.action is not Action.CONFLICT:
            names.setdefault(fold(line.entity), line.entity)
    return [name for folded, name in names.items() if folded not in known.entities]
