"""The release of marks: of a whole assignment now or at a planned time, and of one person."""

from collections import Counter

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from diploma.accounts import guard
from diploma.accounts.permissions import Permission
from diploma.cohorts import access as cohorts
from diploma.cohorts.models import Cohort, Enrolment
from diploma.core import i18n, listing
from diploma.core.db import session
from diploma.core.errors import Refused, Stale
from diploma.core.mail import isolate
from diploma.coursework import policies
from diploma.coursework.models import Marking
from diploma.coursework.releasing import bulk, planning, readiness, service
from diploma.coursework.releasing.forms import PlanForm
from diploma.coursework.releasing.models import PlannedRelease, PlanState
from diploma.coursework.releasing.policy import RELEASE, How
from diploma.coursework.releasing.readiness import NOT_READY, Standing
from diploma.learning import catalogue

bp = Blueprint("releasing", __name__)
MAY = Permission.RELEASE
PAGE = 100  # works that are not ready, on one page


@bp.get("/cohorts/<slug>/release")
@guard.needs(MAY)
def overview(slug: str) -> ResponseReturnValue:
    """Every assignment: how many marks are ready, how many not and why, and what is planned."""
    cohort = cohorts.cohort(current_user, slug, MAY)
    return render_template(
        "coursework/releasing/overview.html",
        cohort=cohort,
        titles=_titles(cohort),
        counts=readiness.counts(current_user, cohort),
        plans=planning.of(cohort),
        book=policies.books(RELEASE, [cohort])[cohort.id],
        active="cohorts",
    )


@bp.route("/cohorts/<slug>/release/<module>", methods=["GET", "POST"])
@guard.needs(MAY)
def assignment(slug: str, module: str) -> ResponseReturnValue:
    """What would be released and what not; the button says whether now, at a time, or no longer at a time."""
    cohort = cohorts.cohort(current_user, slug, MAY)
    if module not in _titles(cohort):
        abort(404)
    form, step = PlanForm(cohort.time_zone), request.form.get("do", "")
    plan = _planned(planning.of(cohort).get(module))
    if request.method == "GET":
        form.show(plan)
        return _page(cohort, module, form)
    if step not in ("release", "cancel") and not form.validate():
        return _page(cohort, module, form), 422
    try:
        if step == "release":
            return redirect(url_for("jobs.job", token=_released(cohort, module)))
        if step == "cancel":
            planning.cancel(cohort, module, version=form.version.data or 0, by=current_user)
            flash(_("Nothing is planned any more. The marks are released by hand."), "ok")
        else:
            planning.plan(cohort, module, form.moment(), version=form.version.data or 0, by=current_user)
            flash(_("The release is planned. You get a mail when it begins."), "ok")
    except Refused as refused:
        form.refuse(refused)
        if isinstance(refused, Stale):
            form.version.show(plan.version if plan else 0)
        return _page(cohort, module, form), refused.status
    return redirect(url_for("releasing.assignment", slug=slug, module=module))


@bp.route("/cohorts/<slug>/people/<int:enrolment_id>/release", methods=["GET", "POST"])
@guard.needs(MAY)
def person(slug: str, enrolment_id: int) -> ResponseReturnValue:
    """All marks of one person that are ready, released together."""
    cohort = cohorts.cohort(current_user, slug, MAY)
    enrolment = cohorts.enrolment(current_user, enrolment_id, MAY)
    if enrolment.cohort_id != cohort.id:
        abort(404)
    rows = readiness.of_person(current_user, enrolment)
    if request.method == "POST":
        _release_person(enrolment, [one.marking_id for one in rows if _can_go(one)])
        return redirect(url_for("releasing.person", slug=slug, enrolment_id=enrolment_id))
    return render_template(
        "coursework/releasing/person.html",
        cohort=cohort,
        enrolment=enrolment,
        rows=rows,
        ready=sum(_can_go(one) for one in rows),
        titles=_titles(cohort),
        active="cohorts",
    )


def _can_go(one: readiness.Own) -> bool:
    """A work that is marked without names is released with the others of its assignment, not under a name."""
    return one.standing is Standing.READY and not one.hidden


def _released(cohort: Cohort, module: str) -> str:
    """The address of the long work that releases what the page has counted."""
    work = bulk.order(
        cohort,
        module,
        shown=request.form.get("seen", ""),
        base_url=current_app.config["BASE_URL"],
        back=url_for("releasing.assignment", slug=cohort.slug, module=module),
        by=current_user,
    )
    return work.token


def _release_person(enrolment: Enrolment, ids: list[int]) -> None:
    outcome = service.release_ids(ids, base_url=current_app.config["BASE_URL"], by=current_user)
    if outcome.done:
        flash(ngettext("%(num)s mark is released.", "%(num)s marks are released.", len(outcome.done)), "ok")
    for marking, refused in outcome.refused:
        name = _("%(module)s: %(reason)s", module=isolate(_code(marking)), reason=i18n.reason(refused.message, {}))
        flash(name, "bad")
    if not ids:
        flash(_("No mark of this person is ready."), "info")
    session.expire(enrolment)


def _code(marking: Marking) -> str:
    submission = marking.work.submission
    return catalogue.content(submission.enrolment.cohort.revision_id).modules[submission.module].code


def _page(cohort: Cohort, module: str, form: PlanForm) -> str:
    counts = readiness.counts(current_user, cohort).get(module, Counter())
    total = sum(counts[one] for one in NOT_READY)
    page = listing.page(request.args, listing.last_page(total, PAGE))
    last = planning.of(cohort).get(module)
    rule = policies.of(RELEASE, cohort, module).how
    return render_template(
        "coursework/releasing/assignment.html",
        cohort=cohort,
        module=module,
        title=_titles(cohort)[module],
        counts=counts,
        unready=readiness.unready(current_user, cohort, module, PAGE, (page - 1) * PAGE),
        page=page,
        pages=listing.last_page(total, PAGE),
        form=form,
        plan=_planned(last),
        last=last,
        rule=rule,
        early=rule is How.TOGETHER and (cohort.id, module) not in service.carried_out([cohort]),
        seen=bulk.seen(cohort, module, by=current_user),
        active="cohorts",
    )


def _planned(last: PlannedRelease | None) -> PlannedRelease | None:
    """The last plan, if it still waits for its time."""
    return last if last and last.state is PlanState.PLANNED else None


def _titles(cohort: Cohort) -> dict[str, object]:
    """The assignments of a cohort, by module."""
    content = catalogue.content(cohort.revision_id)
    written = [one.module for one in cohort.modules if one.module in content.modules]
    return {one: content.say(one, "assignment/title", i18n.current()) for one in written}
