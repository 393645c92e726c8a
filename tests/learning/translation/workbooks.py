"""Workbooks as translators send them back: exported, then changed cell by cell."""

import io
from pathlib import Path
from typing import Any

import xlsxwriter

from diploma.core import workbook
from diploma.core.lang import Lang
from diploma.learning.translation import workbooks
from tests.learning.sample import MODULE_ID, Course

MODULE, KEY, FILE, SOURCE, TEXT, STATUS, SOURCE_HASH, TEXT_HASH = range(8)


class Book:
    """The rows of an exported workbook; ``rows[0]`` is the header, in row 1 of the sheet."""

    def __init__(self, course: Course, lang: Lang, *modules: str) -> None:
        data = workbooks.export(course.load(), lang, modules or (MODULE_ID,), {}, str)
        self.rows = next(iter(workbook.grids(data))).rows

    def row(self, key: str) -> int:
        """The number of a text's row in the sheet."""
        return next(number for number, row in enumerate(self.rows, 1) if row[KEY] == key)

    def set(self, key: str, column: int, value: str) -> "Book":
        self.rows[self.row(key) - 1][column] = value
        return self

    def translate(self, texts: dict[str, str]) -> "Book":
        for key, text in texts.items():
            self.set(key, TEXT, text)
        return self

    def text(self, key: str, column: int = TEXT) -> str:
        return str(self.rows[self.row(key) - 1][column])

    def bytes(self, *, formulas: tuple[tuple[int, int], ...] = (), merged: tuple[str, ...] = ()) -> bytes:
        """The workbook; ``formulas`` are (row, column) from 1 and 0, ``merged`` are references such as A3:C4."""
        out = io.BytesIO()
        with xlsxwriter.Workbook(out, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
            page = book.add_worksheet()
            for number, row in enumerate(self.rows):
                for column, cell in enumerate(row):
                    page.write_string(number, column, cell)
            for number, column in formulas:
                page.write_formula(number - 1, column, "=1+1")
            for reference in merged:
                page.merge_range(reference, "merged")
        return out.getvalue()

    def save(self, path: Path, **changes: Any) -> Path:
        path.write_bytes(self.bytes(**changes))
        return path
