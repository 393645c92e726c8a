"""A list as it is looked through: every row with what will become of it, by groups and by words. Pure."""

import enum
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from diploma.accounts.permissions import Role
from diploma.cohorts.roster.corrections import Corrections, Kind
from diploma.cohorts.roster.judging import Action, Code, Line, Person, Plan, Problem
from diploma.cohorts.roster.nearness import Names
from diploma.cohorts.roster.sheet import Sheet
from diploma.core.text import fold

BULK = (Code.UNKNOWN_LANGUAGE, Code.UNKNOWN_ROLE, Code.ROLE_NOT_ALLOWED)


class Group(enum.StrEnum):
    """Where a row stands; each row stands in one."""

    WRONG = "wrong"
    DECIDE = "decide"
    READY = "ready"
    OUT = "out"


@dataclass(frozen=True)
class Entry:
    """One row: its cells as they read now, and ``file`` as they stand in the file.

    ``line`` is there for faultless rows. ``candidates`` are known people whom it may mean, by address; ``twins`` other
    rows of the file, by number, with their cells.
    """

    row: int
    group: Group
    cells: Mapping[str, str]
    file: Mapping[str, str]
    line: Line | None = None
    problems: Mapping[str, list[Problem]] = field(default_factory=dict)
    candidates: list[tuple[str, Person]] = field(default_factory=list)
    twins: list[tuple[int, Mapping[str, str]]] = field(default_factory=list)
    answer: Kind | None = None

    def fixed(self, name: str) -> bool:
        return self.cells.get(name, "") != self.file.get(name, "")


@dataclass(frozen=True)
class Same:
    """A value that many rows share and that one choice can replace in all of them; ``near``: the known one meant."""

    field: str
    value: str
    rows: int
    near: str = ""


def entries(sheet: Sheet, corrections: Corrections, plan: Plan, people: Mapping[str, Person]) -> list[Entry]:
    """Every row of a list that is not blank, in the order of the list."""
    lines = {one.row: one for one in plan.lines}
    problems: dict[int, dict[str, list[Problem]]] = defaultdict(lambda: defaultdict(list))
    for one in plan.problems:
        problems[one.row][one.column].append(one)
    rows = {row: {**cells, **corrections.fixed(row, cells)} for row, cells in sheet.rows}
    made = []
    for row, cells in sheet.rows:
        line, answer, out = lines.get(row), corrections.answers.get(row), corrections.is_out(row)
        if not out and any(one.is_note for one in problems[row].get("", ())):
            continue
        made.append(
            Entry(
                row,
                Group.OUT if out else _group(line),
                rows[row],
                cells,
                line,
                problems[row],
                [(email, people[email]) for email in plan.candidates.get(row, ())],
                [(other, rows[other]) for other in plan.twins.get(row, ())],
                answer.kind if answer else None,
            )
        )
    return made


def counts(found: Iterable[Entry]) -> Counter[Group]:
    return Counter(one.group for one in found)


def chosen(found: Iterable[Entry], group: Group | None, words: str) -> list[Entry]:
    """The rows of a group, those with a twin included among the ones to decide, of which a cell holds the words.

    The number of a row finds that row alone.
    """
    wanted = fold(words)
    rows = [one for one in found if group in (None, one.group) or (group is Group.DECIDE and one.twins)]
    numbered = [one for one in rows if str(one.row) == wanted]
    return numbered or [one for one in rows if any(wanted in fold(cell) for cell in one.cells.values())]


def roles(plan: Plan) -> dict[Role, int]:
    """How many people would have each role, in the order of the roles."""
    counted = Counter(one.role for one in plan.lines if one.action is not Action.CONFLICT)
    return {role: counted[role] for role in Role if counted[role]}


def alike_mistakes(plan: Plan, sheet: Sheet, entities: Collection[str]) -> list[Same]:
    """Values to replace in all their rows at once: languages and roles that are not known, entities nearly known.

    ``sheet`` is the list as it reads now; ``entities`` are the names of those that are known.
    """
    rows = dict(sheet.rows)
    wrong = Counter((one.column, rows[one.row].get(one.column, "")) for one in plan.problems if one.code in BULK)
    used = Counter(cells.get("entity", "") for cells in rows.values())
    known, new = Names(entities), Names(plan.new_entities)
    added = {fold(one) for one in plan.new_entities}
    nearly = []
    for name in sorted(one for one in used if fold(one) in added):
        meant = known.near(name) or [one for one in new.near(name) if used[one] > used[name]]
        nearly += [Same("entity", name, used[name], meant[0])] if meant else []
    return [*(Same(name, value, number) for (name, value), number in wrong.most_common()), *nearly]


def _group(line: Line | None) -> Group:
    if line is None:
        return Group.WRONG
    return Group.DECIDE if line.action is Action.CONFLICT else Group.READY
