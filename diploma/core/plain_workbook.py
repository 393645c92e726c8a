"""Writes .xlsx workbooks of plain text: what people have typed becomes no formula, link or number in them."""

from typing import BinaryIO

import xlsxwriter

_TEXT_ONLY = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


def plain_workbook(out: BinaryIO) -> xlsxwriter.Workbook:
    """A workbook that is written to ``out`` when it is closed; a context manager."""
    return xlsxwriter.Workbook(out, _TEXT_ONLY)
