"""What stands on a worksheet: as a form sends it, as it is stored, and as a page shows it.

Entries are plain JSON by field: a text is a string, a table a list of rows (``{column: text or choice}``), a matrix
``{"names": [of each option], "scores": [{criterion: whole number}, of each option]}``. What is empty is left out of
rows and scores. Controls of a form are named ``f.<field>`` (text), ``f.<field>.<row>.<column>`` (table),
``f.<field>.<option>`` and ``f.<field>.<option>.<criterion>`` (matrix); rows and options count from 0.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from diploma.core.errors import N_
from diploma.core.text import clean, clean_lines
from diploma.learning.sheets import MOST_ROWS, Field, FieldKind, Worksheet

LONGEST_TEXT, LONGEST_CELL, LONGEST_NAME = 6_000, 1_000, 200  # characters
LARGEST = 100_000  # characters of a whole worksheet: a form of that size survives an expired session
MORE = 4  # rows that the button adds

Entries = dict[str, Any]


@dataclass(frozen=True)
class Fault:
    """Why the value of a ``control`` cannot be kept; the message is a source of gettext."""

    control: str
    message: str
    params: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Sent:
    """What a form says: the entries of each field that it holds a control of, and what is wrong with them."""

    entries: Entries
    faults: list[Fault]


def control(*place: Any) -> str:
    """The name of a control: ``control("claims", 0, "kind")``."""
    return ".".join(map(str, ("f", *place)))


def sent(sheet: Worksheet, form: Mapping[str, str]) -> Sent:
    """Read a form. A field without any control in it is left out, so that what is stored of it stays."""
    reader = _Reader(form)
    entries = {one.id: entry for one in sheet.fields if (entry := reader.field(one)) is not None}
    return Sent(entries, reader.faults)


def shown(sheet: Worksheet, stored: Mapping[str, Any]) -> Entries:
    """The entries of all fields of ``sheet`` in full: rows as many as are offered, a name and scores for each option.

    What does not fit the worksheet, because its edition has changed, is passed over.
    """
    return {one.id: _shown(one, stored.get(one.id)) for one in sheet.fields}


def with_more_rows(table: Field, rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """The rows of a table and some empty ones, as many as there is room for."""
    rows = [*rows, *({} for _ in range(table.rows - len(rows)))]
    return [*rows, *({} for _ in range(min(MORE, MOST_ROWS - len(rows))))]


def written_rows(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """Without the empty ones at the end."""
    written = [place for place, row in enumerate(rows, 1) if row]
    return rows[: max(written, default=0)]


def size(entries: Mapping[str, Any]) -> int:
    """Characters of all texts."""
    return sum(len(text) for text in _texts(entries))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping | list):
        for one in value.values() if isinstance(value, Mapping) else value:
            yield from _texts(one)


class _Reader:
    """Reads the controls of a form and collects what is wrong."""

    def __init__(self, form: Mapping[str, str]) -> None:
        self.form = form
        self.faults: list[Fault] = []

    def field(self, one: Field) -> Any:
        """The entry of a field, ``None`` when the form has no control of it."""
        match one.kind:
            case FieldKind.TEXT:
                return self.text(control(one.id), LONGEST_TEXT) if control(one.id) in self.form else None
            case FieldKind.TABLE:
                return self.table(one)
        return self.matrix(one)

    def table(self, one: Field) -> list[dict[str, str]] | None:
        there = [row for row in range(MOST_ROWS + 1) if self._has_row(one, row)]
        if not there:
            return None
        if there[-1] == MOST_ROWS:
            self.refuse(control(one.id), N_("A table has at most %(max)d rows."), max=MOST_ROWS)
        return [self.row(one, row) for row in range(min(there[-1] + 1, MOST_ROWS))]

    def row(self, one: Field, row: int) -> dict[str, str]:
        cells = {}
        for column in one.columns:
            name = control(one.id, row, column.id)
            read = self.choice(name, column.choices) if column.choices else self.text(name, LONGEST_CELL)
            if read:
                cells[column.id] = read
        return cells

    def matrix(self, one: Field) -> dict[str, Any] | None:
        names = [control(one.id, option) for option in range(one.options)]
        if not any(name in self.form for name in names):
            return None
        texts = [clean(self.text(name, LONGEST_NAME)) for name in names]
        return {"names": texts, "scores": [self.scores(one, option) for option in range(one.options)]}

    def scores(self, one: Field, option: int) -> dict[str, int]:
        allowed = tuple(map(str, range(one.most + 1)))
        read = {each.id: self.choice(control(one.id, option, each.id), allowed) for each in one.criteria}
        return {criterion: int(score) for criterion, score in read.items() if score}

    def text(self, name: str, longest: int) -> str:
        text = clean_lines(self.form.get(name, ""))
        if len(text) > longest:
            message = N_("The text is longer than %(max)d characters. Shorten it and save again.")
            self.refuse(name, message, max=longest)
        return text

    def choice(self, name: str, allowed: tuple[str, ...]) -> str:
        value = self.form.get(name, "")
        if value and value not in allowed:
            self.refuse(name, N_("Choose one of the values in the list."))
            return ""
        return value

    def refuse(self, name: str, message: str, **params: Any) -> None:
        self.faults.append(Fault(name, message, params))

    def _has_row(self, one: Field, row: int) -> bool:
        return any(control(one.id, row, column.id) in self.form for column in one.columns)


def _shown(one: Field, stored: Any) -> Any:
    match one.kind:
        case FieldKind.TEXT:
            return stored if isinstance(stored, str) else ""
        case FieldKind.TABLE:
            rows = [_known(one, row) for row in stored] if isinstance(stored, list) else []
            return [*rows, *({} for _ in range(one.rows - len(rows)))]
    held = stored if isinstance(stored, dict) else {}
    names, scores = held.get("names", []), held.get("scores", [])
    criteria = {each.id for each in one.criteria}
    return {
        "names": [names[n] if n < len(names) else "" for n in range(one.options)],
        "scores": [
            {key: score for key, score in scores[n].items() if key in criteria and score <= one.most}
            if n < len(scores)
            else {}
            for n in range(one.options)
        ],
    }


def _known(table: Field, row: Mapping[str, str]) -> dict[str, str]:
    """The cells whose columns, and the choices that, the table still has."""
    columns = {one.id: one.choices for one in table.columns}
    return {key: cell for key, cell in row.items() if key in columns and (not columns[key] or cell in columns[key])}
