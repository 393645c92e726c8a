"""Long work as its people watch it: a page with bar, counts and log, which may be closed at any time."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from diploma.accounts import guard
from diploma.accounts.models import User
from diploma.cohorts.models import Cohort
from diploma.core import batch, clock, db, i18n, listing
from diploma.core.batch import KINDS, Batch, BatchState
from diploma.core.errors import N_
from diploma.home import work

bp = Blueprint("jobs", __name__)

# State → the word, the kind of the tag, its icon
WORDS = {
    BatchState.WAITING: (N_("Waits for its turn"), "info", "clock"),
    BatchState.RUNNING: (N_("At work"), "info", "clock"),
    BatchState.CANCELLED: (N_("Stopped"), "warn", "cross"),
    BatchState.DONE: (N_("Finished"), "ok", "check"),
}


@bp.get("/jobs/")
@guard.signed_in
def index() -> ResponseReturnValue:
    """What this person started last."""
    recent = work.recent(current_user)
    counts = work.counts(one for one, _cohort in recent)
    return render_template("home/jobs.html", recent=recent, counts=counts, title_of=_title, tag_of=_tag, active="jobs")


@bp.get("/jobs/<token>")
@guard.signed_in
def job(token: str) -> ResponseReturnValue:
    found = work.one_of(work.visible(current_user), token)
    starter = db.session.get(User, found.started_by_id)
    return render_template("home/job.html", title=_title(found), starter=starter, **_progress(found), active="jobs")


@bp.get("/jobs/<token>/progress")
@guard.signed_in
def progress(token: str) -> ResponseReturnValue:
    """The part of the page that changes, for the script."""
    return render_template("home/_job.html", **_progress(work.one_of(work.visible(current_user), token)))


@bp.post("/jobs/<token>/cancel")
@guard.signed_in
def cancel(token: str) -> ResponseReturnValue:
    batch.cancel(work.one_of(work.steerable(current_user), token), by=current_user)
    return redirect(url_for("jobs.job", token=token))


@bp.post("/jobs/<token>/retry")
@guard.signed_in
def retry(token: str) -> ResponseReturnValue:
    batch.retry(work.one_of(work.steerable(current_user), token), by=current_user)
    return redirect(url_for("jobs.job", token=token))


def _progress(found: Batch) -> dict[str, Any]:
    counts = work.counts([found])[found.id]
    page = listing.page(request.args, counts.pages)
    elapsed = (found.finished_at or clock.now()) - (found.started_at or found.created_at)
    return {
        "batch": found,
        "cohort": db.session.get_one(Cohort, found.cohort_id),
        "counts": counts,
        "lines": work.log(found, page),
        "page": page,
        "minutes": int(elapsed.total_seconds()) // 60,
        "tag": _tag(found),
        "sequel": _sequel(found),
        "reason": i18n.reason,
        "steers": db.session.scalar(work.steerable(current_user).where(Batch.id == found.id)) is not None,
    }


def _sequel(found: Batch) -> tuple[str, int, int] | None:
    """What follows the items in jobs of their own: in words, how much of it is done, and of how much."""
    sequel = KINDS[found.kind].sequel
    if sequel is None:
        return None
    done, total = sequel.count(found.id)
    return _(sequel.text, count=i18n.fmt().number(done), total=i18n.fmt().number(total)), done, total


def _title(found: Batch) -> str:
    return str(_(KINDS[found.kind].title))


def _tag(found: Batch) -> tuple[str, str, str]:
    word, kind, icon = WORDS[found.state]
    return _(word), kind, icon
