"""A workbook of translations on the screen: upload, check everything, hand in for the import.

The file is kept by its digest; a signed reference, bound to person and language, stands for it between the pages.
"""

from dataclasses import dataclass

from flask import abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from itsdangerous import BadSignature, URLSafeTimedSerializer

from diploma.accounts import guard
from diploma.accounts.access import translates
from diploma.accounts.permissions import Permission
from diploma.core import listing
from diploma.core.errors import Refused
from diploma.core.grid import SheetRefused
from diploma.core.lang import Lang
from diploma.core.text import clean
from diploma.core.web import receives_files
from diploma.core.web import uploads as sent_files
from diploma.learning.models import UploadState
from diploma.learning.translation import importing, uploads, workbooks
from diploma.learning.translation.importing import Plan
from diploma.learning.translation.messages import problem_message, refusal_message
from diploma.learning.translation.uploads import Source
from diploma.learning.translation.views import bp, language_of, loaded_course

__all__ = ["bp"]  # with the routes of this module, whoever registers it

DAY = 24 * 3600
PAGE = 100  # problems on one page
STATES = {
    UploadState.WAITING: (_l("Waits for the import"), "info", "clock"),
    UploadState.IMPORTED: (_l("In the course"), "ok", "check"),
    UploadState.REFUSED: (_l("Refused"), "bad", "warn"),
}


@dataclass(frozen=True)
class Upload:
    """The file of an import under way: its reference in addresses, and its name and digest."""

    reference: str
    source: Source


@bp.route("/translations/<language>/uploads/", methods=["GET", "POST"])
@guard.needs(Permission.TRANSLATE)
@receives_files("file")
def upload(language: str) -> ResponseReturnValue:
    """Choose a workbook; the next page shows what is in it."""
    lang = _written(language)
    sent = sent_files("file")
    if sent:
        reference = _signer().dumps([current_user.id, language, sent[0].blob.sha256, clean(sent[0].name)[:150]])
        return redirect(url_for("translations.check", language=language, file=reference))
    if request.method == "POST":
        return _first_step(lang, _("Choose a file first.")), 422
    return _first_step(lang)


@bp.get("/translations/<language>/uploads/check")
@guard.needs(Permission.TRANSLATE)
def check(language: str) -> ResponseReturnValue:
    """Everything that is wrong with a workbook, by row. Writes nothing."""
    lang, found = _written(language), _upload(language, request.args.get("file", ""))
    if found is None:
        return _choose_again(lang)
    try:
        plan = _plan(lang, found.source)
    except (Refused, SheetRefused) as refused:
        return _first_step(lang, refusal_message(refused, _)), 422
    pages = listing.last_page(len(plan.problems), PAGE)
    page = listing.page(request.args, pages)
    return render_template(
        "translations/check.html",
        lang=lang,
        upload=found,
        plan=plan,
        problems=plan.problems[(page - 1) * PAGE : page * PAGE],
        wrong=len({one.row for one in plan.errors}),
        message=lambda one: problem_message(one, _),
        page=page,
        pages=pages,
    )


@bp.post("/translations/<language>/uploads/hand-in")
@guard.needs(Permission.TRANSLATE)
def hand_in(language: str) -> ResponseReturnValue:
    """Keep a checked workbook for the import."""
    lang, found = _written(language), _upload(language, request.form.get("file", ""))
    if found is None:
        return _choose_again(lang)
    try:
        plan = _plan(lang, found.source)
    except (Refused, SheetRefused) as refused:
        return _first_step(lang, refusal_message(refused, _)), 422
    partial = "partial" in request.form
    if not plan.ready or (plan.errors and not partial):
        flash(_("Things have changed since you looked. Check once more."), "bad")
        return redirect(url_for("translations.check", language=language, file=found.reference))
    uploads.hand_in(lang, found.source, partial=partial, by=current_user)
    flash(_("Handed in. The texts stand in the course after the next import."), "ok")
    return redirect(url_for("translations.upload", language=language))


def _written(tag: str) -> Lang:
    """A language into which this person translates; 404 for one that is not theirs, 403 for one that they only read."""
    language = language_of(tag)
    if language not in translates(current_user):
        abort(403)
    return language


def _plan(language: Lang, source: Source) -> Plan:
    """The workbook against the course of today; raises ``Refused`` and ``SheetRefused``."""
    sheet = workbooks.read(current_app.extensions["files"].path(source.sha256), source.name)
    if sheet.lang is not language:
        raise Refused(uploads.OTHER_LANGUAGE, here=language.native_name, found=sheet.lang.native_name)
    return importing.check(current_app.config["COURSES"], sheet, loaded_course())


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.secret_key or "", salt="translations file")


def _upload(lang: str, reference: str) -> Upload | None:
    """The file behind a reference that this person got for this language within a day."""
    try:
        person, place, sha256, name = _signer().loads(reference, max_age=DAY)
    except BadSignature:
        return None
    if (person, place) != (current_user.id, lang) or not current_app.extensions["files"].exists(sha256):
        return None
    return Upload(reference, Source(name, sha256))


def _choose_again(language: Lang) -> ResponseReturnValue:
    flash(_("Choose the file again: it was uploaded too long ago."), "warn")
    return redirect(url_for("translations.upload", language=language.value))


def _first_step(language: Lang, error: str = "") -> str:
    return render_template(
        "translations/upload.html",
        lang=language,
        error=error,
        uploads=[(one, uploads.problems(one)) for one in uploads.of_person(current_user, language)],
        states=STATES,
        message=lambda one: problem_message(one, _),
    )
