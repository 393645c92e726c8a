"""More time: the trainee asks on a page of the assignment; staff decide in a queue, give dates, and waive lateness."""

import secrets
from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, current_app, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from diploma.accounts import guard
from diploma.accounts.permissions import Permission
from diploma.cohorts import access as cohorts
from diploma.cohorts.groups import access as groups
from diploma.cohorts.groups import service as grouping
from diploma.cohorts.models import Cohort, Enrolment
from diploma.core import clock, i18n
from diploma.core.errors import Refused
from diploma.core.mail import isolate
from diploma.coursework import dates, deadlines, policies, service
from diploma.coursework.extensions import access, easing, given, rules, waivers
from diploma.coursework.extensions import service as extensions
from diploma.coursework.extensions.forms import CAUSES, AskForm, DecideForm, GiveForm, ManyForm, ReasonForm
from diploma.coursework.extensions.models import ExtensionRequest, RequestState
from diploma.coursework.models import Submission
from diploma.learning import access as learning
from diploma.learning import catalogue

bp = Blueprint("extensions", __name__)
bp.context_processor(lambda: {"CAUSES": CAUSES})
MAY = Permission.EXTEND
_STEPS: dict[str, Callable[..., Any]] = {"grant": extensions.grant, "refuse": extensions.refuse}


@bp.url_value_preprocessor
def _note_arrival(*_ignored: object) -> None:
    """Whether a request came in time is decided by its arrival, before a body that may come slowly is read."""
    g.arrived = clock.now()


# ---- the trainee


@bp.route("/modules/<module>/assignment/extension", methods=["GET", "POST"])
@guard.needs(Permission.SUBMIT)
def ask(module: str) -> ResponseReturnValue:
    """Ask for more time, and what became of one's requests."""
    who, found = learning.open_module(current_user, module)
    enrolment = who.enrolment or abort(404)
    form = AskForm()
    if form.validate_on_submit():
        try:
            extensions.ask(
                enrolment, module, form.asked(), at=g.arrived, base_url=current_app.config["BASE_URL"], by=current_user
            )
        except Refused as refused:
            form.refuse(refused)
        else:
            flash(_("Your request is sent. You will get the answer by e-mail."), "ok")
            return redirect(url_for("extensions.ask", module=module))
    if request.method == "GET":
        form.key.data = secrets.token_urlsafe(16)
    held, asked = deadlines.of(enrolment, module), extensions.own(enrolment, module)
    page = render_template(
        "coursework/extensions/ask.html",
        reader=who,
        module=found,
        form=form,
        deadline=held,
        policy=policies.of(extensions.EXTENSIONS, enrolment.cohort, module),
        asked=asked,
        is_open=any(one.state is RequestState.ASKED for one in asked),
        obstacle=extensions.obstacle(enrolment, module, held, clock.now()),
        active="modules",
    )
    return page, 422 if form.errors else 200


@bp.post("/modules/<module>/assignment/extension/<int:request_id>/withdraw")
@guard.needs(Permission.SUBMIT)
def withdraw(module: str, request_id: int) -> ResponseReturnValue:
    who, _found = learning.open_module(current_user, module)
    extensions.withdraw(access.own_request(who.enrolment, module, request_id), by=current_user)
    flash(_("The request is withdrawn."), "ok")
    return redirect(url_for("extensions.ask", module=module))


# ---- staff: requests


@bp.get("/cohorts/<slug>/extensions")
@guard.needs(MAY)
def queue(slug: str) -> ResponseReturnValue:
    """What waits for a decision, what was decided, and how much time was given."""
    return _queue(cohorts.cohort(current_user, slug, MAY), ManyForm(formdata=None))


@bp.post("/cohorts/<slug>/extensions")
@guard.needs(MAY)
def decide_many(slug: str) -> ResponseReturnValue:
    """Grant or refuse the chosen requests, with one reason for all."""
    cohort, form = cohorts.cohort(current_user, slug, MAY), ManyForm()
    step = _STEPS.get(request.form.get("do", ""))
    if not form.validate() or step is None:
        return _queue(cohort, form), 422
    chosen = access.requests(current_user, cohort, request.form.getlist("request", int)[: access.SHOWN])
    base_url = current_app.config["BASE_URL"]
    outcome = extensions.decide_many(chosen, step, form.verdict(), base_url=base_url, by=current_user)
    if outcome.done:
        flash(ngettext("%(num)s request is decided.", "%(num)s requests are decided.", outcome.done), "ok")
    for name, refused in outcome.refused:
        flash(_("%(name)s: %(reason)s", name=isolate(name), reason=i18n.reason(refused.message, refused.params)), "bad")
    if not chosen:
        flash(_("Choose at least one request."), "warn")
    return redirect(url_for("extensions.queue", slug=slug))


@bp.route("/cohorts/<slug>/extensions/<int:request_id>", methods=["GET", "POST"])
@guard.needs(MAY)
def decide(slug: str, request_id: int) -> ResponseReturnValue:
    """One request: decided with the date that was asked for or with another."""
    asked = access.request(current_user, slug, request_id)
    form, step = DecideForm(asked), _STEPS.get(request.form.get("do", ""))
    status = 200
    if request.method == "POST" and not (form.validate() and step):
        status = 422
    elif request.method == "POST" and step:
        try:
            step(asked, form.verdict(), base_url=current_app.config["BASE_URL"], by=current_user)
        except Refused as refused:
            form.refuse(refused)
            status = 409
        else:
            flash(_("The request is decided, and the person gets a mail."), "ok")
            return redirect(url_for("extensions.queue", slug=slug))
    return _request(asked, form), status


# ---- staff: dates without a request


