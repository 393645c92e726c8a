"""Where a table keeps what: its header found, and the columns of our fields named by it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from diploma.cohorts.vocabulary import GIVEN_NAME, SURNAME, field_of
from diploma.core.grid import MAX_COLUMNS, Refusal, SheetRefused

HEADER_ROWS = 10


@dataclass(frozen=True)
class Layout:
    """``sheet`` counts the visible sheets of a file from 0, ``header_row`` the rows from 1 (0: there is no header).

    ``columns`` gives the columns of each field, from 0: one, or for a name in parts several, in the order in which they
    are joined.
    """

    header_row: int
    columns: Mapping[str, tuple[int, ...]]
    sheet: int = 0


def guess(rows: Sequence[Sequence[str]], sheet: int = 0) -> Layout | None:
    """The row among the first ``HEADER_ROWS`` that names most fields, the first of equals; ``None`` without two fields.

    The layout is as the header has it, parts of names included: ``whole`` makes the one that is read.
    """
    found = [(number, _columns(row)) for number, row in enumerate(rows[:HEADER_ROWS], 1)]
    number, columns = max(found, key=lambda one: len(one[1]), default=(0, {}))
    return Layout(number, columns, sheet) if len(columns) > 1 else None


def whole(layout: Layout) -> Layout:
    """The columns of our fields; raises ``SheetRefused`` when one that is needed is missing.

    A column "Name" holds full names, unless the surnames stand in one of their own.
    """
    named = layout.columns
    columns = {field: several for field, several in named.items() if field not in (GIVEN_NAME, SURNAME)}
    if "full_name" not in columns and SURNAME in named:
        raise SheetRefused(Refusal.SPLIT_NAME)
    if "full_name" not in columns and GIVEN_NAME in named:
        columns["full_name"] = named[GIVEN_NAME]
    for needed in ("full_name", "email"):
        if needed not in columns:
            raise SheetRefused(Refusal.MISSING_COLUMN, column=needed)
    return replace(layout, columns=columns)


def _columns(row: Sequence[str]) -> dict[str, tuple[int, ...]]:
    """The column of each field that a row names; of two with one name the first."""
    columns: dict[str, tuple[int, ...]] = {}
    for index, cell in enumerate(row[:MAX_COLUMNS]):
        field = field_of(cell)
        if field:
            columns.setdefault(field, (index,))
    return columns
