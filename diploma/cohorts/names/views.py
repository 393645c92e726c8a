"""A wrong name: the person asks on a page of their account, those who look after the cohort decide in a queue."""

import io
from typing import Any

from flask import abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from sqlalchemy.orm import joinedload
from wtforms import FileField, StringField, TextAreaField, ValidationError
from wtforms.validators import Length, Optional

from diploma.accounts import guard
from diploma.accounts.permissions import Permission
from diploma.cohorts import access
from diploma.cohorts.blueprint import bp
from diploma.cohorts.forms import REQUIRED, NamedForm
from diploma.cohorts.models import Enrolment
from diploma.cohorts.names import documents, name_requests
from diploma.cohorts.names.models import NameRequest, RequestState
from diploma.core import downloads, i18n
from diploma.core.db import session
from diploma.core.errors import Refused
from diploma.core.forms import Form
from diploma.core.lang import Lang
from diploma.core.text import LONGEST_NAME

ACCEPT = "accept"


class AskForm(NamedForm):
    """The right spellings; a field that is left empty is right as it stands."""

    full_name = StringField(_l("Name on lists"), [Length(max=LONGEST_NAME)], render_kw={"dir": "auto"})
    why = TextAreaField(
        _l("What is wrong, and how do you know?"),
        [REQUIRED, Length(max=2000)],
        render_kw={"dir": "auto", "class": "low"},
        description=_l("For example: as in my passport. Do not write numbers of documents here."),
    )

    document = FileField(
        _l("A document that shows the right spelling"),
        [Optional()],
        render_kw={"accept": ".pdf,.png,.jpg,.jpeg,application/pdf,image/png,image/jpeg"},
        description=_l(
            "One PDF, JPEG or PNG file, at most 5 MB; cover what is not needed. Only those who decide see it. It is "
            "deleted after the decision, at the latest after 90 days."
        ),
    )

    def validate_document(self, field: Any) -> None:
        try:
            if field.data:
                documents.kind_of(self.sent())
        except Refused as refused:
            raise ValidationError(i18n.reason(refused.message, refused.params)) from None

    def sent(self) -> bytes:
        """The document, as far as it may be long; empty when none was chosen."""
        file = request.files.get("document")
        if not file:
            return b""
        file.stream.seek(0)
        return file.stream.read(documents.MAX_BYTES + 1)

    def validate_name_en(self, field: object) -> None:
        """One of the names, or the one on lists: the service looks at all of them."""


class DecideForm(Form):
    answer = TextAreaField(
        _l("Answer to the person"),
        [Length(max=2000)],
        render_kw={"dir": "auto", "class": "low"},
        description=_l("It is sent by e-mail. A refusal needs a reason."),
    )


@bp.route("/account/name", methods=["GET", "POST"])
@guard.signed_in
def ask_name() -> ResponseReturnValue:
    """Where one's own request stands, and the form for a new one."""
    form = AskForm()
    if form.validate_on_submit() and _ask(form):
        flash(_("Your request is sent. You will get the answer by e-mail."), "ok")
        return redirect(url_for("cohorts.ask_name"))
    last = name_requests.latest(current_user)
    page = render_template(
        "cohorts/ask_name.html",
        form=form,
        last=last,
        is_open=last is not None and last.state is RequestState.OPEN,
        enrolled=bool(access.own_enrolments(current_user)),
        held={one.lang: one.full_name for one in current_user.names},
        active="account",
    )
    return page, 422 if form.errors else 200


def _ask(form: AskForm) -> bool:
    """Send a request, its document stored before the first statement; ``False`` when refused: the form says why."""
    try:
        with documents.stored(form.sent()) as document:
            name_requests.ask(
                next(iter(access.own_enrolments(current_user)), None) or abort(404),
                form.full_name.data or "",
                {Lang(tag): name for tag, name in form.names().items()},
                form.why.data or "",
                document=document,
                base_url=current_app.config["BASE_URL"],
                by=current_user,
            )
    except Refused as refused:
        form.refuse(refused)
        return False
    return True


@bp.post("/account/name/withdraw")
@guard.signed_in
def withdraw_name() -> ResponseReturnValue:
    """Take one's own open request back, and with it its document."""
    name_requests.withdraw(_own_open(), by=current_user)
    flash(_("Your request is taken back."), "ok")
    return redirect(url_for("cohorts.ask_name"))


@bp.get("/account/name/document")
@guard.signed_in
def own_name_document() -> ResponseReturnValue:
    asked = _own_open()
    return _download(asked, documents.read(asked))


@bp.post("/name-requests/<int:request_id>/document")
@guard.needs(Permission.MANAGE_COHORT)
def name_document(request_id: int) -> ResponseReturnValue:
    """Somebody else's document, by a button: that it was opened is recorded, and a GET only reads."""
    asked = _asked(request_id)
    return _download(asked, documents.open_as(asked, by=current_user))


@bp.get("/name-requests/")
@guard.needs(Permission.MANAGE_COHORT)
def names_asked() -> ResponseReturnValue:
    """The queue of those who look after cohorts."""
    return render_template("cohorts/names_asked.html", asked=name_requests.waiting(current_user), active="cohorts")


@bp.route("/name-requests/<int:request_id>", methods=["GET", "POST"])
@guard.needs(Permission.MANAGE_COHORT)
def name_asked(request_id: int) -> ResponseReturnValue:
    """One open request, with the names as they stand; what was decided is no longer found here."""
    asked = _asked(request_id)
    form = DecideForm()
    if form.validate_on_submit():
        step = name_requests.accept if request.form.get("do") == ACCEPT else name_requests.refuse
        try:
            step(asked, form.answer.data or "", base_url=current_app.config["BASE_URL"], by=current_user)
        except Refused as refused:
            form.refuse(refused)
        else:
            flash(_("The request is decided, and the person gets a mail."), "ok")
            return redirect(url_for("cohorts.names_asked"))
    page = render_template(
        "cohorts/name_asked.html",
        asked=asked,
        form=form,
        held={one.lang.value: one for one in asked.user.names},
        langs={one.value: one for one in Lang},
        active="cohorts",
    )
    return page, 422 if form.errors else 200


def _asked(request_id: int) -> NameRequest:
    """One open request within reach, or 404."""
    found: NameRequest | None = session.scalar(
        name_requests.visible(current_user)
        .where(NameRequest.id == request_id)
        .options(joinedload(NameRequest.user), joinedload(NameRequest.enrolment).joinedload(Enrolment.cohort))
    )
    return found or abort(404)


def _own_open() -> NameRequest:
    """One's own request that is not decided, or 404."""
    last = name_requests.latest(current_user)
    return last if last and last.state is RequestState.OPEN else abort(404)


def _download(asked: NameRequest, data: bytes | None) -> ResponseReturnValue:
    """A document under a name of ours: that of the file may say more than is needed."""
    if data is None or asked.document_kind is None:
        abort(404)
    return downloads.attachment(io.BytesIO(data), f"name-{asked.id}.{asked.document_kind}")
