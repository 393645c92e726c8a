"""How a partner appears, and who holds which role in it."""

import io
from dataclasses import dataclass

from flask import abort, current_app, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import select

from diploma.accounts import guard
from diploma.accounts.models import RoleGrant
from diploma.accounts.permissions import Permission, Role
from diploma.cohorts import access, appointments, granting, labels
from diploma.cohorts.blueprint import staff as bp
from diploma.cohorts.entities import lookups
from diploma.cohorts.entities.tree import Tree
from diploma.cohorts.form_pages import form_page, partner_trail
from diploma.cohorts.models import Cohort, Entity, Partner
from diploma.cohorts.partners import holders
from diploma.cohorts.partners.forms import EndForm, LogoForm, PartnerRoleForm, ProfileForm
from diploma.cohorts.partners.profiles import change_partner, set_logo
from diploma.core import clock, i18n, images, listing
from diploma.core.db import session
from diploma.core.errors import N_, Refused

YEAR = 31_536_000  # seconds; the address of a picture changes with it
WHOLE = "partner"
_NONE_SENT = N_("Choose a picture first.")


@dataclass(frozen=True)
class Place:
    """Where a role can be given: a cohort or an entity; neither is the whole partner."""

    name: str
    cohort: Cohort | None = None
    entity: Entity | None = None


@bp.route("/partners/<slug>/settings", methods=["GET", "POST"])
@guard.needs(Permission.MANAGE_ENTITIES)
def partner_settings(slug: str) -> ResponseReturnValue:
    """Names, languages and the sender of mails; a form that was opened before another's change is shown again."""
    found, form = access.partner(current_user, slug, Permission.MANAGE_ENTITIES), ProfileForm()
    form.offer_choices()
    if request.method == "GET":
        form.show(found)
    elif form.validate_on_submit():
        if form.version.data != str(found.version):
            form.version.data = str(found.version)
            form.form_errors.append(
                _(
                    "Somebody else changed this partner while you were working. Your values are still here: "
                    "check them and save again."
                )
            )
            return _settings_page(found, form, LogoForm(formdata=None)), 409
        try:
            change_partner(found, form.profile(), by=current_user)
        except Refused as refused:
            form.refuse(refused)
        else:
            flash(_("The partner is changed."), "ok")
            return redirect(url_for("cohorts_staff.partner_settings", slug=slug))
    return _settings_page(found, form, LogoForm(formdata=None)), 422 if form.errors else 200


@bp.post("/partners/<slug>/settings/logo")
@guard.needs(Permission.MANAGE_ENTITIES)
def set_partner_logo(slug: str) -> ResponseReturnValue:
    """A picture is decoded before the first statement: no lock is held meanwhile."""
    picture = _sent_picture()
    found, form = access.partner(current_user, slug, Permission.MANAGE_ENTITIES), LogoForm()
    if isinstance(picture, Refused):
        form.logo.errors = [i18n.reason(picture.message, picture.params)]
        profile = ProfileForm(formdata=None)
        profile.offer_choices()
        profile.show(found)
        return _settings_page(found, profile, form), 422
    blob = current_app.extensions["files"].put(io.BytesIO(picture)) if picture else None
    set_logo(found, blob.sha256 if blob else None, by=current_user)
    flash(_("The logo is saved.") if blob else _("The logo is taken away."), "ok")
    return redirect(url_for("cohorts_staff.partner_settings", slug=slug, _anchor="logo"))


@bp.get("/logos/<digest>.png")
@guard.public
def logo(digest: str) -> ResponseReturnValue:
    """The picture of a partner under the digest of its content; of the stored files only those that are logos."""
    if session.scalar(select(Partner.id).where(Partner.logo_sha256 == digest)) is None:
        abort(404)
    path = current_app.extensions["files"].path(digest)
    answer = send_file(path, mimetype="image/png", max_age=YEAR, conditional=True)
    answer.headers["Content-Disposition"] = "inline"
    answer.cache_control.immutable = True
    return answer


