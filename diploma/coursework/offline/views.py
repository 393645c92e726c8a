"""The pages of marking without a line: works to take along, the sheet that comes back. Files: ``file_views``."""

import io
import secrets
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from itsdangerous import BadSignature, URLSafeTimedSerializer

from diploma.accounts import guard
from diploma.accounts.permissions import Permission
from diploma.core import audit, clock, downloads, i18n, listing, web
from diploma.core.db import unit_of_work
from diploma.core.errors import Refused
from diploma.core.grid import SheetRefused
from diploma.core.lang import LANGS
from diploma.core.text import clean, fold
from diploma.core.uploads import store
from diploma.coursework import queue_pages
from diploma.coursework.models import Marking
from diploma.coursework.offline import judging, messages, package, reading, saving, scripts, sheet
from diploma.coursework.offline.columns import TITLES, Seal, Titles
from diploma.coursework.offline.judging import Keep, Outcome, Verdict
from diploma.coursework.offline.saving import Source
from diploma.coursework.offline.scripts import Tables, Typed

bp = Blueprint("offline", __name__)

DAY = 24 * 3600
PAGE = 100  # rows on one page of what a sheet does
MOST_TOLD = 5  # refusals said in a line of their own after saving; all of them stand on the page


@dataclass(frozen=True)
class Kept:
    """A file that was uploaded: its reference in addresses, and the file."""

    reference: str
    source: Source


@bp.get("/marking/offline/")
@guard.needs(Permission.MARK)
def index() -> ResponseReturnValue:
    """Three steps: take works along, bring the sheet back, bring feedback files back."""
    return first_page()


@bp.get("/marking/offline/works.zip")
@guard.needs(Permission.MARK)
def works() -> ResponseReturnValue:
    """One part of the works of the queue as a ZIP, with their mark sheet."""
    try:
        offer = scripts.offer(queue_pages.wanted(), by=current_user)
        number = request.args.get("part", 1, int)
        part = offer.parts[number - 1] if 0 < number <= len(offer.parts) else abort(404)
        tables = Tables(part.works, seal(), i18n.current(), _, by=current_user)
        out = package.write(tables, store(), i18n.current())
    except Refused as refused:
        flash(messages.said(refused), "bad")
        return redirect(url_for("offline.index", **queue_pages.query()))
    with unit_of_work():
        audit.record("works.taken", f"user:{current_user.id}", by=current_user, works=[one.id for one in part.works])
    size = out.seek(0, 2)
    out.seek(0)
    day = clock.today(current_user.time_zone).isoformat()
    end = f"-{number}" if len(offer.parts) > 1 else ""
    response = downloads.attachment(out, f"marking-{day}{end}.zip")
    response.content_length = size
    return response


@bp.post("/marking/offline/sheets")
@guard.needs(Permission.MARK)
@web.receives_files("sheet")
def send_sheet() -> ResponseReturnValue:
    """Choose a filled-in sheet; the next page shows what it would do."""
    reference = kept("sheet", "sheet")
    if reference is None:
        return first_page(sheet_error=_("Choose a file first.")), 422
    return redirect(url_for("offline.sheet_check", file=reference, keep=_keep().value))


@bp.get("/marking/offline/sheets/check")
@guard.needs(Permission.MARK)
def sheet_check() -> ResponseReturnValue:
    """Every row of a sheet with what becomes of it. Writes nothing."""
    found = opened("sheet", request.args.get("file", ""))
    if found is None:
        return choose_again()
    try:
        verdicts = _verdicts(found)
    except (Refused, SheetRefused) as refused:
        return first_page(sheet_error=messages.said(refused)), 422
    counts = {one: sum(verdict.outcome is one for verdict in verdicts) for one in Outcome}
    shown = sorted((one for one in verdicts if one.outcome is not Outcome.SAME), key=_worst_first)
    pages = listing.last_page(len(shown), PAGE)
    page = listing.page(request.args, pages)
    return render_template(
        "coursework/offline/sheet.html",
        file=found,
        keep=_keep(),
        counts=counts,
        rows=shown[(page - 1) * PAGE : page * PAGE],
        key=secrets.token_urlsafe(16),
        reason=i18n.reason,
        page=page,
        pages=pages,
        active="marking",
    )


@bp.get("/marking/offline/sheets/refused.xlsx")
@guard.needs(Permission.MARK)
def sheet_refused() -> ResponseReturnValue:
    """The rows that were refused as a sheet again, with the reasons; to be corrected and sent once more."""
    found = opened("sheet", request.args.get("file", "")) or abort(404)
    try:
        verdicts = [one for one in _verdicts(found) if one.outcome is Outcome.REFUSED]
    except (Refused, SheetRefused):
        abort(404)
    works, typed, loose = _refused_rows(verdicts)
    if not works and not loose:
        abort(404)
    tables = Tables(works, seal(), i18n.current(), _, by=current_user)
    data = sheet.write(tables.made(typed), _, rtl=i18n.current().dir == "rtl", reasons=True, loose=loose)
    return downloads.attachment(io.BytesIO(data), "marks-refused.xlsx")


