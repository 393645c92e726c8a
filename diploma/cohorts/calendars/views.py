"""The calendar of a partner and of a cohort: workdays and holidays, one by one or as a pasted list."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from sqlalchemy import select

from diploma.accounts import guard
from diploma.accounts.permissions import Permission
from diploma.cohorts import access
from diploma.cohorts.blueprint import staff as bp
from diploma.cohorts.calendars import free_days
from diploma.cohorts.calendars.forms import HolidayForm, HolidayListForm, WeekForm
from diploma.cohorts.calendars.free_days import Place
from diploma.cohorts.calendars.holiday_list import BadLine
from diploma.cohorts.calendars.models import Holiday
from diploma.cohorts.models import Cohort, Partner
from diploma.core import i18n
from diploma.core.db import session
from diploma.core.errors import Refused

WEEK, ADD, PASTE = "week", "add", "paste"


@bp.route("/partners/<slug>/calendar", methods=["GET", "POST"])
@guard.needs(Permission.MANAGE_ENTITIES)
def partner_calendar(slug: str) -> ResponseReturnValue:
    """Workdays and holidays of a partner, which all its cohorts inherit."""
    return _calendar(access.partner(current_user, slug, Permission.MANAGE_ENTITIES))


@bp.route("/cohorts/<slug>/calendar", methods=["GET", "POST"])
@guard.needs(Permission.MANAGE_COHORT)
def cohort_calendar(slug: str) -> ResponseReturnValue:
    """A cohort's own workdays and holidays beside those that it inherits."""
    return _calendar(access.cohort(current_user, slug, Permission.MANAGE_COHORT))


@bp.route("/partners/<slug>/calendar/<int:holiday_id>/remove", methods=["GET", "POST"])
@guard.needs(Permission.MANAGE_ENTITIES)
def remove_partner_holiday(slug: str, holiday_id: int) -> ResponseReturnValue:
    place = access.partner(current_user, slug, Permission.MANAGE_ENTITIES)
    return _remove(place, Holiday.partner_id == place.id, Holiday.cohort_id.is_(None), Holiday.id == holiday_id)


@bp.route("/cohorts/<slug>/calendar/<int:holiday_id>/remove", methods=["GET", "POST"])
@guard.needs(Permission.MANAGE_COHORT)
def remove_cohort_holiday(slug: str, holiday_id: int) -> ResponseReturnValue:
    """Only the cohort's own: what it inherits is the partner's to remove."""
    place = access.cohort(current_user, slug, Permission.MANAGE_COHORT)
    return _remove(place, Holiday.cohort_id == place.id, Holiday.id == holiday_id)


def _calendar(place: Place) -> ResponseReturnValue:
    """The page with its three forms; the button says which of them was sent."""
    do = request.form.get("do", "")
    week = WeekForm(formdata=request.form if do == WEEK else None, obj=place)
    one, many = (kind(formdata=request.form if do == name else None) for kind, name in _KINDS)
    week.offer_choices()
    if request.method == "GET":
        return _page(place, week, one, many)
    form = {WEEK: week, ADD: one, PASTE: many}.get(do)
    if form is None or not form.validate():
        return _page(place, week, one, many), 422
    try:
        said = _save(place, form)
    except Refused as refused:
        form.refuse(refused)
        return _page(place, week, one, many), 422
    if said is None:
        return _page(place, week, one, many), 422
    flash(said, "ok")
    return redirect(_address(place))


_KINDS: tuple[tuple[Any, str], ...] = ((HolidayForm, ADD), (HolidayListForm, PASTE))


def _save(place: Place, form: Any) -> str | None:
    """Do what the form asks for; what is then said, or ``None`` when the form now says what is wrong."""
    if isinstance(form, WeekForm):
        free_days.set_workdays(place, form.workdays.data or [], by=current_user)
        return str(_("The workdays are saved."))
    bad: list[BadLine] = []
    if isinstance(form, HolidayForm):
        added = free_days.add(place, [form.holiday()], by=current_user)
    else:
        added, bad = free_days.paste(place, form.text.data or "", by=current_user)
    if bad:
        form.form_errors = [
            _("Line %(n)s, “%(line)s”: %(why)s", n=one.number, line=one.line[:80], why=i18n.reason(one.reason, {}))
            for one in bad
        ]
        return None
    if not added:
        return str(_("All of them were in the calendar already."))
    return str(ngettext("%(num)s holiday is added.", "%(num)s holidays are added.", added))


def _remove(place: Place, *where: Any) -> ResponseReturnValue:
    found: Holiday = session.scalar(select(Holiday).where(*where)) or abort(404)
    if request.method == "POST":
        free_days.remove(found, by=current_user)
        flash(_("The holiday is removed."), "ok")
        return redirect(_address(place))
    return render_template(
        "confirm.html",
        title=_("Remove “%(name)s”?", name=found.name(i18n.current())),
        text=_("Dates that are set stay as they are."),
        submit=_("Remove"),
        back=_address(place),
        danger=True,
        active=_active(place),
    )


def _page(place: Place, week: WeekForm, one: HolidayForm, many: HolidayListForm) -> str:
    cohort = place if isinstance(place, Cohort) else None
    return render_template(
        "cohorts/calendar.html",
        cohort=cohort,
        partner=cohort.partner if cohort else place,
        week=week,
        one=one,
        many=many,
        workdays=free_days.workdays(place),
        holidays=free_days.holidays(place),
        address=_address(place),
        active=_active(place),
    )


def _address(place: Place) -> str:
    kind = "partner" if isinstance(place, Partner) else "cohort"
    return url_for(f"cohorts_staff.{kind}_calendar", slug=place.slug)


def _active(place: Place) -> str:
    return "partners" if isinstance(place, Partner) else "cohorts"
