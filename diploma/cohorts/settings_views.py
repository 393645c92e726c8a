"""What staff decide about one cohort: its plan, the dates of its modules, the steps of its life, texts and roles."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import select

from diploma.accounts import guard
from diploma.accounts.access import reach
from diploma.accounts.forms import ReasonForm, RoleForm
from diploma.accounts.models import RoleGrant
from diploma.accounts.permissions import Permission, Role
from diploma.cohorts import access, appointments, curriculum, labels, queries, service
from diploma.cohorts.blueprint import staff as bp
from diploma.cohorts.calendars import free_days
from diploma.cohorts.forms import DATES, CohortForm, DatesForm
from diploma.cohorts.granting import grantable
from diploma.cohorts.intakes.views import may_clone
from diploma.cohorts.life import away
from diploma.cohorts.models import Cohort, CohortState
from diploma.cohorts.planning import CohortPlan, change_cohort
from diploma.cohorts.rules import COHORT_MOVES, FROZEN, REOPENING
from diploma.core import clock, i18n
from diploma.core.db import session
from diploma.core.errors import Refused
from diploma.core.lang import Lang

COHORT, PARTNER = "cohort", "partner"


@bp.route("/cohorts/<slug>/settings", methods=["GET", "POST"])
@guard.needs(Permission.MANAGE_COHORT)
def settings(slug: str) -> ResponseReturnValue:
    cohort = access.cohort(current_user, slug, Permission.MANAGE_COHORT)
    form = CohortForm(obj=cohort)
    form.offer_choices(cohort.partner.languages, cohort.languages)
    if request.method == "GET":
        form.show_names(cohort.names)
    elif form.validate_on_submit():
        if form.version.data == str(cohort.version):
            change_cohort(cohort, _plan(form), by=current_user)
            flash(_("The cohort is changed."), "ok")
            return redirect(url_for("cohorts_staff.settings", slug=slug))
        form.form_errors.append(
            _(
                "Somebody else changed this cohort while you were working. Your values are still "
                "here: check them and save again."
            )
        )
        form.version.data = str(cohort.version)
        return _page(cohort, form, _dates_forms(cohort)), 409
    return _page(cohort, form, _dates_forms(cohort)), 422 if form.errors else 200


@bp.post("/cohorts/<slug>/settings/dates")
@guard.needs(Permission.MANAGE_COHORT)
def set_dates(slug: str) -> ResponseReturnValue:
    """The dates of all modules at once, in the cohort's zone; saved only when all are right."""
    cohort = access.cohort(current_user, slug, Permission.MANAGE_COHORT)
    forms = _dates_forms(cohort)
    if [one for one in forms if not one.validate()]:
        return _page(cohort, _plan_form(cohort), forms), 422
    changed = [dates for one in forms if (dates := one.dates())]
    for dates in changed:
        service.set_module_dates(cohort, dates, by=current_user)
    flash(_("The dates are saved.") if changed else _("No date was changed."), "ok")
    return redirect(url_for("cohorts_staff.settings", slug=slug, _anchor="dates"))


@bp.route("/cohorts/<slug>/settings/state/<state>", methods=["GET", "POST"])
@guard.needs(Permission.MANAGE_COHORT)
def move(slug: str, state: str) -> ResponseReturnValue:
    """One step of the cohort's life, asked twice; reopening needs a reason."""
    cohort = access.cohort(current_user, slug, Permission.MANAGE_COHORT)
    if state not in {*CohortState}:
        abort(404)
    step = (cohort.state, CohortState(state))
    back = url_for("cohorts_staff.settings", slug=slug, _anchor="life")
    if step not in labels.STEPS:
        flash(_("This step is not open to the cohort now."), "info")
        return redirect(back)
    undone = service.obstacle(cohort, step[1])
    if undone:
        flash(i18n.reason(undone.message, undone.params), "bad")
        return redirect(back)
    form = ReasonForm() if step in REOPENING else None
    if request.method == "POST" and (form is None or form.validate()):
        service.move_cohort(cohort, step[1], by=current_user, reason=(form.reason.data or "") if form else "")
        flash(_("Done: the cohort has taken this step."), "ok")
        return redirect(back)
    verb, text = labels.STEPS[step]
    page = render_template(
        "confirm.html",
        title=_("%(step)s?", step=_(verb)),
        text=_(text),
        submit=_(verb),
        back=back,
        form=form,
        danger=step[1] in FROZEN,
        active="cohorts",
    )
    return page, 422 if form and form.errors else 200


@bp.route("/cohorts/<slug>/settings/texts", methods=["GET", "POST"])
@guard.needs(Permission.MANAGE_COHORT)
def advance_texts(slug: str) -> ResponseReturnValue:
    """Give the cohort the corrected texts of its own edition."""
    cohort = access.cohort(current_user, slug, Permission.MANAGE_COHORT)
    newest = curriculum.current().newest_texts(cohort.edition_id)
    back = url_for("cohorts_staff.settings", slug=slug, _anchor="texts")
    if newest.revision_id == cohort.revision_id:
        flash(_("The cohort has the newest texts already."), "info")
        return redirect(back)
    if request.method == "POST":
        service.advance_revision(cohort, newest.edition_id, newest.revision_id, by=current_user)
        flash(_("The cohort has the newest texts."), "ok")
        return redirect(back)
    text = _("Lessons, briefs and questions show the corrected words. Answer keys, weights and rules stay.")
    return render_template(
        "confirm.html",
        title=_("Take over the newest texts?"),
        text=text,
        back=back,
        submit=_("Take over"),
        active="cohorts",
    )


