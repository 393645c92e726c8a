"""The marker's pages: the queue, one script beside its rubric, and the release of marks."""

from collections.abc import Mapping

from flask import Blueprint, Response, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from diploma.accounts import guard
from diploma.accounts.permissions import Permission
from diploma.cohorts import tutors
from diploma.core import clock, i18n, listing
from diploma.core.db import session
from diploma.core.errors import Refused, Stale
from diploma.core.lang import Lang
from diploma.coursework import (
    access,
    bank,
    dates,
    desk_pages,
    mark_history,
    marking,
    pages,
    queue_pages,
    results,
    rules,
)
from diploma.coursework.allocation import anonymity, leases, reminders
from diploma.coursework.annotations import panels
from diploma.coursework.annotations.service import Desk
from diploma.coursework.appeals import access as appeals
from diploma.coursework.attempts import history, windows
from diploma.coursework.extensions import easing
from diploma.coursework.forms import MarkingForm, misfits, sent_levels
from diploma.coursework.models import Marking, MarkingState, SubmissionVersion
from diploma.coursework.moderation import rounds
from diploma.coursework.offline import access as offline
from diploma.coursework.offline import feedback
from diploma.coursework.peers import access as peers
from diploma.coursework.queue_pages import query, wanted
from diploma.coursework.releasing import service as releasing
from diploma.coursework.rubrics import changes
from diploma.coursework.service import Incomplete
from diploma.coursework.together import adjusting, members
from diploma.learning import catalogue

bp = Blueprint("marking", __name__)
Others = list[tuple[SubmissionVersion, Marking]]  # the other versions of a work, the last one first
_MOST_AT_ONCE = 500  # marks released by one click


@bp.get("/marking/")
@guard.needs(Permission.MARK)
def queue() -> ResponseReturnValue:
    """The works that wait for this marker, the oldest first unless they ask for another order."""
    asked, page, counts = wanted(), max(1, request.args.get("page", 1, int)), access.counts(current_user)
    total, rows = queue_pages.total(counts, asked), access.queue(current_user, asked, page)
    there = queue_pages.cohorts_of(rows)
    return render_template(
        "coursework/queue.html",
        rows=rows,
        late=queue_pages.late(rows, there),
        twice=queue_pages.twice(rows, there),
        returns=history.waiting([one.id for one in rows]) if asked.state is MarkingState.RETURNED else {},
        now=clock.now(),
        earlier_rubric=changes.among(rows, there),
        older=changes.counts(current_user),
        wanted=asked,
        states=queue_pages.states(counts, asked),
        languages_here=queue_pages.languages(counts, asked),
        owners=queue_pages.owners(counts, asked),
        attempts=queue_pages.attempts(counts, asked),
        reminded=reminders.is_on(current_user),
        reported=peers.reports(current_user),
        people=queue_pages.people(asked) if tutors.is_one(current_user) else [],
        modules=queue_pages.modules(counts),
        cohorts=queue_pages.cohorts(counts),
        query=query(),
        page=page,
        pages=listing.last_page(total, access.PAGE),
        total=total,
        content=catalogue.content,
        active="marking",
    )


@bp.get("/marking/<int:marking_id>")
@guard.needs(Permission.MARK)
def script(marking_id: int) -> ResponseReturnValue:
    """One work beside the rubric."""
    row = access.marking(current_user, marking_id)
    form = MarkingForm(formdata=None, obj=row)
    form.page.data = ""  # that of another page
    return _script(row, form, row.levels, 200, held=leases.opened(row, current_user))


