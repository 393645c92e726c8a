"""The trainee's pages: the assignment and its draft, handing in, the receipt and the result."""

import secrets

from flask import Blueprint, Response, abort, current_app, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from diploma.accounts import guard
from diploma.accounts.permissions import Permission
from diploma.cohorts.models import Enrolment
from diploma.core import clock, i18n, web
from diploma.core.errors import Refused, Stale
from diploma.coursework import access, dates, deadlines, pages, results, rules, service
from diploma.coursework.allocation import anonymity
from diploma.coursework.annotations import access as annotations
from diploma.coursework.annotations import panels
from diploma.coursework.appeals import pages as appeals
from diploma.coursework.attempts import history, opening, windows
from diploma.coursework.extensions import easing
from diploma.coursework.feedback import advice, distribution
from diploma.coursework.forms import DraftForm
from diploma.coursework.models import Submission, SubmissionState
from diploma.coursework.peers import access as peers
from diploma.coursework.peers import counting
from diploma.coursework.rubrics import words
from diploma.coursework.rules import Problem, SentFile
from diploma.coursework.together import desk, members
from diploma.learning import access as learning
from diploma.learning.access import Reader
from diploma.learning.structure import Module, Part, PartKind

bp = Blueprint("coursework", __name__)
ANNEX = "annex"  # the field of the files


@bp.url_value_preprocessor
def _note_arrival(*_ignored: object) -> None:
    """The start of the request decides about late: this runs before anything reads a body that may arrive slowly."""
    g.arrived = clock.now()


@bp.get("/modules/<module>/assignment")
@guard.signed_in
def assignment(module: str) -> ResponseReturnValue:
    """The draft while it is written, afterwards what was handed in and its result; staff see the task."""
    who, found = learning.open_module(current_user, module)
    work = service.find(who.enrolment, module) if who.enrolment else None
    if work is None or work.state is not SubmissionState.SUBMITTED:
        return _desk(who, found, work, _fresh_form(work and work.desk), 200)
    released = results.released(work)
    late, past, eased = dates.late(work.enrolment.cohort, module), history.of(work), easing.of([work])[work.id]
    shown = [pages.result(one, released[one.id], who.lang) for one in reversed(work.versions) if one.id in released]
    newest = released.get(work.versions[-1].id)
    until = service.may_resubmit(work, newest)
    return render_template(
        "coursework/handed_in.html",
        reader=who,
        module=found,
        work=work,
        results=shown,
        late=late,
        reviews=appeals.standings([one.version for one in shown]),
        noted=annotations.counts([one.marking.lead.id for one in shown]) if shown else {},
        together=desk.of(work.enrolment, module, work),
        past=past,
        closed=opening.was_closed(work),
        peers=peers.desk(work.enrolment, module),
        eased=eased,
        resubmit_until=until,
        advice=advice.of(newest, shown[0].lines, shown[0].limit, late, past.rule.cap, eased)
        if newest and until
        else None,
        distribution=distribution.of(work.enrolment, module) if shown else None,
        changed=words.of(shown[0].version, who.lang) if shown else [],
        active="modules",
    )


@bp.get("/modules/<module>/assignment/print")
@guard.signed_in
def print_assignment(module: str) -> ResponseReturnValue:
    """The task, what to hand in, the dates and the whole rubric on paper."""
    who, found = learning.open_module(current_user, module)
    deadline = deadlines.of(who.enrolment, module) if who.enrolment else None
    return render_template("coursework/print.html", reader=who, module=found, deadline=deadline, active="modules")


