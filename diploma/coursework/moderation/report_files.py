"""The agreement report as a workbook. Texts are written as texts: no name becomes a formula or a link."""

import io
from collections.abc import Iterable
from decimal import Decimal

from diploma.core.plain_workbook import plain_workbook
from diploma.core.text import neutralise_cell

TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_WIDTHS = (48, 40, 10, 14)
Line = tuple[str, str, int, Decimal | None]  # the table, the row in it, how many cases, the figure


def workbook(titles: tuple[str, str, str, str], lines: Iterable[Line], *, rtl: bool) -> bytes:
    """One row for each figure; a figure that is not said stays empty."""
    out = io.BytesIO()
    with plain_workbook(out) as book:
        page, bold = book.add_worksheet(), book.add_format({"bold": True})
        for column, (title, width) in enumerate(zip(titles, _WIDTHS, strict=True)):
            page.set_column(column, column, width)
            page.write_string(0, column, title, bold)
        for number, (table, row, n, value) in enumerate(lines, 1):
            page.write_string(number, 0, neutralise_cell(table))
            page.write_string(number, 1, neutralise_cell(row))
            page.write_number(number, 2, n)
            if value is not None:
                page.write_number(number, 3, value)
        page.freeze_panes(1, 0)
        if rtl:
            page.right_to_left()
    return out.getvalue()
