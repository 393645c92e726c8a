"""Translations as a workbook: one row for each text, to be filled in by people who have no shell, and read again.

The header is always English: it is what the reader recognises. Cells are written as text only.
"""

import io
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import xlsxwriter

from diploma.core import workbook
from diploma.core.errors import N_, Refused
from diploma.core.grid import MAX_BYTES, Grid, Refusal, SheetRefused, covered
from diploma.core.lang import Lang
from diploma.core.plain_workbook import plain_workbook
from diploma.core.text import visible
from diploma.learning import freshness
from diploma.learning.freshness import section_hash
from diploma.learning.loader import Loaded
from diploma.learning.translation import standing
from diploma.learning.translation.places import files_of, places
from diploma.learning.translation.standing import Held, Text

TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HEADER_ROWS = 10
LONGEST = 32_767  # characters that a cell holds
COLUMNS = ("module", "key", "file", "source", "text", "status", "source_hash", "text_hash")
HELP = (
    N_("Write the translation into the column “Translation”. Nothing else is read but “Status”."),
    N_("A section begins with ## and its title; keep the {#anchor} behind it, the ::: lines and the numbers."),
    N_("A stale translation that still says what its source says: leave it, and write draft as its status."),
    N_("Rows may be sorted, and those that you do not need may be left out."),
)

_WIDTHS = {"module": 16, "key": 30, "file": 18, "source": 60, "text": 60, "status": 10}
_NAMES = {
    "module": re.compile(r"module"),
    "key": re.compile(r"key"),
    "source": re.compile(r"source \(([\w-]+)\)"),
    "text": re.compile(r"translation \(([\w-]+)\)"),
    "status": re.compile(r"status"),
    "source_hash": re.compile(r"source hash"),
    "text_hash": re.compile(r"translation hash"),
}

Translate = Callable[[str], str]


@dataclass(frozen=True)
class Row:
    """A row as it stands in the sheet; ``number`` counts from 1. ``formula``, ``merged``: some of its cells are."""

    number: int
    module: str
    key: str
    source: str
    text: str
    status: str
    source_hash: str
    text_hash: str
    formula: bool
    merged: bool


@dataclass(frozen=True)
class Sheet:
    lang: Lang
    rows: list[Row]


def short(digest: str) -> str:
    """A hash as it stands in the sheet: enough to notice a change, and empty for a text that is missing."""
    return digest[:12]


def write(texts: Iterable[tuple[str, Text]], source: Lang, lang: Lang, translate: Translate) -> bytes:
    """The workbook; each text of ``lang`` comes with the name of its file. ``Refused`` for one that no cell holds.

    ``source`` is the language from which ``lang`` is made. A second sheet says in the words of ``translate`` how to
    fill it in.
    """
    out = io.BytesIO()
    with plain_workbook(out) as book:
        page = book.add_worksheet("Translation")
        head = book.add_format({"bold": True, "bottom": 1})
        fixed = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top", "bg_color": "#F2F2F2"})
        free = {one: _free(book, one) for one in (source, lang)}
        for column, name in enumerate(COLUMNS):
            page.set_column(column, column, _WIDTHS.get(name, 15))
        page.write_row(0, 0, _header(source, lang), head)
        for number, (file, text) in enumerate(texts, 1):
            for column, (name, cell) in enumerate(zip(COLUMNS, _cells(file, text), strict=True)):
                style = free[lang] if name in ("text", "status") else fixed
                page.write_string(number, column, cell, style)
        page.freeze_panes(1, 2)
        page.autofilter(0, 0, 0, len(COLUMNS) - 1)
        about = book.add_worksheet("Help")
        about.set_column(0, 0, 100)
        for number, line in enumerate(HELP):
            about.write_string(number, 0, translate(line))
    return out.getvalue()


