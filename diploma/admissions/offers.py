"""Offers of places, their answers, and the waiting list that moves by itself.

Whatever frees a place offers it to the next in the same transaction. All of it happens under the lock of the call, and
a place is a row that one application holds (``AdmissionSeat``), so no two events at once offer more than there are.
"""

from collections import Counter
from collections.abc import Hashable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from diploma.accounts import service as accounts
from diploma.accounts.models import MailedLink, Purpose, User
from diploma.accounts.service import token_hash
from diploma.admissions import calls, letters, rules, service
from diploma.admissions.models import (
    AdmissionCall,
    AdmissionLink,
    AdmissionSeat,
    Application,
    ApplicationState,
    LinkPurpose,
)
from diploma.admissions.plan import LetterKind
from diploma.cohorts import service as cohorts
from diploma.cohorts.invitations import inviting
from diploma.cohorts.life import enrolments
from diploma.cohorts.life.away import seats
from diploma.cohorts.models import Cohort, Enrolment
from diploma.cohorts.rules import FROZEN
from diploma.cohorts.ties import Own
from diploma.core import clock, mail, outbox
from diploma.core.db import session
from diploma.core.errors import N_, Refused
from diploma.core.text import fold

_S = ApplicationState
LAPSE, REMIND = "offer-lapse", "offer-reminder"
REMINDER = timedelta(days=2)  # before the offer expires


def group(application: Application) -> Hashable:
    """What the quota of an entity counts by; who names none stands alone."""
    return application.entity_id or fold(application.entity_other) or ("alone", application.id)


def offer(call: AdmissionCall, application: Application, base_url: str, *, by: User | None = None) -> None:
    """Offer a free place. It expires by itself, after a reminder."""
    free = _free_seats(call)
    if not free:
        raise Refused(N_("No place is free."))
    service.move(application, _S.OFFERED, by=by)
    expires = clock.now() + timedelta(days=calls.plan_of(call).offer_days)
    application.seat, application.offer_expires_at = free[0], expires
    session.flush()
    token = letters.make_link(application, LinkPurpose.OFFER, expires_at=expires)
    link = letters.offer_address(base_url, token, application)
    letters.send(application, LetterKind.OFFER, f"offer:{token_hash(token)}", link=link, expires_at=expires)
    payload = {"application_id": application.id, "expires_at": expires.isoformat(), "base_url": base_url}
    outbox.enqueue(LAPSE, f"{LAPSE}:{token_hash(token)}", payload, due_at=expires)
    if expires - REMINDER > clock.now():
        outbox.enqueue(REMIND, f"{REMIND}:{token_hash(token)}", payload, due_at=expires - REMINDER)


def _free_seats(call: AdmissionCall) -> list[int]:
    taken = select(Application.seat).where(Application.call_id == call.id, Application.seat.is_not(None))
    query = select(AdmissionSeat.number).where(AdmissionSeat.call_id == call.id, AdmissionSeat.number.not_in(taken))
    return list(session.scalars(query.order_by(AdmissionSeat.number)))


def next_up(call: AdmissionCall, places: int) -> list[Application]:
    """Who of the waiting list is next for so many places. A cohort that has begun takes nobody."""
    if call.decided_at is None or call.cohort.state not in service.BEFORE_START:
        return []
    query = select(Application).where(Application.call_id == call.id)
    fresh = query.execution_options(populate_existing=True)
    held = session.scalars(fresh.where(Application.seat.is_not(None))).all()
    waiting = session.scalars(fresh.where(Application.state == _S.WAITING).order_by(Application.rank)).all()
    chosen = rules.next_up(
        [(one.id, group(one)) for one in waiting],
        Counter(group(one) for one in held),
        places,
        calls.plan_of(call).quota,
    )
    return [one for one in waiting if one.id in chosen]


def fill(call: AdmissionCall, base_url: str) -> int:
    """Offer the free places to the next on the waiting list; returns how many."""
    session.flush()
    chosen = next_up(call, len(_free_seats(call)))
    for one in chosen:
        offer(call, one, base_url)
    return len(chosen)


# ---- answers


def open_offer(token: str) -> AdmissionLink | None:
    """The link behind a token whose offer can still be answered."""
    link: AdmissionLink | None = session.scalar(
        select(AdmissionLink)
        .where(AdmissionLink.token_hash == token_hash(token), AdmissionLink.purpose == LinkPurpose.OFFER)
        .execution_options(populate_existing=True)
    )
    usable = link and link.used_at is None and link.expires_at and link.expires_at > clock.now()
    return link if usable and link and link.application.state is _S.OFFERED else None


def answer(token: str, base_url: str, *, accept: bool) -> Application:
    """Accept or decline the offer behind a link, once."""
    link = open_offer(token)
    call = service.locked(link.application.call_id) if link else None
    if link:
        session.refresh(link.application)
    link = open_offer(token)  # again under the lock: two answers may come at once
    if link is None or call is None:
        raise Refused(N_("This offer was answered already or has expired."))
    _settle(link.application, call, base_url, accept=accept)
    link.used_at = clock.now()
    return link.application