@bp.route("/cohorts/<slug>/dates", methods=["GET", "POST"])
@guard.needs(MAY)
def own_dates(slug: str) -> ResponseReturnValue:
    """The dates of persons and groups that are not the cohort's, and a form for new ones."""
    cohort = cohorts.cohort(current_user, slug, MAY)
    form = GiveForm(cohort.time_zone)
    form.offer(
        [group for group, _count in grouping.of(cohort)],
        access.receivers(current_user, cohort),
        [(module, str(title)) for module, title in _titles(cohort).items()],
    )
    if form.validate_on_submit():
        try:
            to = _receiver(slug, form.to.data)
            given.give(to, form.given(), base_url=current_app.config["BASE_URL"], by=current_user)
        except Refused as refused:
            form.refuse(refused)
        else:
            flash(_("The dates are given, and the people concerned get a mail."), "ok")
            return redirect(url_for("extensions.own_dates", slug=slug))
    page = render_template(
        "coursework/extensions/dates.html",
        cohort=cohort,
        form=form,
        rows=access.all_dates(current_user, cohort),
        late=access.late_works(current_user, cohort),
        titles=_titles(cohort),
        terms={one.module: one for one in cohort.modules},
        active="cohorts",
    )
    return page, 422 if form.errors else 200


@bp.route("/cohorts/<slug>/dates/<int:dates_id>/end", methods=["GET", "POST"])
@guard.needs(MAY)
def end(slug: str, dates_id: int) -> ResponseReturnValue:
    """Let the dates below hold again."""
    found, form = access.own_dates(current_user, slug, dates_id), ReasonForm()
    back = url_for("extensions.own_dates", slug=slug)
    if form.validate_on_submit():
        try:
            given.end(found, form.reason.data or "", base_url=current_app.config["BASE_URL"], by=current_user)
        except Refused as refused:
            form.refuse(refused)
        else:
            flash(_("The dates have ended."), "ok")
            return redirect(back)
    name = found.group.name if found.group else found.enrolment.user.full_name if found.enrolment else ""
    text = _("What was handed in under these dates stays so. For everything else the dates of the cohort hold again.")
    return _confirm(_("End the dates of %(name)s?", name=isolate(name)), text, _("End"), back, form)


# ---- staff: lateness that costs nothing


@bp.route("/cohorts/<slug>/works/<int:submission_id>/lateness", methods=["GET", "POST"])
@guard.needs(MAY)
def lateness(slug: str, submission_id: int) -> ResponseReturnValue:
    """Waive what the lateness of a work costs, or take the waiver back."""
    work, form = access.work(current_user, slug, submission_id), ReasonForm()
    held, back = waivers.live(work), url_for("extensions.own_dates", slug=slug, _anchor="late")
    if form.validate_on_submit():
        try:
            (waivers.take_back if held else waivers.waive)(work, form.reason.data or "", by=current_user)
        except Refused as refused:
            form.refuse(refused)
        else:
            flash(_("The deduction applies again.") if held else _("The deduction is waived."), "ok")
            return redirect(back)
    if held:
        title = _("Take back the waiver for %(name)s?", name=isolate(work.enrolment.user.full_name))
        return _confirm(
            title, _("Waived so far: %(reason)s", reason=isolate(held.reason)), _("End the waiver"), back, form
        )
    text = _("A mark that is not released is computed anew without the deduction. A released mark is not touched.")
    title = _("Waive the deduction of %(name)s?", name=isolate(work.enrolment.user.full_name))
    return _confirm(title, f"{_late_by(work)} {text}", _("Waive the deduction"), back, form)


def _late_by(work: Submission) -> str:
    first, late = work.versions[0], dates.late(work.enrolment.cohort, work.module)
    count = late.days(first.received_at, easing.of([work])[work.id].due_at(first))
    return str(ngettext("Handed in %(num)s day late.", "Handed in %(num)s days late.", count))


def _confirm(title: str, text: str, submit: str, back: str, form: ReasonForm) -> ResponseReturnValue:
    page = render_template(
        "confirm.html", title=title, text=text, submit=submit, back=back, form=form, danger=False, active="cohorts"
    )
    return page, 422 if form.errors else 200


def _receiver(slug: str, to: str) -> Any:
    """The person (``p7``) or group (``g7``) that a form names, in this cohort; or 404."""
    kind, number = to[:1], int(to[1:])
    if kind == "g":
        return groups.group(current_user, slug, number, MAY)
    found: Enrolment = cohorts.member(current_user, slug, number, MAY)
    return found


def _titles(cohort: Cohort) -> dict[str, Any]:
    """The assignments of a cohort that have dates."""
    content, lang = catalogue.content(cohort.revision_id), i18n.current()
    return {
        one.module: content.say(one.module, "assignment/title", lang)
        for one in cohort.modules
        if one.module in content.modules
    }


def _queue(cohort: Cohort, form: ManyForm) -> str:
    whole, parts = rules.figures(access.all_requests(cohort))
    return render_template(
        "coursework/extensions/queue.html",
        cohort=cohort,
        form=form,
        waiting=access.waiting(current_user, cohort),
        decided=access.decided(current_user, cohort),
        whole=whole,
        parts=parts,
        titles=_titles(cohort),
        active="cohorts",
    )


def _request(asked: ExtensionRequest, form: DecideForm) -> str:
    return render_template(
        "coursework/extensions/request.html",
        asked=asked,
        cohort=asked.cohort,
        form=form,
        deadline=deadlines.of(asked.enrolment, asked.module),
        work=service.find(asked.enrolment, asked.module),
        title=_titles(asked.cohort).get(asked.module, ""),
        others=[one for one in extensions.own(asked.enrolment, asked.module) if one.id != asked.id],
        active="cohorts",
    )
