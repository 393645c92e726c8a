"""Partners, their entities, cohorts, the people enrolled in them, and live sessions."""

import enum
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from diploma.accounts.models import User
from diploma.core.lang import Lang
from diploma.core.orm import Base, Mark, intpk, mark, texts


class Partner(Base):
    """A partner government. ``slug`` (``uz``) names its country pack in ``courses/gid/partners``."""

    __tablename__ = "partners"

    id: Mapped[intpk]
    slug: Mapped[str] = mapped_column(unique=True)
    names: Mapped[texts]
    time_zone: Mapped[str]
    languages: Mapped[list[str]]
    workdays: Mapped[list[str]] = mapped_column(default=list)  # mon … sun; empty: those of the country pack
    created_at: Mapped[datetime]

    def name(self, lang: Lang) -> str:
        return self.names.get(lang.value) or self.names.get("en") or next(iter(self.names.values()))


class Entity(Base):
    """A ministry, agency or other body of a partner; entities form a tree."""

    __tablename__ = "entities"

    id: Mapped[intpk]
    partner_id: Mapped[int] = mapped_column(ForeignKey("partners.id"), index=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("entities.id"))
    created_at: Mapped[datetime]
    closed_on: Mapped[date | None]

    partner: Mapped[Partner] = relationship()
    dated_names: Mapped[list["EntityName"]] = relationship(
        order_by="EntityName.valid_from", cascade="all, delete-orphan"
    )

    def name(self, lang: Lang, on: date | None = None) -> str:
        """The name valid on a day (the latest by default): a certificate of 2019 keeps that of 2019."""
        valid = [one for one in self.dated_names if on is None or one.valid_from <= on] or self.dated_names[:1]
        names = valid[-1].names
        return names.get(lang.value) or names.get("en") or next(iter(names.values()))


class EntityName(Base):
    """An entity's name from a day on, in the languages in which it is known."""

    __tablename__ = "entity_names"
    __table_args__ = (UniqueConstraint("entity_id", "valid_from"),)

    id: Mapped[intpk]
    entity_id: Mapped[int] = mapped_column(ForeignKey("entities.id"))
    names: Mapped[texts]
    name_search: Mapped[str] = mapped_column(index=True)
    valid_from: Mapped[date]


class CohortState(enum.StrEnum):
    """The life of a cohort; ``rules.COHORT_MOVES`` lists its only steps."""

    DRAFT = "draft"
    OPEN = "open"
    RUNNING = "running"
    MARKING = "marking"
    CLOSED = "closed"
    ARCHIVED = "archived"


class CohortAward(enum.StrEnum):
    """What a cohort works towards: ids of the awards in ``programme.toml``."""

    FOUNDATION = "foundation"
    DIPLOMA = "diploma"


class Cohort(Base):
    """One intake of one partner, pinned to an edition of the content."""

    __tablename__ = "cohorts"
    __table_args__ = (
        CheckConstraint("ends_on >= starts_on", name="dates_in_order"),
        CheckConstraint("seats > 0", name="has_seats"),
    )

    id: Mapped[intpk]
    slug: Mapped[str] = mapped_column(unique=True)
    partner_id: Mapped[int] = mapped_column(ForeignKey("partners.id"), index=True)
    names: Mapped[texts]
    award: Mapped[CohortAward] = mapped_column(default=CohortAward.DIPLOMA)
    state: Mapped[CohortState] = mapped_column(default=CohortState.DRAFT)
    time_zone: Mapped[str]
    languages: Mapped[list[str]]
    certificate_languages: Mapped[list[str]]
    workdays: Mapped[list[str]] = mapped_column(default=list)  # mon … sun; empty: those of the partner
    seats: Mapped[int]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id"))
    revision_id: Mapped[int] = mapped_column(ForeignKey("revisions.id"))
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    partner: Mapped[Partner] = relationship()
    modules: Mapped[list["CohortModule"]] = relationship(order_by="CohortModule.opens_at", cascade="all, delete-orphan")

    __mapper_args__ = {"version_id_col": version}

    def name(self, lang: Lang) -> str:
        return self.names.get(lang.value) or self.names.get("en") or self.slug


