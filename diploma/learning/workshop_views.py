"""The plan of a workshop and its mark sheet, for those who lead it: on the screen, and on paper."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from diploma.accounts import guard
from diploma.core import clock
from diploma.learning import access

bp = Blueprint("workshops", __name__)


@bp.get("/modules/<module>/workshops/<workshop>")
@guard.signed_in
def workshop(module: str, workshop: str) -> ResponseReturnValue:
    """``?cohort=`` asks for the edition of a cohort: what its running sessions are led and marked by."""
    return _page("learning/workshop.html", module, workshop)


@bp.get("/modules/<module>/workshops/<workshop>/print")
@guard.signed_in
def print_workshop(module: str, workshop: str) -> ResponseReturnValue:
    return _page("learning/workshop_print.html", module, workshop)


def _page(template: str, module: str, workshop: str) -> str:
    slug = request.args.get("cohort", "")
    who, found, one = access.workshop(current_user, module, workshop, slug)
    return render_template(
        template,
        reader=who,
        module=found,
        workshop=one,
        sections=who.content.plan(module, one, who.lang, who.country),
        slug=slug or None,
        now=clock.now(),
        active="modules",
    )
