"""Pages that read all features: the front page, the dashboard, the health checks."""

from flask import Blueprint, current_app, render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy import select, text

from diploma.accounts import guard
from diploma.cohorts.models import Partner
from diploma.core import db
from diploma.home import dashboard as figures
from diploma.learning import catalogue

bp = Blueprint("home", __name__)


@bp.get("/")
@guard.public
def index() -> ResponseReturnValue:
    partners = db.session.scalars(select(Partner).order_by(Partner.slug)).all()
    return render_template("home/index.html", content=catalogue.latest(), partners=partners, active="home")


@bp.get("/dashboard")
@guard.signed_in
def dashboard() -> ResponseReturnValue:
    """What now, until when: for a trainee their place and deadlines, for staff what waits for them."""
    return render_template("home/dashboard.html", board=figures.board(current_user), active="dashboard")


@bp.get("/healthz")
@guard.public
def healthz() -> ResponseReturnValue:
    """The process answers."""
    return "ok\n", 200, {"Content-Type": "text/plain; charset=utf-8"}


@bp.get("/readyz")
@guard.public
def readyz() -> ResponseReturnValue:
    """The process can work: the database answers and the file store is there."""
    db.session.execute(text("SELECT 1"))
    current_app.extensions["files"].folder.mkdir(parents=True, exist_ok=True)
    return "ready\n", 200, {"Content-Type": "text/plain; charset=utf-8"}
