"""Taking back several people at once: the names of who returns and who cannot, then one step."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from diploma.accounts import guard
from diploma.accounts.forms import ReasonForm
from diploma.accounts.permissions import Permission
from diploma.cohorts import access
from diploma.cohorts.blueprint import bp
from diploma.cohorts.life import away, returning
from diploma.cohorts.life.returning import Return
from diploma.cohorts.models import Cohort
from diploma.core import i18n
from diploma.core.errors import Refused

MOST_NAMED = 10  # refusals after the step that are said one by one: messages travel in a cookie


@bp.post("/cohorts/<slug>/away/return")
@guard.needs(Permission.MANAGE_COHORT)
def return_many(slug: str) -> ResponseReturnValue:
    """Everybody who was chosen on the list of those who are away; without ``confirmed`` the question."""
    cohort = access.cohort(current_user, slug, Permission.MANAGE_COHORT)
    ids = set(request.form.getlist("enrolment", int))
    chosen = returning.plan(cohort, ids, access.visible_cohorts(current_user, Permission.MANAGE_COHORT))
    back = url_for("cohorts.gone", slug=slug)
    _say_missing(len(ids) - len(chosen))
    if not chosen:
        flash(_("Nobody was chosen."), "info")
        return redirect(back)
    form = ReasonForm(formdata=request.form if "confirmed" in request.form else None)
    if "confirmed" in request.form and form.validate():
        _take_back(chosen, cohort, form.reason.data or "")
        return redirect(back)
    able = [one for one in chosen if not one.refused]
    page = render_template(
        "cohorts/return.html",
        cohort=cohort,
        able=able,
        unable=[_words(one.refused) for one in chosen if one.refused],
        form=form,
        seats=away.seats(cohort),
        back=back,
        active="cohorts",
    )
    return page, 422 if form.errors else 200


def _take_back(chosen: list[Return], cohort: Cohort, reason: str) -> None:
    refused = returning.take_back(chosen, cohort, reason, by=current_user)
    done = len(chosen) - len(refused)
    if done:
        flash(ngettext("%(num)s person is back.", "%(num)s people are back.", done), "ok")
    for one in refused[:MOST_NAMED]:
        flash(_words(one), "warn")
    more = len(refused) - MOST_NAMED
    if more > 0:
        flash(ngettext("%(num)s more person cannot return.", "%(num)s more people cannot return.", more), "warn")
    warn_of_seats(cohort)


def _say_missing(count: int) -> None:
    if count:
        flash(
            ngettext(
                "%(num)s person who was chosen is no longer on this list.",
                "%(num)s people who were chosen are no longer on this list.",
                count,
            ),
            "warn",
        )


def warn_of_seats(cohort: Cohort) -> None:
    """Say after a step that the cohort is overbooked: seats warn and forbid nothing."""
    over = away.seats(cohort).over
    if over:
        flash(
            ngettext(
                "The cohort has %(num)s person more than seats.", "The cohort has %(num)s people more than seats.", over
            ),
            "warn",
        )


def _words(refused: Refused) -> str:
    return i18n.reason(refused.message, refused.params)
