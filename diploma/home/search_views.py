"""The page of the search."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from diploma.accounts import guard
from diploma.core import ratelimit, web
from diploma.core.finding import LONGEST
from diploma.core.text import clean
from diploma.home import search as finder
from diploma.home.search import Kind

bp = Blueprint("search", __name__)
BURST, PER_MINUTE = 30, 30  # searches of visitors from one address


@bp.get("/search")
@guard.public
def find() -> ResponseReturnValue:
    """``?q=`` everywhere; ``?in=`` one group at length."""
    query = clean(request.args.get("q", ""))
    only = next((kind for kind in Kind if kind.value == request.args.get("in")), None)
    if query and not current_user.is_authenticated:
        wait = ratelimit.take(f"search:address:{request.remote_addr}", burst=BURST, per_minute=PER_MINUTE)
        if wait:
            return web.too_many(wait)
    return render_template(
        "home/search.html",
        query=query[:LONGEST],
        cut=len(query) > LONGEST,
        longest=LONGEST,
        groups=finder.search(current_user, query[:LONGEST], only),
        only=only,
        names=_names(),
        active="search",
    )


def _names() -> dict[Kind, str]:
    return {
        Kind.LESSONS: _("Lessons"),
        Kind.GLOSSARY: _("Glossary"),
        Kind.MODULES: _("Modules"),
        Kind.PEOPLE: _("People"),
        Kind.COHORTS: _("Cohorts"),
    }
