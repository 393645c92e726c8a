"""Pages of the staff about attempts: who has how many, opening and closing them, returned works, receipts."""

from typing import Any

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from diploma.accounts import guard
from diploma.accounts.permissions import Permission
from diploma.cohorts import access as cohorts
from diploma.cohorts.forms import local
from diploma.cohorts.models import Cohort
from diploma.core import clock, i18n, listing
from diploma.core.errors import Refused
from diploma.coursework import access as marking_access
from diploma.coursework import results, service
from diploma.coursework.allocation import anonymity
from diploma.coursework.attempts import access, history, opening, returning, windows
from diploma.coursework.attempts.forms import OpenForm, ReasonForm, ReturnForm
from diploma.coursework.attempts.models import SubmissionAttempt
from diploma.coursework.late import days_after
from diploma.coursework.models import Submission
from diploma.coursework.queue_pages import query
from diploma.learning import catalogue

bp = Blueprint("attempts", __name__)
_MOST_AT_ONCE = 500  # attempts opened by one click
_STEPS = ("close", "excuse", "count")


@bp.get("/cohorts/<slug>/attempts")
@guard.needs(Permission.SET_ASSESSMENT)
def overview(slug: str) -> ResponseReturnValue:
    """The works of one assignment that were handed in: who has how many attempts, and what counts."""
    cohort = cohorts.cohort(current_user, slug, Permission.SET_ASSESSMENT)
    modules = _modules(cohort)
    module = request.args.get("module", next(iter(modules), ""))
    if module not in modules:
        abort(404)
    total = access.total(current_user, cohort, module)
    pages = listing.last_page(total, access.PAGE)
    page = listing.page(request.args, pages)
    return render_template(
        "coursework/attempts/overview.html",
        cohort=cohort,
        modules=modules,
        module=module,
        lines=access.lines(current_user, cohort, module, page),
        total=total,
        page=page,
        pages=pages,
        active="cohorts",
    )


@bp.post("/cohorts/<slug>/attempts/open")
@guard.needs(Permission.SET_ASSESSMENT)
def open_(slug: str) -> ResponseReturnValue:
    """Open the next attempt of everybody who was chosen; first the list of names and the form, then the step."""
    cohort = cohorts.cohort(current_user, slug, Permission.SET_ASSESSMENT)
    chosen = access.works(current_user, cohort, request.form.getlist("work", int)[:_MOST_AT_ONCE])
    back = url_for("attempts.overview", slug=slug, module=chosen[0].module if chosen else None)
    if not chosen:
        flash(_("Nobody was chosen."), "info")
        return redirect(back)
    confirmed = "confirmed" in request.form
    form = OpenForm(cohort.time_zone, formdata=request.form if confirmed else None)
    if confirmed and form.validate():
        _open_all(chosen, form)
        return redirect(back)
    if not confirmed:
        _suggest(form)
    page = render_template(
        "coursework/attempts/open.html", cohort=cohort, chosen=chosen, form=form, back=back, active="cohorts"
    )
    return page, 422 if form.errors else 200


@bp.get("/cohorts/<slug>/attempts/<int:work_id>")
@guard.needs(Permission.SET_ASSESSMENT)
def work(slug: str, work_id: int) -> ResponseReturnValue:
    """One person's work on an assignment, attempt by attempt, as far as it is released."""
    cohort = cohorts.cohort(current_user, slug, Permission.SET_ASSESSMENT)
    found = access.work(current_user, cohort, work_id)
    return render_template(
        "coursework/attempts/work.html",
        cohort=cohort,
        work=found,
        history=history.of(found),
        title=_title(cohort, found.module),
        active="cohorts",
    )


@bp.route("/cohorts/<slug>/attempts/<int:work_id>/<int:number>/<act>", methods=["GET", "POST"])
@guard.needs(Permission.SET_ASSESSMENT)
def decide(slug: str, work_id: int, number: int, act: str) -> ResponseReturnValue:
    """Close an attempt, take its marks out of the count or back into it: the form asks for the reason."""
    cohort = cohorts.cohort(current_user, slug, Permission.SET_ASSESSMENT)
    found = access.work(current_user, cohort, work_id)
    if act not in _STEPS or not 0 < number <= found.attempt:
        abort(404)
    form = ReasonForm()
    if form.validate_on_submit():
        _step(found, number, act, form.reason.data or "")
        flash(_("The decision is kept."), "ok")
        return redirect(url_for("attempts.work", slug=slug, work_id=work_id))
    page = render_template(
        "coursework/attempts/decide.html",
        cohort=cohort,
        work=found,
        number=number,
        act=act,
        form=form,
        active="cohorts",
    )
    return page, 422 if form.errors else 200


