"""Steps in the life of an enrolment: withdraw, put off, take back, move; for one person or a selection."""

from collections.abc import Callable

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from diploma.accounts import guard
from diploma.accounts.forms import ReasonForm
from diploma.accounts.permissions import Permission
from diploma.cohorts import access, curriculum, tutors
from diploma.cohorts.blueprint import bp
from diploma.cohorts.life import away, belongings, enrolments
from diploma.cohorts.life.forms import DeferForm, LeaveForm, MoveForm
from diploma.cohorts.life.return_views import warn_of_seats
from diploma.cohorts.models import Cohort, CohortModule, Enrolment
from diploma.core import i18n
from diploma.core.db import session
from diploma.core.errors import Refused

MANAGE = Permission.MANAGE_COHORT
WITHDRAW, DEFER = "withdraw", "defer"


@bp.get("/cohorts/<slug>/away")
@guard.needs(Permission.MANAGE_COHORT)
def gone(slug: str) -> ResponseReturnValue:
    """Who has left, who was put off, and who is to return here; the reasons are for who looks after the cohort."""
    cohort = access.cohort(current_user, slug, MANAGE)
    found = away.away(cohort, access.visible_cohorts(current_user, MANAGE))
    return render_template("cohorts/away.html", cohort=cohort, away=found, seats=away.seats(cohort), active="cohorts")


@bp.route("/cohorts/<slug>/people/<int:enrolment_id>/withdraw", methods=["GET", "POST"])
@guard.needs(Permission.MANAGE_COHORT)
def withdraw(slug: str, enrolment_id: int) -> ResponseReturnValue:
    enrolment = access.member(current_user, slug, enrolment_id, MANAGE)
    form = LeaveForm()
    if form.validate_on_submit() and _take(form, lambda: enrolments.withdraw(enrolment, form.leave(), by=current_user)):
        flash(_("The person is withdrawn. Work and marks are kept."), "ok")
        return redirect(_person(enrolment))
    return _ask(
        enrolment,
        form,
        title=_("Withdraw %(name)s?", name=enrolment.user.full_name),
        text=_(
            "The cohort's lessons close for this person; their own results stay readable to them. Work that waits for "
            "a mark leaves the queue. The step can be taken back."
        ),
        submit=_("Withdraw"),
        danger=True,
    )


@bp.route("/cohorts/<slug>/people/<int:enrolment_id>/defer", methods=["GET", "POST"])
@guard.needs(Permission.MANAGE_COHORT)
def defer(slug: str, enrolment_id: int) -> ResponseReturnValue:
    enrolment = access.member(current_user, slug, enrolment_id, MANAGE)
    form, intakes = DeferForm(), _intakes(enrolment.cohort)
    form.offer(intakes)
    if form.validate_on_submit():
        to = next((one for one in intakes if one.slug == form.to.data), None)
        if _take(form, lambda: enrolments.defer(enrolment, form.leave(), to=to, by=current_user)):
            flash(_("The person is put off. Work and marks are kept."), "ok")
            return redirect(_person(enrolment))
    return _ask(
        enrolment,
        form,
        title=_("Put %(name)s off?", name=enrolment.user.full_name),
        text=_("The person goes on reading lessons and their own work, and hands nothing in until they return."),
        submit=_("Put off"),
    )


@bp.route("/cohorts/<slug>/people/<int:enrolment_id>/reinstate", methods=["GET", "POST"])
@guard.needs(Permission.MANAGE_COHORT)
def reinstate(slug: str, enrolment_id: int) -> ResponseReturnValue:
    """Take somebody back into the same cohort, after a withdrawal or a deferral."""
    enrolment = access.member(current_user, slug, enrolment_id, MANAGE)
    form = ReasonForm()
    if form.validate_on_submit():
        enrolments.take_back(enrolment, form.reason.data or "", by=current_user)
        flash(_("The person is in the cohort again."), "ok")
        warn_of_seats(enrolment.cohort)
        return redirect(_person(enrolment))
    return _ask(
        enrolment,
        form,
        title=_("Take %(name)s back?", name=enrolment.user.full_name),
        text=_("The person goes on where they stopped."),
        submit=_("Take back"),
        seats=away.seats(enrolment.cohort),
    )


@bp.route("/cohorts/<slug>/people/<int:enrolment_id>/move", methods=["GET", "POST"])
@guard.needs(Permission.MANAGE_COHORT)
def move(slug: str, enrolment_id: int) -> ResponseReturnValue:
    """Choose a cohort, see what comes along and what differs there, give the reason, move."""
    enrolment = access.member(current_user, slug, enrolment_id, MANAGE)
    intakes = _intakes(enrolment.cohort)
    form = MoveForm(data={"to": request.args.get("to", "")} if request.method == "GET" else None)
    form.offer(intakes)
    to = next((one for one in intakes if one.slug == form.to.data), None)
    if form.validate_on_submit() and to:
        reason = form.reason.data or ""
        if _take(form, lambda: enrolments.move(enrolment, to, reason, by=current_user)):
            flash(_("The person has moved with all their work."), "ok")
            warn_of_seats(to)
            return redirect(url_for("cohorts.person", slug=to.slug, enrolment_id=enrolment.id))
    page = render_template(
        "cohorts/move.html",
        cohort=enrolment.cohort,
        enrolment=enrolment,
        form=form,
        to=to,
        intakes=intakes,
        differs=_differences(enrolment.cohort, to) if to else None,
        comes=belongings.counted(enrolment),
        hours=belongings.hours_attended(enrolment),
        seats=away.seats(to) if to else None,
        tutor=tutors.of(enrolment),
        active="cohorts",
    )
    return page, _status(form)


