"""The audit table: who did what to which object, when and why; chained and append-only."""

import enum
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import event, select
from sqlalchemy.orm import Mapped, mapped_column

from diploma.core import chain, clock
from diploma.core.db import session
from diploma.core.orm import Base, intpk

CHAIN = "audit"


class AuditEvent(Base):
    """One act. ``actor_id`` is empty for acts of the operator (command line) and of jobs."""

    __tablename__ = "audit_events"

    id: Mapped[intpk]
    number: Mapped[int] = mapped_column(unique=True)
    at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(index=True)
    actor_id: Mapped[int | None]
    subject: Mapped[str] = mapped_column(index=True)
    detail: Mapped[dict[str, Any]]
    previous_hash: Mapped[str]
    hash: Mapped[str]

    def payload(self) -> dict[str, Any]:
        return _payload(self.at, self.kind, self.actor_id, self.subject, self.detail)


@event.listens_for(AuditEvent, "before_update")
@event.listens_for(AuditEvent, "before_delete")
def _append_only(*_: Any) -> None:
    raise RuntimeError("audit events are never changed or deleted")


def record(kind: str, subject: str, *, by: Any = None, **detail: Any) -> AuditEvent:
    """Write one event in the present transaction.

    ``kind`` reads ``object.verb`` (``submission.released``), ``subject`` names the object
    (``submission:17``), ``by`` is the acting person or ``None``. ``detail`` holds JSON values only:
    what, before, after, why; never secrets.
    """
    (made,) = record_many(kind, [(subject, detail)], by=by)
    return made


def record_many(kind: str, things: Iterable[tuple[str, dict[str, Any]]], *, by: Any = None) -> list[AuditEvent]:
    """The same of several objects, each as (subject, detail): the chain is locked once for all of them."""
    at, actor = clock.now(), getattr(by, "id", None)
    plain = [(subject, _without_gaps(detail)) for subject, detail in things]
    payloads = [_payload(at, kind, actor, subject, detail) for subject, detail in plain]
    links = chain.append(session, CHAIN, *payloads) if payloads else []
    made = [
        AuditEvent(
            number=link.number,
            at=at,
            kind=kind,
            actor_id=actor,
            subject=subject,
            detail=detail,
            previous_hash=link.previous,
            hash=link.hash,
        )
        for link, (subject, detail) in zip(links, plain, strict=True)
    ]
    session.add_all(made)
    return made


def verify() -> list[chain.Break]:
    """Walk the whole chain; an empty list means that nothing was rewritten, removed or inserted."""
    return chain.breaks(_rows(), session.get(chain.ChainHead, CHAIN))


def _rows() -> Iterator[tuple[chain.Link, dict[str, Any]]]:
    query = select(AuditEvent).order_by(AuditEvent.number).execution_options(yield_per=500)
    for row in session.scalars(query):
        yield chain.Link(row.number, row.previous_hash, row.hash), row.payload()


def _payload(at: datetime, kind: str, actor: int | None, subject: str, detail: dict[str, Any]) -> dict[str, Any]:
    return {"at": at.isoformat(), "kind": kind, "actor": actor, "subject": subject, "detail": detail}


def _without_gaps(detail: dict[str, Any]) -> dict[str, Any]:
    return {key: _plain(value) for key, value in detail.items() if value is not None}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, (list, tuple, set)):
        return [_plain(one) for one in value]
    if isinstance(value, dict):
        return {str(key): _plain(one) for key, one in value.items()}
    return value if isinstance(value, (str, int, bool, type(None))) else str(value)