@bp.post("/modules/<module>/assignment")
@guard.needs(Permission.SUBMIT)
@web.receives_files(ANNEX)
def save(module: str) -> ResponseReturnValue:
    """Save the draft with its files, remove a file, or hand in: the button says which."""
    files = [pages.received(one) for one in web.uploads(ANNEX)]
    who, found = learning.open_module(current_user, module)
    form = DraftForm()
    if not form.validate():
        return _desk(who, found, service.find(_own(who), module), form, 422)
    work = _open(who, module, form)
    if work.state is SubmissionState.SUBMITTED:
        return _already(who, found, work, form)
    try:
        service.save_draft(work, form.written(), by=current_user)
    except Stale as stale:
        return _desk(who, found, work, form, 409, stale=stale)
    problems = _attach(work, found, files)
    if unwanted := request.form.get("remove", type=int):
        service.remove_file(work, access.draft_file(work, unwanted), by=current_user)
    if request.form.get("do") == "submit":
        return _submit(who, found, work, form, problems)
    if problems:
        return _desk(who, found, work, form, 422, problems=problems)
    flash(_("The draft is saved."), "ok")
    return redirect(url_for("coursework.assignment", module=module))


@bp.post("/modules/<module>/assignment/draft")
@guard.needs(Permission.SUBMIT)
def autosave(module: str) -> ResponseReturnValue:
    """Save the texts while they are written; answers with one line for the page."""
    who, _found = learning.open_module(current_user, module)
    form = DraftForm()
    if not form.validate():
        abort(422)
    work = _open(who, module, form)
    service.save_draft(work, form.written(), by=current_user)
    count = rules.words(work.text)
    said = ngettext("%(num)s word", "%(num)s words", count)
    saved = _("Saved %(time)s", time=i18n.fmt().time(work.saved_at, who.zone))
    return Response(f"{saved} · {said}", mimetype="text/plain")


@bp.post("/modules/<module>/assignment/resubmit")
@guard.needs(Permission.SUBMIT)
def resubmit(module: str) -> ResponseReturnValue:
    """Open the released work again as a draft."""
    who, _found = learning.open_module(current_user, module)
    service.open_resubmission(access.submission(_own(who), module), by=current_user)
    flash(_("Your work is a draft again. Change it and hand it in once more."), "ok")
    return redirect(url_for("coursework.assignment", module=module))


@bp.get("/modules/<module>/assignment/files/<int:file_id>")
@guard.needs(Permission.SUBMIT)
def draft_file(module: str, file_id: int) -> ResponseReturnValue:
    who, _found = learning.open_module(current_user, module)
    file = access.written_file(_own(who), module, file_id)
    return pages.attachment(file.name, file.sha256)


@bp.get("/receipts/<receipt>")
@guard.signed_in
def receipt(receipt: str) -> ResponseReturnValue:
    """What was received, when and under which hash; after the release with the result."""
    version = access.own_version(current_user, receipt)
    marking = results.released(version.submission).get(version.id)
    lang = current_user.content_language or i18n.current()
    result = pages.result(version, marking, lang) if marking else None
    notes = annotations.released(marking) if marking else []
    return render_template(
        "coursework/receipt.html",
        version=version,
        content=results.content_of(version),
        lang=lang,
        result=result,
        shown=panels.shown(version, notes) if notes else None,
        titles={one.id: one.title for one in result.lines} if result else {},
        names=anonymity.file_names(version, hidden=False),
        distribution=distribution.of(version.submission.enrolment, version.submission.module) if marking else None,
        review=appeals.standings([version])[version.id] if marking else None,
        rules=rules,
        late=dates.late(version.submission.enrolment.cohort, version.submission.module),
        returned=windows.returned([version]).get(version.id),
        members=members.names(version),
        eased=easing.of([version.submission])[version.submission_id],
        zone=version.submission.enrolment.cohort.time_zone,
        active="modules",
    )


@bp.get("/receipts/<receipt>/files/<int:number>")
@guard.signed_in
def receipt_file(receipt: str, number: int) -> ResponseReturnValue:
    file = access.version_file(access.own_version(current_user, receipt), number)
    return pages.attachment(file["name"], file["sha256"])


def _own(who: Reader) -> Enrolment:
    return who.enrolment or abort(404)


def _open(who: Reader, module: str, form: DraftForm) -> Submission:
    written = form.written()
    return service.open_draft(_own(who), module, written.lang, page=written.page, by=current_user)


