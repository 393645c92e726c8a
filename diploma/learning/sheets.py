"""What the worksheets of a module and the mark sheets of its workshops consist of: ids, points, weights, no text.

Part of the structure of an edition (``diploma.learning.structure``). A worksheet is the empty form of an artefact.
"""

from dataclasses import dataclass
from enum import StrEnum

from diploma.learning.record import Record

MOST_ROWS = 60  # of a table, those that a person adds included


class FieldKind(StrEnum):
    """What a field of a worksheet asks for."""

    TEXT = "text"
    TABLE = "table"
    MATRIX = "matrix"


@dataclass(frozen=True)
class MarkLine(Record):
    """A line of a workshop's mark sheet, worth ``points`` of 100.

    Texts: ``workshops/<workshop>/<line>/title``, ``…/full``, ``…/half``, ``…/none``.
    """

    id: str
    points: int


@dataclass(frozen=True)
class Column(Record):
    """A column of a table; ``choices`` are the only values of its cells, without them a cell is a text.

    Texts: ``worksheets/<sheet>/fields/<field>/columns/<column>/title`` and ``…/choices/<choice>``.
    """

    id: str
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Weighted(Record):
    """A criterion of a matrix; the weights of a matrix add up to 100.

    Texts: ``worksheets/<sheet>/fields/<field>/criteria/<criterion>/title`` and ``…/full``.
    """

    id: str
    weight: int


@dataclass(frozen=True)
class Floor(Record):
    """An option whose score on ``criterion`` is under ``under`` is out, whatever its total."""

    criterion: str
    under: int


@dataclass(frozen=True)
class Field(Record):
    """One thing to fill in. Texts: ``worksheets/<sheet>/fields/<field>/title`` and, when it has one, ``…/hint``.

    A text is ``lines`` high on the page. A table offers ``rows`` at first. A matrix compares ``options``, which the
    person names, by scores from 0 to ``most``.
    """

    id: str
    kind: FieldKind
    lines: int = 0
    rows: int = 0
    columns: tuple[Column, ...] = ()
    options: int = 0
    most: int = 0
    floor: Floor | None = None
    criteria: tuple[Weighted, ...] = ()


@dataclass(frozen=True)
class Worksheet(Record):
    """An artefact to fill in, introduced by ``lesson``; ``gate`` is the capstone gate that it feeds.

    Texts: ``worksheets/<sheet>/title``, ``worksheets/<sheet>/purpose``.
    """

    id: str
    lesson: str
    gate: int | None
    fields: tuple[Field, ...]
