"""The moderator's pages: which assignments are marked twice, whom the rules choose, and who gives the second marks."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from diploma.accounts import guard
from diploma.accounts.models import User
from diploma.accounts.permissions import Permission
from diploma.cohorts import access as cohorts
from diploma.cohorts.models import Cohort
from diploma.core import i18n
from diploma.core.errors import N_, Refused
from diploma.coursework import policies
from diploma.coursework.models import MarkingState
from diploma.coursework.moderation import access, readings, rounds
from diploma.coursework.moderation.blueprint import bp
from diploma.coursework.moderation.models import SecondRound
from diploma.coursework.moderation.policy import SECOND, Why
from diploma.learning import catalogue

WHY = {
    Why.ALL: N_("all works"),
    Why.FAIL: N_("below the pass mark"),
    Why.DISTINCTION: N_("in the highest band"),
    Why.BORDER: N_("close to a limit"),
    Why.SAMPLE: N_("in the sample"),
}


@bp.get("/cohorts/<slug>/second-marking")
@guard.needs(Permission.MODERATE_MARKS)
def overview(slug: str) -> ResponseReturnValue:
    """The assignments of a cohort: whether they are marked twice, and how far that has come."""
    cohort = cohorts.cohort(current_user, slug, Permission.MODERATE_MARKS)
    book = policies.books(SECOND, [cohort])[cohort.id]
    return render_template(
        "coursework/second/overview.html",
        cohort=cohort,
        places=places(cohort),
        rules={module: book.at(module).values for module in places(cohort)},
        progress=rounds.progress(cohort),
        active="cohorts",
    )


@bp.get("/cohorts/<slug>/second-marking/<module>")
@guard.needs(Permission.MODERATE_MARKS)
def round(slug: str, module: str) -> ResponseReturnValue:
    """One assignment: the preview before it begins, then the chosen works. Why they were chosen is seen on request."""
    cohort = cohorts.cohort(current_user, slug, Permission.MODERATE_MARKS)
    return _round(cohort, _known(cohort, module), rounds.find(cohort, module))


@bp.post("/cohorts/<slug>/second-marking/<module>")
@guard.needs(Permission.MODERATE_MARKS)
def act(slug: str, module: str) -> ResponseReturnValue:
    """See the reasons, start the round, give works out evenly, or one to a person: the button says which."""
    cohort = cohorts.cohort(current_user, slug, Permission.MODERATE_MARKS)
    held, step = rounds.find(cohort, _known(cohort, module)), request.form.get("do", "")
    try:
        _act(cohort, module, held, step)
    except Refused as refused:
        flash(i18n.reason(refused.message, refused.params), "bad")
    return redirect(url_for("second.round", slug=slug, module=module))


def _act(cohort: Cohort, module: str, held: SecondRound | None, step: str) -> None:
    by: User = current_user
    if step == "reveal":
        rounds.reveal(cohort, module, by=by)
    elif step == "start":
        choices = rounds.start(cohort, module, shown=request.form.get("shown", ""), by=by)
        count = sum(bool(one.reasons) for one in choices)
        said = ngettext("%(num)s work waits for its second mark.", "%(num)s works wait for their second mark.", count)
        flash(said, "ok")
    elif held is None:
        raise Refused(N_("The second marking of this assignment has not begun."))
    elif step == "spread":
        _tell(readings.spread(held, cohort, by=by))
    elif step == "assign":
        one, who = access.in_round(held, request.form.get("moderation", 0, int)), request.form.get("person", 0, int)
        person = next((one for one in readings.markers(cohort) if one.id == who), None) or abort(404)
        readings.assign(one, person, by=by)
        flash(_("The work is given to %(name)s.", name=person.display_name), "ok")


def _tell(done: readings.Spread) -> None:
    count, left = sum(done.given.values()), len(done.left)
    if count or not left:
        flash(ngettext("%(num)s work is given out.", "%(num)s works are given out.", count), "ok")
    if left:
        said = ngettext(
            "For %(num)s work there is nobody who may mark it a second time.",
            "For %(num)s works there is nobody who may mark them a second time.",
            left,
        )
        flash(said, "warn")


def _round(cohort: Cohort, module: str, held: SecondRound | None) -> ResponseReturnValue:
    seen = rounds.has_seen(held, current_user)
    preview = rounds.plan(cohort, module, held) if held and seen and not held.started_at else []
    works = readings.of_round(held) if held and held.started_at else []
    return render_template(
        "coursework/second/round.html",
        cohort=cohort,
        module=module,
        title=places(cohort)[module],
        rule=rounds.rules_of(cohort, module),
        round=held,
        seen=seen,
        preview=preview,
        shown=rounds.seen(preview),
        works=[one for one in works if one.marking.work.submission.enrolment.user_id != current_user.id],
        unassigned=any(one.marking.state is MarkingState.SECOND and one.mark(2) is None for one in works),
        counts=_counts([[Why(why) for why in one.reasons] for one in works] or [one.reasons for one in preview]),
        why=WHY,
        markers=readings.markers(cohort),
        explain=rounds.explain,
        progress=rounds.progress(cohort).get(module),
        active="cohorts",
    )


def _counts(reasons: Any) -> dict[Why, int]:
    """How many works each rule chooses; a work may be chosen by several."""
    counts = {why: sum(why in one for one in reasons) for why in Why}
    return {why: count for why, count in counts.items() if count}


def places(cohort: Cohort) -> dict[str, Any]:
    """The assignments for which the cohort has dates, with their titles."""
    content = catalogue.content(cohort.revision_id)
    written = [one.module for one in cohort.modules if one.module in content.modules]
    return {one: content.say(one, "module/title", i18n.current()) for one in written}


def _known(cohort: Cohort, module: str) -> str:
    return module if module in places(cohort) else abort(404)
