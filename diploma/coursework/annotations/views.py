"""The pages of a PDF that was handed in, with the comments on them, and the feedback PDF.

A picture of a page is drawn outside of any transaction that writes: drawing takes seconds, and one writer waits for
another. So a form that is refused shows the page by what the form itself remembers of it.
"""

import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, abort, current_app, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from diploma.accounts import guard
from diploma.accounts.permissions import Permission
from diploma.core import downloads, i18n, ratelimit, web
from diploma.core.errors import Refused
from diploma.core.uploads import store
from diploma.coursework import access as works
from diploma.coursework import results
from diploma.coursework.allocation import anonymity, leases
from diploma.coursework.annotations import access, drawing, feedback, panels, rules, service
from diploma.coursework.annotations.drawing import Drawn, NoSuchPage, Undrawable
from diploma.coursework.annotations.feedback import Bound
from diploma.coursework.annotations.forms import PlaceForm
from diploma.coursework.annotations.models import Annotation
from diploma.coursework.annotations.service import Desk
from diploma.coursework.models import Marking, SubmissionVersion
from diploma.coursework.moderation import access as second

bp = Blueprint("annotations", __name__)
_AT_ONCE = 8  # feedback PDFs that one person gets in a minute: each takes seconds to make
_KEEP = "private, max-age=3600, immutable"  # its address names a file that never changes, on a desk of this person


@dataclass(frozen=True)
class Leaf:
    """A page of a file on a desk: ``address`` builds those of its neighbours, ``back`` leads to the script."""

    desk: Desk
    number: int
    page: int
    name: str
    sha256: str
    address: Callable[..., str]
    picture: str
    download: str
    back: str

    @property
    def path(self) -> Path:
        return store().path(self.sha256)


# ---- the desk of the first marker


@bp.route("/marking/<int:marking_id>/files/<int:number>/pages/<int:page>", methods=["GET", "POST"])
@guard.needs(Permission.MARK)
def sheet(marking_id: int, number: int, page: int) -> ResponseReturnValue:
    """A page of a file with its comments, and the form of a new one."""
    return _sheet(_first(marking_id, number, page))


@bp.get("/marking/<int:marking_id>/files/<int:number>/pages/<int:page>.png")
@guard.needs(Permission.MARK)
def picture(marking_id: int, number: int, page: int) -> ResponseReturnValue:
    return _picture(_first(marking_id, number, page))


@bp.get("/marking/<int:marking_id>/feedback.pdf")
@guard.needs(Permission.MARK)
def preview(marking_id: int) -> ResponseReturnValue:
    """What the trainee would get now."""
    row = works.marking(current_user, marking_id)
    return _feedback(row, access.on(Desk(row)))


# ---- the desk of a second or third marker


@bp.route("/marking/second/<int:reading_id>/files/<int:number>/pages/<int:page>", methods=["GET", "POST"])
@guard.needs(Permission.MARK)
def second_sheet(reading_id: int, number: int, page: int) -> ResponseReturnValue:
    return _sheet(_second(reading_id, number, page))


@bp.get("/marking/second/<int:reading_id>/files/<int:number>/pages/<int:page>.png")
@guard.needs(Permission.MARK)
def second_picture(reading_id: int, number: int, page: int) -> ResponseReturnValue:
    return _picture(_second(reading_id, number, page))


# ---- the author


@bp.get("/receipts/<receipt>/feedback.pdf")
@guard.signed_in
def own(receipt: str) -> ResponseReturnValue:
    """The work with what was said in it, once its mark is released."""
    version = works.own_version(current_user, receipt)
    marking = results.released(version.submission).get(version.id) or abort(404)
    return _feedback(marking, access.released(marking))


# ---- inside


def _first(marking_id: int, number: int, page: int) -> Leaf:
    row = works.marking(current_user, marking_id)
    hidden = anonymity.is_hidden(row, current_user)
    return _leaf(Desk(row), number, page, "", {"marking_id": marking_id}, hidden=hidden)


def _second(reading_id: int, number: int, page: int) -> Leaf:
    row = second.reading(current_user, reading_id)
    return _leaf(Desk(row.moderation.marking, row), number, page, "second_", {"reading_id": reading_id}, hidden=True)


def _leaf(desk: Desk, number: int, page: int, prefix: str, who: dict[str, Any], *, hidden: bool) -> Leaf:
    file = works.version_file(desk.work, number)
    scripts = "second" if desk.reading else "marking"

    def address(**changed: Any) -> str:
        return url_for(f"annotations.{prefix}sheet", **{**who, "number": number, "page": page, **changed})

    return Leaf(
        desk,
        number,
        page,
        anonymity.file_names(desk.work, hidden=hidden)[number - 1],
        file["sha256"],
        address,
        url_for(f"annotations.{prefix}picture", **who, number=number, page=page),
        url_for(f"{scripts}.script_file", **who, number=number),
        url_for(f"{scripts}.script", **who, _anchor="files"),
    )


def _picture(leaf: Leaf) -> ResponseReturnValue:
    try:
        drawn = drawing.page(leaf.path, leaf.page)
    except NoSuchPage:
        abort(404)
    answer = send_file(io.BytesIO(drawn.png), mimetype="image/png")
    answer.headers["Cache-Control"] = _KEEP
    return answer