@bp.route("/partners/<slug>/roles", methods=["GET", "POST"])
@guard.needs(Permission.GRANT_ROLES)
def partner_roles_page(slug: str) -> ResponseReturnValue:
    """Who holds which role on the partner, its cohorts and its entities, and a form to give one."""
    found = access.partner(current_user, slug, Permission.GRANT_ROLES)
    form, places = PartnerRoleForm(), _places(found)
    offered = _offered(found)
    form.role.choices = {one.value: _(labels.ROLES[one]) for one in offered}
    form.scope.choices = {key: place.name for key, place in places.items()}
    del form.translates, form.approves  # rights on translations count for all governments
    if form.validate_on_submit():
        place = places[form.scope.data]
        try:
            done = appointments.appoint(
                form.email.data or "",
                Role(form.role.data),
                full_name=form.full_name.data or "",
                partner=found,
                cohort=place.cohort,
                entity=place.entity,
                starts_on=form.starts_on.data,
                ends_on=form.ends_on.data,
                by=current_user,
            )
        except Refused as refused:
            form.refuse(refused)
        else:
            flash(_("%(name)s has the role now.", name=done.user.full_name), "ok")
            return redirect(url_for("cohorts_staff.partner_roles_page", slug=slug))
    asked = listing.asked(request.args, (), "")
    role = next((one for one in Role if one.value == request.args.get("role")), None)
    return render_template(
        "cohorts/partner_roles.html",
        partner=found,
        form=form,
        held=holders.held(found, asked, role=role),
        counts=holders.counts(found),
        role=role,
        offered=offered,
        may_end=lambda one: _may_end(one, found),
        today=clock.today(found.time_zone),
        active="partners",
    ), 422 if form.errors else 200


@bp.route("/partners/<slug>/roles/<int:grant_id>/end", methods=["GET", "POST"])
@guard.needs(Permission.GRANT_ROLES)
def end_partner_role(slug: str, grant_id: int) -> ResponseReturnValue:
    found = access.partner(current_user, slug, Permission.GRANT_ROLES)
    grant = holders.one(found, grant_id) or abort(404)
    form, role = EndForm(), _(labels.ROLES[grant.role])
    title = _("End the role “%(role)s” of %(name)s", role=role, name=grant.user.full_name)
    page = url_for("cohorts_staff.partner_roles_page", slug=slug)
    if form.validate_on_submit():
        try:
            appointments.dismiss(grant, found, last_day=form.last_day.data, by=current_user)
        except Refused as refused:
            form.refuse(refused)
        else:
            flash(_("The role is ended."), "ok")
            return redirect(page)
    return form_page(form, title, _("End the role"), [*partner_trail(found), (_("Roles"), page)], danger=True)


def _sent_picture() -> bytes | Refused | None:
    """The picture of this request as it is kept, what is wrong with it, or ``None`` to take the present one away."""
    if "remove" in request.form:
        return None
    file = request.files.get("logo")
    data = file.read(images.MAX_BYTES + 1) if file else b""
    try:
        return images.logo(data) if data else Refused(_NONE_SENT)
    except Refused as refused:
        return refused


def _settings_page(partner: Partner, form: ProfileForm, logo_form: LogoForm) -> str:
    return render_template(
        "cohorts/partner_settings.html", partner=partner, form=form, logo_form=logo_form, active="partners"
    )


def _places(partner: Partner) -> dict[str, Place]:
    """Where a role can be given, by the key that a form sends."""
    lang = i18n.current()
    cohorts = access.visible_cohorts(current_user, Permission.GRANT_ROLES).where(Cohort.partner_id == partner.id)
    tree = Tree(lookups.of_partner(partner.id), clock.today(partner.time_zone))
    found = {WHOLE: Place(partner.name(lang))}
    for cohort in session.scalars(cohorts.order_by(Cohort.starts_on.desc(), Cohort.slug)):
        found[f"cohort-{cohort.id}"] = Place(_("Cohort: %(name)s", name=cohort.name(lang)), cohort=cohort)
    for entity in (one.entity for branch in tree.branches(lang) for one in branch):
        found[f"entity-{entity.id}"] = Place(_("Entity: %(name)s", name=entity.name(lang)), entity=entity)
    return found


def _offered(partner: Partner) -> list[Role]:
    """What can be given somewhere in the partner; trainees are enrolled in their cohort."""
    given = granting.offered(current_user, partner.id) - {Role.TRAINEE}
    return sorted(given, key=[*Role].index)


def _may_end(grant: RoleGrant, partner: Partner) -> bool:
    mine = grant.user_id == current_user.id
    return not mine and grant.role in granting.grantable(current_user, partner.id, grant.cohort_id)
