"""The pages of a cohort: the list, the workspace, its people, one person.

Sheets and imports have files of their own.
"""

import secrets
from enum import StrEnum
from functools import partial
from typing import TypeVar

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import select

from diploma.accounts import guard
from diploma.accounts.permissions import Permission
from diploma.cohorts import access, curriculum, labels, own_dates, queries, service, standings, tutors
from diploma.cohorts.blueprint import bp
from diploma.cohorts.forms import WaiveForm
from diploma.cohorts.invitations import views as invitation_views
from diploma.cohorts.life import away, enrolments, history, return_views
from diploma.cohorts.life import views as life_views
from diploma.cohorts.models import CohortState, Enrolment, EnrolmentState, Waiver
from diploma.cohorts.names import views as name_views
from diploma.cohorts.roster import review_views
from diploma.cohorts.roster import views as import_views
from diploma.cohorts.sessions import views as session_views
from diploma.cohorts.standings import Standing
from diploma.cohorts.tutoring import views as tutor_views
from diploma.core import clock, i18n, listing, mail
from diploma.core.db import session

Choice = TypeVar("Choice", bound=StrEnum)

# Importing them gives the blueprint their routes.
__all__ = [
    "bp",
    "import_views",
    "invitation_views",
    "life_views",
    "name_views",
    "return_views",
    "review_views",
    "session_views",
    "tutor_views",
]


@bp.get("/cohorts/")
@guard.needs(Permission.SEE_COHORT)
def index() -> ResponseReturnValue:
    """The cohorts in reach, as they are asked for."""
    visible = access.visible_cohorts(current_user, Permission.SEE_COHORT)
    asked = listing.asked(request.args, queries.COHORTS, "-starts")
    state = _one_of(CohortState, "state")
    return render_template(
        "cohorts/index.html",
        cohorts=queries.cohorts(visible, asked, i18n.current(), state=state),
        states=queries.cohort_states(visible),
        state=state,
        sort=asked.sort,
        active="cohorts",
    )


@bp.get("/cohorts/<slug>")
@guard.needs(Permission.SEE_COHORT)
def cohort(slug: str) -> ResponseReturnValue:
    """The workspace: who is how far, the dates, the sessions."""
    found = access.cohort(current_user, slug, Permission.SEE_COHORT)
    asked = listing.asked(request.args, standings.PEOPLE, "name")
    people = standings.members(found, asked, i18n.current())
    content, now = curriculum.current(), clock.now()
    return render_template(
        "cohorts/cohort.html",
        cohort=found,
        people=people,
        sort=asked.sort,
        standings=standings.standings(found),
        now=now,
        late={one.module for one in found.modules if one.due_at < now},
        Standing=Standing,
        words=_standing_words(),
        modules=content.modules(found.revision_id, i18n.current()),
        may=partial(access.may, current_user, found),
        progress=content.progress(found.revision_id, [one.enrolment.id for one in people.rows]),
        dates={one.module: one for one in found.modules},
        sessions=queries.sessions(found),
        active="cohorts",
    )


@bp.get("/cohorts/<slug>/roster")
@guard.needs(Permission.SEE_COHORT)
def roster(slug: str) -> ResponseReturnValue:
    """The people of a cohort, found by name in any script; from here they are invited."""
    found = access.cohort(current_user, slug, Permission.SEE_COHORT)
    asked = listing.asked(request.args, standings.PEOPLE, "name")
    standing = _one_of(Standing, "standing")
    tutor = tutor_views.wanted()
    people = standings.members(found, asked, i18n.current(), standing=standing, tutor=tutor)
    return render_template(
        "cohorts/roster.html",
        cohort=found,
        people=people,
        sort=asked.sort,
        standing=standing,
        standings=standings.standings(found),
        tutor=tutor,
        tutors=tutors.instructors(found),
        loads=tutors.loads(found),
        isolate=mail.isolate,
        seats=away.seats(found),
        may=partial(access.may, current_user, found),
        key=secrets.token_urlsafe(16),
        Standing=Standing,
        ABSENT=standings.ABSENT,
        words=_standing_words(),
        active="cohorts",
    )


@bp.get("/cohorts/<slug>/people/<int:enrolment_id>")
@guard.needs(Permission.SEE_COHORT)
def person(slug: str, enrolment_id: int) -> ResponseReturnValue:
    enrolment = access.member(current_user, slug, enrolment_id, Permission.SEE_COHORT)
    return _person_page(enrolment, _waive_form(enrolment))


@bp.post("/cohorts/<slug>/people/<int:enrolment_id>/waive")
@guard.needs(Permission.WAIVE)
def waive(slug: str, enrolment_id: int) -> ResponseReturnValue:
    """Open a module to a person although its prerequisites are not met."""
    enrolment = access.member(current_user, slug, enrolment_id, Permission.WAIVE)
    form = _waive_form(enrolment)
    if not form.validate_on_submit():
        return _person_page(enrolment, form), 422
    service.waive_prerequisite(enrolment, form.module.data, form.reason.data or "", by=current_user)
    flash(_("The prerequisites of this module are waived for this person."), "ok")
    return redirect(url_for("cohorts.person", slug=slug, enrolment_id=enrolment_id))


def _standing_words() -> dict[Standing, tuple[str, str]]:
    """Name and kind of tag of each standing; translated once, because lists repeat them in each row."""
    return {one: (_(text), kind) for one, (text, kind) in labels.STANDINGS.items()}


def _one_of(kind: type[Choice], name: str) -> Choice | None:
    """The filter that the address sets; an unknown value filters nothing."""
    asked = request.args.get(name, "")
    return kind(asked) if asked in {*kind} else None


def _waive_form(enrolment: Enrolment) -> WaiveForm:
    """The form with the modules that have prerequisites, save those that are waived."""
    form = WaiveForm()
    waived = {one.module for one in _waivers(enrolment)}
    modules = curriculum.current().modules(enrolment.cohort.revision_id, i18n.current())
    form.module.choices = {one.id: one.title.words for one in modules if one.prerequisites and one.id not in waived}
    return form


def _waivers(enrolment: Enrolment) -> list[Waiver]:
    return list(session.scalars(select(Waiver).where(Waiver.enrolment_id == enrolment.id).order_by(Waiver.id)))


def _person_page(enrolment: Enrolment, form: WaiveForm) -> str:
    cohort, content = enrolment.cohort, curriculum.current()
    member, waivers = standings.member_of(enrolment), _waivers(enrolment)
    progress = content.progress(cohort.revision_id, [enrolment.id])
    return render_template(
        "cohorts/person.html",
        cohort=cohort,
        member=member,
        form=form,
        now=clock.now(),
        modules=content.modules(cohort.revision_id, i18n.current()),
        waivers=waivers,
        progress=progress,
        path=history.path(member, waivers, progress, enrolments.events(enrolment)),
        dates=own_dates.of_person(enrolment),
        attendance=queries.attendance_of(enrolment),
        tenures=tutors.history(enrolment),
        mails=standings.mails(enrolment),
        ABSENT=standings.ABSENT,
        strip=labels.strip(),
        may=partial(access.may, current_user, cohort),
        EnrolmentState=EnrolmentState,
        Standing=Standing,
        words=_standing_words(),
        active="cohorts",
    )
