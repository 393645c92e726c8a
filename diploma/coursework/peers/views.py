"""The trainee's pages of peer review: what is to give, one review, and those of one's own work."""

import secrets

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from diploma.accounts import guard
from diploma.accounts.permissions import Permission
from diploma.core import clock, filetypes, i18n
from diploma.core.errors import N_, Refused, Stale
from diploma.coursework import access as works
from diploma.coursework import pages, results
from diploma.coursework.peers import access, allotting, service
from diploma.coursework.peers.forms import ReviewForm, TextForm
from diploma.coursework.peers.models import Review, ReviewState
from diploma.coursework.peers.service import Said
from diploma.coursework.rules import Problem
from diploma.coursework.service import Incomplete
from diploma.learning import access as learning
from diploma.learning.access import Reader
from diploma.learning.structure import Module

bp = Blueprint("peers", __name__)
_TOO_LONG = N_("“%(title)s”: the text is longer than %(max)s characters. Shorten it and save again.")


@bp.get("/modules/<module>/peers")
@guard.needs(Permission.SUBMIT)
def index(module: str) -> ResponseReturnValue:
    """The reviews that a person gives, and those of their own work."""
    who, found = learning.open_module(current_user, module)
    desk = access.desk(who.enrolment, module) or abort(404)
    return render_template(
        "coursework/peers/index.html",
        reader=who,
        module=found,
        desk=desk,
        now=clock.now(),
        more=bool(desk.entry and allotting.spare(desk.entry)),
        received=[(one, _lines(one, who)) for one in desk.received],
        active="modules",
    )


@bp.post("/modules/<module>/peers/more")
@guard.needs(Permission.SUBMIT)
def more(module: str) -> ResponseReturnValue:
    """Take one more review."""
    who, _found = learning.open_module(current_user, module)
    made = allotting.more(access.own_entry(who.enrolment, module), by=current_user)
    return redirect(url_for("peers.review", module=module, token=made.token))


@bp.get("/modules/<module>/peers/<token>")
@guard.needs(Permission.SUBMIT)
def review(module: str, token: str) -> ResponseReturnValue:
    """One work beside the rubric."""
    who, found = learning.open_module(current_user, module)
    row = access.given(who.enrolment, module, token)
    form = ReviewForm(formdata=None, obj=row)
    form.page.data = ""  # that of another page
    return _page(who, found, row, form, _stored(row), 200)


@bp.post("/modules/<module>/peers/<token>")
@guard.needs(Permission.SUBMIT)
def write(module: str, token: str) -> ResponseReturnValue:
    """Save a review, or hand it in: the button says which."""
    who, found = learning.open_module(current_user, module)
    row, form = access.given(who.enrolment, module, token), ReviewForm()
    rubric = results.rubric_of(row.entry.work)
    said, long = form.said(rubric), form.too_long(rubric)
    if not form.validate() or long:
        problems = [Problem(one, _TOO_LONG, {"max": service.LONGEST_REMARK}) for one in long]
        return _page(who, found, row, form, said, 422, problems=problems)
    done = request.form.get("do") == "done"
    try:
        (service.hand_in if done else service.save)(row, said, by=current_user)
    except Incomplete as incomplete:
        return _page(who, found, row, form, said, 422, problems=incomplete.problems)
    except Stale as stale:
        return _page(who, found, row, form, said, 409, stale=stale)
    except Refused as refused:
        form.refuse(refused)
        return _page(who, found, row, form, said, 409)
    flash(_("Your review is handed in. Thank you.") if done else _("The draft is saved."), "ok")
    return redirect(
        url_for("peers.index", module=module) if done else url_for("peers.review", module=module, token=token)
    )


@bp.post("/modules/<module>/peers/<token>/draft")
@guard.needs(Permission.SUBMIT)
def autosave(module: str, token: str) -> ResponseReturnValue:
    """Save a review while it is written; answers with one line for the page."""
    who, _found = learning.open_module(current_user, module)
    row, form = access.given(who.enrolment, module, token), ReviewForm()
    rubric = results.rubric_of(row.entry.work)
    if not form.validate() or form.too_long(rubric):
        abort(422)
    service.save(row, form.said(rubric), by=current_user)
    return Response(_saved(row, who), mimetype="text/plain")


