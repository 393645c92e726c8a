"""Self-registration: for listed mail domains only, confirmed by mail, approved from a queue.

What a stranger is told never depends on who has an account: the work is a job, and what it finds goes by mail to the
owner of the address alone.
"""

import secrets
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from diploma.accounts import service as accounts
from diploma.accounts.models import User
from diploma.accounts.service import token_hash
from diploma.admissions import domains, offers
from diploma.admissions.models import Registration, RegistrationDomain, RegistrationState
from diploma.cohorts import service as cohorts
from diploma.cohorts.models import Cohort, Entity, Partner
from diploma.cohorts.roster import importing
from diploma.cohorts.rules import FROZEN
from diploma.cohorts.ties import Own
from diploma.core import audit, clock, mail, outbox
from diploma.core.db import session
from diploma.core.errors import N_, Refused
from diploma.core.lang import Lang

_S = RegistrationState
MOVES: dict[RegistrationState, frozenset[RegistrationState]] = {
    _S.MAILED: frozenset({_S.QUEUED, _S.EXPIRED}),
    _S.QUEUED: frozenset({_S.APPROVED, _S.REFUSED}),
    _S.APPROVED: frozenset(),
    _S.REFUSED: frozenset(),
    _S.EXPIRED: frozenset({_S.MAILED}),
}
REGISTER = "self-registration"
LIFETIME = timedelta(days=3)


# ---- which domains


def add_domain(partner: Partner, domain: str, *, subdomains: bool, cohort: Cohort, by: User) -> RegistrationDomain:
    """Let the people of a mail domain register themselves for a cohort of the partner."""
    written = domains.written(domain)
    if cohort.partner_id != partner.id:
        raise Refused(N_("The cohort belongs to another partner."))
    known = select(RegistrationDomain.id).where(
        RegistrationDomain.partner_id == partner.id, RegistrationDomain.domain == written
    )
    if session.scalar(known):
        raise Refused(N_("%(domain)s stands on the list already."), domain=written)
    made = RegistrationDomain(
        partner_id=partner.id, cohort_id=cohort.id, domain=written, subdomains=subdomains, created_at=clock.now()
    )
    session.add(made)
    audit.record("registration.domain_added", f"partner:{partner.id}", by=by, domain=written, cohort=cohort.slug)
    return made


def remove_domain(domain: RegistrationDomain, *, by: User) -> None:
    audit.record("registration.domain_removed", f"partner:{domain.partner_id}", by=by, domain=domain.domain)
    session.delete(domain)


# ---- registering


def request(partner: Partner, full_name: str, email: str, language: Lang, entity: Entity | None, base_url: str) -> None:
    """Ask to be registered. What comes of it is a job's work and goes by mail."""
    payload = {"partner_id": partner.id, "full_name": full_name, "email": accounts.folded_email(email)}
    payload |= {"language": language.value, "entity_id": entity.id if entity else None, "base_url": base_url}
    outbox.enqueue(REGISTER, f"{REGISTER}:{secrets.token_hex(8)}", payload)


@outbox.handles(REGISTER)
def _register(payload: dict[str, Any], _result: None) -> None:
    domain = _domain_of(payload["partner_id"], payload["email"])
    if domain is None or domain.cohort.state in FROZEN:
        return
    user = accounts.find(payload["email"])
    if user is not None:
        _tell_owner(user, payload["base_url"])
        return
    cohort = domain.cohort
    found = _row(cohort, payload)
    if found.state is not _S.MAILED:  # waits in the queue, or is decided
        return
    token = secrets.token_urlsafe(24)
    found.token_hash, found.expires_at = token_hash(token), clock.now() + LIFETIME
    mail.send(
        "registration_confirm",
        found.email,
        found.language,
        f"registration:{found.token_hash}",
        sender=cohort.partner.sender(found.language),
        name=found.full_name,
        link=f"{payload['base_url']}/register/confirm/{token}?lang={found.language.value}",
        days=LIFETIME.days,
    )


