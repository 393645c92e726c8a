"""Reading and choosing: applications are given out, judged by two readers, ranked, and decided in one act."""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from diploma.accounts.models import User
from diploma.admissions import calls, letters, offers, reader_mails, rules, service
from diploma.admissions.models import AdmissionCall, Application, ApplicationState, Reading
from diploma.admissions.plan import TOP_LEVEL, LetterKind, Plan
from diploma.cohorts.models import Entity
from diploma.core import audit, clock
from diploma.core.db import session
from diploma.core.errors import N_, Refused, Stale

_S = ApplicationState


# ---- readers


def load(call: AdmissionCall) -> dict[int, int]:
    """How many applications each reader of a call has."""
    query = select(Reading.reader_id, func.count()).join(Reading.application)
    rows = session.execute(query.where(Application.call_id == call.id).group_by(Reading.reader_id))
    return {row[0]: row[1] for row in rows}


def give_out(call: AdmissionCall, *, by: User) -> int:
    """Give each eligible application to two readers; returns how many found none, because too few may read them."""
    call = service.locked(call.id)
    plan = calls.plan_of(call)
    if not plan.criteria:
        raise Refused(N_("Readers need criteria first."))
    if call.closes_at > clock.now():
        raise Refused(N_("The call is still open. Applications are given out when it has closed."))
    waiting = _in_state(call, _S.ELIGIBLE)
    scripts = [rules.Script(one.id, one.email, one.entity_id) for one in waiting]
    given = rules.assign(scripts, _readers(call), load(call), call.seed)
    counts = Counter(reader_id for readers in given.values() for reader_id in readers)
    for one in waiting:
        for number, reader_id in enumerate(given.get(one.id, ()), 1):
            _add_reading(one, reader_id, number)
        if one.id in given:
            service.move(one, _S.READING, by=by, readers=given[one.id])
    reader_mails.tell(call, counts)
    return len(waiting) - len(given)


def _readers(call: AdmissionCall) -> list[rules.Reader]:
    return [rules.Reader(one.user_id, one.user.email, one.entity_id) for one in calls.readers(call)]


def _add_reading(application: Application, reader_id: int, number: int) -> None:
    session.add(
        Reading(application_id=application.id, reader_id=reader_id, number=number, assigned_at=clock.now(), levels={})
    )


def finish_reading(reading: Reading, levels: Mapping[str, int], comment: str, *, by: User) -> None:
    """Hand a reading in, for good: it must not follow what the other reader thinks."""
    application = reading.application
    call = service.locked(application.call_id)
    session.refresh(reading)
    criteria = {one.id for one in calls.plan_of(call).criteria}
    if reading.reader_id != by.id:
        raise Refused(N_("This application is read by somebody else."))
    if reading.done_at is not None or application.state is not _S.READING:
        raise Refused(N_("This reading is handed in and stays as it is."))
    if set(levels) != criteria or not all(0 <= one <= TOP_LEVEL for one in levels.values()):
        raise Refused(N_("Choose a level for each criterion."))
    reading.levels, reading.comment, reading.done_at = dict(levels), comment, clock.now()
    audit.record("reading.done", f"reading:{reading.id}", by=by, application=application.id)
    session.flush()
    _ask_third(call, application)


def _ask_third(call: AdmissionCall, application: Application) -> None:
    """One more reader, when both are in and lie apart; who that is follows the rule of all readers."""
    plan = calls.plan_of(call)
    done = session.scalars(
        select(Reading).where(Reading.application_id == application.id, Reading.done_at.is_not(None))
    ).all()
    if len(done) != rules.READINGS or not _apart(done, plan):
        return
    taken = frozenset(one.reader_id for one in done)
    script = rules.Script(application.id, application.email, application.entity_id, taken)
    given = rules.assign([script], _readers(call), load(call), call.seed, each=1)
    for reader_id in given.get(application.id, ()):
        _add_reading(application, reader_id, rules.READINGS + 1)
        reader_mails.tell(call, {reader_id: 1})


def _apart(done: Sequence[Reading], plan: Plan) -> bool:
    first, second = (rules.score(one.levels, plan.criteria) for one in done[: rules.READINGS])
    return rules.lie_apart(first, second, plan.gap)


# ---- the list with the cut line


@dataclass(frozen=True)
class Line:
    """One application on the list; ``outcome`` is what the proposal makes of it."""

    application: Application
    mean: Decimal
    outcome: ApplicationState


