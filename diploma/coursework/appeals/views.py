"""Appeals: the trainee asks beside the result of a version; staff answer from a queue."""

import secrets

from flask import Blueprint, abort, current_app, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from diploma.accounts import guard
from diploma.accounts.permissions import Permission
from diploma.core import clock, i18n, listing, web
from diploma.core.errors import Refused
from diploma.coursework import access as works
from diploma.coursework import pages as files
from diploma.coursework import results, rules
from diploma.coursework.appeals import access, answering, asking, deciders, pages
from diploma.coursework.appeals.forms import FILE, AnswerForm, AppealForm, ObjectionForm
from diploma.coursework.appeals.models import Appeal, AppealState
from diploma.coursework.appeals.rules import MAX_BYTES, MOVES, WAITING, figures
from diploma.coursework.models import SubmissionVersion
from diploma.coursework.rules import SentFile
from diploma.learning import catalogue

bp = Blueprint("appeals", __name__)
MAY = Permission.SEE_COHORT  # who among them may answer what: deciders


@bp.url_value_preprocessor
def _note_arrival(*_ignored: object) -> None:
    """Whether an appeal came in time is decided by its arrival, before a body that may come slowly is read."""
    g.arrived = clock.now()


# ---- the trainee


@bp.get("/receipts/<receipt>/appeals")
@guard.signed_in
def mine(receipt: str) -> ResponseReturnValue:
    """Ask for a review of a criterion, and what became of one's appeals."""
    form = AppealForm(formdata=None)
    form.key.data = secrets.token_urlsafe(16)
    return _mine(works.own_version(current_user, receipt), form)


@bp.post("/receipts/<receipt>/appeals")
@guard.signed_in
@web.receives_files(FILE)
def ask(receipt: str) -> ResponseReturnValue:
    file, form = pages.sent_file(), AppealForm()
    version = works.own_version(current_user, receipt)
    file = file or pages.kept(request.form.get("kept", ""), version)
    if not form.validate():
        return _mine(version, form, file, 422)
    try:
        asking.ask(version, form.asked(file), at=g.arrived, base_url=current_app.config["BASE_URL"], by=current_user)
    except Refused as refused:
        form.refuse(refused)
        return _mine(version, form, file, 409)
    flash(_("Your appeal is sent. You get a mail with the answer."), "ok")
    return redirect(url_for("appeals.mine", receipt=version.receipt))


@bp.post("/receipts/<receipt>/appeals/<int:appeal_id>/withdraw")
@guard.signed_in
def withdraw(receipt: str, appeal_id: int) -> ResponseReturnValue:
    appeal = access.own_appeal(works.own_version(current_user, receipt), appeal_id)
    asking.withdraw(appeal, base_url=current_app.config["BASE_URL"], by=current_user)
    flash(_("The appeal is withdrawn."), "ok")
    return redirect(url_for("appeals.mine", receipt=receipt))


@bp.route("/receipts/<receipt>/appeals/<int:appeal_id>/second", methods=["GET", "POST"])
@guard.signed_in
def escalate(receipt: str, appeal_id: int) -> ResponseReturnValue:
    """Carry an upheld mark to the second instance."""
    appeal = access.own_appeal(works.own_version(current_user, receipt), appeal_id)
    form, status = ObjectionForm(), 200
    if form.validate_on_submit():
        base_url = current_app.config["BASE_URL"]
        try:
            asking.escalate(appeal, form.objection.data or "", at=g.arrived, base_url=base_url, by=current_user)
        except Refused as refused:
            form.refuse(refused)
            status = 409
        else:
            flash(_("Your appeal goes on to the second instance. You get a mail with the answer."), "ok")
            return redirect(url_for("appeals.mine", receipt=receipt))
    page = render_template(
        "confirm.html",
        title=_("Go on to the second instance?"),
        text=_("Somebody who has not answered yet looks at the criterion again. Their answer is final."),
        submit=_("Send to the second instance"),
        back=url_for("appeals.mine", receipt=receipt),
        form=form,
        danger=False,
        active="modules",
    )
    return page, 422 if form.errors and status == 200 else status


@bp.get("/receipts/<receipt>/appeals/<int:appeal_id>/file")
@guard.signed_in
def own_file(receipt: str, appeal_id: int) -> ResponseReturnValue:
    return _file(access.own_appeal(works.own_version(current_user, receipt), appeal_id))


# ---- the staff


