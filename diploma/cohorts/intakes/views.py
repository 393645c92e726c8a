"""Cloning a cohort to its next intake: first its head, then every date, each to be changed before anything is saved."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from diploma.accounts import guard
from diploma.accounts.access import reach
from diploma.accounts.permissions import Permission
from diploma.cohorts import access, curriculum
from diploma.cohorts.blueprint import staff as bp
from diploma.cohorts.calendars import free_days
from diploma.cohorts.curriculum import Texts
from diploma.cohorts.intakes import cloning
from diploma.cohorts.intakes.cloning import ClonePlan
from diploma.cohorts.intakes.forms import NEWEST, SAME, CloneForm, ProposedDates, ProposedSession
from diploma.cohorts.intakes.shifting import next_first_day, next_name
from diploma.cohorts.models import Cohort
from diploma.core import i18n
from diploma.core.errors import Refused

PROPOSE, CREATE = "propose", "create"


@bp.route("/cohorts/<slug>/clone", methods=["GET", "POST"])
@guard.needs(Permission.MANAGE_COHORT)
def clone(slug: str) -> ResponseReturnValue:
    """The next intake, for who may create cohorts of this partner."""
    source = access.cohort(current_user, slug, Permission.MANAGE_COHORT)
    if not may_clone(source):
        abort(404)
    form = CloneForm()
    _offer(form, source)
    if request.method == "GET":
        _show(form, source)
        return _page(source, form)
    do, good = request.form.get("do"), form.validate()
    if do != CREATE:
        if not good:
            return _page(source, form), 422
        return _proposed(source, form)
    dates = [ProposedDates(one.id, source.time_zone) for one in _modules(source, form)]
    sessions = [ProposedSession(one, source.time_zone) for one in cloning.sessions(source)]
    faulty = [one for one in (*dates, *sessions) if not one.validate()]
    if not faulty and good:
        try:
            made = cloning.clone(source, _plan(source, form, dates, sessions), by=current_user)
        except Refused as refused:
            form.refuse(refused)
        else:
            flash(_("The next intake is created as a draft, with these dates and no people."), "ok")
            return redirect(url_for("cohorts_staff.settings", slug=made.slug))
    return _page(source, form, dates, sessions), 422


def may_clone(cohort: Cohort) -> bool:
    """Whether the person creates cohorts of this partner, and not only manages single ones."""
    held = reach(current_user, Permission.MANAGE_COHORT)
    return held.everywhere or cohort.partner_id in held.partners


def _proposed(source: Cohort, form: CloneForm) -> str:
    """The page with every date as it is proposed for the first day given."""
    found = cloning.propose(source, form.starts_on.data)  # type: ignore[arg-type]
    form.ends_on.data = found.last.at.date()
    dates = [ProposedDates(one.id, source.time_zone, found.modules.get(one.id)) for one in _modules(source, form)]
    return _page(source, form, dates, [ProposedSession(one, source.time_zone, at) for one, at in found.sessions])


def _plan(source: Cohort, form: CloneForm, dates: list[ProposedDates], sessions: list[ProposedSession]) -> ClonePlan:
    said: dict[str, Any] = form.data
    texts = _texts(source, form)
    chosen = set(said.get("instructors") or ())
    return ClonePlan(
        slug=said["slug"],
        names=form.names(),
        starts_on=said["starts_on"],
        ends_on=said["ends_on"] or cloning.propose(source, said["starts_on"]).last.at.date(),
        edition_id=texts.edition_id,
        revision_id=texts.revision_id,
        dates=[given for one in dates if (given := one.dates())],
        sessions=[plan for one in sessions if (plan := one.plan())],
        instructors=[one for one in cloning.instructors(source, but=current_user) if one.id in chosen],
    )


def _offer(form: CloneForm, source: Cohort) -> None:
    content = curriculum.current()
    held, newest = content.newest_texts(source.edition_id), content.latest()
    form.edition.choices = {SAME: _("Edition %(edition)s, as this cohort", edition=held.edition)}
    if newest and newest.edition_id != source.edition_id:
        form.edition.choices[NEWEST] = _("Edition %(edition)s, the newest", edition=newest.edition)
    people = cloning.instructors(source, but=current_user)
    form.instructors.choices = [(one.id, one.full_name) for one in people]
    if not people:
        del form.instructors


def _show(form: CloneForm, source: Cohort) -> None:
    """What is proposed for the head: numbers count one up, years go on."""
    first = free_days.calendar(source).next_workday(next_first_day(source.starts_on, source.ends_on))
    years = first.year - source.starts_on.year
    form.starts_on.data = first
    form.show_names({tag: next_name(name, years) for tag, name in source.names.items()})
    slug = next_name(source.slug, years)
    form.slug.data = slug if slug != source.slug else f"{slug}-2"
    if form.instructors:
        form.instructors.data = [one.id for one in cloning.instructors(source, but=current_user)]


def _texts(source: Cohort, form: CloneForm) -> Texts:
    content = curriculum.current()
    newest = content.latest() if form.edition.data == NEWEST else None
    return newest or content.newest_texts(source.edition_id)


def _modules(source: Cohort, form: CloneForm) -> list[curriculum.Module]:
    return curriculum.current().modules(_texts(source, form).revision_id, i18n.current())


def _page(
    source: Cohort, form: CloneForm, dates: list[ProposedDates] | None = None, sessions: list[Any] | None = None
) -> str:
    return render_template(
        "cohorts/clone.html",
        cohort=source,
        form=form,
        dates=dates,
        sessions=sessions or [],
        modules={one.id: one for one in _modules(source, form)},
        active="cohorts",
    )
