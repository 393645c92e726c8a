"""The list of an entity's people as a workbook. Texts are written as texts: no name becomes a formula or a link."""

import io
from collections.abc import Callable, Sequence
from decimal import Decimal

from diploma.cohorts import labels
from diploma.core.errors import N_
from diploma.core.i18n import Formatter
from diploma.core.lang import Lang
from diploma.core.plain_workbook import plain_workbook
from diploma.home.entities import Person, Step

TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_COLUMNS = (
    (N_("Person"), 36),
    (N_("Entity"), 40),
    (N_("Cohort"), 28),
    (N_("State"), 18),
    (N_("Progress"), 48),
    (N_("Hours credited"), 16),
    (N_("Hours held"), 16),
    (N_("Next date"), 20),
    (N_("Behind"), 12),
)
Cell = str | Decimal


def people(rows: Sequence[Person], lang: Lang, fmt: Formatter, translate: Callable[[str], str]) -> bytes:
    out = io.BytesIO()
    with plain_workbook(out) as book:
        page, bold = book.add_worksheet(), book.add_format({"bold": True})
        for column, (title, width) in enumerate(_COLUMNS):
            page.set_column(column, column, width)
            page.write_string(0, column, translate(title), bold)
        for number, one in enumerate(rows, 1):
            for column, value in enumerate(_cells(one, lang, fmt, translate)):
                if isinstance(value, Decimal):
                    page.write_number(number, column, value)
                else:
                    page.write_string(number, column, value)
        page.freeze_panes(1, 0)
        if lang.dir == "rtl":
            page.right_to_left()
    return out.getvalue()


def _cells(one: Person, lang: Lang, fmt: Formatter, translate: Callable[[str], str]) -> list[Cell]:
    cohort, (credited, held) = one.enrolment.cohort, one.hours
    return [
        one.enrolment.user.full_name,
        one.entity.name(lang),
        cohort.name(lang),
        translate(labels.STANDINGS[one.standing][0]),
        "; ".join(_step(step, fmt, translate) for step in one.steps),
        credited,
        held,
        fmt.datetime(one.next.at, cohort.time_zone) if one.next else "",
        translate(N_("yes")) if one.behind else "",
    ]


def _step(step: Step, fmt: Formatter, translate: Callable[[str], str]) -> str:
    """As in «M2: 64%, handed in»."""
    done = translate(N_("completed")) if step.progress.completed_at else ""
    sent = translate(N_("assignment handed in")) if step.handed_in and not done else ""
    return f"{step.code}: {fmt.comma.join(filter(None, (fmt.percent(step.progress.percent), done, sent)))}"
