"""What merged cells mean in a list of people.

A spreadsheet keeps the text of a merged area in its first cell alone. In a list one entity may stand merged beside the
five people who work there; in a header one word may stand across two rows, or above the three columns of a name.
"""

from collections.abc import Collection, Iterator, Sequence

from diploma.core.grid import Area, Grid, covered


def filled(rows: Sequence[Sequence[str]], areas: Collection[Area]) -> list[list[str]]:
    """The rows of a header with the text of merged cells in each of the rows that they cover."""
    cells = [list(row) for row in rows]
    for area, column, row in _below({area.first_column for area in areas}, areas, len(rows)):
        _put(cells[row - 1], column, _cell(rows, area.first_row, column))
    return cells


def filled_down(grid: Grid, header_row: int, columns: Collection[int]) -> tuple[list[list[str]], tuple[Area, ...]]:
    """The rows of a grid, and its formulas, with what is merged in ``columns`` in every row that it covers.

    Rows that have nothing of their own stay empty, and what begins in the header or above it ends there.
    """
    areas = [area for area in grid.merged if area.first_row > header_row]
    by_formula = covered(grid.formulas, columns, len(grid.rows))
    cells, formulas = grid.rows, list(grid.formulas)
    copied: set[int] = set()
    for area, column, row in _below(columns, areas, len(grid.rows)):
        if not any(text.strip() for text in grid.rows[row - 1]):
            continue
        if not copied:
            cells = list(grid.rows)
        if row not in copied:
            copied.add(row)
            cells[row - 1] = list(cells[row - 1])
        _put(cells[row - 1], column, _cell(grid.rows, area.first_row, column))
        if (area.first_row, column) in by_formula:
            formulas.append(Area(row, column, row, column))
    return cells, tuple(formulas)


def across(areas: Collection[Area], row: int, column: int) -> range:
    """The columns over which the cell of a header reaches: its own, unless it is merged with those beside it."""
    last = (
        area.last_column for area in areas if area.first_column == column and area.first_row <= row <= area.last_row
    )
    return range(column, max(last, default=column) + 1)


def _below(columns: Collection[int], areas: Collection[Area], rows: int) -> Iterator[tuple[Area, int, int]]:
    """Each cell of ``columns`` that lies below the first row of an area which begins in its column, once."""
    by_column: dict[int, list[Area]] = {column: [] for column in columns}
    for area in areas:
        if area.first_column in by_column and area.last_row > area.first_row:
            by_column[area.first_column].append(area)
    for column, found in by_column.items():
        done = 0
        for area in sorted(found):
            for row in range(max(area.first_row, done) + 1, min(area.last_row, rows) + 1):
                yield area, column, row
            done = max(done, area.last_row)


def _cell(rows: Sequence[Sequence[str]], row: int, column: int) -> str:
    cells = rows[row - 1]
    return cells[column] if column < len(cells) else ""


def _put(cells: list[str], column: int, text: str) -> None:
    """Set a cell that is empty."""
    cells += [""] * (column + 1 - len(cells))
    cells[column] = cells[column] or text
