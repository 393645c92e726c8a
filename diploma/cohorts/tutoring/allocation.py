"""Giving the people of a cohort to tutors: looked at first, then saved exactly as it was seen."""

import enum
import hashlib
import json
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import and_, insert, select
from sqlalchemy.orm import contains_eager

from diploma.accounts.models import User
from diploma.cohorts import tutors
from diploma.cohorts.models import Cohort, Enrolment, EnrolmentState
from diploma.cohorts.rules import FROZEN
from diploma.cohorts.tutor_models import Ending, Tutorship
from diploma.cohorts.tutoring.sharing import Learner, common, share
from diploma.core import audit, clock
from diploma.core.db import session
from diploma.core.errors import N_, Refused, Stale
from diploma.core.lang import Lang
from diploma.core.sharing import Helper

Present = tuple[Enrolment, int | None]  # a person and the id of their tutor today


class Way(enum.StrEnum):
    """How people come to their tutors: all to one chosen by hand, or shared out over several."""

    HAND = "hand"
    EVENLY = "evenly"
    LANGUAGE = "language"


@dataclass(frozen=True)
class Wish:
    """What was asked for: ``tutors`` are user ids, none by hand means nobody.

    ``again``: those who have a tutor already are shared out as well. By hand everybody who was chosen is meant.
    """

    way: Way
    tutors: Collection[int] = ()
    again: bool = False


@dataclass(frozen=True)
class Change:
    """A person whose tutor would be another; ``lang`` is the language in which both work, if there is one."""

    enrolment: Enrolment
    before: User | None
    after: User | None
    lang: Lang | None


@dataclass(frozen=True)
class Load:
    """How many people of the cohort a tutor has, now and then."""

    tutor: User
    before: int
    after: int


@dataclass(frozen=True)
class Plan:
    """What a wish comes to: who would change, how many keep their tutor, who can have none, what each tutor has.

    ``alone`` are people for whom nobody but themselves was chosen.
    """

    changes: list[Change] = field(default_factory=list)
    kept: int = 0
    alone: list[Enrolment] = field(default_factory=list)
    loads: list[Load] = field(default_factory=list)

    @property
    def mark(self) -> str:
        """The fingerprint of what a person has looked at."""
        seen = [[one.enrolment.id, *(who.id if who else 0 for who in (one.before, one.after))] for one in self.changes]
        counts = [[one.tutor.id, one.before, one.after] for one in self.loads]
        return hashlib.sha256(json.dumps([seen, counts]).encode()).hexdigest()


def languages(user: User) -> tuple[Lang, ...]:
    """The languages in which a person is met: that of their writing, then that of their reading."""
    return tuple(dict.fromkeys((user.writing_language(), user.reading_language())))


def active(cohort: Cohort, chosen: Collection[int] | None = None) -> list[Present]:
    """The active people of a cohort by name, all or the chosen ones, with their tutors; ids of others name nobody."""
    today = and_(Tutorship.enrolment_id == Enrolment.id, tutors.holds())
    rows = session.execute(
        select(Enrolment, Tutorship.tutor_id)
        .join(Enrolment.user)
        .outerjoin(Tutorship, today)
        .where(Enrolment.cohort_id == cohort.id, Enrolment.state == EnrolmentState.ACTIVE)
        .options(contains_eager(Enrolment.user))
        .order_by(User.sort_key, Enrolment.id)
        .execution_options(populate_existing=True)
    )
    return [(one, tutor) for one, tutor in rows if chosen is None or one.id in chosen]


def propose(cohort: Cohort, chosen: Collection[int] | None, wish: Wish) -> Plan:
    """What would be saved, in a constant number of queries; ``chosen`` are enrolment ids, ``None`` means everybody.

    :class:`Refused` for a tutor who is no instructor of this cohort today, in the same words whoever it is.
    """
    if cohort.state in FROZEN:
        raise Refused(N_("The cohort is closed; its list of people stays as it is."))
    office = tutors.instructors(cohort)
    named = [one for one in office if one.id in wish.tutors]
    if not named and (wish.tutors or wish.way is not Way.HAND):
        raise Refused(N_("Choose among the instructors who have that role on this cohort today."))
    people, counts = active(cohort, chosen), Counter(tutors.loads(cohort))
    due = [one for one in people if wish.way is Way.HAND or wish.again or one[1] is None]
    goes = _shared(due, named, counts, by_language=wish.way is Way.LANGUAGE) if named else {}
    alone = [one for one, _present in due if named and one.id not in goes]
    changes = [
        (one, present, goes.get(one.id))
        for one, present in due
        if present != goes.get(one.id) and (one.id in goes or not named)
    ]
    then = counts - Counter(present for _one, present, _after in changes if present)
    then += Counter(after for _one, _present, after in changes if after)
    return Plan(
        _changes(changes, office),
        len(people) - len(changes) - len(alone),
        alone,
        [Load(one, counts[one.id], then[one.id]) for one in office],
    )


def allocate(cohort: Cohort, chosen: Collection[int] | None, wish: Wish, seen: str, *, by: User) -> Plan:
    """Save a proposal, if it is still the one that was looked at; :class:`Stale` if it has become another.

    Sent twice, it finds nothing to change the second time.
    """
    locked = select(Enrolment.id).where(Enrolment.cohort_id == cohort.id).order_by(Enrolment.id).with_for_update()
    session.execute(locked)
    plan = propose(cohort, chosen, wish)
    if not plan.changes:
        return plan
    if plan.mark != seen:
        raise Stale(N_("People or roles have changed since you looked. Nothing was saved: this is the new proposal."))
    _write(cohort, plan.changes, by)
    said = [[one.enrolment.id, *(who and who.id for who in (one.before, one.after))] for one in plan.changes]
    audit.record("tutors.allocated", f"cohort:{cohort.id}", by=by, way=wish.way, changes=said)
    return plan


def _shared(
    people: Sequence[Present], named: Sequence[User], counts: Mapping[int, int], *, by_language: bool
) -> dict[int, int]:
    moving = Counter(present for _one, present in people)
    helpers = [Helper(one.id, one.working_languages(), counts[one.id] - moving[one.id]) for one in named]
    learners = [Learner(one.id, one.user_id, languages(one.user), present) for one, present in people]
    return share(learners, helpers, by_language=by_language)


def _changes(rows: Sequence[tuple[Enrolment, int | None, int | None]], office: Sequence[User]) -> list[Change]:
    known: dict[int | None, User] = {one.id: one for one in office}
    made = []
    for one, before, after in rows:
        tutor = known.get(after)
        lang = common(languages(one.user), tutor.working_languages()) if tutor else None
        made.append(Change(one, known.get(before), tutor, lang))
    return made


def _write(cohort: Cohort, changes: Sequence[Change], by: User) -> None:
    """End what each had, and begin what each gets, in as many statements for one as for a thousand."""
    now = clock.now()
    for ending in (Ending.ROLE_ENDED, Ending.TAKEN, Ending.CHANGED):
        over = [one.enrolment.id for one in changes if _ending(one) is ending]
        tutors.close(over, ending, at=now, by_id=by.id)
    rows = [
        {
            "enrolment_id": one.enrolment.id,
            "cohort_id": cohort.id,
            "tutor_id": one.after.id,
            "since": now,
            "by_id": by.id,
        }
        for one in changes
        if one.after
    ]
    if rows:
        session.execute(insert(Tutorship), rows)


def _ending(change: Change) -> Ending:
    """What ends the row that may still be open: without a tutor today, their role had ended before."""
    if change.before is None:
        return Ending.ROLE_ENDED
    return Ending.CHANGED if change.after else Ending.TAKEN
