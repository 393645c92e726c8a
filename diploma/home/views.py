"""Pages that read all features: the front page, the dashboard, the pages of information, the health checks."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Blueprint, current_app, render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy import select, text

from diploma.accounts import guard
from diploma.accounts.models import Purpose
from diploma.accounts.permissions import Role
from diploma.accounts.service import LIFETIME
from diploma.certificates import printed, rules, subscriptions
from diploma.certificates.verification import LARGEST_FILE
from diploma.cohorts import access as cohorts
from diploma.cohorts import labels, queries, tutors
from diploma.cohorts.invitations import reminders
from diploma.cohorts.models import Partner
from diploma.core import clock, db, grid, i18n
from diploma.home import dashboard as figures
from diploma.learning import catalogue

bp = Blueprint("home", __name__)
STATEMENT_REVIEWED = date(2026, 11, 28)  # when the accessibility statement was last held against the pages
DAY, MEGABYTE = 24 * 3600, 1_000_000


@dataclass(frozen=True)
class Limits:
    """Limits of the product that the pages of information name, beside those of the programme."""

    session_hours: int
    invitation_days: int = LIFETIME[Purpose.ACTIVATE].days
    reset_hours: int = LIFETIME[Purpose.RESET].seconds // 3600
    reminders: int = len(reminders.AFTER)
    roster_bytes: int = grid.MAX_BYTES // 2**20 * MEGABYTE
    roster_rows: int = grid.MAX_ROWS
    certificate_bytes: int = LARGEST_FILE
    language_days: int = i18n.COOKIE_SECONDS // DAY


@bp.get("/")
@guard.public
def index() -> ResponseReturnValue:
    partners = db.session.scalars(select(Partner).order_by(Partner.slug)).all()
    return render_template("home/index.html", content=catalogue.latest(), partners=partners, active="home")


@bp.get("/dashboard")
@guard.signed_in
def dashboard() -> ResponseReturnValue:
    """The first question of each role that the person has, answered."""
    return render_template(
        "home/dashboard.html",
        board=figures.board(current_user),
        content=catalogue.content,
        labels=labels,
        texts=rules.TEXTS,
        title_of=printed.title,
        is_drawn=subscriptions.is_drawn,
        active="dashboard",
    )


@bp.get("/help", endpoint="help")
@guard.public
def help_page() -> ResponseReturnValue:
    content = catalogue.latest()
    attempts = {one.quiz.attempts for one in content.modules.values()} if content else set()
    return _information("help", content=content, attempts=attempts.pop() if len(attempts) == 1 else None)


@bp.get("/privacy")
@guard.public
def privacy() -> ResponseReturnValue:
    return _information("privacy")


@bp.get("/accessibility")
@guard.public
def accessibility() -> ResponseReturnValue:
    return _information("accessibility", reviewed=STATEMENT_REVIEWED)


@bp.get("/contact")
@guard.public
def contact() -> ResponseReturnValue:
    """To a trainee also their tutor and the coordinators of their own cohort."""
    enrolment, now = cohorts.current_enrolment(current_user), clock.now()
    staff = queries.staff(enrolment.cohort, with_partner=True) if enrolment else []
    coordinators = [one.user for one in staff if one.role is Role.COORDINATOR and one.holds_at(now)]
    tutor = tutors.of(enrolment) if enrolment else None
    return _information("contact", cohort=enrolment and enrolment.cohort, coordinators=coordinators, tutor=tutor)


def _information(page: str, **more: Any) -> ResponseReturnValue:
    limits = Limits(session_hours=current_app.config["SESSION_HOURS"])
    return render_template(f"home/{page}.html", limits=limits, active=page, **more)


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
