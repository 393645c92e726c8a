"""Giving people to tutors: for everybody or the chosen of a list, looked at first, then saved."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from diploma.accounts import guard
from diploma.accounts.permissions import Permission
from diploma.cohorts import access, tutors
from diploma.cohorts.blueprint import bp
from diploma.cohorts.models import Cohort
from diploma.cohorts.standings import NOBODY
from diploma.cohorts.tutoring import allocation
from diploma.cohorts.tutoring.allocation import Plan
from diploma.cohorts.tutoring.forms import AllocationForm
from diploma.core.errors import Refused, Stale

MANAGE = Permission.MANAGE_COHORT


@bp.route("/cohorts/<slug>/tutors", methods=["GET", "POST"])
@guard.needs(Permission.MANAGE_COHORT)
def allocate(slug: str) -> ResponseReturnValue:
    """Choose how, see who would go to whom, save it. Without ``do`` a list has sent the people whom it ticked."""
    cohort = access.cohort(current_user, slug, MANAGE)
    chosen = _chosen()
    if chosen is not None and not chosen:
        flash(_("Nobody was chosen."), "info")
        return redirect(url_for("cohorts.roster", slug=slug))
    step = request.form.get("do", "")
    form = AllocationForm() if step else AllocationForm(formdata=None)
    office = tutors.instructors(cohort)
    form.offer(office)
    if not step:
        form.begin(office, by_hand=chosen is not None)
        return _page(cohort, chosen, form, None), 200
    if not form.validate():
        return _page(cohort, chosen, form, None), 422
    try:
        if step == "save":
            saved = allocation.allocate(cohort, chosen, form.wish(), form.seen.data or "", by=current_user)
            _say(saved)
            return redirect(url_for("cohorts.roster", slug=slug))
        return _page(cohort, chosen, form, allocation.propose(cohort, chosen, form.wish())), 200
    except Stale as stale:
        form.refuse(stale)
        return _page(cohort, chosen, form, allocation.propose(cohort, chosen, form.wish())), stale.status
    except Refused as refused:
        form.refuse(refused)
        return _page(cohort, chosen, form, None), refused.status


def wanted() -> int | None:
    """The filter that a list's address sets: ``none``, ``me`` or a user id; anything else filters nothing."""
    asked = request.args.get("tutor", "")
    if asked == "none":
        return NOBODY
    if asked == "me":
        return int(current_user.id)
    return int(asked) if asked.isdecimal() and len(asked) < 10 else None


def _chosen() -> set[int] | None:
    """The enrolment ids that a form names; ``None`` for everybody."""
    if request.method == "GET" or "everybody" in request.form:
        return None
    return set(request.form.getlist("enrolment", int))


def _page(cohort: Cohort, chosen: set[int] | None, form: AllocationForm, plan: Plan | None) -> str:
    people = allocation.active(cohort, chosen)
    return render_template(
        "cohorts/tutors.html",
        cohort=cohort,
        everybody=chosen is None,
        people=people,
        left_out=0 if chosen is None else len(chosen) - len(people),
        office=tutors.instructors(cohort),
        loads=tutors.loads(cohort),
        languages_of=allocation.languages,
        form=form,
        plan=plan,
        active="cohorts",
    )


def _say(saved: Plan) -> None:
    given = sum(one.after is not None for one in saved.changes)
    taken = len(saved.changes) - given
    if given:
        flash(ngettext("%(num)s person has another tutor now.", "%(num)s people have another tutor now.", given), "ok")
    if taken:
        flash(ngettext("%(num)s person has no tutor now.", "%(num)s people have no tutor now.", taken), "ok")
    if not saved.changes:
        flash(_("Nothing was changed: it is so already."), "info")