@bp.get("/modules/<module>/peers/<token>/files/<int:number>")
@guard.needs(Permission.SUBMIT)
def file(module: str, token: str, number: int) -> ResponseReturnValue:
    """A file of the work, without anything that could say whose it is: neither its name nor when it was stored."""
    who, _found = learning.open_module(current_user, module)
    row = access.given(who.enrolment, module, token)
    found = works.version_file(row.entry.work, number)
    response = pages.attachment(_neutral(number, found["name"]), found["sha256"])
    response.headers.pop("Last-Modified", None)
    return response


@bp.route("/modules/<module>/reviews/<token>/<answer>", methods=["GET", "POST"])
@guard.needs(Permission.SUBMIT)
def respond(module: str, token: str, answer: str) -> ResponseReturnValue:
    """Answer a review of one's own work, or report it."""
    verb = {"reply": service.reply, "report": service.report}.get(answer) or abort(404)
    who, _found = learning.open_module(current_user, module)
    row, form = access.received(who.enrolment, module, token), TextForm()
    back = url_for("peers.index", module=module)
    reply = answer == "reply"
    form.text.label.text = _("Your answer") if reply else _("What is wrong with it")
    if form.validate_on_submit():
        try:
            verb(row, form.text.data or "", by=current_user)
        except Refused as refused:
            form.refuse(refused)
        else:
            flash(_("Your answer is sent.") if reply else _("The staff look at this review."), "ok")
            return redirect(back)
    page = render_template(
        "confirm.html",
        title=_("Answer this review?") if reply else _("Report this review?"),
        text=_("Who wrote the review reads your answer, without your name. You can answer once.")
        if reply
        else _("The staff read the review with both names, and can hide it. Who wrote it is not told of your report."),
        submit=_("Send the answer") if reply else _("Report"),
        back=back,
        form=form,
        danger=False,
        active="modules",
    )
    return page, 422 if form.errors or form.form_errors else 200


def _neutral(number: int, name: str) -> str:
    end = filetypes.ending(name)
    return f"file-{number}.{end}" if end.isalnum() else f"file-{number}"


def _stored(row: Review) -> Said:
    return Said(row.levels, row.remarks, row.comment, "", row.version)


def _lines(row: Review, who: Reader) -> list[results.Line]:
    """The rubric with the levels of a review, in the reader's language."""
    work = row.entry.work
    return results.lines(results.content_of(work), work.submission.module, row.levels, who.lang)


def _saved(row: Review, who: Reader) -> str:
    if row.saved_at is None or row.state is not ReviewState.BEGUN:
        return ""
    return str(_("Saved %(time)s", time=i18n.fmt().time(row.saved_at, who.zone)))


def _page(
    who: Reader,
    found: Module,
    row: Review,
    form: ReviewForm,
    said: Said,
    status: int,
    *,
    problems: list[Problem] | None = None,
    stale: Stale | None = None,
) -> ResponseReturnValue:
    """One review as it was sent, or is stored; after a stale save what is stored stands beside it."""
    work = row.entry.work
    content = results.content_of(work)
    if stale or request.method == "GET":
        form.version.show(row.version)
    form.page.data = form.page.data or secrets.token_urlsafe(16)
    names = [_neutral(n, one["name"]) for n, one in enumerate((f for p in work.files.values() for f in p), 1)]
    page = render_template(
        "coursework/peers/review.html",
        reader=who,
        module=found,
        row=row,
        work=work,
        files=names,
        form=form,
        lines=results.lines(content, found.id, said.levels, who.lang),
        remarks=said.remarks,
        stored=_lines(row, who) if stale else [],
        stale=stale,
        is_open=clock.now() <= row.until_at and row.hidden_at is None,
        faults=pages.faults(problems or [], content, found.id, who.lang),
        saved_text=_saved(row, who),
        longest=service.LONGEST_REMARK,
        active="modules",
    )
    return page, status