@bp.get("/appeals/")
@guard.needs(MAY)
def queue() -> ResponseReturnValue:
    """What waits for an answer of this person, the other appeals of their cohorts, and how appeals were answered."""
    asked = listing.asked(request.args, access.SORTS, "due")
    waiting = access.waiting(current_user, asked.sort)
    led = any(current_user.can(one, clock.now()) for one in (Permission.MODERATE_MARKS,))
    return render_template(
        "coursework/appeals/queue.html",
        waiting=waiting,
        others=access.others(current_user, waiting),
        figures=figures(access.counted(current_user), clock.now()) if led else {},
        sort=asked.sort,
        content=results.content_of,
        titles=catalogue.latest(),
        now=clock.now(),
        active="marking",
    )


@bp.get("/appeals/<int:appeal_id>")
@guard.needs(MAY)
def appeal(appeal_id: int) -> ResponseReturnValue:
    """The work, the criterion and what was said, with the form of the answer for who may give it."""
    found = access.appeal(current_user, appeal_id)
    form = AnswerForm(formdata=None)
    form.version.show(found.version)
    return _appeal(found, form)


@bp.post("/appeals/<int:appeal_id>")
@guard.needs(MAY)
def answer(appeal_id: int) -> ResponseReturnValue:
    """Let the mark stand, or accept the appeal: the button says which."""
    found, form = access.appeal(current_user, appeal_id), AnswerForm()
    step = {"uphold": answering.uphold, "accept": answering.accept}.get(request.form.get("do", ""))
    if not form.validate() or step is None:
        return _appeal(found, form, 422)
    try:
        step(found, form.verdict(), base_url=current_app.config["BASE_URL"], by=current_user)
    except Refused as refused:
        form.refuse(refused)
        form.version.show(found.version)
        return _appeal(found, form, 409)
    flash(_("The appeal is answered, and the trainee gets a mail."), "ok")
    return redirect(url_for("appeals.appeal", appeal_id=found.id))


@bp.get("/appeals/<int:appeal_id>/file")
@guard.needs(MAY)
def file(appeal_id: int) -> ResponseReturnValue:
    """The file that the trainee has sent with the appeal."""
    return _file(access.appeal(current_user, appeal_id))


@bp.get("/appeals/<int:appeal_id>/work/<int:number>")
@guard.needs(MAY)
def work_file(appeal_id: int, number: int) -> ResponseReturnValue:
    found = works.version_file(access.appeal(current_user, appeal_id).marking.work, number)
    return files.attachment(found["name"], found["sha256"])


def _file(found: Appeal) -> ResponseReturnValue:
    return files.attachment(found.file_name, found.file_sha256) if found.file_name and found.file_sha256 else abort(404)


def _mine(
    version: SubmissionVersion, form: AppealForm, file: SentFile | None = None, status: int = 200
) -> ResponseReturnValue:
    content, lang = results.content_of(version), current_user.content_language or i18n.current()
    module, made = version.submission.module, access.own(version)
    marking = results.released(version.submission).get(version.id)
    asked = {one.criterion for one in made}
    lines = results.lines(content, module, marking.levels, lang) if marking else []
    page = render_template(
        "coursework/appeals/mine.html",
        version=version,
        content=content,
        lang=lang,
        form=form,
        lines=[one for one in lines if one.id not in asked and one.chosen != one.levels[-1]],
        obstacle=asking.obstacle(version, clock.now()),
        until=asking.asked_until(version),
        policy=asking.policy_of(version),
        appeals=[pages.shown(one, lang, to_author=True) for one in made],
        kept=pages.keep(file, version),
        file=file,
        most=MAX_BYTES,
        now=clock.now(),
        moves=MOVES,
        withdrawn=AppealState.WITHDRAWN,
        zone=version.submission.enrolment.cohort.time_zone,
        active="modules",
    )
    return page, status


def _appeal(found: Appeal, form: AnswerForm, status: int = 200) -> ResponseReturnValue:
    work = found.marking.work
    lang = i18n.current()
    content, module = results.content_of(work), work.submission.module
    lines = results.lines(content, module, found.marking.levels, lang)
    page = render_template(
        "coursework/appeals/appeal.html",
        appeal=found,
        shown=pages.shown(found, lang, to_author=False),
        work=work,
        content=content,
        module=module,
        lines=lines,
        line=next(one for one in lines if one.id == found.criterion),
        form=form,
        mine=deciders.may_answer(found, current_user),
        waits=found.state in WAITING,
        policy=asking.policy_of(work),
        deductions=results.deductions(found.marking),
        rules=rules,
        zone=work.submission.enrolment.cohort.time_zone,
        now=clock.now(),
        active="marking",
    )
    return page, status
