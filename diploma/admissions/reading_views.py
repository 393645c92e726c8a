"""What a reader sees: the applications given to them, one at a time, and nothing of the other reader."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from diploma.accounts import guard
from diploma.accounts.permissions import Permission
from diploma.admissions import access, calls, question_fields, reader_mails, selection
from diploma.admissions.blueprint import bp
from diploma.core import clock, i18n
from diploma.core.errors import Refused


@bp.get("/readings/")
@guard.needs(Permission.READ_ADMISSION)
def readings() -> ResponseReturnValue:
    """What one was given, with its deadlines."""
    found = access.own_readings(current_user)
    dues = {one.id: reader_mails.due_at(one.application.call, one.assigned_at) for one in found if not one.done_at}
    return render_template("admissions/readings.html", readings=found, dues=dues, now=clock.now(), active="readings")


@bp.route("/readings/<int:reading_id>", methods=["GET", "POST"])
@guard.needs(Permission.READ_ADMISSION)
def reading(reading_id: int) -> ResponseReturnValue:
    """One application with its criteria; handed in once and for good."""
    found = access.reading(current_user, reading_id)
    plan, lang = calls.plan_of(found.application.call), i18n.current()
    form: Any = question_fields.reading_form(plan.criteria, lang)
    if form.validate_on_submit():
        levels = {one.id: int(form[f"level_{one.id}"].data) for one in plan.criteria}
        try:
            selection.finish_reading(found, levels, form.comment.data or "", by=current_user)
        except Refused as refused:
            form.refuse(refused)
        else:
            flash(_("The reading is handed in."), "ok")
            return redirect(url_for("admissions.readings"))
    page = render_template(
        "admissions/reading.html",
        reading=found,
        application=found.application,
        plan=plan,
        answers=question_fields.answered(plan, found.application, lang),
        form=form,
        due=reader_mails.due_at(found.application.call, found.assigned_at),
        active="readings",
    )
    return page, 422 if form.errors else 200
