"""Who marks what: a revealed author, a declared conflict, and works given to markers."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from diploma.accounts import guard
from diploma.accounts.permissions import Permission
from diploma.core.errors import Refused
from diploma.coursework import results
from diploma.coursework.allocation import access, anonymity
from diploma.coursework.allocation.forms import ReasonForm

bp = Blueprint("allocation", __name__)


@bp.route("/marking/<int:marking_id>/author", methods=["GET", "POST"])
@guard.needs(Permission.REVEAL_AUTHOR)
def author(marking_id: int) -> ResponseReturnValue:
    """Whose work it is that is marked without names; with a reason, which is kept and shown here."""
    row, form, status = access.work(current_user, marking_id, Permission.REVEAL_AUTHOR), ReasonForm(), 200
    if form.is_submitted():
        status = 422
        if form.validate():
            try:
                anonymity.reveal(row, form.reason.data or "", by=current_user)
            except Refused as refused:
                form.refuse(refused)
            else:
                flash(_("The author is shown to you. Your reason is kept."), "ok")
                return redirect(url_for("allocation.author", marking_id=marking_id))
    hidden = anonymity.is_hidden(row, current_user)
    submission = row.work.submission
    page = render_template(
        "coursework/allocation/author.html",
        row=row,
        form=form,
        cohort=submission.enrolment.cohort,
        content=results.content_of(row.work),
        module=submission.module,
        author="" if hidden else submission.enrolment.user.display_name,
        revealed=anonymity.reveals(row),
        zone=submission.enrolment.cohort.time_zone,
        active="marking" if guard.allowed(Permission.MARK) else "cohorts",
    )
    return page, status
