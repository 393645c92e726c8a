"""Where staff set a call up: dates and places, rules, questions, criteria, letters."""

import secrets
from dataclasses import replace

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from diploma.accounts import guard
from diploma.accounts.permissions import Permission
from diploma.admissions import access, calls, choices, labels, places
from diploma.admissions import plan as plans
from diploma.admissions.blueprint import bp
from diploma.admissions.forms import CriterionForm, LetterForm, QuestionForm, RulesForm, TermsForm
from diploma.admissions.models import AdmissionCall
from diploma.admissions.plan import Criterion, LetterKind, Question, QuestionKind
from diploma.cohorts.models import Cohort
from diploma.core.errors import Refused


@bp.route("/cohorts/<slug>/admission/settings", methods=["GET", "POST"])
@guard.needs(Permission.MANAGE_ADMISSION)
def settings(slug: str) -> ResponseReturnValue:
    """Make the call of a cohort, or change its dates and places."""
    cohort, call = access.find_call(current_user, slug)
    form, shown = TermsForm(cohort.time_zone), None
    if request.method == "GET" and call:
        form.show(call, calls.plan_of(call))
    elif request.method == "GET":
        form.places.data = cohort.seats
    elif form.validate_on_submit():
        shown = places.preview(call, form.places.data or 0) if call else None
        if (shown is None or shown.digest == form.seen.data) and _saved(cohort, call, form):
            flash(_("The call is saved."), "ok")
            return redirect(url_for("admissions.overview", slug=slug))
        form.seen.data = shown.digest if shown else ""
    page = render_template(
        "admissions/settings.html", cohort=cohort, call=call, form=form, shown=shown, active="cohorts"
    )
    return page, 422 if form.errors else 200


def _saved(cohort: Cohort, call: AdmissionCall | None, form: TermsForm) -> bool:
    """Save the form; a refusal stands above it."""
    base_url = current_app.config["BASE_URL"]
    try:
        if call:
            places.change(call, form.terms(), form.seen.data or "", base_url, by=current_user)
        else:
            calls.open_call(cohort, form.terms(), by=current_user)
    except Refused as refused:
        form.refuse(refused)
    return not form.errors


@bp.route("/cohorts/<slug>/admission/rules", methods=["GET", "POST"])
@guard.needs(Permission.MANAGE_ADMISSION)
def eligibility(slug: str) -> ResponseReturnValue:
    """The eligibility rules. Whom other rules would put elsewhere is shown before they are saved."""
    call = access.call(current_user, slug)
    form, plan, affected = RulesForm(), calls.plan_of(call), None
    form.offer_choices(choices.entities(call.cohort.partner))
    if request.method == "GET":
        form.show(plan)
    elif form.validate_on_submit():
        wanted = replace(plan, rules=form.rules(), quota=form.quota.data)
        affected = calls.affected(call, wanted)
        if not affected or form.seen.data == str(len(affected)):
            try:
                calls.change_rules(call, wanted, len(affected), by=current_user)
            except Refused as refused:
                form.refuse(refused)
            else:
                flash(_("The rules are saved."), "ok")
                return redirect(url_for("admissions.overview", slug=slug))
        form.seen.data = str(len(affected))
    page = render_template(
        "admissions/rules.html", cohort=call.cohort, form=form, affected=affected or (), active="cohorts"
    )
    return page, 422 if form.errors else 200


@bp.route("/cohorts/<slug>/admission/questions", methods=["GET", "POST"])
@guard.needs(Permission.MANAGE_ADMISSION)
def questions(slug: str) -> ResponseReturnValue:
    """The questions of the form beside those that every application answers."""
    call = access.call(current_user, slug)
    form = QuestionForm()
    if form.validate_on_submit():
        made = Question(
            secrets.token_hex(4),
            QuestionKind(form.kind.data),
            form.names(),
            bool(form.required.data),
            form.choices(),
            form.file_kinds(),
        )
        try:
            calls.add_question(call, made, by=current_user)
        except Refused as refused:
            form.refuse(refused)
        else:
            flash(_("The question is added."), "ok")
            return redirect(url_for("admissions.questions", slug=slug))
    return _parts_page("admissions/questions.html", call, form)


@bp.post("/cohorts/<slug>/admission/questions/remove")
@guard.needs(Permission.MANAGE_ADMISSION)
def remove_question(slug: str) -> ResponseReturnValue:
    call = access.call(current_user, slug)
    calls.remove_question(call, request.form.get("question", ""), by=current_user)
    flash(_("The question is removed."), "ok")
    return redirect(url_for("admissions.questions", slug=slug))


@bp.route("/cohorts/<slug>/admission/criteria", methods=["GET", "POST"])
@guard.needs(Permission.MANAGE_ADMISSION)
def criteria(slug: str) -> ResponseReturnValue:
    """What readers judge from 0 to 4, with weights."""
    call = access.call(current_user, slug)
    form = CriterionForm()
    if form.validate_on_submit():
        made = Criterion(secrets.token_hex(4), form.names(), form.weight.data or 1)
        try:
            calls.add_criterion(call, made, by=current_user)
        except Refused as refused:
            form.refuse(refused)
        else:
            flash(_("The criterion is added."), "ok")
            return redirect(url_for("admissions.criteria", slug=slug))
    return _parts_page("admissions/criteria.html", call, form)


@bp.post("/cohorts/<slug>/admission/criteria/remove")
@guard.needs(Permission.MANAGE_ADMISSION)
def remove_criterion(slug: str) -> ResponseReturnValue:
    call = access.call(current_user, slug)
    calls.remove_criterion(call, request.form.get("criterion", ""), by=current_user)
    flash(_("The criterion is removed."), "ok")
    return redirect(url_for("admissions.criteria", slug=slug))


@bp.route("/cohorts/<slug>/admission/letters/<any(nomination, confirmation, offer, waiting, refusal, release):letter>",
          methods=["GET", "POST"])  # fmt: skip
@guard.needs(Permission.MANAGE_ADMISSION)
def letter(slug: str, letter: str) -> ResponseReturnValue:
    """The partner's own paragraph of one letter."""
    call, kind, form = access.call(current_user, slug), LetterKind(letter), LetterForm()
    if request.method == "GET":
        form.show(calls.plan_of(call).letters.get(letter, {}))
    elif form.validate_on_submit():
        calls.set_letter(call, kind, form.texts(), by=current_user)
        flash(_("The paragraph is saved."), "ok")
        return redirect(url_for("admissions.letter", slug=slug, letter=letter))
    page = render_template(
        "admissions/letter.html", cohort=call.cohort, form=form, kind=kind, kinds=labels.LETTERS, active="cohorts"
    )
    return page, 422 if form.errors else 200


def _parts_page(template: str, call: AdmissionCall, form: QuestionForm | CriterionForm) -> ResponseReturnValue:
    page = render_template(
        template,
        cohort=call.cohort,
        form=form,
        plan=calls.plan_of(call),
        said=plans.in_language,
        active="cohorts",
    )
    return page, 422 if form.errors else 200
