"""The agreement report of a person's reach: on the page and as a workbook."""

from dataclasses import dataclass
from itertools import pairwise

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from diploma.accounts import guard
from diploma.accounts.permissions import Permission
from diploma.cohorts import access as cohorts
from diploma.cohorts.models import Cohort, Partner
from diploma.core import i18n
from diploma.core.db import session
from diploma.coursework import queue_pages
from diploma.coursework.moderation import report, report_files
from diploma.coursework.moderation.agreement import LEAST
from diploma.coursework.moderation.blueprint import bp
from diploma.coursework.moderation.models import Outcome
from diploma.coursework.moderation.report import Figure, Report
from diploma.learning import catalogue

Table = tuple[str, list[tuple[str, Figure]]]


@dataclass(frozen=True)
class Asked:
    """What the address wants, and the cohorts of the person's reach; what is out of reach is ignored."""

    within: list[Cohort]
    cohort: str
    module: str

    @property
    def cohorts(self) -> list[Cohort]:
        return [one for one in self.within if one.slug == self.cohort] or self.within


@bp.get("/second-marking/agreement")
@guard.needs(Permission.MODERATE_MARKS)
def agreement() -> ResponseReturnValue:
    asked = _asked()
    found = report.report(asked.cohorts, asked.module or None, _name)
    ranks = sorted({rank for pair in found.levels for rank in pair}, reverse=True)
    return render_template(
        "coursework/second/agreement.html",
        asked=asked,
        modules=queue_pages.titles(),
        report=found,
        main=_main(found),
        tables=_tables(found),
        apart=list(zip(_apart(), found.apart, strict=True)),
        ranks=ranks,
        outcomes=[(_outcome(one), count) for one, count in found.outcomes.items()],
        least=LEAST,
        active="cohorts",
    )


@bp.get("/second-marking/agreement.xlsx")
@guard.needs(Permission.MODERATE_MARKS)
def agreement_file() -> ResponseReturnValue:
    asked = _asked()
    found = report.report(asked.cohorts, asked.module or None, _name)
    lines = [(title, label, one.n, one.value) for title, rows in _all(found) for label, one in rows]
    data = report_files.workbook(
        (_("Table"), _("Row"), _("Cases"), _("Figure")), lines, rtl=i18n.current().dir == "rtl"
    )
    headers = {"Content-Disposition": "attachment; filename=agreement.xlsx"}
    return Response(data, mimetype=report_files.TYPE, headers=headers)


def _asked() -> Asked:
    reached = cohorts.visible_cohorts(current_user, Permission.MODERATE_MARKS)
    within = list(session.scalars(reached.order_by(Cohort.starts_on.desc(), Cohort.slug)))
    known = {module for module, _title in queue_pages.titles()}
    slug, module = request.args.get("cohort", ""), request.args.get("module", "")
    return Asked(within, slug if slug in {one.slug for one in within} else "", module if module in known else "")


def _all(found: Report) -> list[Table]:
    return [(_("Agreement of both marks"), _main(found)), *_tables(found)]


def _main(found: Report) -> list[tuple[str, Figure]]:
    return [
        (_("Weighted kappa of the levels"), found.levels_kappa),
        (_("Weighted kappa of the bands"), found.band_kappa),
        (_("ICC(2,1) of the marks"), found.icc),
        (_("Same level, per cent"), found.exact),
        (_("Same or next level, per cent"), found.adjacent),
        (_("Second mark less the first, mean points"), found.drift),
    ]


def _tables(found: Report) -> list[Table]:
    lang = i18n.current()
    criteria = []
    for (module, revision, criterion), figure in found.criteria.items():
        content = catalogue.content(revision)
        title = content.say(module, f"rubric/{criterion}/title", lang)
        criteria.append((f"{content.modules[module].code} · {title}", figure))
    return [
        (_("Weighted kappa by criterion"), criteria),
        (_("Mean mark by language of the work"), found.by_lang),
        (_("Mean mark by marker"), found.by_marker),
        (_("Median of days until the mark, by marker"), found.days_by_marker),
        (_("Median of days until the mark, by cohort"), found.days_by_cohort),
        (_("Median of days until the mark, by government"), found.days_by_partner),
    ]


def _apart() -> list[str]:
    """How far both marks are apart, column by column; a column ends where the next one begins."""
    return [*(f"{least}–{end}" for least, end in pairwise(report.APART)), f"{report.APART[-1]}+"]


def _outcome(one: Outcome) -> str:
    words = {
        Outcome.AVERAGE: _("the mean"),
        Outcome.HIGHER: _("the higher mark"),
        Outcome.AGREED: _("agreed with a reason"),
        Outcome.THIRD: _("decided by a third marker"),
    }
    return str(words[one])


def _name(one: Cohort | Partner) -> str:
    return one.name(i18n.current())
