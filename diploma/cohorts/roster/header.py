"""Where a table keeps what: its header found, and the columns of our fields named by it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from diploma.cohorts.roster import merged
from diploma.cohorts.roster.vocabulary import GIVEN_NAME, NAME_PARTS, PATRONYMIC, field_of, key
from diploma.core.grid import MAX_COLUMNS, Grid, Refusal, SheetRefused

HEADER_ROWS = 10


@dataclass(frozen=True)
class Layout:
    """``sheet`` counts the visible sheets of a file from 0, ``header_row`` the rows from 1 (0: there is no header).

    ``columns`` gives the columns of each field, from 0: one, or for a name in parts several, in the order in which they
    are joined. ``encoding`` is one of ``encodings.NAMES`` in which a text file is to be read, ``""`` to find it out.
    """

    header_row: int
    columns: Mapping[str, tuple[int, ...]]
    sheet: int = 0
    encoding: str = ""


def guess(rows: Sequence[Sequence[str]], sheet: int = 0) -> Layout | None:
    """The row among the first ``HEADER_ROWS`` that names most fields, the first of equals; ``None`` without two fields.

    Of rows below each other that name the same columns, as in two languages, it is the last. The layout is as the
    header has it, parts of names included: ``whole`` makes the one that is read.
    """
    found = [(number, named(row)) for number, row in enumerate(rows[:HEADER_ROWS], 1)]
    number, columns = max(found, key=lambda one: len(one[1]), default=(0, {}))
    while number < len(found) and found[number][1] == columns:
        number += 1
    return Layout(number, columns, sheet) if len(columns) > 1 else None


def guess_in(grid: Grid, sheet: int = 0) -> Layout | None:
    """The same for a grid, whose merged cells are known: a header's words across two rows, a name's across columns."""
    layout = guess(head(grid), sheet)
    if layout is None or "full_name" not in layout.columns:
        return layout
    (first,) = layout.columns["full_name"]
    taken = {column for several in layout.columns.values() for column in several}
    reach = merged.across(grid.merged, layout.header_row, first)
    names = (first, *(column for column in reach if column not in taken and column < MAX_COLUMNS))
    return replace(layout, columns={**layout.columns, "full_name": names})


def head(grid: Grid) -> list[list[str]]:
    """The rows in which the header is looked for, with the words of merged cells in every row that they cover."""
    return merged.filled(grid.rows[:HEADER_ROWS], grid.merged)


def whole(layout: Layout) -> Layout:
    """The columns of our fields; raises ``SheetRefused`` when one that is needed is missing.

    The parts of a name are joined as they stand from column to column. A column "Name" alone holds full names, and
    where there is one of full names the parts are left aside.
    """
    given = layout.columns
    columns = {field: several for field, several in given.items() if field not in NAME_PARTS}
    if "full_name" not in columns and GIVEN_NAME in given:
        columns["full_name"] = tuple(sorted(column for part in NAME_PARTS for column in given.get(part, ())))
    for needed in ("full_name", "email"):
        if needed not in columns:
            raise SheetRefused(Refusal.MISSING_COLUMN, column=needed)
    return replace(layout, columns=columns)


def named(row: Sequence[str]) -> dict[str, tuple[int, ...]]:
    """The columns of each field that a row names; of two with one name the first.

    A father's and a grandfather's name are two columns of one field, which have different names.
    """
    columns: dict[str, tuple[int, ...]] = {}
    words: set[str] = set()
    for index, cell in enumerate(row[:MAX_COLUMNS]):
        field = field_of(cell)
        if field == PATRONYMIC and key(cell) not in words:
            columns[field] = (*columns.get(field, ()), index)
        elif field:
            columns.setdefault(field, (index,))
        words.add(key(cell) if field else "")
    return columns
