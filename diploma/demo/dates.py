"""Requests for more time in the demonstration: granted, refused, waiting; groups, one of them with its own date."""

from datetime import timedelta

from flask import current_app
from sqlalchemy import select

from diploma.accounts.models import User
from diploma.cohorts.groups import service as groups
from diploma.cohorts.models import Cohort, CohortModule, Enrolment, EnrolmentState
from diploma.core import clock
from diploma.core.db import session
from diploma.coursework.extensions import given
from diploma.coursework.extensions import service as extensions
from diploma.coursework.extensions.given import Given
from diploma.coursework.extensions.models import Cause, ExtensionRequest
from diploma.coursework.extensions.service import Asked, Verdict
from diploma.coursework.models import Submission

TRIP = "Хизмат сафари: Нукус, уч кун."
GRANTED = "Сафар тасдиқланди, беш кун берилади."
REFUSED = "Muddatgacha hali bir hafta bor: ishni boshlang, kerak boʻlsa yana soʻrang."
DELEGATION = "Guruh shu kuni vazirlikdagi yigʻilishda."
WAITING = "Болею со вчерашнего дня."


def write(cohort: Cohort) -> None:
    """What happened in the past days around the next deadline."""
    now, by = clock.now(), session.scalars(select(User).where(User.email == "instructor.uz@demo.test")).one()
    term = min((one for one in cohort.modules if one.due_at > now), key=lambda one: one.due_at)
    first, second, third = _idle(cohort, term)
    base = current_app.config["BASE_URL"]
    with clock.at(now - timedelta(days=2)):
        away, early = _ask(first, term, 5, Cause.TRAVEL, TRIP), _ask(second, term, 10, Cause.WORK, "")
    with clock.at(now - timedelta(days=1)):
        extensions.grant(away, Verdict(GRANTED), base_url=base, by=by)
        extensions.refuse(early, Verdict(REFUSED), base_url=base, by=by)
        _ask(third, term, 3, Cause.ILLNESS, WAITING)
        groups.split(cohort, groups.by_language, by=by)
        smallest = min((group for group, people in groups.of(cohort) if people), key=lambda one: one.name)
        due = Given(term.module, DELEGATION, due_at=term.due_at + timedelta(days=1))
        given.give(smallest, due, base_url=base, by=by)


def _idle(cohort: Cohort, term: CohortModule) -> list[Enrolment]:
    """The first three people of the list who have begun nothing for the assignment."""
    begun = select(Submission.enrolment_id).where(Submission.module == term.module)
    query = select(Enrolment).join(Enrolment.user).where(Enrolment.cohort_id == cohort.id)
    query = query.where(Enrolment.state == EnrolmentState.ACTIVE, Enrolment.id.not_in(begun))
    return list(session.scalars(query.where(User.email.like("uz.%")).order_by(User.email).limit(3)))


def _ask(who: Enrolment, term: CohortModule, days: int, cause: Cause, note: str) -> ExtensionRequest:
    said, base = Asked(days, cause, note, key="demo"), current_app.config["BASE_URL"]
    return extensions.ask(who, term.module, said, at=clock.now(), base_url=base, by=who.user)
