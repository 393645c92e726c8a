"""Files of applicants on their way in and out: whoever holds the address of a draft, staff, and its own readers."""

from typing import Any

from flask import g, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from diploma.accounts import guard
from diploma.accounts.permissions import Permission
from diploma.admissions import access, files, service
from diploma.admissions.blueprint import bp, public
from diploma.admissions.models import Application, ApplicationFile, ApplicationState
from diploma.core import db, i18n, ratelimit
from diploma.core.downloads import attachment
from diploma.core.errors import Refused

BURST, PER_MINUTE = 12, 1.0  # files of one application, from whatever addresses they come


@public.before_request
def _take() -> None:
    """Files of an open draft: looked at, and on disk before the transaction begins. Others are not read at all."""
    if request.endpoint != "apply.mine" or request.method != "POST" or not request.files:
        return
    found = access.own_application((request.view_args or {})["link"])
    if found is None or found.state is not ApplicationState.DRAFT or not service.is_open(found.call):
        return
    g.application_files = {one.id: _taken(found, one) for one in files.questions(found) if _sent(one.id)}


def _sent(question_id: str) -> Any:
    sent = request.files.get(f"question_{question_id}")
    return sent if sent and sent.filename else None


def _taken(application: Application, question: Any) -> files.Stored | Refused:
    """The stored file, or why it is not taken: what was written beside it is saved all the same."""
    sent = _sent(question.id)
    try:
        found = files.looked_at(question, sent.filename, sent.stream)
        wait = ratelimit.take(f"application-file:{application.id}", burst=BURST, per_minute=PER_MINUTE)
        if wait:
            raise files.too_many(wait)
        return files.put(found)
    except Refused as refused:
        return refused


def keep(application: Application, form: Any) -> bool:
    """Put what arrived into the locked draft, and take away what is not wanted; ``False`` when a file was refused.

    The refusals stand at their fields.
    """
    arrived: dict[str, files.Stored | Refused] = g.get("application_files", {})
    if unwanted := request.form.get("remove"):
        files.remove(application, unwanted)
    sound = True
    for question_id, one in arrived.items():
        if isinstance(one, Refused):
            field, sound = form[f"question_{question_id}"], False
            field.errors = [*field.errors, i18n.reason(one.message, one.params)]
        else:
            files.attach(application, question_id, one)
    return sound


@public.get("/apply/mine/<link>/files/<int:number>")
@guard.public
def own_file(link: str, number: int) -> ResponseReturnValue:
    """What the applicant sent, for themselves."""
    return _answer(access.file(access.own_application(link), number))


@bp.get("/account/applications/<int:application_id>/files/<int:number>")
@guard.signed_in
def account_file(application_id: int, number: int) -> ResponseReturnValue:
    """The same for who is signed in."""
    return _answer(access.file(access.application_of(current_user, application_id), number))


@bp.get("/cohorts/<slug>/admission/applications/<int:application_id>/files/<int:number>")
@guard.needs(Permission.MANAGE_ADMISSION)
def application_file(slug: str, application_id: int, number: int) -> ResponseReturnValue:
    """A file for those who manage the admission; that they opened it is recorded."""
    return _read(access.file(access.application(current_user, slug, application_id), number))


@bp.get("/readings/<int:reading_id>/files/<int:number>")
@guard.needs(Permission.READ_ADMISSION)
def reading_file(reading_id: int, number: int) -> ResponseReturnValue:
    """A file for a reader to whom the application was given; that they opened it is recorded."""
    return _read(access.file(access.reading(current_user, reading_id).application, number))


def _read(file: ApplicationFile) -> ResponseReturnValue:
    person = current_user._get_current_object()
    with db.unit_of_work():
        files.note_reading(file, by=person)
    return _answer(file)


def _answer(file: ApplicationFile) -> ResponseReturnValue:
    return attachment(files.content(file), file.name)
