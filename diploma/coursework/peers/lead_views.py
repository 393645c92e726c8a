"""The pages of who leads peer review in a cohort: who reviewed, every review with names, decisions by hand."""

from decimal import Decimal
from statistics import median
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from diploma.accounts import guard
from diploma.accounts.permissions import Permission
from diploma.cohorts import access as cohorts
from diploma.cohorts.forms import local
from diploma.cohorts.models import Cohort
from diploma.core import clock, i18n
from diploma.core.errors import Refused
from diploma.core.mail import isolate
from diploma.coursework import policies, results
from diploma.coursework.allocation import anonymity
from diploma.coursework.late import days_after
from diploma.coursework.peers import access, allotting, counting, rules, service
from diploma.coursework.peers.access import Figures
from diploma.coursework.peers.forms import GiveForm, ReasonForm, TimeForm
from diploma.coursework.peers.models import Entry, Round
from diploma.coursework.peers.policy import PEERS
from diploma.learning import catalogue

bp = Blueprint("peer_lead", __name__)
MAY = Permission.LEAD_PEERS
_SUGGESTED = 3  # days that a form offers


@bp.get("/cohorts/<slug>/peers")
@guard.needs(MAY)
def overview(slug: str) -> ResponseReturnValue:
    """Who has reviewed and who has not, the reviews of each work, open reports, and how near reviews are to marks."""
    cohort = cohorts.cohort(current_user, slug, MAY)
    titles = _titles(cohort)
    module = request.args.get("module", _first(cohort, titles))
    if module not in titles and module:
        abort(404)
    held = counting.find(cohort.id, module)
    people = access.figures(current_user, held) if held else []
    called = _called(people)
    return render_template(
        "coursework/peers/overview.html",
        cohort=cohort,
        titles=titles,
        module=module,
        rule=counting.rules_of(cohort, module),
        held=held,
        begins=counting.begins_at(cohort, module),
        people=people,
        works=sorted(people, key=lambda one: called[one.entry.id]) if held else [],
        called=called,
        reports=access.reported(current_user, held) if held else [],
        medians={one.entry.id: _median(one) for one in people if one.got},
        marks_of={one.entry.id: _released_raw(one) for one in people},
        compared=_compared(people),
        now=clock.now(),
        active="cohorts",
    )


@bp.get("/cohorts/<slug>/peers/<token>")
@guard.needs(MAY)
def review(slug: str, token: str) -> ResponseReturnValue:
    """One review with who wrote it, and of whose work as far as this person sees the name."""
    row = access.review(current_user, slug, token)
    work, lang = row.entry.work, i18n.current()
    return render_template(
        "coursework/peers/lead_review.html",
        cohort=row.entry.round.cohort,
        row=row,
        module=row.entry.round.module,
        author=anonymity.author(work.marking, current_user) if work.marking else work.receipt,
        hidden=bool(work.marking and anonymity.is_hidden(work.marking, current_user)),
        lines=results.lines(results.content_of(work), work.submission.module, row.levels, lang),
        now=clock.now(),
        active="cohorts",
    )


@bp.route("/cohorts/<slug>/peers/<token>/<verdict>", methods=["GET", "POST"])
@guard.needs(MAY)
def decide(slug: str, token: str, verdict: str) -> ResponseReturnValue:
    """Hide a review, show it again, or let a reported one stand; each with a reason."""
    steps: dict[str, tuple[Any, str, str, str]] = {
        "hide": (
            service.hide,
            _("Hide this review?"),
            _("The author does not see it any more, and it counts for nothing."),
            _("Hide the review"),
        ),
        "show": (
            service.show,
            _("Show this review again?"),
            _("The author sees it again, and it counts as before."),
            _("Show the review"),
        ),
        "keep": (
            service.dismiss,
            _("Let this review stand?"),
            _("The report is closed. The review stays as it is."),
            _("Let it stand"),
        ),
    }
    verb, title, text, submit = steps.get(verdict) or abort(404)
    row, form = access.review(current_user, slug, token), ReasonForm()
    back = url_for("peer_lead.review", slug=slug, token=token)
    if form.validate_on_submit():
        try:
            verb(row, form.reason.data or "", by=current_user)
        except Refused as refused:
            form.refuse(refused)
        else:
            flash(_("The decision is kept."), "ok")
            return redirect(back)
    return _confirm(title, text, submit, back, form)


@bp.route("/cohorts/<slug>/peers/<token>/move", methods=["GET", "POST"])
@guard.needs(MAY)
def move(slug: str, token: str) -> ResponseReturnValue:
    """Give a review that is not begun to somebody else."""
    row = access.review(current_user, slug, token)
    held = row.entry.round
    form, people = _give_form(held, works=False)
    if form.validate_on_submit():
        try:
            made = allotting.move(row, people[int(form.reviewer.data)], form.moment(), by=current_user)
        except Refused as refused:
            form.refuse(refused)
        else:
            flash(_("The review is somebody else's now."), "ok")
            return redirect(url_for("peer_lead.review", slug=slug, token=made.token))
    before = row.reviewer.enrolment.user.full_name
    text = _("Until now %(name)s was to review this work. A review that is begun stays.", name=isolate(before))
    back = url_for("peer_lead.review", slug=slug, token=token)
    return _confirm(_("Give this review to somebody else?"), text, _("Give it"), back, form)