@bp.post("/marking/<int:marking_id>")
@guard.needs(Permission.MARK)
def judge(marking_id: int) -> ResponseReturnValue:
    """Save levels and comment, set the mark, or set it and go to the next work: the button says which."""
    row, form, step = access.marking(current_user, marking_id), MarkingForm(), request.form.get("do", "save")
    rubric = results.rubric_of(row.work)
    wrong = misfits(rubric)
    if not form.validate() or wrong:
        return _script(row, form, sent_levels(rubric), 422, problems=wrong)
    if {"insert", "keep"} & request.form.keys():
        return _with_bank(row, form)
    if panels.asked():
        return _with_note(row, form)
    if step == "take":
        return _taken_over(row, form)
    judged = form.judged(rubric)
    try:
        (marking.mark if step in ("mark", "next") else marking.save_marking)(row, judged, by=current_user)
    except Incomplete as incomplete:
        return _script(row, form, judged.levels, 422, problems=incomplete.problems)
    except Stale as stale:
        return _script(row, form, judged.levels, 409, stale=stale, held=leases.held_by_other(row, current_user))
    except leases.Taken:
        return _script(row, form, judged.levels, 409, held=leases.held_by_other(row, current_user))
    except Refused as refused:
        session.rollback()  # nothing of what was begun is kept
        return _script(row, form, row.levels, 409, unsaved=refused, sent=judged.levels)
    return _after(row, step)


@bp.post("/marking/<int:marking_id>/draft")
@guard.needs(Permission.MARK)
def autosave(marking_id: int) -> ResponseReturnValue:
    """Save levels and comment while they are chosen and written; answers with one line for the page."""
    row, form = access.marking(current_user, marking_id), MarkingForm()
    rubric = results.rubric_of(row.work)
    if not form.validate() or misfits(rubric):
        abort(422)
    marking.autosave(row, form.judged(rubric), by=current_user)
    return Response(_saved(row), mimetype="text/plain")


@bp.post("/marking/<int:marking_id>/total")
@guard.needs(Permission.MARK)
def total(marking_id: int) -> ResponseReturnValue:
    """The sum of what is chosen on the page, for its script; nothing is saved."""
    row = access.marking(current_user, marking_id)
    return Response(_total(row, sent_levels(results.rubric_of(row.work))), mimetype="text/plain")


@bp.post("/marking/release")
@guard.needs(Permission.RELEASE)
def release() -> ResponseReturnValue:
    """Release the chosen marks; each that cannot be released is named with the reason."""
    ids = request.form.getlist("marking", int)[:_MOST_AT_ONCE]
    chosen = access.markings(current_user, ids)
    outcome = releasing.release(chosen, base_url=current_app.config["BASE_URL"], by=current_user)
    count = len(outcome.done)
    for name in _for_older(outcome.done):
        flash(_("%(name)s: this mark is for an older attempt; a newer version was handed in.", name=name), "warn")
    if count:
        flash(ngettext("%(num)s mark is released.", "%(num)s marks are released.", count), "ok")
    names = anonymity.authors([one for one, _reason in outcome.refused], current_user)
    for one, refused in outcome.refused:
        reason = i18n.reason(refused.message, refused.params)
        flash(_("%(name)s: %(reason)s", name=names[one.id], reason=reason), "bad")
    if not count and not outcome.refused:
        flash(_("Choose at least one mark."), "warn")
    return redirect(url_for("marking.queue", **query()))


@bp.get("/marking/<int:marking_id>/files/<int:number>")
@guard.needs(Permission.MARK)
def script_file(marking_id: int, number: int) -> ResponseReturnValue:
    row = access.marking(current_user, marking_id)
    file = access.version_file(row.work, number)
    names = anonymity.file_names(row.work, hidden=anonymity.is_hidden(row, current_user))
    return pages.attachment(names[number - 1], file["sha256"])


def _for_older(released: list[Marking]) -> list[str]:
    """The authors of released works of which a newer version came, and is not marked without names."""
    named = [one for one in released if not anonymity.is_nameless(one.work.submission)]
    older = history.superseded([one.work for one in named])
    return [one.work.submission.enrolment.user.display_name for one in named if one.work_id in older]