def _domain_of(partner_id: int, email: str) -> RegistrationDomain | None:
    """The listed domain of an address, the closest of several."""
    rows = session.scalars(select(RegistrationDomain).where(RegistrationDomain.partner_id == partner_id))
    fitting = [one for one in rows if domains.covers(one.domain, email, subdomains=one.subdomains)]
    return max(fitting, key=lambda one: len(one.domain), default=None)


def _row(cohort: Cohort, payload: dict[str, Any]) -> Registration:
    """The one registration of an address for a cohort; what was never confirmed begins anew."""
    known = select(Registration).where(Registration.cohort_id == cohort.id, Registration.email == payload["email"])
    found: Registration | None = session.scalar(known.with_for_update())
    if found is None:
        found = Registration(cohort_id=cohort.id, email=payload["email"], created_at=clock.now(), state=_S.MAILED)
        session.add(found)
    elif found.state is _S.EXPIRED:
        _move(found, _S.MAILED)
    if found.state is _S.MAILED:
        found.full_name, found.language = payload["full_name"], Lang(payload["language"])
        found.entity_id = payload["entity_id"]
    return found


def _tell_owner(user: User, base_url: str) -> None:
    if user.is_active:
        mail.send(
            "registration_known",
            user.email,
            user.language,
            f"registration-known:{secrets.token_hex(8)}",
            name=user.full_name,
            link=f"{base_url}/forgot",
        )


def open_registration(token: str) -> Registration | None:
    """The registration behind a mailed link that can still be confirmed."""
    found: Registration | None = session.scalar(
        select(Registration).where(Registration.token_hash == token_hash(token)).with_for_update()
    )
    usable = found and found.state is _S.MAILED and found.expires_at > clock.now()
    return found if usable else None


def confirm(token: str) -> None:
    """The owner of the address says that it was them; now it waits for the coordinator."""
    found = open_registration(token)
    if found is None:
        raise Refused(N_("This link was used already or has expired."))
    _move(found, _S.QUEUED)
    found.confirmed_at = clock.now()


# ---- the queue


def approve(found: Registration, base_url: str, *, by: User) -> None:
    """Create the account, enrol it, invite it."""
    session.refresh(found, with_for_update=True)
    cohort = found.cohort
    importing.lock(cohort)  # before the cohort, as an import and an accepted place do
    session.refresh(cohort, ["state", "seats", "version"], with_for_update=True)
    user = accounts.find(found.email)
    if user is not None and not Own(cohort.partner_id, None).has(user):
        raise Refused(N_("This address cannot be added here."))
    if cohort.state in FROZEN:
        raise Refused(N_("The cohort is closed; its marks are frozen."))
    offers.check_seats(cohort)
    _decide(found, _S.APPROVED, by)
    held = user or accounts.create_user(found.email, found.full_name, found.language, time_zone=cohort.time_zone, by=by)
    cohorts.enrol(cohort, held, entity=found.entity, by=by)
    offers.invite_once(held, cohort, base_url, by=by)


def refuse(found: Registration, reason: str, *, by: User) -> None:
    """Refuse with a reason, which the person is told."""
    session.refresh(found, with_for_update=True)
    if not reason.strip():
        raise Refused(N_("Give the reason: the person reads it."))
    _decide(found, _S.REFUSED, by)
    found.reason = reason.strip()
    mail.send(
        "registration_refused",
        found.email,
        found.language,
        f"registration-refused:{found.id}",
        sender=found.cohort.partner.sender(found.language),
        name=found.full_name,
        reason=found.reason,
    )


def _decide(found: Registration, to: RegistrationState, by: User) -> None:
    _move(found, to, by=by)
    found.decided_at, found.decided_by_id = clock.now(), by.id


def _move(found: Registration, to: RegistrationState, *, by: User | None = None) -> None:
    if to not in MOVES[found.state]:
        raise Refused(N_("This registration was decided already. Load the page again."))
    audit.record("registration.moved", f"registration:{found.id}", by=by, before=found.state, after=to)
    found.state = to


def expire_due() -> int:
    """Close the registrations that nobody confirmed in time; returns how many."""
    late = session.scalars(
        select(Registration).where(Registration.state == _S.MAILED, Registration.expires_at < clock.now())
    ).all()
    for one in late:
        _move(one, _S.EXPIRED)
    return len(late)
