"""Thousands of certificates that are ready to be issued, and what their issue and drawing cost."""

import os
import time
from dataclasses import dataclass

from flask import current_app
from sqlalchemy import func, select

from diploma.accounts import service as accounts
from diploma.accounts.models import User
from diploma.certificates import bulk, issuers, printed, subscriptions
from diploma.certificates import service as certificates
from diploma.certificates.models import Certificate
from diploma.cohorts import service as cohorts
from diploma.cohorts.models import Cohort
from diploma.core import db, jobs
from diploma.core.batch import Batch
from diploma.core.lang import Lang
from diploma.learning import service as learning

NAMES = {Lang.AR: "شخص", Lang.EN: "Person", Lang.RU: "Человек", Lang.UZ_LATN: "Kishi", Lang.UZ_CYRL: "Киши"}


def order(cohort: Cohort, module: str, count: int, by: User) -> Batch:
    """The order to issue certificates of a module to ``count`` new people of a cohort; in an open unit of work."""
    for number in range(count):
        person = accounts.create_user(f"kishi{number}@uz.test", f"Kishi {number}", Lang.UZ_LATN)
        for lang in printed.languages(cohort):
            accounts.set_name(person, lang, f"{NAMES[lang]} {number}", confirmed=True)
        learning.complete_module(db.session, cohorts.enrol(cohort, person).id, module)
    ready = [one for one in certificates.draft_eligible(cohort) if one.enrolment.user.email.endswith("@uz.test")]
    for issuer in issuers.of(cohort):
        certificates.approve_all(ready, issuer["id"])
    return bulk.issue(cohort, ready, back="/certificates/", key="", by=by)


@dataclass(frozen=True)
class Cost:
    """Of so many certificates: seconds on the clock, CPU seconds of the job runner and of its renderers, bytes."""

    certificates: int
    wall: float
    runner: float
    renderers: float
    bytes: int


def spent() -> Cost:
    """Do everything that waits, with the renderers of a job runner, and tell what it cost."""
    drawn = select(func.count()).where(Certificate.pdf_sha256.is_not(None))
    before, begin, own = db.session.scalar(drawn), time.perf_counter(), os.times()
    jobs.drain()
    wall = time.perf_counter() - begin
    current_app.extensions.pop(subscriptions.RENDERER).close()  # only processes that have ended are counted
    after = os.times()
    one = db.session.scalars(select(Certificate).where(Certificate.pdf_sha256.is_not(None))).first()
    return Cost(
        (db.session.scalar(drawn) or 0) - (before or 0),
        wall,
        after.user + after.system - own.user - own.system,
        after.children_user + after.children_system - own.children_user - own.children_system,
        len(subscriptions.read(one)) if one else 0,
    )
