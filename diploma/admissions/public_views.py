"""The public pages: an open call, one's own application, an offer, self-registration. No account is needed.

What a page answers to an address that somebody types in never depends on what exists for it.
"""

from typing import Any

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from diploma.accounts import guard
from diploma.admissions import (
    access,
    addresses,
    applicant_files,
    calls,
    choices,
    labels,
    offers,
    queries,
    question_fields,
    registration,
    rules,
    service,
)
from diploma.admissions.blueprint import public as bp
from diploma.admissions.forms import NewAddressForm, PersonForm, RegisterForm
from diploma.admissions.models import Application, ApplicationState, LinkPurpose
from diploma.admissions.plan import Plan
from diploma.cohorts.models import Entity
from diploma.core import i18n
from diploma.core.db import session
from diploma.core.errors import Refused
from diploma.core.lang import Lang
from diploma.core.web import limited


@bp.route("/apply/<token>", methods=["GET", "POST"])
@guard.public
@limited("apply", burst=5, per_minute=1, by_field="email")
def start(token: str) -> ResponseReturnValue:
    """A call: what it is about, and the form that asks for the address of one's application."""
    call, form = access.public_call(token), PersonForm()
    if form.validate_on_submit():
        base_url = current_app.config["BASE_URL"]
        language = Lang(form.language.data)
        service.request_link(call, form.full_name.data or "", form.email.data or "", language, base_url)
        return render_template("admissions/sent.html", days=None)
    page = render_template(
        "admissions/start.html", call=call, cohort=call.cohort, form=form, is_open=service.is_open(call)
    )
    return page, 422 if form.errors else 200


@bp.route("/apply/mine/<link>", methods=["GET", "POST"])
@guard.public
@limited("own-application", burst=40, per_minute=20)
def mine(link: str) -> ResponseReturnValue:
    """One's own application: a form while it is a draft, then where it stands."""
    found = access.own_application(link)
    if found is None:
        return _gone()
    plan, lang = calls.plan_of(found.call), i18n.current()
    if found.state is not ApplicationState.DRAFT or not service.is_open(found.call):
        return _status(found, plan, link)
    form: Any = question_fields.application_form(plan, lang, choices.entities(found.call.cohort.partner), found)
    handing_in, valid, taken = "submit" in request.form, form.validate_on_submit(), True
    if form.is_submitted():
        service.lock_draft(found)
        taken = applicant_files.keep(found, form)  # also when the form must be shown again
    if valid and not taken:
        service.save(found, question_fields.written(form, plan))
    elif valid and (not handing_in or question_fields.demand(form, plan, found)):
        said = question_fields.written(form, plan)
        if handing_in:
            service.submit(found, said)
            flash(_("Your application is handed in."), "ok")
        else:
            service.save(found, said)
            flash(_("Saved. You can go on later with the address in your mail."), "ok")
        return redirect(url_for("apply.mine", link=link))
    page = render_template(
        "admissions/mine.html",
        application=found,
        call=found.call,
        cohort=found.call.cohort,
        form=form,
        questions=question_fields.question_fields(form, plan),
        files={f"question_{one.question}": one for one in found.files},
        link=link,
    )
    return page, 422 if form.is_submitted() else 200


def _status(found: Application, plan: Plan, link: str) -> ResponseReturnValue:
    lang = i18n.current()
    page = render_template(
        "admissions/status.html",
        application=found,
        cohort=found.call.cohort,
        answers=question_fields.answered(plan, found, lang),
        letters=queries.letters(found),
        link=link,
        may_withdraw=found.state in rules.WITHDRAWABLE,
        states=ApplicationState,
    )
    return page, 200 if request.method == "GET" else 409


@bp.route("/apply/mine/<link>/withdraw", methods=["GET", "POST"])
@guard.public
@limited("own-application", burst=40, per_minute=20)
def withdraw(link: str) -> ResponseReturnValue:
    """Step back from one's application."""
    found = access.own_application(link)
    if found is None:
        return _gone()
    back = url_for("apply.mine", link=link)
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
    )