@bp.route("/cohorts/<slug>/peers/add", methods=["GET", "POST"])
@guard.needs(MAY)
def add(slug: str) -> ResponseReturnValue:
    """Give a work to one more person."""
    cohort = cohorts.cohort(current_user, slug, MAY)
    module = request.args.get("module", _first(cohort, _titles(cohort)))
    held = counting.find(cohort.id, module)
    back = url_for("peer_lead.overview", slug=slug, module=module)
    if held is None:
        flash(_("No works were given out yet."), "info")
        return redirect(back)
    form, people = _give_form(held, works=True)
    if form.validate_on_submit():
        try:
            reviewer, entry = people[int(form.reviewer.data)], people[int(form.work.data)]
            allotting.add(reviewer, entry, form.moment(), by=current_user)
        except Refused as refused:
            form.refuse(refused)
        else:
            flash(_("The work is given."), "ok")
            return redirect(back)
    text = _("Nobody gets their own work, the same one twice, or one that a conflict of interest keeps from them.")
    return _confirm(_("Give a work to a reviewer"), text, _("Give it"), back, form)


@bp.route("/cohorts/<slug>/peers/people/<int:entry_id>/time", methods=["GET", "POST"])
@guard.needs(MAY)
def time(slug: str, entry_id: int) -> ResponseReturnValue:
    """More time for a person to review."""
    entry = access.entry(current_user, slug, entry_id)
    held = entry.round
    form, back = TimeForm(held.cohort.time_zone), url_for("peer_lead.overview", slug=slug, module=held.module)
    if form.validate_on_submit():
        try:
            count = allotting.extend(entry, form.moment(), form.reason.data or "", by=current_user)
        except Refused as refused:
            form.refuse(refused)
        else:
            flash(
                ngettext("%(num)s review has more time now.", "%(num)s reviews have more time now.", count),
                "ok",
            )
            return redirect(back)
    _suggest(form, held)
    title = _("More time for the reviews of %(name)s?", name=isolate(entry.enrolment.user.full_name))
    text = _("It holds for the reviews that are not handed in. Their authors see these only after it.")
    return _confirm(title, text, _("Give more time"), back, form)


def _confirm(title: str, text: str, submit: str, back: str, form: Any) -> ResponseReturnValue:
    page = render_template(
        "confirm.html", title=title, text=text, submit=submit, back=back, form=form, danger=False, active="cohorts"
    )
    return page, 422 if form.errors or form.form_errors else 200


def _give_form(held: Round, *, works: bool) -> tuple[GiveForm, dict[int, Entry]]:
    people = access.figures(current_user, held)
    called, form = _called(people), GiveForm(held.cohort.time_zone)
    named = sorted(((one.entry.id, called[one.entry.id]) for one in people), key=lambda pair: pair[1])
    form.offer([(one.entry.id, one.entry.enrolment.user.full_name) for one in people], named if works else None)
    _suggest(form, held)
    return form, {one.entry.id: one.entry for one in people}


def _suggest(form: Any, held: Round) -> None:
    """The end of the round, or some days when that is near or over."""
    if request.method == "GET":
        zone = held.cohort.time_zone
        until = max(held.ends_at, days_after(clock.now(), _SUGGESTED, zone))
        form.until.data = local(until, zone).replace(second=0, microsecond=0)


def _called(people: list[Figures]) -> dict[int, str]:
    """Entry → what its work is called for this person: by its author's name, or by its receipt."""
    markings = {one.entry.id: one.entry.work.marking for one in people}
    names = anonymity.authors([one for one in markings.values() if one], current_user)
    return {one.entry.id: _name(one, markings[one.entry.id], names) for one in people}


def _name(one: Figures, held: Any, names: dict[int, str]) -> str:
    return names[held.id] if held else str(one.entry.work.receipt)


def _median(one: Figures) -> Decimal:
    return Decimal(median(found.raw for found in one.got if found.raw is not None))


def _released_raw(one: Figures) -> Decimal | None:
    """What the rubric gave a work in the eyes of its marker, once that is released."""
    held = access.released(one.entry)
    return held.raw if held else None


def _compared(people: list[Figures]) -> tuple[Decimal, Decimal] | None:
    """How far the reviews of released works are from their marks; ``None`` before any is released."""
    marks = [(_released_raw(one), one) for one in people if one.got]
    return rules.differences([(raw, _median(one)) for raw, one in marks if raw is not None])


def _titles(cohort: Cohort) -> dict[str, Any]:
    content, lang = catalogue.content(cohort.revision_id), i18n.current()
    dated = [one.module for one in cohort.modules if one.module in content.modules]
    return {one: content.say(one, "assignment/title", lang) for one in dated}


def _first(cohort: Cohort, titles: dict[str, Any]) -> str:
    """The assignment that a page shows unless another is asked for: the first with peer review."""
    book = policies.books(PEERS, [cohort])[cohort.id]
    return next((one for one in titles if book.at(one).values.on), next(iter(titles), ""))
