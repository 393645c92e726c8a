"""One post: changed or taken back by its writer, reported by readers, hidden by the staff, marked as helpful."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from diploma.accounts import guard
from diploma.accounts.permissions import Permission
from diploma.core.errors import Refused
from diploma.discussions import access, notices, queries, service
from diploma.discussions.access import Place
from diploma.discussions.forms import EditForm, HideForm, ReportForm
from diploma.discussions.models import Post
from diploma.discussions.pages import bp, page, page_number

_POST = "/cohorts/<slug>/discussions/<int:thread_id>/posts/<int:post_id>"


@bp.route(f"{_POST}/edit", methods=["GET", "POST"])
@guard.needs(Permission.DISCUSS)
def edit(slug: str, thread_id: int, post_id: int) -> ResponseReturnValue:
    where = access.place(current_user, slug)
    found = access.own_post(where, thread_id, post_id)
    if request.method == "GET":
        service.check_editable(found, by=current_user)
    form = EditForm(text=found.text, language=found.lang.value)
    if form.validate_on_submit():
        try:
            service.edit(found, form.written(), by=current_user)
            return redirect(_address(where, found))
        except Refused as refusal:
            form.refuse(refusal)
            return page("edit_post", where, post=found, form=form), refusal.status
    return page("edit_post", where, post=found, form=form), 422 if form.errors else 200


@bp.route(f"{_POST}/take-back", methods=["GET", "POST"])
@guard.needs(Permission.DISCUSS)
def take_back(slug: str, thread_id: int, post_id: int) -> ResponseReturnValue:
    where = access.place(current_user, slug)
    found = access.own_post(where, thread_id, post_id)
    if request.method == "POST":
        service.take_back(found, by=current_user)
        flash(_("Your post is taken back."), "ok")
        return redirect(_address(where, found))
    return render_template(
        "confirm.html",
        title=_("Take your post back?"),
        text=_(
            "Its text is deleted for good. That there was a post stays to be seen, because others may have answered."
        ),
        submit=_("Take the post back"),
        back=_address(where, found),
        danger=True,
        active="cohorts",
    )


@bp.route(f"{_POST}/report", methods=["GET", "POST"])
@guard.needs(Permission.DISCUSS)
def report(slug: str, thread_id: int, post_id: int) -> ResponseReturnValue:
    where = access.place(current_user, slug)
    found = access.post(where, thread_id, post_id)
    form = ReportForm()
    status = 200
    if form.validate_on_submit():
        try:
            service.report(found, form.reason.data or "", by=current_user)
            flash(_("Your report is with the staff of the cohort. Only they see it."), "ok")
            return redirect(_address(where, found))
        except Refused as refusal:
            form.refuse(refusal)
            status = refusal.status
    return render_template(
        "confirm.html",
        title=_("Report this post?"),
        text=_(
            "The instructors and coordinators of the cohort read your report and see your name. The writer does not."
        ),
        submit=_("Send report"),
        back=_address(where, found),
        form=form,
        active="cohorts",
    ), status if status != 200 else 422 if form.errors else 200


@bp.route(f"{_POST}/hide", methods=["GET", "POST"])
@guard.needs(Permission.MODERATE)
def hide(slug: str, thread_id: int, post_id: int) -> ResponseReturnValue:
    where = access.place(current_user, slug, Permission.MODERATE)
    found = access.post(where, thread_id, post_id)
    form = HideForm()
    if form.validate_on_submit():
        service.hide(found, form.reason.data or "", by=current_user)
        flash(_("The post is hidden. You and the other staff can still read it."), "ok")
        return redirect(_address(where, found))
    return render_template(
        "confirm.html",
        title=_("Hide this post?"),
        text=_("Readers see your name and the reason in its place. It can be shown again."),
        submit=_("Hide the post"),
        back=_address(where, found),
        form=form,
        active="cohorts",
    ), 422 if form.errors else 200


@bp.post(f"{_POST}/show")
@guard.needs(Permission.MODERATE)
def show(slug: str, thread_id: int, post_id: int) -> ResponseReturnValue:
    where = access.place(current_user, slug, Permission.MODERATE)
    found = access.post(where, thread_id, post_id)
    service.show(found, by=current_user)
    flash(_("The post is shown again."), "ok")
    return redirect(_address(where, found))


@bp.post(f"{_POST}/helpful")
@guard.needs(Permission.DISCUSS)
def helpful(slug: str, thread_id: int, post_id: int) -> ResponseReturnValue:
    """``helpful`` in the form is 1 to mark the post, anything else takes the mark off."""
    where = access.place(current_user, slug)
    found = access.post(where, thread_id, post_id)
    service.mark_helpful(found, request.form.get("helpful") == "1", by=current_user)
    return redirect(_address(where, found))


@bp.get("/cohorts/<slug>/discussions/reports")
@guard.needs(Permission.MODERATE)
def reported(slug: str) -> ResponseReturnValue:
    """What readers have reported and nobody has answered yet."""
    where = access.place(current_user, slug, Permission.MODERATE)
    return page("reports", where, rows=queries.reports(where, page_number()), page_of=notices.page_of)


@bp.post("/cohorts/<slug>/discussions/reports/<int:report_id>/dismiss")
@guard.needs(Permission.MODERATE)
def dismiss(slug: str, report_id: int) -> ResponseReturnValue:
    where = access.place(current_user, slug, Permission.MODERATE)
    service.dismiss(access.report(where, report_id), by=current_user)
    flash(_("The report is closed. The post stays."), "ok")
    return redirect(url_for(".reported", slug=slug))


def _address(where: Place, found: Post) -> str:
    base = url_for(".thread", slug=where.cohort.slug, thread_id=found.thread_id)
    return f"{base}{notices.page_of(found.number)}#post-{found.number}"
