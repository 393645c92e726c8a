"""The workbooks that coordinators download: the empty list to fill in, the rows to correct, the result.

Cells are written as text only, so no value of a list becomes a formula or a link (spec cohorts, "Exports"). The first
two can be uploaded again: their headers are those that the import recognises.
"""

import io
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from diploma.cohorts.roster.judging import Plan, Problem
from diploma.cohorts.roster.messages import COLUMNS, OUTCOMES, problem_message
from diploma.cohorts.roster.sheet import Sheet
from diploma.cohorts.standings import Member, Standing
from diploma.core.errors import N_
from diploma.core.lang import Lang
from diploma.core.plain_workbook import plain_workbook

REASON = N_("What to correct")
ROW, STATUS = N_("Row"), N_("Status")
TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_WIDTHS = {"email": 32, "full_name": 36, "entity": 40, "position": 32}

_PEOPLE = {
    "full_name": N_("Full name"),
    "email": N_("E-mail"),
    "entity": N_("Entity"),
    "position": N_("Position"),
    "standing": N_("State"),
    "tutor": N_("Tutor"),
    "invited": N_("Last invitation"),
    "reminders": N_("Reminders"),
    "reason": N_("Why the mail came back"),
    "seen": N_("Last seen"),
}

Translate = Callable[[str], str]


def template(translate: Translate, *, rtl: bool) -> bytes:
    """An empty list with our columns, named in the language of ``translate``."""
    return _workbook([*COLUMNS], [translate(one) for one in COLUMNS.values()], [], rtl=rtl)


def faulty_rows(sheet: Sheet, plan: Plan, translate: Translate, *, rtl: bool) -> bytes:
    """The rows that stay out, with the reasons behind them; corrected, they can be uploaded by themselves."""
    reasons = _reasons(plan.errors, translate)
    fields = _fields(sheet)
    rows = [[*(cells.get(one, "") for one in fields), reasons[row]] for row, cells in sheet.rows if row in reasons]
    return _workbook(fields, [*(translate(COLUMNS[one]) for one in fields), translate(REASON)], rows, rtl=rtl)


def result(
    sheet: Sheet, outcome: Mapping[str, str], problems: Iterable[Problem], translate: Translate, *, rtl: bool
) -> bytes:
    """Every row of the list with its number in the file, what became or becomes of it, and why."""
    reasons, fields = _reasons(problems, translate), _fields(sheet)
    rows = [
        [
            str(row),
            *(cells.get(one, "") for one in fields),
            translate(OUTCOMES[outcome[str(row)]]),
            reasons.get(row, ""),
        ]
        for row, cells in sheet.rows
        if str(row) in outcome
    ]
    header = [ROW, *(COLUMNS[one] for one in fields), STATUS, REASON]
    return _workbook(["", *fields], [translate(one) for one in header], rows, rtl=rtl)


def _reasons(problems: Iterable[Problem], translate: Translate) -> dict[int, str]:
    reasons: dict[int, list[str]] = {}
    for one in problems:
        said = f"{translate(COLUMNS[one.column])}: {problem_message(one, translate)}"
        reasons.setdefault(one.row, []).append(said)
    return {row: " ".join(said) for row, said in reasons.items()}


def _fields(sheet: Sheet) -> list[str]:
    """The fields that the list has, those included into which something was typed."""
    filled = {name for _, cells in sheet.rows for name, value in cells.items() if value}
    return [one for one in COLUMNS if one in sheet.layout.columns or one in filled]


def people(
    members: Iterable[Member], words: Mapping[Standing, str], translate: Translate, lang: Lang, zone: str
) -> bytes:
    """The people of a cohort as the list shows them; times are those of ``zone``."""

    def day(moment: datetime | None) -> str:
        return f"{moment.astimezone(ZoneInfo(zone)):%Y-%m-%d}" if moment else ""

    rows = [
        [
            one.user.full_name,
            one.user.email,
            one.enrolment.entity.current.name(lang) if one.enrolment.entity else "",
            one.enrolment.position,
            words[one.standing],
            one.tutor.full_name if one.tutor else "",
            day(one.invited_at),
            str(one.reminders),
            one.last.bounce_reason if one.last and one.standing is Standing.BOUNCED else "",
            day(one.user.last_seen_at),
        ]
        for one in members
    ]
    return _workbook([*_PEOPLE], [translate(one) for one in _PEOPLE.values()], rows, rtl=lang.dir == "rtl")


def _workbook(fields: list[str], header: list[str], rows: Iterable[list[str]], *, rtl: bool) -> bytes:
    out = io.BytesIO()
    with plain_workbook(out) as book:
        page = book.add_worksheet()
        bold, text = book.add_format({"bold": True}), book.add_format({"num_format": "@"})
        for column, field in enumerate(fields):
            page.set_column(column, column, _WIDTHS.get(field, 18), text)  # a telephone number keeps its zeros
        page.write_row(0, 0, header, bold)
        for number, row in enumerate(rows, 1):
            page.write_row(number, 0, row)
        page.freeze_panes(1, 0)
        if rtl:
            page.right_to_left()
    return out.getvalue()
