"""Live sessions: planning them, and the attendance sheet with its workshop marks on one page."""

from collections.abc import Iterator
from datetime import datetime
from functools import partial

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from diploma.accounts import guard
from diploma.accounts.forms import ReasonForm
from diploma.accounts.permissions import Permission
from diploma.cohorts import access, curriculum, queries, service
from diploma.cohorts.blueprint import bp
from diploma.cohorts.calendars import free_days
from diploma.cohorts.models import Cohort, LiveSession, Presence
from diploma.cohorts.rules import FROZEN
from diploma.cohorts.sessions import sheet_form
from diploma.cohorts.sessions.forms import SessionForm
from diploma.cohorts.sessions.sheet_form import SheetLine
from diploma.core import clock, i18n
from diploma.core.errors import Refused, Stale


@bp.route("/sessions/<int:session_id>", methods=["GET", "POST"])
@guard.needs(Permission.TAKE_ATTENDANCE)
def sheet(session_id: int) -> ResponseReturnValue:
    """Who was there, and at a workshop with which mark; ``?all=present`` proposes presence for who is not named."""
    live = access.live_session(current_user, session_id, Permission.TAKE_ATTENDANCE)
    rows = queries.sheet(live)
    if request.method == "GET":
        return _sheet_page(live, sheet_form.stored(rows, all_present=request.args.get("all") == "present"))
    lines = sheet_form.typed(rows, request.form, workshop=bool(live.workshop))
    if any(one.error for one in lines):
        return _sheet_page(live, lines), 422
    try:
        service.save_sheet(
            live,
            [one.entry for one in lines if one.entry],
            version=request.form.get("version", -1, int),
            by=current_user,
        )
    except Stale:
        return _sheet_page(live, lines, overtaken=True), 409
    flash(_("The sheet is saved."), "ok")
    return redirect(url_for("cohorts.sheet", session_id=session_id))


@bp.route("/cohorts/<slug>/sessions/new", methods=["GET", "POST"])
@guard.needs(Permission.MANAGE_COHORT)
def new_session(slug: str) -> ResponseReturnValue:
    cohort = access.cohort(current_user, slug, Permission.MANAGE_COHORT)
    form = _session_form(cohort)
    if not form.validate_on_submit():
        return _session_page(cohort, form, None)
    plan = form.plan()
    service.plan_session(
        cohort,
        plan.module,
        plan.title,
        plan.starts_at,
        plan.hours,
        workshop=plan.workshop,
        place=plan.place,
        by=current_user,
    )
    flash(_("The session is planned."), "ok")
    _warn_if_free(cohort, plan.starts_at)
    return redirect(url_for("cohorts.cohort", slug=slug, _anchor="sessions"))


@bp.route("/sessions/<int:session_id>/edit", methods=["GET", "POST"])
@guard.needs(Permission.MANAGE_COHORT)
def edit_session(session_id: int) -> ResponseReturnValue:
    """Move or correct a session until its sheet is saved."""
    live = access.live_session(current_user, session_id, Permission.MANAGE_COHORT)
    form = _session_form(live.cohort)
    if request.method == "GET":
        form.show(live)
    elif form.validate_on_submit():
        try:
            service.change_session(live, form.plan(), by=current_user)
        except Refused as refused:
            form.refuse(refused)
        else:
            flash(_("The session is changed."), "ok")
            _warn_if_free(live.cohort, live.starts_at)
            return redirect(url_for("cohorts.cohort", slug=live.cohort.slug, _anchor="sessions"))
    return _session_page(live.cohort, form, live)


@bp.route("/sessions/<int:session_id>/cancel", methods=["GET", "POST"])
@guard.needs(Permission.MANAGE_COHORT)
def cancel_session(session_id: int) -> ResponseReturnValue:
    live = access.live_session(current_user, session_id, Permission.MANAGE_COHORT)
    form = ReasonForm()
    if form.validate_on_submit():
        service.cancel_session(live, form.reason.data or "", by=current_user)
        flash(_("The session is cancelled."), "ok")
        return redirect(url_for("cohorts.cohort", slug=live.cohort.slug, _anchor="sessions"))
    return render_template(
        "confirm.html",
        title=_("Cancel the session “%(title)s”?", title=live.title),
        submit=_("Cancel the session"),
        text=_("It disappears from everybody's dates. Nobody is told by mail."),
        form=form,
        danger=True,
        back=url_for("cohorts.edit_session", session_id=session_id),
        active="cohorts",
    ), 422 if form.errors else 200


def _warn_if_free(cohort: Cohort, starts_at: datetime) -> None:
    """Point out a session on a free day; nobody is kept from teaching on it."""
    for one in free_days.on_free_days(free_days.calendar(cohort), cohort.time_zone, [("session", "", starts_at)]):
        if one.holiday:
            flash(_("The session falls on a holiday: %(name)s.", name=one.holiday.name(i18n.current())), "warn")
        else:
            flash(_("The session falls on a day that is no workday here."), "warn")


def _sheet_page(live: LiveSession, lines: list[SheetLine], *, overtaken: bool = False) -> str:
    frozen = live.cohort.state in FROZEN
    return render_template(
        "cohorts/sheet.html",
        live=live,
        cohort=live.cohort,
        lines=lines,
        overtaken=overtaken,
        Presence=Presence,
        frozen=frozen,
        ahead=live.starts_at > clock.now(),
        may=partial(access.may, current_user, live.cohort),
        module=next((one for one in _modules(live.cohort) if one.id == live.module), None),
        active="cohorts",
    )


def _session_page(cohort: Cohort, form: SessionForm, live: LiveSession | None) -> ResponseReturnValue:
    page = render_template("cohorts/session.html", cohort=cohort, form=form, live=live, active="cohorts")
    return page, 422 if form.errors else 200


def _session_form(cohort: Cohort) -> SessionForm:
    """The form with a lecture and the workshops of each module to choose from."""
    form = SessionForm(cohort.time_zone)
    form.kind.choices = {value: words for one in _modules(cohort) for value, words in _kinds(one)}
    return form


def _kinds(module: curriculum.Module) -> Iterator[tuple[str, str]]:
    yield module.id, _("%(module)s: lecture", module=module.title.words)
    for one in module.workshops:
        yield (
            f"{module.id}/{one.id}",
            _("%(module)s: workshop “%(workshop)s”", module=module.title.words, workshop=one.title.words),
        )


def _modules(cohort: Cohort) -> list[curriculum.Module]:
    return curriculum.current().modules(cohort.revision_id, i18n.current())
