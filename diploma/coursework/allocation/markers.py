"""Who marks in a cohort today, and who must not mark which work there."""

from collections import defaultdict
from collections.abc import Collection

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import contains_eager

from diploma.accounts.models import RoleGrant, User
from diploma.accounts.permissions import GRANTS, Permission, Role
from diploma.cohorts import tutors
from diploma.cohorts.models import Cohort, Enrolment
from diploma.core import clock
from diploma.core.db import session
from diploma.core.errors import N_, Refused
from diploma.coursework import policies
from diploma.coursework.allocation.models import Conflict
from diploma.coursework.allocation.policy import MARKING
from diploma.coursework.models import Marking, Submission, SubmissionVersion

MARK = [role for role, held in GRANTS.items() if Permission.MARK in held]


def of(cohort: Cohort) -> list[User]:
    """Who may mark in a cohort today, by name: by a role on it, on its partner or on the programme."""
    now = clock.now()
    nowhere = and_(RoleGrant.cohort_id.is_(None), RoleGrant.partner_id.is_(None), RoleGrant.entity_id.is_(None))
    grants = session.scalars(
        select(RoleGrant)
        .join(RoleGrant.user)
        .where(RoleGrant.role.in_(MARK), User.disabled_at.is_(None))
        .where(or_(RoleGrant.cohort_id == cohort.id, RoleGrant.partner_id == cohort.partner_id, nowhere))
        .options(contains_eager(RoleGrant.user))
        .order_by(User.sort_key, User.id)
    )
    return list(dict.fromkeys(one.user for one in grants if one.holds_at(now)))


def barred(works: Collection[Marking], people: Collection[User]) -> dict[int, frozenset[int]]:
    """Marking → those of ``people`` who must not mark it, by user id; the works are loaded down to the enrolment.

    Nobody marks themselves or a person with whom they have declared a conflict; the cohort may bar the people of the
    author's entity and the author's tutor. A constant number of queries.
    """
    ids = {one.id for one in people}
    enrolments = {one.id: one.work.submission.enrolment for one in works}
    everybody = _authors(works)
    found = {key: {one.user_id for one in those} for key, those in everybody.items()}
    authors = set[int]().union(*found.values())
    declared = defaultdict(set)
    rows = session.execute(
        select(Conflict.person_id, Conflict.marker_id).where(
            Conflict.marker_id.in_(ids), Conflict.person_id.in_(authors)
        )
    )
    for person, marker in rows:
        declared[person].add(marker)
    books = policies.books(MARKING, {one.cohort_id: one.cohort for one in enrolments.values()}.values())
    rules = {one.id: books[enrolments[one.id].cohort_id].at(one.work.submission.module).values for one in works}
    colleagues = by_entity(ids) if not all(one.own_entity for one in rules.values()) else {}
    asked = [one.id for key, rule in rules.items() if not rule.own_tutor for one in everybody[key]]
    looked_after = tutors.of_people(asked) if asked else {}
    for key, one in ((key, one) for key, those in everybody.items() for one in those):
        found[key] |= declared[one.user_id]
        if not rules[key].own_entity and one.entity_id:
            found[key] |= colleagues.get(one.entity_id, set())
        if not rules[key].own_tutor and one.id in looked_after:
            found[key].add(looked_after[one.id])
    return {key: frozenset(one & ids) for key, one in found.items()}


def _authors(works: Collection[Marking]) -> dict[int, list[Enrolment]]:
    """Marking → the authors of the work, of a group's all; one query, where there are groups."""
    found = {one.id: [one.work.submission.enrolment] for one in works}
    leads = {one.work.lead_id or one.work_id: one.id for one in works if one.work.submission.group_id is not None}
    if leads:
        rows = session.execute(
            select(func.coalesce(SubmissionVersion.lead_id, SubmissionVersion.id), Enrolment)
            .join(SubmissionVersion.submission)
            .join(Submission.enrolment)
            .where(or_(SubmissionVersion.lead_id.in_(leads), SubmissionVersion.id.in_(leads)))
        )
        for lead, enrolment in rows:
            found[leads[lead]].append(enrolment)
    return found


def check(marking: Marking, by: User) -> None:
    """:class:`Refused` when ``by`` must not mark this work. It does not say why: the reason could name the author."""
    if by.id in barred([marking], [by])[marking.id]:
        raise Refused(N_("The rules of this cohort, or a conflict of interest, keep this work from you."))


def by_entity(markers: Collection[int]) -> dict[int, set[int]]:
    """Entity → those of the markers who belong to it: enrolled from it, or managers of its people today."""
    now, found = clock.now(), defaultdict[int, set[int]](set)
    own = select(Enrolment.entity_id, Enrolment.user_id).where(Enrolment.user_id.in_(markers))
    for entity, marker in session.execute(own):
        if entity is not None:
            found[entity].add(marker)
    managed = select(RoleGrant).where(
        RoleGrant.user_id.in_(markers), RoleGrant.role == Role.LINE_MANAGER, RoleGrant.entity_id.is_not(None)
    )
    for grant in session.scalars(managed):
        if grant.entity_id is not None and grant.holds_at(now):
            found[grant.entity_id].add(grant.user_id)
    return found
