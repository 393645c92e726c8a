"""What staff decide about a call: dates, places, rules, questions, criteria, letters, readers."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import delete, select

from diploma.accounts.models import User
from diploma.admissions import files, reader_mails, rules, service
from diploma.admissions import plan as plans
from diploma.admissions.models import (
    AdmissionCall,
    AdmissionReader,
    AdmissionSeat,
    Application,
    ApplicationState,
    Entry,
    Reading,
)
from diploma.admissions.plan import Criterion, LetterKind, Plan, Question
from diploma.cohorts.models import Cohort
from diploma.core import audit, clock
from diploma.core.db import session
from diploma.core.errors import N_, Refused


@dataclass(frozen=True)
class Terms:
    """When a call is open, to whom, and for how many; the last five are those of the plan."""

    opens_at: datetime
    closes_at: datetime
    entry: Entry
    places: int
    gap: int = 25
    offer_days: int = 7
    waiting: int = 20
    reading_days: int = 14

    def within(self, plan: Plan) -> Plan:
        """A plan with these terms."""
        return replace(
            plan, gap=self.gap, offer_days=self.offer_days, waiting=self.waiting, reading_days=self.reading_days
        )


@dataclass(frozen=True)
class Affected:
    """An application that changed rules would put elsewhere."""

    application: Application
    to: ApplicationState


def open_call(cohort: Cohort, terms: Terms, *, by: User | None = None) -> AdmissionCall:
    """Make the call of a cohort; there is one."""
    if cohort.state not in service.BEFORE_START:
        raise Refused(N_("The cohort has begun; nobody applies to it any more."))
    if session.scalar(select(AdmissionCall.id).where(AdmissionCall.cohort_id == cohort.id)):
        raise Refused(N_("This cohort has a call already."))
    _check(terms)
    made = AdmissionCall(
        cohort_id=cohort.id,
        cohort=cohort,
        token=secrets.token_urlsafe(9),
        seed=secrets.randbelow(2**31),
        plan=Plan().as_json(),
        created_at=clock.now(),
        entry=terms.entry,
        opens_at=terms.opens_at,
        closes_at=terms.closes_at,
        places=terms.places,
    )
    session.add(made)
    session.flush()
    _set_places(made, terms.places)
    _store(made, terms.within(Plan()))
    audit.record("admission.opened", f"admission:{made.id}", by=by, cohort=cohort.slug, places=terms.places)
    return made


def change_terms(call: AdmissionCall, terms: Terms, *, by: User | None = None) -> None:
    """Change dates and places. Fewer places than are offered or taken cannot be had."""
    call = service.locked(call.id)
    _check(terms)
    _set_places(call, terms.places)
    call.opens_at, call.closes_at, call.entry = terms.opens_at, terms.closes_at, terms.entry
    _store(call, terms.within(plan_of(call)))
    reader_mails.plan_again(call)
    audit.record("admission.changed", f"admission:{call.id}", by=by, after=vars(terms))


def plan_of(call: AdmissionCall) -> Plan:
    return plans.read(call.plan)


def _check(terms: Terms) -> None:
    if terms.closes_at <= terms.opens_at:
        raise Refused(N_("The call must close after it opens."))
    if terms.places < 1:
        raise Refused(N_("A call has at least one place."))


def _set_places(call: AdmissionCall, places: int) -> None:
    """Add or take away places; one that is offered or taken stays, whatever its number."""
    taken = set(session.scalars(select(Application.seat).where(Application.call_id == call.id, Application.seat > 0)))
    if len(taken) > places:
        raise Refused(N_("More places than these are offered or taken already."))
    known = set(session.scalars(select(AdmissionSeat.number).where(AdmissionSeat.call_id == call.id)))
    surplus = sorted(known - taken)[places - len(taken) :]
    session.execute(delete(AdmissionSeat).where(AdmissionSeat.call_id == call.id, AdmissionSeat.number.in_(surplus)))
    kept = known - set(surplus)
    fresh = [n for n in range(1, places + len(kept) + 1) if n not in kept][: places - len(kept)]
    session.add_all(AdmissionSeat(call_id=call.id, number=n) for n in fresh)
    call.places = places
    session.flush()


def _store(call: AdmissionCall, plan: Plan) -> None:
    stored = plan.as_json()
    plans.read(stored)
    call.plan = stored


# ---- rules


def affected(call: AdmissionCall, plan: Plan) -> list[Affected]:
    """Whom other rules would put elsewhere: those judged and not yet read, but for whom staff decided otherwise."""
    judged = select(Application).where(Application.call_id == call.id, Application.state.in_(rules.JUDGED))
    found = session.scalars(judged.where(Application.overruled == "").order_by(Application.id)).all()
    graduates = service.graduates_of(call.cohort)
    outcomes = ((one, rules.outcome(service.reasons(one, plan, graduates))) for one in found)
    return [Affected(one, to) for one, to in outcomes if to is not one.state]


def change_rules(call: AdmissionCall, plan: Plan, seen: int, *, by: User) -> None:
    """Set other rules, and judge again whom they concern; ``seen`` is the number of people who were shown.

    :class:`Refused` when there are others by now, so that nobody is put elsewhere unseen.
    """
    call = service.locked(call.id)
    _check_undecided(call)
    if len(affected(call, plan)) != seen:
        raise Refused(N_("Other applications came in meanwhile. Look at the list of people again."))
    _store(call, plan)
    judged = select(Application).where(Application.call_id == call.id, Application.state.in_(rules.JUDGED))
    graduates = service.graduates_of(call.cohort)
    for one in session.scalars(judged.where(Application.overruled == "")).all():
        service.judge(one, plan, graduates=graduates, by=by)
    audit.record("admission.rules_changed", f"admission:{call.id}", by=by, affected=seen, rules=call.plan["rules"])


# ---- questions, criteria, letters


def add_question(call: AdmissionCall, question: Question, *, by: User) -> None:
    plan = _unread(call)
    _change(call, replace(plan, questions=(*plan.questions, question)), "questions", by)


def remove_question(call: AdmissionCall, key: str, *, by: User) -> None:
    plan = _unread(call)
    files.remove_of_question(call.id, key)
    _change(call, replace(plan, questions=tuple(one for one in plan.questions if one.id != key)), "questions", by)


def add_criterion(call: AdmissionCall, criterion: Criterion, *, by: User) -> None:
    plan = _unread(call)
    _change(call, replace(plan, criteria=(*plan.criteria, criterion)), "criteria", by)


def remove_criterion(call: AdmissionCall, key: str, *, by: User) -> None:
    plan = _unread(call)
    _change(call, replace(plan, criteria=tuple(one for one in plan.criteria if one.id != key)), "criteria", by)


def set_letter(call: AdmissionCall, kind: LetterKind, texts: dict[str, str], *, by: User) -> None:
    """The partner's own paragraph of a letter, by language."""
    plan = plan_of(call)
    _change(call, replace(plan, letters=plan.letters | {kind.value: texts}), "letters", by)


