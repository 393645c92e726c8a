"""The two blueprints of this feature; ``views`` and ``public_views`` bring the parts of each together."""

from typing import Any

from flask import Blueprint, Response, render_template
from flask.typing import ResponseReturnValue

from diploma.admissions import labels

bp = Blueprint("admissions", __name__)  # staff and readers
public = Blueprint("apply", __name__)  # whoever holds an address
for _part in (bp, public):
    _part.context_processor(lambda: {"labels": labels})


@public.after_request
def _keep_no_copy(response: Response) -> Response:
    """Behind a secret address stands what one person wrote: no browser, proxy or search engine keeps it."""
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def form_page(form: Any, title: str, submit: str, cohort: Any, back: str) -> ResponseReturnValue:
    """One form on a page of its own under a cohort."""
    page = render_template(
        "admissions/form.html",
        form=form,
        title=title,
        submit=submit,
        cohort=cohort,
        back=back,
        active="cohorts",
    )
    return page, 422 if form.errors else 200
