"""Whose works take part in a round, and who must not review whom."""

from collections.abc import Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import contains_eager, joinedload

from diploma.cohorts.models import Cohort, Enrolment, EnrolmentState
from diploma.core import clock
from diploma.core.db import session
from diploma.core.lang import Lang
from diploma.coursework import policies
from diploma.coursework.allocation import markers
from diploma.coursework.allocation.models import Conflict
from diploma.coursework.allocation.policy import MARKING
from diploma.coursework.models import Marking, MarkingState, Submission, SubmissionVersion
from diploma.coursework.peers.models import Entry, Round
from diploma.coursework.peers.rules import Person

_PERSON = (joinedload(Entry.work), joinedload(Entry.enrolment).joinedload(Enrolment.user))


def works(cohort: Cohort, module: str) -> list[SubmissionVersion]:
    """The newest version of everybody active who has handed in and takes part nowhere yet: who has moved here may have
    taken part in another cohort. What a marker has given back is not there until it comes again."""
    taking_part = select(Entry.enrolment_id).join(Entry.round).where(Round.module == module)
    rows = session.scalars(
        select(SubmissionVersion)
        .join(SubmissionVersion.submission)
        .join(Submission.enrolment)
        .join(Marking, Marking.work_id == SubmissionVersion.id)
        .where(Enrolment.cohort_id == cohort.id, Enrolment.state == EnrolmentState.ACTIVE)
        .where(Enrolment.id.not_in(taking_part))
        .where(Submission.module == module, SubmissionVersion.received_at <= clock.now())
        .where(Marking.state != MarkingState.RETURNED)
        .options(contains_eager(SubmissionVersion.submission).contains_eager(Submission.enrolment))
        .order_by(SubmissionVersion.number)
    )
    newest = {one.submission.enrolment_id: one for one in rows}
    return [newest[key] for key in sorted(newest)]


def entries(held: Round) -> list[Entry]:
    """Everybody who takes part and is still there."""
    query = (
        select(Entry)
        .join(Entry.enrolment)
        .where(Entry.round_id == held.id, Enrolment.cohort_id == held.cohort_id)
        .where(Enrolment.state == EnrolmentState.ACTIVE)
    )
    return list(session.scalars(query.options(*_PERSON).order_by(Entry.id)))


def people(held: Round, those: Sequence[Entry]) -> dict[int, Person]:
    """Entry id → the person as the rules see them; a constant number of queries."""
    barred = _barred(held, those)
    return {one.id: Person(one.id, one.work.lang, _reads(one), frozenset(barred[one.id])) for one in those}


def _reads(entry: Entry) -> frozenset[Lang]:
    """The languages that a person has chosen anywhere in their profile."""
    user = entry.enrolment.user
    chosen = (user.language, user.content_language, user.submission_language)
    return frozenset(one for one in chosen if one) | user.working_languages()


def _barred(held: Round, those: Sequence[Entry]) -> dict[int, set[int]]:
    """Entry → the entries whose works its person must not review: a declared conflict, whichever of both declared it,
    and by the rules of marking whoever belongs to the same entity or manages its people. It holds both ways."""
    by_user = {one.enrolment.user_id: one.id for one in those}
    found: dict[int, set[int]] = {one.id: set() for one in those}
    declared = session.execute(
        select(Conflict.marker_id, Conflict.person_id).where(
            or_(Conflict.marker_id.in_(by_user), Conflict.person_id.in_(by_user))
        )
    )
    pairs = {(marker, person) for marker, person in declared if marker in by_user and person in by_user}
    if not policies.of(MARKING, held.cohort, held.module).own_entity:
        of_entity = markers.by_entity(by_user)
        pairs |= {
            (other, one.enrolment.user_id)
            for one in those
            if one.enrolment.entity_id
            for other in of_entity.get(one.enrolment.entity_id, ())
        }
    for one, other in pairs:
        found[by_user[one]].add(by_user[other])
        found[by_user[other]].add(by_user[one])
    return found
