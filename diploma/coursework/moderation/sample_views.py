"""Pages of calibration: the samples of a cohort with each marker's distance, a new sample, and marking one."""

from collections.abc import Mapping
from itertools import groupby

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from diploma.accounts import guard
from diploma.accounts.permissions import Permission
from diploma.cohorts import access as cohorts
from diploma.cohorts.models import Cohort
from diploma.core.errors import N_, Refused
from diploma.coursework import pages, results, rules
from diploma.coursework.forms import sent_levels
from diploma.coursework.moderation import access, calibration
from diploma.coursework.moderation.blueprint import bp
from diploma.coursework.moderation.calibration import Sample
from diploma.coursework.moderation.forms import SampleForm
from diploma.coursework.moderation.models import CalibrationMark, CalibrationSample
from diploma.coursework.moderation.round_views import places
from diploma.coursework.service import Incomplete
from diploma.learning import catalogue


@bp.get("/cohorts/<slug>/samples")
@guard.needs(Permission.MODERATE_MARKS)
def samples(slug: str) -> ResponseReturnValue:
    """The samples of a cohort, and how far each marker is from what was agreed."""
    cohort = cohorts.cohort(current_user, slug, Permission.MODERATE_MARKS)
    found = calibration.samples(cohort)
    by_marker = groupby(calibration.distances(cohort, found), key=lambda one: one.mark.marker)
    return render_template(
        "coursework/second/samples.html",
        cohort=cohort,
        samples=found,
        places=places(cohort),
        markers=[(marker, list(those)) for marker, those in by_marker],
        active="cohorts",
    )


@bp.route("/cohorts/<slug>/samples/new", methods=["GET", "POST"])
@guard.needs(Permission.MODERATE_MARKS)
def new_sample(slug: str) -> ResponseReturnValue:
    """Put a sample up for the assignment that the address names."""
    cohort = cohorts.cohort(current_user, slug, Permission.MODERATE_MARKS)
    here = places(cohort)
    module, form = request.args.get("module", ""), SampleForm()
    module = module if module in here else next(iter(here), "") or abort(404)
    if request.method == "GET":
        return _new(cohort, module, form, {}, 200)
    levels = sent_levels(calibration.rubric_of(cohort, module))
    if not form.validate():
        return _new(cohort, module, form, levels, 422)
    try:
        calibration.add(cohort, _sample(module, form, levels), by=current_user)
    except Incomplete as incomplete:
        return _new(cohort, module, form, levels, 422, problems=incomplete.problems)
    except Refused as refused:
        form.refuse(refused)
        return _new(cohort, module, form, levels, 409)
    flash(_("The sample is there for all markers of the cohort."), "ok")
    return redirect(url_for("second.samples", slug=slug))


@bp.get("/samples/<int:sample_id>")
@guard.needs(Permission.MARK)
def sample(sample_id: int) -> ResponseReturnValue:
    """A sample beside the rubric; after it is marked, what was agreed beside one's own levels."""
    row, cohort = access.sample(current_user, sample_id)
    return _page(row, cohort, {}, 200)


@bp.post("/samples/<int:sample_id>")
@guard.needs(Permission.MARK)
def mark_sample(sample_id: int) -> ResponseReturnValue:
    row, cohort = access.sample(current_user, sample_id)
    levels = sent_levels(calibration.rubric_of(cohort, row.module))
    try:
        calibration.give(row, levels, cohort, by=current_user)
    except Incomplete as incomplete:
        return _page(row, cohort, levels, 422, problems=incomplete.problems)
    return redirect(url_for("second.sample", sample_id=row.id))


def _sample(module: str, form: SampleForm, levels: Mapping[str, str]) -> Sample:
    receipt = form.receipt.data or ""
    source = access.source(current_user, receipt) if receipt else None
    if receipt and source is None:
        raise Refused(N_("No work with this receipt was found in the cohorts that you moderate."))
    return Sample(module, form.lang(), form.title.data or "", form.text.data or "", levels, source)


def _new(
    cohort: Cohort,
    module: str,
    form: SampleForm,
    levels: Mapping[str, str],
    status: int,
    *,
    problems: list[rules.Problem] | None = None,
) -> ResponseReturnValue:
    content, lang = catalogue.content(cohort.revision_id), current_user.reading_language()
    page = render_template(
        "coursework/second/new_sample.html",
        cohort=cohort,
        module=module,
        places=places(cohort),
        form=form,
        lines=results.lines(content, module, levels, lang),
        faults=pages.faults(problems or [], content, module, lang),
        active="cohorts",
    )
    return page, status


def _page(
    row: CalibrationSample,
    cohort: Cohort,
    levels: Mapping[str, str],
    status: int,
    *,
    problems: list[rules.Problem] | None = None,
) -> ResponseReturnValue:
    content, lang = catalogue.content(cohort.revision_id), pages.rubric_lang(row.lang)
    mark: CalibrationMark | None = calibration.own(row, current_user)
    open_ = mark is None and row.made_by_id != current_user.id
    page = render_template(
        "coursework/second/sample.html",
        row=row,
        cohort=cohort,
        lines=results.lines(content, row.module, mark.levels if mark else levels, lang),
        agreed={} if open_ else {one.id: one.chosen for one in results.lines(content, row.module, row.levels, lang)},
        distance=calibration.distance(cohort, row, mark) if mark else None,
        open=open_,
        lang=lang,
        faults=pages.faults(problems or [], content, row.module, lang),
        active="marking",
    )
    return page, status
