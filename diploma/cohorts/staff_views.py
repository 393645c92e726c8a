"""Where staff create partners and cohorts; what they decide about each stands in the views named below."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import func, select

from diploma.accounts import guard
from diploma.accounts.access import reach
from diploma.accounts.permissions import Permission
from diploma.cohorts import access, curriculum, settings_views
from diploma.cohorts.blueprint import staff as bp
from diploma.cohorts.calendars import views as calendar_views
from diploma.cohorts.entities import views as entity_views
from diploma.cohorts.form_pages import form_page, partner_trail
from diploma.cohorts.forms import NewCohortForm, PartnerForm
from diploma.cohorts.intakes import views as clone_views
from diploma.cohorts.models import Cohort, CohortAward, Entity, Partner
from diploma.cohorts.partners import views as partner_views
from diploma.cohorts.partners.profiles import create_partner
from diploma.cohorts.planning import create_cohort
from diploma.core.db import session
from diploma.core.errors import N_, Refused

# importing them gives the blueprint their routes
__all__ = ["bp", "calendar_views", "clone_views", "entity_views", "partner_views", "settings_views"]

MAY = Permission.MANAGE_ENTITIES


@bp.get("/partners/")
@guard.needs(Permission.MANAGE_ENTITIES)
def partners() -> ResponseReturnValue:
    rows = session.scalars(access.visible_partners(current_user, MAY).order_by(Partner.slug)).all()
    return render_template(
        "cohorts/partners.html",
        partners=rows,
        entities=_counts(Entity),
        cohorts=_counts(Cohort),
        may_create=_may_create(),
        active="partners",
    )


@bp.route("/partners/new", methods=["GET", "POST"])
@guard.needs(Permission.MANAGE_PARTNERS)
def new_partner() -> ResponseReturnValue:
    """Only who manages all partners adds one."""
    if not _may_create():
        abort(403)
    form = PartnerForm()
    form.offer_choices()
    if form.validate_on_submit():
        try:
            made = create_partner(
                form.slug.data or "", form.names(), form.time_zone.data, form.languages.data or [], by=current_user
            )
        except Refused as refused:
            form.refuse(refused)
        else:
            flash(_("The partner is created."), "ok")
            return redirect(url_for("cohorts_staff.partner", slug=made.slug))
    trail = [(_("Partners"), url_for("cohorts_staff.partners"))]
    return form_page(form, _("New partner"), _("Create the partner"), trail)


@bp.route("/partners/<slug>/cohorts/new", methods=["GET", "POST"])
@guard.needs(Permission.MANAGE_COHORT)
def new_cohort(slug: str) -> ResponseReturnValue:
    """A cohort gets the newest edition and keeps it; its module dates come next."""
    found = access.partner(current_user, slug, Permission.MANAGE_COHORT)
    form, newest = NewCohortForm(), curriculum.current().latest()
    form.offer_choices(found.languages)
    if request.method == "GET":
        form.languages.data = form.certificate_languages.data = found.languages
        form.time_zone.data = found.time_zone
    elif form.validate_on_submit():
        try:
            if newest is None:
                raise Refused(N_("No content is published yet, and a cohort needs an edition."))
            made = create_cohort(
                found, edition_id=newest.edition_id, revision_id=newest.revision_id, by=current_user, **_plan(form)
            )
        except Refused as refused:
            form.refuse(refused)
        else:
            flash(_("The cohort is created. Set the dates of its modules."), "ok")
            return redirect(url_for("cohorts_staff.settings", slug=made.slug, _anchor="dates"))
    return form_page(form, _("New cohort"), _("Create the cohort"), partner_trail(found), newest=newest)


def _plan(form: NewCohortForm) -> dict[str, Any]:
    """What is passed on, field by field: nothing that a request may add."""
    given: dict[str, Any] = form.data
    fields = ("slug", "starts_on", "ends_on", "seats", "languages", "certificate_languages", "time_zone")
    return {"names": form.names(), "award": CohortAward(given["award"]), **{name: given[name] for name in fields}}


def _may_create() -> bool:
    return reach(current_user, Permission.MANAGE_PARTNERS).everywhere


def _counts(kind: type[Entity] | type[Cohort]) -> dict[int, int]:
    return dict(session.execute(select(kind.partner_id, func.count()).group_by(kind.partner_id)).all())
