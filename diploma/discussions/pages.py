"""What the views of this feature share: the blueprint, the context of a page, the pace of writing."""

import secrets
from typing import Any

from flask import Blueprint, Response, render_template, request
from flask_login import current_user

from diploma.cohorts import curriculum, labels
from diploma.core import i18n, listing, ratelimit
from diploma.core.lang import Lang
from diploma.core.markup import from_plain
from diploma.core.web import SAFE, too_many
from diploma.discussions import notices, queries, rules
from diploma.discussions.access import Place

bp = Blueprint("discussions", __name__)
bp.context_processor(lambda: {"labels": labels, "plain": from_plain, "Lang": Lang})
BURST, PER_MINUTE = 10, 2  # what one person sends: posts and reports, announcements and messages


def hurried() -> Response | None:
    """The answer to who sends faster than anybody writes; before the first statement of the view."""
    if request.method in SAFE:
        return None
    wait = ratelimit.take(f"discussions:person:{current_user.id}", burst=BURST, per_minute=PER_MINUTE)
    return too_many(wait) if wait else None


def page_number() -> int:
    return listing.page(request.args, listing.LAST_PAGE)


def new_key() -> str:
    return secrets.token_urlsafe(16)


def modules(where: Place) -> list[curriculum.Module]:
    """The written modules of the cohort's edition, named in the language of the page."""
    return curriculum.current().modules(where.cohort.revision_id, i18n.current())


def page(template: str, where: Place, **context: Any) -> str:
    """A page of a cohort under the tabs of this feature."""
    return render_template(
        f"discussions/{template}.html",
        where=where,
        cohort=where.cohort,
        zone=where.cohort.time_zone,
        modules={one.id: one for one in modules(where)},
        unread=queries.unread(where.user, where.cohort),
        reports=queries.open_reports(where) if where.moderates else 0,
        order=notices.order(where.cohort, i18n.current()),
        rules=rules,
        active="cohorts" if where.enrolment is None else "dashboard",
        **context,
    )