def _after(row: Marking, step: str) -> ResponseReturnValue:
    """Where a marker goes on: to the next work that waits, to the oldest after the last, or stays."""
    kept = query()
    if step != "next":
        set_now = _("The mark is set. The trainee sees it after its release.")
        flash(set_now if step == "mark" else _("The draft is saved."), "ok")
        return redirect(url_for("marking.script", marking_id=row.id, **kept))
    after = access.place(current_user, row.id, wanted()).waiting
    if after:
        return redirect(url_for("marking.script", marking_id=after, **kept, _anchor="script"))
    flash(_("Nothing more waits here."), "ok")
    return redirect(url_for("marking.queue", **kept))


def _taken_over(row: Marking, form: MarkingForm) -> ResponseReturnValue:
    """The page as it was sent, now on this marker's desk; nothing of the marking itself is saved."""
    levels, refused = sent_levels(results.rubric_of(row.work)), None
    try:
        leases.take_over(row, request.form.get("why", "").strip()[: anonymity.LONGEST_REASON], by=current_user)
    except Refused as one:
        refused = one
    held = leases.held_by_other(row, current_user)
    return _script(row, form, levels or row.levels, 422 if refused else 200, held=held, refused=refused)


def _with_bank(row: Marking, form: MarkingForm) -> ResponseReturnValue:
    """The page as it was sent, with a comment from the bank, or after one was kept there; the marking is not saved."""
    work, said = row.work, form.comment.data or ""
    levels = sent_levels(results.rubric_of(work))
    try:
        if "keep" in request.form:
            bank.keep(current_user, {work.lang: request.form["keep"] or said}, work.submission.module)
            told = _("The comment is in your bank.")
        else:
            chosen = access.bank_comment(current_user, request.form.get("insert", 0, int))
            form.comment.data = f"{said} {bank.worded(chosen, work.lang, i18n.current())[1]}".strip()
            told = _("The comment is inserted.")
    except Refused as refused:
        told = i18n.reason(refused.message, refused.params)
    return _script(row, form, levels, 200, told=told)


def _with_note(row: Marking, form: MarkingForm) -> ResponseReturnValue:
    """The page as it was sent, after a step with a comment on a passage. What is written of the marking goes along as a
    draft, under its rules; a mark that is set stays as it is."""
    rubric = results.rubric_of(row.work)
    judged = form.judged(rubric)
    try:
        if panels.writes() and row.state in rules.TO_DO:
            marking.autosave(row, judged, by=current_user)
            form.version.show(row.version)
        outcome = panels.act(Desk(row))
    except Stale as stale:
        return _script(row, form, judged.levels, 409, stale=stale, held=leases.held_by_other(row, current_user))
    except leases.Taken:
        return _script(row, form, judged.levels, 409, held=leases.held_by_other(row, current_user))
    return _script(row, form, judged.levels, 422 if outcome.refused else 200, outcome=outcome)