class CohortModule(Base):
    """The dates of one module in one cohort; instants, shown in the cohort's zone."""

    __tablename__ = "cohort_modules"
    __table_args__ = (
        UniqueConstraint("cohort_id", "module"),
        CheckConstraint("opens_at <= due_at AND due_at <= cut_off_at", name="dates_in_order"),
    )

    id: Mapped[intpk]
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohorts.id"))
    module: Mapped[str]
    opens_at: Mapped[datetime]
    due_at: Mapped[datetime]
    cut_off_at: Mapped[datetime]


class EnrolmentState(enum.StrEnum):
    """The life of an enrolment."""

    ACTIVE = "active"
    WITHDRAWN = "withdrawn"
    DEFERRED = "deferred"
    COMPLETED = "completed"


class Enrolment(Base):
    """A person in a cohort: everything that the person does hangs on it.

    ``moved_at`` is when it came over from another cohort: sessions held here before do not count against the person.
    """

    __tablename__ = "enrolments"
    __table_args__ = (
        UniqueConstraint("cohort_id", "user_id"),
        Index("ix_enrolments_personnel", "cohort_id", "personnel_number"),
    )

    id: Mapped[intpk]
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohorts.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    entity_id: Mapped[int | None] = mapped_column(ForeignKey("entities.id"))
    state: Mapped[EnrolmentState] = mapped_column(default=EnrolmentState.ACTIVE)
    position: Mapped[str] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(default="")
    personnel_number: Mapped[str] = mapped_column(default="")
    enrolled_at: Mapped[datetime]
    moved_at: Mapped[datetime | None]

    cohort: Mapped[Cohort] = relationship()
    user: Mapped[User] = relationship()
    entity: Mapped[Entity | None] = relationship()


class Waiver(Base):
    """A prerequisite that staff waived for one person, with the reason."""

    __tablename__ = "waivers"
    __table_args__ = (UniqueConstraint("enrolment_id", "module"),)

    id: Mapped[intpk]
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolments.id"))
    module: Mapped[str]
    reason: Mapped[str]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime]


class LiveSession(Base):
    """A taught session of a module: a workshop or a lecture, in person or online. ``hours`` are delivered hours."""

    __tablename__ = "live_sessions"
    __table_args__ = (CheckConstraint("hours > 0", name="has_hours"),)

    id: Mapped[intpk]
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohorts.id"), index=True)
    module: Mapped[str]
    workshop: Mapped[str | None]
    title: Mapped[str]
    starts_at: Mapped[datetime]
    hours: Mapped[mark]
    place: Mapped[str] = mapped_column(default="")
    sheet_saved_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    cohort: Mapped[Cohort] = relationship()

    __mapper_args__ = {"version_id_col": version}


class Presence(enum.StrEnum):
    """What the attendance sheet says of a person at a session (``decisions``: marks)."""

    PRESENT = "present"
    ABSENT = "absent"
    EXCUSED = "excused"
    MADE_UP = "made_up"


class Attendance(Base):
    """A person's row on the sheet of a session; ``workshop_mark`` is 0 to 100, for workshops only."""

    __tablename__ = "attendance"
    __table_args__ = (
        UniqueConstraint("session_id", "enrolment_id"),
        CheckConstraint(
            "workshop_mark IS NULL OR (workshop_mark >= 0 AND workshop_mark <= 1000000)", name="mark_in_range"
        ),
    )

    id: Mapped[intpk]
    session_id: Mapped[int] = mapped_column(ForeignKey("live_sessions.id"))
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolments.id"), index=True)
    presence: Mapped[Presence]
    workshop_mark: Mapped[Decimal | None] = mapped_column(Mark)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime]


class RosterImport(Base):
    """A roster file that was applied: what it planned and did, for the record and for the operator."""

    __tablename__ = "roster_imports"

    id: Mapped[intpk]
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohorts.id"), index=True)
    file_name: Mapped[str]
    sha256: Mapped[str]
    report: Mapped[dict[str, Any]]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    checked_at: Mapped[datetime]
    applied_at: Mapped[datetime | None]
