"""The planned release of an assignment: set, moved, cancelled, and carried out by the job runner at its time.

What is ready then is released as one long work; what is not is named to who planned it, and stands on the page.
"""

from collections import Counter
from datetime import datetime

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from diploma.accounts.models import User
from diploma.accounts.permissions import Permission
from diploma.cohorts import access
from diploma.cohorts.models import Cohort
from diploma.cohorts.rules import FROZEN
from diploma.core import audit, clock, mail, outbox
from diploma.core.db import session
from diploma.core.errors import N_, Refused, Stale
from diploma.core.outbox import Payload
from diploma.coursework.releasing import bulk, readiness
from diploma.coursework.releasing.models import MOVES, PlannedRelease, PlanState
from diploma.coursework.releasing.readiness import NOT_READY, Standing
from diploma.learning import catalogue

DUE = "release-due"
NAMED = 50  # people in the mail; the page names all
WHY = "planned"


def of(cohort: Cohort) -> dict[str, PlannedRelease]:
    """The last plan of each assignment of a cohort, by module."""
    query = select(PlannedRelease).where(PlannedRelease.cohort_id == cohort.id).options(joinedload(PlannedRelease.by))
    return {one.module: one for one in session.scalars(query.order_by(PlannedRelease.id))}


def plan(cohort: Cohort, module: str, at: datetime, *, version: int, by: User) -> PlannedRelease:
    """Plan the release, or move the plan that there is; ``version`` is that of the plan which the page has shown, 0 for
    none."""
    held = _hold(cohort, module, version)
    if at <= clock.now():
        raise Refused(N_("Choose a time to come."))
    before = held.at if held else None
    if held is None:
        held = PlannedRelease(cohort_id=cohort.id, module=module, at=at, by_id=by.id, planned_at=clock.now())
        session.add(held)
    held.at, held.by_id, held.planned_at = at, by.id, clock.now()
    session.flush()
    audit.record(
        "release.moved" if before else "release.planned",
        f"cohort:{cohort.id}",
        by=by,
        module=module,
        before=before,
        after=at,
    )
    outbox.enqueue(DUE, f"{DUE}:{held.id}:{held.version}", {"plan_id": held.id, "version": held.version}, due_at=at)
    return held


def cancel(cohort: Cohort, module: str, *, version: int, by: User) -> None:
    """Take the plan back; its job then finds nothing to do."""
    held = _hold(cohort, module, version)
    if held is None:
        raise Refused(N_("Nothing is planned here."))
    _close(held, PlanState.CANCELLED)
    audit.record("release.cancelled", f"cohort:{cohort.id}", by=by, module=module, before=held.at, after="cancelled")


@outbox.handles(DUE)
def carry_out(payload: Payload, _result: None) -> None:
    """Begin the release. A plan that was moved or cancelled has another job or none."""
    held = session.get_one(PlannedRelease, payload["plan_id"], with_for_update=True, populate_existing=True)
    if held.state is not PlanState.PLANNED or held.version != payload["version"]:
        return
    cohort = held.cohort
    try:
        by = access.orderer(held.by_id, cohort, Permission.RELEASE)
        if cohort.state in FROZEN:
            raise Refused(N_("The cohort is closed; its marks are frozen."))
    except Refused:
        _close(held, PlanState.LAPSED)
        audit.record("release.lapsed", f"cohort:{cohort.id}", module=held.module, before=held.at, after="lapsed")
        return
    _begin(held, by)


def _begin(held: PlannedRelease, by: User) -> None:
    cohort, module, base_url = held.cohort, held.module, current_app.config["BASE_URL"]
    ready, counts = readiness.ready(by, cohort, module), readiness.counts(by, cohort).get(module, Counter())
    held.ready, held.waiting = len(ready), sum(counts[one] for one in (*NOT_READY, Standing.OTHERS))
    if ready:
        back, key = f"/cohorts/{cohort.slug}/release/{module}", f"plan:{held.id}"
        work = bulk.start(cohort, module, ready, base_url=base_url, back=back, key=key, why=WHY, by=by)
        held.batch = work.token
    _close(held, PlanState.DONE)
    audit.record(
        "release.carried_out", f"cohort:{cohort.id}", by=by, module=module, ready=held.ready, waiting=held.waiting
    )
    _tell(held, by, base_url)


def _tell(held: PlannedRelease, by: User, base_url: str) -> None:
    """Name to the planner what was not ready; works that are marked without names by their receipts."""
    cohort, lang = held.cohort, by.language
    mail.send(
        "release_carried_out",
        by.email,
        lang,
        f"{DUE}:{held.id}",
        sender=cohort.partner.sender(lang),
        name=by.full_name,
        cohort=cohort.name(lang),
        title=catalogue.content(cohort.revision_id).say(held.module, "assignment/title", lang),
        ready=held.ready,
        waiting=held.waiting,
        people=readiness.unready(by, cohort, held.module, NAMED),
        link=f"{base_url}/cohorts/{cohort.slug}/release/{held.module}",
    )


def _hold(cohort: Cohort, module: str, version: int) -> PlannedRelease | None:
    """The plan that waits, under the lock of its cohort; :class:`Stale` when it is not the one that the page showed."""
    session.execute(select(Cohort.id).where(Cohort.id == cohort.id).with_for_update())
    if cohort.state in FROZEN:
        raise Refused(N_("The cohort is closed; its marks are frozen."))
    held: PlannedRelease | None = session.scalar(
        select(PlannedRelease)
        .where(PlannedRelease.cohort_id == cohort.id, PlannedRelease.module == module)
        .where(PlannedRelease.state == PlanState.PLANNED)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if version != (held.version if held else 0):
        raise Stale(N_("Somebody else changed the plan meanwhile. Look at it again."))
    return held


def _close(held: PlannedRelease, to: PlanState) -> None:
    assert to in MOVES[held.state]
    held.state, held.closed_at = to, clock.now()
    session.flush()
