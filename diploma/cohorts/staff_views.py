"""Where staff create partners, entities and cohorts; what is decided about one cohort is in ``settings_views``."""

from collections.abc import Iterable
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import func, select

from diploma.accounts import guard
from diploma.accounts.access import reach
from diploma.accounts.permissions import Permission
from diploma.cohorts import access, calendar_views, clone_views, curriculum, queries, settings_views
from diploma.cohorts.blueprint import staff as bp
from diploma.cohorts.forms import EntityForm, NewCohortForm, PartnerForm, RenameForm
from diploma.cohorts.models import Cohort, CohortAward, Entity, Partner
from diploma.cohorts.partners import create_cohort, create_entity, create_partner, rename_entity
from diploma.core import clock, i18n
from diploma.core.db import session
from diploma.core.errors import N_, Refused

__all__ = ["bp", "calendar_views", "clone_views", "settings_views"]  # importing them gives the blueprint their routes

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
    return _form_page(form, _("New partner"), _("Create the partner"), trail)


@bp.get("/partners/<slug>")
@guard.needs(Permission.MANAGE_ENTITIES)
def partner(slug: str) -> ResponseReturnValue:
    """The tree of a partner's entities, and its cohorts."""
    found = access.partner(current_user, slug, MAY)
    cohorts = access.visible_cohorts(current_user, Permission.SEE_COHORT).where(Cohort.partner_id == found.id)
    return render_template(
        "cohorts/partner.html",
        partner=found,
        tree=_tree(queries.entities(found)),
        cohorts=session.scalars(cohorts.order_by(Cohort.starts_on.desc(), Cohort.slug)).all(),
        people=queries.people_by_cohort(cohorts),
        today=clock.now().date(),
        may_create=_may_create_cohort(found),
        active="partners",
    )


@bp.route("/partners/<slug>/entities/new", methods=["GET", "POST"])
@guard.needs(Permission.MANAGE_ENTITIES)
def new_entity(slug: str) -> ResponseReturnValue:
    found = access.partner(current_user, slug, MAY)
    form, existing = EntityForm(), queries.entities(found)
    form.parent.choices = {"": _("no other entity"), **{str(one.id): one.name(i18n.current()) for one in existing}}
    if form.validate_on_submit():
        parent = next((one for one in existing if str(one.id) == form.parent.data), None)
        try:
            create_entity(found, form.names(), parent=parent, by=current_user)
        except Refused as refused:
            form.refuse(refused)
        else:
            flash(_("The entity is created."), "ok")
            return redirect(url_for("cohorts_staff.partner", slug=slug))
    return _form_page(form, _("New entity"), _("Create the entity"), _trail(found))


@bp.route("/entities/<int:entity_id>/rename", methods=["GET", "POST"])
@guard.needs(Permission.MANAGE_ENTITIES)
def rename(entity_id: int) -> ResponseReturnValue:
    """A new name from a day on: certificates of earlier days keep the earlier one."""
    entity = access.entity(current_user, entity_id, MAY)
    form = RenameForm()
    if request.method == "GET":
        form.show_names(entity.dated_names[-1].names)
        form.valid_from.data = clock.now().date()
    elif form.validate_on_submit() and form.valid_from.data:
        try:
            rename_entity(entity, form.names(), form.valid_from.data, by=current_user)
        except Refused as refused:
            form.refuse(refused)
        else:
            flash(_("The entity has its new name."), "ok")
            return redirect(url_for("cohorts_staff.partner", slug=entity.partner.slug))
    title = _("Rename %(name)s", name=entity.name(i18n.current()))
    return _form_page(form, title, _("Save the new name"), _trail(entity.partner))


@bp.route("/partners/<slug>/cohorts/new", methods=["GET", "POST"])
@guard.needs(Permission.MANAGE_COHORT)
def new_cohort(slug: str) -> ResponseReturnValue:
    """A cohort gets the newest edition and keeps it; its module dates come next."""
    found = access.partner(current_user, slug, Permission.MANAGE_COHORT)
    form, newest = NewCohortForm(), curriculum.current().latest()
    form.offer_choices()
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
    return _form_page(form, _("New cohort"), _("Create the cohort"), _trail(found), newest=newest)


def _plan(form: NewCohortForm) -> dict[str, Any]:
    """What is passed on, field by field: nothing that a request may add."""
    given: dict[str, Any] = form.data
    fields = ("slug", "starts_on", "ends_on", "seats", "languages", "certificate_languages", "time_zone")
    return {"names": form.names(), "award": CohortAward(given["award"]), **{name: given[name] for name in fields}}


def _may_create() -> bool:
    return reach(current_user, Permission.MANAGE_PARTNERS).everywhere


def _may_create_cohort(partner: Partner) -> bool:
    held = reach(current_user, Permission.MANAGE_COHORT)
    return held.everywhere or partner.id in held.partners


def _counts(kind: type[Entity] | type[Cohort]) -> dict[int, int]:
    return dict(session.execute(select(kind.partner_id, func.count()).group_by(kind.partner_id)).all())


def _tree(entities: Iterable[Entity]) -> list[tuple[int, Entity]]:
    """Entities with their depth, each below its parent, by name."""
    children: dict[int | None, list[Entity]] = {}
    for one in sorted(entities, key=lambda one: one.name(i18n.current()).casefold()):
        children.setdefault(one.parent_id, []).append(one)

    def below(parent: int | None, depth: int) -> list[tuple[int, Entity]]:
        return [found for one in children.get(parent, ()) for found in [(depth, one), *below(one.id, depth + 1)]]

    return below(None, 0)


def _trail(partner: Partner) -> list[tuple[str, str]]:
    return [
        (_("Partners"), url_for("cohorts_staff.partners")),
        (partner.name(i18n.current()), url_for("cohorts_staff.partner", slug=partner.slug)),
    ]


def _form_page(form: Any, title: str, submit: str, trail: list[tuple[str, str]], **more: Any) -> ResponseReturnValue:
    """The one page of all these forms; the last place of the trail is the way back."""
    page = render_template(
        "cohorts/form.html",
        form=form,
        title=title,
        submit=submit,
        trail=trail,
        back=trail[-1][1],
        active="partners",
        **more,
    )
    return page, 422 if form.errors else 200
