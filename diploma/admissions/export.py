"""The applications of a call as a workbook. Cells are text only, so no answer becomes a formula or a link."""

import io
from collections.abc import Iterable

from flask_babel import gettext as _

from diploma.admissions import labels, question_fields, rules
from diploma.admissions.models import Application
from diploma.admissions.plan import Plan, in_language
from diploma.core.lang import Lang
from diploma.core.plain_workbook import plain_workbook

TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def workbook(plan: Plan, applications: Iterable[Application], lang: Lang, *, rtl: bool) -> bytes:
    """One row per application, in the language of the reader. Readings stand in it when all are in."""
    own = [_("Full name"), _("Work e-mail"), _("Entity"), _("Position"), _("Level of the position")]
    own += [_("Whole years of service"), _("State"), _("Rank"), _("Points")]
    out = io.BytesIO()
    with plain_workbook(out) as book:
        page = book.add_worksheet()
        text = book.add_format({"num_format": "@"})
        page.set_column(0, len(own) + len(plan.questions), 24, text)
        header = [*own, *(in_language(one.texts, lang) for one in plan.questions)]
        bold = book.add_format({"bold": True})
        for column, cell in enumerate(header):
            page.write_string(0, column, cell, bold)
        for number, one in enumerate(applications, 1):
            for column, cell in enumerate(_row(plan, one, lang)):
                page.write_string(number, column, cell)
        page.freeze_panes(1, 0)
        if rtl:
            page.right_to_left()
    return out.getvalue()


def _row(plan: Plan, one: Application, lang: Lang) -> list[str]:
    entity = one.entity.name(lang) if one.entity else one.entity_other
    level = _(labels.POSITIONS[one.level]) if one.level else ""
    years = "" if one.years is None else str(one.years)
    known = [one.full_name, one.email, entity, one.position, level, years, _(labels.STATES[one.state][0])]
    known += [str(one.rank or ""), _points(plan, one)]
    return [
        *known,
        *(words or (file.name if file else "") for _q, words, file in question_fields.answered(plan, one, lang)),
    ]


def _points(plan: Plan, one: Application) -> str:
    if not one.readings or not all(reading.done_at for reading in one.readings):
        return ""
    scores = [rules.score(reading.levels, plan.criteria) for reading in one.readings]
    return str(round(sum(scores) / len(scores), 2))
