"""Thousands of marks that are ready in one assignment, and what their release costs, for ``make bench`` and a drill."""

import time
from datetime import timedelta
from decimal import Decimal

from flask import current_app
from sqlalchemy import select

from diploma.accounts.models import User
from diploma.cohorts.models import Cohort, Enrolment, EnrolmentState
from diploma.core import batch, clock, db, outbox
from diploma.core.lang import Lang
from diploma.core.outbox import Job, JobState
from diploma.coursework.models import Marking, MarkingState, Submission, SubmissionState, SubmissionVersion
from diploma.coursework.releasing import bulk
from diploma.learning import catalogue

CRITERIA_LEVEL = "proficient"


def ready(cohort: Cohort, module: str, count: int, marker: User) -> None:
    """Rows as the services leave them, of ``count`` new people with a mark of 80 each; written at once, as it is not
    their marking that is measured."""
    now, langs = clock.now(), list(Lang)
    rubric = catalogue.content(cohort.revision_id).modules[module].rubric
    people = [
        {"email": f"ready{n}@bench.test", "full_name": f"Ready Person {n}", "language": langs[n % 5]}
        for n in range(count)
    ]
    users = [
        User(**one, sort_key=one["full_name"], name_search=one["full_name"], created_at=now, activated_at=now)
        for one in people
    ]
    db.session.add_all(users)
    db.session.flush()
    enrolments = [Enrolment(user=one, cohort=cohort, state=EnrolmentState.ACTIVE, enrolled_at=now) for one in users]
    db.session.add_all(enrolments)
    db.session.flush()
    works = [
        Submission(enrolment=one, module=module, state=SubmissionState.SUBMITTED, lang=Lang.EN, saved_at=now)
        for one in enrolments
    ]
    db.session.add_all(works)
    db.session.flush()
    levels = {one.id: CRITERIA_LEVEL for one in rubric.criteria}
    for n, work in enumerate(works):
        version = SubmissionVersion(
            submission=work, number=1, key=f"ready:{n}", receipt=f"R-{n:04d}-RDY0", edition_id=cohort.edition_id,
            revision_id=cohort.revision_id, lang=Lang.EN, text="A work. " * 400, helpers="", files={}, declared=[],
            sha256=f"{n:064x}", due_at=now + timedelta(days=1), received_at=now, committed_at=now,
        )  # fmt: skip
        version.marking = Marking(
            state=MarkingState.MARKED, marker_id=marker.id, levels=levels, comment="Count the silent users.",
            raw=Decimal(80), counted=Decimal(80), deductions=[], saved_at=now, marked_at=now,
        )  # fmt: skip
        db.session.add(version)
    db.session.flush()


def seconds(cohort: Cohort, module: str, by: User) -> tuple[int, float]:
    """(marks released, CPU seconds) of ordering the release of an assignment and carrying it out, up to the last event
    and mail in the outbox; the mails themselves go later."""
    start = time.process_time()
    with db.unit_of_work():
        shown = bulk.seen(cohort, module, by=by)
        work = bulk.order(cohort, module, shown=shown, base_url=current_app.config["BASE_URL"], back="/", by=by)
    order = {"batch_id": work.id, "by_id": by.id, "slice": 1}
    while not db.session.get_one(batch.Batch, work.id, populate_existing=True).over:
        outbox.prepare(batch.SLICE, order)
        with db.unit_of_work():
            outbox.finish(batch.SLICE, order, None)
        order = {**order, "slice": order["slice"] + 1}
        db.session.remove()
    spent = time.process_time() - start
    sent = db.session.scalars(select(Job.id).where(Job.kind == "mark-released", Job.state == JobState.WAITING)).all()
    return len(sent), spent
