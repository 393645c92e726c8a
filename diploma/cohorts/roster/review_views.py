"""Looking through a list on the screen: rows corrected and decided in place, values replaced, confirmed, watched.

Each page reads and checks the list anew, so nothing is written before the confirmation and nothing that was decided
meanwhile is overlooked.
"""

import re
from collections.abc import Iterator
from typing import Any

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from diploma.accounts import guard
from diploma.accounts.permissions import Permission
from diploma.cohorts import access, labels
from diploma.cohorts.blueprint import bp
from diploma.cohorts.granting import allowed_roles
from diploma.cohorts.life import away
from diploma.cohorts.models import Cohort, DraftState, RosterDraft
from diploma.cohorts.roster import drafts, importing, lookups, reading, review
from diploma.cohorts.roster.corrections import Kind, longest
from diploma.cohorts.roster.drafts import Review
from diploma.cohorts.roster.judging import Action
from diploma.cohorts.roster.messages import COLUMNS, OUTCOMES, problem_message
from diploma.cohorts.roster.review import Group
from diploma.core import encodings, i18n, listing
from diploma.core.errors import N_, Refused
from diploma.core.lang import LANGS
from diploma.core.outbox import JobState

ON_A_PAGE = 50
REFRESH_SECONDS = 3

GROUPS = {
    Group.WRONG: N_("To correct"),
    Group.DECIDE: N_("To decide"),
    Group.READY: N_("Ready"),
    Group.OUT: N_("Left out"),
}
_CELL = re.compile(r"cell-(\d{1,6})-(\w+)")
_ANSWER = re.compile(r"answer-(\d{1,6})")


@bp.route("/cohorts/<slug>/import/<token>", methods=["GET", "POST"])
@guard.needs(Permission.IMPORT_ROSTER)
def review_import(slug: str, token: str) -> ResponseReturnValue:
    """Every row with all that is wrong with it; a POST keeps what was typed and decided on the page."""
    cohort, draft = access.draft(current_user, slug, token)
    if draft.state is not DraftState.OPEN:
        return redirect(url_for("cohorts.import_progress", slug=slug, token=token))
    sheet = reading.read(draft)
    if request.method == "POST":
        changed = drafts.correct(draft, sheet, dict(_typed()))
        found = drafts.look_through(draft, sheet, cohort, by=current_user)
        changed += drafts.answer(draft, found, dict(_answers()))
        flash(
            _("Kept. The rows were checked again.") if changed else _("Nothing was changed."),
            "ok" if changed else "info",
        )
        return redirect(_here(slug, token))
    return _page(cohort, draft, drafts.look_through(draft, sheet, cohort, by=current_user))


@bp.post("/cohorts/<slug>/import/<token>/replace")
@guard.needs(Permission.IMPORT_ROSTER)
def replace_values(slug: str, token: str) -> ResponseReturnValue:
    """Put one value in the place of another in all its rows."""
    _cohort, draft = access.draft(current_user, slug, token)
    asked = request.form
    if asked.get("field") in COLUMNS and asked.get("new"):
        rows = drafts.replace(draft, reading.read(draft), asked["field"], asked.get("value", ""), asked["new"])
        flash(ngettext("%(num)s row was changed.", "%(num)s rows were changed.", rows), "ok")
    else:
        flash(_("Choose the value that all these rows should have."), "bad")
    return redirect(_here(slug, token))


@bp.route("/cohorts/<slug>/import/<token>/confirm", methods=["GET", "POST"])
@guard.needs(Permission.IMPORT_ROSTER)
def confirm_import(slug: str, token: str) -> ResponseReturnValue:
    """What would be imported, counted; a POST orders it."""
    cohort, draft = access.draft(current_user, slug, token)
    watch = url_for("cohorts.import_progress", slug=slug, token=token)
    if draft.state is not DraftState.OPEN:
        return redirect(watch)
    found = drafts.look_through(draft, reading.read(draft), cohort, by=current_user)
    error = ""
    if request.method == "POST":
        try:
            plan, partial = request.form.get("plan", ""), "partial" in request.form
            drafts.confirm(draft, found, cohort, plan, partial=partial)
        except Refused as refused:
            error = i18n.reason(refused.message, refused.params)
        else:
            return redirect(watch)
    return render_template(
        "cohorts/confirm_import.html", error=error, **_summary(cohort, draft, found)
    ), 422 if error else 200


@bp.get("/cohorts/<slug>/import/<token>/progress")
@guard.needs(Permission.IMPORT_ROSTER)
def import_progress(slug: str, token: str) -> ResponseReturnValue:
    """How far the import is; the page asks again by itself, with or without a script, and may be closed."""
    cohort, draft = access.draft(current_user, slug, token)
    if draft.state is DraftState.DONE:
        return redirect(url_for("cohorts.imported", slug=slug, import_id=draft.import_id))
    job = drafts.job(draft) if draft.state is DraftState.WAITING else None
    if job is None and not draft.reason:
        return redirect(url_for("cohorts.review_import", slug=slug, token=token))
    answer: Response = make_response(
        render_template(
            "cohorts/import_progress.html",
            cohort=cohort,
            draft=draft,
            job=job,
            JobState=JobState,
            reason=i18n.reason(draft.reason, draft.params) if draft.reason else "",
            active="cohorts",
        )
    )
    if job and job.state is not JobState.FAILED:
        answer.headers["Refresh"] = str(REFRESH_SECONDS)
    return answer


