"""The marker's pages of second marking: what waits, the work beside its rubric, and the agreement of two markers.

Nothing of the first mark is on the pages of who gives the second. Rounds, samples and the report have their own files.
"""

from collections.abc import Mapping
from typing import Any

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from diploma.accounts import guard
from diploma.accounts.permissions import Permission
from diploma.cohorts.models import Cohort
from diploma.core import i18n
from diploma.core.errors import Refused, Stale
from diploma.coursework import access as works
from diploma.coursework import desk_pages, pages, results, rules
from diploma.coursework.allocation import anonymity, conflict_views
from diploma.coursework.annotations import access as annotations
from diploma.coursework.annotations import panels
from diploma.coursework.annotations.service import Desk
from diploma.coursework.forms import MarkingForm, misfits, sent_levels, sent_remarks
from diploma.coursework.moderation import (
    access,
    calibration,
    readings,
    reconciling,
    report_views,
    round_views,
    rounds,
    sample_views,
    settling,
)
from diploma.coursework.moderation.blueprint import bp
from diploma.coursework.moderation.forms import AgreeForm
from diploma.coursework.moderation.models import Moderation, ProvisionalMark
from diploma.coursework.rubrics import words
from diploma.coursework.service import Incomplete
from diploma.learning import catalogue

__all__ = ["bp", "report_views", "round_views", "sample_views"]


@bp.get("/marking/second/")
@guard.needs(Permission.MARK)
def mine() -> ResponseReturnValue:
    """What waits for this marker: second marks, marks to agree on, samples."""
    marked = calibration.marked_by(current_user)
    samples = [(one, cohort) for one, cohort in access.samples(current_user) if one.made_by_id != current_user.id]
    return render_template(
        "coursework/second/mine.html",
        readings=access.readings(current_user),
        to_agree=access.to_agree(current_user),
        samples=[(one, cohort, one.id in marked) for one, cohort in samples],
        content=catalogue.content,
        active="marking",
    )


@bp.get("/marking/second/<int:reading_id>")
@guard.needs(Permission.MARK)
def script(reading_id: int) -> ResponseReturnValue:
    """The work beside the rubric; once the mark is given, what was given."""
    row = access.reading(current_user, reading_id)
    form = MarkingForm(formdata=None, obj=row)
    form.page.data = ""  # that of another page
    return _script(row, form, row.levels, 200)


@bp.post("/marking/second/<int:reading_id>")
@guard.needs(Permission.MARK)
def judge(reading_id: int) -> ResponseReturnValue:
    """Save the reading, or give the mark: the button says which."""
    row, form, step = access.reading(current_user, reading_id), MarkingForm(), request.form.get("do", "save")
    rubric = results.rubric_of(row.moderation.marking.work)
    wrong = misfits(rubric)
    if not form.validate() or wrong:
        return _script(row, form, sent_levels(rubric), 422, problems=wrong)
    judged = form.judged(rubric)
    if panels.asked():
        return _with_note(row, form)
    try:
        (readings.give if step == "mark" else readings.autosave)(row, judged, by=current_user)
    except Incomplete as incomplete:
        return _script(row, form, judged.levels, 422, problems=incomplete.problems)
    except Stale as stale:
        return _script(row, form, judged.levels, 409, stale=stale)
    if step != "mark":
        flash(_("The draft is saved."), "ok")
        return redirect(url_for("second.script", reading_id=row.id))
    flash(_("Your mark is given. It is compared with the other one."), "ok")
    return redirect(url_for("second.mine"))


@bp.post("/marking/second/<int:reading_id>/draft")
@guard.needs(Permission.MARK)
def autosave(reading_id: int) -> ResponseReturnValue:
    """Save levels and comment while they are chosen and written; answers with one line for the page."""
    row, form = access.reading(current_user, reading_id), MarkingForm()
    rubric = results.rubric_of(row.moderation.marking.work)
    if not form.validate() or misfits(rubric):
        abort(422)
    readings.autosave(row, form.judged(rubric), by=current_user)
    return Response(_saved(row), mimetype="text/plain")


@bp.post("/marking/second/<int:reading_id>/total")
@guard.needs(Permission.MARK)
def total(reading_id: int) -> ResponseReturnValue:
    """The sum of what is chosen on the page, for its script; nothing is saved."""
    row = access.reading(current_user, reading_id)
    rubric = results.rubric_of(row.moderation.marking.work)
    return Response(pages.points(rubric, sent_levels(rubric)), mimetype="text/plain")


@bp.get("/marking/second/<int:reading_id>/files/<int:number>")
@guard.needs(Permission.MARK)
def script_file(reading_id: int, number: int) -> ResponseReturnValue:
    work = access.reading(current_user, reading_id).moderation.marking.work
    file = works.version_file(work, number)
    return pages.attachment(anonymity.file_names(work, hidden=True)[number - 1], file["sha256"])


@bp.route("/marking/second/<int:reading_id>/conflict", methods=["GET", "POST"])
@guard.needs(Permission.MARK)
def conflict(reading_id: int) -> ResponseReturnValue:
    """Say that one should not mark the author of a work that one reads without names; the reading goes back."""
    row = access.reading(current_user, reading_id)
    back = url_for("second.script", reading_id=reading_id)
    if row.given_at is not None:
        return redirect(back)
    marking = row.moderation.marking
    return conflict_views.declared(marking, marking.work.receipt, url_for("second.mine"), back)


