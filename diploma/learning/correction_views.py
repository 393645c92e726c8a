"""Mistakes in lessons: reported by readers, answered by those who can correct the content."""

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import func
from sqlalchemy.orm import joinedload

from diploma.accounts import guard
from diploma.accounts.permissions import Permission
from diploma.core import listing
from diploma.core.db import session
from diploma.core.lang import Lang
from diploma.learning import access, catalogue, corrections
from diploma.learning.access import Reader
from diploma.learning.forms import ANSWERS, KINDS, AnswerForm, MistakeForm
from diploma.learning.models import MistakeKind, MistakeReport, ReportState
from diploma.learning.structure import Lesson, Module

bp = Blueprint("corrections", __name__)
PAGE = 50  # reports on one page of the list


@bp.route("/modules/<module>/lessons/<lesson>/report", methods=["GET", "POST"])
@guard.signed_in
def report(module: str, lesson: str) -> ResponseReturnValue:
    """Report a mistake in a section (``?section=``) or in the whole lesson; ``?quote=`` is what was selected."""
    who, found, page = access.lesson(current_user, module, lesson)
    section = request.args.get("section", "")
    if section and section not in page.anchors:
        abort(404)
    form = MistakeForm()
    status = 200 if request.method == "GET" else 422
    if request.method == "GET":
        form.quote.data = request.args.get("quote", "")[: corrections.LONGEST_QUOTE]
        form.language.data = _shown_in(who, module, page, section).value
    elif form.validate():
        try:
            _send(who, found, page, section, form)
            flash(_("Your report is sent. You will get the answer by e-mail."), "ok")
            return redirect(url_for("learning.lesson", module=module, lesson=lesson, _anchor=section or None))
        except corrections.TooMany as refused:
            form.refuse(refused)
            status = refused.status
    return render_template(
        "learning/report.html", reader=who, module=found, lesson=page, section=section, form=form, active="modules"
    ), status


@bp.get("/corrections/")
@guard.needs(Permission.CORRECT_CONTENT)
def index() -> ResponseReturnValue:
    """Reported mistakes, the oldest open one first; ``?state=`` shows those that are answered."""
    state = _state(request.args.get("state", ""))
    mine = access.visible_reports(current_user)
    count = dict(
        session.execute(mine.with_only_columns(MistakeReport.state, func.count()).group_by(MistakeReport.state)).all()
    )
    pages = listing.last_page(count.get(state, 0), PAGE)
    page = listing.page(request.args, pages)
    order = MistakeReport.reported_at if state is ReportState.OPEN else MistakeReport.reported_at.desc()
    rows = session.scalars(
        mine.where(MistakeReport.state == state)
        .options(joinedload(MistakeReport.reporter), joinedload(MistakeReport.cohort))
        .order_by(order, MistakeReport.id)
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    ).all()
    return render_template(
        "learning/corrections.html",
        reports=rows,
        count=count,
        state=state,
        states=_states(),
        kinds=KINDS,
        page=page,
        pages=pages,
        content_of=lambda one: catalogue.content(one.revision_id),
        active="corrections",
    )


@bp.route("/corrections/<int:report_id>", methods=["GET", "POST"])
@guard.needs(Permission.CORRECT_CONTENT)
def answer(report_id: int) -> ResponseReturnValue:
    """One report, and its answer."""
    found = access.report(current_user, report_id)
    form = AnswerForm()
    if form.validate_on_submit():
        base_url = current_app.config["BASE_URL"]
        corrections.answer(
            found, ReportState(form.state.data), form.answer.data or "", by=current_user, base_url=base_url
        )
        flash(_("The answer is sent."), "ok")
        return redirect(url_for("corrections.index"))
    page = render_template(
        "learning/correction.html",
        report=found,
        content=catalogue.content(found.revision_id),
        form=form,
        kinds=KINDS,
        states=_states(),
        active="corrections",
    )
    return page, 200 if request.method == "GET" else 422


def _send(who: Reader, found: Module, page: Lesson, section: str, form: MistakeForm) -> None:
    where = {
        "module": found.id,
        "lesson": page.id,
        "section": section,
        "lang": Lang(form.language.data),
        "revision_id": who.content.revision_id,
    }
    corrections.report(
        where,
        MistakeKind(form.kind.data),
        form.quote.data or "",
        form.text.data or "",
        cohort=who.enrolment.cohort if who.enrolment else None,
        by=current_user,
        base_url=current_app.config["BASE_URL"],
    )


def _shown_in(who: Reader, module: str, page: Lesson, section: str) -> Lang:
    """The language in which the reader saw the section."""
    sections = who.content.sections(module, page, who.lang, who.country)
    return next((one.lang for one in sections if one.anchor == section), who.lang)


def _state(text: str) -> ReportState:
    return ReportState(text) if text in {*ReportState} else ReportState.OPEN


def _states() -> dict[ReportState, str]:
    return {ReportState.OPEN: _("Open"), **{one: str(text) for one, text in ANSWERS.items()}}