def is_open(application: Application) -> bool:
    """Whether an offer waits for its answer."""
    expires = application.offer_expires_at
    return application.state is _S.OFFERED and expires is not None and expires > clock.now()


def answer_own(application: Application, base_url: str, *, accept: bool) -> None:
    """Accept or decline as the owner who is signed in; the links that were mailed answer nothing from then on."""
    call = service.locked(application.call_id)
    session.refresh(application)
    if not is_open(application):
        raise Refused(N_("This offer was answered already or has expired."))
    _settle(application, call, base_url, accept=accept)


def _settle(application: Application, call: AdmissionCall, base_url: str, *, accept: bool) -> None:
    if accept:
        if call.cohort.state in FROZEN:
            raise Refused(N_("The cohort is closed; nobody can be added to it."))
        application.enrolment_id = take_in(application, call.cohort, base_url)
        service.move(application, _S.ACCEPTED)
    else:
        release(application, _S.DECLINED, base_url)


def answered(token: str, *, accept: bool) -> Application | None:
    """The application whose offer this link has answered in this way: a second click reads what the first one did."""
    link: AdmissionLink | None = session.scalar(
        select(AdmissionLink).where(
            AdmissionLink.token_hash == token_hash(token), AdmissionLink.purpose == LinkPurpose.OFFER
        )
    )
    done = _S.ACCEPTED if accept else _S.DECLINED
    return link.application if link and link.used_at and link.application.state is done else None


def withdraw(application: Application, base_url: str, *, by: User | None = None) -> None:
    """The applicant steps back; a place that was offered goes to the next."""
    service.locked(application.call_id)
    session.refresh(application)
    release(application, _S.WITHDRAWN, base_url, by=by)


def release(
    application: Application, to: ApplicationState, base_url: str, *, by: User | None = None, **detail: Any
) -> None:
    """Free the place of an application, and offer it to the next; the call is locked by the caller."""
    service.move(application, to, by=by, **detail)
    application.seat = None
    fill(application.call, base_url)


@outbox.handles(LAPSE)
def _lapse(payload: dict[str, Any], _result: None) -> None:
    application = _still_offered(payload)
    if application:
        release(application, _S.LAPSED, payload["base_url"])


@outbox.handles(REMIND)
def _remind(payload: dict[str, Any], _result: None) -> None:
    application = _still_offered(payload)
    if application is None:
        return
    token = letters.make_link(application, LinkPurpose.OFFER, expires_at=application.offer_expires_at)
    mail.send(
        "admission_reminder",
        application.email,
        application.language,
        f"offer-reminder:{token_hash(token)}",
        sender=letters.sender(application),
        name=application.full_name,
        cohort=application.call.cohort.name(application.language),
        zone=application.call.cohort.time_zone,
        expires_at=application.offer_expires_at,
        link=letters.offer_address(payload["base_url"], token, application),
    )


def _still_offered(payload: dict[str, Any]) -> Application | None:
    """The application of a job, under the lock of its call, if this very offer still waits for its answer."""
    application = session.get(Application, payload["application_id"])
    if application is None:  # erased meanwhile
        return None
    service.locked(application.call_id)
    session.refresh(application)
    same = application.offer_expires_at == datetime.fromisoformat(payload["expires_at"])
    return application if application.state is _S.OFFERED and same else None


# ---- coming in


def take_in(application: Application, cohort: Cohort, base_url: str) -> int | None:
    """Enrol the person who accepts; ``None`` when the address has an account that is not the partner's own.

    Staff read that it cannot be added here; the applicant is only told that they are expected.
    """
    user = accounts.find(application.email)
    held = user and session.scalar(
        select(Enrolment).where(Enrolment.cohort_id == cohort.id, Enrolment.user_id == user.id)
    )
    if not held:
        check_seats(cohort)  # before the next question, or a full cohort would tell whose account is elsewhere
    if user is not None and not (user.is_active and Own(cohort.partner_id, None).has(user)):
        return None
    if user is None:
        try:
            with session.begin_nested():
                user = accounts.create_user(
                    application.email, application.full_name, application.language, time_zone=cohort.time_zone
                )
        except IntegrityError:  # another partner made it at this very instant
            return None
    enrolment = cohorts.enrol(cohort, user, entity=application.entity, position=application.position)
    if enrolment.state in enrolments.AWAY:
        enrolments.take_back(enrolment, "accepted a place")
    invite_once(user, cohort, base_url)
    return enrolment.id


def check_seats(cohort: Cohort) -> None:
    """:class:`Refused` when all seats of the cohort itself are taken."""
    if not seats(cohort).free:
        raise Refused(N_("All seats of the cohort are taken. Nothing was changed; please write to the coordinator."))


def invite_once(user: User, cohort: Cohort, base_url: str, *, by: User | None = None) -> None:
    """Mail the activation link to who has no password and never got one."""
    got = select(MailedLink.id).where(MailedLink.user_id == user.id, MailedLink.purpose == Purpose.ACTIVATE)
    if user.activated_at is None and session.scalar(got.limit(1)) is None:
        inviting.send(user, cohort, base_url, by=by)
