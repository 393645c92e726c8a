"""The registry: certificates, approvals, serial numbers and the chain of events. Nothing is ever deleted."""

import enum
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from diploma.accounts.models import User
from diploma.cohorts.models import Enrolment
from diploma.core import clock
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
    """One certificate. ``award`` is ``module:<id>``, an id of ``CohortAward``, or ``transcript``.

    ``version`` counts reissues, and the transcripts of a person, each of which replaces the one before.

    ``snapshot`` is the canonical JSON of everything printed, fixed at issue; ``snapshot_hash`` its SHA-256;
    ``pdf_sha256`` names the rendered file in the store, set by the render job; ``valid_until`` is the last day of an
    award that ends.
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
    valid_until: Mapped[date | None] = mapped_column(index=True)
    reason: Mapped[str] = mapped_column(default="")
    ended_at: Mapped[datetime | None]
    row_version: Mapped[int] = mapped_column(default=1)

    enrolment: Mapped[Enrolment] = relationship()
    approvals: Mapped[list["Approval"]] = relationship(cascade="all, delete-orphan")
    returns: Mapped[list["Return"]] = relationship(order_by="Return.id")
    deliveries: Mapped[list["Delivery"]] = relationship(order_by="Delivery.id")

    __mapper_args__ = {"version_id_col": row_version}

    @property
    def expired(self) -> bool:
        """Whether the last day is over where the certificate was issued. No state: nothing has to happen for it."""
        if self.valid_until is None:
            return False
        zone = ZoneInfo(self.enrolment.cohort.partner.time_zone)
        return clock.now().astimezone(zone).date() > self.valid_until


class Approval(Base):
    """One issuer's approval; ``by_id`` is empty when the operator gave it on the command line."""

    __tablename__ = "approvals"
    __table_args__ = (UniqueConstraint("certificate_id", "issuer"),)

    id: Mapped[intpk]
    certificate_id: Mapped[int] = mapped_column(ForeignKey("certificates.id"))
    issuer: Mapped[str]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime]

    by: Mapped[User | None] = relationship()


class Return(Base):
    """An issuer sent a certificate back instead of approving it. ``names``: the languages whose name was the reason."""

    __tablename__ = "certificate_returns"

    id: Mapped[intpk]
    certificate_id: Mapped[int] = mapped_column(ForeignKey("certificates.id"), index=True)
    issuer: Mapped[str]
    by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime]
    reason: Mapped[str]
    names: Mapped[list[str]]

    by: Mapped[User] = relationship()


class Delivery(Base):
    """A mail that brings an issued certificate to its holder: when it left, and why it came back if it did."""

    __tablename__ = "deliveries"

    id: Mapped[intpk]
    certificate_id: Mapped[int] = mapped_column(ForeignKey("certificates.id"), index=True)
    mail_ref: Mapped[str] = mapped_column(unique=True)
    queued_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    bounced_at: Mapped[datetime | None]
    bounce_reason: Mapped[str] = mapped_column(default="")

    certificate: Mapped[Certificate] = relationship(overlaps="deliveries")


class Specimen(Base):
    """A trial print of a certificate that is not issued: it has no number, no code and no place in the registry.

    ``fault`` says why it could not be drawn.
    """

    __tablename__ = "specimens"
    __table_args__ = (UniqueConstraint("certificate_id", "snapshot_hash"),)

    id: Mapped[intpk]
    certificate_id: Mapped[int] = mapped_column(ForeignKey("certificates.id"))
    snapshot: Mapped[str]
    snapshot_hash: Mapped[str]
    pdf_sha256: Mapped[str | None]
    fault: Mapped[str] = mapped_column(default="")
    asked_at: Mapped[datetime]

    certificate: Mapped[Certificate] = relationship()


class SerialCounter(Base):
    """The last number given in a year to a partner; locked while a number is taken, so none is lost or doubled."""

    __tablename__ = "serial_counters"

    year: Mapped[int] = mapped_column(primary_key=True)
    partner_id: Mapped[int] = mapped_column(ForeignKey("partners.id"), primary_key=True)
    last: Mapped[int]


class CertificateEvent(Base):
    """A link of the registry's chain: issued, drawn, delivered, revoked, suspended, resumed, superseded."""

    __tablename__ = "certificate_events"

    number: Mapped[int] = mapped_column(primary_key=True)
    certificate_id: Mapped[int] = mapped_column(ForeignKey("certificates.id"), index=True)
    kind: Mapped[str]
    at: Mapped[datetime]
    payload: Mapped[dict[str, Any]]
    previous_hash: Mapped[str]
    hash: Mapped[str]
