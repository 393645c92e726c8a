"""The public page of the register, its heads and keys as files, and the export of a partner."""

import base64
from datetime import timedelta

from flask import Blueprint, Response, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from diploma.accounts import guard
from diploma.accounts.permissions import Permission
from diploma.certificates.transparency import access, orders, queries
from diploma.certificates.transparency.head import Head
from diploma.core import clock, downloads, i18n, listing

bp = Blueprint("register", __name__)

STALE = timedelta(days=2)  # without a newer head the page says so


@bp.get("/registry")
@guard.public
def index() -> ResponseReturnValue:
    """What the register holds, its signed heads, and how to check them."""
    newest, count = queries.newest(), queries.total()
    lines = queries.figures(newest, i18n.current()) if newest else []
    return render_template(
        "certificates/register/index.html",
        newest=newest,
        head=Head.read(newest.text) if newest else None,
        refused=queries.is_refused(newest),
        stale=newest is not None and clock.now() - newest.signed_at > STALE,
        figures=lines,
        sums=queries.sums(lines),
        days=queries.days(listing.page(request.args, listing.last_page(count, queries.PAGE)), count),
        keys=queries.keys(),
        base=current_app.config["BASE_URL"],
        active="verify",
    )


@bp.get("/registry/heads/<day>.txt")
@guard.public
def head(day: str) -> ResponseReturnValue:
    """The text that was signed, byte by byte."""
    found = access.head(day)
    return _file(found.text.encode(), f"{found.day}.txt", "text/plain; charset=utf-8")


@bp.get("/registry/heads/<day>.sig")
@guard.public
def signature(day: str) -> ResponseReturnValue:
    found = access.head(day)
    return _file(base64.b64decode(found.signature), f"{found.day}.sig", "application/octet-stream")


@bp.get("/registry/keys/<key>.pem")
@guard.public
def key(key: str) -> ResponseReturnValue:
    found = access.key(key)
    return _file(found.pem.encode(), f"{found.id}.pem", "application/x-pem-file")


@bp.route("/partners/<slug>/register", methods=["GET", "POST"])
@guard.needs(Permission.SEE_CERTIFICATES)
def exports(slug: str) -> ResponseReturnValue:
    """The exports of a partner, and a button that orders one."""
    partner = access.partner(current_user, slug)
    if request.method == "POST":
        orders.order(partner, by=current_user)
        flash(_("The export is being made. It stands on this page when it is ready."), "ok")
        return redirect(url_for("register.exports", slug=slug))
    return render_template(
        "certificates/register/exports.html",
        partner=partner,
        exports=orders.of_partner(partner),
        kept=orders.KEPT,
        active="certificates",
    )


@bp.get("/partners/<slug>/register/<token>.zip")
@guard.needs(Permission.SEE_CERTIFICATES)
def download(slug: str, token: str) -> ResponseReturnValue:
    partner = access.partner(current_user, slug)
    found = access.export(partner, token)
    file = orders.content(found) or abort(404)
    return downloads.attachment(file, f"register-{partner.slug}-{found.ordered_at:%Y-%m-%d}.zip")


def _file(data: bytes, name: str, mimetype: str) -> Response:
    answer = Response(data, mimetype=mimetype)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
