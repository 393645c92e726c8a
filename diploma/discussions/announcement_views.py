"""Announcements of a cohort: read by all of it, written by its staff."""

from contextlib import suppress

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.exc import IntegrityError

from diploma.accounts import guard
from diploma.accounts.permissions import Permission
from diploma.core import clock, db
from diploma.core.errors import Refused
from diploma.discussions import access, queries
from diploma.discussions import announcements as service
from diploma.discussions.access import Place
from diploma.discussions.forms import AnnouncementForm, HideForm, module_choices
from diploma.discussions.models import Announcement
from diploma.discussions.pages import bp, hurried, modules, new_key, page, page_number


@bp.get("/cohorts/<slug>/announcements")
@guard.needs(Permission.DISCUSS)
def announcements(slug: str) -> ResponseReturnValue:
    """All announcements; to open the page is to have seen them."""
    where = access.place(current_user, slug)
    rows = queries.announcements(where, page_number())
    answer = page("announcements", where, rows=rows, now=clock.now())
    db.session.commit()  # the reading transaction ends before the writing one begins
    with suppress(IntegrityError), db.aside() as own:  # two windows at once: one note is enough
        queries.seen(own, where.cohort.id, current_user.id, clock.now())
    return answer


@bp.route("/cohorts/<slug>/announcements/new", methods=["GET", "POST"])
@guard.needs(Permission.ANNOUNCE)
def new_announcement(slug: str) -> ResponseReturnValue:
    if refused := hurried():
        return refused
    where = access.place(current_user, slug, Permission.ANNOUNCE)
    form = _form(where)
    if form.validate_on_submit():
        try:
            plan = form.plan(where.cohort.languages)
            service.announce(where.cohort, plan, key=form.key.data or "", by=current_user)
            flash(_("The announcement is saved."), "ok")
            return redirect(url_for(".announcements", slug=slug))
        except Refused as refusal:
            form.refuse(refusal)
            return page("announcement", where, form=form, found=None, now=clock.now()), refusal.status
    return page("announcement", where, form=form, found=None, now=clock.now()), 422 if form.errors else 200


@bp.route("/cohorts/<slug>/announcements/<int:announcement_id>/edit", methods=["GET", "POST"])
@guard.needs(Permission.ANNOUNCE)
def edit_announcement(slug: str, announcement_id: int) -> ResponseReturnValue:
    where = access.place(current_user, slug, Permission.ANNOUNCE)
    found = access.announcement(where, announcement_id)
    form = _form(where)
    if request.method == "GET":
        form.show_announcement(found)
    elif form.validate():
        return _change(where, found, form)
    return page("announcement", where, form=form, found=found, now=clock.now()), 422 if form.errors else 200


@bp.route("/cohorts/<slug>/announcements/<int:announcement_id>/withdraw", methods=["GET", "POST"])
@guard.needs(Permission.ANNOUNCE)
def withdraw_announcement(slug: str, announcement_id: int) -> ResponseReturnValue:
    where = access.place(current_user, slug, Permission.ANNOUNCE)
    found = access.announcement(where, announcement_id)
    form, back = HideForm(), url_for(".announcements", slug=slug)
    if form.validate_on_submit():
        service.withdraw(found, form.reason.data or "", by=current_user)
        flash(_("The announcement is withdrawn."), "ok")
        return redirect(back)
    return render_template(
        "confirm.html",
        title=_("Withdraw this announcement?"),
        text=_("Readers see the reason in its place. Mails that have gone out cannot be called back."),
        submit=_("Withdraw the announcement"),
        back=back,
        form=form,
        danger=True,
        active="cohorts",
    ), 422 if form.errors else 200


def _change(where: Place, found: Announcement, form: AnnouncementForm) -> ResponseReturnValue:
    if form.version.data != str(found.version):
        form.form_errors.append(
            _("Somebody else changed this announcement while you were working. Your text is still here: save it again.")
        )
        form.version.data = str(found.version)
        return page("announcement", where, form=form, found=found, now=clock.now()), 409
    try:
        service.change(found, form.plan(where.cohort.languages), by=current_user)
    except Refused as refusal:
        form.refuse(refusal)
        return page("announcement", where, form=form, found=found, now=clock.now()), refusal.status
    flash(_("The announcement is saved."), "ok")
    return redirect(url_for(".announcements", slug=where.cohort.slug))


def _form(where: Place) -> AnnouncementForm:
    form = AnnouncementForm(key=new_key())
    form.zone = where.cohort.time_zone
    form.module.choices = module_choices(modules(where))
    return form
