"""The roster import on the screen: upload, check everything, confirm, result.

The file is kept by its digest. Between the pages a signed reference stands for it, bound to the person and the
cohort; each page reads and checks the file anew, so nothing is written before the confirmation and nothing that was
decided meanwhile is overlooked.
"""

import hashlib
from collections import Counter
from dataclasses import dataclass
from functools import cached_property

from flask import Response, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from itsdangerous import BadSignature, URLSafeTimedSerializer

from diploma.accounts import guard
from diploma.accounts.permissions import Permission
from diploma.cohorts import access, queries, roster_files, roster_service
from diploma.cohorts.blueprint import bp, page_number
from diploma.cohorts.models import Cohort, RosterImport
from diploma.cohorts.roster import Action
from diploma.cohorts.roster_messages import COLUMNS, problem_message, refusal_message
from diploma.cohorts.roster_service import Checked, Source
from diploma.cohorts.rules import FROZEN
from diploma.cohorts.sheet import Sheet, SheetRefused, read_sheet
from diploma.core import i18n
from diploma.core.db import session
from diploma.core.text import clean
from diploma.core.web import receives_files, uploads

DAY = 24 * 3600
ON_A_PAGE = 100


@dataclass(frozen=True)
class Upload:
    """The file of an import under way: its reference in addresses, and its name and digest."""

    reference: str
    source: Source

    @cached_property
    def sheet(self) -> Sheet:
        """The table in the file; raises ``SheetRefused``."""
        store = current_app.extensions["files"]
        return read_sheet(store.path(self.source.sha256), self.source.name)


@bp.route("/cohorts/<slug>/import", methods=["GET", "POST"])
@guard.needs(Permission.IMPORT_ROSTER)
@receives_files("file")
def import_roster(slug: str) -> ResponseReturnValue:
    """Choose a file; the next page shows what is in it."""
    cohort = access.cohort(current_user, slug, Permission.IMPORT_ROSTER)
    sent = uploads("file")
    if sent:
        reference = _signer().dumps([current_user.id, slug, sent[0].blob.sha256, clean(sent[0].name)[:150]])
        return redirect(url_for("cohorts.check_roster", slug=slug, file=reference))
    if request.method == "POST":
        return _first_step(cohort, _("Choose a file first.")), 422
    return _first_step(cohort)


@bp.get("/cohorts/<slug>/import/check")
@guard.needs(Permission.IMPORT_ROSTER)
def check_roster(slug: str) -> ResponseReturnValue:
    """Everything that is in the file and everything that is wrong with it. Writes nothing."""
    upload = _upload(slug, request.args.get("file", ""))
    cohort = access.cohort(current_user, slug, Permission.IMPORT_ROSTER)
    if upload is None:
        return _choose_again(slug)
    return _preview(cohort, upload, roster_service.check(cohort, upload.sheet, by=current_user))


@bp.post("/cohorts/<slug>/import/confirm")
@guard.needs(Permission.IMPORT_ROSTER)
def confirm_roster(slug: str) -> ResponseReturnValue:
    """Import what was shown; a list that reads otherwise now is shown again first."""
    upload = _upload(slug, request.form.get("file", ""))
    sheet = upload.sheet if upload else None  # read before the first statement: no lock is held meanwhile
    cohort = access.cohort(current_user, slug, Permission.IMPORT_ROSTER)
    if upload is None or sheet is None:
        return _choose_again(slug)
    roster_service.lock(cohort)
    checked = roster_service.check(cohort, sheet, by=current_user)
    different = checked.undecided & set(request.form.getlist("different", int))
    if not checked.changes and not different:
        return _nothing_new(cohort, upload, checked)
    if request.form.get("plan") != _fingerprint(checked):
        return _look_again(upload, slug, _("Things have changed since you looked. Check once more."))
    if checked.plan.errors and "partial" not in request.form:
        return _look_again(upload, slug, _("Say that the rows with errors may stay out, or correct them first."))
    made = roster_service.apply(cohort, checked, upload.source, different=different, by=current_user)
    return redirect(url_for("cohorts.imported", slug=slug, import_id=made.id)) if made else abort(409)


@bp.get("/cohorts/<slug>/imports/<int:import_id>")
@guard.needs(Permission.IMPORT_ROSTER)
def imported(slug: str, import_id: int) -> ResponseReturnValue:
    """What an import did."""
    cohort = access.cohort(current_user, slug, Permission.IMPORT_ROSTER)
    made = session.get(RosterImport, import_id)
    if made is None or made.cohort_id != cohort.id:
        abort(404)
    return render_template("cohorts/imported.html", cohort=cohort, made=made, active="cohorts")


