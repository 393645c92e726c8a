"""The mark sheet as a workbook: a table for each rubric, with a list of the levels in every cell to be filled.

Texts are written as texts: no name becomes a formula or a link. The only formulas are the totals, which are not read.
"""

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from xlsxwriter.utility import xl_col_to_name, xl_rowcol_to_cell

from diploma.core.errors import N_
from diploma.core.plain_workbook import plain_workbook
from diploma.core.text import neutralise_cell
from diploma.coursework.offline.columns import COMMENT, CRITERION, SEAL, TITLES
from diploma.coursework.results import Line

FIRST = 3  # the row of the first work, as the sheet counts: keys, titles, works
HELP = (
    N_("Choose a level for each criterion from the list in its cell. Its name in any language and its rank count too."),
    N_("Write the comment for the trainee into its column. Nothing else is read."),
    N_("Rows may be sorted as a whole, and those that you do not need may be left out. Keep all columns."),
    N_("A row that you leave as it is changes nothing."),
    N_("Save the file as .xlsx or .ods and upload it on the page “Mark offline”. You see first what it does."),
    N_("A row is refused when its mark has changed on the server meanwhile. Nothing is overwritten unseen."),
)
_WIDTHS = {"row": 6, "reason": 50, "receipt": 14, "author": 30, "due": 18, "language": 14, COMMENT: 60, "state": 16}
_LEVELS = "Levels"

Translate = Callable[[str], str]


@dataclass(frozen=True)
class Work:
    """A row: ``cells`` by column, ``levels`` as they stand in the cells by criterion, ``total`` where it is known."""

    cells: Mapping[str, str]
    levels: Mapping[str, str]
    total: Decimal | None


@dataclass(frozen=True)
class Table:
    """Works of one rubric: ``title`` is the name of the sheet, ``lines`` the rubric in the language of the marker."""

    title: str
    lines: Sequence[Line]
    works: Sequence[Work]


def write(
    tables: Sequence[Table],
    translate: Translate,
    *,
    rtl: bool,
    reasons: bool = False,
    loose: Sequence[Sequence[str]] = (),
) -> bytes:
    """The workbook; with ``reasons`` the sheet of refused rows, which has a column for them. ``loose`` are cells of
    rows that belong to no work: they are kept on a page of their own, which is not read."""
    out = io.BytesIO()
    with plain_workbook(out) as book:
        pages = [book.add_worksheet(one.title) for one in tables]
        levels, about = book.add_worksheet(_LEVELS), book.add_worksheet("Help")
        if loose:
            _write_loose(book.add_worksheet("Other rows"), loose)
        at = 0
        for page, table in zip(pages, tables, strict=True):
            _Page(book, page, table, translate, reasons).write(at)
            at = _write_levels(levels, table, at)
        for number, line in enumerate(HELP):
            about.write_string(number, 0, translate(line))
        levels.set_column(0, 0, 30)
        about.set_column(0, 0, 100)
        if rtl:
            for one in book.worksheets():
                one.right_to_left()
    return out.getvalue()


def _write_loose(page: Any, rows: Sequence[Sequence[str]]) -> None:
    page.set_column(0, 0, 50)
    for number, cells in enumerate(rows):
        for column, cell in enumerate(cells):
            page.write_string(number, column, neutralise_cell(cell))


def _write_levels(page: Any, table: Table, at: int) -> int:
    """Name, share, rank and share again of each level, from row ``at`` on: what lists and totals look into."""
    steps = table.lines[0].levels
    for row, step in enumerate(reversed(steps), at):
        page.write_string(row, 0, step.title)
        page.write_number(row, 1, step.share)
        page.write_number(row, 2, step.rank)
        page.write_number(row, 3, step.share)
    return at + len(steps) + 1


class _Page:
    """Writes one table."""

    def __init__(self, book: Any, page: Any, table: Table, translate: Translate, reasons: bool) -> None:
        self.page, self.table, self.translate = page, table, translate
        left = [one for one in TITLES if one not in (COMMENT, "total", "state", SEAL) and (reasons or one != "reason")]
        self.keys = [*left, *(CRITERION + one.id for one in table.lines), COMMENT, "total", "state", SEAL]
        self.titles = {CRITERION + one.id: str(one.title) for one in table.lines}
        self.head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        self.fixed = book.add_format({"num_format": "@", "valign": "top", "bg_color": "#F2F2F2"})
        self.wrapped = book.add_format({"num_format": "@", "valign": "top", "text_wrap": True})
        self.chosen = book.add_format({"valign": "top"})
        self.figure = book.add_format({"valign": "top", "bg_color": "#F2F2F2"})

    def write(self, levels_at: int) -> None:
        page, last = self.page, FIRST - 2 + max(1, len(self.table.works))
        for column, key in enumerate(self.keys):
            page.set_column(column, column, _WIDTHS.get(key, 18), None, {"hidden": key == SEAL})
            page.write_string(0, column, key)
            page.write_string(1, column, self.titles.get(key) or self.translate(TITLES[key]), self.head)
        page.set_row(0, None, None, {"hidden": True})
        for number, work in enumerate(self.table.works):
            self._row(FIRST - 1 + number, number + 1, work, levels_at)
        for line in self.table.lines:
            self._list(self.keys.index(CRITERION + line.id), last, levels_at, len(line.levels))
        page.freeze_panes(FIRST - 1, self.keys.index("author") + 1)
        page.autofilter(1, 0, last, len(self.keys) - 1)

    def _row(self, row: int, number: int, work: Work, levels_at: int) -> None:
        for column, key in enumerate(self.keys):
            if key == "row":
                self.page.write_number(row, column, number, self.fixed)
            elif key == "total":
                self.page.write_formula(row, column, self._total(row, levels_at), self.figure, _shown(work.total))
            elif key.startswith(CRITERION):
                self.page.write_string(row, column, work.levels.get(key.removeprefix(CRITERION), ""), self.chosen)
            elif key in (COMMENT, SEAL):  # these come back: they must be as they were
                self.page.write_string(row, column, work.cells.get(key, ""), self.wrapped)
            else:
                self.page.write_string(row, column, neutralise_cell(work.cells.get(key, "")), self.fixed)

    def _list(self, column: int, last: int, at: int, count: int) -> None:
        """A list of the levels; what is typed instead, a rank, is only warned about."""
        source = f"={_LEVELS}!$A${at + 1}:$A${at + count}"
        rule = {"validate": "list", "source": source, "error_type": "information"}
        self.page.data_validation(FIRST - 1, column, last, column, rule)

    def _total(self, row: int, at: int) -> str:
        last = at + len(self.table.lines[0].levels)
        parts = []
        for line in self.table.lines:
            cell = xl_rowcol_to_cell(row, self.keys.index(CRITERION + line.id), col_abs=True)
            by_name = f"VLOOKUP({cell},{_LEVELS}!$A${at + 1}:$B${last},2,FALSE)"
            by_rank = f"VLOOKUP({cell},{_LEVELS}!$C${at + 1}:$D${last},2,FALSE)"
            parts.append(f"IFERROR({by_name},{by_rank})*{line.weight}/100")
        return f'=IFERROR({"+".join(parts)},"")'


def _shown(total: Decimal | None) -> Any:
    return "" if total is None else float(total)


def letter(column: int) -> str:
    """What a spreadsheet calls a column, from 0: ``C``."""
    return str(xl_col_to_name(column))
