"""The file of an import under way: its columns as a person sees them, and the list read from it.

A list is read anew for each page; what was read last is kept in memory, by the digest of the file and the layout.
"""

import threading
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import islice
from typing import Any

from diploma.cohorts.models import RosterDraft
from diploma.cohorts.roster.header import HEADER_ROWS, Layout, guess_in, head, named
from diploma.cohorts.roster.sheet import Sheet, SheetRefused, read_grids, read_sheet
from diploma.cohorts.roster.vocabulary import FIELDS, NAME_PARTS
from diploma.core import encodings
from diploma.core.errors import N_, Refused
from diploma.core.grid import MAX_COLUMNS, Grid, Refusal
from diploma.core.text import clean
from diploma.core.uploads import store

MOST_SHEETS = 20
SAMPLES = 3
CACHED_BYTES = 48 * 2**20
_CELL_BYTES = 90  # an object of text with its place in a row

# What a person may put right by saying where the list stands; everything else is wrong with the file.
FOR_A_PERSON = frozenset({Refusal.NO_HEADER, Refusal.MISSING_COLUMN, Refusal.NO_ROWS})


@dataclass(frozen=True)
class Column:
    """A column of the file: its place from 0, its header, some values, the field that it is taken for (or ``""``)."""

    place: int
    header: str
    samples: tuple[str, ...]
    field: str


@dataclass(frozen=True)
class Table:
    """One sheet of a file as a person maps it.

    ``sheets`` counts those of the file, ``encoding`` is as read, ``chosen`` the one that a person chose (or ``""``).
    """

    sheets: int
    sheet: int
    header_row: int
    encoding: str
    chosen: str
    columns: list[Column]
    rows: int


class _Cache:
    """The lists read last, as many as ``limit`` bytes hold; a list is never changed."""

    def __init__(self, limit: int) -> None:
        self.limit, self.bytes = limit, 0
        self._lists: OrderedDict[tuple[str, str], tuple[Sheet, int]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: tuple[str, str]) -> Sheet | None:
        with self._lock:
            if key not in self._lists:
                return None
            self._lists.move_to_end(key)
            return self._lists[key][0]

    def put(self, key: tuple[str, str], sheet: Sheet) -> None:
        size = sum(_CELL_BYTES + 4 * len(cell) for _, cells in sheet.rows for cell in cells.values())
        with self._lock:
            if size > self.limit or key in self._lists:
                return
            self._lists[key] = (sheet, size)
            self.bytes += size
            while self.bytes > self.limit:
                self.bytes -= self._lists.popitem(last=False)[1][1]


_cache = _Cache(CACHED_BYTES)


def layout_of(draft: RosterDraft) -> Layout | None:
    """The layout that a person chose; ``None`` while it is guessed."""
    if not draft.layout:
        return None
    columns = {name: tuple(places) for name, places in draft.layout["columns"].items()}
    return Layout(**{**draft.layout, "columns": columns})


def as_row(layout: Layout) -> dict[str, Any]:
    return asdict(layout)


def read(draft: RosterDraft) -> Sheet:
    """The list in the file; raises ``SheetRefused``, and ``Refused`` when the file is no longer kept."""
    key = (draft.sha256, repr(sorted(draft.layout.items())))
    found = _cache.get(key)
    if found is None:
        _must_be_kept(draft)
        found = read_sheet(store().path(draft.sha256), draft.file_name, layout_of(draft))
        _cache.put(key, found)
    return found


