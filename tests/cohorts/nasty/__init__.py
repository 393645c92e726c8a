"""Roster files as they really come, and as an attacker makes them, each with the report it must get.

``FILES`` is the collection. A file is either refused as a whole, or read: then ``report`` holds the number of rows,
the number that are ready, and row, column and code of every problem.
"""

from tests.cohorts.nasty import (
    csv_files,
    disguised_files,
    excel97_files,
    hostile_workbooks,
    languages,
    name_files,
    ods_files,
    workbook_files,
)  # fmt: skip
from tests.cohorts.nasty.archive import SHEET, STRINGS, edited, part, plain, repacked, xlsx
from tests.cohorts.nasty.csv_files import csv
from tests.cohorts.nasty.rows import ALI, ALLOWED, CONTACTS, HEADER, KNOWN, VALI, File, Row
from tests.cohorts.nasty.workbook_files import second_sheet, three_hundred

__all__ = [
    "ALI", "ALLOWED", "CONTACTS", "FILES", "HEADER", "KNOWN", "SHEET", "STRINGS", "VALI", "File", "Row",
    "csv", "edited", "part", "plain", "repacked", "second_sheet", "three_hundred", "xlsx",
]  # fmt: skip

FILES = [
    *csv_files.FILES,
    *languages.FILES,
    *name_files.FILES,
    *workbook_files.FILES,
    *hostile_workbooks.FILES,
    *excel97_files.FILES,
    *ods_files.FILES,
    *disguised_files.FILES,
]