def export(loaded: Loaded, lang: Lang, modules: Iterable[str], held: Held, translate: Translate) -> bytes:
    """The workbook of all texts of ``modules`` in ``lang``, as they stand today."""
    rows = []
    for module in modules:
        where = places(loaded, module, lang)
        for key, text in standing.texts(loaded, module, lang, held).items():
            rows.append((where[key].file.removeprefix(f"{files_of(loaded, module).folder}/"), text))
    return write(rows, freshness.lineage(loaded, lang)[-2], lang, translate)


def read(source: str | Path | bytes, filename: str) -> Sheet:
    """The rows of a workbook that ``write`` has made and somebody has filled in; raises ``SheetRefused``."""
    try:
        for grid in workbook.grids(_load(source)):
            for number, cells in enumerate(grid.rows[:HEADER_ROWS], 1):
                if columns := _columns(cells):
                    return _sheet(grid, number, columns)
        raise SheetRefused(Refusal.NO_HEADER, rows=HEADER_ROWS)
    except SheetRefused as refused:
        refused.params["filename"] = " ".join(visible(filename).split())
        raise


def tidy(text: str) -> str:
    """A text as it is compared and written: lines end with ``\\n``, nothing invisible, no space around it."""
    return visible(text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def _header(source: Lang, lang: Lang) -> list[str]:
    titles = ("Module", "Key", "File", f"Source ({source})", f"Translation ({lang})", "Status")
    return [*titles, "Source hash", "Translation hash"]


def _cells(file: str, text: Text) -> list[str]:
    source, own = tidy(text.source), tidy(text.text)
    if max(len(source), len(own)) > LONGEST:
        raise Refused(N_("The text %(key)s is too long for a cell of a workbook."), key=text.key)
    hashes = section_hash(text.source), short(text.text_hash)
    return [text.module, text.key, file, source, own, text.standing.value, *hashes]


def _free(book: xlsxwriter.Workbook, lang: Lang) -> object:
    order = 2 if lang.dir == "rtl" else 1
    return book.add_format({"num_format": "@", "text_wrap": True, "valign": "top", "reading_order": order})


def _load(source: str | Path | bytes) -> bytes:
    size = len(source) if isinstance(source, bytes) else Path(source).stat().st_size
    if size > MAX_BYTES:
        raise SheetRefused(Refusal.TOO_LARGE)
    data = source if isinstance(source, bytes) else Path(source).read_bytes()
    if not data:
        raise SheetRefused(Refusal.EMPTY)
    if not workbook.claims_to_be_one(data):
        raise SheetRefused(Refusal.NOT_A_TABLE)
    return data


def _columns(cells: list[str]) -> dict[str, int]:
    """The column of each field that a row names, or none unless it names them all."""
    names = [" ".join(cell.split()).casefold() for cell in cells]
    found = {
        field: column
        for field, pattern in _NAMES.items()
        for column, name in reversed([*enumerate(names)])
        if pattern.fullmatch(name)
    }
    return found if len(found) == len(_NAMES) else {}


def _sheet(grid: Grid, header: int, columns: dict[str, int]) -> Sheet:
    title = _NAMES["text"].fullmatch(" ".join(grid.rows[header - 1][columns["text"]].split()).casefold())
    lang = Lang.parse(title[1]) if title else None
    if lang is None:
        raise SheetRefused(Refusal.NO_HEADER, rows=HEADER_ROWS)
    formulas = {row for row, _column in covered(grid.formulas, columns.values(), len(grid.rows))}
    merged = {row for row, _column in covered(grid.merged, columns.values(), len(grid.rows))}
    rows = []
    for number, cells in enumerate(grid.rows[header:], header + 1):
        fields = {name: tidy(cells[column]) if column < len(cells) else "" for name, column in columns.items()}
        if any(fields.values()) or number in merged:
            rows.append(Row(number, **fields, formula=number in formulas, merged=number in merged))
    if not rows:
        raise SheetRefused(Refusal.NO_ROWS)
    return Sheet(lang, rows)