@bp.get("/marking/agree/<int:moderation_id>")
@guard.needs(Permission.MARK)
def agree(moderation_id: int) -> ResponseReturnValue:
    """Both marks side by side, criterion by criterion, and what is proposed or agreed."""
    row = access.moderation(current_user, moderation_id)
    form = AgreeForm(formdata=None, obj=row if row.proposed_by_id else None)
    return _agree(row, form, _start(row), 200)


@bp.post("/marking/agree/<int:moderation_id>")
@guard.needs(Permission.MARK)
def settle(moderation_id: int) -> ResponseReturnValue:
    """Propose the mark of both, or confirm what the other one has proposed: the button says which."""
    row, form = access.moderation(current_user, moderation_id), AgreeForm()
    rubric = results.rubric_of(row.marking.work)
    wrong = misfits(rubric)
    if not form.validate() or wrong:
        return _agree(row, form, sent_levels(rubric), 422, problems=wrong)
    try:
        if request.form.get("do") == "confirm":
            reconciling.confirm(row, form.version.data or 0, by=current_user)
            flash(_("The mark is agreed and ready for its release."), "ok")
            return redirect(url_for("second.mine"))
        reconciling.propose(row, form.proposal(rubric), by=current_user)
    except Incomplete as incomplete:
        return _agree(row, form, sent_levels(rubric), 422, problems=incomplete.problems)
    except Refused as refused:
        form.refuse(refused)
        return _agree(row, form, sent_levels(rubric), 409)
    flash(_("Your proposal waits for the other marker."), "ok")
    return redirect(url_for("second.agree", moderation_id=row.id))


def _with_note(row: ProvisionalMark, form: MarkingForm) -> ResponseReturnValue:
    """The page as it was sent, after a step with a comment on a passage; what is written goes along as a draft."""
    judged = form.judged(results.rubric_of(row.moderation.marking.work))
    try:
        if panels.writes():
            readings.autosave(row, judged, by=current_user)
            form.version.show(row.version)
        outcome = panels.act(Desk(row.moderation.marking, row))
    except Stale as stale:
        return _script(row, form, judged.levels, 409, stale=stale)
    return _script(row, form, judged.levels, 422 if outcome.refused else 200, outcome=outcome)


def _script(
    row: ProvisionalMark,
    form: MarkingForm,
    levels: Mapping[str, str],
    status: int,
    *,
    stale: Stale | None = None,
    problems: list[rules.Problem] | None = None,
    outcome: panels.Outcome | None = None,
) -> ResponseReturnValue:
    marking = row.moderation.marking
    desk, work = Desk(marking, row), marking.work
    page = render_template(
        "coursework/second/script.html",
        **vars(desk_pages.shown(desk, form, levels, hidden=True, stale=stale, problems=problems, outcome=outcome)),
        bank=panels.bank_of(desk),
        total=pages.points(results.rubric_of(work), levels),  # without what is taken from a mark
        saved_text=_saved(row),
        standing=calibration.standing(work.submission.enrolment.cohort, work.submission.module, current_user),
        rules=rules,
        active="marking",
    )
    return page, status


def _agree(
    row: Moderation,
    form: AgreeForm,
    levels: Mapping[str, str],
    status: int,
    *,
    problems: list[rules.Problem] | None = None,
) -> ResponseReturnValue:
    work = row.marking.work
    content, module, lang = results.content_of(work), work.submission.module, pages.rubric_lang(work.lang)
    if status == 409 or request.method == "GET":
        form.version.show(row.version)
    cohort: Cohort = work.submission.enrolment.cohort
    given = [one for one in row.marks if one.given_at is not None]
    page = render_template(
        "coursework/second/agree.html",
        row=row,
        work=work,
        files=anonymity.file_names(work, hidden=anonymity.is_hidden(row.marking, current_user)),
        neutral=anonymity.file_names(work, hidden=True),
        jots=annotations.compared(row),
        form=form,
        content=content,
        module=content.modules[module],
        given=given,
        sides=[{line.id: line.chosen for line in results.lines(content, module, one.levels, lang)} for one in given],
        proposed={line.id: line.chosen for line in results.lines(content, module, row.levels, lang)},
        lines=results.lines(content, module, levels, lang),
        remarks=_said(row) if request.method == "GET" else sent_remarks(results.rubric_of(work)),
        lang=lang,
        changed=words.of(work, i18n.current()),
        cohort=cohort,
        rule=rounds.rules_of(cohort, module),
        faults=pages.faults(problems or [], content, module, lang),
        part=any(one.marker_id == current_user.id and one.turn < readings.THIRD for one in given),
        open=row.outcome is None and row.mark(readings.THIRD) is None,
        rules=rules,
        active="marking",
        zone=cohort.time_zone,
    )
    return page, status


def _start(row: Moderation) -> Mapping[str, Any]:
    """The levels with which the form begins: those proposed, else where both marks agree."""
    if row.proposed_by_id:
        return row.levels
    first, second = row.marks[0].levels, row.marks[1].levels
    return {one: level for one, level in first.items() if second.get(one) == level}


def _said(row: Moderation) -> Mapping[str, str]:
    """The comments on criteria with which the form begins: those proposed, else those of both markers."""
    return row.remarks if row.proposed_by_id else settling.both_remarks(row.marks[0].remarks, row.marks[1].remarks)


def _saved(row: ProvisionalMark) -> str:
    if row.saved_at is None or row.given_at is not None:
        return ""
    zone = row.moderation.marking.work.submission.enrolment.cohort.time_zone
    return str(_("Saved %(time)s", time=i18n.fmt().time(row.saved_at, zone)))