@bp.get("/cohorts/<slug>/import/template.xlsx")
@guard.needs(Permission.IMPORT_ROSTER)
def roster_template(slug: str) -> ResponseReturnValue:
    access.cohort(current_user, slug, Permission.IMPORT_ROSTER)
    return _workbook(roster_files.template(_, rtl=_rtl()), f"{slug}.xlsx")


@bp.get("/cohorts/<slug>/import/rows.xlsx")
@guard.needs(Permission.IMPORT_ROSTER)
def faulty_rows(slug: str) -> ResponseReturnValue:
    """The rows to correct, with the reasons; the file can be uploaded again."""
    upload = _upload(slug, request.args.get("file", ""))
    cohort = access.cohort(current_user, slug, Permission.IMPORT_ROSTER)
    if upload is None:
        return _choose_again(slug)
    checked = roster_service.check(cohort, upload.sheet, by=current_user)
    return _workbook(roster_files.faulty_rows(upload.sheet, checked.plan, _, rtl=_rtl()), f"{slug}-rows.xlsx")


@bp.errorhandler(SheetRefused)
def cannot_be_read(refused: SheetRefused) -> ResponseReturnValue:
    """The file as a whole is no list: the first step again, with the reason."""
    slug = (request.view_args or {}).get("slug", "")
    cohort = access.cohort(current_user, slug, Permission.IMPORT_ROSTER)
    return _first_step(cohort, refusal_message(refused, _)), 422


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.secret_key or "", salt="roster file")


def _upload(slug: str, reference: str) -> Upload | None:
    """The file behind a reference that this person got for this cohort within a day."""
    try:
        person, place, sha256, name = _signer().loads(reference, max_age=DAY)
    except BadSignature:
        return None
    if (person, place) != (current_user.id, slug) or not current_app.extensions["files"].exists(sha256):
        return None
    return Upload(reference, Source(name, sha256))


def _choose_again(slug: str) -> ResponseReturnValue:
    flash(_("Choose the file again: it was uploaded too long ago."), "warn")
    return redirect(url_for("cohorts.import_roster", slug=slug))


def _first_step(cohort: Cohort, error: str = "") -> str:
    return render_template(
        "cohorts/import.html",
        cohort=cohort,
        imports=queries.imports(cohort),
        columns=COLUMNS,
        error=error,
        frozen=cohort.state in FROZEN,
        active="cohorts",
    )


def _look_again(upload: Upload, slug: str, why: str) -> ResponseReturnValue:
    flash(why, "bad")
    return redirect(url_for("cohorts.check_roster", slug=slug, file=upload.reference))


def _nothing_new(cohort: Cohort, upload: Upload, checked: Checked) -> ResponseReturnValue:
    """Confirming twice leads to the same result; a list that changes nothing is only said to be one."""
    same = next((made for made, _by in queries.imports(cohort) if made.sha256 == upload.source.sha256), None)
    if same:
        return redirect(url_for("cohorts.imported", slug=cohort.slug, import_id=same.id))
    if checked.plan.counts[Action.CONFLICT] or checked.plan.errors:
        return _look_again(upload, cohort.slug, _("There is nothing to import yet."))
    flash(_("Everybody on the list stands here already. Nothing was changed."), "info")
    return redirect(url_for("cohorts.roster", slug=cohort.slug))


def _preview(cohort: Cohort, upload: Upload, checked: Checked) -> str:
    plan, page = checked.plan, page_number()
    return render_template(
        "cohorts/check.html",
        cohort=cohort,
        upload=upload,
        checked=checked,
        plan=plan,
        Action=Action,
        columns=COLUMNS,
        message=lambda one: problem_message(one, _),
        fingerprint=_fingerprint(checked),
        errors=plan.errors[(page - 1) * ON_A_PAGE : page * ON_A_PAGE],
        page=page,
        pages=-(-len(plan.errors) // ON_A_PAGE),
        conflicts=roster_service.conflicts(checked),
        roles=Counter(one.role for one in plan.lines),
        seats_missing=roster_service.seats_missing(cohort, checked),
        active="cohorts",
    )


def _fingerprint(checked: Checked) -> str:
    """What a person confirmed: every row with what would happen to it."""
    plan = checked.plan
    shown = (
        [(one.row, one.email, one.action.value) for one in plan.lines],
        [(one.row, one.column, one.code.value) for one in plan.problems],
        plan.new_entities,
    )
    return hashlib.sha256(repr(shown).encode()).hexdigest()


def _workbook(data: bytes, name: str) -> Response:
    return Response(data, mimetype=roster_files.TYPE, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _rtl() -> bool:
    return i18n.current().dir == "rtl"
