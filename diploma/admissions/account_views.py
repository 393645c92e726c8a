"""One's own applications for who is signed in: those of the address to which the account was mailed, and no others."""

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from diploma.accounts import guard
from diploma.admissions import access, calls, labels, letters, offers, queries, question_fields, rules, service
from diploma.admissions.blueprint import bp
from diploma.admissions.models import ApplicationState, LinkPurpose
from diploma.core import i18n


@bp.get("/account/applications")
@guard.signed_in
def own_applications() -> ResponseReturnValue:
    """Where each stands, and the buttons that answer an offer."""
    found = access.own_applications(current_user)
    return render_template(
        "admissions/own_applications.html",
        applications=found,
        answerable={one.id for one in found if offers.is_open(one)},
        writable={one.id for one in found if one.state is ApplicationState.DRAFT and service.is_open(one.call)},
        states=ApplicationState,
        active="applications",
    )


@bp.get("/account/applications/<int:application_id>")
@guard.signed_in
def own_application(application_id: int) -> ResponseReturnValue:
    """What was written, and the letters that went out."""
    found = access.application_of(current_user, application_id)
    plan, lang = calls.plan_of(found.call), i18n.current()
    return render_template(
        "admissions/own_application.html",
        application=found,
        cohort=found.call.cohort,
        answers=question_fields.answered(plan, found, lang),
        letters=queries.letters(found),
        may_withdraw=found.state in rules.WITHDRAWABLE,
        active="applications",
    )


@bp.post("/account/applications/<int:application_id>/answer")
@guard.signed_in
def answer_offer(application_id: int) -> ResponseReturnValue:
    """Accept or decline the offered place."""
    found = access.application_of(current_user, application_id)
    if request.form.get("answer") in ("accept", "decline"):
        offers.answer_own(found, current_app.config["BASE_URL"], accept=request.form["answer"] == "accept")
        flash(_(labels.TOLD[found.state]), "ok")
    return redirect(url_for("admissions.own_applications"))


@bp.post("/account/applications/<int:application_id>/write")
@guard.signed_in
def write_own(application_id: int) -> ResponseReturnValue:
    """Go on writing, at a fresh address like that in the mail."""
    found = access.application_of(current_user, application_id)
    if found.state is not ApplicationState.DRAFT:
        return redirect(url_for("admissions.own_application", application_id=application_id))
    return redirect(url_for("apply.mine", link=letters.make_link(found, LinkPurpose.OWN)))


@bp.route("/account/applications/<int:application_id>/withdraw", methods=["GET", "POST"])
@guard.signed_in
def withdraw_own(application_id: int) -> ResponseReturnValue:
    """Step back from one's application."""
    found = access.application_of(current_user, application_id)
    back = url_for("admissions.own_applications")
    if found.state not in rules.WITHDRAWABLE:
        return redirect(back)
    if request.method == "POST":
        offers.withdraw(found, current_app.config["BASE_URL"])
        flash(_(labels.TOLD[ApplicationState.WITHDRAWN]), "ok")
        return redirect(back)
    return render_template(
        "confirm.html",
        title=_("Withdraw your application?"),
        text=_("It is not read any further, and a place that was offered goes to somebody else."),
        submit=_("Withdraw your application"),
        back=back,
        danger=True,
        active="applications",
    )
