"""The groups of a cohort: who is in which, groups made by hand, by entity or by language."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_login import current_user
from wtforms import StringField, TextAreaField
from wtforms.validators import Length

from diploma.accounts import guard
from diploma.accounts.permissions import Permission
from diploma.cohorts import access as cohorts
from diploma.cohorts import labels
from diploma.cohorts.forms import REQUIRED
from diploma.cohorts.groups import access, service
from diploma.cohorts.groups.models import CohortGroup
from diploma.cohorts.models import Cohort
from diploma.core import i18n
from diploma.core.errors import Refused
from diploma.core.forms import Form
from diploma.core.mail import isolate

bp = Blueprint("groups", __name__)
bp.context_processor(lambda: {"labels": labels})
MAY = Permission.MANAGE_COHORT
_MOST = 500  # people put by one click


class NameForm(Form):
    name = StringField(_l("Name of the group"), [REQUIRED, Length(max=120)], render_kw={"dir": "auto"})


class DissolveForm(Form):
    reason = TextAreaField(_l("Reason"), [REQUIRED, Length(max=2000)], render_kw={"dir": "auto", "class": "low"})


@bp.get("/cohorts/<slug>/groups")
@guard.needs(MAY)
def index(slug: str) -> ResponseReturnValue:
    """The groups, and everybody in the cohort with their group."""
    return _page(cohorts.cohort(current_user, slug, MAY), NameForm())


@bp.post("/cohorts/<slug>/groups")
@guard.needs(MAY)
def make(slug: str) -> ResponseReturnValue:
    """Make a group of the people who are chosen; without any it is empty."""
    cohort, form = cohorts.cohort(current_user, slug, MAY), NameForm()
    if not form.validate():
        return _page(cohort, form), 422
    try:
        made = service.make(cohort, form.name.data or "", by=current_user)
    except Refused as refused:
        form.refuse(refused)
        return _page(cohort, form), 409
    service.put(made, _chosen(), by=current_user)
    flash(_("The group is made."), "ok")
    return _back(slug)


@bp.post("/cohorts/<slug>/groups/split")
@guard.needs(MAY)
def split(slug: str) -> ResponseReturnValue:
    """Put everybody without a group into one by entity or by language."""
    cohort = cohorts.cohort(current_user, slug, MAY)
    named = service.by_language if request.form.get("by") == "language" else service.by_entity(i18n.current())
    count = service.split(cohort, named, by=current_user)
    _say(count, _("Everybody is in a group already, or nothing is known by which to divide."))
    return _back(slug)


@bp.post("/cohorts/<slug>/groups/put")
@guard.needs(MAY)
def put(slug: str) -> ResponseReturnValue:
    """Put the chosen people into a group, or into none."""
    cohort, number = cohorts.cohort(current_user, slug, MAY), request.form.get("group", 0, int)
    chosen = _chosen()
    if number:
        count = service.put(access.group(current_user, slug, number, MAY), chosen, by=current_user)
    else:
        count = service.take_out(cohort, chosen, by=current_user)
    _say(count, _("Choose at least one person whose group is another."))
    return _back(slug)


@bp.route("/cohorts/<slug>/groups/<int:group_id>", methods=["GET", "POST"])
@guard.needs(MAY)
def rename(slug: str, group_id: int) -> ResponseReturnValue:
    group = access.group(current_user, slug, group_id, MAY)
    form = NameForm(obj=group)
    if form.validate_on_submit():
        try:
            service.rename(group, form.name.data or "", by=current_user)
        except Refused as refused:
            form.refuse(refused)
        else:
            flash(_("The group has its new name."), "ok")
            return _back(slug)
    return _confirm(group, form, _("Rename the group"), "", _("Save")), 422 if form.errors else 200


@bp.route("/cohorts/<slug>/groups/<int:group_id>/dissolve", methods=["GET", "POST"])
@guard.needs(MAY)
def dissolve(slug: str, group_id: int) -> ResponseReturnValue:
    group, form = access.group(current_user, slug, group_id, MAY), DissolveForm()
    if form.validate_on_submit():
        try:
            service.dissolve(group, form.reason.data or "", by=current_user)
        except Refused as refused:
            form.refuse(refused)
        else:
            flash(_("The group is dissolved."), "ok")
            return _back(slug)
    title = _("Dissolve “%(name)s”?", name=isolate(group.name))
    text = _("Its people stay in the cohort, in no group.")
    return _confirm(group, form, title, text, _("Dissolve")), 422 if form.errors else 200


def _page(cohort: Cohort, form: NameForm) -> str:
    return render_template(
        "cohorts/groups.html",
        cohort=cohort,
        groups=service.of(cohort),
        people=service.people(cohort),
        form=form,
        active="cohorts",
    )


def _confirm(group: CohortGroup, form: Form, title: str, text: str, submit: str) -> str:
    back = url_for("groups.index", slug=group.cohort.slug)
    return render_template(
        "confirm.html", title=title, text=text, submit=submit, back=back, form=form, danger=False, active="cohorts"
    )


def _chosen() -> list[int]:
    return request.form.getlist("enrolment", int)[:_MOST]


def _say(count: int, nobody: str) -> None:
    if count:
        flash(ngettext("%(num)s person is put.", "%(num)s people are put.", count), "ok")
    else:
        flash(nobody, "info")


def _back(slug: str) -> ResponseReturnValue:
    return redirect(url_for("groups.index", slug=slug))
