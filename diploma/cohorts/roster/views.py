"""The roster import on the screen: choose a file, say what its columns hold, the result, and taking it back.

What lies between, looking through the rows and confirming, is in ``review_views``.
"""

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from diploma.accounts import guard
from diploma.accounts.models import User
from diploma.accounts.permissions import Permission
from diploma.cohorts import access, queries
from diploma.cohorts.blueprint import bp
from diploma.cohorts.models import Cohort, DraftState, RosterDraft, RosterImport
from diploma.cohorts.roster import corrections, drafts, importing, lookups, reading, undoing, workbooks
from diploma.cohorts.roster.forms import UndoForm
from diploma.cohorts.roster.importing import Source
from diploma.cohorts.roster.judging import Code, Problem
from diploma.cohorts.roster.messages import COLUMNS, STAYS, refusal_message
from diploma.cohorts.roster.reading import FOR_A_PERSON
from diploma.cohorts.roster.sheet import SheetRefused
from diploma.cohorts.roster.undoing import Stays
from diploma.cohorts.rules import FROZEN
from diploma.core import encodings, i18n
from diploma.core.db import session
from diploma.core.errors import Refused
from diploma.core.text import clean
from diploma.core.web import receives_files, uploads

LONGEST_NAME = 150


@bp.route("/cohorts/<slug>/import", methods=["GET", "POST"])
@guard.needs(Permission.IMPORT_ROSTER)
@receives_files("file")
def import_roster(slug: str) -> ResponseReturnValue:
    """Choose a file, or go on with one; the next page shows what is in it."""
    sent = uploads("file")
    source = Source(clean(sent[0].name)[:LONGEST_NAME], sent[0].blob.sha256) if sent else None
    if source:
        _must_be_a_table(source)  # read before the first statement: no lock is held meanwhile
    cohort = access.cohort(current_user, slug, Permission.IMPORT_ROSTER)
    if source:
        draft = drafts.start(cohort, source, by=current_user)
        return redirect(url_for("cohorts.review_import", slug=slug, token=draft.token))
    if request.method == "POST":
        return _first_step(cohort, _("Choose a file first.")), 422
    return _first_step(cohort)


@bp.route("/cohorts/<slug>/import/<token>/columns", methods=["GET", "POST"])
@guard.needs(Permission.IMPORT_ROSTER)
def import_columns(slug: str, token: str) -> ResponseReturnValue:
    """Say where the list stands and what its columns hold; the guess is filled in."""
    cohort, draft = access.draft(current_user, slug, token)
    asked = request.values
    place, error = (_number(asked.get("sheet")), _number(asked.get("header_row"))), ""
    try:
        table = reading.look(draft, *place, asked.get("encoding"))
    except SheetRefused as refused:
        if not asked.get("encoding"):
            raise
        table, error = reading.look(draft, *place, ""), refusal_message(refused, _)
    fields = {one.place: asked.get(f"column-{one.place}", one.field) for one in table.columns}
    if request.method == "POST" and not error:
        try:
            drafts.lay_out(draft, reading.layout_from(table, fields))
        except Refused as refused:
            error = i18n.reason(refused.message, refused.params)
        else:
            return redirect(url_for("cohorts.review_import", slug=slug, token=token))
    return render_template(
        "cohorts/columns.html",
        cohort=cohort,
        draft=draft,
        table=table,
        fields=fields,
        names=COLUMNS,
        encodings=encodings.NAMES,
        error=error,
        active="cohorts",
    ), 422 if error else 200


@bp.get("/cohorts/<slug>/imports/<int:import_id>")
@guard.needs(Permission.IMPORT_ROSTER)
def imported(slug: str, import_id: int) -> ResponseReturnValue:
    """What an import did, and whether it was taken back."""
    cohort, made = access.roster_import(current_user, slug, import_id)
    undone = made.report.get("undone", {})
    return render_template(
        "cohorts/imported.html",
        cohort=cohort,
        made=made,
        possible=undoing.possible(made),
        until=made.applied_at + importing.UNDO_TIME if made.applied_at else None,
        undone=undone,
        undone_by=session.get(User, made.undone_by_id) if made.undone_by_id else None,
        stay=_named({user_id: Stays(why) for user_id, why in undone.get("stay", ())}),
        draft=lookups.draft_of(made, current_user),
        active="cohorts",
    )


