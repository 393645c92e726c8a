"""The pages of a worksheet: filled in and saved, its matrix computed while it is scored, on paper."""

import secrets
from typing import Any

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from diploma.accounts import guard
from diploma.accounts.permissions import Permission
from diploma.core import clock, i18n
from diploma.core.errors import Refused, Stale
from diploma.learning import access as learning
from diploma.learning.access import Reader
from diploma.learning.sheets import MOST_ROWS, Field, FieldKind, Worksheet
from diploma.learning.structure import Module
from diploma.worksheets import access, entries, rules, service
from diploma.worksheets.entries import Entries, Sent
from diploma.worksheets.forms import WorksheetForm
from diploma.worksheets.models import FilledWorksheet

bp = Blueprint("worksheets", __name__)
PATH = "/modules/<module>/worksheets/<worksheet>"
FIELDS = 5_000  # of a form: twelve tables of sixty rows in six columns, and room


@bp.url_value_preprocessor
def _make_room(*_ignored: object) -> None:
    """Before anything reads the body: a long table has more controls than Werkzeug expects of a form."""
    request.max_form_parts = FIELDS


@bp.get(PATH)
@guard.signed_in
def worksheet(module: str, worksheet: str) -> ResponseReturnValue:
    """The form with what is written so far; staff see it empty."""
    who, found, sheet = access.worksheet(current_user, module, worksheet)
    held = service.find(who.enrolment, module, worksheet) if who.enrolment else None
    return _desk(who, found, sheet, held, held.entries if held else {}, _fresh_form(held))


@bp.post(PATH)
@guard.needs(Permission.LEARN)
def save(module: str, worksheet: str) -> ResponseReturnValue:
    """Save while it is written (the script stays on the page and shows one line), or with a button: ``add`` names the
    table that gets more rows."""
    who, found, sheet = access.worksheet(current_user, module, worksheet)
    form, sent = WorksheetForm(), entries.sent(sheet, request.form)
    if not form.validate() or sent.faults:
        return _again(who, found, sheet, form, sent, 422)
    grown = _grown(sheet, sent, request.form.get("add", ""))
    try:
        held = service.save(
            learning.own(who), (module, worksheet), sent.entries | grown, **form.seen(), by=current_user
        )
    except Stale:
        return _again(who, found, sheet, form, sent, 409)
    except Refused as refused:
        form.refuse(refused)
        return _again(who, found, sheet, form, sent, 422)
    if request.headers.get("X-CSRFToken"):
        said = _("Saved %(time)s", time=i18n.fmt().time(held.saved_at, who.zone))
        return Response(said, mimetype="text/plain")
    anchor = next(map(entries.control, grown), None)
    return redirect(url_for("worksheets.worksheet", module=module, worksheet=worksheet, _anchor=anchor))


@bp.post(f"{PATH}/matrix")
@guard.needs(Permission.LEARN)
def matrix(module: str, worksheet: str) -> ResponseReturnValue:
    """What comes of the scores of one matrix as the form has them now; nothing is saved."""
    who, found, sheet = access.worksheet(current_user, module, worksheet)
    shown = entries.shown(sheet, entries.sent(sheet, request.form).entries)
    field = next((one for one in _matrices(sheet) if one.id == request.form.get("field")), None) or abort(404)
    return render_template("worksheets/_outcome.html", field=field, **_page(who, found, sheet, shown))


@bp.get(f"{PATH}/print")
@guard.signed_in
def print_worksheet(module: str, worksheet: str) -> ResponseReturnValue:
    """On paper: as it is filled in, or with ``?empty=1`` and for staff to be filled in by hand."""
    who, found, sheet = access.worksheet(current_user, module, worksheet)
    held = service.find(who.enrolment, module, worksheet) if who.enrolment else None
    empty = "empty" in request.args or held is None
    shown = entries.shown(sheet, {} if empty or held is None else held.entries)
    page = _page(who, found, sheet, shown)
    return render_template("worksheets/print.html", held=held, empty=empty, now=clock.now(), **page)


def _again(
    who: Reader, found: Module, sheet: Worksheet, form: WorksheetForm, sent: Sent, status: int
) -> ResponseReturnValue:
    """The page with what was sent, none of which is saved; after 409 the other version stands beside it."""
    held = service.find(learning.own(who), found.id, sheet.id)
    other = held.entries if held and status == 409 else None
    if other is not None:  # whoever has seen both may replace the one by the other
        form = _fresh_form(held)
    written = {**(held.entries if held else {}), **sent.entries}
    return _desk(who, found, sheet, held, written, form, sent, other), status


def _desk(
    who: Reader,
    found: Module,
    sheet: Worksheet,
    held: FilledWorksheet | None,
    written: Entries,
    form: WorksheetForm,
    sent: Sent | None = None,
    other: Entries | None = None,
) -> str:
    faults = [(one.control, i18n.reason(one.message, one.params)) for one in sent.faults] if sent else []
    return render_template(
        "worksheets/worksheet.html",
        held=held,
        form=form,
        other=entries.shown(sheet, other) if other is not None else None,
        faults=faults,
        MOST_ROWS=MOST_ROWS,
        **_page(who, found, sheet, entries.shown(sheet, written)),
    )


def _page(who: Reader, found: Module, sheet: Worksheet, shown: Entries) -> dict[str, Any]:
    """What every template of a worksheet needs."""
    outcomes = {one.id: rules.outcome(one, shown[one.id]["scores"]) for one in _matrices(sheet)}
    return {
        "reader": who,
        "module": found,
        "sheet": sheet,
        "entries": shown,
        "outcomes": outcomes,
        "control": entries.control,
        "written_rows": entries.written_rows,
        "active": "modules",
    }


def _fresh_form(held: FilledWorksheet | None) -> WorksheetForm:
    form = WorksheetForm(formdata=None)
    form.key.data, form.base.data = secrets.token_urlsafe(16), held.version if held else 0
    return form


def _grown(sheet: Worksheet, sent: Sent, wanted: str) -> Entries:
    """The table to which a button adds rows, with them."""
    return {
        one.id: entries.with_more_rows(one, sent.entries[one.id])
        for one in sheet.fields
        if one.id == wanted and one.kind is FieldKind.TABLE and one.id in sent.entries
    }


def _matrices(sheet: Worksheet) -> list[Field]:
    return [one for one in sheet.fields if one.kind is FieldKind.MATRIX]
