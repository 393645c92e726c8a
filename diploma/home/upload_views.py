"""Files ahead of their form: announced, sent piece by piece, taken back; ``static/js/files.js`` is the other side.

An answer says in ``Upload-Offset`` how many bytes are here, and in its body the same in the reader's words, or why not.
"""

from flask import Blueprint, Response, abort, current_app, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from diploma.accounts import guard
from diploma.core import i18n, uploads
from diploma.core.errors import Refused
from diploma.core.uploads import Announced

bp = Blueprint("uploads", __name__)


@bp.post("/uploads")
@guard.signed_in
def announce() -> ResponseReturnValue:
    """Begin a file, or go on with it: a file that was announced before has the same address and keeps what is here."""
    name, (size, changed, limit) = request.form.get("name"), map(_number, ("size", "changed", "limit"))
    if not name or size is None or changed is None:
        abort(400)
    largest = current_app.config["MAX_CONTENT_LENGTH"]
    most = min(largest, limit or largest)  # the form's own limit spares the person a long way to a refusal
    file = uploads.announce(current_user.id, name, size, changed, at_most=most, in_words=i18n.fmt().size(most))
    answer = _held(file, 201)
    answer.headers["Location"] = url_for("uploads.append", token=file.token)
    return answer


@bp.patch("/uploads/<token>")
@guard.signed_in
def append(token: str) -> ResponseReturnValue:
    """Add the bytes from ``Upload-Offset`` on; 409 when the file does not go on there."""
    file = _own(token)
    if request.content_length is None or request.content_length > uploads.PIECE:
        abort(413)
    at = request.headers.get("Upload-Offset", -1, type=int)
    piece = request.get_data(cache=False)  # whole, before the store is touched: bodies arrive slowly
    return _held(file, 200 if uploads.append(file, piece, at=at) else 409)


@bp.delete("/uploads/<token>")
@guard.signed_in
def drop(token: str) -> ResponseReturnValue:
    """Forget what is here of a file; a form that was sent with it keeps it."""
    uploads.store().drop(_own(token).part)
    return "", 204


@bp.errorhandler(Refused)
def refused(error: Refused) -> ResponseReturnValue:
    return Response(i18n.reason(error.message, error.params), error.status, mimetype="text/plain")


def _number(field: str) -> int | None:
    return request.form.get(field, type=int)


def _own(token: str) -> Announced:
    return uploads.opened(token, current_user.id) or abort(404)


def _held(file: Announced, status: int) -> Response:
    held, fmt = uploads.store().held(file.part), i18n.fmt()
    said = fmt.size(file.size)
    if 0 < held < file.size:
        percent = fmt.percent(100 * held // file.size)
        said = _("%(percent)s · %(part)s of %(whole)s", percent=percent, part=fmt.size(held), whole=said)
    return Response(said, status, mimetype="text/plain", headers={"Upload-Offset": str(held)})