def look(
    draft: RosterDraft, sheet: int | None = None, header_row: int | None = None, encoding: str | None = None
) -> Table:
    """The columns of one sheet of the file, with the field that each is taken for.

    Without a place the one chosen, else the first sheet with a header, else the first sheet; ``encoding`` is one of
    ``encodings.NAMES``, or ``""`` to find it out. Raises as ``read``.
    """
    _must_be_kept(draft)
    layout = layout_of(draft)
    chosen = encoding if encoding in encodings.NAMES or encoding == "" else layout.encoding if layout else ""
    if layout and layout.encoding != chosen:
        layout = None  # other letters, perhaps another header
    grids = _grids(draft, chosen)
    if sheet is None:
        layout = layout or next((one for number, grid in enumerate(grids) if (one := guess_in(grid, number))), None)
        sheet = layout.sheet if layout else 0
    sheet = min(max(sheet, 0), len(grids) - 1)
    grid, rows = grids[sheet], [*head(grids[sheet]), *grids[sheet].rows[HEADER_ROWS:]]
    if layout is None or layout.sheet != sheet:
        layout = guess_in(grid, sheet)
    if header_row is not None and (layout is None or header_row != layout.header_row):
        layout = _named(Layout(min(max(header_row, 0), len(rows)), {}, sheet), rows)
    layout = layout or _named(Layout(_first(rows), {}, sheet), rows)
    return Table(len(grids), sheet, layout.header_row, grid.encoding, chosen, [*_columns(rows, layout)], len(rows))


def layout_from(table: Table, fields: Mapping[int, str]) -> Layout:
    """The layout that a person chose: the field of each column; ``Refused`` when it cannot be read so."""
    columns: dict[str, tuple[int, ...]] = {}
    for column in table.columns:
        name = fields.get(column.place, "")
        if name in FIELDS:
            columns[name] = (*columns.get(name, ()), column.place)
    for name, places in columns.items():
        if len(places) > 1 and name != "full_name":
            raise Refused(N_("Two columns are named as the same field. Only a name may stand in several columns."))
    if "full_name" not in columns or "email" not in columns:
        raise Refused(N_("Say which column holds the full name and which the e-mail address."))
    return Layout(table.header_row, columns, table.sheet, table.chosen)


def _must_be_kept(draft: RosterDraft) -> None:
    if not store().exists(draft.sha256):
        raise Refused(N_("The file is no longer kept. Choose it again."))


def _grids(draft: RosterDraft, encoding: str) -> list[Grid]:
    """The sheets of the file; one that cannot be read ends them, unless it is the first."""
    found: list[Grid] = []
    try:
        for grid in islice(read_grids(store().path(draft.sha256), draft.file_name, encoding), MOST_SHEETS):
            found.append(grid)
    except SheetRefused:
        if not found:
            raise
    return found


def _first(rows: Sequence[Sequence[str]]) -> int:
    """The first row of several cells, where a header is likely; 0 when it has an address and so is a person's."""
    likely = next(((number, row) for number, row in enumerate(rows[:HEADER_ROWS], 1) if sum(map(bool, row)) > 1), None)
    return likely[0] if likely and not any("@" in cell for cell in likely[1]) else 0


def _named(layout: Layout, rows: Sequence[Sequence[str]]) -> Layout:
    """The layout with the columns that its header names, even if only one."""
    header = rows[layout.header_row - 1] if layout.header_row else ()
    return replace(layout, columns=named(header))


def _columns(rows: Sequence[Sequence[str]], layout: Layout) -> Iterator[Column]:
    """Parts of names count as the full name: they are joined. Addresses are known by their sign."""
    fields = {place: name for name, places in layout.columns.items() for place in places}
    if "full_name" not in layout.columns:
        fields = {place: "full_name" if name in NAME_PARTS else name for place, name in fields.items()}
    header = rows[layout.header_row - 1] if layout.header_row else ()
    below = rows[layout.header_row :]
    addressed = "email" in layout.columns
    for place in range(min(max(map(len, rows), default=0), MAX_COLUMNS)):
        values = [text for row in below if place < len(row) and (text := clean(row[place]))]
        title = clean(header[place]) if place < len(header) else ""
        if not values and not title:
            continue
        name = fields.get(place, "")
        if not addressed and sum("@" in one for one in values[:50]) > len(values[:50]) / 2:
            name, addressed = "email", True
        yield Column(place, title, tuple(values[:SAMPLES]), name if name in FIELDS else "")