@bp.post("/marking/offline/sheets/save")
@guard.needs(Permission.MARK)
def sheet_save() -> ResponseReturnValue:
    """Save the good rows of a sheet that was looked at; many of them as a job."""
    found = opened("sheet", request.form.get("file", ""))
    if found is None:
        return choose_again()
    try:
        verdicts = _verdicts(found)
    except (Refused, SheetRefused) as refused:
        return first_page(sheet_error=messages.said(refused)), 422
    back = url_for("offline.sheet_check", file=found.reference, keep=_keep().value)
    good = saving.ready(verdicts)
    if not good:
        flash(_("There is nothing new in this sheet."), "info")
        return redirect(back)
    if len(good) > saving.AT_ONCE:
        key = request.form.get("key", "")[:64]
        made = saving.order(verdicts, found.source, _keep(), back=back, key=key, by=current_user)
        return redirect(url_for("jobs.job", token=made[0].token) if len(made) == 1 else url_for("jobs.index"))
    refused_rows = saving.save(verdicts, found.source, _keep(), by=current_user)
    _tell(len(good) - len(refused_rows), refused_rows)
    return redirect(back)


def _refused_rows(verdicts: list[Verdict]) -> tuple[list[Marking], dict[int, Typed], list[list[str]]]:
    """The works of refused rows, what was typed into them, and the cells of rows that belong to no work or to one that
    has a row already."""
    works: list[Marking] = []
    typed: dict[int, Typed] = {}
    loose: list[list[str]] = []
    for one in verdicts:
        why = {reason.message for reason in one.reasons}
        said = " ".join(i18n.reason(reason.message, reason.params) for reason in one.reasons)
        if one.marking is None or one.marking.id in typed or judging.TWICE in why:
            loose.append([said, *one.row.cells])
            continue
        broken = one.row.seal if judging.BROKEN in why else None
        typed[one.marking.id] = Typed(one.texts, one.row.comment, said, broken)
        works.append(one.marking)
    return works, typed, loose


def _tell(saved: int, refused: list[tuple[int, Refused]]) -> None:
    if saved and _keep() is Keep.MARK:
        flash(ngettext("%(num)s mark is set.", "%(num)s marks are set.", saved), "ok")
    elif saved:
        flash(ngettext("%(num)s draft is saved.", "%(num)s drafts are saved.", saved), "ok")
    for number, reason in refused[:MOST_TOLD]:
        said = i18n.reason(reason.message, reason.params)
        flash(_("Row %(n)s: %(reason)s", n=number, reason=said), "bad")


def _worst_first(one: Verdict) -> tuple[bool, int]:
    return one.outcome is not Outcome.REFUSED, one.row.number


def _keep() -> Keep:
    said = request.values.get("keep", "")
    return Keep(said) if said in set(Keep) else Keep.MARK


def _verdicts(found: Kept) -> list[Verdict]:
    pages = reading.read(store().path(found.source.sha256), found.source.name, _titles())
    return judging.judge(pages, seal(), _keep(), i18n.current(), by=current_user)


def _titles() -> Titles:
    """The titles of the fixed columns in all languages: a sheet may have been made in another one."""
    known: dict[str, str] = {}
    for lang in LANGS:
        with i18n.speaking(lang):
            for key, title in TITLES.items():
                known.setdefault(fold(_(title)), key)
    return Titles(known, {key: _(title) for key, title in TITLES.items()})


# ---- shared with the pages of feedback files


def seal() -> Seal:
    return Seal(str(current_app.secret_key))


def first_page(*, sheet_error: str = "", files_error: str = "") -> str:
    offer, told = None, ""
    try:
        offer = scripts.offer(queue_pages.wanted(), by=current_user)
    except Refused as refused:
        told = messages.said(refused)
    return render_template(
        "coursework/offline/index.html",
        offer=offer,
        told=told,
        sheet_error=sheet_error,
        files_error=files_error,
        query=queue_pages.query("page", "rubric"),
        active="marking",
    )


def kept(kind: str, field: str) -> str | None:
    """A reference to the file of this request, for its owner and a day; ``None`` when there is none."""
    sent = web.uploads(field)
    if not sent:
        return None
    payload: list[Any] = [kind, current_user.id, sent[0].blob.sha256, clean(sent[0].name)[:150]]
    return str(_signer().dumps(payload))


def opened(kind: str, reference: str) -> Kept | None:
    """The file behind a reference that this person got within a day."""
    try:
        what, person, sha256, name = _signer().loads(reference, max_age=DAY)
    except BadSignature:
        return None
    if (what, person) != (kind, current_user.id) or not store().exists(sha256):
        return None
    return Kept(reference, Source(name, sha256))


def choose_again() -> ResponseReturnValue:
    flash(_("Choose the file again: it was uploaded too long ago."), "warn")
    return redirect(url_for("offline.index"))


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.secret_key or "", salt="offline marking")
