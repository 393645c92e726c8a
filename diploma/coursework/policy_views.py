"""The rules of a cohort's assignments: what holds where, and a change that says whom it concerns before it is saved."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from diploma.accounts import guard
from diploma.accounts.permissions import Permission
from diploma.cohorts import access as cohorts
from diploma.cohorts.models import Cohort
from diploma.core import i18n
from diploma.core.errors import Refused, Stale
from diploma.coursework import policies
from diploma.coursework.policies import ALL, Effect
from diploma.coursework.policy_areas import AREAS, Shown
from diploma.learning import catalogue

bp = Blueprint("assessment", __name__)


@bp.get("/cohorts/<slug>/assessment")
@guard.needs(Permission.SET_ASSESSMENT)
def overview(slug: str) -> ResponseReturnValue:
    """All areas: where the cohort, or one of its assignments, has rules of its own."""
    cohort = cohorts.cohort(current_user, slug, Permission.SET_ASSESSMENT)
    books = {area: policies.books(shown.reach.area, [cohort])[cohort.id] for area, shown in AREAS.items()}
    return render_template(
        "coursework/policies.html", cohort=cohort, areas=AREAS, books=books, places=_places(cohort), active="cohorts"
    )


@bp.route("/cohorts/<slug>/assessment/<area>", methods=["GET", "POST"])
@guard.needs(Permission.SET_ASSESSMENT)
def rules(slug: str, area: str) -> ResponseReturnValue:
    """The rules of one area for all assignments, or for the one that the address names.

    A change is looked at first: the page names whom it concerns, and saves it when exactly that was seen.
    """
    cohort = cohorts.cohort(current_user, slug, Permission.SET_ASSESSMENT)
    shown, module = AREAS.get(area) or abort(404), request.args.get("module", ALL)
    if module not in _places(cohort):
        abort(404)
    book = policies.books(shown.reach.area, [cohort])[cohort.id]
    form, held = shown.form(), book.at(module)
    if request.method == "GET":
        form.show(held.values)
        form.version.show(held.version)
        return _page(cohort, shown, module, form, held)
    back = request.form.get("do") == "back"
    if not back and not form.validate():
        return _page(cohort, shown, module, form, held, status=422)
    wanted = book.above(module) if back else shown.reach.area.record.from_dict(form.said())
    if refused := shown.reach.refusal(cohort, module, wanted):
        form.refuse(refused)
        return _page(cohort, shown, module, form, held, status=409)
    effects = shown.reach.effects(cohort, module, wanted)
    if form.shown.data != policies.seen(effects) or not form.reason.data:
        form.shown.data = policies.seen(effects)
        return _page(cohort, shown, module, form, held, effects=effects, back=back)
    try:
        policies.change(
            shown.reach,
            cohort,
            module,
            None if back else wanted,
            reason=form.reason.data,
            version=form.version.data or 0,
            shown=form.shown.data,
            by=current_user,
        )
    except Stale as stale:
        form.refuse(stale)
        form.version.show(held.version)
        form.shown.data = policies.seen(effects)
        return _page(cohort, shown, module, form, held, effects=effects, back=back, status=409)
    except Refused as refused:
        form.refuse(refused)
        return _page(cohort, shown, module, form, held, status=409)
    flash(_("The rules are saved."), "ok")
    return redirect(url_for("assessment.overview", slug=slug))


def _page(
    cohort: Cohort,
    shown: Shown,
    module: str,
    form: Any,
    held: policies.Held[Any],
    *,
    effects: Sequence[Effect] | None = None,
    back: bool = False,
    status: int = 200,
) -> ResponseReturnValue:
    page = render_template(
        "coursework/policy.html",
        cohort=cohort,
        shown=shown,
        module=module,
        places=_places(cohort),
        form=form,
        held=held,
        effects=None if effects is None else [(one.person, one.module, _said(one, cohort)) for one in effects],
        back=back,
        active="cohorts",
    )
    return page, status


def _places(cohort: Cohort) -> dict[str, Any]:
    """Where rules can be set: all assignments, and each that the cohort has dates for; with titles."""
    content = catalogue.content(cohort.revision_id)
    written = [one.module for one in cohort.modules if one.module in content.modules]
    return {ALL: "", **{one: content.say(one, "module/title", i18n.current()) for one in written}}


def _said(effect: Effect, cohort: Cohort) -> str:
    return i18n.reason(effect.message, {name: _worded(one, cohort) for name, one in effect.params.items()})


def _worded(value: Any, cohort: Cohort) -> str:
    fmt = i18n.fmt()
    if isinstance(value, datetime):
        return fmt.datetime(value, cohort.time_zone)
    if isinstance(value, Decimal):
        return fmt.mark(value)
    return fmt.number(value) if isinstance(value, int) else str(value)