@bp.route("/cohorts/<slug>/roles", methods=["GET", "POST"])
@guard.needs(Permission.GRANT_ROLES)
def roles(slug: str) -> ResponseReturnValue:
    """Who has a role here, and a form to give one: only what, and only where, this person may."""
    cohort = access.cohort(current_user, slug, Permission.GRANT_ROLES)
    form = RoleForm()
    form.role.choices = {one.value: _(labels.ROLES[one]) for one in _offered(cohort)}
    partner = {PARTNER: cohort.partner.name(i18n.current())} if _reaches_partner(cohort) else {}
    form.scope.choices = {COHORT: cohort.name(i18n.current()), **partner}
    if Role.TRANSLATOR not in _offered(cohort) or not reach(current_user, Permission.GRANT_ROLES).everywhere:
        del form.translates, form.approves
    if form.validate_on_submit():
        try:
            done = appointments.appoint(
                form.email.data or "",
                Role(form.role.data),
                full_name=form.full_name.data or "",
                partner=cohort.partner,
                cohort=cohort if form.scope.data == COHORT else None,
                translates=_languages(form.translates),
                approves=_languages(form.approves),
                by=current_user,
            )
        except Refused as refused:
            form.refuse(refused)
        else:
            flash(_("%(name)s has the role now.", name=done.user.full_name), "ok")
            return redirect(url_for("cohorts_staff.roles", slug=slug))
    grants = queries.staff(cohort, with_partner=_reaches_partner(cohort))
    return render_template(
        "cohorts/roles.html",
        cohort=cohort,
        form=form,
        grants=grants,
        offered=_offered(cohort),
        seats=away.seats(cohort),
        now=clock.now(),
        active="cohorts",
    ), 422 if form.errors else 200


@bp.route("/cohorts/<slug>/roles/<int:grant_id>/end", methods=["GET", "POST"])
@guard.needs(Permission.GRANT_ROLES)
def end_role(slug: str, grant_id: int) -> ResponseReturnValue:
    cohort = access.cohort(current_user, slug, Permission.GRANT_ROLES)
    grant = session.scalar(select(RoleGrant).where(RoleGrant.id == grant_id))
    if grant not in queries.staff(cohort, with_partner=_reaches_partner(cohort)):
        abort(404)
    back = url_for("cohorts_staff.roles", slug=slug)
    if request.method == "POST":
        appointments.dismiss(grant, cohort.partner, by=current_user)
        flash(_("The role is ended."), "ok")
        return redirect(back)
    title = _("End the role “%(role)s” of %(name)s?", role=_(labels.ROLES[grant.role]), name=grant.user.full_name)
    return render_template(
        "confirm.html",
        title=title,
        submit=_("End the role"),
        back=back,
        danger=True,
        text=_("The person loses it at once. The record stays."),
        active="cohorts",
    )


def _offered(cohort: Cohort) -> list[Role]:
    """Line managers have their role on an entity: they are appointed on the page of the partner."""
    given = grantable(current_user, cohort.partner_id, cohort.id) - {Role.LINE_MANAGER}
    return sorted(given, key=[*Role].index)


def _languages(field: Any) -> list[Lang]:
    return [Lang(tag) for tag in field.data or ()] if field else []


def _reaches_partner(cohort: Cohort) -> bool:
    held = reach(current_user, Permission.GRANT_ROLES)
    return held.everywhere or cohort.partner_id in held.partners


def _plan(form: CohortForm) -> CohortPlan:
    given = form.data
    return CohortPlan(
        form.names(),
        given["starts_on"],
        given["ends_on"],
        given["seats"],
        given["languages"],
        given["certificate_languages"],
    )


def _plan_form(cohort: Cohort) -> CohortForm:
    """The form of the cohort's plan as it stands, on the way to another form of the page."""
    form = CohortForm(formdata=None, obj=cohort)
    form.offer_choices(cohort.partner.languages, cohort.languages)
    form.show_names(cohort.names)
    return form


def _dates_forms(cohort: Cohort) -> list[DatesForm]:
    held = {one.module: one for one in cohort.modules}
    modules = curriculum.current().modules(cohort.revision_id, i18n.current())
    return [DatesForm(one.id, cohort.time_zone, held.get(one.id)) for one in modules]


def _free_days(cohort: Cohort) -> list[free_days.OnFreeDay]:
    """The dates of modules that fall on a weekend or a holiday."""
    dates = [(name, one.module, getattr(one, name)) for one in cohort.modules for name in DATES]
    return free_days.on_free_days(free_days.calendar(cohort), cohort.time_zone, dates)


def _page(cohort: Cohort, form: CohortForm, dates: list[DatesForm]) -> str:
    content = curriculum.current()
    modules = {one.id: one for one in content.modules(cohort.revision_id, i18n.current())}
    return render_template(
        "cohorts/settings.html",
        cohort=cohort,
        form=form,
        dates=dates,
        modules=modules,
        steps=[(one, labels.STEPS[cohort.state, one]) for one in CohortState if one in COHORT_MOVES[cohort.state]],
        newest=content.newest_texts(cohort.edition_id),
        free=_free_days(cohort),
        may_clone=may_clone(cohort),
        active="cohorts",
    )
