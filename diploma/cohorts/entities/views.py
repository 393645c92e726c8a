"""The tree of a partner's entities on a day, and the steps that change it from a day on."""

from collections.abc import Callable
from datetime import date
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from diploma.accounts import guard
from diploma.accounts.access import reach
from diploma.accounts.permissions import Permission
from diploma.cohorts import access, queries
from diploma.cohorts.blueprint import staff as bp
from diploma.cohorts.entities import changing, lookups
from diploma.cohorts.entities.forms import (
    AT_THE_TOP,
    DatedForm,
    EntityForm,
    KindForm,
    MergeForm,
    MoveForm,
    RenameForm,
    entity_choices,
)
from diploma.cohorts.entities.tree import Branch, Tree
from diploma.cohorts.form_pages import entity_trail, form_page, partner_trail
from diploma.cohorts.models import Cohort, Entity, EntityKind, Partner
from diploma.core import clock, i18n, listing
from diploma.core.db import session
from diploma.core.errors import Refused

MAY = Permission.MANAGE_ENTITIES


@bp.get("/partners/<slug>")
@guard.needs(Permission.MANAGE_ENTITIES)
def partner(slug: str) -> ResponseReturnValue:
    """The tree of a partner's entities as of a day (``?on=``), and its cohorts."""
    found = access.partner(current_user, slug, MAY)
    today, search = clock.today(found.time_zone), request.args.get("q", "")[: listing.LONGEST].strip()
    day = _day(request.args.get("on", "")) or today
    tree = Tree(lookups.of_partner(found.id), day)
    cohorts = access.visible_cohorts(current_user, Permission.SEE_COHORT).where(Cohort.partner_id == found.id)
    return render_template(
        "cohorts/partner.html",
        partner=found,
        branches=tree.branches(i18n.current(), only=tree.matching(search) if search else None),
        total=sum(one.stands_on(day) for one in tree.entities.values()),
        search=search,
        day=day,
        today=today,
        cohorts=session.scalars(cohorts.order_by(Cohort.starts_on.desc(), Cohort.slug)).all(),
        people=queries.people_by_cohort(cohorts),
        may_create=_may_create_cohort(found),
        active="partners",
    )


@bp.route("/partners/<slug>/entities/new", methods=["GET", "POST"])
@guard.needs(Permission.MANAGE_ENTITIES)
def new_entity(slug: str) -> ResponseReturnValue:
    found = access.partner(current_user, slug, MAY)
    form, tree = EntityForm(), _tree(found)
    form.offer_kinds()
    form.parent.choices = entity_choices(_rows(tree), {AT_THE_TOP: _("no other entity")})
    if form.validate_on_submit():
        try:
            made = changing.create_entity(
                found,
                form.names(),
                kind=EntityKind(form.kind.data),
                parent=_chosen(tree, form.parent.data),
                opened_on=form.opened_on.data,
                by=current_user,
            )
        except Refused as refused:
            form.refuse(refused)
        else:
            flash(_("The entity is created."), "ok")
            return redirect(url_for("cohorts_staff.partner", slug=slug, _anchor=f"e{made.id}"))
    return form_page(form, _("New entity"), _("Create the entity"), partner_trail(found))


@bp.route("/partners/<slug>/entities/<int:entity_id>", methods=["GET", "POST"])
@guard.needs(Permission.MANAGE_ENTITIES)
def entity(slug: str, entity_id: int) -> ResponseReturnValue:
    """Names, places and parts of one entity by day; its kind is set here."""
    found = access.entity(current_user, entity_id, MAY)
    if found.partner.slug != slug:
        abort(404)
    form = KindForm()
    form.offer_kinds()
    if request.method == "GET":
        form.kind.data = found.kind.value
    elif form.validate_on_submit():
        changing.set_kind(found, EntityKind(form.kind.data), by=current_user)
        flash(_("The kind is saved."), "ok")
        return redirect(url_for("cohorts_staff.entity", slug=slug, entity_id=entity_id))
    tree = _tree(found.partner)
    page = render_template(
        "cohorts/entity.html",
        entity=found,
        partner=found.partner,
        tree=tree,
        parts=[one for one in tree.entities.values() if one.merged_into_id == found.id],
        trail=partner_trail(found.partner),
        form=form,
        active="partners",
    )
    return page, 422 if form.errors else 200