def _fresh_form(work: Submission | None) -> DraftForm:
    form = DraftForm(formdata=None, obj=work)
    form.key.data, form.base.data = secrets.token_urlsafe(16), work.version if work else 0
    form.language.data = (work.lang if work else current_user.writing_language()).value
    return form


def _already(who: Reader, found: Module, work: Submission, form: DraftForm) -> ResponseReturnValue:
    """The answer to a form whose work is handed in: the receipt, when this very form did it before, or the page.

    Where the staff have closed the attempt meanwhile, what was sent is shown, so that nothing is lost.
    """
    made = service.handed_in(work, form.written().page)
    if made:
        return redirect(url_for("coursework.receipt", receipt=made.receipt))
    closed = opening.was_closed(work)
    if closed:
        page = render_template(
            "coursework/attempts/closed.html", reader=who, module=found, form=form, closed=closed, active="modules"
        )
        return page, 409
    flash(_("This work is handed in; it can no longer be changed."), "info")
    return redirect(url_for("coursework.assignment", module=work.module))


def _attach(work: Submission, found: Module, files: list[SentFile]) -> list[Problem]:
    """Add the files that can be added; the problems of the others."""
    part = _part(found, PartKind.FILE)
    problems: list[Problem] = []
    if part is None:
        return problems
    for one in files:
        try:
            service.attach_file(work, part, one, by=current_user)
        except Refused as refused:
            problems.append(Problem(part.id, refused.message, refused.params))
    return problems


def _submit(
    who: Reader, found: Module, work: Submission, form: DraftForm, problems: list[Problem]
) -> ResponseReturnValue:
    declared, key = form.declared.data or [], form.written().page
    if problems:
        return _desk(who, found, work, form, 422, problems=problems + service.missing(work, declared))
    try:
        version = service.submit(
            work, key, declared, received_at=g.arrived, by=current_user, base_url=current_app.config["BASE_URL"]
        )
    except service.Incomplete as incomplete:
        return _desk(who, found, work, form, 422, problems=incomplete.problems)
    except Refused as refused:
        return _desk(who, found, work, form, 409, problems=[Problem("", refused.message, refused.params)])
    return redirect(url_for("coursework.receipt", receipt=version.receipt))


def _desk(
    who: Reader,
    found: Module,
    work: Submission | None,
    form: DraftForm,
    status: int,
    *,
    problems: list[Problem] | None = None,
    stale: Stale | None = None,
) -> ResponseReturnValue:
    """The page on which the work is written. After a refusal it carries on from what is saved now.

    What became of earlier versions is each author's own, also where a group writes one draft.
    """
    own = service.find(who.enrolment, found.id) if who.enrolment and work and work.versions else None
    work = work and work.desk
    if status != 200 and work:
        form.base.show(work.version)
        if service.handed_in(work, form.key.data or ""):  # a page of an earlier attempt: from now on it is a new one
            form.key.data = secrets.token_urlsafe(16)
    page = render_template(
        "coursework/assignment.html",
        reader=who,
        module=found,
        work=work,
        form=form,
        stale=stale,
        rules=rules,
        past=history.of(own) if own else None,
        together=desk.of(who.enrolment, found.id, work),
        text_part=_part(found, PartKind.TEXT),
        file_part=_part(found, PartKind.FILE),
        now=clock.now(),
        active="modules",
        deadline=deadlines.of(who.enrolment, found.id, work) if who.enrolment else None,
        faults=pages.faults(problems or [], who.content, found.id, who.lang),
        peers=peers.desk(who.enrolment, found.id),
        peer_rule=counting.rules_of(who.enrolment.cohort, found.id) if who.enrolment else None,
    )
    return page, status


def _part(found: Module, kind: PartKind) -> Part | None:
    """The part of a kind; an assignment has one text and one set of files."""
    return next((one for one in found.assignment.parts if one.kind is kind), None)
