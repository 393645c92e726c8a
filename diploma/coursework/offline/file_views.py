"""The pages of feedback files: many from one ZIP, one on the page of a script, and on their way to the trainee."""

import hashlib

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from diploma.accounts import guard
from diploma.accounts.permissions import Permission
from diploma.core import filetypes, i18n, web
from diploma.core.errors import Refused
from diploma.core.uploads import store
from diploma.coursework import access as coursework
from diploma.coursework import pages
from diploma.coursework.offline import access, feedback, matching, messages
from diploma.coursework.offline.feedback import Done
from diploma.coursework.offline.matching import Fate
from diploma.coursework.offline.views import MOST_TOLD, bp, choose_again, first_page, kept, opened
from diploma.coursework.queue_pages import query

__all__ = ["bp"]  # with the routes of this module, whoever registers it


# ---- many


@bp.post("/marking/offline/files")
@guard.needs(Permission.MARK)
@web.receives_files("files")
def send_files() -> ResponseReturnValue:
    """Choose a ZIP of feedback files; the next page shows which file belongs to which work."""
    reference = kept("files", "files")
    if reference is None:
        return first_page(files_error=_("Choose a file first.")), 422
    return redirect(url_for("offline.files_check", file=reference))


@bp.get("/marking/offline/files/check")
@guard.needs(Permission.MARK)
def files_check() -> ResponseReturnValue:
    """Every file of a ZIP with the work that it belongs to, or why it has none. Writes nothing."""
    found = opened("files", request.args.get("file", ""))
    if found is None:
        return choose_again()
    try:
        files = matching.open_bundle(store().path(found.source.sha256), found.source.name, _digest)
    except Refused as refused:
        return first_page(files_error=messages.said(refused)), 422
    matches = matching.match(files, by=current_user)
    return render_template(
        "coursework/offline/files.html",
        file=found,
        counts={one: sum(match.fate is one for match in matches) for one in Fate},
        good=[one for one in matches if one.fate in (Fate.NEW, Fate.REPLACES)],
        left=[one for one in matches if one.reason],
        reason=i18n.reason,
        active="marking",
    )


@bp.post("/marking/offline/files/save")
@guard.needs(Permission.MARK)
def files_save() -> ResponseReturnValue:
    """Store the files that were shown with their works."""
    found = opened("files", request.form.get("file", ""))
    if found is None:
        return choose_again()
    try:  # the bytes are on disk before the first statement, so that no lock is held meanwhile
        files = matching.open_bundle(store().path(found.source.sha256), found.source.name, feedback.into(store()))
    except Refused as refused:
        return first_page(files_error=messages.said(refused)), 422
    matches = matching.match(files, by=current_user)
    refused_files = matching.save(matches, sha256=found.source.sha256, by=current_user)
    saved = sum(one.fate in (Fate.NEW, Fate.REPLACES) for one in matches) - len(refused_files)
    if saved:
        flash(ngettext("%(num)s feedback file is saved.", "%(num)s feedback files are saved.", saved), "ok")
    else:
        flash(_("There is nothing new in this archive."), "info")
    for path, reason in refused_files[:MOST_TOLD]:
        flash(_("%(name)s: %(reason)s", name=path, reason=i18n.reason(reason.message, reason.params)), "bad")
    return redirect(url_for("offline.files_check", file=found.reference))


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


# ---- one


@bp.post("/marking/<int:marking_id>/feedback")
@guard.needs(Permission.MARK)
@web.receives_files("feedback")
def add_file(marking_id: int) -> ResponseReturnValue:
    """Add files to the mark of one work; one of the same name takes the place of the one that is there."""
    ready, problems = [], []
    for upload in web.uploads("feedback"):
        name = filetypes.safe_name(upload.name)
        try:
            ready.append(feedback.prepare(name, store().read(upload.blob.sha256), feedback.into(store())))
        except Refused as refused:
            problems.append((name, refused))
    row = coursework.marking(current_user, marking_id)
    for sent in ready:
        try:
            done = feedback.add(row, sent, by=current_user)
        except Refused as refused:
            problems.append((sent.name, refused))
        else:
            flash(_said(done, sent.name), "ok")
    for name, problem in problems:
        flash(_("%(name)s: %(reason)s", name=name, reason=messages.said(problem)), "bad")
    if not ready and not problems:
        flash(_("Choose a file first."), "warn")
    return redirect(url_for("marking.script", marking_id=row.id, **query(), _anchor="feedback"))


@bp.post("/marking/<int:marking_id>/feedback/<int:file_id>/remove")
@guard.needs(Permission.MARK)
def remove_file(marking_id: int, file_id: int) -> ResponseReturnValue:
    row = coursework.marking(current_user, marking_id)
    feedback.remove(access.file(row, file_id), row, by=current_user)
    flash(_("The feedback file is removed."), "ok")
    return redirect(url_for("marking.script", marking_id=row.id, **query(), _anchor="feedback"))


@bp.get("/marking/<int:marking_id>/feedback/<int:file_id>")
@guard.needs(Permission.MARK)
def marker_file(marking_id: int, file_id: int) -> ResponseReturnValue:
    """A feedback file as its marker has named it."""
    file = access.file(coursework.marking(current_user, marking_id), file_id)
    return pages.attachment(file.name, file.sha256)


@bp.get("/receipts/<receipt>/feedback/<int:number>")
@guard.signed_in
def own_file(receipt: str, number: int) -> ResponseReturnValue:
    """A feedback file for the author of the work, after the release; its name says nothing of the marker."""
    name, file = access.released_file(coursework.own_version(current_user, receipt), number)
    return pages.attachment(name, file.sha256)


def _said(done: Done, name: str) -> str:
    if done is Done.REPLACED:
        return str(_("%(name)s: the feedback file is replaced.", name=name))
    if done is Done.SAME:
        return str(_("%(name)s: this feedback file is here already.", name=name))
    return str(_("%(name)s: the feedback file is added.", name=name))
