"""The page for every request that is refused or fails: what happened, what to do, what is not lost.

It speaks the reader's language and shows nothing of what is inside. When the person cannot be looked up it is a
visitor's page, and when no template can be drawn it is a bare one.
"""

import logging
from contextlib import suppress
from typing import Any

from flask import Response, g, make_response, render_template
from flask_babel import gettext
from flask_login import AnonymousUserMixin
from markupsafe import Markup
from sqlalchemy.exc import SQLAlchemyError

from diploma.core import db, i18n
from diploma.core.errors import N_
from diploma.core.static import asset

log = logging.getLogger("diploma.web")
RETRY_SECONDS = 5

# Status → (title, what to do, part of the help page).
ERRORS = {
    400: (
        N_("The request was not understood"),
        N_("Go back, load the page again and repeat the step. What you wrote is still there."),
        "problems",
    ),
    403: (
        N_("This page is not open to you"),
        N_("Your role does not include it. Nothing was changed. Ask your coordinator if you need it."),
        "access",
    ),
    404: (
        N_("There is no page at this address"),
        N_(
            "Check the address. The page may have moved, or your account does not include it. "
            "If you followed a link in a message, ask its sender."
        ),
        "access",
    ),
    405: (
        N_("This address does not work like that"),
        N_("Nothing was changed. Go back and use the button of the page."),
        "problems",
    ),
    409: (
        N_("This step is not possible now"),
        N_("Nothing was changed. Go back and load the page again to see how things stand."),
        "problems",
    ),
    410: (N_("This is no longer here"), N_("It was removed or has expired. Nothing else was changed."), "access"),
    413: (
        N_("What you sent is too large"),
        N_("Nothing of it was saved. Go back: what you wrote is still there. Choose a smaller file and send it again."),
        "too-large",
    ),
    429: (
        N_("Too many attempts"),
        N_("Wait a little, go back and try again. Nothing that was saved is lost."),
        "attempts",
    ),
    500: (
        N_("Something went wrong on our side"),
        N_("It was recorded. Nothing that was confirmed is lost. Go back and try again in a few minutes."),
        "problems",
    ),
    503: (
        N_("The service is busy"),
        N_("Nothing that was confirmed is lost. Go back and try again in a few seconds."),
        "problems",
    ),
}

BARE = Markup(
    '<!doctype html><html lang="{lang}" dir="{dir}"><head><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width, initial-scale=1"><title>{title}</title>'
    '<link rel="stylesheet" href="{sheet}"></head><body><main class="wrap page"><div class="center stack oops">'
    '<b class="num" aria-hidden="true">{code}</b><h1>{title}</h1><p>{text}</p><p>{advice}</p>'
    '<p><a class="btn" href="/">{home}</a></p></div></main></body></html>'
)


def error_page(status: int, said: str = "", reference: str = "") -> Response:
    """A whole page for a status. ``said`` tells more of what happened; ``reference`` finds the fault in the log."""
    title, advice, topic = ERRORS.get(status, ERRORS[400 if status < 500 else 500])
    words = {"code": status, "title": gettext(title), "text": said, "advice": gettext(advice)}
    response = make_response(_page({**words, "topic": topic, "reference": reference}), status)
    if status == 503:
        response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response


def _page(words: dict[str, Any]) -> str:
    with suppress(SQLAlchemyError):
        db.session.rollback()  # a failed statement spoils its transaction, and the frame asks who is reading
    try:
        return render_template("error.html", **words)
    except Exception:
        log.exception("no error page for this person")
    g._login_user = AnonymousUserMixin()
    try:
        return render_template("error.html", **words)
    except Exception:
        log.exception("no error page at all")
    language = i18n.current()
    return BARE.format(
        **words, lang=language.value, dir=language.dir, sheet=asset("build/app.css"), home=gettext("Home")
    )
