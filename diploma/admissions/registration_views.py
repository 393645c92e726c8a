"""Self-registration for staff: the mail domains of a partner, and the queue of a cohort."""

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from diploma.accounts import guard
from diploma.accounts.forms import ReasonForm
from diploma.accounts.permissions import Permission
from diploma.admissions import access, choices, queries, registration
from diploma.admissions.blueprint import bp
from diploma.admissions.forms import DomainForm
from diploma.cohorts import access as cohorts
from diploma.cohorts.life.away import seats
from diploma.cohorts.models import Cohort
from diploma.cohorts.rules import FROZEN
from diploma.core.db import session
from diploma.core.errors import Refused


@bp.route("/partners/<slug>/registration", methods=["GET", "POST"])
@guard.needs(Permission.MANAGE_ADMISSION)
def domains(slug: str) -> ResponseReturnValue:
    """The mail domains whose people may register themselves, and the cohorts to which they lead."""
    partner = cohorts.partner(current_user, slug, Permission.MANAGE_ADMISSION)
    reach = cohorts.visible_cohorts(current_user, Permission.MANAGE_ADMISSION)
    offered = session.scalars(
        reach.where(Cohort.partner_id == partner.id, Cohort.state.not_in(FROZEN)).order_by(Cohort.starts_on.desc())
    ).all()
    form = DomainForm()
    form.cohort.choices = choices.cohorts(list(offered))
    if form.validate_on_submit():
        cohort = next(one for one in offered if str(one.id) == form.cohort.data)
        try:
            registration.add_domain(
                partner, form.domain.data or "", subdomains=bool(form.subdomains.data), cohort=cohort, by=current_user
            )
        except Refused as refused:
            form.refuse(refused)
        else:
            flash(_("The domain is listed."), "ok")
            return redirect(url_for("admissions.domains", slug=slug))
    page = render_template(
        "admissions/domains.html",
        partner=partner,
        rows=queries.domains(partner),
        form=form,
        address=f"{current_app.config['BASE_URL']}{url_for('apply.register', partner=slug)}",
        active="partners",
    )
    return page, 422 if form.errors else 200


@bp.post("/partners/<slug>/registration/remove")
@guard.needs(Permission.MANAGE_ADMISSION)
def remove_domain(slug: str) -> ResponseReturnValue:
    """Take a domain off the list; one that is gone already, as by a second click, is as good."""
    if found := access.domain(current_user, slug, request.form.get("domain", "")):
        registration.remove_domain(found, by=current_user)
    flash(_("The domain is taken off the list."), "ok")
    return redirect(url_for("admissions.domains", slug=slug))


@bp.get("/cohorts/<slug>/admission/registrations")
@guard.needs(Permission.MANAGE_ADMISSION)
def registrations(slug: str) -> ResponseReturnValue:
    """Who registered and confirmed, and waits for a decision."""
    cohort = cohorts.cohort(current_user, slug, Permission.MANAGE_ADMISSION)
    return render_template(
        "admissions/registrations.html",
        cohort=cohort,
        rows=queries.registrations(cohort),
        seats=seats(cohort),
        active="cohorts",
    )


@bp.post("/cohorts/<slug>/admission/registrations/<int:request_id>/approve")
@guard.needs(Permission.MANAGE_ADMISSION)
def approve(slug: str, request_id: int) -> ResponseReturnValue:
    found = access.registration(current_user, slug, request_id)
    registration.approve(found, current_app.config["BASE_URL"], by=current_user)
    flash(_("%(name)s is enrolled and gets an invitation.", name=found.full_name), "ok")
    return redirect(url_for("admissions.registrations", slug=slug))


@bp.route("/cohorts/<slug>/admission/registrations/<int:request_id>/refuse", methods=["GET", "POST"])
@guard.needs(Permission.MANAGE_ADMISSION)
def refuse(slug: str, request_id: int) -> ResponseReturnValue:
    """Refuse a registration; the person reads the reason."""
    found = access.registration(current_user, slug, request_id)
    form, back = ReasonForm(), url_for("admissions.registrations", slug=slug)
    if form.validate_on_submit():
        registration.refuse(found, form.reason.data or "", by=current_user)
        flash(_("The registration is refused."), "ok")
        return redirect(back)
    page = render_template(
        "confirm.html",
        title=_("Refuse this registration?"),
        text=found.full_name,
        submit=_("Refuse"),
        back=back,
        form=form,
        danger=True,
        active="cohorts",
    )
    return page, 422 if form.errors else 200
