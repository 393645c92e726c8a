"""A mark sheet that came back, as rows of named cells: .xlsx, .ods, .xls or CSV, read by the readers of lists.

Columns are found by the hidden row of keys, or by their titles in any language; wherever they stand now. A sheet whose
columns cannot be told is refused as a whole, and the column is named.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from diploma.cohorts.roster.sheet import read_grids
from diploma.core.errors import N_, Refused
from diploma.core.grid import Grid, Refusal, SheetRefused, covered
from diploma.core.text import fold
from diploma.coursework.offline.columns import CRITERION, NEEDED, RECEIPT, SEAL, TITLES, Titles, Words, tidy
from diploma.coursework.offline.sheet import letter

HEADER_ROWS = 10
MOST_ROWS = 2_000

TWICE = N_("The column “%(title)s” stands twice, in %(first)s and %(second)s. Remove one, or download the sheet again.")
MISSING = N_("The column “%(title)s” is missing. Put it back, or download the sheet again: your rows can be copied.")
FOREIGN = N_("Column %(letter)s is none of this rubric: “%(title)s”. Remove it, or download the sheet again.")
TOO_MANY = N_("The sheet has more than %(most)s rows. Upload it in parts.")


@dataclass(frozen=True)
class Row:
    """A row as it stands in the sheet, ``number`` counts from 1. ``locked``: a formula or a merged cell is in it."""

    number: int
    receipt: str
    comment: str
    seal: str
    cells: tuple[str, ...]
    locked: bool

    def at(self, column: int) -> str:
        return self.cells[column] if column < len(self.cells) else ""


@dataclass(frozen=True)
class Page:
    """One table of the file: its rows, and the columns that are none of the fixed ones by key or title."""

    rows: list[Row]
    others: Mapping[int, str]

    def criteria(self, words: Words) -> dict[str, int]:
        """The column of each criterion of a rubric; :class:`Refused` when one is missing, twice, or none of it."""
        found: dict[str, int] = {}
        for column, title in self.others.items():
            key = title.removeprefix(CRITERION) if title.startswith(CRITERION) else words.criterion(title)
            known = key in {one.id for one in words.rubric.criteria}
            if title.startswith(CRITERION) and not known:
                raise Refused(FOREIGN, letter=letter(column), title=key)
            if key is None or not known:
                continue  # a column of the marker's own
            if key in found:
                raise Refused(TWICE, title=words.title(key), first=letter(found[key]), second=letter(column))
            found[key] = column
        for one in words.rubric.criteria:
            if one.id not in found:
                raise Refused(MISSING, title=words.title(one.id))
        return found


def read(path: Path, name: str, titles: Titles) -> list[Page]:
    """The tables of a file; raises ``SheetRefused`` and ``Refused``."""
    pages = [page for grid in read_grids(path, name) if (page := _page(grid, titles))]
    if not pages:
        raise SheetRefused(Refusal.NO_HEADER, filename=name, rows=HEADER_ROWS)
    if not any(page.rows for page in pages):
        raise SheetRefused(Refusal.NO_ROWS, filename=name)
    if sum(len(page.rows) for page in pages) > MOST_ROWS:
        raise Refused(TOO_MANY, most=MOST_ROWS)
    return pages


def _page(grid: Grid, titles: Titles) -> Page | None:
    """The table of a grid, or ``None`` where no row names a column of works: the lists, the help."""
    for number, cells in enumerate(grid.rows[:HEADER_ROWS]):
        fixed = _fixed(cells, titles)
        if len(fixed) < 2 or not {RECEIPT, SEAL} & set(fixed.values()):
            continue
        columns = _columns(fixed, titles)
        others = {at: tidy(cell) for at, cell in enumerate(cells) if at not in fixed and tidy(cell)}
        return Page([*_rows(grid, number + 1, columns, others, titles)], others)
    return None


def _fixed(cells: list[str], titles: Titles) -> dict[int, str]:
    """Column → key of the fixed columns that a row names."""
    named = {at: tidy(cell).casefold() for at, cell in enumerate(cells)}
    by_key = {at: name for at, name in named.items() if name in TITLES}
    if {RECEIPT, SEAL} <= set(by_key.values()) or any(name.startswith(CRITERION) for name in named.values()):
        return by_key
    return {at: key for at, cell in enumerate(cells) if (key := titles.known.get(fold(cell)))}


def _columns(fixed: Mapping[int, str], titles: Titles) -> dict[str, int]:
    columns: dict[str, int] = {}
    for at, key in fixed.items():
        if key in columns:
            raise Refused(TWICE, title=titles.shown[key], first=letter(columns[key]), second=letter(at))
        columns[key] = at
    for key in NEEDED:
        if key not in columns:
            raise Refused(MISSING, title=titles.shown[key])
    return columns


def _rows(
    grid: Grid, first: int, columns: Mapping[str, int], others: Mapping[int, str], titles: Titles
) -> Iterator[Row]:
    read = {*(columns[key] for key in NEEDED), *others}
    spoilt = {row for areas in (grid.formulas, grid.merged) for row, _ in covered(areas, read, len(grid.rows))}
    for number, cells in enumerate(grid.rows[first:], first + 1):
        said = {key: tidy(cells[columns[key]]) if columns[key] < len(cells) else "" for key in NEEDED}
        if titles.known.get(fold(said[RECEIPT])) == RECEIPT:  # the titles below the keys
            continue
        texts = tuple(map(tidy, cells))
        if any(said.values()) or any(texts[at] for at in others if at < len(texts)):
            yield Row(number, said[RECEIPT], said["comment"], said[SEAL], texts, number in spoilt)
