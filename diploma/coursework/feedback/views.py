"""The feedback on a version, for paper."""

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user

from diploma.accounts import guard
from diploma.core import i18n
from diploma.coursework import access, pages, results
from diploma.coursework.feedback import distribution

bp = Blueprint("feedback", __name__)


@bp.get("/receipts/<receipt>/feedback")
@guard.signed_in
def printed(receipt: str) -> ResponseReturnValue:
    """The released mark of one's own work with all that explains it; before the release there is no such page."""
    version = access.own_version(current_user, receipt)
    submission = version.submission
    marking = results.released(submission).get(version.id) or abort(404)
    lang = current_user.content_language or i18n.current()
    return render_template(
        "coursework/feedback/print.html",
        version=version,
        author=current_user.display_name,
        content=results.content_of(version),
        lang=lang,
        result=pages.result(version, marking, lang),
        distribution=distribution.of(submission.enrolment, submission.module),
        zone=submission.enrolment.cohort.time_zone,
        active="modules",
    )