def _script(
    row: Marking,
    form: MarkingForm,
    levels: Mapping[str, str],
    status: int,
    *,
    stale: Stale | None = None,
    problems: list[rules.Problem] | None = None,
    told: str = "",
    held: leases.Held | None = None,
    refused: Refused | None = None,
    unsaved: Refused | None = None,
    sent: Mapping[str, str] | None = None,
    outcome: panels.Outcome | None = None,
) -> ResponseReturnValue:
    """The page of one work. ``held``: who else has it; the page asks for a reason to take it over, and ``refused`` says
    what was wrong with that. ``stale``: the form shows what was sent, and beside it what somebody else saved; whoever
    sends it again has seen both. ``told``: what became of a step with the comment bank, ``outcome``: of one with a
    comment on a passage. ``unsaved``: why nothing can be saved any more, with what was ``sent``, so that nobody loses
    their words."""
    work, hidden, own_bank = row.work, anonymity.is_hidden(row, current_user), _bank(row)
    others = history.others(work)
    cohort, module = work.submission.enrolment.cohort, work.submission.module
    shown = desk_pages.shown(Desk(row), form, levels, hidden=hidden, stale=stale, problems=problems, outcome=outcome)
    page = render_template(
        "coursework/script.html",
        **vars(shown),
        author=work.receipt if hidden else work.submission.enrolment.user.display_name,
        hidden=hidden,
        revealed=anonymity.reveals(row),
        members=[] if hidden else members.names(work),
        fellows=len(work.copies),
        adjusts=adjusting.most(row) if row.state in (*adjusting.OPEN, MarkingState.RELEASED) else 0,
        total=_total(row, levels),
        late=dates.late(cohort, module),
        feedback=offline.files_of(row),
        hides_marker=feedback.hides_marker(row),
        twice=rounds.rules_of(cohort, module).on,
        eased=easing.of([work.submission])[work.submission_id],
        saved_text=_saved(row),
        unsaved=unsaved and i18n.reason(unsaved.message, unsaved.params),
        sent=results.lines(shown.content, module, sent or {}, shown.lang) if unsaved else [],
        place=access.place(current_user, row.id, wanted()),
        earlier=_earlier(row, others, shown.lang, hidden=hidden),
        newest=_newest(row, others, hidden=hidden),
        history=mark_history.of(row),
        appealed=appeals.changed(work) if row.state is MarkingState.RELEASED else [],
        returned=windows.returned([work]).get(work.id),
        bank=own_bank,
        jot_bank=[(id, text) for id, _lang, text in own_bank],
        told=told,
        held=held,
        refused=refused and i18n.reason(refused.message, refused.params),
        query=query(),
        rules=rules,
        active="marking",
    )
    return page, status


def _earlier(row: Marking, others: Others, lang: Lang, *, hidden: bool) -> list[tuple[Marking, pages.Result | None]]:
    """The versions before this one, the last one first, with the results of those that are released.

    Of a work without its author's name those alone that have none either: a released one says whose this is.
    """
    before = [(work, one) for work, one in others if work.number < row.work.number]
    found = [(work, one) for work, one in before if _as_hidden(one, hidden=hidden)]
    return [(one, pages.result(work, one, lang) if one.released_at else None) for work, one in found]


def _newest(row: Marking, others: Others, *, hidden: bool) -> Marking | None:
    """The newest version when it is a newer one; the way to it leads from no name to a work without one, or back."""
    newest = next((one for work, one in others if work.number > row.work.number), None)
    return newest if newest and _as_hidden(newest, hidden=hidden) else None


def _as_hidden(other: Marking, *, hidden: bool) -> bool:
    return anonymity.is_hidden(other, current_user) == hidden


def _bank(row: Marking) -> list[tuple[int, Lang, str]]:
    """The marker's comments for this module, if possible in the language of the work: id, language, text."""
    module, lang = row.work.submission.module, row.work.lang
    here = [one for one in bank.of(current_user) if one.module in (None, module)]
    return [(one.id, *bank.worded(one, lang, i18n.current())) for one in here]


def _saved(row: Marking) -> str:
    """When a draft was saved last; nothing when none was."""
    if row.saved_at is None or row.state not in rules.TO_DO:
        return ""
    zone = row.work.submission.enrolment.cohort.time_zone
    return str(_("Saved %(time)s", time=i18n.fmt().time(row.saved_at, zone)))


def _total(row: Marking, levels: Mapping[str, str]) -> str:
    """«62.5», or with a cap «91, counts 80», or how many criteria are still open."""
    rubric, fmt = results.rubric_of(row.work), i18n.fmt()
    if rules.missing_levels(rubric, levels):
        return pages.points(rubric, levels)
    counted = results.computed(row.work, levels)
    raw, mark = fmt.mark(counted.raw), fmt.mark(counted.mark)
    return raw if counted.mark == counted.raw else str(_("%(raw)s, counts %(mark)s", raw=raw, mark=mark))