@bp.route("/offers/<link>", methods=["GET", "POST"])
@guard.public
@limited("offer", burst=20, per_minute=10)
def offer(link: str) -> ResponseReturnValue:
    """An offered place: reading the page decides nothing, one of its two buttons does, once."""
    said = request.form.get("answer") if request.method == "POST" else None
    found = offers.open_offer(link)
    if said in ("accept", "decline"):
        application = _answer_once(link, accept=said == "accept")
        return _gone() if application is None else _answered(application)
    if found is None:
        return _gone()
    application = found.application
    return render_template("admissions/offer.html", application=application, cohort=application.call.cohort)


def _answer_once(link: str, *, accept: bool) -> Application | None:
    """Answer an offer; a second click of the same button finds what the first one did."""
    if offers.open_offer(link) is None:
        return offers.answered(link, accept=accept)
    try:
        return offers.answer(link, current_app.config["BASE_URL"], accept=accept)
    except Refused:
        done = offers.answered(link, accept=accept)
        if done is None:
            raise
        return done


def _answered(application: Application) -> ResponseReturnValue:
    return render_template("admissions/answered.html", application=application, cohort=application.call.cohort)


@bp.route("/apply/address/<link>", methods=["GET", "POST"])
@guard.public
@limited("new-address", burst=5, per_minute=1, by_field="email")
def new_address(link: str) -> ResponseReturnValue:
    """Another address for an accepted place; the answer is the same for every one that is typed."""
    found, form = addresses.open_link(link, LinkPurpose.ADDRESS), NewAddressForm()
    if found is None:
        return _gone()
    if form.validate_on_submit():
        addresses.give(link, form.email.data or "", current_app.config["BASE_URL"])
        return render_template("admissions/sent.html", days=addresses.LIFETIME.days)
    page = render_template(
        "confirm.html",
        title=_("Another work address"),
        text=_("Your place is kept for you. A mail goes to the address that you give here; open the link in it."),
        submit=_("Send the mail"),
        back=url_for("home.index"),
        form=form,
    )
    return page, 422 if form.errors else 200


@bp.route("/apply/address/confirm/<link>", methods=["GET", "POST"])
@guard.public
@limited("new-address-confirm", burst=20, per_minute=10)
def confirm_address(link: str) -> ResponseReturnValue:
    """The owner of the new address says that it is theirs."""
    found = addresses.open_link(link, LinkPurpose.CONFIRM)
    if found is None:
        return _gone()
    if request.method == "POST":
        return _answered(addresses.confirm(link, current_app.config["BASE_URL"]))
    return render_template(
        "confirm.html",
        title=_("Is this your work address?"),
        text=_("Your place in the cohort goes on under this address."),
        facts=[(_("Work e-mail"), found.email, "")],
        submit=_("Confirm"),
        back=url_for("home.index"),
    )


@bp.route("/register/<partner>", methods=["GET", "POST"])
@guard.public
@limited("register", burst=5, per_minute=1, by_field="email")
def register(partner: str) -> ResponseReturnValue:
    """Self-registration at a partner; the answer is one and the same for every address."""
    found, form = access.registering_partner(partner), RegisterForm()
    form.entity.choices = {"": _("not on the list"), **choices.entities(found)}
    if form.validate_on_submit():
        entity = session.get(Entity, int(form.entity.data)) if form.entity.data else None
        base_url, language = current_app.config["BASE_URL"], Lang(form.language.data)
        registration.request(found, form.full_name.data or "", form.email.data or "", language, entity, base_url)
        return render_template("admissions/sent.html", days=registration.LIFETIME.days)
    page = render_template("admissions/register.html", partner=found, form=form)
    return page, 422 if form.errors else 200


@bp.route("/register/confirm/<link>", methods=["GET", "POST"])
@guard.public
@limited("register-confirm", burst=20, per_minute=10)
def confirm(link: str) -> ResponseReturnValue:
    """The owner of the address says that it was them."""
    found = registration.open_registration(link)
    if found is None:
        return _gone()
    if request.method == "POST":
        registration.confirm(link)
        return render_template("admissions/confirmed.html", cohort=found.cohort)
    return render_template(
        "confirm.html",
        title=_("Confirm your registration?"),
        text=_("A coordinator looks at it next. You get a mail when you can sign in."),
        facts=[(_("Full name"), found.full_name, ""), (_("Work e-mail"), found.email, "")],
        submit=_("Confirm"),
        back=url_for("home.index"),
    )


def _gone() -> ResponseReturnValue:
    return render_template("admissions/gone.html"), 410
