"""Pages about conflicts of interest: declared before a work, one's own with the way back, those of a cohort."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from diploma.accounts import guard
from diploma.accounts.permissions import Permission
from diploma.cohorts import access as cohorts
from diploma.core import listing
from diploma.core.errors import Refused
from diploma.coursework import access as scripts
from diploma.coursework import queue_pages
from diploma.coursework.allocation import access, anonymity, conflicts
from diploma.coursework.allocation.blueprint import bp
from diploma.coursework.allocation.forms import ReasonForm
from diploma.coursework.models import Marking
from diploma.learning import catalogue


@bp.route("/marking/<int:marking_id>/conflict", methods=["GET", "POST"])
@guard.needs(Permission.MARK)
def conflict(marking_id: int) -> ResponseReturnValue:
    """Say that one should not mark the works of this author. Where no name is shown, none is shown here."""
    row = scripts.marking(current_user, marking_id)
    after, back = url_for("marking.queue", **queue_pages.query()), url_for("marking.script", marking_id=marking_id)
    return declared(row, anonymity.author(row, current_user), after, back)


def declared(row: Marking, called: str, after: str, back: str) -> ResponseReturnValue:
    """The page that asks for the reason; ``called`` is what the work is called, ``after`` where it leads."""
    form = ReasonForm()
    if form.validate_on_submit():
        try:
            conflicts.declare(row, form.reason.data or "", by=current_user)
        except Refused as refused:
            form.refuse(refused)
        else:
            flash(_("The works of this person are no longer in your queue."), "ok")
            return redirect(after)
    page = render_template(
        "confirm.html",
        title=_("Declare a conflict of interest?"),
        text=_(
            "You will get no work of this person any more, and a draft of yours is deleted. A coordinator gives the "
            "works to somebody else."
        ),
        submit=_("Declare it"),
        back=back,
        facts=[(_("Work"), called, "")],
        form=form,
        active="marking",
    )
    return page, 422 if form.is_submitted() else 200


@bp.get("/marking/conflicts")
@guard.needs(Permission.MARK)
def own_conflicts() -> ResponseReturnValue:
    """The conflicts that one has declared."""
    return render_template(
        "coursework/allocation/conflicts.html",
        rows=access.own_conflicts(current_user),
        content=catalogue.content,
        active="marking",
    )


@bp.route("/marking/conflicts/<int:conflict_id>/take-back", methods=["GET", "POST"])
@guard.needs(Permission.MARK)
def take_back_conflict(conflict_id: int) -> ResponseReturnValue:
    """Say why there is no conflict any more."""
    row, form = access.conflict(current_user, conflict_id), ReasonForm()
    if form.validate_on_submit():
        try:
            conflicts.take_back(row, form.reason.data or "", by=current_user)
        except Refused as refused:
            form.refuse(refused)
        else:
            flash(_("The conflict is taken back. Works of this person may come to you again."), "ok")
            return redirect(url_for("allocation.own_conflicts"))
    page = render_template(
        "confirm.html",
        title=_("Take this conflict back?"),
        text=_("Works of this person may be given to you again. Your reason is kept."),
        submit=_("Take it back"),
        back=url_for("allocation.own_conflicts"),
        facts=[(_("What you declared"), row.reason, "")],
        form=form,
        active="marking",
    )
    return page, 422 if form.is_submitted() else 200


@bp.get("/cohorts/<slug>/conflicts")
@guard.needs(Permission.ALLOCATE)
def cohort_conflicts(slug: str) -> ResponseReturnValue:
    """Who has declared a conflict with whom in a cohort, for who gives works out."""
    cohort = cohorts.cohort(current_user, slug, Permission.ALLOCATE)
    page = max(1, request.args.get("page", 1, int))
    total, rows = access.conflicts_of(current_user, cohort, page)
    return render_template(
        "coursework/allocation/cohort_conflicts.html",
        cohort=cohort,
        rows=rows,
        total=total,
        page=page,
        pages=listing.last_page(total, access.PAGE),
        content=catalogue.content(cohort.revision_id),
        active="cohorts",
    )