@bp.route("/entities/<int:entity_id>/rename", methods=["GET", "POST"])
@guard.needs(Permission.MANAGE_ENTITIES)
def rename(entity_id: int) -> ResponseReturnValue:
    """A new name from a day on: what is dated earlier keeps the earlier one."""
    found, form = access.entity(current_user, entity_id, MAY), RenameForm()
    if request.method == "GET":
        form.show_names(found.dated_names[-1].names)

    def step(day: date, reason: str) -> None:
        changing.rename_entity(found, form.names(), day, reason=reason, by=current_user)

    done = _taken(found, form, step, _("The entity has its new name."))
    title = _("Rename %(name)s", name=found.name(i18n.current()))
    return done or form_page(form, title, _("Save the new name"), entity_trail(found))


@bp.route("/entities/<int:entity_id>/move", methods=["GET", "POST"])
@guard.needs(Permission.MANAGE_ENTITIES)
def move_entity(entity_id: int) -> ResponseReturnValue:
    """Under another entity, or to the top, from a day on."""
    found, form = access.entity(current_user, entity_id, MAY), MoveForm()
    tree = _tree(found.partner)
    form.parent.choices = entity_choices(_rows(tree, but=found), {AT_THE_TOP: _("no other entity")})
    if request.method == "GET":
        form.parent.data = str(tree.parent(found.id) or AT_THE_TOP)

    def step(day: date, reason: str) -> None:
        changing.move_entity(found, _chosen(tree, form.parent.data), day, reason=reason, by=current_user)

    done = _taken(found, form, step, _("The entity has its new place."))
    title = _("Move %(name)s", name=found.name(i18n.current()))
    return done or form_page(form, title, _("Move the entity"), entity_trail(found))


@bp.route("/entities/<int:entity_id>/close", methods=["GET", "POST"])
@guard.needs(Permission.MANAGE_ENTITIES)
def close_entity(entity_id: int) -> ResponseReturnValue:
    found, form = access.entity(current_user, entity_id, MAY), DatedForm()

    def step(day: date, reason: str) -> None:
        changing.close_entity(found, day, reason=reason, by=current_user)

    done = _taken(found, form, step, _("The entity is closed."))
    lead = _("From this day on it is not in the tree any more. The past keeps it. This cannot be taken back.")
    title = _("Close %(name)s", name=found.name(i18n.current()))
    return done or form_page(form, title, _("Close the entity"), entity_trail(found), lead=lead, danger=True)


@bp.route("/entities/<int:entity_id>/merge", methods=["GET", "POST"])
@guard.needs(Permission.MANAGE_ENTITIES)
def merge_entity(entity_id: int) -> ResponseReturnValue:
    found, form = access.entity(current_user, entity_id, MAY), MergeForm()
    tree = _tree(found.partner)
    form.into.choices = entity_choices(_rows(tree, but=found), {})

    def step(day: date, reason: str) -> None:
        into = _chosen(tree, form.into.data)
        changing.merge_entity(found, into or abort(404), day, reason=reason, by=current_user)

    done = _taken(found, form, step, _("The entity is part of the other one."))
    lead = _(
        "Its people, its line managers and the entities below it belong to the other one from this day on. "
        "The past keeps it. This cannot be taken back."
    )
    title = _("Merge %(name)s into another entity", name=found.name(i18n.current()))
    return done or form_page(form, title, _("Merge the entity"), entity_trail(found), lead=lead, danger=True)


def _taken(found: Entity, form: DatedForm, step: Callable[[date, str], None], said: str) -> ResponseReturnValue | None:
    """Take a dated step if its form is good; then back to the entity. ``None`` shows the form."""
    if request.method == "GET":
        form.valid_from.data = clock.today(found.partner.time_zone)
    elif form.validate_on_submit() and form.valid_from.data:
        try:
            step(form.valid_from.data, form.reason.data or "")
        except Refused as refused:
            form.refuse(refused)
        else:
            flash(said, "ok")
            return redirect(url_for("cohorts_staff.entity", slug=found.partner.slug, entity_id=found.id))
    return None


def _tree(partner: Partner) -> Tree:
    return Tree(lookups.of_partner(partner.id), clock.today(partner.time_zone))


def _rows(tree: Tree, *, but: Entity | None = None) -> list[tuple[int, int, str]]:
    """(id, depth, name) of what stands today, in the order of the tree, without one entity and all below it."""
    lang = i18n.current()

    def below(branches: list[Branch], depth: int) -> list[tuple[int, int, str]]:
        return [
            row
            for one in branches
            if one.entity is not but
            for row in [(one.entity.id, depth, one.entity.name(lang)), *below(one.branches, depth + 1)]
        ]

    return below(tree.branches(lang), 0)


def _chosen(tree: Tree, value: Any) -> Entity | None:
    return next((one for one in tree.entities.values() if str(one.id) == value), None)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _may_create_cohort(partner: Partner) -> bool:
    held = reach(current_user, Permission.MANAGE_COHORT)
    return held.everywhere or partner.id in held.partners
