"""Who reads, and the list with the cut line from which offers are made."""

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from diploma.accounts import guard
from diploma.accounts.permissions import Permission
from diploma.admissions import access, calls, choices, queries, selection
from diploma.admissions.blueprint import bp
from diploma.admissions.models import ApplicationState
from diploma.cohorts.life.away import seats
from diploma.core.errors import Refused


@bp.route("/cohorts/<slug>/admission/readers", methods=["GET", "POST"])
@guard.needs(Permission.MANAGE_ADMISSION)
def readers(slug: str) -> ResponseReturnValue:
    """Name the readers, and see what each has to read."""
    call = access.call(current_user, slug)
    people = queries.possible_readers(call.cohort)
    entities, refused = choices.entities(call.cohort.partner), None
    if request.method == "POST":
        sent = set(request.form.getlist("reader"))
        chosen = {one.id: _entity(entities, f"entity-{one.id}") for one in people if str(one.id) in sent}
        try:
            calls.name_readers(call, chosen, by=current_user)
        except Refused as error:
            refused = error
        else:
            flash(_("The readers are named."), "ok")
            return redirect(url_for("admissions.readers", slug=slug))
    page = render_template(
        "admissions/readers.html",
        cohort=call.cohort,
        call=call,
        people=people,
        named={one.user_id: one for one in queries.named_readers(call)},
        loads=queries.loads(call),
        entities=entities,
        counts=queries.counts(call),
        states=ApplicationState,
        refused=refused,
        active="cohorts",
    )
    return page, 409 if refused else 200


def _entity(entities: dict[str, str], field: str) -> int | None:
    said = request.form.get(field, "")
    return int(said) if said in entities else None


@bp.post("/cohorts/<slug>/admission/readers/give-out")
@guard.needs(Permission.MANAGE_ADMISSION)
def give_out(slug: str) -> ResponseReturnValue:
    """Give each eligible application to two readers."""
    call = access.call(current_user, slug)
    left = selection.give_out(call, by=current_user)
    if left:
        said = ngettext(
            "%(num)s application found no two readers: name more of them.",
            "%(num)s applications found no two readers: name more of them.",
            left,
        )
        flash(said, "warn")
    else:
        flash(_("The applications are given out."), "ok")
    return redirect(url_for("admissions.readers", slug=slug))


@bp.route("/cohorts/<slug>/admission/decision", methods=["GET", "POST"])
@guard.needs(Permission.MANAGE_ADMISSION)
def decision(slug: str) -> ResponseReturnValue:
    """The ranking with the cut line; one button makes the offers of exactly this list."""
    call = access.call(current_user, slug)
    if request.method == "POST":
        selection.decide(call, request.form.get("seen", ""), current_app.config["BASE_URL"], by=current_user)
        flash(_("The offers are made and the letters are on their way."), "ok")
        return redirect(url_for("admissions.overview", slug=slug, sort="rank"))
    proposal = selection.propose(call)
    return render_template(
        "admissions/decision.html",
        cohort=call.cohort,
        call=call,
        plan=calls.plan_of(call),
        proposal=proposal,
        offers=sum(one.outcome is ApplicationState.OFFERED for one in proposal.lines),
        seats=seats(call.cohort),
        states=ApplicationState,
        active="cohorts",
    )
