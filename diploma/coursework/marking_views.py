"""The marker's pages: the queue, one script beside its rubric, and the release of marks."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext
from flask_babel import gettext as _
from flask_login import current_user

from diploma.accounts import guard
from diploma.accounts.permissions import Permission
from diploma.core import i18n
from diploma.core.errors import Stale
from diploma.core.lang import Lang
from diploma.coursework import access, marking, pages, results, rules
from diploma.coursework.access import Wanted
from diploma.coursework.forms import MarkingForm, sent_levels
from diploma.coursework.models import Marking, MarkingState
from diploma.coursework.service import Incomplete
from diploma.learning import catalogue

bp = Blueprint("marking", __name__)
Counts = Mapping[tuple[str, Lang, MarkingState], int]
_MOST_AT_ONCE = 500  # marks released by one click


@bp.get("/marking/")
@guard.needs(Permission.MARK)
def queue() -> ResponseReturnValue:
    """The works that wait for this marker, the oldest first."""
    wanted, page, counts = _wanted(), max(1, request.args.get("page", 1, int)), access.counts(current_user)
    total = _sum(counts, wanted)
    return render_template(
        "coursework/queue.html",
        rows=access.queue(current_user, wanted, page),
        wanted=wanted,
        tabs=_tabs(counts, wanted),
        modules=_titles(counts),
        languages_here=_languages(counts),
        query=_query(),
        page=page,
        pages=-(-total // access.PAGE),
        total=total,
        content=catalogue.content,
        rules=rules,
        active="marking",
    )


@bp.get("/marking/<int:marking_id>")
@guard.needs(Permission.MARK)
def script(marking_id: int) -> ResponseReturnValue:
    """One work beside the rubric."""
    row = access.marking(current_user, marking_id)
    form = MarkingForm(formdata=None, obj=row)
    return _script(row, form, row.levels, 200)


@bp.post("/marking/<int:marking_id>")
@guard.needs(Permission.MARK)
def judge(marking_id: int) -> ResponseReturnValue:
    """Save levels and comment, set the mark, or set it and go to the next work: the button says which."""
    row, form, step = access.marking(current_user, marking_id), MarkingForm(), request.form.get("do", "save")
    rubric = results.rubric_of(row.work)
    if not form.validate():
        return _script(row, form, sent_levels(rubric), 422)
    judged = form.judged(rubric)
    try:
        (marking.mark if step in ("mark", "next") else marking.save_marking)(row, judged, by=current_user)
    except Incomplete as incomplete:
        return _script(row, form, judged.levels, 422, problems=incomplete.problems)
    except Stale as stale:
        return _script(row, form, judged.levels, 409, stale=stale)
    return _after(row, step)


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
    outcome = marking.release(chosen, base_url=current_app.config["BASE_URL"], by=current_user)
    count = len(outcome.done)
    if count:
        flash(ngettext("%(num)s mark is released.", "%(num)s marks are released.", count), "ok")
    for name, refused in outcome.refused:
        flash(_("%(name)s: %(reason)s", name=name, reason=gettext(refused.message) % refused.params), "bad")
    if not count and not outcome.refused:
        flash(_("Choose at least one mark."), "warn")
    return redirect(url_for("marking.queue", **_query()))


@bp.get("/marking/<int:marking_id>/files/<int:number>")
@guard.needs(Permission.MARK)
def script_file(marking_id: int, number: int) -> ResponseReturnValue:
    file = access.version_file(access.marking(current_user, marking_id).work, number)
    return pages.attachment(file["name"], file["sha256"])


def _wanted() -> Wanted:
    """The filters of the address; what is unknown is ignored."""
    state = request.args.get("state", "")
    return Wanted(
        request.args.get("module") or None,
        Lang.parse(request.args.get("language", "")),
        MarkingState(state) if state in set(MarkingState) else None,
    )


def _query() -> dict[str, Any]:
    """What of the address goes on to the next page: the filters, and the language of the rubric."""
    return {name: value for name in ("module", "language", "state", "rubric") if (value := request.args.get(name))}


def _sum(counts: Counts, wanted: Wanted) -> int:
    return sum(
        count
        for (module, lang, state), count in counts.items()
        if state in wanted.states and wanted.module in (None, module) and wanted.lang in (None, lang)
    )


def _tabs(counts: Counts, wanted: Wanted) -> list[tuple[str, int, str, bool]]:
    """Text, number, address and whether it is the present one, of each state that can be looked at."""
    states = {None: _("To mark"), MarkingState.MARKED: _("Marked, not released"), MarkingState.RELEASED: _("Released")}
    query = {name: value for name, value in _query().items() if name != "state"}

    def address(state: MarkingState | None) -> str:
        return url_for("marking.queue", **query, state=state and state.value)

    return [
        (text, _sum(counts, replace(wanted, state=state)), address(state), wanted.state is state)
        for state, text in states.items()
    ]


def _titles(counts: Counts) -> list[tuple[str, str]]:
    """The modules that have works, with their titles in the newest edition."""
    content = catalogue.latest()
    modules = {module for module, _lang, _state in counts}
    return (
        [
            (one.id, content.say(one.id, "module/title", i18n.current()))
            for one in content.programme.modules
            if one.id in modules
        ]
        if content
        else []
    )


def _languages(counts: Counts) -> list[Lang]:
    found = {lang for _module, lang, _state in counts}
    return [one for one in Lang if one in found]


def _after(row: Marking, step: str) -> ResponseReturnValue:
    """Where a marker goes on: to the next work that waits, to the oldest after the last, or stays."""
    query = _query()
    if step != "next":
        set_now = _("The mark is set. The trainee sees it after its release.")
        flash(set_now if step == "mark" else _("The draft is saved."), "ok")
        return redirect(url_for("marking.script", marking_id=row.id, **query))
    wanted = _wanted()
    after = access.neighbours(current_user, row, wanted)[1] or access.oldest(current_user, wanted)
    if after:
        return redirect(url_for("marking.script", marking_id=after, **query))
    flash(_("Nothing more waits here."), "ok")
    return redirect(url_for("marking.queue", **query))


def _script(
    row: Marking,
    form: MarkingForm,
    levels: Mapping[str, str],
    status: int,
    *,
    stale: Stale | None = None,
    problems: list[rules.Problem] | None = None,
) -> ResponseReturnValue:
    """The page of one work. ``stale``: the form shows what was sent, and beside it what somebody else saved."""
    work, content = row.work, results.content_of(row.work)
    module, lang = work.submission.module, Lang.parse(request.args.get("rubric", "")) or work.lang
    form.version.show(row.version)
    before, after = access.neighbours(current_user, row, _wanted())
    page = render_template(
        "coursework/script.html",
        row=row,
        work=work,
        form=form,
        content=content,
        module=content.modules[module],
        lines=results.lines(content, module, levels, lang),
        theirs=results.lines(content, module, row.levels, lang),
        lang=lang,
        total=_total(row, levels),
        stale=stale,
        faults=pages.faults(problems or [], content, module, lang),
        before=before,
        after=after,
        query=_query(),
        rules=rules,
        active="marking",
        zone=work.submission.enrolment.cohort.time_zone,
    )
    return page, status


def _total(row: Marking, levels: Mapping[str, str]) -> str:
    """«62.5», or with a cap «91, counts 80», or how many criteria are still open."""
    rubric, fmt = results.rubric_of(row.work), i18n.fmt()
    missing = len(rules.missing_levels(rubric, levels))
    if missing:
        said = ngettext(
            "%(points)s, %(num)s criterion open",
            "%(points)s, %(num)s criteria open",
            missing,
            points=fmt.mark(rules.points_so_far(rubric, levels)),
        )
        return str(said)
    counted = results.computed(row.work, levels)
    raw, mark = fmt.mark(counted.raw), fmt.mark(counted.mark)
    return raw if counted.mark == counted.raw else str(_("%(raw)s, counts %(mark)s", raw=raw, mark=mark))
