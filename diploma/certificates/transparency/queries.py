"""What the public page shows: read from the heads alone, so that it costs the same however large the register is."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import bindparam, func, select

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

# Anybody may ask for the page: its statements are built once, which costs more than to run them.
_DAYS = select(RegisterHead).order_by(RegisterHead.day.desc()).limit(bindparam("size")).offset(bindparam("start"))
_TOTAL = select(func.count()).select_from(RegisterHead)
_FIRST, _LAST = func.min(RegisterHead.day), func.max(RegisterHead.day)
_KEYS = select(RegisterHead.key_id, _FIRST, _LAST).group_by(RegisterHead.key_id).order_by(_LAST.desc())
_REFUSED = select(AuditEvent.at).where(AuditEvent.kind == REFUSED).order_by(AuditEvent.number.desc()).limit(1)
_PARTNERS = select(Partner).order_by(Partner.slug)


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
    return session.scalars(_DAYS, {"size": 1, "start": 0}).first()


def total() -> int:
    """How many days have a head."""
    return session.scalar(_TOTAL) or 0


def days(page: int, of: int) -> Rows[RegisterHead]:
    """One page of the heads, the newest first."""
    return Rows(list(session.scalars(_DAYS, {"size": PAGE, "start": (page - 1) * PAGE})), of, page, PAGE)


def keys() -> list[KeyDays]:
    """The keys that have signed, the newest first."""
    return [KeyDays(*row) for row in session.execute(_KEYS)]


def is_refused(head: RegisterHead | None) -> bool:
    """Whether the last daily check found that the register does not hold, and no head was signed since."""
    at = session.scalar(_REFUSED)
    return at is not None and (head is None or head.signed_at < at)


def figures(head: RegisterHead, lang: Lang) -> list[Figures]:
    """What a head says of each partner and year, the newest year first."""
    names = {one.slug: one.name(lang) for one in session.scalars(_PARTNERS)}
    lines = [
        Figures(names[one["partner"]], one["year"], tuple(one.get(state.value, 0) for state in STATES))
        for one in head.figures
    ]
    return sorted(lines, key=lambda one: (-int(one.year), one.partner))


def sums(lines: list[Figures]) -> tuple[int, ...]:
    """The same over all partners and years."""
    return tuple(sum(column) for column in zip(*(one.counts for one in lines), strict=True)) or (0,) * len(STATES)