@bp.post("/cohorts/<slug>/roster/<step>")
@guard.needs(Permission.MANAGE_COHORT)
def leave_many(slug: str, step: str) -> ResponseReturnValue:
    """Withdraw or put off everybody who was chosen; first the list of names and the form, then the step."""
    cohort = access.cohort(current_user, slug, MANAGE)
    chosen = _chosen(cohort) if step in (WITHDRAW, DEFER) else []
    back = url_for("cohorts.roster", slug=slug)
    if not chosen:
        flash(_("Nobody was chosen."), "info")
        return redirect(back)
    intakes = _intakes(cohort)
    sent = request.form if "confirmed" in request.form else None
    form = DeferForm(formdata=sent) if step == DEFER else LeaveForm(formdata=sent)
    if isinstance(form, DeferForm):
        form.offer(intakes)
    if sent and form.validate():
        _leave_all(chosen, form, intakes)
        return redirect(back)
    page = render_template(
        "cohorts/leave.html", cohort=cohort, chosen=chosen, form=form, step=step, back=back, active="cohorts"
    )
    return page, 422 if form.errors else 200


def _leave_all(chosen: list[Enrolment], form: LeaveForm, intakes: list[Cohort]) -> None:
    """Take the step with each; who cannot is named with the reason, and the others go on."""
    done = 0
    for one in chosen:
        try:
            with session.begin_nested():
                if isinstance(form, DeferForm):
                    to = next((cohort for cohort in intakes if cohort.slug == form.to.data), None)
                    enrolments.defer(one, form.leave(), to=to, by=current_user)
                else:
                    enrolments.withdraw(one, form.leave(), by=current_user)
        except Refused as refused:
            flash(i18n.reason(refused.message, refused.params), "warn")
        else:
            done += 1
    if done and isinstance(form, DeferForm):
        flash(ngettext("%(num)s person is put off.", "%(num)s people are put off.", done), "ok")
    elif done:
        flash(ngettext("%(num)s person is withdrawn.", "%(num)s people are withdrawn.", done), "ok")


def _chosen(cohort: Cohort) -> list[Enrolment]:
    """The ticked people of this cohort; ids of others do not exist."""
    ids = request.form.getlist("enrolment", int)
    return list(
        session.scalars(
            select(Enrolment)
            .where(Enrolment.cohort_id == cohort.id, Enrolment.id.in_(ids))
            .options(joinedload(Enrolment.user), joinedload(Enrolment.cohort))
            .order_by(Enrolment.id)
        )
    )


def _take(form: LeaveForm | MoveForm, step: Callable[[], None]) -> bool:
    """Take a step; ``False`` when it was refused, and the form says why."""
    try:
        step()
    except Refused as refused:
        form.refuse(refused)
        return False
    return True


def _intakes(cohort: Cohort) -> list[Cohort]:
    return away.intakes(cohort, access.visible_cohorts(current_user, MANAGE))


def _differences(here: Cohort, there: Cohort) -> dict[str, object]:
    """What is otherwise in the other cohort: edition, modules that it lacks, dates of those that both have."""
    content, lang = curriculum.current(), i18n.current()
    ours, theirs = content.modules(here.revision_id, lang), content.modules(there.revision_id, lang)
    known = {one.id for one in theirs}
    dates: dict[str, tuple[CohortModule | None, ...]] = {
        one.id: tuple(next((m for m in place.modules if m.module == one.id), None) for place in (here, there))
        for one in ours
        if one.id in known
    }
    return {
        "editions": [content.newest_texts(one.edition_id).edition for one in (here, there)],
        "missing": [one for one in ours if one.id not in known],
        "modules": [(one, *dates[one.id]) for one in ours if any(dates.get(one.id, ()))],
    }


def _status(form: LeaveForm | ReasonForm | MoveForm) -> int:
    """409 when a rule forbids the step, 422 when the form is not filled in well."""
    return 409 if form.form_errors else 422 if form.errors else 200


def _person(enrolment: Enrolment) -> str:
    return url_for("cohorts.person", slug=enrolment.cohort.slug, enrolment_id=enrolment.id)


def _ask(
    enrolment: Enrolment,
    form: LeaveForm | ReasonForm,
    *,
    title: str,
    text: str,
    submit: str,
    seats: away.Seats | None = None,
    danger: bool = False,
) -> ResponseReturnValue:
    """Ask on a page of its own; ``seats`` are those of a cohort that gets one person more."""
    page = render_template(
        "confirm.html",
        title=title,
        text=text,
        submit=submit,
        back=_person(enrolment),
        form=form,
        seats=seats,
        danger=danger,
        active="cohorts",
    )
    return page, _status(form)