@bp.post("/cohorts/<slug>/import/<token>/reopen")
@guard.needs(Permission.IMPORT_ROSTER)
def reopen_import(slug: str, token: str) -> ResponseReturnValue:
    """Back to the rows after an import that could not be done."""
    _cohort, draft = access.draft(current_user, slug, token)
    drafts.reopen(draft)
    return redirect(url_for("cohorts.review_import", slug=slug, token=token))


@bp.route("/cohorts/<slug>/import/<token>/drop", methods=["GET", "POST"])
@guard.needs(Permission.IMPORT_ROSTER)
def drop_import(slug: str, token: str) -> ResponseReturnValue:
    """Forget a list that was not imported."""
    _cohort, draft = access.draft(current_user, slug, token)
    start = url_for("cohorts.import_roster", slug=slug)
    if request.method == "POST":
        drafts.drop(draft)
        flash(_("The list is dropped. Nothing of it was imported."), "ok")
        return redirect(start)
    return render_template(
        "confirm.html",
        title=_("Drop this list?"),
        text=_("Your corrections to “%(file)s” are deleted. Nothing of it has been imported.", file=draft.file_name),
        submit=_("Drop the list"),
        back=start,
        danger=True,
        active="cohorts",
    )


def _page(cohort: Cohort, draft: RosterDraft, found: Review) -> str:
    counted = review.counts(found.entries)
    group = _group(counted)
    rows = review.chosen(found.entries, group, request.args.get("q", "")[: listing.LONGEST])
    pages = listing.last_page(len(rows), ON_A_PAGE)
    page = listing.page(request.args, pages)
    checked = found.checked
    return render_template(
        "cohorts/review.html",
        counted=counted,
        shown={one: len(review.chosen(found.entries, one, "")) for one in Group},
        group=group,
        groups=GROUPS,
        Group=Group,
        Kind=Kind,
        rows=rows[(page - 1) * ON_A_PAGE : page * ON_A_PAGE],
        matching=len(rows),
        page=page,
        pages=pages,
        edited=request.args.get("edit", ""),
        mistakes=review.alike_mistakes(checked.plan, checked.sheet, lookups.entity_names(cohort.partner_id)),
        choices=_choices(cohort),
        longest=longest,
        message=lambda one: problem_message(one, _),
        outcomes={name: _(words) for name, words in OUTCOMES.items()},
        **_summary(cohort, draft, found),
    )


def _summary(cohort: Cohort, draft: RosterDraft, found: Review) -> dict[str, Any]:
    """What the list as a whole would do."""
    plan = found.checked.plan
    return {
        "cohort": cohort,
        "draft": draft,
        "found": found,
        "plan": plan,
        "Action": Action,
        "columns": COLUMNS,
        "ready": len(found.checked.changes),
        "stay_out": {
            group: number for group, number in review.counts(found.entries).items() if group is not Group.READY
        },
        "words": {group: _(text) for group, text in GROUPS.items()},
        "roles": review.roles(plan),
        "by_letters": found.sheet.encoding in encodings.EIGHT_BITS,
        "seats": away.seats(cohort),
        "joining": importing.joining(cohort, found.checked),
        "fingerprint": importing.fingerprint(found.checked),
        "active": "cohorts",
    }


def _group(counted: Any) -> Group | None:
    """The group that the address asks for; by default the first that needs somebody, else all."""
    asked = request.args.get("show", "")
    if asked in {*Group}:
        return Group(asked)
    waiting = [one for one in (Group.WRONG, Group.DECIDE) if counted[one]]
    return waiting[0] if waiting and not asked and "q" not in request.args else None


def _choices(cohort: Cohort) -> dict[str, list[tuple[str, str]]]:
    """What may be put into all rows that share a mistake."""
    offered = allowed_roles(cohort, current_user)
    return {
        "language": [(one.value, one.native_name) for one in LANGS],
        "role": [(role.value, _(words)) for role, words in labels.ROLES.items() if role in offered],
    }


def _typed() -> Iterator[tuple[tuple[int, str], str]]:
    for name, text in request.form.items():
        if found := _CELL.fullmatch(name):
            yield (int(found[1]), found[2]), text


def _answers() -> Iterator[tuple[int, str]]:
    """What was chosen for rows; a button says more than the choice beside it."""
    for name, word in request.form.items():
        if found := _ANSWER.fullmatch(name):
            yield int(found[1]), word
    for word in (Kind.OUT.value, "back"):
        row = request.form.get(word, "")
        if row.isdecimal() and len(row) < 7:
            yield int(row), word


def _here(slug: str, token: str) -> str:
    """The rows as they were filtered, after a change."""
    kept: dict[str, Any] = {name: request.args[name] for name in ("show", "q", "page") if request.args.get(name)}
    return url_for("cohorts.review_import", slug=slug, token=token, **kept)