@bp.route("/cohorts/<slug>/imports/<int:import_id>/undo", methods=["GET", "POST"])
@guard.needs(Permission.IMPORT_ROSTER)
def undo_import(slug: str, import_id: int) -> ResponseReturnValue:
    """Take an import back: counted, and the number typed."""
    cohort, made = access.roster_import(current_user, slug, import_id)
    back = url_for("cohorts.imported", slug=slug, import_id=import_id)
    if not undoing.possible(made):
        done = made.undone_at is not None
        flash(
            _("This import was taken back already.") if done else _("An import can be taken back for 24 hours only."),
            "info",
        )
        return redirect(back)
    found, form = undoing.plan(made, cohort), UndoForm()
    form.people = len(found.people)
    if form.validate_on_submit():
        try:
            undoing.undo(made, cohort, form.people, by=current_user)
        except Refused as refused:
            form.refuse(refused)
        else:
            flash(_("The import is taken back."), "ok")
            return redirect(back)
    return render_template(
        "cohorts/undo.html",
        cohort=cohort,
        made=made,
        found=found,
        stay=_named(found.stay),
        form=form,
        back=back,
        active="cohorts",
    ), 422 if form.errors or form.form_errors else 200


@bp.get("/cohorts/<slug>/import/template.xlsx")
@guard.needs(Permission.IMPORT_ROSTER)
def roster_template(slug: str) -> ResponseReturnValue:
    access.cohort(current_user, slug, Permission.IMPORT_ROSTER)
    return _workbook(workbooks.template(_, rtl=_rtl()), f"{slug}.xlsx")


@bp.get("/cohorts/<slug>/import/<token>/rows.xlsx")
@guard.needs(Permission.IMPORT_ROSTER)
def faulty_rows(slug: str, token: str) -> ResponseReturnValue:
    """The rows to correct, with the reasons; the file can be uploaded again."""
    cohort, draft = access.draft(current_user, slug, token)
    found = drafts.look_through(draft, reading.read(draft), cohort, by=current_user)
    data = workbooks.faulty_rows(found.checked.sheet, found.checked.plan, _, rtl=_rtl())
    return _workbook(data, f"{slug}-rows.xlsx")


@bp.get("/cohorts/<slug>/import/<token>/result.xlsx")
@guard.needs(Permission.IMPORT_ROSTER)
def import_result(slug: str, token: str) -> ResponseReturnValue:
    """The whole list with what becomes, or became, of each row."""
    cohort, draft = access.draft(current_user, slug, token)
    sheet = reading.read(draft)
    if draft.state is DraftState.DONE:
        outcome, problems = draft.outcome, _problems(session.get_one(RosterImport, draft.import_id))
    else:
        found = drafts.look_through(draft, sheet, cohort, by=current_user)
        outcome, problems = drafts.outcome(found), found.checked.plan.errors
    held = drafts.corrections_of(draft)
    kept = corrections.Corrections(held.fixes, {row: one for row, one in held.answers.items() if not held.is_out(row)})
    return _workbook(workbooks.result(kept.applied(sheet), outcome, problems, _, rtl=_rtl()), f"{slug}-result.xlsx")


@bp.errorhandler(SheetRefused)
def cannot_be_read(refused: SheetRefused) -> ResponseReturnValue:
    """What is found of a list is none yet: a person says where it stands. Else the first step, with the reason."""
    places = request.view_args or {}
    slug = places.get("slug", "")
    words = refusal_message(refused, _)
    if refused.code in FOR_A_PERSON and "token" in places and request.endpoint != "cohorts.import_columns":
        flash(words, "warn")
        return redirect(url_for("cohorts.import_columns", slug=slug, token=places["token"]))
    cohort = access.cohort(current_user, slug, Permission.IMPORT_ROSTER)
    return _first_step(cohort, words), 422


def _must_be_a_table(source: Source) -> None:
    """Refuse what cannot be read whatever a person says; where the list stands in it may be said later."""
    try:
        reading.read(RosterDraft(file_name=source.name, sha256=source.sha256, layout={}))
    except SheetRefused as refused:
        if refused.code not in FOR_A_PERSON:
            raise


def _first_step(cohort: Cohort, error: str = "") -> str:
    return render_template(
        "cohorts/import.html",
        cohort=cohort,
        imports=queries.imports(cohort),
        drafts=access.open_drafts(current_user, cohort),
        columns=COLUMNS,
        error=error,
        frozen=cohort.state in FROZEN,
        active="cohorts",
    )


def _named(stay: dict[int, Stays]) -> list[tuple[str, str]]:
    """Names of the people who stay, with the reasons."""
    names = lookups.names_of(stay)
    return [(names[one], _(STAYS[why])) for one, why in stay.items() if one in names]


def _problems(made: RosterImport) -> list[Problem]:
    """The errors of an import, which keeps no values."""
    noted = [Problem(one["row"], one["column"], "", Code(one["code"])) for one in made.report["errors"]]
    return [one for one in noted if not one.is_note]


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() and len(text) < 7 else None


def _workbook(data: bytes, name: str) -> Response:
    return Response(data, mimetype=workbooks.TYPE, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _rtl() -> bool:
    return i18n.current().dir == "rtl"
