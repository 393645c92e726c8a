"""Results: a trainee's own in one module; for the staff of a cohort one person's in all modules, and who is behind."""

from itertools import pairwise

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from diploma.accounts import guard
from diploma.accounts.permissions import Permission
from diploma.cohorts import access as cohorts
from diploma.cohorts import labels
from diploma.core import i18n, listing
from diploma.coursework.attempts import scoring
from diploma.coursework.feedback import distribution
from diploma.gradebook import pace, queries, rules
from diploma.learning import access as learning
from diploma.learning import catalogue

bp = Blueprint("gradebook", __name__)
PAGE = 60  # people on one page
_ABOUT_MARKS = {
    "bands": [f"{low}–{high - 1}" for low, high in pairwise(rules.BANDS)] + [f"{rules.BANDS[-1]}–100"],
}


@bp.get("/modules/<module>/result")
@guard.needs(Permission.LEARN)
def result(module: str) -> ResponseReturnValue:
    """The trainee's own result: its parts, what is missing, how it was computed."""
    reader, found = learning.open_module(current_user, module)
    enrolment = reader.enrolment or abort(404)
    return render_template(
        "gradebook/result.html",
        reader=reader,
        module=found,
        active="modules",
        result=queries.results([enrolment], reader.content)[enrolment.id][module],
        sessions=queries.sessions(enrolment, module),
        distribution=distribution.of(enrolment, module),
        strip=labels.strip(),
    )


@bp.get("/enrolments/<int:enrolment_id>/results")
@guard.needs(Permission.LEARN)
def own_results(enrolment_id: int) -> ResponseReturnValue:
    """A person's own results in all modules of one cohort, also of one that they have left."""
    found = cohorts.own_enrolment(current_user, enrolment_id)
    content = catalogue.content(found.cohort.revision_id)
    return render_template(
        "gradebook/own.html",
        enrolment=found,
        content=content,
        active="modules",
        lang=current_user.content_language or i18n.current(),
        results=queries.results([found], content)[found.id],
    )


@bp.get("/cohorts/<slug>/marks")
@guard.needs(Permission.SEE_COHORT)
def marks(slug: str) -> ResponseReturnValue:
    """How the released marks of a cohort lie, module by module."""
    cohort = cohorts.cohort(current_user, slug, Permission.SEE_COHORT)
    found = queries.marks(cohort)
    content = catalogue.content(cohort.revision_id)
    return render_template(
        "gradebook/marks.html",
        cohort=cohort,
        content=content,
        lang=current_user.content_language or i18n.current(),
        spreads={module: rules.spread(found.get(module, [])) for module in content.modules},
        older=queries.older(cohort),
        active="cohorts",
        **_ABOUT_MARKS,
    )


@bp.get("/cohorts/<cohort>/people/<int:enrolment>/results")
@guard.needs(Permission.SEE_COHORT)
def person(cohort: str, enrolment: int) -> ResponseReturnValue:
    """The results of one person, for who may see the cohort."""
    group = cohorts.cohort(current_user, cohort, Permission.SEE_COHORT)
    found = cohorts.enrolment(current_user, enrolment, Permission.SEE_COHORT)
    if found.cohort_id != group.id:
        abort(404)
    content = catalogue.content(group.revision_id)
    return render_template(
        "gradebook/person.html",
        cohort=group,
        enrolment=found,
        content=content,
        active="cohorts",
        lang=current_user.content_language or i18n.current(),
        results=queries.results([found], content)[found.id],
        older={module for _enrolment, module in scoring.older([found.id])},
    )


@bp.get("/cohorts/<slug>/behind")
@guard.needs(Permission.SEE_COHORT)
def behind(slug: str) -> ResponseReturnValue:
    """Who of a cohort is behind its dates and with what, the worst first."""
    group = cohorts.cohort(current_user, slug, Permission.SEE_COHORT)
    found = pace.paces([group])[group.id].behind
    pages = listing.last_page(len(found), PAGE)
    page = listing.page(request.args, pages)
    return render_template(
        "gradebook/behind.html",
        cohort=group,
        content=catalogue.content(group.revision_id),
        people=pace.people(found[(page - 1) * PAGE : page * PAGE]),
        everybody=",".join(str(one.enrolment_id) for one in found),
        total=len(found),
        page=page,
        pages=pages,
        active="cohorts",
    )
