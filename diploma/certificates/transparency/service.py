"""Signing the head of a day, and mailing it to those who keep it outside of our hands; or telling those who look after
the register that it does not hold."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from diploma.accounts.models import RoleGrant, User
from diploma.accounts.permissions import Role
from diploma.certificates.models import Certificate
from diploma.certificates.transparency import head
from diploma.certificates.transparency.checking import SIGNED, Found
from diploma.certificates.transparency.head import Head
from diploma.certificates.transparency.models import RegisterHead, RegisterKey
from diploma.cohorts.models import Cohort, Enrolment, Partner
from diploma.core import audit, chain, clock, mail, signing
from diploma.core.chain import AnySession
from diploma.core.db import insert_unless_there, session
from diploma.core.lang import Lang

REFUSED = "register.head_refused"
MOST_REASONS = 10  # in the audit; the command says all
_WATCH = (Role.DIRECTOR, Role.REGISTRAR)


@dataclass(frozen=True)
class Signed:
    """A head with its signature, the key that verifies it, and the figures of its moment."""

    head: Head
    signature: bytes
    public_key: str
    figures: list[dict[str, Any]]


def figures(own: AnySession) -> list[dict[str, Any]]:
    """How many public certificates stand in which state, for each partner and year of the number."""
    year = func.substr(Certificate.serial, 5, 4)  # GID-2026-…
    rows = own.execute(
        select(Partner.slug, year, Certificate.state, func.count())
        .select_from(Certificate)
        .join(Enrolment, Enrolment.id == Certificate.enrolment_id)
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .join(Partner, Partner.id == Cohort.partner_id)
        .where(Certificate.serial.is_not(None))
        .group_by(Partner.slug, year, Certificate.state)
        .order_by(Partner.slug, year)
    )
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for partner, in_year, state, count in rows:
        line = found.setdefault((partner, in_year), {"partner": partner, "year": in_year})
        line[state.value] = count
    return list(found.values())


def sign(found: Found, counted: list[dict[str, Any]], key: Path, at: datetime) -> Signed:
    """Sign what a walk found. Runs a program, so no transaction may be open."""
    public, signed_at = signing.public_key(key), at.astimezone(UTC).replace(microsecond=0)
    previous = head.digest(found.heads[-1].text) if found.heads else chain.START
    made = Head(signed_at.date(), signed_at, found.length, found.last, found.digest, previous, signing.key_id(public))
    return Signed(made, signing.sign(key, made.text().encode()), public, counted)


def keep(signed: Signed, *, base_url: str) -> None:
    """Store a signed head and mail it to the witnesses; the second of one day changes nothing."""
    made = signed.head
    if session.get(RegisterKey, made.key_id) is None:
        insert_unless_there(RegisterKey(id=made.key_id, pem=signed.public_key))
    row = RegisterHead(
        day=made.day,
        signed_at=made.signed_at,
        events=made.events,
        text=made.text(),
        signature=base64.b64encode(signed.signature).decode(),
        key_id=made.key_id,
        figures=signed.figures,
    )
    if session.get(RegisterHead, made.day) is not None or not insert_unless_there(row):
        return
    audit.record(SIGNED, f"register:{made.day}", digest=head.digest(row.text), events=made.events)
    _tell_witnesses(row, base_url)


def refuse(reasons: Sequence[str], *, base_url: str) -> None:
    """No head is signed of a register that does not hold: note it, and tell those who look after the register."""
    day = clock.today("UTC")
    audit.record(REFUSED, f"register:{day}", reasons=list(reasons[:MOST_REASONS]), count=len(reasons))
    letters = [
        mail.Letter(
            one.email,
            one.language,
            f"register_broken:{day}:{one.id}",
            {"name": one.full_name, "count": len(reasons), "page": f"{base_url}/registry"},
        )
        for one in _watchers()
    ]
    mail.send_many("register_broken", letters)


def _tell_witnesses(row: RegisterHead, base_url: str) -> None:
    files = {f"{row.day}.txt": row.text.encode(), f"{row.day}.sig": base64.b64decode(row.signature)}
    letters = []
    for partner in session.scalars(select(Partner).where(Partner.witness != "").order_by(Partner.id)):
        lang, key = Lang(partner.languages[0]), f"register_head:{row.day}:{partner.id}"
        context = {"day": row.day, "partner": partner.name(lang), "page": f"{base_url}/registry"}
        letters.append(mail.Letter(partner.witness, lang, key, context, files=files))
    mail.send_many("register_head", letters)


def _watchers() -> list[User]:
    """The directors and registrars of today, of the programme and of its partners."""
    people = session.scalars(
        select(User)
        .where(User.disabled_at.is_(None), User.grants.any(RoleGrant.role.in_(_WATCH)))
        .options(selectinload(User.grants))
        .order_by(User.id)
    )
    now = clock.now()
    return [one for one in people if any(grant.role in _WATCH for grant in one.current_grants(now))]