@dataclass(frozen=True)
class Proposal:
    """``lines`` by rank; ``unread``: applications that have not all their readings; ``excluded`` fail a rule."""

    lines: tuple[Line, ...]
    unread: int
    excluded: int

    @property
    def digest(self) -> str:
        """What was shown, in short: who decides sends it back, and another list is not decided on."""
        said = ";".join(f"{one.application.id}:{one.mean}:{one.outcome.value}" for one in self.lines)
        return hashlib.sha256(f"{said}|{self.unread}|{self.excluded}".encode()).hexdigest()[:32]


def propose(call: AdmissionCall) -> Proposal:
    """The ranking of all that are read, and what the places and the quota make of it."""
    plan = calls.plan_of(call)
    reading = _in_state(call, _S.READING)
    complete = [one for one in reading if one.readings and all(reading.done_at for reading in one.readings)]
    found = {one.id: one for one in complete}
    order = rules.ranked([_candidate(one) for one in complete], plan.criteria)
    groups = [(one.candidate.id, one.candidate.group) for one in order]
    chosen = rules.next_up(groups, {}, call.places, plan.quota)
    rest = [key for key, _ in groups if key not in set(chosen)]
    waiting = set(rest[: plan.waiting])
    outcomes = {
        key: _S.OFFERED if key in set(chosen) else _S.WAITING if key in waiting else _S.REFUSED for key in found
    }
    lines = tuple(Line(found[one.candidate.id], one.mean, outcomes[one.candidate.id]) for one in order)
    unread = len(reading) - len(complete) + len(_in_state(call, _S.ELIGIBLE))
    return Proposal(lines, unread, len(_in_state(call, _S.INELIGIBLE)))


def _candidate(application: Application) -> rules.Candidate:
    levels = tuple(one.levels for one in application.readings)
    at = application.submitted_at or application.created_at
    return rules.Candidate(application.id, offers.group(application), at, levels)


def decide(call: AdmissionCall, seen: str, base_url: str, *, by: User) -> None:
    """Make the offers of the proposal, fill the waiting list, refuse the others: in one act, once.

    ``seen`` is the digest of the list that was shown; :class:`Stale` when it is another by now.
    """
    call = service.locked(call.id)
    if call.decided_at is not None:
        raise Refused(N_("The offers of this call are made already."))
    if call.cohort.state not in service.BEFORE_START:
        raise Refused(N_("The cohort has begun; nobody is offered a place any more."))
    proposal = propose(call)
    if proposal.unread:
        raise Refused(N_("Not all applications are read yet."))
    if not proposal.lines:
        raise Refused(N_("There is nobody to choose from."))
    if proposal.digest != seen:
        raise Stale(N_("The list is another than the one you saw. Look at it again."))
    call.decided_at = clock.now()
    _carry_out(call, proposal, base_url, by)
    counts = {state.value: sum(one.outcome is state for one in proposal.lines) for state in (_S.OFFERED, _S.WAITING)}
    audit.record("admission.decided", f"admission:{call.id}", by=by, digest=seen, **counts)


def _carry_out(call: AdmissionCall, proposal: Proposal, base_url: str, by: User) -> None:
    for rank, line in enumerate(proposal.lines, 1):
        line.application.rank = rank
        if line.outcome is _S.OFFERED:
            offers.offer(call, line.application, base_url, by=by)
        elif line.outcome is _S.WAITING:
            service.move(line.application, _S.WAITING, by=by)
            letters.send(line.application, LetterKind.WAITING, f"waiting:{line.application.id}")
        else:
            refuse(line.application, by=by)
    for one in _in_state(call, _S.INELIGIBLE):
        refuse(one, by=by)


def refuse(application: Application, *, by: User | None = None) -> None:
    service.move(application, _S.REFUSED, by=by)
    letters.send(application, LetterKind.REFUSAL, f"refusal:{application.id}")


def _in_state(call: AdmissionCall, state: ApplicationState) -> list[Application]:
    query = select(Application).where(Application.call_id == call.id, Application.state == state)
    entity = joinedload(Application.entity).selectinload(Entity.dated_names)
    options = [selectinload(Application.readings), joinedload(Application.call), entity]
    found = session.scalars(query.order_by(Application.id).options(*options).execution_options(populate_existing=True))
    return list(found)
