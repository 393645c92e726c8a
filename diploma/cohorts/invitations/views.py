"""Invitations on the screen: sent to a selection, to one person or to all; reminders stopped; an address corrected."""

from flask import Response, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from diploma.accounts import guard
from diploma.accounts.permissions import Permission
from diploma.cohorts import access, labels, standings
from diploma.cohorts.blueprint import bp
from diploma.cohorts.invitations import inviting, reminders
from diploma.cohorts.invitations.forms import AddressForm
from diploma.cohorts.roster import workbooks
from diploma.cohorts.standings import Standing
from diploma.cohorts.tutoring import views as tutor_views
from diploma.core import i18n, listing
from diploma.core.errors import Refused


@bp.post("/cohorts/<slug>/roster/invite")
@guard.needs(Permission.MANAGE_COHORT)
def invite(slug: str) -> ResponseReturnValue:
    """Mail the activation link to the chosen people; to all who never got one in the background."""
    found = access.cohort(current_user, slug, Permission.MANAGE_COHORT)
    base_url, back = current_app.config["BASE_URL"], url_for("cohorts.roster", slug=slug)
    if "everybody" in request.form:
        key = request.form.get("key", "")
        work = inviting.invite_everybody(found, base_url, back=back, key=key, by=current_user)
        return redirect(url_for("jobs.job", token=work.token))
    chosen = set(request.form.getlist("enrolment", int))
    sent = inviting.invite(found, base_url, chosen, by=current_user)
    if sent:
        flash(ngettext("%(num)s invitation is on its way.", "%(num)s invitations are on their way.", sent), "ok")
    if sent < len(chosen):
        flash(_("Left out: people who have signed in, who got a mail minutes ago, or several of them today."), "info")
    if not chosen:
        flash(_("Nobody was chosen."), "info")
    return redirect(back)


@bp.post("/cohorts/<slug>/roster/reminders")
@guard.needs(Permission.MANAGE_COHORT)
def switch_reminders(slug: str) -> ResponseReturnValue:
    """Stop the reminders of a cohort, or let them go again."""
    found = access.cohort(current_user, slug, Permission.MANAGE_COHORT)
    on = request.form.get("on") == "1"
    reminders.switch(found, on=on, by=current_user)
    flash(_("Reminders go again.") if on else _("No more reminders go to this cohort."), "ok")
    return redirect(url_for("cohorts.roster", slug=slug))


@bp.get("/cohorts/<slug>/roster.xlsx")
@guard.needs(Permission.SEE_COHORT)
def roster_workbook(slug: str) -> ResponseReturnValue:
    """The list as it is filtered and sorted on the screen, all pages of it, in the language of the reader."""
    found = access.cohort(current_user, slug, Permission.SEE_COHORT)
    asked, lang = listing.asked(request.args, standings.PEOPLE, "name"), i18n.current()
    shown = request.args.get("standing", "")
    standing = Standing(shown) if shown in {*Standing} else None
    people = standings.everybody(found, asked, lang, standing=standing, tutor=tutor_views.wanted())
    words = {one: _(text) for one, (text, _kind) in labels.STANDINGS.items()}
    data = workbooks.people(people, words, _, lang, found.time_zone)
    headers = {"Content-Disposition": f"attachment; filename={found.slug}-people.xlsx"}
    return Response(data, mimetype=workbooks.TYPE, headers=headers)


@bp.post("/cohorts/<slug>/people/<int:enrolment_id>/invite")
@guard.needs(Permission.MANAGE_COHORT)
def invite_one(slug: str, enrolment_id: int) -> ResponseReturnValue:
    enrolment = access.member(current_user, slug, enrolment_id, Permission.MANAGE_COHORT)
    if inviting.invite(enrolment.cohort, current_app.config["BASE_URL"], {enrolment.id}, by=current_user):
        flash(_("The invitation is on its way."), "ok")
    else:
        flash(_("No mail was sent: the last one is minutes old, or there were several today."), "warn")
    return redirect(url_for("cohorts.person", slug=slug, enrolment_id=enrolment_id))


@bp.route("/cohorts/<slug>/people/<int:enrolment_id>/address", methods=["GET", "POST"])
@guard.needs(Permission.MANAGE_COHORT)
def correct_address(slug: str, enrolment_id: int) -> ResponseReturnValue:
    """Correct the address of somebody who never activated."""
    enrolment = access.member(current_user, slug, enrolment_id, Permission.MANAGE_COHORT)
    back = url_for("cohorts.person", slug=slug, enrolment_id=enrolment_id)
    form = AddressForm(data={"email": enrolment.user.email})
    if form.validate_on_submit():
        try:
            inviting.correct_address(enrolment, form.email.data or "", by=current_user)
        except Refused as refused:
            form.refuse(refused)
        else:
            flash(_("The address is corrected. Send the invitation again."), "ok")
            return redirect(back)
    return render_template(
        "confirm.html",
        title=_("Correct the address?"),
        facts=[(_("Full name"), enrolment.user.full_name, "")],
        text=_("Links that were mailed to the old address stop working. Nothing is sent before you send it."),
        submit=_("Correct"),
        back=back,
        form=form,
        active="cohorts",
    ), 422 if form.errors else 200
