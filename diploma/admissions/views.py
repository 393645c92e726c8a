"""The admission to a cohort as staff see it: the applications, one of them, nominations, the list as a workbook."""

from flask import Response, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from diploma.accounts import guard
from diploma.accounts.forms import ReasonForm
from diploma.accounts.permissions import Permission
from diploma.admissions import (
    access,
    account_views,
    addresses,
    applicant_files,
    calls,
    choices,
    export,
    labels,
    nomination_views,
    nominations,
    plan_views,
    queries,
    question_fields,
    reading_views,
    registration_views,
    rules,
    selection_views,
    service,
)
from diploma.admissions.blueprint import bp, form_page
from diploma.admissions.forms import NominateForm
from diploma.admissions.models import ApplicationState
from diploma.core import i18n, listing
from diploma.core.errors import Refused
from diploma.core.lang import Lang

__all__ = [
    "account_views",
    "applicant_files",
    "bp",
    "nomination_views",
    "plan_views",
    "reading_views",
    "registration_views",
    "selection_views",
]


@bp.get("/cohorts/<slug>/admission")
@guard.needs(Permission.MANAGE_ADMISSION)
def overview(slug: str) -> ResponseReturnValue:
    """The call of a cohort and its applications; without a call the way to make one."""
    cohort, call = access.find_call(current_user, slug)
    if call is None:
        queued = len(queries.registrations(cohort))
        return render_template("admissions/none.html", cohort=cohort, queued=queued, active="cohorts")
    asked = listing.asked(request.args, queries.APPLICATIONS, "name")
    wanted = request.args.get("state", "")
    state = ApplicationState(wanted) if wanted in {*ApplicationState} else None
    return render_template(
        "admissions/overview.html",
        cohort=cohort,
        call=call,
        plan=calls.plan_of(call),
        is_open=service.is_open(call),
        address=f"{current_app.config['BASE_URL']}{url_for('apply.start', token=call.token)}",
        found=queries.applications(call, asked, state),
        counts=queries.counts(call),
        queued=len(queries.registrations(cohort)),
        states=ApplicationState,
        state=state,
        sort=asked.sort,
        active="cohorts",
    )


@bp.get("/cohorts/<slug>/admission/applications/<int:application_id>")
@guard.needs(Permission.MANAGE_ADMISSION)
def application(slug: str, application_id: int) -> ResponseReturnValue:
    """All of one application; a reader sees what the others think only when all have read it."""
    found = access.application(current_user, slug, application_id)
    plan, lang = calls.plan_of(found.call), i18n.current()
    readings = access.shown_readings(found, current_user)
    return render_template(
        "admissions/application.html",
        cohort=found.call.cohort,
        application=found,
        plan=plan,
        answers=question_fields.answered(plan, found, lang),
        readings=readings,
        hidden=len(found.readings) - len(readings),
        scores={one.id: rules.score(one.levels, plan.criteria) for one in readings if one.done_at},
        letters=queries.letters(found),
        beside=nominations.beside(found),
        states=ApplicationState,
        active="cohorts",
    )


@bp.route("/cohorts/<slug>/admission/applications/<int:application_id>/overrule", methods=["GET", "POST"])
@guard.needs(Permission.MANAGE_ADMISSION)
def overrule(slug: str, application_id: int) -> ResponseReturnValue:
    """Let somebody take part whom a rule excluded."""
    found = access.application(current_user, slug, application_id)
    back = url_for("admissions.application", slug=slug, application_id=application_id)
    if found.state is not ApplicationState.INELIGIBLE:
        flash(_("No rule excludes this application."), "info")
        return redirect(back)
    form = ReasonForm()
    if form.validate_on_submit():
        service.overrule(found, form.reason.data or "", by=current_user)
        flash(_("The application takes part."), "ok")
        return redirect(back)
    said = " ".join(labels.sentence(one) for one in found.reasons)
    page = render_template(
        "confirm.html",
        title=_("Let this application take part?"),
        text=said,
        submit=_("Let it take part"),
        back=back,
        form=form,
        active="cohorts",
    )
    return page, 422 if form.errors else 200


@bp.route("/cohorts/<slug>/admission/applications/<int:application_id>/address", methods=["GET", "POST"])
@guard.needs(Permission.MANAGE_ADMISSION)
def not_added(slug: str, application_id: int) -> ResponseReturnValue:
    """A place whose person cannot be added: ask for another address, or release the place with a reason."""
    found = access.application(current_user, slug, application_id)
    back = url_for("admissions.application", slug=slug, application_id=application_id)
    if not addresses.not_added(found):
        flash(_("Nothing is left to decide for this person."), "info")
        return redirect(back)
    form, base_url = ReasonForm(), current_app.config["BASE_URL"]
    if request.method == "POST" and request.form.get("do") == "ask":
        addresses.ask(found, base_url, by=current_user)
        flash(_("The applicant is asked for another address."), "ok")
        return redirect(back)
    if form.validate_on_submit():
        addresses.release(found, form.reason.data or "", base_url, by=current_user)
        flash(_("The place is released and the letter is on its way."), "ok")
        return redirect(back)
    page = render_template(
        "admissions/not_added.html", cohort=found.call.cohort, application=found, form=form, back=back, active="cohorts"
    )
    return page, 422 if form.errors else 200


@bp.route("/cohorts/<slug>/admission/nominate", methods=["GET", "POST"])
@guard.needs(Permission.MANAGE_ADMISSION)
def nominate(slug: str) -> ResponseReturnValue:
    """Name a person for an entity; they get a mail and write the application themselves."""
    call = access.call(current_user, slug)
    form, cohort = NominateForm(), call.cohort
    form.entity.choices = {"": "", **choices.entities(cohort.partner)}
    if form.validate_on_submit():
        entity_id = int(form.entity.data) if form.entity.data else None
        written = service.Written(form.full_name.data or "", Lang(form.language.data), entity_id)
        base_url = current_app.config["BASE_URL"]
        try:
            made = service.nominate(
                call, form.email.data or "", written, form.reason.data or "", base_url, by=current_user
            )
        except Refused as refused:
            form.refuse(refused)
        else:
            flash(_("%(name)s is nominated and gets a mail.", name=made.full_name), "ok")
            return redirect(url_for("admissions.overview", slug=slug))
    return form_page(form, _("Nominate a person"), _("Nominate"), cohort, url_for("admissions.overview", slug=slug))


@bp.get("/cohorts/<slug>/admission/applications.xlsx")
@guard.needs(Permission.MANAGE_ADMISSION)
def workbook(slug: str) -> ResponseReturnValue:
    """All applications as a workbook; its cells are text."""
    call = access.call(current_user, slug)
    lang = i18n.current()
    rows = queries.all_applications(call)
    data = export.workbook(calls.plan_of(call), rows, lang, rtl=lang.dir == "rtl")
    name = f"applications-{call.cohort.slug}.xlsx"
    return Response(data, mimetype=export.TYPE, headers={"Content-Disposition": f'attachment; filename="{name}"'})
