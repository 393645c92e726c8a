"""What the public page shows: read from the heads alone, so that it costs the same however large the register is."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from diploma.certificates.models import CertificateState
from diploma.certificates.transparency.models import RegisterHead
from diploma.certificates.transparency.service import REFUSED
from diploma.cohorts.models import Partner
from diploma.core.audit import AuditEvent
from diploma.core.db import session
from diploma.core.lang import Lang
from diploma.core.listing import Rows

PAGE = 30  # days
STATES = (
    CertificateState.ISSUED,
    CertificateState.SUSPENDED,
    CertificateState.SUPERSEDED,
    CertificateState.REVOKED,
)


@dataclass(frozen=True)
class KeyDays:
    """A key by its id, and the first and last day that it signed."""

    id: str
    first: date
    last: date


@dataclass(frozen=True)
class Figures:
    """How many certificates stand in each of ``STATES``, for a partner (its name) and a year of numbers."""

    partner: str
    year: str
    counts: tuple[int, ...]


def newest() -> RegisterHead | None:
    return session.scalars(select(RegisterHead).order_by(RegisterHead.day.desc()).limit(1)).first()


def total() -> int:
    """How many days have a head."""
    return session.scalar(select(func.count()).select_from(RegisterHead)) or 0


def days(page: int, of: int) -> Rows[RegisterHead]:
    """One page of the heads, the newest first."""
    query = select(RegisterHead).order_by(RegisterHead.day.desc()).limit(PAGE).offset((page - 1) * PAGE)
    return Rows(list(session.scalars(query)), of, page, PAGE)


def keys() -> list[KeyDays]:
    """The keys that have signed, the newest first."""
    first, last = func.min(RegisterHead.day), func.max(RegisterHead.day)
    rows = session.execute(select(RegisterHead.key_id, first, last).group_by(RegisterHead.key_id).order_by(last.desc()))
    return [KeyDays(*row) for row in rows]


def is_refused(head: RegisterHead | None) -> bool:
    """Whether the last daily check found that the register does not hold, and no head was signed since."""
    query = select(AuditEvent.at).where(AuditEvent.kind == REFUSED).order_by(AuditEvent.number.desc()).limit(1)
    at = session.scalar(query)
    return at is not None and (head is None or head.signed_at < at)


def figures(head: RegisterHead, lang: Lang) -> list[Figures]:
    """What a head says of each partner and year, the newest year first."""
    names = {one.slug: one.name(lang) for one in session.scalars(select(Partner).order_by(Partner.slug))}
    lines = [
        Figures(names[one["partner"]], one["year"], tuple(one.get(state.value, 0) for state in STATES))
        for one in head.figures
    ]
    return sorted(lines, key=lambda one: (-int(one.year), one.partner))


def sums(lines: list[Figures]) -> tuple[int, ...]:
    """The same over all partners and years."""
    return tuple(sum(column) for column in zip(*(one.counts for one in lines), strict=True)) or (0,) * len(STATES)
