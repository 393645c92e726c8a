"""Who marks what: a revealed author, a declared conflict, and works given to markers."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from diploma.accounts import guard
from diploma.accounts.permissions import Permission
from diploma.cohorts import access as cohorts
from diploma.cohorts import tutors
from diploma.cohorts.groups import service as groups
from diploma.cohorts.models import Cohort
from diploma.core import listing
from diploma.core.errors import Refused, Stale
from diploma.coursework import queue_pages, results
from diploma.coursework.allocation import (  # noqa: F401 - automatic: what is done with a work that comes in
    access,
    anonymity,
    automatic,
    conflict_views,
    markers,
    reminders,
    service,
    workload,
)
from diploma.coursework.allocation.blueprint import bp
from diploma.coursework.allocation.forms import AllocationForm, ReasonForm
from diploma.coursework.allocation.service import Plan
from diploma.learning import catalogue

__all__ = ["bp", "conflict_views"]


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


@bp.post("/marking/reminders")
@guard.needs(Permission.MARK)
def switch_reminders() -> ResponseReturnValue:
    """Let mails about works that wait go to oneself, or stop them."""
    wanted = request.form.get("on") == "1"
    reminders.switch(current_user, on=wanted)
    flash(_("You get mails about works that wait.") if wanted else _("You get no mails about works that wait."), "ok")
    return redirect(url_for("marking.queue", **queue_pages.query()))


@bp.route("/cohorts/<slug>/allocation", methods=["GET", "POST"])
@guard.needs(Permission.ALLOCATE)
def allocate(slug: str) -> ResponseReturnValue:
    """Choose works and how, see who would get what, save it. Without ``do`` the list has sent what it ticked."""
    cohort = cohorts.cohort(current_user, slug, Permission.ALLOCATE)
    chosen, step = _chosen(), request.form.get("do", "")
    if request.method == "GET" or (chosen is not None and not chosen):
        if request.method == "POST":
            flash(_("No work was chosen."), "info")
        return _list(cohort)
    form, office = AllocationForm() if step else AllocationForm(formdata=None), markers.of(cohort)
    works = [one for one, _begun in service.to_do(cohort, chosen)]
    people = [one.work.submission.enrolment_id for one in works]
    form.offer(office, groups.of(cohort), tutors=bool(tutors.of_people(people)))
    if not step:
        form.begin(office, by_hand=chosen is not None)
        return _page(cohort, chosen, form, None), 200
    if not form.validate():
        return _page(cohort, chosen, form, None), 422
    try:
        if step != "save":
            return _page(cohort, chosen, form, service.propose(cohort, chosen, form.wish())), 200
        saved = service.allocate(cohort, chosen, form.wish(), form.seen.data or "", by=current_user)
    except Stale as stale:
        form.refuse(stale)
        return _page(cohort, chosen, form, service.propose(cohort, chosen, form.wish())), stale.status
    except Refused as refused:
        form.refuse(refused)
        return _page(cohort, chosen, form, None), refused.status
    count = len(saved.changes)
    given = ngettext("%(num)s work is somebody else's now.", "%(num)s works are somebody else's now.", count)
    flash(given if count else _("Nothing was changed: it is so already."), "ok" if count else "info")
    return redirect(url_for("allocation.allocate", slug=slug))


def _chosen() -> set[int] | None:
    """The ids of markings that a form names; ``None`` for all works to do."""
    if "everything" in request.form:
        return None
    return set(request.form.getlist("marking", int))


def _list(cohort: Cohort) -> ResponseReturnValue:
    """Who has how much before them, and the works to choose from."""
    page = max(1, request.args.get("page", 1, int))
    total, rows = access.to_do(current_user, cohort, page)
    return render_template(
        "coursework/allocation/works.html",
        cohort=cohort,
        load=workload.of(cohort),
        nobody=workload.unallocated(cohort),
        rows=rows,
        total=total,
        page=page,
        pages=listing.last_page(total, access.PAGE),
        content=catalogue.content(cohort.revision_id),
        active="cohorts",
    )


def _page(cohort: Cohort, chosen: set[int] | None, form: AllocationForm, plan: Plan | None) -> str:
    works = service.to_do(cohort, chosen)
    return render_template(
        "coursework/allocation/allocate.html",
        cohort=cohort,
        content=catalogue.content(cohort.revision_id),
        everything=chosen is None,
        works=[one for one, _begun in works],
        form=form,
        plan=plan,
        called=anonymity.authors([one for one, _begun in works], current_user),
        active="cohorts",
    )