def _sheet(leaf: Leaf) -> ResponseReturnValue:
    if request.method == "POST":
        return _changed(leaf)
    edited = request.args.get("edit", 0, int)
    note = access.annotation(leaf.desk, edited) if edited else None
    form = PlaceForm(formdata=None, data=_placed(note) if note else None)
    try:
        return _page(leaf, form, drawing.page(leaf.path, leaf.page), 200, note=note)
    except NoSuchPage:
        abort(404)
    except Undrawable as refused:
        return _page(leaf, form, None, 200, why=i18n.reason(refused.message, refused.params))


def _changed(leaf: Leaf) -> ResponseReturnValue:
    """Write, change or remove a comment of this page."""
    form, known = PlaceForm(), request.args.get("edit", 0, int)
    note = access.annotation(leaf.desk, known) if known else None
    form.text.data = panels.with_bank(form.text.data or "", "bank", leaf.desk.work)
    try:
        if "remove" in request.form:
            gone = access.annotation(leaf.desk, request.form.get("remove", 0, int))
            service.remove(gone, leaf.desk, by=current_user)
            flash(_("The comment is removed."), "ok")
            return redirect(leaf.address())
        if not form.validate():
            return _page(leaf, form, _remembered(leaf), 422, note=note)
        if note:
            service.change(note, leaf.desk, form.said(), form.seen.data or 0, by=current_user)
        else:
            service.add(leaf.desk, form.place(leaf.sha256, leaf.page), form.said(), by=current_user)
    except Refused as refused:
        form.refuse(refused)
        return _page(leaf, form, _remembered(leaf), refused.status, note=note)
    flash(_("The comment is changed.") if note else _("The comment is added."), "ok")
    return redirect(leaf.address())


def _remembered(leaf: Leaf) -> Drawn:
    """The size of the page that the form was shown beside."""
    pages, width, height = (request.form.get(name, 0, int) for name in ("pages", "width", "height"))
    most = drawing.LONGEST_SIDE
    return Drawn(max(pages, leaf.page), min(max(width, 1), most), min(max(height, 1), most), b"")


def _placed(note: Annotation) -> dict[str, Any]:
    at = {name: (getattr(note, name) or 0) * 100 / rules.WHOLE for name in ("x", "y", "w", "h")}
    return {**at, "text": note.text, "criterion": note.criterion, "seen": note.version}


def _page(
    leaf: Leaf, form: PlaceForm, drawn: Drawn | None, status: int, *, note: Annotation | None = None, why: str = ""
) -> ResponseReturnValue:
    """``drawn`` is missing when the page cannot be shown, and ``why`` says the reason."""
    desk, work = leaf.desk, leaf.desk.work
    module = work.submission.module
    criteria = results.lines(results.content_of(work), module, {}, work.lang)
    panels.offer(form, criteria)
    shown = panels.shown(work, access.on(desk))
    page = render_template(
        "coursework/annotations/page.html",
        leaf=leaf,
        form=form,
        drawn=drawn,
        why=why,
        edited=note,
        shown=shown,
        notes=[one for one in shown.of_files.get(leaf.sha256, []) if one.page == leaf.page],
        titles={one.id: one.title for one in criteria},
        bank=panels.bank_of(desk),
        held=None if desk.reading else leases.held_by_other(desk.marking, current_user),
        whole=rules.WHOLE,
        active="marking",
        zone=work.submission.enrolment.cohort.time_zone,
    )
    return page, status


def _feedback(marking: Marking, notes: list[Annotation]) -> Response:
    """The feedback PDF of a work, named by its receipt; without comments there is none."""
    if not notes:
        abort(404)
    wait = ratelimit.take(f"feedback:{current_user.id}", burst=_AT_ONCE, per_minute=_AT_ONCE)
    if wait:
        return web.too_many(wait)
    work, lang = marking.work, i18n.current()
    shown, names = panels.shown(work, notes), _names(marking, notes)
    files = _files(work, shown)
    bound = [Bound(number, store().path(digest), of) for number, name, digest, of in files if panels.is_pdf(name)]
    html = render_template(
        "coursework/annotations/feedback.html",
        work=work,
        marking=marking,
        title=results.content_of(work).say(work.submission.module, "assignment/title", lang),
        titles={one.id: one.title for one in results.lines(results.content_of(work), work.submission.module, {}, lang)},
        shown=shown,
        files=files,
        marker=anonymity.marker(marking),
        direction=rules.direction,
    )
    made = feedback.make(
        html,
        bound,
        shown.numbers,
        names,
        title=str(_("Feedback on %(receipt)s", receipt=work.receipt)),
        lang=lang,
        cache=Path(current_app.instance_path) / "feedback",
    )
    return downloads.attachment(io.BytesIO(made), f"{work.receipt}-feedback.pdf")


def _files(work: SubmissionVersion, shown: panels.Shown) -> list[tuple[int, str, str, list[Annotation]]]:
    """The files with comments: number, name, digest, comments. The same file may have been handed in twice."""
    found: dict[str, tuple[int, str, str, list[Annotation]]] = {}
    files = [one for part in work.files.values() for one in part]
    for number, one in enumerate(files, 1):
        if one["sha256"] in shown.of_files and one["sha256"] not in found:
            of = shown.of_files[one["sha256"]]
            found[one["sha256"]] = (number, one["name"], one["sha256"], of)
    return list(found.values())


def _names(marking: Marking, notes: list[Annotation]) -> dict[int, str]:
    """Who is named on a comment: the marker, where the cohort tells who marked; never a second one."""
    marker = anonymity.marker(marking)
    return {one.id: marker for one in notes if marker and one.author_id == marking.marker_id and not one.reading_id}
