"""What line managers see of an admission: the open calls of their government, and whom they have nominated."""

from dataclasses import dataclass

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from diploma.accounts import guard
from diploma.accounts.permissions import Permission
from diploma.admissions import access, labels, nominations
from diploma.admissions.blueprint import bp
from diploma.admissions.forms import NominateOwnForm
from diploma.admissions.models import Nomination
from diploma.cohorts.entities.access import Scope
from diploma.core import i18n
from diploma.core.errors import Refused
from diploma.core.web import limited


@dataclass(frozen=True)
class Row:
    """One nomination with the words of the stage that its manager may know."""

    nomination: Nomination
    stage: tuple[str, str]
    may_withdraw: bool


@bp.get("/nominations/")
@guard.needs(Permission.NOMINATE)
def nominated() -> ResponseReturnValue:
    """Open calls, and whom this person has named."""
    scopes = access.nominating(current_user)
    entities = frozenset().union(*(one.below for one in scopes))
    rows = []
    for one in nominations.own(current_user, entities):
        found = nominations.followed(one, entities)
        stage = labels.FOLLOWED[found.state] if found else labels.NOMINATED
        rows.append(Row(one, stage, nominations.may_withdraw(one)))
    calls = nominations.open_calls([one.partner.id for one in scopes])
    return render_template("admissions/nominations.html", calls=calls, rows=rows, active="nominations")


@bp.route("/nominations/<slug>", methods=["GET", "POST"])
@guard.needs(Permission.NOMINATE)
@limited("nominate", burst=60, per_minute=6)
def nominate_own(slug: str) -> ResponseReturnValue:
    """Name a person of one's own entities; they get a mail and write the application themselves."""
    scope, call = access.nominated_call(current_user, slug)
    form = NominateOwnForm()
    form.entity.choices = {"": "", **_entities(scope)}
    if form.validate_on_submit():
        try:
            made = nominations.nominate(
                call, form.named(), scope.below, current_app.config["BASE_URL"], by=current_user
            )
        except Refused as refused:
            form.refuse(refused)
        else:
            flash(_("%(name)s is nominated and gets a mail.", name=made.full_name), "ok")
            return redirect(url_for("admissions.nominated"))
    page = render_template("admissions/nominate.html", form=form, call=call, cohort=call.cohort, active="nominations")
    return page, 422 if form.errors else 200


def _entities(scope: Scope) -> dict[str, str]:
    standing = {one for one in scope.below if scope.tree.entities[one].stands_on(scope.tree.day)}
    lang = i18n.current()
    return {str(one.id): one.name(lang) for one in scope.tree.sorted(standing, lang)}


@bp.route("/nominations/<int:nomination_id>/withdraw", methods=["GET", "POST"])
@guard.needs(Permission.NOMINATE)
def withdraw_nomination(nomination_id: int) -> ResponseReturnValue:
    """Take back a nomination whose person has not begun to write."""
    found, back = access.nomination(current_user, nomination_id), url_for("admissions.nominated")
    if request.method == "POST":
        name = found.full_name
        nominations.withdraw(found, by=current_user)
        flash(_("The nomination of %(name)s is withdrawn.", name=name), "ok")
        return redirect(back)
    return render_template(
        "confirm.html",
        title=_("Withdraw this nomination?"),
        text=_("The address in the mail stops working. You can nominate the person again while the call is open."),
        facts=[(_("Full name"), found.full_name, ""), (_("Work e-mail"), found.email, "")],
        submit=_("Withdraw the nomination"),
        back=back,
        danger=True,
        active="nominations",
    )
