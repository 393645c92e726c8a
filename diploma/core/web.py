"""The way of a request: what happens before a view, the one commit after it, and how errors are said.

1. ``before_request``: host, language, session row (``accounts``), rate limit, CSRF (which reads the body).
2. Files of an upload are on disk (fsync) before any transaction begins.
3. ``dispatch_request``: a GET only reads; everything else runs in one unit of work, committed when the
   view has returned and rolled back on any exception.
"""

import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import Flask, Response, abort, current_app, g, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext
from flask_compress import Compress
from flask_wtf.csrf import CSRFError, CSRFProtect
from sqlalchemy.exc import DataError, DBAPIError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException, SecurityError

from diploma.core import db, i18n, ratelimit
from diploma.core import uploads as ahead
from diploma.core.errors import Refused
from diploma.core.files import Blob
from diploma.core.refusals import ERRORS, error_page
from diploma.core.text import clean

log = logging.getLogger("diploma.web")
SHARED_ADDRESS = 4  # how many times the limit of one account an address gets: a whole cohort may sit behind it
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
View = TypeVar("View", bound=Callable[..., Any])
csrf = CSRFProtect()

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "media-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), interest-cohort=()",
}


class Diploma(Flask):
    """Flask with the one commit per request in the one place through which every view passes."""

    def dispatch_request(self) -> ResponseReturnValue:
        if request.method in SAFE:
            return super().dispatch_request()
        with db.unit_of_work():
            return super().dispatch_request()


@dataclass(frozen=True)
class Upload:
    """A file of this request, already on disk under its digest; ``name`` is the user's and untrusted."""

    field: str
    name: str
    blob: Blob


def receives_files(*names: str) -> Callable[[View], View]:
    """Mark a view whose file fields are stored before its transaction begins; see :func:`uploads`."""

    def mark(view: View) -> View:
        view.__dict__["file_fields"] = names
        return view

    return mark


def uploads(field: str) -> list[Upload]:
    """The stored files of one field of this request, in the order in which they were chosen."""
    return [one for one in g.get("uploads", ()) if one.field == field]


def limited(name: str, *, burst: int, per_minute: float, by_field: str = "") -> Callable[[View], View]:
    """Limit a view's POSTs per value of ``by_field`` (an e-mail), and per address, across processes."""

    def mark(view: View) -> View:
        view.__dict__["limit"] = (name, burst, per_minute, by_field)
        return view

    return mark


def init_app(app: Flask) -> None:
    Compress(app)
    app.before_request(_refuse_other_bodies)
    app.before_request(_rate_limit)
    csrf.init_app(app)
    app.before_request(_store_files)
    app.after_request(_headers)
    for kind in (HTTPException, Refused, StaleDataError, SQLAlchemyError, Exception):
        app.register_error_handler(kind, _answer)


def too_many(seconds: int) -> Response:
    """429 with the time to wait, in the header and in words."""
    said = ngettext("You can go on in %(num)s second.", "You can go on in %(num)s seconds.", seconds)
    response = error_page(429, said)
    response.headers["Retry-After"] = str(seconds)
    return response


def _view() -> Any:
    return current_app.view_functions.get(request.endpoint or "")


def _refuse_other_bodies() -> None:
    """Forms are all that pages send; Flask-WTF stumbles over parts without a name and would take JSON for a form.

    Werkzeug bounds the fields of multipart forms alone: taking apart 45 MB of ``a=b&`` costs seconds and gigabytes.
    """
    if request.mimetype == "application/x-www-form-urlencoded":
        request.max_content_length = current_app.config["MAX_FORM_MEMORY_SIZE"]
    if request.method not in SAFE and (request.is_json or None in request.form):
        abort(400)


def _rate_limit() -> ResponseReturnValue | None:
    rule = getattr(_view(), "limit", None)
    if request.method in SAFE or rule is None:
        return None
    name, burst, per_minute, by_field = rule
    keys = {f"{name}:address:{request.remote_addr}": SHARED_ADDRESS if by_field else 1}
    if by_field and request.form.get(by_field):
        # cleaned as the form will do it: no invisible sign opens another bucket for the same account
        keys[f"{name}:{by_field}:{clean(request.form[by_field]).casefold()[:200]}"] = 1
    wait = ratelimit.take_each(keys, burst=burst, per_minute=per_minute)
    return too_many(wait) if wait else None


def _store_files() -> None:
    fields = getattr(_view(), "file_fields", ())
    if request.method in SAFE or not fields or "user_session" not in g:
        return  # nothing of an anonymous visitor reaches the disk; but see admissions/applicant_files
    g.uploads = [one for field in fields for one in (*_sent(field), *_sent_ahead(field))]


def _sent(field: str) -> list[Upload]:
    """The files in the body of this request."""
    store = ahead.store()
    return [Upload(field, one.filename, store.put(one.stream)) for one in request.files.getlist(field) if one.filename]


def _sent_ahead(field: str) -> list[Upload]:
    """The files that came piece by piece: a token stands in the form in the place of each."""
    tokens = dict.fromkeys(filter(None, request.form.getlist(field)))
    return [Upload(field, *ahead.arrived(one, g.user_session.user_id)) for one in tokens]


def _headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
    if request.endpoint != "static":
        response.headers.setdefault("Cache-Control", "no-store" if g.get("user_session") else "no-cache")
    return response


def _answer(error: Exception) -> ResponseReturnValue:
    if isinstance(error, CSRFError):
        return error_page(400, gettext("This form has expired."))
    if isinstance(error, SecurityError):  # a foreign Host header: no address can be built for a page of ours
        return Response(gettext(ERRORS[400][0]), 400, mimetype="text/plain")
    if isinstance(error, HTTPException):
        return error if error.response or (error.code or 500) < 400 else _of_http(error)
    if isinstance(error, Refused):
        return error_page(error.status, i18n.reason(error.message, error.params))
    if isinstance(error, StaleDataError):
        return error_page(409, gettext("Somebody else saved this while you were working. Nothing was overwritten."))
    if _is_away(error):
        log.exception("database away")
        return error_page(503)
    if isinstance(error, DataError):  # a number too long or a NUL for a column: no page of ours sends that
        log.warning("data that fits no column: %s %r", request.method, request.path)
        return error_page(404 if request.method in SAFE else 400)
    reference = secrets.token_hex(4)
    log.exception("unexpected error %s at %s %r", reference, request.method, request.path)
    return error_page(500, reference=reference)


def _of_http(error: HTTPException) -> Response:
    page = error_page(error.code or 500)
    for name, value in error.get_headers(request.environ):
        if name in ("Allow", "Retry-After"):
            page.headers[name] = value
    return page


def _is_away(error: Exception) -> bool:
    """Whether the database cannot be reached, is locked, or has no connection left for this request."""
    lost = isinstance(error, DBAPIError) and error.connection_invalidated
    return lost or isinstance(error, (OperationalError, PoolTimeout))
