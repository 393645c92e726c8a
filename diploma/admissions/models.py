"""Calls for applications, the applications, who reads them, their places and letters; self-registration."""

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from diploma.accounts.models import User
from diploma.admissions.plan import LetterKind, PositionLevel
from diploma.cohorts.models import Cohort, Entity, Partner
from diploma.core.lang import Lang
from diploma.core.orm import Base, JSONValue, intpk


class Entry(enum.StrEnum):
    """Who may apply: those whom an entity nominates, anybody, or both."""

    NOMINATION = "nomination"
    SELF = "self"
    BOTH = "both"


class AdmissionCall(Base):
    """The call for applications to one cohort. ``token`` is its public address, ``plan`` that of ``plan.Plan``.

    ``decided_at``: when offers were made; from then on the waiting list moves by itself.
    """

    __tablename__ = "admission_calls"
    __table_args__ = (
        CheckConstraint("closes_at > opens_at", name="dates_in_order"),
        CheckConstraint("places > 0", name="has_places"),
    )

    id: Mapped[intpk]
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohorts.id"), unique=True)
    token: Mapped[str] = mapped_column(unique=True)
    entry: Mapped[Entry]
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    places: Mapped[int]
    plan: Mapped[dict[str, Any]]
    seed: Mapped[int]
    created_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    cohort: Mapped[Cohort] = relationship()

    __mapper_args__ = {"version_id_col": version}