@bp.route("/marking/<int:marking_id>/return", methods=["GET", "POST"])
@guard.needs(Permission.MARK)
def give_back(marking_id: int) -> ResponseReturnValue:
    """Return a work to its author before it is marked, with comments and a date."""
    row = marking_access.marking(current_user, marking_id)
    cohort = row.work.submission.enrolment.cohort
    form = ReturnForm(cohort.time_zone)
    if form.validate_on_submit():
        try:
            returning.give_back(row, form.comment.data or "", form.moment(), base_url=_base(), by=current_user)
        except Refused as refused:
            form.refuse(refused)
        else:
            flash(_("The work is returned. Its author gets a mail."), "ok")
            return redirect(url_for("marking.queue", **query()))
    if request.method == "GET":
        form.until.data = local(days_after(clock.now(), 7, cohort.time_zone), cohort.time_zone).replace(second=0)
    page = render_template(
        "coursework/attempts/return.html",
        row=row,
        work=row.work,
        author=anonymity.author(row, current_user),
        hidden=anonymity.is_hidden(row, current_user),
        form=form,
        zone=cohort.time_zone,
        query=query(),
        active="marking",
    )
    return page, 422 if form.errors or form.form_errors else 200


@bp.post("/marking/<int:marking_id>/take-back")
@guard.needs(Permission.MARK)
def take_back(marking_id: int) -> ResponseReturnValue:
    """Mark a returned work as it was handed in after all."""
    row = marking_access.marking(current_user, marking_id)
    returning.take_back(row, base_url=_base(), by=current_user)
    flash(_("The work waits for its mark again."), "ok")
    return redirect(url_for("marking.script", marking_id=marking_id, **query()))


@bp.get("/receipts/")
@guard.needs(Permission.SEE_COHORT)
def receipts() -> ResponseReturnValue:
    """Whose work a receipt is for, when it came and under which hash, of the people whom this person sees.

    Of a work that is marked without names it says no name, and the days without their hours.
    """
    number = request.args.get("number", "")[: listing.LONGEST]
    found = access.receipt(current_user, number) if number else None
    hidden = found is not None and access.nameless(current_user, found)
    page = render_template(
        "coursework/attempts/receipts.html",
        number=number,
        found=found,
        hidden=hidden,
        sound=found is not None and service.digest(found, found.submission.module) == found.sha256,
        returned=windows.returned([found]).get(found.id) if found else None,
        title=results.content_of(found).say(found.submission.module, "assignment/title", i18n.current())
        if found
        else "",
        active="",
    )
    return page, 200 if found or not number else 404


def _open_all(chosen: list[Submission], form: OpenForm) -> None:
    outcome = opening.open_many(
        chosen, due_at=form.moment(), reason=form.reason.data or "", base_url=_base(), by=current_user
    )
    for name, refused in outcome.refused:
        flash(_("%(name)s: %(reason)s", name=name, reason=i18n.reason(refused.message, refused.params)), "warn")
    count = len(outcome.done)
    if count:
        flash(ngettext("%(num)s attempt is open.", "%(num)s attempts are open.", count), "ok")


def _step(work: Submission, number: int, act: str, reason: str) -> None:
    if act == "excuse":
        opening.excuse(work, number, reason=reason, by=current_user)
    elif act == "count":
        opening.count_again(work, number, reason=reason, by=current_user)
    else:
        row: SubmissionAttempt | None = windows.attempt(work)
        if row is None or row.number != number:
            abort(404)
        opening.close(row, reason=reason, base_url=_base(), by=current_user)


def _suggest(form: OpenForm) -> None:
    """Two weeks, to the end of the day."""
    form.until.data = local(days_after(clock.now(), 14, form.zone), form.zone).replace(second=0)


def _modules(cohort: Cohort) -> dict[str, Any]:
    """The assignments that the cohort has dates for, with their titles."""
    written = catalogue.content(cohort.revision_id).modules
    return {one.module: _title(cohort, one.module) for one in cohort.modules if one.module in written}


def _title(cohort: Cohort, module: str) -> Any:
    return catalogue.content(cohort.revision_id).say(module, "module/title", i18n.current())


def _base() -> str:
    base: str = current_app.config["BASE_URL"]
    return base