def _unread(call: AdmissionCall) -> Plan:
    """The plan, as long as nobody reads: what is judged must stay what was asked."""
    service.locked(call.id)
    read = select(Reading.id).join(Reading.application).where(Application.call_id == call.id)
    if session.scalar(read.limit(1)):
        raise Refused(N_("Applications are being read; questions and criteria stay as they are."))
    return plan_of(call)


def _change(call: AdmissionCall, plan: Plan, what: str, by: User) -> None:
    _store(call, plan)
    audit.record("admission.plan_changed", f"admission:{call.id}", by=by, part=what)


def _check_undecided(call: AdmissionCall) -> None:
    if call.decided_at is not None:
        raise Refused(N_("Offers are made; the rules of this call stay as they are."))


# ---- readers


def name_readers(call: AdmissionCall, chosen: Mapping[int, int | None], *, by: User) -> None:
    """Name the readers: user → their own entity. Who has something to read stays a reader."""
    call = service.locked(call.id)
    busy = set(
        session.scalars(
            select(Reading.reader_id).join(Reading.application).where(Application.call_id == call.id).distinct()
        )
    )
    if not busy <= chosen.keys():
        raise Refused(N_("Somebody whom you took away has applications to read already."))
    for entity_id in chosen.values():
        service.check_entity(call.cohort, entity_id)
    held = {one.user_id: one for one in readers(call)}
    for user_id, entity_id in chosen.items():
        row = held.pop(user_id, None) or AdmissionReader(call_id=call.id, user_id=user_id)
        row.entity_id = entity_id
        session.add(row)
    for gone in held.values():
        session.delete(gone)
    audit.record("admission.readers_named", f"admission:{call.id}", by=by, readers=sorted(chosen))


def readers(call: AdmissionCall) -> list[AdmissionReader]:
    query = select(AdmissionReader).where(AdmissionReader.call_id == call.id)
    return list(session.scalars(query.order_by(AdmissionReader.user_id)))
