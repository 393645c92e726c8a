"""From the tables of well-shaped files to the structure of workshops and worksheets."""

from collections.abc import Mapping
from typing import Any

from diploma.learning.sheets import Column, Field, FieldKind, Floor, MarkLine, Weighted, Worksheet
from diploma.learning.structure import Mode, Workshop

Data = Mapping[str, Any]


def workshops(data: Data, plans: Mapping[str, tuple[str, ...]], marks: Data) -> tuple[Workshop, ...]:
    """``data`` is that of module.toml, ``marks`` of workshops.toml; ``plans`` holds the anchors of each plan."""
    sheets = {sheet["id"]: sheet["lines"] for sheet in marks.get("workshops", ())}
    return tuple(
        Workshop(
            one["id"],
            one["hours"],
            Mode(one["mode"]),
            plans.get(one["id"], ()),
            tuple(MarkLine(line["id"], line["points"]) for line in sheets.get(one["id"], ())),
        )
        for one in data["workshops"]
    )


def worksheets(data: Data) -> tuple[Worksheet, ...]:
    return tuple(
        Worksheet(one["id"], one["lesson"], one.get("gate"), tuple(_field(field) for field in one["fields"]))
        for one in data.get("worksheets", ())
    )


def _field(data: Data) -> Field:
    floor = data.get("floor")
    return Field(
        data["id"],
        FieldKind(data["kind"]),
        lines=data.get("lines", 0),
        rows=data.get("rows", 0),
        columns=tuple(Column(one["id"], tuple(one.get("choices", ()))) for one in data.get("columns", ())),
        options=data.get("options", 0),
        most=data.get("most", 0),
        floor=Floor(**floor) if floor else None,
        criteria=tuple(Weighted(one["id"], one["weight"]) for one in data.get("criteria", ())),
    )
