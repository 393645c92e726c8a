"""The registry: certificates, approvals, serial numbers and the chain of events. Nothing is ever deleted."""

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from diploma.cohorts.models import Enrolment
from diploma.core.orm import Base, intpk

CHAIN = "certificates"


class CertificateState(enum.StrEnum):
    """The life of a certificate (``decisions``); "eligible" is a person without a row.

    ``rules.MOVES`` lists its only steps.
    """

    DRAFTED = "drafted"
    NAME_CONFIRMED = "name_confirmed"
    APPROVED = "approved"
    ISSUED = "issued"
    SUSPENDED = "suspended"
    SUPERSEDED = "superseded"
    REVOKED = "revoked"


class Certificate(Base):
    """One certificate. ``award`` is ``module:<id>``, ``diploma``, ``foundation`` or ``transcript``.

    ``version`` counts reissues, and the transcripts of a person, each of which replaces the one before.

    ``snapshot`` is the canonical JSON of everything printed, fixed at issue; ``snapshot_hash`` its SHA-256;
    ``pdf_sha256`` names the rendered file in the store, set by the render job.
    """

    __tablename__ = "certificates"
    __table_args__ = (
        UniqueConstraint("enrolment_id", "award", "version"),
        CheckConstraint(
            "(state IN ('drafted', 'name_confirmed', 'approved')) = (serial IS NULL)", name="serial_if_issued"
        ),
        CheckConstraint("(serial IS NULL) = (snapshot IS NULL)", name="snapshot_if_issued"),
        CheckConstraint("state <> 'revoked' OR reason <> ''", name="reason_if_revoked"),
    )

    id: Mapped[intpk]
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolments.id"), index=True)
    award: Mapped[str]
    version: Mapped[int] = mapped_column(default=1)
    state: Mapped[CertificateState] = mapped_column(default=CertificateState.DRAFTED)
    drafted_at: Mapped[datetime]
    serial: Mapped[str | None] = mapped_column(unique=True)
    token: Mapped[str | None] = mapped_column(unique=True)
    snapshot: Mapped[str | None]
    snapshot_hash: Mapped[str | None]
    pdf_sha256: Mapped[str | None] = mapped_column(index=True)
    issued_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(default="")
    ended_at: Mapped[datetime | None]
    row_version: Mapped[int] = mapped_column(default=1)

    enrolment: Mapped[Enrolment] = relationship()
    approvals: Mapped[list["Approval"]] = relationship(cascade="all, delete-orphan")

    __mapper_args__ = {"version_id_col": row_version}


class Approval(Base):
    """One issuer's approval; ``by_id`` is empty when the operator gave it on the command line."""

    __tablename__ = "approvals"
    __table_args__ = (UniqueConstraint("certificate_id", "issuer"),)

    id: Mapped[intpk]
    certificate_id: Mapped[int] = mapped_column(ForeignKey("certificates.id"))
    issuer: Mapped[str]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime]


class SerialCounter(Base):
    """The last number given in a year to a partner; locked while a number is taken, so none is lost or doubled."""

    __tablename__ = "serial_counters"

    year: Mapped[int] = mapped_column(primary_key=True)
    partner_id: Mapped[int] = mapped_column(ForeignKey("partners.id"), primary_key=True)
    last: Mapped[int]


class CertificateEvent(Base):
    """A link of the registry's chain: issued, revoked, suspended, resumed, superseded."""

    __tablename__ = "certificate_events"

    number: Mapped[int] = mapped_column(primary_key=True)
    certificate_id: Mapped[int] = mapped_column(ForeignKey("certificates.id"), index=True)
    kind: Mapped[str]
    at: Mapped[datetime]
    payload: Mapped[dict[str, Any]]
    previous_hash: Mapped[str]
    hash: Mapped[str]