class AdmissionSeat(Base):
    """One place of a call. A place is a row, so the database itself lets no more be offered than there are."""

    __tablename__ = "admission_seats"

    call_id: Mapped[int] = mapped_column(ForeignKey("admission_calls.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)


class ApplicationState(enum.StrEnum):
    """The life of an application; ``rules.MOVES`` lists its only steps."""

    DRAFT = "draft"
    ELIGIBLE = "eligible"
    INELIGIBLE = "ineligible"
    READING = "reading"
    OFFERED = "offered"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    LAPSED = "lapsed"
    WAITING = "waiting"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class Application(Base):
    """One person's application to one call. ``email`` is stored folded.

    ``answers`` by id of the question; ``reasons`` are the rules that were not met, as in the plan; ``rank`` counts from
    1. ``seat`` is held while a place is offered or taken. An accepted one without an enrolment is that of a person
    whose account belongs elsewhere.
    """

    __tablename__ = "applications"
    __table_args__ = (
        UniqueConstraint("call_id", "email"),
        UniqueConstraint("call_id", "seat"),
        ForeignKeyConstraint(["call_id", "seat"], ["admission_seats.call_id", "admission_seats.number"]),
        CheckConstraint("(state IN ('offered', 'accepted')) = (seat IS NOT NULL)", name="seat_while_offered"),
        CheckConstraint("state <> 'offered' OR offer_expires_at IS NOT NULL", name="offers_expire"),
        CheckConstraint("years IS NULL OR (years >= 0 AND years <= 60)", name="years_in_range"),
        Index("ix_applications_state", "call_id", "state"),
    )

    id: Mapped[intpk]
    call_id: Mapped[int] = mapped_column(ForeignKey("admission_calls.id"))
    email: Mapped[str]
    full_name: Mapped[str]
    name_search: Mapped[str]
    language: Mapped[Lang]
    entity_id: Mapped[int | None] = mapped_column(ForeignKey("entities.id"))
    entity_other: Mapped[str] = mapped_column(default="")
    position: Mapped[str] = mapped_column(default="")
    level: Mapped[PositionLevel | None]
    years: Mapped[int | None]
    answers: Mapped[dict[str, Any]] = mapped_column(default=dict)
    state: Mapped[ApplicationState] = mapped_column(default=ApplicationState.DRAFT)
    reasons: Mapped[list[Any]] = mapped_column(JSONValue, default=list)
    overruled: Mapped[str] = mapped_column(default="")
    nominated_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    nomination: Mapped[str] = mapped_column(default="")
    rank: Mapped[int | None]
    seat: Mapped[int | None]
    offer_expires_at: Mapped[datetime | None]
    enrolment_id: Mapped[int | None] = mapped_column(ForeignKey("enrolments.id"))
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    submitted_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    call: Mapped[AdmissionCall] = relationship(foreign_keys=[call_id])
    entity: Mapped[Entity | None] = relationship()
    nominated_by: Mapped[User | None] = relationship()
    files: Mapped[list["ApplicationFile"]] = relationship(cascade="all, delete-orphan", order_by="ApplicationFile.id")
    readings: Mapped[list["Reading"]] = relationship(back_populates="application", order_by="Reading.number")

    __mapper_args__ = {"version_id_col": version}


class Nomination(Base):
    """A person whom a line manager named for a call. ``email`` is stored folded.

    ``application_id`` is set when the application began with this nomination, and only then tells its stage: the
    address may have had one before, of which the manager learns nothing.
    """

    __tablename__ = "nominations"
    __table_args__ = (UniqueConstraint("call_id", "email", "by_id"),)

    id: Mapped[intpk]
    call_id: Mapped[int] = mapped_column(ForeignKey("admission_calls.id"))
    by_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    entity_id: Mapped[int] = mapped_column(ForeignKey("entities.id"))
    email: Mapped[str]
    full_name: Mapped[str]
    language: Mapped[Lang]
    reason: Mapped[str]
    application_id: Mapped[int | None] = mapped_column(ForeignKey("applications.id"), index=True)
    created_at: Mapped[datetime]

    call: Mapped[AdmissionCall] = relationship()
    by: Mapped[User] = relationship()
    entity: Mapped[Entity] = relationship()
    application: Mapped[Application | None] = relationship()


class ApplicationFile(Base):
    """The file that answers one question. ``name`` is the applicant's and untrusted; ``kind`` is what its bytes are.

    The blob under ``sha256`` is stored alone (``core/files``), so it goes with its row.
    """

    __tablename__ = "application_files"
    __table_args__ = (UniqueConstraint("application_id", "question"),)

    id: Mapped[intpk]
    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id"))
    question: Mapped[str]
    name: Mapped[str]
    kind: Mapped[str]
    sha256: Mapped[str] = mapped_column(index=True)
    size: Mapped[int]
    added_at: Mapped[datetime]


class LinkPurpose(enum.StrEnum):
    """What a mailed link of an application opens: the application itself, again and again, or one offer, once.

    ``address``: the form for another address, after one that cannot be added; ``confirm``: proves that address, once.
    """

    OWN = "own"
    OFFER = "offer"
    ADDRESS = "address"
    CONFIRM = "confirm"


class AdmissionLink(Base):
    """A link mailed to an applicant; only the SHA-256 of its token is stored.

    ``email``: the new address that a link of the purpose ``confirm`` proves, folded.
    """

    __tablename__ = "admission_links"

    id: Mapped[intpk]
    token_hash: Mapped[str] = mapped_column(unique=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id"), index=True)
    purpose: Mapped[LinkPurpose]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    used_at: Mapped[datetime | None]
    email: Mapped[str] = mapped_column(default="", server_default="")

    application: Mapped[Application] = relationship()


class AdmissionReader(Base):
    """A person named as reader of a call; with their own entity, of which they read nobody."""

    __tablename__ = "admission_readers"
    __table_args__ = (UniqueConstraint("call_id", "user_id"),)

    id: Mapped[intpk]
    call_id: Mapped[int] = mapped_column(ForeignKey("admission_calls.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    entity_id: Mapped[int | None] = mapped_column(ForeignKey("entities.id"))

    user: Mapped[User] = relationship()


class Reading(Base):
    """What one reader thinks of one application: a level for each criterion. The third is asked when two differ."""

    __tablename__ = "readings"
    __table_args__ = (
        UniqueConstraint("application_id", "reader_id"),
        UniqueConstraint("application_id", "number"),
        CheckConstraint("number >= 1 AND number <= 3", name="at_most_three"),
    )

    id: Mapped[intpk]
    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id"))
    reader_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    number: Mapped[int]
    levels: Mapped[dict[str, Any]] = mapped_column(default=dict)
    comment: Mapped[str] = mapped_column(default="")
    assigned_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    application: Mapped[Application] = relationship(back_populates="readings")
    reader: Mapped[User] = relationship()

    __mapper_args__ = {"version_id_col": version}


class AdmissionLetter(Base):
    """The copy of a letter as it was sent, without the secret address in it."""

    __tablename__ = "admission_letters"

    id: Mapped[intpk]
    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id"), index=True)
    kind: Mapped[LetterKind]
    language: Mapped[Lang]
    subject: Mapped[str]
    body: Mapped[str]
    sent_at: Mapped[datetime]


class RegistrationDomain(Base):
    """A mail domain whose people may register themselves, and the cohort to which it leads."""

    __tablename__ = "registration_domains"
    __table_args__ = (UniqueConstraint("partner_id", "domain"),)

    id: Mapped[intpk]
    partner_id: Mapped[int] = mapped_column(ForeignKey("partners.id"))
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohorts.id"))
    domain: Mapped[str]
    subdomains: Mapped[bool]
    created_at: Mapped[datetime]

    partner: Mapped[Partner] = relationship()
    cohort: Mapped[Cohort] = relationship()


class RegistrationState(enum.StrEnum):
    """The life of a registration; ``registration.MOVES`` lists its only steps."""

    MAILED = "mailed"
    QUEUED = "queued"
    APPROVED = "approved"
    REFUSED = "refused"
    EXPIRED = "expired"


class Registration(Base):
    """Somebody who registered with a listed address. Nobody has an account before staff approve."""

    __tablename__ = "registrations"
    __table_args__ = (
        UniqueConstraint("cohort_id", "email"),
        CheckConstraint("state NOT IN ('queued', 'approved') OR confirmed_at IS NOT NULL", name="confirmed_first"),
    )

    id: Mapped[intpk]
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohorts.id"))
    email: Mapped[str]
    full_name: Mapped[str]
    language: Mapped[Lang]
    entity_id: Mapped[int | None] = mapped_column(ForeignKey("entities.id"))
    state: Mapped[RegistrationState] = mapped_column(default=RegistrationState.MAILED)
    token_hash: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    reason: Mapped[str] = mapped_column(default="")

    cohort: Mapped[Cohort] = relationship()
    entity: Mapped[Entity | None] = relationship()
